"""Draws the overlay into a frame, for annotated video files and screenshots without a window.

Pillow renders the text, because OpenCV supports ASCII only. Its built-in font has Latin letters; a name in another
script needs a suitable font file from the caller.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np
from PIL import Image as PillowImage
from PIL import ImageDraw

from metaface_gui.pipeline.rendering.lettering import Lettering
from metaface_gui.pipeline.rendering.overlay import OverlayItem, OverlayKind
from metaface_gui.pipeline.rendering.strip_layout import Rect, StripFace, StripLayout
from metaface_gui.pipeline.rendering.verdict_panel import KNOWN_BGR, PANEL_BGR, TEXT_BGR, UNKNOWN_BGR, VerdictPanels
from metaface_gui.types import Image

# The same as in the live view.
_COLOURS = {OverlayKind.KNOWN: KNOWN_BGR, OverlayKind.UNKNOWN: UNKNOWN_BGR}
_MAX_NAME = 28
_MAX_WHOLE_STRIPS = 4
"""With more faces than this, only a count is shown under each."""
_SMALL_BOX = 64
"""Width of a box, at 720 lines, below which only a count is shown."""
_TWO_COLUMNS = 5
"""Number of verdicts from which two columns are allowed."""


class CvPainter:
    """Paints overlay items; `unknown_text` labels a face without a name, `font_files` are the fonts for names (see
    `Lettering`).

    `titles` maps learners' keys to short names, for the verdicts of several learners; a key without one is written as
    it is. Use one per video: strips of verdicts keep their places from the previous frame.
    """

    def __init__(
        self, unknown_text: str, font_files: Sequence[Path] = (), titles: Mapping[str, str] | None = None
    ) -> None:
        self._unknown_text = unknown_text
        self._lettering = Lettering(*font_files)
        self._panels = VerdictPanels(titles or {}, unknown_text, self._lettering)
        self._layout = StripLayout()

    def paint(self, image_bgr: Image, items: tuple[OverlayItem, ...]) -> Image:
        """Return a copy of the frame with every item drawn; the frame itself is not changed."""
        canvas = image_bgr.copy()
        scale = max(0.5, canvas.shape[0] / 720.0)
        for item in items:
            self._box(canvas, item, scale)
        labels = [self._label(canvas, item, scale) for item in items]
        self._strips(canvas, items, labels, scale)
        return canvas

    def _box(self, canvas: Image, item: OverlayItem, scale: float) -> None:
        x1, y1, x2, y2 = (round(float(value)) for value in item.box_xyxy)
        colour, thick = _COLOURS[item.kind], max(1, round(3 * scale))
        arm = max(4, min(x2 - x1, y2 - y1) // 4)
        for x, y, dx, dy in ((x1, y1, 1, 1), (x2, y1, -1, 1), (x1, y2, 1, -1), (x2, y2, -1, -1)):
            cv2.line(canvas, (x, y), (x + dx * arm, y), colour, thick, cv2.LINE_AA)
            cv2.line(canvas, (x, y), (x, y + dy * arm), colour, thick, cv2.LINE_AA)

    def _label(self, canvas: Image, item: OverlayItem, scale: float) -> Rect:
        name = item.name or self._unknown_text
        name = name if len(name) <= _MAX_NAME else name[: _MAX_NAME - 1] + "…"
        text = f"{name}   {item.score_text}".rstrip()
        panel = self._panel(text, item, round(20 * scale))
        height, width = panel.shape[:2]
        x1, y1, _, y2 = (round(float(value)) for value in item.box_xyxy)
        x = min(max(0, x1), max(0, canvas.shape[1] - width))
        y = y1 - height - 4 if y1 - height - 4 >= 0 else min(y2 + 4, max(0, canvas.shape[0] - height))
        _put(canvas, panel, x, y)
        return Rect.sized(x, y, width, height)

    def _panel(self, text: str, item: OverlayItem, size: int) -> Image:
        left, top, right, bottom = self._lettering.bounds(text, size)
        pad, bar = size // 2, max(2, size // 6)
        width, height = right - left + 2 * pad, bottom - top + pad + bar
        picture = PillowImage.new("RGB", (width, height), PANEL_BGR)
        self._lettering.write(ImageDraw.Draw(picture), text, (pad - left, pad // 2 - top), size, TEXT_BGR)
        panel = np.array(picture, np.uint8)
        panel[-bar:, : round(width * item.fill)] = _COLOURS[item.kind]
        mark = round(width * item.mark)
        panel[-bar:, mark : mark + max(1, bar // 2)] = TEXT_BGR
        return panel

    def _strips(self, canvas: Image, items: Sequence[OverlayItem], labels: Sequence[Rect], scale: float) -> None:
        pairs = sorted(zip(items, labels, strict=True), key=lambda pair: pair[0].track_id)
        compared = [(item, label) for item, label in pairs if item.verdicts]
        others = [rect for item, label in pairs if not item.verdicts for rect in (_box_of(item), label)]
        size = max(9, round(15 * scale))
        faces = []
        for item, label in compared:
            sizes = tuple(self._panels.size_of(item.verdicts, columns, size) for columns in _forms(item))
            is_brief = len(compared) > _MAX_WHOLE_STRIPS or _box_of(item).width < _SMALL_BOX * scale
            faces.append(StripFace(item.track_id, _box_of(item), label, sizes, len(sizes) - 1 if is_brief else 0))
        bounds = Rect(0, 0, canvas.shape[1], canvas.shape[0])
        for (item, _), place in zip(compared, self._layout.place(faces, bounds, others), strict=True):
            if place is not None:
                panel = self._panels.panel(item.verdicts, _forms(item)[place.form], size)
                _put(canvas, panel, int(place.rect.left), int(place.rect.top))


def _box_of(item: OverlayItem) -> Rect:
    return Rect(*(float(value) for value in item.box_xyxy))


def _forms(item: OverlayItem) -> tuple[int, ...]:
    """Return the numbers of columns to try, the best first; 0 is the count alone."""
    return (2, 1, 0) if len(item.verdicts) >= _TWO_COLUMNS else (1, 0)


def _put(canvas: Image, panel: Image, x: int, y: int) -> None:
    visible = canvas[y : y + panel.shape[0], x : x + panel.shape[1]]
    visible[:] = panel[: visible.shape[0], : visible.shape[1]]
