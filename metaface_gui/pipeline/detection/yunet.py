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

from metaface_gui.pipeline.boxes import box_iou
from metaface_gui.pipeline.detection.clean import WORKING_SIDE, clean_detections, working_copy
from metaface_gui.pipeline.detection.panorama import detect_in_pieces
from metaface_gui.types import FaceDetections, Floats, Image

DEFAULT_CONFIDENCE = 0.7
_NMS_IOU = 0.3
_OF_THE_SAME, _HEARD = 0.6, 0.5
"""Candidates of the same face overlap by as much (IoU), and count from that confidence on; both are of no consequence:
0.4 to 0.7 and 0.3 or 0.5 find landmarks that are as good."""
_EVERY = 1.0
"""IoU above which OpenCV merges candidates: none are."""
_MAX_CANDIDATES = 5000
"""Boxes that are kept before those of the same face are merged, of which there are about three a face: a limit of 200
showed 70 of a crowd of 120. The time hangs on how many there are, not on the limit.
"""


class YuNetNetwork(Protocol):
    """YuNet's network on one runtime or another; who calls at the same time takes turns."""

    def candidates(self, image_bgr: Image, min_confidence: float) -> Floats:
        """Places of a contiguous (height, width, 3) uint8 image that are at least so sure of a face, in any order: of a
        face there are several.

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
        candidates = self._network.candidates(small, min(_HEARD, self._min_confidence))
        rows = each_once(candidates, self._min_confidence)
        corners = _corners(rows) * np.tile(to_image, 2)
        landmarks = rows[:, 4:14].reshape(-1, 5, 2) * to_image
        height, width = image_bgr.shape[:2]
        return clean_detections(corners, landmarks, rows[:, 14], width=width, height=height)


def each_once(candidates: Floats, min_confidence: float) -> Floats:
    """Make one row of all candidates (m, 15) of the same face that has one so sure: (n, 15), the surest first.

    Boxes and landmarks are the candidates' mean, weighted by confidence (box voting: Gidaris and Komodakis, "Object
    detection via a multi-region and semantic segmentation-aware CNN model", ICCV 2015). The surest alone errs more:
    with the mean the cosine of two pictures of a person is 0.012 higher, and of blurred and dark faces 0.9 and 1.3
    points more are recognised (765 pictures of LFW's meta-validation people, TPIR at a FPIR of 1 %).
    """
    # Of weights that nobody vouches for anything may come; what is less than a pixel has no area to compare.
    candidates = candidates[np.isfinite(candidates).all(axis=1) & (candidates[:, 2:4] >= 1.0).all(axis=1)]
    sure = candidates[candidates[:, 14] >= min_confidence]
    # In whole pixels, as OpenCV compares them.
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
        # Read here and not by OpenCV, which cannot open every path on Windows.
        model = np.frombuffer(path.read_bytes(), np.uint8)
        with _quiet_opencv():
            self._network = cv2.FaceDetectorYN.create(
                "onnx", model, np.zeros(0, np.uint8), self._input_size, DEFAULT_CONFIDENCE, _EVERY, _MAX_CANDIDATES
            )

    def candidates(self, image_bgr: Image, min_confidence: float) -> Floats:
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
