"""What an adaptation came to, in words."""

from __future__ import annotations

import pytest

from metaface_gui.engine.events import AdaptationEvaluated, Adapted
from metaface_gui.gui.studio.adaptation_words import result_text

DONE = Adapted("maml", 5, 25, 14.2)


def plain(adapted: Adapted | None, evaluated: AdaptationEvaluated | None = None) -> str:
    return result_text(adapted, evaluated).replace("\u00a0", " ")


def test_before_anything() -> None:
    assert plain(None) == "Adapting …"
    assert plain(Adapted("maml", 0, 0, 0.0)) == "Nobody is enrolled yet."


@pytest.mark.parametrize(
    ("adapted", "words"),
    [
        (DONE, "Adapted to 5 people, 25 shots in 14 ms"),
        (Adapted("maml", 1, 1, 0.42), "Adapted to 1 person, 1 shot in 0.4 ms"),
        (Adapted("maml", 1000, 5000, 1234.5), "Adapted to 1000 people, 5000 shots in 1234 ms"),
    ],
)
def test_whom_and_how_long(adapted: Adapted, words: str) -> None:
    assert plain(adapted) == words


def test_before_and_after() -> None:
    both = plain(DONE, AdaptationEvaluated("maml", 0.92, 0.96, 25))
    assert both.endswith("25 shots in 14 ms · left-out shots named right: 92.0 % → 96.0 % (before → after)")
    assert plain(DONE, AdaptationEvaluated("maml", None, 1.0, 25)).endswith(" · left-out shots named right: 100.0 %")
    assert "not measured: nobody has two" in plain(DONE, AdaptationEvaluated("maml", None, None, 0))
