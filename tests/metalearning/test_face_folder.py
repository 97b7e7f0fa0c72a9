"""Folders of people → faces: order, the main face, skipped pictures, the cache, resuming, and users' mistakes."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from PIL import Image as PillowImage

from metaface_gui.errors import CacheError, SourceError
from metaface_gui.metalearning.face_folder import LoadedFaces, SkippedPicture, load_faces, patient_detectors
from metaface_gui.pipeline.detection.base import FaceDetector
from metaface_gui.pipeline.detection.second_looks import LOOK_SIDE
from metaface_gui.types import FaceDetections, Image
from metaface_gui.weights.store import WeightsStore

_POINTS = np.array([[0.3, 0.4], [0.7, 0.4], [0.5, 0.6], [0.35, 0.8], [0.65, 0.8]], np.float32)


class PatchDetector(FaceDetector):
    """Takes patches of pure colour with a strong channel of at least `least` for faces; counts what it is asked."""

    surely_upright = 0.0

    key = "patch"

    def __init__(self, least: int, calls: list[int]) -> None:
        self._least = least
        self._calls = calls
        self._busy = threading.Lock()

    def detect(self, image_bgr: Image) -> FaceDetections:
        assert self._busy.acquire(blocking=False), "one thread owns a detector"
        try:
            if image_bgr.shape[:2] != (LOOK_SIDE, 2 * LOOK_SIDE):  # not a second look at a face that was found
                self._calls.append(self._least)
            mask = (image_bgr.max(axis=2) >= self._least).astype(np.uint8)
            boxes = [row[:4] for row in cv2.connectedComponentsWithStats(mask)[2][1:] if row[4] > 50]
        finally:
            self._busy.release()
        if not boxes:
            return FaceDetections.empty()
        corners = np.asarray([(x, y, x + w, y + h) for x, y, w, h in boxes], np.float32)
        landmarks = corners[:, None, :2] + _POINTS * (corners[:, 2:] - corners[:, :2])[:, None]
        return FaceDetections(corners, landmarks, np.ones(len(boxes), np.float32))


class World:
    """A data set in the making, and how often its detectors were asked."""

    def __init__(self, root: Path) -> None:
        self.folder = root / "people"
        self.cache = root / "cache"
        self.calls: list[int] = []
        self.progress: list[tuple[int, int]] = []
        self.folder.mkdir()

    def draw(self, path: str, *patches: tuple[int, int, tuple[int, int, int]]) -> Path:
        """Write a black picture of 120×100 with 30-pixel patches: x, y, RGB."""
        image = np.zeros((100, 120, 3), np.uint8)
        for x, y, rgb in patches:
            image[y : y + 30, x : x + 30] = rgb[::-1]
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        assert cv2.imwrite(str(file), image)
        return file

    def detectors(self) -> Sequence[FaceDetector]:
        return PatchDetector(200, self.calls), PatchDetector(100, self.calls)

    def load(self, progress: Callable[[int, int], None] | None = None, crop_size: int = 112) -> LoadedFaces:
        return load_faces(
            self.folder,
            make_detectors=self.detectors,
            crop_size=crop_size,
            cache=self.cache,
            progress=progress or (lambda done, total: self.progress.append((done, total))),
        )


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


_RED, _BLUE, _DIM = (250, 0, 0), (0, 0, 250), (0, 150, 0)


def _colour(crop: Image) -> tuple[int, ...]:
    return tuple(int(channel) for channel in crop[56, 56])


def test_faces_come_in_the_order_of_their_paths_with_their_people(world: World) -> None:
    world.draw("Zoe/1.png", (40, 30, _RED))
    world.draw("Ada/2.bmp", (40, 30, _BLUE))
    world.draw("Ada/1.PNG", (40, 30, _RED))
    (world.folder / "Ada" / "notes.txt").write_text("no picture")
    (world.folder / "Ada" / "._1.png").write_bytes(b"what macOS leaves")
    (world.folder / "picture.png").write_bytes(b"of nobody")
    world.draw(".hidden/1.png", (40, 30, _RED))
    loaded = world.load()
    assert loaded.faces.paths == ("Ada/1.PNG", "Ada/2.bmp", "Zoe/1.png")
    assert loaded.faces.identities == ("Ada", "Ada", "Zoe")
    assert [_colour(crop) for crop in loaded.faces.crops_rgb] == [_RED, _BLUE, _RED]
    assert loaded.skipped == ()
    assert world.progress == [(0, 3), (3, 3)]


def test_the_main_face_is_the_one_nearest_to_the_middle(world: World) -> None:
    world.draw("Ada/1.png", (0, 0, _BLUE), (50, 35, _RED), (90, 70, _BLUE))
    assert _colour(world.load().faces.crops_rgb[0]) == _RED


def test_a_second_look_is_taken_only_where_the_first_found_nothing(world: World) -> None:
    world.draw("Ada/1.png", (40, 30, _DIM))
    world.draw("Bob/1.png", (50, 35, _DIM), (10, 10, _RED))
    crops = world.load().faces.crops_rgb
    assert [_colour(crop) for crop in crops] == [_DIM, _RED]
    assert sorted(world.calls) == [100, 200, 200]


def test_pictures_without_a_face_are_skipped_and_say_why(world: World) -> None:
    world.draw("Ada/1.png")
    (world.folder / "Ada" / "2.jpg").write_bytes(b"")
    (world.folder / "Ada" / "3.jpg").write_bytes(b"not a picture")
    world.draw("Bob/1.png", (40, 30, _RED))
    for loaded in (world.load(), world.load()):
        assert loaded.faces.paths == ("Bob/1.png",)
        assert loaded.skipped[0] == SkippedPicture("Ada/1.png", "no face")
        assert [skipped.path for skipped in loaded.skipped] == ["Ada/1.png", "Ada/2.jpg", "Ada/3.jpg"]
        assert "empty" in loaded.skipped[1].reason
        assert "not a picture" in loaded.skipped[2].reason


def test_pictures_are_turned_as_their_camera_was(world: World) -> None:
    image = np.zeros((100, 120, 3), np.uint8)
    image[30:45, 40:70], image[45:60, 40:70] = _RED, _BLUE
    exif = PillowImage.Exif()
    exif[0x0112] = 3  # upside down
    (world.folder / "Ada").mkdir()
    PillowImage.fromarray(image).save(world.folder / "Ada" / "1.png", exif=exif)
    crop = world.load().faces.crops_rgb[0]
    assert tuple(crop[30, 56]) == _BLUE
    assert tuple(crop[90, 56]) == _RED


def test_a_second_run_finds_nothing_anew(world: World) -> None:
    world.draw("Ada/1.png", (40, 30, _RED))
    first = world.load()
    world.calls.clear()
    second = world.load()
    assert world.calls == []
    np.testing.assert_array_equal(first.faces.crops_rgb, second.faces.crops_rgb)


def test_a_changed_picture_and_another_size_are_found_anew(world: World) -> None:
    world.draw("Ada/1.png", (40, 30, _RED))
    world.load()
    assert world.load(crop_size=160).faces.crops_rgb.shape == (1, 160, 160, 3)
    world.draw("Ada/1.png", (40, 30, _BLUE), (0, 0, _BLUE))
    assert _colour(world.load().faces.crops_rgb[0]) == _BLUE


class _StoppedError(Exception):
    pass


def _stop_after_first_chunk(done: int, total: int) -> None:
    if done:
        raise _StoppedError


def test_an_interrupted_run_goes_on_where_it_stopped(world: World) -> None:
    picture = world.draw("Ada/000.png", (40, 30, _RED))
    for number in range(1, 70):
        shutil.copy(picture, picture.with_name(f"{number:03}.png"))
    with pytest.raises(_StoppedError):
        world.load(_stop_after_first_chunk)
    assert len(world.calls) == 64
    world.calls.clear()
    assert len(world.load().faces) == 70
    assert len(world.calls) == 6
    assert world.progress == [(64, 70), (70, 70)]


def test_mistakes_are_named_with_the_next_step(world: World, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="There are no people"):
        world.load()
    world.draw("Ada/1.png")
    with pytest.raises(SourceError, match=r"No face was found in any of the 1 pictures.*Ada/1\.png: no face"):
        world.load()
    world.folder = tmp_path / "missing"
    with pytest.raises(SourceError, match=r"Cannot read the folder.*missing.*folder of pictures per person"):
        world.load()
    world.folder = tmp_path / "file"
    world.folder.write_text("a file")
    with pytest.raises(SourceError, match="Cannot read the folder"):
        world.load()


def test_a_cache_that_cannot_be_written_is_named(world: World, tmp_path: Path) -> None:
    world.draw("Ada/1.png", (40, 30, _RED))
    world.cache = tmp_path / "file"
    world.cache.write_text("a file")
    with pytest.raises(CacheError, match="Choose a cache folder"):
        world.load()


def test_the_shipped_detector_finds_the_shipped_portraits(store: WeightsStore, assets: Path, tmp_path: Path) -> None:
    for portrait in sorted((assets / "portraits").glob("*.webp"))[:2]:
        (tmp_path / "people" / portrait.stem).mkdir(parents=True)
        shutil.copy(portrait, tmp_path / "people" / portrait.stem)
    (tmp_path / "people" / "nobody").mkdir()
    cv2.imwrite(str(tmp_path / "people" / "nobody" / "grey.png"), np.full((60, 1, 3), 128, np.uint8))
    loaded = load_faces(
        tmp_path / "people",
        make_detectors=patient_detectors("yunet", torch.device("cpu"), store),
        crop_size=112,
        cache=tmp_path / "cache",
        progress=lambda done, total: None,
    )
    assert len(loaded.faces) == 2
    assert loaded.skipped == (SkippedPicture("nobody/grey.png", "no face"),)
