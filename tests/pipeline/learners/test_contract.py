"""What every learner of the registry must keep. A new method is tested here by being registered.

Each method is tested twice: as it comes, on an embedder without a projection, and with meta-parameters moved a little
at random on one with a projection, as if it had been meta-trained.
"""

from __future__ import annotations

import copy
import dataclasses
import threading

import pytest
import torch
from torch import Tensor

from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.pipeline.learners import ALL_LEARNERS, LEARNERS, make_learner
from metaface_gui.pipeline.learners.base import (
    STRANGER,
    AdaptStep,
    Episode,
    MetaLearner,
    SettingRange,
    SupportSet,
    TrainableLearner,
    TrainingFeatures,
)
from metaface_gui.pipeline.learners.gradient_learner import GradientLearner
from tests.pipeline.learners.contract_family import (
    METHODS,
    PROJECTED_SPACE,
    STOCK_SPACE,
    TRAINABLE,
    extremes,
    make,
    people,
    probes,
)


def assert_near(some: Tensor, others: Tensor) -> None:
    """But for the order in which numbers are added up."""
    torch.testing.assert_close(some, others, rtol=1e-4, atol=1e-4)


def test_registry_names_each_learner_by_its_own_key() -> None:
    assert all(key == learner.key for key, learner in ALL_LEARNERS.items())
    assert set(LEARNERS) == set(ALL_LEARNERS) - {"stock"}
    assert all(learner.title and learner.citation for learner in ALL_LEARNERS.values())


def test_every_method_has_words_for_a_wide_and_a_narrow_place() -> None:
    for words, longest in (("title", 40), ("short_title", 12), ("explanation", 110)):
        told = [str(getattr(learner, words)) for learner in ALL_LEARNERS.values()]
        assert all(text == text.strip() and 0 < len(text) <= longest for text in told), told
        assert len(set(told)) == len(told), words
    assert all(learner.explanation.endswith(".") for learner in ALL_LEARNERS.values())


def test_unknown_key_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="prototypical"):
        make_learner("nonsense", STOCK_SPACE)


@pytest.mark.parametrize("shots", [[1], [5], [1, 1], [1, 50, 7, 2], [3] * 20], ids=str)
def test_scores_are_finite_and_name_the_people_of_the_support(learner: MetaLearner, shots: list[int]) -> None:
    support = people(shots, learner.space)
    classifier = learner.adapt(support)
    scores = classifier.scores(support.features)
    assert classifier.n_way == len(shots)
    assert scores.shape == (len(support.labels), len(shots))
    assert scores.dtype == torch.float32
    assert scores.isfinite().all()
    assert (scores.argmax(1) == support.labels).float().mean() >= 0.95


def test_no_faces_give_no_scores(learner: MetaLearner) -> None:
    nobody = torch.zeros(0, learner.space.feature_dim)
    assert learner.adapt(people([2, 3], learner.space)).scores(nobody).shape == (0, 2)


def test_a_face_of_somebody_scores_above_a_stranger_with_one_person_enrolled(learner: MetaLearner) -> None:
    support = people([3], learner.space)
    classifier = learner.adapt(support)
    assert classifier.scores(support.features).min() > classifier.scores(probes(learner.space, 50)).max()


def test_the_order_of_the_shots_does_not_matter(learner: MetaLearner) -> None:
    support = people([1, 6, 3, 10], learner.space)
    order = torch.randperm(len(support.labels), generator=torch.Generator().manual_seed(3))
    shuffled = SupportSet(support.features[order], support.labels[order], support.n_way)
    shown = probes(learner.space)
    assert_near(learner.adapt(support).scores(shown), learner.adapt(shuffled).scores(shown))


def test_the_numbering_of_the_people_does_not_matter(learner: MetaLearner) -> None:
    support = people([2, 5, 1], learner.space)
    swapped = SupportSet(support.features, torch.tensor([2, 0, 1])[support.labels], 3)
    shown = probes(learner.space)
    assert_near(learner.adapt(support).scores(shown), learner.adapt(swapped).scores(shown)[:, [2, 0, 1]])


