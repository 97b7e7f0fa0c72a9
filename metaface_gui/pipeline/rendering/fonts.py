"""Finds a font file that can write a name, whatever its script: people are called 田中 and Ængström, too.

The shipped Inter has Latin, Greek and Cyrillic. For everything else the system's font folders are searched, but only
once such a name occurs. matplotlib's font manager could list them too, but at its first import it builds a cache of
every font's properties, which takes seconds that a running recording does not have.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

from PIL import ImageFont

from metaface_gui.resources import assets_dir, home_dir

_SUFFIXES = frozenset({".ttf", ".otf", ".ttc"})
_NOT_PLAIN = ("bold", "italic", "oblique", "mono", "serif", "condensed", "light", "thin", "black", "math", "symbol")
_IN_HOME = (".local/share/fonts", ".fonts", "Library/Fonts", "AppData/Local/Microsoft/Windows/Fonts")
_PROBE_PX = 16
_ALWAYS = frozenset("0123456789./…")
"""Written beside every name: scores, and the ellipsis of a shortened name."""
_WITHOUT_INK = frozenset({"Mn", "Me", "Cf", "Cc", "Cs", "Zs", "Zl", "Zp"})
"""Unicode categories that need no glyph of their own: combining marks, joiners, spaces."""
_MOST_FONTS = 4
"""Maximum number of fonts per text; nobody's name uses more scripts."""
_MISSING = "\uffff"
"""Never a character according to the Unicode standard, so every font renders it as a missing one."""


def system_fonts() -> tuple[Path, ...]:
    """List the font files of the system, the user and matplotlib (whose DejaVu always exists), plain sans first."""
    files = {file for folder in _folders() for file in folder.rglob("*") if file.suffix.lower() in _SUFFIXES}
    # A "last resort" font has a placeholder glyph for every character, and no real one.
    return tuple(sorted((file for file in files if "lastresort" not in file.name.lower()), key=_plainness))


def _folders() -> list[Path]:
    home, windows = home_dir(), os.environ.get("WINDIR")
    folders = [Path("/usr/share/fonts"), Path("/usr/local/share/fonts")]
    folders += [Path("/System/Library/Fonts"), Path("/Library/Fonts")]
    if windows:
        folders.append(Path(windows) / "Fonts")
    if home is not None:
        folders += [home / folder for folder in _IN_HOME]
    matplotlib = find_spec("matplotlib")  # finds it without importing it
    if matplotlib is not None and matplotlib.origin:
        folders.append(Path(matplotlib.origin).parent / "mpl-data/fonts/ttf")
    return [folder for folder in folders if folder.is_dir()]


def _plainness(file: Path) -> tuple[int, bool, str]:
    name = file.name.lower()
    return sum(word in name.replace("sansserif", "") for word in _NOT_PLAIN), "sans" not in name, str(file)


class FontFinder:
    """Finds for a text the first font that has all its characters, or else the one that has most of them.

    `first` is tried before the fonts of `list_fonts`, which is called at most once and only if `first` is insufficient.
    Results are cached. Not thread-safe: each painter's thread has its own.
    """

    def __init__(self, list_fonts: Callable[[], Sequence[Path]] = system_fonts, first: Path | None = None) -> None:
        self._list_fonts = list_fonts
        self._first = first or assets_dir() / "fonts" / "Inter-Regular.ttf"
        self._others: tuple[Path, ...] | None = None
        self._found: dict[frozenset[str], Path | None] = {}
        self._chains: dict[frozenset[str], tuple[Path, ...]] = {}

    def font_for(self, text: str) -> Path | None:
        """Return the file to write `text` with; None if no font file can be read, leaving Pillow's built-in one."""
        wanted = _wanted_of(text)
        if wanted not in self._found:
            self._found[wanted] = self._search(wanted)
        return self._found[wanted]

    def fonts_for(self, text: str) -> tuple[Path, ...]:
        """Return `font_for(text)` and the fonts for letters that it lacks; empty if no font can be read.

        Some fonts only have the letters of one script, such as those for Chinese that complement others.
        """
        wanted = _wanted_of(text)
        if wanted not in self._chains:
            self._chains[wanted] = self._chain(text, wanted)
        return self._chains[wanted]

    def _chain(self, text: str, wanted: frozenset[str]) -> tuple[Path, ...]:
        left, found = wanted, list[Path]()
        while left and len(found) < _MOST_FONTS:
            font = self.font_for(text) if not found else self._search(left)
            missing = left if font is None else frozenset(letter for letter in left if not has_letter(font, letter))
            if font is None or missing == left:
                break
            found.append(font)
            left = missing
        return tuple(found)

    def _search(self, wanted: frozenset[str]) -> Path | None:
        best, most = None, 0
        for file in self._candidates(wanted):
            has = _count_covered(file, wanted)
            if has > most:
                best, most = file, has
            if has == len(wanted):
                break
        return best

    def _candidates(self, wanted: frozenset[str]) -> tuple[Path, ...]:
        if _count_covered(self._first, wanted) == len(wanted):
            return (self._first,)
        if self._others is None:
            self._others = tuple(self._list_fonts())
        return (self._first, *self._others)


def needs_ink(letter: str) -> bool:
    """Return whether a character needs a glyph of its own: combining marks, joiners and spaces do not."""
    return unicodedata.category(letter) not in _WITHOUT_INK


def has_letter(file: Path, letter: str) -> bool:
    """Return whether the font has this character."""
    return _count_covered(file, frozenset(letter)) == 1


def _wanted_of(text: str) -> frozenset[str]:
    return _ALWAYS | {letter for letter in text if needs_ink(letter)}


def _count_covered(file: Path, wanted: frozenset[str]) -> int:
    """Return how many of the characters the font draws; 0 for a file that is not a scalable font."""
    try:
        font = ImageFont.truetype(file, _PROBE_PX, layout_engine=ImageFont.Layout.BASIC)
        missing = _picture(font, _MISSING)
        pictures = [_picture(font, letter) for letter in wanted]
    except OSError:  # damaged, or bitmaps of a single size
        return 0
    return sum(picture != missing and any(picture[1]) for picture in pictures)


def _picture(font: ImageFont.FreeTypeFont, letter: str) -> tuple[tuple[int, int], bytes]:
    mask = font.getmask(letter)
    return mask.size, bytes(mask)
