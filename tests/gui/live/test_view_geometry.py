"""From the frame to the view, and where labels go."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QRectF, QSizeF

from metaface_gui.gui.live.view_geometry import LabelLayout, VideoGeometry

VIEW = QRectF(0, 0, 1000, 800)


def place_labels(boxes: list[QRectF], sizes: list[QSizeF], view: QRectF) -> list[QRectF]:
    """As for faces that were not there before."""
    return LabelLayout().place(range(len(boxes)), boxes, sizes, view)


def fit(is_mirrored: bool = False) -> VideoGeometry:
    return VideoGeometry.fit(1280, 720, VIEW, is_mirrored=is_mirrored)


def test_the_picture_keeps_its_shape_and_is_centred() -> None:
    target = fit().target
    assert target.width() == 1000
    assert target.height() == pytest.approx(562.5)
    assert target.center() == VIEW.center()


def test_a_tall_picture_gets_bars_at_its_sides() -> None:
    target = VideoGeometry.fit(480, 640, VIEW, is_mirrored=False).target
    assert target.height() == 800
    assert target.width() == pytest.approx(600)
    assert target.left() == pytest.approx(200)


def test_a_box_lands_where_its_pixels_are() -> None:
    box = fit().to_view(np.array([0, 0, 1280, 720], np.float32))
    assert box == fit().target
    left = fit().to_view(np.array([0, 0, 128, 72], np.float32))
    assert [left.x(), left.y(), left.width()] == pytest.approx([0, 118.75, 100])


def test_a_mirrored_box_is_on_the_other_side() -> None:
    box = np.array([0, 0, 128, 72], np.float32)
    assert fit(is_mirrored=True).to_view(box).right() == pytest.approx(1000)
    twice = fit(is_mirrored=True).to_view(np.array([1280 - 128, 0, 1280, 72], np.float32))
    assert twice.x() == pytest.approx(fit().to_view(box).x())


def test_a_label_prefers_the_place_above() -> None:
    (label,) = place_labels([QRectF(300, 300, 100, 120)], [QSizeF(150, 40)], VIEW)
    assert label.left() == 300
    assert label.bottom() < 300


def test_at_the_upper_edge_it_goes_below() -> None:
    (label,) = place_labels([QRectF(300, 5, 100, 120)], [QSizeF(150, 40)], VIEW)
    assert label.top() > 125


def test_two_faces_side_by_side_do_not_share_a_place() -> None:
    boxes = [QRectF(300, 300, 100, 120), QRectF(410, 300, 100, 120)]
    first, second = place_labels(boxes, [QSizeF(150, 40)] * 2, VIEW)
    assert not first.intersects(second)


def test_no_faces_no_labels() -> None:
    assert place_labels([], [], VIEW) == []


def test_the_first_label_stays_when_a_face_joins() -> None:
    box, size = QRectF(300, 300, 100, 120), QSizeF(150, 40)
    alone = place_labels([box], [size], VIEW)
    both = place_labels([box, QRectF(600, 100, 100, 120)], [size, size], VIEW)
    assert alone[0] == both[0]


coordinates = st.tuples(st.floats(-50, 1000), st.floats(-50, 800), st.floats(8, 500), st.floats(8, 500))


@settings(max_examples=60, deadline=None)
@given(st.lists(coordinates, max_size=8))
def test_labels_are_always_inside_the_view(raw: list[tuple[float, float, float, float]]) -> None:
    boxes = [QRectF(*values) for values in raw]
    for label in place_labels(boxes, [QSizeF(180, 43)] * len(boxes), VIEW):
        assert VIEW.contains(label)


def test_a_view_smaller_than_a_label_still_gets_one() -> None:
    (label,) = place_labels([QRectF(5, 5, 10, 10)], [QSizeF(180, 43)], QRectF(0, 0, 60, 30))
    assert label.size() == QSizeF(180, 43)


@pytest.mark.parametrize(("nearest", "farthest"), [(43.0, 53.0), (733.0, 743.0)])
def test_near_an_edge_a_label_does_not_hop_to_and_fro(nearest: float, farthest: float) -> None:
    """The edge of the box goes up and down by ten pixels about where the label just fits, as a head does."""
    layout, size, sides = LabelLayout(), QSizeF(150, 43), []
    for step in range(60):
        edge = (nearest if step % 2 else farthest) + step % 3
        box = QRectF(300, edge, 100, 120) if nearest < 400 else QRectF(300, edge - 650, 100, 650)
        (label,) = layout.place([7], [box], [size], VIEW)
        assert VIEW.contains(label)
        sides.append(label.center().y() < box.center().y())
    assert len(set(sides)) == 1


def test_a_label_that_is_in_the_way_still_moves() -> None:
    layout, size = LabelLayout(), QSizeF(150, 40)
    box = QRectF(300, 300, 100, 120)
    (before,) = layout.place([7], [box], [size], VIEW)
    _, after = layout.place([3, 7], [QRectF(290, 160, 120, 130), box], [size, size], VIEW)
    assert before.top() < box.top() < after.top()
    (gone,) = layout.place([8], [box], [size], VIEW)
    assert gone == before


def test_a_label_keeps_clear_of_what_lies_over_the_video() -> None:
    box, title = QRectF(300, 60, 100, 120), QRectF(280, 0, 300, 40)
    (label,) = LabelLayout().place([7], [box], [QSizeF(150, 43)], VIEW, [title])
    assert not label.intersects(title)
    assert VIEW.contains(label)
