"""A gallery with bits turned over anywhere: it opens with all data right, or says that it is damaged. Never otherwise.

Before rows had checksums a third of all flips was read as other pictures, templates or names, and nobody was told.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from metaface_gui.errors import GalleryError
from metaface_gui.gallery import Gallery
from metaface_gui.gallery.checksums import Value, checksum
from tests.faults.galleries import contents, fill

FLIPS = int(os.environ.get("METAFACE_FLIPS", "40"))
"""How many galleries each test damages; few, so that the suite stays quick."""


def contents_of(path: Path) -> tuple[object, ...]:
    with Gallery.open(path, read_only=True) as gallery:
        return contents(gallery)


def state_bytes(whole: bytes) -> range:
    """Where the counter of changes lies: the one row without a checksum, a damaged one costs an adaptation."""
    page_size = int.from_bytes(whole[16:18], "big")
    # `state` is the first table that is made, so its page is the second one; its row is at the page's end.
    return range(2 * page_size - 8, 2 * page_size)


@pytest.mark.timeout(600 + FLIPS)
@pytest.mark.parametrize("damage", ["bit", "byte", "stretch"])
def test_all_data_right_or_a_clear_refusal(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "people.metaface"
    fill(path)
    expected = contents_of(path)
    whole = path.read_bytes()
    random = np.random.default_rng([5, len(damage)])
    places = random.choice(np.setdiff1d(np.arange(len(whole) - 64), state_bytes(whole)), FLIPS)
    messages = list[str]()
    for place in places.tolist():
        damaged = bytearray(whole)
        match damage:
            case "bit":
                damaged[place] ^= 1 << int(random.integers(8))
            case "byte":
                damaged[place] = int(random.integers(256))
            case _:
                damaged[place : place + 64] = random.bytes(64)
        path.write_bytes(damaged)
        try:
            assert contents_of(path) == expected, f"wrong data from {place}"
        except GalleryError as error:
            messages.append(str(error))
            assert path.read_bytes() == damaged, "what may be rescued was changed"
    assert FLIPS // 5 < len(messages) < FLIPS  # free space has no data
    assert [message for message in messages if "is damaged" not in message or "\n" in message] == []


def test_values_have_one_checksum_each() -> None:
    rows: list[tuple[Value, ...]] = [
        ("a", "b"),
        ("ab", ""),
        ("", "ab"),
        (b"a", "b"),
        ("a", b"b"),
        (1, "b"),
        ("1", "b"),
        (1.0, "b"),
        (None, "b"),
        ("None", "b"),
        ("a", "b", None),
        ("a",),
        (),
    ]
    assert len({checksum(row) for row in rows}) == len(rows)
    assert all(0 <= checksum(row) < 2**32 for row in rows)
