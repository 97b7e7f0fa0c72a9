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


def test_the_shipped_cohort_looks_like_strangers_to_each_other(store: WeightsStore) -> None:
    cohort = load_cohort(store, "sface-2021dec")
    assert cohort is not None
    assert cohort.shape == (COHORT_SIZE, 128)
    torch.testing.assert_close(cohort.norm(dim=1), torch.ones(COHORT_SIZE))
    cosines = (cohort[:500] @ cohort[500:1000].T).flatten()
    # Real strangers under SFace: 0.087 ± 0.089, one pair in a hundred above 0.29. Random directions: 0.205.
    assert 0.06 < float(cosines.mean()) < 0.12
    assert 0.27 < float(cosines.quantile(0.99)) < 0.37


def test_the_shipped_generator_says_what_it_was_fitted_to_and_is_small(store: WeightsStore) -> None:
    path = store.path("cohort-sface-2021dec")
    assert path.stat().st_size <= 2**20
    metadata = read_generator(path).metadata
    assert {"fitted_to", "split", "seed", "method", "embedder_id"} <= set(metadata)


def test_a_copy_of_a_network_shares_its_cohort_and_an_unknown_network_has_none(store: WeightsStore) -> None:
    first, second = load_cohort(store, "sface-2021dec"), load_cohort(store, "sface-2021dec+0123abcd")
    assert first is not None
    assert second is not None
    assert torch.equal(first, second)
    assert load_cohort(store, "another-network") is None
