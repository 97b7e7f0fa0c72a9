"""The leave-one-out report: how well every method names the enrolled shots, each left out in turn.

A fold leaves out one shot of everybody who has two or more, adapts to the rest, and identifies the left-out shots,
clean and degraded (`conditions.py`); so each shot is a probe exactly once and never in the support set of its own fold.
People with a single shot always stay enrolled and are never probes. The cohort provides strangers: the threshold is set
on its even half and FPIR is measured on its odd half.

Shots that were recorded in one session are more alike than faces met on another day, so the figures compare methods on
one gallery but are too optimistic as a forecast.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from metaface_gui.deferred import Tensor, torch
from metaface_gui.errors import QT_TRANSLATE_NOOP, KnownError
from metaface_gui.pipeline.enrolled_people import EnrolledPeople
from metaface_gui.pipeline.learners.base import MetaLearner, SupportSet
from metaface_gui.pipeline.recognition.open_set import OpenSetClassifier
from metaface_gui.pipeline.recognition.room_threshold import RoomPrior
from metaface_gui.pipeline.room import AdaptedInRoom, adapt_in_room

MAX_FOLDS = 10
"""If somebody has more shots, a fold leaves out several of them: ten-fold cross-validation."""
SIGNIFICANCE = 0.05
"""Level of the sign test at which two methods count as different."""
AS_QUICK_MS = 10.0
"""Smaller differences in adaptation time count as equal: nobody notices them, and they are within timing noise."""
_WARM_UP_PEOPLE = 3
_NEVER = datetime.min.replace(tzinfo=UTC)

OnProgress = Callable[[float], None]
"""Called with the share that is done, 0..1, before each adaptation; an exception it raises ends the test."""
Mask = NDArray[np.bool_]


class NothingToTestError(KnownError):
    """A gallery has no shot that can be left out."""


@dataclass(frozen=True, slots=True, eq=False)
class ProbedPeople:
    """Everybody enrolled, and the probes for them.

    `degraded` (n_copies, n, p) are copies of each shot, or None; copies of shots that are not probes are ignored.
    `tested` (t,) int64 are the labels of the people whose shots are probes; None means everybody with two shots. There
    must be no unlabelled faces of a room, because they may be the probes themselves.

    Raises:
        ValueError: if shapes do not fit, or there are unlabelled faces.
    """

    people: EnrolledPeople
    degraded: Tensor | None = None
    tested: Tensor | None = None

    def __post_init__(self) -> None:
        shape = tuple(self.people.shots.shape)
        if self.degraded is not None and (self.degraded.ndim != 3 or tuple(self.degraded.shape[1:]) != shape):
            raise ValueError(f"degraded: want (n_copies, {shape[0]}, {shape[1]}), got {tuple(self.degraded.shape)}")
        if self.people.unlabelled is not None:
            raise ValueError("want people without a room's unlabelled faces")

    @property
    def looks(self) -> Tensor:
        """All shots, clean and degraded, (1 + n_copies, n, p)."""
        clean = self.people.shots[None]
        return clean if self.degraded is None else torch.cat([clean, self.degraded])

    @property
    def is_probe(self) -> Mask:
        """Which shots (n,) are left out in some fold: those of tested people with another shot."""
        labels = self.people.labels.numpy()
        probes = probe_mask(labels)
        return probes if self.tested is None else probes & np.isin(labels, self.tested.numpy())


@dataclass(frozen=True, slots=True, eq=False)
class LearnerScore:
    """One method's results. Shares are 0..1; `clean` and `degraded` refer to left-out shots unchanged and degraded.

    `accuracy`: nearest person correct, whatever the threshold. `tpir`: correct and above the threshold. `fpir`:
    strangers above it, mean over the folds; NaN without a cohort. `adapt_ms`: median over the folds, threshold
    excluded. `confusion`: (n_people, n_people + 1) counts over clean and degraded probes, row = true person, column =
    decided person, last column = Unknown. `changed_settings` lists the hyper-parameters that were not at defaults.
    """

    learner: str
    accuracy_clean: float
    accuracy_degraded: float
    tpir_clean: float
    tpir_degraded: float
    fpir: float
    adapt_ms: float
    confusion: NDArray[np.int64]
    changed_settings: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class SelfTestReport:
    """All methods on one gallery: `people` are the names, in the order of the confusion matrices.

    `recommended` is the key of the best row (`recommend`); `tied` are the keys of the rows that these probes do not
    distinguish from the one with the highest TPIR, which is included. There are `n_probes` clean probes of `n_tested`
    people and `n_degraded` degraded ones; `n_strangers` is the size of the cohort, 0 without one. `seconds` is the
    duration. `embedder_id` and `revision` identify the tested gallery; `made_at` is UTC.
    """

    people: tuple[str, ...]
    rows: tuple[LearnerScore, ...]
    recommended: str
    n_probes: int
    n_strangers: int
    wanted_fpir: float
    seconds: float
    n_degraded: int = 0
    n_tested: int = 0
    tied: tuple[str, ...] = ()
    embedder_id: str = ""
    revision: int = 0
    made_at: datetime = _NEVER

    def row(self, learner: str) -> LearnerScore:
        """Return the row of the method called `learner`.

        Raises:
            KeyError: if it was not tested.
        """
        for row in self.rows:
            if row.learner == learner:
                return row
        raise KeyError(learner)


def self_test(
    learners: Sequence[MetaLearner],
    faces: ProbedPeople,
    cohort: Tensor | None,
    *,
    fpir: float,
    room_prior: RoomPrior | None = None,
    on_progress: OnProgress | None = None,
) -> SelfTestReport:
    """Test every learner on the enrolled shots, each left out in turn, at the threshold with an FPIR of `fpir`.

    `cohort` (m, p) are strangers. Without them the threshold is the cautious default of the live view, and FPIR is
    unknown. With a `room_prior`, thresholds and FPIR are the room's, as in the live view. The same faces give the same
    report, except for the times.

    Raises:
        NothingToTestError: if nobody is enrolled, or nobody with two shots.
        ValueError: if there is no learner.
    """
    if not learners:
        raise ValueError("want one learner or more")
    started = time.perf_counter()
    folds = leave_out(faces)
    trials = [_Trial(learner, faces, cohort, fpir, room_prior) for learner in learners]
    n_steps, done = len(trials) * (len(folds) + 1), 0
    for fold in (None, *folds):
        for trial in trials:
            if on_progress is not None:
                on_progress(done / n_steps)
            if fold is None:
                trial.warm_up()
            else:
                trial.run(fold)
            done += 1
    probes, people = np.any(folds, axis=0), faces.people
    rows = tuple(trial.score(probes) for trial in trials)
    recommended, tied = recommend(rows, [trial.named_share(probes) for trial in trials])
    return SelfTestReport(
        people=people.names,
        rows=rows,
        recommended=recommended,
        n_probes=int(probes.sum()),
        n_strangers=0 if cohort is None else len(cohort),
        wanted_fpir=fpir,
        seconds=time.perf_counter() - started,
        n_degraded=int(probes.sum()) * (len(faces.looks) - 1),
        n_tested=len(np.unique(people.labels.numpy()[probes])),
        tied=tied,
        embedder_id=people.embedder_id,
        revision=people.revision,
        made_at=datetime.now(UTC),
    )


def probe_mask(labels: NDArray[np.int64]) -> Mask:
    """Return which shots (n,) can be left out: those of people with another shot."""
    counts = np.bincount(labels)
    mask: Mask = counts[labels] >= 2
    return mask


def leave_out(faces: ProbedPeople) -> list[Mask]:
    """Return which shots (n,) each fold leaves out: shot f of everybody in fold f, in the given order.

    There are as many folds as a tested person has shots at most, but no more than ten; of more shots, every tenth.

    Raises:
        NothingToTestError: if nobody is enrolled, or nobody with two shots.
    """
    if len(faces.people) == 0:
        raise nobody_enrolled()
    labels = faces.people.labels.numpy()
    is_probe = faces.is_probe
    if not is_probe.any():
        raise nobody_with_two_shots(faces.people.names)
    number = np.zeros(len(labels), np.int64)
    for label in np.unique(labels[is_probe]):
        own = labels == label
        number[own] = np.arange(own.sum())
    n_folds = min(int(number.max()) + 1, MAX_FOLDS)
    return [is_probe & (number % n_folds == fold) for fold in range(n_folds)]


def nobody_enrolled() -> NothingToTestError:
    """Return the error that nobody is enrolled; the caller raises it."""
    return NothingToTestError(QT_TRANSLATE_NOOP("Errors", "Nobody is enrolled yet. Record two shots of somebody."))


def nobody_with_two_shots(people: Sequence[str]) -> NothingToTestError:
    """Return the error that no shot can be left out; the caller raises it."""
    text = QT_TRANSLATE_NOOP(
        "Errors",
        "Everybody has only one shot, and a test needs one to learn from and one to test on. Record a second shot of "
        "{name}.",
    )
    return NothingToTestError(text, name=people[0])


class _Trial:
    """One learner in all folds. Outcomes are stored by copy and shot: row 0 is the clean shot, then its copies."""

    def __init__(
        self,
        learner: MetaLearner,
        faces: ProbedPeople,
        cohort: Tensor | None,
        fpir: float,
        room_prior: RoomPrior | None,
    ) -> None:
        self._learner, self._people, self._cohort, self._fpir = learner, faces.people, cohort, fpir
        self._room_prior = room_prior
        self._looks = faces.looks
        n_looks, n = self._looks.shape[:2]
        self._nearest = np.full((n_looks, n), -1, np.int64)
        self._decided = np.full((n_looks, n), -1, np.int64)
        self._fpirs: list[float] = []
        self._adapt_s: list[float] = []

    def warm_up(self) -> None:
        """Adapt to a few people without timing it, so that a process's one-off costs do not count."""
        few = self._people.labels < _WARM_UP_PEOPLE
        labels = self._people.labels[few]
        self._learner.adapt(SupportSet(self._people.shots[few], labels, int(labels.max()) + 1))

    def run(self, is_left_out: Mask) -> None:
        """Adapt to the shots that are not left out, and identify those that are."""
        support = self._people.with_shots(torch.from_numpy(~is_left_out)).support
        started = time.perf_counter()
        adapted = adapt_in_room(self._learner, support, n_people=len(self._people), is_centred=self._cohort is not None)
        self._adapt_s.append(time.perf_counter() - started)
        classifier = self._calibrated(adapted)
        probes = self._looks[:, torch.from_numpy(is_left_out)]
        n_looks, n_probes, _ = probes.shape
        answers = classifier.identify(probes.flatten(0, 1))
        unknown = len(self._people)
        nearest = [-1 if answer.nearest_id is None else answer.nearest_id for answer in answers]
        decided = [unknown if answer.person_id is None else answer.person_id for answer in answers]
        self._nearest[:, is_left_out] = np.reshape(nearest, (n_looks, n_probes))
        self._decided[:, is_left_out] = np.reshape(decided, (n_looks, n_probes))

    def _calibrated(self, adapted: AdaptedInRoom) -> OpenSetClassifier:
        """Set the threshold on one half of the cohort and measure FPIR on the other. People's ids are their labels."""

        def calibrated(cohort: Tensor | None) -> OpenSetClassifier:
            return adapted.calibrated(
                cohort,
                fpir=self._fpir,
                room=adapted.room(cohort, self._room_prior),
                denied_people=self._people.denied_people,
            )

        if self._cohort is None:
            return calibrated(None)
        classifier, others = calibrated(self._cohort[0::2]), calibrated(self._cohort[1::2]).strangers
        if others is not None:
            self._fpirs.append(others.fpir(classifier.threshold))
        return classifier

    def score(self, probes: Mask) -> LearnerScore:
        """Return the figures over all folds; `probes` (n,) marks the shots that were left out in one of them."""
        true, n_people = self._people.labels.numpy()[probes], len(self._people)
        is_nearest, is_named = self._nearest[:, probes] == true, self._decided[:, probes] == true
        confusion = np.zeros((n_people, n_people + 1), np.int64)
        np.add.at(confusion, (np.broadcast_to(true, is_named.shape), self._decided[:, probes]), 1)
        return LearnerScore(
            learner=self._learner.key,
            accuracy_clean=float(is_nearest[0].mean()),
            accuracy_degraded=_mean(is_nearest[1:]),
            tpir_clean=float(is_named[0].mean()),
            tpir_degraded=_mean(is_named[1:]),
            fpir=float(np.mean(self._fpirs)) if self._fpirs else math.nan,
            adapt_ms=float(np.median(self._adapt_s) * 1e3),
            confusion=confusion,
            changed_settings=changed_settings(self._learner),
        )

    def named_share(self, probes: Mask) -> NDArray[np.float64]:
        """Return how well each probe was named: (n_probes,), the mean of its clean outcome (0 or 1) and its copies'."""
        is_named = self._decided[:, probes] == self._people.labels.numpy()[probes]
        share: NDArray[np.float64] = is_named[0].astype(np.float64)
        if len(is_named) > 1:
            share = (share + is_named[1:].mean(0)) / 2
        return share


