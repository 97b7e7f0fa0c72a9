"""The events that the engine sends to its listener: frozen records, sent on a worker's thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from metaface_gui.engine.people.findings import LikelyPair, ShotEffect
from metaface_gui.engine.people.privacy_api import Storage
from metaface_gui.engine.studio.comparison import LearnerTally
from metaface_gui.engine.studio.side import Side
from metaface_gui.errors import KnownError
from metaface_gui.gallery import Consent, GallerySnapshot, Person, Shot
from metaface_gui.metalearning.frame_environments import EnvironmentSetting
from metaface_gui.metalearning.self_test import SelfTestReport
from metaface_gui.pipeline.explanation import Explanation
from metaface_gui.pipeline.learners.base import AdaptStep
from metaface_gui.pipeline.learners.rl2 import Trial
from metaface_gui.pipeline.recognition.embedding_map import EmbeddingMap
from metaface_gui.pipeline.recognition.room_share import LetThrough
from metaface_gui.types import FrameResult, HeadTurn, PersonId, QualityIssue, RequestId


class SourceState(Enum):
    """The state of the capture thread."""

    CLOSED = "closed"
    OPENING = "opening"
    RUNNING = "running"
    PAUSED = "paused"
    ENDED = "ended"
    """A file or folder was played to its end."""
    RECONNECTING = "reconnecting"
    """A camera or URL was lost; the engine retries automatically. `error` says what happened."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class SourceChanged:
    """The source opened, failed, ended …; `title` is its name on screen.

    `n_frames` is the number of frames that can be sought, 0 if seeking is impossible; `fps` is 0.0 if unknown.
    """

    state: SourceState
    title: str = ""
    is_mirrored: bool = False
    error: KnownError | None = None
    n_frames: int = 0
    fps: float = 0.0


@dataclass(frozen=True, slots=True)
class FrameReady:
    """A camera frame is waiting in `Engine.preview`; sent once per unread frame."""


@dataclass(frozen=True, slots=True, eq=False)
class ResultReady:
    """The pipeline finished a frame."""

    result: FrameResult


class ModelState(Enum):
    """The state of the models."""

    LOADING = "loading"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ModelsChanged:
    """Detector, embedder, device or learner changed; `device` is the actual one, e.g. `cpu`, `cuda:0`.

    On FAILED the previous models keep running and the keys name those; `error` says why the new ones failed. `learner`
    decides the names; `compared` are the other learners running on the same frames. `hyperparameters` maps a learner's
    key to its settings if they differ from its defaults. `use_room`: the room's unlabelled faces are remembered and
    adapted to.
    """

    state: ModelState
    detector: str
    embedder: str
    device: str
    learner: str
    fpir: float
    error: KnownError | None = None
    compared: tuple[str, ...] = ()
    hyperparameters: Mapping[str, object] = field(default_factory=dict)
    use_room: bool = True


@dataclass(frozen=True, slots=True)
class RoomChanged:
    """How many unlabelled faces of this room are remembered, one per track, and how many of them were adapted to.

    `can_undo`: the last adaptation to them can be undone. `is_held`: it was undone, and automatic adaptation is
    suspended until the user asks for it.
    """

    n_faces: int
    n_adapted_to: int
    can_undo: bool = False
    is_held: bool = False


@dataclass(frozen=True, slots=True)
class StrangersHere:
    """A threshold, and the estimated share of this room's strangers that it lets through."""

    threshold: float
    let_through: LetThrough


@dataclass(frozen=True, slots=True)
class RoomEvaluated:
    """The estimate of strangers let through here by the deciding learner, `now` and `before` adapting to the room.

    Both use everything known by now: `n_unlabelled` faces of the room and `n_people` enrolled. `before` is None until
    it was adapted to the room; both are None if no estimate is possible: nobody is enrolled, or the embedder has no
    cohort.
    """

    learner: str
    n_people: int
    n_unlabelled: int
    now: StrangersHere | None = None
    before: StrangersHere | None = None


@dataclass(frozen=True, slots=True)
class EnvironmentChanged:
    """The environment dial was turned: every frame from now on is rendered with this setting."""

    setting: EnvironmentSetting


