"""What each of several learners says of one face, and whether it agrees with the most of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from math import isfinite, isnan

from metaface_gui.types import Identification, PersonId, TrackedFace


class Agreement(Enum):
    """How a learner's decision stands to the majority's."""

    AGREES = "agrees"
    DISAGREES = "disagrees"
    NO_MAJORITY = "no majority"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One learner's decision on a face: its name ("" for Unknown), the score on a bar of its own.

    `fill` is the score and `mark` that learner's threshold, both 0..1 along the same bar: scores of different learners
    are on different scales, and only how they stand to their own thresholds can be compared. `margin` is that in words,
    e.g. `+0.62`, and `raw` the score and the threshold, e.g. `0.71 / 0.43`; "" without a score. `is_deciding`: its name
    is the one that the face carries. `is_right` is None where nobody knows who it is.
    """

    learner: str
    name: str
    fill: float
    mark: float
    agreement: Agreement
    is_deciding: bool = False
    margin: str = ""
    raw: str = ""
    is_right: bool | None = None


@dataclass(frozen=True, slots=True)
class Majority:
    """What more than half of the learners decide: this person, None for Unknown."""

    person_id: PersonId | None


def majority(decisions: Sequence[Identification]) -> Majority | None:
    """Find the person, or Unknown, that more than half of the decisions are for; None if there is no such."""
    counts = Counter(decision.person_id for decision in decisions)
    for person_id, count in counts.most_common(1):
        if 2 * count > len(decisions):
            return Majority(person_id)
    return None


def verdicts_of(face: TrackedFace, deciding: str = "") -> tuple[Verdict, ...]:
    """Say what every running learner decides on a face, in the order that `per_learner` has; `deciding` is a key.

    Of fewer than two learners there is nothing to compare: the result is empty.
    """
    decisions: Mapping[str, Identification] = face.per_learner
    if len(decisions) < 2:
        return ()
    most = majority(tuple(decisions.values()))
    verdicts = []
    for key, decision in decisions.items():
        fill, mark = score_bar(decision)
        agreement = _agreement(decision, most)
        verdicts.append(
            Verdict(
                learner=key,
                name=decision.name or "",
                fill=fill,
                mark=mark,
                agreement=agreement,
                is_deciding=key == deciding,
                margin=margin_text(decision.margin),
                raw=raw_text(decision),
                is_right=None if face.truth is None else face.truth.fits(decision),
            )
        )
    return tuple(verdicts)


def has_score(decision: Identification) -> bool:
    """Whether there was somebody to compare the face with."""
    return isfinite(decision.score) and isfinite(decision.threshold)


def score_bar(decision: Identification) -> tuple[float, float]:
    """Place score and threshold on one bar (0..1), the threshold always in its middle: learners' scales differ widely.

    Without a score the bar is empty.
    """
    return (0.5 + 0.5 * decision.margin if has_score(decision) else 0.0), 0.5


def margin_text(margin: float) -> str:
    """A margin as it is written everywhere: a sign, two digits, and a real minus; "" for none."""
    return "" if isnan(margin) else f"{margin:+.2f}".replace("-", "−").replace("−0.00", "0.00").replace("+0.00", "0.00")


def raw_text(decision: Identification) -> str:
    """Raw score and threshold, e.g. `0.71 / 0.43`; "" without a score."""
    return f"{decision.score:.2f} / {decision.threshold:.2f}".replace("-", "−") if has_score(decision) else ""


def _agreement(decision: Identification, most: Majority | None) -> Agreement:
    if most is None:
        return Agreement.NO_MAJORITY
    return Agreement.AGREES if decision.person_id == most.person_id else Agreement.DISAGREES


def count_agreeing(verdicts: Sequence[Verdict]) -> int:
    """How many agree with the majority; 0 where there is none."""
    return sum(verdict.agreement is Agreement.AGREES for verdict in verdicts)


def count_right(verdicts: Sequence[Verdict]) -> int | None:
    """How many are right; None where nobody knows who it is."""
    if not verdicts or any(verdict.is_right is None for verdict in verdicts):
        return None
    return sum(bool(verdict.is_right) for verdict in verdicts)
