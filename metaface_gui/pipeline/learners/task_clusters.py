"""Clusters of tasks: several meta-initialisations, one for each kind of gallery; a new one mixes those of its kind.

From Yao, Wei, Huang and Li, "Hierarchically Structured Meta-learning", ICML 2019: a task's description is assigned
softly to cluster centres, and what it starts from is mixed accordingly. From Jerfel, Grant, Griffiths and Heller,
"Reconciling meta-learning and continual learning with online mixtures of tasks", NeurIPS 2019: each initialisation
learns from a task in proportion to its responsibility for it. Theirs learn the descriptions, the tree or the number of
clusters, and adapt by gradient steps; here descriptions are plain statistics, centres come from k-means over sampled
tasks before meta-training and stay, and adaptation within the mixed initialisation is the closed form of prototypes.
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
"""K, how many kinds of galleries there are."""
_DOUBT = 10.0
"""How many people it takes to believe half of what they say of the population."""
_TASKS = 512
"""How many galleries are sampled to find the kinds."""


@dataclass(frozen=True, slots=True, eq=False)
class MixedTailClassifier(CosineClassifier):
    """Cosine to the unit prototypes in the mixed tail; `shares` (K,) say what was mixed."""

    shares: Tensor


@dataclass(frozen=True, slots=True)
class TaskClustersSettings:
    """`choice` is `mixture` or `nearest` (one cluster alone); `temperature` says how far a mixture reaches.

    At temperature 1, a cluster weighs e⁻¹ less for each mean square distance between tasks and their centres.
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

    The mean over people of their mean s: who and in what light, drawn towards 0 by the weight of
    `_DOUBT` people, as few people say little of where theirs come from; the mean over people of 1 − ‖their mean‖: how
    far a person's shots scatter; the mean of 1/‖e₀‖, the last feature: how unsure the embedder is (0 if r = 0).
    """
    mine = membership(labels, n_way).to(features.dtype)
    means = mine.T @ features / mine.sum(0)[:, None]
    embeddings = means[:, :d]
    scatter = (1.0 - embeddings.norm(dim=1)).mean()
    quality = means[:, -1].mean() if features.shape[1] > d else torch.zeros_like(scatter)
    return torch.cat([embeddings.sum(0) / (n_way + _DOUBT), torch.stack([scatter, quality])])


def cluster_shares(description: Tensor, centres: Tensor, temperature: float) -> Tensor:
    """softmax_j(−‖description − centre_j‖² / temperature): (t,) and (K, t) → (K,), sums to 1. (1)"""
    return torch.softmax(-(description - centres).square().sum(1) / temperature, 0)


class TaskClustersLearner(OneStepLearner[MixedTailClassifier]):
    """Tail A = A₀ + Σ_j p_j D_j with shares p of equation 1 (2), and in it the nearest prototype by cosine.

    D_j, the cluster's own part of its initialisation, starts at 0; so does untrained every centre, whose shares are
    equal. The gradient of a task's loss with respect to D_j is p_j times that with respect to A: who is chosen learns.

    Raises:
        ValueError: if there is no such choice or the temperature is not positive, or as `MetaLearner`.
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
        """Stock tails and no clusters yet; each cluster has its own scale and threshold in the training loss."""
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
        """Sample galleries of training people and find the kinds: standardise their descriptions, then k-means.

        The three parts of a description count alike, whatever their dimensions. Then all is divided by the root mean
        square distance of tasks to their centres, the unit of the temperature. Centres average hundreds of people.
        """
        d = self.space.embedding_dim
        tasks = torch.stack([describe(*task, d) for task in sampled_galleries(faces)])
        mean, deviation = tasks.mean(0), tasks.std(0)
        embedding = deviation[:d].square().sum().sqrt()  # one spread for the whole part, which keeps its directions
        spread = torch.cat([embedding.expand(d), deviation[d:]])
        spread = torch.where(spread > 1e-6, spread, 1.0)
        standard = (tasks - mean) / spread
        centres = k_means(standard, CLUSTERS)
        unit = torch.cdist(standard, centres).min(1).values.square().mean().sqrt().clamp_min(1e-6)
        return params | {"tasks.mean": mean, "tasks.spread": spread * unit, "tasks.centres": centres / unit}

    def shares(self, params: Params, features: Tensor, labels: Tensor, n_way: int) -> Tensor:
        """How much of each cluster a support set (n, p) with labels (n,) mixes, always softly: (K,)."""
        description = describe(features, labels, n_way, self.space.embedding_dim)
        standard = (description - params["tasks.mean"]) / params["tasks.spread"]
        return cluster_shares(standard, params["tasks.centres"], self.settings.temperature)

    def episode_loss(self, params: Params, episode: Episode, n_way: int) -> Tensor:
        """Open-set loss of the queries' cosines in the mixed tail, at the mixed scale and threshold."""
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
    """A₀ + Σ_j p_j D_j (d, r), equation 2."""
    return params[TAIL] + torch.einsum("k,kdr->dr", shares, params["tail.cluster"])


def sampled_galleries(faces: TrainingFeatures, n: int = _TASKS) -> Iterator[tuple[Tensor, Tensor, int]]:
    """Sample galleries of training people, always the same: (shots (n, p), labels (n,), n_way).

    5 to 50 people of up to 5 shots each, enrolled in a light of their own: the share of degraded shots varies. Not a
    single person, who would be the outlier that k-means gives a cluster of its own.
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
