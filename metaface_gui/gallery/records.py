"""What the gallery stores and gives back: frozen records, checked when they are made.

A record that does not fit its contract raises `ValueError`: the caller's bug. What is wrong in a *file* never gets
that far; `rows` reports it as a `GalleryError`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import numpy as np

from metaface_gui.types import Floats, Int64s, PersonId

ShotId = int
"""Key of a shot in the gallery, never used again for another."""


MAX_CHIP_BYTES = 4 * 1024 * 1024
"""Largest encoded picture of a shot."""
MAX_DIM = 4096
"""Longest embedding, projection and all."""
MAX_TEXT = 2000
"""Longest text of a consent record, and longest embedder id, in characters."""
MAX_ID = 2**63 - 1
"""Largest key that SQLite can hold."""


class ShotSource(StrEnum):
    """Where a shot came from; the values are what the file holds."""

    CAMERA = "camera"
    FILE = "file"
    CORRECTION = "correction"
    UNKNOWN_TRAY = "unknown tray"


def _frozen(name: str, array: Floats, shape: tuple[int, ...]) -> Floats:
    """Return a read-only copy, so that neither the caller nor a reader can change a record."""
    if array.shape != shape or array.dtype != np.float32:
        raise ValueError(f"{name}: want float32 {shape}, got {array.dtype} {array.shape}")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} holds a value that is not finite")
    copy = array.copy()
    copy.setflags(write=False)
    return copy


def _check_text(name: str, text: str) -> None:
    # SQLite's length() stops at a NUL, and a lone surrogate is no Unicode text.
    if not text.strip() or len(text) > MAX_TEXT or "\0" in text or any("\ud800" <= c <= "\udfff" for c in text):
        raise ValueError(f"{name}: want 1 to {MAX_TEXT} characters of text")


def _utc(name: str, time: datetime) -> datetime:
    if time.tzinfo is None:
        raise ValueError(f"{name} needs a time zone")
    return time.astimezone(UTC)


def checked_embedding(embedder_id: str, vector: Floats) -> Floats:
    """Return a read-only copy of one face's embedding, float32 (d,).

    Raises:
        ValueError: if the id is empty or too long, or the vector is not finite float32 (d,) with 1 ≤ d ≤ 4096.
    """
    _check_text("embedder_id", embedder_id)
    if vector.ndim != 1 or not 1 <= vector.size <= MAX_DIM:
        raise ValueError(f"embedding: want (d,) with 1 ≤ d ≤ {MAX_DIM}, got {vector.shape}")
    return _frozen("embedding", vector, vector.shape)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _Picture:
    """What a saved and an unsaved shot share.

    `chip` is an encoded picture (JPEG, PNG or WebP) of the face and some of what is around it, from which any embedder
    can be fed later. `landmarks` is float32 (5, 2) and `box_xyxy` float32 (4,), both in the chip's pixels. `quality`
    is 0..1, larger = better. `taken_at` is made UTC. A shot that is not `kept` is stored and shown but gives no
    template. A shot that `is_negative` shows somebody of whom the user said that it is not this person.

    Raises:
        ValueError: if a field does not fit.
    """

    chip: bytes
    landmarks: Floats
    box_xyxy: Floats
    quality: float
    taken_at: datetime
    source: ShotSource
    kept: bool = True
    is_negative: bool = False

    def __post_init__(self) -> None:
        if not 1 <= len(self.chip) <= MAX_CHIP_BYTES:
            raise ValueError(f"chip: want 1 to {MAX_CHIP_BYTES} bytes")
        if not 0.0 <= self.quality <= 1.0:
            raise ValueError(f"quality: want 0..1, got {self.quality}")
        object.__setattr__(self, "chip", bytes(self.chip))
        object.__setattr__(self, "landmarks", _frozen("landmarks", self.landmarks, (5, 2)))
        object.__setattr__(self, "box_xyxy", _frozen("box_xyxy", self.box_xyxy, (4,)))
        object.__setattr__(self, "taken_at", _utc("taken_at", self.taken_at))
        object.__setattr__(self, "source", ShotSource(self.source))


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class NewShot(_Picture):
    """A shot to be saved. `embeddings` maps embedder ids to what each made of this face, float32 (d,); may be empty.

    An embedder with a projection gives longer vectors than without, under an id of its own.
    """

    embeddings: Mapping[str, Floats] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _Picture.__post_init__(self)
        checked = {key: checked_embedding(key, vector) for key, vector in self.embeddings.items()}
        object.__setattr__(self, "embeddings", checked)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Shot(_Picture):
    """A saved shot of a person; the fields of `NewShot` without the embeddings, which `Gallery.templates` gives."""

    id: ShotId
    person_id: PersonId


@dataclass(frozen=True, slots=True)
class Retention:
    """Until when somebody's data may be kept; `period` is how long that was meant to be, and an extension again is.

    Raises:
        ValueError: if the time has no zone, or the period is not longer than nothing.
    """

    until: datetime
    period: timedelta

    def __post_init__(self) -> None:
        if self.period <= timedelta(0):
            raise ValueError(f"period: want more than nothing, got {self.period}")
        object.__setattr__(self, "until", _utc("until", self.until))


@dataclass(frozen=True, slots=True, kw_only=True)
class NewConsent:
    """Somebody's agreement to being enrolled.

    `purpose` is what for, `given_by` who agreed and how, in free text (e.g. "the person, on screen"), and
    `text_version` names the wording they saw. `retention` says until when; None: without limit.

    Raises:
        ValueError: if a text is blank or longer than 2000 characters, or the time has no zone.
    """

    given_at: datetime
    purpose: str
    given_by: str
    text_version: str
    retention: Retention | None = None

    def __post_init__(self) -> None:
        for name, text in (("purpose", self.purpose), ("given_by", self.given_by), ("text_version", self.text_version)):
            _check_text(name, text)
        object.__setattr__(self, "given_at", _utc("given_at", self.given_at))


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent(NewConsent):
    """A saved consent record. Who agreed again, or was merged, has several; the newest one's period holds."""

    person_id: PersonId


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody enrolled. `thumbnail` is the encoded picture of the shot `cover_id`: the one that was chosen, else their
    best one; both are None if they have no shot left.

    `shot_count` is of their own shots, `negative_count` of faces that were said not to be theirs. `retention` is
    what their newest consent allows; None: no limit. Who `is_hidden` is stored but not recognised.
    """

    id: PersonId
    name: str
    created_at: datetime
    shot_count: int
    last_seen_at: datetime | None
    thumbnail: bytes | None = field(repr=False)
    negative_count: int = 0
    retention: Retention | None = None
    cover_id: ShotId | None = None
    is_hidden: bool = False

    @property
    def keep_until(self) -> datetime | None:
        """When the period ends for which their data may be kept; None: no limit."""
        return None if self.retention is None else self.retention.until


@dataclass(frozen=True, slots=True)
class GallerySnapshot:
    """Everybody at one moment, in the order of their enrolment, and the gallery's `revision` then.

    `recognised` are those who are not hidden.
    """

    people: tuple[Person, ...]
    revision: int
    recognised: tuple[Person, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Look once who is recognised, on the thread that made it: in the window many ask."""
        object.__setattr__(self, "recognised", tuple(person for person in self.people if not person.is_hidden))


