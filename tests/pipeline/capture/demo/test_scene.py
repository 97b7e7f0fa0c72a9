from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from metaface_gui.errors import SourceError
from metaface_gui.pipeline.capture.base import FrameSource
from metaface_gui.pipeline.capture.demo import people as demo_people
from metaface_gui.pipeline.capture.demo.people import load_scene_people
from metaface_gui.pipeline.capture.demo.room import DESK_TOP
from metaface_gui.pipeline.capture.demo.scene import DemoScene, DemoSceneSource
from metaface_gui.pipeline.capture.demo.script import DEMO_SCRIPT, pose_at
from metaface_gui.pipeline.capture.demo.sprites import COVER_STEP, Placement, Sprite
from metaface_gui.resources import weights_dir
from metaface_gui.types import FaceTruth, Floats
from tests.patience import PATIENCE_S

FPS = 30.0
WIDTH, HEIGHT = 640, 360
PEOPLE = {"Eileen Collins", "Barack Obama", "Grace Hopper"}


@pytest.fixture(scope="module")
def scene() -> DemoScene:
    return DemoScene(seed=0, width=WIDTH, height=HEIGHT, fps=FPS)


def names(truth: tuple[FaceTruth, ...]) -> list[str | None]:
    return [face.person for face in truth]


def middle_frame(phase: str) -> int:
    found = next(p for p in DEMO_SCRIPT.phases if p.name == phase)
    return round((found.start_s + found.end_s) / 2 * FPS)


def truths(scene: DemoScene, phase: str) -> list[list[str | None]]:
    found = next(p for p in DEMO_SCRIPT.phases if p.name == phase)
    return [names(scene.render(i)[1]) for i in range(round(found.start_s * FPS), round(found.end_s * FPS))]


def test_a_frame_depends_on_seed_and_index_alone(scene: DemoScene) -> None:
    again = DemoScene(seed=0, width=WIDTH, height=HEIGHT, fps=FPS)
    wanted = {i: scene.render(i) for i in (0, 500, 620, 730)}
    for i in (730, 0, 620, 500):  # another order, as when frames are dropped
        image, truth = again.render(i)
        assert np.array_equal(image, wanted[i][0])
        assert names(truth) == names(wanted[i][1])
    other = DemoScene(seed=1, width=WIDTH, height=HEIGHT, fps=FPS)
    assert not np.array_equal(other.render(500)[0], wanted[500][0])


def test_no_two_frames_are_the_same(scene: DemoScene) -> None:
    empty = middle_frame("empty")
    for i in (60, empty):
        assert not np.array_equal(scene.render(i)[0], scene.render(i + 1)[0])


def test_the_second_round_shows_the_same_people(scene: DemoScene) -> None:
    for phase in ("alone", "three", "empty"):
        i = middle_frame(phase)
        assert names(scene.render(i)[1]) == names(scene.render(i + round(DEMO_SCRIPT.duration_s * FPS))[1])


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (640, 480), (200, 120)])
def test_frames_have_the_size_asked_for(width: int, height: int) -> None:
    image, truth = DemoScene(width=width, height=height).render(30)
    assert image.shape == (height, width, 3)
    assert image.dtype == np.uint8
    assert len(truth) == 1
    assert truth[0].box_xyxy.dtype == np.float32


@pytest.mark.parametrize(("width", "height", "fps"), [(0, 720, 30.0), (1280, 10, 30.0), (640, 360, 0.0)])
def test_senseless_sizes_are_refused(width: int, height: int, fps: float) -> None:
    with pytest.raises(ValueError, match="want at least 64×64 pixels"):
        DemoScene(width=width, height=height, fps=fps)


# What happens -----------------------------------------------------------------------------------------------------


def test_the_first_person_is_alone_and_nearly_still(scene: DemoScene) -> None:
    boxes = [scene.render(i)[1] for i in range(0, 165, 15)]
    assert all(names(truth) == ["Eileen Collins"] for truth in boxes)
    centres = np.array([(truth[0].box_xyxy[:2] + truth[0].box_xyxy[2:]) / 2 for truth in boxes])
    assert np.ptp(centres, axis=0).max() < 0.01 * WIDTH
    sizes = [float(truth[0].box_xyxy[3] - truth[0].box_xyxy[1]) for truth in boxes]
    assert min(sizes) > 0.27 * HEIGHT


