"""Design tokens and the theme that puts them on."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontInfo, QPalette
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from metaface_gui.gui.theme import DARK, LIGHT, Theme, ThemeMode, Tokens, font


def luminance(color: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    channels = [QColor(color).redF(), QColor(color).greenF(), QColor(color).blueF()]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    lighter, darker = sorted((luminance(a), luminance(b)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_measured_as_wcag_does() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=["dark", "light"])
@pytest.mark.parametrize("ground", ["stage", "window", "surface", "raised"])
@pytest.mark.parametrize(
    "text", ["text", "muted", "accent", "danger", "success", "warning", "known", "unknown", "pending"]
)
def test_texts_can_be_read_on_every_ground(tokens: Tokens, ground: str, text: str) -> None:
    assert contrast(getattr(tokens, text), getattr(tokens, ground)) >= 4.5


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=["dark", "light"])
def test_texts_can_be_read_on_coloured_grounds(tokens: Tokens) -> None:
    pairs = [
        (tokens.on_primary, tokens.primary),
        (tokens.on_primary, tokens.primary_hover),
        (tokens.on_danger, tokens.danger_fill),
        (tokens.text, tokens.selection),
        (tokens.text, tokens.hover),
    ]
    assert min(contrast(*pair) for pair in pairs) >= 4.5


# How two people in a hundred see: Viénot, Brettel and Mollon (1999), "Digital video colourmaps for checking the
# legibility of displays by dichromats", on linear RGB.
DICHROMATS = {
    "protanopia": ((0.11238, 0.88762, 0.0), (0.11238, 0.88762, 0.0), (0.00401, -0.00401, 1.0)),
    "deuteranopia": ((0.29275, 0.70725, 0.0), (0.29275, 0.70725, 0.0), (-0.02234, 0.02234, 1.0)),
}


@pytest.mark.parametrize("kind", DICHROMATS)
@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=["dark", "light"])
def test_known_and_unknown_differ_for_the_colour_blind(tokens: Tokens, kind: str) -> None:
    def seen(color: str) -> list[float]:
        rgb = [QColor(color).redF() ** 2.2, QColor(color).greenF() ** 2.2, QColor(color).blueF() ** 2.2]
        return [sum(w * c for w, c in zip(row, rgb, strict=True)) for row in DICHROMATS[kind]]

    known, unknown = seen(tokens.known), seen(tokens.unknown)
    assert sum((a - b) ** 2 for a, b in zip(known, unknown, strict=True)) ** 0.5 > 0.2


def test_switching_is_live(qtbot: QtBot, theme: Theme, qapp: QApplication) -> None:
    label = QLabel("x")
    qtbot.addWidget(label)
    theme.set_mode(ThemeMode.DARK)
    with qtbot.waitSignal(theme.changed):
        theme.set_mode(ThemeMode.LIGHT)
    assert theme.tokens is LIGHT
    assert label.palette().color(QPalette.ColorRole.WindowText).name() == LIGHT.text
    assert LIGHT.surface in qapp.styleSheet()
    assert "$" not in qapp.styleSheet()


def test_the_same_mode_again_changes_nothing(qtbot: QtBot, theme: Theme) -> None:
    theme.set_mode(ThemeMode.DARK)
    with qtbot.assertNotEmitted(theme.changed):
        theme.set_mode(ThemeMode.DARK)


def test_it_follows_the_system_only_when_told_to(qapp: QApplication) -> None:
    schemes = [Qt.ColorScheme.Light]
    own = Theme(qapp, scheme=lambda: schemes[0])
    try:
        assert own.tokens is LIGHT
        schemes[0] = Qt.ColorScheme.Dark
        own.follow_system()
        assert own.tokens is DARK
        own.set_mode(ThemeMode.LIGHT)
        own.follow_system()
        assert own.tokens is LIGHT
        own.set_mode(ThemeMode.SYSTEM)
        assert own.tokens is DARK
    finally:
        own.setParent(None)
        own.deleteLater()


def test_a_desktop_without_a_preference_gets_dark(qapp: QApplication) -> None:
    own = Theme(qapp, scheme=lambda: Qt.ColorScheme.Unknown)
    assert own.tokens is DARK
    own.setParent(None)
    own.deleteLater()


def test_there_is_one_theme(theme: Theme) -> None:
    assert Theme.current() is theme is Theme.current()


def test_without_an_application_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QApplication, "instance", staticmethod(lambda: None))
    with pytest.raises(RuntimeError, match="QApplication"):
        Theme.current()


def test_the_shipped_font_is_used_in_both_weights(theme: Theme) -> None:
    assert QFontInfo(font()).family() == "Inter"
    assert QFontInfo(font(bold=True)).family() == "Inter"
    assert QFontInfo(font(bold=True)).weight() > QFontInfo(font()).weight()
