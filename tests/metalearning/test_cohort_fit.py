"""The fit finds clusters that are there, counts people and not pictures, and refuses to single anybody out."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from metaface_gui.metalearning.cohort_fit import CohortFitSettings, fit_mixture
from metaface_gui.pipeline.recognition.cohort import CohortGenerator
from metaface_gui.types import Floats


def fit_generator(
    features: Floats,
    person: NDArray[np.int64],
    settings: CohortFitSettings,
    metadata: dict[str, str],
    *,
    embedding_dim: int | None = None,
) -> CohortGenerator:
    mixture = fit_mixture(features, person, settings, embedding_dim=embedding_dim)
    return mixture.generator(settings.sharpening, settings.rank, metadata)


SETTINGS = CohortFitSettings(components=2, steps=8, rank=8, sharpening=1.0)


def clusters(sizes: tuple[int, int] = (150, 50), dimension: int = 8) -> tuple[Floats, NDArray[np.int64]]:
    """People scattered about two orthogonal directions, one picture each."""
    random = np.random.default_rng(0)
    centres = np.eye(dimension)[np.repeat([0, 1], sizes)]
    points = centres + random.normal(0.0, 0.15, centres.shape)
    return (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32), np.arange(sum(sizes))


def test_two_clusters_are_found_with_their_shares() -> None:
    points, people = clusters()
    generator = fit_generator(points, people, SETTINGS, {"seed": "0"})
    big = int(generator.weights.argmax())
    assert generator.weights[big] == pytest.approx(0.75, abs=0.02)
    assert generator.means[big].argmax() == 0
    assert generator.means[1 - big].argmax() == 1
    assert generator.metadata == {"seed": "0", "embedding_dim": "8"}


def test_samples_score_like_other_people() -> None:
    points, people = clusters((400, 400))
    generator = fit_generator(points[::2], people[::2], SETTINGS, {})
    others, samples = points[1::2], generator.sample(4000, seed=0)
    person = points[0]
    for quantile in (0.25, 0.75, 0.98):
        assert np.quantile(samples @ person, quantile) == pytest.approx(np.quantile(others @ person, quantile), abs=0.1)


def test_a_celebrity_counts_once() -> None:
    points, people = clusters((150, 50))
    famous = np.repeat(points[-1:], 2000, axis=0)
    generator = fit_generator(
        np.concatenate([points, famous]), np.concatenate([people, np.full(2000, people[-1])]), SETTINGS, {}
    )
    assert generator.weights.max() == pytest.approx(0.75, abs=0.03)


def test_sharpening_keeps_the_total_variance_and_favours_the_large_directions() -> None:
    points, people = clusters()
    flat = fit_generator(points, people, SETTINGS, {})
    sharp = fit_generator(points, people, CohortFitSettings(components=2, steps=8, rank=8, sharpening=3.0), {})
    np.testing.assert_allclose(np.square(flat.factors).sum((1, 2)), np.square(sharp.factors).sum((1, 2)), rtol=1e-4)
    largest = [np.square(g.factors).sum(1).max(1) for g in (flat, sharp)]
    assert (largest[1] > largest[0]).all()


def test_projections_are_fitted_with_the_embedding_that_they_belong_to() -> None:
    embeddings, people = clusters((400, 400))
    # What a projection gives depends on the face: here it is the face's first number, and the second on a huge scale.
    projections = np.stack([embeddings[:, 0], 1000.0 * embeddings[:, 1]], 1)
    features = np.concatenate([embeddings, projections], 1).astype(np.float32)
    generator = fit_generator(features, people, SETTINGS, {"seed": "0"}, embedding_dim=8)
    assert generator.metadata == {"seed": "0", "embedding_dim": "8"}
    samples = generator.sample(4000, seed=0)
    assert samples.shape == (4000, 10)
    np.testing.assert_allclose(np.linalg.norm(samples[:, :8], axis=1), 1.0, rtol=1e-5)
    assert np.corrcoef(samples[:, 0], samples[:, 8])[0, 1] > 0.95
    assert np.corrcoef(samples[:, 1], samples[:, 9])[0, 1] > 0.95
    assert samples[:, 9].std() == pytest.approx(features[:, 9].std(), rel=0.15)


def test_the_scale_of_a_projection_does_not_matter() -> None:
    embeddings, people = clusters()
    fits = [
        fit_generator(np.hstack([embeddings, scale * embeddings[:, :3]]), people, SETTINGS, {}, embedding_dim=8)
        for scale in (np.float32(1.0), np.float32(512.0))
    ]
    one, other = (fit.sample(500, seed=0) for fit in fits)
    np.testing.assert_allclose(other[:, :8], one[:, :8], atol=1e-3)
    np.testing.assert_allclose(other[:, 8:], 512.0 * one[:, 8:], atol=0.5)


def test_the_same_seed_fits_the_same_generator() -> None:
    first, second = (fit_generator(*clusters(), SETTINGS, {}) for _ in range(2))
    np.testing.assert_array_equal(first.factors, second.factors)


def test_too_few_people_to_hide_among_are_refused() -> None:
    points, people = clusters()
    with pytest.raises(ValueError, match="at least 32 people"):
        fit_generator(points, people % 20, SETTINGS, {})
    with pytest.raises(ValueError, match="people"):
        fit_generator(points, people[:-1], SETTINGS, {})
    with pytest.raises(ValueError, match="embedding_dim must lie in 1 … 8"):
        fit_generator(points, people, SETTINGS, {}, embedding_dim=9)
