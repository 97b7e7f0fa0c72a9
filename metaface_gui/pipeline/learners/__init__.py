"""Learners turn a support set into a classifier, one paper per file; this package also holds their registry.

Lives here: meta-learners, their adapted classifiers and distances. May not live here: the decision that a face
is Unknown (`recognition`), meta-training (`metalearning`), Qt.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from metaface_gui.pipeline.feature_space import FeatureSpace
    from metaface_gui.pipeline.learners.base import MetaLearner, Params

_METHODS: Mapping[str, str] = {
    "prototypical": "prototypical.PrototypicalLearner",
    "matching": "matching.MatchingLearner",
    "siamese": "siamese.SiameseLearner",
    "maml": "maml.MamlLearner",
    "reptile": "reptile.ReptileLearner",
    "meta_network": "meta_network.MetaNetworkLearner",
    "task_clusters": "task_clusters.TaskClustersLearner",
    "meta_optimizer": "meta_optimizer.MetaOptimizerLearner",
    "rl2": "rl2.Rl2Learner",
}
"""Module and class name of each method, by the class's `key`."""
_BASELINES: Mapping[str, str] = {"stock": "prototypical.StockLearner"}


class _Registry(Mapping[str, "type[MetaLearner]"]):
    """Maps keys to classes; imports a class's module only on look-up, because the command line needs only the keys."""

    def __init__(self, classes: Mapping[str, str]) -> None:
        self._classes = classes

    def __getitem__(self, key: str) -> type[MetaLearner]:
        module, _, name = self._classes[key].rpartition(".")
        found: type[MetaLearner] = getattr(import_module(f"{__name__}.{module}"), name)
        return found

    def __contains__(self, key: object) -> bool:
        return key in self._classes

    def __iter__(self) -> Iterator[str]:
        return iter(self._classes)

    def __len__(self) -> int:
        return len(self._classes)


LEARNERS: Mapping[str, type[MetaLearner]] = _Registry(_METHODS)
"""The methods a user can choose, by key. To add one, write its file and add its class to `_METHODS`."""

ALL_LEARNERS: Mapping[str, type[MetaLearner]] = _Registry({**_METHODS, **_BASELINES})
"""The methods plus the baselines they are measured against."""


def learner_class(key: str) -> type[MetaLearner]:
    """Return the class of a method or baseline.

    Raises:
        ValueError: if no learner has that key.
    """
    if key not in ALL_LEARNERS:
        raise ValueError(f"no learner {key!r}; there are {', '.join(ALL_LEARNERS)}")
    return ALL_LEARNERS[key]


def make_learner(
    key: str, space: FeatureSpace, trained: Mapping[str, Params] | None = None, settings: object | None = None
) -> MetaLearner:
    """Create the learner called `key` for features laid out as `space`.

    `trained` maps keys to meta-trained parameters (`parameters.py` reads them); a method without an entry is untrained.

    Raises:
        ValueError: if no learner has that key, or the parameters or settings belong to another method.
    """
    return learner_class(key).build(space, trained or {}, settings)
