"""A test that leaves a thread or a timer running fails; one that cleans up does not."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QObject, QThread, QTimer, Signal
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.conftest import QT_GUARD, pytest_runtest_teardown
from tests.leaks import QtGuard, threads_left
from tests.patience import PATIENCE_MS

A_MINUTE = 60_000


@pytest.fixture
def guard(request: pytest.FixtureRequest) -> Iterator[QtGuard]:
    """The one that watches all tests; what these leave is no news to it."""
    made = request.config.stash[QT_GUARD]
    yield made
    made.take_left()


@pytest.fixture
def owner(qapp: QApplication) -> Iterator[QObject]:
    made = QObject()
    yield made
    if shiboken6.isValid(made):
        delete(made)


def delete(owner: QObject) -> None:
    owner.deleteLater()
    QCoreApplication.sendPostedEvents(owner, QEvent.Type.DeferredDelete)


class Asker(QObject):
    asked = Signal()


def start_by_a_signal(timer: QTimer) -> None:
    asker = Asker()
    asker.asked.connect(timer.start)
    asker.asked.emit()


STARTS: dict[str, Callable[[QTimer], object]] = {
    "by itself": lambda timer: timer.start(),
    "with its time": lambda timer: timer.start(A_MINUTE),
    "by a signal": start_by_a_signal,
}


@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS)
def test_a_timer_is_heard_of_until_it_stops_or_goes(
    guard: QtGuard, owner: QObject, start: Callable[[QTimer], object]
) -> None:
    timer = QTimer(owner, interval=A_MINUTE)
    start(timer)
    assert guard.take_left() == [repr(timer)]
    assert guard.take_left() == []  # the next test is not to blame
    start(timer)
    timer.stop()
    assert guard.take_left() == []
    timer.start()
    delete(owner)
    assert guard.take_left() == []


def test_a_single_shot_is_heard_of_until_it_went_off(guard: QtGuard, qtbot: QtBot) -> None:
    went_off = list[int]()
    QTimer.singleShot(0, lambda: went_off.append(1))
    qtbot.waitUntil(lambda: went_off == [1])
    assert guard.take_left() == []
    QTimer.singleShot(A_MINUTE, went_off.clear)
    assert guard.take_left() == [repr(went_off.clear)]


def test_a_single_shot_does_what_it_is_to_do(guard: QtGuard, owner: QObject, qtbot: QtBot) -> None:
    timer, thread = QTimer(owner, interval=A_MINUTE), QThread(owner)
    QTimer.singleShot(0, timer.start)
    QTimer.singleShot(0, thread.start)
    qtbot.waitUntil(lambda: timer.isActive() and thread.isRunning())
    timer.stop()
    thread.quit()
    assert thread.wait()
    assert guard.take_left() == []


def test_a_single_shot_goes_with_its_receiver(guard: QtGuard, owner: QObject) -> None:
    timer = QTimer(owner)
    QTimer.singleShot(A_MINUTE, owner, lambda: None)
    QTimer.singleShot(A_MINUTE, timer.start)
    assert len(guard.take_left()) == 2
    QTimer.singleShot(A_MINUTE, owner, lambda: None)
    QTimer.singleShot(A_MINUTE, timer.start)
    delete(owner)
    assert guard.take_left() == []


def test_a_single_shot_does_not_keep_its_receiver(guard: QtGuard, qapp: QApplication) -> None:
    loop = QEventLoop()
    QTimer.singleShot(A_MINUTE, loop.quit)
    QTimer.singleShot(A_MINUTE, loop, loop.quit)
    del loop
    assert guard.take_left() == []


def test_a_thread_of_qts_is_heard_of_until_it_ends(guard: QtGuard, qapp: QApplication) -> None:
    thread = QThread()
    thread.start()
    try:
        assert guard.take_left() == [repr(thread)]
        thread.start()
    finally:
        thread.quit()
        assert thread.wait()
    assert guard.take_left() == []


def test_a_thread_of_pythons_is_heard_of_until_it_ends() -> None:
    before, ended = threading.enumerate(), threading.Event()
    thread = threading.Thread(target=ended.wait, name="waits")
    thread.start()
    try:
        assert threads_left(before, patience_s=0.01) == ["waits"]
    finally:
        ended.set()
    assert threads_left(before) == []


def test_whoever_leaves_one_fails(request: pytest.FixtureRequest, guard: QtGuard, owner: QObject) -> None:
    teardown = pytest_runtest_teardown(request.node)
    next(teardown)
    timer = QTimer(owner, interval=A_MINUTE)
    timer.start()
    with pytest.raises(AssertionError, match="left running"):
        next(teardown)


def test_waits_for_qt_are_patient(qtbot: QtBot, qapp: QApplication) -> None:
    assert qtbot.waitSignal(qapp.aboutToQuit).timeout == PATIENCE_MS
    assert qtbot.waitSignals([qapp.aboutToQuit]).timeout == PATIENCE_MS
