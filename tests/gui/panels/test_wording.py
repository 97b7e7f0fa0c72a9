from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import cast

import pytest
from PySide6.QtGui import QTextLayout

from metaface_gui.gui.panels.wording import age_text, coarse_age_text, last_seen_text, shortened, shots_text


@pytest.mark.parametrize(
    ("seconds", "fine", "coarse"),
    [
        (-5, "just now", "just now"),
        (1.9, "just now", "just now"),
        (5.9, "5 s ago", "just now"),
        (59.9, "59 s ago", "just now"),
        (60, "1 min ago", "1 min ago"),
        (3599, "59 min ago", "59 min ago"),
        (3600, "1 h ago", "1 h ago"),
        (86399, "23 h ago", "23 h ago"),
        (86400, "yesterday", "yesterday"),
        (2 * 86400, "2 days ago", "2 days ago"),
        (59 * 86400, "59 days ago", "59 days ago"),
        (60 * 86400, "2 months ago", "2 months ago"),
    ],
)
def test_ages(seconds: float, fine: str, coarse: str) -> None:
    assert (age_text(seconds), coarse_age_text(seconds)) == (fine, coarse)


def test_last_seen() -> None:
    long_ago = datetime.now(UTC) - timedelta(minutes=3, seconds=5)
    assert last_seen_text(long_ago, is_present=True) == "here now"
    assert last_seen_text(long_ago, is_present=False) == "3 min ago"
    assert last_seen_text(None, is_present=False) == "not seen yet"


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("name", ["محمد", "דוד", "محمد " * 20])
def test_a_name_from_right_to_left_leaves_the_sentence_as_it_is(name: str) -> None:
    sentence = f"{shortened(name)} is saved."
    layout = QTextLayout(sentence)
    layout.beginLayout()
    line = layout.createLine()
    line.setLineWidth(1000)
    layout.endLayout()
    starts = [cast("tuple[float, int]", line.cursorToX(at))[0] for at in (0, sentence.index("saved"), len(sentence))]
    assert starts == sorted(starts)


def test_shots_and_names() -> None:
    assert [shots_text(n) for n in (0, 1, 2)] == ["0 shots", "1 shot", "2 shots"]
    assert shortened("Ada") == "Ada"
    assert shortened("x" * 200) == "x" * 31 + "…"
