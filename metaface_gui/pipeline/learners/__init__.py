"""Learners: support set → classifier, one paper a file, and the registry of them.

Lives here: meta-learners, their adapted classifiers, distances. May not live here: the decision that somebody is
Unknown (`recognition`), meta-training (`metalearning`), Qt.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.pipeline.learners.base import MetaLearner, Params
from metaface_gui.pipeline.learners.maml import MamlLearner
from metaface_gui.pipeline.learners.matching import MatchingLearner
from metaface_gui.pipeline.learners.meta_network import MetaNetworkLearner
from metaface_gui.pipeline.learners.meta_optimizer import MetaOptimizerLearner
from metaface_gui.pipeline.learners.prototypical import PrototypicalLearner, StockLearner
from metaface_gui.pipeline.learners.reptile import ReptileLearner
from metaface_gui.pipeline.learners.rl2 import Rl2Learner
from metaface_gui.pipeline.learners.siamese import SiameseLearner
from metaface_gui.pipeline.learners.task_clusters import TaskClustersLearner

_METHODS: tuple[type[MetaLearner], ...] = (
    PrototypicalLearner,
    MatchingLearner,
    SiameseLearner,
    MamlLearner,
    ReptileLearner,
    MetaNetworkLearner,
    TaskClustersLearner,
    MetaOptimizerLearner,
    Rl2Learner,
)
_BASELINES: tuple[type[MetaLearner], ...] = (StockLearner,)

LEARNERS: Mapping[str, type[MetaLearner]] = MappingProxyType({learner.key: learner for learner in _METHODS})
"""The methods a user can choose, by key. To add one, write its file and name its class in `_METHODS`."""

ALL_LEARNERS: Mapping[str, type[MetaLearner]] = MappingProxyType(
    {learner.key: learner for learner in (*_METHODS, *_BASELINES)}
)
"""The methods, and the baselines they are measured against."""


def learner_class(key: str) -> type[MetaLearner]:
    """Look a method or baseline up.

    Raises:
        ValueError: if there is none of that name.
    """
    if key not in ALL_LEARNERS:
        raise ValueError(f"no learner {key!r}; there are {', '.join(ALL_LEARNERS)}")
    return ALL_LEARNERS[key]


def make_learner(
    key: str, space: FeatureSpace, trained: Mapping[str, Params] | None = None, settings: object | None = None
) -> MetaLearner:
    """Make the learner called `key` for features of that layout.

    `trained` maps keys to meta-trained parameters (`parameters.py` reads them); a method without an entry is untrained.

    Raises:
        ValueError: if there is none of that name, or its parameters or settings are not its own.
    """
    return learner_class(key).build(space, trained or {}, settings)
