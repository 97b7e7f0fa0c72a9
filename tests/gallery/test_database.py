"""What can be wrong with a path, a file or a disk: each is said in one sentence, and no file is changed by it."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
import pytest

from metaface_gui.errors import GalleryError
from metaface_gui.gallery import Gallery, NewConsent
from metaface_gui.gallery.cipher import of_embedding
from metaface_gui.gallery.database import Database
from metaface_gui.gallery.keys import MemoryKeys
from metaface_gui.gallery.schema import APPLICATION_ID, MIGRATIONS
from metaface_gui.gallery.sqlite_errors import DatabaseBugError
from tests.faults.galleries import forge
from tests.gallery.conftest import MakeShot


@pytest.fixture
def filled(path: Path, make_shot: MakeShot, consent: NewConsent) -> Path:
    """A closed gallery with two people."""
    with Gallery.open(path) as gallery:
        gallery.enroll("Ann", [make_shot(1), make_shot(2)], consent)
        gallery.enroll("Bob", [make_shot(3)], consent)
    return path


def execute(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def refused_unchanged(path: Path, match: str) -> None:
    """Opening fails with this message, in both ways, and leaves the file as it was."""
    before = path.read_bytes()
    for read_only in (False, True):
        with pytest.raises(GalleryError, match=match):
            Gallery.open(path, read_only=read_only)
    assert path.read_bytes() == before


def test_missing_folder_is_made_and_only_the_owner_may_read(path: Path) -> None:
    with Gallery.open(path) as gallery:
        assert gallery.path == path
        assert gallery.snapshot().people == ()
        if os.name == "posix":
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert sorted(file.name for file in path.parent.iterdir()) == [path.name, path.name + ".lock"]


def test_empty_file_becomes_a_gallery(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    with Gallery.open(tmp_path / "empty") as gallery:
        assert gallery.revision == 0


@pytest.mark.parametrize(
    "content",
    [b"Dear diary\n", b"\0", b"SQLite format 3\0", bytes(200_000), "😀".encode() * 999],
    ids=["text", "one byte", "beginning", "zeros", "emoji"],
)
def test_other_files_are_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "file.metaface"
    file.write_bytes(content)
    refused_unchanged(file, "is not a MetaFace gallery|damaged")
    assert not (tmp_path / "file.metaface-wal").exists()


def test_database_of_another_program_is_refused(tmp_path: Path) -> None:
    execute(tmp_path / "other.db", "CREATE TABLE bookmarks (url TEXT)")
    refused_unchanged(tmp_path / "other.db", "is not a MetaFace gallery")


def test_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GalleryError, match="is a folder, not a gallery"):
        Gallery.open(tmp_path)


def test_device_is_refused() -> None:
    with pytest.raises(GalleryError, match="is not a MetaFace gallery"):
        Gallery.open(Path(os.devnull))


def test_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(GalleryError, match="cannot be opened"):
        Gallery.open(tmp_path / "file" / "gallery.metaface")


@pytest.mark.parametrize(("name", "match"), [("a\0b", "NUL"), ("x" * 1000, "cannot be opened|cannot be written")])
def test_impossible_names_are_refused(tmp_path: Path, name: str, match: str) -> None:
    with pytest.raises(GalleryError, match=match):
        Gallery.open(tmp_path / name)


def test_links_in_a_circle_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    for name in ("a", "a/gallery.metaface"):
        with pytest.raises(GalleryError, match=r"is not a MetaFace gallery|cannot be opened"):
            Gallery.open(tmp_path / name)


def test_missing_gallery_is_not_made_for_reading(path: Path) -> None:
    with pytest.raises(GalleryError, match="There is no gallery"):
        Gallery.open(path, read_only=True)
    assert not path.parent.exists()


def test_newer_version_is_refused(filled: Path) -> None:
    execute(filled, f"PRAGMA user_version = {len(MIGRATIONS) + 6}")
    known = len(MIGRATIONS)
    refused_unchanged(filled, rf"gallery version {known + 6}; this one knows up to {known}\). Update MetaFace")


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TRIGGER spy AFTER INSERT ON shot BEGIN DELETE FROM consent; END",
        "CREATE VIEW extra AS SELECT 1",
        "DROP TABLE consent",
        "PRAGMA user_version = 0",
    ],
)
def test_gallery_with_other_tables_is_refused(filled: Path, statement: str) -> None:
    execute(filled, statement)
    refused_unchanged(filled, "its tables are not those of a gallery")


def read_all(gallery: Gallery) -> None:
    for person in gallery.snapshot().people:
        gallery.shots(person.id)
        gallery.consents(person.id)
    gallery.templates("sface-2021dec")
    gallery.shots_without("another")


def test_cut_off_file_is_refused(filled: Path) -> None:
    whole = filled.read_bytes()
    for length in (50, 100, 1000, 4096, len(whole) // 2, len(whole) - 4096, len(whole) - 1):
        filled.write_bytes(whole[:length])
        refused_unchanged(filled, "is damaged|is not a MetaFace gallery")


@pytest.mark.parametrize("seed", range(4))
def test_flipped_bits_are_noticed_or_harmless(filled: Path, seed: int) -> None:
    whole = filled.read_bytes()
    random = np.random.default_rng(seed)
    first = [np.arange(0, 100, 3), np.arange(100, 4096, 311)][seed % 2]
    messages = []
    for offset in [*first.tolist(), *random.integers(0, len(whole), 25).tolist()]:
        damaged = bytearray(whole)
        damaged[offset] ^= 1 << int(random.integers(8))
        filled.write_bytes(damaged)
        try:
            with Gallery.open(filled) as gallery:
                read_all(gallery)
        except GalleryError as error:
            messages.append(str(error))
    assert messages
    assert not any("\n" in message for message in messages)


def test_a_format_of_schemas_that_sqlite_does_not_know_is_damage(filled: Path) -> None:
    """SQLite has no code of its own for that."""
    whole = bytearray(filled.read_bytes())
    whole[44:48] = (9).to_bytes(4, "big")
    filled.write_bytes(whole)
    with pytest.raises(GalleryError, match=r"damaged .*unsupported file format"):
        Gallery.open(filled)
    assert filled.read_bytes() == whole


def test_a_gallery_without_its_count_of_changes_is_damaged(filled: Path) -> None:
    execute(filled, "DELETE FROM state")
    with pytest.raises(GalleryError, match=r"damaged .*count of changes"):
        Gallery.open(filled)


def test_values_that_no_gallery_writes_are_reported(filled: Path) -> None:
    with Gallery.open(filled) as gallery:
        cipher = gallery._database.cipher
    not_a_number = cipher.encrypt(np.full(4, np.nan, "<f4").tobytes(), of_embedding(1, "sface-2021dec"))
    forge(
        filled,
        f"UPDATE embedding SET vector = x'{not_a_number.hex()}' WHERE shot_id = 1",
        "UPDATE shot SET taken_at = 9223372036854775807",
    )
    with Gallery.open(filled) as gallery:
        with pytest.raises(GalleryError, match=r"is damaged .*not finite"):
            gallery.templates("sface-2021dec")
        with pytest.raises(GalleryError, match="is damaged"):
            gallery.shots(1)
        assert len(gallery.snapshot().people) == 2


def test_text_that_is_no_text_is_reported(filled: Path) -> None:
    execute(filled, "UPDATE person SET name = CAST(x'ff' AS TEXT)")
    refused_unchanged(filled, r"is damaged .*UTF-8")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE person SET name = 'Bert', name_key = 'bert' WHERE id = 2",
        "UPDATE person SET last_seen_at = 5 WHERE id = 2",
        "UPDATE person SET is_hidden = 1 WHERE id = 2",
        "UPDATE consent SET purpose = 'to be shown to everybody' WHERE id = 1",
        "UPDATE consent SET keep_until = 5, keep_for = 5 WHERE id = 1",
        "UPDATE shot SET chip = CAST(substr(chip, 1, 500) || x'00' || substr(chip, 502) AS BLOB) WHERE id = 3",
        "UPDATE shot SET kept = 0 WHERE id = 1",
        "UPDATE shot SET quality = 0.25 WHERE id = 1",
        "UPDATE embedding SET vector = CAST(x'0000803f' || substr(vector, 5) AS BLOB) WHERE shot_id = 1",
        "UPDATE embedding SET shot_id = 9 WHERE shot_id = 1",
    ],
)
def test_rows_that_read_well_and_are_others_are_refused(filled: Path, statement: str) -> None:
    execute(filled, statement)
    refused_unchanged(filled, r"is damaged \(the checksum of \w+ \d does not agree\)")


def test_second_window_may_only_read(filled: Path, make_shot: MakeShot, consent: NewConsent) -> None:
    with Gallery.open(filled) as first:
        with pytest.raises(GalleryError, match="open in another window"):
            Gallery.open(filled)
        with Gallery.open(filled, read_only=True) as second:
            assert second.is_read_only
            first.enroll("Cid", [make_shot(4)], consent)
            assert [person.name for person in second.snapshot().people] == ["Ann", "Bob", "Cid"]
            assert second.revision == first.revision
            with pytest.raises(GalleryError, match="opened read-only"):
                second.rename(1, "Eve")
        assert first.person(1).name == "Ann"
    Gallery.open(filled).close()


def test_link_and_file_have_one_lock(filled: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(filled)
    with Gallery.open(filled), pytest.raises(GalleryError, match="open in another window"):
        Gallery.open(tmp_path / "link")


@contextmanager
def bound_by_permissions() -> Iterator[None]:
    """Make the superuser, whom permissions do not bind, nobody."""
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)


@contextmanager
def unwritable(folder: Path) -> Iterator[None]:
    """Make a folder one that may only be read."""
    folder.chmod(0o555)
    try:
        with bound_by_permissions():
            yield
    finally:
        folder.chmod(0o755)


@pytest.fixture
def shared_folder() -> Iterator[Path]:
    """A folder that other users can reach, which pytest's own are not."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


