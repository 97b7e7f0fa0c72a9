from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from metaface_gui.pipeline.recognition.tracker import Tracker
from metaface_gui.types import FaceDetections, Floats

ANNA, BORIS, CARLA = np.eye(3, 8, dtype=np.float32)


def faces(*boxes: tuple[float, float, float, float]) -> FaceDetections:
    n = len(boxes)
    array = np.array(boxes, np.float32).reshape(n, 4)
    return FaceDetections(array, np.zeros((n, 5, 2), np.float32), np.ones(n, np.float32))


def near(person: Floats, seed: int, spread: float = 0.1) -> Floats:
    point = person + spread * np.random.default_rng(seed).normal(size=person.shape)
    return np.asarray(point / np.linalg.norm(point), np.float32)


def box(x: float, size: float = 50.0) -> tuple[float, float, float, float]:
    return (x, 100.0, x + size, 100.0 + size)


def in_sight(*boxes: tuple[float, float, float, float], at_s: float = 1.0) -> Tracker:
    """A tracker that saw these just now: Anna, Boris, and whoever else."""
    tracker = Tracker()
    tracker.update(faces(*boxes), np.eye(len(boxes), 8, dtype=np.float32), at_s)
    return tracker


def test_a_moving_face_keeps_its_number() -> None:
    tracker = Tracker()
    ids = [tracker.update(faces(box(10 + 20 * i)), near(ANNA, i)[None], i / 30)[0] for i in range(10)]
    assert set(ids) == {1}


def test_two_faces_that_cross_keep_theirs() -> None:
    tracker = Tracker()
    for i in range(11):
        ids = tracker.update(faces(box(20 * i), box(200 - 20 * i)), np.stack([near(ANNA, i), near(BORIS, i)]), i / 30)
        assert ids == (1, 2)


def test_order_of_detections_does_not_matter() -> None:
    tracker = Tracker()
    assert tracker.update(faces(box(0), box(300)), np.stack([ANNA, BORIS]), 0.0) == (1, 2)
    assert tracker.update(faces(box(300), box(0)), np.stack([BORIS, ANNA]), 0.03) == (2, 1)


def test_back_within_a_second_elsewhere_is_the_same_face() -> None:
    tracker = in_sight(box(0), at_s=0.0)
    tracker.update(faces(), np.zeros((0, 8), np.float32), 0.5)
    assert tracker.update(faces(box(600)), near(ANNA, 1)[None], 0.95) == (1,)


def test_back_after_more_than_a_second_is_a_new_track() -> None:
    tracker = in_sight(box(0), at_s=0.0)
    assert tracker.update(faces(box(0)), ANNA[None], 1.1) == (2,)


def test_somebody_else_in_the_same_place_is_a_new_track() -> None:
    tracker = in_sight(box(0), at_s=0.0)
    assert tracker.update(faces(box(0)), -ANNA[None], 0.03) == (2,)


@pytest.mark.parametrize(("is_other_scene", "track_id"), [(False, 1), (True, 2)])
def test_in_another_scene_a_face_that_is_a_little_alike_takes_over_no_track(
    is_other_scene: bool, track_id: int
) -> None:
    tracker = in_sight(box(0), at_s=0.0)
    if is_other_scene:
        tracker.forget_places()
    somewhat_alike = 0.34 * ANNA + (1.0 - 0.34**2) ** 0.5 * BORIS
    assert tracker.update(faces(box(4)), somewhat_alike[None], 0.03) == (track_id,)


POOR, TELLING = np.zeros(1, np.bool_), np.ones(1, np.bool_)


def alike(likeness: float) -> Floats:
    """One face of that cosine to Anna, (1, 8)."""
    return np.asarray(likeness * ANNA + np.sqrt(1.0 - likeness**2) * BORIS, np.float32)[None]


@pytest.mark.parametrize(
    ("telling", "likeness", "x", "time_s", "track"),
    [
        (TELLING, 0.2, 4.0, 0.03, 2),
        (POOR, 0.2, 4.0, 0.03, 1),
        (POOR, 0.05, 4.0, 0.03, 2),
        (POOR, 0.2, 34.0, 0.03, 2),
        (POOR, 0.2, 4.0, 0.1, 2),
    ],
    ids=["a good picture", "a poor one", "too unlike", "beside it", "not in the last frame"],
)
def test_of_a_poor_picture_the_place_says_who_it_is(
    telling: NDArray[np.bool_], likeness: float, x: float, time_s: float, track: int
) -> None:
    tracker = in_sight(box(0), at_s=0.0)
    if time_s > 0.05:
        tracker.update(faces(), np.zeros((0, 8), np.float32), 0.05)
    assert tracker.update(faces(box(x)), alike(likeness), time_s, telling=telling) == (track,)


