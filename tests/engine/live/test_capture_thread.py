from __future__ import annotations

import queue
import threading
from collections.abc import Callable

import numpy as np
import pytest

from metaface_gui.engine.events import SourceChanged, SourceState
from metaface_gui.engine.live.capture_thread import CaptureThread
from metaface_gui.engine.live.latest_slot import LatestSlot
from metaface_gui.errors import KnownError, SourceError
from metaface_gui.pipeline.capture.base import Remark
from metaface_gui.types import Frame

Read = Callable[[], Frame | None]


class ScriptedSource:
    """Does what its script says, read by read; each opening takes the next script."""

    title = "scripted"
    is_mirrored = False
    nominal_fps = 30.0
    frame_count = None
    remarks: tuple[Remark, ...] = ()

    def __init__(self, *scripts: list[Frame | Exception | None], is_live: bool = True) -> None:
        self.scripts = list(scripts)
        self.is_live = is_live
        self.opened = 0
        self.closed = threading.Event()

    def open(self) -> None:
        self.opened += 1
        if not self.scripts:
            raise SourceError("still not there")
        self.script = self.scripts.pop(0)

    def read(self) -> Frame | None:
        step = self.script.pop(0)
        if isinstance(step, Exception):
            raise step
        return step

    def close(self) -> None:
        self.closed.set()


def frame(index: int) -> Frame:
    return Frame(np.zeros((4, 4, 3), np.uint8), index, index / 30, index)


class Run:
    """A capture thread and what it said."""

    def __init__(self, source: ScriptedSource) -> None:
        self.states: queue.Queue[SourceChanged] = queue.Queue()
        self.frames: list[int] = []
        self.remarks: list[str] = []
        self.slot: LatestSlot[Frame] = LatestSlot()
        self.thread = CaptureThread(
            source,
            self.slot,
            LatestSlot(),
            on_frame=lambda frame, _is_first_unread: self.frames.append(frame.index),
            on_changed=self.states.put,
            on_remark=lambda error: self.remarks.append(str(error)),
            retry_s=(0.0,),
        )
        self.thread.start()

    def until(self, state: SourceState) -> SourceChanged:
        while (change := self.states.get(timeout=5.0)).state is not state:
            pass
        return change


def test_a_file_is_read_to_its_end_and_closed() -> None:
    source = ScriptedSource([frame(0), frame(1), None], is_live=False)
    run = Run(source)
    run.until(SourceState.OPENING)
    run.until(SourceState.RUNNING)
    run.until(SourceState.ENDED)
    assert source.closed.wait(5.0)
    assert run.frames == [0, 1]
    newest = run.slot.take()
    assert newest is not None
    assert newest.index == 1
    assert run.thread.stop(5.0)


def test_a_source_that_cannot_be_opened_fails_with_its_reason() -> None:
    run = Run(ScriptedSource())
    assert str(run.until(SourceState.FAILED).error) == "still not there"
    assert run.thread.stop(5.0)


def test_a_broken_file_fails_but_its_frames_were_shown() -> None:
    run = Run(ScriptedSource([frame(0), SourceError("breaks off")], is_live=False))
    assert str(run.until(SourceState.FAILED).error) == "breaks off"
    assert run.frames == [0]
    assert run.thread.stop(5.0)


def test_an_unplugged_camera_comes_back_by_itself() -> None:
    source = ScriptedSource([frame(0), SourceError("was lost")], [frame(5), None])
    run = Run(source)
    assert str(run.until(SourceState.RECONNECTING).error) == "was lost"
    run.until(SourceState.RUNNING)
    run.until(SourceState.ENDED)
    assert run.frames == [0, 5]
    assert source.opened == 2
    assert run.thread.stop(5.0)


def test_stopping_while_the_camera_is_gone_is_prompt() -> None:
    run = Run(ScriptedSource([SourceError("was lost")]))
    run.until(SourceState.RECONNECTING)
    run.until(SourceState.RECONNECTING)
    assert run.thread.stop(5.0)


def test_a_drivers_surprise_becomes_a_sentence(caplog: pytest.LogCaptureFixture) -> None:
    run = Run(ScriptedSource([ZeroDivisionError("driver")]))
    assert "failed unexpectedly" in str(run.until(SourceState.FAILED).error)
    assert run.thread.stop(5.0)
    assert "ZeroDivisionError" in caplog.text


def test_a_paused_file_waits_and_goes_on() -> None:
    gate = threading.Event()

    class Gated(ScriptedSource):
        def open(self) -> None:
            super().open()
            gate.wait(5.0)

    source = Gated([frame(0), frame(1), None], is_live=False)
    run = Run(source)
    run.thread.set_paused(True)
    gate.set()
    run.until(SourceState.PAUSED)
    run.until(SourceState.PAUSED)  # the opening itself
    assert run.frames == []
    run.thread.set_paused(False)
    run.until(SourceState.ENDED)
    assert run.frames == [0, 1]
    assert run.thread.stop(5.0)


@pytest.mark.parametrize(("count", "last"), [(0, None), (2, "remark 1"), (3, "remark 2"), (9, "scripted: 6 more")])
def test_what_a_source_says_of_itself_is_told_at_its_end(count: int, last: str | None) -> None:
    source = ScriptedSource([frame(0), None], is_live=False)
    source.remarks = tuple(Remark(KnownError(f"remark {number}")) for number in range(count))
    run = Run(source)
    run.until(SourceState.ENDED)
    assert len(run.remarks) == min(count, 4)
    assert last is None or run.remarks[-1].startswith(last)
    assert run.thread.stop(5.0)
