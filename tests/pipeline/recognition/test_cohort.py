"""The shipped strangers: always the same, on the unit sphere, and refused when the file is not what it should be."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from metaface_gui.errors import WeightsError
from metaface_gui.pipeline.recognition.cohort import (
    COHORT_SIZE,
    CohortGenerator,
    load_cohort,
    read_generator,
    save_generator,
)
from metaface_gui.pipeline.weights_store import WeightsStore
from metaface_gui.resources import weights_dir


def generator() -> CohortGenerator:
    means = np.array([[3.0, 0.0, 0.0], [0.0, 3.0, 0.0]], np.float32)
    factors = np.full((2, 3, 1), 0.1, np.float32)
    return CohortGenerator(np.array([0.75, 0.25], np.float32), means, factors, {"seed": "0"})


@pytest.fixture
def store(tmp_path: Path) -> WeightsStore:
    return WeightsStore(weights_dir(), tmp_path)


def test_samples_follow_the_mixture() -> None:
    strangers = generator().sample(4000, seed=1)
    assert strangers.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(strangers, axis=1), 1.0, rtol=1e-5)
    assert np.mean(strangers[:, 0] > strangers[:, 1]) == pytest.approx(0.75, abs=0.03)


def test_the_same_seed_draws_the_same_strangers_and_another_does_not() -> None:
    np.testing.assert_array_equal(generator().sample(50, seed=1), generator().sample(50, seed=1))
    assert not np.array_equal(generator().sample(50, seed=1), generator().sample(50, seed=2))


def test_a_generator_survives_its_file(tmp_path: Path) -> None:
    save_generator(generator(), tmp_path / "cohort.safetensors")
    read = read_generator(tmp_path / "cohort.safetensors")
    np.testing.assert_allclose(read.means, generator().means, rtol=1e-3)
    np.testing.assert_allclose(read.factors, generator().factors, rtol=1e-3)
    assert read.metadata == {"seed": "0"}


def test_a_file_that_is_no_generator_is_refused_by_name(tmp_path: Path) -> None:
    broken = tmp_path / "cohort.safetensors"
    with pytest.raises(WeightsError, match=r"cohort\.safetensors"):
        read_generator(broken)
    broken.write_bytes(b"not safetensors at all")
    with pytest.raises(WeightsError, match=r"cohort\.safetensors"):
        read_generator(broken)


@pytest.mark.parametrize("change", ["weights", "means", "factors", "shape"])
def test_parameters_that_make_no_sense_are_refused(change: str) -> None:
    good = generator()
    weights, means, factors = good.weights.copy(), good.means.copy(), good.factors.copy()
    if change == "weights":
        weights[0] = 2.0
    elif change == "means":
        means[0, 0] = np.nan
    elif change == "factors":
        factors[0, 0, 0] = np.inf
    else:
        factors = factors[:, :2]
    with pytest.raises(ValueError, match=r".+"):
        CohortGenerator(weights, means, factors)


@pytest.mark.parametrize(
    ("embedder_id", "dimension", "mean", "one_in_a_hundred"),
    # Between real strangers the mean cosine and the one that 1 % exceed; of random directions 1 % exceed 0.2 and 0.1.
    [("sface-2021dec", 128, 0.087, 0.29), ("facenet-casia-20180408", 512, 0.046, 0.387)],
)
def test_the_shipped_cohorts_look_like_strangers_to_each_other(
    store: WeightsStore, embedder_id: str, dimension: int, mean: float, one_in_a_hundred: float
) -> None:
    cohort = load_cohort(store, embedder_id)
    assert cohort is not None
    assert cohort.shape == (COHORT_SIZE, dimension)
    torch.testing.assert_close(cohort.norm(dim=1), torch.ones(COHORT_SIZE))
    cosines = (cohort[:500] @ cohort[500:1000].T).flatten()
    assert float(cosines.mean()) == pytest.approx(mean, abs=0.03)
    assert float(cosines.quantile(0.99)) == pytest.approx(one_in_a_hundred, abs=0.07)


@pytest.mark.parametrize("embedder_id", ["sface-2021dec", "facenet-casia-20180408"])
def test_the_shipped_generators_say_what_they_were_fitted_to_and_are_small(
    store: WeightsStore, embedder_id: str
) -> None:
    path = store.path(f"cohort-{embedder_id}")
    assert path.stat().st_size <= 2**20
    metadata = read_generator(path).metadata
    assert {"fitted_to", "split", "seed", "method"} <= set(metadata)
    assert metadata["embedder_id"] == embedder_id


def test_a_copy_of_a_network_shares_its_cohort_and_an_unknown_network_has_none(store: WeightsStore) -> None:
    first, second = load_cohort(store, "sface-2021dec"), load_cohort(store, "sface-2021dec+0123abcd")
    assert first is not None
    assert second is not None
    assert torch.equal(first, second)
    assert load_cohort(store, "another-network") is None
