"""A method's texts on screen, in the user's language, from its class's own description."""

from __future__ import annotations

from metaface_gui.engine.recording.session_recorder import DrawnWords
from metaface_gui.i18n import translate
from metaface_gui.pipeline.learners import ALL_LEARNERS

AUTO = "rl2"
"""The method that chooses among the others."""


def learner_title(key: str) -> str:
    """A method's full name; a key that there is not is shown as it is."""
    return translate("Learners", ALL_LEARNERS[key].title) if key in ALL_LEARNERS else key


def learner_short_title(key: str) -> str:
    """A method's name for a narrow place: at most 12 characters in English."""
    return translate("ShortTitles", ALL_LEARNERS[key].short_title) if key in ALL_LEARNERS else key


def learner_explanation(key: str) -> str:
    """What a method does, in one line; empty for a key that there is not."""
    return translate("Learners", ALL_LEARNERS[key].explanation) if key in ALL_LEARNERS else ""


def learner_citation(key: str) -> str:
    """Paper and year, the same in every language; empty for a key that there is not."""
    return ALL_LEARNERS[key].citation if key in ALL_LEARNERS else ""


def drawn_words() -> DrawnWords:
    """What a recorded video says beside faces; may be called on any thread."""
    return DrawnWords(translate("Overlay", "Unknown"), {key: learner_short_title(key) for key in ALL_LEARNERS})
