"""A small family of tasks whose solution is known: faces are disturbed along a few directions, and v tells how much.

s ∝ identity + N n with N (d, r) fixed for the family, and v = n. So A = −N undoes what disturbs, in every task.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import normalize

from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.pipeline.learners.base import STRANGER, Episode, Params, SupportSet, TrainableLearner

SPACE = FeatureSpace(16, 3)
N_WAY, K_SHOT, N_QUERY, N_STRANGERS = 5, 2, 3, 6


def _faces(identities: Tensor, directions: Tensor, random: torch.Generator) -> Tensor:
    """One disturbed face of each identity (n, d): (n, p)."""
    amounts = torch.randn(len(identities), SPACE.projection_dim, generator=random)
    raw = identities + amounts @ directions.T
    raw = raw + 0.05 * torch.randn(raw.shape, generator=random)
    length = raw.norm(dim=1, keepdim=True)
    return torch.cat([raw / length, amounts / length], 1)


def episodes(n_episodes: int, seed: int) -> Episode:
    """Stacked episodes of five people with two shots, three probes each, and six strangers; all are disturbed."""
    random = torch.Generator().manual_seed(seed)
    family = torch.Generator().manual_seed(0)
    directions = 0.8 * normalize(torch.randn(SPACE.embedding_dim, SPACE.projection_dim, generator=family), dim=0)
    way = torch.arange(N_WAY)
    support_labels = way.repeat_interleave(K_SHOT)
    query_labels = torch.cat([way.repeat_interleave(N_QUERY), torch.full((N_STRANGERS,), STRANGER)])
    support, query = [], []
    for _ in range(n_episodes):
        people = normalize(torch.randn(N_WAY + N_STRANGERS, SPACE.embedding_dim, generator=random), dim=1)
        probes = torch.cat([people[:N_WAY].repeat_interleave(N_QUERY, 0), people[N_WAY:]])
        support.append(_faces(people[support_labels], directions, random))
        query.append(_faces(probes, directions, random))
    return Episode(
        torch.stack(support),
        support_labels.expand(n_episodes, -1),
        torch.stack(query),
        query_labels.expand(n_episodes, -1),
    )


def mean_loss(learner: TrainableLearner, params: Params, held_out: Episode) -> float:
    """Mean outer loss of a method over stacked episodes."""
    losses = torch.vmap(lambda episode: learner.episode_loss(params, episode, N_WAY))(held_out)
    return float(losses.detach().mean())


def accuracy(learner: TrainableLearner, params: Params, held_out: Episode) -> float:
    """Share of the known probes named right, by `adapt` and `scores`."""

    trained, right, count = learner.with_params(params), 0, 0
    for support, support_labels, query, query_labels in zip(*held_out, strict=True):
        scores = trained.adapt(SupportSet(support, support_labels, N_WAY)).scores(query)
        known = query_labels != STRANGER
        right += int((scores.argmax(1) == query_labels)[known].sum())
        count += int(known.sum())
    return right / count


def five_of_ten(n_episodes: int, pictures: Callable[[Tensor], Tensor]) -> Episode:
    """Stacked episodes of five people with two shots and two probes each, and of five strangers with two.

    `pictures` makes a picture of each person who is asked for, by number: (n_episodes, n, p).
    """
    support_labels, who = torch.arange(5).repeat(2), torch.arange(10).repeat(2)
    query_labels = torch.where(who < 5, who, STRANGER)
    support, query = pictures(support_labels), pictures(who)
    return Episode(support, support_labels.expand(n_episodes, -1), query, query_labels.expand(n_episodes, -1))


def of_family(step: int) -> Episode:
    return episodes(8, seed=1000 + step)


def meta_trained(
    learner: TrainableLearner, *, steps: int, rate: float, drawn: Callable[[int], Episode] = of_family
) -> Params:
    """Adam on `meta_gradient`: the outer loop of every method."""
    values = {name: tensor.clone() for name, tensor in learner.params.items()}
    optimizer = torch.optim.Adam(list(values.values()), lr=rate)
    for step in range(steps):
        gradient, _ = learner.meta_gradient(values, drawn(step), N_WAY)
        for name, tensor in values.items():
            tensor.grad = None if name in learner.frozen else gradient[name].detach()
        optimizer.step()
    return values
