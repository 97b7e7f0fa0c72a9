"""What every learner of the registry must keep. A new method is tested here by being registered."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import Tensor
from torch.nn.functional import normalize

from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.pipeline.learners import ALL_LEARNERS, LEARNERS, make_learner
from metaface_gui.pipeline.learners.base import AdaptStep, MetaLearner, SupportSet

DIMENSION = 128
SPACE = FeatureSpace(DIMENSION)


@pytest.fixture(params=sorted(ALL_LEARNERS))
def learner(request: pytest.FixtureRequest) -> MetaLearner:
    return make_learner(request.param, SPACE)


def people(shots: list[int], seed: int = 0) -> SupportSet:
    """A gallery in which person i has `shots[i]` shots scattered about a random direction."""
    random = torch.Generator().manual_seed(seed)
    labels = torch.arange(len(shots)).repeat_interleave(torch.tensor(shots))
    centres = normalize(torch.randn(len(shots), DIMENSION, generator=random))
    noise = torch.randn(len(labels), DIMENSION, generator=random) * 0.05
    return SupportSet(normalize(centres[labels] + noise), labels, len(shots))


def probes(n: int = 7, seed: int = 9) -> Tensor:
    return normalize(torch.randn(n, DIMENSION, generator=torch.Generator().manual_seed(seed)))


def test_registry_names_each_learner_by_its_own_key() -> None:
    assert all(key == learner.key for key, learner in ALL_LEARNERS.items())
    assert set(LEARNERS) == set(ALL_LEARNERS) - {"stock"}
    assert all(learner.title and learner.citation for learner in ALL_LEARNERS.values())


def test_unknown_key_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="prototypical"):
        make_learner("nonsense", SPACE)


@pytest.mark.parametrize("shots", [[1], [5], [1, 1], [1, 50, 7, 2], [3] * 20], ids=str)
def test_scores_are_finite_and_name_the_people_of_the_support(learner: MetaLearner, shots: list[int]) -> None:
    support = people(shots)
    classifier = learner.adapt(support)
    scores = classifier.scores(support.features)
    assert classifier.n_way == len(shots)
    assert scores.shape == (len(support.labels), len(shots))
    assert scores.dtype == torch.float32
    assert scores.isfinite().all()
    assert (scores.argmax(1) == support.labels).float().mean() >= 0.95


def test_no_faces_give_no_scores(learner: MetaLearner) -> None:
    assert learner.adapt(people([2, 3])).scores(torch.zeros(0, DIMENSION)).shape == (0, 2)


def test_a_face_of_somebody_scores_above_a_stranger_with_one_person_enrolled(learner: MetaLearner) -> None:
    support = people([3])
    classifier = learner.adapt(support)
    assert classifier.scores(support.features).min() > classifier.scores(probes(50)).max()


def test_the_order_of_the_shots_does_not_matter(learner: MetaLearner) -> None:
    support = people([1, 6, 3, 10])
    order = torch.randperm(len(support.labels), generator=torch.Generator().manual_seed(3))
    shuffled = SupportSet(support.features[order], support.labels[order], support.n_way)
    torch.testing.assert_close(
        learner.adapt(support).scores(probes()), learner.adapt(shuffled).scores(probes()), rtol=1e-4, atol=1e-4
    )


def test_the_numbering_of_the_people_does_not_matter(learner: MetaLearner) -> None:
    support = people([2, 5, 1])
    swapped = SupportSet(support.features, torch.tensor([2, 0, 1])[support.labels], 3)
    torch.testing.assert_close(
        learner.adapt(support).scores(probes()),
        learner.adapt(swapped).scores(probes())[:, [2, 0, 1]],
        rtol=1e-4,
        atol=1e-4,
    )


def test_a_thousand_people(learner: MetaLearner) -> None:
    support = people([2] * 1000)
    scores = learner.adapt(support).scores(support.features[::2])
    assert scores.shape == (1000, 1000)
    assert (scores.argmax(1) == torch.arange(1000)).all()


def test_adapting_twice_gives_the_same_bits(learner: MetaLearner) -> None:
    support = people([4, 2, 9])
    assert torch.equal(learner.adapt(support).scores(probes()), learner.adapt(support).scores(probes()))


def test_adapt_changes_neither_learner_nor_support(learner: MetaLearner) -> None:
    first, second = people([3, 3]), people([1, 8, 2], seed=5)
    untouched, features = copy.deepcopy(learner), first.features.clone()
    learner.adapt(first)
    learner.adapt(second)
    assert torch.equal(learner.adapt(first).scores(probes()), untouched.adapt(first).scores(probes()))
    assert torch.equal(first.features, features)


def test_scores_change_neither_classifier_nor_faces(learner: MetaLearner) -> None:
    classifier, faces = learner.adapt(people([3, 1])), probes()
    kept, before = faces.clone(), classifier.scores(faces)
    classifier.scores(probes(100, seed=4))
    assert torch.equal(classifier.scores(faces), before)
    assert torch.equal(faces, kept)


def test_a_face_scores_the_same_alone_and_in_company(learner: MetaLearner) -> None:
    classifier, faces = learner.adapt(people([2, 2, 4])), probes(16)
    alone = torch.cat([classifier.scores(face[None]) for face in faces])
    torch.testing.assert_close(alone, classifier.scores(faces), rtol=1e-4, atol=1e-5)


def test_steps_are_told_in_order_and_end_at_the_last(learner: MetaLearner) -> None:
    told: list[AdaptStep] = []
    learner.adapt(people([3, 2]), on_step=told.append)
    assert [step.step for step in told] == list(range(1, told[-1].steps + 1))
    assert all(0.0 <= step.accuracy <= 1.0 for step in told)


@pytest.mark.parametrize(
    ("features", "labels", "n_way"),
    [
        (torch.zeros(2, 4), torch.tensor([0, 2]), 2),
        (torch.zeros(2, 4), torch.tensor([0, 0]), 2),
        (torch.zeros(0, 4), torch.zeros(0, dtype=torch.int64), 0),
        (torch.zeros(2, 4), torch.tensor([0]), 1),
        (torch.full((1, 4), float("nan")), torch.tensor([0]), 1),
    ],
    ids=["label beyond n_way", "way without shot", "nobody", "labels missing", "not a number"],
)
def test_a_support_set_that_makes_no_sense_is_refused(features: Tensor, labels: Tensor, n_way: int) -> None:
    with pytest.raises(ValueError, match=r".+"):
        SupportSet(features, labels, n_way)
