"""How a file is protected: with a key kept on this computer, with a key wrapped by a passphrase, or not at all.

A gallery opened for writing is encrypted with a key of its own (`keys`); an export is encrypted if it was given a
passphrase (`passphrase`); a gallery in memory is not. Pictures, landmarks, boxes and embeddings are encrypted
(`cipher`). Names, consents, times and quality stay readable, because SQLite searches them.
"""

from __future__ import annotations

import os
import sqlite3
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from metaface_gui.errors import QT_TRANSLATE_NOOP, GalleryError
from metaface_gui.gallery.checksums import checksum, seal
from metaface_gui.gallery.cipher import (
    KEY_BYTES,
    OVERHEAD_BYTES,
    ValueCipher,
    decrypted,
    encrypted,
    of_embedding,
    of_shot,
)
from metaface_gui.gallery.keys import KeyStore, is_key_id
from metaface_gui.gallery.passphrase import PassphraseError, WrappedKey, wrap
from metaface_gui.gallery.sqlite_errors import damaged, shown

SINCE_VERSION = 5
"""Files of earlier versions are not encrypted and have nowhere to record that they are."""
SHOT_COLUMNS = ("landmarks", "box_xyxy", "chip")
"""The columns of a shot that are encrypted."""
# From the salt on, in the order of WrappedKey's fields.
_COLUMNS = "key_id, proof, salt, cost, block_size, parallelism, wrapped_key"


@dataclass(frozen=True, slots=True)
class Protection:
    """Which key a file is encrypted with; `proof` is an empty value encrypted with it, to recognise that key."""

    key_id: str
    proof: bytes
    wrapped: WrappedKey | None

    def is_by(self, key: bytes) -> bool:
        """Return whether this is the key."""
        try:
            decrypted(AESGCM(key), self.proof, self.key_id)
        except InvalidTag:
            return False
        return True


def read_protection(connection: sqlite3.Connection, path: Path | None) -> Protection | None:
    """Return how the file is protected; None: not at all.

    Raises:
        GalleryError: if the row is damaged, or its key derivation would exceed the memory limit.
    """
    row = connection.execute(f"SELECT checksum, {_COLUMNS} FROM protection").fetchone()
    if row is None:
        return None
    expected, *values = row
    if checksum(values) != expected:
        raise damaged(path, "the checksum of protection 1 does not agree")
    key_id, proof, *wrapped = values
    if not is_key_id(key_id) or len(proof) != OVERHEAD_BYTES or len({value is None for value in wrapped}) != 1:
        raise damaged(path, "it does not say which key it is encrypted with")
    try:
        return Protection(key_id, proof, None if wrapped[0] is None else WrappedKey(*wrapped))
    except ValueError as error:
        raise damaged(path, error) from error


def unlock(
    connection: sqlite3.Connection, path: Path | None, keys: KeyStore, passphrase: str | None = None
) -> ValueCipher:
    """Return the cipher for the file's values. Takes half a second with a passphrase, no time otherwise.

    Raises:
        PassphraseError: if the file needs a passphrase, and none or a wrong one was given.
        GalleryError: if its key is not on this computer, or a different key is stored under its id.
    """
    protection = read_protection(connection, path)
    if protection is None:
        return ValueCipher(path)
    if protection.wrapped is None:
        return ValueCipher(path, _key_of_this_computer(protection, path, keys))
    if passphrase is None:
        raise PassphraseError(
            QT_TRANSLATE_NOOP(
                "Errors",
                "{path} is protected by a passphrase. Import it into a gallery, and give the passphrase (on the "
                "command line: --passphrase-file).",
            ),
            path=shown(path),
        )
    key = protection.wrapped.unwrap(passphrase)
    if not protection.is_by(key):
        raise damaged(path, "it holds another key than its own")
    return ValueCipher(path, key)


