"""Prototypical networks: a person is the mean of their shots, and a face belongs to the nearest mean.

Snell, Swersky and Zemel, "Prototypical Networks for Few-shot Learning", NeurIPS 2017.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from metaface_gui.errors import QT_TRANSLATE_NOOP
from metaface_gui.pipeline.learners.base import AdaptStep, MetaLearner, OnStep, SupportSet
from metaface_gui.pipeline.learners.distances import Distance, class_means, make_distance


@dataclass(frozen=True, slots=True, eq=False)
class PrototypeClassifier:
    """Scores a face by its distance to each prototype; `prototypes` is (n_way, p)."""

    prototypes: Tensor
    distance: Distance

    @property
    def n_way(self) -> int:
        """How many people it tells apart."""
        return len(self.prototypes)

    @torch.no_grad()
    def scores(self, features: Tensor) -> Tensor:
        """Score faces against people: (n_query, p) → (n_query, n_way) float32, larger = more alike."""
        return self.distance.score(self.distance.between(features, self.prototypes))


class PrototypicalLearner(MetaLearner):
    """c_k = 1/|S_k| Σ x over person k's shots S_k (equation 1); score −d(x, c_k) (equation 2, before the softmax).

    `distance` is `cosine`, `euclidean` (squared, the paper's choice) or `mahalanobis` (squared, shrunk shared
    covariance). Cosine is the default because the stock embedders were trained with angular losses.

    Raises:
        ValueError: if there is no such distance.
    """

    key = "prototypical"
    title = QT_TRANSLATE_NOOP("Learners", "Prototypical network")
    citation = "Snell 2017"

    def __init__(self, distance: str = "cosine") -> None:
        self._distance = make_distance(distance)

    @torch.no_grad()
    def adapt(self, support: SupportSet, *, on_step: OnStep | None = None) -> PrototypeClassifier:
        """Average each person's shots: closed form, one step."""
        classifier = PrototypeClassifier(class_means(support), self._distance.fitted_to(support))
        if on_step is not None:
            scores = classifier.scores(support.features)
            accuracy = (scores.argmax(1) == support.labels).float().mean()
            loss = torch.nn.functional.cross_entropy(scores, support.labels)
            on_step(AdaptStep(1, 1, float(loss), float(accuracy)))
        return classifier


class StockLearner(PrototypicalLearner):
    """Nearest prototype by cosine on an embedder's stock embeddings, never meta-trained: the row to beat."""

    key = "stock"
    title = QT_TRANSLATE_NOOP("Learners", "Stock embeddings, nearest prototype")

    def __init__(self) -> None:
        super().__init__("cosine")
