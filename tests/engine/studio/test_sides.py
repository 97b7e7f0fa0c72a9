from __future__ import annotations

import queue
from collections.abc import Iterator
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest

from metaface_gui.engine.adaptation.room_faces import EMPTY_ROOM
from metaface_gui.engine.adaptation.scheduler import Situation
from metaface_gui.engine.assembly import LearningAssets
from metaface_gui.engine.engine import Engine
from metaface_gui.engine.events import EngineEvent, GalleryChanged, ResultReady, SidesChanged
from metaface_gui.engine.jobs.job_runner import JobRunner
from metaface_gui.engine.studio.side import STOCK, Side
from metaface_gui.engine.studio.sides import SideRunner
from metaface_gui.gallery import Gallery
from metaface_gui.pipeline.embedding.base import FaceEmbedder
from metaface_gui.pipeline.enrolled_people import EnrolledPeople
from metaface_gui.types import FaceTruth, Floats, FrameResult
from tests.engine.listening import Listener, Someone
from tests.engine.synthetic import EMBEDDER_ID, faces_of, learning_assets, people_of
from tests.gui.fakes import make_face, make_frame
from tests.patience import PATIENCE_S

ALL, ONE = Side("prototypical"), Side("prototypical", is_one_shot=True)
BOX = (10.0, 10.0, 50.0, 60.0)


class Running:
    """Sides that run on synthetic people, and what they said."""

    def __init__(self, people: EnrolledPeople) -> None:
        self.told: queue.Queue[EngineEvent] = queue.Queue()
        self.ready: queue.Queue[None] = queue.Queue()
        self.jobs = JobRunner("studies", lambda _changed: None)
        self.jobs.start()
        self.now: Situation | None = Situation(learning_assets(), people, EMPTY_ROOM, 0.01, MappingProxyType({}))
        self.gallery = Gallery.in_memory()
        self.runner = SideRunner(
            self.gallery,
            lambda: self.now,
            self.told.put,
            jobs=self.jobs,
            make_stock=no_stock,
            load_assets=no_assets,
            on_ready=lambda: self.ready.put(None),
        )

    def want(self, *sides: Side) -> None:
        self.runner.want(sides)
        if sides:
            self.ready.get(timeout=PATIENCE_S)

    def show(
        self, features: Floats, *, track_id: int = 1, truth: str | None = None, index: int = 0, is_fresh: bool = True
    ) -> FrameResult:
        frame = make_frame(64, 64, index=index)
        if truth is not None:
            frame = replace(frame, truth=(FaceTruth(np.array(BOX, np.float32), truth),))
        face = replace(make_face(track_id, BOX), features=features, is_fresh=is_fresh)
        result = FrameResult(frame, (face,), frame.captured_ns, embedder_id=EMBEDDER_ID)
        return self.runner.decorate(result, is_new=True)

    def newest(self) -> SidesChanged:
        self.runner.on_tick()
        found: SidesChanged | None = None
        while not self.told.empty():
            event = self.told.get()
            assert isinstance(event, SidesChanged)
            found = event
        assert found is not None
        return found


def no_stock() -> FaceEmbedder:
    raise AssertionError("nobody asked for it")


def no_assets(_embedder: FaceEmbedder) -> LearningAssets:
    raise AssertionError("nobody asked for it")


@pytest.fixture
def running() -> Iterator[Running]:
    made = Running(people_of([5, 5, 5]))
    yield made
    assert made.jobs.stop(PATIENCE_S)
    made.gallery.close()


def test_a_side_has_a_name_of_its_own() -> None:
    sides = [ALL, ONE, Side("maml"), Side("maml", uses_room=False), Side(STOCK), Side(STOCK, is_one_shot=True)]
    assert len({side.key for side in sides}) == len(sides)
    assert [side.is_plain for side in sides] == [True, False, True, False, False, False]
    assert Side(STOCK, uses_room=False).key == STOCK, "it never uses one"


def test_faces_carry_what_both_sides_decide_and_the_decision_stays(running: Running) -> None:
    running.want(ALL, ONE)
    shown = running.show(faces_of(1, 1, seed=9)[0])
    (face,) = shown.faces
    assert set(face.sides) == {ALL.key, ONE.key}
    assert {decision.name for decision in face.sides.values()} == {"Person 1"}
    assert not face.per_learner, "what decides is not touched"


def test_in_an_empty_gallery_both_sides_know_nobody(running: Running) -> None:
    running.now = Situation(learning_assets(), people_of([]), EMPTY_ROOM, 0.01, MappingProxyType({}))
    running.want(ALL, ONE)
    (face,) = running.show(faces_of(1, 1)[0]).faces
    assert [decision.name for decision in face.sides.values()] == [None, None]


def test_a_face_that_was_not_looked_at_again_keeps_its_decision(running: Running) -> None:
    running.want(ALL)
    running.show(faces_of(0, 1)[0])
    shown = running.show(faces_of(77, 1)[0], is_fresh=False, index=1)
    assert shown.faces[0].sides[ALL.key].name == "Person 0"
    shown = running.show(faces_of(77, 1)[0], index=2)
    assert shown.faces[0].sides[ALL.key].name is None


def test_counts_are_against_the_truth(running: Running) -> None:
    with Gallery.in_memory() as gallery:
        snapshot = gallery.snapshot()
    running.want(ALL, ONE)
    running.runner.on_event(GalleryChanged(snapshot))
    running.show(faces_of(0, 1, seed=3)[0], track_id=1, truth=None)
    event = running.newest()
    assert event.is_ready
    assert [tally.learner for tally in event.tallies] == [ALL.key, ONE.key]
    assert event.tallies[0].counted == 0
    running.show(faces_of(80, 1)[0], track_id=2, truth="Somebody else")
    tally = running.newest().tallies[0]
    assert (tally.counted, tally.turned_away, tally.right, tally.let_through, tally.missed) == (1, 1, 1, 0, 0)


def test_another_gallery_is_adapted_to_anew_and_the_same_one_is_not(running: Running) -> None:
    running.want(ALL)
    running.runner.refresh()
    assert running.ready.empty()
    assert running.now is not None
    running.now = replace(running.now, people=people_of([5, 5, 5, 5]))
    running.runner.refresh()
    running.ready.get(timeout=PATIENCE_S)
    assert running.show(faces_of(3, 1, seed=2)[0]).faces[0].sides[ALL.key].name == "Person 3"


def test_nothing_runs_without_sides_and_that_is_told_once(running: Running) -> None:
    running.want(ALL)
    running.want()
    assert running.newest().sides == ()
    running.runner.on_tick()
    assert running.told.empty()
    assert running.show(faces_of(0, 1)[0]).faces[0].sides == {}


def test_the_published_network_runs_beside_the_present_one(
    engine: Engine, listener: Listener, people: tuple[Someone, Someone]
) -> None:
    sides = (Side(STOCK), Side("prototypical", uses_room=False))
    engine.sides.want(sides)
    listener.wait(SidesChanged, lambda event: event.is_ready)
    event = listener.wait(ResultReady, lambda event: all(face.sides for face in event.result.faces))
    for side in sides:
        assert [face.sides[side.key].name for face in event.result.faces] == [people[0].name]
    decisions = event.result.faces[0].sides
    assert decisions[STOCK].score != decisions[sides[1].key].score
    engine.sides.want(())
    listener.wait(SidesChanged, lambda event: event.sides == ())
