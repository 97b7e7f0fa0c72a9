"""Where gallery keys are kept: in the system's keyring, or in files that only their owner may read.

A gallery file refers to its key by a random id; without the key, its faces and templates cannot be read.

* The keyring is the desktop's (Secret Service, KWallet, macOS Keychain, Windows Credential Manager), accessed through
  the library `keyring`: service "MetaFace", user name = the key's id.
* Without a working keyring, as on a server: `keys/ID.key` in the user's data folder, mode 0600 in a folder of mode
  0700. It is as safe as the user's account; a copy of the gallery file alone is still unreadable.
* The variable METAFACE_KEY_FOLDER names a folder for such files; the keyring is then not used at all.

May not live here: what is encrypted, and how.
"""

from __future__ import annotations

import logging
import os
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from metaface_gui.errors import QT_TRANSLATE_NOOP, GalleryError
from metaface_gui.gallery.cipher import KEY_BYTES
from metaface_gui.gallery.files import make_private, settle
from metaface_gui.resources import user_data_dir

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "MetaFace"
FOLDER_VARIABLE = "METAFACE_KEY_FOLDER"

_KEY_ID = re.compile(r"[0-9a-f]{32}")
_log = logging.getLogger(__name__)


def is_key_id(text: str) -> bool:
    """Return whether this is a key id: 32 hexadecimal digits, so that no gallery file can smuggle in a path."""
    return _KEY_ID.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class KeyLookup:
    """The key (None if not found) and the places that were searched, worded for a message."""

    key: bytes | None
    looked_in: tuple[str, ...]


class KeyStore(Protocol):
    """Stores 32-byte keys under an id, permanently."""

    def find(self, key_id: str) -> KeyLookup:
        """Look up a key.

        Raises:
            GalleryError: if what is stored there is not a key.
        """

    def keep(self, key_id: str, key: bytes) -> None:
        """Store a key; when this returns, it is on disk or held by the system.

        Raises:
            GalleryError: if it cannot be stored.
        """

    def remove(self, key_id: str) -> None:
        """Delete a key wherever it is stored; data that only it decrypts is then lost. Ignores an unknown id."""


class MemoryKeys:
    """Keys that vanish with the process: for galleries that nobody will reopen, in measurements and tests."""

    def __init__(self) -> None:
        self._keys: dict[str, bytes] = {}

    def find(self, key_id: str) -> KeyLookup:
        """See `KeyStore`."""
        return KeyLookup(self._keys.get(key_id), ("memory",))

    def keep(self, key_id: str, key: bytes) -> None:
        """See `KeyStore`."""
        self._keys[key_id] = key

    def remove(self, key_id: str) -> None:
        """See `KeyStore`."""
        self._keys.pop(key_id, None)


