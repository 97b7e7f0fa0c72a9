"""Task clusters: one meta-initialisation per kind of gallery; a new gallery starts from a mixture of similar ones.

From Yao, Wei, Huang and Li, "Hierarchically Structured Meta-learning", ICML 2019: a task's description is assigned
softly to cluster centres, and its initialisation is mixed accordingly. From Jerfel, Grant, Griffiths and Heller,
"Reconciling meta-learning and continual learning with online mixtures of tasks", NeurIPS 2019: each initialisation
learns from a task in proportion to its responsibility for it. The papers learn the descriptions, the tree or the
number of clusters, and adapt by gradient steps. Here descriptions are plain statistics, centres are fitted by k-means
to sampled tasks before meta-training and then fixed, and adaptation is the closed form of prototypes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from metaface_gui.deferred import Tensor, normalize, torch, without_gradients
from metaface_gui.errors import QT_TRANSLATE_NOOP
from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.pipeline.learners.base import Episode, Params, SupportSet, TrainingFeatures, setting
from metaface_gui.pipeline.learners.clustering import k_means
from metaface_gui.pipeline.learners.distances import class_means, prototypes
from metaface_gui.pipeline.learners.losses import LOSS_LOG_SCALE, LOSS_THRESHOLD, membership, open_set_loss
from metaface_gui.pipeline.learners.one_step import OneStepLearner
from metaface_gui.pipeline.learners.tail import TAIL, CosineClassifier, adapted_embedding, initial_tail

CLUSTERS = 4
"""K, the number of kinds of galleries."""
_DOUBT = 10.0
"""Shrinkage constant: with this many people, their mean is trusted by half as an estimate of the population's."""
_TASKS = 512
"""Number of galleries that are sampled to find the kinds."""


@dataclass(frozen=True, slots=True, eq=False)
class MixedTailClassifier(CosineClassifier):
    """Cosine to the unit prototypes in the mixed tail; `shares` (K,) are the mixing weights."""

    shares: Tensor


@dataclass(frozen=True, slots=True)
class TaskClustersSettings:
    """`choice` is `mixture` or `nearest` (a single cluster); `temperature` controls how widely a mixture spreads.

    At temperature 1, a cluster's weight falls by e⁻¹ per mean square distance between tasks and their centres.
    """

    choice: str = setting(
        "mixture",
        choices=("mixture", "nearest"),
        choice_titles=(
            QT_TRANSLATE_NOOP("Settings", "Mix the starts"),
            QT_TRANSLATE_NOOP("Settings", "Take the nearest one"),
        ),
        title=QT_TRANSLATE_NOOP("Settings", "Start"),
        explanation=QT_TRANSLATE_NOOP("Settings", "How to use the starts that were learned for each kind of gallery."),
    )
    temperature: float = setting(
        0.5,
        low=0.01,
        high=10.0,
        is_logarithmic=True,
        title=QT_TRANSLATE_NOOP("Settings", "Temperature"),
        explanation=QT_TRANSLATE_NOOP(
            "Settings", "Of the mixture. Low: almost only the nearest start counts. High: all of them count alike."
        ),
    )


def describe(features: Tensor, labels: Tensor, n_way: int, d: int) -> Tensor:
    """Describe a task by its support set alone: shots (n, p) with labels (n,) → (d + 2,).

    The description is: the mean over people of their mean s (who, and in what light), shrunk towards 0 by the weight of
    `_DOUBT` people because few people say little about their population; the mean over people of 1 − ‖their mean‖, the
    scatter of a person's shots; and the mean of 1/‖e₀‖, the last feature, the embedder's uncertainty (0 if r = 0).
    """
    mine = membership(labels, n_way).to(features.dtype)
    means = mine.T @ features / mine.sum(0)[:, None]
    embeddings = means[:, :d]
    scatter = (1.0 - embeddings.norm(dim=1)).mean()
    quality = means[:, -1].mean() if features.shape[1] > d else torch.zeros_like(scatter)
    return torch.cat([embeddings.sum(0) / (n_way + _DOUBT), torch.stack([scatter, quality])])


def cluster_shares(description: Tensor, centres: Tensor, temperature: float) -> Tensor:
    """Return softmax_j(−‖description − centre_j‖² / temperature): (t,) and (K, t) → (K,), sums to 1. (1)"""
    return torch.softmax(-(description - centres).square().sum(1) / temperature, 0)


