"""Every method in several rooms, against a scene's truth: what each names before it knows the room, and after.

A room is the scene photographed in one setting of the environment dial. What it showed first, unlabelled, is what the
methods adapt to; what it showed later is evaluated, each frame detected and embedded once for all of them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from types import MappingProxyType

import numpy as np

from metaface_gui.deferred import torch
from metaface_gui.engine.adaptation.room_faces import EMPTY_ROOM, Room, RoomFaces
from metaface_gui.engine.adaptation.scheduler import Situation
from metaface_gui.engine.assembly import adapt
from metaface_gui.engine.jobs.job_runner import Job
from metaface_gui.engine.studio.comparison import ComparisonTally, LearnerTally
from metaface_gui.engine.studio.side import Side
from metaface_gui.metalearning.frame_environments import NO_FACES, EnvironmentSetting, FrameEnvironment
from metaface_gui.pipeline.capture.demo.scene import DemoScene
from metaface_gui.pipeline.embedding.device import on_one_core
from metaface_gui.pipeline.enrolled_people import EnrolledPeople
from metaface_gui.pipeline.face_pipeline import FacePipeline
from metaface_gui.pipeline.learners import LEARNERS
from metaface_gui.pipeline.recognition.open_set import OpenSetClassifier
from metaface_gui.pipeline.recognition.track_decision import TrackDecisions
from metaface_gui.types import Frame, FrameResult, Identification, TrackedFace


@dataclass(frozen=True, slots=True, eq=False)
class SceneFrames:
    """What a scene shows: first what every room is seen by, then what is evaluated. All frames know their truth."""

    seen: tuple[Frame, ...]
    evaluated: tuple[Frame, ...]


@dataclass(frozen=True, slots=True)
class RoomRow:
    """One room and one way of deciding in it: all methods on the same faces.

    `is_one_shot`: of each person one shot was enrolled, else all. `n_unlabelled` faces of the room were adapted to, 0
    before it was. Of the `n_faces` that were found, `n_differing` are those on which at least one method decided
    otherwise than the others.
    """

    setting: EnvironmentSetting
    is_one_shot: bool
    is_adapted: bool
    n_unlabelled: int
    tallies: tuple[LearnerTally, ...] = ()
    n_faces: int = 0
    n_differing: int = 0


@dataclass(frozen=True, slots=True)
class RoomTable:
    """All rooms' rows, and how long it took to fill them."""

    rows: tuple[RoomRow, ...]
    seconds: float

    @property
    def n_faces(self) -> int:
        """Decisions of nine methods at once: each found face counts once in every way of deciding."""
        return sum(row.n_faces for row in self.rows)

    @property
    def n_differing(self) -> int:
        """Those on which the methods were not of one mind."""
        return sum(row.n_differing for row in self.rows)


OnRooms = Callable[[RoomTable], None]


def scene_frames(
    scene: DemoScene, seen_s: Sequence[tuple[float, float]], evaluated_s: Sequence[tuple[float, float]], step_s: float
) -> SceneFrames:
    """Render the scene from and to each of these times, a frame every `step_s` seconds.

    Raises:
        SourceError: if the shipped portraits are missing or damaged.
    """
    return SceneFrames(_rendered(scene, seen_s, step_s), _rendered(scene, evaluated_s, step_s))


def _rendered(scene: DemoScene, spans_s: Sequence[tuple[float, float]], step_s: float) -> tuple[Frame, ...]:
    moments = np.concatenate([np.arange(begin, end, step_s) for begin, end in spans_s])
    fps = 1.0 / scene.time_of(1)
    frames = []
    for index in (round(moment * fps) for moment in moments.tolist()):
        image, truth = scene.render(index)
        frames.append(Frame(image, index, scene.time_of(index), time.monotonic_ns(), truth))
    return tuple(frames)


def try_rooms(
    situation: Situation,
    pipeline: FacePipeline,
    frames: SceneFrames,
    rooms: Sequence[EnvironmentSetting],
    job: Job,
) -> RoomTable:
    """Fill the table; says its progress to `job`. Who is enrolled but not in the scene is left out: its stranger may
    have been given a name meanwhile.

    Raises:
        ValueError: if nobody of the scene is enrolled, or the embedder is not the situation's.
        JobCancelledError: if the job was cancelled.
    """
    if pipeline.embedder.id != situation.assets.embedder_id:
        raise ValueError(f"the situation is of {situation.assets.embedder_id}, not {pipeline.embedder.id}")
    in_scene = {truth.person for frame in (*frames.seen, *frames.evaluated) for truth in frame.truth}
    people = among(situation.people, {name for name in in_scene if name is not None})
    if not len(people):
        raise ValueError("nobody of the scene is enrolled")
    started = time.perf_counter()
    with on_one_core():
        trial = _Trial(replace(situation, people=people), pipeline, frames)
        rows = list[RoomRow]()
        for number, setting in enumerate(rooms):
            job.progress(number / len(rooms))
            rows += trial.rows(setting, job)
    return RoomTable(tuple(rows), time.perf_counter() - started)


