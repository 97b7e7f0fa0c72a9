"""What a large gallery costs: opening its file, reading its templates, adapting to them, naming a face."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from metaface_gui.bench.figures import measure, milliseconds
from metaface_gui.bench.learners import random_faces
from metaface_gui.deferred import torch
from metaface_gui.engine.assembly import LearningAssets, adapt, enrolled_people
from metaface_gui.engine.people.gallery_editor import CONSENT_ON_COMMAND_LINE, consent
from metaface_gui.gallery import Gallery, MemoryKeys, NewShot, ShotSource
from metaface_gui.types import Floats

OnStep = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class GalleryScale:
    """How large. `chip_bytes` is the size of a shot's picture; one of 112 pixels and what is around it has about that.

    `repeats`: identifications that are timed.
    """

    sizes: tuple[int, ...] = (10, 100, 1_000, 10_000)
    shots_each: int = 5
    chip_bytes: int = 8_000
    learner: str = "prototypical"
    fpir: float = 0.01
    repeats: int = 200


@dataclass(frozen=True, slots=True)
class GalleryCost:
    """Of one size: `enroll_ms` is per person; `start_ms` is what a start waits for: opening, reading and adapting."""

    people: int
    shots: int
    file_mb: float
    enroll_ms: float
    open_ms: float
    read_ms: float
    adapt_ms: float
    start_ms: float
    identify_us: float


def measure_galleries(
    scale: GalleryScale, assets: LearningAssets, *, on_step: OnStep = lambda _: None
) -> tuple[GalleryCost, ...]:
    """Fill a temporary file for each size with random templates, and time its way to a named face, on the CPU.

    Raises:
        GalleryError: if there is no room for the file.
    """
    costs = []
    for people in scale.sizes:
        with tempfile.TemporaryDirectory(prefix="metaface-bench-") as folder:
            costs.append(_measure(people, scale, assets, Path(folder) / "people.metaface"))
        on_step(f"{people}")
    return tuple(costs)


def _measure(n_people: int, scale: GalleryScale, assets: LearningAssets, path: Path) -> GalleryCost:
    owners = torch.arange(n_people).repeat_interleave(scale.shots_each)
    faces: Floats = random_faces(owners, assets.space, 1).numpy().reshape(n_people, scale.shots_each, -1)
    keys = MemoryKeys()
    with Gallery.open(path, keys=keys) as gallery:
        enroll_ms = milliseconds(lambda: _fill(gallery, faces, scale, assets.embedder_id)) / n_people
    opened = list[Gallery]()
    open_ms = milliseconds(lambda: opened.append(Gallery.open(path, keys=keys)))
    with opened[0] as gallery:
        read_ms = milliseconds(lambda: enrolled_people(gallery, assets.embedder_id))
        people = enrolled_people(gallery, assets.embedder_id)
    adapt_ms = measure(lambda: adapt(scale.learner, people, assets, fpir=scale.fpir), 3, warm_up=0).median_ms
    classifier = adapt(scale.learner, people, assets, fpir=scale.fpir).classifier
    face = random_faces(owners[:1], assets.space, 2)
    identify = measure(lambda: classifier.identify(face), scale.repeats)
    return GalleryCost(
        people=n_people,
        shots=n_people * scale.shots_each,
        file_mb=path.stat().st_size / 1e6,
        enroll_ms=enroll_ms,
        open_ms=open_ms,
        read_ms=read_ms,
        adapt_ms=adapt_ms,
        start_ms=open_ms + read_ms + adapt_ms,
        identify_us=1e3 * identify.median_ms,
    )


def _fill(gallery: Gallery, faces: Floats, scale: GalleryScale, embedder_id: str) -> None:
    agreed, now = consent(CONSENT_ON_COMMAND_LINE), datetime.now(UTC)
    # Random bytes, as a compressed picture is: nothing on the way may make them smaller.
    chip = np.random.default_rng(0).bytes(scale.chip_bytes)
    landmarks, box = np.zeros((5, 2), np.float32), np.zeros(4, np.float32)
    for number, templates in enumerate(faces):
        shots = [
            NewShot(
                chip=chip,
                landmarks=landmarks,
                box_xyxy=box,
                quality=1.0,
                taken_at=now,
                source=ShotSource.FILE,
                embeddings={embedder_id: template},
            )
            for template in templates
        ]
        gallery.enroll(f"Person {number}", shots, agreed)
