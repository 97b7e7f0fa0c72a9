"""Which negatives a later word of the user's contradicts: those are withdrawn, and come back if it is undone.

"This is not Ann" is a face that Ann is denied for. Two things that the user may say later cannot be true beside it:

* *this face is Ann* (her shots grow): then what would deny that very face is withdrawn, namely each negative that looks
  at least as much like the new shot as any of Ann's older shots does;
* *Ann and Anna are one* (a merge): then a "not Ann" that shows Anna is withdrawn, and the other way round. It shows
  Anna if of all people's shots one of hers is most like it.

A negative that shows anybody else stays. Likeness is the cosine of stored embeddings, each embedder by itself; where a
shot and a negative have none in common, only the same picture counts as the same face.

And with somebody who is deleted goes every picture of them, also where it says who they are not.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from metaface_gui.gallery import rows
from metaface_gui.gallery.cipher import ValueCipher, of_shot
from metaface_gui.gallery.records import NewShot, ShotId, Templates
from metaface_gui.types import Floats, PersonId

Matrix = NDArray[np.float64]


def contradicted_by_shots(
    connection: sqlite3.Connection, cipher: ValueCipher, person_id: PersonId, shots: Sequence[NewShot]
) -> tuple[ShotId, ...]:
    """Return whose negatives cannot stand beside shots that are about to become this person's."""
    found = _same_pictures(connection, cipher, (person_id,), {shot.chip for shot in shots})
    for positives, negatives in _templates(connection, cipher, (person_id,)):
        own = positives.features[positives.person_ids == person_id]
        new = [shot.embeddings[negatives.embedder_id] for shot in shots if negatives.embedder_id in shot.embeddings]
        if len(own) and new:
            denied = _cosines(np.stack(new), negatives.features) >= _cosines(np.stack(new), own).max(1, keepdims=True)
            found.update(negatives.shot_ids[denied.any(0)].tolist())
    return tuple(sorted(found))


def contradicted_by_merge(
    connection: sqlite3.Connection, cipher: ValueCipher, one_id: PersonId, other_id: PersonId
) -> tuple[ShotId, ...]:
    """Return which negatives of two people, who are not merged yet, show the other of the two."""
    found: set[ShotId] = set()
    for denied_id, shown_id in ((one_id, other_id), (other_id, one_id)):
        query = "SELECT id, chip FROM shot WHERE person_id = ? AND deletion IS NULL AND NOT is_negative"
        shown = {chip for _, chip in _pictures(connection.execute(query, (shown_id,)), cipher)}
        found |= _same_pictures(connection, cipher, (denied_id,), shown)
    for positives, negatives in _templates(connection, cipher, (one_id, other_id)):
        if len(positives):
            nearest = positives.person_ids[_cosines(negatives.features, positives.features).argmax(1)]
            shows_the_other = (nearest != negatives.person_ids) & np.isin(nearest, (one_id, other_id))
            found.update(negatives.shot_ids[shows_the_other].tolist())
    return tuple(sorted(found))


def pictures_of(connection: sqlite3.Connection, cipher: ValueCipher, person_id: PersonId) -> tuple[ShotId, ...]:
    """Return other people's negatives that are the very pictures which are, or were, this person's shots."""
    own = "FROM shot WHERE person_id = ?1 AND NOT is_negative"
    # A picture is as long encrypted as another one of its length, and few share theirs; only those are decrypted.
    alike = f"""
        SELECT id, chip FROM shot WHERE is_negative AND deletion IS NULL AND person_id != ?1
        AND length(chip) IN (SELECT length(chip) {own}) ORDER BY id
    """
    candidates = _pictures(connection.execute(alike, (person_id,)), cipher)
    chips = {chip for _, chip in _pictures(connection.execute(f"SELECT id, chip {own}", (person_id,)), cipher)}
    return tuple(shot_id for shot_id, chip in candidates if chip in chips)


def _same_pictures(
    connection: sqlite3.Connection, cipher: ValueCipher, person_ids: tuple[PersonId, ...], chips: set[bytes]
) -> set[ShotId]:
    negatives = _pictures(_negatives(connection, "id, chip", person_ids), cipher)
    return {shot_id for shot_id, chip in negatives if chip in chips}


def _pictures(rows_of_chips: Iterable[tuple[ShotId, bytes]], cipher: ValueCipher) -> list[tuple[ShotId, bytes]]:
    return [(shot_id, cipher.decrypt(chip, of_shot("chip", shot_id))) for shot_id, chip in rows_of_chips]


def _templates(
    connection: sqlite3.Connection, cipher: ValueCipher, person_ids: tuple[PersonId, ...]
) -> Iterator[tuple[Templates, Templates]]:
    """Give all people's templates and these people's negatives, for each embedder that embedded any of the latter."""
    shot_ids = [shot_id for shot_id, _ in _negatives(connection, "id, person_id", person_ids)]
    places = ", ".join("?" * len(shot_ids))
    query = f"SELECT DISTINCT embedder_id FROM embedding WHERE shot_id IN ({places}) ORDER BY embedder_id"
    for (embedder_id,) in connection.execute(query, shot_ids).fetchall() if shot_ids else ():
        negatives = rows.read_templates(connection, cipher, embedder_id, of_negatives=True)
        theirs = np.isin(negatives.person_ids, person_ids)
        yield (
            rows.read_templates(connection, cipher, embedder_id, of_negatives=False),
            Templates(
                embedder_id, negatives.features[theirs], negatives.person_ids[theirs], negatives.shot_ids[theirs]
            ),
        )


def _negatives(
    connection: sqlite3.Connection, columns: str, person_ids: tuple[PersonId, ...]
) -> list[tuple[ShotId, bytes]]:
    places = ", ".join("?" * len(person_ids))
    query = f"SELECT {columns} FROM shot WHERE person_id IN ({places}) AND deletion IS NULL AND is_negative"
    return connection.execute(query, person_ids).fetchall()


def _cosines(one: Floats, other: Floats) -> Matrix:
    """Compare n with m vectors: (n, d), (m, d) → (n, m)."""
    lengths = np.linalg.norm(one, axis=1)[:, None] * np.linalg.norm(other, axis=1)
    cosines: Matrix = (one.astype(np.float64) @ other.astype(np.float64).T) / np.maximum(lengths, 1e-12)
    return cosines
