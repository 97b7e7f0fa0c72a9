"""Name faces and correct wrong names: on screen, in the unknown tray, and in an enrolment."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np

from metaface_gui.engine.adaptation.room_controller import RoomController
from metaface_gui.engine.adaptation.scheduler import AdaptationScheduler
from metaface_gui.engine.events import EngineListener, LooksEnrolled, UnknownsChanged
from metaface_gui.engine.jobs.job_runner import Job
from metaface_gui.engine.jobs.runners import Runners
from metaface_gui.engine.live.inference_worker import InferenceWorker
from metaface_gui.engine.live.live_memory import LiveMemory
from metaface_gui.engine.live.model_loader import ModelLoader
from metaface_gui.engine.people.enrollment import Enrollment
from metaface_gui.engine.people.gallery_editor import Enrollee, GalleryEditor
from metaface_gui.engine.people.same_face import likely_same, stored_duplicates
from metaface_gui.engine.people.shots import new_shots
from metaface_gui.engine.people.teaching import Teacher
from metaface_gui.errors import QT_TRANSLATE_NOOP
from metaface_gui.gallery import NewShot, Person, ShotId, ShotSource
from metaface_gui.pipeline.enrollment import FaceSample
from metaface_gui.pipeline.face_pipeline import FacePipeline, sample_of_face
from metaface_gui.pipeline.recognition.attention import LIVE, THOROUGH
from metaface_gui.types import Floats, FrameResult, PersonId, RequestId, TrackedFace

_UNKNOWNS_EVERY_NS = 1_000_000_000
_MOST_CONFIRMED = 3
"""Shots added by one "yes, it is": the best one, and two that look different."""
_MAX_NEGATIVES = 3
"""Shots stored by one "not this person": the face as it is now, and two that look different."""


def recordable(faces: Sequence[TrackedFace]) -> tuple[TrackedFace, ...] | None:
    """Return the faces of a frame that may be shots; None if one was not embedded in it.

    Faint ones are left out, because somebody who turns away in the background spoils no shot.
    """
    clear = tuple(face for face in faces if not face.is_faint)
    return clear if all(face.is_fresh for face in clear) else None


class Enroller:
    """Implements `FacesApi`; thread-safe, every call returns at once. Saving runs on the gallery's thread."""

    def __init__(
        self,
        editor: GalleryEditor,
        models: ModelLoader,
        adaptations: AdaptationScheduler,
        memory: LiveMemory,
        listener: EngineListener,
        *,
        room: RoomController,
        worker: InferenceWorker,
        runners: Runners,
    ) -> None:
        self._editor = editor
        self._teacher = Teacher(editor, listener)
        self._models, self._adaptations = models, adaptations
        self._memory, self._room = memory, room
        self._listener = listener
        self._worker = worker
        self._attention = LIVE
        self._gallery_jobs = runners.gallery
        self.session = Enrollment(listener, runners.files, models.second_pipeline, self.save)
        self._unknowns_due_ns = 0

    def on_result(self, result: FrameResult) -> None:
        """Offer the faces of a frame to the recording enrolment, and remember them; called on the inference thread."""
        self._follow_recording()
        faces = recordable(result.faces)
        if self.session.is_recording and faces is not None:
            self.session.offer([sample_of_face(result.frame, face) for face in faces])
        known = {face.identification.person_id for face in result.faces} - {None}
        self._editor.note_seen([person_id for person_id in known if person_id is not None])
        if self._memory.remember(result) and result.finished_ns >= self._unknowns_due_ns:
            self._unknowns_due_ns = result.finished_ns + _UNKNOWNS_EVERY_NS
            self.publish_unknowns()

    def _follow_recording(self) -> None:
        """Process every frame fully while shots are recorded, because two seconds must yield several."""
        wanted = THOROUGH if self.session.is_recording else LIVE
        # As long as it lasts with each frame: another detector brings a pipeline that was told nothing.
        if wanted is not self._attention or wanted is THOROUGH:
            self._attention = wanted
            self._worker.post(lambda pipeline: pipeline.set_attention(wanted))

    def name_track(self, track_id: int, enrollee: Enrollee, *, not_id: PersonId | None = None) -> RequestId:
        """Enrol the face with this track id from the looks seen of it; it is not `not_id`."""
        wrong = self._memory.latest_of_track(track_id, _MAX_NEGATIVES)
        added = list[ShotId]()

        def reject() -> None:
            # First, so that the given name is the last word on this face.
            if not_id is not None:
                self._teacher.reject(track_id, not_id, self._shots(wrong, ShotSource.CORRECTION))

        return self.save(
            enrollee,
            self._memory.samples_of_track(track_id),
            ShotSource.CORRECTION,
            before=reject,
            on_added=added.extend,
            on_saved=lambda person: self._teacher.say(track_id, person.id, added),
        )

    def name_unknown(self, group_id: int, enrollee: Enrollee) -> RequestId:
        """Enrol a group of the unknown tray."""
        samples = self._memory.samples_of_unknown(group_id, time.monotonic_ns())
        return self.save(enrollee, samples, ShotSource.UNKNOWN_TRAY)

    def confirm_track(self, track_id: int, person_id: PersonId) -> RequestId:
        """Confirm that this face is that person: add its best and most different shots to theirs; then adapt."""
        samples = self._memory.best_of_track(track_id, _MOST_CONFIRMED)

        def work(_job: Job) -> None:
            self._teacher.confirm(track_id, person_id, self._shots(samples, ShotSource.CORRECTION))
            self.hold_denials()
            self._adaptations.adapt()
            self._forget_named(samples)

        return self._gallery_jobs.submit(QT_TRANSLATE_NOOP("Jobs", "Saving"), work)

    def reject_track(self, track_id: int, person_id: PersonId) -> RequestId:
        """Deny that this face, as it is now, is that person, whether the picture is good or not; then adapt."""
        samples = self._memory.latest_of_track(track_id, _MAX_NEGATIVES)

        def work(_job: Job) -> None:
            self._teacher.reject(track_id, person_id, self._shots(samples, ShotSource.CORRECTION))
            self.hold_denials()
            self._adaptations.adapt()

        return self._gallery_jobs.submit(QT_TRANSLATE_NOOP("Jobs", "Saving"), work)

    def dismiss_unknown(self, group_id: int) -> None:
        """Discard a group of the unknown tray."""
        self._memory.forget_unknown(group_id)
        self.publish_unknowns()

    def faces_of(self, person_ids: Sequence[PersonId]) -> Floats:
        """Return people's shots in the running embedder's space, (n, d) unit-length; (0, d) if there are none.

        Raises:
            GalleryError: if the gallery cannot be read.
        """
        pipeline = self._models.running
        if pipeline is None:
            return np.zeros((0, 0), np.float32)
        templates = self._editor.gallery.templates(pipeline.embedder.id, with_hidden=True)
        return templates.features[np.isin(templates.person_ids, person_ids), : pipeline.embedder.space.embedding_dim]

    def forget_faces(self, embeddings: Floats) -> None:
        """Drop everything seen that looks like these (n, d) faces, named or not, because their person was deleted."""
        self._memory.forget_faces(embeddings)
        self._room.forget_faces(embeddings)
        self.publish_unknowns()

    def forget_enrolled(self) -> None:
        """Drop the unknown groups of people who are now enrolled from a file.

        Raises:
            GalleryError: if the gallery cannot be read.
        """
        people = self._editor.gallery.snapshot().people
        self._memory.forget_groups_like(self.faces_of([person.id for person in people]))
        self.publish_unknowns()

    def forget_everything(self) -> None:
        """Drop every face seen or recorded, and restart tracking."""
        self._memory.clear()
        self._room.clear()
        self.session.end_reading()
        self.session.clear()
        self._teacher.forget()
        self.hold_denials()
        self._worker.post(FacePipeline.reset)
        self.publish_unknowns()

    def hold_denials(self) -> None:
        """Apply the user's denials to all tracks, given the current gallery; called on the gallery's thread.

        Raises:
            GalleryError: if the gallery cannot be read.
        """
        pipeline = self._models.running
        if pipeline is not None:
            denied = self._teacher.denied(pipeline.embedder.id)
            self._worker.post(lambda running: running.set_denied(denied))

    def publish_unknowns(self) -> None:
        """Send the contents of the unknown tray."""
        self._listener(UnknownsChanged(self._memory.unknown_groups(time.monotonic_ns())))

    def save(
        self,
        enrollee: Enrollee,
        samples: tuple[FaceSample, ...],
        source: ShotSource,
        *,
        before: Callable[[], None] = lambda: None,
        on_added: Callable[[Sequence[ShotId]], None] = lambda _shot_ids: None,
        on_saved: Callable[[Person], None] = lambda _person: None,
    ) -> RequestId:
        """Save samples as a person's shots after `before`, then adapt; ask instead if unsure and they look enrolled."""

        def work(job: Job) -> None:
            shots = self._shots(samples, source)
            if not enrollee.is_sure and (doubt := self._doubt(job.id, enrollee, samples, shots)) is not None:
                self._listener(doubt)
                return
            before()
            person = self._editor.save(enrollee, shots, on_added=on_added)
            self.hold_denials()
            self._adaptations.adapt()
            on_saved(person)
            self._forget_named(samples)

        return self._gallery_jobs.submit(QT_TRANSLATE_NOOP("Jobs", "Saving"), work)

    def _doubt(
        self, request_id: RequestId, enrollee: Enrollee, samples: tuple[FaceSample, ...], shots: Sequence[NewShot]
    ) -> LooksEnrolled | None:
        """Return the question to ask before these samples are saved; None: nothing."""
        pipeline, people = self._models.running, self._editor.gallery.snapshot().people
        if pipeline is None:
            return None
        templates = self._editor.gallery.templates(pipeline.embedder.id, with_hidden=True)
        if enrollee.person_id is None:
            alike = likely_same(templates, samples, people)
            return LooksEnrolled(request_id, enrollee.name, tuple(alike)) if alike else None
        themselves = tuple(person for person in people if person.id == enrollee.person_id)
        is_same = bool(themselves and stored_duplicates(templates, shots, pipeline.embedder.space, enrollee.person_id))
        return LooksEnrolled(request_id, enrollee.name, themselves, is_same_picture=True) if is_same else None

    def _forget_named(self, samples: tuple[FaceSample, ...]) -> None:
        self._memory.forget_named(samples)
        if samples:
            self._room.forget_faces(np.stack([sample.embedding for sample in samples]))
        self.publish_unknowns()

    def _shots(self, samples: tuple[FaceSample, ...], source: ShotSource) -> list[NewShot]:
        pipeline = self._models.running
        return new_shots(samples, pipeline, source) if pipeline and samples else []
