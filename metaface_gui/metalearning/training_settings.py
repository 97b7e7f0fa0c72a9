"""How each method is meta-trained: the one table of steps, meta-batches, rates and episode shapes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np

from metaface_gui.metalearning.episodes import EpisodeMix, EpisodeShape

_SHAPES = (
    EpisodeShape(5, 1),
    EpisodeShape(20, 1),
    EpisodeShape(20, 2),
    EpisodeShape(20, 5),
    EpisodeShape(50, 1, queries=2),
    EpisodeShape(50, 5, queries=2),
)
"""Galleries of all sizes, so that no method gets used to one."""
_SMALL_SHAPES = (EpisodeShape(5, 1), EpisodeShape(10, 2), EpisodeShape(20, 1), EpisodeShape(20, 5))
"""For methods that differentiate through an inner loop, whose cost grows with the gallery."""
_VALIDATION_SHAPES = (EpisodeShape(20, 1, strangers=60), EpisodeShape(20, 5, strangers=60))


@dataclass(frozen=True, slots=True)
class MetaTrainingSettings:
    """One meta-training.

    `steps` outer steps of `meta_batch` episodes each; a step's shape is drawn from `shapes`. Adam's rate goes up to
    `meta_lr` over the share `warm_up` of the steps and then down to nothing; gradients longer than `clip` are cut to
    it. Tails move at `tail_rate` times the rate: they start where the projection's fit left them, on the same people,
    and at the full rate were measured to lose on others. Every `validate_every` steps `validation_episodes` fixed
    episodes of each of `validation_shapes` are tried; after `patience` such trials without a better one training
    stops. Checkpoints are written every `checkpoint_every` steps. `max_skipped` gradients in a row that are not finite
    end it.

    Raises:
        ValueError: if a number is not positive, or there are no shapes.
    """

    steps: int = 1500
    meta_batch: int = 16
    meta_lr: float = 2e-3
    tail_rate: float = 0.05
    warm_up: float = 0.1
    clip: float = 1.0
    shapes: tuple[EpisodeShape, ...] = _SHAPES
    mix: EpisodeMix = field(default_factory=EpisodeMix)
    validation_shapes: tuple[EpisodeShape, ...] = _VALIDATION_SHAPES
    validation_episodes: int = 12
    validate_every: int = 100
    patience: int = 8
    checkpoint_every: int = 50
    max_skipped: int = 20
    seed: int = 0

    def __post_init__(self) -> None:
        counts = (self.steps, self.meta_batch, self.validation_episodes, self.validate_every, self.patience)
        if min(*counts, self.checkpoint_every, self.max_skipped) < 1 or self.seed < 0:
            raise ValueError("want positive numbers, and a seed ≥ 0")
        if not (self.meta_lr > 0.0 and self.tail_rate > 0.0 and self.clip > 0.0 and 0.0 <= self.warm_up <= 1.0):
            raise ValueError("want positive rates, and a share to warm up over")
        if not self.shapes or not self.validation_shapes:
            raise ValueError("want at least one shape")

    def shape_of(self, step: int) -> EpisodeShape:
        """Return the shape of an outer step's episodes: it follows from the seed and the step alone."""
        return self.shapes[int(np.random.default_rng((self.seed, step)).integers(len(self.shapes)))]

    def with_steps(self, steps: int) -> MetaTrainingSettings:
        """Return it with so many steps, validated ten times at least."""
        return replace(self, steps=steps, validate_every=min(self.validate_every, max(1, steps // 10)))


TRAINING: Mapping[str, MetaTrainingSettings] = MappingProxyType(
    {
        # Closed forms: an outer step costs milliseconds, and so many validation episodes tell small gains from luck.
        "prototypical": MetaTrainingSettings(validation_episodes=80),
        "matching": MetaTrainingSettings(validation_episodes=80),
        "siamese": MetaTrainingSettings(validation_episodes=80),
        # Inner loops: some steps of gradient descent an episode, differentiated through.
        "maml": MetaTrainingSettings(steps=1000, meta_batch=8, meta_lr=1e-3, shapes=_SMALL_SHAPES),
        "reptile": MetaTrainingSettings(steps=1000, meta_batch=8, meta_lr=1e-3, shapes=_SMALL_SHAPES),
        "meta_optimizer": MetaTrainingSettings(steps=1000, meta_batch=8, meta_lr=1e-3, shapes=_SMALL_SHAPES),
        # Networks that read the support set.
        "meta_network": MetaTrainingSettings(meta_lr=1e-3),
        "task_clusters": MetaTrainingSettings(steps=1000, meta_batch=8, meta_lr=1e-3, shapes=_SMALL_SHAPES),
        # A trial is a whole adaptation of another method.
        "rl2": MetaTrainingSettings(
            steps=300,
            meta_batch=8,
            meta_lr=3e-3,
            shapes=_SMALL_SHAPES,
            validation_episodes=6,
            validate_every=50,
            checkpoint_every=10,
        ),
    }
)
"""What suits each method, by its key."""


def training_settings(key: str) -> MetaTrainingSettings:
    """Return how that method is meta-trained: its entry of the table, or the defaults for a new method."""
    return TRAINING.get(key, MetaTrainingSettings())
