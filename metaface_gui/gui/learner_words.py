"""A method's texts on screen, in the user's language, from its class's own description."""

from __future__ import annotations

from metaface_gui.engine.recording.session_recorder import DrawnWords
from metaface_gui.i18n import translate
from metaface_gui.pipeline.learners import ALL_LEARNERS

AUTO = "rl2"
"""The method that chooses among the others."""


def learner_title(key: str) -> str:
    """Return a method's full name; an unknown key is returned unchanged."""
    return translate("Learners", ALL_LEARNERS[key].title) if key in ALL_LEARNERS else key


def learner_short_title(key: str) -> str:
    """Return a method's name for narrow places: at most 12 characters in English."""
    return translate("ShortTitles", ALL_LEARNERS[key].short_title) if key in ALL_LEARNERS else key


def learner_explanation(key: str) -> str:
    """Return in one line what a method does; empty for an unknown key."""
    return translate("Learners", ALL_LEARNERS[key].explanation) if key in ALL_LEARNERS else ""


def learner_citation(key: str) -> str:
    """Return paper and year, the same in every language; empty for an unknown key."""
    return ALL_LEARNERS[key].citation if key in ALL_LEARNERS else ""


def drawn_words() -> DrawnWords:
    """Return the words drawn beside faces in a recorded video; may be called on any thread."""
    return DrawnWords(translate("Overlay", "Unknown"), {key: learner_short_title(key) for key in ALL_LEARNERS})
