"""Which faces are on screen, and where."""

from __future__ import annotations

import numpy as np

from metaface_gui.gui.face_scene import STALE_NS, FaceScene
from metaface_gui.types import Floats, Frame, FrameResult
from tests.gui.fakes import make_face, make_frame, make_result

MS = 1_000_000
T0 = 10_000 * MS


def frame_at(ms: float) -> Frame:
    return make_frame(64, 48, captured_ns=T0 + round(ms * MS))


def result_at(ms: float, x: float = 10.0) -> FrameResult:
    return make_result(make_face(1, (x, 10, x + 10, 20)), frame=frame_at(ms)).result


def box(scene: FaceScene) -> Floats:
    return scene.items[0].box_xyxy


def test_without_a_frame_there_is_nothing() -> None:
    scene = FaceScene()
    scene.show_result(result_at(0))
    assert scene.items == ()
    assert scene.is_stale


def test_a_result_on_its_own_frame_is_exact() -> None:
    scene = FaceScene()
    scene.show_frame(frame_at(0))
    scene.show_result(result_at(0, 10))
    scene.show_frame(frame_at(33))
    scene.show_result(result_at(33, 30))
    np.testing.assert_allclose(box(scene), [30, 10, 40, 20])


def test_between_results_a_box_glides_towards_the_newest_one() -> None:
    scene = FaceScene()
    scene.show_frame(frame_at(0))
    scene.show_result(result_at(0, 10))
    scene.show_frame(frame_at(60))
    scene.show_result(result_at(30, 20))
    np.testing.assert_allclose(box(scene)[0], 10)
    scene.show_frame(frame_at(95))
    assert 15 < box(scene)[0] < 18  # 63 % of the way after its time constant
    for step in range(20):
        scene.show_frame(frame_at(95 + 15 * step))
    np.testing.assert_allclose(box(scene)[0], 20, atol=0.1)


def test_a_stale_result_is_hidden_and_a_fresh_one_appears_where_it_is() -> None:
    scene = FaceScene()
    scene.show_frame(frame_at(0))
    scene.show_result(result_at(0, 10))
    scene.show_frame(frame_at(STALE_NS / MS))
    assert len(scene.items) == 1
    scene.show_frame(frame_at(STALE_NS / MS + 1))
    assert len(scene.items) == 0
    scene.show_frame(frame_at(1000))
    scene.show_result(result_at(990, 50))
    np.testing.assert_allclose(box(scene)[0], 50)


def test_faces_come_by_track_id() -> None:
    scene = FaceScene()
    frame = frame_at(0)
    scene.show_frame(frame)
    scene.show_result(make_result(make_face(9), make_face(2), make_face(5), frame=frame).result)
    assert [item.track_id for item in scene.items] == [2, 5, 9]


def test_a_straggler_of_the_source_before_is_ignored() -> None:
    scene = FaceScene()
    scene.show_frame(frame_at(0))
    scene.show_result(result_at(0))
    scene.clear()
    assert scene.frame is None
    scene.show_result(result_at(30))
    scene.show_frame(frame_at(100))
    scene.show_result(result_at(60))
    assert len(scene.items) == 0
    scene.show_result(result_at(100))
    assert len(scene.items) == 1


def test_a_clock_that_stands_still_moves_nothing() -> None:
    scene = FaceScene()
    scene.show_frame(frame_at(50))
    scene.show_result(result_at(50, 10))
    scene.show_frame(frame_at(50))
    np.testing.assert_allclose(box(scene)[0], 10)
