"""A face in a video as one probe: the features of its looks, pooled by how good each look is.

Noise, blur and a turned head differ from look to look, the person does not: a mean over looks keeps what they have in
common (media pooling: Crosswhite et al., "Template adaptation for face verification and identification", FG 2017;
weights by quality: Yang et al., "Neural aggregation network for video face recognition", CVPR 2017). Features are
linear in what a tail makes of them, so that one pooled vector is a probe for every method at once.

A look that is far less like the others than they are like each other is kept apart: an outlier, or the first of
somebody else. When the next one is like it, the person has changed, and the template starts over with those: no
evidence is carried over. What counts is how alike this very track's looks are: two faces in the dark are as like each
other as two looks of one face in good light that turned its head.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.types import FaceQuality, Floats, Image, Look, PersonId, TrackTemplate

_USUAL_LENGTH = 10.0
_FARTHEST = 20.0


@dataclass(frozen=True, slots=True)
class PoolLimits:
    """`most_looks`: so many are pooled at most, the best ones. `half_life_s`: how fast a look's weight fades.

    `alike`: cosine of two looks of one face that a new track is believed to have, as firmly as one look would say it.
    `apart`: share of a track's own likeness below which a look is kept apart (of consecutive frames of one face 0.3 %
    lie below; of a face that took another's place 9 in 10). `changed_after`: so many looks that are kept apart and are
    alike are somebody else. `forget_s`: how long a track that is out of sight is kept.
    """

    most_looks: int = 24
    half_life_s: float = 3.0
    alike: float = 0.6
    apart: float = 0.6
    changed_after: int = 2
    forget_s: float = 2.0


def look_weights(features: Floats, space: FeatureSpace) -> NDArray[np.float64] | None:
    """How much looks (n, p) count in a pool by the lengths that their embeddings had: (n,) > 0, of no unit.

    A unit of length more counts e times as much: of powers 0 to 12 and exponentials of 0.3 to 3 units this did best on
    LFW's meta-validation people (TPIR after five looks 83.6 %, fourth power 82.5, equal weights 82.1); how alike the
    other looks are and sharpness added nothing to it. None for an embedder whose features do not tell.
    """
    if space.projection_dim == 0:
        return None
    lengths = 1.0 / np.clip(features[:, -1].astype(np.float64), 1e-6, None)
    return np.asarray(np.exp(np.clip(lengths - _USUAL_LENGTH, -_FARTHEST, _FARTHEST)))


def look_weight(features: Floats, quality: FaceQuality, space: FeatureSpace) -> float:
    """How much one look (p,) counts, > 0: by its features, or else by its picture's quality."""
    weights = look_weights(features[None], space)
    return float(0.25 + 0.75 * quality.score if weights is None else weights[0])


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """Looks as one: `features` (p,) float32, the first d of length 1; `likeness`, the cosine that two of the looks have
    on average; `effective`, how many looks of equal weight they are worth, 1 … n (Kish, "Survey sampling", 1965).

    `expected` is the cosine to the pool that another look of the same face has on average.
    """

    features: Floats
    likeness: float
    effective: float
    expected: float

    @classmethod
    def of(cls, features: Floats, weights: NDArray[np.float64], space: FeatureSpace, *, alike: float = 0.6) -> Pool:
        """Pool looks (n, p), n ≥ 1, by weights (n,) > 0: their order does not matter, nor the weights' unit.

        Two looks' likeness is believed to be `alike` as firmly as one look more than the first would say it.
        """
        shares = weights / weights.sum()
        mean = shares @ features.astype(np.float64)
        length = max(float(np.linalg.norm(mean[: space.embedding_dim])), 1e-12)
        effective = 1.0 / float(shares @ shares)
        # Of n looks with a mutual cosine r the mean has the length R with R² = r + (1 − r) / n.
        likeness = (length**2 * effective - 1.0 + alike) / effective
        return cls(np.asarray(mean / length, np.float32), likeness, effective, likeness / length)


class TrackTemplates:
    """One template per track; belongs to one thread."""

    def __init__(self, space: FeatureSpace, limits: PoolLimits | None = None) -> None:
        self._space = space
        self._limits = limits or PoolLimits()
        self._templates: dict[int, TrackTemplate] = {}
        self._denied: dict[int, dict[PersonId, int]] = {}
        """By track whom its face is not, and of which generation that was said."""
        self._first_generation = 0

    def reset(self) -> None:
        """Forget all looks; the faces are the same."""
        self._templates.clear()

    def begin_anew(self) -> None:
        """Forget all looks: tracks go on with other faces, of which nothing was said."""
        self._first_generation = 1 + max(
            (template.generation for template in self._templates.values()), default=self._first_generation
        )
        self._templates.clear()

    def set_denied(self, denied: Mapping[int, frozenset[PersonId]]) -> tuple[int, ...]:
        """Say by track whom its face is not, whatever it looks like, until somebody else is shown; all others may be
        anybody. Returns the tracks of which that changed."""
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

    def current(self, track_id: int) -> TrackTemplate | None:
        """A track's template as it is; None if nothing was ever seen of it, or all was forgotten."""
        return self._templates.get(track_id)

    def add(
        self, track_id: int, features: Floats, quality: FaceQuality, time_s: float, picture_rgb: Image
    ) -> TrackTemplate:
        """Take a look at a track's face, features (p,), and return its template now."""
        self._forget(time_s)
        former = self._templates.get(track_id)
        number = 1 if former is None else former.taken + 1
        # A copy: a row would keep all features of its frame.
        look = Look(features.copy(), look_weight(features, quality, self._space), quality, time_s, number, picture_rgb)
        if former is None:
            made = self._pooled((look,), time_s, generation=self._first_generation)
        else:
            made = self._with(former, look)
        self._templates[track_id] = made = self._denying(track_id, replace(made, taken=number))
        return made

    def _with(self, former: TrackTemplate, look: Look) -> TrackTemplate:
        limits = self._limits
        if self._is_like(look, former):
            return self._pooled((*former.looks, look), look.time_s, generation=former.generation)
        apart = (*former.apart, look)[-limits.changed_after :]
        if len(apart) == limits.changed_after:
            others = self._pooled(apart[:-1], look.time_s, generation=former.generation + 1)
            if self._is_like(look, others):
                return self._pooled(apart, look.time_s, generation=former.generation + 1)
        return replace(former, apart=apart)

    def _is_like(self, look: Look, template: TrackTemplate) -> bool:
        d = self._space.embedding_dim
        return float(look.features[:d] @ template.features[:d]) >= self._limits.apart * template.expected

    def _pooled(self, looks: tuple[Look, ...], time_s: float, generation: int = 0) -> TrackTemplate:
        weights = np.asarray([self._faded(look, time_s) for look in looks])
        if len(looks) > self._limits.most_looks:
            least = int(weights.argmin())
            looks, weights = looks[:least] + looks[least + 1 :], np.delete(weights, least)
        pool = Pool.of(np.stack([look.features for look in looks]), weights, self._space, alike=self._limits.alike)
        return TrackTemplate(
            looks=looks,
            features=pool.features,
            shares=tuple((weights / weights.sum()).tolist()),
            effective=pool.effective,
            expected=pool.expected,
            generation=generation,
        )

    def _faded(self, look: Look, time_s: float) -> float:
        age_s = max(0.0, time_s - look.time_s)
        return look.weight * float(np.exp2(-age_s / self._limits.half_life_s))

    def _forget(self, time_s: float) -> None:
        limit = self._limits.forget_s
        self._templates = {
            key: template for key, template in self._templates.items() if abs(time_s - template.seen_s) <= limit
        }
