"""A graphics card that is full or gone, and a model that raises: frames are lost and counted, never the app."""

from __future__ import annotations

import logging
import queue
from itertools import repeat
from pathlib import Path
from typing import cast

import pytest
import torch

from metaface_gui.engine.engine import Engine
from metaface_gui.engine.events import EngineEvent, EngineStats, ModelsChanged, ModelState, ResultReady, Trouble
from metaface_gui.engine.live.inference_worker import InferenceWorker
from metaface_gui.engine.live.latest_slot import LatestSlot
from metaface_gui.engine.live.stats import LiveStats, is_of_device
from metaface_gui.errors import DeviceError
from metaface_gui.pipeline.face_pipeline import FacePipeline
from metaface_gui.types import Frame, FrameResult
from tests.engine.listening import Listener, show, someone
from tests.faults.conftest import Card
from tests.gui.fakes import make_frame
from tests.patience import PATIENCE_S

FULL = torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB.")
LOST = RuntimeError("CUDA error: the launch timed out and was terminated\nCUDA kernel errors might be reported …")


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (FULL, True),
        (LOST, True),
        (RuntimeError("cuDNN error: CUDNN_STATUS_EXECUTION_FAILED"), True),
        (RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"), True),
        (RuntimeError("HIP error: an illegal memory access was encountered"), True),
        (RuntimeError("MPS backend out of memory (MPS allocated: 8.97 GB, max allowed: 9.07 GB)."), True),
        (RuntimeError("mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)"), False),
        (ZeroDivisionError("CUDA error"), False),
        (MemoryError(), False),
    ],
)
def test_a_devices_failures_are_told_from_bugs(error: Exception, expected: bool) -> None:
    assert is_of_device(error) is expected


def test_a_burst_of_failures_is_told_once_and_a_new_one_after_a_good_frame() -> None:
    said = list[EngineEvent]()
    fallbacks = list[int]()
    stats = LiveStats(said.append, lambda: fallbacks.append(1))
    for _ in range(5):
        stats.on_failure(LOST)
    assert len(said) == 1
    assert len(fallbacks) == 5  # each time: the wish for the processor may have come too late for the model that runs
    stats.on_result(FrameResult(make_frame(8, 8), (), 0))
    stats.on_failure(FULL)
    assert [isinstance(event, Trouble) and str(event.error) for event in said] == [
        "The graphics card failed (RuntimeError). MetaFace continues on the processor; to use the card again, choose "
        "it as the device.",
        "The graphics card's memory is full. MetaFace continues on the processor.",
    ]
    assert stats.stats(0, dropped_frames=0, device="").failed_frames == 6


def test_the_processor_takes_over(
    engine: Engine, listener: Listener, card: Card, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL, "metaface_gui.engine.live.inference_worker")
    card.failures = repeat(LOST)
    show(engine, someone(0, tmp_path).stills[0])
    trouble = listener.wait(Trouble, lambda event: isinstance(event.error, DeviceError))
    assert "The graphics card failed (RuntimeError). MetaFace continues on the processor" in str(trouble.error)
    listener.wait(ModelsChanged, lambda event: event.state is ModelState.READY and event.device == "cpu")
    listener.wait(ResultReady, lambda event: len(event.result.faces) == 1)
    assert listener.wait(EngineStats, lambda event: event.device == "cpu").failed_frames >= 1


def test_one_exception_costs_one_frame(
    engine: Engine, listener: Listener, card: Card, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    card.failures = iter([ZeroDivisionError("a bug of ours")])
    show(engine, someone(0, tmp_path).stills[0])
    trouble = listener.wait(Trouble)
    assert str(trouble.error) == "A frame was lost (ZeroDivisionError). If this keeps happening, see the log file."
    listener.wait(ResultReady, lambda event: len(event.result.faces) == 1)
    stats = listener.wait(EngineStats, lambda event: event.failed_frames > 0)
    assert stats.failed_frames == 1
    assert stats.device == "cuda"
    assert "a bug of ours" in caplog.text


class Looker:
    """A pipeline that cannot take over from another, and raises for every second frame."""

    def process(self, frame: Frame) -> FrameResult:
        if frame.index % 2:
            raise LOST
        return FrameResult(frame, (), 0)

    def number_tracks_after(self, former: object) -> None:
        raise KeyError(former)


def test_the_worker_outlives_pipelines_and_listeners_that_raise(caplog: pytest.LogCaptureFixture) -> None:
    happened: queue.Queue[str] = queue.Queue()

    def on_failure(error: Exception) -> None:
        happened.put(f"lost: {type(error).__name__}")
        raise ZeroDivisionError("the listener's own")

    frames: LatestSlot[Frame] = LatestSlot()
    worker = InferenceWorker(frames, lambda result: happened.put(f"result {result.frame.index}"), on_failure)
    worker.start()
    for index, expected in enumerate(["result 0", "lost: RuntimeError", "result 2"]):
        worker.use(cast(FacePipeline, Looker()))
        frames.put(make_frame(8, 8, index=index))
        while (said := happened.get(timeout=PATIENCE_S)) != expected:
            assert said == "lost: KeyError"
    assert worker.stop(PATIENCE_S)
    assert "the listener's own" in caplog.text
