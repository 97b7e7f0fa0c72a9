from __future__ import annotations

import numpy as np
import pytest

from metaface_gui.metalearning.cohort_fit import CohortFitSettings
from metaface_gui.metalearning.cohort_sharpening import GALLERIES, SHARPENINGS, CrossFit, cross_fit
from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.pipeline.learners import make_learner

PEOPLE, PICTURES, DIMENSION = 400, 5, 16


def test_the_sharpening_whose_worst_gallery_is_nearest_to_the_promise_is_best() -> None:
    crossed = CrossFit(
        {1.0: (0.01, 0.01, 0.01, 0.03), 2.0: (0.008, 0.012, 0.01, 0.015), 3.0: (0.001, 0.01, 0.01, 0.01)}
    )
    assert crossed.best == 2.0


def test_half_of_the_people_promise_to_the_other_half() -> None:
    random = np.random.default_rng(0)
    people = random.normal(size=(PEOPLE, DIMENSION)) * np.linspace(1.5, 0.3, DIMENSION)
    points = np.repeat(people, PICTURES, axis=0) + random.normal(0, 0.1, (PEOPLE * PICTURES, DIMENSION))
    features = (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)
    told: list[tuple[int, int]] = []
    settings = CohortFitSettings(components=2, steps=3, rank=16)
    person = np.repeat(np.arange(PEOPLE), PICTURES)
    learner = make_learner("stock", FeatureSpace(DIMENSION))
    crossed = cross_fit(features, person, learner, settings, on_progress=lambda *at: told.append(at))
    assert set(crossed.achieved) == set(SHARPENINGS)
    assert all(len(rates) == len(GALLERIES) for rates in crossed.achieved.values())
    # Faces drawn from one Gaussian need no sharpening: there the promise holds for one person within a factor of two.
    assert crossed.achieved[1.0][0] == pytest.approx(0.01, abs=0.01)
    # The sharper, the nearer samples come to the enrolled, the higher the threshold, the fewer pass.
    assert crossed.achieved[3.5][2] < crossed.achieved[1.0][2]
    assert told[-1] == (2 * len(GALLERIES), 2 * len(GALLERIES))
