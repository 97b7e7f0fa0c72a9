"""Wraps a gallery's key with a passphrase, so that an export can be opened on another computer by whoever knows it.

scrypt (RFC 7914) derives a key from the passphrase, taking 128 MB and about half a second, so that every guess costs as
much; that key encrypts the file's own key. The cost parameters are stored in the file and checked against limits when
it is read, so that a file from a stranger cannot exhaust the memory.
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
"""scrypt's N, r and p, as recommended by OWASP's "Password Storage Cheat Sheet"."""
_MAX_MEMORY_BYTES = 2**28
_MAX_PARALLELISM = 4
_SALT_BYTES = 16
MAX_PASSPHRASE = 1000
"""Longest passphrase, in characters."""


class PassphraseError(GalleryError):
    """The passphrase is missing or wrong."""


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """A file's key, encrypted; `cost`, `block_size` and `parallelism` are scrypt's N, r and p.

    Raises:
        ValueError: if `wrap` could not have written a value, or deriving the key would take more than 256 MB.
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
            PassphraseError: if the passphrase is wrong.
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
    """Return a file's key encrypted under a passphrase. Takes about half a second.

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
    # The same text may be typed as different code points; NIST SP 800-63B, 5.1.1.2, asks for normalisation.
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
