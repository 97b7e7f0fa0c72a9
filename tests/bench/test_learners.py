"""The benchmark measures what it says: the loop computes what vmap computes, and every figure is there."""

from __future__ import annotations

import pytest
import torch

from metaface_gui.bench.learners import (
    BenchmarkSettings,
    GallerySize,
    loop_meta_gradient,
    random_episodes,
    random_faces,
    run_benchmarks,
)
from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.pipeline.learners.maml import MamlLearner, MamlSettings

TINY = BenchmarkSettings(
    learners=("prototypical", "maml"),
    galleries=(GallerySize(2, 1), GallerySize(3, 2)),
    space=FeatureSpace(16, 4),
    repeats=2,
    faces_per_timing=2,
    n_tasks=3,
    task=GallerySize(2, 2),
    n_query=2,
    inner_steps=2,
)
CPU = torch.device("cpu")


@pytest.mark.parametrize("settings", [MamlSettings(inner_steps=2), MamlSettings(inner_steps=3, anil=True)], ids=str)
def test_the_loop_that_vmap_is_compared_with_finds_the_same_meta_gradient(settings: MamlSettings) -> None:
    learner, episodes = MamlLearner(TINY.space, None, settings), random_episodes(TINY, CPU)
    params = {name: tensor.double() for name, tensor in learner.params.items()}
    episodes = episodes._replace(support=episodes.support.double(), query=episodes.query.double())
    at_once, losses = learner.meta_gradient(params, episodes, 2)
    one_by_one, loop_losses = loop_meta_gradient(learner, params, episodes, 2)
    torch.testing.assert_close(losses, loop_losses)
    for name in params:
        torch.testing.assert_close(at_once[name], one_by_one[name], msg=name)


def test_every_figure_is_measured_and_told() -> None:
    told: list[str] = []
    report = run_benchmarks(TINY, CPU, told.append)
    measured = [(cost.learner, cost.n_way, cost.k_shot) for cost in report.adaptation]
    assert measured == [("prototypical", 2, 1), ("maml", 2, 1), ("prototypical", 3, 2), ("maml", 3, 2)]
    assert [(cost.learner, cost.n_way, cost.k_shot) for cost in report.scoring] == measured
    assert all(cost.adapt_ms > 0.0 for cost in report.adaptation)
    assert all(cost.score_us > 0.0 for cost in report.scoring)
    steps = report.maml_meta_steps
    assert (steps.n_tasks, steps.n_way, steps.k_shot, steps.inner_steps) == (3, 2, 2, 2)
    assert min(steps.vmap_per_s, steps.loop_per_s, steps.ratio) > 0.0
    assert len(told) == len(measured) + 1
    assert report.machine.cpu
    assert report.machine.cores >= 1
    assert report.machine.device == "cpu"


def test_an_unknown_learner_is_refused() -> None:
    with pytest.raises(ValueError, match="nonsense"):
        run_benchmarks(BenchmarkSettings(learners=("nonsense",)), CPU, lambda _: None)


def test_random_faces_are_of_the_people_they_are_said_to_be() -> None:
    people = torch.tensor([0, 1, 0, 1])
    stock = random_faces(people, TINY.space, 1)[:, : TINY.space.embedding_dim]
    cosines = stock @ stock.T
    torch.testing.assert_close(cosines.diagonal(), torch.ones(4))
    assert cosines[0, 2] > cosines[0, 1]
    assert torch.equal(random_faces(people, TINY.space, 1), random_faces(people, TINY.space, 1))
