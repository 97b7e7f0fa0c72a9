"""Adapts to the room of one video while it is read: to what came before a frame, never to what comes after it."""

from __future__ import annotations

from metaface_gui.engine.adaptation.room_faces import RoomFaces
from metaface_gui.engine.assembly import AdaptedGallery, LearningAssets, adapt
from metaface_gui.pipeline.detection.way_up import Upright
from metaface_gui.pipeline.embedding.device import on_one_core
from metaface_gui.pipeline.face_pipeline import FacePipeline
from metaface_gui.settings import RecognitionSettings
from metaface_gui.types import Frame, FrameResult


class FileRoom:
    """Looks at frames with a pipeline that it gives its classifiers; belongs to one thread, and to one file.

    It goes by the file's own clock and adapts between two frames, so that the same file comes to the same every time.
    With `is_used` False, or `settings` that do not want it, it only identifies by what `adapted` was to begin with.
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
        """Look at the next frame; then adapt, if what was seen up to it is news.

        `found`: its faces, where a `FrameSearch` has found them already.
        """
        result = self._pipeline.process(frame, found)
        if self._faces is not None:
            self._faces.remember(result, frame.time_s)
            if self._faces.is_due(frame.time_s):
                people = self._faces.take(frame.time_s).beside(self._people)
                # Sums in another order end in another digit: lines must not depend on how many cores there are.
                with on_one_core():
                    adapted = adapt(self._settings.learner, people, self._assets, fpir=self._settings.fpir)
                self._use(adapted)
        return result

    def _use(self, adapted: AdaptedGallery) -> None:
        learner = self._settings.learner
        self._pipeline.set_classifiers({learner: adapted.classifier}, learner, continued=(learner,))
