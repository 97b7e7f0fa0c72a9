"""RL²: a recurrent policy whose hidden state is the learning algorithm. Policy and policy gradient, apart from faces.

Duan et al., "RL²: Fast Reinforcement Learning via Slow Reinforcement Learning", 2016; Wang et al., "Learning to
reinforcement learn", 2016. Here the task is a bandit: its arms are learning strategies, a pull is a trial, its reward
what the strategy is worth on the task at hand. The hidden state is kept from trial to trial and starts over with each
task (Duan, section 2.2), so what the policy does in trial 3 depends on what it saw in trials 1 and 2.
"""

from __future__ import annotations

from typing import NamedTuple

from metaface_gui.deferred import Tensor, torch
from metaface_gui.pipeline.learners.base import Params

HIDDEN = 32
_ORDER = 0.15
"""How much the untrained policy prefers an arm to the next one of the table, as a difference of logits."""
_ENTROPY = 2e-3
"""Weight of the entropy bonus, in units of reward: keeps arms in play until their worth is known."""


class Memory(NamedTuple):
    """What the policy carries from trial to trial, for b tasks.

    `hidden` (b, 32) is the GRU's state; the last trial's `action` (b, n_arms) one-hot, `reward` (b,) in 0..1 and `done`
    flag (b,) are what it reads next, zeros before the first trial; `tried` (b, n_arms) says which arms are used up.
    """

    hidden: Tensor
    action: Tensor
    reward: Tensor
    done: Tensor
    tried: Tensor


class Tables(NamedTuple):
    """E tasks' rewards: `seen` (E, n_arms) is what a trial shows of an arm, `worth` (E, n_arms) what the arm is really
    worth on the task, both 0..1; `context` (E, c) describes the task before the first trial.
    """

    seen: Tensor
    worth: Tensor
    context: Tensor


def initial_policy(n_arms: int, n_context: int) -> Params:
    """Untrained policy: tries the arms in their order, whatever it sees."""
    random = torch.Generator().manual_seed(0)
    inputs = n_arms + 2 + n_context
    return {
        "policy.input": torch.randn(3 * HIDDEN, inputs, generator=random) * inputs**-0.5,
        "policy.recurrent": torch.randn(3 * HIDDEN, HIDDEN, generator=random) * HIDDEN**-0.5,
        "policy.gates": torch.zeros(3 * HIDDEN),
        "policy.output": torch.zeros(n_arms, HIDDEN),
        "policy.order": -_ORDER * torch.arange(n_arms, dtype=torch.float32),
        "policy.trust": torch.zeros(n_arms, 1 + n_context),
    }


def trust(params: Params, context: Tensor) -> Tensor:
    """What to add to an arm's reward in a trial to expect its worth: context (b, c) → (b, n_arms).

    Exams flatter some strategies more than others, such as those that train on copies made as the exam's probes are.
    """
    return params["policy.trust"][:, 0] + context @ params["policy.trust"][:, 1:].T


def fresh_memory(params: Params, n_tasks: int) -> Memory:
    """Before the first trial of `n_tasks` tasks."""
    order = params["policy.order"]
    nothing = order.new_zeros(n_tasks, len(order))
    none = order.new_zeros(n_tasks)
    return Memory(order.new_zeros(n_tasks, HIDDEN), nothing, none, none, nothing.bool())


def decide(params: Params, memory: Memory, context: Tensor) -> tuple[Tensor, Tensor]:
    """One step of the GRU (Cho et al. 2014): logits (b, n_arms), −∞ for tried arms, and the new hidden state (b, 32).

    Input is (observation, action, reward, done flag) as in Duan, section 2.2. With update gate u, reset gate r and
    candidate c:  h' = u ∘ h + (1 − u) ∘ c,  c = tanh(W_c x + r ∘ U_c h). The reward enters as its log-odds: strategies
    for faces differ by hundredths near 1, which the log-odds spread out.
    """
    reward = torch.logit(memory.reward, eps=0.01) * memory.done
    seen = torch.cat([memory.action, reward[:, None], memory.done[:, None], context], 1)
    update, reset, candidate = (seen @ params["policy.input"].T + params["policy.gates"]).chunk(3, 1)
    update_h, reset_h, candidate_h = (memory.hidden @ params["policy.recurrent"].T).chunk(3, 1)
    u, r = torch.sigmoid(update + update_h), torch.sigmoid(reset + reset_h)
    hidden = u * memory.hidden + (1.0 - u) * torch.tanh(candidate + r * candidate_h)
    logits = hidden @ params["policy.output"].T + params["policy.order"]
    return logits.masked_fill(memory.tried, float("-inf")), hidden


