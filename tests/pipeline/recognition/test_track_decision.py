from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.pipeline.recognition.calibration import StrangerScores
from metaface_gui.pipeline.recognition.open_set import Levels, OpenSetClassifier
from metaface_gui.pipeline.recognition.track_decision import TrackDecisions
from metaface_gui.pipeline.recognition.track_template import TrackTemplates
from metaface_gui.types import UNKNOWN, FaceQuality, Identification, TrackTemplate

ENTERING, STAYING = 0.4, 0.3


def face(person: int, score: float) -> Identification:
    """What a track's template says."""
    name = {1: "Anna", 2: "Boris"}[person]
    known = score >= ENTERING
    return Identification(person if known else None, name if known else None, score, ENTERING, person, name)


def shown(decisions: list[Identification], step_s: float = 1 / 30) -> list[int | None]:
    track = TrackDecisions()
    return [track.update(1, now, STAYING, i * step_s).person_id for i, now in enumerate(decisions)]


def test_a_name_comes_as_soon_as_the_evidence_bears_it() -> None:
    assert shown([face(1, 0.5)]) == [1]
    assert shown([face(1, 0.2), face(1, 0.39), face(1, 0.41)]) == [None, None, 1]


def test_a_name_stays_until_the_evidence_is_clearly_gone() -> None:
    assert shown([face(1, 0.5), face(1, 0.35), face(1, 0.31), face(1, 0.29), face(1, 0.35)]) == [1, 1, 1, None, None]


def test_a_score_about_the_threshold_does_not_flicker() -> None:
    ids = shown([face(1, 0.38), *[face(1, score) for score in (0.41, 0.39) * 20]])
    assert sum(a != b for a, b in itertools.pairwise(ids)) == 1


def test_somebody_else_takes_over_when_better_twice_running() -> None:
    anna, boris = face(1, 0.6), face(2, 0.6)
    assert shown([anna, boris, anna, boris, boris, boris]) == [1, 1, 1, 1, 2, 2]


def test_somebody_else_who_is_not_good_enough_is_nobody() -> None:
    assert shown([face(1, 0.6), face(2, 0.35)]) == [1, None]


def test_the_answer_says_what_the_evidence_has_to_reach_now() -> None:
    track = TrackDecisions()
    assert track.update(1, face(1, 0.5), STAYING, 0.0) == face(1, 0.5)
    kept = track.update(1, face(1, 0.35), STAYING, 0.1)
    assert (kept.name, kept.score, kept.threshold) == ("Anna", 0.35, STAYING)
    assert track.update(1, face(1, 0.2), STAYING, 0.2).threshold == ENTERING


def test_a_denied_face_loses_its_name_at_once() -> None:
    track = TrackDecisions()
    track.update(1, face(1, 0.6), STAYING, 0.0)
    denied = replace(face(2, 0.35), is_denied=True)
    assert track.update(1, denied, STAYING, 0.1).is_unknown
    track.update(1, face(1, 0.6), STAYING, 0.2)
    assert track.update(1, replace(UNKNOWN, threshold=ENTERING, is_denied=True), STAYING, 0.3).is_unknown


def test_of_somebody_else_on_the_same_track_no_name_is_carried_over() -> None:
    track = TrackDecisions()
    track.update(1, face(1, 0.6), STAYING, 0.0, generation=0)
    assert track.update(1, face(1, 0.35), STAYING, 0.1, generation=0).name == "Anna"
    assert track.update(1, face(1, 0.35), STAYING, 0.2, generation=1).is_unknown


def test_tracks_are_apart_and_forgotten() -> None:
    track = TrackDecisions()
    track.update(1, face(1, 0.6), STAYING, 0.0)
    assert track.update(2, face(1, 0.35), STAYING, 0.0).is_unknown
    assert track.current(1) == face(1, 0.6)
    assert track.update(1, face(1, 0.35), STAYING, 5.0).is_unknown, "out of sight for seconds: begins anew"
    track.reset()
    assert track.current(1) is None


def test_while_a_face_stays_in_sight_its_name_lasts() -> None:
    track = TrackDecisions()
    track.update(1, face(1, 0.6), STAYING, 0.0)
    for second in range(1, 6):
        track.still_in_sight(1, float(second))
        track.still_in_sight(3, float(second))
        track.update(2, face(2, 0.6), STAYING, float(second))
    assert track.update(1, face(1, 0.35), STAYING, 5.1).name == "Anna"
    assert track.current(3) is None


@settings(max_examples=60, deadline=None)
@given(st.lists(st.builds(face, st.sampled_from([1, 2]), st.floats(0.0, 1.0)), min_size=1, max_size=40))
def test_only_what_some_look_said_is_ever_shown(decisions: list[Identification]) -> None:
    for i, person_id in enumerate(shown(decisions)):
        assert person_id in {None} | {now.person_id for now in decisions[: i + 1]}


class Cosines:
    """Scores by cosine to people on axes."""

    def __init__(self, people: int) -> None:
        self.n_way = people

    def scores(self, features: torch.Tensor) -> torch.Tensor:
        return features[:, : self.n_way]


def strangers(n: int, seed: int, dim: int = 32) -> np.ndarray:
    points = np.random.default_rng(seed).standard_normal((n, dim))
    return np.asarray(points / np.linalg.norm(points, axis=1, keepdims=True), np.float32)


def of_three(cohort: np.ndarray) -> OpenSetClassifier:
    ids, names = (1, 2, 3), ("Anna", "Boris", "Carl")
    return OpenSetClassifier.calibrated(
        Cosines(3), person_ids=ids, names=names, cohort=torch.from_numpy(cohort), fpir=0.01
    )


