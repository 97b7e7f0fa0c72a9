"""Which faces are on screen, and where."""

from __future__ import annotations

import numpy as np
import pytest

from metaface_gui.gui.live.face_scene import STALE_NS, FaceScene
from metaface_gui.types import Floats, Frame, FrameResult
from tests.gui.fakes import make_face, make_frame, make_result

MS = 1_000_000
T0 = 10_000 * MS


def frame_at(ms: float) -> Frame:
    return make_frame(64, 48, captured_ns=T0 + round(ms * MS))


def result_at(ms: float, x: float = 10.0) -> FrameResult:
    return make_result(make_face(1, (x, 10, x + 10, 20)), frame=frame_at(ms)).result


def box(scene: FaceScene) -> Floats:
    return scene.items()[0].box_xyxy


@pytest.fixture
def scene() -> FaceScene:
    return FaceScene()


def test_without_a_frame_there_is_nothing(scene: FaceScene) -> None:
    scene.show_result(result_at(0))
    assert scene.items() == ()
    assert scene.is_stale


def test_a_result_on_its_own_frame_is_exact(scene: FaceScene) -> None:
    scene.show_frame(frame_at(0))
    scene.show_result(result_at(0, 10))
    scene.show_frame(frame_at(33))
    scene.show_result(result_at(33, 30))
    np.testing.assert_allclose(box(scene), [30, 10, 40, 20])


def test_a_disagreement_fades_instead_of_jumping(scene: FaceScene) -> None:
    scene.show_frame(frame_at(0))
    scene.show_result(result_at(0, 10))
    scene.show_frame(frame_at(60))
    scene.show_result(result_at(30, 20))
    np.testing.assert_allclose(box(scene)[0], 10, atol=1e-4)  # no jump on the frame that is on screen
    before = 10.0
    for step in range(1, 5):
        scene.show_frame(frame_at(60 + 15 * step))
        assert before < box(scene)[0]
        before = float(box(scene)[0])


def test_a_box_keeps_up_with_a_face_that_moves_steadily(scene: FaceScene) -> None:
    """100 ms from camera to result and 300 pixels a second: without dead reckoning it would trail by 30 pixels."""
    for frame in range(30):
        now = 33.0 * frame
        scene.show_frame(frame_at(now))
        if frame >= 3:
            scene.show_result(result_at(now - 99, x=0.3 * (now - 99)))
    np.testing.assert_allclose(box(scene)[0], 0.3 * now, atol=2.0)
    np.testing.assert_allclose(box(scene)[2] - box(scene)[0], 10, atol=0.1)  # moved, not stretched


def test_a_face_that_stands_still_stands_still(scene: FaceScene) -> None:
    for frame in range(10):
        scene.show_frame(frame_at(33.0 * frame))
        scene.show_result(result_at(max(33.0 * frame - 66, 0), x=10))
    np.testing.assert_allclose(box(scene), [10, 10, 20, 20])


def test_a_box_is_not_carried_out_of_the_picture_while_no_result_comes(scene: FaceScene) -> None:
    scene.show_frame(frame_at(0))
    scene.show_result(result_at(0, 0))
    scene.show_frame(frame_at(100))
    scene.show_result(result_at(100, 30))
    for step in range(1, 20):
        scene.show_frame(frame_at(100 + 40 * step))
    assert box(scene)[0] <= 30 + 0.2 * 300


def test_a_stale_result_is_hidden_and_a_fresh_one_appears_where_it_is(scene: FaceScene) -> None:
    scene.show_frame(frame_at(0))
    scene.show_result(result_at(0, 10))
    scene.show_frame(frame_at(STALE_NS / MS))
    assert len(scene.items()) == 1
    scene.show_frame(frame_at(STALE_NS / MS + 1))
    assert len(scene.items()) == 0
    scene.show_frame(frame_at(2 * STALE_NS / MS))
    scene.show_result(result_at(2 * STALE_NS / MS - 10, 50))
    np.testing.assert_allclose(box(scene)[0], 50)


def test_faces_come_by_track_id(scene: FaceScene) -> None:
    frame = frame_at(0)
    scene.show_frame(frame)
    scene.show_result(make_result(make_face(9), make_face(2), make_face(5), frame=frame).result)
    assert [item.track_id for item in scene.items()] == [2, 5, 9]


def test_a_straggler_of_the_source_before_is_ignored(scene: FaceScene) -> None:
    scene.show_frame(frame_at(0))
    scene.show_result(result_at(0))
    scene.clear()
    assert scene.frame is None
    scene.show_result(result_at(30))
    scene.show_frame(frame_at(100))
    scene.show_result(result_at(60))
    assert len(scene.items()) == 0
    scene.show_result(result_at(100))
    assert len(scene.items()) == 1


def test_a_clock_that_stands_still_moves_nothing(scene: FaceScene) -> None:
    scene.show_frame(frame_at(50))
    scene.show_result(result_at(50, 10))
    scene.show_frame(frame_at(50))
    np.testing.assert_allclose(box(scene)[0], 10)
