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
    QTabBar,
    QTableView,
    QToolButton,
    QWidget,
)

from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.errors.dialog import ErrorDialog
from metaface_gui.gui.errors.unexpected import UnexpectedError
from metaface_gui.gui.learner_words import learner_short_title
from metaface_gui.gui.main_window import MainWindow
from metaface_gui.gui.shortcuts_dialog import ShortcutsDialog
from metaface_gui.gui.theme import text_scale
from metaface_gui.gui.widgets.elided_label import ElidedLabel, MessageLine
from metaface_gui.gui.window_state import WindowState
from metaface_gui.i18n import install_translation
from metaface_gui.pipeline.learners import LEARNERS
from tests.gui.fakes import FakeEngine
from tests.gui.main_states import Scene, state_names

SMALLEST = (1024, 700)


@pytest.fixture(
    params=[(100, "en"), (140, "en"), (100, "zh_CN")], ids=["usual letters", "large letters", "Chinese letters"]
)
def scene(
    request: pytest.FixtureRequest,
    qapp: QApplication,
    ini: Path,
    *,
    open_window: Callable[[], MainWindow],
    engine: FakeEngine,
    bridge: EngineBridge,
) -> Iterator[Scene]:
    """A small window. Without a Chinese font Chinese letters are boxes, about as wide."""
    percent, language = request.param
    assert install_translation(qapp, language)
    WindowState(QSettings(str(ini), QSettings.Format.IniFormat)).text_percent = percent
    window = open_window()
    assert text_scale() == pytest.approx(percent / 100, abs=0.02)
    window.resize(*SMALLEST)
    qapp.processEvents()
    yield Scene(window, engine, bridge)
    install_translation(qapp, "en")


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


def pushed_out(window: MainWindow) -> list[str]:
    """Buttons for which the tool bar has no room, and tabs that are cut."""
    hidden = [
        widget.accessibleName() or type(widget).__name__
        for action in window.toolbar.actions()
        for widget in (window.toolbar.widgetForAction(action),)
        if not window.toolbar.rect().contains(widget.geometry())
    ]
    tabs = [bar.accessibleName() for bar in window.findChildren(QTabBar) if bar.isVisible() and has_cut_tab(bar)]
    return hidden + tabs


def has_cut_tab(bar: QTabBar) -> bool:
    return any(not bar.rect().contains(bar.tabRect(number)) for number in range(bar.count()))


CHECKS = (pushed_out, cut_off, out_of_sight, over_each_other, wider_than_their_place)


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


def not_whole_in_sight(*widgets: QWidget) -> list[str]:
    """Which of these do not show all of themselves."""
    return [type(one).__name__ for one in widgets if one.visibleRegion().boundingRect().size() != one.size()]


def test_adapting_to_the_room_is_in_sight_without_scrolling(scene: Scene) -> None:
    scene.go("room")
    room = scene.window.stage.room.adaptation
    assert not not_whole_in_sight(room.button, room.undo_button, room.switch, room.heading, room.bars)


def test_the_strength_of_an_environment_is_in_sight_without_scrolling(scene: Scene) -> None:
    scene.go("room")
    dial = scene.window.stage.room.dial
    assert not not_whole_in_sight(dial.slider, dial.percent)


def test_compare_and_the_report_do_not_scroll_sideways(scene: Scene) -> None:
    stage, large = scene.window.stage, scene.window.commands.studio_large
    tables: dict[str, QTableView] = {"comparing": stage.compare.table, "report": stage.report.table}
    for state, table in tables.items():
        for is_large in (False, True):
            scene.go(state)
            large.setChecked(is_large)
            for _layouts_within_layouts in range(4):
                QApplication.processEvents()
            assert table.isVisible()
            assert table.horizontalScrollBar().maximum() == 0, (state, is_large)
            assert not table.isColumnHidden(table.horizontalHeader().sortIndicatorSection())
            rows = table.rowAt(table.viewport().height() - 1)
            assert not is_large or rows in (-1, table.model().rowCount() - 1), "all methods are in sight"
            large.setChecked(False)


def test_the_question_about_two_who_look_alike_is_in_sight_while_nobody_is_chosen(scene: Scene) -> None:
    scene.go("pair")
    people = scene.window.side.people
    assert not not_whole_in_sight(people.strip, people.strip.merge_button, people.strip.apart_button)
    people.choose(1)
    QApplication.processEvents()
    assert not people.strip.isVisible(), "the shots need the room"
    assert (scene.window.width(), scene.window.height()) == SMALLEST
    people.list.clearSelection()
    QApplication.processEvents()
    assert not not_whole_in_sight(people.strip)


@pytest.mark.parametrize("is_open", [False, True], ids=["closed", "open"])
def test_the_error_dialog_grows_with_what_it_shows(scene: Scene, is_open: bool) -> None:
    scene.window.reports.show_unexpected(UnexpectedError("ValueError", "paint, line 7"))
    (dialog,) = scene.window.findChildren(ErrorDialog)
    if is_open:
        dialog.show_button.click()
        QApplication.processEvents()
        assert dialog.text.height() >= dialog.text.minimumHeight()
    assert not [place(widget) for widget in texts_in(dialog) if is_cut(widget)]
    assert not [place(widget) for widget in texts_in(dialog) if not dialog.rect().contains(widget.geometry())]
    dialog.close()


def test_the_list_of_shortcuts_fits_too(scene: Scene) -> None:
    scene.window.help.open_shortcuts()
    (dialog,) = scene.window.findChildren(ShortcutsDialog)
    QApplication.processEvents()
    assert not [place(widget) for widget in texts_in(dialog) if is_cut(widget)]
    assert dialog.width() <= SMALLEST[0]
    assert dialog.height() <= SMALLEST[1]
    dialog.close()


def test_methods_are_told_apart_where_there_is_little_room(scene: Scene) -> None:
    scene.go("live")
    row, buttons = scene.window.stage.methods.row, scene.window.stage.methods.buttons.values()
    # How wide a name is depends on the fonts there are: from room for everything down to room for the numbers.
    shown = dict[tuple[str, ...], None]()
    for width in range(3000, row.minimumSizeHint().width() - 1, -1):
        row.resize(width, row.height())
        shown[tuple(button.text() for button in buttons)] = None
    *named, numbers_only = shown
    assert numbers_only == ("",) * len(LEARNERS)
    assert named[-1] == tuple(learner_short_title(key) for key in LEARNERS), "none is cut, they stand in two rows"
    assert all(len(set(names)) == len(LEARNERS) for names in named)
