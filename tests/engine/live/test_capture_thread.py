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
from metaface_gui.pipeline.capture.base import FrameSource, Remark
from metaface_gui.types import Frame
from tests.patience import PATIENCE_S

Read = Callable[[], Frame | None]


class ScriptedSource(FrameSource):
    """Does what its script says, read by read; each opening takes the next script."""

    title = "scripted"
    nominal_fps = 30.0

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

    def __init__(self, source: ScriptedSource, *, loops: bool = False) -> None:
        self.states: queue.Queue[SourceChanged] = queue.Queue()
        self.frames: list[int] = []
        self.shown: queue.Queue[tuple[int, int]] = queue.Queue()
        self.remarks: list[str] = []
        self.slot, self.to_look_at = LatestSlot[Frame](), LatestSlot[Frame]()
        self.thread = CaptureThread(
            source,
            self.slot,
            self.to_look_at,
            on_frame=lambda frame, _is_first_unread: self._note(frame),
            on_changed=self.states.put,
            on_remark=lambda error: self.remarks.append(str(error)),
            retry_s=(0.0,),
            loops=loops,
        )
        self.thread.start()

    def _note(self, frame: Frame) -> None:
        self.frames.append(frame.index)
        self.shown.put((frame.index, frame.segment))

    def next_shown(self) -> tuple[int, int]:
        """Number and segment of the next frame that is shown."""
        return self.shown.get(timeout=PATIENCE_S)

    def until(self, state: SourceState) -> SourceChanged:
        while (change := self.states.get(timeout=PATIENCE_S)).state is not state:
            pass
        return change


def test_a_file_is_read_to_its_end_and_closed() -> None:
    source = ScriptedSource([frame(0), frame(1), None], is_live=False)
    run = Run(source)
    run.until(SourceState.OPENING)
    run.until(SourceState.RUNNING)
    run.until(SourceState.ENDED)
    assert source.closed.wait(PATIENCE_S)
    assert run.frames == [0, 1]
    newest = run.slot.take()
    assert newest is not None
    assert newest.index == 1
    assert run.thread.stop(PATIENCE_S)


def test_a_source_that_cannot_be_opened_fails_with_its_reason() -> None:
    run = Run(ScriptedSource())
    assert str(run.until(SourceState.FAILED).error) == "still not there"
    assert run.thread.stop(PATIENCE_S)


def test_a_broken_file_fails_but_its_frames_were_shown() -> None:
    run = Run(ScriptedSource([frame(0), SourceError("breaks off")], is_live=False))
    assert str(run.until(SourceState.FAILED).error) == "breaks off"
    assert run.frames == [0]
    assert run.slot.take() is None, "it would be shown where the window says that there is no picture"
    assert run.thread.stop(PATIENCE_S)


def test_what_nobody_saw_of_a_source_that_is_stopped_is_forgotten() -> None:
    """A busy window or pipeline would take it for the next source's."""
    run = Run(ScriptedSource([frame(0), frame(1)], is_live=False))
    assert run.next_shown() == (0, 0)
    assert run.thread.stop(PATIENCE_S)
    assert run.slot.take() is None
    assert run.to_look_at.take() is None


def test_an_unplugged_camera_comes_back_by_itself() -> None:
    source = ScriptedSource([frame(0), SourceError("was lost")], [frame(5), None])
    run = Run(source)
    assert str(run.until(SourceState.RECONNECTING).error) == "was lost"
    run.until(SourceState.RUNNING)
    run.until(SourceState.ENDED)
    assert run.frames == [0, 5]
    assert source.opened == 2
    assert run.thread.stop(PATIENCE_S)


def test_stopping_while_the_camera_is_gone_is_prompt() -> None:
    run = Run(ScriptedSource([SourceError("was lost")]))
    run.until(SourceState.RECONNECTING)
    run.until(SourceState.RECONNECTING)
    assert run.thread.stop(PATIENCE_S)


def test_a_drivers_surprise_becomes_a_sentence(caplog: pytest.LogCaptureFixture) -> None:
    run = Run(ScriptedSource([ZeroDivisionError("driver")]))
    assert "failed unexpectedly" in str(run.until(SourceState.FAILED).error)
    assert run.thread.stop(PATIENCE_S)
    assert "ZeroDivisionError" in caplog.text


def test_a_paused_file_waits_and_goes_on() -> None:
    gate = threading.Event()

    class Gated(ScriptedSource):
        def open(self) -> None:
            super().open()
            gate.wait(PATIENCE_S)

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
    assert run.thread.stop(PATIENCE_S)


