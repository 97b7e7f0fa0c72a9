"""YuNet, the default detector.

Source: Wu, Peng and Yu, "YuNet: A Tiny Millisecond-level Face Detector", Machine Intelligence Research 2023; the
weights are OpenCV Zoo's `face_detection_yunet_2023mar.onnx`.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from metaface_gui.pipeline.detection.clean import WORKING_SIDE, clean_detections, working_copy
from metaface_gui.pipeline.detection.panorama import detect_in_pieces
from metaface_gui.types import FaceDetections, Floats, Image

DEFAULT_CONFIDENCE = 0.7
NMS_IOU = 0.3
MAX_CANDIDATES = 5000
"""Boxes that are kept before those of the same face are merged, of which there are about three a face: a limit of 200
showed 70 of a crowd of 120. The time hangs on how many there are, not on the limit.
"""


class YuNetNetwork(Protocol):
    """YuNet's network on one runtime or another; who calls at the same time takes turns."""

    def find(self, image_bgr: Image, min_confidence: float) -> Floats:
        """Find the faces of a contiguous (height, width, 3) uint8 image that are at least so sure, the surest first.

        Returns rows (n, 15) float32: x, y, w, h, then right eye, left eye, nose, right and left mouth corner (the
        person's own right, which is the image's left), confidence.
        """


class YuNetDetector:
    """A `FaceDetector`. Thread-safe: who calls at the same time takes turns, as a network keeps buffers between calls.

    Images whose longer side exceeds `working_side` pixels are reduced to it. The default is the smallest that finds 19
    of 20 faces of 40 pixels in 720p (640 finds 14), and faces as high as the picture are still found. Panoramas are
    searched piece by piece.
    """

    key = "yunet"
    surely_upright = 0.91

    def __init__(
        self,
        network: YuNetNetwork,
        *,
        working_side: int = WORKING_SIDE,
        min_confidence: float = DEFAULT_CONFIDENCE,
    ) -> None:
        self._network = network
        self._working_side = working_side
        self._min_confidence = min_confidence

    def accepting(self, min_confidence: float) -> YuNetDetector:
        """Make one with the same network that accepts faces at least so sure."""
        return YuNetDetector(self._network, working_side=self._working_side, min_confidence=min_confidence)

    def detect(self, image_bgr: Image) -> FaceDetections:
        """Find the faces of a (height, width, 3) uint8 BGR image; boxes and landmarks in its pixels."""
        return detect_in_pieces(image_bgr, self._working_side, self._detect_whole)

    def _detect_whole(self, image_bgr: Image) -> FaceDetections:
        small, to_image = working_copy(image_bgr, self._working_side)
        rows = self._network.find(small, self._min_confidence)
        corners = np.concatenate([rows[:, :2] * to_image, (rows[:, :2] + rows[:, 2:4]) * to_image], axis=1)
        landmarks = rows[:, 4:14].reshape(-1, 5, 2) * to_image
        height, width = image_bgr.shape[:2]
        return clean_detections(corners, landmarks, rows[:, 14], width=width, height=height)


class OpenCvYuNet:
    """A `YuNetNetwork`: OpenCV's `cv2.FaceDetectorYN`, from the weights' file."""

    def __init__(self, path: Path) -> None:
        self._input_size = (WORKING_SIDE, WORKING_SIDE)
        self._turn = threading.Lock()
        # Read here and not by OpenCV, which cannot open every path on Windows.
        model = np.frombuffer(path.read_bytes(), np.uint8)
        with _quiet_opencv():
            self._network = cv2.FaceDetectorYN.create(
                "onnx", model, np.zeros(0, np.uint8), self._input_size, DEFAULT_CONFIDENCE, NMS_IOU, MAX_CANDIDATES
            )

    def find(self, image_bgr: Image, min_confidence: float) -> Floats:
        """Find them, as `YuNetNetwork` says."""
        size = (image_bgr.shape[1], image_bgr.shape[0])
        with self._turn:
            if size != self._input_size:
                self._network.setInputSize(size)
                self._input_size = size
            self._network.setScoreThreshold(min_confidence)
            found = self._network.detect(image_bgr)[1]
        if found is None:
            return np.zeros((0, 15), np.float32)
        return np.asarray(found, np.float32).reshape(-1, 15)


@contextmanager
def _quiet_opencv() -> Iterator[None]:
    """Keep OpenCV 5's remark that its new engine has no choice of target off the user's terminal."""
    before = cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)
    try:
        yield
    finally:
        cv2.utils.logging.setLogLevel(before)