def test_two_then_three(scene: DemoScene) -> None:
    assert set(truths(scene, "two")[-1]) == PEOPLE - {"Grace Hopper"}
    assert set(truths(scene, "three")[-1]) == PEOPLE


def test_the_light_goes_down_and_comes_back(scene: DemoScene) -> None:
    day, dark, again = (float(scene.render(round(t * FPS))[0].mean()) for t in (13.5, 16.4, 22.0))
    assert dark < 0.3 * day
    assert again == pytest.approx(day, rel=0.1)


def test_faces_lose_their_detail_in_the_blur(scene: DemoScene) -> None:
    def detail(t: float) -> float:
        image, truth = scene.render(round(t * FPS))
        x1, y1, x2, y2 = next(f.box_xyxy for f in truth if f.person == "Grace Hopper").astype(int)
        return float(cv2.Laplacian(cv2.cvtColor(image[y1:y2, x1:x2], cv2.COLOR_BGR2GRAY), cv2.CV_64F).std())

    assert detail(20.7) < 0.3 * detail(18.0)


def test_faces_are_hidden_in_turn_and_hidden_faces_are_no_truth(scene: DemoScene) -> None:
    seen = truths(scene, "occlusion")
    assert any("Barack Obama" not in frame for frame in seen)
    assert any("Eileen Collins" not in frame for frame in seen)
    assert sum("Barack Obama" in frame for frame in seen) > 0.5 * len(seen)
    assert all("Grace Hopper" in frame for frame in seen)


def test_the_stranger_walks_through_once_and_is_never_named(scene: DemoScene) -> None:
    in_phase = [None in frame for frame in truths(scene, "stranger")]
    assert sum(in_phase) > FPS
    elsewhere = [i for i in range(0, 1200, 10) if not 26.8 <= i / FPS <= 31.6]
    named = [name for i in elsewhere for name in names(scene.render(i)[1])]
    assert None not in named
    assert set(named) == PEOPLE


def test_somebody_is_gone_for_less_than_a_second(scene: DemoScene) -> None:
    there = ["Barack Obama" in frame for frame in truths(scene, "return")]
    assert there[0]
    assert there[-1]
    gone = there.count(False)
    assert 0.4 * FPS < gone < 1.0 * FPS
    first = there.index(False)
    assert not any(there[first : first + gone])


def test_the_room_is_empty_for_a_moment(scene: DemoScene) -> None:
    assert all(frame == [] for frame in truths(scene, "empty"))


def test_truth_lies_inside_the_frame(scene: DemoScene) -> None:
    for i in range(0, 1200, 25):
        for face in scene.render(i)[1]:
            x1, y1, x2, y2 = face.box_xyxy
            assert 0 <= x1 < x2 <= WIDTH
            assert 0 <= y1 < y2 <= HEIGHT


def test_nobody_floats_above_the_desk() -> None:
    """A cut-out ends somewhere; the end has to be behind the desk whenever it is in the picture."""
    sprites = {p.name: Sprite(p.cutout.image, p.cutout.box_xyxy) for p in load_scene_people()}
    for appearance in DEMO_SCRIPT.appearances:
        for t in np.arange(appearance.poses[0].t_s, appearance.poses[-1].t_s, 0.2):
            pose = pose_at(appearance.poses, float(t))
            assert pose is not None
            # The sway at its worst: up, small, and tilted further.
            tilt = pose.roll_deg + np.copysign(1.4, pose.roll_deg)
            where = Placement(pose.x * 1280, (pose.y - 0.003) * 720, pose.size * 0.988 * 720, tilt)
            cover = np.zeros((1000 // COVER_STEP, 1280 // COVER_STEP), np.uint8)
            sprites[appearance.person].cover(cover, where)
            # Half a face to both sides of the face is body all the way down.
            x1, _, x2, _ = sprites[appearance.person].box_at(where)
            columns = cover[:, max(0, round(x1 / COVER_STEP)) : max(0, round(x2 / COVER_STEP))]
            for column in columns.T:
                covered = np.flatnonzero(column > 200)
                assert (covered[-1] + 1) * COVER_STEP >= (DESK_TOP + 0.012) * 720 - COVER_STEP


def overlap(a: Floats, b: Floats) -> float:
    """Intersection over union."""
    size = np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2])
    shared = float(np.prod(np.clip(size, 0, None)))
    return shared / (float(np.prod(a[2:] - a[:2])) + float(np.prod(b[2:] - b[:2])) - shared)


