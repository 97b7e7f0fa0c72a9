"""Before/after: two ways of deciding on the same frames, which differ in what they learned from.

They run beside the pipeline, on the faces it found and the looks it pooled, and decide on tracks in the same way: the
deciding method is not affected, and both sides are treated alike. The published network computes features of its own.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from metaface_gui.deferred import torch
from metaface_gui.engine.adaptation.room_faces import EMPTY_ROOM
from metaface_gui.engine.adaptation.scheduler import Situation
from metaface_gui.engine.assembly import LearningAssets, adapt
from metaface_gui.engine.events import (
    EngineEvent,
    EngineListener,
    GalleryChanged,
    SidesChanged,
    TaughtTrack,
    UntaughtTrack,
)
from metaface_gui.engine.jobs.job_runner import Job, JobRunner
from metaface_gui.engine.jobs.newest_job import NewestJob
from metaface_gui.engine.people.shots import decode_picture
from metaface_gui.engine.studio.comparison import ComparisonTally
from metaface_gui.engine.studio.side import STOCK, Side
from metaface_gui.errors import QT_TRANSLATE_NOOP
from metaface_gui.gallery import Gallery
from metaface_gui.pipeline.detection.align import align
from metaface_gui.pipeline.embedding.base import FaceEmbedder
from metaface_gui.pipeline.embedding.views import features_of
from metaface_gui.pipeline.enrolled_people import EnrolledPeople
from metaface_gui.pipeline.learners import make_learner
from metaface_gui.pipeline.learners.base import SupportSet
from metaface_gui.pipeline.recognition.open_set import Levels, OpenSetClassifier
from metaface_gui.pipeline.recognition.track_decision import TrackDecisions
from metaface_gui.pipeline.room import adapt_in_room
from metaface_gui.types import UNKNOWN, Floats, Frame, FrameResult, Identification, TrackedFace

_MOST_TRACKS = 64

MakeStock = Callable[[], FaceEmbedder]
"""Makes the embedder as published; it reads weights, so it runs as a job."""


@dataclass(frozen=True, slots=True, eq=False)
class _Ready:
    """The sides' classifiers in one situation, by the sides' keys, and the embedder of the published network."""

    embedder_id: str
    classifiers: Mapping[str, OpenSetClassifier]
    stock: FaceEmbedder | None = None


class _StockLooks:
    """The mean of each track's looks in the published network's features."""

    def __init__(self) -> None:
        self._sums: dict[int, tuple[int, Floats]] = {}

    def add(self, track_id: int, features: Floats, generation: int) -> Floats:
        """Add a look (p,) to a track's mean and return it at unit length; another `generation` starts over."""
        former = self._sums.pop(track_id, None)
        total = features if former is None or former[0] != generation else features + former[1]
        self._sums[track_id] = generation, total
        while len(self._sums) > _MOST_TRACKS:
            del self._sums[next(iter(self._sums))]
        mean: Floats = total / np.linalg.norm(total)
        return mean


class _Deciding:
    """The sides' decisions on tracks so far; belongs to one thread."""

    def __init__(self) -> None:
        self.decisions: dict[str, TrackDecisions] = {}
        self.stock = _StockLooks()

    def shown(self, side: Side, track_id: int) -> Identification | None:
        """Return a side's decision; None if it has not processed the track yet."""
        return self.decisions[side.key].current(track_id) if side.key in self.decisions else None


