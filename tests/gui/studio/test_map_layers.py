from __future__ import annotations

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF, QSizeF

from metaface_gui.gui.studio.map_layers import place_labels

ROOM = QRectF(0, 0, 400, 200)
_points = st.builds(QPointF, st.floats(0, 400), st.floats(0, 200))


def test_a_lone_label_stands_to_the_right() -> None:
    (place,) = place_labels([QPointF(100, 100)], [QSizeF(50, 14)], ROOM)
    assert place is not None
    assert place.left() > 100
    assert place.center().y() == 100


def test_at_the_right_edge_it_stands_to_the_left() -> None:
    (place,) = place_labels([QPointF(390, 100)], [QSizeF(50, 14)], ROOM)
    assert place is not None
    assert place.right() < 390


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(_points, st.floats(10, 120)), max_size=40))
def test_labels_lie_in_the_room_and_never_over_another(people: list[tuple[QPointF, float]]) -> None:
    points, sizes = [point for point, _ in people], [QSizeF(width, 14) for _, width in people]
    places = place_labels(points, sizes, ROOM)
    assert len(places) == len(people)
    found = [place for place in places if place is not None]
    assert all(ROOM.contains(place) for place in found)
    assert not any(first.intersects(second) for first, second in combinations(found, 2))
    assert not any(place.contains(point) for place in found for point in points)
