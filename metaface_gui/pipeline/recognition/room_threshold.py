"""The threshold of this very room: how a cohort's threshold moves where people resemble each other more, or less.

People before one camera, in one light, resemble each other more than a data set's people do: the threshold that lets
1 % of those through lets every third stranger of a backlit office through. A cohort of synthetic strangers (`cohort`)
says what the threshold is where nothing is special. How much more alike faces are here is a shift Δ of all scores
between different people and a ratio of their spreads, in units of the cohort's spread. Both are estimated as in
empirical Bayes (Efron and Morris 1973): from a prior over rooms, from the cross-person scores of those who are enrolled
and of the unlabelled faces, and for each probe from its scores against everybody whom it is *not* most like, which
holds for a bad picture as well (T-norm: Auckenthaler, Carey and Lloyd-Thomas 2000). What stays uncertain raises the
threshold: little with twenty people, much with one.

The prior's few numbers are meta-trained over environments (`metalearning.room_fit`) and know nothing of anybody.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import cast

import numpy as np

from metaface_gui.deferred import Tensor, torch
from metaface_gui.errors import QT_TRANSLATE_NOOP, WeightsError
from metaface_gui.types import Floats
from metaface_gui.weights.store import WeightsStore
from metaface_gui.weights.whole_file import write_whole

_FEWEST_OF_SPREAD = 3
"""Fewer people say nothing of how far scores spread."""
_WATCHED = 24
"""So many unlabelled faces make one enrolled person's threshold as sure as it gets."""
_SOME_SEEN = 3.0
"""So many strangers' scores against one enrolled person count half: nothing else says what is usual there."""
_SOME_RECOGNISED = 4.0
"""So many faces that were recognised ask for half of their caution: of one or two hardly one is somebody else's."""
_GOOD, _POOR = 0.1, 0.8
"""How far shots' poorness counts: what is beyond was never seen."""
_EXTREME = 0.99
"""Quantile of the cohort's best scores at which a wider spread of scores is felt."""
_ALIKE = 0.1
"""The logarithms of one camera's lengths deviate by so much: a probe that is no better than that is not better."""
_FORMAT = 4
"""Of 1 the scores of unlabelled faces were one with those between enrolled people, 2 knew nothing of poor shots, 3
nothing of probes that are better than these."""

_SHORTEST = 1e-4
"""The least inverse of an embedding's length: a synthetic stranger's may be anything."""


@dataclass(frozen=True, slots=True)
class RoomPrior:
    """What rooms are like, in units of the cohort's spread of scores between different people; variances are squares.

    `shift` and `shift_variance` are Δ's over rooms. Scores between enrolled people tell it with the variance
    `gallery_variance` + `people_variance` / (enrolled − 1), those of unlabelled faces against people whom they are not
    with `seen_variance` + `face_variance` / faces; a probe's own shift lies `probe_shift` from the room's, with
    `probe_variance`, and its mean score against n − 1 others tells that with the variance `others_variance` / (n − 1) +
    `others_floor`. The ratio of spreads is 1 + `spread` + `spread_weight` · (measured − 1) · people / (people +
    `spread_prior`). A positive `probe_shift` is caution: it counts as far as a probe's own scores do not tell, much
    with two people enrolled and little with twenty; poor shots add `poor_shift` times their poorness to it, for people
    are more alike in poor pictures, and good ones take as much away; where unlabelled faces were recognised, some
    perhaps as people whom they are not, it is up to `seen_caution` / (enrolled − 1) more. Of one person there is no
    estimate: what is added is `alone`, or `watched` where many strangers were seen, less what those are less like that
    person than the cohort is, and `poor_shift` times how poor the shots are. People are more alike where both pictures
    are poor: of a probe that is clearly better than the shots, `better_probe` times by how much is taken off again, as
    far as its own scores do not tell, and as much of a ratio above 1.

    Raises:
        ValueError: if a number is not finite, or one of the variances is not positive.
    """

    shift: float = 0.0
    shift_variance: float = 1.0
    gallery_variance: float = 0.03
    people_variance: float = 1.5
    seen_variance: float = 0.1
    face_variance: float = 1.5
    probe_shift: float = 2.0
    poor_shift: float = 5.5
    better_probe: float = 8.25
    seen_caution: float = 1.0
    probe_variance: float = 3.0
    others_variance: float = 4.0
    others_floor: float = 0.01
    spread: float = 0.0
    spread_weight: float = 1.0
    spread_prior: float = 20.0
    alone: float = 1.5
    watched: float = 1.0

    def __post_init__(self) -> None:
        values = asdict(self)
        if not all(isinstance(value, float) and abs(value) < 1e6 for value in values.values()):
            raise ValueError("want finite numbers")
        if min(value for name, value in values.items() if name.endswith("variance")) <= 0.0:
            raise ValueError("variances must be positive")


