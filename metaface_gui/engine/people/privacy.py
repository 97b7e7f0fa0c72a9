"""What people may ask for: a longer period, an account of what is stored, being forgotten, and so by the whole engine.

The gallery forgets bytes; what the engine remembers beside it is forgotten here. Adapted classifiers need no forgetting
of their own: they are computed again from the people who are left.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from metaface_gui.engine.adaptation.scheduler import AdaptationScheduler
from metaface_gui.engine.events import ConsentsRead, EverythingForgotten, ExpiredDeleted, ReportWritten, StorageRead
from metaface_gui.engine.jobs.job_runner import Job
from metaface_gui.engine.jobs.runners import Runners
from metaface_gui.engine.people.enroller import Enroller
from metaface_gui.engine.people.gallery_editor import GalleryEditor
from metaface_gui.engine.people.person_report import write_report
from metaface_gui.engine.people.privacy_api import Storage
from metaface_gui.engine.people.retention import due
from metaface_gui.engine.recording.session_recorder import SessionRecorder
from metaface_gui.engine.studio.studio import Studio
from metaface_gui.errors import QT_TRANSLATE_NOOP
from metaface_gui.types import Floats, PersonId, RequestId

EXTENDED_ON_SCREEN = "extended on screen by whoever uses this gallery"


class Privacy:
    """Implements `PrivacyApi`; changes run on the gallery's thread, reports on that of files."""

    def __init__(
        self,
        editor: GalleryEditor,
        adaptations: AdaptationScheduler,
        enroller: Enroller,
        studio: Studio,
        recorder: SessionRecorder,
        *,
        runners: Runners,
    ) -> None:
        self._editor, self._adaptations = editor, adaptations
        self._enroller, self._studio, self._recorder = enroller, studio, recorder
        self._runners, self._listener = runners, runners.listener
        # Of those whose deletion may still be undone; the gallery's thread's own.
        self._deleted_faces: list[Floats] = []

    def extend(self, person_ids: Sequence[PersonId]) -> RequestId:
        """Let these people be kept for the same period again."""
        chosen = tuple(person_ids)

        def work(_job: Job) -> None:
            now = datetime.now(UTC)
            for person_id in chosen:
                self._editor.gallery.extend(person_id, EXTENDED_ON_SCREEN, now)
            self._editor.publish()
            self._adaptations.adapt()

        return self._runners.gallery.submit(QT_TRANSLATE_NOOP("Jobs", "Saving"), work)

    def delete_expired(self) -> RequestId:
        """Delete for good whose period is over."""

        def work(_job: Job) -> None:
            gallery = self._editor.gallery
            over = [person.id for person in due(gallery.snapshot().people, datetime.now(UTC)).over]
            faces = self._enroller.faces_of(over)
            names = gallery.delete_for_good(over)
            if names:
                self._forget_beside([faces])
                self._listener(ExpiredDeleted(names))

        return self._runners.gallery.submit(QT_TRANSLATE_NOOP("Jobs", "Deleting"), work)

    def write_report(self, person_id: PersonId, path: Path, *, may_replace: bool = False) -> RequestId:
        """Write what is stored about a person to a new folder or `.zip`."""

        def work(job: Job) -> None:
            account = self._editor.gallery.account_of(person_id)
            write_report(account, path, may_replace=may_replace, on_progress=job.progress)
            self._listener(ReportWritten(account.person.name, path))

        return self._runners.files.submit(QT_TRANSLATE_NOOP("Jobs", "Writing a report"), work)

    def forget_everything(self) -> RequestId:
        """Delete everybody and everything made from them for good."""

        def work(_job: Job) -> None:
            # What is being read, tested or explained just now would bring something back after the end.
            self._runners.cancel_studies()
            count = self._editor.forget_everything()
            self._deleted_faces.clear()
            self._enroller.forget_everything()
            self._studio.reset_comparison()
            self._forget_beside([])
            self._listener(EverythingForgotten(count))

        title = QT_TRANSLATE_NOOP("Jobs", "Forgetting everything")
        return self._runners.gallery.submit(title, work, on_changed=self._runners.on_loud_job)

    def load_storage(self) -> RequestId:
        """Read what is stored and where."""

        def work(job: Job) -> None:
            gallery = self._editor.gallery
            people = gallery.snapshot().people
            storage = Storage(
                path=gallery.path,
                size_bytes=gallery.size_bytes(),
                people=len(people),
                shots=sum(person.shot_count for person in people),
                negatives=sum(person.negative_count for person in people),
                is_encrypted=gallery.is_encrypted,
            )
            self._listener(StorageRead(job.id, storage))

        return self._runners.gallery.submit(QT_TRANSLATE_NOOP("Jobs", "Reading"), work)

    def load_consents(self, person_id: PersonId) -> RequestId:
        """Read what a person agreed to."""

        def work(job: Job) -> None:
            self._listener(ConsentsRead(job.id, person_id, self._editor.gallery.consents(person_id)))

        return self._runners.gallery.submit(QT_TRANSLATE_NOOP("Jobs", "Reading"), work)

    # For the engine, on the gallery's thread ------------------------------------------------------------------------

    def delete_person(self, person_id: PersonId) -> None:
        """Delete a person, for good once undoing has expired; the tray and the tracks forget their face at once.

        Raises:
            GalleryError: if there is no such person, or the file cannot be written.
        """
        faces = self._enroller.faces_of([person_id])
        self._editor.delete_person(person_id)
        self._deleted_faces.append(faces)
        self._enroller.forget_faces(faces)

    def on_tick(self, now_ns: int) -> None:
        """Destroy for good what was deleted once the time to undo is over (monotonic ns); on any thread."""
        if self._editor.has_expired(now_ns):
            self._runners.gallery.submit(QT_TRANSLATE_NOOP("Jobs", "Deleting"), lambda _job: self._purge(now_ns))

    def _purge(self, now_ns: int) -> None:
        """Destroy what was deleted, also what was seen of those people while it could be undone."""
        faces = self._deleted_faces
        if self._editor.purge(now_ns):
            self._deleted_faces = []
        self._forget_beside(faces)

    def _forget_beside(self, faces: Sequence[Floats]) -> None:
        """Forget what is remembered beside the gallery, and adapt to those who are left."""
        for of_some in faces:
            self._enroller.forget_faces(of_some)
        self._recorder.forget_picture()
        self._editor.publish()
        self._adaptations.adapt()
