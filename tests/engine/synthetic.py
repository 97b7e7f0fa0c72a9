"""People made of numbers, enrolled in a real gallery: what tests of adaptation need no pictures for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import torch

from metaface_gui.engine.assembly import LearningAssets, enrolled_people
from metaface_gui.engine.people.gallery_editor import CONSENT_ON_SCREEN, consent
from metaface_gui.gallery import Gallery, NewShot, ShotSource
from metaface_gui.pipeline.enrolled_people import EnrolledPeople
from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.types import Floats

EMBEDDER_ID = "numbers"
DIM = 16


def unit_rows(rows: Floats) -> Floats:
    lengths: Floats = np.linalg.norm(rows, axis=1, keepdims=True)
    return (rows / lengths).astype(np.float32)


def faces_of(person: int, count: int, seed: int = 0, spread: float = 0.1) -> Floats:
    """Faces (count, 16) about a direction of that person's own."""
    centre = np.random.default_rng([7, person]).standard_normal(DIM)
    noise = np.random.default_rng([8, person, seed]).standard_normal((count, DIM))
    return unit_rows((centre / np.linalg.norm(centre) + spread * noise).astype(np.float32))


def shots_of(faces: Floats) -> list[NewShot]:
    return [
        NewShot(
            chip=b"a picture",
            landmarks=np.zeros((5, 2), np.float32),
            box_xyxy=np.zeros(4, np.float32),
            quality=0.8,
            taken_at=datetime.now(UTC),
            source=ShotSource.FILE,
            embeddings={EMBEDDER_ID: face},
        )
        for face in faces
    ]


def enroll_people(gallery: Gallery, shots_each: Sequence[int]) -> list[int]:
    """Enrol that many people with so many shots each; returns their ids."""
    return [
        gallery.enroll(f"Person {number}", shots_of(faces_of(number, count)), consent(CONSENT_ON_SCREEN)).id
        for number, count in enumerate(shots_each)
    ]


def people_of(shots_each: Sequence[int]) -> EnrolledPeople:
    """Somebody with each of these numbers of shots, at a revision of their own."""
    with Gallery.in_memory() as gallery:
        enroll_people(gallery, shots_each)
        return replace(enrolled_people(gallery, EMBEDDER_ID), revision=100 * len(shots_each) + sum(shots_each))


def learning_assets(embedder_id: str = EMBEDDER_ID) -> LearningAssets:
    """Untrained learners, and a thousand strangers in random directions."""
    strangers = unit_rows(np.random.default_rng(9).standard_normal((1000, DIM)).astype(np.float32))
    return LearningAssets(embedder_id, FeatureSpace(DIM), {}, torch.from_numpy(strangers))
