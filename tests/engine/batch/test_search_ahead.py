"""Two stages: frames are read and searched ahead of who looks at them, and in the end it comes to the same."""

from __future__ import annotations

import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from metaface_gui.engine.assembly import build_pipeline
from metaface_gui.engine.batch.search_ahead import searched
from metaface_gui.engine.recording.session_files import frame_line
from metaface_gui.pipeline.capture.base import FrameSource
from metaface_gui.pipeline.capture.demo.people import demo_people
from metaface_gui.pipeline.capture.demo.scene import DemoSceneSource
from metaface_gui.pipeline.capture.images import ImageFolderSource
from metaface_gui.pipeline.detection.search import FrameSearch
from metaface_gui.pipeline.detection.way_up import Upright
from metaface_gui.pipeline.recognition.open_set import OpenSetClassifier
from metaface_gui.settings import RecognitionSettings
from metaface_gui.types import FaceDetections, Frame
from metaface_gui.weights.store import WeightsStore

PATIENCE_S = 60.0


def frame(index: int) -> Frame:
    return Frame(np.full((4, 4, 3), index, np.uint8), index, index / 30.0, 0)


def nothing_in(frame: Frame) -> Upright:
    return Upright(frame.image_bgr, frame.image_bgr, 0, FaceDetections.empty())


class Reader:
    """Gives so many frames, then ends or fails."""

    def __init__(self, n: int, error: Exception | None = None) -> None:
        self.read_so_far, self._n, self._error = 0, n, error
        self.calls_after = 0
        self.is_over = False

    def __call__(self) -> Frame | None:
        self.calls_after += self.is_over
        if self.read_so_far < self._n:
            self.read_so_far += 1
            return frame(self.read_so_far - 1)
        self.is_over = True
        if self._error is not None:
            raise self._error
        return None


def test_every_frame_comes_once_and_in_order() -> None:
    reader = Reader(20)
    with closing(searched(reader, nothing_in)) as steps:
        assert [frame.index for frame, _ in steps] == list(range(20))
    assert reader.calls_after == 0, "a source is not read beyond its end"


def test_the_next_frames_are_searched_while_one_is_looked_at_and_no_more_are_read() -> None:
    reader, fifth = Reader(20), threading.Event()

    def find(frame: Frame) -> Upright:
        if frame.index == 4:
            fifth.set()
        return nothing_in(frame)

    with closing(searched(reader, find)) as steps:
        next(steps)
        assert fifth.wait(PATIENCE_S)
        assert reader.read_so_far == 5
    assert reader.read_so_far == 5, "nothing runs on"


@pytest.mark.parametrize("fails_in", ["read", "find"])
def test_an_error_comes_after_the_frames_before_it(fails_in: str) -> None:
    reader = Reader(3, OSError("unplugged") if fails_in == "read" else None)

    def find(frame: Frame) -> Upright:
        if fails_in == "find" and frame.index == 2:
            raise OSError("unplugged")
        return nothing_in(frame)

    seen = list[int]()
    with pytest.raises(OSError, match="unplugged"):
        seen.extend(frame.index for frame, _ in searched(reader, find))
    assert seen == ([0, 1, 2] if fails_in == "read" else [0, 1])
    assert reader.calls_after == 0


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Stills of the demo's people: as they are, upside down, on a side, dark, and one without anybody."""
    stills = [person.stills[0] for person in demo_people()]
    dark = np.asarray(stills[0] * 0.1, np.uint8)
    nobody = np.full((200, 300, 3), 90, np.uint8)
    for number, still in enumerate((*stills, np.rot90(stills[1], 2), np.rot90(stills[0]), dark, nobody)):
        assert cv2.imwrite(str(tmp_path / f"{number}.png"), np.ascontiguousarray(still))
    return tmp_path


class TwoScenes(DemoSceneSource):
    """The scene, and after half a second another minute of it, as after a cut."""

    def read(self) -> Frame | None:
        frame = super().read()
        return frame and replace(frame, time_s=frame.time_s + 60.0 * (frame.time_s >= 12.5))


@pytest.mark.parametrize("kind", ["video", "pictures"])
def test_lines_are_those_of_one_stage(kind: str, store: WeightsStore, pictures: Path) -> None:
    def lines(*, ahead: bool) -> list[str]:
        is_video = kind == "video"
        source: FrameSource = (
            TwoScenes(width=640, height=360, fps=15.0, begin_s=12.0, seconds=13.0, live=False)
            if is_video
            else ImageFolderSource(pictures)
        )
        settings = RecognitionSettings(device="cpu")
        pipeline = build_pipeline(settings, store)
        pipeline.set_classifiers({"prototypical": OpenSetClassifier.empty()}, "prototypical")
        source.open()
        try:
            if not ahead:
                return [frame_line(pipeline.process(frame)) for frame in iter(source.read, None)]
            with closing(searched(source.read, FrameSearch(pipeline.detector).find)) as steps:
                return [frame_line(pipeline.process(frame, found)) for frame, found in steps]
        finally:
            source.close()

    expected = lines(ahead=False)
    assert len(expected) == (15 if kind == "video" else 7)
    assert sum('"track"' in line for line in expected) >= 5
    assert lines(ahead=True) == expected
