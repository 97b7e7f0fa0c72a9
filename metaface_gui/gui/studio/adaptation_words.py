"""Describes the outcome of an adaptation in a sentence."""

from __future__ import annotations

from metaface_gui.engine.events import AdaptationEvaluated, Adapted
from metaface_gui.gui.panels.wording import shots_text
from metaface_gui.i18n import translate


def result_text(adapted: Adapted | None, evaluated: AdaptationEvaluated | None) -> str:
    """Return the number of people and the duration of an adaptation, and its accuracy on held-out shots."""
    if adapted is None:
        return translate("Adaptation", "Adapting …")
    if adapted.n_people == 0:
        return translate("Adaptation", "Nobody is enrolled yet.")
    people = people_text(adapted.n_people)
    sentence = translate(
        "Adaptation",
        "Adapted to {people}, {shots} in {time}",
        people=people,
        shots=shots_text(adapted.n_shots),
        time=_milliseconds(adapted.adapt_ms),
    )
    return sentence if evaluated is None else f"{sentence} · {evaluation_text(evaluated)}"


def evaluation_text(evaluated: AdaptationEvaluated) -> str:
    """Return the accuracy on held-out shots, before and after."""
    if evaluated.after is None:
        return translate(
            "Adaptation", "left-out shots not measured: nobody has two shots, or there are too many people"
        )
    after = _percent(evaluated.after)
    if evaluated.before is None:
        return translate("Adaptation", "left-out shots named right: {after}", after=after)
    before = _percent(evaluated.before)
    return translate(
        "Adaptation", "left-out shots named right: {before} → {after} (before → after)", before=before, after=after
    )


def people_text(count: int) -> str:
    """Return a number of people in words."""
    return translate("Adaptation", "1 person") if count == 1 else translate("Adaptation", "{n} people", n=count)


def _milliseconds(ms: float) -> str:
    return f"{ms:.1f}\u00a0ms" if ms < 10 else f"{ms:.0f}\u00a0ms"


def _percent(share: float) -> str:
    return f"{share * 100:.1f}\u00a0%"
