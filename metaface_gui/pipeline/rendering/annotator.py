"""Draws a result into its own frame, each name in a font that can write it: what a recorded video shows."""

from __future__ import annotations

from pathlib import Path

from metaface_gui.pipeline.rendering.draw_cv import CvPainter
from metaface_gui.pipeline.rendering.fonts import FontFinder
from metaface_gui.pipeline.rendering.overlay import overlay_items
from metaface_gui.types import FrameResult, Image


class Annotator:
    """`unknown_text` is what a face without a name is called. Not thread-safe: each thread that paints has its own."""

    def __init__(self, unknown_text: str, fonts: FontFinder | None = None) -> None:
        self._unknown_text = unknown_text
        self._fonts = fonts or FontFinder()
        self._painters: dict[Path | None, CvPainter] = {}

    def paint(self, result: FrameResult) -> Image:
        """Return a copy of the frame, (height, width, 3) uint8 BGR, with every face marked and named."""
        file = self._fonts.font_for(self._texts(result))
        painter = self._painters.get(file)
        if painter is None:
            painter = self._painters[file] = CvPainter(self._unknown_text, file)
        return painter.paint(result.frame.image_bgr, overlay_items(result))

    def _texts(self, result: FrameResult) -> str:
        decisions = [
            decision for face in result.faces for decision in (face.identification, *face.per_learner.values())
        ]
        return self._unknown_text + "".join(decision.name or "" for decision in decisions)
