"""Learners: support set → classifier, one paper a file, and the registry of them.

Lives here: meta-learners, their adapted classifiers, distances. May not live here: the decision that somebody is
Unknown (`recognition`), meta-training (`metalearning`), Qt.
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
"""Where each method's class is, by the class's `key`."""
_BASELINES: Mapping[str, str] = {"stock": "prototypical.StockLearner"}


class _Registry(Mapping[str, "type[MetaLearner]"]):
    """Classes by key; a class's module is imported when the class is asked for: the command line needs only keys."""

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
"""The methods a user can choose, by key. To add one, write its file and name its class in `_METHODS`."""

ALL_LEARNERS: Mapping[str, type[MetaLearner]] = _Registry({**_METHODS, **_BASELINES})
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