if sys.platform != "win32":

    def test_read_only_folder_can_be_read_but_not_written(
        shared_folder: Path, make_shot: MakeShot, consent: NewConsent
    ) -> None:
        file, keys = shared_folder / "gallery.metaface", MemoryKeys()
        with Gallery.open(file, keys=keys) as gallery:
            gallery.enroll("Ann", [make_shot(1), make_shot(2)], consent)
            gallery.enroll("Bob", [make_shot(3)], consent)
        (shared_folder / "gallery.metaface.lock").unlink()
        file.chmod(0o644)
        with unwritable(shared_folder):
            with pytest.raises(GalleryError, match="cannot be written"):
                Gallery.open(file)
            with pytest.raises(GalleryError, match="cannot be written"):
                Gallery.open(shared_folder / "new.metaface")
            with pytest.raises(GalleryError, match="cannot be opened"):
                Gallery.open(shared_folder / "folder" / "new.metaface")
            with Gallery.open(file, read_only=True, keys=keys) as gallery:
                assert [person.name for person in gallery.snapshot().people] == ["Ann", "Bob"]
        assert sorted(item.name for item in shared_folder.iterdir()) == ["gallery.metaface"]

    def test_write_protected_file_is_refused_before_anybody_enrols(filled: Path, shared_folder: Path) -> None:
        file = shared_folder / "gallery.metaface"
        shutil.copy(filled, file)
        file.chmod(0o444)
        (shared_folder / "gallery.metaface.lock").touch()
        (shared_folder / "gallery.metaface.lock").chmod(0o666)
        with unwritable(shared_folder), pytest.raises(GalleryError, match=r"is read-only|cannot be opened"):
            Gallery.open(file)

    def test_write_protected_file_in_a_folder_that_is_not_is_refused(
        shared_folder: Path, make_shot: MakeShot, consent: NewConsent
    ) -> None:
        file, keys = shared_folder / "gallery.metaface", MemoryKeys()
        with Gallery.open(file, keys=keys) as gallery:
            gallery.enroll("Ann", [make_shot(1)], consent)
        file.chmod(0o444)
        (shared_folder / "gallery.metaface.lock").chmod(0o666)
        shared_folder.chmod(0o777)
        with bound_by_permissions(), pytest.raises(GalleryError, match="is read-only"):
            Gallery.open(file, keys=keys)
        assert not list(shared_folder.glob("*-shm"))  # as protected as the file, it would outlast the protection
        file.chmod(0o644)
        with Gallery.open(file, keys=keys) as gallery:
            gallery.rename(1, "Bea")


