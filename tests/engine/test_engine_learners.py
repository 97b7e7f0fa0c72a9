"""Learners toggled, compared and turned in the whole engine, on still pictures that are shown again and again."""

from __future__ import annotations

import itertools
from dataclasses import replace
from operator import attrgetter
from pathlib import Path

import pytest

from metaface_gui.engine.engine import Engine
from metaface_gui.engine.events import (
    AdaptationEvaluated,
    Adapted,
    AdaptStepTaken,
    ComparisonChanged,
    EngineStats,
    ModelsChanged,
    ResultReady,
    SourceChanged,
    SourceState,
    Trouble,
)
from metaface_gui.gallery import Gallery
from metaface_gui.pipeline.learners import LEARNERS
from metaface_gui.pipeline.learners.maml import MamlLearner
from metaface_gui.pipeline.learners.prototypical import PrototypicalSettings
from metaface_gui.resources import weights_dir
from metaface_gui.settings import RecognitionSettings
from metaface_gui.weights.store import WeightsStore
from tests.engine.listening import Listener, Someone, only_face, running

OTHERS = [key for key in LEARNERS if key != "prototypical"]
TWO_STEPS = replace(MamlLearner.settings_type(), inner_steps=2)


# Toggle and compare -------------------------------------------------------------------------------------------------


def test_another_learner_decides_and_the_first_one_again_without_adapting(
    engine: Engine, listener: Listener, people: tuple[Someone, Someone], adaptations: list[str]
) -> None:
    engine.models.set_learner("matching")
    assert listener.wait(ModelsChanged).learner == "matching"
    report = listener.wait(Adapted)
    assert (report.learner, report.is_primary, report.n_people) == ("matching", True, 2)
    assert list(only_face(listener.wait(ResultReady)).per_learner) == ["matching"], "from the next frame on"
    engine.models.set_learner("prototypical")
    again = listener.wait(Adapted)
    assert (again.learner, again.is_primary) == ("prototypical", True)
    assert list(only_face(listener.wait(ResultReady)).per_learner) == ["prototypical"]
    assert adaptations == ["matching"]


def test_all_run_on_the_same_frame_and_are_tallied(
    engine: Engine, listener: Listener, people: tuple[Someone, Someone]
) -> None:
    engine.models.set_compared(OTHERS)
    assert listener.wait(ModelsChanged).compared == tuple(OTHERS)
    came = [listener.wait(Adapted) for _ in OTHERS]
    assert [(report.learner, report.is_primary) for report in came] == [(key, False) for key in OTHERS]
    face = only_face(listener.wait(ResultReady, lambda event: len(only_face(event).per_learner) == len(LEARNERS)))
    assert {decision.name for decision in face.per_learner.values()} == {people[0].name}
    assert face.identification is face.per_learner["prototypical"]
    engine.studio.reset_comparison()
    changed = listener.wait(ComparisonChanged, lambda event: len(event.tallies) == len(LEARNERS) and event.n_frames > 0)
    assert changed.tallies[0].learner == "prototypical"
    assert {tally.learner for tally in changed.tallies} == set(LEARNERS)
    assert {tally.named + tally.unknown for tally in changed.tallies} == {changed.n_frames}
    assert all(tally.agreeing == tally.contested == changed.n_frames for tally in changed.tallies)
    engine.models.set_learner("reptile")
    swapped = listener.wait(ModelsChanged)
    assert swapped.learner == "reptile"
    assert set(swapped.compared) == set(LEARNERS) - {"reptile"}, "who decided runs beside now"
    listener.wait(ComparisonChanged, lambda event: event.tallies[0].learner == "reptile")
    engine.models.set_compared([])
    listener.wait(ComparisonChanged, lambda event: [tally.learner for tally in event.tallies] == ["reptile"])
    alone = listener.wait(ComparisonChanged)
    listener.wait(ComparisonChanged, lambda event: event.n_frames > alone.n_frames)  # one learner is counted as well


def test_learners_toggled_while_frames_flow(
    engine: Engine, listener: Listener, people: tuple[Someone, Someone], adaptations: list[str]
) -> None:
    for number, key in enumerate(itertools.islice(itertools.cycle(LEARNERS), 40)):
        engine.models.set_learner(key)
        engine.models.set_compared([OTHERS[3 * number % len(OTHERS)], "rl2", key])
    engine.models.set_learner("siamese")
    engine.models.set_compared(["maml"])
    listener.wait(ResultReady, lambda event: list(only_face(event).per_learner) == ["siamese", "maml"])
    assert len(adaptations) == len(set(adaptations)), "nothing was adapted twice"
    heard = listener.heard()
    assert not [event for event in heard if isinstance(event, Trouble)]


def test_on_a_picture_that_stands_still_another_method_shows_at_once_and_counts_nothing(
    engine: Engine, listener: Listener, people: tuple[Someone, Someone]
) -> None:
    engine.models.set_compared(["siamese"])
    listener.wait(ResultReady, lambda event: len(only_face(event).per_learner) == 2)
    engine.source.set_paused(True)
    listener.wait(SourceChanged, lambda event: event.state is SourceState.PAUSED)
    listener.wait(EngineStats)
    listener.wait(EngineStats)
    counted = listener.wait(ComparisonChanged).n_frames
    listener.heard()
    engine.models.set_learner("siamese")
    again = listener.wait(ResultReady)
    assert list(only_face(again).per_learner) == ["siamese", "prototypical"]
    engine.models.set_fpir(0.2)
    laxer = listener.wait(ResultReady)
    assert laxer.result.frame is again.result.frame
    assert only_face(laxer).identification.threshold < only_face(again).identification.threshold
    assert listener.wait(ComparisonChanged).n_frames == counted


