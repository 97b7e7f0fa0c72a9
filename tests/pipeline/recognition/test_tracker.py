from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

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
    tracker = Tracker()
    tracker.update(faces(box(0)), ANNA[None], 0.0)
    tracker.update(faces(), np.zeros((0, 8), np.float32), 0.5)
    assert tracker.update(faces(box(600)), near(ANNA, 1)[None], 0.95) == (1,)


def test_back_after_more_than_a_second_is_a_new_track() -> None:
    tracker = Tracker()
    tracker.update(faces(box(0)), ANNA[None], 0.0)
    assert tracker.update(faces(box(0)), ANNA[None], 1.1) == (2,)


def test_somebody_else_in_the_same_place_is_a_new_track() -> None:
    tracker = Tracker()
    tracker.update(faces(box(0)), ANNA[None], 0.0)
    assert tracker.update(faces(box(0)), -ANNA[None], 0.03) == (2,)


def test_a_camera_cut_swaps_places_not_people() -> None:
    tracker = Tracker()
    tracker.update(faces(box(0), box(300)), np.stack([ANNA, BORIS]), 0.0)
    assert tracker.update(faces(box(5), box(305)), np.stack([BORIS, ANNA]), 0.03) == (2, 1)


def test_time_that_runs_backwards_begins_anew_without_reusing_numbers() -> None:
    tracker = Tracker()
    tracker.update(faces(box(0)), ANNA[None], 100.0)
    assert tracker.update(faces(box(0)), ANNA[None], 0.0) == (2,)


def test_a_tracker_that_takes_over_goes_on_counting() -> None:
    former = Tracker()
    former.update(faces(box(0), box(300)), np.stack([ANNA, BORIS]), 0.0)
    assert former.next_id == 3
    assert Tracker(first_id=former.next_id).update(faces(box(0)), ANNA[None], 0.1) == (3,)


def test_reset_goes_on_counting() -> None:
    tracker = Tracker()
    tracker.update(faces(box(0)), ANNA[None], 0.0)
    tracker.reset()
    assert tracker.tracks == ()
    assert tracker.update(faces(box(0)), ANNA[None], 0.1) == (2,)


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
