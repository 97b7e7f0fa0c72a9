"""A small task family that meta-training can solve: degradation moves a face along directions that v betrays.

s = normalise(c + M n) with c the person's direction and n the degradation, v = n / ‖c + M n‖: the tail A = −M undoes
it. Run as a program it is one of several processes that meta-train together.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import torch
from safetensors.torch import save_file

from metaface_gui.metalearning.distributed import joined_group
from metaface_gui.metalearning.episodes import EpisodeShape
from metaface_gui.metalearning.train import meta_train
from metaface_gui.metalearning.training_settings import MetaTrainingSettings
from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.pipeline.learners.base import TrainingFeatures
from metaface_gui.pipeline.learners.prototypical import PrototypicalLearner

SPACE = FeatureSpace(12, 4)
TINY = MetaTrainingSettings(
    tail_rate=1.0,
    steps=10,
    meta_batch=5,
    meta_lr=0.1,
    shapes=(EpisodeShape(4, 1, 2, 4), EpisodeShape(6, 2, 2, 6)),
    validation_shapes=(EpisodeShape(8, 1, 2, 8),),
    validation_episodes=4,
    validate_every=4,
    checkpoint_every=5,
)


def people(count: int, seed: int, copies: int = 4) -> TrainingFeatures:
    """`count` people with 1, 2, 3 or 4 pictures of `copies` copies each, the first undegraded."""
    random = torch.Generator().manual_seed(seed)
    person = torch.arange(count).repeat_interleave(torch.arange(count) % 4 + 1)
    shared = torch.randn(SPACE.embedding_dim, SPACE.projection_dim, generator=torch.Generator().manual_seed(99))
    centres = torch.randn(count, SPACE.embedding_dim, generator=random)
    degradation = 1.5 * torch.randn(len(person), copies, SPACE.projection_dim, generator=random)
    degradation[:, 0] *= 0.1
    variation = 0.2 * torch.randn(len(person), copies, SPACE.embedding_dim, generator=random)
    raw = centres[person][:, None] + variation + degradation @ shared.T
    return TrainingFeatures(torch.cat([raw, degradation], -1) / raw.norm(dim=-1, keepdim=True), person)


def main(out: Path) -> None:
    """Meta-train in the group that the environment names; the first process writes the parameters to `out`."""
    torch.set_num_threads(1)
    with joined_group(torch.device("cpu")) as group:
        # Five episodes among two processes: their shares are of different sizes.
        settings = replace(TINY, steps=6)
        result = meta_train(PrototypicalLearner(SPACE), people(40, 0), people(24, 1), settings, group=group)
        if group.rank == 0:
            save_file(result.params, out)


def threads() -> list[str]:
    """Names of this process's threads, native ones too, where Linux tells them."""
    return [comm.read_text().strip() for comm in Path("/proc/self/task").glob("*/comm")]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
    sys.stdout.write(" ".join(threads()))
