"""How faces get names and lose wrong ones: those on screen, in the unknown tray, and what an enrolment kept."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np

from metaface_gui.engine.adaptation.room_controller import RoomController
from metaface_gui.engine.adaptation.scheduler import AdaptationScheduler
from metaface_gui.engine.events import EngineListener, LooksEnrolled, TaughtTrack, UnknownsChanged
from metaface_gui.engine.jobs.job_runner import Job
from metaface_gui.engine.jobs.runners import Runners
from metaface_gui.engine.live.inference_worker import InferenceWorker
from metaface_gui.engine.live.live_memory import LiveMemory
from metaface_gui.engine.live.model_loader import ModelLoader
from metaface_gui.engine.people.enrollment import Enrollment
from metaface_gui.engine.people.gallery_editor import Enrollee, GalleryEditor
from metaface_gui.engine.people.same_face import already_there, likely_same
from metaface_gui.engine.people.shots import new_shots
from metaface_gui.engine.people.teaching import Teacher
from metaface_gui.errors import QT_TRANSLATE_NOOP
from metaface_gui.gallery import NewShot, Person, ShotSource
from metaface_gui.pipeline.enrollment import FaceSample
from metaface_gui.pipeline.face_pipeline import FacePipeline, sample_of_face
from metaface_gui.pipeline.recognition.attention import LIVE, THOROUGH
from metaface_gui.types import Floats, FrameResult, PersonId, RequestId

_UNKNOWNS_EVERY_NS = 1_000_000_000
_MOST_CONFIRMED = 3
"""Shots that one "yes, it is" adds: the best one, and two that look different."""
_MAX_NEGATIVES = 3
"""Shots that one "not this person" remembers: as the face is now, and two that look different."""


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
        """Offer the faces of a frame to the recording, and remember them; on the inference thread."""
        self._follow_recording()
        if self.session.is_recording and all(face.is_fresh for face in result.faces):
            self.session.offer([sample_of_face(result.frame, face) for face in result.faces])
        known = {face.identification.person_id for face in result.faces} - {None}
        self._editor.note_seen([person_id for person_id in known if person_id is not None])
        if self._memory.remember(result) and result.finished_ns >= self._unknowns_due_ns:
            self._unknowns_due_ns = result.finished_ns + _UNKNOWNS_EVERY_NS
            self.publish_unknowns()

    def _follow_recording(self) -> None:
        """Have every frame looked at wholly while shots are recorded: two seconds must give several."""
        wanted = THOROUGH if self.session.is_recording else LIVE
        if wanted is not self._attention:
            self._attention = wanted
            self._worker.post(lambda pipeline: pipeline.set_attention(wanted))

    def name_track(self, track_id: int, enrollee: Enrollee, *, not_id: PersonId | None = None) -> RequestId:
        """Enrol the face that carries this track id from what was seen of it, and which is not `not_id`'s."""
        wrong = self._memory.latest_of_track(track_id, _MAX_NEGATIVES)

        def reject() -> None:
            # First, so that the name that was given is the last word on this face.
            if not_id is not None:
                self._teacher.reject(track_id, not_id, self._shots(wrong, ShotSource.CORRECTION))

        return self.save(
            enrollee,
            self._memory.samples_of_track(track_id),
            ShotSource.CORRECTION,
            before=reject,
            on_saved=lambda person: self._listener(TaughtTrack(track_id, person.id)),
        )

    def name_unknown(self, group_id: int, enrollee: Enrollee) -> RequestId:
        """Enrol a group of the unknown tray."""
        samples = self._memory.samples_of_unknown(group_id, time.monotonic_ns())
        return self.save(enrollee, samples, ShotSource.UNKNOWN_TRAY)

    def confirm_track(self, track_id: int, person_id: PersonId) -> RequestId:
        """Say that this face is that person: its best shot and those that differ from it join theirs; then adapt."""
        samples = self._memory.best_of_track(track_id, _MOST_CONFIRMED)

        def work(_job: Job) -> None:
            self._teacher.confirm(track_id, person_id, self._shots(samples, ShotSource.CORRECTION))
            self.hold_denials()
            self._adaptations.adapt()
            self._forget_named(samples)

        return self._gallery_jobs.submit(QT_TRANSLATE_NOOP("Jobs", "Saving"), work)

    def reject_track(self, track_id: int, person_id: PersonId) -> RequestId:
        """Say that this face, as it is now, is not that person, be the picture good or not; then adapt."""
        samples = self._memory.latest_of_track(track_id, _MAX_NEGATIVES)

        def work(_job: Job) -> None:
            self._teacher.reject(track_id, person_id, self._shots(samples, ShotSource.CORRECTION))
            self.hold_denials()
            self._adaptations.adapt()

        return self._gallery_jobs.submit(QT_TRANSLATE_NOOP("Jobs", "Saving"), work)

    def dismiss_unknown(self, group_id: int) -> None:
        """Forget a group of the unknown tray."""
        self._memory.forget_unknown(group_id)
        self.publish_unknowns()

    def faces_of(self, person_ids: Sequence[PersonId]) -> Floats:
        """Return people's shots as the running embedder sees them, (n, d) of length 1; (0, d) if there are none.

        Raises:
            GalleryError: if the gallery cannot be read.
        """
        pipeline = self._models.running
        if pipeline is None:
            return np.zeros((0, 0), np.float32)
        templates = self._editor.gallery.templates(pipeline.embedder.id, with_hidden=True)
        return templates.features[np.isin(templates.person_ids, person_ids), : pipeline.embedder.space.embedding_dim]

    def forget_faces(self, embeddings: Floats) -> None:
        """Drop what was seen that looks like these (n, d) faces, named or not: their person was deleted."""
        self._memory.forget_faces(embeddings)
        self._room.forget_faces(embeddings)
        self.publish_unknowns()

    def forget_enrolled(self) -> None:
        """Drop the unknown groups of whoever is enrolled: they came from a file.

        Raises:
            GalleryError: if the gallery cannot be read.
        """
        people = self._editor.gallery.snapshot().people
        self._memory.forget_groups_like(self.faces_of([person.id for person in people]))
        self.publish_unknowns()

    def forget_everything(self) -> None:
        """Drop every face that was seen or recorded, and start following faces over."""
        self._memory.clear()
        self._room.clear()
        self.session.clear()
        self._teacher.forget()
        self.hold_denials()
        self._worker.post(FacePipeline.reset)
        self.publish_unknowns()

    def hold_denials(self) -> None:
        """Have every track denied to be whom the user said, as the gallery is now; on the gallery's thread.

        Raises:
            GalleryError: if the gallery cannot be read.
        """
        pipeline = self._models.running
        if pipeline is not None:
            denied = self._teacher.denied(pipeline.embedder.id)
            self._worker.post(lambda running: running.set_denied(denied))

    def publish_unknowns(self) -> None:
        """Tell who is in the unknown tray."""
        self._listener(UnknownsChanged(self._memory.unknown_groups(time.monotonic_ns())))

    def save(
        self,
        enrollee: Enrollee,
        samples: tuple[FaceSample, ...],
        source: ShotSource,
        *,
        before: Callable[[], None] = lambda: None,
        on_saved: Callable[[Person], None] = lambda _person: None,
    ) -> RequestId:
        """Save samples as shots of a person, new or not, after `before`, then adapt; unless the user is sure, what
        looks enrolled already is asked about instead."""

        def work(job: Job) -> None:
            shots = self._shots(samples, source)
            if not enrollee.is_sure and (doubt := self._doubt(job.id, enrollee, samples, shots)) is not None:
                self._listener(doubt)
                return
            before()
            person = self._editor.save(enrollee, shots)
            self.hold_denials()
            self._adaptations.adapt()
            on_saved(person)
            self._forget_named(samples)

        return self._gallery_jobs.submit(QT_TRANSLATE_NOOP("Jobs", "Saving"), work)

    def _doubt(
        self, request_id: RequestId, enrollee: Enrollee, samples: tuple[FaceSample, ...], shots: Sequence[NewShot]
    ) -> LooksEnrolled | None:
        """What to ask about before these samples are saved as shots; None: nothing."""
        pipeline, people = self._models.running, self._editor.gallery.snapshot().people
        if pipeline is None:
            return None
        templates = self._editor.gallery.templates(pipeline.embedder.id, with_hidden=True)
        if enrollee.person_id is None:
            alike = likely_same(templates, samples, people)
            return LooksEnrolled(request_id, enrollee.name, tuple(alike)) if alike else None
        themselves = tuple(person for person in people if person.id == enrollee.person_id)
        is_same = bool(themselves and already_there(templates, shots, pipeline.embedder.space, enrollee.person_id))
        return LooksEnrolled(request_id, enrollee.name, themselves, is_same_picture=True) if is_same else None

    def _forget_named(self, samples: tuple[FaceSample, ...]) -> None:
        self._memory.forget_named(samples)
        if samples:
            self._room.forget_faces(np.stack([sample.embedding for sample in samples]))
        self.publish_unknowns()

    def _shots(self, samples: tuple[FaceSample, ...], source: ShotSource) -> list[NewShot]:
        pipeline = self._models.running
        return new_shots(samples, pipeline, source) if pipeline and samples else []