@dataclass(frozen=True, slots=True, eq=False)
class Templates:
    """The kept shots' embeddings by one embedder, n ≥ 0 of them, as read-only arrays in the order of the shots' ids.

    Either of people's own shots, or of negatives; then `person_ids` says whom each denies.

    `features` is float32 (n, d), `person_ids` and `shot_ids` are int64 (n,). Embeddings of different embedders are
    points of different spaces and never come in one record.

    Raises:
        ValueError: if a shape, a dtype or the order is another, or a feature is not finite.
    """

    embedder_id: str
    features: Floats
    person_ids: Int64s
    shot_ids: Int64s

    def __post_init__(self) -> None:
        n = len(self.features)
        if self.features.ndim != 2:
            raise ValueError(f"features: want (n, d), got {self.features.shape}")
        for name, ids in (("person_ids", self.person_ids), ("shot_ids", self.shot_ids)):
            if ids.shape != (n,) or ids.dtype != np.int64:
                raise ValueError(f"{name}: want int64 ({n},), got {ids.dtype} {ids.shape}")
        if (np.diff(self.shot_ids) <= 0).any():
            raise ValueError("shot_ids must increase")
        object.__setattr__(self, "features", _frozen("features", self.features, self.features.shape))
        for name, ids in (("person_ids", self.person_ids), ("shot_ids", self.shot_ids)):
            copy = ids.copy()
            copy.setflags(write=False)
            object.__setattr__(self, name, copy)

    def __len__(self) -> int:
        return len(self.features)
