"""Covers, hidden people and people who were told apart: kept, undone, exported, and gone with whom they are about."""

from __future__ import annotations

from pathlib import Path

import pytest

from metaface_gui.errors import GalleryError
from metaface_gui.gallery import Gallery, NewConsent
from metaface_gui.gallery.checksums import seal_all
from metaface_gui.gallery.database import Database
from metaface_gui.gallery.schema import MIGRATIONS
from tests.gallery.conftest import EMBEDDER, MakeShot


@pytest.fixture
def ids(gallery: Gallery, make_shot: MakeShot, consent: NewConsent) -> tuple[int, ...]:
    """Ann, Bob and Cem, with three shots each."""
    return tuple(
        gallery.enroll(name, [make_shot(10 * number + k) for k in range(3)], consent).id
        for number, name in enumerate(("Ann", "Bob", "Cem"))
    )


def cover_of(gallery: Gallery, person_id: int) -> int | None:
    person = gallery.person(person_id)
    shown = [shot.id for shot in gallery.shots(person_id) if shot.chip == person.thumbnail and not shot.is_negative]
    assert shown == ([] if person.cover_id is None else [person.cover_id])
    return person.cover_id


def test_a_chosen_cover_stays_until_it_is_undone_or_gone(gallery: Gallery, ids: tuple[int, ...]) -> None:
    best = cover_of(gallery, ids[0])
    others = [shot.id for shot in gallery.shots(ids[0]) if shot.id != best]
    change = gallery.set_cover(others[0])
    assert cover_of(gallery, ids[0]) == others[0]
    later = gallery.set_cover(others[1])
    with pytest.raises(GalleryError, match="later changes"):
        gallery.undo(change)
    gallery.undo(later)
    assert cover_of(gallery, ids[0]) == others[0]
    deletion = gallery.delete_shot(others[0])
    assert cover_of(gallery, ids[0]) == best
    gallery.undo(deletion)
    assert cover_of(gallery, ids[0]) == others[0]
    gallery.undo(change)
    assert cover_of(gallery, ids[0]) == best


def test_no_face_that_is_not_theirs_is_a_cover(gallery: Gallery, ids: tuple[int, ...], make_shot: MakeShot) -> None:
    (negative,) = gallery.add_negatives(ids[0], [make_shot(77)]).shot_ids
    for shot_id in (negative, 999):
        with pytest.raises(GalleryError, match="not in the gallery"):
            gallery.set_cover(shot_id)
    # Of somebody whose cover became another's by a merge the best shot is shown.
    (cover,) = [shot.id for shot in gallery.shots(ids[1])][:1]
    gallery.set_cover(cover)
    merge = gallery.merge(ids[2], ids[1])
    assert cover_of(gallery, ids[2]) != cover
    gallery.undo(merge)
    assert cover_of(gallery, ids[1]) == cover


def test_who_is_hidden_is_stored_but_gives_no_template(path: Path, gallery: Gallery, ids: tuple[int, ...]) -> None:
    before, revision = gallery.snapshot(), gallery.revision
    change = gallery.set_hidden(ids[1], is_hidden=True)
    assert gallery.revision > revision
    assert [person.id for person in gallery.snapshot().people] == list(ids)
    assert [person.id for person in gallery.snapshot().recognised] == [ids[0], ids[2]]
    assert set(gallery.templates(EMBEDDER).person_ids.tolist()) == {ids[0], ids[2]}
    assert set(gallery.templates(EMBEDDER, with_hidden=True).person_ids.tolist()) == set(ids)
    with Gallery.open(path, read_only=True) as elsewhere:  # it is in the file, and the file is whole
        assert elsewhere.person(ids[1]).is_hidden
    gallery.undo(change)
    assert gallery.snapshot().people == before.people
    with pytest.raises(GalleryError, match="later changes"):
        gallery.undo(change)
    with pytest.raises(GalleryError, match="not in the gallery"):
        gallery.set_hidden(999, is_hidden=True)


