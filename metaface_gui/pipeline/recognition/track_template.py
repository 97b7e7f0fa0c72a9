"""A face in a video as one probe: the features of its looks, pooled with weights for how good each look is.

Noise, blur and head pose differ from look to look, the person does not: a mean over looks keeps what they have in
common (media pooling: Crosswhite et al., "Template adaptation for face verification and identification", FG 2017;
weights by quality: Yang et al., "Neural aggregation network for video face recognition", CVPR 2017). A tail is linear
in the features, so one pooled vector is a probe for every method at once.

A look that is far less similar to the pool than its looks are to each other is kept apart: it is an outlier, or the
first look at somebody else. If the next look resembles it, the person has changed, and the template starts over with
these two; no earlier evidence is carried over. The limit is relative to this track's own similarity, because two faces
in the dark are as alike as two looks at one face that turns its head in good light.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.pipeline.recognition.merged_picture import MergedPicture
from metaface_gui.types import FaceQuality, Floats, Image, Look, PersonId, TrackTemplate

_USUAL_LENGTH = 10.0
_FARTHEST = 20.0
_TELLING_LENGTH = 7.0
"""Length below which an embedding does not tell people apart: with a good picture of the same person such a look has a
cosine below 0.3 in 84 to 100 of 100 cases, and a median cosine of 0.01 to 0.18, with one of somebody else 0.01 to 0.09
(meta-validation people of LFW and FIW, the office, masks)."""
_MERGED_COUNTS = 2.0
"""How many looks of the same length a merged picture counts as."""


@dataclass(frozen=True, slots=True)
class PoolLimits:
    """Limits of the pool. `most_looks`: how many looks are pooled, the best ones. `half_life_s`: of a look's weight.

    `alike`: prior for the cosine of two looks at one face in a new track, as strong as one look. `apart`: share of a
    track's own similarity below which a look is kept apart (0.3 % of consecutive frames of one face lie below; of faces
    that took another's place 9 in 10). `changed_after`: this many similar looks kept apart mean somebody else.
    `forget_s`: how long a track that is out of sight is kept. `clear`: expected cosine of another look to the pool from
    which merging pictures gains nothing.
    """

    most_looks: int = 24
    half_life_s: float = 3.0
    alike: float = 0.6
    apart: float = 0.6
    changed_after: int = 2
    forget_s: float = 2.0
    clear: float = 0.85


def look_weights(features: Floats, space: FeatureSpace) -> NDArray[np.float64] | None:
    """Return the weights in a pool of looks (n, p), by the lengths of their embeddings: (n,) > 0, without a unit.

    One unit more of length counts e times as much: of powers 0 to 12 and exponentials of 0.3 to 3 units this did best
    on LFW's meta-validation people (TPIR after five looks 83.6 %, fourth power 82.5, equal weights 82.1); similarity to
    the other looks and sharpness added nothing to it. None for an embedder whose features do not hold the lengths.
    """
    lengths = _lengths(features, space)
    return None if lengths is None else np.asarray(np.exp(np.clip(lengths - _USUAL_LENGTH, -_FARTHEST, _FARTHEST)))


def tell_apart(features: Floats, space: FeatureSpace) -> NDArray[np.bool_]:
    """Whether looks (n, p) are good enough to say that they show somebody else: (n,).

    Judged by the lengths of their embeddings; all are, for an embedder whose features do not hold them.
    """
    lengths = _lengths(features, space)
    return np.ones(len(features), np.bool_) if lengths is None else np.asarray(lengths >= _TELLING_LENGTH)


def _lengths(features: Floats, space: FeatureSpace) -> NDArray[np.float64] | None:
    if space.projection_dim == 0:
        return None
    return np.asarray(1.0 / np.clip(features[:, -1].astype(np.float64), 1e-6, None))


def look_weight(features: Floats, quality: FaceQuality, space: FeatureSpace) -> float:
    """Return the weight of one look (p,), > 0: by its features if they tell, else by its picture's quality."""
    weights = look_weights(features[None], space)
    return float(0.25 + 0.75 * quality.score if weights is None else weights[0])


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """Several looks pooled into one vector.

    `features` is (p,) float32, the first d of length 1; `likeness` the mean cosine of two of the looks; `effective` how
    many looks of equal weight they are worth, 1 … n (Kish, "Survey sampling", 1965); `expected` the mean cosine to the
    pool of one more look at the same face.
    """

    features: Floats
    likeness: float
    effective: float
    expected: float

    @classmethod
    def of(cls, features: Floats, weights: NDArray[np.float64], space: FeatureSpace, *, alike: float = 0.6) -> Pool:
        """Pool looks (n, p), n ≥ 1, by weights (n,) > 0; neither their order nor the weights' unit matters.

        `alike` is the prior for the cosine of two looks, as strong as one more look.
        """
        shares = weights / weights.sum()
        mean = shares @ features.astype(np.float64)
        length = max(float(np.linalg.norm(mean[: space.embedding_dim])), 1e-12)
        effective = 1.0 / float(shares @ shares)
        # The mean of n looks with a mutual cosine r has the length R with R² = r + (1 − r) / n.
        likeness = (length**2 * effective - 1.0 + alike) / effective
        return cls(np.asarray(mean / length, np.float32), likeness, effective, likeness / length)


