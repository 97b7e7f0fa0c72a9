"""What is wanted, what is there, what runs: without threads, on people made of numbers."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from metaface_gui.engine.adaptation.adaptations import (
    MAX_KEPT,
    Adaptations,
    HandOver,
    MapWanted,
    checked_hyperparameters,
)
from metaface_gui.engine.adaptation.room_faces import Room
from metaface_gui.engine.adaptation.scheduler import draw_map
from metaface_gui.engine.assembly import AdaptationKey, AdaptedGallery, adapt
from metaface_gui.engine.events import Adapted, MapChanged
from metaface_gui.pipeline.enrolled_people import EnrolledPeople
from metaface_gui.pipeline.learners.maml import MamlLearner
from metaface_gui.pipeline.learners.prototypical import PrototypicalSettings
from metaface_gui.pipeline.recognition.embedding_map import EmbeddingMap
from metaface_gui.settings import RecognitionSettings
from tests.engine.synthetic import EMBEDDER_ID, faces_of, learning_assets, people_of

ASSETS = learning_assets()
SETTINGS = RecognitionSettings(compared=("matching", "siamese"))
EUCLIDEAN = PrototypicalSettings(distance="euclidean")


@pytest.fixture(scope="module")
def people() -> EnrolledPeople:
    return people_of([2, 3, 1])


@pytest.fixture
def state(people: EnrolledPeople) -> Adaptations:
    state = Adaptations(SETTINGS, {})
    state.take(people)
    return state


def do_next(state: Adaptations) -> str:
    """Make the next thing that is missing; says what it was."""
    todo = state.todo()
    if isinstance(todo, MapWanted):
        state.begin_map(todo.adapted)
        state.keep_map(todo.adapted, draw_map(todo.adapted, todo.former))
        return f"map of {todo.adapted.key.learner}"
    if todo is None or state.people is None:
        return ""
    beside = state.room.beside(state.people)
    adapted = adapt(todo.learner, beside, ASSETS, fpir=0.01, settings=todo.settings)
    state.keep(replace(adapted, people=state.people))
    return todo.learner


def do_all(state: Adaptations) -> list[str]:
    return list(iter(lambda: do_next(state), ""))


def adapted_news(handed: HandOver) -> list[tuple[str, bool]]:
    return [(event.learner, event.is_primary) for event in handed.news if isinstance(event, Adapted)]


def map_news(handed: HandOver) -> list[EmbeddingMap | None]:
    return [event.map for event in handed.news if isinstance(event, MapChanged)]


def to_evaluate(handed: HandOver) -> list[tuple[str, bool]]:
    return [(one.key.learner, is_primary) for one, is_primary in handed.to_evaluate]


@pytest.fixture
def running(state: Adaptations) -> Adaptations:
    """All that is wanted was adapted and handed over."""
    do_all(state)
    state.hand_over()
    return state


def test_nothing_is_wanted_before_the_gallery_was_read() -> None:
    state = Adaptations(SETTINGS, {})
    assert state.todo() is None
    assert not state.hand_over().classifiers
    assert state.deciding() is None


def test_what_decides_is_adapted_first_and_used_before_the_others(state: Adaptations) -> None:
    assert do_next(state) == "prototypical"
    handed = state.hand_over()
    assert list(handed.classifiers) == ["prototypical"]
    assert adapted_news(handed) == [("prototypical", True)]
    assert do_all(state) == ["matching", "siamese"]
    handed = state.hand_over()
    assert list(handed.classifiers) == ["prototypical", "matching", "siamese"]
    assert adapted_news(handed) == [("matching", False), ("siamese", False)]
    assert state.hand_over().news == (), "each is told once"


def test_what_was_adapted_is_kept_and_used_again(state: Adaptations) -> None:
    do_all(state)
    first = state.hand_over().classifiers["prototypical"]
    state.choose(replace(SETTINGS, learner="reptile", compared=()))
    assert do_all(state) == ["reptile"]
    assert list(state.hand_over().classifiers) == ["reptile"]
    state.choose(SETTINGS)
    assert state.todo() is None
    handed = state.hand_over()
    assert list(handed.classifiers) == ["prototypical", "matching", "siamese"]
    assert adapted_news(handed)[0] == ("prototypical", True)
    assert handed.classifiers["prototypical"].scorer is first.scorer


def test_until_the_wanted_one_is_adapted_the_one_that_decided_goes_on(running: Adaptations) -> None:
    running.choose(SETTINGS.decided_by("reptile"))
    handed = running.hand_over()
    assert next(iter(handed.classifiers)) == "prototypical"
    assert handed.news == ()
    assert do_all(running) == ["reptile"]
    assert adapted_news(running.hand_over()) == [("reptile", True)]


def test_who_ran_beside_changes_places_with_who_decided(running: Adaptations) -> None:
    running.choose(SETTINGS.decided_by("siamese"))
    assert running.todo() is None
    handed = running.hand_over()
    assert list(handed.classifiers) == ["siamese", "matching", "prototypical"]
    assert adapted_news(handed) == [("siamese", True), ("prototypical", False)]


def test_another_gallery_wants_all_anew_and_the_former_ones_go_on_meanwhile(state: Adaptations) -> None:
    do_all(state)
    before = state.hand_over().classifiers
    state.take(people_of([2, 2, 2, 2]))
    assert dict(state.hand_over().classifiers) == dict(before)
    assert do_next(state) == "prototypical"
    after = state.hand_over().classifiers
    assert [len(one.person_ids) for one in after.values()] == [4, 3, 3]
    assert after["matching"] is before["matching"]
    assert do_all(state) == ["matching", "siamese"]
    assert [len(one.person_ids) for one in state.hand_over().classifiers.values()] == [4, 4, 4]


def test_an_adaptation_to_people_of_before_is_not_kept(state: Adaptations, people: EnrolledPeople) -> None:
    late = adapt("prototypical", people, ASSETS, fpir=0.01)
    state.take(people_of([2, 2]))
    state.keep(late)
    assert do_next(state) == "prototypical"


def test_another_embedder_leaves_nothing_that_ran(running: Adaptations) -> None:
    running.forget_gallery()
    assert not running.hand_over().classifiers
    assert running.deciding() is None


def test_another_pipeline_is_told_of_all_again(running: Adaptations) -> None:
    running.forget_handed_over()
    assert running.todo() is None
    assert len(adapted_news(running.hand_over())) == 3


def test_a_threshold_is_the_same_object_until_the_fpir_changes(state: Adaptations) -> None:
    do_all(state)
    first = state.hand_over().classifiers
    again = state.hand_over().classifiers
    assert all(first[key] is again[key] for key in first)
    state.choose(replace(SETTINGS, fpir=0.2))
    laxer = state.hand_over()
    assert all(laxer.classifiers[key].threshold < first[key].threshold for key in first)
    assert laxer.news == (), "nothing was adapted"
    deciding = state.deciding()
    assert deciding is not None
    assert deciding[1] is laxer.classifiers["prototypical"]


def test_other_settings_are_another_adaptation_and_both_are_kept(running: Adaptations) -> None:
    running.set_hyperparameters("prototypical", EUCLIDEAN)
    assert running.hyperparameters == {"prototypical": EUCLIDEAN}
    assert do_all(running) == ["prototypical"]
    handed = running.hand_over()
    assert adapted_news(handed) == [("prototypical", True)]
    assert handed.to_evaluate[0][0].key.settings == EUCLIDEAN
    running.set_hyperparameters("prototypical", PrototypicalSettings())
    assert running.hyperparameters == {}, "the defaults are nothing to remember"
    assert running.todo() is None
    assert adapted_news(running.hand_over()) == [("prototypical", True)]


def test_settings_of_a_learner_that_does_not_run_adapt_nothing(state: Adaptations) -> None:
    do_all(state)
    state.set_hyperparameters("maml", replace(MamlLearner.settings_type(), inner_steps=2))
    assert state.todo() is None


def test_evaluated_are_what_decides_and_what_the_user_turned(state: Adaptations) -> None:
    do_all(state)
    assert to_evaluate(state.hand_over()) == [("prototypical", True)]
    state.set_hyperparameters("siamese", None)
    assert state.hand_over().to_evaluate == (), "the same settings again are no turn"
    turned = replace(MamlLearner.settings_type(), inner_steps=2)
    state.choose(replace(SETTINGS, compared=("maml",)))
    do_all(state)
    assert state.hand_over().to_evaluate == ()
    state.set_hyperparameters("maml", turned)
    assert state.hand_over().to_evaluate == (), "not before it is adapted"
    do_all(state)
    assert to_evaluate(state.hand_over()) == [("maml", False)]
    state.choose(replace(SETTINGS, learner="maml"))
    assert to_evaluate(state.hand_over()) == [("maml", True)]


def test_what_could_not_be_adapted_is_not_tried_again_and_holds_up_nobody(state: Adaptations) -> None:
    todo = state.todo()
    assert isinstance(todo, AdaptationKey)
    state.give_up(todo)
    assert do_all(state) == ["matching", "siamese"]
    assert not state.hand_over().classifiers, "nothing decides yet"
    state.take(people_of([2, 2]))
    assert do_next(state) == "prototypical"


def test_the_map_comes_after_what_decides_and_before_what_runs_beside(state: Adaptations) -> None:
    state.set_map_learner("reptile")
    assert do_all(state) == ["prototypical", "reptile", "map of reptile", "matching", "siamese"]
    handed = state.hand_over()
    assert "reptile" not in handed.classifiers, "only its space is looked at"
    assert handed.plane is not None
    assert handed.placing is not None
    assert handed.plane.learner == "reptile"
    assert map_news(handed) == [handed.plane]
    assert state.hand_over().news == ()


def test_the_map_stays_until_its_successor_is_drawn(state: Adaptations) -> None:
    state.set_map_learner("prototypical")
    do_all(state)
    before = state.hand_over().plane
    state.take(people_of([3, 3, 3]))
    do_next(state)
    handed = state.hand_over()
    assert handed.plane is before
    assert map_news(handed) == []
    assert do_next(state) == "map of prototypical"
    handed = state.hand_over()
    assert handed.plane is not None
    assert len(handed.plane.shot_ids) == 9


def test_every_wish_for_a_map_is_answered(state: Adaptations) -> None:
    state.set_map_learner("prototypical")
    do_all(state)
    plane = state.hand_over().plane
    state.set_map_learner("prototypical")
    assert map_news(state.hand_over()) == [plane]
    state.set_map_learner(None)
    handed = state.hand_over()
    assert handed.plane is None
    assert map_news(handed) == [None]


def test_an_empty_gallery_has_no_map_and_everybody_is_unknown() -> None:
    state = Adaptations(RecognitionSettings(), {})
    state.take(people_of([]))
    state.set_map_learner("prototypical")
    do_all(state)
    handed = state.hand_over()
    assert handed.classifiers["prototypical"].scorer is None
    assert map_news(handed) == [None]


def test_a_map_that_cannot_be_drawn_is_not_tried_for_ever(state: Adaptations) -> None:
    state.set_map_learner("prototypical")
    assert do_next(state) == "prototypical"
    todo = state.todo()
    assert isinstance(todo, MapWanted)
    state.begin_map(todo.adapted)  # and then it raises
    assert do_all(state) == ["matching", "siamese"]


def test_only_so_many_are_kept_and_what_is_wanted_is(state: Adaptations, people: EnrolledPeople) -> None:
    do_all(state)
    running: AdaptedGallery = adapt("prototypical", people, ASSETS, fpir=0.01)
    for number in range(2 * MAX_KEPT):
        state.keep(replace(running, key=replace(running.key, settings=number)))
    assert len(state._kept) == MAX_KEPT
    assert state.todo() is None, "those that run were not the ones to go"


@pytest.mark.parametrize(
    ("learner", "settings"),
    [
        ("nobody", None),
        ("maml", PrototypicalSettings()),
        ("prototypical", "euclidean"),
        ("prototypical", PrototypicalSettings(distance="as the crow flies")),
        ("maml", replace(MamlLearner.settings_type(), inner_steps=-1)),
    ],
)
def test_settings_that_are_not_the_learners_are_a_bug_of_the_caller(learner: str, settings: object) -> None:
    with pytest.raises(ValueError, match=r".+"):
        checked_hyperparameters(learner, settings)
    with pytest.raises(ValueError, match=r".+"):
        Adaptations(SETTINGS, {learner: settings})


def test_defaults_are_no_settings() -> None:
    assert checked_hyperparameters("prototypical", None) is None
    assert checked_hyperparameters("prototypical", PrototypicalSettings()) is None
    assert checked_hyperparameters("prototypical", EUCLIDEAN) == EUCLIDEAN


# The room -------------------------------------------------------------------------------------------------------------


def room(revision: int, *, keeps_votes: bool = True, embedder_id: str = EMBEDDER_ID) -> Room:
    faces = torch.from_numpy(faces_of(50 + revision, 6))
    return Room(revision, embedder_id, faces, keeps_votes=keeps_votes)


def test_faces_of_the_room_want_all_anew_and_the_votes_go_on(state: Adaptations) -> None:
    do_all(state)
    before = state.hand_over()
    assert before.continued == set()
    state.set_room(room(1))
    assert list(state.hand_over().classifiers.values()) == list(before.classifiers.values()), "until there are others"
    assert do_all(state) == ["prototypical", "matching", "siamese"]
    after = state.hand_over()
    assert after.continued == {"prototypical", "matching", "siamese"}
    assert not set(after.classifiers.values()) & set(before.classifiers.values())


@pytest.mark.parametrize("change", ["light", "people", "settings"])
def test_votes_end_where_more_than_the_room_is_new(running: Adaptations, people: EnrolledPeople, change: str) -> None:
    running.set_room(room(1, keeps_votes=change != "light"))
    if change == "people":
        running.take(replace(people, revision=people.revision + 1))
    if change == "settings":
        running.set_hyperparameters("prototypical", EUCLIDEAN)
    do_all(running)
    assert "prototypical" not in running.hand_over().continued


def test_nothing_that_holds_faces_of_a_former_room_is_kept(state: Adaptations) -> None:
    do_all(state)
    state.set_room(room(1))
    do_all(state)
    state.hand_over()
    state.set_room(Room(2, EMBEDDER_ID, None))
    assert do_all(state) == ["prototypical", "matching", "siamese"]
    state.set_room(room(1))
    assert do_all(state) == ["prototypical", "matching", "siamese"], "what was adapted to it is gone"


def test_a_map_of_a_former_room_goes_where_none_is_wanted(state: Adaptations) -> None:
    state.set_room(room(1))
    state.set_map_learner("prototypical")
    do_all(state)
    assert state.hand_over().plane is not None
    state.set_map_learner(None)
    state.set_room(room(2))
    state.set_map_learner("prototypical")
    assert state.hand_over().plane is None


def test_another_embedders_faces_are_no_room(state: Adaptations) -> None:
    do_all(state)
    state.set_room(room(1, embedder_id="another"))
    assert len(state.room) == 0


def test_what_was_adapted_to_a_room_that_is_no_more_comes_too_late(state: Adaptations, people: EnrolledPeople) -> None:
    first = room(1)
    state.set_room(first)
    late = adapt("prototypical", first.beside(people), ASSETS, fpir=0.01)
    state.set_room(room(2))
    state.keep(replace(late, people=people))
    assert do_next(state) == "prototypical"
