"""Test people made of random directions: near each other when clean, further apart when degraded."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import normalize

from metaface_gui.metalearning.evaluate import EvaluationData
from metaface_gui.metalearning.report import ReportSettings
from metaface_gui.pipeline.feature_space import FeatureSpace

SPACE = FeatureSpace(32, 5)
SETTINGS = ReportSettings(
    data="faces",
    split="test",
    split_seed=0,
    people=132,
    faces=192,
    embedder="sface-2021dec",
    device="cpu",
    learners=("prototypical",),
    conditions=("clean", "hard"),
    n_way=(5,),
    k_shot=(1, 2),
    episodes=3,
    draws=2,
    seed=0,
    fpir=0.01,
    cohort=500,
    meta_parameters={"prototypical": "shipped"},
)


def features_of(person: Tensor, noise: float, seed: int) -> Tensor:
    """[s; v] of each face: a unit vector about its person's own, and a projection that means nothing."""
    centres = normalize(torch.randn(int(person.max()) + 1, 32, generator=torch.Generator().manual_seed(0)))
    random = torch.Generator().manual_seed(seed)
    s = normalize(centres[person] + noise * torch.randn(len(person), 32, generator=random))
    return torch.cat([s, 0.1 * torch.randn(len(person), 5, generator=random)], 1)


def evaluation_data(n_people: int = 12, pictures: int = 6, singles: int = 120) -> EvaluationData:
    """`n_people` with several pictures, `singles` with one; conditions clean (1 draw) and hard (2 draws)."""
    person = np.concatenate([np.arange(n_people).repeat(pictures), n_people + np.arange(singles)])
    numbers = torch.from_numpy(person)
    clean = features_of(numbers, 0.08, seed=1)
    hard = torch.stack([features_of(numbers, 0.25, seed=2), features_of(numbers, 0.25, seed=3)])
    return EvaluationData(person, clean, {"clean": clean[None], "hard": hard})


def cohort(n: int = 3000) -> Tensor:
    """Strangers that no test person is: (n, 37)."""
    return features_of(torch.arange(n) + 10_000, 0.25, seed=4)
