"""Several searches of one picture become one list."""

from __future__ import annotations

import numpy as np

from metaface_gui.pipeline.detection.merge import each_once, joined, supplemented
from metaface_gui.types import FaceDetections


def faces(*rows: tuple[float, float, float, float, float]) -> FaceDetections:
    """Faces from x1, y1, x2, y2 and confidence."""
    values = np.array(rows, np.float32).reshape(-1, 5)
    landmarks = np.repeat(values[:, None, :2], 5, axis=1)
    return FaceDetections(values[:, :4].copy(), landmarks, values[:, 4].copy())


def test_joined_keeps_the_order_and_of_nothing_makes_nothing() -> None:
    assert len(joined([])) == 0
    assert joined([faces((0, 0, 9, 9, 0.7)), faces((20, 0, 29, 9, 0.9))]).confidence.tolist() == [
        np.float32(0.7),
        np.float32(0.9),
    ]


def test_of_boxes_on_each_other_the_surest_stays() -> None:
    found = each_once(faces((0, 0, 40, 40, 0.7), (0, 0, 40, 20, 0.9), (50, 0, 90, 40, 0.8)))
    assert sorted(found.boxes_xyxy[:, 0].tolist()) == [0.0, 50.0]
    assert found.confidence.max() == np.float32(0.9)


def test_a_closer_look_adds_and_betters_but_loses_nobody() -> None:
    found = faces((0, 0, 40, 40, 0.8), (10, 0, 50, 40, 0.8), (100, 0, 140, 40, 0.8), (200, 0, 240, 40, 0.95))
    closer = faces((102, 0, 142, 40, 0.9), (202, 0, 242, 40, 0.9), (300, 0, 320, 20, 0.7), (5, 0, 45, 40, 0.99))
    both = supplemented(found, closer)
    # The first two lie on each other, and a closer face on both: which of them it is cannot be said.
    assert both.boxes_xyxy[:, 0].tolist() == [0.0, 10.0, 102.0, 200.0, 300.0]


def test_nothing_may_be_added_to_nothing() -> None:
    assert len(supplemented(FaceDetections.empty(), FaceDetections.empty())) == 0
    assert len(supplemented(FaceDetections.empty(), faces((0, 0, 9, 9, 0.9)))) == 1
