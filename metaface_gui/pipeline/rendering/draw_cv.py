"""Draws the overlay into a frame, for annotated video files and screenshots without a window.

Pillow sets the text, as OpenCV knows ASCII only. Its built-in font has Latin letters; a name in another script needs a
font file that has it, which the caller may give.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from PIL import Image as PillowImage
from PIL import ImageDraw, ImageFont

from metaface_gui.pipeline.rendering.overlay import OverlayItem, OverlayKind
from metaface_gui.types import Image

# Okabe and Ito's blue-green and orange: told apart by every kind of colour vision. BGR.
_COLOURS = {OverlayKind.KNOWN: (115, 158, 0), OverlayKind.UNKNOWN: (0, 159, 230)}
_PANEL = (24, 20, 18)
_TEXT = (255, 255, 255)
_MAX_NAME = 28


class CvPainter:
    """Paints overlay items; `unknown_text` is what a face without a name is called, `font_file` what writes names."""

    def __init__(self, unknown_text: str, font_file: Path | None = None) -> None:
        self._unknown_text = unknown_text
        self._font_file = font_file

    def paint(self, image_bgr: Image, items: tuple[OverlayItem, ...]) -> Image:
        """Return a copy of the frame with every item drawn; the frame itself is left as it is."""
        canvas = image_bgr.copy()
        scale = max(0.5, canvas.shape[0] / 720.0)
        for item in items:
            self._box(canvas, item, scale)
            self._label(canvas, item, scale)
        return canvas

    def _box(self, canvas: Image, item: OverlayItem, scale: float) -> None:
        x1, y1, x2, y2 = (round(float(value)) for value in item.box_xyxy)
        colour, thick = _COLOURS[item.kind], max(1, round(3 * scale))
        arm = max(4, min(x2 - x1, y2 - y1) // 4)
        for x, y, dx, dy in ((x1, y1, 1, 1), (x2, y1, -1, 1), (x1, y2, 1, -1), (x2, y2, -1, -1)):
            cv2.line(canvas, (x, y), (x + dx * arm, y), colour, thick, cv2.LINE_AA)
            cv2.line(canvas, (x, y), (x, y + dy * arm), colour, thick, cv2.LINE_AA)

    def _label(self, canvas: Image, item: OverlayItem, scale: float) -> None:
        name = item.name or self._unknown_text
        name = name if len(name) <= _MAX_NAME else name[: _MAX_NAME - 1] + "…"
        text = f"{name}   {item.score_text}".rstrip()
        panel = self._panel(text, item, round(20 * scale))
        height, width = panel.shape[:2]
        x1, y1, _, y2 = (round(float(value)) for value in item.box_xyxy)
        x = min(max(0, x1), max(0, canvas.shape[1] - width))
        y = y1 - height - 4 if y1 - height - 4 >= 0 else min(y2 + 4, max(0, canvas.shape[0] - height))
        visible = canvas[y : y + height, x : x + width]
        visible[:] = panel[: visible.shape[0], : visible.shape[1]]

    def _panel(self, text: str, item: OverlayItem, size: int) -> Image:
        font = ImageFont.truetype(self._font_file, size) if self._font_file else ImageFont.load_default(size)
        left, top, right, bottom = font.getbbox(text)
        pad, bar = size // 2, max(2, size // 6)
        width, height = round(right - left) + 2 * pad, round(bottom - top) + pad + bar
        picture = PillowImage.new("RGB", (width, height), _PANEL)
        ImageDraw.Draw(picture).text((pad - left, pad // 2 - top), text, _TEXT, font)
        panel = np.array(picture, np.uint8)
        panel[-bar:, : round(width * item.fill)] = _COLOURS[item.kind]
        mark = round(width * item.mark)
        panel[-bar:, mark : mark + max(1, bar // 2)] = _TEXT
        return panel
