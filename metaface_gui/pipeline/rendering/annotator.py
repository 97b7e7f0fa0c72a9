"""Draws a result into its own frame, each name in a font that can write it: what a recorded video shows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from metaface_gui.pipeline.rendering.draw_cv import CvPainter
from metaface_gui.pipeline.rendering.fonts import FontFinder
from metaface_gui.pipeline.rendering.overlay import overlay_items
from metaface_gui.types import FrameResult, Image


class Annotator:
    """`unknown_text` is what a face without a name is called, `titles` maps learners' keys to short names.

    For one video at a time, on one thread: strips of verdicts stay where they were in the frame before.
    """

    def __init__(
        self, unknown_text: str, titles: Mapping[str, str] | None = None, *, fonts: FontFinder | None = None
    ) -> None:
        self._unknown_text = unknown_text
        self._titles = dict(titles or {})
        self._fonts = fonts or FontFinder()
        self._painters: dict[tuple[Path, ...], CvPainter] = {}

    def paint(self, result: FrameResult) -> Image:
        """Return a copy of the frame, (height, width, 3) uint8 BGR, with every face marked and named."""
        files = self._fonts.fonts_for(self._texts(result))
        painter = self._painters.get(files)
        if painter is None:
            painter = self._painters[files] = CvPainter(self._unknown_text, files, self._titles)
        return painter.paint(result.frame.image_bgr, overlay_items(result))

    def _texts(self, result: FrameResult) -> str:
        decisions = [
            decision for face in result.faces for decision in (face.identification, *face.per_learner.values())
        ]
        names = {decision.name or "" for decision in decisions}
        return "".join((self._unknown_text, *self._titles.values(), *names))
