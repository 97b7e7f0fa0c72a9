"""Where keys are kept: the keyring if one works, else a file that only its owner may read. No real keyring is asked."""

from __future__ import annotations

import logging
import os
import stat
import sys
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring
from keyring.errors import InitError, KeyringError, KeyringLocked, PasswordDeleteError, PasswordSetError

from metaface_gui.errors import GalleryError
from metaface_gui.gallery.keys import FileKeys, KeyStore, MemoryKeys, SystemKeys, default_keys, is_key_id
from metaface_gui.resources import user_data_dir

KEY_ID = "0123456789abcdef" * 2
KEY = bytes(range(32))


class FakeKeyring(KeyringBackend):
    """A keyring that remembers; `failure` is raised instead, whatever is asked, and `forgets` keeps nothing."""

    priority = 0.5

    def __init__(self, failure: KeyringError | None = None, *, forgets: bool = False) -> None:
        self.passwords: dict[tuple[str, str], str] = {}
        self.failure = failure
        self.forgets = forgets

    @property
    def name(self) -> str:
        return "fake"

    def get_password(self, service: str, username: str) -> str | None:
        if self.failure is not None:
            raise self.failure
        return self.passwords.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.failure is not None:
            raise self.failure
        if not self.forgets:
            self.passwords[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.failure is not None:
            raise self.failure
        if (service, username) not in self.passwords:
            raise PasswordDeleteError("not found")
        del self.passwords[service, username]


def use(monkeypatch: pytest.MonkeyPatch, backend: KeyringBackend) -> None:
    monkeypatch.setattr(keyring, "get_keyring", lambda: backend)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data" / "keys"


@pytest.fixture
def keys(folder: Path) -> SystemKeys:
    return SystemKeys(FileKeys(folder))


def test_a_working_keyring_has_the_key_and_no_file_has(
    monkeypatch: pytest.MonkeyPatch, keys: SystemKeys, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    backend = FakeKeyring()
    use(monkeypatch, backend)
    with caplog.at_level(logging.INFO):
        keys.keep(KEY_ID, KEY)
    assert "kept by the keyring fake" in caplog.text
    assert KEY.hex() not in caplog.text
    assert backend.passwords == {("MetaFace", KEY_ID): KEY.hex()}
    assert not folder.exists()
    assert keys.find(KEY_ID).key == KEY
    keys.remove(KEY_ID)
    keys.remove(KEY_ID)
    assert backend.passwords == {}
    found = keys.find(KEY_ID)
    assert found.key is None
    assert [str(folder) in found.looked_in[0], found.looked_in[1]] == [True, "the keyring fake"]


@pytest.mark.parametrize(
    "backend",
    [
        NoKeyring(),  # type: ignore[no-untyped-call]
        FakeKeyring(forgets=True),
        FakeKeyring(KeyringLocked("locked")),
        FakeKeyring(PasswordSetError("no")),
        FakeKeyring(InitError("no service")),
    ],
    ids=["none", "forgets", "locked", "refuses", "no service"],
)
def test_where_no_keyring_works_a_file_has_the_key(
    monkeypatch: pytest.MonkeyPatch,
    keys: SystemKeys,
    folder: Path,
    caplog: pytest.LogCaptureFixture,
    backend: KeyringBackend,
) -> None:
    use(monkeypatch, backend)
    with caplog.at_level(logging.INFO):
        keys.keep(KEY_ID, KEY)
    assert "kept in a file" in caplog.text
    assert keys.find(KEY_ID).key == KEY
    assert [file.name for file in folder.iterdir()] == [f"{KEY_ID}.key"]
    if os.name == "posix":
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert stat.S_IMODE((folder / f"{KEY_ID}.key").stat().st_mode) == 0o600


def test_a_keyring_that_is_locked_is_named(
    monkeypatch: pytest.MonkeyPatch, keys: SystemKeys, caplog: pytest.LogCaptureFixture
) -> None:
    use(monkeypatch, FakeKeyring(KeyringLocked("the user closed the question")))
    found = keys.find(KEY_ID)
    assert found.key is None
    assert found.looked_in[1] == "the keyring fake (the user closed the question)"
    assert "does not give" in caplog.text
    with pytest.raises(GalleryError, match="cannot be used"):
        keys.remove(KEY_ID)


def test_a_keyring_that_is_set_and_not_there_is_passed_by(
    monkeypatch: pytest.MonkeyPatch, keys: SystemKeys, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(keyring.core, "_keyring_backend", None)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "there.is.no.such.Keyring")
    keys.keep(KEY_ID, KEY)
    assert "cannot be used" in caplog.text
    assert keys.find(KEY_ID).key == KEY


def test_who_has_a_file_never_waits_for_the_keyring(
    monkeypatch: pytest.MonkeyPatch, keys: SystemKeys, folder: Path
) -> None:
    FileKeys(folder).keep(KEY_ID, KEY)
    monkeypatch.setitem(sys.modules, "keyring", None)  # an import would fail
    monkeypatch.setitem(sys.modules, "keyring.errors", None)
    assert keys.find(KEY_ID).key == KEY


@pytest.mark.parametrize("text", ["", "no key", "00" * 31, "00" * 33, "é" * 32, "\0" * 64])
def test_a_file_with_something_else_is_refused(folder: Path, text: str) -> None:
    folder.mkdir(parents=True)
    (folder / f"{KEY_ID}.key").write_text(text, "utf-8")
    with pytest.raises(GalleryError, match=r"key in .* cannot be used .*Put back the original key"):
        FileKeys(folder).find(KEY_ID)


def test_a_keyring_with_something_else_is_refused(monkeypatch: pytest.MonkeyPatch, keys: SystemKeys) -> None:
    backend = FakeKeyring()
    backend.passwords["MetaFace", KEY_ID] = "something else"
    use(monkeypatch, backend)
    with pytest.raises(GalleryError, match="key in the keyring fake cannot be used"):
        keys.find(KEY_ID)


@pytest.mark.parametrize("key_id", ["", "../" * 10 + "x", "a/b", KEY_ID + "\n", KEY_ID.upper(), KEY_ID + "0", "."])
def test_an_id_names_no_path(folder: Path, key_id: str) -> None:
    assert not is_key_id(key_id)
    for action in (FileKeys(folder).find, FileKeys(folder).remove, lambda id_: FileKeys(folder).keep(id_, KEY)):
        with pytest.raises(ValueError, match="not the id of a key"):
            action(key_id)


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(GalleryError, match=r"cannot be stored: .*METAFACE_KEY_FOLDER"):
        FileKeys(tmp_path / "file" / "keys").keep(KEY_ID, KEY)


def test_a_key_replaces_what_a_crash_left(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / f"{KEY_ID}.part").write_text("half")
    FileKeys(folder).keep(KEY_ID, KEY)
    assert [file.name for file in folder.iterdir()] == [f"{KEY_ID}.key"]


def test_the_variable_names_a_folder_and_shuts_the_keyring_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("METAFACE_KEY_FOLDER", str(tmp_path / "stick"))
    default_keys().keep(KEY_ID, KEY)
    assert (tmp_path / "stick" / f"{KEY_ID}.key").exists()
    monkeypatch.delenv("METAFACE_KEY_FOLDER")
    found = default_keys().find(KEY_ID)
    assert found.key is None
    assert str(user_data_dir() / "keys") in found.looked_in[0]


@pytest.mark.parametrize("store", [MemoryKeys, None], ids=["memory", "files"])
def test_kept_found_and_forgotten(folder: Path, store: type[MemoryKeys] | None) -> None:
    keys: KeyStore = FileKeys(folder) if store is None else store()
    assert keys.find(KEY_ID).key is None
    keys.keep(KEY_ID, KEY)
    assert keys.find(KEY_ID).key == KEY
    keys.remove(KEY_ID)
    keys.remove(KEY_ID)
    assert keys.find(KEY_ID).key is None


def test_a_key_that_cannot_be_forgotten_is_said(folder: Path) -> None:
    (folder / f"{KEY_ID}.key").mkdir(parents=True)
    with pytest.raises(GalleryError, match="cannot be used"):
        FileKeys(folder).remove(KEY_ID)
    with pytest.raises(GalleryError, match="cannot be used"):
        FileKeys(folder).find(KEY_ID)


def test_without_a_keyring_the_file_alone_is_forgotten(
    monkeypatch: pytest.MonkeyPatch, keys: SystemKeys, folder: Path
) -> None:
    use(monkeypatch, NoKeyring())  # type: ignore[no-untyped-call]
    keys.keep(KEY_ID, KEY)
    keys.remove(KEY_ID)
    assert list(folder.iterdir()) == []
