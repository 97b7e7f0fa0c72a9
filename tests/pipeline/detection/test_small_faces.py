"""Faces that the reduced picture does not show, and what looking for them costs."""

from __future__ import annotations

import numpy as np
import pytest

from metaface_gui.pipeline.detection import make_detector
from metaface_gui.pipeline.detection.base import FaceDetector
from metaface_gui.pipeline.detection.search import FaceSearch, search_still
from metaface_gui.pipeline.detection.small_faces import TileGrid
from metaface_gui.types import FaceDetections, Image
from metaface_gui.weights.store import WeightsStore
from tests.pipeline.conftest import PaintFace


class Searches(FaceDetector):
    """A detector that counts its searches, and finds blue squares in pictures no longer than 960 pixels."""

    key, surely_upright = "searches", 0.9

    def __init__(self) -> None:
        self.whole = 0
        self.tiles = 0

    def detect(self, image_bgr: Image) -> FaceDetections:
        if image_bgr.shape[1] > 960:
            self.whole += 1
            return FaceDetections.empty()
        self.tiles += 1
        rows, columns = np.nonzero(image_bgr[:, :, 0] > image_bgr[:, :, 1] + 80.0)
        if not len(rows):
            return FaceDetections.empty()
        box = np.array([[columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]], np.float32)
        return FaceDetections(box, np.repeat(box[:, None, :2], 5, axis=1), np.full(1, 0.8, np.float32))


def grey(height: int, width: int) -> Image:
    return np.full((height, width, 3), 128, np.uint8)


@pytest.mark.parametrize("size", [(2160, 3840), (1080, 1920), (720, 1280), (3024, 4032), (9000, 1200), (30, 40)])
def test_every_face_as_high_as_the_overlap_is_whole_in_a_tile(size: tuple[int, int]) -> None:
    grid = TileGrid.over(*size)
    assert max(grid.width, grid.height) <= 960
    corners = np.asarray(grid.corners)
    far = corners + np.array([grid.width, grid.height])
    assert corners.min() == 0
    assert (far.max(axis=0) >= np.array(grid.size)).all()
    side = min(grid.overlap, *grid.size)
    for x in np.linspace(0, grid.size[0] - side, 40):
        for y in np.linspace(0, grid.size[1] - side, 40):
            inside = (corners <= [x + 1, y + 1]).all(axis=1) & (far >= [x + side - 1, y + side - 1]).all(axis=1)
            assert inside.any(), (x, y)


def test_faces_of_20_pixels_in_a_large_picture_are_found(paint_face: PaintFace, store: WeightsStore) -> None:
    picture, face = grey(1080, 1920), paint_face(38)  # its face is 21 pixels high
    places = [(100, 80), (900, 500), (935, 530), (1850, 1030), (1400, 90), (30, 1000)]
    for x, y in places:
        picture[y : y + face.shape[0], x : x + face.shape[1]] = face
    yunet = make_detector("yunet", "cpu", store)
    reduced = yunet.detect(picture)
    assert len(reduced) == 0
    found = search_still(yunet, picture, reduced)
    noses = found.landmarks[:, 2]
    middles = np.array(places) + np.array([face.shape[1] / 2, face.shape[0] * 0.6])
    away = np.linalg.norm(noses[:, None] - middles[None], axis=2)
    assert len(found) == len(places)
    assert (away.min(axis=0) < 6.0).all()


def test_live_and_small_pictures_are_searched_once() -> None:
    detector = Searches()
    live = FaceSearch(detector)
    for frame in range(5):
        live.search(grey(2160, 3840), frame / 30, is_close=False, is_restart=frame == 0)
    assert (detector.whole, detector.tiles) == (5, 0)
    thorough = FaceSearch(detector)
    for frame in range(5):
        thorough.search(grey(720, 1280), frame / 30, is_close=True, is_restart=frame == 0)
    assert (detector.whole, detector.tiles) == (10, 0)


def test_all_tiles_at_first_and_after_a_cut_then_each_once_a_second() -> None:
    detector, n = Searches(), len(TileGrid.over(1080, 1920).corners)
    search, picture = FaceSearch(detector), grey(1080, 1920)
    search.search(picture, 7.0, is_close=True, is_restart=True)
    assert detector.tiles == n
    for frame in range(1, 26):
        before = detector.tiles
        search.search(picture, 7.0 + frame / 25, is_close=True, is_restart=False)
        assert detector.tiles - before <= 1
    assert detector.tiles == 2 * n
    search.search(picture, 8.04, is_close=True, is_restart=True)
    assert detector.tiles == 3 * n
    assert detector.whole == 27


def test_where_a_small_face_was_every_frame_looks_again() -> None:
    detector, picture = Searches(), grey(1080, 1920)
    picture[300:318, 400:415] = (255, 100, 100)
    search = FaceSearch(detector)
    first = search.search(picture, 0.0, is_close=True, is_restart=True).faces
    n = detector.tiles
    for frame in range(1, 6):
        found = search.search(picture, frame / 250, is_close=True, is_restart=False).faces
        np.testing.assert_allclose(found.boxes_xyxy, first.boxes_xyxy)
    np.testing.assert_allclose(first.boxes_xyxy, [[400, 300, 415, 318]], atol=1.0)
    assert n < detector.tiles <= n + 6


def test_the_same_faces_whichever_way_the_frames_were_timed_before() -> None:
    picture = grey(1080, 1920)
    picture[300:318, 400:415] = (255, 100, 100)
    used = FaceSearch(Searches())
    used.search(grey(1080, 1920), 3.0, is_close=True, is_restart=True)
    used.reset()
    again = used.search(picture, 0.5, is_close=True, is_restart=False).faces
    new = FaceSearch(Searches()).search(picture, 0.5, is_close=True, is_restart=False).faces
    np.testing.assert_array_equal(again.boxes_xyxy, new.boxes_xyxy)
