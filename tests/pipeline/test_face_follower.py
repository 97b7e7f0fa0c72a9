"""Which faces of which frames are embedded, and where those are that are not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from itertools import chain
from typing import cast

import numpy as np
import pytest
import torch
from torch import Tensor

from metaface_gui.pipeline.embedding.base import FaceEmbedder
from metaface_gui.pipeline.face_follower import FaceFollower, Sighting
from metaface_gui.pipeline.recognition.attention import FILE, LIVE, THOROUGH, Attention
from metaface_gui.types import Identification, Image
from tests.pipeline.moving_faces import FPS, BlueEmbedder, Drawn, Stage, landmarks

EVERY_OTHER = replace(LIVE, detect_every=2)
"""As live, but so that what happens in a frame is soon said."""
CLEAR = Identification(1, "Anna", 0.9, 0.4, 1, "Anna")
DOUBTFUL = Identification(1, "Anna", 0.41, 0.4, 1, "Anna")
ANNA, BORIS, CARLA, DORA, EMIL = places = (
    Drawn(0, 20, 20),
    Drawn(1, 130, 20),
    Drawn(2, 240, 20),
    Drawn(3, 20, 140),
    Drawn(4, 130, 140),
)


class Watch:
    """A follower before a stage, with a clock: each `look` is one frame later."""

    def __init__(self, attention: Attention = EVERY_OTHER, stage: Stage | None = None) -> None:
        self.stage, self.embedder = stage or Stage(), BlueEmbedder()
        self.follower = FaceFollower(self.stage, cast(FaceEmbedder, self.embedder), attention)
        self.decision_of: Callable[[int], Identification] = lambda track_id: CLEAR
        self.frames = 0
        self.begun_s = 0.0

    def look(self, *faces: Drawn, level: int = 110) -> tuple[Sighting, ...]:
        return self.see(self.stage.show(*faces, level=level))

    def see(self, image: Image) -> tuple[Sighting, ...]:
        self.frames += 1
        time_s = self.begun_s + (self.frames - 1) / FPS
        return self.follower.look(image, time_s, self.decision_of)

    def ids(self, *faces: Drawn, level: int = 110) -> list[int]:
        return [face.track_id for face in self.look(*faces, level=level)]

    def embedded(self, *faces: Drawn, level: int = 110) -> int:
        before = self.embedder.count
        self.look(*faces, level=level)
        return self.embedder.count - before


def settled(*faces: Drawn, attention: Attention = EVERY_OTHER) -> Watch:
    """Ten frames of these faces: their first looks are over, the next frame is searched."""
    watch = Watch(attention)
    for _ in range(10):
        watch.look(*faces)
    return watch


def test_thorough_looks_at_every_face_of_every_frame() -> None:
    watch = Watch(THOROUGH)
    for _ in range(12):
        seen = watch.look(ANNA, BORIS, CARLA)
        assert all(face.is_fresh for face in seen)
    assert watch.stage.searches == 12
    assert watch.embedder.batches == [[0, 1, 2]] * 12


@pytest.mark.parametrize(("fps", "searches"), [(30.0, 20), (25.0, 20), (20.0, 30), (10.0, 60), (60.0, 20)])
def test_live_searches_ten_times_a_second_or_every_third_frame(fps: float, searches: int) -> None:
    watch = Watch(LIVE)
    for frame in range(60):
        image = watch.stage.show(ANNA)
        assert len(watch.follower.look(image, frame / fps, watch.decision_of)) == 1
    assert watch.stage.searches == searches


def test_a_file_is_searched_frame_by_frame_and_known_faces_are_embedded_in_every_fifth() -> None:
    watch = Watch(FILE)
    for _ in range(60):
        watch.look(ANNA, BORIS)
    assert watch.stage.searches == 60
    assert Counter(chain(*watch.embedder.batches)) == {face.person: 5 + 11 for face in (ANNA, BORIS)}


def test_a_file_s_doubtful_faces_are_embedded_in_every_frame() -> None:
    watch = Watch(FILE)
    watch.decision_of = lambda track_id: DOUBTFUL
    for _ in range(60):
        assert watch.embedded(*places) == len(places)


@pytest.mark.parametrize(
    ("faces", "looks"), [((ANNA,), [5]), (places, [5, 5, 5, 5, 5])], ids=["one face", "five faces"]
)
def test_a_steady_picture_of_two_seconds_costs_five_embeddings_a_face(
    faces: tuple[Drawn, ...], looks: list[int]
) -> None:
    """Two first looks, then one about every half a second, of one face after another: the last of five comes after
    these two seconds. Every face of every frame would be 60 a face."""
    watch = Watch()
    for _ in range(60):
        assert len(watch.look(*faces)) == len(faces)
    assert watch.stage.searches == 30
    counted = Counter(chain(*watch.embedder.batches))
    assert counted.keys() == {face.person for face in faces}
    assert sorted(counted.values()) == looks
    assert watch.embedder.count == sum(looks)


def test_no_more_than_three_followed_faces_are_embedded_in_a_frame_and_new_ones_on_top() -> None:
    watch = Watch(replace(EVERY_OTHER, first_looks=3))
    watch.decision_of = lambda track_id: DOUBTFUL
    four = places[:4]
    assert [watch.embedded(*four) for _ in range(6)] == [4, 0, 3, 0, 3, 0]
    assert watch.embedded(*places) == 3 + 1


def test_who_waits_is_looked_at_next() -> None:
    watch = Watch(replace(LIVE, at_most=1))
    watch.decision_of = lambda track_id: DOUBTFUL
    for _ in range(40):
        watch.look(ANNA, BORIS, CARLA)
    looks = Counter(chain(*watch.embedder.batches))
    assert max(looks.values()) - min(looks.values()) <= 1


def test_a_new_face_is_embedded_in_the_frame_that_it_is_found_in() -> None:
    watch = settled(ANNA)
    watch.look(ANNA)
    carried = watch.look(ANNA, BORIS)
    assert [face.track_id for face in carried] == [1], "not searched yet"
    found = watch.look(ANNA, BORIS)
    assert [(face.track_id, face.is_fresh) for face in found] == [(1, False), (2, True)]
    assert watch.embedder.batches[-1] == [1]


def test_without_a_face_in_sight_every_frame_is_searched() -> None:
    watch = Watch()
    for _ in range(5):
        assert watch.look() == ()
    assert watch.stage.searches == 5
    assert watch.embedder.batches == []
    assert watch.embedded(ANNA) == 1


def test_a_doubtful_face_is_looked_at_in_every_search_and_a_clear_one_is_not() -> None:
    watch = settled(ANNA, BORIS)
    watch.decision_of = lambda track_id: DOUBTFUL if track_id == 2 else CLEAR
    assert [watch.embedded(ANNA, BORIS) for _ in range(6)] == [1, 0, 1, 0, 1, 0]
    assert watch.embedder.batches[-3:] == [[1]] * 3


@pytest.mark.parametrize("refresh_s", [0.2, 0.5, 0.9])
def test_a_face_is_looked_at_again_when_it_was_not_for_long(refresh_s: float) -> None:
    watch = Watch(replace(EVERY_OTHER, refresh_s=refresh_s))
    times = [frame / FPS for frame in range(90) if watch.embedded(ANNA)]
    waits = np.diff(times)[2:]
    assert len(waits) >= 2
    assert waits.min() >= refresh_s - 1e-9
    assert waits.max() <= refresh_s + 2 / FPS + 1e-9


def test_a_better_picture_is_looked_at_and_a_worse_one_is_not() -> None:
    bright = Drawn(0, 20, 20, 110)
    dark = replace(bright, light=0.15)
    watch = settled(dark)
    assert watch.embedded(dark) == 0
    watch.look(dark)
    assert watch.embedded(bright) == 1
    watch.look(bright)
    assert watch.embedded(dark) == 0


def test_a_cut_embeds_everybody_at_once_and_keeps_no_number_of_other_people() -> None:
    watch = settled(ANNA, BORIS)
    watch.look(ANNA, BORIS)  # so that the next frame would be carried
    others = (replace(CARLA, x=ANNA.x), replace(DORA, x=BORIS.x, y=BORIS.y))
    assert watch.ids(*others, level=180) == [3, 4]
    assert watch.embedder.batches[-1] == [2, 3]


class Relatives(BlueEmbedder):
    """Anybody is as much like anybody else as two faces in the dark."""

    def features(self, crops_rgb: Tensor) -> Tensor:
        features = super().features(crops_rgb)
        features[:, 14] = 0.75
        features[:, :16] = torch.nn.functional.normalize(features[:, :16], dim=1)
        return features


@pytest.mark.parametrize("attention", [THOROUGH, FILE, LIVE], ids=["thorough", "file", "live"])
def test_over_a_cut_between_scenes_of_one_brightness_nobody_takes_over_a_number(attention: Attention) -> None:
    """Where the scene stays, two who are so much alike are one: a face in the dark is not much like itself either."""
    watch, embedder = Watch(attention), Relatives()
    watch.follower = FaceFollower(watch.stage, cast(FaceEmbedder, embedder), attention)
    room = watch.stage.show(level=60)
    taken = replace(BORIS, x=ANNA.x, y=ANNA.y)
    across = slice(ANNA.y, ANNA.y + ANNA.size), slice(ANNA.x, ANNA.x + ANNA.size)
    other_room = watch.stage.show(taken, level=60)
    face = other_room[across].copy()
    other_room[:] = room[::-1, ::-1]
    other_room[across] = face

    def numbers(image: Image) -> list[int]:
        return [seen.track_id for seen in watch.see(image // 3 + 80)]

    assert numbers(watch.stage.show(ANNA, level=60)) == [1]
    watch.stage.show(taken, level=60)
    assert numbers(other_room) == [2]


def test_after_a_cut_the_same_people_keep_their_numbers_wherever_they_are() -> None:
    watch = settled(ANNA, BORIS)
    swapped = (replace(BORIS, x=ANNA.x), replace(ANNA, x=BORIS.x))
    assert watch.ids(*swapped, level=180) == [2, 1]


@pytest.mark.parametrize("stage", [Stage(), Stage(1280, 720)], ids=["small", "reduced"])
@pytest.mark.parametrize(("dx", "dy"), [(0, 0), (4, 0), (-3, 2), (2, -5)])
def test_carried_boxes_follow_the_face(stage: Stage, dx: int, dy: int) -> None:
    watch = Watch(replace(LIVE, detect_every=4, search_s=100.0), stage)
    for step in range(12):
        face = Drawn(0, 150 + dx * step, 100 + dy * step, 80)
        (seen,) = watch.look(face)
        box = [face.x, face.y, face.x + 80, face.y + 80]
        np.testing.assert_allclose(seen.detection.box_xyxy, box, atol=1.0)
        np.testing.assert_allclose(seen.detection.landmarks, landmarks(face), atol=1.0)
        assert seen.detection.box_xyxy.dtype == seen.detection.landmarks.dtype == np.float32
        assert seen.track_id == 1
    assert watch.embedder.batches == [[0]] * 2


def test_numbers_are_stable_while_faces_walk_past_each_other() -> None:
    watch = Watch()
    for step in range(60):
        faces = (Drawn(0, 10 + 4 * step, 30), Drawn(1, 246 - 4 * step, 70), EMIL)
        assert watch.ids(*faces) == [1, 2, 3], step
    assert watch.stage.searches == 30


def test_faces_so_near_that_place_does_not_tell_them_apart_are_looked_at_in_every_search() -> None:
    pair = (Drawn(0, 100, 60), Drawn(1, 140, 60))
    watch = settled(*pair)
    assert [watch.embedded(*pair) for _ in range(4)] == [2, 0, 2, 0]
    assert watch.ids(*pair[::-1]) == [2, 1]


def test_features_that_are_not_fresh_are_those_of_the_last_look() -> None:
    watch = Watch()
    last: dict[int, np.ndarray] = {}
    stale = 0
    for step in range(40):
        for face in watch.look(replace(ANNA, x=20 + step), BORIS):
            assert face.features.shape == (18,)
            if face.is_fresh:
                last[face.track_id] = face.features
            else:
                stale += 1
                np.testing.assert_array_equal(face.features, last[face.track_id])
    assert stale > 50


def test_who_was_overlooked_once_comes_back_as_himself() -> None:
    watch = settled(ANNA, BORIS)
    watch.stage.unseen = {1}
    assert watch.ids(ANNA, BORIS) == [1]
    watch.stage.unseen = set()
    assert watch.ids(ANNA, BORIS) == [1], "carried"
    assert watch.ids(ANNA, BORIS) == [1, 2]
    assert watch.embedder.batches[-1] == [1]


@pytest.mark.parametrize("attention", [EVERY_OTHER, FILE, THOROUGH], ids=["live", "file", "thorough"])
def test_a_face_that_is_only_faint_stays_in_sight_and_nothing_is_learnt_of_it(attention: Attention) -> None:
    watch = settled(ANNA, BORIS, attention=attention)
    before = watch.look(ANNA, BORIS)[0]
    watch.stage.faint = {ANNA.person}
    for _ in range(60):
        seen = {face.track_id: face for face in watch.look(replace(ANNA, size=62), BORIS)}
        assert seen.keys() == {1, 2}
    assert not seen[1].is_fresh
    assert seen[1].features is before.features
    assert seen[1].detection.box_xyxy[2] == ANNA.x + 62
    watch.stage.faint = set()
    for _ in range(20):
        seen = {face.track_id: face for face in watch.look(replace(ANNA, size=62), BORIS)}
    assert seen.keys() == {1, 2}
    assert seen[1].features is not before.features


def test_a_faint_face_begins_no_track_and_takes_nobody_else_s() -> None:
    watch = Watch(FILE)
    watch.stage.faint = {ANNA.person}
    assert watch.ids(ANNA, BORIS) == [1]
    assert watch.embedder.batches == [[BORIS.person]], "nobody was there before: not even embedded"
    watch.stage.unseen = {BORIS.person}
    in_his_place = replace(ANNA, x=BORIS.x, y=BORIS.y)
    assert watch.ids(in_his_place) == []
    assert watch.embedder.batches[-1] == [ANNA.person]


def test_over_a_cut_no_faint_face_goes_on() -> None:
    watch = settled(ANNA, attention=FILE)
    watch.stage.faint = {ANNA.person}
    assert watch.ids(ANNA, level=20) == []


def test_no_more_faint_faces_are_embedded_than_followed_ones() -> None:
    watch = settled(*places)
    watch.stage.faint = {face.person for face in places}
    watch.look(*places)
    assert len(watch.embedder.batches[-1]) == LIVE.at_most == 3


def test_somebody_else_in_the_place_that_was_empty_for_a_frame_is_looked_at() -> None:
    watch = settled(ANNA)
    assert watch.ids() == []
    assert watch.ids(replace(BORIS, x=ANNA.x, y=ANNA.y)) == [2]
    assert watch.embedder.batches[-1] == [1]


def test_a_double_elsewhere_does_not_take_the_number_of_a_face_that_was_not_looked_at() -> None:
    """As when somebody holds up a photo of another one who is there, and who just moved."""
    watch = settled(ANNA)
    moved = replace(ANNA, x=ANNA.x + 30)
    seen = watch.look(replace(ANNA, x=200, y=150), moved)
    assert [(face.track_id, face.is_fresh) for face in seen] == [(2, True), (1, False)]


def test_a_face_of_another_size_in_the_same_place_is_looked_at() -> None:
    watch = settled(ANNA)
    assert watch.embedded(Drawn(0, ANNA.x - 15, ANNA.y - 15, 90)) == 1


def test_a_face_that_leaves_the_picture_stays_within_it_and_then_goes() -> None:
    watch = Watch(replace(LIVE, detect_every=100, search_s=100.0))
    widths = []
    for step in range(16):
        for face in watch.look(Drawn(0, 12 - 5 * step, 90)):
            x1, y1, x2, y2 = face.detection.box_xyxy.tolist()
            assert 0 <= x1 < x2 <= 320
            assert 89 < y1 < y2 < 151
            widths.append(x2 - x1)
    assert widths[0] == 60
    assert min(widths) >= 4
    assert len(widths) < 16, "gone at last"


def test_time_that_runs_backwards_begins_anew_and_goes_on_refreshing() -> None:
    """A file that is played again: a look from the future would stand until the file reaches its time once more."""
    watch = settled(ANNA)
    watch.look(ANNA)
    watch.begun_s = -100.0
    seen = watch.look(ANNA)
    assert [(face.track_id, face.is_fresh) for face in seen] == [(2, True)]
    assert sum(watch.embedded(ANNA) for _ in range(60)) == 2 + 2


def test_after_a_long_stall_the_frame_is_searched_and_nobody_goes_on() -> None:
    watch = settled(ANNA)
    watch.look(ANNA)
    watch.begun_s = 5.0
    seen = watch.look(replace(BORIS, x=ANNA.x, y=ANNA.y))
    assert [(face.track_id, face.is_fresh) for face in seen] == [(2, True)]
    assert watch.embedder.batches[-1] == [1]


def test_another_frame_size_in_mid_stream_is_a_cut() -> None:
    watch = Watch(stage=Stage(1280, 720))
    for _ in range(11):
        watch.look(ANNA)
    watch.stage.width, watch.stage.height = 1920, 1080
    large = Drawn(0, 30, 30, 90)
    seen = watch.look(large)
    assert [(face.track_id, face.is_fresh) for face in seen] == [(1, True)]
    np.testing.assert_array_equal(seen[0].detection.box_xyxy, [30, 30, 120, 120])


def test_a_frozen_picture_is_not_looked_at_for_ever() -> None:
    watch = Watch()
    image = watch.stage.show(ANNA)
    for _ in range(40):
        (face,) = watch.follower.look(image, 7.0, lambda track_id: CLEAR)
        assert face.track_id == 1
    assert watch.embedder.count == LIVE.first_looks


def test_a_reset_forgets_everybody_and_reuses_no_number() -> None:
    watch = settled(ANNA)
    watch.look(ANNA)
    watch.follower.reset()
    seen = watch.look(ANNA)
    assert [(face.track_id, face.is_fresh) for face in seen] == [(2, True)]
    assert watch.follower.next_id == 3


def test_what_is_long_gone_is_not_kept() -> None:
    watch = Watch()
    for step in range(20):
        watch.begun_s = step * 3.0
        watch.look(ANNA)
    assert watch.follower.next_id == 21
    assert len(watch.follower._tracks) == 1
