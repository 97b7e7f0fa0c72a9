"""Who may be one person, and what a shot is worth: of people made of numbers, of the demo's, and of a whole engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pytest
import torch

from metaface_gui.engine.assembly import LearningAssets, build_pipeline, load_learning_assets
from metaface_gui.engine.engine import Engine
from metaface_gui.engine.events import (
    Adapted,
    GalleryChanged,
    LikelyPairsFound,
    RequestEnded,
    ResultReady,
    ShotWeighed,
    Undoable,
)
from metaface_gui.engine.people.likely_pairs import likely_pairs
from metaface_gui.engine.people.shot_effect import effect_of_shot
from metaface_gui.gallery import Gallery
from metaface_gui.pipeline.capture.demo.people import demo_people
from metaface_gui.pipeline.enrolled_people import EnrolledPeople
from metaface_gui.settings import RecognitionSettings
from metaface_gui.types import Floats
from metaface_gui.weights.store import WeightsStore
from tests.engine.listening import Listener, Someone, enroll, names
from tests.engine.synthetic import faces_of, learning_assets
from tests.pipeline.enrolled import enrolled

FPIR = 0.01


def people_of(faces: Sequence[Floats], embedder_id: str = "numbers") -> EnrolledPeople:
    """One person of each of these arrays (n, d), with the ids 1, 2 …; shots are numbered from 1 on."""
    labels = [label for label, of_one in enumerate(faces) for _ in of_one]
    return enrolled(torch.from_numpy(np.concatenate(faces)), labels, embedder_id=embedder_id)


# People made of numbers --------------------------------------------------------------------------------------------


def test_two_halves_of_a_person_are_a_pair_and_strangers_are_none() -> None:
    faces = [faces_of(0, 5), faces_of(1, 4), faces_of(0, 3, seed=1), faces_of(2, 1)]
    (pair,) = likely_pairs(people_of(faces), learning_assets(), fpir=FPIR, apart=())
    assert (pair.one_id, pair.other_id) == (1, 3), "who has more shots comes first"
    assert (pair.one_as_other.n_shots, pair.other_as_one.n_shots) == (5, 3)
    assert pair.margin > 0
    assert likely_pairs(people_of(faces[:2]), learning_assets(), fpir=FPIR, apart=()) == ()
    assert likely_pairs(people_of(faces[:1]), learning_assets(), fpir=FPIR, apart=()) == ()


def test_who_was_told_apart_is_no_pair_any_more() -> None:
    people = people_of([faces_of(0, 4), faces_of(0, 4, seed=1)])
    assert len(likely_pairs(people, learning_assets(), fpir=FPIR, apart=())) == 1
    assert likely_pairs(people, learning_assets(), fpir=FPIR, apart=[frozenset({2, 1})]) == ()


def test_one_wrong_shot_makes_no_pair() -> None:
    people = people_of([np.concatenate([faces_of(0, 4), faces_of(1, 1, seed=5)]), faces_of(1, 4)])
    assert likely_pairs(people, learning_assets(), fpir=FPIR, apart=()) == ()


def test_a_shot_of_somebody_else_is_worth_less_than_nothing() -> None:
    wrong = faces_of(3, 1, seed=4)
    people = people_of([np.concatenate([faces_of(0, 3), wrong]), faces_of(1, 3)])
    effect = effect_of_shot(4, people, learning_assets(), fpir=FPIR)
    assert effect is not None
    assert effect.without is not None
    assert effect.own_margin is not None
    assert effect.own_margin < 0, "the others would not name it"
    assert (effect.with_it.n_probes, effect.without.n_probes) == (3, 3)
    assert effect.without.n_right == 3
    assert effect.with_it.margin is not None
    assert effect.without.margin is not None
    assert effect.without.margin > effect.with_it.margin


def test_the_numbers_are_those_of_the_gallery_without_it() -> None:
    """The same by hand: cosines to the mean of the others, the threshold of the smaller gallery."""
    first, second = faces_of(0, 4), faces_of(1, 3)
    assets = learning_assets()
    assert assets.cohort is not None
    effect = effect_of_shot(2, people_of([first, second]), assets, fpir=FPIR)
    assert effect is not None
    assert effect.without is not None
    kept = first[[0, 2, 3]]
    means = [rows.mean(0) / np.linalg.norm(rows.mean(0)) for rows in (kept, second)]
    strangers = assets.cohort.numpy() @ np.stack(means).T
    threshold = effect.without.threshold
    assert (strangers.max(1) >= threshold).mean() == pytest.approx(FPIR, abs=0.002)
    named = (strangers.max(1) >= threshold) & (strangers.argmax(1) == 0)
    assert effect.without.strangers == pytest.approx(named.mean())
    margins = []
    for row in range(3):
        mean = np.delete(kept, row, 0).mean(0)
        margins.append(float(kept[row] @ mean / np.linalg.norm(mean)) - threshold)
    assert effect.without.margin == pytest.approx(np.mean(margins), abs=1e-5)
    assert effect.own_margin == pytest.approx(float(first[1] @ means[0]) - threshold, abs=1e-5)


@pytest.mark.parametrize("count", [1, 2])
def test_somebody_with_few_shots(count: int) -> None:
    effect = effect_of_shot(1, people_of([faces_of(0, count), faces_of(1, 3)]), learning_assets(), fpir=FPIR)
    assert effect is not None
    assert (effect.without is None) == (count == 1)
    if effect.without is not None:  # of the one that is left nothing can be left out
        assert (effect.without.n_right, effect.without.n_probes, effect.without.margin) == (0, 1, None)


def test_a_shot_that_is_not_there_has_no_effect() -> None:
    assert effect_of_shot(99, people_of([faces_of(0, 2)]), learning_assets(), fpir=FPIR) is None


def test_weighing_can_be_given_up() -> None:
    class EnoughError(Exception): ...

    def stop() -> None:
        raise EnoughError

    with pytest.raises(EnoughError):
        effect_of_shot(1, people_of([faces_of(0, 3)]), learning_assets(), fpir=FPIR, on_step=stop)


# The demo's people, as the network sees them -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def demo(store: WeightsStore) -> tuple[Mapping[str, Floats], LearningAssets]:
    pipeline = build_pipeline(RecognitionSettings(device="cpu"), store)
    faces = dict[str, Floats]()
    for person in demo_people():
        samples = [pipeline.extract(still)[0] for still in person.stills]
        landmarks = [sample.detection.landmarks for sample in samples]
        faces[person.name] = pipeline.features_of_chips([sample.chip_bgr for sample in samples], landmarks)
    return faces, load_learning_assets(pipeline.embedder, store)


def test_the_demos_people_are_many_and_a_halved_one_is_found(
    demo: tuple[Mapping[str, Floats], LearningAssets],
) -> None:
    faces, assets = demo
    everybody = [*faces.values()]
    assert likely_pairs(people_of(everybody, assets.embedder_id), assets, fpir=FPIR, apart=()) == ()
    for whole in everybody:
        others = [of_one for of_one in everybody if of_one is not whole]
        half = len(whole) // 2
        halved = people_of([*others, whole[:half], whole[half:]], assets.embedder_id)
        (pair,) = likely_pairs(halved, assets, fpir=FPIR, apart=())
        assert {pair.one_id, pair.other_id} == {len(everybody), len(everybody) + 1}


def test_of_the_demos_people_a_foreign_shot_stands_out(demo: tuple[Mapping[str, Floats], LearningAssets]) -> None:
    faces, assets = demo
    first, second, *rest = faces.values()
    people = people_of([np.concatenate([first, second[:1]]), second[1:], *rest], assets.embedder_id)
    foreign = effect_of_shot(len(first) + 1, people, assets, fpir=FPIR)
    own = effect_of_shot(1, people, assets, fpir=FPIR)
    assert foreign is not None
    assert foreign.own_margin is not None
    assert own is not None
    assert own.own_margin is not None
    assert foreign.own_margin < 0 < own.own_margin
    assert foreign.without is not None
    assert foreign.without.margin is not None
    assert foreign.with_it.margin is not None
    assert foreign.without.margin > foreign.with_it.margin


# A whole engine ----------------------------------------------------------------------------------------------------


def test_hiding_choosing_and_weighing_in_a_running_engine(
    engine: Engine, gallery: Gallery, listener: Listener, people: tuple[Someone, Someone]
) -> None:
    first, second = gallery.snapshot().people
    shot_id = gallery.shots(first.id)[0].id
    request = engine.people.weigh_shot(shot_id)
    effect = listener.wait(ShotWeighed, lambda event: event.request_id == request).effect
    assert effect is not None
    assert (effect.person_id, effect.with_it.n_probes) == (first.id, first.shot_count - 1)
    request = engine.people.find_likely_pairs()
    assert listener.wait(LikelyPairsFound, lambda event: event.request_id == request).pairs == ()

    engine.people.set_hidden(first.id, is_hidden=True)
    token = listener.wait(Undoable).token
    listener.wait(Adapted, lambda event: event.n_people == 1)
    listener.wait(ResultReady, lambda event: names(event) == [None])
    request = engine.people.weigh_shot(shot_id)
    assert listener.wait(ShotWeighed, lambda event: event.request_id == request).effect is None
    engine.people.undo(token)
    listener.wait(Adapted, lambda event: event.n_people == 2)
    listener.wait(ResultReady, lambda event: names(event) == [people[0].name])

    worst = min(gallery.shots(first.id), key=lambda shot: shot.quality)
    engine.people.set_cover(worst.id)
    listener.wait(GalleryChanged, lambda event: event.snapshot.people[0].cover_id == worst.id)
    engine.people.tell_apart(first.id, second.id)
    listener.wait(Undoable, lambda event: "somebody else" in event.text)
    assert gallery.told_apart() == {frozenset({first.id, second.id})}


def test_only_the_newest_shot_is_weighed(engine: Engine, gallery: Gallery, listener: Listener, person: Someone) -> None:
    enroll(engine, listener, person)
    shots = gallery.shots(gallery.snapshot().people[0].id)
    requests = [engine.people.weigh_shot(shot.id) for shot in shots]
    ended = {listener.wait(RequestEnded, lambda event: event.request_id in requests).request_id for _ in requests[:1]}
    newest = listener.wait(ShotWeighed, lambda event: event.request_id == requests[-1])
    assert newest.shot_id == shots[-1].id
    assert ended <= set(requests)
