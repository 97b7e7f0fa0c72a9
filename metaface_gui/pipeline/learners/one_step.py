"""Methods that adapt in one step: what they make of a support set is a function of it, and no loop."""

from __future__ import annotations

from abc import abstractmethod
from typing import Generic, TypeVar, final

from metaface_gui.deferred import cross_entropy, without_gradients
from metaface_gui.pipeline.learners.base import AdaptedClassifier, AdaptStep, OnStep, SupportSet, TrainableLearner

_MOST_SHOTS_SCORED = 2_000

C = TypeVar("C", bound=AdaptedClassifier)


class OneStepLearner(TrainableLearner, Generic[C]):
    """Adapts by `fit` alone, and reports that as one step."""

    @abstractmethod
    def fit(self, support: SupportSet) -> C:
        """The classifier of a support set; no gradients are kept of it."""

    @final
    @without_gradients
    def adapt(self, support: SupportSet, *, on_step: OnStep | None = None) -> C:
        """`fit`, which is one step."""
        classifier = self.fit(support)
        if on_step is not None:
            on_step(single_step(classifier, support))
        return classifier


def single_step(classifier: AdaptedClassifier, support: SupportSet) -> AdaptStep:
    """What an adaptation that is one step came to on its shots: cross-entropy of the raw scores, accuracy.

    Of many shots every n-th is scored: all of 10,000 people against all of them takes longer than adapting.
    """
    every = slice(None, None, -(-len(support.labels) // _MOST_SHOTS_SCORED))
    labels = support.labels[every]
    scores = classifier.scores(support.features[every])
    accuracy = (scores.argmax(1) == labels).float().mean()
    return AdaptStep(1, 1, float(cross_entropy(scores, labels)), float(accuracy))
