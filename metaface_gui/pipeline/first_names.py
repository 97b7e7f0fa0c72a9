"""Name faces before PyTorch is loaded: the default method, prototypes by cosine, in NumPy.

Gives the same numbers, up to rounding, as `learners.prototypical` in a room (`room.adapt_in_room`) under a threshold
from its cohort (`open_set.OpenSetClassifier.calibrated`), without denied or unlabelled faces. A window uses it during
the seconds in which it loads these.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from metaface_gui.pipeline.recognition.calibration import StrangerScores
from metaface_gui.pipeline.recognition.open_set import Levels, levels_of
from metaface_gui.pipeline.recognition.room_threshold import (
    CohortScores,
    Room,
    RoomEvidence,
    RoomPrior,
    RoomThreshold,
    ShotQuality,
)
from metaface_gui.pipeline.room import CENTRE_PRIOR, COHORT_COMPARED, MOST_COMPARED
from metaface_gui.types import Floats, Identification, Int64s, PersonId, TrackTemplate

LEARNER = "prototypical"
"""The key of the learner that these names stand for."""


@dataclass(frozen=True, slots=True, eq=False)
class FirstAssets:
    """What is needed besides a gallery: the method's `tail` (d, r), the `cohort` (m, p) and the `prior` over rooms."""

    tail: Floats
    cohort: Floats
    prior: RoomPrior


@dataclass(frozen=True, slots=True, eq=False)
class FirstNames:
    """An open-set classifier of everybody in a gallery: immutable, safe to share between threads.

    `prototypes` (n, d) are unit vectors, in the order of `person_ids` and `names`. A face (p,) is centred on `centre`
    (p,) and moved by `tail` (d, r) before it is compared. People in `withheld` are never named: faces were denied for
    them, and which faces is not known here.
    """

    person_ids: tuple[PersonId, ...]
    names: tuple[str, ...]
    prototypes: Floats
    centre: Floats
    tail: Floats
    strangers: StrangerScores
    threshold: float
    room: RoomThreshold
    withheld: frozenset[PersonId] = frozenset()

    @classmethod
    def of(
        cls,
        shots: Floats,
        owners: Int64s,
        names: Mapping[PersonId, str],
        assets: FirstAssets,
        *,
        fpir: float,
        withheld: frozenset[PersonId] = frozenset(),
    ) -> FirstNames:
        """Adapt to shots (n, p) of the people `owners` (n,), and set the threshold that lets `fpir` through.

        Raises:
            ValueError: if there is no shot.
        """
        if not len(shots):
            raise ValueError("nobody is enrolled")
        ids, labels = np.unique(owners, return_inverse=True)
        centre = _class_means(shots, labels).sum(0) / np.float32(len(ids) + CENTRE_PRIOR)
        moved = _moved(shots, centre, assets.tail)
        prototypes = _unit(_class_means(moved, labels))
        of_cohort = _moved(assets.cohort, centre, assets.tail) @ prototypes.T
        d = len(assets.tail)
        quality = ShotQuality.of(shots[:, d:], assets.cohort[:, d:], n_people=len(ids))
        evidence = _evidence(moved @ prototypes.T, labels, of_cohort, 0.0 if quality is None else quality.poorness)
        scored = _cohort_scores(of_cohort)
        room = Room(assets.prior, evidence, quality).threshold(scored)
        strangers = StrangerScores.of(room.of_cohort(scored)[:, None])
        people = tuple(ids.tolist())
        return cls(
            person_ids=people,
            names=tuple(names[person_id] for person_id in people),
            prototypes=prototypes,
            centre=centre,
            tail=assets.tail,
            strangers=strangers,
            threshold=strangers.threshold(fpir),
            room=room,
            withheld=withheld,
        )

    @property
    def track_levels(self) -> Levels:
        """As `OpenSetClassifier.track_levels`."""
        return levels_of(self.strangers, self.threshold)

    def identify_tracks(
        self,
        templates: Sequence[TrackTemplate],
        threshold: float,
        *,
        n_ranked: int = 0,  # noqa: ARG002 - nobody is ranked in these few seconds
    ) -> tuple[Identification, ...]:
        """Decide on n ≥ 0 tracks by their templates, as `OpenSetClassifier` does, but without a ranking."""
        return self.identify(np.stack([template.features for template in templates]), threshold) if templates else ()

    def identify(self, features: Floats, threshold: float | None = None) -> tuple[Identification, ...]:
        """Decide on n ≥ 0 faces (n, p); the score to reach is `threshold` if given, else `self.threshold`."""
        wanted = self.threshold if threshold is None else threshold
        scores = _moved(features, self.centre, self.tail) @ self.prototypes.T
        nearest = scores.argmax(1)
        best = scores.max(1) - self._excess(scores, features) if len(scores) else np.zeros(0, np.float32)
        return tuple(
            self._decide(float(score), int(column), wanted) for score, column in zip(best, nearest, strict=True)
        )

    def _excess(self, scores: Floats, features: Floats) -> Floats:
        """As `RoomThreshold.excess`."""
        n, relief = scores.shape[1], self.room.relief_of(features[:, -1])
        if self.room.weight == 0.0 or n == 1:
            return -relief
        others = (scores.sum(1) - scores.max(1)) / (n - 1)
        return np.asarray(self.room.weight * (others - self.room.others) - relief, np.float32)

    def _decide(self, score: float, column: int, threshold: float) -> Identification:
        person_id, name = self.person_ids[column], self.names[column]
        if score < threshold or person_id in self.withheld:
            return Identification(None, None, score, threshold, nearest_id=person_id, nearest_name=name)
        return Identification(person_id, name, score, threshold, nearest_id=person_id, nearest_name=name)


