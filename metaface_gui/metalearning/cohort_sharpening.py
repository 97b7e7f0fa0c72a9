"""Chooses how much to sharpen a cohort generator's Gaussians, by the FPIR that real strangers then have.

The generator is fitted to the meta-training people. For each γ, thresholds with a promised FPIR of 1 % are set for
galleries of meta-validation people, and the remaining ones, seen clearly and degraded, measure the achieved FPIR. One
threshold must hold by day and by night, so the γ is chosen whose worst case is closest to the promise, as a ratio.
Meta-test people are not involved.
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
"""Numbers of enrolled people, each with up to five shots."""
_SHOTS = 5
_REPEATS = {1: 200, 5: 80, 20: 40, 100: 16}
_SAMPLES = 10_000


@dataclass(frozen=True, slots=True)
class SharpeningTrial:
    """FPIR achieved with a γ when 1 % was promised: by condition, one value per gallery size in `GALLERIES`."""

    sharpening: float
    achieved: Mapping[str, tuple[float, ...]]

    @property
    def worst_ratio(self) -> float:
        """Ratio between achieved and promised FPIR (or its inverse) in the worst case: ≥ 1."""
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
    """Try every γ of `SHARPENINGS`; deterministic given the settings' seed.

    `validation` holds features (n, p) of the same faces under several conditions; people are enrolled from the first.
    `person` (n,) numbers their people. `learner` computes the scores. The settings' own γ is not used.
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
    """Enrol `size` people (at most half) with many pictures; one face of everyone else is a stranger's (m,)."""
    names, counts = np.unique(person, return_counts=True)
    size = min(size, len(names) // 2)
    enough = names[counts >= min(_SHOTS, int(np.sort(counts)[-size]))]
    enrolled = random.choice(enough, size, replace=False)
    shots = [random.permutation(np.flatnonzero(person == name))[:_SHOTS] for name in enrolled]
    labels = np.repeat(np.arange(len(shots)), [len(of_one) for of_one in shots])
    support = SupportSet(features[np.concatenate(shots)], torch.from_numpy(labels), len(shots))
    others = np.setdiff1d(names, enrolled)
    return support, torch.from_numpy(np.asarray([random.choice(np.flatnonzero(person == name)) for name in others]))
