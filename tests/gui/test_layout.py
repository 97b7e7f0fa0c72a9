"""Whatever the window shows fits: no text is cut off, nothing lies over anything else, nothing is out of reach."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, QSettings
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QLabel,
    QScrollArea,
    QToolButton,
    QWidget,
)

from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.main_window import MainWindow
from metaface_gui.gui.panels.elided_label import ElidedLabel, MessageLine
from metaface_gui.gui.theme import text_scale
from metaface_gui.gui.window_state import WindowState
from tests.gui.fakes import FakeEngine
from tests.gui.main_states import Scene, state_names

SMALLEST = (1024, 700)


@pytest.fixture(params=[100, 140], ids=["usual letters", "large letters"])
def scene(
    request: pytest.FixtureRequest,
    ini: Path,
    open_window: Callable[[], MainWindow],
    engine: FakeEngine,
    bridge: EngineBridge,
) -> Scene:
    WindowState(QSettings(str(ini), QSettings.Format.IniFormat)).text_percent = request.param
    window = open_window()
    assert text_scale() == pytest.approx(request.param / 100, abs=0.02)
    window.resize(*SMALLEST)
    QApplication.processEvents()
    return Scene(window, engine, bridge)


Words = QLabel | QAbstractButton


def texts_in(window: QWidget) -> Iterator[Words]:
    """What can be seen and has words."""
    found: list[Words] = [*window.findChildren(QLabel), *window.findChildren(QAbstractButton)]
    for widget in found:
        if widget.isVisible() and widget.text() and not widget.visibleRegion().isEmpty():
            yield widget


def is_scrolled(widget: QWidget) -> bool:
    above = widget.parentWidget()
    while above is not None:
        if isinstance(above, QAbstractScrollArea):
            return True
        above = above.parentWidget()
    return False


def is_cut(widget: Words) -> bool:
    """Whether some of the text is not to be seen, and it is not elided on purpose with all of it in the tooltip."""
    if isinstance(widget, ElidedLabel):
        return widget.is_elided() and not widget.toolTip()
    if isinstance(widget, MessageLine) and widget.toolTip() == widget.text():
        return False
    if isinstance(widget, QLabel) and widget.wordWrap():
        return widget.heightForWidth(widget.width()) > widget.height() + 1
    if isinstance(widget, QLabel):
        wanted = widget.sizeHint()
        return wanted.width() > widget.width() + 1 or wanted.height() > widget.height() + 1
    # A button may be lower than it would like to be, if its letters are whole; a tool button wants two blanks more.
    metrics = QFontMetrics(widget.font())
    spare = 2 * metrics.horizontalAdvance(" ") + 2 if isinstance(widget, QToolButton) else 1
    return widget.sizeHint().width() > widget.width() + spare or metrics.height() > widget.height()


def is_out_of_sight(widget: QWidget) -> bool:
    """Whether an ancestor that does not scroll cuts a part of it off."""
    return not is_scrolled(widget) and widget.visibleRegion().boundingRect().size() != widget.size()


def cut_off(window: MainWindow) -> list[str]:
    return [f"{place(widget)} wants {widget.sizeHint().toTuple()}" for widget in texts_in(window) if is_cut(widget)]


def out_of_sight(window: MainWindow) -> list[str]:
    return [place(widget) for widget in texts_in(window) if is_out_of_sight(widget)]


def over_each_other(window: MainWindow) -> list[str]:
    by_parent: dict[QWidget | None, list[Words]] = {}
    for widget in texts_in(window):
        by_parent.setdefault(widget.parentWidget(), []).append(widget)
    return [
        f"{place(one)} and {place(other)}"
        for siblings in by_parent.values()
        for number, one in enumerate(siblings)
        for other in siblings[number + 1 :]
        if one.geometry().intersects(other.geometry())
    ]


def wider_than_their_place(window: MainWindow) -> list[str]:
    """What would have to be scrolled sideways although it cannot be, and so is cut."""
    pairs = [(area.widget(), area.viewport()) for area in window.findChildren(QScrollArea) if area.isVisible()]
    return [
        f"{type(inside.parentWidget()).__name__}: {inside.width()} in {viewport.width()}"
        for inside, viewport in pairs
        if inside is not None and inside.width() > viewport.width()
    ]


def place(widget: Words) -> str:
    return f"{type(widget).__name__} {widget.text()!r} {widget.geometry().getRect()}"


CHECKS = (cut_off, out_of_sight, over_each_other, wider_than_their_place)


def test_everything_fits_in_every_state(scene: Scene) -> None:
    wrong = []
    for state in state_names():
        scene.go(state)
        size = (scene.window.width(), scene.window.height())
        assert size == SMALLEST, state
        for check in CHECKS:
            if not (state == "tour" and check is out_of_sight):  # whose callout lies over the rest
                wrong += [f"{state}: {check.__name__}: {found}" for found in check(scene.window)]
        scene.home()
    assert not wrong, "\n".join(wrong)


def test_the_video_keeps_most_of_the_window(scene: Scene) -> None:
    scene.go("comparing")
    video = scene.window.stage.video
    place = QRect(video.mapTo(scene.window, QPoint()), video.size())
    assert scene.window.rect().contains(place)
    assert place.height() >= 240
