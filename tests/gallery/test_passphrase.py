"""An export under a passphrase: readable with it, for nobody without; what a file may ask of who derives a key."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from metaface_gui.errors import GalleryError
from metaface_gui.gallery import MAX_PASSPHRASE, Gallery, NewConsent, PassphraseError, needs_passphrase
from metaface_gui.gallery import passphrase as passphrase_module
from metaface_gui.gallery.checksums import checksum
from metaface_gui.gallery.passphrase import WrappedKey, wrap
from tests.faults.galleries import contents, fill, make_shots
from tests.gallery.conftest import MakeShot

WORDS = "correct horse battery staple"
KEY = bytes(range(32))


@pytest.fixture(autouse=True)
def _cheap(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a second for each key is what guessing is to cost, not testing."""
    if "at_full_cost" not in request.fixturenames:
        monkeypatch.setattr(passphrase_module, "COST", 16)


@pytest.fixture
def at_full_cost() -> None:
    """Leave the costs as users have them."""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "people.metaface"
    fill(path, n_people=2)
    return path


@pytest.fixture
def exported(source: Path, tmp_path: Path) -> Path:
    path = tmp_path / "exported"
    with Gallery.open(source) as gallery:
        assert gallery.export_to(path, passphrase=WORDS) == 2
    return path


def refused(path: Path, match: str, passphrase: str | None = WORDS) -> None:
    """Importing raises, in no time, and neither the file nor the gallery changes."""
    before, started = path.read_bytes(), time.process_time()
    with Gallery.in_memory() as gallery:
        with pytest.raises(GalleryError, match=match):
            gallery.import_from(path, passphrase=passphrase)
        assert (gallery.snapshot().people, gallery.revision) == ((), 0)
    assert time.process_time() - started < 5
    assert path.read_bytes() == before


def test_the_passphrase_brings_everybody_back(source: Path, exported: Path) -> None:
    assert needs_passphrase(exported)
    with Gallery.open(source) as gallery, Gallery.in_memory() as other:
        report = other.import_from(exported, passphrase=WORDS)
        assert report.added == ("Person 0", "Person 1")
        assert other.templates("sface").features.tobytes() == gallery.templates("sface").features.tobytes()
        for one, same in zip(gallery.shots(1), other.shots(1), strict=True):
            assert (one.chip, one.landmarks.tolist(), one.box_xyxy.tolist()) == (
                same.chip,
                same.landmarks.tolist(),
                same.box_xyxy.tolist(),
            )


def test_the_costs_are_those_that_are_recommended(at_full_cost: None, source: Path, tmp_path: Path) -> None:
    path = tmp_path / "exported"
    with Gallery.open(source) as gallery, Gallery.in_memory() as other:
        gallery.export_to(path, passphrase=WORDS)
        assert other.import_from(path, passphrase=WORDS).added
    with closing(sqlite3.connect(path)) as connection:
        row = connection.execute("SELECT cost, block_size, parallelism, length(salt) FROM protection").fetchone()
    assert row == (2**17, 8, 1, 16)


def test_the_file_shows_neither_faces_nor_the_words_nor_a_key_of_this_computer(source: Path, exported: Path) -> None:
    stored = exported.read_bytes()
    for shot in (*make_shots(0, 3), *make_shots(101, 1)):
        assert shot.chip[100:140] not in stored
        assert shot.landmarks.tobytes() not in stored
        assert all(vector.tobytes()[:32] not in stored for vector in shot.embeddings.values())
    assert WORDS.encode() not in stored
    with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(exported)) as other:
        query = "SELECT key_id FROM protection"
        assert one.execute(query).fetchone() != other.execute(query).fetchone()


@pytest.mark.parametrize("words", [WORDS + " ", WORDS.upper(), "", "x" * (MAX_PASSPHRASE + 1)])
def test_other_words_open_nothing(exported: Path, words: str) -> None:
    refused(exported, r"not the passphrase of this file|1 to 1000 characters", words)


def test_without_words_it_asks_for_them(exported: Path) -> None:
    refused(exported, r"is protected by a passphrase\. Import it .* --passphrase-file", None)
    for read_only in (True, False):
        with pytest.raises(PassphraseError, match="Import it into a gallery"):
            Gallery.open(exported, read_only=read_only)


@pytest.mark.parametrize("words", ["", "x" * (MAX_PASSPHRASE + 1)])
def test_words_that_are_none_export_nothing(source: Path, tmp_path: Path, words: str) -> None:
    with Gallery.open(source) as gallery, pytest.raises(PassphraseError, match="1 to 1000 characters"):
        gallery.export_to(tmp_path / "out", passphrase=words)
    assert not (tmp_path / "out").exists()


def test_one_word_typed_on_another_keyboard_is_the_same_word() -> None:
    wrapped = wrap(KEY, "Zoë's Ångström ﬁne")
    assert wrapped.unwrap("Zoe\u0308's A\u030angstro\u0308m fine") == KEY
    assert wrap(KEY, "\ud800").unwrap("\ud800") == KEY  # half a character, from a strange keyboard


def test_the_same_words_never_make_the_same_file() -> None:
    one, other = wrap(KEY, WORDS), wrap(KEY, WORDS)
    assert one.salt != other.salt
    assert one.encrypted != other.encrypted


