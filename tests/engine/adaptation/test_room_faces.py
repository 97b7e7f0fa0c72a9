from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from metaface_gui.engine.adaptation.room_faces import (
    EMPTY_ROOM,
    FIRST_TRACKS,
    LASTING_S,
    LEAST_PAUSE_S,
    LEAST_SCORE,
    LIGHT_STEP,
    MAX_TRACKS,
    Room,
    RoomFaces,
    is_room,
)
from metaface_gui.pipeline.capture.specification import SourceKind, SourceSpec
from metaface_gui.settings import DEMO
from metaface_gui.types import FrameResult
from tests.engine.synthetic import DIM, EMBEDDER_ID, faces_of, people_of
from tests.gui.fakes import make_face, make_frame

MEDIUM = 100


def seen(
    room: RoomFaces,
    now_s: float,
    *tracks: int,
    score: float = 0.8,
    luma: float = MEDIUM,
    embedder_id: str = EMBEDDER_ID,
    is_fresh: bool = True,
    environment: str = "",
) -> None:
    """Show a frame of one grey with these tracks, each of a person of its own."""
    frame = replace(make_frame(64, 48), environment=environment)
    frame.image_bgr[:] = round(luma)
    faces = []
    for track in tracks:
        face, features = make_face(track), faces_of(track, 1)[0]
        quality = replace(face.quality, score=score)
        faces.append(replace(face, quality=quality, embedding=features, features=features * score, is_fresh=is_fresh))
    room.remember(FrameResult(frame, tuple(faces), 0, embedder_id=embedder_id), now_s)


def tracks_of(room: Room, score: float = 0.8) -> set[int]:
    faces = np.zeros((0, DIM)) if room.faces is None else room.faces.numpy()
    known = {track: faces_of(track, 1)[0] * score for track in range(1, 2 * MAX_TRACKS)}
    return {track for track, features in known.items() if any(np.allclose(features, face) for face in faces)}


@pytest.fixture
def room() -> RoomFaces:
    return RoomFaces()


def test_a_room_is_news_at_four_tracks_and_then_whenever_they_double(room: RoomFaces) -> None:
    news = []
    for track in range(1, 40):
        now_s = 10.0 * track
        seen(room, now_s, track)
        if room.is_due(now_s):
            news.append(len(room.take(now_s)))
    assert news == [FIRST_TRACKS, 8, 16, 32]


def test_it_never_is_before_a_pause(room: RoomFaces) -> None:
    seen(room, 0.0, 1, 2, 3, 4)
    assert room.is_due(0.0)
    room.take(0.0)
    seen(room, 1.0, *range(5, 30))
    assert not room.is_due(LEAST_PAUSE_S - 0.1)
    assert room.is_due(LEAST_PAUSE_S)


def test_the_best_look_of_a_track_is_kept_and_no_poor_or_old_one(room: RoomFaces) -> None:
    for score in (0.5, 0.9, 0.7):
        seen(room, 0.0, 1, score=score)
    seen(room, 0.0, 2, score=LEAST_SCORE - 0.01)
    seen(room, 0.0, 3, is_fresh=False)
    taken = room.take(0.0)
    assert len(taken) == 1
    assert tracks_of(taken, score=0.9) == {1}


def test_only_the_newest_tracks_are_kept(room: RoomFaces) -> None:
    for track in range(1, MAX_TRACKS + 6):
        seen(room, 0.0, track)
    assert tracks_of(room.take(0.0)) == set(range(6, MAX_TRACKS + 6))


def test_another_light_is_news_once_it_lasts_and_is_another_room(room: RoomFaces) -> None:
    seen(room, 0.0, 1, 2, 3, 4)
    room.take(0.0)
    bright = MEDIUM + LIGHT_STEP + 1
    seen(room, 10.0, luma=bright)
    seen(room, 11.0)  # a shadow has passed
    seen(room, 12.0, 5, luma=bright)
    assert not room.is_due(11.0 + LASTING_S)
    seen(room, 12.0 + LASTING_S, luma=bright)
    assert room.is_due(12.0 + LASTING_S)
    assert tracks_of(room.take(12.0 + LASTING_S)) == {5}
    seen(room, 30.0, 5)
    seen(room, 30.0 + LASTING_S)
    assert room.is_due(30.0 + LASTING_S)
    assert tracks_of(room.take(30.0 + LASTING_S)) == {1, 2, 3, 4, 5}, "the former light is remembered"


