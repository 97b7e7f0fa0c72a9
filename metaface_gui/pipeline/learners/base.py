"""The learners' contract: a meta-learner adapts to a support set and returns a classifier; it never changes itself.

Adding a method means writing one file with one `MetaLearner` and naming it in `LEARNERS` (`learners/__init__.py`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Protocol

from torch import Tensor


@dataclass(frozen=True, slots=True, eq=False)
class SupportSet:
    """The enrolled shots of a gallery or an episode.

    `features` is (n_shots, p) float32; `labels` (n_shots,) int64 in 0 … n_way-1, every way present at least once, any
    number of shots each, in any order.

    Raises:
        ValueError: if a shape, a dtype or a label does not fit.
    """

    features: Tensor
    labels: Tensor
    n_way: int

    def __post_init__(self) -> None:
        if self.features.ndim != 2 or self.labels.shape != self.features.shape[:1]:
            raise ValueError(f"want (n, p) features and (n,) labels, got {self.features.shape}, {self.labels.shape}")
        if not self.features.isfinite().all():
            raise ValueError("support features hold a value that is not finite")
        if self.n_way < 1 or set(self.labels.tolist()) != set(range(self.n_way)):
            raise ValueError(f"labels must cover 0 … {self.n_way - 1}")


@dataclass(frozen=True, slots=True)
class AdaptStep:
    """One step of an adaptation, as it happens: support loss and support accuracy (0..1) after it."""

    step: int
    steps: int
    loss: float
    accuracy: float


OnStep = Callable[[AdaptStep], None]


class AdaptedClassifier(Protocol):
    """What adaptation gives: immutable, safe to share between threads."""

    @property
    def n_way(self) -> int:
        """How many people it tells apart."""

    def scores(self, features: Tensor) -> Tensor:
        """Score faces against people: (n_query, p) → (n_query, n_way) float32, larger = more alike, raw, no softmax."""


class MetaLearner(ABC):
    """Meta-parameters and how to adapt from them. `adapt` never changes them."""

    key: ClassVar[str]
    """Name in settings and commands."""
    title: ClassVar[str]
    """Name on screen, English, marked for translation."""
    citation: ClassVar[str]
    """Paper and year."""

    @abstractmethod
    def adapt(self, support: SupportSet, *, on_step: OnStep | None = None) -> AdaptedClassifier:
        """Fit a classifier to the support set: deterministic, whatever the order of the shots; finite scores."""
