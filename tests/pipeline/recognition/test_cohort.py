"""The shipped strangers: always the same, on the unit sphere, and refused when the file is not what it should be."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import save_file

from metaface_gui.errors import KnownError, WeightsError
from metaface_gui.pipeline.feature_space import FeatureSpace, network_of
from metaface_gui.pipeline.recognition.cohort import (
    COHORT_SIZE,
    CohortGenerator,
    load_cohort,
    read_generator,
    save_generator,
)
from metaface_gui.types import Floats
from metaface_gui.weights.store import WeightsStore
from tests.pipeline.listed_weights import entry_of, store_of


def generator() -> CohortGenerator:
    means = np.array([[3.0, 0.0, 0.0], [0.0, 3.0, 0.0]], np.float32)
    factors = np.full((2, 3, 1), 0.1, np.float32)
    return CohortGenerator(np.array([0.75, 0.25], np.float32), means, factors, {"seed": "0"})


def arrays_of(good: CohortGenerator) -> dict[str, Floats]:
    return {"weights": good.weights, "means": good.means, "factors": good.factors}


def test_samples_follow_the_mixture() -> None:
    strangers = generator().sample(4000, seed=1)
    assert strangers.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(strangers, axis=1), 1.0, rtol=1e-5)
    assert np.mean(strangers[:, 0] > strangers[:, 1]) == pytest.approx(0.75, abs=0.03)


def test_the_same_seed_draws_the_same_strangers_and_another_does_not() -> None:
    np.testing.assert_array_equal(generator().sample(50, seed=1), generator().sample(50, seed=1))
    assert not np.array_equal(generator().sample(50, seed=1), generator().sample(50, seed=2))


def test_projections_are_divided_by_the_length_of_the_embedding() -> None:
    means = np.array([[0.0, 4.0, 8.0]], np.float32)
    projected = CohortGenerator(np.ones(1, np.float32), means, np.zeros((1, 3, 1), np.float32), {"embedding_dim": "2"})
    assert projected.space == FeatureSpace(2, 1)
    np.testing.assert_allclose(projected.sample(2, seed=0), [[0.0, 1.0, 2.0]] * 2)


@pytest.mark.parametrize("dimension", ["0", "4", "many"])
def test_an_embedding_longer_than_the_features_is_refused(dimension: str, tmp_path: Path) -> None:
    good = generator()
    with pytest.raises(ValueError, match=r".+"):
        CohortGenerator(good.weights, good.means, good.factors, {"embedding_dim": dimension})
    save_file(arrays_of(good), tmp_path / "cohort.safetensors", {"embedding_dim": dimension})
    with pytest.raises(WeightsError, match=r"cohort\.safetensors"):
        read_generator(tmp_path / "cohort.safetensors")


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
    cohort = load_cohort(store, embedder_id, FeatureSpace(dimension))
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
    assert network_of(metadata["embedder_id"]) == embedder_id


def test_a_generator_that_cannot_be_written_is_the_users_to_mend(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(KnownError, match=r"Cannot write .*file"):
        save_generator(generator(), tmp_path / "file" / "cohort.safetensors")


def store_with(generator: CohortGenerator, folder: Path) -> WeightsStore:
    """A store whose only entry is the cohort of “net”."""
    save_generator(generator, folder / "cohort.safetensors")
    return store_of(folder, entry_of(folder / "cohort.safetensors", name="cohort-net", role="cohort", key="net"))


def test_a_copy_of_a_network_shares_its_cohort_and_an_unknown_network_has_none(tmp_path: Path) -> None:
    good = generator()
    store = store_with(CohortGenerator(good.weights, good.means, good.factors, {"embedder_id": "net"}), tmp_path)
    first, second = (load_cohort(store, f"net{tag}", FeatureSpace(3)) for tag in ("", "+0123abcd"))
    assert first is not None
    assert second is not None
    assert torch.equal(first, second)
    assert load_cohort(store, "another-network", FeatureSpace(3)) is None


def test_a_cohort_is_of_one_projection_and_used_with_no_other(tmp_path: Path) -> None:
    good = generator()
    metadata = {"embedder_id": "net@ff", "embedding_dim": "2"}
    store = store_with(CohortGenerator(good.weights, good.means, good.factors, metadata), tmp_path)
    for embedder_id in ("net@ff", "net+0123abcd@ff"):
        cohort = load_cohort(store, embedder_id, FeatureSpace(2, 1))
        assert cohort is not None
        assert cohort.shape == (COHORT_SIZE, 3)
        torch.testing.assert_close(cohort[:, :2].norm(dim=1), torch.ones(COHORT_SIZE))
    assert load_cohort(store, "net@fe", FeatureSpace(2, 1)) is None, "another projection"
    assert load_cohort(store, "net", FeatureSpace(2)) is None, "no projection"
    assert load_cohort(store, "net@ff", FeatureSpace(2, 3)) is None, "a projection of another length"


def test_a_cohort_of_the_stock_embedding_is_none_for_a_projection(tmp_path: Path) -> None:
    good = generator()
    store = store_with(CohortGenerator(good.weights, good.means, good.factors, {"embedder_id": "net"}), tmp_path)
    assert load_cohort(store, "net", FeatureSpace(3)) is not None
    assert load_cohort(store, "net@ff", FeatureSpace(3, 2)) is None


@pytest.mark.parametrize("dtype", [np.float64, np.int64, np.complex64, np.bool_])
def test_numbers_of_another_kind_are_no_generator(tmp_path: Path, dtype: type[np.generic]) -> None:
    arrays = arrays_of(generator())
    for wrong in ({"means": arrays["means"].astype(dtype)}, {"weights": np.array(1, np.float32)}):
        save_file(arrays | wrong, str(tmp_path / "cohort.safetensors"))
        with pytest.raises(WeightsError, match=r"cohort\.safetensors contains no cohort"):
            read_generator(tmp_path / "cohort.safetensors")