@pytest.mark.parametrize("t", [2.0, 9.0, 13.0, 16.4, 20.7, 24.6, 28.4, 35.0, 39.6])
def test_the_detector_finds_every_face_where_the_truth_says(scene: DemoScene, t: float) -> None:
    detector = cv2.FaceDetectorYN.create(str(next(weights_dir().glob("*yunet*.onnx"))), "", (WIDTH, HEIGHT), 0.7)
    image, truth = scene.render(round(t * FPS))
    _, rows = detector.detect(image)
    found = [np.concatenate([row[:2], row[:2] + row[2:4]]).astype(np.float32) for row in rows]
    assert truth
    for face in truth:
        assert max(overlap(face.box_xyxy, box) for box in found) > 0.5, face.person
    assert len(found) == len(truth)


# The source -------------------------------------------------------------------------------------------------------


class Clock:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


Make = Callable[..., DemoSceneSource]


@pytest.fixture
def make() -> Make:
    def made(**options: object) -> DemoSceneSource:
        return DemoSceneSource(width=160, height=90, **options)  # type: ignore[arg-type]

    return made


def test_is_a_frame_source(make: Make) -> None:
    source = make()
    assert isinstance(source, FrameSource)
    assert source.is_live
    assert not source.is_mirrored
    assert source.nominal_fps == 30.0
    assert source.frame_count is None
    assert source.title
    source.close()
    source.close()
    assert source.read() is None


def test_every_frame_in_order_when_not_live(make: Make) -> None:
    source = make(live=False, seconds=0.2)
    assert not source.is_live
    assert source.frame_count == 6
    source.open()
    frames = list(iter(source.read, None))
    assert [frame.index for frame in frames] == list(range(6))
    assert [frame.time_s for frame in frames] == pytest.approx([i / 30 for i in range(6)])
    assert names(frames[0].truth) == ["Eileen Collins"]
    assert source.read() is None
    source.open()
    again = source.read()
    assert again is not None
    assert np.array_equal(again.image_bgr, frames[0].image_bgr)
    source.close()
    assert source.read() is None


def test_live_leaves_out_what_came_too_late(make: Make) -> None:
    clock = Clock()
    source = make(seconds=2.0, clock=clock)
    source.open()
    indices = []
    for now_s in (1000.0, 1000.5, 1001.001):
        clock.now_s = now_s
        frame = source.read()
        assert frame is not None
        indices.append(frame.index)
    assert indices == [0, 15, 30]
    clock.now_s = 1003.0
    assert source.read() is None


def test_it_may_begin_in_the_middle_of_the_script(make: Make) -> None:
    clock = Clock()
    source = make(begin_s=26.8, clock=clock)
    source.open()
    frames = []
    for now_s in (5.0, 7.5):
        clock.now_s = now_s
        frame = source.read()
        assert frame is not None
        frames.append(frame)
    assert [frame.index for frame in frames] == [804, 879]
    assert frames[1].time_s == pytest.approx(29.3)
    assert [truth.person for truth in frames[1].truth if truth.person is None]


def test_live_waits_for_the_next_frame_and_close_ends_the_waiting(make: Make) -> None:
    clock = Clock()  # stands still: frame 1 is due in a hundred seconds, for ever
    source = make(fps=0.01, clock=clock)
    source.open()
    first = source.read()
    assert first is not None
    results: list[object] = []
    reader = threading.Thread(target=lambda: results.append(source.read()))
    reader.start()
    reader.join(timeout=0.05)
    assert reader.is_alive()
    source.close()
    reader.join(PATIENCE_S)
    assert results == [None]


@pytest.mark.parametrize("seconds", [-1.0, float("nan"), float("inf")])
def test_senseless_lengths_are_refused(make: Make, seconds: float) -> None:
    with pytest.raises(ValueError, match="seconds must be 0 or more"):
        make(seconds=seconds)
    with pytest.raises(ValueError, match="begin_s must be 0 or more"):
        make(begin_s=seconds)


def test_missing_portraits_are_told_at_open(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo_people, "assets_dir", lambda: tmp_path)
    source = make()
    with pytest.raises(SourceError, match="Install MetaFace again"):
        source.open()
    assert source.read() is None
