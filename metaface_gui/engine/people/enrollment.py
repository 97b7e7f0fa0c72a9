"""The running enrolment as the window controls it: recorded or read from files, then saved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from metaface_gui.engine.events import EngineListener, Trouble
from metaface_gui.engine.jobs.job_runner import Job, JobRunner
from metaface_gui.engine.people.enrollment_session import EnrollmentSession
from metaface_gui.engine.people.file_enrollment import Unreadable, faces_in_files
from metaface_gui.engine.people.gallery_editor import Enrollee
from metaface_gui.errors import QT_TRANSLATE_NOOP
from metaface_gui.gallery import Person, ShotSource
from metaface_gui.pipeline.enrollment import FaceSample
from metaface_gui.pipeline.face_pipeline import FacePipeline
from metaface_gui.types import RequestId


class Save(Protocol):
    """The part of `Enroller.save` that an enrolment needs."""

    def __call__(
        self,
        enrollee: Enrollee,
        samples: tuple[FaceSample, ...],
        source: ShotSource,
        *,
        on_saved: Callable[[Person], None],
    ) -> RequestId:
        """Save these samples as a job."""


class Enrollment(EnrollmentSession):
    """Implements `EnrollmentApi`; thread-safe, every call returns at once. Files are read on the thread of `files`."""

    def __init__(
        self, listener: EngineListener, files: JobRunner, make_pipeline: Callable[[], FacePipeline], save: Save
    ) -> None:
        super().__init__(listener)
        self._listener = listener
        self._files, self._make_pipeline, self._save = files, make_pipeline, save

    def add_files(self, paths: Sequence[Path]) -> RequestId:
        """Take shots from images, folders and videos, until they are thrown away or saved."""
        reading = self.reading

        def work(job: Job) -> None:
            if reading != self.reading:
                return
            for looked_at in faces_in_files(paths, self._make_pipeline(), job.progress):
                if reading != self.reading:
                    return
                if isinstance(looked_at, Unreadable):
                    self._listener(Trouble(looked_at.error))
                else:
                    self.offer_file(looked_at.title, looked_at.samples, reading)

        return self._files.submit(QT_TRANSLATE_NOOP("Jobs", "Reading pictures"), work)

    def save(self, enrollee: Enrollee) -> RequestId:
        """Save the kept shots; then adapt. What is still being read would be taken for the next person's."""
        self.stop()
        self.end_reading()
        source = ShotSource.FILE if self.is_from_files else ShotSource.CAMERA
        return self._save(enrollee, self.samples, source, on_saved=lambda _person: self.clear())