def _key_of_this_computer(protection: Protection, path: Path | None, keys: KeyStore) -> bytes:
    found = keys.find(protection.key_id)
    if found.key is None:
        raise GalleryError(
            QT_TRANSLATE_NOOP(
                "Errors",
                "The key that encrypts {path} was not found in: {places}. On the computer that the gallery comes "
                "from, export it with a passphrase and import that file here; or put the key back (id {key_id}).",
            ),
            path=shown(path),
            places=", ".join(found.looked_in),
            key_id=protection.key_id,
        )
    if not protection.is_by(found.key):
        raise GalleryError(
            QT_TRANSLATE_NOOP(
                "Errors",
                "The key in {place} is not the one that encrypts {path} (id {key_id}). Put the right one back, or "
                "import an export of the gallery.",
            ),
            place=found.looked_in[-1],
            path=shown(path),
            key_id=protection.key_id,
        )
    return found.key


def protect_by_key(connection: sqlite3.Connection, path: Path | None, keys: KeyStore) -> ValueCipher:
    """Protect a file that holds no values yet with a new key kept on this computer; return the cipher.

    Raises:
        GalleryError: if the key cannot be stored.
    """
    key = os.urandom(KEY_BYTES)
    protection = _protection(key, None)
    # Store the key before anything is encrypted with it: a crash may leave an unused key, but never lose a used one.
    keys.keep(protection.key_id, key)
    _write(connection, protection)
    return ValueCipher(path, key)


def protect_by_passphrase(connection: sqlite3.Connection, path: Path | None, passphrase: str) -> ValueCipher:
    """Protect a file that holds no values yet with a new key that only the passphrase unlocks. Takes half a second.

    Raises:
        PassphraseError: if the passphrase is empty or longer than 1,000 characters.
    """
    key = os.urandom(KEY_BYTES)
    _write(connection, _protection(key, wrap(key, passphrase)))
    return ValueCipher(path, key)


def encrypt_all(connection: sqlite3.Connection, path: Path | None, keys: KeyStore) -> ValueCipher:
    """Encrypt all values of an unprotected file, inside the caller's transaction.

    Each value is decrypted again and compared before the next, so that a commit never replaces it with unreadable data.

    Raises:
        GalleryError: if the key cannot be stored, or a value does not decrypt to itself.
    """
    cipher = protect_by_key(connection, path, keys)
    columns = ", ".join(SHOT_COLUMNS)
    for (shot_id,) in connection.execute("SELECT id FROM shot").fetchall():
        values = connection.execute(f"SELECT {columns} FROM shot WHERE id = ?", (shot_id,)).fetchone()
        for column, value in zip(SHOT_COLUMNS, values, strict=True):
            stored = _encrypted(cipher, value, of_shot(column, shot_id))
            connection.execute(f"UPDATE shot SET {column} = ? WHERE id = ?", (stored, shot_id))
        seal(connection, "shot", [shot_id])
    for row_id, shot_id, embedder_id in connection.execute(
        "SELECT rowid, shot_id, embedder_id FROM embedding"
    ).fetchall():
        (vector,) = connection.execute("SELECT vector FROM embedding WHERE rowid = ?", (row_id,)).fetchone()
        stored = _encrypted(cipher, vector, of_embedding(shot_id, embedder_id))
        connection.execute("UPDATE embedding SET vector = ? WHERE rowid = ?", (stored, row_id))
        seal(connection, "embedding", [row_id])
    return cipher


def _encrypted(cipher: ValueCipher, value: bytes, place: str) -> bytes:
    stored = cipher.encrypt(value, place)
    if cipher.decrypt(stored, place) != value:
        raise damaged(cipher.path, f"{place} does not come back when it is encrypted")
    return stored


def _protection(key: bytes, wrapped: WrappedKey | None) -> Protection:
    key_id = os.urandom(16).hex()
    return Protection(key_id, encrypted(AESGCM(key), b"", key_id), wrapped)


def _write(connection: sqlite3.Connection, protection: Protection) -> None:
    wrapped = (None,) * len(fields(WrappedKey)) if protection.wrapped is None else astuple(protection.wrapped)
    values = (protection.key_id, protection.proof, *wrapped)
    connection.execute(
        f"INSERT INTO protection (id, checksum, {_COLUMNS}) VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?)",
        (checksum(values), *values),
    )
