""" "Not this person": faces kept with somebody because they are not theirs; and undoing what was added."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from metaface_gui.errors import GalleryError
from metaface_gui.gallery import AddedShots, ClashPolicy, Gallery, NewConsent, NewShot, Person
from metaface_gui.gallery.database import Database
from metaface_gui.gallery.schema import MIGRATIONS
from tests.gallery.conftest import EMBEDDER, AllBytes, MakeShot
from tests.gallery.traces import are_in, traces_of

MARKER = b"a stranger's face that must vanish"


@pytest.fixture
def ann(gallery: Gallery, make_shot: MakeShot, consent: NewConsent) -> Person:
    return gallery.enroll("Ann", [face(make_shot, 1, 0), face(make_shot, 2, 5)], consent)


@pytest.fixture
def bob(gallery: Gallery, ann: Person, make_shot: MakeShot, consent: NewConsent) -> Person:
    return gallery.enroll("Bob", [face(make_shot, 3, 90)], consent)


def face(make_shot: MakeShot, seed: int, degrees: float, chip: bytes | None = None) -> NewShot:
    """A shot whose embedding points in that direction, so that one sees which faces look alike."""
    angle = np.deg2rad(degrees)
    vector = np.array([np.cos(angle), np.sin(angle), 0, 0], np.float32)
    return replace(make_shot(seed, chip=chip), embeddings={EMBEDDER: vector})


def content(gallery: Gallery) -> object:
    """All that can be seen of a gallery, but for the revision."""
    people = gallery.snapshot().people
    return (
        people,
        [[(shot.id, shot.is_negative, shot.kept) for shot in gallery.shots(person.id)] for person in people],
        [gallery.consents(person.id) for person in people],
        gallery.templates(EMBEDDER).shot_ids.tolist(),
        [gallery.negatives(EMBEDDER).shot_ids.tolist(), gallery.negatives(EMBEDDER).person_ids.tolist()],
    )


def negative_ids(gallery: Gallery, person_id: int) -> list[int]:
    return [shot.id for shot in gallery.shots(person_id) if shot.is_negative]


# What they are --------------------------------------------------------------------------------------------------------


def test_negatives_are_kept_apart_from_shots(gallery: Gallery, ann: Person, bob: Person, make_shot: MakeShot) -> None:
    templates = gallery.templates(EMBEDDER)
    best = replace(face(make_shot, 7, 40), quality=1.0)
    change = gallery.add_negatives(ann.id, [best])
    after = gallery.person(ann.id)
    assert (after.shot_count, after.negative_count, after.thumbnail) == (2, 1, ann.thumbnail)
    assert replace(after, negative_count=0) == ann
    assert gallery.person(bob.id).negative_count == 0
    assert gallery.templates(EMBEDDER).shot_ids.tolist() == templates.shot_ids.tolist()
    negatives = gallery.negatives(EMBEDDER)
    assert (negatives.shot_ids.tolist(), negatives.person_ids.tolist()) == (list(change.shot_ids), [ann.id])
    np.testing.assert_array_equal(negatives.features[0], best.embeddings[EMBEDDER])
    assert len(gallery.negatives("another")) == 0


def test_shots_come_first_and_negatives_say_what_they_are(gallery: Gallery, ann: Person, make_shot: MakeShot) -> None:
    gallery.add_negatives(ann.id, [face(make_shot, 7, 170)])
    gallery.add_shots(ann.id, [face(make_shot, 8, 3)])
    assert [(shot.id, shot.is_negative) for shot in gallery.shots(ann.id)] == [
        (1, False),
        (2, False),
        (4, False),
        (3, True),
    ]


def test_another_embedder_embeds_them_too(gallery: Gallery, ann: Person, make_shot: MakeShot) -> None:
    (number,) = gallery.add_negatives(ann.id, [face(make_shot, 7, 40)]).shot_ids
    assert [shot.id for shot in gallery.shots_without("another")] == [1, 2, number]
    assert gallery.count_shots_without("another") == 3
    gallery.put_embeddings("another", {number: np.ones(9, np.float32)})
    assert gallery.negatives("another").shot_ids.tolist() == [number]
    assert len(gallery.templates("another")) == 0


def test_a_negative_that_is_not_kept_denies_nobody(gallery: Gallery, ann: Person, make_shot: MakeShot) -> None:
    (number,) = gallery.add_negatives(ann.id, [face(make_shot, 7, 40)]).shot_ids
    gallery.set_kept(number, is_kept=False)
    assert len(gallery.negatives(EMBEDDER)) == 0
    assert gallery.person(ann.id).negative_count == 1


def test_nobody_is_enrolled_from_negatives_alone(
    gallery: Gallery, ann: Person, make_shot: MakeShot, consent: NewConsent
) -> None:
    with pytest.raises(GalleryError, match="no shots to learn the person from"):
        gallery.enroll("Eve", [replace(make_shot(4), is_negative=True)], consent)
    with pytest.raises(GalleryError, match="There are no shots"):
        gallery.add_negatives(ann.id, [])
    with pytest.raises(GalleryError, match="not in the gallery"):
        gallery.add_negatives(99, [make_shot(4)])
    assert [person.name for person in gallery.snapshot().people] == ["Ann"]


def test_they_are_there_after_a_restart(path: Path, gallery: Gallery, ann: Person, make_shot: MakeShot) -> None:
    gallery.add_negatives(ann.id, [face(make_shot, 7, 40)])
    before = content(gallery)
    gallery.close()
    with Gallery.open(path) as reopened:
        assert content(reopened) == before
        assert len(reopened.negatives(EMBEDDER)) == 1


# Deleting -------------------------------------------------------------------------------------------------------------


def test_a_deleted_negative_comes_back(gallery: Gallery, ann: Person, make_shot: MakeShot) -> None:
    (number,) = gallery.add_negatives(ann.id, [face(make_shot, 7, 40)]).shot_ids
    before = content(gallery)
    change = gallery.delete_shot(number)
    assert (change.is_negative, change.person_id) == (True, ann.id)
    assert gallery.person(ann.id).negative_count == 0
    assert len(gallery.negatives(EMBEDDER)) == 0
    gallery.undo(change)
    assert content(gallery) == before


@pytest.mark.parametrize("how", ["person", "shot", "undo and purge", "undo and forget", "undo and close"])
def test_purged_negatives_are_gone_from_the_disk(
    path: Path,
    gallery: Gallery,
    ann: Person,
    make_shot: MakeShot,
    all_bytes: AllBytes,
    *,
    how: str,
) -> None:
    shots = [face(make_shot, n, 40 + n, chip=MARKER + bytes(size) + MARKER) for n, size in enumerate((1, 5000, 40000))]
    added = gallery.add_negatives(ann.id, shots)
    traces = traces_of(gallery, added.shot_ids)
    assert are_in(traces, all_bytes(path.parent))
    if how == "person":
        gallery.delete_person(ann.id)
        assert len(gallery.negatives(EMBEDDER)) == 0
        gallery.purge_deleted()
    elif how == "shot":
        for number in added.shot_ids:
            gallery.forget(gallery.delete_shot(number))
    else:
        gallery.undo(added)
        {"purge": gallery.purge_deleted, "forget": lambda: gallery.forget(added), "close": gallery.close}[
            how.rsplit(maxsplit=1)[-1]
        ]()
    assert not are_in(traces | {MARKER}, all_bytes(path.parent))


def test_a_deleted_person_leaves_no_picture_with_others(
    path: Path, gallery: Gallery, ann: Person, bob: Person, *, make_shot: MakeShot, all_bytes: AllBytes
) -> None:
    """A face taken for Ann was corrected to Bob: one picture is a shot of his and says that it is not her."""
    corrected = face(make_shot, 7, 80, chip=MARKER + b"3")
    denied = gallery.add_negatives(ann.id, [corrected, face(make_shot, 8, 100)]).shot_ids
    added = gallery.add_shots_undoably(bob.id, [corrected]).shot_ids
    traces = traces_of(gallery, (denied[0], *added))
    before = content(gallery)
    gallery.undo(gallery.delete_person(bob.id))
    assert content(gallery) == before
    gallery.delete_person(bob.id)
    assert gallery.person(ann.id).negative_count == 1
    assert are_in(traces, all_bytes(path.parent))
    gallery.purge_deleted()
    assert not are_in(traces, all_bytes(path.parent))


# Undoing what was added -----------------------------------------------------------------------------------------------


def test_undoing_added_shots_takes_out_just_these(
    gallery: Gallery, ann: Person, bob: Person, make_shot: MakeShot
) -> None:
    before = content(gallery)
    change = gallery.add_shots_undoably(ann.id, [face(make_shot, 8, 2), face(make_shot, 9, 4)])
    assert gallery.person(ann.id).shot_count == 4
    gallery.undo(change)
    assert content(gallery) == before
    with pytest.raises(GalleryError, match="no longer be undone"):
        gallery.undo(change)


@pytest.mark.usefixtures("bob")
def test_undoing_an_enrolment_removes_the_person(
    path: Path, gallery: Gallery, make_shot: MakeShot, consent: NewConsent, all_bytes: AllBytes
) -> None:
    before = content(gallery)
    change = gallery.enroll_undoably("Vanishing Person", [make_shot(8, chip=MARKER + b"1")], consent)
    traces = traces_of(gallery, change.shot_ids)
    assert are_in(traces, all_bytes(path.parent))
    gallery.undo(change)
    assert content(gallery) == before
    with pytest.raises(GalleryError, match="no longer be undone"):
        gallery.undo(change)
    gallery.purge_deleted()
    left = all_bytes(path.parent)
    assert not are_in(traces, left)
    assert b"Vanishing" not in left


def test_undoing_an_enrolment_takes_nobody_elses_shots(
    gallery: Gallery, ann: Person, make_shot: MakeShot, consent: NewConsent
) -> None:
    change = gallery.enroll_undoably("Eve", [make_shot(8)], consent)
    merged = gallery.merge(change.person_id, ann.id)
    before = content(gallery)
    with pytest.raises(GalleryError, match="Undo the later changes first"):
        gallery.undo(change)
    assert content(gallery) == before
    gallery.undo(merged)
    more = gallery.add_shots_undoably(change.person_id, [make_shot(9)])
    with pytest.raises(GalleryError, match="Undo the later changes first"):
        gallery.undo(change)
    gallery.undo(more)
    gallery.undo(change)
    assert [person.name for person in gallery.snapshot().people] == ["Ann"]


def test_undoing_leaves_nobody_without_a_shot(gallery: Gallery, bob: Person, make_shot: MakeShot) -> None:
    change = gallery.add_shots_undoably(bob.id, [make_shot(8)])
    negative = gallery.add_negatives(bob.id, [make_shot(9)])
    deleted = gallery.delete_shot(3)
    before = content(gallery)
    with pytest.raises(GalleryError, match="Undo the later changes first"):
        gallery.undo(change)
    assert content(gallery) == before
    gallery.undo(deleted)
    gallery.undo(change)
    gallery.undo(negative)
    assert [shot.id for shot in gallery.shots(bob.id)] == [3]


def test_shots_deleted_since_are_no_hindrance(gallery: Gallery, ann: Person, make_shot: MakeShot) -> None:
    change = gallery.add_shots_undoably(ann.id, [face(make_shot, 8, 2), face(make_shot, 9, 4)])
    gallery.delete_shot(change.shot_ids[0])
    gallery.undo(change)
    assert [shot.id for shot in gallery.shots(ann.id)] == [1, 2]


# What a later word contradicts ----------------------------------------------------------------------------------------


def test_the_last_word_on_a_face_counts(gallery: Gallery, ann: Person, make_shot: MakeShot) -> None:
    """First "not Ann" of two faces; then "this is Ann" of one like the first."""
    wrong, right = gallery.add_negatives(ann.id, [face(make_shot, 7, 40), face(make_shot, 8, 100)]).shot_ids
    before = content(gallery)
    change = gallery.add_shots_undoably(ann.id, [face(make_shot, 9, 45)])
    assert change.withdrawn == (wrong,)
    assert negative_ids(gallery, ann.id) == [right]
    gallery.undo(change)
    assert content(gallery) == before


def test_a_shot_that_no_negative_denies_withdraws_none(gallery: Gallery, ann: Person, make_shot: MakeShot) -> None:
    gallery.add_negatives(ann.id, [face(make_shot, 7, 40)])
    assert gallery.add_shots_undoably(ann.id, [face(make_shot, 9, 20)]).withdrawn == ()  # 15° from Ann, 20° from it
    assert gallery.person(ann.id).negative_count == 1


def test_the_same_picture_is_the_same_face_without_any_embedding(
    gallery: Gallery, ann: Person, make_shot: MakeShot
) -> None:
    same = replace(make_shot(7, dim=0))
    gallery.add_negatives(ann.id, [same, make_shot(8, dim=0)])
    assert len(gallery.add_shots_undoably(ann.id, [same]).withdrawn) == 1


def test_merging_moves_negatives_and_undoing_gives_them_back(
    gallery: Gallery, ann: Person, bob: Person, make_shot: MakeShot, consent: NewConsent
) -> None:
    gallery.enroll("Cid", [face(make_shot, 4, 200)], consent)
    gallery.add_negatives(ann.id, [face(make_shot, 7, 190)])
    gallery.add_negatives(bob.id, [face(make_shot, 8, 210)])
    before = content(gallery)
    change = gallery.merge(ann.id, bob.id)
    assert change.withdrawn == ()  # both show Cid
    assert gallery.person(ann.id).negative_count == 2
    assert gallery.negatives(EMBEDDER).person_ids.tolist() == [ann.id, ann.id]
    gallery.undo(change)
    assert content(gallery) == before


@pytest.mark.parametrize("into_first", [True, False])
def test_merged_people_do_not_deny_each_other(
    gallery: Gallery, ann: Person, bob: Person, make_shot: MakeShot, consent: NewConsent, *, into_first: bool
) -> None:
    gallery.enroll("Cid", [face(make_shot, 4, 200)], consent)
    (shows_bob,) = gallery.add_negatives(ann.id, [face(make_shot, 7, 80)]).shot_ids
    (shows_ann,) = gallery.add_negatives(bob.id, [face(make_shot, 8, 10)]).shot_ids
    (shows_cid,) = gallery.add_negatives(bob.id, [face(make_shot, 9, 195)]).shot_ids
    (like_ann,) = gallery.add_negatives(ann.id, [face(make_shot, 10, -20)]).shot_ids  # a stranger who looks like her
    before = content(gallery)
    into, gone = (ann, bob) if into_first else (bob, ann)
    change = gallery.merge(into.id, gone.id)
    assert change.withdrawn == (shows_bob, shows_ann)
    assert negative_ids(gallery, into.id) == [shows_cid, like_ann]
    gallery.undo(change)
    assert content(gallery) == before


def test_what_a_merge_withdrew_is_purged_with_it(
    path: Path, gallery: Gallery, ann: Person, bob: Person, *, make_shot: MakeShot, all_bytes: AllBytes
) -> None:
    traces = traces_of(gallery, gallery.add_negatives(ann.id, [face(make_shot, 7, 80)]).shot_ids)
    assert are_in(traces, all_bytes(path.parent))
    gallery.forget(gallery.merge(ann.id, bob.id))
    assert not are_in(traces, all_bytes(path.parent))
    assert gallery.person(ann.id).shot_count == 3


# From gallery to gallery ----------------------------------------------------------------------------------------------


def test_exported_and_imported_with_the_person(
    gallery: Gallery, ann: Person, bob: Person, make_shot: MakeShot, tmp_path: Path
) -> None:
    gallery.add_negatives(ann.id, [face(make_shot, 7, 40)])
    gallery.export_to(tmp_path / "out", [ann.id])
    with Gallery.open(tmp_path / "other") as other:
        report = other.import_from(tmp_path / "out")
        assert (report.added, report.shots_added) == (("Ann",), 2)
        (person,) = other.snapshot().people
        assert (person.shot_count, person.negative_count) == (2, 1)
        np.testing.assert_array_equal(other.negatives(EMBEDDER).features, gallery.negatives(EMBEDDER).features)
        again = other.import_from(tmp_path / "out", on_clash=ClashPolicy.MERGE)
        assert (again.merged, again.shots_added) == (("Ann",), 0)
        assert other.person(person.id).negative_count == 1


# Files of version 1 ---------------------------------------------------------------------------------------------------


@pytest.fixture
def old(path: Path, gallery: Gallery, make_shot: MakeShot) -> Path:
    """A gallery as version 1 wrote it, with one person of two shots."""
    gallery.close()
    path.unlink()
    database = Database.open(path, migrations=MIGRATIONS[:1])
    with database.changing() as connection:
        connection.execute("INSERT INTO person (id, name, name_key, created_at) VALUES (1, 'Ann', 'ann', 0)")
        connection.execute("INSERT INTO consent VALUES (1, 1, 0, 'p', 'g', '1')")
        connection.execute("INSERT INTO embedder VALUES (?, 4)", (EMBEDDER,))
        for number in (1, 2):
            shot = face(make_shot, number, number)
            connection.execute(
                "INSERT INTO shot VALUES (?, 1, ?, ?, 0.5, 0, 'file', 1, NULL, ?)",
                (number, shot.landmarks.tobytes(), shot.box_xyxy.tobytes(), shot.chip),
            )
            vector = shot.embeddings[EMBEDDER].tobytes()
            connection.execute("INSERT INTO embedding VALUES (?, ?, 4, ?)", (number, EMBEDDER, vector))
    database.close()
    return path


def test_a_gallery_of_version_1_is_migrated(old: Path, make_shot: MakeShot) -> None:
    with Gallery.open(old) as gallery:
        (ann,) = gallery.snapshot().people
        assert (ann.shot_count, ann.negative_count) == (2, 0)
        assert len(gallery.templates(EMBEDDER)) == 2
        assert not any(shot.is_negative for shot in gallery.shots(1))
        gallery.add_negatives(1, [face(make_shot, 7, 40)])
    with Gallery.open(old, read_only=True) as gallery:  # the migrated file passes for a new one
        assert len(gallery.negatives(EMBEDDER)) == 1


def test_an_export_of_version_1_is_imported(old: Path, tmp_path: Path) -> None:
    content_before = old.read_bytes()
    with Gallery.open(tmp_path / "new") as gallery:
        assert gallery.import_from(old).shots_added == 2
        assert gallery.snapshot().people[0].negative_count == 0
    assert old.read_bytes() == content_before


def test_a_program_of_version_1_leaves_a_newer_file_alone(path: Path, gallery: Gallery) -> None:
    gallery.close()
    with pytest.raises(
        GalleryError, match=rf"gallery version {len(MIGRATIONS)}; this one knows up to 1\). Update MetaFace"
    ):
        Database.open(path, migrations=MIGRATIONS[:1])


def test_an_added_record_says_what_it_added(gallery: Gallery, ann: Person, make_shot: MakeShot) -> None:
    change = gallery.add_negatives(ann.id, [make_shot(7), make_shot(8)])
    assert change == AddedShots(gallery.revision, ann.id, (3, 4))
