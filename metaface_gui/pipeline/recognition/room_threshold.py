"""Adapt a cohort's threshold to this room, where people resemble each other more, or less, than they do in a data set.

People in front of one camera, in one light, resemble each other more than a data set's people do: the threshold that
lets 1 % of those through lets every third stranger in a backlit office through. A cohort of synthetic strangers
(`cohort`) gives the threshold where nothing is special. How much more alike faces are here is modelled as a shift Δ of
all scores between different people and a ratio of their spreads, in units of the cohort's spread. Both are estimated by
empirical Bayes (Efron and Morris 1973): from a prior over rooms; from the scores of enrolled people and of unlabelled
faces against other people; and for each probe from its scores against all but its nearest person, which works for a bad
picture as well (T-norm: Auckenthaler, Carey and Lloyd-Thomas 2000). The remaining uncertainty raises the threshold:
little with twenty people, much with one.

The prior's few numbers are meta-trained over environments (`metalearning.room_fit`) and contain no one's data.
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
"""Fewest people from which a spread of scores is estimated."""
_WATCHED = 24
"""Number of people seen in unlabelled faces at which a single enrolled person's margin reaches `watched`."""
_SOME_SEEN = 3.0
"""Number of strangers whose scores against a single enrolled person get half weight: there is no other evidence."""
_SOME_RECOGNISED = 4.0
"""Number of recognised faces at which half their caution applies: of one or two, hardly any is somebody else's."""
_GOOD, _POOR = 0.1, 0.8
"""Shots' poorness is clipped to −`_GOOD` … `_POOR`: nothing beyond was ever measured."""
_EXTREME = 0.99
"""Quantile of the cohort's best scores at which the effect of a wider spread is measured."""
_ALIKE = 0.1
"""Deviation of one camera's log embedding lengths; a probe must be better by more than this to count as better."""
_FORMAT = 4
"""Format 1 pooled the scores of unlabelled faces with those between enrolled people, 2 ignored poor shots, 3 ignored
probes that are better than the shots."""

_SHORTEST = 1e-4
"""Lower bound on the inverse of an embedding's length: a synthetic stranger's may be any number."""


@dataclass(frozen=True, slots=True)
class RoomPrior:
    """The prior over rooms, in units of the cohort's spread of scores between different people; variances are squares.

    `shift` and `shift_variance` are the mean and variance of Δ over rooms. Scores between enrolled people measure Δ
    with the variance `gallery_variance` + `people_variance` / (enrolled − 1), scores of unlabelled faces against people
    whom they do not show with `seen_variance` + `face_variance` / seen. A probe's own shift differs from the room's by
    `probe_shift`, with variance `probe_variance`; its mean score against the n − 1 others measures it with the variance
    `others_variance` / (n − 1) + `others_floor`. The ratio of spreads is 1 + `spread` + `spread_weight` · (measured −
    1) · people / (people + `spread_prior`).

    A positive `probe_shift` is caution. It counts as far as a probe's own scores leave its shift open: much with two
    people enrolled, little with twenty. Poor shots add `poor_shift` · their poorness, because people are more alike in
    poor pictures; good shots subtract as much. Recognised unlabelled faces, some perhaps assigned to the wrong person,
    add up to `seen_caution` / (enrolled − 1). For a probe clearly better than the shots, `better_probe` · the
    difference is taken off again, because people are more alike only where both pictures are poor; likewise the effect
    of a ratio above 1.

    With one person enrolled nothing can be estimated. What is added is `alone`, or `watched` where many strangers were
    seen, plus `poor_shift` · how poor the shots are, less how much lower those strangers score than the cohort does.

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
    """What is known of a room before a probe arrives, in units of the cohort's spread.

    `shift` is the mean score between the `enrolled` people, `seen_shift` the mean score against them of the `seen`
    people whose unlabelled faces show nobody enrolled, both relative to the cohort's mean; `spread` is the deviation of
    both kinds of scores, the cohort's being 1. `recognised` is the number of faces that were recognised and count as
    shots. `poorness` is how poor the enrolled pictures are (`ShotQuality`), 0 for the cohort's.
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
        """The number of people the evidence rests on; one alone is no evidence."""
        return self.enrolled + self.seen


