"""Prototypical networks: a person is the mean of their shots, and a face is assigned to the nearest mean.

Snell, Swersky and Zemel, "Prototypical Networks for Few-shot Learning", NeurIPS 2017.
"""

from __future__ import annotations

from dataclasses import dataclass

from metaface_gui.deferred import Tensor, normalize
from metaface_gui.errors import QT_TRANSLATE_NOOP
from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.pipeline.learners.base import Episode, Params, SupportSet, setting
from metaface_gui.pipeline.learners.distances import DISTANCES, Distance, class_means, make_distance, prototypes
from metaface_gui.pipeline.learners.losses import initial_loss, learned_open_set_loss
from metaface_gui.pipeline.learners.one_step import OneStepLearner
from metaface_gui.pipeline.learners.tail import TAIL, TailClassifier, adapted_embedding, initial_tail


@dataclass(frozen=True, slots=True, eq=False)
class PrototypeClassifier(TailClassifier):
    """Scores a face by its `distance` to each of the `prototypes` (n_way, d), which are whitened under Mahalanobis."""

    prototypes: Tensor
    distance: Distance

    def place(self, features: Tensor) -> Tensor:
        """Return z, whitened."""
        return self.distance.whitened(adapted_embedding(features, self.tail))

    def compare(self, points: Tensor) -> Tensor:
        """Return −d(z, c_k), or the cosine."""
        return self.distance.score(self.distance.apart(points, self.prototypes))

    def class_vectors(self) -> Tensor:
        """Return the directions of the prototypes."""
        return normalize(self.prototypes, dim=1)


@dataclass(frozen=True, slots=True)
class PrototypicalSettings:
    """`distance` is `cosine`, `euclidean` (squared, the paper's choice) or `mahalanobis` (squared, shrunk covariance).

    Cosine is the default because embedders are trained with angular losses.
    """

    distance: str = setting(
        "cosine",
        choices=tuple(distance.key for distance in DISTANCES),
        choice_titles=(
            QT_TRANSLATE_NOOP("Settings", "Cosine"),
            QT_TRANSLATE_NOOP("Settings", "Euclidean"),
            QT_TRANSLATE_NOOP("Settings", "Mahalanobis"),
        ),
        title=QT_TRANSLATE_NOOP("Settings", "Distance"),
        explanation=QT_TRANSLATE_NOOP("Settings", "How the distance between a face and a prototype is measured."),
    )


class PrototypicalLearner(OneStepLearner[PrototypeClassifier]):
    """c_k = 1/|S_k| Σ z over person k's shots S_k (equation 1); score −d(z, c_k) (equation 2, before the softmax).

    Meta-training finds the tail that embeds shots and probes, and the scale and threshold of the training loss.

    Raises:
        ValueError: if there is no such distance, or as for `MetaLearner`.
    """

    key = "prototypical"
    title = QT_TRANSLATE_NOOP("Learners", "Prototypical network")
    short_title = QT_TRANSLATE_NOOP("ShortTitles", "Prototypes")
    explanation = QT_TRANSLATE_NOOP(
        "Learners", "Averages each person's shots into one prototype; a face is assigned to the nearest prototype."
    )
    citation = "Snell 2017"
    settings_type = PrototypicalSettings

    settings: PrototypicalSettings

    def __init__(self, space: FeatureSpace, params: Params | None = None, settings: object | None = None) -> None:
        super().__init__(space, params, settings)
        self._distance = make_distance(self.settings.distance)

    @classmethod
    def initial_params(cls, space: FeatureSpace) -> Params:
        """Return a stock tail, and a scale and threshold that suit cosines."""
        return {TAIL: initial_tail(space), **initial_loss()}

    def episode_loss(self, params: Params, episode: Episode, n_way: int) -> Tensor:
        """Return the open-set loss of the queries' cosines to the prototypes."""
        shots, probes = adapted_embedding(episode.support, params[TAIL]), adapted_embedding(episode.query, params[TAIL])
        cosines = probes @ prototypes(shots, episode.support_labels, n_way).T
        return learned_open_set_loss(params, cosines, episode.query_labels)

    def fit(self, support: SupportSet) -> PrototypeClassifier:
        """Average each person's shots."""
        tail = self.params[TAIL]
        shots = SupportSet(adapted_embedding(support.features, tail), support.labels, support.n_way)
        distance = self._distance.fitted_to(shots)
        return PrototypeClassifier(tail, distance.whitened(class_means(shots)), distance)


class StockLearner(PrototypicalLearner):
    """Nearest prototype by cosine of s, the embedding under the stock tail; never meta-trained.

    With an embedder whose trunk is not tuned, this is the stock network, the baseline to beat.
    """

    key = "stock"
    title = QT_TRANSLATE_NOOP("Learners", "Stock embeddings, nearest prototype")
    short_title = QT_TRANSLATE_NOOP("ShortTitles", "Stock")
    explanation = QT_TRANSLATE_NOOP(
        "Learners", "The baseline: the nearest mean of a person's shots, with no meta-training of its own."
    )

    def __init__(self, space: FeatureSpace, params: Params | None = None, settings: object | None = None) -> None:
        if params is not None:
            raise ValueError("the stock row is never meta-trained")
        super().__init__(space, None, settings)
