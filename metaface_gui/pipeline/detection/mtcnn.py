"""MTCNN of facenet-pytorch, the second detector; its weights are inside that package.

Source: Zhang et al., "Joint Face Detection and Alignment Using Multitask Cascaded Convolutional Networks", IEEE Signal
Processing Letters 2016.
"""

from __future__ import annotations

import numpy as np
import torch
from facenet_pytorch import MTCNN

from metaface_gui.pipeline.detection.clean import clean_detections
from metaface_gui.types import FaceDetections, Floats, Image

_NETWORK_INPUT_PX = 12


class MtcnnDetector:
    """A `FaceDetector`; faces under `min_face_px` pixels of the image are not looked for."""

    key = "mtcnn"

    def __init__(self, device: torch.device, *, min_face_px: int = 40, min_confidence: float = 0.9) -> None:
        self._min_face_px = min_face_px
        self._min_confidence = min_confidence
        self._network = MTCNN(min_face_size=min_face_px, keep_all=True, device=device)

    def detect(self, image_bgr: Image) -> FaceDetections:
        """Find the faces of a (height, width, 3) uint8 BGR image; boxes and landmarks in its pixels."""
        height, width = image_bgr.shape[:2]
        # The image pyramid of facenet-pytorch must hold one level at least, or it fails on joining nothing.
        if min(height, width) * _NETWORK_INPUT_PX / self._min_face_px < _NETWORK_INPUT_PX:
            return FaceDetections.empty()
        image_rgb = np.ascontiguousarray(image_bgr[:, :, ::-1])
        boxes, confidence, landmarks = self._network.detect(image_rgb, landmarks=True)
        if boxes is None:
            return FaceDetections.empty()
        sure = np.asarray(confidence, np.float32) >= self._min_confidence
        return clean_detections(
            _float32(boxes)[sure], _float32(landmarks)[sure], _float32(confidence)[sure], width=width, height=height
        )


def _float32(values: object) -> Floats:
    return np.asarray(values, np.float32)