def test_poor_pictures_change_no_track_s_mean_and_the_first_good_one_replaces_theirs() -> None:
    tracker = in_sight(box(0), at_s=0.0)
    for frame in range(1, 20):
        tracker.update(faces(box(0)), alike(0.2), frame / 30, telling=POOR)
    (track,) = tracker.tracks
    np.testing.assert_array_equal(track.embedding, ANNA)
    poor = Tracker()
    poor.update(faces(box(0)), alike(0.7), 0.0, telling=POOR)
    poor.update(faces(box(0)), ANNA[None], 0.03, telling=TELLING)
    np.testing.assert_allclose(poor.tracks[0].embedding, ANNA, atol=1e-6)


def test_a_faint_face_goes_on_where_a_face_was_lost_and_begins_no_track() -> None:
    tracker = in_sight(box(0), box(300), at_s=0.0)
    tracker.update(faces(box(300)), BORIS[None], 0.03)
    faint = faces(box(4), box(302), box(600))
    np.testing.assert_array_equal(tracker.are_in_lost_places(faint, 0.03), [True, False, False])
    seen = np.concatenate([alike(0.35), BORIS[None], ANNA[None]])
    assert tracker.keep(faint.rows([0, 1]), seen[:2], 0.03, telling=np.ones(2, np.bool_)) == (1, None)
    assert {track.id: track.seen_s for track in tracker.tracks} == {1: 0.03, 2: 0.03}
    assert tracker.next_id == 3
    np.testing.assert_array_equal(tracker.tracks[0].embedding, ANNA)
    assert tracker.placed(faces(box(6)), 0.06) == (1,)


def test_a_faint_face_that_looks_like_somebody_else_is_nobody_s() -> None:
    tracker = in_sight(box(0), at_s=0.0)
    tracker.update(faces(), np.zeros((0, 8), np.float32), 0.03)
    assert tracker.keep(faces(box(0)), BORIS[None], 0.03, telling=POOR) == (None,)
    assert tracker.keep(faces(box(0)), alike(0.2), 0.03, telling=TELLING) == (None,)
    assert tracker.keep(faces(box(0)), alike(0.2), 0.03, telling=POOR) == (1,)


def test_a_second_after_a_face_was_lost_no_faint_one_goes_on() -> None:
    tracker = in_sight(box(0), at_s=0.0)
    tracker.update(faces(), np.zeros((0, 8), np.float32), 1.1)
    assert not tracker.are_in_lost_places(faces(box(0)), 1.1).any()
    assert tracker.keep(faces(box(0)), ANNA[None], 1.1, telling=TELLING) == (None,)


@pytest.mark.parametrize(("size", "likeness", "track"), [(50.0, 0.4, 2), (50.0, 0.5, 1), (60.0, 0.4, 1)])
def test_who_was_behind_a_larger_face_takes_over_no_track(size: float, likeness: float, track: int) -> None:
    tracker = in_sight(box(0, 100.0), at_s=0.0)
    middle = (50.0 - size / 2, 150.0 - size / 2, 50.0 + size / 2, 150.0 + size / 2)
    assert tracker.update(faces(middle), alike(likeness), 0.03) == (track,)


def test_in_another_scene_the_same_face_keeps_its_number_wherever_it_is() -> None:
    tracker = in_sight(box(0), at_s=0.0)
    tracker.forget_places()
    assert tracker.update(faces(box(300)), near(ANNA, 1)[None], 0.03) == (1,)
    tracker.update(faces(box(305)), near(ANNA, 2)[None], 0.06)
    assert tracker.placed(faces(box(310)), 0.09) == (1,)


def test_a_camera_cut_swaps_places_not_people() -> None:
    tracker = in_sight(box(0), box(300), at_s=0.0)
    assert tracker.update(faces(box(5), box(305)), np.stack([BORIS, ANNA]), 0.03) == (2, 1)


def test_time_that_runs_backwards_begins_anew_without_reusing_numbers() -> None:
    tracker = in_sight(box(0), at_s=100.0)
    assert tracker.update(faces(box(0)), ANNA[None], 0.0) == (2,)


def test_a_tracker_that_takes_over_goes_on_counting() -> None:
    former = in_sight(box(0), box(300), at_s=0.0)
    assert former.next_id == 3
    assert Tracker(first_id=former.next_id).update(faces(box(0)), ANNA[None], 0.1) == (3,)


def test_reset_goes_on_counting() -> None:
    tracker = in_sight(box(0), at_s=0.0)
    tracker.reset()
    assert tracker.tracks == ()
    assert tracker.update(faces(box(0)), ANNA[None], 0.1) == (2,)


def test_place_alone_says_who_goes_on_where_he_was() -> None:
    tracker = in_sight(box(0), box(300))
    assert tracker.placed(faces(box(310), box(600), box(-10)), 1.03) == (2, None, 1)
    assert tracker.placed(faces(), 1.03) == ()
    assert [track.id for track in tracker.tracks] == [1, 2], "asked, not told"
    assert tracker.next_id == 3


def test_place_does_not_say_it_of_two_that_are_near() -> None:
    assert in_sight(box(0), box(35)).placed(faces(box(0)), 1.03) == (None,)
    assert in_sight(box(0)).placed(faces(box(0), box(35)), 1.03) == (None, None)