def test_another_setting_of_the_dial_is_another_room_though_it_is_as_bright(room: RoomFaces) -> None:
    seen(room, 0.0, 1, 2, 3, 4)
    assert tracks_of(room.take(0.0)) == {1, 2, 3, 4}
    for now_s in (10.0, 10.0 + LASTING_S):
        seen(room, now_s, 2, 5, environment="fog 60")
    assert room.is_due(10.0 + LASTING_S)
    assert tracks_of(room.take(10.0 + LASTING_S)) == {2, 5}


def test_a_light_in_which_nobody_was_adapted_to_is_no_news(room: RoomFaces) -> None:
    seen(room, 0.0, 1)
    seen(room, 10.0, luma=MEDIUM + 2 * LIGHT_STEP)
    seen(room, 20.0, luma=MEDIUM + 2 * LIGHT_STEP)
    assert not room.is_due(20.0)


def test_who_is_forgotten_is_not_taken_again_from_the_same_track(room: RoomFaces) -> None:
    seen(room, 0.0, 1, 2, 3, 5)
    assert room.forget_like(faces_of(2, 3, seed=5))
    assert not room.forget_like(faces_of(2, 3, seed=5))
    seen(room, 1.0, 1, 2, 3, 5, score=0.9)
    assert tracks_of(room.take(1.0), score=0.9) == {1, 3, 5}


def test_another_embedder_and_another_source_begin_anew(room: RoomFaces) -> None:
    seen(room, 0.0, 1, 2, 3, 4)
    first = room.take(0.0)
    seen(room, 1.0, 9, embedder_id="other")
    second = room.take(1.0)
    assert (second.embedder_id, tracks_of(second)) == ("other", {9})
    room.clear()
    assert len(room) == 0
    assert not room.has_taken
    assert room.take(2.0).faces is None
    assert first.revision < second.revision, "of another state another revision"


def test_a_look_holds_no_other_face_of_its_frame(room: RoomFaces) -> None:
    rows = np.tile(faces_of(1, 1), (100, 1))
    face = replace(make_face(1), features=rows[0], embedding=rows[0])
    room.remember(FrameResult(make_frame(64, 48), (face,), 0), 0.0)
    rows[:] = 0.0
    taken = room.take(0.0).faces
    assert taken is not None
    assert bool(taken.any())


def test_people_beside_a_room_are_adapted_with_it() -> None:
    people = people_of([2, 3])
    assert EMPTY_ROOM.beside(people) is people
    room = RoomFaces()
    seen(room, 0.0, 1, 2)
    taken = room.take(0.0)
    beside = taken.beside(people)
    assert beside.support.unlabelled is taken.faces
    assert (beside.room, people.room) == (taken.revision, 0)


@pytest.mark.parametrize("kind", SourceKind)
def test_still_pictures_are_no_room(kind: SourceKind) -> None:
    assert is_room(SourceSpec(kind, DEMO)) == (kind not in {SourceKind.IMAGE, SourceKind.FOLDER})


def test_a_part_of_a_file_that_is_played_again_shows_no_new_faces(room: RoomFaces) -> None:
    """Each time faces are tracked anew; who walks past twice in one part counts twice, as before a camera."""
    seen(room, 0.0, 1, 2)
    for turn, tracks in enumerate(([11, 12, 13], [21, 22, 23]), start=1):
        frame = replace(make_frame(64, 48), segment=turn)
        frame.image_bgr[:] = MEDIUM
        faces = []
        for track in tracks:
            features = faces_of(track % 10, 1)[0]
            faces.append(replace(make_face(track), embedding=features, features=features))
        for now_s in (10.0 * turn, 10.0 * turn + 1.0):
            room.remember(FrameResult(frame, tuple(faces), 0, embedder_id=EMBEDDER_ID), now_s)
    assert len(room) == 3, "only the third one is new"