@pytest.mark.parametrize(("count", "last"), [(0, None), (2, "remark 1"), (3, "remark 2"), (9, "scripted: 6 more")])
def test_what_a_source_says_of_itself_is_told_at_its_end(count: int, last: str | None) -> None:
    source = ScriptedSource([frame(0), None], is_live=False)
    source.remarks = tuple(Remark(KnownError(f"remark {number}")) for number in range(count))
    run = Run(source)
    run.until(SourceState.ENDED)
    assert len(run.remarks) == min(count, 4)
    assert last is None or run.remarks[-1].startswith(last)
    assert run.thread.stop(PATIENCE_S)


class Film(ScriptedSource):
    """A file of numbered frames that can be sought."""

    def __init__(self, n_frames: int) -> None:
        super().__init__(is_live=False)
        self.frame_count = n_frames
        self.at = 0
        self.nominal_fps = 1000.0

    def open(self) -> None:
        self.opened += 1
        self.at = 0

    def read(self) -> Frame | None:
        if self.at >= (self.frame_count or 0):
            return None
        self.at += 1
        return frame(self.at - 1)

    def seek(self, index: int) -> None:
        self.at = index


def test_a_file_that_has_ended_waits_to_be_sought_and_goes_on_from_there() -> None:
    source = Film(3)
    run = Run(source)
    ended = run.until(SourceState.ENDED)
    assert (ended.n_frames, ended.fps) == (3, 1000.0)
    assert run.thread.is_frozen
    assert source.closed.is_set()
    run.thread.seek(1)
    run.until(SourceState.RUNNING)
    run.until(SourceState.ENDED)
    shown = [run.next_shown() for _ in range(5)]
    assert shown == [(0, 0), (1, 0), (2, 0), (1, 2), (2, 2)], "another segment: faces do not go on from before"
    assert run.thread.stop(PATIENCE_S)


def test_a_paused_file_shows_the_frame_that_is_sought_and_stays_paused() -> None:
    run = Run(Film(50))
    run.until(SourceState.ENDED)
    run.thread.set_paused(True)
    for wanted in (20, 4, 99):
        run.thread.seek(wanted)
        while run.next_shown() != (min(wanted, 49), run.thread._segment):
            pass
    assert run.thread.is_frozen
    assert run.thread.stop(PATIENCE_S)
    assert run.shown.empty()


def test_a_file_that_loops_begins_again_until_it_is_told_not_to() -> None:
    source = Film(2)
    source.remarks = (Remark(KnownError("it is cut off")),)
    run = Run(source, loops=True)
    shown = [run.next_shown() for _ in range(6)]
    assert shown == [(0, 0), (1, 0), (0, 1), (1, 1), (0, 2), (1, 2)], "each time is a segment of its own"
    run.thread.set_looping(False)
    run.until(SourceState.ENDED)
    assert run.remarks == ["it is cut off"], "said once"
    before = source.opened
    run.thread.set_looping(True)
    run.until(SourceState.RUNNING)
    assert source.opened > before
    assert run.thread.stop(PATIENCE_S)


def test_looping_that_is_turned_on_while_a_file_comes_to_its_end_is_not_missed() -> None:
    made: queue.Queue[Run] = queue.Queue()

    class Closing(Film):
        def close(self) -> None:
            super().close()
            if self.opened == 1:
                made.get(timeout=PATIENCE_S).thread.set_looping(True)

    run = Run(Closing(2))
    made.put(run)
    assert [run.next_shown()[0] for _ in range(4)] == [0, 1, 0, 1]
    assert run.thread.stop(PATIENCE_S)


def test_a_file_in_which_nothing_is_left_does_not_loop_for_ever() -> None:
    source = Film(2)
    run = Run(source, loops=True)
    run.until(SourceState.RUNNING)
    source.frame_count = 0
    run.until(SourceState.ENDED)
    assert run.thread.stop(PATIENCE_S)


def test_what_cannot_be_sought_says_so_and_stays_where_it_is() -> None:
    run = Run(ScriptedSource([frame(0), None], is_live=False))
    assert run.until(SourceState.ENDED).n_frames == 0
    run.thread.seek(0)
    assert run.thread.stop(PATIENCE_S)
    assert run.frames == [0]


def test_seeking_does_not_wait_for_a_slow_decoder_and_the_last_wish_counts() -> None:
    gate, sought = threading.Event(), []

    class Slow(Film):
        def seek(self, index: int) -> None:
            sought.append(index)
            super().seek(index)
            gate.wait(PATIENCE_S)

    run = Run(Slow(1000))
    run.until(SourceState.ENDED)
    run.thread.set_paused(True)
    run.thread.seek(1)
    run.until(SourceState.PAUSED)
    for index in range(2, 900):  # a hand on the slider
        run.thread.seek(index)
    gate.set()
    while run.next_shown()[0] != 899:
        pass
    assert len(sought) <= 3
    assert run.thread.stop(PATIENCE_S)
