"""What can still be undone."""

from __future__ import annotations

import time

from pytestqt.qtbot import QtBot

from metaface_gui.engine.events import Undoable
from metaface_gui.gui.undo_list import UndoList

SECOND = 1_000_000_000


def offer(token: int, expires_s: float) -> Undoable:
    return Undoable(token, "Deleted {name}", "lin", round(expires_s * SECOND))


def test_the_newest_offer_comes_first(qapp: object) -> None:
    undos = UndoList(clock=lambda: 0)
    assert undos.newest() is None
    undos.add(offer(1, 5))
    undos.add(offer(2, 5))
    assert undos.newest() == 2
    undos.remove(2)
    assert undos.newest() == 1


def test_an_expired_offer_is_none(qapp: object) -> None:
    now = [0]
    undos = UndoList(clock=lambda: now[0])
    undos.add(offer(1, 5))
    undos.add(offer(2, 3))
    now[0] = 4 * SECOND
    assert undos.newest() == 1
    now[0] = 5 * SECOND
    assert undos.newest() is None


def test_it_says_when_the_last_one_expires(qtbot: QtBot) -> None:
    undos = UndoList()
    seen: list[int | None] = []
    undos.changed.connect(lambda: seen.append(undos.newest()))
    undos.add(Undoable(1, "Deleted {name}", "lin", time.monotonic_ns() + 100_000_000))
    qtbot.waitUntil(lambda: seen[-1] is None)
    assert seen[0] == 1
