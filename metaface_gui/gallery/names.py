"""What a person may be called, and which names count as the same.

Names are people's own: any script, emoji, quotes and slashes are fine. They are stored in Unicode's form NFC
(UAX #15) and compared without regard to case, width and the like (NFKC of the case-folded text, Unicode §3.13 D147).
"""

from __future__ import annotations

import unicodedata

from metaface_gui.errors import QT_TRANSLATE_NOOP, GalleryError

MAX_NAME = 200
"""Longest name, in characters (code points)."""

_INVISIBLE = ("C", "Z")
"""First letters of Unicode's categories that draw nothing: controls, formats, unassigned, separators."""


def clean_name(text: str) -> str:
    """Return the name in the form in which it is stored: NFC, trimmed, runs of white space made one space.

    Raises:
        GalleryError: if nothing visible remains, or it holds control characters, or is longer than 200 characters.
    """
    if len(text) > 100 * MAX_NAME:
        raise _too_long(len(text))
    name = unicodedata.normalize("NFC", " ".join(text.split()))
    # Lone surrogates ("Cs") are half a character: no file could hold them.
    if any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in name):
        raise GalleryError(
            QT_TRANSLATE_NOOP("Errors", "A name cannot hold control characters. Type it instead of pasting it.")
        )
    if all(unicodedata.category(letter)[0] in _INVISIBLE for letter in name):
        raise GalleryError(QT_TRANSLATE_NOOP("Errors", "The name is empty. Type a name."))
    if len(name) > MAX_NAME:
        raise _too_long(len(name))
    return name


def name_key(name: str) -> str:
    """Return what two spellings of the same name have in common."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def numbered_name(name: str, number: int) -> str:
    """Return `name (number)`, with the name shortened where it would grow too long."""
    suffix = f" ({number})"
    return name[: MAX_NAME - len(suffix)].rstrip() + suffix


def _too_long(length: int) -> GalleryError:
    return GalleryError(
        QT_TRANSLATE_NOOP(
            "Errors", "The name is {length} characters long and may be {limit} at most. Type a shorter name."
        ),
        length=length,
        limit=MAX_NAME,
    )
