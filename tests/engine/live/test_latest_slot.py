from __future__ import annotations

import threading

from metaface_gui.engine.live.latest_slot import LatestSlot
from tests.patience import PATIENCE_S


def test_newest_value_wins_and_drops_are_counted() -> None:
    slot: LatestSlot[int] = LatestSlot()
    assert slot.put(1) is True
    assert slot.put(2) is False
    assert slot.put(3) is False
    assert slot.take() == 3
    assert slot.take() is None
    assert slot.dropped == 2
    assert slot.put(4) is True


def test_take_waits_for_a_value_from_another_thread() -> None:
    slot: LatestSlot[str] = LatestSlot()
    thread = threading.Thread(target=slot.put, args=("here",))
    thread.start()
    assert slot.take(timeout_s=PATIENCE_S) == "here"
    thread.join()


def test_what_is_dropped_is_gone_and_a_wake_up_is_not() -> None:
    slot: LatestSlot[int] = LatestSlot()
    assert slot.put(1)
    slot.wake()
    slot.drop()
    assert slot.take(timeout_s=None) is None
    assert slot.put(2), "it was empty"
    assert slot.take() == 2
    assert slot.dropped == 0, "nobody was too slow"


def test_wake_returns_once_without_a_value() -> None:
    slot: LatestSlot[int] = LatestSlot()
    slot.wake()
    assert slot.take(timeout_s=PATIENCE_S) is None
    slot.put(7)
    assert slot.take(timeout_s=PATIENCE_S) == 7


def test_closed_slot_wakes_takers_and_ignores_values() -> None:
    slot: LatestSlot[int] = LatestSlot()
    slot.put(1)
    slot.close()
    assert slot.take(timeout_s=None) is None
    assert slot.put(2) is False
    assert slot.take(timeout_s=None) is None
