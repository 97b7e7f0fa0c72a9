"""Sets text with one or several font files in several sizes; each is read once: reading takes longer than writing."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from PIL import ImageDraw, ImageFont

from metaface_gui.pipeline.rendering.fonts import has_letter, needs_ink

Colour = tuple[int, int, int]
"""Of a picture's own channel order."""
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


class Lettering:
    """Texts are written with the first of `font_files`, letters that it lacks with the first of the others that has
    them. Without any it is Pillow's built-in font, which has Latin letters only."""

    def __init__(self, *font_files: Path) -> None:
        self._files: tuple[Path | None, ...] = font_files or (None,)
        self._fonts: dict[tuple[Path | None, int], Font] = {}
        self._file_of: dict[str, Path | None] = {}

    def font(self, size: int) -> Font:
        """The font with letters `size` pixels high.

        Raises:
            OSError: if the file is no font.
        """
        return self._font(self._files[0], size)

    def bounds(self, text: str, size: int) -> tuple[int, int, int, int]:
        """Left, top, right and bottom of the text's ink, in whole pixels, if it is written at (0, 0)."""
        runs = self._runs(text, size)
        if runs is None:
            left, top, right, bottom = self.font(size).getbbox(text)
        else:
            base = _ascent(self.font(size))
            boxes = [(x, font.getbbox(part, anchor="ls")) for x, font, part in runs]
            left, right = min(x + box[0] for x, box in boxes), max(x + box[2] for x, box in boxes)
            top, bottom = min(base + box[1] for _, box in boxes), max(base + box[3] for _, box in boxes)
        return round(left), round(top), round(right), round(bottom)

    def width(self, text: str, size: int) -> int:
        """Pixels from its first ink to its last."""
        left, _, right, _ = self.bounds(text, size)
        return right - left

    def shortened(self, text: str, width: int, size: int) -> str:
        """The text, or as much of its beginning as fits, with an ellipsis."""
        if self.width(text, size) <= width:
            return text
        while text and self.width(text + "…", size) > width:
            text = text[:-1]
        return text + "…"

    def write(self, draw: ImageDraw.ImageDraw, text: str, at: tuple[float, float], size: int, colour: Colour) -> None:
        """Write the text from there on, `at` being its line's left upper corner."""
        runs = self._runs(text, size)
        if runs is None:
            draw.text(at, text, colour, self.font(size))
            return
        base = at[1] + _ascent(self.font(size))
        for x, font, part in runs:
            draw.text((at[0] + x, base), part, colour, font, anchor="ls")

    def _font(self, file: Path | None, size: int) -> Font:
        if (file, size) not in self._fonts:
            self._fonts[file, size] = ImageFont.truetype(file, size) if file else ImageFont.load_default(size)
        return self._fonts[file, size]

    def _runs(self, text: str, size: int) -> list[tuple[float, ImageFont.FreeTypeFont, str]] | None:
        """Parts with the font of each and where it begins, left to right; None: the first font writes it all."""
        files, file = list[Path | None](), self._files[0]
        for letter in text:
            file = self._chosen(letter) if needs_ink(letter) else file
            files.append(file)
        if all(file == self._files[0] for file in files):
            return None
        runs, x, begin = list[tuple[float, ImageFont.FreeTypeFont, str]](), 0.0, 0
        for file, same in groupby(files):
            part = text[begin : (begin := begin + len(list(same)))]
            font = self._font(file, size)
            assert isinstance(font, ImageFont.FreeTypeFont)
            runs.append((x, font, part))
            x += font.getlength(part)
        return runs

    def _chosen(self, letter: str) -> Path | None:
        if letter not in self._file_of:
            having = (file for file in self._files if file is not None and has_letter(file, letter))
            self._file_of[letter] = next(having, self._files[0]) if len(self._files) > 1 else self._files[0]
        return self._file_of[letter]


def _ascent(font: Font) -> int:
    return font.getmetrics()[0] if isinstance(font, ImageFont.FreeTypeFont) else 0