@dataclass(frozen=True, slots=True)
class RoomEvidence:
    """What is known of a room before a probe comes, in units of the cohort's spread.

    `shift` is the mean of scores between the `enrolled` people, `seen_shift` that of the `seen` people whose unlabelled
    faces are nobody's, the cohort's being 0; `spread` is the deviation of both, the cohort's being 1. So many faces
    were `recognised` and count as shots. `poorness` is how poor the pictures are that people were enrolled with
    (`ShotQuality`), 0 of the cohort's.
    """

    shift: float
    spread: float
    enrolled: int
    seen_shift: float = 0.0
    seen: int = 0
    recognised: int = 0
    poorness: float = 0.0

    @property
    def people(self) -> int:
        """How many it rests on: one alone tells nothing."""
        return self.enrolled + self.seen


@dataclass(frozen=True, slots=True)
class ShotQuality:
    """How poor the pictures are that people were enrolled with, in logarithms of lengths of embeddings.

    `usual` is how short the cohort's are on average, `shortfall` by how much shorter the shots' are; a person has
    `per_person` shots. How long an embedding is before it is normalised says how good a face's picture is (Meng et al.,
    "MagFace", CVPR 2021), also of networks that were not trained for it.
    """

    usual: float
    shortfall: float
    per_person: float

    @classmethod
    def of(cls, shots: Floats, cohort: Floats, *, n_people: int) -> ShotQuality | None:
        """Compare shots with a cohort by what follows the embeddings in their features (`FeatureSpace`): v (n, r) and
        (m, r). None where r is 0: those do not tell."""
        if shots.shape[1] == 0:
            return None
        of_shots, of_cohort = (float(_shortness(faces[:, -1]).mean()) for faces in (shots, cohort))
        return cls(of_cohort, of_shots - of_cohort, len(shots) / n_people)

    @property
    def poorness(self) -> float:
        """The shortfall; of poor pictures divided by a person's shots: what several have in common is less poor."""
        return self.shortfall / self.per_person if self.shortfall > 0.0 else self.shortfall

    @property
    def counted(self) -> float:
        """How much of the poorness counts, above that of the best shots: what a probe can be better by at most."""
        return float(np.clip(self.poorness, -_GOOD, _POOR)) + _GOOD

    def better(self, inverse_lengths: Floats) -> Floats:
        """By how much of their poorness probes are clearly better than the shots, else 0: (m,) of the last of their
        features (m,)."""
        both = np.minimum(_shortness(inverse_lengths) - self.usual + _ALIKE, self.shortfall)
        both = np.where(both > 0.0, both / self.per_person, both)
        return np.asarray(np.clip(self.poorness, -_GOOD, _POOR) - np.clip(both, -_GOOD, _POOR), np.float32)


