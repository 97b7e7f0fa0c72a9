from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.functional import normalize

from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.pipeline.learners.background import fitted_background, initial_background, people_means
from metaface_gui.pipeline.learners.base import TrainingFeatures
from metaface_gui.pipeline.learners.clustering import k_means


def test_two_clumps_on_a_line_have_their_means_as_centres() -> None:
    points = torch.tensor([[0.0], [1.0], [2.0], [10.0], [12.0]])
    assert sorted(k_means(points, 2).flatten().tolist()) == [1.0, 11.0]


def test_a_centre_on_the_sphere_is_the_direction_of_its_points_sum() -> None:
    radians = torch.tensor([0.0, 60.0, 180.0, 200.0]).deg2rad()
    points = torch.stack([radians.cos(), radians.sin()], 1) * torch.tensor([[1.0], [5.0], [2.0], [1.0]])
    centres = k_means(points, 2, spherical=True)
    angles = torch.atan2(centres[:, 1], centres[:, 0]).rad2deg() % 360.0
    # Lengths do not count: 30° and 190°, though the second point is five times as long.
    torch.testing.assert_close(angles.sort().values, torch.tensor([30.0, 190.0]))


@given(seed=st.integers(0, 2**16), k=st.integers(1, 6))
@settings(max_examples=15, deadline=None)
def test_every_point_has_its_own_clusters_mean_nearest(seed: int, k: int) -> None:
    points = torch.randn(40, 3, generator=torch.Generator().manual_seed(seed))
    centres = k_means(points, k, seed=seed, steps=200)
    nearest = torch.cdist(points, centres).argmin(1)
    for cluster in set(nearest.tolist()):
        torch.testing.assert_close(points[nearest == cluster].mean(0), centres[cluster], rtol=0, atol=1e-5)


def test_the_same_seed_gives_the_same_centres_and_fewer_points_than_centres_are_fine() -> None:
    points = torch.randn(30, 4, generator=torch.Generator().manual_seed(1))
    assert torch.equal(k_means(points, 5, seed=3), k_means(points, 5, seed=3))
    few = k_means(points[:2], 5)
    assert few.shape == (5, 4)
    assert (torch.cdist(few, points[:2]).min(1).values == 0).all()


@pytest.mark.parametrize(("n", "k"), [(0, 2), (3, 0)])
def test_nothing_to_cluster_is_refused(n: int, k: int) -> None:
    with pytest.raises(ValueError, match="want points"):
        k_means(torch.zeros(n, 2), k)


def test_the_background_is_nobodys_template_but_near_many_people() -> None:
    random = torch.Generator().manual_seed(0)
    kinds = torch.eye(4)[:2]  # two kinds of people, ten of each, three pictures each with two copies
    person = torch.arange(20).repeat_interleave(3)
    features = normalize(kinds[person % 2][:, None] + 0.1 * torch.randn(60, 2, 4, generator=random), dim=-1)
    faces = TrainingFeatures(features, person)
    means = people_means(faces, torch.zeros(4, 0))
    torch.testing.assert_close(means[7], features[21:24].reshape(6, 4).mean(0))
    directions = fitted_background(faces, torch.zeros(4, 0), m=2)
    assert ((directions @ kinds.T).max(0).values > 0.99).all()
    assert torch.cdist(directions, normalize(means)).min() > 1e-3
    untrained = initial_background(FeatureSpace(4), 9)
    torch.testing.assert_close(untrained.norm(dim=1), torch.ones(9))
    assert torch.equal(untrained, initial_background(FeatureSpace(4), 9))
