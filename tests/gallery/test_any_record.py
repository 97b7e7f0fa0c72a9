"""Records, names and checksums of any values: they are kept to the bit, or refused before anything is written."""

from __future__ import annotations

import string
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from metaface_gui.errors import GalleryError
from metaface_gui.gallery import Gallery, NewConsent, NewShot, ShotSource, clean_name, name_key
from metaface_gui.gallery.checksums import Value, checksum
from metaface_gui.gallery.names import MAX_NAME, numbered_name
from metaface_gui.gallery.rows import from_blob, from_microseconds, to_blob, to_microseconds
from metaface_gui.types import Floats

finite = st.floats(width=32, allow_nan=False, allow_infinity=False)
times = st.datetimes(datetime(1971, 1, 1), datetime(9000, 1, 1)).map(lambda time: time.replace(tzinfo=UTC))
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=40)
plain_texts = texts.filter(lambda text: bool(text.strip()))


@st.composite
def shots(draw: st.DrawFn) -> NewShot:
    dimensions = draw(st.dictionaries(plain_texts, st.integers(1, 5), max_size=2))
    return NewShot(
        chip=draw(st.binary(min_size=1, max_size=200)),
        landmarks=draw(hnp.arrays(np.float32, (5, 2), elements=finite)),
        box_xyxy=draw(hnp.arrays(np.float32, 4, elements=finite)),
        quality=draw(st.floats(0, 1)),
        taken_at=draw(times),
        source=draw(st.sampled_from(ShotSource)),
        kept=draw(st.booleans()),
        embeddings={
            key: draw(hnp.arrays(np.float32, dimension, elements=finite)) for key, dimension in dimensions.items()
        },
    )


def consents() -> st.SearchStrategy[NewConsent]:
    return st.builds(NewConsent, given_at=times, purpose=plain_texts, given_by=plain_texts, text_version=plain_texts)


@settings(max_examples=40, deadline=None)
@given(st.lists(shots(), min_size=1, max_size=3), consents())
def test_what_goes_in_comes_out_to_the_bit(saved: list[NewShot], consent: NewConsent) -> None:
    with Gallery.in_memory() as gallery:
        lengths = dict[str, int]()
        clash = any(
            lengths.setdefault(key, len(vector)) != len(vector)
            for shot in saved
            for key, vector in shot.embeddings.items()
        )
        if clash:  # one embedder gives vectors of one length
            with pytest.raises(ValueError, match=r"floats|length"):
                gallery.enroll("Ann", saved, consent)
            assert gallery.snapshot().people == ()
            return
        person = gallery.enroll("Ann", saved, consent)
        read = gallery.shots(person.id)
        for one, other in zip(saved, read, strict=True):
            assert (one.chip, one.quality, one.taken_at, one.source, one.kept) == (
                other.chip,
                other.quality,
                other.taken_at,
                other.source,
                other.kept,
            )
            assert one.landmarks.tobytes() == other.landmarks.tobytes()
            assert one.box_xyxy.tobytes() == other.box_xyxy.tobytes()
        (kept_consent,) = gallery.consents(person.id)
        assert (kept_consent.given_at, kept_consent.purpose, kept_consent.given_by, kept_consent.text_version) == (
            consent.given_at,
            consent.purpose,
            consent.given_by,
            consent.text_version,
        )
        for key in lengths:
            wanted = {
                shot.id: new.embeddings[key]
                for shot, new in zip(read, saved, strict=True)
                if new.kept and key in new.embeddings
            }
            templates = gallery.templates(key)
            assert templates.features.tobytes() == b"".join(vector.tobytes() for vector in wanted.values())
            assert templates.shot_ids.tolist() == list(wanted)


@given(st.text(max_size=300))
def test_a_name_is_refused_or_settled(text: str) -> None:
    try:
        name = clean_name(text)
    except GalleryError:
        return
    assert clean_name(name) == name
    assert 1 <= len(name) <= MAX_NAME
    assert name == name.strip()
    assert name_key(name_key(name)) == name_key(name)
    for number in (2, 99, 10**9):
        numbered = numbered_name(name, number)
        assert clean_name(numbered) == numbered
        assert numbered.endswith(f" ({number})")
        assert name_key(numbered) != name_key(name) or numbered == name


@given(st.lists(st.integers(-(2**63), 2**63 - 1) | st.floats() | st.text() | st.binary() | st.none(), max_size=4))
def test_every_single_change_of_a_row_changes_its_checksum(values: Sequence[Value]) -> None:
    assert 0 <= checksum(values) < 2**32
    assert checksum(values) == checksum(list(values))
    for index, value in enumerate(values):
        for other in (None, 0, "", b"", 0.5, string.ascii_letters):
            if repr(other) != repr(value):
                assert checksum([*values[:index], other, *values[index + 1 :]]) != checksum(values)


@given(hnp.arrays(np.float32, st.tuples(st.integers(0, 5), st.integers(0, 5)), elements=finite))
def test_arrays_and_blobs_are_the_same(array: Floats) -> None:
    assert from_blob(to_blob(array), array.shape).tobytes() == array.tobytes()
    if array.size:
        with pytest.raises(ValueError, match=r"reshape|size"):
            from_blob(to_blob(array)[:-1], array.shape)


@given(times)
def test_times_are_kept_to_the_microsecond(time: datetime) -> None:
    assert from_microseconds(to_microseconds(time)) == time
    assert to_microseconds(time + timedelta(microseconds=1)) == to_microseconds(time) + 1