def among(people: EnrolledPeople, names: set[str]) -> EnrolledPeople:
    """Those of these names, in their order, with nobody denied."""
    ways = [way for way, name in enumerate(people.names) if name in names]
    rows = [row for row, label in enumerate(people.labels.tolist()) if label in ways]
    return replace(
        people.undenied(),
        person_ids=tuple(people.person_ids[way] for way in ways),
        names=tuple(people.names[way] for way in ways),
        shots=people.shots[rows],
        labels=torch.tensor([ways.index(label) for label in people.labels[rows].tolist()], dtype=torch.int64),
        shot_ids=tuple(people.shot_ids[row] for row in rows),
    )


class _Trial:
    """What stays the same from room to room: who is enrolled, what was adapted to them alone, where faces are."""

    def __init__(self, situation: Situation, pipeline: FacePipeline, frames: SceneFrames) -> None:
        self._situation, self._frames, self._pipeline = situation, frames, pipeline
        self._people = {True: situation.people.one_shot_each(), False: situation.people}
        self._before = self._adapted(EMPTY_ROOM, uses_room=False)
        every = (*frames.seen, *frames.evaluated)
        self._landmarks = {frame.index: pipeline.detector.detect(frame.image_bgr).landmarks for frame in every}

    def rows(self, setting: EnvironmentSetting, job: Job) -> list[RoomRow]:
        """One room: look, adapt, evaluator. Raises JobCancelledError."""
        environment = FrameEnvironment(setting)
        room = self._look_around(environment, job)
        self._pipeline.reset()
        results = [self._look(environment, frame, job) for frame in self._frames.evaluated]
        decided = _decided({**self._before, **self._adapted(room, uses_room=True)}, results)
        rows = []
        for is_one_shot, is_adapted in product(self._people, (False, True)):
            keys = {learner: Side(learner, is_adapted, is_one_shot).key for learner in LEARNERS}
            said = [replace(result, faces=tuple(_saying(face, keys) for face in result.faces)) for result in decided]
            row = RoomRow(setting, is_one_shot, is_adapted, len(room) if is_adapted else 0)
            rows.append(_filled(row, said, self._people[is_one_shot].names))
        return rows

    def _look_around(self, environment: FrameEnvironment, job: Job) -> Room:
        """What the room shows before anything is evaluated: the best look of each track."""
        self._pipeline.reset()
        faces, now_s = RoomFaces(), 0.0
        for frame in self._frames.seen:
            now_s = frame.time_s
            faces.remember(self._look(environment, frame, job), now_s)
        return faces.take(now_s)

    def _look(self, environment: FrameEnvironment, frame: Frame, job: Job) -> FrameResult:
        job.progress()
        return self._pipeline.process(self._photographed(environment, frame))

    def _photographed(self, environment: FrameEnvironment, frame: Frame) -> Frame:
        # What is drawn on faces is drawn where they are; far away nothing is.
        return environment(frame, self._landmarks[frame.index] if environment.zoom == 1.0 else NO_FACES)

    def _adapted(self, room: Room, *, uses_room: bool) -> dict[str, OpenSetClassifier]:
        """Every method on all shots and on one of each, by the keys of sides."""
        situation, classifiers = self._situation, dict[str, OpenSetClassifier]()
        for (is_one_shot, people), learner in product(self._people.items(), LEARNERS):
            adapted = adapt(
                learner,
                room.beside(people),
                situation.assets,
                fpir=situation.fpir,
                settings=situation.hyperparameters.get(learner),
            )
            classifiers[Side(learner, uses_room, is_one_shot).key] = adapted.classifier
        return classifiers


def _decided(classifiers: Mapping[str, OpenSetClassifier], results: Sequence[FrameResult]) -> list[FrameResult]:
    """Have every classifier decide on all faces of frames that follow each other, as the pipeline decides on tracks.

    Scores are computed of all frames at once: one by one, 36 classifiers would take longer than the network.
    """
    faces = [(result.frame.time_s, face) for result in results for face in result.faces]
    templates = [face.template for _time_s, face in faces if face.template is not None]
    said: list[dict[str, Identification]] = [{} for _ in faces]
    for key, classifier in classifiers.items():
        levels, kept = classifier.track_levels, TrackDecisions()
        answers = classifier.identify_tracks(templates, levels.entering)
        for own, (time_s, face), template, answer in zip(said, faces, templates, answers, strict=True):
            own[key] = kept.update(face.track_id, answer, levels.staying, time_s, generation=template.generation)
    of_faces = iter(said)
    return [
        replace(
            result,
            faces=tuple(replace(face, per_learner=MappingProxyType(next(of_faces))) for face in result.faces),
        )
        for result in results
    ]


def _saying(face: TrackedFace, keys: Mapping[str, str]) -> TrackedFace:
    """A face with what learners decide in one way, of which `keys` are the names among all ways."""
    return replace(face, per_learner=MappingProxyType({own: face.per_learner[key] for own, key in keys.items()}))


def _filled(row: RoomRow, results: Sequence[FrameResult], enrolled: tuple[str, ...]) -> RoomRow:
    tally = ComparisonTally()
    tally.set_enrolled(enrolled)
    for result in results:
        tally.add(result)
    faces = [face for result in results for face in result.faces]
    return replace(
        row,
        tallies=tally.tallies(),
        n_faces=len(faces),
        n_differing=sum(len({said.person_id for said in face.per_learner.values()}) > 1 for face in faces),
    )
