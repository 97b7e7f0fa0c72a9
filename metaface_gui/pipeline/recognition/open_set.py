"""The open-set decision: the nearest person if their score reaches the threshold, Unknown otherwise.

A softmax over the enrolled people cannot say "nobody": with one person it is always 1. So decisions use raw scores. A
cohort of strangers is scored at every adaptation to calibrate them for this gallery, and the scores of its people
against each other calibrate them for this room (`room_threshold`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isfinite
from typing import Protocol

import numpy as np

from metaface_gui.deferred import Tensor, in_inference_mode, torch
from metaface_gui.pipeline.recognition.calibration import StrangerScores
from metaface_gui.pipeline.recognition.negatives import check_denied_people, floored, without_denied
from metaface_gui.pipeline.recognition.room_share import LetThrough, let_through
from metaface_gui.pipeline.recognition.room_threshold import CohortScores, Room, RoomThreshold
from metaface_gui.types import UNKNOWN, Identification, PersonId, PersonScore, ScoreScale, TrackTemplate

UNCALIBRATED_THRESHOLD = 0.65
"""Cosine threshold for an embedder without a cohort. With facenet-casia, the closest relative of such embedders, it
lets 0.1 % of strangers through with 20 people enrolled and just under 1 % with 100. `boundary_faces` converts it to the
scale of methods that do not score by cosines."""

_SHARE_OF_A_LOOK = 0.75
_STAYING_SHARE = 4.0
"""A name is kept as long as at most this many times the promised share of strangers score as high."""
_STAYING_BELOW = 0.1
"""Without a cohort, how far below the threshold a name is kept, as a share of the threshold."""
_DENIAL_HALF_LIFE_S = 0.6
_COHORT_BATCH = 2048
_FEW_BELOW, _FEW_ABOVE = 0.1, 0.9
"""Quantiles of strangers' and of people's scores that anchor the scale of margins."""


@dataclass(frozen=True, slots=True)
class Levels:
    """The scores that a track must reach: `entering` to get a name, `staying` (at most `entering`) to keep it."""

    entering: float
    staying: float


class Scorer(Protocol):
    """The part of an adapted classifier that this stage needs."""

    @property
    def n_way(self) -> int:
        """The number of ways: the people, followed by the denied faces."""

    def scores(self, features: Tensor) -> Tensor:
        """Score faces against all ways: (n_query, p) → (n_query, n_way), larger = more alike, raw."""


@dataclass(frozen=True, slots=True, eq=False)
class OpenSetClassifier:
    """An adapted classifier with names and a threshold: immutable, safe to share between threads.

    `person_ids` and `names` are in the order of the scorer's columns. `strangers` is None for an empty gallery and for
    an embedder without a cohort; the latter's threshold is a cautious default (`is_calibrated` is False).
    `denied_people` (m,) int64 holds, for each of the scorer's last m columns, the column of the person whom that face
    is not (`negatives`); None if no face was denied. `room` is the adjustment applied to `strangers` and to probes'
    scores; None if nothing is known of the room. `scale` translates scores for display; None if it was not measured.
    """

    scorer: Scorer | None
    person_ids: tuple[PersonId, ...]
    names: tuple[str, ...]
    strangers: StrangerScores | None
    threshold: float
    denied_people: Tensor | None = None
    room: RoomThreshold | None = None
    scale: ScoreScale | None = None

    @classmethod
    def empty(cls) -> OpenSetClassifier:
        """Return the classifier of an empty gallery: everybody is Unknown."""
        return cls(None, (), (), None, UNKNOWN.threshold)

    @classmethod
    def calibrated(
        cls,
        scorer: Scorer,
        *,
        person_ids: tuple[PersonId, ...],
        names: tuple[str, ...],
        cohort: Tensor | None,
        fpir: float,
        boundary: Tensor | None = None,
        denied_people: Tensor | None = None,
        room: Room | None = None,
    ) -> OpenSetClassifier:
        """Score the cohort (n, p) with a newly adapted classifier and set the threshold that lets `fpir` through.

        Without a cohort the threshold is the median score of the `boundary` faces (m, p), which are built for the
        cosine `UNCALIBRATED_THRESHOLD`. Without these either, it is that cosine itself, which only fits cosine scores.
        With a `room`, the cohort's scores are moved to what strangers score there.

        `denied_people` (m,) int64 holds, for each column after the people's, the column of the person whom it denies.
        Denials apply to the cohort as well, so that the promised FPIR holds for the decisions actually made.

        Raises:
            ValueError: if there is not one id and one name for each person, and one of `denied_people` for each other
                column, of the scorer; or `fpir` is not a share.
        """
        denied_people = None if denied_people is None or len(denied_people) == 0 else denied_people
        n_denied = 0 if denied_people is None else len(denied_people)
        if not scorer.n_way - n_denied == len(person_ids) == len(names) > 0:
            raise ValueError(
                f"{scorer.n_way} people are scored, {len(person_ids)} ids, {len(names)} names and "
                f"{n_denied} denied faces given"
            )
        if denied_people is not None:
            check_denied_people(denied_people, len(person_ids))
        if cohort is None:
            threshold = UNCALIBRATED_THRESHOLD
            if boundary is not None:
                threshold = float(np.median(_cohort_scores(scorer, boundary, denied_people).best))
            return cls(scorer, person_ids, names, None, threshold, denied_people)
        scored = _cohort_scores(scorer, cohort, denied_people)
        here = None if room is None else room.threshold(scored)
        best = scored.best if here is None else here.of_cohort(scored)
        strangers = StrangerScores.of(best[:, None])
        return cls(scorer, person_ids, names, strangers, strangers.threshold(fpir), denied_people, here)

    @property
    def is_calibrated(self) -> bool:
        """Whether the threshold was measured on a cohort, or does not matter because nobody is enrolled."""
        return self.strangers is not None or self.scorer is None

    def with_fpir(self, fpir: float) -> OpenSetClassifier:
        """Return the same classifier with the threshold for another FPIR; nothing is scored again."""
        return self if self.strangers is None else replace(self, threshold=self.strangers.threshold(fpir))

    @property
    def track_levels(self) -> Levels:
        """The thresholds of a track, chosen so that the promised share of strangers' tracks ever gets a name.

        Each new look gives a stranger another chance, though the looks are far from independent. With three quarters of
        the promised share at every look, 0.1 to 1.35 % of strangers' tracks ever had a name where 1 % was promised, 0.8
        in the mean: LFW's meta-validation people under four degradations, 3 and 20 enrolled, 15 looks, and a webcam in
        an office, 3 and 8 enrolled, clean and degraded, 5 looks. The whole share gave 1.05 in the mean, and tracks may
        be longer.
        """
        if self.scorer is None:
            return Levels(self.threshold, self.threshold)
        if self.strangers is None:
            return Levels(self.threshold, self.threshold - _STAYING_BELOW * abs(self.threshold))
        return levels_of(self.strangers, self.threshold)

    def let_through(self, room: Room, cohort: Tensor) -> LetThrough:
        """Estimate the share of a room's strangers that this threshold lets through, given all that is known of it.

        Raises:
            ValueError: if nobody is enrolled.
        """
        if self.scorer is None:
            raise ValueError("nobody is enrolled")
        scored = _cohort_scores(self.scorer, cohort, self.denied_people)
        weight = 0.0 if self.room is None else self.room.weight
        return let_through(room, scored, threshold=self.threshold, weight=weight)

    def measured_by(self, own_scores: Tensor) -> OpenSetClassifier:
        """Return the same classifier with a scale, or unchanged if it has no cohort.

        `own_scores` (m,), m ≥ 0, are what enrolled people scored against themselves on held-out shots.
        """
        if self.strangers is None:
            return self
        people = float(own_scores.quantile(_FEW_ABOVE)) if len(own_scores) else None
        return replace(self, scale=ScoreScale(float(np.quantile(self.strangers.best, _FEW_BELOW)), people))

    def identify_tracks(
        self, templates: Sequence[TrackTemplate], threshold: float, *, n_ranked: int = 0
    ) -> tuple[Identification, ...]:
        """Decide on n ≥ 0 tracks at once by their templates, against `threshold`; each ranks `n_ranked` people.

        A person is ruled out for a track if the user said so of this very face (`TrackTemplate.denied`), or if its
        looks say so, with recent looks weighted most. The looks are checked one by one because a pool lies nearer to a
        person's mean than any single look does, and so would overlook a denial of one look.
        """
        if not templates:
            return ()
        probes = torch.from_numpy(np.stack([template.features for template in templates]))
        struck = None
        if self.scorer is not None and (self.denied_people is not None or any(it.denied for it in templates)):
            struck = torch.stack([self._struck_out(template) for template in templates])
        return self.identify(probes, threshold, struck=struck, n_ranked=n_ranked)

    def identify(
        self, features: Tensor, threshold: float | None = None, *, struck: Tensor | None = None, n_ranked: int = 0
    ) -> tuple[Identification, ...]:
        """Decide on n ≥ 0 faces (n, p) at once; where a person is ruled out, the next best may still be accepted.

        The score to reach is `threshold` if given, else `self.threshold`. `struck` (n, n_people) bool marks further
        people whom a face is not. Each decision ranks the `n_ranked` best-scoring people, without those ruled out.
        """
        if self.scorer is None:
            return (UNKNOWN,) * len(features)
        wanted = self.threshold if threshold is None else threshold
        with torch.inference_mode():
            scores = self.scorer.scores(features)
            if self.denied_people is not None or struck is not None:
                decided = self._decide_denied(scores, features, wanted, struck)
            else:
                best, nearest = self._best(scores, features)
                decided = tuple(
                    self._decide(*pair, wanted) for pair in zip(best.tolist(), nearest.tolist(), strict=True)
                )
            if not n_ranked:
                return decided
            left = self._left(scores, struck)
            return self._ranked(decided, self.people_scores(scores, features).where(left > -torch.inf, left), n_ranked)

    def _ranked(self, decided: Sequence[Identification], people: Tensor, most: int) -> tuple[Identification, ...]:
        best, columns = people.topk(min(most, people.shape[1]), dim=1)
        return tuple(
            replace(
                decision,
                ranking=tuple(
                    PersonScore(self.person_ids[column], score)
                    for score, column in zip(row, of_row, strict=True)
                    if isfinite(score)
                ),
            )
            for decision, row, of_row in zip(decided, best.tolist(), columns.tolist(), strict=True)
        )

    def _left(self, scores: Tensor, struck: Tensor | None) -> Tensor:
        """Return the scores against people, (n, n_people), from the scorer's (n, n_way); −inf where ruled out."""
        people = scores[:, : len(self.person_ids)]
        left = people if self.denied_people is None else without_denied(scores, self.denied_people.to(scores.device))
        return left if struck is None else left.masked_fill(struck.to(left.device), -torch.inf)

    def best(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """Score n faces (n, p), ignoring denials: (n,) score and (n,) column of each face's nearest person.

        The scores are the ones to compare with the threshold.

        Raises:
            ValueError: if nobody is enrolled.
        """
        if self.scorer is None:
            raise ValueError("nobody is enrolled")
        with torch.inference_mode():
            return self._best(self.scorer.scores(features), features)

    def people_scores(self, scores: Tensor, features: Tensor) -> Tensor:
        """Return scores against people that compare with the threshold, (m, n_people).

        They are made from the scorer's `scores` (m, n_way) of the faces (m, p).
        """
        people = scores[:, : len(self.person_ids)]
        return people if self.room is None else people - self.room.excess(people, features)[:, None]

    def _best(self, scores: Tensor, features: Tensor) -> tuple[Tensor, Tensor]:
        people = scores[:, : len(self.person_ids)]
        best, nearest = people.max(1)
        return (best if self.room is None else best - self.room.excess(people, features)), nearest

    def _struck_out(self, template: TrackTemplate) -> Tensor:
        """Return whom a track is not, (n_people,) bool: by the user's word, or by most looks, weighted by recency."""
        assert self.scorer is not None
        said = torch.tensor([person_id in template.denied for person_id in self.person_ids])
        if self.denied_people is None:
            return said
        looks = (*template.looks, *template.apart)
        ages = template.seen_s - np.asarray([look.time_s for look in looks])
        weights = torch.from_numpy(np.exp2(-ages / _DENIAL_HALF_LIFE_S)).float()
        with torch.inference_mode():
            scores = self.scorer.scores(torch.from_numpy(np.stack([look.features for look in looks])))
            is_struck = without_denied(scores, self.denied_people.to(scores.device)) == -torch.inf
        return said | (weights @ is_struck.cpu().float() >= 0.5 * weights.sum())

    def _decide_denied(
        self, scores: Tensor, features: Tensor, threshold: float, struck: Tensor | None
    ) -> tuple[Identification, ...]:
        people = scores[:, : len(self.person_ids)]
        before = people.amax(1)
        best, nearest = self._left(scores, struck).max(1)
        if self.room is not None:
            excess = self.room.excess(people, features)
            before, best = before - excess, best - excess
        # A denial changes nothing for a face whose score stays below the threshold anyway.
        has_changed = (before > best) & (before >= threshold)
        return tuple(
            self._decide(score, column, threshold, is_denied=is_denied)
            if isfinite(score)
            else self._nobody_left(threshold, is_denied=is_denied)
            for score, column, is_denied in zip(best.tolist(), nearest.tolist(), has_changed.tolist(), strict=True)
        )

    def _decide(self, score: float, column: int, threshold: float, *, is_denied: bool = False) -> Identification:
        person_id, name = self.person_ids[column], self.names[column]
        known = score >= threshold
        return Identification(
            person_id=person_id if known else None,
            name=name if known else None,
            score=score,
            threshold=threshold,
            nearest_id=person_id,
            nearest_name=name,
            is_denied=is_denied,
            scale=self.scale,
        )

    def _nobody_left(self, threshold: float, *, is_denied: bool) -> Identification:
        return replace(UNKNOWN, threshold=threshold, is_denied=is_denied)


def levels_of(strangers: StrangerScores, threshold: float) -> Levels:
    """Return `OpenSetClassifier.track_levels` for a threshold that was taken from a cohort's scores."""
    promised = max(strangers.fpir(threshold), 1.0 / len(strangers.best))
    entering = strangers.threshold(_SHARE_OF_A_LOOK * promised)
    return Levels(entering, min(entering, strangers.threshold(min(0.5, _STAYING_SHARE * promised))))


@in_inference_mode
def _cohort_scores(scorer: Scorer, faces: Tensor, denied_people: Tensor | None) -> CohortScores:
    """Score faces (n, p): each one's best score after denials, always finite, and statistics over the people.

    Runs in batches small enough for a thousand people's scores.
    """
    n_denied = 0 if denied_people is None else len(denied_people)
    highest, best, others = list[Tensor](), list[Tensor](), list[Tensor]()
    pairs, total, squares = 0, 0.0, 0.0
    for begin in range(0, len(faces), _COHORT_BATCH):
        scores = scorer.scores(faces[begin : begin + _COHORT_BATCH])
        people = scores[:, : scores.shape[1] - n_denied]
        highest.append(people.amax(1))
        others.append((people.sum(1) - highest[-1]) / max(1, people.shape[1] - 1))
        if denied_people is not None:
            best.append(without_denied(scores, denied_people.to(scores.device)).amax(1))
        pairs += people.numel()
        total += float(people.sum(dtype=torch.float64))
        squares += float(people.square().sum(dtype=torch.float64))
    before, mean = torch.cat(highest), total / pairs
    return CohortScores(
        best=(floored(torch.cat(best), before) if best else before).cpu().numpy(),
        others=torch.cat(others).cpu().numpy() if pairs > len(faces) else np.full(len(faces), mean, np.float32),
        mean=mean,
        deviation=max(squares / pairs - mean**2, 1e-12) ** 0.5,
    )
