"""Line icons in the theme's colours."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap, QPixmapCache
from PySide6.QtWidgets import QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from metaface_gui.gui.icons import app_icon, icon_names, icon_pixmap, set_icon
from metaface_gui.gui.theme import DARK, LIGHT, Theme, ThemeMode


def inks(button: QPushButton, mode: QIcon.Mode = QIcon.Mode.Normal) -> set[str]:
    """Colours of the opaque pixels."""
    image = button.icon().pixmap(48, 48, mode).toImage()
    pixels = [image.pixelColor(x, y) for x in range(48) for y in range(48)]
    return {pixel.name() for pixel in pixels if pixel.alpha() == 255}


def test_every_icon_draws_something() -> None:
    names = icon_names()
    assert len(names) > 30
    for name in names:
        image = icon_pixmap(name, 24, QColor("#ff0000")).toImage()
        assert any(image.pixelColor(x, y).alpha() > 0 for x in range(24) for y in range(24)), name


def test_every_icon_that_the_window_names_exists() -> None:
    source = Path(__file__).parents[2] / "metaface_gui" / "gui"
    text = "\n".join(path.read_text("utf-8") for path in source.rglob("*.py"))
    named = set(re.findall(r'set_icon\([^,()]+(?:\(\))?, "([a-z-]+)"', text))
    assert len(named) > 10
    assert named <= set(icon_names())


def test_high_density_screens_get_more_pixels() -> None:
    pixmap = icon_pixmap("camera", 20, QColor("#ffffff"), 2.0)
    assert pixmap.width() == 40
    assert pixmap.deviceIndependentSize().width() == 20


def test_of_a_button_that_is_squeezed_to_nothing_no_icon_is_drawn(qtbot: QtBot, theme: Theme) -> None:
    """Qt would warn of every painting of it."""
    button = QToolButton()
    qtbot.addWidget(button)
    set_icon(button, "pause")
    canvas = QPixmap(24, 24)
    painter = QPainter(canvas)
    button.icon().paint(painter, QRect(0, 0, 0, 22))
    painter.end()


def test_an_icon_follows_the_theme(qtbot: QtBot, theme: Theme) -> None:
    button = QPushButton()
    qtbot.addWidget(button)
    theme.set_mode(ThemeMode.DARK)
    set_icon(button, "pause")
    assert inks(button) == {DARK.text}
    assert inks(button, QIcon.Mode.Disabled) == {DARK.disabled}
    theme.set_mode(ThemeMode.LIGHT)
    assert inks(button) == {LIGHT.text}
    set_icon(button, "pause", "danger")
    assert inks(button) == {LIGHT.danger}
    theme.set_mode(ThemeMode.DARK)
    assert inks(button) == {DARK.danger}


def test_a_deleted_button_is_no_trouble(qtbot: QtBot, theme: Theme) -> None:
    theme.set_mode(ThemeMode.DARK)
    button = QPushButton()
    set_icon(button, "play")
    with qtbot.waitSignal(button.destroyed):
        button.deleteLater()
    theme.set_mode(ThemeMode.LIGHT)


def test_an_unknown_name_is_a_bug() -> None:
    with pytest.raises(FileNotFoundError):
        icon_pixmap("no-such-icon", 16, QColor("#000000"))


def test_the_application_has_an_icon() -> None:
    assert not app_icon().pixmap(64, 64).isNull()


def test_an_icon_is_drawn_when_somebody_looks_at_it(qtbot: QtBot, theme: Theme) -> None:
    """A window has a hundred of them, most in menus and on hidden pages; in each size and state that took 100 ms."""
    button = QToolButton()
    qtbot.addWidget(button)
    button.setIconSize(QSize(20, 20))
    theme.set_mode(ThemeMode.DARK)
    QPixmapCache.clear()
    key = f"metaface pause {DARK.text} 20"
    set_icon(button, "pause")
    assert not QPixmapCache.find(key, QPixmap())
    button.grab()
    assert QPixmapCache.find(key, QPixmap())


def test_an_icon_is_as_large_as_its_place_and_no_larger_than_48_pixels(qtbot: QtBot) -> None:
    button = QPushButton()
    qtbot.addWidget(button)
    set_icon(button, "pause")
    icon = button.icon()
    assert icon.pixmap(18, 18).size() == icon.pixmap(30, 18).size() == QSize(18, 18)
    assert icon.actualSize(QSize(64, 64)) == QSize(48, 48)
    sharp = icon.pixmap(QSize(16, 16), 2.0)
    assert (sharp.width(), sharp.devicePixelRatioF()) == (32, 2.0)


def test_an_icon_in_a_chosen_row_is_tinted(qtbot: QtBot) -> None:
    button = QPushButton()
    qtbot.addWidget(button)
    set_icon(button, "pause")
    assert inks(button, QIcon.Mode.Selected) != inks(button)
    assert inks(button, QIcon.Mode.Active) == inks(button)


def test_a_copy_can_be_changed(qtbot: QtBot) -> None:
    """Qt then copies what draws it, which Python must not let go."""
    button = QPushButton()
    qtbot.addWidget(button)
    set_icon(button, "pause")
    before = button.icon().pixmap(16, 16).toImage()
    copy = QIcon(button.icon())
    copy.addPixmap(QPixmap(10, 10))
    assert copy.pixmap(16, 16).toImage() == before
    assert button.icon().pixmap(16, 16).toImage() == before
