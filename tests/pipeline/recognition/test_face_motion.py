from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from metaface_gui.pipeline.recognition.face_motion import FaceMotion
from metaface_gui.types import Floats, Image
from tests.pipeline.moving_faces import texture


def grey(picture: Image) -> Image:
    return np.repeat(picture[..., None], 3, axis=2)


def shown(*pictures: Image) -> FaceMotion:
    motion = FaceMotion()
    for picture in pictures:
        motion.show(grey(picture))
    return motion


def boxes(*rows: tuple[float, float, float, float]) -> Floats:
    return np.array(rows, np.float32).reshape(-1, 4)


ROOM = texture(240, 320, seed=1, level=110)
OTHER_ROOM = texture(240, 320, seed=2, level=150)
_FAR = 7
"""Pixels, in a picture 320 across: up to there hardly a face in a thousand is lost, of ten pixels every fifth."""


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.integers(-_FAR, _FAR),
    st.integers(-_FAR, _FAR),
    st.integers(40, 120),
    st.sampled_from([(240, 320, 2.0), (360, 640, 3.0), (720, 1280, 5.0)]),
)
def test_the_translation_of_a_texture_is_recovered(
    seed: int, dx: int, dy: int, side: int, frame: tuple[int, int, float]
) -> None:
    height, width, sigma = frame
    canvas = texture(height + 20, width + 20, seed=seed, level=128, sigma=sigma)
    before = canvas[10 : 10 + height, 10 : 10 + width]
    after = canvas[10 - dy : 10 - dy + height, 10 - dx : 10 - dx + width]
    rng = np.random.default_rng(seed)
    corners = rng.uniform(20, [width - side - 20, height - side - 20], (3, 2))
    steps = shown(before, after).moved(np.hstack([corners, corners + side]).astype(np.float32))
    assert steps.shape == (3, 2)
    assert steps.dtype == np.float32
    np.testing.assert_allclose(steps, np.tile([dx, dy], (3, 1)), atol=1.0)
    assert np.abs(np.median(steps, axis=0) - [dx, dy]).max() < 0.3


@settings(max_examples=60, deadline=None)
@given(arrays(np.float32, st.tuples(st.integers(0, 4), st.just(4)), elements=st.floats(width=32)))
def test_steps_are_finite_for_any_box(any_boxes: Floats) -> None:
    steps = shown(ROOM, np.roll(ROOM, 3, axis=1)).moved(any_boxes)
    assert steps.shape == (len(any_boxes), 2)
    assert np.isfinite(steps).all()
    assert np.abs(steps).max(initial=0.0) <= 400.0, "no farther than across the picture"


def test_a_box_that_is_none_does_not_disturb_the_others() -> None:
    moved = shown(ROOM, np.roll(ROOM, 3, axis=1)).moved(
        boxes((np.nan, 0, 60, 60), (100, 60, 160, 120), (0, 0, np.inf, 60), (-1e30, 0, 1e30, 60))
    )
    np.testing.assert_allclose(moved, [(0, 0), (3, 0), (0, 0), (0, 0)], atol=0.2)


def test_faces_move_each_for_itself() -> None:
    after = ROOM.copy()
    after[60:120, 55:115] = ROOM[60:120, 50:110]
    after[130:190, 200:260] = ROOM[134:194, 200:260]
    steps = shown(ROOM, after).moved(boxes((50, 60, 110, 120), (200, 134, 260, 194), (200, 20, 260, 80)))
    np.testing.assert_allclose(steps, [(5, 0), (0, -4), (0, 0)], atol=0.3)


def test_where_nothing_can_be_seen_nothing_moves() -> None:
    wall = np.full_like(ROOM, 90)
    assert not shown(wall, wall).moved(boxes((50, 60, 110, 120))).any(), "no texture"
    assert not shown(ROOM, np.roll(ROOM, 3, axis=1)).moved(boxes((500, 60, 560, 120))).any(), "out of the picture"
    assert not shown(ROOM).moved(boxes((50, 60, 110, 120))).any(), "no frame before"
    assert not FaceMotion().moved(boxes((50, 60, 110, 120))).any(), "no frame at all"
    assert shown(ROOM, ROOM).moved(boxes()).shape == (0, 2)


def test_the_first_frame_is_a_cut_and_a_pan_is_not() -> None:
    assert FaceMotion().is_cut
    assert shown(ROOM).is_cut
    assert not shown(ROOM, ROOM).is_cut
    assert not shown(ROOM, np.roll(ROOM, 40, axis=1)).is_cut


def test_another_scene_is_a_cut_and_the_frame_after_it_is_not() -> None:
    motion = shown(ROOM, OTHER_ROOM)
    assert motion.is_cut
    motion.show(grey(OTHER_ROOM))
    assert not motion.is_cut


def test_a_cut_in_the_dark_is_one_and_a_light_that_is_switched_leaves_the_scene() -> None:
    dark, other = ROOM // 8, OTHER_ROOM // 8
    motion = shown(dark, other)
    assert motion.is_cut
    assert motion.is_other_scene
    switched = shown(ROOM, dark)
    assert switched.is_cut, "everything looks different"
    assert not switched.is_other_scene
    assert not shown(dark, np.roll(dark, 40, axis=1)).is_other_scene


def test_somebody_near_who_steps_into_the_light_changes_no_scene() -> None:
    wall, lit = (np.full_like(ROOM, 100) for _ in range(2))
    wall[60:180, 100:220], lit[60:180, 100:220] = 20, 180
    assert not shown(wall, lit).is_other_scene


def test_noise_that_is_all_there_is_to_see_is_no_other_scene() -> None:
    random = np.random.default_rng(0)
    assert not shown(*(random.integers(0, 6, ROOM.shape).astype(np.uint8) for _ in range(2))).is_other_scene
    assert not FaceMotion().is_other_scene
    assert not shown(ROOM).is_other_scene


def test_after_a_reset_the_next_frame_is_the_first() -> None:
    motion = shown(ROOM, ROOM)
    motion.reset()
    assert motion.is_cut
    motion.show(grey(ROOM))
    assert motion.is_cut
    assert not motion.moved(boxes((50, 60, 110, 120))).any()


def test_another_size_is_a_cut_even_if_it_is_reduced_to_the_same() -> None:
    """1280 × 720 and 1920 × 1080 are both looked at as 640 × 360: boxes of the one mean nothing in the other."""
    small, large = (grey(np.full(size, 90, np.uint8)) for size in ((720, 1280), (1080, 1920)))
    small[300:400, 300:400] = large[450:600, 450:600] = 200
    motion = FaceMotion()
    for picture in (small, large):
        motion.show(picture)
    assert motion.is_cut
    assert not motion.moved(boxes((280, 280, 420, 420))).any()


@pytest.mark.parametrize("size", [(1, 1), (1, 4000), (4000, 1), (3, 7), (20, 20)])
def test_frames_of_any_size_are_no_trouble(size: tuple[int, int]) -> None:
    picture = np.random.default_rng(0).integers(0, 255, size).astype(np.uint8)
    motion = shown(picture, picture)
    assert not motion.is_cut
    assert np.isfinite(motion.moved(boxes((0, 0, 1, 1), (0, 0, 300, 300)))).all()