class SideRunner:
    """Runs the two sides; thread-safe. `decorate` is called on the inference thread.

    Sides are adapted as jobs, whenever what they adapt to, which `situation` returns, has changed; `on_ready` is called
    when they are ready.
    Nothing runs while no sides are wanted.
    """

    def __init__(
        self,
        gallery: Gallery,
        situation: Callable[[], Situation | None],
        listener: EngineListener,
        *,
        jobs: JobRunner,
        make_stock: MakeStock,
        load_assets: Callable[[FaceEmbedder], LearningAssets],
        on_ready: Callable[[], None],
    ) -> None:
        self._gallery, self._situation = gallery, situation
        self._listener = listener
        self._newest = NewestJob(jobs)
        self._make_stock, self._load_assets, self._on_ready = make_stock, load_assets, on_ready
        self._lock = threading.Lock()
        self._sides: tuple[Side, ...] = ()
        self._ready: _Ready | None = None
        self._asked: tuple[tuple[Side, ...], object] | None = None
        self._deciding = _Deciding()
        self._tally = ComparisonTally()
        self._is_announced = True

    def want(self, sides: tuple[Side, ...]) -> None:
        """Run these sides, () for none; the tallies start over."""
        with self._lock:
            self._sides, self._ready, self._asked = sides, None, None
            self._deciding = _Deciding()
            self._is_announced = False
            self._tally.reset()
        self.refresh()
        self.on_tick()

    def refresh(self) -> None:
        """Re-adapt the sides if what they adapt to has changed; return at once."""
        situation = self._situation()
        with self._lock:
            if not self._sides or situation is None or self._asked == (self._sides, situation.key):
                return
            self._asked = (self._sides, situation.key)
            sides = self._sides
        self._newest.submit(QT_TRANSLATE_NOOP("Jobs", "Adapting"), lambda job: self._adapt(sides, situation, job))

    def on_event(self, event: EngineEvent) -> None:
        """Use events from other parts of the engine as the truth about faces."""
        if isinstance(event, TaughtTrack):
            self._tally.take_word(event.track_id, event.person_id, is_denial=event.is_denial)
        elif isinstance(event, UntaughtTrack):
            self._tally.forget_word(event.track_id)
        elif isinstance(event, GalleryChanged):
            self._tally.set_enrolled([person.name for person in event.snapshot.recognised])

    def forget_tracks(self) -> None:
        """Start over, because the source has changed."""
        with self._lock:
            self._deciding = _Deciding()
            self._tally.reset()

    def on_tick(self) -> None:
        """Send the state of the sides and, once, that there are none."""
        with self._lock:
            if not self._sides and self._is_announced:
                return
            self._is_announced = True
            sides, is_ready = self._sides, self._ready is not None
        tallies = {tally.learner: tally for tally in self._tally.tallies()}
        of_sides = tuple(tallies[side.key] for side in sides if side.key in tallies)
        self._listener(SidesChanged(sides, is_ready, of_sides, self._tally.n_frames, self._tally.seconds))

    def decorate(self, result: FrameResult, *, is_new: bool) -> FrameResult:
        """Add the sides' decisions to each face; `is_new`: the frame was not processed before."""
        with self._lock:
            ready, sides, deciding = self._ready, self._sides, self._deciding
        if ready is None or not sides or not result.faces or result.embedder_id != ready.embedder_id:
            return result
        for face in (face for face in result.faces if not face.is_fresh):
            for kept in deciding.decisions.values():
                kept.still_in_sight(face.track_id, result.frame.time_s)
        to_look_at = [
            face
            for face in result.faces
            if (is_new and face.is_fresh) or any(deciding.shown(side, face.track_id) is None for side in sides)
        ]
        if to_look_at:
            self._look(result.frame, to_look_at, ready, deciding)
        faces = tuple(
            replace(
                face,
                sides=MappingProxyType({side.key: deciding.shown(side, face.track_id) or UNKNOWN for side in sides}),
            )
            for face in result.faces
        )
        shown = replace(result, faces=faces)
        if is_new:
            self._tally.add(replace(shown, faces=tuple(replace(face, per_learner=face.sides) for face in faces)))
        return shown

    @staticmethod
    def _look(frame: Frame, faces: list[TrackedFace], ready: _Ready, deciding: _Deciding) -> None:
        generations = [0 if face.template is None else face.template.generation for face in faces]
        own = np.stack([face.features if face.template is None else face.template.features for face in faces])
        templates = [face.template for face in faces if face.template is not None]
        stock = own[:0]
        if ready.stock is not None:
            crops = align(frame.image_bgr, np.stack([face.landmarks for face in faces]), ready.stock.crop_size)
            seen = features_of(ready.stock, crops)
            stock = np.stack(
                [
                    deciding.stock.add(face.track_id, row, generation)
                    for face, row, generation in zip(faces, seen, generations, strict=True)
                ]
            )
        for key, classifier in ready.classifiers.items():
            levels = classifier.track_levels
            if frame.is_still:
                levels = Levels(classifier.threshold, classifier.threshold)
            kept = deciding.decisions.setdefault(key, TrackDecisions())
            if key.startswith(STOCK):
                answers = classifier.identify(torch.from_numpy(stock), levels.entering)
            elif len(templates) == len(faces):
                answers = classifier.identify_tracks(templates, levels.entering)
            else:
                answers = classifier.identify(torch.from_numpy(own), levels.entering)
            for face, generation, answer in zip(faces, generations, answers, strict=True):
                kept.update(face.track_id, answer, levels.staying, frame.time_s, generation=generation)

    # On the jobs' thread --------------------------------------------------------------------------------------------

    def _adapt(self, sides: tuple[Side, ...], situation: Situation, job: Job) -> None:
        classifiers = dict[str, OpenSetClassifier]()
        stock: FaceEmbedder | None = None
        for side in sides:
            job.progress()
            if side.learner == STOCK:
                stock = stock or self._make_stock()
                classifiers[side.key] = self._stock_classifier(side, situation, stock, job)
            else:
                people = situation.people if not side.is_one_shot else situation.people.one_shot_each()
                room = situation.room if side.uses_room else EMPTY_ROOM
                settings = situation.hyperparameters.get(side.learner)
                adapted = adapt(
                    side.learner, room.beside(people), situation.assets, fpir=situation.fpir, settings=settings
                )
                classifiers[side.key] = adapted.classifier
        with self._lock:
            if self._sides == sides:
                self._ready = _Ready(situation.assets.embedder_id, MappingProxyType(classifiers), stock)
                self._deciding = _Deciding()
        self._on_ready()

    def _stock_classifier(
        self, side: Side, situation: Situation, embedder: FaceEmbedder, job: Job
    ) -> OpenSetClassifier:
        """Return the published network's classifier: nearest prototype by cosine, at its own cohort's threshold."""
        people = situation.people if not side.is_one_shot else situation.people.one_shot_each()
        if not len(people):
            return OpenSetClassifier.empty()
        assets = self._load_assets(embedder)
        features = torch.from_numpy(self._embedded(people, embedder, job))
        support = SupportSet(features, people.labels, len(people))
        stock = make_learner(STOCK, assets.space, assets.trained, None)
        adapted = adapt_in_room(stock, support, n_people=len(people), is_centred=False)
        return adapted.calibrated(
            assets.cohort, fpir=situation.fpir, person_ids=people.person_ids, names=people.names
        ).measured_by(torch.zeros(0))

    def _embedded(self, people: EnrolledPeople, embedder: FaceEmbedder, job: Job) -> Floats:
        """Return the stored pictures of people's shots embedded by another embedder, (n, p), in the shots' order."""
        found = dict[int, Floats]()
        for person_id in people.person_ids:
            job.progress()
            for shot in self._gallery.shots(person_id):
                if shot.id in people.shot_ids:
                    crop = align(decode_picture(shot.chip), shot.landmarks[None], embedder.crop_size)
                    found[shot.id] = features_of(embedder, crop)[0]
        return np.stack([found[shot_id] for shot_id in people.shot_ids])
