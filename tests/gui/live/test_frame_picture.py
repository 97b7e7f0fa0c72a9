"""The newest frame as it is painted: scaled once a frame, however many views show it."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from metaface_gui.gui.live.frame_picture import FramePicture
from metaface_gui.gui.live.view_geometry import VideoGeometry
from metaface_gui.types import Frame
from tests.gui.fakes import prepared


def frame(width: int = 64, height: int = 36) -> Frame:
    """Blue grows to the right, green downwards."""
    image = np.zeros((height, width, 3), np.uint8)
    image[..., 0] = np.linspace(0, 250, width).astype(np.uint8)
    image[..., 1] = np.linspace(0, 250, height).astype(np.uint8)[:, None]
    return Frame(image, 0, 0.0, 1)


def painted(picture: FramePicture, width: int, height: int, *, is_mirrored: bool = False) -> np.ndarray:
    """What a view of that size shows, BGR."""
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(0)
    geometry = VideoGeometry.fit(*picture.size, QRectF(0, 0, width, height), is_mirrored=is_mirrored)
    painter = QPainter(image)
    picture.paint(painter, geometry)
    painter.end()
    return np.frombuffer(image.constBits(), np.uint8).reshape(height, width, 4)[..., :3].copy()


@pytest.mark.parametrize("size", [(64, 36), (640, 360), (33, 19), (200, 36)])
def test_a_view_of_any_size_shows_all_of_it(size: tuple[int, int]) -> None:
    picture = FramePicture()
    picture.show(prepared(frame()))
    shown = painted(picture, *size)
    middle = shown[size[1] // 2]
    filled = np.flatnonzero(shown.max((0, 2)))
    assert shown.shape[:2] == size[::-1]
    assert abs(int(middle[filled[0], 0])) < 30
    assert middle[filled[-1], 0] > 220


def test_mirrored_it_is_the_other_way_round() -> None:
    picture = FramePicture()
    picture.show(prepared(frame()))
    plain, mirrored = painted(picture, 640, 360), painted(picture, 640, 360, is_mirrored=True)
    assert np.array_equal(mirrored, plain[:, ::-1])


def test_the_next_frame_takes_the_place_of_the_one_before() -> None:
    picture = FramePicture()
    picture.show(prepared(frame()))
    before = painted(picture, 320, 180)
    image = frame().image_bgr.copy()
    image[..., 2] = 200
    picture.show(prepared(Frame(image, 1, 0.1, 2)))
    after = painted(picture, 320, 180)
    assert not before[..., 2].any()
    assert (after[..., 2] == 200).all()
    assert np.array_equal(before[..., :2], after[..., :2])


def test_without_a_picture_nothing_is_painted() -> None:
    picture = FramePicture()
    picture.show(prepared(frame()))
    picture.clear()
    assert picture.is_empty
    assert picture.size == (0, 0)
