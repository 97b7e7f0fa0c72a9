"""Sets text with one font file in several sizes; each size is read once, as reading takes longer than writing."""

from __future__ import annotations

from pathlib import Path

from PIL import ImageDraw, ImageFont

Colour = tuple[int, int, int]
"""Of a picture's own channel order."""


class Lettering:
    """`font_file` is what texts are written with; None: Pillow's built-in font, which has Latin letters only."""

    def __init__(self, font_file: Path | None = None) -> None:
        self._font_file = font_file
        self._sizes: dict[int, ImageFont.FreeTypeFont | ImageFont.ImageFont] = {}

    def font(self, size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
        """The font with letters `size` pixels high.

        Raises:
            OSError: if the file is no font.
        """
        if size not in self._sizes:
            file = self._font_file
            self._sizes[size] = ImageFont.truetype(file, size) if file else ImageFont.load_default(size)
        return self._sizes[size]

    def bounds(self, text: str, size: int) -> tuple[int, int, int, int]:
        """Left, top, right and bottom of the text's ink, in whole pixels, if it is written at (0, 0)."""
        left, top, right, bottom = self.font(size).getbbox(text)
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
        draw.text(at, text, colour, self.font(size))
