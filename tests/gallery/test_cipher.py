"""A value comes back at its own place, and nowhere else, and only as it was."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from metaface_gui.errors import GalleryError
from metaface_gui.gallery.cipher import KEY_BYTES, OVERHEAD_BYTES, ValueCipher, of_embedding, of_shot

VALUE = bytes(range(200))
PLACE = of_shot("chip", 7)


@pytest.fixture
def cipher() -> ValueCipher:
    return ValueCipher(Path("people.metaface"), os.urandom(KEY_BYTES))


def test_values_come_back(cipher: ValueCipher) -> None:
    for value in (b"", b"x", VALUE, bytes(100_000)):
        stored = cipher.encrypt(value, PLACE)
        assert len(stored) == len(value) + OVERHEAD_BYTES
        assert cipher.decrypt(stored, PLACE) == value


def test_a_value_is_never_stored_twice_alike(cipher: ValueCipher) -> None:
    stored = {cipher.encrypt(VALUE, PLACE) for _ in range(100)}
    assert len({one[:12] for one in stored}) == 100
    assert all(VALUE[:16] not in one for one in stored)


@pytest.mark.parametrize(
    "elsewhere", [of_shot("chip", 8), of_shot("landmarks", 7), of_embedding(7, "sface"), of_embedding(7, "chip")]
)
def test_a_value_of_another_place_is_refused(cipher: ValueCipher, elsewhere: str) -> None:
    with pytest.raises(
        GalleryError, match=r"people\.metaface is damaged \(shot\.chip 7 was changed, or belongs elsewh"
    ):
        cipher.decrypt(cipher.encrypt(VALUE, elsewhere), PLACE)


def test_places_are_told_apart() -> None:
    places = [
        of_shot("chip", 1),
        of_shot("chip", 11),
        of_embedding(1, "1 a"),
        of_embedding(11, "a"),
        of_embedding(1, "a"),
    ]
    assert len(set(places)) == len(places)


def test_every_byte_counts(cipher: ValueCipher) -> None:
    stored = cipher.encrypt(VALUE[:20], PLACE)
    for position in range(len(stored)):
        changed = bytearray(stored)
        changed[position] ^= 1
        with pytest.raises(GalleryError, match="was changed"):
            cipher.decrypt(bytes(changed), PLACE)
    for length in range(len(stored)):
        with pytest.raises(GalleryError, match="was changed"):
            cipher.decrypt(stored[:length], PLACE)


def test_another_key_opens_nothing(cipher: ValueCipher) -> None:
    other = ValueCipher(None, os.urandom(KEY_BYTES))
    with pytest.raises(GalleryError, match="memory is damaged"):
        other.decrypt(cipher.encrypt(VALUE, PLACE), PLACE)


def test_without_a_key_values_stay_as_they_are() -> None:
    plain = ValueCipher(None)
    assert not plain.is_encrypting
    assert plain.encrypt(VALUE, PLACE) == VALUE
    assert plain.decrypt(VALUE, PLACE) == VALUE
