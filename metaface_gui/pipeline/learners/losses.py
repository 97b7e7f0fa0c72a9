"""What the methods are meta-trained to do: name the enrolled, and let nobody else reach any threshold.

Cross-entropy over the people of an episode alone never sees a stranger, and what it learns names more faces right but
rejects strangers no better. So a second term asks that one threshold, the same for every person and every episode,
lies below each right score and above each wrong one: the unified threshold of Zhou et al., "UniTSFace", NeurIPS 2023,
equation 8, with strangers among the negatives.
"""

from __future__ import annotations

from metaface_gui.deferred import Tensor, softplus, torch
from metaface_gui.pipeline.learners.base import STRANGER, Params

LOSS_LOG_SCALE, LOSS_THRESHOLD = "loss.log_scale", "loss.threshold"
"""Names of the logarithm of the open-set loss's scale, and of its threshold, among the meta-parameters."""


def membership(labels: Tensor, n_way: int) -> Tensor:
    """Whose a shot is: (n,) labels → (n, n_way) bool, one True a row, none for a `STRANGER`.

    As `one_hot`, but `torch.func` can go through it: `one_hot` looks at values to check them.
    """
    return labels[..., None] == torch.arange(n_way, device=labels.device)


def open_set_loss(scores: Tensor, labels: Tensor, *, scale: Tensor | float, threshold: Tensor) -> Tensor:
    """Loss () of scores (q, n) for labels (q,), `STRANGER` for people outside: cross-entropy + unified threshold.

    `scale` (> 0) turns scores into logits and `threshold` (), in the scores' own unit, is learned with the rest. The
    cross-entropy is the mean over the known queries, the threshold term the mean over known queries of softplus(−l₊)
    plus the mean over all of softplus(logsumexp l₋), with l = scale · (score − threshold). Without known queries, or
    with one person, only what is left of it counts. vmap-able: no branch on a value.
    """
    logits = scale * (scores - threshold)
    known = labels != STRANGER
    share = known.to(scores.dtype)
    per_known = share / share.sum().clamp_min(1.0)
    own = membership(labels, scores.shape[1])
    positive = torch.where(own, logits, 0.0).sum(1)
    cross_entropy = torch.logsumexp(logits, 1) - positive
    # With one person and a known query nothing is negative: far below any threshold instead of −∞, whose gradient
    # would not be finite.
    negative = torch.logsumexp(torch.where(own, -1e4, logits), 1)
    accepted = cross_entropy + softplus(-positive)
    return (per_known * accepted).sum() + softplus(negative).mean()


def initial_loss() -> Params:
    """Scale e^3.4 ≈ 30 and threshold 0.4 of the open-set loss: what suits cosines."""
    return {LOSS_LOG_SCALE: torch.tensor(3.4), LOSS_THRESHOLD: torch.tensor(0.4)}


def learned_open_set_loss(params: Params, scores: Tensor, labels: Tensor) -> Tensor:
    """`open_set_loss` () of scores (q, n) for labels (q,) at the scale and threshold among `params`."""
    return open_set_loss(scores, labels, scale=params[LOSS_LOG_SCALE].exp(), threshold=params[LOSS_THRESHOLD])
