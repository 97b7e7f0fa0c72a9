"""Files made to do harm: an import refuses them, or takes what they say as words and nothing else."""

from __future__ import annotations

import sqlite3
import struct
import sys
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from metaface_gui.errors import GalleryError
from metaface_gui.gallery import Gallery, NewConsent
from tests.faults.galleries import forge
from tests.gallery.conftest import MakeShot


@pytest.fixture
def exported(gallery: Gallery, make_shot: MakeShot, consent: NewConsent, tmp_path: Path) -> Path:
    gallery.enroll("Ann", [make_shot(1), make_shot(2)], consent)
    path = tmp_path / "in" / "exported"
    path.parent.mkdir()
    gallery.export_to(path)
    return path


@pytest.fixture
def other() -> Iterator[Gallery]:
    with Gallery.in_memory() as opened:
        yield opened


def refused(gallery: Gallery, path: Path, match: str) -> None:
    before = path.read_bytes()
    with pytest.raises(GalleryError, match=match) as caught:
        gallery.import_from(path)
    assert len(str(caught.value)) < 1000
    assert (gallery.snapshot().people, gallery.revision) == ((), 0)
    assert path.read_bytes() == before


# Names ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "Robert'); DROP TABLE person;--",
        '"; ATTACH DATABASE "/tmp/x" AS x; --',
        "' OR 1=1 --",
        "../../../../etc/passwd",
        "/etc/passwd",
        "..\\..\\windows\\system32",
        "CON",
        "<script>alert(1)</script>",
        "%s%n{0}{path}",
        "$(touch /tmp/hacked)",
    ],
)
def test_a_name_is_only_a_name(other: Gallery, exported: Path, tmp_path: Path, name: str) -> None:
    forge(exported, "UPDATE person SET name = ?1, name_key = lower(?1)", values=(name,))
    there = {file for file in tmp_path.rglob("*") if file.is_file()}
    assert other.import_from(exported).added == (name,)
    (person,) = other.snapshot().people
    assert (person.name, person.shot_count) == (name, 2)
    other.export_to(exported.with_name("again"))
    other.delete_person(person.id)
    other.purge_deleted()
    assert other.snapshot().people == ()
    assert {file for file in tmp_path.rglob("*") if file.is_file()} == there | {exported.with_name("again")}


@pytest.mark.parametrize(
    ("name", "match"),
    [
        ("a\0b", "is damaged"),
        ("a" * 10_000, "is damaged"),
        ("a" * 201, "is damaged"),
        ("", "is damaged"),
        ("\u200b\u200b", "empty"),
        ("a\x1b[2Jb", "control characters"),
        ("a\nb\rc\x07", "control characters"),
    ],
    ids=["NUL", "10,000 characters", "201 characters", "nothing", "invisible", "escape", "bell"],
)
def test_what_is_no_name_is_refused(other: Gallery, exported: Path, name: str, match: str) -> None:
    forge(exported, "UPDATE person SET name = ?1, name_key = ?1", values=(name,))
    refused(other, exported, match)


# Pictures -------------------------------------------------------------------------------------------------------------


def png(width: int, height: int) -> bytes:
    """A real PNG picture, all black, a bit each pixel: small however large it is once it is decoded."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packer = zlib.compressobj(9)
    row = bytes(1 + (width + 7) // 8)
    rows = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.skipif(sys.platform == "win32", reason="there the system does not tell the most memory used so far")
def test_a_decompression_bomb_is_refused_by_its_header(other: Gallery, exported: Path) -> None:
    import resource

    bomb = png(30_000, 30_000)
    assert len(bomb) < 2_000_000
    forge(exported, "UPDATE shot SET chip = ? WHERE id = 2", values=(bomb,))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    refused(other, exported, "larger than 4096")
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 100_000 or sys.platform == "darwin", "decoded, it takes 900 MB"


@pytest.mark.parametrize(
    "size", [(4097, 1), (1, 4097), (0, 10), (0xFFFFFFFF, 0xFFFFFFFF)], ids=["wide", "high", "nothing", "endless"]
)
def test_other_sizes_that_no_shot_has(other: Gallery, exported: Path, size: tuple[int, int]) -> None:
    header = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR" + struct.pack(">II", *size) + bytes(50)
    forge(exported, "UPDATE shot SET chip = ? WHERE id = 2", values=(header,))
    refused(other, exported, "larger than 4096")


# Tables and values ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE extra (x)",
        "CREATE TABLE sqlitex_stat1 (x)",
        "CREATE VIEW spy AS SELECT * FROM person",
        "CREATE TRIGGER spy AFTER INSERT ON person BEGIN DELETE FROM consent; END",
        "CREATE INDEX spy ON person (name)",
        "CREATE VIRTUAL TABLE spy USING fts5(x)",
        "ALTER TABLE person ADD COLUMN extra TEXT",
        "ALTER TABLE person RENAME COLUMN name TO nom",
        "DROP INDEX shot_by_person",
        "DROP TABLE protection",
    ],
)
def test_other_tables_than_a_gallerys_are_refused(other: Gallery, exported: Path, statement: str) -> None:
    with closing(sqlite3.connect(exported, isolation_level=None)) as connection:
        connection.execute(statement)
    refused(other, exported, "not those of a gallery")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE shot SET chip = zeroblob(9000000) WHERE id = 2",
        "UPDATE shot SET chip = zeroblob(4194305 + 28) WHERE id = 2",
        "UPDATE shot SET landmarks = zeroblob(5000) WHERE id = 2",
        "UPDATE shot SET box_xyxy = zeroblob(44) WHERE id = 2",  # as long as an encrypted one
        "UPDATE embedding SET vector = zeroblob(9000000) WHERE shot_id = 2",
        "UPDATE embedding SET vector = zeroblob(4 * dim + 28) WHERE shot_id = 2",
        "UPDATE embedding SET dim = 4000000, vector = zeroblob(16000000) WHERE shot_id = 2",
        "UPDATE person SET name = printf('%.*c', 9000000, 'x')",
        "UPDATE consent SET purpose = printf('%.*c', 9000000, 'x')",
        "UPDATE consent SET given_at = 1 << 62",
        "UPDATE person SET created_at = -(1 << 62)",
        "UPDATE shot SET quality = 9e999",
        "UPDATE shot SET source = 'the internet'",
    ],
)
def test_values_that_no_gallery_holds_are_refused(other: Gallery, exported: Path, statement: str) -> None:
    forge(exported, statement)
    refused(other, exported, "is damaged")


def test_a_file_that_names_this_computers_key_without_having_it(gallery: Gallery, exported: Path) -> None:
    """Somebody copies which key our gallery has, in the hope that their values are taken for ours."""
    before = gallery.snapshot()
    with gallery._database.reading() as connection:
        row = connection.execute("SELECT * FROM protection").fetchone()
    with closing(sqlite3.connect(exported, isolation_level=None)) as connection:
        connection.execute(f"INSERT INTO protection VALUES ({', '.join('?' * len(row))})", row)
    with pytest.raises(GalleryError, match=r"is damaged \(shot\.chip \d was changed, or belongs elsewhere\)"):
        gallery.import_from(exported)
    assert gallery.snapshot() == before
