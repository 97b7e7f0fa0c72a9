from __future__ import annotations

import errno
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
import pytest
import torch
from cryptography.exceptions import InvalidTag
from pytestqt.qtbot import QtBot

from metaface_gui.app import write_stills
from metaface_gui.cli import recognize_many
from metaface_gui.engine.batch.cluster import Patience, connected
from metaface_gui.engine.batch.cluster_address import ClusterAddress
from metaface_gui.engine.batch.cluster_task import (
    Computer,
    FileState,
    Order,
    Outcome,
    Recognized,
    Refused,
    outcome_of,
    pack,
    work,
)
from metaface_gui.engine.batch.video_pool import Failed, Looked, VideoEvent
from metaface_gui.engine.batch.video_recognition import RecognizerSetup, VideoRecognizer, VideoTask
from metaface_gui.errors import KnownError, SourceError
from metaface_gui.pipeline.capture.demo.people import demo_people
from tests.cli.conftest import Metaface
from tests.cli.scene_clips import write_scene_clips
from tests.engine.batch.test_video_pool import SETUP
from tests.network_guard import NetworkGuard

distributed = pytest.importorskip("distributed", reason="without the extra “cluster”")

KEY = bytes(range(32))
FRAMES = {"a.avi": 12, "b.avi": 12, "below/c.avi": 5}


LOCAL = """
import sys
from distributed import LocalCluster

with LocalCluster(n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0") as two:
    print(two.scheduler_address, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """The address of a scheduler with two workers, each a process that is begun anew when it dies."""
    with subprocess.Popen(
        [sys.executable, "-c", LOCAL], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as program:
        assert program.stdout is not None
        yield program.stdout.readline().decode().strip()
        program.communicate()


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Clips of the demo scene, one of them in a folder below, and a letter."""
    folder = tmp_path_factory.mktemp("clips")
    write_scene_clips(folder, FRAMES)
    (folder / "letter.mp4").write_text("Dear reader")
    return folder


@pytest.fixture
def threads() -> Iterator[None]:
    """Put back what a recognizer sets for its process."""
    ours, opencvs = torch.get_num_threads(), cv2.getNumThreads()
    yield
    torch.set_num_threads(ours)
    cv2.setNumThreads(opencvs)