def _unit(vectors: Floats) -> Floats:
    lengths = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    return np.asarray(vectors / lengths, np.float32)


def _moved(features: Floats, centre: Floats, tail: Floats) -> Floats:
    """Apply `RoomCentre` and then `tail.adapted_embedding`: (n, p) → unit vectors (n, d)."""
    d, seen = len(tail), features - centre
    seen /= np.maximum(np.linalg.norm(seen[:, :d], axis=1, keepdims=True), np.float32(1e-6))
    return _unit(np.asarray(seen[:, :d] + seen[:, d:] @ tail.T, np.float32))


def _class_means(features: Floats, labels: Int64s) -> Floats:
    sums = np.zeros((labels.max() + 1, features.shape[1]), np.float32)
    np.add.at(sums, labels, features)
    return np.asarray(sums / np.bincount(labels)[:, None], np.float32)


def _evidence(shot_scores: Floats, labels: Int64s, cohort_scores: Floats, poor: float) -> RoomEvidence:
    """As `room.measure_room`, without unlabelled faces."""
    n = shot_scores.shape[1]
    every = slice(None, None, -(-len(shot_scores) // MOST_COMPARED))
    others = shot_scores[every][labels[every, None] != np.arange(n)]
    compared = cohort_scores[:COHORT_COMPARED]
    mean, deviation = float(compared.mean()), max(float(compared.std(ddof=1)), 1e-6)
    if len(others) < 2:
        return RoomEvidence(0.0, 1.0, n, poorness=poor)
    shift, spread = (float(others.mean()) - mean) / deviation, float(others.std(ddof=1)) / deviation
    return RoomEvidence(shift, spread, n, poorness=poor)


def _cohort_scores(scores: Floats) -> CohortScores:
    """Return the statistics that `open_set` computes, from a cohort's scores (m, n)."""
    exact, best = scores.astype(np.float64), scores.max(1)
    mean, n = float(exact.mean()), scores.shape[1]
    others = (exact.sum(1) - best) / (n - 1) if n > 1 else np.full(len(scores), mean)
    deviation = max(float(np.square(exact).mean()) - mean**2, 1e-12) ** 0.5
    return CohortScores(best, others.astype(np.float32), mean, deviation)
