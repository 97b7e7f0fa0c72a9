"""Meta-validation: how good meta-parameters are at the moment, on episodes of people that meta-training never sees."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from metaface_gui.metalearning.distributed import ProcessGroup, share_of
from metaface_gui.metalearning.episodes import HELD_OUT_MIX, EpisodeSampler, EpisodeShape
from metaface_gui.metalearning.metrics import EpisodeScores
from metaface_gui.pipeline.learners.base import (
    STRANGER,
    AdaptedClassifier,
    Episode,
    Params,
    SupportSet,
    TrainableLearner,
    TrainingFeatures,
)
from metaface_gui.pipeline.recognition.calibration import StrangerScores

FPIR = 0.05
"""Share of strangers let through when TPIR is measured: an episode has tens of strangers, too few to tell 1 %."""


@dataclass(frozen=True, slots=True)
class ValidationMetrics:
    """Means over the episodes: the training loss, top-1 accuracy (0..1), and TPIR (0..1) where `FPIR` pass."""

    loss: float
    top1: float
    tpir: float


class MetaValidation:
    """The same `episodes` episodes of each shape every time: clean shots, degraded probes and strangers.

    The shapes are fitted to how many people there are; there must be two at least.
    """

    def __init__(
        self,
        faces: TrainingFeatures,
        shapes: tuple[EpisodeShape, ...],
        episodes: int,
        seed: int,
        *,
        embedding_dim: int | None = None,
    ) -> None:
        sampler = EpisodeSampler(faces, seed, HELD_OUT_MIX, embedding_dim=embedding_dim)
        fitted = [shape.fitted_to(sampler.n_people) for shape in shapes]
        self._episodes: list[tuple[int, Episode]] = []
        for number, shape in enumerate(fitted):
            stacked = sampler.draw(shape, number, range(episodes))
            self._episodes += [(shape.n_way, Episode(*(part[i] for part in stacked))) for i in range(episodes)]

    def measure(self, learner: TrainableLearner, params: Params, group: ProcessGroup) -> ValidationMetrics:
        """Adapt `learner` with `params` to each episode and score its queries; the processes share the episodes."""
        trained = learner.with_params(params)
        device = self._episodes[0][1].support.device
        sums = torch.zeros(3, dtype=torch.float64, device="cpu" if device.type == "mps" else device)
        for number in share_of(len(self._episodes), group):
            n_way, episode = self._episodes[number]
            loss = float(learner.episode_loss(params, episode, n_way))
            support = SupportSet(episode.support, episode.support_labels, n_way)
            scored = scored_episode(trained.adapt(support), episode.query, episode.query_labels)
            threshold = scored.strangers.threshold(FPIR)
            sums += torch.tensor([loss, scored.top1, scored.tpir(threshold)], dtype=sums.dtype, device=sums.device)
        loss, top1, tpir = (group.sum(sums) / len(self._episodes)).tolist()
        return ValidationMetrics(loss, top1, tpir)


def scored_episode(classifier: AdaptedClassifier, query: Tensor, labels: Tensor) -> EpisodeScores:
    """Score queries (q, p), of which some are `STRANGER`s: at least one, and at least one that is none."""
    scores = classifier.scores(query).cpu().numpy().astype(np.float32)
    known = (labels != STRANGER).cpu().numpy()
    right = scores[known].argmax(1) == labels.cpu().numpy()[known]
    return EpisodeScores(right, scores[known].max(1), StrangerScores.of(scores[~known]))
