"""The names of a comparison's sides on screen, and the wording of their counts."""

from __future__ import annotations

from metaface_gui.engine.studio.comparison import LearnerTally
from metaface_gui.engine.studio.side import STOCK, Side
from metaface_gui.gui.learner_words import learner_title
from metaface_gui.i18n import translate


def method_title(key: str) -> str:
    """Return a method's name, or that of the network as published."""
    return translate("Sides", "Published network") if key == STOCK else learner_title(key)


def side_title(side: Side) -> str:
    """Return a side's title in one line, e.g. “MAML · without this room · 1 shot”."""
    parts = [method_title(side.learner)]
    if not side.uses_room and side.learner != STOCK:
        parts.append(translate("Sides", "without this room"))
    if side.is_one_shot:
        parts.append(translate("Sides", "1 shot"))
    return " · ".join(parts)


def counts_text(tally: LearnerTally) -> str:
    """Return a side's counts: against the ground truth where it is known, else how often it named somebody."""
    if not tally.counted:
        return translate("Sides", "{named} named · {unknown} Unknown", named=tally.named, unknown=tally.unknown)
    text = translate(
        "Sides",
        "{right} right · {missed} Unknown · {wrong} wrong",
        right=tally.right - tally.turned_away,
        missed=tally.missed,
        wrong=tally.wrong,
    )
    if not tally.turned_away + tally.let_through:
        return text
    strangers = translate(
        "Sides",
        "strangers: {away} turned away, {through} let through",
        away=tally.turned_away,
        through=tally.let_through,
    )
    return f"{text} · {strangers}"


def differing_text(tally: LearnerTally) -> str:
    """Return on how many faces two sides differ."""
    faces = tally.named + tally.unknown
    return translate("Sides", "{n} of {all} faces differ", n=faces - tally.contested, all=faces)
