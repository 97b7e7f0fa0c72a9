"""Folders of people → what meta-training needs of them: faces found, split, and the trunk's features of copies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from metaface_gui.cli.options import data_sets
from metaface_gui.cli.training_progress import TrainingDisplay
from metaface_gui.i18n import translate
from metaface_gui.metalearning.data import AlignedFaces
from metaface_gui.metalearning.face_folder import load_faces, patient_detectors
from metaface_gui.metalearning.feature_cache import default_cache, trunk_copies
from metaface_gui.metalearning.split import Split
from metaface_gui.pipeline.embedding.base import TrainableEmbedder
from metaface_gui.pipeline.learners.base import TrainingFeatures
from metaface_gui.weights.store import WeightsStore

_COPIES_SEED = 0
"""Of the degradations; not --seed, for every seed shares the cached features."""
_BATCH = 256


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One part of the people: `trunk` (n, 1 + copies, u) float16, a memory map, of n pictures of `person` (n,)."""

    trunk: NDArray[np.float16]
    person: NDArray[np.int64]

    @property
    def n_people(self) -> int:
        """How many people there are."""
        return len(np.unique(self.person))


@dataclass(frozen=True, slots=True)
class Source:
    """How many people and pictures of one folder, known by its name, are trained with and validated on."""

    name: str
    train_people: int
    train_pictures: int
    validation_people: int
    validation_pictures: int


@dataclass(frozen=True, slots=True, eq=False)
class TrainingData:
    """The meta-training and the meta-validation people; the meta-test people are not even looked at."""

    train: Part
    validation: Part
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class DataOptions:
    """Which folders, how its faces are found, how its people are split, how many degraded copies, kept where."""

    folders: tuple[Path, ...]
    detector: str
    split_seed: int
    copies: int
    cache: Path | None


@dataclass(frozen=True, slots=True, eq=False)
class TrainingFaces:
    """The aligned faces of the meta-training and of the meta-validation people."""

    train: AlignedFaces
    validation: AlignedFaces
    sources: tuple[Source, ...] = ()


def load_training_faces(
    options: DataOptions, embedder: TrainableEmbedder, store: WeightsStore, display: TrainingDisplay
) -> TrainingFaces:
    """Find the faces, or find them in the cache, and split each folder's people; then put the folders together.

    Raises:
        KnownError: as `load_faces`, or if two folders have the same name.
    """
    train: dict[str, AlignedFaces] = {}
    validation: dict[str, AlignedFaces] = {}
    for name, folder in data_sets(options.folders).items():
        loaded = load_faces(
            folder,
            make_detectors=patient_detectors(options.detector, torch.device("cpu"), store),
            crop_size=embedder.crop_size,
            cache=options.cache or default_cache(),
            progress=display.stage(translate("Commands", "finding faces")),
        ).faces
        # A person's part follows from their own name, as in `metaface evaluate`: not from the folder's before it.
        of = partial(loaded.of, seed=options.split_seed)
        train[name], validation[name] = of(Split.META_TRAIN), of(Split.META_VALIDATION)
    sources = tuple(
        Source(name, seen.n_people, len(seen), validation[name].n_people, len(validation[name]))
        for name, seen in train.items()
    )
    return TrainingFaces(AlignedFaces.joined(train), AlignedFaces.joined(validation), sources)


def load_training_data(
    options: DataOptions, embedder: TrainableEmbedder, store: WeightsStore, display: TrainingDisplay
) -> TrainingData:
    """Find the faces, split the people, and compute the trunk's features, or find all that in the cache.

    Raises:
        KnownError: as `load_faces` and `trunk_copies`.
    """
    cache = options.cache or default_cache()
    faces = load_training_faces(options, embedder, store, display)

    def part(of_split: AlignedFaces, title: str) -> Part:
        progress = display.stage(title)
        trunk = trunk_copies(
            of_split, embedder, copies=options.copies, seed=_COPIES_SEED, cache=cache, progress=progress
        )
        return Part(trunk, of_split.person())

    return TrainingData(
        part(faces.train, translate("Commands", "features of the training people")),
        part(faces.validation, translate("Commands", "features of the validation people")),
        faces.sources,
    )


def projected(part: Part, embedder: TrainableEmbedder, progress: Callable[[int, int], None]) -> TrainingFeatures:
    """What learners see of the part's pictures and their copies, (n, 1 + copies, p), on the embedder's device."""
    pictures, each = part.trunk.shape[:2]
    features = torch.empty((pictures, each, embedder.space.feature_dim), device=embedder.device)
    step = max(1, _BATCH // each)
    for first in range(0, pictures, step):
        rows: Tensor = torch.from_numpy(np.array(part.trunk[first : first + step]))
        features[first : first + step] = embedder.project(rows.flatten(0, 1)).view(len(rows), each, -1)
        progress(min(first + step, pictures), pictures)
    return TrainingFeatures(features, torch.from_numpy(part.person).to(embedder.device))
