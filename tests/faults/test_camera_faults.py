"""Cameras that are busy, go, come back, freeze, or give what is no picture: said in a sentence, and mended by itself.

A whole capture thread runs on a scripted driver. That a camera is missing, refused or lost at all is in
`tests/pipeline/capture/test_webcam.py`.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, count, cycle, repeat

import cv2
import numpy as np
import pytest

from metaface_gui.engine.events import SourceChanged, SourceState
from metaface_gui.engine.live.capture_thread import CaptureThread
from metaface_gui.engine.live.latest_slot import LatestSlot
from metaface_gui.errors import SourceError
from metaface_gui.pipeline.capture.base import FrameSource
from metaface_gui.pipeline.capture.webcam import WebcamSource
from metaface_gui.types import Frame, Image
from tests.patience import PATIENCE_S

FRAME_NS = 100_000_000

Step = Image | Exception | None


def noise(seed: int, height: int = 48, width: int = 64) -> Image:
    return np.random.default_rng(seed).integers(0, 255, (height, width, 3), np.uint8)


class Driver:
    """A camera whose every opening gives the next of `sessions`; None is a read that fails, a session None a refusal.

    Time passes by `FRAME_NS` a read, not by the clock.
    """

    def __init__(self, *sessions: Iterator[Step] | Sequence[Step] | None) -> None:
        self._sessions = iter(sessions)
        self._session: Iterator[Step] | None = None
        self.now_ns = 0
        self.opened = 0

    def open(self, _index: int) -> Driver:
        self.opened += 1
        session = next(self._sessions, None)
        self._session = None if session is None else iter(session)
        return self

    def isOpened(self) -> bool:  # noqa: N802
        return self._session is not None

    def set(self, prop_id: int, value: float) -> bool:
        return bool(prop_id and value)

    def get(self, prop_id: int) -> float:
        return 0.0 * prop_id

    def read(self) -> tuple[bool, object]:
        self.now_ns += FRAME_NS
        assert self._session is not None
        step = next(self._session, None)
        if isinstance(step, Exception):
            raise step
        return step is not None, step

    def release(self) -> None:
        self._session = None


class Run:
    """A capture thread on a driver, what it said, and the frames that it showed, until `wanted` of them are there."""

    def __init__(self, driver: Driver, wanted: int) -> None:
        self.states: queue.Queue[SourceChanged] = queue.Queue()
        self.frames: list[Frame] = []
        self.has_enough = threading.Event()
        self._wanted = wanted
        source = WebcamSource(0, opener=driver.open, clock_ns=lambda: driver.now_ns)
        slots: list[LatestSlot[Frame]] = [LatestSlot(), LatestSlot()]
        self.thread = CaptureThread(source, *slots, on_frame=self._on_frame, on_changed=self.states.put, retry_s=(0.0,))
        self.thread.start()

    def _on_frame(self, frame: Frame, _is_first_unread: bool) -> None:
        self.frames.append(frame)
        if len(self.frames) >= self._wanted:
            self.has_enough.set()
            self.thread._stop.set()

    def finish(self) -> list[SourceChanged]:
        """Wait for the frames, and return all that was said."""
        assert self.has_enough.wait(PATIENCE_S), self.said()
        assert self.thread.stop(PATIENCE_S)
        return self.said()

    def said(self) -> list[SourceChanged]:
        return [self.states.get_nowait() for _ in range(self.states.qsize())]


def states(said: list[SourceChanged]) -> list[str]:
    return [change.state.value for change in said]


def errors(said: list[SourceChanged]) -> list[str]:
    return [str(change.error) for change in said if change.error is not None]


def test_unplugged_for_a_while_and_plugged_in_again() -> None:
    driver = Driver([noise(0), noise(1)], None, None, map(noise, count(2)))
    run = Run(driver, wanted=5)
    said = run.finish()
    assert states(said) == ["opening", "running", "reconnecting", "reconnecting", "reconnecting", "running"]
    first, *later = errors(said)
    assert first == "Camera 0 was disconnected. Plug it in again; MetaFace continues by itself."
    assert later == [later[0]] * 2
    assert "Camera 0 does not respond" in later[0] or "cannot be opened" in later[0]
    assert driver.opened == 4
    assert [frame.index for frame in run.frames] == [0, 1, 0, 1, 2]


def test_held_by_a_program_that_lets_go_later() -> None:
    """Some drivers open a camera that is in use and then give nothing."""
    run = Run(Driver([], [], map(noise, count())), wanted=3)
    said = run.finish()
    assert states(said)[-2:] == ["reconnecting", "running"]
    assert "Camera 0 gives no picture. Close other programs that use it" in errors(said)[0]


def test_the_last_picture_over_and_over_is_a_lost_camera() -> None:
    live = [noise(seed) for seed in range(5)]
    frozen = chain(live, repeat(live[-1]))
    run = Run(Driver(frozen, None, map(noise, count(9))), wanted=60)
    said = run.finish()
    assert states(said) == ["opening", "running", "reconnecting", "reconnecting", "running"]
    assert errors(said)[0] == (
        "Camera 0 is frozen: the same picture for two seconds. Plug it in again; MetaFace continues by itself."
    )
    n_shown_while_frozen = sum(np.array_equal(frame.image_bgr, live[-1]) for frame in run.frames) - 1
    assert n_shown_while_frozen == 20  # two seconds of ten frames


def test_it_freezes_again_and_is_noticed_again() -> None:
    frozen = [chain([noise(seed)], repeat(noise(seed + 100))) for seed in range(3)]
    said = Run(Driver(*frozen, map(noise, count(9))), wanted=100).finish()
    assert states(said).count("reconnecting") == 3


def test_a_virtual_camera_may_show_a_still_picture() -> None:
    """The same still again after one reconnection: it is believed, whatever it shows from then on."""
    still, next_still = noise(0), noise(1)
    run = Run(Driver(repeat(still), chain([still] * 300, repeat(next_still))), wanted=700)
    said = run.finish()
    assert states(said) == ["opening", "running", "reconnecting", "running"]
    assert np.array_equal(run.frames[-1].image_bgr, next_still)


def test_old_frames_in_a_drivers_buffer_do_not_make_a_still() -> None:
    frozen = noise(0)
    live_then_frozen = chain([frozen] * 3, map(noise, range(1, 5)), repeat(noise(7)))
    said = Run(Driver(repeat(frozen), live_then_frozen, map(noise, count(9))), wanted=80).finish()
    assert states(said).count("reconnecting") == 2


def test_a_slide_show_does_not_reconnect_for_ever() -> None:
    slides = [noise(seed) for seed in range(4)]
    show = chain.from_iterable(repeat(slide, 30) for slide in cycle(slides))  # three seconds each, going on alone
    said = Run(Driver(*repeat(show, 5)), wanted=400).finish()
    assert states(said).count("reconnecting") == 1


def test_a_paused_camera_that_froze_is_noticed_and_stays_paused() -> None:
    is_paused = threading.Event()

    def frozen() -> Iterator[Image]:
        assert is_paused.wait(PATIENCE_S)  # else it may have frozen and come back before
        yield noise(0)
        yield from repeat(noise(1))

    run = Run(Driver(frozen(), map(noise, count(2))), wanted=10**9)
    run.thread.set_paused(True)
    is_paused.set()
    heard = list[str]()
    while heard[-2:] != ["reconnecting", "paused"]:
        heard.append(run.states.get(timeout=PATIENCE_S).state.value)
    assert run.thread.stop(PATIENCE_S)
    assert "failed" not in heard


def test_the_resolution_may_change_in_mid_stream() -> None:
    sizes = [(48, 64), (720, 1280), (2, 3), (64, 48)]
    run = Run(Driver([noise(0, *size) for size in sizes]), wanted=4)
    said = run.finish()
    assert states(said) == ["opening", "running"]
    assert [(frame.height, frame.width) for frame in run.frames] == sizes


@pytest.mark.parametrize(
    "bad",
    [
        np.full((48, 64, 3), np.nan, np.float32),
        np.zeros((0, 64, 3), np.uint8),
        np.zeros((48, 0), np.uint8),
        np.zeros((48, 64, 2), np.uint8),
        np.zeros((48, 64, 3), np.complex128),
        np.zeros(64, np.uint8),
        np.lib.stride_tricks.as_strided(np.zeros(3, np.uint8), (40_000, 40_000, 3), (0, 0, 1)),
    ],
    ids=["NaN", "no rows", "no columns", "two channels", "complex", "a line", "1600 megapixels"],
)
def test_what_is_no_picture_is_passed_over(bad: Image) -> None:
    run = Run(Driver([noise(0), bad, bad, noise(1)]), wanted=2)
    assert states(run.finish()) == ["opening", "running"]
    assert [frame.image_bgr.shape for frame in run.frames] == [(48, 64, 3)] * 2


def test_nothing_but_no_pictures_is_a_lost_camera() -> None:
    bad = np.full((48, 64, 3), np.nan, np.float32)
    said = Run(Driver(chain([noise(0)], repeat(bad)), map(noise, count())), wanted=3).finish()  # type: ignore[arg-type]
    assert "Camera 0 was disconnected" in errors(said)[0]


@pytest.mark.parametrize(
    ("picture", "expected"),
    [
        (np.full((4, 5), 200, np.uint8), (200, 200, 200)),
        (np.full((4, 5, 1), 200, np.uint8), (200, 200, 200)),
        (np.full((4, 5, 4), (10, 20, 30, 0), np.uint8), (10, 20, 30)),
        (np.full((4, 5, 3), (256 * 10, 256 * 20 + 255, 65535), np.uint16), (10, 20, 255)),
    ],
    ids=["grey", "one channel", "BGRA", "16 bits"],
)
def test_other_kinds_of_pictures_are_taken_in(picture: Image, expected: tuple[int, int, int]) -> None:
    run = Run(Driver([picture]), wanted=1)
    run.finish()
    assert (run.frames[0].image_bgr == expected).all()
    assert run.frames[0].image_bgr.shape == (4, 5, 3)


def test_what_opencv_raises_is_a_lost_camera(caplog: pytest.LogCaptureFixture) -> None:
    said = Run(Driver([noise(0), cv2.error("select() timeout")], map(noise, count(1))), wanted=4).finish()
    assert states(said) == ["opening", "running", "reconnecting", "running"]
    assert "Camera 0 was disconnected" in errors(said)[0]
    assert not caplog.records

    def refuse(_index: int) -> Driver:
        raise cv2.error("out of device")

    with pytest.raises(SourceError, match=r"Camera 0 does not respond|cannot be opened"):
        WebcamSource(0, opener=refuse).open()


class Scripted(FrameSource):
    """A live source made of functions."""

    title = "scripted"
    is_live = True

    def __init__(self, read: Callable[[], Frame | None], close: Callable[[], None] = lambda: None) -> None:
        self._read, self._close = read, close

    def open(self) -> None:
        """Nothing to open."""

    def read(self) -> Frame | None:
        return self._read()

    def close(self) -> None:
        self._close()


@pytest.mark.parametrize("ending", ["frame", "error"])
def test_a_driver_that_wakes_up_late_says_and_shows_nothing(ending: str) -> None:
    """It held `read` while another source was opened: nothing of the old one may get into the new one's view."""
    is_reading, may_end = threading.Event(), threading.Event()

    def read() -> Frame | None:
        is_reading.set()
        assert may_end.wait(PATIENCE_S)
        if ending == "error":
            raise SourceError("lost long ago")
        return Frame(noise(0), 0, 0.0, 0)

    said: queue.Queue[SourceChanged] = queue.Queue()
    preview: LatestSlot[Frame] = LatestSlot()
    shown = list[Frame]()
    thread = CaptureThread(
        Scripted(read), preview, LatestSlot(), on_frame=lambda frame, _: shown.append(frame), on_changed=said.put
    )
    thread.start()
    assert is_reading.wait(PATIENCE_S)
    assert not thread.stop(0.0)
    may_end.set()
    assert thread.stop(PATIENCE_S)
    assert shown == []
    assert preview.take() is None
    assert [said.get_nowait().state for _ in range(said.qsize())] == [SourceState.OPENING, SourceState.RUNNING]


def test_a_device_that_cannot_even_be_let_go_of_ends_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    def close() -> None:
        raise cv2.error("device is gone")

    said: queue.Queue[SourceChanged] = queue.Queue()
    thread = CaptureThread(
        Scripted(lambda: None, close), LatestSlot(), LatestSlot(), on_frame=lambda *_: None, on_changed=said.put
    )
    thread.start()
    while said.get(timeout=PATIENCE_S).state is not SourceState.ENDED:
        pass
    assert thread.stop(PATIENCE_S)
    assert "device is gone" in caplog.text