@dataclass(frozen=True, slots=True)
class AdaptStepTaken:
    """A running adaptation took one step.

    A step number not above the previous one starts a new curve of that learner: 0 for a gradient-based method, 1 for
    any other.
    """

    learner: str
    step: AdaptStep


@dataclass(frozen=True, slots=True)
class Adapted:
    """A classifier was adapted to the gallery and is used from the next frame on.

    `is_primary`: it decides the names; the others run beside it. `steps` are all steps of the adaptation; `trials` are
    what RL² tried and `chosen` is what it returned (empty and None for other methods). `adapt_ms` includes the
    threshold.
    """

    learner: str
    n_people: int
    n_shots: int
    adapt_ms: float
    is_primary: bool = True
    steps: tuple[AdaptStep, ...] = ()
    trials: tuple[Trial, ...] = ()
    chosen: Trial | None = None


@dataclass(frozen=True, slots=True)
class AdaptationEvaluated:
    """The share of left-out shots that a learner names correctly (0..1), before and after its newest adaptation.

    One shot of everybody who has two is left out at a time, adapting to the rest. `before` is the same learner's
    previous figure (other hyper-parameters, another gallery), None the first time. Both are None, and `n_probes` 0, if
    it was not measured because nobody has two shots, or the gallery is too large to do it in passing.
    """

    learner: str
    before: float | None
    after: float | None
    n_probes: int


@dataclass(frozen=True, slots=True)
class ComparisonChanged:
    """Each running learner's tally, the deciding one first; sent twice a second while there are several or it grows."""

    tallies: tuple[LearnerTally, ...]
    n_frames: int
    seconds: float


@dataclass(frozen=True, slots=True)
class SidesChanged:
    """The state of the before/after comparison, sent twice a second while it runs and once when it ends.

    `sides` are the requested ones, () for none; once they are `is_ready`, the faces of a `ResultReady` carry their
    decisions. `tallies` are by the sides' keys, over the same frames.
    """

    sides: tuple[Side, ...]
    is_ready: bool
    tallies: tuple[LearnerTally, ...] = ()
    n_frames: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class MapChanged:
    """The embedding map was redrawn and stays fixed until the next adaptation; None: nobody is enrolled, or no map."""

    map: EmbeddingMap | None


@dataclass(frozen=True, slots=True, eq=False)
class Explained:
    """Why a face has its name; `explanation` is None if the track is no longer known."""

    request_id: RequestId
    track_id: int
    explanation: Explanation | None


@dataclass(frozen=True, slots=True, eq=False)
class SelfTested:
    """The leave-one-out report of every method on the enrolled shots is ready."""

    report: SelfTestReport


@dataclass(frozen=True, slots=True)
class CaptionedFile:
    """A file that was written, and its kind: `video`, `csv`, `jsonl` or `snapshot`."""

    kind: str
    path: Path


@dataclass(frozen=True, slots=True)
class SessionRecordingChanged:
    """The session recording began or ended; `files` are those it writes. `error` says why it ended by itself.

    Also sent, with `is_recording` unchanged, when a snapshot was saved: `files` is then that one file.
    """

    is_recording: bool
    started_ns: int
    files: tuple[CaptionedFile, ...] = ()
    error: KnownError | None = None


@dataclass(frozen=True, slots=True)
class TaughtTrack:
    """The user said who a face on screen is or, if `is_denial`, who it is not; the tallies use it as the truth."""

    track_id: int
    person_id: PersonId
    is_denial: bool = False


@dataclass(frozen=True, slots=True)
class UntaughtTrack:
    """What was said of this track was taken back, or is of others now; what still holds is told anew after it."""

    track_id: int


@dataclass(frozen=True, slots=True)
class LooksEnrolled:
    """The enrolment of `name` was not saved yet, because it looks like these people, the most similar first.

    `is_same_picture`: the shots were to be added to the one person listed, who already has such shots.
    """

    request_id: RequestId
    name: str
    alike: tuple[Person, ...]
    is_same_picture: bool = False


@dataclass(frozen=True, slots=True)
class GalleryChanged:
    """People or shots changed."""

    snapshot: GallerySnapshot