@pytest.mark.parametrize("key", METHODS)
def test_a_thousand_people(key: str) -> None:
    learner = make(key, STOCK_SPACE)
    support = people([2] * 1000, learner.space)
    scores = learner.adapt(support).scores(support.features[::2])
    assert scores.shape == (1000, 1000)
    assert (scores.argmax(1) == torch.arange(1000)).all()


def test_adapting_twice_gives_the_same_bits(learner: MetaLearner) -> None:
    support, shown = people([4, 2, 9], learner.space), probes(learner.space)
    assert torch.equal(learner.adapt(support).scores(shown), learner.adapt(support).scores(shown))


def test_adapt_changes_neither_learner_nor_support(learner: MetaLearner) -> None:
    first, second = people([3, 3], learner.space), people([1, 8, 2], learner.space, seed=5)
    untouched, features = copy.deepcopy(learner), first.features.clone()
    learner.adapt(first)
    learner.adapt(second)
    shown = probes(learner.space)
    assert torch.equal(learner.adapt(first).scores(shown), untouched.adapt(first).scores(shown))
    assert torch.equal(first.features, features)


def test_scores_change_neither_classifier_nor_faces(learner: MetaLearner) -> None:
    classifier, shown = learner.adapt(people([3, 1], learner.space)), probes(learner.space)
    kept, before = shown.clone(), classifier.scores(shown)
    classifier.scores(probes(learner.space, 100, seed=4))
    assert torch.equal(classifier.scores(shown), before)
    assert torch.equal(shown, kept)


def test_a_face_scores_the_same_alone_and_in_company(learner: MetaLearner) -> None:
    classifier, shown = learner.adapt(people([2, 2, 4], learner.space)), probes(learner.space, 16)
    alone = torch.cat([classifier.scores(face[None]) for face in shown])
    torch.testing.assert_close(alone, classifier.scores(shown), rtol=1e-4, atol=1e-5)


def test_steps_are_told_in_order_and_end_at_the_last(learner: MetaLearner) -> None:
    told: list[AdaptStep] = []
    learner.adapt(people([3, 2], learner.space), on_step=told.append)
    first = 0 if isinstance(learner, GradientLearner) else 1
    assert [step.step for step in told] == list(range(first, told[-1].steps + 1))
    assert len({step.steps for step in told}) == 1
    assert all(0.0 <= step.accuracy <= 1.0 for step in told)


def test_adapting_in_another_thread_without_gradients_gives_the_same(learner: MetaLearner) -> None:
    support, told = people([3, 1], learner.space), []

    def work() -> None:
        with torch.no_grad():
            told.append(learner.adapt(support).scores(probes(learner.space)))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert_near(told[0], learner.adapt(support).scores(probes(learner.space)))


def test_scores_ask_for_no_gradient(learner: MetaLearner) -> None:
    assert not learner.adapt(people([3, 1], learner.space)).scores(probes(learner.space)).requires_grad


def test_a_learner_moved_to_its_own_device_is_the_same(learner: MetaLearner) -> None:
    twin, support = learner.to(torch.device("cpu")), people([2, 2], learner.space)
    assert twin.is_trained == learner.is_trained
    shown = probes(learner.space)
    assert torch.equal(twin.adapt(support).scores(shown), learner.adapt(support).scores(shown))


@pytest.mark.parametrize("key", METHODS)
def test_untrained_parameters_are_always_the_same(key: str) -> None:
    first, second = (ALL_LEARNERS[key].initial_params(PROJECTED_SPACE) for _ in range(2))
    assert first.keys() == second.keys()
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert all(tensor.dtype == torch.float32 and tensor.device.type == "cpu" for tensor in first.values())


@pytest.mark.parametrize("key", METHODS)
def test_a_setting_has_a_range_and_its_default_lies_within(key: str) -> None:
    default = ALL_LEARNERS[key].settings_type()
    for field in dataclasses.fields(default):
        allowed, value = field.metadata["range"], getattr(default, field.name)
        assert isinstance(allowed, SettingRange), field.name
        if isinstance(value, str):
            assert value in allowed.choices, field.name
        else:
            assert allowed.low <= value <= allowed.high, field.name
            assert allowed.low < allowed.high, field.name


