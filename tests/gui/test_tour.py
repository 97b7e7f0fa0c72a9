"""The tour: three stops at real widgets, by mouse and keyboard, while everything goes on."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from metaface_gui.gui.main_window import MainWindow
from metaface_gui.gui.theme import Theme, ThemeMode
from metaface_gui.gui.tour import Tour, TourStop


@pytest.fixture
def tour(window: MainWindow) -> Tour:
    window.commands.tour.trigger()
    return window.help.tour


def number(tour: Tour) -> str:
    return tour.callout.place.text()


def rect_in_window(window: MainWindow, widget: QWidget) -> QRect:
    return QRect(widget.mapTo(window, QPoint()), widget.size())


def test_it_has_three_stops_and_is_done(tour: Tour) -> None:
    titles = []
    for place in ("1 of 3", "2 of 3", "3 of 3"):
        assert number(tour) == place
        titles.append(tour.callout.title.text())
        QTest.mouseClick(tour.callout.next_button, Qt.MouseButton.LeftButton)
    assert len(set(titles)) == 3
    assert not tour.isVisible()
    assert not tour.callout.isVisible()


def test_each_stop_is_at_real_widgets(window: MainWindow, tour: Tour) -> None:
    targets = (window.toolbar.source_button, window.toolbar.enroll_button, window.stage.methods)
    for target in targets:
        place = rect_in_window(window, target)
        assert tour.holes[0].contains(place)
        assert window.rect().contains(tour.callout.geometry())
        assert not tour.callout.geometry().intersects(place)
        tour.callout.next_button.click()


def test_the_keyboard_does_it_all(tour: Tour) -> None:
    def press(key: Qt.Key) -> None:
        focused = QApplication.focusWidget()
        assert focused is not None
        QTest.keyClick(focused, key)

    press(Qt.Key.Key_Return)
    assert number(tour) == "2 of 3"
    names = []
    for _ in range(4):
        names.append(QApplication.focusWidget().text())  # type: ignore[union-attr]
        press(Qt.Key.Key_Tab)
    assert names == ["Next", "Skip", "Back", "Next"]
    tour.callout.back_button.setFocus()
    press(Qt.Key.Key_Space)
    assert number(tour) == "1 of 3"
    press(Qt.Key.Key_Escape)
    assert not tour.isVisible()


@pytest.mark.parametrize("how", ["escape anywhere", "skip"])
def test_it_can_be_left_at_once(window: MainWindow, tour: Tour, how: str) -> None:
    if how == "skip":
        QTest.mouseClick(tour.callout.skip_button, Qt.MouseButton.LeftButton)
    else:
        window.side.people.search.setFocus()
        QTest.keyClick(window, Qt.Key.Key_Escape)
    assert not tour.isVisible()


def test_the_focus_goes_back_to_where_it_was(window: MainWindow) -> None:
    window.live_view.setFocus()
    window.help.tour.start()
    assert QApplication.focusWidget() is window.help.tour.callout.next_button
    window.help.tour.end()
    assert QApplication.focusWidget() is window.live_view


def test_it_follows_the_window_and_what_moves_in_it(window: MainWindow, tour: Tour, qtbot: QtBot) -> None:
    for width, height in ((1024, 700), (1600, 1000)):
        window.resize(width, height)
        qtbot.waitUntil(lambda: tour.geometry() == window.rect())
        assert tour.holes[1].contains(rect_in_window(window, window.stage.video))
    before = tour.holes[1]
    window.commands.panel.trigger()
    qtbot.waitUntil(lambda: tour.holes[1].width() > before.width())
    window.toolbar.hide()
    qtbot.waitUntil(lambda: len(tour.holes) == 1)
    assert window.rect().contains(tour.callout.geometry())


def test_the_window_works_meanwhile(window: MainWindow, tour: Tour) -> None:
    """Nothing modal: a click on what is dimmed, or bright, arrives."""
    assert window.childAt(rect_in_window(window, window.toolbar.pause_button).center()) is window.toolbar.pause_button
    window.side.open_key("people")
    QTest.mouseClick(window.toolbar.enroll_button, Qt.MouseButton.LeftButton)
    assert window.side.key == "enroll"
    assert QApplication.activeModalWidget() is None
    assert tour.isVisible()


@pytest.mark.parametrize("mode", [ThemeMode.DARK, ThemeMode.LIGHT])
def test_what_is_pointed_at_stays_bright(window: MainWindow, theme: Theme, mode: ThemeMode) -> None:
    def brightness(image: QImage, at: QPoint) -> int:
        return image.pixelColor(at).lightness()

    theme.set_mode(mode)
    at = rect_in_window(window, window.toolbar.source_button).topLeft() + QPoint(4, 10)
    beside = rect_in_window(window, window.side).center()
    before = window.grab().toImage()
    window.help.tour.start()
    during = window.grab().toImage()
    assert brightness(during, at) == brightness(before, at)
    assert brightness(during, beside) < brightness(before, beside)
    window.help.tour.end()


def test_it_comes_once_by_itself(open_window: Callable[[], MainWindow]) -> None:
    first = open_window()
    assert not first.help.tour.isVisible()
    first.help.welcome(first.state)
    assert first.help.tour.isVisible()
    first.help.tour.end()
    first.help.welcome(first.state)
    assert not first.help.tour.isVisible()
    first.close()
    second = open_window()
    second.help.welcome(second.state)
    assert not second.help.tour.isVisible()
    second.commands.tour.trigger()
    assert second.help.tour.isVisible()


def test_started_twice_it_begins_anew(window: MainWindow, tour: Tour) -> None:
    tour.callout.next_button.click()
    window.commands.tour.trigger()
    assert number(tour) == "1 of 3"


def test_another_language_is_taken_at_the_same_stop(qtbot: QtBot) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    host.resize(600, 400)
    target = QPushButton("x", host)
    words = iter(["one", "eins"])

    def stops() -> list[TourStop]:
        word = next(words)
        return [TourStop(word, word, (target,)), TourStop(f"{word}!", word, (target,))]

    tour = Tour(host, stops)
    host.show()
    tour.start()
    tour.callout.next_button.click()
    assert tour.callout.title.text() == "one!"
    QApplication.sendEvent(tour, QEvent(QEvent.Type.LanguageChange))
    assert tour.callout.title.text() == "eins!"
    tour.end()


def test_without_anything_to_point_at_the_words_are_still_there(qtbot: QtBot) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    host.resize(300, 300)
    hidden = QPushButton("x", host)
    hidden.hide()
    tour = Tour(host, lambda: [TourStop("Title", "Some words. " * 9, (hidden,))])
    host.show()
    tour.start()
    assert tour.holes == ()
    assert host.rect().contains(tour.callout.geometry())
    assert not tour.grab().isNull()
