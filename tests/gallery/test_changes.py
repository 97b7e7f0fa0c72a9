"""Renaming, merging, deleting; taking each back; and that what was purged is gone from the disk."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from metaface_gui.errors import GalleryError
from metaface_gui.gallery import Gallery, NewConsent, Person
from tests.gallery.conftest import EMBEDDER, AllBytes, MakeShot
from tests.gallery.traces import are_in, traces_of

MARKER = b"face bytes that must vanish"
NOON = datetime(2024, 5, 5, 12, tzinfo=UTC)


@pytest.fixture
def ann(gallery: Gallery, make_shot: MakeShot, consent: NewConsent) -> Person:
    return gallery.enroll("Ann", [make_shot(1), make_shot(2)], consent)


@pytest.fixture
def bob(gallery: Gallery, ann: Person, make_shot: MakeShot, consent: NewConsent) -> Person:
    return gallery.enroll("Bob", [make_shot(3)], consent)


def state(gallery: Gallery) -> object:
    """All that can be seen of a gallery, but for the revision."""
    people = gallery.snapshot().people
    return (
        people,
        [[shot.id for shot in gallery.shots(person.id)] for person in people],
        [gallery.consents(person.id) for person in people],
        gallery.templates(EMBEDDER).shot_ids.tolist(),
        gallery.templates(EMBEDDER).person_ids.tolist(),
    )


def test_rename_and_undo(gallery: Gallery, ann: Person, bob: Person) -> None:
    before = state(gallery)
    change = gallery.rename(ann.id, " Anna ")
    assert gallery.person(ann.id).name == "Anna"
    assert gallery.find("ann") is None
    gallery.undo(change)
    assert state(gallery) == before
    with pytest.raises(GalleryError, match="no longer be undone"):
        gallery.undo(change)


def test_rename_may_change_the_spelling_but_not_take_a_name(gallery: Gallery, ann: Person, bob: Person) -> None:
    gallery.rename(ann.id, "ANN")
    assert gallery.person(ann.id).name == "ANN"
    with pytest.raises(GalleryError, match="Bob is in the gallery already"):
        gallery.rename(ann.id, "bob")
    assert gallery.person(ann.id).name == "ANN"


@pytest.mark.parametrize("is_deleted", [False, True])
def test_a_name_that_was_given_up_is_free_and_an_undo_does_not_take_it_back(
    gallery: Gallery, ann: Person, make_shot: MakeShot, consent: NewConsent, is_deleted: bool
) -> None:
    change = gallery.delete_person(ann.id) if is_deleted else gallery.rename(ann.id, "Eve")
    new = gallery.enroll("Ann", [make_shot(9)], consent)
    with pytest.raises(GalleryError, match="Ann is in the gallery already"):
        gallery.undo(change)
    assert gallery.find("Ann") == new


def test_deleted_person_is_nowhere_and_comes_back_whole(gallery: Gallery, ann: Person, bob: Person) -> None:
    before = state(gallery)
    change = gallery.delete_person(ann.id)
    assert [person.name for person in gallery.snapshot().people] == ["Bob"]
    assert gallery.find("Ann") is None
    assert gallery.templates(EMBEDDER).person_ids.tolist() == [bob.id]
    assert gallery.count_shots_without("another") == 1
    for call in (gallery.person, gallery.shots, gallery.consents, gallery.delete_person):
        with pytest.raises(GalleryError, match="not in the gallery"):
            call(ann.id)
    gallery.undo(change)
    assert state(gallery) == before


def test_deleted_shot_comes_back(gallery: Gallery, ann: Person) -> None:
    before = state(gallery)
    change = gallery.delete_shot(1)
    assert (change.person_id, gallery.person(ann.id).shot_count) == (ann.id, 1)
    with pytest.raises(GalleryError, match="That shot is not"):
        gallery.delete_shot(1)
    gallery.undo(change)
    assert state(gallery) == before


def test_shot_of_a_deleted_person_stays_deleted_with_them(gallery: Gallery, ann: Person) -> None:
    shot = gallery.delete_shot(1)
    person = gallery.delete_person(ann.id)
    with pytest.raises(GalleryError, match="no longer be undone"):
        gallery.undo(shot)
    gallery.undo(person)
    assert [shot.id for shot in gallery.shots(ann.id)] == [2]
    gallery.undo(shot)
    assert [shot.id for shot in gallery.shots(ann.id)] == [1, 2]


def test_merge_and_undo(gallery: Gallery, ann: Person, bob: Person) -> None:
    gallery.touch_last_seen({bob.id: NOON})
    before = state(gallery)
    change = gallery.merge(ann.id, bob.id)
    (only,) = gallery.snapshot().people
    assert (only.name, only.shot_count, only.last_seen_at) == ("Ann", 3, NOON)
    assert len(gallery.consents(ann.id)) == 2
    assert gallery.templates(EMBEDDER).person_ids.tolist() == [ann.id] * 3
    gallery.undo(change)
    assert state(gallery) == before


def test_merge_with_oneself_is_refused(gallery: Gallery, ann: Person) -> None:
    with pytest.raises(GalleryError, match="cannot be merged with themselves"):
        gallery.merge(ann.id, ann.id)
    assert gallery.person(ann.id) == ann


def test_merge_after_purge_cannot_be_undone(gallery: Gallery, ann: Person, bob: Person) -> None:
    change = gallery.merge(ann.id, bob.id)
    gallery.purge_deleted()
    with pytest.raises(GalleryError, match="no longer be undone"):
        gallery.undo(change)
    assert gallery.person(ann.id).shot_count == 3


def test_merges_are_undone_last_first(
    gallery: Gallery, ann: Person, bob: Person, make_shot: MakeShot, consent: NewConsent
) -> None:
    cid = gallery.enroll("Cid", [make_shot(8)], consent)
    before = state(gallery)
    first = gallery.merge(bob.id, ann.id)
    middle = state(gallery)
    second = gallery.merge(cid.id, bob.id)
    merged = state(gallery)
    with pytest.raises(GalleryError, match=r"not in the gallery|no longer be undone"):
        gallery.undo(first)
    assert state(gallery) == merged
    gallery.undo(second)
    assert state(gallery) == middle
    gallery.undo(first)
    assert state(gallery) == before


@pytest.mark.parametrize("is_negative", [False, True])
def test_what_was_added_to_somebody_without_shots_can_be_undone(
    gallery: Gallery, bob: Person, make_shot: MakeShot, is_negative: bool
) -> None:
    for shot in gallery.shots(bob.id):
        gallery.delete_shot(shot.id)
    before = state(gallery)
    add = gallery.add_negatives if is_negative else gallery.add_shots_undoably
    change = add(bob.id, [make_shot(8)])
    assert state(gallery) != before
    gallery.undo(change)
    assert state(gallery) == before


def test_undo_of_an_older_deletion_does_not_undo_a_newer_one(gallery: Gallery, ann: Person) -> None:
    older = gallery.delete_person(ann.id)
    gallery.undo(older)
    gallery.delete_person(ann.id)
    with pytest.raises(GalleryError, match="no longer be undone"):
        gallery.undo(older)
    gallery.forget(older)
    assert gallery.snapshot().people == ()


# For good -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def marked(
    gallery: Gallery,
    bob: Person,
    make_shot: MakeShot,
    consent: NewConsent,
    all_bytes: AllBytes,
) -> Person:
    """Somebody whose name and faces can be found among the bytes on the disk."""
    assert gallery.path is not None
    chips = [MARKER + bytes(100 * n) + MARKER for n in (1, 50, 400)]
    person = gallery.enroll("Vanishing Person", [make_shot(n, chip=chip) for n, chip in enumerate(chips)], consent)
    gallery.enroll("Zoe", [make_shot(n) for n in range(4)], consent)
    gallery.add_negatives(person.id, [make_shot(8, chip=MARKER + bytes(70) + MARKER)])
    assert MARKER not in all_bytes(gallery.path.parent)
    assert b"Vanishing Person" in all_bytes(gallery.path.parent)
    return person


@pytest.fixture
def traces(gallery: Gallery, marked: Person) -> frozenset[bytes]:
    """What of them can be found, since it is encrypted."""
    return traces_of(gallery, [shot.id for shot in gallery.shots(marked.id)])


def test_rewriting_the_file_alone_would_do(
    path: Path, gallery: Gallery, marked: Person, traces: frozenset[bytes], all_bytes: AllBytes
) -> None:
    with gallery._database.reading() as connection:
        connection.execute("PRAGMA secure_delete = OFF")
    gallery.delete_person(marked.id)
    gallery.purge_deleted()
    assert not are_in(traces, all_bytes(path.parent))


def test_forget_removes_only_what_it_names(
    path: Path,
    gallery: Gallery,
    *,
    ann: Person,
    marked: Person,
    traces: frozenset[bytes],
    all_bytes: AllBytes,
) -> None:
    kept = gallery.delete_person(ann.id)
    gallery.forget(gallery.delete_person(marked.id))
    assert not are_in(traces, all_bytes(path.parent))
    gallery.undo(kept)
    assert gallery.person(ann.id) == ann


def test_forgotten_shot_is_gone_from_the_disk(
    path: Path, gallery: Gallery, marked: Person, traces: frozenset[bytes], all_bytes: AllBytes
) -> None:
    for shot in gallery.shots(marked.id):
        gallery.forget(gallery.delete_shot(shot.id))
    left = all_bytes(path.parent)
    assert not are_in(traces, left)
    assert b"Vanishing Person" in left


def test_forgotten_rename_leaves_no_old_name(path: Path, gallery: Gallery, marked: Person, all_bytes: AllBytes) -> None:
    gallery.forget(gallery.rename(marked.id, "Someone"))
    assert b"Vanishing" not in all_bytes(path.parent)


def test_closing_purges(
    path: Path, gallery: Gallery, marked: Person, traces: frozenset[bytes], all_bytes: AllBytes
) -> None:
    gallery.delete_person(marked.id)
    gallery.close()
    assert not are_in(traces, all_bytes(path.parent))


CRASH = """
import os, sys
from pathlib import Path
from metaface_gui.gallery import Gallery
from metaface_gui.gallery import changes
gallery = Gallery.open(Path(sys.argv[1]))
gallery.delete_person(int(sys.argv[2]))
if sys.argv[3] == "between":  # the rows are gone, the file is not scrubbed yet
    with gallery._database.changing() as connection:
        changes.purge(connection)
