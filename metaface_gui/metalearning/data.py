"""The records that meta-training and meta-testing pass on: aligned faces of many people, and features of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from metaface_gui.metalearning.split import Split, split_of
from metaface_gui.types import Image


@dataclass(frozen=True, slots=True, eq=False)
class AlignedFaces:
    """n faces of a data set, the main one of each picture, in the order of their paths.

    `crops_rgb` is (n, s, s, 3) uint8, perhaps a memory map; `identities` and `paths` (relative to the data set's
    folder, `/` between parts) have n entries.

    Raises:
        ValueError: if the lengths differ.
    """

    crops_rgb: Image
    identities: tuple[str, ...]
    paths: tuple[str, ...]

    def __post_init__(self) -> None:
        if not len(self.crops_rgb) == len(self.identities) == len(self.paths):
            raise ValueError("want one identity and one path for each crop")

    def __len__(self) -> int:
        return len(self.paths)

    def of(self, *splits: Split, seed: int = 0) -> AlignedFaces:
        """Return the faces of the people of these parts; all three parts are everybody."""
        wanted = [index for index, name in enumerate(self.identities) if split_of(name, seed) in splits]
        return self.take(np.asarray(wanted, np.int64))

    def take(self, indices: NDArray[np.int64]) -> AlignedFaces:
        """Return those faces, in that order."""
        return AlignedFaces(
            self.crops_rgb[indices],
            tuple(self.identities[i] for i in indices),
            tuple(self.paths[i] for i in indices),
        )

    @classmethod
    def joined(cls, parts: Mapping[str, AlignedFaces]) -> AlignedFaces:
        """Put data sets together, by name; with several, people and paths have their set's name before their own.

        So a person of one set is nobody in another, whatever they are called. Split before: a part follows from a
        person's own name.
        """
        if len(parts) == 1:
            return next(iter(parts.values()))
        return cls(
            np.concatenate([faces.crops_rgb for faces in parts.values()]),
            tuple(f"{name}/{person}" for name, faces in parts.items() for person in faces.identities),
            tuple(f"{name}/{path}" for name, faces in parts.items() for path in faces.paths),
        )

    @property
    def n_people(self) -> int:
        """How many people there are."""
        return len(set(self.identities))

    def person(self) -> NDArray[np.int64]:
        """Number the people: (n,) int64, 0 … n_people-1, in alphabetical order of their names."""
        _, numbers = np.unique(np.asarray(self.identities, dtype=np.str_), return_inverse=True)
        return numbers.astype(np.int64)