def test_full_disk_changes_nothing(filled: Path, make_shot: MakeShot, consent: NewConsent) -> None:
    with Gallery.open(filled) as gallery:
        before = gallery.snapshot()
        with gallery._database.reading() as connection:
            connection.execute("PRAGMA max_page_count = 1")  # SQLite takes it as "no more than now"
        with pytest.raises(GalleryError, match=r"disk that holds .* is full, so nothing was changed"):
            gallery.enroll("Cid", [make_shot(seed) for seed in range(50)], consent)
        assert gallery.snapshot() == before
        with gallery._database.reading() as connection:
            connection.execute("PRAGMA max_page_count = 100000")
        gallery.enroll("Cid", [make_shot(4)], consent)
    with Gallery.open(filled, read_only=True) as gallery:
        assert [person.name for person in gallery.snapshot().people] == ["Ann", "Bob", "Cid"]


def test_log_without_its_gallery_does_not_get_into_a_new_one(filled: Path) -> None:
    log = filled.with_name(filled.name + "-wal")
    with Gallery.open(filled) as gallery:
        gallery.rename(1, "Eve")
        content = log.read_bytes()
    filled.unlink()
    log.write_bytes(content)
    with Gallery.open(filled) as gallery:
        assert gallery.snapshot().people == ()