class FileKeys:
    """One file per key in a folder, which is created with the first key and closed to other users."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, key_id: str) -> KeyLookup:
        """See `KeyStore`."""
        file = self._file(key_id)
        try:
            text = file.read_text("ascii")
        except FileNotFoundError:
            return KeyLookup(None, (str(file),))
        except (OSError, UnicodeDecodeError) as error:
            raise _unreadable(str(file), error) from error
        return KeyLookup(_key_of(text, str(file)), (str(file),))

    def keep(self, key_id: str, key: bytes) -> None:
        """See `KeyStore`."""
        file = self._file(key_id)
        part = file.with_suffix(".part")
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            part.unlink(missing_ok=True)
            with os.fdopen(make_private(part), "w", encoding="ascii") as open_file:
                open_file.write(key.hex() + "\n")
            settle(part, file)  # a gallery survives a power cut from its first change on, so its key must, too
        except OSError as error:
            with suppress(OSError):  # if writing failed, deleting often fails, too
                part.unlink()
            raise GalleryError(
                QT_TRANSLATE_NOOP(
                    "Errors",
                    "The gallery's encryption key cannot be stored: {file} cannot be written ({reason}). Free some "
                    "space there, change its permissions, or set the variable {variable} to another folder.",
                ),
                file=str(file),
                reason=error.strerror or error,
                variable=FOLDER_VARIABLE,
            ) from error

    def remove(self, key_id: str) -> None:
        """See `KeyStore`."""
        try:
            self._file(key_id).unlink(missing_ok=True)
        except OSError as error:
            raise _unreadable(str(self._file(key_id)), error) from error

    def _file(self, key_id: str) -> Path:
        if not is_key_id(key_id):
            raise ValueError(f"not the id of a key: {key_id!r}")
        return self._folder / f"{key_id}.key"


class SystemKeys:
    """The system's keyring, falling back to files where it does not work.

    The files are searched first: that is fast, and without a keyring it avoids looking for one.
    """

    def __init__(self, files: FileKeys) -> None:
        self._files = files

    def find(self, key_id: str) -> KeyLookup:
        """See `KeyStore`."""
        found = self._files.find(key_id)
        if found.key is not None:
            return found
        from keyring.errors import KeyringError  # noqa: PLC0415 - see _backend

        backend = _backend()
        if backend is None:
            return KeyLookup(None, (*found.looked_in, "no keyring of the system"))
        place = f"the keyring {backend.name}"
        try:
            text = backend.get_password(SERVICE, key_id)
        except KeyringError as error:
            _log.warning("%s does not give the gallery's key: %s", place, error)
            return KeyLookup(None, (*found.looked_in, f"{place} ({error})"))
        return KeyLookup(None if text is None else _key_of(text, place), (*found.looked_in, place))

    def keep(self, key_id: str, key: bytes) -> None:
        """See `KeyStore`."""
        if not _is_kept_by_keyring(key_id, key):
            self._files.keep(key_id, key)
            # Not a warning: this is normal on a server, and a keyring that exists but fails has already logged one.
            _log.info("The key of a new encrypted gallery is kept in a file: no keyring of the system works.")

    def remove(self, key_id: str) -> None:
        """See `KeyStore`."""
        from keyring.errors import KeyringError, PasswordDeleteError  # noqa: PLC0415 - see _backend

        self._files.remove(key_id)
        backend = _backend()
        if backend is None:
            return
        try:
            backend.delete_password(SERVICE, key_id)
        except PasswordDeleteError as error:
            _log.info("%s has no such key to forget: %s", backend.name, error)
        except KeyringError as error:
            raise _unreadable(backend.name, error) from error


def default_keys() -> KeyStore:
    """Return this user's key store."""
    folder = os.environ.get(FOLDER_VARIABLE)
    return FileKeys(Path(folder)) if folder else SystemKeys(FileKeys(user_data_dir() / "keys"))


def _is_kept_by_keyring(key_id: str, key: bytes) -> bool:
    from keyring.errors import KeyringError  # noqa: PLC0415 - see _backend

    backend = _backend()
    if backend is None:
        return False
    try:
        backend.set_password(SERVICE, key_id, key.hex())
        # The "null" keyring, and some that lost their service, discard keys without an error.
        is_kept = backend.get_password(SERVICE, key_id) == key.hex()
    except KeyringError as error:
        _log.warning("The keyring %s does not keep a key: %s", backend.name, error)
        return False
    if is_kept:
        _log.info("The key of a new encrypted gallery is kept by the keyring %s.", backend.name)
    else:
        _log.warning("The keyring %s took a key and does not have it.", backend.name)
    return is_kept


def _backend() -> KeyringBackend | None:
    """Return the system's keyring; None if there is none.

    The import probes all kinds of keyrings and takes a third of a second, which few starts should have to pay.
    """
    import keyring  # noqa: PLC0415
    from keyring.backends.fail import Keyring as NoKeyring  # noqa: PLC0415
    from keyring.errors import KeyringError  # noqa: PLC0415

    try:
        backend = keyring.get_keyring()
    except (KeyringError, ImportError, AttributeError, RuntimeError) as error:
        # The last three mean that the keyring named by PYTHON_KEYRING_BACKEND or keyring's settings is missing.
        _log.warning("The keyring of the system cannot be used: %s", error)
        return None
    return None if isinstance(backend, NoKeyring) else backend


def _key_of(text: str, place: str) -> bytes:
    try:
        key = bytes.fromhex(text)
    except ValueError as error:
        raise _unreadable(place, "it is no key") from error
    if len(key) != KEY_BYTES:
        raise _unreadable(place, "it is no key")
    return key


def _unreadable(place: str, reason: Exception | str) -> GalleryError:
    return GalleryError(
        QT_TRANSLATE_NOOP(
            "Errors",
            "The gallery's key in {place} cannot be used ({reason}). Put back the original key, or import an export "
            "of the gallery.",
        ),
        place=place,
        reason=getattr(reason, "strerror", None) or reason,
    )
