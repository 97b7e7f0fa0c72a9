"""Encrypt whatever shows or describes a face, value by value, so that SQL can still find, change and delete the rows.

AES-256-GCM (NIST SP 800-38D) from the library `cryptography`. A stored value is a random 96-bit nonce, the ciphertext
and a 128-bit tag. The tag also covers the value's place, so a value that was changed, or moved to another row, column
or file, is detected. A nonce must not repeat under one key; random nonces are safe for 2³² values (§8.3), and each
gallery has a key of its own.
"""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from metaface_gui.gallery.sqlite_errors import damaged

KEY_BYTES = 32
_NONCE_BYTES = 12
OVERHEAD_BYTES = _NONCE_BYTES + 16
"""How many bytes encryption adds to a value."""


def of_shot(column: str, shot_id: int) -> str:
    """Return the place of a shot's value, to which its ciphertext is bound."""
    return f"shot.{column} {shot_id}"


def of_embedding(shot_id: int, embedder_id: str) -> str:
    """Return the place of an embedding's vector, to which its ciphertext is bound."""
    return f"embedding.vector {shot_id} {embedder_id}"


def encrypted(key: AESGCM, value: bytes, bound_to: str) -> bytes:
    """Return nonce, ciphertext and tag; the tag also covers `bound_to`."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + key.encrypt(nonce, value, bound_to.encode())


def decrypted(key: AESGCM, stored: bytes, bound_to: str) -> bytes:
    """Return the plaintext that was passed to `encrypted`.

    Raises:
        InvalidTag: if it was changed, encrypted with another key, or bound to something else.
        ValueError: if it is too short for a nonce.
    """
    return key.decrypt(stored[:_NONCE_BYTES], stored[_NONCE_BYTES:], bound_to.encode())


class ValueCipher:
    """Encrypts and decrypts one file's values; without a key, values pass through unchanged.

    `path` is that file, for error messages; None in memory. `key` is 32 random bytes, or None.
    """

    def __init__(self, path: Path | None, key: bytes | None = None) -> None:
        self.path = path
        self._key = None if key is None else AESGCM(key)

    @property
    def is_encrypting(self) -> bool:
        """Whether there is a key."""
        return self._key is not None

    def encrypt(self, value: bytes, place: str) -> bytes:
        """Return the bytes to store at this place."""
        return value if self._key is None else encrypted(self._key, value, place)

    def decrypt(self, stored: bytes, place: str) -> bytes:
        """Return the value that was stored at this place.

        Raises:
            GalleryError: if it was changed, or belongs to another place.
        """
        if self._key is None:
            return stored
        try:
            return decrypted(self._key, stored, place)
        except (InvalidTag, ValueError) as error:
            raise damaged(self.path, f"{place} was changed, or belongs elsewhere") from error
