from __future__ import annotations

import numpy as np
import pytest

from metaface_gui.metalearning.cohort_fit import CohortFitSettings, fit_mixture
from metaface_gui.metalearning.cohort_sharpening import GALLERIES, SHARPENINGS, SharpeningTrial, try_sharpenings
from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.pipeline.learners import make_learner
from metaface_gui.types import Floats

PICTURES, DIMENSION = 5, 16


def faces(people: int, seed: int, noise: float) -> Floats:
    """Everybody's pictures about a centre drawn from one Gaussian."""
    centres = np.random.default_rng(seed).normal(size=(people, DIMENSION)) * np.linspace(1.5, 0.3, DIMENSION)
    scatter = np.random.default_rng(seed + 1).normal(0.0, noise, (people * PICTURES, DIMENSION))
    points = np.repeat(centres, PICTURES, axis=0) + scatter
    unit: Floats = (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)
    return unit


def test_the_worst_case_counts_too_few_strangers_like_too_many() -> None:
    trial = SharpeningTrial(2.0, {"clean": (0.005, 0.01, 0.01, 0.01), "hard": (0.01, 0.01, 0.013, 0.01)})
    assert trial.worst_ratio == pytest.approx(2.0)
    assert SharpeningTrial(2.0, {"clean": (0.01,) * 4}).worst_ratio == pytest.approx(1.0)
    assert SharpeningTrial(2.0, {"clean": (0.03, 0.01, 0.01, 0.01)}).worst_ratio == pytest.approx(3.0)


def test_every_sharpening_is_tried_on_people_the_mixture_has_not_seen() -> None:
    settings = CohortFitSettings(components=2, steps=3, rank=16)
    mixture = fit_mixture(faces(200, 0, 0.1), np.repeat(np.arange(200), PICTURES), settings)
    validation = {"clean": faces(150, 7, 0.1), "hard": faces(150, 7, 0.4)}
    told: list[tuple[int, int]] = []
    trials = try_sharpenings(
        mixture,
        validation,
        np.repeat(np.arange(150), PICTURES),
        make_learner("stock", FeatureSpace(DIMENSION)),
        settings,
        on_progress=lambda *at: told.append(at),
    )
    assert [trial.sharpening for trial in trials] == list(SHARPENINGS)
    assert all(len(rates) == len(GALLERIES) for trial in trials for rates in trial.achieved.values())
    # Faces drawn from one Gaussian need no sharpening: there the promise holds within a percent.
    assert trials[0].achieved["clean"][0] == pytest.approx(0.01, abs=0.01)
    # The sharper, the nearer samples come to the enrolled, the higher the threshold, the fewer pass.
    assert trials[-1].achieved["clean"][2] < trials[0].achieved["clean"][2]
    assert told[-1] == (len(GALLERIES), len(GALLERIES))
