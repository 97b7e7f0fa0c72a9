"""Pictures decoded beside the GUI thread: when they come, what is kept, and an end in the middle."""

from __future__ import annotations

import threading

import pytest
import shiboken6
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from metaface_gui.gui.panels.picture_loader import PictureLoader
from metaface_gui.gui.panels.pictures import decode_square
from tests.gui.panels.samples import picture

ADA, BOB = picture(10), picture(90)
DECODE = "metaface_gui.gui.panels.picture_loader.decode_square"


def test_a_picture_comes_later_and_is_decoded_elsewhere(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    threads = list[int]()

    def noting(encoded: bytes | None, side: int) -> QImage:
        threads.append(threading.get_ident())
        return decode_square(encoded, side)

    monkeypatch.setattr(DECODE, noting)
    loader = PictureLoader()
    with qtbot.waitSignal(loader.loaded):
        assert loader.get(ADA, 48, 2.0, 6.0) is None
        assert loader.get(ADA, 48, 2.0, 6.0) is None
        assert loader.is_decoding(ADA)
    pixmap = loader.get(ADA, 48, 2.0, 6.0)
    assert pixmap is not None
    assert (pixmap.width(), pixmap.devicePixelRatio()) == (96, 2.0)
    assert pixmap.toImage().pixelColor(0, 0).alpha() == 0, "a round corner"
    assert not loader.is_decoding(ADA)
    assert len(threads) == 1, "asked for twice, decoded once"
    assert threads != [threading.get_ident()]


@pytest.mark.parametrize("encoded", [b"no picture", b"", None])
def test_what_is_no_picture_never_comes(qtbot: QtBot, encoded: bytes | None) -> None:
    loader = PictureLoader()
    assert loader.get(encoded, 48, 1.0, 6.0) is None
    if encoded:
        qtbot.waitUntil(lambda: not loader.is_decoding(encoded))
    assert loader.get(encoded, 48, 1.0, 6.0) is None
    assert not encoded or not loader.is_decoding(encoded), "it is not tried again"


def test_the_oldest_use_goes_first_and_the_deleted_at_once(qtbot: QtBot) -> None:
    loader = PictureLoader(capacity=1)
    for encoded in (ADA, BOB):
        with qtbot.waitSignal(loader.loaded):
            loader.get(encoded, 48, 1.0, 6.0)
    assert loader.get(BOB, 48, 1.0, 6.0) is not None
    loader.keep_only([ADA])
    assert loader.get(BOB, 48, 1.0, 6.0) is None


def test_what_is_deleted_while_it_is_decoded_is_not_kept(qtbot: QtBot) -> None:
    loader = PictureLoader()
    loader.get(ADA, 48, 1.0, 6.0)
    loader.keep_only([])
    with qtbot.waitSignal(loader.loaded):
        loader.get(BOB, 48, 1.0, 6.0)
    loader.get(ADA, 48, 1.0, 6.0)
    assert loader.is_decoding(ADA), "it has to be decoded anew"
    qtbot.waitUntil(lambda: not loader.is_decoding(ADA))


def test_who_listens_may_go_in_the_middle(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(_encoded: bytes | None, _side: int) -> QImage:
        begun.set()
        assert go_on.wait(30)
        return QImage()

    monkeypatch.setattr(DECODE, slow)
    loader = PictureLoader()
    loader.get(ADA, 48, 1.0, 6.0)
    loader.get(BOB, 48, 1.0, 6.0)
    assert begun.wait(30)
    shiboken6.delete(loader)
    go_on.set()
    for thread in threading.enumerate():
        if thread.name == "pictures":
            thread.join(30)
            assert not thread.is_alive()
