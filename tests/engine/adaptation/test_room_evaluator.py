from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from metaface_gui.engine.adaptation.room_evaluator import RoomEvaluator
from metaface_gui.engine.adaptation.room_faces import EMPTY_ROOM, Room
from metaface_gui.engine.assembly import LearningAssets, adapt
from metaface_gui.engine.events import RoomEvaluated
from metaface_gui.engine.jobs.job_runner import JobRunner
from metaface_gui.pipeline.recognition.room_threshold import RoomPrior
from tests.engine.listening import Listener
from tests.engine.synthetic import EMBEDDER_ID, faces_of, learning_assets, people_of

FPIR = 0.01


@pytest.fixture
def evaluator(listener: Listener, jobs: JobRunner) -> RoomEvaluator:
    return RoomEvaluator(listener, jobs)


def assets() -> LearningAssets:
    return replace(learning_assets(), room_prior=RoomPrior())


def ask(
    evaluator: RoomEvaluator, room: Room, shots: tuple[int, ...] = (2, 2, 2, 2), given: LearningAssets | None = None
) -> None:
    given = given or assets()
    people = people_of(shots)
    adapted = adapt("prototypical", room.beside(people), given, fpir=FPIR)
    evaluator.ask(replace(adapted, people=people), adapted.classifier, room, given, fpir=FPIR)


def test_of_a_room_before_and_now_are_said_and_what_they_rest_on(evaluator: RoomEvaluator, listener: Listener) -> None:
    faces = torch.from_numpy(faces_of(30, 6, spread=0.3))
    ask(evaluator, Room(7, EMBEDDER_ID, faces))
    evaluated = listener.wait(RoomEvaluated)
    assert (evaluated.learner, evaluated.n_people, evaluated.n_unlabelled) == ("prototypical", 4, 6)
    for here in (evaluated.before, evaluated.now):
        assert here is not None
        assert 0.0 <= here.let_through.low <= here.let_through.expected <= here.let_through.high <= 1.0
    assert evaluated.before != evaluated.now


def test_without_a_room_there_is_no_before(evaluator: RoomEvaluator, listener: Listener) -> None:
    ask(evaluator, EMPTY_ROOM)
    evaluated = listener.wait(RoomEvaluated)
    assert evaluated.now is not None
    assert evaluated.before is None
    assert evaluated.n_unlabelled == 0


def test_nothing_is_said_where_nobody_is_or_no_strangers_were_sampled(
    evaluator: RoomEvaluator, listener: Listener
) -> None:
    ask(evaluator, EMPTY_ROOM, ())
    assert listener.wait(RoomEvaluated) == RoomEvaluated("prototypical", 0, 0)
    ask(evaluator, EMPTY_ROOM, (2, 2), given=replace(assets(), cohort=None))
    assert listener.wait(RoomEvaluated) == RoomEvaluated("prototypical", 2, 0)