@dataclass(frozen=True, slots=True)
class ShotQuality:
    """How poor the enrolled pictures are, in logarithms of embedding lengths.

    `usual` is how short the cohort's embeddings are on average, `shortfall` by how much shorter the shots' are;
    `per_person` is the number of shots per person. An embedding's length before normalisation indicates how good the
    picture is (Meng et al., "MagFace", CVPR 2021), even for networks that were not trained for it.
    """

    usual: float
    shortfall: float
    per_person: float

    @classmethod
    def of(cls, shots: Floats, cohort: Floats, *, n_people: int) -> ShotQuality | None:
        """Compare v (n, r) of shots with v (m, r) of a cohort (`FeatureSpace`); None if r is 0: lengths are unknown."""
        if shots.shape[1] == 0:
            return None
        of_shots, of_cohort = (float(_shortness(faces[:, -1]).mean()) for faces in (shots, cohort))
        return cls(of_cohort, of_shots - of_cohort, len(shots) / n_people)

    @property
    def poorness(self) -> float:
        """The shortfall; if positive, divided by shots per person: what several shots have in common is less poor."""
        return self.shortfall / self.per_person if self.shortfall > 0.0 else self.shortfall

    @property
    def counted(self) -> float:
        """The clipped poorness, above that of the best shots: the most by which a probe can be better."""
        return float(np.clip(self.poorness, -_GOOD, _POOR)) + _GOOD

    def better(self, inverse_lengths: Floats) -> Floats:
        """Return by how much probes are clearly better than the shots, else 0: their last features (m,) → (m,)."""
        both = np.minimum(_shortness(inverse_lengths) - self.usual + _ALIKE, self.shortfall)
        both = np.where(both > 0.0, both / self.per_person, both)
        return np.asarray(np.clip(self.poorness, -_GOOD, _POOR) - np.clip(both, -_GOOD, _POOR), np.float32)


