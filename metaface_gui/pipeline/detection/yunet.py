"""YuNet, the default detector.

Source: Wu, Peng and Yu, "YuNet: A Tiny Millisecond-level Face Detector", Machine Intelligence Research 2023; the
weights are OpenCV Zoo's `face_detection_yunet_2023mar.onnx`.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from metaface_gui.pipeline.boxes import box_iou
from metaface_gui.pipeline.detection.base import FoundFaces
from metaface_gui.pipeline.detection.clean import WORKING_SIDE, clean_detections, working_copy
from metaface_gui.pipeline.detection.panorama import detect_in_pieces
from metaface_gui.types import FaceDetections, Floats, Image

DEFAULT_CONFIDENCE = 0.7
_NMS_IOU = 0.3
_OF_THE_SAME, _HEARD = 0.6, 0.5
"""Least IoU and confidence of the candidates merged into one face. Neither matters much: landmarks are as good with 0.4
to 0.7 and with 0.3 or 0.5."""
_EVERY = 1.0
"""IoU above which OpenCV merges candidates: never."""
_MAX_CANDIDATES = 5000
"""Most candidates kept before merging, at about three per face: a limit of 200 showed 70 of a crowd of 120. The time
depends on the number of candidates, not on the limit."""


class YuNetNetwork(Protocol):
    """YuNet's network on some runtime; concurrent callers take turns."""

    def candidates(self, image_bgr: Image, min_confidence: float) -> Floats:
        """Return the candidates of a contiguous (height, width, 3) uint8 image from a confidence on; several per face.

        Returns rows (n, 15) float32, in any order: x, y, w, h, then right eye, left eye, nose, right and left mouth
        corner (the person's own right, which is the image's left), confidence.
        """


class YuNetDetector:
    """A `FaceDetector`. Thread-safe: concurrent callers take turns, because a network keeps buffers between calls.

    Images whose longer side exceeds `WORKING_SIDE` pixels are reduced to it. It is the smallest that finds 19 of 20
    faces of 40 pixels in 720p (640 finds 14), while faces as high as the picture are still found. Panoramas are
    searched piece by piece.
    """

    key = "yunet"
    surely_upright = 0.91

    def __init__(self, network: YuNetNetwork, *, min_confidence: float = DEFAULT_CONFIDENCE) -> None:
        self._network = network
        self._min_confidence = min_confidence

    def accepting(self, min_confidence: float) -> YuNetDetector:
        """Return a detector with the same network and another minimum confidence."""
        return YuNetDetector(self._network, min_confidence=min_confidence)

    def detect(self, image_bgr: Image) -> FaceDetections:
        """Find the faces of a (height, width, 3) uint8 BGR image; boxes and landmarks in its pixels."""
        return self._detect(image_bgr, self._min_confidence)

    def detect_faint(self, image_bgr: Image) -> FoundFaces:
        """Find the faces; faint ones are as uncertain as candidates that are only merged into others."""
        found = self._detect(image_bgr, min(_HEARD, self._min_confidence))
        is_sure = found.confidence >= self._min_confidence
        return FoundFaces(found.rows(is_sure), found.rows(~is_sure))

    def _detect(self, image_bgr: Image, least: float) -> FaceDetections:
        return detect_in_pieces(image_bgr, partial(self._detect_whole, least=least))

    def _detect_whole(self, image_bgr: Image, *, least: float) -> FaceDetections:
        small, to_image = working_copy(image_bgr, WORKING_SIDE)
        candidates = self._network.candidates(small, min(_HEARD, self._min_confidence))
        rows = each_once(candidates, least)
        corners = _corners(rows) * np.tile(to_image, 2)
        landmarks = rows[:, 4:14].reshape(-1, 5, 2) * to_image
        height, width = image_bgr.shape[:2]
        return clean_detections(corners, landmarks, rows[:, 14], width=width, height=height)


def each_once(candidates: Floats, min_confidence: float) -> Floats:
    """Merge all candidates (m, 15) of each face that has one so confident: (n, 15), the most confident face first.

    Boxes and landmarks are the candidates' mean, weighted by confidence (box voting: Gidaris and Komodakis, "Object
    detection via a multi-region and semantic segmentation-aware CNN model", ICCV 2015). The most confident candidate
    alone errs more: with the mean the cosine of two pictures of a person is 0.012 higher, and of blurred and dark faces
    0.9 and 1.3 points more are recognised (765 pictures of LFW's meta-validation people, TPIR at a FPIR of 1 %).
    """
    # Unverified weights may return anything; boxes smaller than a pixel have no area to compare.
    candidates = candidates[np.isfinite(candidates).all(axis=1) & (candidates[:, 2:4] >= 1.0).all(axis=1)]
    sure = candidates[candidates[:, 14] >= min_confidence]
    # In whole pixels, as OpenCV compares boxes.
    boxes, confidence = np.trunc(sure[:, :4]).tolist(), sure[:, 14].tolist()
    kept = cv2.dnn.NMSBoxes(boxes, confidence, min_confidence, _NMS_IOU, top_k=_MAX_CANDIDATES)
    faces = sure[np.asarray(kept, np.intp).reshape(-1)]
    is_same = box_iou(_corners(faces), _corners(candidates)) >= _OF_THE_SAME
    votes = is_same * candidates[:, 14].astype(np.float64)
    means = votes @ candidates[:, :14] / votes.sum(axis=1, keepdims=True)
    return np.concatenate([means, faces[:, 14:]], axis=1, dtype=np.float32)


def _corners(rows: Floats) -> Floats:
    return np.concatenate([rows[:, :2], rows[:, :2] + rows[:, 2:4]], axis=1)


class OpenCvYuNet:
    """A `YuNetNetwork`: OpenCV's `cv2.FaceDetectorYN`, from the weights' file."""

    def __init__(self, path: Path) -> None:
        self._input_size = (WORKING_SIDE, WORKING_SIDE)
        self._turn = threading.Lock()
        # Read here because OpenCV cannot open every path on Windows.
        model = np.frombuffer(path.read_bytes(), np.uint8)
        with _quiet_opencv():
            self._network = cv2.FaceDetectorYN.create(
                "onnx", model, np.zeros(0, np.uint8), self._input_size, DEFAULT_CONFIDENCE, _EVERY, _MAX_CANDIDATES
            )

    def candidates(self, image_bgr: Image, min_confidence: float) -> Floats:
        """Return candidates as `YuNetNetwork` specifies."""
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
    """Suppress OpenCV 5's message on the terminal that its new engine has no choice of target."""
    before = cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)
    try:
        yield
    finally:
        cv2.utils.logging.setLogLevel(before)
