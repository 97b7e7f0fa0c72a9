"""Frames that another thread converts and scales: the newest wins, and nothing of a closed source is shown."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot

from metaface_gui.engine.live.latest_slot import LatestSlot
from metaface_gui.gui.live import frame_feeder
from metaface_gui.gui.live.frame_feeder import FrameFeeder
from metaface_gui.gui.live.frame_picture import FramePicture, PictureBuffers, PreparedFrame, Scale
from metaface_gui.gui.live.view_geometry import VideoGeometry
from metaface_gui.types import Frame
from tests.gui.fakes import make_frame, prepared
from tests.patience import PATIENCE_S

SCALE = Scale(320, 180, is_mirrored=True)


@pytest.fixture
def preview() -> LatestSlot[Frame]:
    return LatestSlot()


@pytest.fixture
def feeder(qtbot: QtBot, preview: LatestSlot[Frame]) -> Iterator[FrameFeeder]:
    made = FrameFeeder(preview)
    yield made
    made.close()
    assert "frames" not in {thread.name for thread in threading.enumerate()}


def send(feeder: FrameFeeder, preview: LatestSlot[Frame], frame: Frame) -> None:
    if preview.put(frame):
        feeder.notify()


def test_a_frame_comes_back_scaled_as_it_was_wanted(
    qtbot: QtBot, feeder: FrameFeeder, preview: LatestSlot[Frame]
) -> None:
    assert feeder.take(frozenset({SCALE})) is None
    frame = make_frame()
    with qtbot.waitSignal(feeder.ready):
        send(feeder, preview, frame)
    prepared = feeder.take(frozenset())
    assert prepared is not None
    assert prepared.frame is frame
    assert (prepared.image.width(), prepared.image.height()) == (1280, 720)
    assert set(prepared.scaled) == {SCALE}
    assert prepared.scaled[SCALE].size().toTuple() == (320, 180)


def test_it_works_ahead_by_one_frame_and_the_newest_wins(
    qtbot: QtBot, feeder: FrameFeeder, preview: LatestSlot[Frame]
) -> None:
    first, *_, last = frames = [make_frame(index=index) for index in range(5)]
    with qtbot.waitSignal(feeder.ready):
        send(feeder, preview, first)
    for frame in frames[1:]:
        send(feeder, preview, frame)
    taken = feeder.take(frozenset())
    assert taken is not None
    with qtbot.waitSignal(feeder.ready):
        pass
    newest = feeder.take(frozenset())
    assert newest is not None
    assert taken.frame is first
    assert newest.frame is last
    assert newest.image is not taken.image, "what is on screen must not be overwritten"


def test_nothing_of_a_closed_source_is_shown(qtbot: QtBot, feeder: FrameFeeder, preview: LatestSlot[Frame]) -> None:
    began, may_end = threading.Event(), threading.Event()

    class Slow(PictureBuffers):
        def prepare(self, frame: Frame, wanted: frozenset[Scale]) -> PreparedFrame:
            began.set()
            may_end.wait(PATIENCE_S)
            return super().prepare(frame, wanted)

    feeder._sets = [Slow() for _ in range(frame_feeder._SETS)]
    send(feeder, preview, make_frame(index=1))
    assert began.wait(PATIENCE_S)
    feeder.drop()
    may_end.set()
    after = make_frame(index=2)
    with qtbot.waitSignal(feeder.ready):
        send(feeder, preview, after)
    prepared = feeder.take(frozenset())
    assert prepared is not None
    assert prepared.frame is after


def test_a_prepared_picture_is_painted_as_one_that_is_converted_at_once(qtbot: QtBot) -> None:
    image = np.random.default_rng(3).integers(0, 255, (72, 128, 3), dtype=np.uint8)
    frame = Frame(image, 0, 0.0, 1)

    def painted(picture: FramePicture) -> bytes:
        canvas = QImage(320, 180, QImage.Format.Format_RGB32)
        painter = QPainter(canvas)
        picture.paint(painter, VideoGeometry.fit(128, 72, QRectF(0, 0, 320, 180), is_mirrored=True))
        painter.end()
        return bytes(canvas.constBits())

    plain, fed = FramePicture(), FramePicture()
    plain.show(prepared(frame))
    expected = painted(plain)
    fed.show(PictureBuffers().prepare(frame, frozenset({SCALE})))
    assert painted(fed) == expected
    fed.show(prepared(frame))
    assert painted(fed) == expected
    assert fed.wanted == {SCALE}