def is_merging_time(looks: int) -> bool:
    """Whether a merged picture is embedded after this many looks: three, five, nine, then every eight."""
    return looks in {3, 5} or (looks > 8 and looks % 8 == 1)


def wants_merging(template: TrackTemplate, limits: PoolLimits | None = None) -> bool:
    """Whether a track's merged picture is worth embedding now: its looks differ, and the newest is in the pool."""
    return (
        is_merging_time(template.taken)
        and len(template.looks) > 2
        and template.expected < (limits or PoolLimits()).clear
        and not _is_apart(template)
    )


def _is_apart(template: TrackTemplate) -> bool:
    """Whether the newest look was kept out of the pool."""
    return bool(template.apart) and template.apart[-1].number == template.taken


class TrackTemplates:
    """The template of each track; belongs to one thread."""

    def __init__(self, space: FeatureSpace, limits: PoolLimits | None = None) -> None:
        self._space = space
        self._limits = limits or PoolLimits()
        self._templates: dict[int, TrackTemplate] = {}
        self._pictures: dict[int, MergedPicture] = {}
        self._due: list[int] = []
        self._swept_s: float | None = None
        self._sighted_s: dict[int, float] = {}
        """For each track with a template, when its face was last in sight, embedded or not."""
        self._denied: dict[int, dict[PersonId, int]] = {}
        """For each track the people whom its face is not, with the template generation for which the user said so."""
        self._first_generation = 0

    def reset(self) -> None:
        """Forget all looks, but not the denials: the tracks show the same faces."""
        self._templates.clear()
        self._sighted_s.clear()
        self._pictures.clear()
        self._due.clear()

    def start_over(self) -> None:
        """Forget all looks and let the denials lapse: the same tracks will show other faces."""
        self._first_generation = 1 + max(
            (template.generation for template in self._templates.values()), default=self._first_generation
        )
        self.reset()

    def set_denied(self, denied: Mapping[int, frozenset[PersonId]]) -> tuple[int, ...]:
        """Set the people whom each track's face is not, whatever it looks like, until somebody else is shown.

        All other tracks may be anybody. Returns the tracks for which this changed.
        """
        before = {key: frozenset(people) for key, people in self._denied.items()}
        changed = [key for key in {*before, *denied} if before.get(key, frozenset()) != denied.get(key, frozenset())]
        for key in changed:
            template = self._templates.get(key)
            generation = self._first_generation if template is None else template.generation
            said = self._denied.pop(key, {})
            self._denied[key] = {person: said.get(person, generation) for person in denied.get(key, frozenset())}
            if template is not None:
                self._templates[key] = self._denying(key, template)
        self._denied = {key: people for key, people in self._denied.items() if people}
        return tuple(changed)

    def _denying(self, track_id: int, template: TrackTemplate) -> TrackTemplate:
        said = self._denied.get(track_id, {}).items()
        return replace(template, denied=frozenset(who for who, generation in said if generation == template.generation))

    def still_in_sight(self, track_id: int, time_s: float) -> None:
        """Keep a track's template although its face was not embedded at `time_s`; no effect if it has none."""
        if track_id in self._templates:
            self._sighted_s[track_id] = time_s

    def current(self, track_id: int) -> TrackTemplate | None:
        """Return a track's template; None if it was never seen, or all was forgotten."""
        return self._templates.get(track_id)

    def add(
        self,
        track_id: int,
        features: Floats,
        quality: FaceQuality,
        time_s: float,
        picture_rgb: Image,
        *,
        crop_rgb: Image | None = None,
    ) -> TrackTemplate:
        """Add a look at a track's face, features (p,), and return the new template.

        `picture_rgb` is for display; `crop_rgb` is the picture that was embedded, if it may be merged with others.
        """
        self._forget(time_s)
        former = self._templates.get(track_id)
        number = 1 if former is None else former.taken + 1
        # A copy, because a view of one row would keep the features of the whole frame alive.
        look = Look(features.copy(), look_weight(features, quality, self._space), quality, time_s, number, picture_rgb)
        if former is None:
            made = self._pooled((look,), time_s, generation=self._first_generation)
        else:
            made = self._with(former, look)
        self._templates[track_id] = made = self._denying(track_id, replace(made, taken=number))
        self._sighted_s[track_id] = time_s
        if crop_rgb is not None and self._space.projection_dim:
            self._merge(track_id, crop_rgb, made, is_new=former is None or former.generation != made.generation)
        return made

    def _merge(self, track_id: int, crop_rgb: Image, template: TrackTemplate, *, is_new: bool) -> None:
        if is_new or track_id not in self._pictures:
            self._pictures[track_id] = MergedPicture(crop_rgb)
        elif template.expected < self._limits.clear and not _is_apart(template):
            self._pictures[track_id].add(crop_rgb)
        if wants_merging(template, self._limits):
            self._due.append(track_id)

    def merged_pictures(self) -> dict[int, Image]:
        """Return the merged pictures to embed now, by track, each only once; `add_merged` takes their features."""
        due = {track_id: self._pictures[track_id].picture() for track_id in self._due if track_id in self._pictures}
        self._due.clear()
        return due

    def add_merged(self, track_id: int, features: Floats) -> TrackTemplate:
        """Add a look, features (p,), at a track's merged picture, and return the new template.

        Raises:
            KeyError: if the track is unknown.
        """
        former = self._templates[track_id]
        newest = former.looks[-1]
        weight = _MERGED_COUNTS * look_weight(features, newest.quality, self._space)
        merged = replace(newest, features=features.copy(), weight=weight)
        made = self._pooled(former.looks, former.seen_s, generation=former.generation, merged=merged)
        self._templates[track_id] = made = replace(made, apart=former.apart, taken=former.taken, denied=former.denied)
        return made

    def _with(self, former: TrackTemplate, look: Look) -> TrackTemplate:
        limits = self._limits
        if self._is_like(look, former):
            looks = (*former.looks, look)
            return self._pooled(looks, look.time_s, generation=former.generation, merged=former.merged)
        apart = (*former.apart, look)[-limits.changed_after :]
        are_telling = tell_apart(np.stack([each.features for each in apart]), self._space).all()
        if len(apart) == limits.changed_after and are_telling:
            others = self._pooled(apart[:-1], look.time_s, generation=former.generation + 1)
            if self._is_like(look, others):
                return self._pooled(apart, look.time_s, generation=former.generation + 1)
        return replace(former, apart=apart)

    def _is_like(self, look: Look, template: TrackTemplate) -> bool:
        d = self._space.embedding_dim
        return float(look.features[:d] @ template.features[:d]) >= self._limits.apart * template.expected

    def _pooled(
        self, looks: tuple[Look, ...], time_s: float, *, generation: int = 0, merged: Look | None = None
    ) -> TrackTemplate:
        weights = np.asarray([self._faded(look, time_s) for look in looks])
        if len(looks) > self._limits.most_looks:
            least = int(weights.argmin())
            looks, weights = looks[:least] + looks[least + 1 :], np.delete(weights, least)
        seen = np.stack([look.features for look in looks])
        pool = probe = Pool.of(seen, weights, self._space, alike=self._limits.alike)
        if merged is not None:
            shares = np.append(weights, self._faded(merged, time_s))
            probe = Pool.of(np.concatenate([seen, merged.features[None]]), shares, self._space)
        return TrackTemplate(
            looks=looks,
            features=probe.features,
            shares=tuple((weights / weights.sum()).tolist()),
            effective=pool.effective,
            expected=pool.expected,
            generation=generation,
            merged=merged,
        )

    def _faded(self, look: Look, time_s: float) -> float:
        age_s = max(0.0, time_s - look.time_s)
        return look.weight * float(np.exp2(-age_s / self._limits.half_life_s))

    def _forget(self, time_s: float) -> None:
        if time_s == self._swept_s:
            return  # already done for another face of this frame
        self._swept_s = time_s
        limit = self._limits.forget_s
        for key in [key for key, sighted_s in self._sighted_s.items() if abs(time_s - sighted_s) > limit]:
            del self._sighted_s[key], self._templates[key]
            self._pictures.pop(key, None)
