from __future__ import annotations

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from metaface_gui.pipeline.detection.align import align
from metaface_gui.pipeline.detection.clean import clean_detections

POINTS = np.array([[10, 10], [20, 10], [15, 15], [11, 20], [19, 20]], np.float32)


def test_boxes_are_clipped_and_landmarks_are_not() -> None:
    boxes = np.array([[-5, -5, 30, 30]], np.float32)
    points = POINTS[None] - 12
    found = clean_detections(boxes, points, np.array([0.9], np.float32), width=25, height=20)
    assert found.boxes_xyxy.tolist() == [[0, 0, 25, 20]]
    assert (found.landmarks == points).all()


def test_only_usable_faces_stay() -> None:
    good = np.array([5, 5, 30, 30], np.float32)
    boxes = np.stack([good, good, good, [40, 5, 60, 30], [5, 5, 7, 30], good]).astype(np.float32)
    points = np.stack([POINTS] * 6)
    points[1, 0, 0] = np.nan
    points[5] = 7.0
    confidence = np.array([0.9, 0.9, np.inf, 0.9, 0.9, 0.9], np.float32)
    found = clean_detections(boxes, points, confidence, width=40, height=40)
    assert len(found) == 1
    assert (found.boxes_xyxy[0] == good).all()


@settings(max_examples=60, deadline=None)
@example(
    boxes=np.zeros((1, 4), np.float32),
    points=np.array([[[0.0, 2.0**64], [2.0**64, 0.0], [0, 0], [0, 0], [0, 0]]], np.float32),
    confidence=np.ones(1, np.float32),
)
@given(
    boxes=hnp.arrays(np.float32, (3, 4), elements=st.floats(width=32)),
    points=hnp.arrays(np.float32, (3, 5, 2), elements=st.floats(width=32)),
    confidence=hnp.arrays(np.float32, (3,), elements=st.floats(width=32)),
)
def test_whatever_a_network_says_what_stays_can_be_aligned(
    boxes: np.ndarray[tuple[int, ...], np.dtype[np.float32]],
    points: np.ndarray[tuple[int, ...], np.dtype[np.float32]],
    confidence: np.ndarray[tuple[int, ...], np.dtype[np.float32]],
) -> None:
    found = clean_detections(boxes, points, confidence, width=64, height=48)
    assert (found.boxes_xyxy >= 0).all()
    assert (found.boxes_xyxy <= [64, 48, 64, 48]).all()
    assert (found.boxes_xyxy[:, 2:] > found.boxes_xyxy[:, :2]).all()
    assert align(np.zeros((48, 64, 3), np.uint8), found.landmarks, 112).shape == (len(found), 112, 112, 3)
