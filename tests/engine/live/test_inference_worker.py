from __future__ import annotations

import queue
from collections.abc import Iterator
from typing import cast

import pytest

from metaface_gui.engine.live.inference_worker import InferenceWorker
from metaface_gui.engine.live.latest_slot import LatestSlot
from metaface_gui.pipeline.face_pipeline import FacePipeline
from metaface_gui.types import Frame, FrameResult
from tests.gui.fakes import make_frame
from tests.patience import PATIENCE_S


class Looker:
    """A pipeline that writes down what is done with it."""

    def __init__(self, name: str, happened: queue.Queue[str]) -> None:
        self.name, self.happened = name, happened

    def process(self, frame: Frame) -> FrameResult:
        self.happened.put(f"{self.name} looks at {frame.index}")
        if frame.index == 13:
            raise ZeroDivisionError
        return FrameResult(frame, (), 0)

    def number_tracks_after(self, former: Looker) -> None:
        self.happened.put(f"{self.name} counts on after {former.name}")


@pytest.fixture
def happened() -> queue.Queue[str]:
    return queue.Queue()


@pytest.fixture
def frames() -> LatestSlot[Frame]:
    return LatestSlot()


@pytest.fixture
def worker(frames: LatestSlot[Frame], happened: queue.Queue[str]) -> Iterator[InferenceWorker]:
    worker = InferenceWorker(
        frames,
        lambda result: happened.put(f"result {result.frame.index}"),
        lambda error: happened.put(f"lost: {type(error).__name__}"),
    )
    worker.start()
    yield worker
    assert worker.stop(timeout_s=PATIENCE_S)


def pipeline(name: str, happened: queue.Queue[str]) -> FacePipeline:
    return cast(FacePipeline, Looker(name, happened))


def take(happened: queue.Queue[str], count: int) -> list[str]:
    return [happened.get(timeout=PATIENCE_S) for _ in range(count)]


def test_commands_come_before_the_next_frame_in_their_order(
    worker: InferenceWorker, frames: LatestSlot[Frame], happened: queue.Queue[str]
) -> None:
    worker.use(pipeline("A", happened))
    worker.post(lambda _pipeline: happened.put("first"))
    worker.post(lambda _pipeline: happened.put("second"))
    assert take(happened, 2) == ["first", "second"]
    frames.put(make_frame(8, 8, index=1))
    assert take(happened, 2) == ["A looks at 1", "result 1"]


def test_another_pipeline_counts_tracks_on(
    worker: InferenceWorker, frames: LatestSlot[Frame], happened: queue.Queue[str]
) -> None:
    worker.use(pipeline("A", happened))
    frames.put(make_frame(8, 8, index=1))
    take(happened, 2)
    worker.use(pipeline("B", happened))
    frames.put(make_frame(8, 8, index=2))
    assert take(happened, 3) == ["B counts on after A", "B looks at 2", "result 2"]


def test_a_lost_frame_or_command_ends_nothing(
    worker: InferenceWorker, frames: LatestSlot[Frame], happened: queue.Queue[str]
) -> None:
    def broken(_pipeline: FacePipeline) -> None:
        raise KeyError

    worker.use(pipeline("A", happened))
    worker.post(broken)
    assert take(happened, 1) == ["lost: KeyError"]
    frames.put(make_frame(8, 8, index=13))
    assert take(happened, 2) == ["A looks at 13", "lost: ZeroDivisionError"]
    frames.put(make_frame(8, 8, index=14))
    assert take(happened, 2) == ["A looks at 14", "result 14"]
