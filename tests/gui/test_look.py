"""Theme, language and size of letters, as chosen in the View menu."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from metaface_gui.gui.look import remembered_percent
from metaface_gui.gui.main_window import MainWindow
from metaface_gui.gui.theme import DARK, LIGHT, FontSize, Theme, ThemeMode, font, text_scale


def test_a_theme_is_put_on_at_once_and_remembered(window: MainWindow, theme: Theme) -> None:
    for mode, tokens in ((ThemeMode.LIGHT, LIGHT), (ThemeMode.DARK, DARK)):
        window.commands.themes[mode].trigger()
        assert theme.tokens is tokens
        assert window.state.theme is mode


def test_larger_letters_are_those_of_the_next_window(open_window: Callable[[], MainWindow], qtbot: QtBot) -> None:
    window = open_window()
    assert window.commands.text_sizes[100].isChecked()
    with qtbot.waitSignal(window.language_chosen):
        window.commands.text_sizes[140].trigger()
    with qtbot.assertNotEmitted(window.language_chosen):
        window.commands.text_sizes[140].trigger()
    window.close()
    second = open_window()
    assert second.commands.text_sizes[140].isChecked()
    assert text_scale() == pytest.approx(1.4, abs=0.02)
    assert font(FontSize.TITLE).pixelSize() == round(FontSize.TITLE * text_scale())
    assert second.toolbar.enroll_button.fontMetrics().height() > 1.3 * FontSize.BODY


@pytest.mark.parametrize("nonsense", [0, 99, 141])
def test_nonsense_is_the_usual_size(window: MainWindow, nonsense: int) -> None:
    window.state.text_percent = nonsense
    assert remembered_percent(window.state) == 100