def test_the_tallies_know_what_the_user_said(
    engine: Engine, listener: Listener, people: tuple[Someone, Someone], gallery: Gallery
) -> None:
    engine.models.set_compared(["matching"])
    face = only_face(listener.wait(ResultReady, lambda event: len(only_face(event).per_learner) == 2))
    engine.faces.confirm_track(face.track_id, gallery.snapshot().people[0].id)
    changed = listener.wait(ComparisonChanged, lambda event: event.tallies[0].counted > 0)
    assert all(tally.right == tally.counted for tally in changed.tallies)


# Settings -----------------------------------------------------------------------------------------------------------


def test_turning_a_knob_adapts_that_learner_at_once_and_judges_it(
    engine: Engine, listener: Listener, people: tuple[Someone, Someone], adaptations: list[str]
) -> None:
    engine.models.set_compared(["maml"])
    listener.wait(Adapted, lambda event: event.learner == "maml")
    engine.models.set_hyperparameters("maml", TWO_STEPS)
    assert listener.wait(ModelsChanged).hyperparameters == {"maml": TWO_STEPS}
    step = listener.wait(AdaptStepTaken)
    assert (step.learner, step.step.steps) == ("maml", 2)
    report = listener.wait(Adapted)
    assert (report.learner, report.is_primary, report.steps[-1].step) == ("maml", False, 2)
    evaluated = listener.wait(AdaptationEvaluated, lambda event: event.learner == "maml")
    assert evaluated.n_probes > 0
    assert evaluated.after is not None
    engine.models.set_hyperparameters("maml", None)
    assert listener.wait(ModelsChanged).hyperparameters == {}
    assert listener.wait(Adapted).learner == "maml"
    assert adaptations == ["maml", "maml"], "the defaults were there already, and no other learner was concerned"


def test_what_decides_is_judged_before_and_after(
    engine: Engine, listener: Listener, people: tuple[Someone, Someone]
) -> None:
    engine.models.set_hyperparameters("prototypical", PrototypicalSettings(distance="euclidean"))
    evaluated = listener.wait(AdaptationEvaluated, lambda event: event.before is not None)
    assert evaluated.learner == "prototypical"
    assert evaluated.after is not None


def test_another_fpir_moves_every_threshold_and_adapts_nothing(
    engine: Engine, listener: Listener, people: tuple[Someone, Someone], adaptations: list[str]
) -> None:
    engine.models.set_compared(["maml"])
    face = only_face(listener.wait(ResultReady, lambda event: len(only_face(event).per_learner) == 2))
    before = {key: decision.threshold for key, decision in face.per_learner.items()}
    engine.models.set_fpir(0.2)
    after = only_face(
        listener.wait(ResultReady, lambda e: only_face(e).per_learner["maml"].threshold < before["maml"])
    ).per_learner
    assert after["prototypical"].threshold < before["prototypical"]
    assert adaptations == ["maml"]


WRONG: tuple[tuple[str, tuple[object, ...]], ...] = (
    ("models.set_learner", ("nobody",)),
    ("models.set_compared", (["maml", "nobody"],)),
    ("studio.set_map_learner", ("nobody",)),
    ("models.set_detector", ("viola",)),
    ("models.set_embedder", ("arcface-9",)),
    ("models.set_fpir", (0.0,)),
    ("models.set_hyperparameters", ("nobody", None)),
    ("models.set_hyperparameters", ("maml", PrototypicalSettings())),
    ("models.set_hyperparameters", ("maml", replace(TWO_STEPS, inner_steps=10_000))),
)


def test_a_wrong_key_or_setting_is_refused_at_the_call(engine: Engine, listener: Listener) -> None:
    listener.heard()
    for call, args in WRONG:
        with pytest.raises(ValueError, match=r".+"):
            attrgetter(call)(engine)(*args)
    listener.wait(EngineStats)
    assert not [event for event in listener.heard() if isinstance(event, ModelsChanged | Trouble)]


def test_an_engine_begins_with_what_was_remembered(gallery: Gallery, listener: Listener, tmp_path: Path) -> None:
    store = WeightsStore(weights_dir(), tmp_path / "weights")
    with pytest.raises(ValueError, match="nobody"):
        Engine(gallery, store, listener, RecognitionSettings(compared=("nobody",)))
    with pytest.raises(ValueError, match="MamlSettings"):
        Engine(gallery, store, listener, RecognitionSettings(), hyperparameters={"maml": PrototypicalSettings()})
    engine = Engine(
        gallery,
        store,
        listener,
        RecognitionSettings(learner="maml", compared=("reptile", "maml")),
        hyperparameters={"maml": TWO_STEPS, "rl2": None},
    )
    with running(engine, listener) as ready:
        assert (ready.learner, ready.compared, ready.hyperparameters) == ("maml", ("reptile",), {"maml": TWO_STEPS})
        assert [listener.wait(Adapted).learner for _ in range(2)] == ["maml", "reptile"]