@pytest.mark.parametrize(("size", "answer"), [(50.0, 1), (60.0, 1), (42.0, 1), (80.0, None), (30.0, None)])
def test_place_does_not_say_it_of_another_size(size: float, answer: int | None) -> None:
    middle = (25.0 - size / 2, 125.0 - size / 2, 25.0 + size / 2, 125.0 + size / 2)
    assert in_sight(box(0)).placed(faces(middle), 1.03) == (answer,)


@pytest.mark.parametrize(("time_s", "answer"), [(1.0, 1), (2.0, 1), (2.01, None), (0.99, None)])
def test_place_says_nothing_after_long_or_before(time_s: float, answer: int | None) -> None:
    assert in_sight(box(0)).placed(faces(box(0)), time_s) == (answer,)


def test_place_says_nothing_of_who_was_not_there_in_the_last_frame() -> None:
    tracker = in_sight(box(0), box(300))
    tracker.update(faces(box(0)), ANNA[None], 1.03)
    assert tracker.placed(faces(box(0), box(300)), 1.06) == (1, None)
    tracker.update(faces(), np.zeros((0, 8), np.float32), 1.06)
    assert tracker.placed(faces(box(0), box(300)), 1.09) == (None, None), "nobody was there"
    tracker.reset()
    assert tracker.placed(faces(box(0)), 1.09) == (None,)


def test_carried_tracks_are_where_they_went_and_the_others_out_of_sight() -> None:
    tracker = in_sight(box(0), box(300))
    tracker.carry({1: np.array(box(100), np.float32)}, 1.5)
    assert tracker.placed(faces(box(100), box(300)), 1.53) == (1, None)
    assert {track.id: track.seen_s for track in tracker.tracks} == {1: 1.5, 2: 1.0}
    later = np.stack([ANNA, BORIS])
    assert tracker.update(faces(box(100), box(300)), later, 2.2) == (1, 3), (
        "carried is seen: only the other's time is up"
    )


def test_a_track_learns_nothing_from_a_face_that_was_not_looked_at() -> None:
    tracker = in_sight(box(0))
    for step in range(1, 20):
        assert tracker.update(faces(box(0)), near(BORIS, 0)[None], 1.0 + step / 30, continued={0: 1}) == (1,)
    np.testing.assert_allclose(tracker.tracks[0].embedding, ANNA, atol=1e-6)
    assert tracker.update(faces(box(0)), near(ANNA, 5)[None], 1.7) == (1,)
    assert not np.allclose(tracker.tracks[0].embedding, ANNA, atol=1e-3), "but from one that was"


def test_who_goes_on_is_settled_whoever_else_is_more_alike() -> None:
    """As when the last look at a face was hardly like it, and somebody holds up its photo elsewhere."""
    found, features = faces(box(400), box(28)), np.stack([ANNA, 0.45 * ANNA + 0.893 * BORIS])
    assert in_sight(box(0)).placed(found, 1.03) == (None, 1)
    assert in_sight(box(0)).update(found, features, 1.03) == (1, 2)
    assert in_sight(box(0)).update(found, features, 1.03, continued={1: 1}) == (2, 1)


def test_nobody_goes_on_with_a_track_that_is_none() -> None:
    with pytest.raises(KeyError):
        in_sight(box(0)).update(faces(box(0)), ANNA[None], 1.03, continued={0: 7})


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 4), min_size=2, max_size=10), st.integers(0, 2**32 - 1))
def test_what_place_says_is_a_track_in_sight_once_and_update_agrees(counts: list[int], seed: int) -> None:
    rng, tracker = np.random.default_rng(seed), Tracker()
    before: set[int] = set()
    for step, n in enumerate(counts):
        corners = rng.uniform(0, 150, (n, 2))
        found = faces(*[(x, y, x + 60.0, y + 60.0) for x, y in corners])
        points = rng.normal(size=(n, 8))
        points = (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)
        placed = tracker.placed(found, step / 30)
        sure = {index: track_id for index, track_id in enumerate(placed) if track_id is not None}
        assert len(set(sure.values())) == len(sure)
        assert set(sure.values()) <= before
        ids = tracker.update(found, points, step / 30, continued=sure)
        assert all(ids[index] == track_id for index, track_id in sure.items())
        assert len(set(ids)) == n
        before = set(ids)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 5), min_size=1, max_size=15), st.integers(0, 2**32 - 1))
def test_numbers_are_unique_in_a_frame_and_never_come_back(counts: list[int], seed: int) -> None:
    rng, tracker = np.random.default_rng(seed), Tracker()
    gone: set[int] = set()
    before: set[int] = set()
    for step, n in enumerate(counts):
        corners = rng.uniform(0, 500, (n, 2))
        boxes = [(x, y, x + 60.0, y + 60.0) for x, y in corners]
        points = rng.normal(size=(n, 8))
        points = (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)
        ids = tracker.update(faces(*boxes), points, step * 2.0)
        assert len(set(ids)) == n
        gone |= before
        assert not gone & set(ids)
        before = set(ids)
