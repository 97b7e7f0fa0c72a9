"""Faces at the edge: just as alike as asked for, and a threshold on any method's scale."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
import torch
from torch import Tensor
from torch.nn.functional import normalize

from metaface_gui.pipeline.recognition.boundary import boundary_faces
from metaface_gui.pipeline.recognition.open_set import OpenSetClassifier

SHOTS = normalize(torch.randn(6, 32, generator=torch.Generator().manual_seed(0)))
LABELS = torch.tensor([0, 0, 0, 1, 2, 2])
MEANS = normalize(torch.stack([SHOTS[i == LABELS].mean(0) for i in range(3)]))


@dataclass(frozen=True)
class Scaled:
    """A scorer of some function of the cosine to each person's mean."""

    scale: Callable[[Tensor], Tensor]

    @property
    def n_way(self) -> int:
        return 3

    def scores(self, features: Tensor) -> Tensor:
        return self.scale(features[:, :32] @ MEANS.T)


def test_each_lies_at_that_cosine_from_one_person_on_all_sides() -> None:
    faces = boundary_faces(SHOTS, LABELS, embedding_dim=32, cosine=0.6)
    assert len(faces) >= 256
    torch.testing.assert_close(faces.norm(dim=1), torch.ones(len(faces)))
    own = torch.arange(3).repeat_interleave(len(faces) // 3)
    cosines = faces @ MEANS.T
    torch.testing.assert_close(cosines[torch.arange(len(faces)), own], torch.full((len(faces),), 0.6))
    sides = faces - 0.6 * MEANS[own]
    assert sides.mean(0).norm() < 0.1
    assert torch.equal(faces, boundary_faces(SHOTS, LABELS, embedding_dim=32, cosine=0.6))


def test_projections_go_with_the_person() -> None:
    features = torch.cat([SHOTS, LABELS[:, None].float()], 1)
    faces = boundary_faces(features, LABELS, embedding_dim=32, cosine=0.6)
    lengths = torch.stack([SHOTS[i == LABELS].mean(0).norm() for i in range(3)])
    want = 0.6 * torch.arange(3) / lengths
    torch.testing.assert_close(faces[:, 32], want.repeat_interleave(len(faces) // 3))


@pytest.mark.parametrize("scale", [lambda c: c, lambda c: 2.0 * c - 2.0, torch.sigmoid, lambda c: 30.0 * c])
def test_the_threshold_is_the_same_edge_on_every_scale(scale: Callable[[Tensor], Tensor]) -> None:
    classifier = OpenSetClassifier.calibrated(
        Scaled(scale),
        person_ids=(1, 2, 3),
        names=("Ann", "Bob", "Cy"),
        cohort=None,
        fpir=0.01,
        boundary=boundary_faces(SHOTS, LABELS, embedding_dim=32, cosine=0.6),
    )
    assert not classifier.is_calibrated
    assert classifier.threshold == pytest.approx(float(scale(torch.tensor(0.6))), abs=1e-4)
    nearer, farther = (boundary_faces(SHOTS, LABELS, embedding_dim=32, cosine=cosine) for cosine in (0.7, 0.1))
    assert not any(one.is_unknown for one in classifier.identify(nearer))
    assert all(one.is_unknown for one in classifier.identify(farther))