def remember(memory: Memory, hidden: Tensor, arm: Tensor, reward: Tensor) -> Memory:
    """Memory after trials of `arm` (b,) int64 that showed `reward` (b,)."""
    action = torch.nn.functional.one_hot(arm, memory.tried.shape[1])
    return Memory(hidden, action.to(hidden.dtype), reward, torch.ones_like(reward), memory.tried | action.bool())


class Rollouts(NamedTuple):
    """Trials of b tasks: `arms` (b, T) int64, `log_probs` (b, T) of them, `entropy` (b, T) of the choices."""

    arms: Tensor
    log_probs: Tensor
    entropy: Tensor


def roll_out(params: Params, tables: Tables, n_trials: int, noise: Tensor | None) -> Rollouts:
    """Play T = min(n_trials, n_arms) trials of each task, no arm twice.

    `noise` (b, T, n_arms) is standard Gumbel noise: argmax(logits + noise) is a sample of softmax(logits). None is
    greedy.
    """
    memory = fresh_memory(params, len(tables.seen))
    arms, log_probs, entropy = [], [], []
    for trial in range(min(n_trials, tables.seen.shape[1])):
        logits, hidden = decide(params, memory, tables.context)
        arm = (logits if noise is None else logits + noise[:, trial]).detach().argmax(1)
        log_prob = logits.log_softmax(1)
        arms.append(arm)
        log_probs.append(log_prob.gather(1, arm[:, None])[:, 0])
        # −∞ · 0 of arms that are used up is no number, and neither is its gradient.
        open_arms = log_prob.masked_fill(memory.tried, 0.0)
        entropy.append(-(open_arms * open_arms.exp()).masked_fill(memory.tried, 0.0).sum(1))
        memory = remember(memory, hidden, arm, tables.seen.gather(1, arm[:, None])[:, 0])
    return Rollouts(torch.stack(arms, 1), torch.stack(log_probs, 1), torch.stack(entropy, 1))


def worth_so_far(tables: Tables, arms: Tensor) -> Tensor:
    """(b, T): what the arm that looked best in trials 1 … t is really worth, for each t."""
    seen, worth = tables.seen.gather(1, arms), tables.worth.gather(1, arms)
    best = torch.stack([seen[:, : t + 1].argmax(1) for t in range(seen.shape[1])], 1)
    return worth.gather(1, best)


def policy_loss(params: Params, tables: Tables, noise: Tensor) -> tuple[Tensor, Tensor]:
    """REINFORCE (Williams 1992): a loss () whose gradient is the policy gradient, and the mean worth found (E,).

    `noise` (E, K, T, n_arms) draws K rollouts of each task. The return is the worth found after each trial, averaged
    over trials, so finding early counts; a trial is credited with what follows it. The baseline is the mean return of
    the task's other rollouts at the same trial (Kool et al. 2019): it needs no critic, and each task's gradient depends
    on that task alone, so that it does not matter how tasks are shared among processes.
    """
    n_tasks, n_rollouts, n_trials, _ = noise.shape
    expected = tables.seen + trust(params, tables.context)
    calibration = (expected - tables.worth).square().mean()
    tables = tables._replace(seen=expected.detach().clamp(0.0, 1.0))
    each = Tables(*(table.repeat_interleave(n_rollouts, 0) for table in tables))
    rollouts = roll_out(params, each, n_trials, noise.flatten(0, 1))
    found = worth_so_far(each, rollouts.arms)
    to_go = (found.flip(1).cumsum(1).flip(1) / n_trials).view(n_tasks, n_rollouts, -1)
    others = (to_go.sum(1, keepdim=True) - to_go) / max(n_rollouts - 1, 1)
    advantage = (to_go - others).flatten(0, 1)
    loss = -(advantage * rollouts.log_probs + _ENTROPY * rollouts.entropy).sum(1).mean()
    return loss + calibration, found[:, -1].view(n_tasks, n_rollouts).mean(1)


def gumbel(n_rollouts: int, n_trials: int, n_arms: int, random: torch.Generator) -> Tensor:
    """Standard Gumbel noise (n_rollouts, n_trials, n_arms) on the CPU: −log(−log U)."""
    uniform = torch.rand(n_rollouts, n_trials, n_arms, generator=random)
    return -torch.log(-torch.log(uniform.clamp(1e-7, 1.0 - 1e-7)))
