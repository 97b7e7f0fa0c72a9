from __future__ import annotations

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF, QSizeF

from metaface_gui.gui.studio.map_layers import place_labels

ROOM = QRectF(0, 0, 400, 200)
_points = st.builds(QPointF, st.floats(0, 400), st.floats(0, 200))


def test_a_lone_label_stands_to_the_right() -> None:
    (found,) = place_labels([QPointF(100, 100)], [QSizeF(50, 14)], ROOM)
    assert found is not None
    _, place = found
    assert place.left() > 100
    assert place.center().y() == 100


def test_at_the_right_edge_it_stands_to_the_left() -> None:
    (found,) = place_labels([QPointF(390, 100)], [QSizeF(50, 14)], ROOM)
    assert found is not None
    _, place = found
    assert place.right() < 390


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(_points, st.floats(10, 120)), max_size=40))
def test_labels_lie_in_the_room_and_never_over_another(people: list[tuple[QPointF, float]]) -> None:
    points, sizes = [point for point, _ in people], [QSizeF(width, 14) for _, width in people]
    places = place_labels(points, sizes, ROOM)
    assert len(places) == len(people)
    found = [place[1] for place in places if place is not None]
    assert all(ROOM.contains(place) for place in found)
    assert not any(first.intersects(second) for first, second in combinations(found, 2))
    assert not any(place.contains(point) for place in found for point in points)


def test_a_label_keeps_its_side_and_clear_of_what_stands_still() -> None:
    names = [QRectF(80, 130, 90, 14)]
    before: list[int | None] = [None]
    sides = []
    for step in range(40):
        # Right of the point there is room in every second frame only.
        points = [QPointF(66 + 2 * (step % 2), 118)]
        (found,) = place_labels(points, [QSizeF(40, 14)], ROOM, others=names, before=before)
        assert found is not None
        assert not found[1].intersects(names[0])
        before = [found[0]]
        sides.append(found[0])
    assert len(set(sides)) == 1


def test_where_everything_is_taken_a_name_is_left_out() -> None:
    assert place_labels([QPointF(100, 100)], [QSizeF(50, 14)], ROOM, others=[ROOM]) == [None]
