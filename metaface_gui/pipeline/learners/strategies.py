"""The learning strategies that Auto chooses from: which method, with which settings, on which support set."""

from __future__ import annotations

from dataclasses import dataclass

from metaface_gui.errors import QT_TRANSLATE_NOOP
from metaface_gui.pipeline.learners.base import MetaLearner
from metaface_gui.pipeline.learners.prototypical import PrototypicalLearner, PrototypicalSettings


@dataclass(frozen=True, slots=True)
class Strategy:
    """An arm of the bandit. `label` is its name on screen, English, marked for translation; `settings` None are the
    method's own defaults; `augment` says whether corrupted copies of the shots join the support set."""

    label: str
    method: type[MetaLearner]
    settings: object | None = None
    augment: bool = False


STRATEGIES: tuple[Strategy, ...] = (
    Strategy(QT_TRANSLATE_NOOP("Learners", "Prototypes"), PrototypicalLearner),
    Strategy(QT_TRANSLATE_NOOP("Learners", "Prototypes, augmented"), PrototypicalLearner, augment=True),
    Strategy(
        QT_TRANSLATE_NOOP("Learners", "Prototypes, Euclidean"), PrototypicalLearner, PrototypicalSettings("euclidean")
    ),
    Strategy(
        QT_TRANSLATE_NOOP("Learners", "Prototypes, Mahalanobis"),
        PrototypicalLearner,
        PrototypicalSettings("mahalanobis"),
    ),
)
"""In the order in which an untrained policy tries them. The trained policy knows them by their place: whoever changes
the table meta-trains `rl2` again."""
