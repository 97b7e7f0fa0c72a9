"""A process to kill: enrols people, says who is not some of them, deletes some, for good or not, and takes some back.

Prints each change once the gallery says that it is done.

Arguments: the gallery's path and the number that the first new person gets as name.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import numpy as np

from metaface_gui.gallery import Gallery, NewConsent, NewShot, ShotSource


def main() -> None:
    """Go on until killed."""
    consent = NewConsent(given_at=datetime.now(UTC), purpose="test", given_by="nobody", text_version="1")
    gallery = Gallery.open(Path(sys.argv[1]))
    for number in count(int(sys.argv[2])):
        random = np.random.default_rng(number)
        shots = [
            NewShot(
                chip=random.bytes(30_000),
                landmarks=random.random((5, 2), np.float32),
                box_xyxy=random.random(4, np.float32),
                quality=0.5,
                taken_at=datetime.now(UTC),
                source=ShotSource.CAMERA,
                embeddings={"e": random.random(128, np.float32)},
            )
            for _ in range(5)
        ]
        person = gallery.enroll(str(number), shots, consent)
        sys.stdout.write(f"enrolled {person.id} {number}\n")
        sys.stdout.flush()
        if number % 4 == 0:
            change = gallery.add_negatives(person.id, shots[:2])
            sys.stdout.write(f"denied {person.id} {number}\n")
            sys.stdout.flush()
            if number % 8 == 0:
                gallery.undo(change)
                sys.stdout.write(f"undone {person.id} {number}\n")
                sys.stdout.flush()
        if number % 3 == 0:
            gallery.delete_person(person.id)
            sys.stdout.write(f"deleted {person.id} {number}\n")
            sys.stdout.flush()
            if number % 2 == 0:
                gallery.purge_deleted()
                sys.stdout.write(f"purged {person.id} {number}\n")
                sys.stdout.flush()


main()
