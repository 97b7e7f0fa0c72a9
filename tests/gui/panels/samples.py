"""Pictures, people and shots to show."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import cv2
import numpy as np

from metaface_gui.engine.events import EnrollmentChanged, GalleryChanged, ShotCandidate, UnknownGroup
from metaface_gui.gallery import GallerySnapshot, Person, Retention, Shot, ShotSource
from metaface_gui.types import PersonId, QualityIssue

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def picture(hue: int, side: int = 112) -> bytes:
    """A JPEG of a plain head and shoulders before a background of that hue (0..179)."""
    canvas = np.full((side, side, 3), (hue % 180, 110, 190), np.uint8)
    centre = side // 2
    cv2.ellipse(canvas, (centre, side), (side * 2 // 5, side // 3), 0, 0, 360, ((hue + 90) % 180, 130, 110), -1)
    cv2.ellipse(canvas, (centre, side * 45 // 100), (side // 5, side * 27 // 100), 0, 0, 360, (12, 90, 215), -1)
    ok, encoded = cv2.imencode(".jpg", cv2.cvtColor(canvas, cv2.COLOR_HSV2BGR))
    assert ok
    return encoded.tobytes()


def person(
    number: PersonId,
    name: str,
    *,
    shots: int = 5,
    negatives: int = 0,
    seen_at: datetime | None = None,
    with_picture: bool = True,
    keep: Retention | None = None,
) -> Person:
    """Somebody who was enrolled `number` days after the others began."""
    thumbnail = picture(number * 23) if with_picture else None
    return Person(number, name, START + timedelta(days=number), shots, seen_at, thumbnail, negatives, keep)


def gallery(*people: Person) -> GalleryChanged:
    """The event that brings these people."""
    return GalleryChanged(GallerySnapshot(people, revision=1))


def shot(number: int, person_id: PersonId, hue: int = 40, *, is_negative: bool = False) -> Shot:
    """A saved shot, or a face that is not theirs."""
    return Shot(
        chip=picture(hue),
        landmarks=np.zeros((5, 2), np.float32),
        box_xyxy=np.array([10, 10, 90, 90], np.float32),
        quality=0.8,
        taken_at=START,
        source=ShotSource.CAMERA,
        id=number,
        person_id=person_id,
        is_negative=is_negative,
    )


def enrollment(
    *shot_ids: int,
    is_recording: bool = False,
    guidance: QualityIssue | None = None,
    wanted: int = 5,
    refused: tuple[tuple[str, QualityIssue], ...] = (),
    can_undo: bool = False,
) -> EnrollmentChanged:
    """The state of an enrolment with shots of these ids."""
    shots = tuple(ShotCandidate(number, picture(number * 31), 0.8) for number in shot_ids)
    return EnrollmentChanged(is_recording, guidance, shots, wanted, refused, can_undo)


def unknown(number: int, *, count: int = 3, last_seen_ns: int = 0) -> UnknownGroup:
    """Somebody unknown."""
    return UnknownGroup(number, picture(number * 37, side=160), count, last_seen_ns)
