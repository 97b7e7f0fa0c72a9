"""The hop from worker threads to the GUI thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

import pytest
from PySide6.QtCore import QThread, SignalInstance
from pytestqt.qtbot import QtBot

from metaface_gui.engine.events import (
    Adapted,
    EngineEvent,
    EngineStats,
    EnrollmentChanged,
    FrameReady,
    GalleryChanged,
    JobChanged,
    SourceChanged,
    SourceState,
    Trouble,
    Undoable,
    UnknownsChanged,
)
from metaface_gui.errors import KnownError
from metaface_gui.gallery import GallerySnapshot
from metaface_gui.gui.bridge import EngineBridge
from tests.gui.fakes import make_face, make_frame, make_result, models


def on_worker(work: Callable[[], object]) -> None:
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def send_all(bridge: EngineBridge, events: Sequence[EngineEvent]) -> None:
    for event in events:
        bridge(event)


EVENTS: list[tuple[str, EngineEvent]] = [
    ("source_changed", SourceChanged(SourceState.RUNNING, "cam")),
    ("models_changed", models()),
    ("adapted", Adapted("prototypical", 2, 10, 3.0)),
    ("gallery_changed", GalleryChanged(GallerySnapshot((), 1))),
    ("enrollment_changed", EnrollmentChanged(False, None, (), 8)),
    ("unknowns_changed", UnknownsChanged(())),
    ("job_changed", JobChanged(1, "Saving", None)),
    ("undoable", Undoable(1, "Deleted {name}", "lin", 0)),
    ("trouble", Trouble(KnownError("No."))),
    ("stats", EngineStats(30.0, 20.0, 40.0, 0, 0, "cpu")),
    ("result_ready", make_result(make_face(1))),
]


@pytest.mark.parametrize(("name", "event"), EVENTS, ids=[name for name, _ in EVENTS])
def test_an_event_of_a_worker_comes_out_of_its_signal_on_the_gui_thread(
    qtbot: QtBot, bridge: EngineBridge, name: str, event: EngineEvent
) -> None:
    got: list[tuple[object, bool]] = []
    signal: SignalInstance = getattr(bridge, name)
    signal.connect(lambda arrived: got.append((arrived, QThread.currentThread() is bridge.thread())))
    on_worker(lambda: bridge(event))
    assert got == []  # nothing before the event loop has run: never inside the engine's own call
    qtbot.waitUntil(lambda: got == [(event, True)])


def test_frame_ready_needs_no_payload(qtbot: QtBot, bridge: EngineBridge) -> None:
    with qtbot.waitSignal(bridge.frame_ready):
        on_worker(lambda: bridge(FrameReady()))


def test_an_event_on_the_gui_thread_is_queued_too(qtbot: QtBot, bridge: EngineBridge) -> None:
    got: list[object] = []
    bridge.stats.connect(got.append)
    bridge(EngineStats(1.0, 1.0, 1.0, 0, 0, "cpu"))
    assert got == []
    qtbot.waitUntil(lambda: len(got) == 1)


def test_results_are_coalesced_to_the_newest(qtbot: QtBot, bridge: EngineBridge) -> None:
    results = [make_result(frame=make_frame(64, 48, index=index)) for index in range(50)]
    got: list[object] = []
    bridge.result_ready.connect(got.append)
    on_worker(lambda: send_all(bridge, results))
    qtbot.waitUntil(lambda: bool(got))
    assert got == [results[-1]]
    bridge(results[0])  # and the next one wakes it up again
    qtbot.waitUntil(lambda: got == [results[-1], results[0]])


def test_other_events_keep_their_order(qtbot: QtBot, bridge: EngineBridge) -> None:
    got: list[float | None] = []
    bridge.job_changed.connect(lambda job: got.append(job.fraction))
    on_worker(lambda: send_all(bridge, [JobChanged(1, "Saving", part / 10) for part in range(10)]))
    qtbot.waitUntil(lambda: got == [part / 10 for part in range(10)])


def test_nothing_is_delivered_after_close(qtbot: QtBot, bridge: EngineBridge) -> None:
    got: list[object] = []
    bridge.stats.connect(got.append)
    bridge.result_ready.connect(got.append)
    bridge(EngineStats(1.0, 1.0, 1.0, 0, 0, "cpu"))  # under way
    bridge(make_result())
    bridge.close()
    on_worker(lambda: bridge(EngineStats(2.0, 1.0, 1.0, 0, 0, "cpu")))
    bridge.close()
    qtbot.wait(1)
    assert got == []


def test_threads_that_call_while_it_closes_do_no_harm(qtbot: QtBot, bridge: EngineBridge) -> None:
    started = threading.Barrier(4)

    def flood() -> None:
        started.wait()
        for index in range(300):
            bridge(JobChanged(index, "Saving", None))

    threads = [threading.Thread(target=flood) for _ in range(3)]
    for thread in threads:
        thread.start()
    started.wait()
    bridge.close()
    for thread in threads:
        thread.join()
    got: list[object] = []
    bridge.job_changed.connect(got.append)
    qtbot.wait(1)
    assert got == []
