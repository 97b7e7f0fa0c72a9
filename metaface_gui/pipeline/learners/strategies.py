"""The learning strategies that Auto chooses from: a method, its settings, and whether to augment the support set."""

from __future__ import annotations

from dataclasses import dataclass

from metaface_gui.errors import QT_TRANSLATE_NOOP
from metaface_gui.pipeline.learners.base import MetaLearner
from metaface_gui.pipeline.learners.maml import MamlLearner, MamlSettings
from metaface_gui.pipeline.learners.matching import MatchingLearner
from metaface_gui.pipeline.learners.meta_network import MetaNetworkLearner
from metaface_gui.pipeline.learners.meta_optimizer import MetaOptimizerLearner
from metaface_gui.pipeline.learners.prototypical import PrototypicalLearner, PrototypicalSettings
from metaface_gui.pipeline.learners.reptile import ReptileLearner
from metaface_gui.pipeline.learners.siamese import SiameseLearner
from metaface_gui.pipeline.learners.task_clusters import TaskClustersLearner


@dataclass(frozen=True, slots=True)
class Strategy:
    """An arm of the bandit. `label` is its name on screen, English, marked for translation; `settings` None means the
    method's defaults; `augment` adds corrupted copies of the shots to the support set."""

    label: str
    method: type[MetaLearner]
    settings: object | None = None
    augment: bool = False


STRATEGIES: tuple[Strategy, ...] = (
    Strategy(QT_TRANSLATE_NOOP("Strategies", "Prototypes"), PrototypicalLearner),
    Strategy(QT_TRANSLATE_NOOP("Strategies", "MAML"), MamlLearner),
    Strategy(QT_TRANSLATE_NOOP("Strategies", "Matching"), MatchingLearner),
    Strategy(QT_TRANSLATE_NOOP("Strategies", "Prototypes, augmented"), PrototypicalLearner, augment=True),
    Strategy(QT_TRANSLATE_NOOP("Strategies", "Meta network"), MetaNetworkLearner),
    Strategy(QT_TRANSLATE_NOOP("Strategies", "Task clusters"), TaskClustersLearner),
    Strategy(QT_TRANSLATE_NOOP("Strategies", "Reptile"), ReptileLearner),
    Strategy(QT_TRANSLATE_NOOP("Strategies", "Learned optimizer"), MetaOptimizerLearner),
    Strategy(QT_TRANSLATE_NOOP("Strategies", "Siamese"), SiameseLearner),
    Strategy(QT_TRANSLATE_NOOP("Strategies", "MAML, ten steps"), MamlLearner, MamlSettings(inner_steps=10)),
    Strategy(QT_TRANSLATE_NOOP("Strategies", "MAML, small rate"), MamlLearner, MamlSettings(inner_lr=0.3)),
    Strategy(QT_TRANSLATE_NOOP("Strategies", "MAML, augmented"), MamlLearner, augment=True),
    Strategy(
        QT_TRANSLATE_NOOP("Strategies", "Prototypes, Euclidean"), PrototypicalLearner, PrototypicalSettings("euclidean")
    ),
    Strategy(
        QT_TRANSLATE_NOOP("Strategies", "Prototypes, Mahalanobis"),
        PrototypicalLearner,
        PrototypicalSettings("mahalanobis"),
    ),
)
"""In the order in which an untrained policy tries them. The trained policy identifies them by position: after changing
the table, meta-train `rl2` again."""
