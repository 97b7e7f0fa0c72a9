"""Siamese networks: a verifier decides whether two faces show one person, and is applied to the face and every shot.

Koch, Zemel and Salakhutdinov, "Siamese Neural Networks for One-shot Image Recognition", ICML deep learning workshop
2015; its contrastive loss is that of Hadsell, Chopra and LeCun, "Dimensionality Reduction by Learning an Invariant
Mapping", CVPR 2006.
"""

from __future__ import annotations

from dataclasses import dataclass

from metaface_gui.deferred import Tensor, torch
from metaface_gui.errors import QT_TRANSLATE_NOOP
from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.pipeline.learners.base import Episode, Params, SupportSet, setting
from metaface_gui.pipeline.learners.distances import SquaredEuclidean
from metaface_gui.pipeline.learners.losses import membership, open_set_loss
from metaface_gui.pipeline.learners.one_step import OneStepLearner
from metaface_gui.pipeline.learners.pooling import (
    ShotsClassifier,
    ShotsSettings,
    drawn_together,
    in_runs,
    log_mean_odds,
    log_mean_odds_in_runs,
    reduce_runs,
)
from metaface_gui.pipeline.learners.tail import TAIL, adapted_embedding, initial_tail

MARGIN = 1.2
"""m of the contrastive loss: different people are pushed apart to a cosine of 0.28, where strangers begin."""


def contrastive_loss(distance_squared: Tensor, same: Tensor, margin: float = MARGIN) -> Tensor:
    """Return ½ D² for two faces of one person, ½ max(0, m − D)² for two people (Hadsell, equation 4), elementwise.

    `distance_squared` is D² ≥ 0, `same` a bool tensor of its shape (Hadsell's Y is 1 where it is False).
    """
    # The distance has no gradient where faces coincide, hence the floor.
    short_of = (margin - distance_squared.clamp_min(1e-8).sqrt()).clamp_min(0.0)
    return 0.5 * torch.where(same, distance_squared, short_of.square())


@dataclass(frozen=True, slots=True, eq=False)
class Verifier:
    """P(same) = σ(γ (θ − D²)), with D² = Σ_j α_j (z_j − z'_j)²; `root_weights` is √α (d,).

    Koch's P(same) = σ(Σ_j α_j |h_j − h'_j|) uses absolute differences. Squares can be computed as a matrix product, and
    separate better: 71 against 67 % TPIR at FPIR 1 % on stock SFace embeddings (meta-validation, hard, 20-way 1-shot).
    """

    root_weights: Tensor
    sharpness: Tensor
    bound: Tensor

    @classmethod
    def of(cls, params: Params) -> Verifier:
        """Return the verifier with these meta-parameters; logarithms keep α and γ positive."""
        root_weights = (0.5 * params["verifier.log_weights"]).exp()
        return cls(root_weights, params["verifier.log_sharpness"].exp(), params["verifier.bound"])

    def weighted(self, embeddings: Tensor) -> Tensor:
        """Return √α ∘ z (…, d), for which D² is a plain squared distance."""
        return embeddings * self.root_weights

    def log_odds(self, distance_squared: Tensor) -> Tensor:
        """Return log P(same) / (1 − P(same)) = γ (θ − D²), of any shape."""
        return self.sharpness * (self.bound - distance_squared)


@dataclass(frozen=True, slots=True, eq=False)
class SiameseClassifier(ShotsClassifier):
    """Verifies a face against every shot, both weighted by the verifier, and pools the verdicts per person.

    `squares` (n,) are the shots' squared lengths; `pooling` as in `SiameseSettings`.
    """

    squares: Tensor
    verifier: Verifier
    pooling: str

    def place(self, features: Tensor) -> Tensor:
        """Return √α ∘ z, the faces as weighted by the verifier."""
        return self.verifier.weighted(adapted_embedding(features, self.tail))

    def compare(self, points: Tensor) -> Tensor:
        """Return the log-odds of being each person; their sigmoid is P(same)."""
        # Expanded, with the term that depends only on the shots precomputed, so that a face costs one matrix product.
        distance_squared = points.square().sum(1, keepdim=True) + self.squares - 2.0 * points @ self.shots.T
        log_odds = self.verifier.log_odds(distance_squared)
        if self.pooling == "odds":
            return log_mean_odds_in_runs(log_odds, self.counts)
        return reduce_runs(log_odds, self.counts, "max" if self.pooling == "best" else "mean")