def test_a_file_without_a_passphrase_needs_none_and_takes_any(source: Path, tmp_path: Path) -> None:
    path = tmp_path / "plain"
    with Gallery.open(source) as gallery:
        gallery.export_to(path)
    assert not needs_passphrase(path)
    assert not needs_passphrase(source)  # its key is on this computer
    with Gallery.in_memory() as other:
        assert other.import_from(path, passphrase=WORDS).added


def test_an_export_from_one_passphrase_to_another(exported: Path, tmp_path: Path) -> None:
    with Gallery.open(tmp_path / "other") as gallery:
        gallery.import_from(exported, passphrase=WORDS)
        before = contents(gallery)
        gallery.export_to(tmp_path / "again", passphrase="other words")
    with Gallery.open(tmp_path / "third") as third:
        third.import_from(tmp_path / "again", passphrase="other words")
        assert contents(third)[1:2] == before[1:2]


# What a stranger's file may ask ---------------------------------------------------------------------------------------


def forged(path: Path, statement: str) -> None:
    """Change how a file is protected by hand, and its checksum with it."""
    columns = "key_id, proof, salt, cost, block_size, parallelism, wrapped_key"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(statement)
        values = connection.execute(f"SELECT {columns} FROM protection").fetchone()
        connection.execute("UPDATE protection SET checksum = ?", (checksum(values),))


@pytest.mark.parametrize(
    ("statement", "match"),
    [
        ("UPDATE protection SET cost = 1 << 30", "too much memory"),
        ("UPDATE protection SET cost = 1 << 62", "too much memory"),
        ("UPDATE protection SET cost = 131072, block_size = 1 << 40", "too much memory"),
        ("UPDATE protection SET parallelism = 1000000", "too much memory"),
        ("UPDATE protection SET parallelism = 0", "too much memory"),
        ("UPDATE protection SET cost = 100", "costs that cannot be"),
        ("UPDATE protection SET cost = 1", "costs that cannot be"),
        ("UPDATE protection SET cost = -16", "costs that cannot be"),
        ("UPDATE protection SET block_size = 0", "costs that cannot be"),
        ("UPDATE protection SET salt = zeroblob(4000000)", "another length"),
        ("UPDATE protection SET wrapped_key = x''", "another length"),
        ("UPDATE protection SET wrapped_key = NULL", "does not say which key"),
        ("UPDATE protection SET salt = NULL", "does not say which key"),
        ("UPDATE protection SET proof = x'00'", "does not say which key"),
        ("UPDATE protection SET key_id = '../../../../etc/passwd'", "does not say which key"),
        ("UPDATE protection SET key_id = printf('%.*c', 100000, 'a')", "does not say which key"),
        ("UPDATE protection SET proof = zeroblob(28)", "another key than its own"),
        ("UPDATE protection SET salt = zeroblob(16)", "not the passphrase"),
    ],
)
def test_forged_protection_is_refused_before_it_costs_anything(exported: Path, statement: str, match: str) -> None:
    forged(exported, statement)
    refused(exported, match)


def test_costs_in_bounds_are_taken(exported: Path) -> None:
    assert WrappedKey(bytes(16), 2**18, 8, 4, bytes(60)).cost == 2**18
    with pytest.raises(ValueError, match="too much memory"):
        WrappedKey(bytes(16), 2**19, 8, 1, bytes(60))


def test_no_memory_for_the_words_is_said(exported: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class NoMemory:
        def __init__(self, **_costs: object) -> None:
            pass

        def derive(self, _word: bytes) -> bytes:
            raise MemoryError

    monkeypatch.setattr(passphrase_module, "Scrypt", NoMemory)
    refused(exported, "not enough free memory")


def test_what_needs_a_passphrase_must_be_a_gallery(tmp_path: Path, exported: Path) -> None:
    (tmp_path / "letter").write_text("Dear reader")
    for path, match in ((tmp_path / "letter", "not a MetaFace gallery"), (tmp_path / "nowhere", "cannot be opened")):
        with pytest.raises(GalleryError, match=match):
            needs_passphrase(path)
    endless = "WITH RECURSIVE n(wrapped_key) AS (SELECT 1 UNION ALL SELECT wrapped_key + 1 FROM n) SELECT * FROM n"
    with closing(sqlite3.connect(exported, isolation_level=None)) as connection:
        connection.execute("DROP TABLE protection")
        connection.execute(f"CREATE VIEW protection AS {endless} WHERE wrapped_key IS NULL")
    with pytest.raises(GalleryError, match="not those of a gallery"):
        needs_passphrase(exported)
    refused(exported, "not those of a gallery")


def test_an_older_export_needs_none(tmp_path: Path) -> None:
    from metaface_gui.gallery.database import Database
    from metaface_gui.gallery.schema import MIGRATIONS

    Database.open(tmp_path / "old", migrations=MIGRATIONS[:4]).close()
    assert not needs_passphrase(tmp_path / "old")


def test_a_wrong_passphrase_changes_nothing_in_a_gallery(
    exported: Path, gallery: Gallery, make_shot: MakeShot, consent: NewConsent
) -> None:
    gallery.enroll("Ann", [make_shot()], consent)
    before = gallery.snapshot()
    with pytest.raises(PassphraseError, match="not the passphrase"):
        gallery.import_from(exported, passphrase="wrong")
    assert gallery.snapshot() == before
