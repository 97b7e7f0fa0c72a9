"""From scores against shots to scores against people, for methods that compare a face with every shot.

The mean of the odds, log 1/|S_k| Σ_{i∈S_k} exp l_i, is what both the attention of matching networks and the verdicts of
a pair verifier come down to: between the mean and the best of a person's shots, and no larger for having more of them.
"""

from __future__ import annotations

from dataclasses import dataclass

from metaface_gui.deferred import Tensor, normalize, torch, without_gradients
from metaface_gui.errors import QT_TRANSLATE_NOOP
from metaface_gui.pipeline.learners.base import SupportSet, setting
from metaface_gui.pipeline.learners.distances import class_means
from metaface_gui.pipeline.learners.tail import TailClassifier

_LARGEST = 75.0
"""Largest exponent: e⁷⁵ times a hundred thousand shots is still a float32."""


@dataclass(frozen=True, slots=True)
class ShotsSettings:
    """`shrinkage`: how far each shot is drawn towards the mean of its person's before faces are compared with it.

    0 is the papers' comparison with every shot as it is, 1 with the mean alone. Noise, blur and light differ from shot
    to shot and a person does not (shrinkage of means: James and Stein 1961). Of 0, 0.5, 0.7, 0.85 and 1, with five
    shots of LFW's meta-validation people, 0.7 names the most in the worst cells.
    """

    shrinkage: float = setting(
        0.7,
        title=QT_TRANSLATE_NOOP("Settings", "Shrinkage"),
        explanation=QT_TRANSLATE_NOOP(
            "Settings", "How far each shot is drawn towards the mean of that person's shots. 0 leaves it unchanged."
        ),
    )


def drawn_together(support: SupportSet, share: float, embedding_dim: int) -> SupportSet:
    """Draw each shot towards the mean of its person's by `share`, 0 … 1; its first `embedding_dim` are of length 1."""
    drawn = torch.lerp(support.features, class_means(support)[support.labels], share)
    drawn = drawn / drawn[:, :embedding_dim].norm(dim=1, keepdim=True).clamp_min(1e-6)
    return SupportSet(drawn, support.labels, support.n_way)


def in_runs(support: SupportSet) -> tuple[SupportSet, Tensor]:
    """Order the shots so that each person's lie together, and count each person's, (n_way,) int64."""
    order = support.labels.argsort(stable=True)
    ordered = SupportSet(support.features[order], support.labels[order], support.n_way)
    return ordered, torch.bincount(support.labels, minlength=support.n_way)


def log_mean_odds(logits: Tensor, member: Tensor) -> Tensor:
    """Pool logits (q, n) of shots by person: member (n, n_way) 0 or 1 → (q, n_way). `torch.func` can go through it."""
    odds, shift = _odds(logits)
    return (odds @ (member / member.sum(0))).log() + shift


def log_mean_odds_in_runs(logits: Tensor, counts: Tensor) -> Tensor:
    """As `log_mean_odds`, of shots that lie in runs of counts (n_way,): in large galleries most of `member` is 0."""
    odds, shift = _odds(logits)
    return reduce_runs(odds, counts, "mean").log() + shift


def reduce_runs(values: Tensor, counts: Tensor, how: str) -> Tensor:
    """Reduce values (q, n) over runs of counts (n_way,) by `mean` or `max` → (q, n_way)."""
    return torch.segment_reduce(values.T.contiguous(), how, lengths=counts, axis=0, unsafe=True).T


def _odds(logits: Tensor) -> tuple[Tensor, Tensor]:
    """Exponentials (q, n) of logits less a shift (q, 1), neither too large nor zero for a float32.

    One shift a face, not one a person and face, keeps pooling a matrix product. What lies more than 155 nats below
    the best shot is raised to there.
    """
    shift = logits.detach().amax(1, keepdim=True) - _LARGEST
    return (logits - shift).clamp_min(-80.0).exp(), shift


@dataclass(frozen=True, slots=True, eq=False)
class ShotsClassifier(TailClassifier):
    """What a method keeps that compares a face with every shot: `shots` (n, d) as it compares them, each person's lying
    together, and `counts` (n_way,) of them."""

    shots: Tensor
    counts: Tensor

    @property
    def n_way(self) -> int:
        """How many people it tells apart."""
        return len(self.counts)

    @without_gradients
    def class_vectors(self) -> Tensor:
        """Mean direction of each person's shots: nothing but the shots stands for a person."""
        return normalize(reduce_runs(self.shots.T, self.counts, "mean").T, dim=1)
