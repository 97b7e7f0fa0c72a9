"""Draws a result into its own frame, each name in a font that has its characters, for recorded videos."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from metaface_gui.pipeline.rendering.draw_cv import CvPainter
from metaface_gui.pipeline.rendering.fonts import FontFinder
from metaface_gui.pipeline.rendering.overlay import overlay_items
from metaface_gui.types import FrameResult, Image


class Annotator:
    """Annotates frames; `unknown_text` labels a face without a name, `titles` maps learners' keys to short names.

    Use one per video, on one thread: strips of verdicts keep their places from the previous frame.
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
