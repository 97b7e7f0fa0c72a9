"""Design tokens and the theme that puts them on."""

from __future__ import annotations

from dataclasses import fields

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontDatabase, QFontInfo, QPalette
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from metaface_gui.gui.theme import DARK, LIGHT, Theme, ThemeMode, Tokens, font
from metaface_gui.pipeline.rendering.draw_cv import _COLOURS
from metaface_gui.pipeline.rendering.overlay import OverlayKind
from metaface_gui.pipeline.rendering.verdict_panel import KNOWN_BGR, UNKNOWN_BGR
from tests.gui.colour_vision import COLOUR_VISION, as_seen, colour_difference, contrast

THEMES = pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=["dark", "light"])
GROUNDS = ("stage", "window", "surface", "raised", "hover", "selection")
TEXTS = ("text", "muted", "accent", "danger", "success", "warning", "known", "unknown", "pending")
FILLS = {"on_primary": ("primary", "primary_hover"), "on_danger": ("danger_fill",)}
"""What is written on what is filled."""
EXEMPT = {"is_dark", "border", "border_strong", "disabled"}
"""Lines that say nothing, and what cannot be used now (WCAG 2.2, 1.4.3 and 1.4.11)."""


def test_every_token_is_judged() -> None:
    judged = {*GROUNDS, *TEXTS, *FILLS, *(fill for fills in FILLS.values() for fill in fills), "edge", *EXEMPT}
    assert judged == {field.name for field in fields(Tokens)}


@THEMES
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("text", TEXTS)
def test_texts_can_be_read_on_every_ground(tokens: Tokens, ground: str, text: str) -> None:
    assert contrast(getattr(tokens, text), getattr(tokens, ground)) >= 4.5


@THEMES
@pytest.mark.parametrize(("text", "fill"), [(text, fill) for text, fills in FILLS.items() for fill in fills])
def test_texts_can_be_read_on_what_is_filled(tokens: Tokens, text: str, fill: str) -> None:
    assert contrast(getattr(tokens, text), getattr(tokens, fill)) >= 4.5


@THEMES
@pytest.mark.parametrize("ground", ["stage", "window", "surface", "raised", "hover"])
@pytest.mark.parametrize("graphic", ["edge", "accent"])
def test_what_can_be_used_stands_out(tokens: Tokens, ground: str, graphic: str) -> None:
    assert contrast(getattr(tokens, graphic), getattr(tokens, ground)) >= 3.0


@THEMES
@pytest.mark.parametrize("fill", ["primary", "danger_fill"])
@pytest.mark.parametrize("ground", ["window", "surface"])
def test_main_buttons_stand_out(tokens: Tokens, ground: str, fill: str) -> None:
    assert contrast(getattr(tokens, fill), getattr(tokens, ground)) >= 3.0


def test_fields_and_boxes_have_an_edge_that_stands_out(theme: Theme, qapp: QApplication) -> None:
    for start in ("QLineEdit, ", "QCheckBox::indicator"):
        rule = next(line for line in qapp.styleSheet().splitlines() if line.startswith(start))
        assert f"1px solid {theme.tokens.edge}" in rule


TOLD_APART = [
    ("known", "unknown"),  # agreement in strips and tables, boxes, the confusion matrix
    ("known", "pending"),
    ("unknown", "pending"),
    ("known", "danger"),  # right and wrong in the confusion matrix
    ("success", "danger"),
    ("text", "danger"),
]


@THEMES
@pytest.mark.parametrize("vision", ["normal", *COLOUR_VISION])
@pytest.mark.parametrize("pair", TOLD_APART, ids=" ".join)
def test_what_must_be_told_apart_is_so_for_everybody(tokens: Tokens, vision: str, pair: tuple[str, str]) -> None:
    """A difference of 10 (CIEDE2000) is seen at a glance, side by side it takes 1 to 2."""
    one, other = (as_seen(getattr(tokens, name), vision) for name in pair)
    assert colour_difference(one, other) >= 10.0


def test_messages_differ_by_icon_too() -> None:
    from metaface_gui.gui.widgets.toast import _ICONS, ToastKind

    assert len({_ICONS[kind] for kind in ToastKind}) == len(ToastKind)


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


def test_the_shipped_font_is_used_in_both_weights() -> None:
    assert QFontInfo(font()).family() == "Inter"
    assert QFontInfo(font(bold=True)).family() == "Inter"
    assert QFontInfo(font(bold=True)).weight() > QFontInfo(font()).weight()


def test_ideographs_are_written_as_the_language_does_where_there_is_a_font(
    qapp: QApplication, theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = qapp.font().families()
    installed = {"Noto Sans CJK SC", "WenQuanYi Micro Hei"}
    monkeypatch.setattr(QFontDatabase, "hasFamily", lambda name: name in installed)
    theme.set_language("zh_CN")
    assert qapp.font().families() == [*usual, "Noto Sans CJK SC", "WenQuanYi Micro Hei"]
    assert font(20).families() == qapp.font().families()
    theme.set_language("")
    assert qapp.font().families() == usual


def test_recorded_videos_have_the_live_views_colours() -> None:
    for token, bgr in ((DARK.known, KNOWN_BGR), (DARK.unknown, UNKNOWN_BGR)):
        color = QColor(token)
        assert (color.blue(), color.green(), color.red()) == bgr
    assert (_COLOURS[OverlayKind.KNOWN], _COLOURS[OverlayKind.UNKNOWN]) == (KNOWN_BGR, UNKNOWN_BGR)


@pytest.mark.parametrize("tokens", [LIGHT, DARK])
def test_links_can_be_read_and_empty_places_seen(tokens: Tokens) -> None:
    for background in (tokens.window, tokens.surface, tokens.raised, tokens.hover):
        assert contrast(tokens.accent, background) >= 4.5
    assert contrast(tokens.edge, tokens.surface) >= 3.0


def test_latin_letters_can_always_be_written_and_ideographs_with_a_font(
    theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert theme.can_write("")
    assert theme.can_write("en")
    for systems in ([], [QFontDatabase.WritingSystem.SimplifiedChinese]):
        monkeypatch.setattr(QFontDatabase, "writingSystems", lambda found=systems: found)
        assert theme.can_write("zh_CN") is bool(systems)
