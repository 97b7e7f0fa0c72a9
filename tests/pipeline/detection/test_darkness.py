"""Faces behind a sensor's noise."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from metaface_gui.pipeline.detection import make_detector
from metaface_gui.pipeline.detection.base import FaceDetector
from metaface_gui.pipeline.detection.darkness import RunningMean, is_dark
from metaface_gui.pipeline.detection.search import FaceSearch, search_still
from metaface_gui.types import Image
from metaface_gui.weights.store import WeightsStore
from tests.pipeline.conftest import PaintFace


@pytest.fixture
def yunet(store: WeightsStore) -> FaceDetector:
    return make_detector("yunet", "cpu", store)


def dark(picture: Image, random: np.random.Generator, noise: float = 6.0) -> Image:
    """As a camera sees it at a tenth of the light."""
    seen = picture * 0.11 + random.normal(0.0, noise, picture.shape)
    return np.clip(seen, 0, 255).astype(np.uint8)


def test_what_is_dark(paint_face: PaintFace) -> None:
    room = np.full((360, 640, 3), 120, np.uint8)
    assert not is_dark(room)
    night = np.full((360, 640, 3), 12, np.uint8)
    assert is_dark(night)
    assert is_dark(dark(room, np.random.default_rng(0)))
    lamp = night.copy()
    lamp[:60, :60] = 255
    assert is_dark(lamp)
    stage = night.copy()
    stage[60:300, 200:400] = paint_face(240)
    assert not is_dark(stage)
    assert is_dark(np.zeros((1, 1, 3), np.uint8))


def test_dark_is_what_numpy_takes_for_the_90th_percentile() -> None:
    rng = np.random.default_rng(0)
    seen = set[bool]()
    for _ in range(300):
        height, width = rng.integers(1, 64, 2)
        picture = rng.integers(30, 70, (height, width, 3)).astype(np.uint8) - np.uint8(rng.integers(0, 20))
        wanted = bool(np.percentile(picture.max(axis=2), 90.0) < 60.0)
        assert is_dark(picture) is wanted
        seen.add(wanted)
    assert seen == {False, True}


def test_a_face_behind_noise_is_found_and_none_where_nobody_is(paint_face: PaintFace, yunet: FaceDetector) -> None:
    random, search, empty = np.random.default_rng(0), FaceSearch(yunet), FaceSearch(yunet)
    nobody = np.full((360, 640, 3), (120, 115, 110), np.uint8)
    somebody = nobody.copy()
    somebody[60:300, 200:400] = paint_face(240)
    plain = found = wrong = 0
    for frame in range(6):
        image = dark(somebody, random, noise=9.0)
        plain += len(yunet.detect(image))
        seen = search.search(image, frame / 25, is_close=frame > 3, is_restart=frame == 0).faces
        found += len(seen)
        assert np.abs(seen.landmarks[:, 2] - [301, 205]).max(initial=0.0) < 20.0
        nothing = empty.search(dark(nobody, random, noise=9.0), frame / 25, is_close=False, is_restart=frame == 0)
        wrong += len(nothing.faces)
    assert (plain, found, wrong) == (0, 6, 0)
    assert len(search_still(yunet, image, yunet.detect(image))) == 1


def test_noise_is_averaged_where_nothing_moves_and_nothing_is_smeared_where_something_does() -> None:
    random, mean = np.random.default_rng(0), RunningMean()
    for frame in range(12):
        scene = np.full((90, 160, 3), 20.0, np.float32)
        scene[30:60, 10 + 8 * frame : 30 + 8 * frame] = 90.0
        averaged = mean.add((scene + random.normal(0.0, 5.0, scene.shape)).astype(np.float32))
    left = np.abs(averaged - scene)
    assert left[:25].std() < 3.0
    assert cv2.blur(left, (5, 5)).max() < 15.0, "where it was, the background is back"


def test_a_frame_of_another_size_begins_anew() -> None:
    mean = RunningMean()
    mean.add(np.zeros((20, 30, 3), np.float32))
    assert (mean.add(np.full((10, 30, 3), 7.0, np.float32)) == 7.0).all()
