"""How much to sharpen a cohort generator's Gaussians, by two-fold cross-fitting among the meta-training people.

A generator fitted to one half of the people promises an FPIR of 1 % to galleries of the other half; what the rest of
that half then gets through is what γ is judged by. Meta-test people have no part in it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from metaface_gui.metalearning.cohort_fit import CohortFitSettings, Mixture, fit_mixture
from metaface_gui.pipeline.learners.base import MetaLearner, SupportSet
from metaface_gui.pipeline.recognition.calibration import StrangerScores
from metaface_gui.types import Floats

PROMISED = 0.01
SHARPENINGS = (1.0, 1.5, 2.0, 2.5, 3.0, 3.5)
GALLERIES = (1, 5, 20, 100)
"""People enrolled, with up to five shots each."""
_SHOTS = 5
_REPEATS = {1: 100, 5: 40, 20: 20, 100: 8}
_SAMPLES = 10_000


@dataclass(frozen=True, slots=True)
class CrossFit:
    """FPIR that each γ achieved where 1 % was promised, for as many people enrolled as `GALLERIES` says."""

    achieved: dict[float, tuple[float, ...]]

    @property
    def best(self) -> float:
        """The γ whose worst gallery is nearest to the promise, as a ratio."""

        def worst(sharpening: float) -> float:
            ratios = np.maximum(np.asarray(self.achieved[sharpening]), 1e-6) / PROMISED
            return float(np.abs(np.log(ratios)).max())

        return min(self.achieved, key=worst)


def cross_fit(
    features: Floats,
    person: NDArray[np.int64],
    learner: MetaLearner,
    settings: CohortFitSettings,
    *,
    on_progress: Callable[[int, int], None],
) -> CrossFit:
    """Try every γ of `SHARPENINGS` on (n, p) clean features of the people numbered by `person`.

    `learner` is what scores; the settings' own γ is not used. Deterministic by the settings' seed.

    Raises:
        ValueError: as `fit_mixture`, which gets half of the people.
    """
    random = np.random.default_rng(settings.seed)
    people = random.permutation(np.unique(person))
    halves = np.isin(person, people[: len(people) // 2])
    achieved: dict[float, list[list[float]]] = {sharpening: [[] for _ in GALLERIES] for sharpening in SHARPENINGS}
    for done, fitted_to in enumerate((halves, ~halves)):
        mixture = fit_mixture(
            features[fitted_to], person[fitted_to], settings, embedding_dim=learner.space.embedding_dim
        )
        cohorts = {sharpening: _sample(mixture, sharpening, settings) for sharpening in SHARPENINGS}
        others = features[~fitted_to], person[~fitted_to]
        for column, size in enumerate(GALLERIES):
            for _ in range(_REPEATS[size]):
                support, strangers = _episode(*others, size, random)
                classifier = learner.adapt(support)
                best = classifier.scores(strangers).amax(1).numpy()
                for sharpening, cohort in cohorts.items():
                    threshold = StrangerScores.of(classifier.scores(cohort).numpy()).threshold(PROMISED)
                    achieved[sharpening][column].append(float((best >= threshold).mean()))
            on_progress(done * len(GALLERIES) + column + 1, 2 * len(GALLERIES))
    return CrossFit({s: tuple(float(np.mean(rates)) for rates in columns) for s, columns in achieved.items()})


def _sample(mixture: Mixture, sharpening: float, settings: CohortFitSettings) -> Tensor:
    dimension = {"embedding_dim": str(mixture.embedding_dim)}
    return torch.from_numpy(mixture.generator(sharpening, settings.rank, dimension).sample(_SAMPLES, settings.seed))


def _episode(
    features: Floats, person: NDArray[np.int64], size: int, random: np.random.Generator
) -> tuple[SupportSet, Tensor]:
    """Enrol `size` of the people, at most half, who have many pictures; one picture of each other is a stranger."""
    names, counts = np.unique(person, return_counts=True)
    size = min(size, len(names) // 2)
    enough = names[counts >= min(_SHOTS, int(np.sort(counts)[-size]))]
    enrolled = random.choice(enough, size, replace=False)
    shots = [random.permutation(np.flatnonzero(person == name))[:_SHOTS] for name in enrolled]
    labels = np.repeat(np.arange(len(shots)), [len(of_one) for of_one in shots])
    support = SupportSet(torch.from_numpy(features[np.concatenate(shots)]), torch.from_numpy(labels), len(shots))
    others = np.setdiff1d(names, enrolled)
    firsts = np.asarray([random.choice(np.flatnonzero(person == name)) for name in others])
    return support, torch.from_numpy(features[firsts])
