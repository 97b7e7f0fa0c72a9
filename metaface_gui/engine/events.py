"""What the engine tells its listener: frozen records, sent on a worker's thread, never changed afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from metaface_gui.errors import KnownError
from metaface_gui.gallery import GallerySnapshot
from metaface_gui.types import FrameResult, QualityIssue


class SourceState(Enum):
    """Where the capture thread stands."""

    CLOSED = "closed"
    OPENING = "opening"
    RUNNING = "running"
    PAUSED = "paused"
    ENDED = "ended"
    """A file or folder was played to its end."""
    RECONNECTING = "reconnecting"
    """A camera or URL was lost; the engine tries again by itself. `error` says what happened."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class SourceChanged:
    """The source opened, failed, ended …; `title` is its name on screen."""

    state: SourceState
    title: str = ""
    is_mirrored: bool = False
    error: KnownError | None = None


@dataclass(frozen=True, slots=True)
class FrameReady:
    """A camera frame waits in `Engine.preview`; sent once per unread frame."""


@dataclass(frozen=True, slots=True, eq=False)
class ResultReady:
    """The pipeline finished a frame."""

    result: FrameResult


class ModelState(Enum):
    """Where the models stand."""

    LOADING = "loading"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ModelsChanged:
    """Detector, embedder, device or learner changed. `device` is where it really runs, e.g. `cpu`, `cuda:0`.

    On FAILED the former models go on working and the keys name those; `error` says why the new ones could not come.
    """

    state: ModelState
    detector: str
    embedder: str
    device: str
    learner: str
    fpir: float
    error: KnownError | None = None


@dataclass(frozen=True, slots=True)
class Adapted:
    """A classifier was adapted to the gallery and is used from the next frame on."""

    learner: str
    n_people: int
    n_shots: int
    adapt_ms: float


@dataclass(frozen=True, slots=True)
class GalleryChanged:
    """People or shots changed."""

    snapshot: GallerySnapshot


@dataclass(frozen=True, slots=True)
class ShotCandidate:
    """A shot of the running enrolment that is not saved yet. `picture` is an encoded JPEG or PNG."""

    id: int
    picture: bytes
    quality: float


@dataclass(frozen=True, slots=True)
class EnrollmentChanged:
    """The running enrolment: kept shots, what the face before the camera lacks (None: it is good)."""

    is_recording: bool
    guidance: QualityIssue | None
    shots: tuple[ShotCandidate, ...]
    wanted: int
    refused: tuple[tuple[str, QualityIssue], ...] = ()
    """For shots from files: which file (its name) was refused and why."""
    can_undo: bool = False


@dataclass(frozen=True, slots=True)
class UnknownGroup:
    """Recent faces of one unknown person. `picture` is an encoded JPEG; times are `time.monotonic_ns()`."""

    id: int
    picture: bytes
    count: int
    last_seen_ns: int


@dataclass(frozen=True, slots=True)
class UnknownsChanged:
    """The tray of recent unknown faces, newest first."""

    groups: tuple[UnknownGroup, ...]


@dataclass(frozen=True, slots=True)
class JobChanged:
    """Progress of a job. `fraction` is None while its length is not known; `error` is set once it failed.

    A cancelled job ends with `is_finished` and `is_cancelled`.
    """

    job_id: int
    title: str
    """English, marked for translation in the context `Jobs`."""
    fraction: float | None
    is_finished: bool = False
    is_cancelled: bool = False
    error: KnownError | None = None


@dataclass(frozen=True, slots=True)
class Undoable:
    """Something was destroyed or changed that `Engine.undo(token)` brings back until `expires_ns` (monotonic)."""

    token: int
    text: str
    """English with `{name}`, marked for translation in the context `Undo`."""
    name: str
    expires_ns: int


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something failed that the user should know of (also: fell back from the GPU, one frame lost)."""

    error: KnownError


@dataclass(frozen=True, slots=True)
class EngineStats:
    """Twice a second: rates over the last two seconds; `latency_ms` is camera to result, median."""

    preview_fps: float
    inference_fps: float
    latency_ms: float
    dropped_frames: int
    failed_frames: int
    device: str


EngineEvent = (
    SourceChanged
    | FrameReady
    | ResultReady
    | ModelsChanged
    | Adapted
    | GalleryChanged
    | EnrollmentChanged
    | UnknownsChanged
    | JobChanged
    | Undoable
    | Trouble
    | EngineStats
)

EngineListener = Callable[[EngineEvent], None]
"""Called on worker threads; must return at once and not raise."""
