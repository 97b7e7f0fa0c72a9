"""Messages: one after another, with Undo and details."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPointF, QRect, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from metaface_gui.engine.events import Undoable
from metaface_gui.errors import SourceError
from metaface_gui.gui.widgets.toast import Toast, ToastBar, ToastKind, error_toast, undo_toast

SECOND = 1_000_000_000


class Clock:
    def __init__(self) -> None:
        self.now = 1000 * SECOND

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def bar(qtbot: QtBot, clock: Clock) -> ToastBar:
    host = QWidget()
    qtbot.addWidget(host)
    host.resize(800, 500)
    made = ToastBar(host, clock)
    host.show()
    return made


def info(text: str) -> Toast:
    return Toast(ToastKind.INFO, text)


def undoable(token: int, clock: Clock, seconds: float = 8.0) -> Toast:
    return undo_toast(Undoable(token, "Deleted {name}", f"lin {token}", clock.now + round(seconds * SECOND)))


def button(bar: ToastBar, text: str) -> QPushButton:
    return next(found for found in bar.findChildren(QPushButton) if found.text() == text)


def shown(bar: ToastBar) -> str | None:
    return None if bar.toast is None else bar.toast.text


def test_a_message_is_shown_inside_its_parent(bar: ToastBar, qtbot: QtBot) -> None:
    with qtbot.waitSignal(bar.place_changed) as changed:
        bar.show_toast(info("Saved"))
    assert bar.isVisible()
    assert bar.accessibleName() == "Saved"
    host = bar.parentWidget()
    assert host is not None
    assert host.rect().contains(bar.geometry())
    assert changed.args == [bar.geometry()]
    assert not bar.grab().isNull()


def test_it_does_not_lie_on_what_can_be_clicked(qtbot: QtBot, clock: Clock) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    host.resize(800, 500)
    host.show()
    below = QRect(100, 430, 600, 40)
    taken = [below]
    bar = ToastBar(host, clock, keep_clear=lambda: taken[0])
    bar.show_toast(info("Saved"))
    assert not bar.geometry().intersects(below)
    assert host.rect().contains(bar.geometry())
    taken[0] = QRect()
    bar.settle()
    assert bar.geometry().intersects(below), "it goes back to its usual place"


def test_under_the_pointer_no_other_offer_takes_its_place(bar: ToastBar, clock: Clock, qtbot: QtBot) -> None:
    bar.show_toast(undoable(1, clock))
    middle = QPointF(bar.rect().center())
    QApplication.sendEvent(bar, QEnterEvent(middle, middle, middle))
    bar.show_toast(undoable(2, clock))
    assert shown(bar) == "Deleted lin 1"
    with qtbot.waitSignal(bar.undo_clicked) as clicked:
        QTest.mouseClick(button(bar, "Undo"), Qt.MouseButton.LeftButton)
    assert clicked.args == [1]
    assert shown(bar) == "Deleted lin 2"


def test_what_waited_for_the_pointer_comes_when_it_leaves(bar: ToastBar, clock: Clock) -> None:
    bar.show_toast(undoable(1, clock))
    middle = QPointF(bar.rect().center())
    QApplication.sendEvent(bar, QEnterEvent(middle, middle, middle))
    bar.show_toast(undoable(2, clock))
    QApplication.sendEvent(bar, QEvent(QEvent.Type.Leave))
    assert shown(bar) == "Deleted lin 2"


def test_it_goes_by_itself(bar: ToastBar, qtbot: QtBot) -> None:
    bar.show_toast(info("Saved"))
    bar._left_ms = 60  # near its end
    qtbot.waitUntil(lambda: not bar.isVisible())
    assert bar.toast is None


def test_messages_wait_for_each_other(bar: ToastBar) -> None:
    for text in "abc":
        bar.show_toast(info(text))
    seen = []
    while bar.toast is not None:
        seen.append(bar.toast.text)
        bar.dismiss()
    assert seen == ["a", "b", "c"]
    assert not bar.isVisible()


def test_the_same_message_is_shown_once(bar: ToastBar) -> None:
    for _ in range(10):
        bar.show_toast(info("The camera is gone."))
    bar.dismiss()
    assert bar.toast is None


def test_of_a_flood_the_newest_remain(bar: ToastBar) -> None:
    for number in range(100):
        bar.show_toast(info(str(number)))
    seen = []
    while bar.toast is not None:
        seen.append(bar.toast.text)
        bar.dismiss()
    assert seen == ["0", "95", "96", "97", "98", "99"]


def test_undo_asks_once_and_goes(bar: ToastBar, clock: Clock, qtbot: QtBot) -> None:
    bar.show_toast(undoable(7, clock))
    assert shown(bar) == "Deleted lin 7"
    with qtbot.waitSignal(bar.undo_clicked) as clicked:
        QTest.mouseClick(button(bar, "Undo"), Qt.MouseButton.LeftButton)
    assert clicked.args == [7]
    assert not bar.isVisible()


def test_undo_comes_before_what_waits(bar: ToastBar, clock: Clock) -> None:
    bar.show_toast(info("a"))
    bar.show_toast(info("b"))
    bar.show_toast(undoable(1, clock))
    assert shown(bar) == "Deleted lin 1"
    bar.dismiss()
    assert shown(bar) == "b"


def test_an_error_is_not_pushed_aside(bar: ToastBar, clock: Clock) -> None:
    bar.show_toast(Toast(ToastKind.ERROR, "broken"))
    bar.show_toast(undoable(1, clock))
    assert shown(bar) == "broken"
    bar.dismiss()
    assert shown(bar) == "Deleted lin 1"


def test_an_offer_that_expired_while_waiting_is_left_out(bar: ToastBar, clock: Clock) -> None:
    bar.show_toast(Toast(ToastKind.ERROR, "broken"))
    bar.show_toast(undoable(1, clock, seconds=2))
    bar.show_toast(info("after"))
    clock.now += 3 * SECOND
    bar.dismiss()
    assert shown(bar) == "after"


def test_an_offer_used_elsewhere_is_withdrawn(bar: ToastBar, clock: Clock) -> None:
    bar.show_toast(undoable(1, clock))
    bar.withdraw_undo(2)
    assert shown(bar) == "Deleted lin 1"
    bar.withdraw_undo(1)
    assert bar.toast is None


def test_escape_closes(bar: ToastBar) -> None:
    bar.show_toast(info("Saved"))
    QTest.keyClick(bar, Qt.Key.Key_Escape)
    assert not bar.isVisible()


def test_the_close_button_has_a_name_and_closes(bar: ToastBar) -> None:
    bar.show_toast(info("Saved"))
    (close,) = bar.findChildren(QToolButton)
    assert close.accessibleName()
    QTest.mouseClick(close, Qt.MouseButton.LeftButton)
    assert not bar.isVisible()


def test_details_of_an_error_can_be_asked_for(bar: ToastBar, qtbot: QtBot) -> None:
    error = SourceError("{path} is gone. Choose another.", path="a.mp4")
    bar.show_toast(error_toast(error))
    assert shown(bar) == "a.mp4 is gone. Choose another."
    with qtbot.waitSignal(bar.copy_clicked) as clicked:
        QTest.mouseClick(button(bar, "Copy details"), Qt.MouseButton.LeftButton)
    assert clicked.args == [error]
    assert bar.toast is None


def test_only_the_buttons_that_make_sense_are_there(bar: ToastBar, clock: Clock) -> None:
    bar.show_toast(info("Saved"))
    assert not button(bar, "Undo").isVisible()
    assert not button(bar, "Copy details").isVisible()
    bar.show_toast(undoable(1, clock))
    assert button(bar, "Undo").isVisible()


def test_time_stands_still_under_the_pointer(bar: ToastBar) -> None:
    bar.show_toast(info("Saved"))
    bar._is_held = True
    for _ in range(1000):
        bar._tick()
    assert bar.isVisible()
    bar._is_held = False
    for _ in range(1000):
        bar._tick()
    assert not bar.isVisible()


def test_it_follows_the_size_of_its_parent(bar: ToastBar) -> None:
    bar.show_toast(info("A long text that has to be broken into several lines when the window is narrow. " * 3))
    host = bar.parentWidget()
    assert host is not None
    before = bar.height()
    host.resize(360, 400)
    assert host.rect().contains(bar.geometry())
    assert bar.height() > before
