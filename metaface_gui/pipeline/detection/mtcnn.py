"""MTCNN of facenet-pytorch, the second detector; its weights are inside that package.

Source: Zhang et al., "Joint Face Detection and Alignment Using Multitask Cascaded Convolutional Networks", IEEE Signal
Processing Letters 2016.
"""

from __future__ import annotations

import numpy as np
import torch
from facenet_pytorch import MTCNN

from metaface_gui.pipeline.detection.base import FaceDetector
from metaface_gui.pipeline.detection.clean import WORKING_SIDE, clean_detections, working_copy
from metaface_gui.pipeline.detection.panorama import detect_in_pieces
from metaface_gui.types import FaceDetections, Floats, Image

_MIN_FACE_PX = 30
_MIN_CONFIDENCE = 0.9


class MtcnnDetector(FaceDetector):
    """A `FaceDetector`. An instance is used by one thread at a time.

    Images whose longer side exceeds `WORKING_SIDE` pixels are reduced to it, and faces under 30 of the remaining pixels
    are not looked for: this means faces from 40 pixels in 720p. Panoramas are searched piece by piece.
    """

    key = "mtcnn"
    surely_upright = 0.998

    def __init__(self, device: torch.device | str) -> None:
        self._network = MTCNN(min_face_size=_MIN_FACE_PX, keep_all=True, device=device)

    def detect(self, image_bgr: Image) -> FaceDetections:
        """Find the faces of a (height, width, 3) uint8 BGR image; boxes and landmarks in its pixels."""
        return detect_in_pieces(image_bgr, self._detect_whole)

    def _detect_whole(self, image_bgr: Image) -> FaceDetections:
        small, to_image = working_copy(image_bgr, WORKING_SIDE)
        # facenet-pytorch fails on pictures too small for one level of its pyramid.
        if min(small.shape[:2]) <= _MIN_FACE_PX:
            return FaceDetections.empty()
        boxes, confidence, landmarks = self._network.detect(np.ascontiguousarray(small[:, :, ::-1]), landmarks=True)
        if boxes is None:
            return FaceDetections.empty()
        height, width = image_bgr.shape[:2]
        found = clean_detections(
            (_float32(boxes).reshape(-1, 2, 2) * to_image).reshape(-1, 4),
            _float32(landmarks) * to_image,
            _float32(confidence),
            width=width,
            height=height,
        )
        return found.rows(found.confidence >= _MIN_CONFIDENCE)


def _float32(values: object) -> Floats:
    return np.asarray(values, np.float32)
