"""Somebody who uses everything that the engine offers, at random, for hours; every few seconds of the scene something.

What they do is a generator that yields how many frames to wait. What cannot be done at the moment (nobody is there, too
few are enrolled) is left. The gallery neither empties nor grows for ever, so that what grows is not for its sake.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from metaface_gui.engine.api import EngineApi
from metaface_gui.engine.people.gallery_editor import Enrollee
from metaface_gui.gallery import Person
from metaface_gui.pipeline.capture.specification import SourceKind, SourceSpec
from metaface_gui.pipeline.learners import LEARNERS
from metaface_gui.pipeline.learners.hyperparameters import (
    Hyperparameter,
    HyperparameterKind,
    hyperparameters_of,
    with_value,
)
from metaface_gui.types import TrackedFace
from tests.soak.crowd import FPS
from tests.soak.watch import RENAMED, Watch, truth_of

Deed = Iterator[int]

SCENE = SourceSpec(SourceKind.DEMO, "demo")
MAX_PEOPLE = 18
MAX_SHOTS = 12
"""Of more people, and of more shots of one, somebody is deleted."""
_BURST = 2400
_REST = 500
"""Between bursts of deeds the visitor only watches for so many frames: then what was deleted is purged."""


class Visitor:
    """Acts on the engine when `step` is called; what was done how often is in `done`.

    `stills` are picture files of people who may be enrolled, `sources` what else may be opened than the scene, and
    `extra` deeds with their weights besides those on the engine (the window's).
    """

    def __init__(
        self,
        engine: EngineApi,
        watch: Watch,
        folder: Path,
        *,
        stills: Mapping[str, Sequence[Path]],
        sources: Sequence[SourceSpec],
        random: np.random.Generator,
        extra: Mapping[Callable[[], Deed], float],
    ) -> None:
        self.done: Counter[str] = Counter()
        self._engine, self._watch, self._folder = engine, watch, folder
        self._stills, self._sources = stills, sources
        self._random = random
        deeds: dict[Callable[[], Deed], float] = {
            self._record: 3,
            self._enroll_files: 4,
            self._name_face: 6,
            self._name_unknown: 4,
            self._dismiss_unknown: 2,
            self._confirm: 5,
            self._reject: 5,
            self._rename: 2,
            self._merge: 1,
            self._delete_person: 2,
            self._delete_shots: 3,
            self._undo: 6,
            self._look_at_shots: 3,
            self._weigh_shots: 2,
            self._look_for_pairs: 2,
            self._hide: 1,
            self._decide_by: 6,
            self._compare: 3,
            self._turn_knob: 3,
            self._choose_fpir: 2,
            self._draw_map: 3,
            self._explain: 4,
            self._test_itself: 0.7,
            self._reset_tallies: 1,
            self._pause: 2,
            self._open_another: 2,
            self._restart_scene: 2,
            self._change_detector: 0.5,
            self._record_session: 1,
            self._snapshot: 1,
            self._export_and_import: 1,
            self._cancel: 1,
            **extra,
        }
        self._deeds = list(deeds)
        weights = np.array([deeds[deed] for deed in self._deeds], float)
        self._shares = weights / weights.sum()
        self._under_way: Deed = iter(())
        self._due = 0
        self._due_s = 0.0
        self._rests_at = _BURST

    def step(self) -> None:
        """Go on with what is under way, or begin something, if it is time."""
        if self._watch.frames >= self._due or time.monotonic() >= self._due_s:
            wait = next(self._under_way, None)
            self._wait(self._begin_something() if wait is None else wait)

    def _begin_something(self) -> int:
        frames = self._watch.frames
        if frames >= self._rests_at:
            self._rests_at = frames + _REST + _BURST
            return _REST
        deed = self._next_deed()
        self.done[getattr(deed, "__name__", "?").strip("_")] += 1
        self._under_way = deed()
        return int(self._random.integers(15, 80))

    def _wait(self, frames: int) -> None:
        """Wait for so many frames; where none come (the source failed) for as long as they last."""
        self._due = self._watch.frames + frames
        self._due_s = time.monotonic() + frames / FPS

    def _next_deed(self) -> Callable[[], Deed]:
        people = self._watch.snapshot.people
        if len(people) > MAX_PEOPLE:
            return self._delete_person
        if any(person.shot_count + person.negative_count > MAX_SHOTS for person in people):
            return self._delete_shots
        return self._deeds[int(self._random.choice(len(self._deeds), p=self._shares))]

    # Who is there --------------------------------------------------------------------------------------------------

    def _one(self, choices: Sequence[object]) -> int:
        return int(self._random.integers(len(choices)))

    def _faces(self) -> list[tuple[TrackedFace, str]]:
        """Faces on screen of people who may be enrolled, with their true names."""
        result = self._watch.result
        faces = [(face, truth_of(face, result)) for face in result.faces] if result else []
        return [(face, name) for face, name in faces if name is not None and name in self._stills]

    def _person(self) -> Person | None:
        people = self._watch.snapshot.people
        return people[self._one(people)] if people else None

    def _called(self, name: str) -> Person | None:
        people = self._watch.snapshot.people
        return next((person for person in people if person.name.partition(RENAMED)[0] == name), None)

    def _enrollee(self, name: str) -> Enrollee:
        known = self._called(name)
        return Enrollee(name, known.id if known else None, consent_given=True, is_sure=True)

    # Enrolling and correcting -----------------------------------------------------------------------------------------

    def _record(self) -> Deed:
        self._engine.enrollment.start()
        yield 60
        self._engine.enrollment.stop()
        faces = self._faces()
        if len(faces) == 1 and self._random.random() < 0.8:
            self._engine.enrollment.save(self._enrollee(faces[0][1]))
        else:
            self._engine.enrollment.discard()
        yield 30

    def _enroll_files(self) -> Deed:
        name = list(self._stills)[self._one(list(self._stills))]
        self._engine.enrollment.discard()
        self._engine.enrollment.add_files(self._stills[name])
        yield 60
        consents = self._random.random() < 0.95
        self._engine.enrollment.save(replace(self._enrollee(name), consent_given=consents))
        yield 30

    def _name_face(self) -> Deed:
        faces = [(face, name) for face, name in self._faces() if face.identification.name is None]
        if faces:
            face, name = faces[self._one(faces)]
            self._engine.faces.name_track(face.track_id, self._enrollee(name))
        yield 30

    def _name_unknown(self) -> Deed:
        groups = self._watch.unknown_ids
        if groups:
            number = int(self._random.integers(1_000_000))
            enrollee = Enrollee(f"Nobody {number}", consent_given=True, is_sure=True)
            self._engine.faces.name_unknown(groups[self._one(groups)], enrollee)
        yield 30

    def _dismiss_unknown(self) -> Deed:
        if self._watch.unknown_ids:
            self._engine.faces.dismiss_unknown(self._watch.unknown_ids[-1])
        yield 10

    def _confirm(self) -> Deed:
        for face, name in self._faces()[:1]:
            known = self._called(name)
            if known is not None:
                self._engine.faces.confirm_track(face.track_id, known.id)
        yield 20

    def _reject(self) -> Deed:
        """Mostly what is wrong, now and then also what is right."""
        for face, name in self._faces()[:2]:
            said = face.identification
            if said.person_id is not None and (said.name != name or self._random.random() < 0.1):
                self._engine.faces.reject_track(face.track_id, said.person_id)
        yield 20

    # The gallery

    def _rename(self) -> Deed:
        person = self._person()
        if person is not None:
            name = person.name.partition(RENAMED)[0]
            self._engine.people.rename(person.id, f"{name}{RENAMED}{self._random.integers(100)}")
        yield 20

    def _merge(self) -> Deed:
        """Two different people: a mistake, taken back at once."""
        people = self._watch.snapshot.people
        if len(people) > 1:
            one, other = self._random.choice(len(people), 2, replace=False)
            self._engine.people.merge(people[one].id, people[other].id)
            yield 40
            yield from self._undo()

    def _delete_person(self) -> Deed:
        person = self._person()
        if person is not None and len(self._watch.snapshot.people) > 3:
            self._engine.people.delete(person.id)
        yield 20

    def _delete_shots(self) -> Deed:
        people = self._watch.snapshot.people
        person = max(people, key=lambda one: one.shot_count + one.negative_count, default=None)
        if person is not None:
            surplus = max(1, person.shot_count + person.negative_count - MAX_SHOTS // 2)
            request = self._engine.people.load_shots(person.id)
            yield 40
            shots = self._watch.shots_of(request)
            for shot in shots[: min(surplus, len(shots) - 1)]:
                self._engine.people.delete_shot(shot.id)
        yield 40

    def _undo(self) -> Deed:
        if self._watch.undoable:
            self._engine.people.undo(self._watch.undoable.pop())
        yield 20

    def _look_at_shots(self) -> Deed:
        person = self._person()
        if person is not None:
            self._engine.people.load_shots(person.id)
        yield 10

    def _weigh_shots(self) -> Deed:
        person = self._person()
        if person is not None:
            request = self._engine.people.load_shots(person.id)
            yield 20
            for shot in self._watch.shots_of(request):
                self._engine.people.weigh_shot(shot.id)
                if not shot.is_negative and self._random.random() < 0.3:
                    self._engine.people.set_cover(shot.id)
        yield 20

    def _look_for_pairs(self) -> Deed:
        self._engine.people.find_likely_pairs()
        people = self._watch.snapshot.people
        if len(people) > 1 and self._random.random() < 0.5:
            one, other = self._random.choice(len(people), 2, replace=False)
            self._engine.people.tell_apart(people[one].id, people[other].id)
        yield 20

    def _hide(self) -> Deed:
        person = self._person()
        if person is not None:
            self._engine.people.set_hidden(person.id, is_hidden=True)
            yield 60
            self._engine.people.set_hidden(person.id, is_hidden=False)
        yield 20

    def _export_and_import(self) -> Deed:
        path = self._folder / "export.metaface"
        self._engine.people.export_to(path)
        yield 60
        if path.exists():
            person = self._person()
            if person is not None and len(self._watch.snapshot.people) > 3:
                self._engine.people.delete(person.id)
            self._engine.people.import_from(path)
        yield 60

    def _cancel(self) -> Deed:
        for job_id in self._watch.busy_jobs:
            self._engine.jobs.cancel(job_id)
        yield 10

    # Methods

    def _method(self) -> str:
        return list(LEARNERS)[self._one(list(LEARNERS))]

    def _decide_by(self) -> Deed:
        self._engine.models.set_learner(self._method())
        yield 30

    def _compare(self) -> Deed:
        count = int(self._random.choice([0, 0, 1, 2, 9]))
        keys = self._random.permutation(list(LEARNERS))[:count]
        self._engine.models.set_compared([str(key) for key in keys])
        yield 100

    def _turn_knob(self) -> Deed:
        key = self._method()
        knobs = hyperparameters_of(key)
        if self._random.random() < 0.5 or not knobs:
            self._engine.models.set_hyperparameters(key, None)
        else:
            knob = knobs[self._one(knobs)]
            self._engine.models.set_hyperparameters(key, with_value(key, None, knob.name, self._value_of(knob)))
        yield 30

    def _value_of(self, knob: Hyperparameter) -> object:
        match knob.kind:
            case HyperparameterKind.INTEGER:
                # Not the largest: a hundred steps of the slowest method are tried elsewhere.
                return int(self._random.integers(math.ceil(knob.low), int(max(knob.low, min(knob.high, 10.0))) + 1))
            case HyperparameterKind.REAL:
                return float(self._random.uniform(knob.low, knob.high))
            case HyperparameterKind.FLAG:
                return bool(self._random.integers(2))
            case HyperparameterKind.CHOICE:
                return knob.choices[self._one(knob.choices)]

    def _choose_fpir(self) -> Deed:
        self._engine.models.set_fpir(float(self._random.choice([0.001, 0.01, 0.01, 0.05])))
        yield 10

    def _draw_map(self) -> Deed:
        self._engine.studio.set_map_learner(None if self._random.random() < 0.3 else self._method())
        yield 40

    def _explain(self) -> Deed:
        for face, _ in self._faces()[:2]:
            self._engine.studio.explain_track(face.track_id)
        yield 20

    def _test_itself(self) -> Deed:
        self._engine.studio.self_test()
        yield 200

    def _reset_tallies(self) -> Deed:
        self._engine.studio.reset_comparison()
        yield 10

    # Source, models, recordings

    def _pause(self) -> Deed:
        self._engine.source.set_paused(True)
        self._engine.source.set_paused(False)
        yield 20

    def _open_another(self) -> Deed:
        """A file, a folder, or what is not there; then the scene again, as nothing else gives frames for ever."""
        self._engine.source.open(self._sources[self._one(self._sources)])
        yield 12
        self._engine.source.open(SCENE)
        yield 30

    def _restart_scene(self) -> Deed:
        if self._random.random() < 0.5:
            self._engine.source.close()
        self._engine.source.open(SCENE)
        yield 30

    def _change_detector(self) -> Deed:
        self._engine.models.set_detector("mtcnn")
        yield 60
        self._engine.models.set_detector("yunet")
        yield 60

    def _record_session(self) -> Deed:
        """Only one recording is kept, so that the disk does not fill."""
        folder = self._folder / "recordings"
        self._engine.recording.start(folder)
        yield 150
        self._engine.recording.stop()
        yield 60
        for file in folder.glob("*"):
            file.unlink()

    def _snapshot(self) -> Deed:
        self._engine.recording.save_snapshot(self._folder / "snapshot.png")
        yield 10