def _shortness(inverse_lengths: Floats) -> Floats:
    return np.asarray(np.log(np.maximum(inverse_lengths, _SHORTEST)), np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class CohortScores:
    """What a cohort of m faces scores against the people of a gallery: each one's `best` (m,), and its mean `others`
    (m,) against everybody else (`mean` where one person is enrolled); mean and deviation are over all pairs."""

    best: Floats
    others: Floats
    mean: float
    deviation: float

    @property
    def extreme(self) -> float:
        """The best score that one in a hundred reaches."""
        return float(np.quantile(self.best, _EXTREME))

    @property
    def usual_others(self) -> float:
        """The mean of `others`."""
        return float(self.others.mean(dtype=np.float64))

    def less_others(self, weight: float) -> Floats:
        """The best scores (m,), less `weight` times what each scores more than usual against the others."""
        return np.asarray(self.best - weight * (self.others - self.usual_others), np.float32)


@dataclass(frozen=True, slots=True)
class RoomThreshold:
    """How scores become the room's: a face's best score is itself − `weight` · (mean score against the others −
    `others`), a probe's + `relief` · by how much it is better than the `shots`; the threshold is read off the
    cohort's, which become `ratio` · (they − `mean`) + `offset` + `mean`.

    `mean` is the cohort's mean score against anybody, `others` that against all but whom each is most like. Without
    `shots` nothing is known of how good pictures are.
    """

    ratio: float
    offset: float
    mean: float
    weight: float
    others: float
    relief: float = 0.0
    shots: ShotQuality | None = None

    def of_cohort(self, cohort: CohortScores) -> Floats:
        """What the cohort's best scores would be here, where a threshold is to be read off: (m,).

        Whom it is like at all counts of its faces as of probes: where everybody enrolled is a child, the cohort's
        children would make a threshold for strangers of whom nothing is known.
        """
        best = cohort.less_others(self.weight)
        return np.asarray(self.ratio * (best - self.mean) + self.mean + self.offset, np.float32)

    def excess(self, people_scores: Tensor, features: Tensor) -> Tensor:
        """What the scores (m, n) of probes (m, p) against the people are too high by: (m,); taken off, they compare
        with one threshold."""
        n = people_scores.shape[1]
        relief = torch.from_numpy(self.relief_of(features[:, -1].cpu().numpy())).to(people_scores.device)
        if self.weight == 0.0 or n == 1:
            return -relief
        others = (people_scores.sum(1) - people_scores.amax(1)) / (n - 1)
        return self.weight * (others - self.others) - relief

    def relief_of(self, inverse_lengths: Floats) -> Floats:
        """What probes are granted that are better than the shots, by the last of their features: (m,) → (m,) ≥ 0."""
        if self.shots is None or self.relief == 0.0:
            return np.zeros(len(inverse_lengths), np.float32)
        return np.asarray(self.relief * self.shots.better(inverse_lengths), np.float32)


@dataclass(frozen=True, slots=True)
class Room:
    """What rooms are like, and what is known of this one; `shots` None where pictures do not tell how good they are."""

    prior: RoomPrior
    evidence: RoomEvidence
    shots: ShotQuality | None = None

    def threshold(self, cohort: CohortScores) -> RoomThreshold:
        """The posterior of Δ and of the spread, in the unit of a classifier's scores."""
        # In NumPy, as a window that starts has no tensors yet.
        values = cast("dict[str, Tensor]", {name: np.float32(value) for name, value in asdict(self.prior).items()})
        known = cast("dict[str, Tensor]", {name: np.float32(value) for name, value in asdict(self.evidence).items()})
        weight, shift, ratio, _left = (float(value) for value in posterior(values, **known))
        of_one = float(
            margin_of_one(values, **{name: known[name] for name in ("enrolled", "seen_shift", "seen", "poorness")})
        )
        relief = (1.0 - weight) * self.prior.better_probe * cohort.deviation
        if self.shots is not None and self.shots.counted > 0.0:
            # Scores spread more where both pictures are poor, too: for the best probes as little as the cohort's.
            relief += max(0.0, ratio - 1.0) * (cohort.extreme - cohort.mean) / self.shots.counted
        return RoomThreshold(
            ratio=ratio,
            offset=(shift + of_one) * cohort.deviation,
            mean=cohort.mean,
            weight=weight,
            others=cohort.usual_others,
            relief=relief,
            shots=self.shots,
        )


def posterior(
    prior: Mapping[str, Tensor],
    *,
    shift: Tensor,
    spread: Tensor,
    enrolled: Tensor,
    seen_shift: Tensor,
    seen: Tensor,
    recognised: Tensor,
    poorness: Tensor,
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """K, (1 − K) E[Δ], ratio and standard deviation, all of the arguments' shape; differentiable in `prior`.

    Asks nothing of tensors that NumPy's numbers cannot do as well.

    A probe whose mean score against others lies d from the cohort's has the expected shift (1 − K) E[Δ] + K d. With one
    person there are no others, and unlabelled faces are left out too: some are that person's, which nobody can tell.
    """
    people = enrolled + seen
    of_gallery = prior["gallery_variance"] + prior["people_variance"] / (enrolled - 1).clip(min=1.0)
    of_seen = prior["seen_variance"] + prior["face_variance"] / seen.clip(min=1.0)
    are_others = (enrolled >= 2) * 1.0
    told_by_gallery, told_by_seen = are_others / of_gallery, are_others * (seen >= 1) / of_seen
    precision = 1.0 / prior["shift_variance"] + told_by_gallery + told_by_seen
    mean = prior["shift"] / prior["shift_variance"] + told_by_gallery * shift + told_by_seen * seen_shift
    mean = mean / precision
    variance = 1.0 / precision + prior["probe_variance"]
    of_probe = prior["others_variance"] / (enrolled - 1).clip(min=1.0) + prior["others_floor"]
    weight = are_others * variance / (variance + of_probe)
    share = (people >= _FEWEST_OF_SPREAD) * 1.0 * people / (people + prior["spread_prior"])
    ratio = 1.0 + prior["spread"] + share * prior["spread_weight"] * (spread - 1.0)
    left = (variance * (1.0 - weight)) ** 0.5
    taken = recognised**2 / (recognised**2 + _SOME_RECOGNISED**2)
    of_recognised = prior["seen_caution"] * taken / (enrolled - 1).clip(min=1.0)
    caution = (prior["probe_shift"] + shift_of_poor(prior, poorness) + of_recognised).clip(min=0.0)
    return weight, (1.0 - weight) * (mean + are_others * caution), ratio.clip(min=0.3), left


def shift_of_poor(prior: Mapping[str, Tensor], poorness: Tensor) -> Tensor:
    """By how much strangers' scores are thought to be higher where people were enrolled with poor pictures, below
    nought with good ones; of the argument's shape."""
    return prior["poor_shift"] * poorness.clip(min=-_GOOD, max=_POOR)


def margin_of_one(
    prior: Mapping[str, Tensor], *, enrolled: Tensor, seen_shift: Tensor, seen: Tensor, poorness: Tensor
) -> Tensor:
    """What a threshold rises by where one person is enrolled, else nought; of the arguments' shape."""
    margin = prior["alone"] + (prior["watched"] - prior["alone"]) * (seen / _WATCHED).clip(max=1.0)
    poor = shift_of_poor(prior, poorness.clip(min=0.0))
    return (enrolled < 2) * 1.0 * (margin + shift_beside_one(seen_shift=seen_shift, seen=seen) + poor)


def shift_beside_one(*, seen_shift: Tensor, seen: Tensor) -> Tensor:
    """How far strangers' scores against one enrolled person are thought to be below the cohort's; ≤ 0, of the
    arguments' shape. What is above may be that person's own face, not recognised in a poor picture."""
    return seen_shift.clip(max=0.0) * seen / (seen + _SOME_SEEN)


def save_prior(path: Path, prior: RoomPrior, card: Mapping[str, object]) -> None:
    """Write it as JSON, and how it came about in the same file; a whole file or none.

    Raises:
        OSError: if it cannot be written.
    """
    content = {**card, "format": _FORMAT, "prior": asdict(prior)}
    write_whole(path, (json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode())


def read_prior(path: Path) -> RoomPrior:
    """Read what `save_prior` wrote.

    Raises:
        WeightsError: if the file is missing, damaged or something else.
    """
    try:
        content = json.loads(path.read_bytes())
        values = content["prior"] if content["format"] == _FORMAT else {}
        return RoomPrior(**{field.name: float(values[field.name]) for field in fields(RoomPrior)})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise WeightsError(
            QT_TRANSLATE_NOOP("Errors", "{file} contains no statistics about rooms. Install MetaFace again."),
            file=path.name,
        ) from error


def load_prior(store: WeightsStore) -> RoomPrior | None:
    """Read the prior that ships; None if there is none, and thresholds are the cohort's.

    Raises:
        WeightsError: if the file is missing or damaged.
    """
    for entry in store.entries():
        if entry.role == "room":
            return read_prior(store.path(entry.name))
    return None
