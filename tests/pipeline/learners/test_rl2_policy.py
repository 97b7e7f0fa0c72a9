"""RL²'s policy apart from faces: bandits whose rewards are made up, small enough to know what is best."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor
from torch.func import grad

from metaface_gui.metalearning.optimizers import adam, initial_state
from metaface_gui.pipeline.learners.base import Params
from metaface_gui.pipeline.learners.rl2_policy import (
    Tables,
    decide,
    fresh_memory,
    gumbel,
    initial_policy,
    policy_loss,
    remember,
    roll_out,
    trust,
    worth_so_far,
)
from tests.pipeline.torch_samples import seeded

N_ARMS, TRIALS = 9, 4
NO_CONTEXT = 0


def hidden_target_tasks(n_tasks: int, seed: int) -> Tables:
    """One arm is best, 0.9, and an arm's reward falls by 0.1 for each place away from it, plus a little noise.

    So the first reward tells how far off the best arm is, and the second on which side.
    """
    random = seeded(seed)
    best = torch.randint(N_ARMS, (n_tasks,), generator=random)
    away = (torch.arange(N_ARMS) - best[:, None]).abs()
    rewards = 0.9 - 0.1 * away + 0.01 * torch.randn(n_tasks, N_ARMS, generator=random)
    return Tables(rewards, rewards, torch.zeros(n_tasks, NO_CONTEXT))


def noise_for(n_tasks: int, n_rollouts: int, seed: int) -> Tensor:
    random = seeded(seed)
    return torch.stack([gumbel(n_rollouts, TRIALS, N_ARMS, random) for _ in range(n_tasks)])


@pytest.fixture(scope="module")
def trained() -> Params:
    """The policy after 120 steps of Adam: half a second."""
    params = initial_policy(N_ARMS, NO_CONTEXT)
    state = initial_state(params)
    for step in range(120):
        tasks, noise = hidden_target_tasks(32, step), noise_for(32, 8, step)
        gradient = grad(lambda at: policy_loss(at, tasks, noise)[0])(params)  # noqa: B023 - called at once
        params, state = adam(params, gradient, state, 1e-2)
    return params


def test_rewards_grow_over_the_trials_of_a_task(trained: Params) -> None:
    tasks = hidden_target_tasks(500, seed=10_000)
    reward = tasks.seen.gather(1, roll_out(trained, tasks, TRIALS, None).arms).mean(0)
    assert reward[2] > reward[0] + 0.05


def test_what_it_finds_beats_random_and_untrained_strategies(trained: Params) -> None:
    tasks = hidden_target_tasks(500, seed=10_000)
    random = torch.stack([torch.randperm(N_ARMS, generator=seeded(i))[:TRIALS] for i in range(500)])
    untrained = roll_out(initial_policy(N_ARMS, NO_CONTEXT), tasks, TRIALS, None).arms
    found = worth_so_far(tasks, roll_out(trained, tasks, TRIALS, None).arms).mean(0)[-1]
    assert found > worth_so_far(tasks, random).mean(0)[-1] + 0.05
    assert found > worth_so_far(tasks, untrained).mean(0)[-1] + 0.05
    assert found > 0.88  # of 0.9, which only who always finds the best arm gets


def test_its_second_choice_depends_on_the_first_reward(trained: Params) -> None:
    memory = fresh_memory(trained, 2)
    logits, hidden = decide(trained, memory, torch.zeros(2, NO_CONTEXT))
    arm = logits.argmax(1)
    assert arm[0] == arm[1]
    after = remember(memory, hidden, arm, torch.tensor([0.9, 0.5]))
    second, _ = decide(trained, after, torch.zeros(2, NO_CONTEXT))
    distance = (second.argmax(1) - arm).abs()
    assert distance[0] < distance[1]  # near a good arm, farther from a bad one


def test_untrained_it_tries_the_arms_in_their_order_whatever_it_sees() -> None:
    arms = roll_out(initial_policy(N_ARMS, NO_CONTEXT), hidden_target_tasks(3, seed=1), TRIALS, None).arms
    assert arms.tolist() == [[0, 1, 2, 3]] * 3


@pytest.mark.parametrize("greedy", [True, False])
def test_no_arm_is_tried_twice_and_there_are_no_more_trials_than_arms(greedy: bool) -> None:
    tasks = hidden_target_tasks(20, seed=2)
    noise = None if greedy else gumbel(20, 30, N_ARMS, seeded(3))
    arms = roll_out(initial_policy(N_ARMS, NO_CONTEXT), tasks, 30, noise).arms
    assert arms.sort(1).values.tolist() == [list(range(N_ARMS))] * 20


def test_noise_draws_arms_with_the_probabilities_of_the_softmax() -> None:
    params = initial_policy(3, NO_CONTEXT)
    params["policy.order"] = torch.tensor([0.5, 0.3, 0.2]).log()
    n = 20_000
    tasks = Tables(torch.zeros(n, 3), torch.zeros(n, 3), torch.zeros(n, NO_CONTEXT))
    arms = roll_out(params, tasks, 1, gumbel(n, 1, 3, seeded(0))).arms
    torch.testing.assert_close(torch.bincount(arms[:, 0]) / n, torch.tensor([0.5, 0.3, 0.2]), atol=0.01, rtol=0)


def test_worth_found_is_that_of_the_arm_that_looked_best() -> None:
    seen, worth = torch.tensor([[0.5, 0.7, 0.6]]), torch.tensor([[0.9, 0.2, 0.4]])
    tables = Tables(seen, worth, torch.zeros(1, 0))
    torch.testing.assert_close(worth_so_far(tables, torch.tensor([[0, 1, 2]])), torch.tensor([[0.9, 0.2, 0.2]]))
    torch.testing.assert_close(worth_so_far(tables, torch.tensor([[2, 0, 1]])), torch.tensor([[0.4, 0.4, 0.2]]))


def test_the_policy_gradient_is_that_of_the_expected_reward() -> None:
    # One trial of two arms worth 1 and 0: expected worth p = σ(ℓ₀ − ℓ₁), dp/dℓ₀ = p (1 − p) = 0.1875 at p = ¾; the
    # entropy's part is 0.002 · dH/dℓ₀ = −0.002 · p (1 − p) · log(p / (1 − p)).
    params = initial_policy(2, NO_CONTEXT)
    params["policy.order"] = torch.tensor([math.log(3.0), 0.0])
    tables = Tables(torch.tensor([[0.9, 0.1]]), torch.tensor([[1.0, 0.0]]), torch.zeros(1, NO_CONTEXT))
    noise = gumbel(20_000, 1, 2, seeded(5))[None]
    gradient = grad(lambda at: policy_loss(at, tables, noise)[0])(params)["policy.order"]
    want = -0.1875 * (1.0 - 0.002 * math.log(3.0))
    torch.testing.assert_close(gradient, torch.tensor([want, -want]), atol=5e-3, rtol=0)


def test_a_tasks_gradient_does_not_depend_on_the_other_tasks_of_the_batch() -> None:
    params, tables, noise = initial_policy(N_ARMS, NO_CONTEXT), hidden_target_tasks(4, seed=3), noise_for(4, 8, 4)

    def gradient(rows: slice) -> Tensor:
        part = Tables(*(table[rows] for table in tables))
        gradients: Params = grad(lambda at: policy_loss(at, part, noise[rows])[0])(params)
        return gradients["policy.order"]

    apart = (gradient(slice(0, 1)) + 3.0 * gradient(slice(1, 4))) / 4.0
    torch.testing.assert_close(gradient(slice(0, 4)), apart, atol=1e-6, rtol=1e-4)


def test_it_learns_not_to_trust_an_arm_that_exams_flatter() -> None:
    params = initial_policy(3, NO_CONTEXT)
    worth = torch.tensor([[0.5, 0.6, 0.7]])
    tables = Tables(worth + torch.tensor([0.3, 0.0, 0.0]), worth, torch.zeros(1, NO_CONTEXT))
    state = initial_state(params)
    for step in range(200):
        noise = gumbel(4, 3, 3, seeded(step))[None]
        gradient = grad(lambda at: policy_loss(at, tables, noise)[0])(params)  # noqa: B023 - called at once
        params, state = adam(params, gradient, state, 1e-2)
    torch.testing.assert_close(trust(params, tables.context), torch.tensor([[-0.3, 0.0, 0.0]]), atol=0.02, rtol=0)