@pytest.mark.parametrize("space", [STOCK_SPACE, PROJECTED_SPACE], ids=lambda space: f"r{space.projection_dim}")
@pytest.mark.parametrize("key", METHODS)
def test_settings_at_the_ends_of_their_ranges_give_finite_scores(key: str, space: FeatureSpace) -> None:
    support = people([2, 1, 4], space)
    for settings in extremes(key):
        classifier = make(key, space, settings).adapt(support)
        assert classifier.scores(probes(space)).isfinite().all(), settings
        for points in (classifier.embed(probes(space)), classifier.class_vectors()):
            torch.testing.assert_close(points.norm(dim=1), torch.ones(len(points)), msg=str(settings))


def test_settings_of_another_method_are_refused(learner: MetaLearner) -> None:
    with pytest.raises(ValueError, match=learner.settings_type.__name__):
        make_learner(learner.key, learner.space, settings=object())


def episodes(space: FeatureSpace, n_way: int, n_episodes: int = 2) -> Episode:
    """Stacked episodes: two shots a person, unbalanced for the first; two probes each and three strangers."""
    each = []
    for seed in range(n_episodes):
        gallery = people([3] + [2] * (n_way - 1), space, seed)
        known = people([3] + [2] * (n_way - 1), space, seed)
        queries = torch.cat([known.features, probes(space, 3, seed=seed + 50)])
        labels = torch.cat([known.labels, torch.full((3,), STRANGER)])
        each.append(Episode(gallery.features, gallery.labels, queries, labels))
    return Episode(*(torch.stack(parts) for parts in zip(*each, strict=True)))


@pytest.mark.parametrize("n_way", [1, 3])
@pytest.mark.parametrize("space", [STOCK_SPACE, PROJECTED_SPACE], ids=lambda space: f"r{space.projection_dim}")
@pytest.mark.parametrize("key", TRAINABLE)
def test_the_meta_gradient_is_finite_and_shaped_like_the_parameters(key: str, space: FeatureSpace, n_way: int) -> None:
    learner = make(key, space)
    assert isinstance(learner, TrainableLearner)
    gradient, losses = learner.meta_gradient(learner.params, episodes(space, n_way), n_way)
    assert losses.shape == (2,)
    assert losses.isfinite().all()
    assert {name: g.shape for name, g in gradient.items()} == {name: p.shape for name, p in learner.params.items()}
    assert all(g.isfinite().all() for g in gradient.values())
    assert any(g.any() for name, g in gradient.items() if name not in learner.frozen)


@pytest.mark.parametrize("key", TRAINABLE)
def test_the_meta_gradient_is_the_mean_over_the_episodes(key: str) -> None:
    learner = make(key, PROJECTED_SPACE)
    assert isinstance(learner, TrainableLearner)
    both = episodes(PROJECTED_SPACE, 3)
    together, losses = learner.meta_gradient(learner.params, both, 3)
    apart = [learner.meta_gradient(learner.params, Episode(*(part[i : i + 1] for part in both)), 3) for i in range(2)]
    torch.testing.assert_close(losses, torch.cat([loss for _, loss in apart]), rtol=1e-3, atol=1e-5)
    for name, gradient in together.items():
        mean = (apart[0][0][name] + apart[1][0][name]) / 2
        torch.testing.assert_close(gradient, mean, rtol=1e-2, atol=1e-4, msg=name)


@pytest.mark.parametrize("key", TRAINABLE)
def test_preparing_keeps_names_and_shapes(key: str) -> None:
    learner = make(key, PROJECTED_SPACE)
    assert isinstance(learner, TrainableLearner)
    gallery = people([3] * 40, PROJECTED_SPACE)
    copies = torch.stack([gallery.features, people([3] * 40, PROJECTED_SPACE, seed=1).features], 1)
    prepared = learner.prepare(learner.params, TrainingFeatures(copies, gallery.labels))
    assert {name: p.shape for name, p in prepared.items()} == {name: p.shape for name, p in learner.params.items()}
    assert all(p.isfinite().all() for p in prepared.values())
    assert set(learner.frozen) <= set(prepared)


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
