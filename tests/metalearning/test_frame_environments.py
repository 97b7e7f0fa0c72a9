from __future__ import annotations

import numpy as np
import pytest

from metaface_gui.metalearning.environments import FAMILIES
from metaface_gui.metalearning.frame_effects import EFFECTS
from metaface_gui.metalearning.frame_environments import ROOM_AS_IT_IS, EnvironmentSetting, FrameEnvironment, surprise
from metaface_gui.types import FaceTruth, Floats, Frame

FACE = np.array([[[70, 50], [100, 50], [85, 66], [73, 84], [97, 84]]], np.float32)


def grey(level: int = 120, index: int = 3) -> Frame:
    truth = (FaceTruth(np.array([60, 30, 110, 100], np.float32), "Ann"),)
    return Frame(np.full((120, 160, 3), level, np.uint8), index, 0.0, 0, truth)


def textured(index: int = 3) -> Frame:
    image = np.random.default_rng(1).integers(0, 255, (120, 160, 3), np.uint8)
    return Frame(image, index, 0.0, 0)


def photographed(name: str, strength: float, frame: Frame, seed: int = 0, landmarks: Floats = FACE) -> Frame:
    return FrameEnvironment(EnvironmentSetting(((name, strength),), seed))(frame, landmarks)


def test_every_effect_is_a_family_and_in_its_order() -> None:
    assert list(EFFECTS) == [name for name in FAMILIES if name in EFFECTS]


def test_the_room_as_it_is_is_the_very_frame() -> None:
    frame = grey()
    assert FrameEnvironment(ROOM_AS_IT_IS)(frame) is frame
    assert FrameEnvironment(EnvironmentSetting((("fog", 0.0),)))(frame) is frame


@pytest.mark.parametrize("name", EFFECTS)
def test_an_effect_changes_a_copy_and_says_so(name: str) -> None:
    frame = textured()
    before = frame.image_bgr.copy()
    seen = photographed(name, 0.8, frame)
    np.testing.assert_array_equal(frame.image_bgr, before)
    assert seen.image_bgr.shape == before.shape
    assert np.abs(seen.image_bgr.astype(int) - before).mean() > 0.5
    assert seen.environment == f"{name} 80"


@pytest.mark.parametrize("name", EFFECTS)
def test_the_same_seed_and_number_give_the_same_picture(name: str) -> None:
    first, again = (photographed(name, 0.7, textured(), seed=5).image_bgr for _ in range(2))
    np.testing.assert_array_equal(first, again)


@pytest.mark.parametrize("name", ["dim_light", "backlight", "monochrome", "old_sensor"])
def test_noise_differs_from_frame_to_frame(name: str) -> None:
    environment = FrameEnvironment(EnvironmentSetting(((name, 0.8),)))
    first, second = environment(grey(index=1)).image_bgr, environment(grey(index=2)).image_bgr
    assert (first != second).any()


@pytest.mark.parametrize("name", [name for name in EFFECTS if name != "distance"])
def test_it_is_stronger_the_further_the_dial_is_turned(name: str) -> None:
    frame = textured()

    def change(strength: float) -> float:
        seen = photographed(name, strength, frame).image_bgr
        return float(np.abs(seen.astype(int) - frame.image_bgr).mean())

    assert change(0.15) < change(0.95)


def test_the_light_goes_out() -> None:
    assert photographed("dim_light", 1.0, grey()).image_bgr.mean() < 60 < grey().image_bgr.mean()


def test_an_orange_lamp_is_orange() -> None:
    blue, green, red = photographed("colour_cast", 0.9, grey()).image_bgr.mean((0, 1))
    assert blue < green < red


def test_a_lamp_from_the_side_shades_half_of_a_face() -> None:
    seen = photographed("side_light", 0.8, grey()).image_bgr
    left, right = seen[45:85, 72:80].mean(), seen[45:85, 90:98].mean()
    without = photographed("side_light", 0.8, grey(), landmarks=FACE[:0]).image_bgr
    slope = without[45:85, 72:80].mean() - without[45:85, 90:98].mean()
    assert abs(left - right) > 2 * abs(slope), "the face is shaded, not the room alone"


def test_a_mask_is_on_the_face_and_nowhere_else() -> None:
    seen = photographed("masks", 0.8, grey()).image_bgr
    changed = (seen != grey().image_bgr).any(2)
    assert changed[80, 85], "below the nose"
    assert not changed[45, 85], "the eyes are free"
    assert not changed[:, :30].any()


@pytest.mark.parametrize("broken", [np.full((1, 5, 2), np.nan), np.full((1, 5, 2), 7.0), FACE + 10_000])
def test_broken_or_far_landmarks_are_passed_over(broken: Floats) -> None:
    seen = photographed("masks", 0.8, grey(), landmarks=broken.astype(np.float32)).image_bgr
    np.testing.assert_array_equal(seen, grey().image_bgr)


def test_what_the_scene_knows_moves_with_a_picture_that_is_far_away() -> None:
    seen = photographed("distance", 0.5, grey())
    (truth,) = seen.truth
    width, height = truth.box_xyxy[2:] - truth.box_xyxy[:2]
    assert truth.person == "Ann"
    assert width == pytest.approx(50 * 0.4, rel=0.01)
    assert height == pytest.approx(70 * 0.4, rel=0.01)
    middle = (truth.box_xyxy[0] + truth.box_xyxy[2]) / 2
    assert 80 < middle < 85, "towards the middle, from 85"


def test_a_mask_far_away_is_on_the_small_face() -> None:
    setting = EnvironmentSetting((("masks", 0.8), ("distance", 0.3)))
    environment, plain = FrameEnvironment(setting), FrameEnvironment(EnvironmentSetting((("distance", 0.3),)))
    small = FACE * environment.zoom + np.array([34, 28], np.float32)
    masked, bare = environment(grey(), small).image_bgr, plain(grey()).image_bgr
    rows, columns = np.nonzero((np.abs(masked.astype(int) - bare) > 40).any(2))
    assert small[0, :, 0].min() - 20 < columns.mean() < small[0, :, 0].max() + 20
    assert rows.min() > small[0, 0, 1], "below the eyes"


def test_another_size_of_frame_is_photographed_too() -> None:
    environment = FrameEnvironment(EnvironmentSetting((("dim_light", 0.8), ("fog", 0.5))))
    for height, width in ((120, 160), (90, 200)):
        frame = Frame(np.full((height, width, 3), 99, np.uint8), 0, 0.0, 0)
        assert environment(frame).image_bgr.shape == (height, width, 3)


def test_surprises_are_drawn_by_their_number() -> None:
    drawn = [surprise(seed) for seed in range(20)]
    assert drawn[3] == surprise(3)
    assert len({each.effects for each in drawn}) > 10
    assert not any(each.is_off for each in drawn)


@pytest.mark.parametrize("effects", [(("dark", 0.5),), (("fog", 1.5),), (("fog", 0.5), ("fog", 0.2))])
def test_a_setting_that_is_none_is_refused(effects: tuple[tuple[str, float], ...]) -> None:
    with pytest.raises(ValueError, match=r"effect|strengths"):
        EnvironmentSetting(effects)
