from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from metaface_gui.gui.studio.score_bars import ScoreBars, score_text
from metaface_gui.gui.theme import Theme
from metaface_gui.types import Identification


@pytest.fixture
def bars(qtbot: QtBot) -> ScoreBars:
    made = ScoreBars()
    qtbot.addWidget(made)
    made.resize(400, 140)
    made.show()
    return made


AT_HALF = Identification(1, "alex", 0.8, 0.5)


def longest_run(image: QImage, color: QColor) -> int:
    """The most pixels of this colour in any row."""
    return max(sum(image.pixelColor(x, y) == color for x in range(image.width())) for y in range(0, image.height(), 2))


def test_scores_have_two_digits_and_a_real_minus() -> None:
    assert (score_text(0.714), score_text(-0.05), score_text(12.0)) == ("0.71", "−0.05", "12.00")


def test_who_reaches_the_threshold_has_another_colour_and_a_longer_bar(bars: ScoreBars, theme: Theme) -> None:
    bars.show_scores((("alex", 0.8), ("lin", 0.4)), AT_HALF)
    image = bars.grab().toImage()
    reached, short = longest_run(image, theme.color("known")), longest_run(image, theme.color("disabled"))
    assert reached == pytest.approx(2 * short, rel=0.1)


def test_whom_the_user_denied_does_not_count(bars: ScoreBars, theme: Theme) -> None:
    bars.show_scores((("alex", 0.8), ("lin", 0.4)), AT_HALF, denied="alex")
    assert longest_run(bars.grab().toImage(), theme.color("known")) < 5


def test_numbers_are_said_to_who_cannot_see_them(bars: ScoreBars) -> None:
    bars.show_scores((("alex", 0.8), ("lin", -0.04)), AT_HALF)
    said = bars.accessibleDescription().splitlines()
    assert said == ["alex: +0.60 (0.80)", "lin: −1.00 (−0.04)", "Threshold: 0.50"]


@pytest.mark.parametrize("scores", [(), (("a", 0.0),), (("a", -3.0), ("b", -9.0)), (("x" * 300, 25.0),)])
def test_any_scale_is_drawn(bars: ScoreBars, scores: tuple[tuple[str, float], ...]) -> None:
    bars.resize(bars.minimumSizeHint())
    bars.show_scores(scores, replace(AT_HALF, threshold=0.0))
    assert not bars.grab().isNull()
