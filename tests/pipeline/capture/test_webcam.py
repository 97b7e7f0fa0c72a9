from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np
import pytest

from metaface_gui.errors import SourceError
from metaface_gui.pipeline.capture.webcam import WebcamSource
from metaface_gui.types import Image


class FakeCapture:
    """A camera that gives `images` and then fails."""

    def __init__(self, images: Iterable[Image], *, opens: bool = True) -> None:
        self.images = iter(images)
        self.opens = opens
        self.released = False
        self.properties: dict[int, float] = {}

    def isOpened(self) -> bool:  # noqa: N802
        return self.opens

    def set(self, prop_id: int, value: float) -> bool:
        self.properties[prop_id] = value
        return True

    def get(self, prop_id: int) -> float:
        return self.properties.get(prop_id, 0.0)

    def read(self) -> tuple[bool, Image | None]:
        image = next(self.images, None)
        return image is not None, image

    def release(self) -> None:
        self.released = True


class Clock:
    def __init__(self, step_ns: int) -> None:
        self.now_ns, self.step_ns = 0, step_ns

    def __call__(self) -> int:
        self.now_ns += self.step_ns
        return self.now_ns


def noise(seed: int) -> Image:
    return np.random.default_rng(seed).integers(0, 255, (72, 128, 3), np.uint8)


def source(capture: FakeCapture, step_ns: int = 33_000_000) -> WebcamSource:
    return WebcamSource(0, opener=lambda _index: capture, clock_ns=Clock(step_ns))


def test_asks_for_720p_and_numbers_the_frames() -> None:
    capture = FakeCapture([noise(0), noise(1)])
    camera = source(capture)
    camera.open()
    assert capture.properties[cv2.CAP_PROP_FRAME_WIDTH] == 1280
    assert capture.properties[cv2.CAP_PROP_FRAME_HEIGHT] == 720
    frames = [camera.read(), camera.read()]
    assert [frame.index for frame in frames if frame] == [0, 1]
    assert frames[1] is not None
    assert frames[1].time_s == pytest.approx(0.066)
    assert camera.is_live
    assert camera.is_mirrored
    camera.close()
    assert capture.released


def test_no_camera_says_what_to_do() -> None:
    capture = FakeCapture([], opens=False)
    with pytest.raises(SourceError, match="Camera 57 does not respond"):
        WebcamSource(57, opener=lambda _index: capture).open()
    assert capture.released


def test_camera_in_use_is_told_from_no_camera(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr("pathlib.Path.exists", lambda path: str(path) == "/dev/video3")
    with pytest.raises(SourceError, match="another program is using it"):
        WebcamSource(3, opener=lambda _index: FakeCapture([], opens=False)).open()


def test_unplugged_camera_is_lost() -> None:
    camera = source(FakeCapture([noise(0)]))
    camera.open()
    assert camera.read() is not None
    with pytest.raises(SourceError, match="was disconnected"):
        camera.read()


def test_frozen_camera_is_noticed_after_two_seconds_and_not_before() -> None:
    frozen = noise(0)
    camera = source(FakeCapture([frozen] * 10), step_ns=500_000_000)
    camera.open()
    for _ in range(5):
        assert camera.read() is not None
    with pytest.raises(SourceError, match="frozen"):
        camera.read()


def test_closed_shutter_is_not_frozen() -> None:
    camera = source(FakeCapture([np.zeros((72, 128, 3), np.uint8)] * 10), step_ns=500_000_000)
    camera.open()
    for _ in range(10):
        assert camera.read() is not None


def test_changed_resolution_and_grey_pictures_go_through() -> None:
    grey = np.full((40, 60), 7, np.uint8)
    camera = source(FakeCapture([noise(0), noise(1)[:36], grey]))
    camera.open()
    shapes = [frame.image_bgr.shape for frame in (camera.read(), camera.read(), camera.read()) if frame]
    assert shapes == [(72, 128, 3), (36, 128, 3), (40, 60, 3)]


def test_absurd_number_is_refused() -> None:
    with pytest.raises(SourceError, match="no camera 12345"):
        WebcamSource(12345)


def test_closed_camera_gives_nothing() -> None:
    assert source(FakeCapture([noise(0)])).read() is None
