"""Stage 1 of meta-training: move the embedder's last linear layer, cut its movement to a small rank, share it.

z = normalise(W u + b) with u the trunk's features, which stay. W starts at the stock tail W₀ (its batch norm folded in)
and is trained whole, on open-set episodes of many people: a clean picture of each stands for them, degraded copies of
their others are the queries, and everybody else is a stranger to them (`open_set_loss`). Then the movement is cut,
W − W₀ ≈ A B with B (m, u), by a singular value decomposition: B and A are what `Projection` holds. Training the two
factors from scratch was measured to gain a third of what training whole and cutting gains; adapters on frozen
embeddings gain nothing, because what degradation took from the embedding is still in the trunk's features.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import linear, normalize

from metaface_gui.pipeline.embedding.torch_embedder import LinearTail
from metaface_gui.pipeline.learners.losses import open_set_loss

Trunk = NDArray[np.float16]
"""Trunk features (n, 1 + c, u) of n pictures: the first copy clean, c degraded."""


@dataclass(frozen=True, slots=True)
class ProjectionSettings:
    """How to train: `people` an episode with `queries` degraded copies each; SGD with momentum on a one-cycle rate.

    `rank` is m; `scale` turns cosines into logits; `validate_every` steps the loss on held-out people is looked at,
    and the best W so far is kept.
    """

    steps: int = 400
    people: int = 192
    queries: int = 3
    rank: int = 63
    meta_lr: float = 0.003
    momentum: float = 0.9
    scale: float = 40.0
    mirrored_or_clean_queries: float = 0.1
    validate_every: int = 100
    seed: int = 0


@dataclass(frozen=True, slots=True)
class ProjectionProgress:
    """Loss of the last steps on meta-training people, and of the last look at meta-validation people."""

    step: int
    steps: int
    loss: float
    validation_loss: float


@dataclass(frozen=True, slots=True, eq=False)
class FittedProjection:
    """B (m, u) and A₀ (d, m + 1), as `save_projection` takes them, and how much of the movement the cut kept: 0..1."""

    weight: Tensor
    tail: Tensor
    energy_kept: float
    best_step: int
    stock_validation_loss: float
    validation_loss: float


class _People:
    """Draws batches: for each of some people one clean picture and queries from their other pictures."""

    def __init__(self, features: Trunk, person: NDArray[np.int64], settings: ProjectionSettings) -> None:
        self._features = features
        self._settings = settings
        order = np.argsort(person, kind="stable")
        self._pictures = np.split(order, np.flatnonzero(np.diff(person[order])) + 1)

    def batch(self, random: np.random.Generator) -> tuple[Tensor, Tensor]:
        """Trunk features of the people's clean pictures (w, u), and of their queries (w · queries, u), float16."""
        settings, copies = self._settings, self._features.shape[1]
        n_way = min(settings.people, len(self._pictures))
        clean, queried, copy = [], [], []
        for who in random.choice(len(self._pictures), n_way, replace=False):
            pictures = random.permutation(self._pictures[who])
            clean.append(pictures[0])
            for k in range(settings.queries):
                # The only picture of somebody is their query too, degraded.
                queried.append(pictures[(1 + k) % len(pictures)])
                easy = len(pictures) > 1 and random.random() < settings.mirrored_or_clean_queries
                copy.append(0 if easy or copies == 1 else int(random.integers(1, copies)))
        prototypes = self._features[np.asarray(clean), 0]
        queries = self._features[np.asarray(queried), np.asarray(copy)]
        return torch.from_numpy(prototypes), torch.from_numpy(queries)


