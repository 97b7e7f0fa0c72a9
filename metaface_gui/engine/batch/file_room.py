"""Adapt to the room of one video while it is read, using only what came before a frame, never what comes after."""

from __future__ import annotations

from metaface_gui.engine.adaptation.room_faces import RoomFaces
from metaface_gui.engine.assembly import AdaptedGallery, LearningAssets, adapt
from metaface_gui.pipeline.detection.way_up import Upright
from metaface_gui.pipeline.embedding.device import on_one_core
from metaface_gui.pipeline.face_pipeline import FacePipeline
from metaface_gui.settings import RecognitionSettings
from metaface_gui.types import Frame, FrameResult


class FileRoom:
    """Processes frames with a pipeline, whose classifiers it sets; belongs to one thread and one file.

    It uses the file's own clock and adapts between two frames, so that results are reproducible. If `is_used` is False,
    or `settings` disable it, it only identifies with the initial `adapted`.
    """

    def __init__(
        self,
        pipeline: FacePipeline,
        adapted: AdaptedGallery,
        assets: LearningAssets,
        settings: RecognitionSettings,
        *,
        is_used: bool = True,
    ) -> None:
        self._pipeline, self._assets, self._settings = pipeline, assets, settings
        self._people = adapted.people
        self._faces = RoomFaces() if is_used and settings.use_room and len(adapted.people) else None
        self._use(adapted)

    def process(self, frame: Frame, found: Upright | None = None) -> FrameResult:
        """Process the next frame; then adapt, if what was seen so far makes it worthwhile.

        `found`: its faces, if a `FrameSearch` has already found them.
        """
        result = self._pipeline.process(frame, found)
        if self._faces is not None:
            self._faces.remember(result, frame.time_s)
            if self._faces.is_due(frame.time_s):
                people = self._faces.take(frame.time_s).beside(self._people)
                # Summation order changes last digits: lines must not depend on the number of cores.
                with on_one_core():
                    adapted = adapt(self._settings.learner, people, self._assets, fpir=self._settings.fpir)
                self._use(adapted)
        return result

    def _use(self, adapted: AdaptedGallery) -> None:
        learner = self._settings.learner
        self._pipeline.set_classifiers({learner: adapted.classifier}, learner, continued=(learner,))
