"""A gallery with something of every kind in it, and all that it says: what tests that break galleries share."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from metaface_gui.gallery import Gallery, NewConsent, NewShot, Shot, ShotSource, Templates
from metaface_gui.gallery.checksums import seal_all

EMBEDDERS = ("sface", "facenet")
DIM = 64
CONSENT = NewConsent(
    given_at=datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC), purpose="test", given_by="they", text_version="1"
)


def plain_shot(chip: bytes, vector: Sequence[float] = (1.0, 1.0, 1.0, 1.0), **changes: object) -> NewShot:
    """A shot of this picture, of which nothing else matters; its only embedder is `e`."""
    shot = NewShot(
        chip=chip,
        landmarks=np.zeros((5, 2), np.float32),
        box_xyxy=np.zeros(4, np.float32),
        quality=0.5,
        taken_at=datetime(2026, 1, 2, tzinfo=UTC),
        source=ShotSource.FILE,
        embeddings={"e": np.asarray(vector, np.float32)},
    )
    return replace(shot, **changes)  # type: ignore[arg-type]


def make_shots(seed: int, count: int, chip_bytes: int = 3000) -> list[NewShot]:
    """So many shots with pictures of noise, each with a template of both embedders."""
    random = np.random.default_rng(seed)
    return [
        NewShot(
            # A PNG's header, for imports ask it how large the picture is.
            chip=b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR" + (112).to_bytes(4, "big") * 2 + random.bytes(chip_bytes),
            landmarks=random.uniform(0, 112, (5, 2)).astype(np.float32),
            box_xyxy=random.uniform(0, 112, 4).astype(np.float32),
            quality=float(random.uniform()),
            taken_at=datetime(2026, 1, 2, 3, 4, 5, seed, tzinfo=UTC),
            source=ShotSource.CAMERA,
            kept=bool(i % 3),
            embeddings={name: random.standard_normal(DIM).astype(np.float32) for name in EMBEDDERS},
        )
        for i in range(count)
    ]


def fill(path: Path, n_people: int = 4, n_shots: int = 3) -> None:
    """Make a gallery: each of the people denied to be the next one, the last of them last seen."""
    with Gallery.open(path) as gallery:
        people = [
            gallery.enroll(f"Person {number}", make_shots(number, n_shots), CONSENT) for number in range(n_people)
        ]
        for number, person in enumerate(people):
            gallery.add_negatives(person.id, make_shots(100 + number, 1))
        gallery.touch_last_seen({people[-1].id: datetime(2026, 2, 3, tzinfo=UTC)})


def forge(path: Path, *statements: str, values: tuple[object, ...] = ()) -> None:
    """Change a file by hand, checksums and all, also to what no gallery holds."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        for statement in statements:
            connection.execute(statement, values)
        seal_all(connection)


def contents(gallery: Gallery) -> tuple[object, ...]:
    """Everything that a gallery says when asked for all, to be compared."""
    people = gallery.snapshot()
    shots = [_values(shot) for person in people.people for shot in gallery.shots(person.id)]
    consents = [gallery.consents(person.id) for person in people.people]
    templates = [_arrays(gallery.templates(name)) for name in EMBEDDERS]
    negatives = [_arrays(gallery.negatives(name)) for name in EMBEDDERS]
    return people, shots, consents, templates, negatives


def _values(shot: Shot) -> tuple[object, ...]:
    arrays = shot.landmarks.tobytes(), shot.box_xyxy.tobytes()
    return (
        shot.id,
        shot.person_id,
        shot.chip,
        *arrays,
        shot.quality,
        shot.taken_at,
        shot.source,
        shot.kept,
        shot.is_negative,
    )


def _arrays(templates: Templates) -> tuple[object, ...]:
    return templates.features.tobytes(), templates.person_ids.tobytes(), templates.shot_ids.tobytes()
