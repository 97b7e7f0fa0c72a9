"""How much to sharpen a cohort generator's Gaussians: by what real strangers then get through.

The generator is fitted to the meta-training people; each γ promises an FPIR of 1 % to galleries of meta-validation
people, and what the others of them get through, seen clearly and seen badly, is what it is evaluated by. A promise has
to hold by day and by night with one threshold, so the γ is taken whose worst case is nearest to it, as a ratio.
Meta-test people have no part in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from metaface_gui.metalearning.cohort_fit import CohortFitSettings, Mixture
from metaface_gui.pipeline.learners.base import MetaLearner, SupportSet
from metaface_gui.pipeline.recognition.calibration import StrangerScores
from metaface_gui.types import Floats

PROMISED = 0.01
SHARPENINGS = (1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0)
GALLERIES = (1, 5, 20, 100)
"""People enrolled, with up to five shots each."""
_SHOTS = 5
_REPEATS = {1: 200, 5: 80, 20: 40, 100: 16}
_SAMPLES = 10_000


@dataclass(frozen=True, slots=True)
class SharpeningTrial:
    """FPIR that a γ achieved where 1 % was promised: by condition, for as many people enrolled as `GALLERIES` says."""

    sharpening: float
    achieved: Mapping[str, tuple[float, ...]]

    @property
    def worst_ratio(self) -> float:
        """How many times too many, or too few, strangers got through in the worst case: ≥ 1."""
        rates = np.asarray(list(self.achieved.values()))
        return float(np.exp(np.abs(np.log(np.maximum(rates, 1e-6) / PROMISED)).max()))


def try_sharpenings(
    mixture: Mixture,
    validation: Mapping[str, Floats],
    person: NDArray[np.int64],
    learner: MetaLearner,
    settings: CohortFitSettings,
    *,
    on_progress: Callable[[int, int], None],
) -> tuple[SharpeningTrial, ...]:
    """Try every γ of `SHARPENINGS`; deterministic by the settings' seed.

    `validation` holds the features (n, p) of the same faces under some conditions, the first of them the one to enrol
    from; `person` (n,) numbers their people. `learner` is what scores. The settings' own γ is not used.
    """
    random = np.random.default_rng(settings.seed)
    conditions = {name: torch.from_numpy(features) for name, features in validation.items()}
    cohorts = {
        s: torch.from_numpy(mixture.generator(s, settings.rank, {}).sample(_SAMPLES, settings.seed))
        for s in SHARPENINGS
    }
    achieved: dict[float, dict[str, list[list[float]]]] = {
        s: {name: [[] for _ in GALLERIES] for name in conditions} for s in SHARPENINGS
    }
    enrolled_from = next(iter(conditions.values()))
    for column, size in enumerate(GALLERIES):
        for _ in range(_REPEATS[size]):
            support, strangers = _episode(enrolled_from, person, size, random)
            classifier = learner.adapt(support)
            best = {name: classifier.scores(f[strangers]).amax(1).numpy() for name, f in conditions.items()}
            for sharpening, cohort in cohorts.items():
                threshold = StrangerScores.of(classifier.scores(cohort).numpy()).threshold(PROMISED)
                for name, scores in best.items():
                    achieved[sharpening][name][column].append(float((scores >= threshold).mean()))
        on_progress(column + 1, len(GALLERIES))
    return tuple(
        SharpeningTrial(s, {name: tuple(float(np.mean(r)) for r in columns) for name, columns in by_name.items()})
        for s, by_name in achieved.items()
    )


def _episode(
    features: Tensor, person: NDArray[np.int64], size: int, random: np.random.Generator
) -> tuple[SupportSet, Tensor]:
    """Enrol `size` of the people, at most half, who have many pictures; one face of each other is a stranger's (m,)."""
    names, counts = np.unique(person, return_counts=True)
    size = min(size, len(names) // 2)
    enough = names[counts >= min(_SHOTS, int(np.sort(counts)[-size]))]
    enrolled = random.choice(enough, size, replace=False)
    shots = [random.permutation(np.flatnonzero(person == name))[:_SHOTS] for name in enrolled]
    labels = np.repeat(np.arange(len(shots)), [len(of_one) for of_one in shots])
    support = SupportSet(features[np.concatenate(shots)], torch.from_numpy(labels), len(shots))
    others = np.setdiff1d(names, enrolled)
    return support, torch.from_numpy(np.asarray([random.choice(np.flatnonzero(person == name)) for name in others]))
