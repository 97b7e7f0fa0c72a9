"""Reptile's outer update: one step is gradient descent on the joint loss, more steps are where training ended."""

from __future__ import annotations

import torch
from torch.nn.functional import cross_entropy, normalize

from metaface_gui.pipeline.learners.background import BACKGROUND
from metaface_gui.pipeline.learners.base import STRANGER, Episode, Params
from metaface_gui.pipeline.learners.gradient_learner import TAIL_RATE, InnerLoopSettings
from metaface_gui.pipeline.learners.inner_loop import LOG_SCALE
from metaface_gui.pipeline.learners.reptile import ReptileLearner
from metaface_gui.pipeline.learners.tail import TAIL, adapted_embedding
from tests.pipeline.learners.nuisance_family import N_WAY, SPACE, accuracy, episodes, meta_trained


def joint_loss_gradient(params: Params, episode: Episode) -> torch.Tensor:
    """d/dA of the mean joint loss of an episode without strangers, the head at the support's prototypes and still."""
    a = params[TAIL].clone().requires_grad_()
    faces = torch.cat([episode.support, episode.query])
    labels = torch.cat([episode.support_labels, episode.query_labels])
    shots = adapted_embedding(episode.support, params[TAIL])
    head = normalize(torch.stack([shots[episode.support_labels == k].mean(0) for k in range(N_WAY)]), dim=1)
    rows = torch.cat([head, normalize(params[BACKGROUND], dim=1)])
    loss = cross_entropy(params[LOG_SCALE].exp() * adapted_embedding(faces, a) @ rows.T, labels)
    power = faces[:, SPACE.embedding_dim :].square().sum(1).mean()
    (gradient,) = torch.autograd.grad(loss, a)
    return gradient / power


def without_strangers(stacked: Episode) -> Episode:
    known = stacked.query_labels[0] != STRANGER
    return Episode(stacked.support, stacked.support_labels, stacked.query[:, known], stacked.query_labels[:, known])


def test_with_one_inner_step_the_update_is_gradient_descent_on_the_joint_loss() -> None:
    learner = ReptileLearner(SPACE, None, InnerLoopSettings(inner_steps=1))
    stacked = without_strangers(episodes(3, seed=1))
    update, _ = learner.meta_gradient(learner.params, stacked, N_WAY)
    each = [joint_loss_gradient(learner.params, Episode(*parts)) for parts in zip(*stacked, strict=True)]
    torch.testing.assert_close(update[TAIL], TAIL_RATE * torch.stack(each).mean(0), rtol=1e-4, atol=1e-7)


def test_with_two_steps_it_is_the_sum_of_the_gradients_along_the_path() -> None:
    # Without a moving head and background the second step would be the same function; with them it is not, so the
    # update differs from twice the first, and by no more than a change of gradient over one step.
    stacked = episodes(3, seed=1)
    one, two = (
        ReptileLearner(SPACE, None, InnerLoopSettings(inner_steps=k)).meta_gradient(
            ReptileLearner.initial_params(SPACE), stacked, N_WAY
        )[0][TAIL]
        for k in (1, 2)
    )
    assert not torch.allclose(two, 2 * one, rtol=1e-3)
    assert torch.nn.functional.cosine_similarity(one.flatten(), two.flatten(), dim=0) > 0.9


def test_no_steps_of_any_size_move_nothing() -> None:
    learner = ReptileLearner(SPACE, None, InnerLoopSettings(inner_lr=0.0))
    update, losses = learner.meta_gradient(learner.params, episodes(2, seed=1), N_WAY)
    assert all(torch.equal(change, torch.zeros_like(change)) for change in update.values())
    assert losses.shape == (2,)


def test_strangers_pull_the_background_towards_them() -> None:
    stacked, learner = episodes(1, seed=2), ReptileLearner(SPACE)
    strangers = adapted_embedding(stacked.query[0][stacked.query_labels[0] == STRANGER], learner.params[TAIL])

    def nearness(training: Episode) -> torch.Tensor:
        update, _ = learner.meta_gradient(learner.params, training, N_WAY)
        after = normalize(learner.params[BACKGROUND] - update[BACKGROUND], dim=1)
        return (learner.params[LOG_SCALE].exp() * strangers @ after.T).logsumexp(1).mean()

    assert nearness(stacked) > nearness(without_strangers(stacked)) + 0.01


def test_what_the_update_cannot_reach_stays() -> None:
    learner = ReptileLearner(SPACE)
    update, _ = learner.meta_gradient(learner.params, episodes(2, seed=1), N_WAY)
    assert all(update[name].abs().max() == 0.0 for name in learner.frozen)
    assert set(update) == set(learner.params)


def test_meta_training_beats_the_untrained_start_on_held_out_tasks() -> None:
    learner, held_out = ReptileLearner(SPACE), episodes(40, seed=77)
    trained = meta_trained(learner, steps=40, rate=0.03)
    assert accuracy(learner, trained, held_out) > accuracy(learner, learner.params, held_out) + 0.1
