"""YuNet, the default detector.

Source: Wu, Peng and Yu, "YuNet: A Tiny Millisecond-level Face Detector", Machine Intelligence Research 2023; the
weights are OpenCV Zoo's `face_detection_yunet_2023mar.onnx`, run by `cv2.FaceDetectorYN`.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from metaface_gui.pipeline.detection.clean import clean_detections
from metaface_gui.types import FaceDetections, Image


class YuNetDetector:
    """A `FaceDetector`. An instance keeps buffers between calls, so one thread owns it."""

    key = "yunet"

    def __init__(
        self, path: Path, *, working_side: int = 640, min_confidence: float = 0.7, nms_iou: float = 0.3
    ) -> None:
        self._working_side = working_side
        self._network = cv2.FaceDetectorYN.create(str(path), "", (320, 320), min_confidence, nms_iou, 200)
        self._input_size = (320, 320)

    def detect(self, image_bgr: Image) -> FaceDetections:
        """Find the faces of a (height, width, 3) uint8 BGR image; boxes and landmarks in its pixels."""
        height, width = image_bgr.shape[:2]
        scale = min(1.0, self._working_side / max(height, width))
        size = max(1, round(width * scale)), max(1, round(height * scale))
        small = image_bgr if scale == 1.0 else cv2.resize(image_bgr, size, interpolation=cv2.INTER_AREA)
        if size != self._input_size:
            self._network.setInputSize(size)
            self._input_size = size
        found = self._network.detect(small)[1]
        if found is None:
            return FaceDetections.empty()
        # Rows: x, y, w, h, then right eye, left eye, nose, right and left mouth corner (the person's own right,
        # which is the image's left), confidence.
        rows = np.asarray(found, np.float32).reshape(-1, 15)
        to_image = np.array([width / size[0], height / size[1]], np.float32)
        corners = np.concatenate([rows[:, :2] * to_image, (rows[:, :2] + rows[:, 2:4]) * to_image], axis=1)
        landmarks = rows[:, 4:14].reshape(-1, 5, 2) * to_image
        return clean_detections(corners, landmarks, rows[:, 14], width=width, height=height)