@dataclass(frozen=True, slots=True)
class SiameseSettings(ShotsSettings):
    """`pooling` of the verdicts on a person's shots: mean of the `odds`, `mean` of the log-odds, or the `best`."""

    pooling: str = setting(
        "odds",
        choices=("odds", "mean", "best"),
        choice_titles=(
            QT_TRANSLATE_NOOP("Settings", "Mean of the odds"),
            QT_TRANSLATE_NOOP("Settings", "Mean of the log-odds"),
            QT_TRANSLATE_NOOP("Settings", "Best shot"),
        ),
        title=QT_TRANSLATE_NOOP("Settings", "Pooling"),
        explanation=QT_TRANSLATE_NOOP("Settings", "How the verdicts on all shots of a person are combined."),
    )


class SiameseLearner(OneStepLearner[SiameseClassifier]):
    """A pair verifier applied to each shot: s_k(x) = log 1/|S_k| Σ_{i∈S_k} P(same) / (1 − P(same)), P for (x, x_i).

    The tail, which is the twin network, and the verifier's α, γ and θ are meta-trained.
    """

    key = "siamese"
    title = QT_TRANSLATE_NOOP("Learners", "Siamese network")
    short_title = QT_TRANSLATE_NOOP("ShortTitles", "Siamese")
    explanation = QT_TRANSLATE_NOOP(
        "Learners", "Asks for every shot: is this the same person? Then pools the answers for each person."
    )
    citation = "Koch 2015"
    settings_type = SiameseSettings

    settings: SiameseSettings

    @classmethod
    def initial_params(cls, space: FeatureSpace) -> Params:
        """Return a stock tail; α = 1, so that D² = 2 − 2 cos; γ = 10 and θ = 1.2: even odds at a cosine of 0.4."""
        return {
            TAIL: initial_tail(space),
            "verifier.log_weights": torch.zeros(space.embedding_dim),
            "verifier.log_sharpness": torch.tensor(10.0).log(),
            "verifier.bound": torch.tensor(1.2),
        }

    def episode_loss(self, params: Params, episode: Episode, n_way: int) -> Tensor:
        """Return the contrastive loss of all pairs of a query and a shot, with different and same pairs weighted
        equally, plus the open-set loss of the pooled log-odds, whose threshold is even odds."""
        verifier = Verifier.of(params)
        shots = verifier.weighted(adapted_embedding(episode.support, params[TAIL]))
        probes = verifier.weighted(adapted_embedding(episode.query, params[TAIL]))
        distance_squared = SquaredEuclidean().between(probes, shots)
        same = episode.query_labels[:, None] == episode.support_labels
        of_pairs = contrastive_loss(distance_squared, same)
        contrastive = sum(torch.where(kind, of_pairs, 0.0).sum() / kind.sum().clamp_min(1) for kind in (same, ~same))
        member = membership(episode.support_labels, n_way).to(shots.dtype)
        pooled = log_mean_odds(verifier.log_odds(distance_squared), member)
        even_odds = torch.zeros((), dtype=pooled.dtype, device=pooled.device)
        return open_set_loss(pooled, episode.query_labels, scale=1.0, threshold=even_odds) + contrastive

    def fit(self, support: SupportSet) -> SiameseClassifier:
        """Store the shots, shrunk towards their means; nothing is fitted."""
        ordered, counts = in_runs(drawn_together(support, self.settings.shrinkage, self.space.embedding_dim))
        verifier, tail = Verifier.of(self.params), self.params[TAIL]
        shots = verifier.weighted(adapted_embedding(ordered.features, tail))
        squares = shots.square().sum(1)
        return SiameseClassifier(tail, shots, counts, squares, verifier, self.settings.pooling)
