from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from metaface_gui.errors import GalleryError
from metaface_gui.gallery import ClashPolicy, Gallery, NewConsent
from metaface_gui.gallery.schema import MIGRATIONS
from tests.faults.galleries import forge
from tests.gallery.conftest import EMBEDDER, MakeShot


@pytest.fixture
def filled(gallery: Gallery, make_shot: MakeShot, consent: NewConsent) -> Gallery:
    gallery.enroll("Ann", [make_shot(1), make_shot(2, kept=False)], consent)
    gallery.enroll("Bob", [make_shot(3)], consent)
    gallery.enroll("Cid", [make_shot(4), make_shot(5)], consent)
    return gallery


@pytest.fixture
def other() -> Iterator[Gallery]:
    with Gallery.in_memory() as opened:
        yield opened


def names(gallery: Gallery) -> list[str]:
    return [person.name for person in gallery.snapshot().people]


def content(gallery: Gallery) -> object:
    """All that a gallery holds, without its ids."""
    people = gallery.snapshot().people
    templates = gallery.templates(EMBEDDER)
    return (
        [(person.name, person.created_at, person.shot_count, person.thumbnail) for person in people],
        [[(s.chip, s.landmarks.tolist(), s.kept, s.taken_at) for s in gallery.shots(p.id)] for p in people],
        [[(c.given_at, c.purpose, c.given_by, c.text_version) for c in gallery.consents(p.id)] for p in people],
        templates.features.tolist(),
        [gallery.person(person_id).name for person_id in templates.person_ids],
    )


def test_import_brings_back_what_was_exported(filled: Gallery, other: Gallery, tmp_path: Path) -> None:
    assert filled.export_to(tmp_path / "out.metaface") == 3
    assert [file.name for file in tmp_path.iterdir() if file.is_file()] == ["out.metaface"]
    report = other.import_from(tmp_path / "out.metaface")
    assert (report.added, report.shots_added) == (("Ann", "Bob", "Cid"), 5)
    assert content(other) == content(filled)


def test_export_opens_as_a_gallery(filled: Gallery, tmp_path: Path) -> None:
    filled.export_to(tmp_path / "out.metaface")
    with Gallery.open(tmp_path / "out.metaface", read_only=True) as reader:
        assert content(reader) == content(filled)
    with Gallery.open(tmp_path / "out.metaface") as writer:
        writer.rename(1, "Eve")
        assert names(writer) == ["Eve", "Bob", "Cid"]


def test_export_of_some_holds_nothing_of_the_others(filled: Gallery, other: Gallery, tmp_path: Path) -> None:
    bob_chip = filled.shots(2)[0].chip
    filled.delete_shot(4)
    assert filled.export_to(tmp_path / "out.metaface", [3, 1, 1]) == 2
    written = (tmp_path / "out.metaface").read_bytes()
    assert bob_chip not in written
    assert b"Bob" not in written
    other.import_from(tmp_path / "out.metaface")
    assert [(person.name, person.shot_count) for person in other.snapshot().people] == [("Ann", 2), ("Cid", 1)]


def test_a_gallery_in_use_can_be_imported(filled: Gallery, other: Gallery) -> None:
    assert filled.path is not None
    other.import_from(filled.path)
    assert content(other) == content(filled)


def test_gallery_opened_to_read_can_be_exported(filled: Gallery, path: Path, tmp_path: Path) -> None:
    filled.close()
    with Gallery.open(path, read_only=True) as reader:
        assert reader.export_to(tmp_path / "out.metaface") == 3


def test_clashes_are_skipped(filled: Gallery, other: Gallery, tmp_path: Path) -> None:
    filled.export_to(tmp_path / "out")
    other.import_from(tmp_path / "out")
    before = content(other)
    report = other.import_from(tmp_path / "out", on_clash=ClashPolicy.SKIP)
    assert (report.skipped, report.added, report.shots_added) == (("Ann", "Bob", "Cid"), (), 0)
    assert content(other) == before


def test_clashes_are_renamed(
    filled: Gallery, other: Gallery, tmp_path: Path, make_shot: MakeShot, consent: NewConsent
) -> None:
    filled.export_to(tmp_path / "out", [1])
    other.enroll("ANN", [make_shot(7)], consent)
    other.enroll("Ann (2)", [make_shot(8)], consent)
    report = other.import_from(tmp_path / "out", on_clash=ClashPolicy.RENAME)
    assert report.renamed == (("Ann", "Ann (3)"),)
    assert names(other) == ["ANN", "Ann (2)", "Ann (3)"]


def test_clashes_are_merged_without_doubles(
    filled: Gallery, other: Gallery, tmp_path: Path, make_shot: MakeShot, consent: NewConsent
) -> None:
    filled.export_to(tmp_path / "out", [1])
    ann = other.enroll("ann", [make_shot(1), make_shot(7)], replace(consent, purpose="another"))
    for added in (1, 0):
        report = other.import_from(tmp_path / "out", on_clash=ClashPolicy.MERGE)
        assert (report.merged, report.shots_added) == (("Ann",), added)
        assert other.person(ann.id).shot_count == 3
        assert [record.purpose for record in other.consents(ann.id)] == ["another", consent.purpose]


