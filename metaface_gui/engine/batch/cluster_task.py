"""What a cluster worker does with a video: read it where it is, and return its lines; the worker keeps nothing.

The people to recognise arrive with each video and are forgotten with it. They exist in the worker's memory only: when
memory runs short, Dask writes what a task *returns* to disk, but never its input, so the returned value is encrypted
with the run's key. Models are loaded for each video, which takes half a second but spares workers from keeping state
between requests.
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
"""Packages whose versions may affect the lines."""
_ASK_EVERY_S = 0.5
_CLOCK_STEP_NS = 2 * 10**9
"""How far a file's time may differ between computers: some network file systems store whole seconds."""


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
    """What lines may depend on besides video, people and settings: package versions, and the kind of processor."""

    versions: Mapping[str, str]
    processor: str

    @classmethod
    def this(cls) -> Computer:
        """Describe the computer on which this runs."""
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
    """A file's size in bytes and its modification time."""

    size: int
    changed_ns: int

    @classmethod
    def of(cls, path: Path) -> FileState | None:
        """Return a file's state; None if it cannot be read, which opening it will report."""
        try:
            found = path.stat()
        except OSError:
            return None
        return cls(found.st_size, found.st_mtime_ns)

    def is_same(self, other: FileState | None) -> bool:
        """Return whether both describe the same file, seen from two computers."""
        return (
            other is not None and self.size == other.size and abs(self.changed_ns - other.changed_ns) <= _CLOCK_STEP_NS
        )


@dataclass(frozen=True, slots=True)
class Order:
    """A video to process: its absolute path, and its state where it was requested.

    `topic` is the Dask event topic to which its progress is sent, under the number `index`.
    """

    setup: RecognizerSetup
    video: Path
    file: FileState | None
    asked_on: Computer
    topic: str
    index: int


@dataclass(frozen=True, slots=True, repr=False)
class Parcel:
    """A pickled `Order` and the run's key (32 bytes); without repr, because Dask logs the input of failing tasks."""

    content: bytes
    key: bytes


@dataclass(frozen=True, slots=True)
class Recognized:
    """A video's report and zlib-compressed lines, the worker, and whether its kind of processor is the same."""

    report: VideoReport
    lines: bytes
    worker: str
    is_same_processor: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """No video can be recognised on this worker in the requested way."""

    error: KnownError


Outcome = Recognized | Failed | Refused


class _UnwantedError(Exception):
    """Nobody is waiting for the video any more."""


def pack(order: Order, key: bytes) -> Parcel:
    """Pack an order for sending."""
    return Parcel(pickle.dumps(order), key)


def outcome_of(returned: bytes, key: bytes, index: int) -> Outcome:
    """Decrypt and return what `work` returned for the order of this number.

    Raises:
        cryptography.exceptions.InvalidTag: if it belongs to another run or another order.
    """
    outcome = pickle.loads(decrypted(AESGCM(key), returned, _bound_to(index)))
    assert isinstance(outcome, Recognized | Failed | Refused)
    return outcome


def work(parcel: Parcel) -> bytes:
    """Recognise on a Dask worker; return the encrypted `Outcome`, or nothing if nobody is waiting for it any more."""
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
    """Reports a video's progress by number, never by name, and gives up when nobody is waiting for it."""

    def __init__(self, order: Order, worker: _DaskWorker) -> None:
        self._order, self._worker = order, worker
        self._task = worker.get_current_task()
        self._asked_s = float("-inf")

    def tell(self, frames: int, frame_count: int | None) -> None:
        if time.monotonic() - self._asked_s < _ASK_EVERY_S:
            return
        self._asked_s = time.monotonic()
        # Dask cannot stop a thread. It marks a task as "cancelled" if its client has gone or has given it up.
        known = self._worker.state.tasks.get(self._task)
        if known is None or known.state == "cancelled":
            raise _UnwantedError
        self._worker.log_event(self._order.topic, [self._order.index, frames, frame_count])


def _bound_to(index: int) -> str:
    return f"outcome {index}"