def lines_in(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.jsonl")}


def in_this_process(
    tasks: Sequence[VideoTask], setup: RecognizerSetup, _processes: int
) -> Generator[tuple[VideoTask, VideoEvent], None, None]:
    """`recognize_videos` without a process that loads PyTorch once more."""
    for task in tasks:
        try:
            yield task, VideoRecognizer(setup).recognize(task, lambda _frames, _count: None)
        except SourceError as error:
            yield task, Failed(error)


@pytest.mark.usefixtures("threads")
def test_two_workers_one_of_them_killed_say_the_same_to_the_byte_as_one_machine(
    metaface: Metaface, scheduler: str, clips: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, gallery, pictures = demo_people()[0].name, tmp_path / "g.metaface", tmp_path / "pictures"
    pictures.mkdir()
    write_stills(demo_people()[0], pictures)
    assert metaface("enroll", name, pictures, "--gallery", gallery).code == 0
    killed = list[int]()

    class Killer(recognize_many._Bar):
        def show(self, task: VideoTask, event: VideoEvent) -> None:
            if isinstance(event, Looked) and not killed:
                with distributed.Client(scheduler, set_as_default=False) as client:
                    at_work = next(worker for worker, keys in client.processing().items() if keys)
                    killed.append(client.run(os.getpid)[at_work])
                os.kill(killed[0], signal.SIGKILL)

    monkeypatch.setattr(recognize_many, "_Bar", Killer)
    command = ("recognize", clips, "--gallery", gallery, "--jsonl")
    result = metaface(*command, tmp_path / "cluster", "--cluster", scheduler)
    assert killed
    assert result.code == 1, "the letter failed"
    assert "letter.mp4 is not a video" in result.err
    assert result.err.count("\n") == 2, result.err
    assert "3 videos, 29 frames" in result.out
    on_cluster = lines_in(tmp_path / "cluster")
    assert {key: content.count(b"\n") for key, content in on_cluster.items()} == {
        f"{video}.jsonl": frames for video, frames in FRAMES.items()
    }
    assert name.encode() in on_cluster["a.avi.jsonl"]

    monkeypatch.setattr(recognize_many, "recognize_videos", in_this_process)
    assert metaface(*command, tmp_path / "here").code == 1
    assert on_cluster == lines_in(tmp_path / "here")


def test_whoever_stops_listening_leaves_nothing_on_the_workers(scheduler: str, tmp_path: Path, qtbot: QtBot) -> None:
    task = VideoTask(tmp_path / "long.avi", tmp_path / "long.jsonl")
    writer = cv2.VideoWriter(str(task.video), cv2.VideoWriter.fourcc(*"MJPG"), 30.0, (320, 180))
    for _ in range(3000):
        writer.write(np.full((180, 320, 3), 128, np.uint8))
    writer.release()
    address = ClusterAddress.parse(scheduler)
    with connected(address) as cluster, closing(cluster.recognize([task], SETUP)) as events:
        assert next(events)[0] == task
    assert not task.lines.exists()
    with distributed.Client(scheduler) as client:

        def is_idle() -> bool:
            kept = client.run(lambda dask_worker: (dask_worker.state.executing_count, len(dask_worker.state.tasks)))
            return set(kept.values()) == {(0, 0)}

        qtbot.waitUntil(is_idle)


def test_a_cluster_that_is_not_there_is_one_line(
    metaface: Metaface, clips: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, network_guard: NetworkGuard
) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
    recognize = ("recognize", clips, "--gallery", tmp_path / "g.metaface", "--cluster")
    result = metaface(*recognize, f"127.0.0.1:{port}")
    assert (result.code, result.err.count("\n")) == (1, 1)
    assert f"No Dask scheduler responds at tcp://127.0.0.1:{port}" in result.err
    assert os.strerror(errno.ECONNREFUSED) in result.err

    elsewhere = metaface(*recognize, "tcp://192.0.2.1:8786")
    assert elsewhere.code == 1
    assert "face templates are not sent there unencrypted" in elsewhere.err
    assert all("getaddrinfo" in tried for tried in network_guard.tried), "asked where it is, and no more"
    network_guard.tried.clear()

    monkeypatch.setitem(sys.modules, "distributed", None)
    missing = metaface(*recognize, f"127.0.0.1:{port}")
    assert (missing.code, missing.err.count("\n")) == (1, 1)
    assert "metaface[cluster]" in missing.err


def test_what_a_cluster_cannot_do_is_said_first(metaface: Metaface, clips: Path, tmp_path: Path) -> None:
    recognize = ("--gallery", tmp_path / "g.metaface", "--cluster", "127.0.0.1:1")
    annotated = metaface("recognize", clips, *recognize, "--video", tmp_path / "annotated")
    assert annotated.code == 1
    assert "Leave out --video" in annotated.err
    single = metaface("recognize", clips / "a.avi", *recognize)
    assert single.code == 1
    assert "Leave out --cluster" in single.err
    assert metaface("recognize", clips, *recognize, "--processes", 2).code == 2


def test_a_cluster_without_workers_is_not_waited_for_without_end(clips: Path, tmp_path: Path) -> None:
    nobody = distributed.LocalCluster(n_workers=0, host="127.0.0.1", dashboard_address="127.0.0.1:0")
    task = VideoTask(clips / "a.avi", tmp_path / "a.jsonl")
    with (
        nobody,
        connected(ClusterAddress.parse(nobody.scheduler_address), Patience(worker_s=0.2)) as cluster,
        pytest.raises(KnownError, match="no worker for 0 s"),
    ):
        list(cluster.recognize([task], SETUP))
    assert not task.lines.exists()


def test_a_scheduler_with_certificates_is_reached_by_who_has_them(monkeypatch: pytest.MonkeyPatch) -> None:
    closed, close = list[str](), distributed.client.Client._close

    async def note(client: Any, **named: Any) -> None:
        closed.append(client.status)
        await close(client, **named)

    monkeypatch.setattr(distributed.client.Client, "_close", note)
    security = distributed.Security.temporary()
    tls = distributed.LocalCluster(
        n_workers=0, security=security, host="tls://127.0.0.1", dashboard_address="127.0.0.1:0"
    )
    with tls:
        address = ClusterAddress.parse(tls.scheduler_address)
        assert address.protocol == "tls"
        with pytest.raises(KnownError, match="no certificates") as refusal, connected(address):
            pytest.fail("reached it without any")
        assert refusal.value.__cause__ is not None
        assert closed == ["closing"], "before it is collected, which may come while the next one starts"
        import dask

        ours = {"ca-file": security.tls_ca_file, "client.cert": security.tls_client_cert}
        ours["client.key"] = security.tls_client_key
        task = VideoTask(Path("a.avi"), Path("a.jsonl"))
        with (
            dask.config.set({f"distributed.comm.tls.{key}": value for key, value in ours.items()}),
            connected(address, Patience(worker_s=0.1)) as cluster,
            pytest.raises(KnownError, match="no worker"),
        ):
            list(cluster.recognize([task], SETUP))


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """What Dask calls this thread while it works for it."""
    task = SimpleNamespace(state="executing")
    told: list[tuple[str, object]] = []
    dask_worker = SimpleNamespace(
        address="tcp://127.0.0.1:9",
        state=SimpleNamespace(tasks={"mine": task}),
        get_current_task=lambda: "mine",
        log_event=lambda topic, message: told.append((topic, message)),
        task=task,
        told=told,
    )
    monkeypatch.setattr(distributed, "get_worker", lambda: dask_worker)
    return dask_worker


def done(order: Order) -> Outcome:
    return outcome_of(work(pack(order, KEY)), KEY, order.index)


@pytest.mark.usefixtures("threads")
def test_a_worker_does_what_it_was_asked_for_or_says_why_not(worker: SimpleNamespace, clips: Path) -> None:
    video = clips / "below" / "c.avi"
    order = Order(SETUP, video, FileState.of(video), Computer.this(), "topic", 3)
    recognized = done(order)
    assert isinstance(recognized, Recognized)
    assert (recognized.report.frames, recognized.is_same_processor, recognized.worker) == (5, True, worker.address)
    assert worker.told[0] == ("topic", [3, 1, 5])
    assert str(video) not in repr(pack(order, KEY))

    other = done(replace(order, asked_on=replace(order.asked_on, processor="another")))
    assert isinstance(other, Recognized)
    assert not other.is_same_processor

    older = replace(order.asked_on, versions={**order.asked_on.versions, "numpy": "1.0"})
    refused = done(replace(order, asked_on=older))
    assert isinstance(refused, Refused)
    assert f"worker {worker.address} cannot recognise: it has numpy" in str(refused.error)

    for elsewhere in (replace(order, video=clips / "none.avi"), replace(order, file=FileState(1, 1))):
        failed = done(elsewhere)
        assert isinstance(failed, Failed)
        assert "share the folder" in str(failed.error)

    worker.task.state = "cancelled"
    assert work(pack(order, KEY)) == b""


def test_what_comes_back_is_read_by_whoever_asked_only(worker: SimpleNamespace, clips: Path) -> None:
    returned = work(pack(Order(SETUP, clips / "letter.mp4", None, Computer.this(), "topic", 0), KEY))
    assert isinstance(outcome_of(returned, KEY, 0), Failed)
    assert b"letter" not in returned
    for key, index in ((bytes(32), 0), (KEY, 1)):
        with pytest.raises(InvalidTag):
            outcome_of(returned, key, index)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("tls://host.example:8786", ("tls", "host.example", 8786)),
        ("tcp://10.0.0.1:1", ("tcp", "10.0.0.1", 1)),
        ("host:65535", ("tcp", "host", 65535)),
        ("tls://[::1]:8786", ("tls", "::1", 8786)),
    ],
)
def test_addresses_are_read_as_dask_prints_them(text: str, read: tuple[str, str, int]) -> None:
    address = ClusterAddress.parse(text)
    assert (address.protocol, address.host, address.port) == read
    assert ClusterAddress.parse(str(address)) == address


@pytest.mark.parametrize(
    "text", ["", "host", "host:", "host:0", "host:65536", "http://host:1", "::1:8786", "a b:1", "host:٣"]
)
def test_what_is_no_address_is_refused_as_an_option(metaface: Metaface, clips: Path, text: str) -> None:
    result = metaface("recognize", clips, "--gallery", "g", f"--cluster={text}")
    assert result.code == 2
    assert "is not an address such as tls://host:8786" in result.err