os._exit(9)
"""


@pytest.mark.parametrize("moment", ["before", "between"])
def test_purge_that_a_crash_cut_short_is_done_at_the_next_opening(
    path: Path,
    gallery: Gallery,
    *,
    marked: Person,
    traces: frozenset[bytes],
    all_bytes: AllBytes,
    moment: str,
) -> None:
    gallery.close()
    command = [sys.executable, "-c", CRASH, str(path), str(marked.id), moment]
    assert subprocess.run(command, check=False).returncode == 9
    assert are_in(traces, all_bytes(path.parent))
    with Gallery.open(path, read_only=True) as reader:
        assert [person.name for person in reader.snapshot().people] == ["Ann", "Bob", "Zoe"]
    with Gallery.open(path) as reopened:
        left = all_bytes(path.parent)
        assert [person.name for person in reopened.snapshot().people] == ["Ann", "Bob", "Zoe"]
    assert not are_in(traces, left)
    assert b"Vanishing" not in left


def test_reader_elsewhere_delays_the_purge_but_not_the_deletion(
    path: Path,
    gallery: Gallery,
    *,
    marked: Person,
    traces: frozenset[bytes],
    all_bytes: AllBytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with gallery._database.reading() as connection:
        connection.execute("PRAGMA busy_timeout = 1")
    reader = Gallery.open(path, read_only=True)
    with reader._database.reading() as connection:
        connection.execute("SELECT * FROM person").fetchall()
        gallery.delete_person(marked.id)
        with pytest.raises(GalleryError, match=r"traces stay .* Close that window"):
            gallery.purge_deleted()
    reader.close()
    assert gallery.find("Vanishing Person") is None
    gallery.close()
    assert not are_in(traces, all_bytes(path.parent))
