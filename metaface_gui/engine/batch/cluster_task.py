"""What a worker of a cluster does with a video: reads it where it lies, and hands its lines back; it keeps nothing.

The people to be recognised come with each video and are forgotten with it. They are in the worker's memory only: Dask
writes what a task *returns* to the disk when memory runs short, never what it was given, so what is returned is
encrypted with the run's key. Models are loaded for each video: half a second, for which no worker has to remember who
asked for what.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import pickle
import platform
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, cast

import cv2
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from metaface_gui.deferred import torch
from metaface_gui.engine.batch.video_pool import Failed
from metaface_gui.engine.batch.video_recognition import RecognizerSetup, VideoRecognizer, VideoReport
from metaface_gui.errors import QT_TRANSLATE_NOOP, KnownError, SourceError
from metaface_gui.gallery.cipher import decrypted, encrypted

_COUNT = ("metaface", "numpy", "opencv-python-headless", "av", "openvino", "torch")
"""Packages whose versions lines may hang on."""
_ASK_EVERY_S = 0.5
_CLOCK_STEP_NS = 2 * 10**9
"""So much may a file's time differ from one computer to another: some network file systems keep whole seconds."""


class _State(Protocol):
    state: str


class _States(Protocol):
    tasks: Mapping[object, _State]


class _DaskWorker(Protocol):
    address: str
    state: _States

    def get_current_task(self) -> object: ...
    def log_event(self, topic: str, msg: object) -> None: ...


@dataclass(frozen=True, slots=True)
class Computer:
    """What lines may hang on beside video, people and settings: versions by package, and the kind of processor."""

    versions: Mapping[str, str]
    processor: str

    @classmethod
    def this(cls) -> Computer:
        """Describe the one that this runs on."""
        versions = {"Python": ".".join(platform.python_version_tuple()[:2])}
        for package in _COUNT:
            try:
                versions[package] = importlib.metadata.version(package)
            except importlib.metadata.PackageNotFoundError:  # OpenVINO has no wheel for some computers
                versions[package] = "–"
        instructions: Mapping[str, bool] = getattr(torch.cpu, "get_capabilities", dict)()
        return cls(versions, f"{platform.machine()} {cv2.getCPUFeaturesLine()} {sorted(instructions.items())}")


@dataclass(frozen=True, slots=True)
class FileState:
    """Size in bytes and time of change of a file."""

    size: int
    changed_ns: int

    @classmethod
    def of(cls, path: Path) -> FileState | None:
        """Look at a file; None if it cannot be looked at: whoever opens it says why."""
        try:
            found = path.stat()
        except OSError:
            return None
        return cls(found.st_size, found.st_mtime_ns)

    def is_same(self, other: FileState | None) -> bool:
        """Whether both are of the same file, seen from two computers."""
        return (
            other is not None and self.size == other.size and abs(self.changed_ns - other.changed_ns) <= _CLOCK_STEP_NS
        )


@dataclass(frozen=True, slots=True)
class Order:
    """A video to be looked at, its absolute path and what it was like where it was asked for.

    `topic` is that of Dask's events on which its progress is told, under the number `index`.
    """

    setup: RecognizerSetup
    video: Path
    file: FileState | None
    asked_on: Computer
    topic: str
    index: int


@dataclass(frozen=True, slots=True, repr=False)
class Parcel:
    """A pickled `Order` and the run's key (32 bytes). It shows nothing of itself: Dask logs what failing tasks got."""

    content: bytes
    key: bytes


@dataclass(frozen=True, slots=True)
class Recognized:
    """A video's report and its lines, compressed with zlib; on which worker, with another kind of processor or not."""

    report: VideoReport
    lines: bytes
    worker: str
    is_same_processor: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """No video can be recognised on this worker in the way that was asked for."""

    error: KnownError


Outcome = Recognized | Failed | Refused


class _UnwantedError(Exception):
    """Nobody waits for the video any more."""


def pack(order: Order, key: bytes) -> Parcel:
    """Make of an order what is sent."""
    return Parcel(pickle.dumps(order), key)


def outcome_of(returned: bytes, key: bytes, index: int) -> Outcome:
    """Read what `work` returned for the order of this number.

    Raises:
        cryptography.exceptions.InvalidTag: if it is of another run or of another order.
    """
    outcome = pickle.loads(decrypted(AESGCM(key), returned, _bound_to(index)))
    assert isinstance(outcome, Recognized | Failed | Refused)
    return outcome


def work(parcel: Parcel) -> bytes:
    """Recognise, on a worker of Dask. Returns the encrypted `Outcome`; nothing once nobody waits for it any more."""
    worker = cast(_DaskWorker, importlib.import_module("distributed").get_worker())
    order = pickle.loads(parcel.content)
    assert isinstance(order, Order)
    try:
        outcome = _outcome(order, worker)
    except _UnwantedError:
        return b""
    except SourceError as error:
        outcome = Failed(error)
    except KnownError as error:
        template = QT_TRANSLATE_NOOP("Errors", "The cluster's worker {worker} cannot recognise: {reason}")
        outcome = Refused(KnownError(template, worker=worker.address, reason=error))
    return encrypted(AESGCM(parcel.key), pickle.dumps(outcome), _bound_to(order.index))


def _outcome(order: Order, worker: _DaskWorker) -> Outcome:
    here = Computer.this()
    for package, version in order.asked_on.versions.items():
        if here.versions[package] != version:
            raise KnownError(
                QT_TRANSLATE_NOOP(
                    "Errors",
                    "it has {package} {theirs}, this computer {ours}, so results might differ. Install the same "
                    "versions on all computers.",
                ),
                package=package,
                theirs=here.versions[package],
                ours=version,
            )
    if order.file is not None and not order.file.is_same(FileState.of(order.video)):
        raise SourceError(
            QT_TRANSLATE_NOOP(
                "Errors",
                "The cluster's worker {worker} does not see the same {path} as this computer. Workers read videos "
                "themselves: share the folder with all of them, under the same path.",
            ),
            path=order.video,
            worker=worker.address,
        )
    lines, squeezed = list[bytes](), zlib.compressobj()
    report = VideoRecognizer(order.setup).lines_of(
        order.video,
        lambda line: lines.append(squeezed.compress((line + "\n").encode("utf-8", "backslashreplace"))),
        _Teller(order, worker).tell,
    )
    lines.append(squeezed.flush())
    return Recognized(report, b"".join(lines), worker.address, here.processor == order.asked_on.processor)


class _Teller:
    """Tells how far a video is, by number and never by name, and gives up when nobody waits for it any more."""

    def __init__(self, order: Order, worker: _DaskWorker) -> None:
        self._order, self._worker = order, worker
        self._task = worker.get_current_task()
        self._asked_s = float("-inf")

    def tell(self, frames: int, frame_count: int | None) -> None:
        if time.monotonic() - self._asked_s < _ASK_EVERY_S:
            return
        self._asked_s = time.monotonic()
        # Dask cannot stop a thread. What a task whose asker has gone, or gave up, is called there is "cancelled".
        known = self._worker.state.tasks.get(self._task)
        if known is None or known.state == "cancelled":
            raise _UnwantedError
        self._worker.log_event(self._order.topic, [self._order.index, frames, frame_count])


def _bound_to(index: int) -> str:
    return f"outcome {index}"
