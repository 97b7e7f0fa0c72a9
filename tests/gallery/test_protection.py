"""Faces and templates lie nowhere in the clear; who has another key, or none, is told; older files are encrypted."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from metaface_gui.errors import GalleryError
from metaface_gui.gallery import Gallery, MemoryKeys, NewConsent, protection
from metaface_gui.gallery import database as database_module
from metaface_gui.gallery.checksums import seal_all
from metaface_gui.gallery.database import Database
from metaface_gui.gallery.schema import MIGRATIONS
from tests.faults.galleries import contents, fill, forge, make_shots
from tests.gallery.conftest import AllBytes, MakeShot


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    path = tmp_path / "gallery" / "people.metaface"
    fill(path)
    return path


def plain_pieces() -> frozenset[bytes]:
    """Pieces of all that `fill` puts into a gallery, as they would be found if it were not encrypted."""
    shots = [shot for number in range(4) for shot in (*make_shots(number, 3), *make_shots(100 + number, 1))]
    values = [value for shot in shots for value in (shot.chip, shot.landmarks.tobytes(), shot.box_xyxy.tobytes())]
    values += [vector.tobytes() for shot in shots for vector in shot.embeddings.values()]
    # The first bytes of a picture are those of any PNG.
    starts = ((value, range(40 if len(value) > 999 else 0, len(value) - 15, 240)) for value in values)
    return frozenset(value[start : start + 16] for value, places in starts for start in places)


def of_version(path: Path, version: int) -> tuple[object, ...]:
    """Make a gallery of an older version, not encrypted, with what `fill` makes; return what it holds."""
    modern, plain = path.with_name("modern"), path.with_name("plain")
    fill(modern)
    with Gallery.open(modern) as source:
        source.export_to(plain)
        expected = contents(source)
    for leftover in path.parent.glob("modern*"):
        leftover.unlink()
    Database.open(path, migrations=MIGRATIONS[:version]).close()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("ATTACH ? AS source", (str(plain),))
        for table in ("embedder", "person", "consent", "shot", "embedding", "state"):
            columns = [row[1] for row in connection.execute(f"PRAGMA main.table_info({table})")]
            names = ", ".join(columns)
            connection.execute(f"INSERT OR REPLACE INTO main.{table} ({names}) SELECT {names} FROM source.{table}")
        connection.execute("DETACH source")
        if version >= 3:
            seal_all(connection, version=version)
    plain.unlink()
    return expected


# What is in the file --------------------------------------------------------------------------------------------------


def test_no_picture_landmark_box_or_vector_is_on_the_disk(filled: Path, all_bytes: AllBytes) -> None:
    pieces = plain_pieces()
    with Gallery.open(filled) as gallery:
        assert gallery.is_encrypted
        gallery.add_shots(1, make_shots(0, 3))
        stored = all_bytes(filled.parent)
        assert not any(piece in stored for piece in pieces)
        gallery.export_to(filled.with_name("plain"))
    found = [piece in filled.with_name("plain").read_bytes() for piece in pieces]
    assert sum(found) > 0.95 * len(found), "the pieces are what a file that is not encrypted holds"


def test_what_is_read_is_what_was_written(tmp_path: Path) -> None:
    fill(tmp_path / "people")
    with Gallery.open(tmp_path / "people") as gallery, Gallery.in_memory() as other:
        assert not other.is_encrypted
        gallery.export_to(tmp_path / "out")
        other.import_from(tmp_path / "out")
        assert other.templates("sface").features.tobytes() == gallery.templates("sface").features.tobytes()
        shots = [shot for shot in gallery.shots(1) if not shot.is_negative]
        assert [shot.chip for shot in shots] == [shot.chip for shot in make_shots(0, 3)]
        assert [shot.landmarks.tolist() for shot in shots] == [shot.landmarks.tolist() for shot in make_shots(0, 3)]
        assert gallery.person(1).thumbnail in [shot.chip for shot in shots]


def test_each_gallery_has_a_key_of_its_own(tmp_path: Path, make_shot: MakeShot, consent: NewConsent) -> None:
    keys = MemoryKeys()
    for name in ("one", "other"):
        with Gallery.open(tmp_path / name, keys=keys) as gallery:
            gallery.enroll("Ann", [make_shot()], consent)
    assert len(keys._keys) == len(set(keys._keys.values())) == 2


@pytest.mark.parametrize(
    ("statement", "place"),
    [
        ("UPDATE shot SET chip = (SELECT chip FROM shot WHERE id = 5) WHERE id = 2", r"shot\.chip 2"),
        ("UPDATE shot SET landmarks = (SELECT landmarks FROM shot WHERE id = 5) WHERE id = 2", r"shot\.landmarks 2"),
        ("UPDATE shot SET box_xyxy = (SELECT box_xyxy FROM shot WHERE id = 5) WHERE id = 2", r"shot\.box_xyxy 2"),
        (
            "UPDATE embedding SET vector = (SELECT vector FROM embedding WHERE shot_id = 5 AND embedder_id = 'sface') "
            "WHERE shot_id = 2 AND embedder_id = 'sface'",
            r"embedding\.vector 2 sface",
        ),
        (
            "UPDATE embedding SET vector = (SELECT vector FROM embedding WHERE shot_id = 2 AND embedder_id = 'facenet')"
            " WHERE shot_id = 2 AND embedder_id = 'sface'",
            r"embedding\.vector 2 sface",
        ),
        ("UPDATE shot SET chip = CAST(chip || x'00' AS BLOB) WHERE id = 2", r"shot\.chip 2"),
        ("UPDATE shot SET chip = x'00' WHERE id = 2", r"shot\.chip 2"),
    ],
)
def test_values_that_were_swapped_or_changed_name_their_row(filled: Path, statement: str, place: str) -> None:
    forge(filled, statement)
    with (
        Gallery.open(filled, read_only=True) as gallery,
        pytest.raises(GalleryError, match=rf"is damaged \({place} was changed, or belongs elsewhere\)"),
    ):
        contents(gallery)


# Keys -----------------------------------------------------------------------------------------------------------------


def refused_unchanged(path: Path, keys: MemoryKeys, match: str) -> None:
    before = path.read_bytes()
    for read_only in (True, False):
        with pytest.raises(GalleryError, match=match):
            Gallery.open(path, read_only=read_only, keys=keys)
    with Gallery.in_memory() as other:
        other._keys = keys
        with pytest.raises(GalleryError, match=match):
            other.import_from(path)
        assert other.snapshot().people == ()
    assert path.read_bytes() == before


def test_a_gallery_without_its_key_says_what_to_do(filled: Path) -> None:
    refused_unchanged(filled, MemoryKeys(), r"was not found in: memory\. .*export it with a passphrase")


def test_another_key_in_its_place_is_told_from_damage(tmp_path: Path) -> None:
    keys = MemoryKeys()
    path = tmp_path / "people"
    Gallery.open(path, keys=keys).close()
    (key_id,) = keys._keys
    keys.keep(key_id, bytes(32))
    refused_unchanged(path, keys, rf"The key in memory is not the one that encrypts .* \(id {key_id}\)")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE protection SET proof = zeroblob(28)",
        "UPDATE protection SET key_id = '../../../etc/passwd'",
        "UPDATE protection SET checksum = checksum + 1",
        "UPDATE protection SET salt = zeroblob(16)",
    ],
)
def test_damage_to_what_names_the_key_is_damage(filled: Path, statement: str) -> None:
    forge(filled, statement)
    with pytest.raises(GalleryError, match=r"is damaged \(the checksum of protection 1 does not agree\)"):
        Gallery.open(filled)


def test_the_key_is_kept_before_anything_is_encrypted_with_it(tmp_path: Path) -> None:
    class NoRoom(MemoryKeys):
        def keep(self, key_id: str, key: bytes) -> None:
            raise GalleryError("no room for {what}", what="keys")

    with pytest.raises(GalleryError, match="no room for keys"):
        Gallery.open(tmp_path / "people", keys=NoRoom())
    assert [file.name for file in tmp_path.iterdir() if file.suffix != ".lock"] == []


# Older files, and files that are not encrypted ------------------------------------------------------------------------


def test_an_export_that_becomes_a_gallery_is_encrypted(filled: Path, tmp_path: Path, all_bytes: AllBytes) -> None:
    path = tmp_path / "elsewhere" / "people.metaface"
    path.parent.mkdir()
    with Gallery.open(filled) as source:
        source.export_to(path)
        expected = contents(source)[1:]
    with Gallery.open(path, read_only=True) as reader:
        assert not reader.is_encrypted
        assert contents(reader)[1:] == expected
    with Gallery.open(path) as gallery:
        assert gallery.is_encrypted
        assert contents(gallery)[1:] == expected
        stored = all_bytes(path.parent)
    assert not any(piece in stored for piece in plain_pieces())
    with Gallery.open(path) as gallery:
        assert contents(gallery)[1:] == expected


@pytest.mark.parametrize("version", [2, 3, 4])
def test_an_older_gallery_is_encrypted_and_nothing_stays_in_the_clear(
    tmp_path: Path, version: int, all_bytes: AllBytes
) -> None:
    path = tmp_path / "old" / "people.metaface"
    path.parent.mkdir()
    expected = of_version(path, version)
    assert all(piece in path.read_bytes() for piece in list(plain_pieces())[:1])
    with pytest.raises(GalleryError, match="written by an older MetaFace"):
        Gallery.open(path, read_only=True)
    with Gallery.open(path) as gallery:
        assert contents(gallery)[1:] == expected[1:]
        stored = all_bytes(path.parent)
        assert not any(piece in stored for piece in plain_pieces())
        assert sorted(file.name.removeprefix(path.name) for file in path.parent.iterdir()) == [
            "",
            "-shm",
            "-wal",
            ".lock",
        ]
    with Gallery.open(path) as gallery:
        assert contents(gallery)[1:] == expected[1:]
        assert gallery.add_shots_undoably(1, make_shots(7, 1)).shot_ids > (16,)


def test_ids_are_not_used_again_after_a_migration(tmp_path: Path) -> None:
    path = tmp_path / "people.metaface"
    of_version(path, 4)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("UPDATE sqlite_sequence SET seq = 500 WHERE name = 'shot'")
    with Gallery.open(path) as gallery:
        assert gallery.add_shots_undoably(1, make_shots(7, 2)).shot_ids == (501, 502)
        assert gallery.add_shots_undoably(1, make_shots(8, 1)).shot_ids == (503,)


def test_the_backup_stays_until_the_encrypted_file_was_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "people.metaface"
    expected = of_version(path, 4)
    checks = iter((4, None))

    def fails_afterwards(_path: Path, _migrations: object) -> int:
        version = next(checks)
        if version is None:
            raise GalleryError("found wanting")
        return version

    with monkeypatch.context() as patch:
        patch.setattr(database_module, "check_file", fails_afterwards)
        with pytest.raises(GalleryError, match="found wanting"):
            Gallery.open(path)
    backup = path.with_name(path.name + ".backup-v4")
    assert backup.exists()
    with Gallery.open(path) as gallery:  # it was well all the same
        assert contents(gallery)[1:] == expected[1:]
    assert not backup.exists()


CRASH = """
import os, sys
from pathlib import Path
from metaface_gui.gallery import database, protection
if sys.argv[2] == "before":
    encrypt_all = protection.encrypt_all
    def encrypt_and_die(*args):
        encrypt_all(*args)
        os._exit(9)
    protection.encrypt_all = encrypt_and_die
