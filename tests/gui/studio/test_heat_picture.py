from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from pytestqt.qtbot import QtBot

from metaface_gui.gui.studio.heat_picture import HeatLegend, HeatPicture, heat_picture, smooth_heat
from metaface_gui.gui.theme import Theme, ThemeMode
from tests.gui.studio.explanations import heat_at


def test_smoothing_keeps_where_it_is_hot_and_invents_nothing() -> None:
    smoothed = smooth_heat(heat_at(5, 3), 112)
    row, column = np.unravel_index(int(smoothed.argmax()), smoothed.shape)
    assert abs(row - 5.5 * 16) <= 1
    assert abs(column - 3.5 * 16) <= 1
    assert smoothed.min() >= 0.0
    assert smoothed.max() <= 0.2
    assert smoothed[:48].max() < 0.01


def test_even_heat_stays_even() -> None:
    assert_allclose(smooth_heat(np.full((7, 7), 0.3, np.float32), 30), 0.3, atol=1e-6)


def test_what_matters_more_is_lighter_and_what_speaks_against_counts_as_little() -> None:
    crop = np.full((112, 112, 3), 128, np.uint8)
    heat = heat_at(1, 1)
    heat[5, 5] = -0.5
    laid = heat_picture(crop, heat).astype(int)
    hot, cold, against = laid[24, 24].sum(), laid[24, 90].sum(), laid[88, 88].sum()
    assert hot > cold + 60
    assert against == pytest.approx(cold, abs=6)


def test_the_face_is_seen_under_the_heat() -> None:
    crop = np.full((112, 112, 3), 60, np.uint8)
    crop[:, 56:] = 200
    laid = heat_picture(crop, heat_at(0, 0)).astype(int)
    assert (laid[100, 100] - laid[100, 10] > 50).all()


def test_the_picture_changes_between_face_and_heat(qtbot: QtBot) -> None:
    widget = HeatPicture()
    qtbot.addWidget(widget)
    crop = np.full((112, 112, 3), (200, 100, 50), np.uint8)
    widget.show_face(crop, heat_at(5, 3))
    assert widget.has_heat
    assert widget.shown.pixelColor(56, 88).name() != "#c86432"
    widget.show_heat(False)
    assert widget.shown.pixelColor(56, 88).name() == "#c86432"
    widget.show_heat(True)
    widget.show_face(crop, np.zeros((7, 7), np.float32))
    assert not widget.has_heat
    assert widget.shown.pixelColor(56, 88).name() == "#c86432"


def test_it_is_square_and_drawn_to_its_edge(qtbot: QtBot) -> None:
    widget = HeatPicture()
    qtbot.addWidget(widget)
    widget.show_face(np.full((112, 112, 3), (200, 100, 50), np.uint8), np.zeros((7, 7), np.float32))
    widget.fit_height(150)
    widget.resize(150, 150)
    widget.show()
    assert widget.width() == 150
    image = widget.grab().toImage()
    for x, y in ((75, 75), (2, 75), (75, 147)):
        assert image.pixelColor(x, y).name() == "#c86432"


def test_the_legend_has_room_for_its_words_in_both_themes(qtbot: QtBot, theme: Theme) -> None:
    legend = HeatLegend()
    qtbot.addWidget(legend)
    narrow = legend.sizeHint().width()
    legend.show_fall("up to −0.12, which is a lot of words")
    assert legend.sizeHint().width() > narrow
    assert legend.words == ("matters more", "up to −0.12, which is a lot of words", "matters less")
    legend.resize(legend.sizeHint())
    legend.show()
    theme.set_mode(ThemeMode.LIGHT)
    bar = legend.grab().toImage()
    top, bottom = bar.pixelColor(5, 4), bar.pixelColor(5, legend.height() - 4)
    assert top.lightness() > bottom.lightness() + 40


def test_a_face_in_the_dark_is_seen_under_the_heat() -> None:
    crop = np.full((112, 112, 3), 4, np.uint8)
    crop[:, 56:] = 44
    laid = heat_picture(crop, heat_at(0, 0)).astype(int)
    assert (laid[100, 100] - laid[100, 10] > 100).all()