class TaskClustersLearner(OneStepLearner[MixedTailClassifier]):
    """Tail A = A₀ + Σ_j p_j D_j with shares p of equation 1 (2), and the nearest prototype by cosine in that tail.

    D_j, the cluster's own part of the initialisation, starts at 0; so do the untrained centres, whose shares are equal.
    The gradient of a task's loss with respect to D_j is p_j times that for A: a cluster learns as far as it is chosen.

    Raises:
        ValueError: if there is no such choice or the temperature is not positive, or as for `MetaLearner`.
    """

    key = "task_clusters"
    title = QT_TRANSLATE_NOOP("Learners", "Task clusters")
    short_title = QT_TRANSLATE_NOOP("ShortTitles", "Clusters")
    explanation = QT_TRANSLATE_NOOP(
        "Learners",
        "Recognises the kind of gallery, starts from what was learned for that kind, then averages the shots.",
    )
    citation = "Yao 2019, Jerfel 2019"
    settings_type = TaskClustersSettings
    frozen = ("tasks.mean", "tasks.spread", "tasks.centres")

    settings: TaskClustersSettings

    def __init__(self, space: FeatureSpace, params: Params | None = None, settings: object | None = None) -> None:
        super().__init__(space, params, settings)
        if self.settings.choice not in ("mixture", "nearest") or not self.settings.temperature > 0.0:
            raise ValueError(f"want mixture or nearest and a temperature > 0, got {self.settings}")

    @classmethod
    def initial_params(cls, space: FeatureSpace) -> Params:
        """Return stock tails and centres at 0; each cluster has its own scale and threshold in the training loss."""
        d = space.embedding_dim
        return {
            TAIL: initial_tail(space),
            "tail.cluster": torch.zeros(CLUSTERS, d, space.projection_dim),
            "tasks.mean": torch.zeros(d + 2),
            "tasks.spread": torch.ones(d + 2),
            "tasks.centres": torch.zeros(CLUSTERS, d + 2),
            LOSS_LOG_SCALE: torch.full((CLUSTERS,), 3.4),
            LOSS_THRESHOLD: torch.full((CLUSTERS,), 0.4),
        }

    @without_gradients
    def prepare(self, params: Params, faces: TrainingFeatures) -> Params:
        """Sample galleries of training people and find their kinds by k-means on the standardised descriptions.

        The three parts of a description weigh the same, whatever their dimensions. All is then divided by the root mean
        square distance of tasks to their centres, the unit of the temperature. Centres average hundreds of people.
        """
        d = self.space.embedding_dim
        tasks = torch.stack([describe(*task, d) for task in sampled_galleries(faces)])
        mean, deviation = tasks.mean(0), tasks.std(0)
        embedding = deviation[:d].square().sum().sqrt()  # a common spread for all of s preserves its directions
        spread = torch.cat([embedding.expand(d), deviation[d:]])
        spread = torch.where(spread > 1e-6, spread, 1.0)
        standard = (tasks - mean) / spread
        centres = k_means(standard, CLUSTERS)
        unit = torch.cdist(standard, centres).min(1).values.square().mean().sqrt().clamp_min(1e-6)
        return params | {"tasks.mean": mean, "tasks.spread": spread * unit, "tasks.centres": centres / unit}

    def shares(self, params: Params, features: Tensor, labels: Tensor, n_way: int) -> Tensor:
        """Return the soft share of each cluster for a support set (n, p) with labels (n,): (K,)."""
        description = describe(features, labels, n_way, self.space.embedding_dim)
        standard = (description - params["tasks.mean"]) / params["tasks.spread"]
        return cluster_shares(standard, params["tasks.centres"], self.settings.temperature)

    def episode_loss(self, params: Params, episode: Episode, n_way: int) -> Tensor:
        """Return the open-set loss of the queries' cosines in the mixed tail, at the mixed scale and threshold."""
        shares = self.shares(params, episode.support, episode.support_labels, n_way)
        tail = mixed_tail(params, shares)
        shots, probes = adapted_embedding(episode.support, tail), adapted_embedding(episode.query, tail)
        cosines = probes @ prototypes(shots, episode.support_labels, n_way).T
        scale, threshold = (shares @ params[LOSS_LOG_SCALE]).exp(), shares @ params[LOSS_THRESHOLD]
        return open_set_loss(cosines, episode.query_labels, scale=scale, threshold=threshold)

    def fit(self, support: SupportSet) -> MixedTailClassifier:
        """Choose or mix the initialisation, then average each person's shots in it."""
        shares = self.shares(self.params, support.features, support.labels, support.n_way)
        if self.settings.choice == "nearest":
            shares = (torch.arange(len(shares), device=shares.device) == shares.argmax()).to(shares.dtype)
        tail = mixed_tail(self.params, shares)
        shots = SupportSet(adapted_embedding(support.features, tail), support.labels, support.n_way)
        return MixedTailClassifier(tail, normalize(class_means(shots), dim=-1), shares)


def mixed_tail(params: Params, shares: Tensor) -> Tensor:
    """Return A₀ + Σ_j p_j D_j (d, r), equation 2."""
    return params[TAIL] + torch.einsum("k,kdr->dr", shares, params["tail.cluster"])


def sampled_galleries(faces: TrainingFeatures, n: int = _TASKS) -> Iterator[tuple[Tensor, Tensor, int]]:
    """Yield the same sampled galleries of training people on every call: (shots (n, p), labels (n,), n_way).

    Each has 5 to 50 people with up to 5 shots, enrolled in a light of its own: the share of degraded shots varies.
    There are no one-person galleries, which would be outliers that k-means gives a cluster of their own.
    """
    random = np.random.default_rng(0)
    person = faces.person.cpu().numpy()
    order = np.argsort(person, kind="stable")
    pictures = np.split(order, np.cumsum(np.bincount(person))[:-1])
    copies = faces.features.shape[1]
    for _ in range(n):
        n_way = int(random.choice([5, 10, 20, 50]).clip(max=len(pictures)))
        k_shot, degraded = int(random.integers(1, 6)), random.choice([0.0, 0.25, 0.5, 1.0])
        people = random.choice(len(pictures), n_way, replace=False)
        shots = [random.permutation(pictures[i])[:k_shot] for i in people]
        labels = np.repeat(np.arange(n_way), [len(own) for own in shots])
        is_degraded = (random.random(len(labels)) < degraded) & (copies > 1)
        copy = np.where(is_degraded, random.integers(1, max(copies, 2), len(labels)), 0)
        device = faces.features.device
        picture = torch.from_numpy(np.concatenate(shots)).to(device)
        chosen = faces.features[picture, torch.from_numpy(copy).to(device)]
        yield chosen, torch.from_numpy(labels).to(device), n_way