def _shortness(inverse_lengths: Floats) -> Floats:
    return np.asarray(np.log(np.maximum(inverse_lengths, _SHORTEST)), np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class CohortScores:
    """The scores of a cohort of m faces against a gallery's people.

    `best` (m,) are each face's best scores, `others` (m,) its mean scores against everybody else (`mean` where one
    person is enrolled); `mean` and `deviation` are over all pairs.
    """

    best: Floats
    others: Floats
    mean: float
    deviation: float

    @property
    def extreme(self) -> float:
        """The best score that one face in a hundred reaches."""
        return float(np.quantile(self.best, _EXTREME))

    @property
    def usual_others(self) -> float:
        """The mean of `others`."""
        return float(self.others.mean(dtype=np.float64))

    def less_others(self, weight: float) -> Floats:
        """Return the best scores (m,), less `weight` · (a face's mean score against the others − the usual one)."""
        return np.asarray(self.best - weight * (self.others - self.usual_others), np.float32)


@dataclass(frozen=True, slots=True)
class RoomThreshold:
    """How scores are normalised for a room.

    A face's best score is lowered by `weight` · (its mean score against the others − `others`), and a probe's is raised
    by `relief` · how much better it is than the `shots`. The threshold is read off the cohort's scores x after these
    become `ratio` · (x − `mean`) + `mean` + `offset`. `mean` is the cohort's mean score against anybody, `others` that
    against all but each face's best match. `shots` is None if picture quality is unknown.
    """

    ratio: float
    offset: float
    mean: float
    weight: float
    others: float
    relief: float = 0.0
    shots: ShotQuality | None = None

    def of_cohort(self, cohort: CohortScores) -> Floats:
        """Return what the cohort's best scores would be in this room, (m,), to read a threshold off.

        Like probes' scores, they are reduced by a face's scores against the others. Otherwise, where everybody enrolled
        is a child, the cohort's few children alone would set the threshold, for strangers of whom nothing is known.
        """
        best = cohort.less_others(self.weight)
        return np.asarray(self.ratio * (best - self.mean) + self.mean + self.offset, np.float32)

    def excess(self, people_scores: Tensor, features: Tensor) -> Tensor:
        """Return what to subtract from the scores (m, n) of probes (m, p) so that one threshold fits them all: (m,)."""
        n = people_scores.shape[1]
        relief = torch.from_numpy(self.relief_of(features[:, -1].cpu().numpy())).to(people_scores.device)
        if self.weight == 0.0 or n == 1:
            return -relief
        others = (people_scores.sum(1) - people_scores.amax(1)) / (n - 1)
        return self.weight * (others - self.others) - relief

    def relief_of(self, inverse_lengths: Floats) -> Floats:
        """Return what is granted to probes that are better than the shots: their last features (m,) → (m,) ≥ 0."""
        if self.shots is None or self.relief == 0.0:
            return np.zeros(len(inverse_lengths), np.float32)
        return np.asarray(self.relief * self.shots.better(inverse_lengths), np.float32)


@dataclass(frozen=True, slots=True)
class Room:
    """The prior over rooms and the evidence on this one; `shots` is None if pictures' quality is unknown."""

    prior: RoomPrior
    evidence: RoomEvidence
    shots: ShotQuality | None = None

    def threshold(self, cohort: CohortScores) -> RoomThreshold:
        """Return the posterior of Δ and of the spread, in units of a classifier's scores."""
        # In NumPy, because PyTorch is not loaded yet while a window starts.
        values = cast("dict[str, Tensor]", {name: np.float32(value) for name, value in asdict(self.prior).items()})
        known = cast("dict[str, Tensor]", {name: np.float32(value) for name, value in asdict(self.evidence).items()})
        weight, shift, ratio, _left = (float(value) for value in posterior(values, **known))
        of_one = float(
            single_person_margin(
                values, **{name: known[name] for name in ("enrolled", "seen_shift", "seen", "poorness")}
            )
        )
        relief = (1.0 - weight) * self.prior.better_probe * cohort.deviation
        if self.shots is not None and self.shots.counted > 0.0:
            # Scores also spread more where both pictures are poor; those of the best probes only as much as the
            # cohort's.
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
    """Return K, (1 − K) E[Δ], ratio and standard deviation, all of the arguments' shape; differentiable in `prior`.

    Uses only operations that NumPy's numbers support too.

    A probe whose mean score against the others differs from the cohort's by d has the expected shift (1 − K) E[Δ] + K
    d. With one person there are no others. Unlabelled faces are then left out too: some show that person, unknown
    which.
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
    caution = (prior["probe_shift"] + poor_picture_shift(prior, poorness) + of_recognised).clip(min=0.0)
    return weight, (1.0 - weight) * (mean + are_others * caution), ratio.clip(min=0.3), left


def poor_picture_shift(prior: Mapping[str, Tensor], poorness: Tensor) -> Tensor:
    """Return how much higher strangers' scores are expected with poor shots, < 0 with good ones; argument's shape."""
    return prior["poor_shift"] * poorness.clip(min=-_GOOD, max=_POOR)


def single_person_margin(
    prior: Mapping[str, Tensor], *, enrolled: Tensor, seen_shift: Tensor, seen: Tensor, poorness: Tensor
) -> Tensor:
    """Return by how much the threshold rises if one person is enrolled, else zero; of the arguments' shape."""
    margin = prior["alone"] + (prior["watched"] - prior["alone"]) * (seen / _WATCHED).clip(max=1.0)
    poor = poor_picture_shift(prior, poorness.clip(min=0.0))
    return (enrolled < 2) * 1.0 * (margin + strangers_shift(seen_shift=seen_shift, seen=seen) + poor)


def strangers_shift(*, seen_shift: Tensor, seen: Tensor) -> Tensor:
    """Return the expected shift of strangers' scores against a single enrolled person; ≤ 0, of the arguments' shape.

    A positive shift is ignored: it may come from that person's own face, not recognised in a poor picture.
    """
    return seen_shift.clip(max=0.0) * seen / (seen + _SOME_SEEN)


def save_prior(path: Path, prior: RoomPrior, card: Mapping[str, object]) -> None:
    """Write the prior as JSON, with `card` on how it was trained in the same file; a whole file or none.

    Raises:
        KnownError: if it cannot be written.
    """
    content = {**card, "format": _FORMAT, "prior": asdict(prior)}
    write_whole(path, (json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode())


def read_prior(path: Path) -> RoomPrior:
    """Read a prior that `save_prior` wrote.

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
    """Read the prior that ships; None if there is none, in which case thresholds are the cohort's.

    Raises:
        WeightsError: if the file is missing or damaged.
    """
    for entry in store.entries():
        if entry.role == "room":
            return read_prior(store.path(entry.name))
    return None
