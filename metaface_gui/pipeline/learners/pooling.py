"""Pooling of scores per shot to scores per person, for methods that compare a face with every shot.

Both the attention of matching networks and the verdicts of a pair verifier reduce to the log of the mean odds,
log 1/|S_k| Σ_{i∈S_k} exp l_i: between the mean and the best of a person's shots, and no larger for having more of them.
"""

from __future__ import annotations

from dataclasses import dataclass

from metaface_gui.deferred import Tensor, normalize, torch, without_gradients
from metaface_gui.errors import QT_TRANSLATE_NOOP
from metaface_gui.pipeline.learners.base import SupportSet, setting
from metaface_gui.pipeline.learners.distances import class_means
from metaface_gui.pipeline.learners.tail import TailClassifier

_LARGEST = 75.0
"""Largest exponent: e⁷⁵ times a hundred thousand shots still fits into a float32."""


@dataclass(frozen=True, slots=True)
class ShotsSettings:
    """`shrinkage`: how far each shot is moved towards its person's mean before faces are compared with it.

    0 compares with every shot unchanged, as in the papers; 1 compares with the mean alone. Noise, blur and light differ
    between shots and the person does not (shrinkage of means: James and Stein 1961). Of 0, 0.5, 0.7, 0.85 and 1, with
    five shots of LFW's meta-validation people, 0.7 names the most in the worst cells.
    """

    shrinkage: float = setting(
        0.7,
        title=QT_TRANSLATE_NOOP("Settings", "Shrinkage"),
        explanation=QT_TRANSLATE_NOOP(
            "Settings", "How far each shot is drawn towards the mean of that person's shots. 0 leaves it unchanged."
        ),
    )


def drawn_together(support: SupportSet, share: float, embedding_dim: int) -> SupportSet:
    """Move each shot towards its person's mean by `share`, 0 … 1; its first `embedding_dim` get length 1 again."""
    drawn = torch.lerp(support.features, class_means(support)[support.labels], share)
    drawn = drawn / drawn[:, :embedding_dim].norm(dim=1, keepdim=True).clamp_min(1e-6)
    return SupportSet(drawn, support.labels, support.n_way)


def in_runs(support: SupportSet) -> tuple[SupportSet, Tensor]:
    """Sort the shots so that each person's are adjacent; also return the number of shots per person, (n_way,) int64."""
    order = support.labels.argsort(stable=True)
    ordered = SupportSet(support.features[order], support.labels[order], support.n_way)
    return ordered, torch.bincount(support.labels, minlength=support.n_way)


def log_mean_odds(logits: Tensor, member: Tensor) -> Tensor:
    """Pool logits (q, n) of shots by person: member (n, n_way) 0 or 1 → (q, n_way). `torch.func` can transform it."""
    odds, shift = _odds(logits)
    return (odds @ (member / member.sum(0))).log() + shift


def log_mean_odds_in_runs(logits: Tensor, counts: Tensor) -> Tensor:
    """Compute `log_mean_odds` for shots sorted in runs of counts (n_way,): avoids a large, sparse `member` matrix."""
    odds, shift = _odds(logits)
    return reduce_runs(odds, counts, "mean").log() + shift


def reduce_runs(values: Tensor, counts: Tensor, how: str) -> Tensor:
    """Reduce values (q, n) over runs of counts (n_way,) by `mean` or `max` → (q, n_way)."""
    return torch.segment_reduce(values.T.contiguous(), how, lengths=counts, axis=0, unsafe=True).T


def _odds(logits: Tensor) -> tuple[Tensor, Tensor]:
    """Return exponentials (q, n) of shifted logits, neither overflowing nor zero in float32, and the shift (q, 1).

    One shift per face, rather than per face and person, keeps pooling a matrix product. Logits more than 155 nats below
    the best shot are raised to that level.
    """
    shift = logits.detach().amax(1, keepdim=True) - _LARGEST
    return (logits - shift).clamp_min(-80.0).exp(), shift


@dataclass(frozen=True, slots=True, eq=False)
class ShotsClassifier(TailClassifier):
    """State of a method that compares a face with every shot: `shots` (n, d) as they are compared, each person's
    adjacent, and their number per person, `counts` (n_way,)."""

    shots: Tensor
    counts: Tensor

    @property
    def n_way(self) -> int:
        """Number of people that the classifier distinguishes."""
        return len(self.counts)

    @without_gradients
    def class_vectors(self) -> Tensor:
        """Return the mean direction of each person's shots, since only the shots represent a person."""
        return normalize(reduce_runs(self.shots.T, self.counts, "mean").T, dim=1)