def test_levels_stand_on_both_sides_of_the_threshold_of_one_look() -> None:
    classifier = of_three(strangers(10_000, 0))
    levels = classifier.track_levels
    assert levels.staying < classifier.threshold < levels.entering
    assert classifier.strangers is not None
    assert classifier.strangers.fpir(levels.entering) == pytest.approx(0.0075)
    assert OpenSetClassifier.empty().track_levels == Levels(float("inf"), float("inf"))
    bare = OpenSetClassifier(Cosines(1), (1,), ("Anna",), None, 0.6)
    assert bare.track_levels.entering == 0.6
    assert 0.5 < bare.track_levels.staying < 0.6
    few = OpenSetClassifier(Cosines(1), (1,), ("Anna",), StrangerScores(np.array([0.1, 0.2], np.float32)), 0.3)
    assert few.track_levels.staying <= few.track_levels.entering


def test_the_promise_holds_for_tracks() -> None:
    """Of strangers who are looked at ten times, each time with noise, about the promised share ever gets a name."""
    dim, n, looks, at_once = 32, 4000, 10, 20
    classifier = of_three(strangers(10_000, 0, dim))
    random, who = np.random.default_rng(3), strangers(n, 1, dim)
    templates, decisions, levels = TrackTemplates(FeatureSpace(dim)), TrackDecisions(), classifier.track_levels
    good = FaceQuality(100.0, 120.0, 1.0, 1.0, score=1.0)
    picture = np.zeros((1, 1, 3), np.uint8)
    named = np.zeros(n, bool)
    for first in range(0, n, at_once):
        tracks = range(first, first + at_once)
        for look in range(looks):
            time_s = 10.0 * first + look / 30
            seen = who[first : first + at_once] + 0.08 * random.standard_normal((at_once, dim)).astype(np.float32)
            seen /= np.linalg.norm(seen, axis=1, keepdims=True)
            made = [templates.add(track, one, good, time_s, picture) for track, one in zip(tracks, seen, strict=True)]
            answers = classifier.identify(
                torch.from_numpy(np.stack([template.features for template in made])), levels.entering
            )
            for track, template, answer in zip(tracks, made, answers, strict=True):
                decision = decisions.update(track, answer, levels.staying, time_s, generation=template.generation)
                named[track] |= not decision.is_unknown
    assert 0.005 <= named.mean() <= 0.02


def track_of(*looks: tuple[float, ...], step_s: float = 0.5) -> TrackTemplate:
    """A track of these looks, half a second apart."""
    templates = TrackTemplates(FeatureSpace(3))
    quality = FaceQuality(100.0, 120.0, 1.0, 1.0, score=1.0)
    for index, look in enumerate(looks):
        point = np.asarray(look, np.float32)
        template = templates.add(
            1, point / np.linalg.norm(point), quality, step_s * index, np.zeros((1, 1, 3), np.uint8)
        )
    return template


class Directions:
    """Scores by cosine to Anna's mean, and to a look that was denied to be hers: both are near."""

    n_way = 2
    ways = torch.nn.functional.normalize(torch.tensor([[1.0, 0.0, 0.0], [1.0, 0.45, 0.0]]))

    def scores(self, features: torch.Tensor) -> torch.Tensor:
        return features @ self.ways.T


def test_what_the_user_said_of_a_look_holds_for_its_track() -> None:
    """A pool of looks about Anna's mean is nearer to that mean than to the look that was denied."""
    denying = OpenSetClassifier(Directions(), (1,), ("Anna",), None, 0.5, torch.tensor([0]))
    denied, other = (1.0, 0.45, 0.0), (1.0, -0.5, 0.3)
    track = track_of(other, other, other, denied, denied)
    probe = torch.from_numpy(track.features[None])
    assert denying.identify(probe, 0.5)[0].name == "Anna"
    said = denying.identify_tracks([track], 0.5)[0]
    assert (said.name, said.is_denied) == (None, True)
    assert denying.identify_tracks([track_of(denied, other, other)], 0.5)[0].name == "Anna", "the newest looks say"
    assert denying.identify_tracks([], 0.5) == ()


@pytest.mark.parametrize("denied_people", [None, torch.tensor([0])], ids=["before adapting to it", "after"])
def test_what_the_user_said_of_a_face_holds_however_it_looks(denied_people: torch.Tensor | None) -> None:
    names = ("Anna", "Boris")[: 1 if denied_people is not None else 2]
    denying = OpenSetClassifier(Directions(), (1, 2)[: len(names)], names, None, 0.5, denied_people)
    track = track_of((1.0, -0.5, 0.3), (1.0, -0.5, 0.3))
    assert denying.identify_tracks([track], 0.5)[0].name == "Anna", "its looks do not say that it is not Anna"
    said = denying.identify_tracks([replace(track, denied=frozenset({1}))], 0.5)[0]
    assert said.person_id != 1
    assert said.is_denied
    both = denying.identify_tracks([track, replace(track, denied=frozenset({1}))], 0.5)
    assert [decision.person_id == 1 for decision in both] == [True, False], "each track for itself"


def test_without_denials_a_track_is_its_pool() -> None:
    plain = OpenSetClassifier(Directions(), (1, 2), ("Anna", "Boris"), None, 0.5)
    track = track_of((1.0, 0.0, 0.1), (1.0, 0.1, 0.0))
    assert plain.identify_tracks([track], 0.5) == plain.identify(torch.from_numpy(track.features[None]), 0.5)
