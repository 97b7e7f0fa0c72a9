"""Names in NumPy against the same method in PyTorch."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.pipeline.first_names import LEARNER, FirstAssets, FirstNames
from metaface_gui.pipeline.learners import make_learner
from metaface_gui.pipeline.learners.base import SupportSet
from metaface_gui.pipeline.learners.parameters import load_trained, trained_tail
from metaface_gui.pipeline.recognition.cohort import load_cohort, read_generator, sample_cohort
from metaface_gui.pipeline.recognition.open_set import OpenSetClassifier
from metaface_gui.pipeline.recognition.room_threshold import load_prior
from metaface_gui.pipeline.room import adapt_in_room
from metaface_gui.resources import weights_dir
from metaface_gui.types import Floats, Int64s
from metaface_gui.weights.store import WeightsStore

GENERATOR = read_generator(weights_dir() / "cohort_sface-2021dec.safetensors")
EMBEDDER_ID = GENERATOR.metadata["embedder_id"]
SPACE: FeatureSpace = GENERATOR.space


@pytest.fixture(scope="module")
def assets(store: WeightsStore) -> FirstAssets:
    cohort, prior = sample_cohort(store, EMBEDDER_ID, SPACE), load_prior(store)
    assert cohort is not None
    assert prior is not None
    return FirstAssets(trained_tail(store, LEARNER, SPACE, EMBEDDER_ID), cohort, prior)


def people(n: int, shots_each: int, seed: int) -> tuple[Floats, Int64s, Floats]:
    """Shots (n·k, p) of n synthetic people, whose they are, and a probe of each: ids 10, 20, … in no order."""
    random = np.random.default_rng(seed)
    points = GENERATOR.sample(n, seed)

    def seen() -> Floats:
        moved = points + random.normal(0.0, 0.03, points.shape).astype(np.float32)
        lengths = np.linalg.norm(moved[:, : SPACE.embedding_dim], axis=1, keepdims=True)
        return np.asarray(moved / lengths, np.float32)

    owners = np.tile(10 * (1 + random.permutation(n)), shots_each)
    return np.concatenate([seen() for _ in range(shots_each)]), owners.astype(np.int64), seen()


def in_pytorch(store: WeightsStore, shots: Floats, owners: Int64s, names: dict[int, str]) -> OpenSetClassifier:
    ids, labels = np.unique(owners, return_inverse=True)
    support = SupportSet(torch.from_numpy(shots), torch.from_numpy(labels), len(ids))
    method = make_learner(LEARNER, SPACE, load_trained(store, SPACE, EMBEDDER_ID))
    cohort = load_cohort(store, EMBEDDER_ID, SPACE)
    adapted = adapt_in_room(method, support, n_people=len(ids))
    return OpenSetClassifier.calibrated(
        adapted.classifier,
        person_ids=tuple(ids.tolist()),
        names=tuple(names[number] for number in ids.tolist()),
        cohort=cohort,
        fpir=0.01,
        room=adapted.room(cohort, load_prior(store)),
    )


@pytest.mark.parametrize(("n", "shots_each"), [(1, 1), (1, 4), (2, 1), (3, 2), (20, 5)])
def test_the_decisions_are_those_of_the_method_in_pytorch(
    store: WeightsStore, assets: FirstAssets, n: int, shots_each: int
) -> None:
    shots, owners, probes = people(n, shots_each, seed=n)
    names = {int(owner): f"person {owner}" for owner in owners}
    first = FirstNames.of(shots, owners, names, assets, fpir=0.01)
    reference = in_pytorch(store, shots, owners, names)
    assert (first.person_ids, first.names) == (reference.person_ids, reference.names)
    assert first.threshold == pytest.approx(reference.threshold, abs=2e-4)
    faces = np.concatenate([probes, GENERATOR.sample(40, 99)])
    ours, theirs = first.identify(faces), reference.identify(torch.from_numpy(faces))
    for one, other in zip(ours, theirs, strict=True):
        assert one.score == pytest.approx(other.score, abs=2e-4)
        assert (one.nearest_id, one.nearest_name) == (other.nearest_id, other.nearest_name)
        if abs(other.score - other.threshold) > 1e-3:
            assert (one.person_id, one.name) == (other.person_id, other.name)
    assert any(decision.is_unknown for decision in ours)
    assert any(not decision.is_unknown for decision in ours)


def test_no_faces_get_no_decisions(assets: FirstAssets) -> None:
    shots, owners, probes = people(2, 1, seed=5)
    first = FirstNames.of(shots, owners, {10: "a", 20: "b"}, assets, fpir=0.01)
    assert first.identify(probes[:0]) == ()
    with pytest.raises(ValueError, match="nobody"):
        FirstNames.of(shots[:0], owners[:0], {}, assets, fpir=0.01)


def test_a_higher_fpir_lets_more_through(assets: FirstAssets) -> None:
    shots, owners, _ = people(5, 2, seed=6)
    names = {int(owner): "x" for owner in owners}
    strict, lax = (FirstNames.of(shots, owners, names, assets, fpir=fpir) for fpir in (0.001, 0.1))
    assert strict.threshold > lax.threshold


def test_nobody_is_called_a_person_of_whom_a_face_was_denied(assets: FirstAssets) -> None:
    shots, owners, probes = people(3, 2, seed=7)
    names = {10: "a", 20: "b", 30: "c"}
    free = FirstNames.of(shots, owners, names, assets, fpir=0.1).identify(probes)
    assert {decision.person_id for decision in free} == {10, 20, 30}
    bound = FirstNames.of(shots, owners, names, assets, fpir=0.1, withheld=frozenset({20})).identify(probes)
    assert {decision.person_id for decision in bound} == {10, None, 30}
    assert {decision.nearest_id for decision in bound} == {10, 20, 30}


def test_a_method_without_training_has_a_tail_of_nought(store: WeightsStore) -> None:
    assert not trained_tail(store, "nobody's", SPACE, EMBEDDER_ID).any()
    assert trained_tail(store, LEARNER, SPACE, EMBEDDER_ID).any()
