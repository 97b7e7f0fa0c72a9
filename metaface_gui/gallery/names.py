"""Which names a person may have, and which names count as the same.

Any script, emoji, quotes and slashes are allowed. Names are stored in Unicode's form NFC (UAX #15) and compared
ignoring case, width and the like (NFKC of the case-folded text, Unicode §3.13 D147). Invisible characters (UTS #39) are
removed, except where a script or an emoji needs them: otherwise two people could have names that look the same, and a
name could reverse the text after it on a line.
"""

from __future__ import annotations

import unicodedata

from metaface_gui.errors import QT_TRANSLATE_NOOP, GalleryError

MAX_NAME = 200
"""Longest name, in characters (code points)."""

_INVISIBLE = ("C", "Z")
"""The first letters of the Unicode categories that are invisible: control, format, unassigned, separator."""

_ZWNJ, _ZWJ = "\u200c", "\u200d"
_KEYCAP = "\u20e3"
_BLACK_FLAG = "\U0001f3f4"
_BLANKS = {ord(blank): " " for blank in "\u115f\u1160\u2800\u3164\uffa0"}
"""Letters and symbols that are invisible: Hangul fillers and the empty Braille cell."""


def clean_name(text: str) -> str:
    """Return the name as it is stored: NFC, trimmed, with each run of white space made one space.

    Invisible characters such as U+200B or U+202E are removed, but joiners and selectors of emoji, of Arabic and Indic
    letters and of ideographs stay.

    Raises:
        GalleryError: if nothing visible remains, or it contains control characters, or is longer than 200 characters.
    """
    if len(text) > 100 * MAX_NAME:
        raise _too_long(len(text))
    name = _tidied(text)
    # Lone surrogates ("Cs") are half a character, which no file can store.
    if any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in name):
        raise GalleryError(
            QT_TRANSLATE_NOOP("Errors", "A name cannot contain control characters. Type it instead of pasting it.")
        )
    if all(unicodedata.category(letter)[0] in _INVISIBLE for letter in name):
        raise GalleryError(QT_TRANSLATE_NOOP("Errors", "The name is empty. Type a name."))
    if len(name) > MAX_NAME:
        raise _too_long(len(name))
    return name


def name_key(name: str) -> str:
    """Return the key that all spellings of the same name share."""
    skeleton = "".join(letter for letter in name.translate(_BLANKS) if not _draws_nothing(letter))
    key = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", skeleton).casefold())
    return " ".join("".join(letter for letter in key if not _draws_nothing(letter)).split())


def numbered_name(name: str, number: int) -> str:
    """Return `name (number)`, shortening the name if the result would be too long."""
    suffix = f" ({number})"
    return _tidied(name[: MAX_NAME - len(suffix)]) + suffix


def _tidied(text: str) -> str:
    """Normalise, tidy white space and remove invisible characters, until nothing changes any more."""
    before, name = None, text
    while name != before:
        before = name
        seen = "".join(
            letter
            for index, letter in enumerate(name.translate(_BLANKS))
            if not _draws_nothing(letter) or _is_needed(name, index)
        )
        name = unicodedata.normalize("NFC", " ".join(seen.split()))
    return name


def _draws_nothing(letter: str) -> bool:
    """Return whether it is invisible: a format character (bidi control, zero-width space), selector or joiner."""
    return (
        unicodedata.category(letter) == "Cf"
        or letter in "\u034f\u17b4\u17b5\u180b\u180c\u180d\u180f"
        or _selects(letter)
    )


def _selects(letter: str) -> bool:
    """Return whether it is a variation selector (Unicode §23.4)."""
    return "\ufe00" <= letter <= "\ufe0f" or "\U000e0100" <= letter <= "\U000e01ef"


def _is_needed(name: str, index: int) -> bool:
    """Return whether the invisible character at `index` affects how its neighbours are drawn, in a script or an emoji.

    UTS #51 for emoji, UAX #31 §2.3 for joiners between letters.
    """
    letter = name[index]
    before, after = name[index - 1] if index else "", name[index + 1 : index + 2]
    if not before:
        return False
    if _selects(letter):
        is_ideograph = "CJK" in unicodedata.name(before, "")
        return unicodedata.category(before) in {"So", "Sm"} or after == _KEYCAP or is_ideograph
    if letter == _ZWJ and after and unicodedata.category(after) == "So":
        return _selects(before) or unicodedata.category(before) in {"So", "Sk"}
    if letter in {_ZWNJ, _ZWJ} and after:
        is_arabic = unicodedata.bidirectional(before) == unicodedata.bidirectional(after) == "AL"
        return is_arabic or unicodedata.combining(before) == 9  # a virama
    # A regional flag is a black flag followed by its code in tag characters, up to a terminating tag.
    return "\U000e0020" <= letter <= "\U000e007f" and (before == _BLACK_FLAG or "\U000e0020" <= before <= "\U000e007e")


def _too_long(length: int) -> GalleryError:
    return GalleryError(
        QT_TRANSLATE_NOOP(
            "Errors", "The name is {length} characters long; at most {limit} are allowed. Type a shorter name."
        ),
        length=length,
        limit=MAX_NAME,
    )