database.Database.open(Path(sys.argv[1]))
os._exit(9)
"""


@pytest.mark.parametrize("moment", ["before", "after"], ids=["before the commit", "before the scrubbing"])
def test_a_crash_while_encrypting_loses_nothing_and_is_made_up_for(
    tmp_path: Path, all_bytes: AllBytes, moment: str
) -> None:
    path = tmp_path / "old" / "people.metaface"
    path.parent.mkdir()
    expected = of_version(path, 4)
    assert subprocess.run([sys.executable, "-c", CRASH, str(path), moment], check=False).returncode == 9
    assert path.with_name(path.name + ".backup-v4").exists()
    with Gallery.open(path) as gallery:
        assert contents(gallery)[1:] == expected[1:]
        stored = all_bytes(path.parent)
    assert not any(piece in stored for piece in plain_pieces())


def test_a_failure_while_encrypting_leaves_the_file_as_it_was(
    filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "export"
    with Gallery.open(filled) as source:
        source.export_to(path)
    before = path.read_bytes()

    def interrupted(*_args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(protection, "seal", interrupted)
        with pytest.raises(KeyboardInterrupt):
            Gallery.open(path)
    with Gallery.open(path, read_only=True) as reader:
        assert not reader.is_encrypted
        assert reader.person(1).shot_count == 3
    assert path.read_bytes()[100:] == before[100:]  # but for the header, which now says that there is a log


def test_a_value_as_long_as_an_encrypted_one_in_a_file_that_is_not_is_damage(filled: Path, tmp_path: Path) -> None:
    path = tmp_path / "export"
    with Gallery.open(filled) as source:
        source.export_to(path)
    forge(path, "UPDATE embedding SET vector = zeroblob(4 * dim + 28) WHERE shot_id = 2")
    with pytest.raises(GalleryError, match="is damaged"):
        Gallery.open(path)
