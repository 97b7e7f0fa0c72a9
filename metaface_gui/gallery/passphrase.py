"""A gallery's key under a passphrase, so that an export can travel and be opened by whoever knows the words.

The passphrase is made a key by scrypt (RFC 7914), which takes 128 MB and about half a second, so that guessing costs
the same each time; that key encrypts the file's own. The costs stand in the file and are bounded when they are read: a
stranger's file must not be able to eat the memory.
"""

from __future__ import annotations

import os
import unicodedata
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from metaface_gui.errors import QT_TRANSLATE_NOOP, GalleryError
from metaface_gui.gallery.cipher import KEY_BYTES, OVERHEAD_BYTES, decrypted, encrypted

COST, BLOCK_SIZE, PARALLELISM = 2**17, 8, 1
"""scrypt's N, r and p: as OWASP's "Password Storage Cheat Sheet" asks for."""
_MAX_MEMORY_BYTES = 2**28
_MAX_PARALLELISM = 4
_SALT_BYTES = 16
MAX_PASSPHRASE = 1000
"""Longest passphrase, in characters."""


class PassphraseError(GalleryError):
    """The passphrase is missing or is not the one."""


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """A file's key, encrypted; `cost`, `block_size` and `parallelism` are scrypt's N, r and p.

    Raises:
        ValueError: if a value is none that `wrap` could have written, or deriving would take more than 256 MB.
    """

    salt: bytes
    cost: int
    block_size: int
    parallelism: int
    encrypted: bytes

    def __post_init__(self) -> None:
        if len(self.salt) != _SALT_BYTES or len(self.encrypted) != OVERHEAD_BYTES + KEY_BYTES:
            raise ValueError("a key under a passphrase of another length")
        if self.cost < 2 or self.cost & (self.cost - 1) or self.block_size < 1:
            raise ValueError("a passphrase at costs that cannot be")
        if 128 * self.cost * self.block_size > _MAX_MEMORY_BYTES or not 1 <= self.parallelism <= _MAX_PARALLELISM:
            raise ValueError("a passphrase at costs that would take too much memory")

    def unwrap(self, passphrase: str) -> bytes:
        """Return the file's key. Takes about half a second.

        Raises:
            PassphraseError: if it is not the passphrase.
        """
        try:
            key = _key_of(passphrase, self.salt, self.cost, self.block_size, self.parallelism)
            return decrypted(key, self.encrypted, "")
        except InvalidTag as error:
            raise PassphraseError(
                QT_TRANSLATE_NOOP(
                    "Errors", "That is not the passphrase of this file. Type the one that it was exported with."
                )
            ) from error


def wrap(key: bytes, passphrase: str) -> WrappedKey:
    """Return a file's key under a passphrase. Takes about half a second.

    Raises:
        PassphraseError: if the passphrase is empty or longer than 1,000 characters.
    """
    salt = os.urandom(_SALT_BYTES)
    wrapping = _key_of(passphrase, salt, COST, BLOCK_SIZE, PARALLELISM)
    return WrappedKey(salt, COST, BLOCK_SIZE, PARALLELISM, encrypted(wrapping, key, ""))


def _key_of(passphrase: str, salt: bytes, cost: int, block_size: int, parallelism: int) -> AESGCM:
    if not 1 <= len(passphrase) <= MAX_PASSPHRASE:
        raise PassphraseError(
            QT_TRANSLATE_NOOP("Errors", "A passphrase must have 1 to {limit} characters. Type another."),
            limit=MAX_PASSPHRASE,
        )
    # One word may be typed as several sequences of code points; NIST SP 800-63B, 5.1.1.2, asks for one form.
    word = unicodedata.normalize("NFKC", passphrase).encode("utf-8", "surrogatepass")
    try:
        key = Scrypt(salt=salt, length=KEY_BYTES, n=cost, r=block_size, p=parallelism).derive(word)
    except MemoryError as error:
        raise PassphraseError(
            QT_TRANSLATE_NOOP(
                "Errors",
                "There is not enough free memory to check the passphrase (128 MB). Close other programs and try again.",
            )
        ) from error
    return AESGCM(key)
