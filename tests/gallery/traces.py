"""What the disk holds of somebody: their values as they are stored, and as they would be if they were not encrypted."""

from __future__ import annotations

from collections.abc import Iterable

from metaface_gui.gallery import Gallery

_LENGTH, _STEP = 24, 97


def traces_of(gallery: Gallery, shot_ids: Iterable[int]) -> frozenset[bytes]:
    """Pieces of these shots' values as they lie in the file, all over each value."""
    query = "SELECT chip, landmarks, box_xyxy, vector FROM shot LEFT JOIN embedding ON shot_id = id WHERE id = ?"
    with gallery._database.reading() as connection:
        rows = [row for shot_id in shot_ids for row in connection.execute(query, (shot_id,))]
    values = [value for row in rows for value in row if value is not None]
    return frozenset(
        value[start : start + _LENGTH] for value in values for start in range(0, len(value) - _LENGTH, _STEP)
    )


def are_in(traces: frozenset[bytes], content: bytes) -> bool:
    """Whether any of the pieces is there; a page's end may cut one in two."""
    return any(trace in content for trace in traces)