def test_two_who_were_told_apart(gallery: Gallery, ids: tuple[int, ...]) -> None:
    ann, bob, cem = ids
    change = gallery.tell_apart(bob, ann)
    gallery.tell_apart(ann, bob)
    assert gallery.told_apart() == {frozenset({ann, bob})}
    merge = gallery.merge(cem, bob)  # Cem is Bob, who is not Ann
    assert gallery.told_apart() == {frozenset({ann, cem})}
    gallery.undo(merge)
    assert gallery.told_apart() == {frozenset({ann, bob})}
    deletion = gallery.delete_person(bob)
    assert gallery.told_apart() == frozenset()
    gallery.undo(deletion)
    assert gallery.account_of(ann).n_told_apart == gallery.account_of(bob).n_told_apart == 1
    gallery.undo(change)
    assert gallery.told_apart() == frozenset()
    with pytest.raises(GalleryError, match="later changes"):
        gallery.undo(change)
    with pytest.raises(GalleryError, match="from themselves"):
        gallery.tell_apart(ann, ann)


@pytest.mark.parametrize("way", ["delete", "at once", "everything"])
def test_choices_go_for_good_with_whom_they_are_about(
    path: Path, gallery: Gallery, ids: tuple[int, ...], way: str
) -> None:
    ann, bob, _cem = ids
    gallery.set_cover(gallery.shots(ann)[2].id)
    gallery.set_hidden(ann, is_hidden=True)
    gallery.tell_apart(ann, bob)
    match way:
        case "delete":
            gallery.delete_person(ann)
            gallery.purge_deleted()
        case "at once":
            gallery.delete_for_good([ann])
        case _:
            gallery.forget_everything()
    gallery.close()
    with Database.open(path)._transaction("BEGIN") as connection:
        assert connection.execute("SELECT count(*) FROM told_apart").fetchone() == (0,)
        assert connection.execute("SELECT count(*) FROM person WHERE id = ?", (ann,)).fetchone() == (0,)
        query = "SELECT count(*) FROM person WHERE cover_id IS NOT NULL OR is_hidden"
        assert connection.execute(query).fetchone() == (0,)


def test_export_and_import_keep_choices(
    gallery: Gallery, ids: tuple[int, ...], tmp_path: Path, make_shot: MakeShot, consent: NewConsent
) -> None:
    ann, bob, cem = ids
    chosen = min(gallery.shots(ann), key=lambda shot: shot.quality)
    gallery.set_cover(chosen.id)
    gallery.set_hidden(bob, is_hidden=True)
    gallery.tell_apart(ann, bob)
    gallery.tell_apart(bob, cem)
    gallery.export_to(tmp_path / "two", [ann, bob])
    with Gallery.open(tmp_path / "other") as other:
        zoe = other.enroll("Zoe", [make_shot(99)], consent).id
        other.import_from(tmp_path / "two")
        people = {person.name: person for person in other.snapshot().people}
        assert people["Ann"].thumbnail == chosen.chip
        assert [person.name for person in people.values() if person.is_hidden] == ["Bob"]
        assert other.told_apart() == {frozenset({people["Ann"].id, people["Bob"].id})}
        assert people["Zoe"].id == zoe


@pytest.fixture
def of_version_5(tmp_path: Path) -> Path:
    """A gallery of version 5 with Ann in it."""
    path = tmp_path / "old"
    database = Database.open(path, migrations=MIGRATIONS[:5])
    with database.changing() as connection:
        connection.execute("INSERT INTO person (id, name, name_key, created_at) VALUES (1, 'Ann', 'ann', 0)")
        seal_all(connection, version=5)
    database.close()
    return path


def test_a_gallery_of_version_5_is_read_and_nobody_is_hidden(of_version_5: Path) -> None:
    with Gallery.open(of_version_5) as gallery:
        (ann,) = gallery.snapshot().people
        assert (ann.name, ann.is_hidden, ann.cover_id) == ("Ann", False, None)
        gallery.set_hidden(ann.id, is_hidden=True)
    with Gallery.open(of_version_5, read_only=True) as gallery:
        assert gallery.person(1).is_hidden


def test_damage_in_a_file_of_version_5_is_found(of_version_5: Path) -> None:
    database = Database.open(of_version_5, migrations=MIGRATIONS[:5])
    with database.changing() as connection:
        connection.execute("UPDATE person SET created_at = 1")
    database.close()
    with pytest.raises(GalleryError, match="checksum of person 1"):
        Gallery.open(of_version_5)
