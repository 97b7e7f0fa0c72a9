"""Strips of verdicts: they never cover each other, a label or another face, and never leave the picture."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import example, given, settings
from hypothesis import strategies as st

from metaface_gui.pipeline.rendering.strip_layout import Rect, StripFace, StripLayout, StripPlace

BOUNDS = Rect(0, 0, 1000, 600)
WIDE, TALL, COUNT = (340.0, 96.0), (180.0, 160.0), (60.0, 20.0)
SIZES = (WIDE, TALL, COUNT)


def face(track: int, left: float, top: float, width: float = 120.0, height: float = 150.0, **more: int) -> StripFace:
    box = Rect.sized(left, top, width, height)
    return StripFace(track, box, Rect.sized(left, top - 48, 150, 43).pushed_into(BOUNDS), SIZES, **more)


def placed(*faces: StripFace, layout: StripLayout | None = None) -> list[StripPlace]:
    places = (layout or StripLayout()).place(faces, BOUNDS)
    found = [place for place in places if place is not None]
    assert len(found) == len(faces)
    return found


def test_a_face_with_room_has_the_largest_strip_below_it() -> None:
    (place,) = placed(face(1, 300, 150))
    assert place.form == 0
    assert place.rect.top > 300
    assert (place.rect.width, place.rect.height) == WIDE


def test_at_the_lower_edge_the_strip_goes_beside_the_face() -> None:
    one = face(1, 300, 440)
    (place,) = placed(one)
    assert place.form == 0
    assert place.rect.left > one.box.right
    assert BOUNDS.contains(place.rect)


def test_a_label_below_the_box_is_not_covered() -> None:
    box = Rect.sized(300, 2, 120, 150)
    label = Rect.sized(300, 158, 150, 43)
    (place,) = placed(StripFace(1, box, label, SIZES))
    assert place.rect.top >= label.bottom


def test_everybody_gets_the_same_form() -> None:
    places = placed(face(1, 60, 120), face(2, 430, 120), face(3, 800, 120))
    assert [place.form for place in places] == [1, 1, 1]


def test_where_one_has_no_room_the_others_keep_theirs() -> None:
    walls = (Rect(0, 0, 420, 180), Rect(0, 330, 300, 600), Rect(200, 180, 420, 600))
    pocket = StripFace(1, Rect(20, 200, 190, 300), Rect(20, 182, 190, 198), SIZES)
    cramped, free = StripLayout().place([pocket, face(2, 700, 100)], BOUNDS, walls)
    assert cramped is not None
    assert cramped.form == 2
    assert free is not None
    assert free.form == 1


def test_no_room_at_all_is_no_strip() -> None:
    assert StripLayout().place([face(1, 300, 200)], BOUNDS, [BOUNDS]) == [None]
    assert StripLayout().place([], BOUNDS) == []


def test_a_small_face_may_have_only_a_count() -> None:
    (place,) = placed(face(1, 300, 150, first_form=2))
    assert place.form == 2


def test_a_face_that_fills_the_picture_has_the_strip_on_its_chin() -> None:
    big = StripFace(1, Rect(20, 10, 980, 590), Rect(30, 16, 180, 59), SIZES)
    (place,) = placed(big)
    assert place.form == 0
    assert big.box.contains(place.rect)
    assert place.rect.top > 400


def test_a_strip_does_not_hop_to_and_fro_at_a_limit() -> None:
    """A face trembles around the height at which the strip fits just below it: it changes sides once at most."""
    layout = StripLayout()
    sides = []
    for top in [340.0] + [352.0 + 5 * (i % 2) for i in range(20)]:
        (place,) = placed(face(1, 300, top), layout=layout)
        sides.append(place.rect.top > top + 150)
    assert sum(a != b for a, b in pairwise(sides)) == 1


def test_a_strip_comes_back_when_there_is_plenty_of_room() -> None:
    layout = StripLayout()
    placed(face(1, 300, 440), layout=layout)
    (place,) = placed(face(1, 300, 150), layout=layout)
    assert place.rect.top > 300


boxes = st.tuples(st.floats(-80, 1000), st.floats(-80, 600), st.floats(4, 500), st.floats(4, 500))


@settings(max_examples=120, deadline=None)
@given(st.lists(st.lists(boxes, max_size=6), min_size=1, max_size=3), st.lists(boxes, max_size=2))
@example([[(400, 200, 100, 100), (400, 200, 100, 100)]], [])
def test_strips_never_cover_anything_and_never_leave_the_picture(
    frames: list[list[tuple[float, float, float, float]]], taken: list[tuple[float, float, float, float]]
) -> None:
    """Also after frames before, which the layout remembers."""
    layout, walls = StripLayout(), [Rect.sized(*values) for values in taken]
    for raw in frames:
        faces = [face(i, *values) for i, values in enumerate(raw)]
        places = layout.place(faces, BOUNDS, walls)
        assert len(places) == len(faces)
        strips = [(i, place.rect) for i, place in enumerate(places) if place is not None]
        for i, strip in strips:
            assert BOUNDS.contains(strip)
            assert (round(strip.width), round(strip.height)) in SIZES
            assert not any(strip.overlaps(other) for j, other in strips if j != i)
            assert not any(strip.overlaps(one.label) for one in faces)
            assert not any(strip.overlaps(one.box) for j, one in enumerate(faces) if j != i)
            assert not any(strip.overlaps(wall) for wall in walls)
            if strip.overlaps(faces[i].box):
                assert strip.top > (faces[i].box.top + faces[i].box.bottom) / 2, "on its own face only at the chin"