@dataclass(frozen=True, slots=True)
class ShotCandidate:
    """An unsaved shot of the running enrolment; `picture` is an encoded JPEG or PNG."""

    id: int
    picture: bytes
    quality: float


@dataclass(frozen=True, slots=True)
class EnrollmentChanged:
    """The running enrolment: kept shots, and what is wrong with the face before the camera (None: nothing)."""

    is_recording: bool
    guidance: QualityIssue | None
    shots: tuple[ShotCandidate, ...]
    wanted: int
    refused: tuple[tuple[str, QualityIssue], ...] = ()
    """For shots from files: the names of refused files, with the reason."""
    can_undo: bool = False
    turns: frozenset[HeadTurn] = frozenset()
    """The directions in which the head is turned on the kept shots."""


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
class RequestEnded:
    """A request ended, after all its answers: successfully, unless it `is_cancelled` or has an `error`.

    Also sent for quick requests, which send no `JobChanged`, and for the engine's own work.
    """

    request_id: RequestId
    error: KnownError | None = None
    is_cancelled: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class ShotsRead:
    """A person's shots, including their negatives ("not this person")."""

    request_id: RequestId
    person_id: PersonId
    shots: tuple[Shot, ...]


@dataclass(frozen=True, slots=True)
class LikelyPairsFound:
    """Pairs of people in the gallery who may be the same person, the likeliest first."""

    request_id: RequestId
    pairs: tuple[LikelyPair, ...]


@dataclass(frozen=True, slots=True)
class ShotWeighed:
    """The effect of a shot; `effect` is None if the shot has no template because it is gone or its person is hidden."""

    request_id: RequestId
    shot_id: int
    effect: ShotEffect | None


@dataclass(frozen=True, slots=True)
class ConsentsRead:
    """A person's consents, oldest first."""

    request_id: RequestId
    person_id: PersonId
    consents: tuple[Consent, ...]


@dataclass(frozen=True, slots=True)
class StorageRead:
    """What is stored, and where."""

    request_id: RequestId
    storage: Storage


@dataclass(frozen=True, slots=True)
class ImportLookedAt:
    """Whether a file to be imported needs a passphrase."""

    request_id: RequestId
    needs_passphrase: bool


@dataclass(frozen=True, slots=True)
class JobChanged:
    """Progress of a slow request; `job_id` is its `RequestId`.

    `fraction` is None while the length is unknown; `error` is set once it failed. A cancelled job ends with
    `is_finished` and `is_cancelled`.
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
    """Something was deleted or changed that `PeopleApi.undo(token)` restores until `expires_ns` (monotonic)."""

    token: int
    text: str
    """English with `{name}`, marked for translation in the context `Undo`."""
    name: str
    expires_ns: int


@dataclass(frozen=True, slots=True)
class ReportWritten:
    """The stored data of the person of this name was written to `path`, a folder or an archive."""

    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class ExpiredDeleted:
    """The people of these names were permanently deleted, because their retention period was over."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EverythingForgotten:
    """Everybody, `n_people` of them, and everything derived from them was permanently deleted; no undo is possible."""

    n_people: int


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something failed that the user should know of (including a fallback from the GPU or a lost frame)."""

    error: KnownError


@dataclass(frozen=True, slots=True)
class EngineStats:
    """Sent twice a second: rates over the last two seconds; `latency_ms` is the median from camera to result."""

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
    | RoomChanged
    | RoomEvaluated
    | EnvironmentChanged
    | AdaptStepTaken
    | Adapted
    | AdaptationEvaluated
    | ComparisonChanged
    | SidesChanged
    | MapChanged
    | Explained
    | SelfTested
    | SessionRecordingChanged
    | TaughtTrack
    | UntaughtTrack
    | LooksEnrolled
    | GalleryChanged
    | EnrollmentChanged
    | UnknownsChanged
    | RequestEnded
    | ShotsRead
    | LikelyPairsFound
    | ShotWeighed
    | ConsentsRead
    | StorageRead
    | ImportLookedAt
    | JobChanged
    | Undoable
    | ReportWritten
    | ExpiredDeleted
    | EverythingForgotten
    | Trouble
    | EngineStats
)

EngineListener = Callable[[EngineEvent], None]
"""Called on worker threads; must return at once and not raise."""
