from __future__ import annotations

import pickle

import pytest
import torch

from metaface_gui.engine.assembly import adapt
from metaface_gui.pipeline.learners import LEARNERS
from tests.engine.synthetic import faces_of, learning_assets, people_of


@pytest.mark.parametrize("learner", LEARNERS)
def test_a_classifier_that_is_handed_to_another_process_decides_the_same(learner: str) -> None:
    classifier = adapt(learner, people_of([2, 3]), learning_assets(), fpir=0.01).classifier
    handed_over = pickle.loads(pickle.dumps(classifier))
    faces = torch.from_numpy(faces_of(1, 8, seed=5, spread=0.3))
    decisions = classifier.identify(faces)
    assert handed_over.identify(faces) == decisions
    assert len({decision.score for decision in decisions}) > 1