@pytest.mark.parametrize("target", ["itself", "another in use", "no folder", "a folder"])
def test_export_to_an_impossible_place(filled: Gallery, tmp_path: Path, target: str) -> None:
    assert filled.path is not None
    before = content(filled)
    with Gallery.open(tmp_path / "another") as another:
        another.import_from(filled.path)
        place = {
            "itself": filled.path,
            "another in use": tmp_path / "another",
            "no folder": tmp_path / "nowhere" / "out",
            "a folder": tmp_path,
        }[target]
        with pytest.raises(GalleryError, match=r"gallery in use|There is no folder|is a folder"):
            filled.export_to(place)
        assert content(another) == before
    assert content(filled) == before


def test_export_of_somebody_who_is_not_there(filled: Gallery, tmp_path: Path) -> None:
    with pytest.raises(GalleryError, match="not in the gallery"):
        filled.export_to(tmp_path / "out", [1, 99])
    assert not (tmp_path / "out").exists()


class Cancelled(Exception):  # noqa: N818
    pass


def cancel_at_two(done: int, total: int) -> None:
    if done == 2:
        raise Cancelled


def test_cancelled_export_leaves_the_former_file(filled: Gallery, tmp_path: Path) -> None:
    (tmp_path / "out").write_bytes(b"former")
    with pytest.raises(Cancelled):
        filled.export_to(tmp_path / "out", on_progress=cancel_at_two)
    assert (tmp_path / "out").read_bytes() == b"former"
    assert [file.name for file in tmp_path.iterdir() if file.is_file()] == ["out"]


def test_cancelled_import_adds_nobody(filled: Gallery, other: Gallery, tmp_path: Path) -> None:
    filled.export_to(tmp_path / "out")
    with pytest.raises(Cancelled):
        other.import_from(tmp_path / "out", on_progress=cancel_at_two)
    assert (names(other), other.revision) == ([], 0)


def test_progress_is_told(filled: Gallery, other: Gallery, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    filled.export_to(tmp_path / "out", on_progress=lambda done, total: told.append((done, total)))
    other.import_from(tmp_path / "out", on_progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 3), (2, 3), (3, 3)] * 2


@pytest.mark.parametrize(
    ("statement", "match"),
    [
        ("UPDATE shot SET chip = x'ffd8ffe000' WHERE id = 5", r"is damaged .*ends in its header"),
        ("UPDATE shot SET chip = CAST('not a picture' AS BLOB) WHERE id = 5", r"is damaged .*neither a JPEG"),
        ("UPDATE shot SET landmarks = x'00' WHERE id = 5", "is damaged"),
        ("UPDATE shot SET taken_at = 9223372036854775807 WHERE id = 5", "is damaged"),
        ("UPDATE embedding SET vector = x'0000c07f0000c07f0000c07f0000c07f' WHERE shot_id = 5", "not finite"),
        ("DELETE FROM consent WHERE person_id = 3", "no consent of Cid"),
        (f"PRAGMA user_version = {len(MIGRATIONS) + 1}", "newer MetaFace"),
        ("PRAGMA application_id = 7", "not a MetaFace gallery"),
    ],
)
def test_forged_files_add_nobody(filled: Gallery, other: Gallery, tmp_path: Path, statement: str, match: str) -> None:
    filled.export_to(tmp_path / "out")
    forge(tmp_path / "out", statement)
    with pytest.raises(GalleryError, match=match):
        other.import_from(tmp_path / "out")
    assert (names(other), other.revision) == ([], 0)


def test_embedder_of_another_length_adds_nobody(
    filled: Gallery, other: Gallery, tmp_path: Path, make_shot: MakeShot, consent: NewConsent
) -> None:
    other.enroll("Eve", [make_shot(9, dim=7)], consent)
    filled.export_to(tmp_path / "out")
    with pytest.raises(GalleryError, match="length 7, not 4"):
        other.import_from(tmp_path / "out")
    assert names(other) == ["Eve"]


@pytest.mark.parametrize("kind", ["missing", "text", "empty", "folder", "cut off"])
def test_import_of_something_else(filled: Gallery, other: Gallery, tmp_path: Path, kind: str) -> None:
    file = tmp_path / "file"
    if kind == "text":
        file.write_text("Dear diary")
    elif kind == "empty":
        file.touch()
    elif kind == "folder":
        file.mkdir()
    elif kind == "cut off":
        filled.export_to(file)
        file.write_bytes(file.read_bytes()[:10_000])
    with pytest.raises(GalleryError, match=r"no file|not a MetaFace gallery|is a folder|is damaged"):
        other.import_from(file)


def test_flipped_bits_add_everybody_or_nobody(filled: Gallery, tmp_path: Path) -> None:
    filled.export_to(tmp_path / "out")
    whole = (tmp_path / "out").read_bytes()
    random = np.random.default_rng(0)
    refused = 0
    for offset in random.integers(0, len(whole), 60).tolist():
        flipped = bytearray(whole)
        flipped[offset] ^= 1 << int(random.integers(8))
        (tmp_path / "out").write_bytes(flipped)
        with Gallery.in_memory() as fresh:
            try:
                fresh.import_from(tmp_path / "out")
            except GalleryError:
                refused += 1
                assert names(fresh) == []
            else:
                assert len(names(fresh)) == 3
    assert refused > 0


def test_older_export_is_converted_on_the_way(
    filled: Gallery, other: Gallery, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def note(connection: sqlite3.Connection) -> None:
        connection.execute("CREATE TABLE note (text TEXT) STRICT")

    filled.export_to(tmp_path / "out")
    before = (tmp_path / "out").read_bytes()
    monkeypatch.setattr("metaface_gui.gallery.transfer.MIGRATIONS", (*MIGRATIONS, note))
    other.import_from(tmp_path / "out")
    assert content(other) == content(filled)
    assert (tmp_path / "out").read_bytes() == before