def changed_settings(learner: MetaLearner) -> str:
    """Return the hyper-parameters that differ from the defaults, e.g. `inner_steps=8, anil=True`; "" if none does."""
    default = learner.settings_type()
    values = ((field.name, getattr(learner.settings, field.name)) for field in fields(default))
    return ", ".join(f"{name}={value}" for name, value in values if value != getattr(default, name))


def _mean(outcomes: Mask) -> float:
    return float(outcomes.mean()) if outcomes.size else math.nan


def recommend(rows: Sequence[LearnerScore], named: Sequence[NDArray[np.float64]]) -> tuple[str, tuple[str, ...]]:
    """Choose a method: return the key of the recommended row, and the keys of those that are as good as the best one.

    `named` holds for each row the share of each probed shot's looks that was named correctly, (n_probes,); its mean is
    halfway between clean and degraded TPIR. The best row has the highest mean. Another row is as good if the exact sign
    test over shots (Dixon and Mood 1946; McNemar's test where a shot has one look) finds no difference at 5 %. Shots
    are counted instead of copies, because copies of one shot are not independent. Among the rows that are as good, the
    fastest adaptation is recommended; among times within 10 ms of it, the higher mean, then the earlier row.
    """
    means = [float(values.mean()) for values in named]
    best = int(np.argmax(means))
    tied = [index for index in range(len(rows)) if sign_test(named[best], named[index]) >= SIGNIFICANCE]
    quickest = min(rows[index].adapt_ms for index in tied)
    as_quick = [index for index in tied if rows[index].adapt_ms <= quickest + AS_QUICK_MS]
    chosen = max(as_quick, key=lambda index: (means[index], -index))
    return rows[chosen].learner, tuple(rows[index].learner for index in tied)


def sign_test(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Return the two-sided p-value of the exact sign test on the pairs (n,) that differ."""
    higher, lower = int((one > other).sum()), int((one < other).sum())
    n, fewer = higher + lower, min(higher, lower)
    tail: int = sum(math.comb(n, k) for k in range(fewer + 1))
    return min(1.0, 2 * tail / (1 << n))


def wilson_interval(share: float, n: int) -> tuple[float, float]:
    """Return the 95 % interval of a share seen in n independent trials (Wilson 1927), within 0..1; 0..1 if n = 0."""
    if n == 0 or math.isnan(share):
        return 0.0, 1.0
    z2 = 1.959964**2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = math.sqrt(z2 * (share * (1 - share) / n + z2 / (4 * n * n))) / (1 + z2 / n)
    return max(0.0, middle - half), min(1.0, middle + half)