def fit_projection(
    train: tuple[Trunk, NDArray[np.int64]],
    validation: tuple[Trunk, NDArray[np.int64]],
    tail: LinearTail,
    settings: ProjectionSettings,
    *,
    on_progress: Callable[[ProjectionProgress], None],
) -> FittedProjection:
    """Train on the meta-training people's trunk features and their numbers; the device is the tail's.

    Deterministic by seed on one kind of machine. `on_progress` may raise to cancel.
    """
    device = tail.linear.weight.device
    stock_weight, stock_bias = folded(tail)
    weight, bias = stock_weight.clone().requires_grad_(True), stock_bias.clone().requires_grad_(True)
    threshold = torch.tensor(0.4, device=device, requires_grad=True)
    optimizer = torch.optim.SGD([weight, bias, threshold], lr=settings.meta_lr, momentum=settings.momentum)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=settings.meta_lr, total_steps=settings.steps, pct_start=0.2, cycle_momentum=False
    )
    people = _People(*train, settings)
    held_out = [_People(*validation, settings).batch(np.random.default_rng(index)) for index in range(4)]

    def loss_of(batch: tuple[Tensor, Tensor], w: Tensor, b: Tensor) -> Tensor:
        prototypes, queries = (normalize(_embed(part.to(device), w, b)) for part in batch)
        labels = torch.arange(len(prototypes), device=device).repeat_interleave(settings.queries)
        return open_set_loss(queries @ prototypes.T, labels, scale=settings.scale, threshold=threshold)

    @torch.no_grad()
    def validate(w: Tensor, b: Tensor) -> float:
        return float(torch.stack([loss_of(batch, w, b) for batch in held_out]).mean())

    stock_loss = best_loss = validate(stock_weight, stock_bias)
    best, best_step, recent = (stock_weight, stock_bias), 0, 0.0
    random = np.random.default_rng(settings.seed)
    for step in range(1, settings.steps + 1):
        loss = loss_of(people.batch(random), weight, bias)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        schedule.step()
        value = float(loss.detach())
        recent = value if step == 1 else 0.95 * recent + 0.05 * value
        if step % settings.validate_every == 0 or step == settings.steps:
            now = validate(weight, bias)
            if now < best_loss:
                best_loss, best_step = now, step
                best = weight.detach().clone(), bias.detach().clone()
        on_progress(ProjectionProgress(step, settings.steps, recent, best_loss))
    b_matrix, a_matrix, kept = cut(best[0] - stock_weight, best[1] - stock_bias, settings.rank)
    return FittedProjection(b_matrix, a_matrix, kept, best_step, stock_loss, best_loss)


def folded(tail: LinearTail) -> tuple[Tensor, Tensor]:
    """W₀ (d, u) and b₀ (d,) with BN(linear(u)) = W₀ u + b₀: the batch norm's trained statistics folded in."""
    bn = tail.bn
    if bn.running_mean is None or bn.running_var is None:
        raise ValueError("the tail's batch norm has no trained statistics")
    gain = bn.weight / (bn.running_var + bn.eps).sqrt()
    shift = -bn.running_mean
    if tail.linear.bias is not None:
        shift = shift + tail.linear.bias
    return (tail.linear.weight * gain[:, None]).detach(), (shift * gain + bn.bias).detach()


def cut(movement: Tensor, bias_movement: Tensor, rank: int) -> tuple[Tensor, Tensor, float]:
    """W − W₀ (d, u) → B (m, u) with orthonormal rows, A (d, m + 1) and the share of the squared movement that is kept.

    The last column of A moves the bias. m ≤ d. Signs are fixed so that machines agree.
    """
    left, values, right = torch.linalg.svd(movement, full_matrices=False)
    signs = torch.sign(right.gather(1, right.abs().argmax(1, keepdim=True)))
    left, right = left * signs.T, right * signs
    tail = torch.cat([left[:, :rank] * values[:rank], bias_movement[:, None]], dim=1)
    energy = values.square()
    kept = float(energy[:rank].sum() / energy.sum().clamp_min(1e-12))
    return right[:rank].contiguous(), tail.contiguous(), kept


def _embed(features: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """W u + b with u in half precision; the products in bfloat16 where they are long enough for that to pay."""
    if weight.shape[1] >= 8192:
        return linear(features.to(torch.bfloat16), weight.to(torch.bfloat16)).float() + bias
    return linear(features.float(), weight, bias)
