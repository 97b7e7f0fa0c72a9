"""What the engine tells its listener: frozen records, sent on a worker's thread, never changed afterwards."""

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
    """The source opened, failed, ended …; `title` is its name on screen.

    `n_frames`: how many frames there are to seek, 0 where it cannot be sought; `fps` how many a second, 0.0 if unknown.
    """

    state: SourceState
    title: str = ""
    is_mirrored: bool = False
    error: KnownError | None = None
    n_frames: int = 0
    fps: float = 0.0


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
    `learner` decides the names; `compared` are the keys of those that run beside it on the same frames, without it.
    `hyperparameters` maps a learner's key to its settings where they differ from its defaults. `use_room`: the room's
    unlabelled faces are remembered and adapted to.
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
    """So many unlabelled faces of this room are remembered, one a track, and so many of them were adapted to.

    `can_undo`: the last adaptation to them can be taken back. `is_held`: it was, and nothing is adapted by itself
    before that is asked for again.
    """

    n_faces: int
    n_adapted_to: int
    can_undo: bool = False
    is_held: bool = False


@dataclass(frozen=True, slots=True)
class StrangersHere:
    """A threshold, and which share of this room's strangers it is thought to let through."""

    threshold: float
    let_through: LetThrough


@dataclass(frozen=True, slots=True)
class RoomEvaluated:
    """What is known of strangers here, of the deciding learner: as it is `now`, and, once it was adapted to
    `n_unlabelled` faces of the room, as it was `before`, both by all that is known by now. It rests on those faces and
    on `n_people` enrolled.

    None where nothing can be said: nobody is enrolled, or the embedder has no cohort of strangers.
    """

    learner: str
    n_people: int
    n_unlabelled: int
    now: StrangersHere | None = None
    before: StrangersHere | None = None


@dataclass(frozen=True, slots=True)
class EnvironmentChanged:
    """The environment dial was turned: every frame from now on is photographed so."""

    setting: EnvironmentSetting


@dataclass(frozen=True, slots=True)
class AdaptStepTaken:
    """An adaptation that is under way took one step. A step whose number is not above the former one's begins a new
    curve of that learner: 0 of a gradient-based method, 1 of any other."""

    learner: str
    step: AdaptStep


@dataclass(frozen=True, slots=True)
class Adapted:
    """A classifier was adapted to the gallery and is used from the next frame on.

    `is_primary`: it decides the names; the others run beside it. `steps` are all steps of the adaptation; `trials` what
    RL² tried and `chosen` what it returned (empty and None for other methods). `adapt_ms` includes the threshold.
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
    """How often a learner names left-out shots right (0..1), before and after its newest adaptation.

    A shot of everybody who has two is left out at a time, and the rest adapted to. `before` is the same learner's last
    figure (other hyper-parameters, another gallery), None the first time. Both are None where it was not measured:
    nobody has two shots, or the gallery is too large to do it in passing; `n_probes` is 0 then.
    """

    learner: str
    before: float | None
    after: float | None
    n_probes: int


@dataclass(frozen=True, slots=True)
class ComparisonChanged:
    """Each running learner's tally, the deciding one first: twice a second while several run, of one while it grows."""

    tallies: tuple[LearnerTally, ...]
    n_frames: int
    seconds: float


@dataclass(frozen=True, slots=True)
class SidesChanged:
    """Twice a second while two sides are compared, and once when they no longer are: `sides` are those that are wanted,
    () for none; the faces of a `ResultReady` carry what they decide once they `is_ready`. `tallies` are of the sides'
    keys, each frame of both."""

    sides: tuple[Side, ...]
    is_ready: bool
    tallies: tuple[LearnerTally, ...] = ()
    n_frames: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class MapChanged:
    """The embedding map was remade, fixed until the next adaptation; None: nobody is enrolled, or none is wanted."""

    map: EmbeddingMap | None


@dataclass(frozen=True, slots=True, eq=False)
class Explained:
    """Why a face has its name. `explanation` is None when nothing is known of that track any more."""

    request_id: RequestId
    track_id: int
    explanation: Explanation | None


@dataclass(frozen=True, slots=True, eq=False)
class SelfTested:
    """The leave-one-out report of every method on the enrolled shots is ready."""

    report: SelfTestReport


@dataclass(frozen=True, slots=True)
class CaptionedFile:
    """A file that was written, and what it is: `video`, `csv`, `jsonl` or `snapshot`."""

    kind: str
    path: Path


@dataclass(frozen=True, slots=True)
class SessionRecordingChanged:
    """The recording of the session began or ended; `files` are what it writes. `error` says why it ended by itself.

    Also sent once, with `is_recording` as it was, when a snapshot was saved: then `files` is that one file.
    """

    is_recording: bool
    started_ns: int
    files: tuple[CaptionedFile, ...] = ()
    error: KnownError | None = None


@dataclass(frozen=True, slots=True)
class TaughtTrack:
    """The user said who a face on screen is or, if it `is_denial`, who it is not; the tallies take it as the truth."""

    track_id: int
    person_id: PersonId
    is_denial: bool = False


@dataclass(frozen=True, slots=True)
class LooksEnrolled:
    """What was to be enrolled as `name` was not saved yet: it looks like these people, the most alike first.

    `is_same_picture`: it was to be added to the one of them, who has such shots already.
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
    turns: frozenset[HeadTurn] = frozenset()
    """To which sides the head is turned on the kept shots."""


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
    """A request ended, after all that answers it: done, unless it `is_cancelled` or `error` says why it failed.

    Sent for quick things as well, of which there is no `JobChanged`, and for what the engine does by itself.
    """

    request_id: RequestId
    error: KnownError | None = None
    is_cancelled: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class ShotsRead:
    """A person's shots, those of "not this person" among them."""

    request_id: RequestId
    person_id: PersonId
    shots: tuple[Shot, ...]


@dataclass(frozen=True, slots=True)
class LikelyPairsFound:
    """Those of the gallery who may be one person, the likeliest first."""

    request_id: RequestId
    pairs: tuple[LikelyPair, ...]


@dataclass(frozen=True, slots=True)
class ShotWeighed:
    """What a shot changes; `effect` is None if it has no template: it is gone, or its person is hidden."""

    request_id: RequestId
    shot_id: int
    effect: ShotEffect | None


@dataclass(frozen=True, slots=True)
class ConsentsRead:
    """What a person agreed to, oldest first."""

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
    """Whether a file that is to be imported is under a passphrase."""

    request_id: RequestId
    needs_passphrase: bool


@dataclass(frozen=True, slots=True)
class JobChanged:
    """Progress of a request that takes long; `job_id` is its `RequestId`. `fraction` is None while its length is not
    known; `error` is set once it failed.

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
class ReportWritten:
    """What is stored about the person of this name was written to `path`, a folder or an archive."""

    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class ExpiredDeleted:
    """The people of these names were deleted for good, because the period was over for which they may be kept."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EverythingForgotten:
    """Everybody, `n_people` of them, and everything made from them was deleted for good; nothing can be undone."""

    n_people: int


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
