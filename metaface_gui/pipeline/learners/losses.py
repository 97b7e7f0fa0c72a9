"""The meta-training objective: identify enrolled people and keep everyone else below the threshold.

Cross-entropy over an episode's people never sees a stranger: what it learns names more faces right but rejects
strangers no better. A second term therefore asks for one threshold, shared by all people and episodes, that lies
below each correct score and above each wrong one: the unified threshold of Zhou et al., "UniTSFace", NeurIPS 2023,
equation 8, with strangers among the negatives.
"""

from __future__ import annotations

from metaface_gui.deferred import Tensor, softplus, torch
from metaface_gui.pipeline.learners.base import STRANGER, Params

LOSS_LOG_SCALE, LOSS_THRESHOLD = "loss.log_scale", "loss.threshold"
"""Names of the open-set loss's log scale and threshold among the meta-parameters."""


def membership(labels: Tensor, n_way: int) -> Tensor:
    """Return the membership matrix of labels: (n,) → (n, n_way) bool, one True per row, none for a `STRANGER`.

    It equals `one_hot`, but `torch.func` can transform it; `one_hot` inspects values to check them.
    """
    return labels[..., None] == torch.arange(n_way, device=labels.device)


def open_set_loss(scores: Tensor, labels: Tensor, *, scale: Tensor | float, threshold: Tensor) -> Tensor:
    """Return the loss () of scores (q, n) for labels (q,), `STRANGER` for outsiders: cross-entropy + unified threshold.

    `scale` (> 0) turns scores into logits; `threshold` (), in the unit of the scores, is learned like the rest. The
    cross-entropy is the mean over the known queries; the threshold term is the mean over known queries of softplus(−l₊)
    plus the mean over all of softplus(logsumexp l₋), with l = scale · (score − threshold). Terms that have nothing to
    average (no known query, or nobody else to confuse with) drop out. vmap-able: no branch on a value.
    """
    logits = scale * (scores - threshold)
    known = labels != STRANGER
    share = known.to(scores.dtype)
    per_known = share / share.sum().clamp_min(1.0)
    own = membership(labels, scores.shape[1])
    positive = torch.where(own, logits, 0.0).sum(1)
    cross_entropy = torch.logsumexp(logits, 1) - positive
    # A known query of a one-person episode has no negatives: use a value far below any threshold instead of −∞, whose
    # gradient would not be finite.
    negative = torch.logsumexp(torch.where(own, -1e4, logits), 1)
    accepted = cross_entropy + softplus(-positive)
    return (per_known * accepted).sum() + softplus(negative).mean()


def initial_loss() -> Params:
    """Return scale e^3.4 ≈ 30 and threshold 0.4 for the open-set loss, which suit cosines."""
    return {LOSS_LOG_SCALE: torch.tensor(3.4), LOSS_THRESHOLD: torch.tensor(0.4)}


def learned_open_set_loss(params: Params, scores: Tensor, labels: Tensor) -> Tensor:
    """Return the `open_set_loss` () of scores (q, n) for labels (q,) with the scale and threshold in `params`."""
    return open_set_loss(scores, labels, scale=params[LOSS_LOG_SCALE].exp(), threshold=params[LOSS_THRESHOLD])
