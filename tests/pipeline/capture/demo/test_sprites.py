from __future__ import annotations

import cv2
import numpy as np
import pytest

from metaface_gui.pipeline.capture.demo.people import load_scene_people
from metaface_gui.pipeline.capture.demo.sprites import COVER_STEP, Placement, Sprite, visible_share, with_face_mask
from metaface_gui.types import Image


def red_square(side: int = 100) -> Sprite:
    """A sprite of one colour whose anchored box is the whole picture."""
    image = np.zeros((side, side, 4), np.uint8)
    image[..., 2:] = 255
    return Sprite(image, np.array([0, 0, side, side], np.float32))


def grey(height: int = 240, width: int = 320) -> Image:
    return np.full((height, width, 3), 90, np.uint8)


@pytest.mark.parametrize("size", [20.0, 60.0, 130.0])
def test_draws_at_the_anchor_in_the_size_asked_for(size: float) -> None:
    canvas = grey()
    where = Placement(160.0, 120.0, size, 0.0)
    sprite = red_square()
    sprite.draw(canvas, where, canvas.shape[0])
    red = (canvas == [0, 0, 255]).all(axis=2)
    rows, columns = np.nonzero(red)
    assert rows.mean() == pytest.approx(119.5, abs=0.8)
    assert columns.mean() == pytest.approx(159.5, abs=0.8)
    assert red.sum() == pytest.approx(size * size, rel=0.12)
    assert np.allclose(sprite.box_at(where), [160 - size / 2, 120 - size / 2, 160 + size / 2, 120 + size / 2])
    assert (canvas[0] == 90).all()


def test_rotation_turns_counter_clockwise_on_screen() -> None:
    image = np.zeros((100, 100, 4), np.uint8)
    image[:50, 45:55] = 255  # a bar from the centre upwards
    canvas = grey()
    Sprite(image, np.array([0, 0, 100, 100], np.float32)).draw(canvas, Placement(160.0, 120.0, 100.0, 90.0), 240)
    assert (canvas[120, 120] == 255).all()
    assert (canvas[80, 160] == 90).all()


def test_half_transparent_pixels_are_mixed() -> None:
    image = np.full((80, 80, 4), 200, np.uint8)
    image[..., 3] = 128
    canvas = grey()
    Sprite(image, np.array([0, 0, 80, 80], np.float32)).draw(canvas, Placement(100.0, 100.0, 80.0, 0.0), 240)
    assert np.abs(canvas[100, 100].astype(int) - 145).max() <= 2


@pytest.mark.parametrize("x", [-400.0, 1e4])
def test_outside_the_frame_nothing_is_drawn(x: float) -> None:
    canvas = grey()
    red_square().draw(canvas, Placement(x, 120.0, 100.0, 3.0), 240)
    assert (canvas == 90).all()


def test_nothing_is_drawn_below_the_bottom_row() -> None:
    canvas = grey()
    red_square().draw(canvas, Placement(160.0, 120.0, 100.0, 5.0), 130)
    assert (canvas[130:] == 90).all()
    assert (canvas[129, 160] == [0, 0, 255]).all()


def test_visible_share_counts_the_frame_and_what_is_in_front() -> None:
    cover = np.zeros((-(-240 // COVER_STEP), -(-320 // COVER_STEP)), np.uint8)
    inside = np.array([40, 40, 120, 120], np.float32)
    half_out = np.array([-40, 40, 40, 120], np.float32)
    assert visible_share(cover, inside, 320, 240) == pytest.approx(1.0)
    assert visible_share(cover, half_out, 320, 240) == pytest.approx(0.5)
    assert visible_share(cover, inside + 1000, 320, 240) == 0.0
    assert visible_share(cover, inside - 500, 320, 240) == 0.0
    red_square().cover(cover, Placement(80.0, 100.0, 80.0, 0.0))  # hides rows 60 to 140
    assert visible_share(cover, inside, 320, 240) == pytest.approx(0.25, abs=0.08)


def test_a_face_mask_hides_nose_and_mouth_and_leaves_the_eyes() -> None:
    for person in load_scene_people():
        plain, masked = person.cutout.image, with_face_mask(person.cutout)
        assert np.array_equal(plain[..., 3], masked[..., 3])
        changed = cv2.absdiff(plain[..., :3], masked[..., :3]).max(axis=2) > 0
        eye_l, eye_r, nose, mouth_l, mouth_r = person.cutout.landmarks.round().astype(int)
        assert not changed[eye_l[1], eye_l[0]]
        assert not changed[eye_r[1], eye_r[0]]
        for x, y in (nose, mouth_l, mouth_r):
            assert changed[y, x]
        x1, y1, x2, y2 = person.cutout.box_xyxy.astype(int)
        assert 0.3 < changed[y1:y2, x1:x2].mean() < 0.75