def test_wrong_sql_is_a_bug_and_changes_nothing(gallery: Gallery) -> None:
    def change() -> None:
        with gallery._database.changing() as connection:
            connection.execute("UPDATE state SET revision = 77")
            connection.execute("SELECT * FROM nowhere")

    with pytest.raises(DatabaseBugError, match="no such table"):
        change()
    assert gallery.revision == 0


def test_interrupted_change_is_undone(gallery: Gallery) -> None:
    def change() -> None:
        with gallery._database.changing() as connection:
            connection.execute("UPDATE state SET revision = 77")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        change()
    assert gallery.revision == 0


def test_changes_wait_for_the_disk(gallery: Gallery) -> None:
    settings = {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1, "foreign_keys": 1, "trusted_schema": 0}
    with gallery._database.reading() as connection:
        found = {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in settings}
        assert connection.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID
    assert found == settings


# Migrations -----------------------------------------------------------------------------------------------------------


def add_note(connection: sqlite3.Connection) -> None:
    connection.execute("ALTER TABLE person ADD COLUMN note TEXT NOT NULL DEFAULT ''")


LATER = (*MIGRATIONS, add_note)
BACKUP = f".backup-v{len(MIGRATIONS)}"


def notes(database: Database) -> list[tuple[str, str]]:
    with database.reading() as connection:
        return connection.execute("SELECT name, note FROM person ORDER BY id").fetchall()


def test_older_file_is_migrated_with_a_backup(filled: Path) -> None:
    old = filled.read_bytes()
    with pytest.raises(GalleryError, match="written by an older MetaFace"):
        Database.open(filled, read_only=True, migrations=LATER)
    assert filled.read_bytes() == old

    database = Database.open(filled, migrations=LATER)
    assert notes(database) == [("Ann", ""), ("Bob", "")]
    database.close()
    backup = filled.with_name(filled.name + BACKUP)
    with Gallery.open(backup, read_only=True) as gallery:
        assert [person.name for person in gallery.snapshot().people] == ["Ann", "Bob"]

    database = Database.open(filled, read_only=True, migrations=LATER)
    assert notes(database) == [("Ann", ""), ("Bob", "")]
    database.close()
    refused_unchanged(filled, "newer MetaFace")


def test_failed_migration_leaves_the_old_gallery(filled: Path) -> None:
    def fails(connection: sqlite3.Connection) -> None:
        connection.execute("DROP TABLE consent")
        raise sqlite3.OperationalError("out of luck")

    with pytest.raises(DatabaseBugError, match="out of luck"):
        Database.open(filled, migrations=(*LATER, fails))
    with Gallery.open(filled) as gallery:
        assert gallery.consents(1)


def test_scrubbing_removes_backups_too(filled: Path) -> None:
    backup = filled.with_name(filled.name + BACKUP)
    database = Database.open(filled, migrations=LATER)
    assert backup.exists()
    database.scrub()
    database.close()
    assert not backup.exists()
