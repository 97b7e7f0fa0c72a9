from __future__ import annotations

import threading
from dataclasses import replace

import pytest
import torch

from metaface_gui.engine.adaptation.evaluator import MAX_PEOPLE, AdaptationEvaluator
from metaface_gui.engine.assembly import AdaptedGallery, adapt
from metaface_gui.engine.events import AdaptationEvaluated
from metaface_gui.engine.jobs.job_runner import JobRunner
from metaface_gui.pipeline.learners.prototypical import PrototypicalSettings
from tests.engine.listening import Listener
from tests.engine.synthetic import faces_of, learning_assets, people_of
from tests.patience import PATIENCE_S

ASSETS = learning_assets()


@pytest.fixture
def evaluator(listener: Listener, jobs: JobRunner) -> AdaptationEvaluator:
    return AdaptationEvaluator(listener, jobs)


def adapted(shots_each: list[int], learner: str = "prototypical", settings: object | None = None) -> AdaptedGallery:
    return adapt(learner, people_of(shots_each), ASSETS, fpir=0.05, settings=settings)


def ask(evaluator: AdaptationEvaluator, one: AdaptedGallery, *, is_primary: bool = True) -> None:
    evaluator.ask(one, ASSETS, fpir=0.05, is_primary=is_primary)


def test_every_shot_of_those_with_two_is_asked_about(evaluator: AdaptationEvaluator, listener: Listener) -> None:
    ask(evaluator, adapted([3, 2, 1]))
    assert listener.wait(AdaptationEvaluated) == AdaptationEvaluated("prototypical", None, 1.0, 5)


def test_shots_that_do_not_look_alike_are_not_named(evaluator: AdaptationEvaluator, listener: Listener) -> None:
    good = adapted([2, 2, 2])
    shots = good.people.shots.clone()
    shots[1] = -shots[0]
    ask(evaluator, replace(good, people=replace(good.people, shots=shots)))
    assert listener.wait(AdaptationEvaluated).after == pytest.approx(4 / 6)


def test_before_is_the_learners_own_last_figure(evaluator: AdaptationEvaluator, listener: Listener) -> None:
    ask(evaluator, adapted([2, 2]))
    assert listener.wait(AdaptationEvaluated).before is None
    ask(evaluator, adapted([2, 2], "matching"), is_primary=False)
    assert listener.wait(AdaptationEvaluated).before is None
    ask(evaluator, adapted([2, 2], settings=PrototypicalSettings(distance="euclidean")))
    evaluated = listener.wait(AdaptationEvaluated)
    assert (evaluated.learner, evaluated.before) == ("prototypical", 1.0)


def test_the_same_adaptation_is_not_evaluated_twice(evaluator: AdaptationEvaluator, listener: Listener) -> None:
    ask(evaluator, adapted([2, 2]))
    listener.wait(AdaptationEvaluated)
    ask(evaluator, adapted([2, 2]))
    ask(evaluator, adapted([2, 2], "matching"))
    assert listener.wait(AdaptationEvaluated).learner == "matching"


@pytest.mark.parametrize("shots_each", [[], [1, 1], [2] * (MAX_PEOPLE + 1)], ids=["nobody", "one each", "too many"])
def test_what_cannot_be_measured_in_passing_is_said_to_be_unknown(
    evaluator: AdaptationEvaluator, listener: Listener, shots_each: list[int]
) -> None:
    ask(evaluator, adapted([2, 2]))
    listener.wait(AdaptationEvaluated)
    ask(evaluator, adapted(shots_each))
    assert listener.wait(AdaptationEvaluated) == AdaptationEvaluated("prototypical", None, None, 0)


def test_a_negative_that_denies_a_shot_counts_against_it(evaluator: AdaptationEvaluator, listener: Listener) -> None:
    good = adapted([2, 2])
    people = replace(good.people, negatives=torch.from_numpy(faces_of(0, 2)), denied_people=torch.tensor([0, 0]))
    ask(evaluator, replace(good, people=people))
    assert listener.wait(AdaptationEvaluated).after == pytest.approx(0.5), "person 0 is denied for their own shots"


def test_a_newer_question_drops_the_older_one_and_a_compared_learners_does_not(
    evaluator: AdaptationEvaluator, listener: Listener, jobs: JobRunner
) -> None:
    busy, go_on = threading.Event(), threading.Event()
    first, beside, second = (adapted([2, 2], learner) for learner in ("siamese", "maml", "matching"))

    def wait(_job: object) -> None:
        busy.set()
        assert go_on.wait(PATIENCE_S)

    jobs.submit("busy", wait)
    assert busy.wait(PATIENCE_S)
    ask(evaluator, first)
    ask(evaluator, beside, is_primary=False)
    ask(evaluator, second)
    go_on.set()
    assert [listener.wait(AdaptationEvaluated).learner for _ in range(2)] == ["maml", "matching"]
    assert jobs.stop(timeout_s=PATIENCE_S)
    assert listener.heard() == []
