"""The records that travel along the data path. All are frozen; shared arrays are set read-only.

Conventions: images are uint8, height × width × 3, their name says `_bgr` or `_rgb`; boxes are `x1, y1, x2, y2` in
pixels of the frame, floats, origin top left; times named `_ns` are `time.monotonic_ns()`; names ending in `_s` are in
seconds. "Score" is a raw value, larger = more alike; "confidence" always means the detector's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from math import isfinite, nan

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Floats = NDArray[np.float32]
Int64s = NDArray[np.int64]

PersonId = int
"""Key of a person in the gallery, stable as long as the person is in it."""
RequestId = int
"""Number of a request to the engine, repeated in its answers and in the event that ends it."""


def _check(name: str, array: Floats, shape: tuple[int, ...]) -> None:
    if array.shape != shape or array.dtype != np.float32:
        raise ValueError(f"{name}: want float32 {shape}, got {array.dtype} {array.shape}")


@dataclass(frozen=True, slots=True, eq=False)
class FaceTruth:
    """What a synthetic scene knows about a face it drew: its box (4,) float32 and who it is (None: a stranger)."""

    box_xyxy: Floats
    person: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture of a source. `image_bgr` is (height, width, 3) uint8 in OpenCV's channel order."""

    image_bgr: Image
    index: int
    time_s: float
    """Seconds since the source's beginning (a file's own clock; wall clock for cameras)."""
    captured_ns: int
    truth: tuple[FaceTruth, ...] = ()
    file: str = ""
    """The file's name, if each frame of the source has a file of its own."""
    is_still: bool = False
    """Whether it is a single picture, which may lie on its side, and not a frame of a camera or video."""
    environment: str = ""
    """What the environment dial did to the picture, e.g. `dim_light 60`; "" if nothing."""
    segment: int = 0
    """Changes after a seek: faces then do not continue from where they were."""

    def __post_init__(self) -> None:
        image = self.image_bgr
        if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8 or 0 in image.shape:
            raise ValueError(f"image_bgr: want uint8 (height, width, 3), got {image.dtype} {image.shape}")

    @property
    def width(self) -> int:
        """Pixels across."""
        return int(self.image_bgr.shape[1])

    @property
    def height(self) -> int:
        """Pixels down."""
        return int(self.image_bgr.shape[0])


@dataclass(frozen=True, slots=True, eq=False)
class FaceDetection:
    """One detected face: `box_xyxy` (4,), `landmarks` (5, 2) (eyes, nose, mouth corners; the image-left one first)."""

    box_xyxy: Floats
    landmarks: Floats
    confidence: float


@dataclass(frozen=True, slots=True, eq=False)
class FaceDetections:
    """The n ≥ 0 faces of a frame as arrays: (n, 4), (n, 5, 2), (n,), all float32. No faces is n = 0, never None.

    Raises:
        ValueError: if a shape or dtype does not fit.
    """

    boxes_xyxy: Floats
    landmarks: Floats
    confidence: Floats

    def __post_init__(self) -> None:
        n = len(self.boxes_xyxy)
        _check("boxes_xyxy", self.boxes_xyxy, (n, 4))
        _check("landmarks", self.landmarks, (n, 5, 2))
        _check("confidence", self.confidence, (n,))

    @classmethod
    def empty(cls) -> FaceDetections:
        """Return no faces."""
        return cls(np.zeros((0, 4), np.float32), np.zeros((0, 5, 2), np.float32), np.zeros(0, np.float32))

    def rows(self, which: Sequence[int] | NDArray[np.bool_]) -> FaceDetections:
        """Return some of the faces, by their indices or a mask."""
        return FaceDetections(self.boxes_xyxy[which], self.landmarks[which], self.confidence[which])

    def scaled(self, by: Floats) -> FaceDetections:
        """Return the faces in a picture that is enlarged (2,) times."""
        return FaceDetections(self.boxes_xyxy * np.tile(by, 2), self.landmarks * by, self.confidence)

    def shifted(self, by: Floats) -> FaceDetections:
        """Return the faces (2,) pixels further right and down."""
        return FaceDetections(self.boxes_xyxy + np.tile(by, 2), self.landmarks + by, self.confidence)

    def __len__(self) -> int:
        return len(self.boxes_xyxy)

    def __getitem__(self, index: int) -> FaceDetection:
        return FaceDetection(self.boxes_xyxy[index], self.landmarks[index], float(self.confidence[index]))

    def __iter__(self) -> Iterator[FaceDetection]:
        return (self[i] for i in range(len(self)))


class QualityIssue(Enum):
    """Why a face is a poor shot; the value is stable and is what logs and commands print."""

    NO_FACE = "no face"
    SEVERAL_FACES = "several faces"
    TOO_SMALL = "too small"
    TOO_DARK = "too dark"
    TOO_BRIGHT = "too bright"
    BLURRED = "blurred"
    TURNED_AWAY = "turned away"
    CUT_OFF = "cut off by the picture's edge"
    UPSIDE_DOWN = "upside down"
    TOO_SIMILAR = "too like another shot"


class HeadTurn(Enum):
    """Where a head is turned from straight ahead, from its owner's view: their own left and right."""

    LEFT = "left"
    RIGHT = "right"
    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class FaceQuality:
    """Measures of one face in its frame, and what they mean for enrolment.

    `size_px`: side of the box, geometric mean. `brightness`: mean luma of the aligned crop, 0..255. `sharpness`: the
    measure of `recognition.quality`, larger = sharper. `frontality`: 1 facing the camera, 0 in profile. `score`:
    overall quality, 0..1.
    """

    size_px: float
    brightness: float
    sharpness: float
    frontality: float
    score: float
    issues: tuple[QualityIssue, ...] = ()


@dataclass(frozen=True, slots=True)
class ScoreScale:
    """What a method's raw scores mean in this gallery, so that methods can be compared.

    `strangers`: the score that nine tenths of strangers exceed. `people`: the score that a tenth of enrolled people
    exceed on a held-out shot; None if nobody has two shots.
    """

    strangers: float
    people: float | None = None

    def margin(self, score: float, threshold: float) -> float:
        """Return where a score lies relative to its threshold, in −1 … 1; nan if either is not finite.

        −1 is a stranger's score, 0 the threshold, +1 an enrolled person's.
        """
        if not (isfinite(score) and isfinite(threshold)):
            return nan
        below = max(threshold - self.strangers, 1e-6)
        above = below if self.people is None else max(self.people - threshold, 0.25 * below)
        return min(1.0, max(-1.0, (score - threshold) / (above if score >= threshold else below)))


@dataclass(frozen=True, slots=True)
class PersonScore:
    """A face's raw score against one person."""

    person_id: PersonId
    score: float


@dataclass(frozen=True, slots=True)
class Identification:
    """The decision on one face: the best person, the raw score and the threshold that it had to reach.

    `person_id` is None for Unknown; `nearest_id` names the closest person either way (None in an empty gallery).
    `is_denied`: the user said of a face like this one that it is not the nearest person, so that person is ruled out.
    `scale`: what the method's scores mean; None if it was not measured. `ranking`: the nearest people, nearest first,
    if requested (for the deciding method).
    """

    person_id: PersonId | None
    name: str | None
    score: float
    threshold: float
    nearest_id: PersonId | None = None
    nearest_name: str | None = None
    is_denied: bool = False
    scale: ScoreScale | None = field(default=None, compare=False, repr=False)
    ranking: tuple[PersonScore, ...] = field(default=(), compare=False, repr=False)

    @property
    def margin(self) -> float:
        """The score on a scale shared by all methods (`ScoreScale.margin`); nan without a score.

        If the scale was not measured, a stranger is assumed to score zero.
        """
        return self.margin_of(self.score)

    def margin_of(self, score: float) -> float:
        """Return the margin of another score by the same method on the same face, as `margin`."""
        scale = self.scale or ScoreScale(strangers=self.threshold - max(abs(self.threshold), 1e-6))
        return scale.margin(score, self.threshold)

    @property
    def is_unknown(self) -> bool:
        """Whether nobody enrolled was near enough."""
        return self.person_id is None


UNKNOWN = Identification(person_id=None, name=None, score=float("-inf"), threshold=float("inf"))


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """One look at a track's face: `features` (p,) float32 as learners see them, its `weight` > 0 in the track's pool.

    `number` counts the looks of its track from 1. `picture_rgb` is a small picture of the face, (s, s, 3).
    """

    features: Floats
    weight: float
    quality: FaceQuality
    time_s: float
    number: int
    picture_rgb: Image


@dataclass(frozen=True, slots=True, eq=False)
class TrackTemplate:
    """What is known of a track's face: the `looks` that are pooled, oldest first, and one probe made of them.

    `features` (p,) float32 are the pool's; `shares` is each look's share in it, summing to 1; `effective` how many
    looks of equal weight they are worth; `expected` the expected cosine to the pool of one more look at the same face.
    `apart` are the newest looks that are unlike the pool and not part of it. `generation` counts how often somebody
    else appeared. `taken` is the total number of looks. `denied` are the people whom, according to the user, this face
    is not, whatever its looks say. `merged` is a look at the mean of the looks' pictures, None if there is none: it
    counts in `features` but has no share of its own, as it belongs to all of them.
    """

    looks: tuple[Look, ...]
    features: Floats
    shares: tuple[float, ...]
    effective: float
    expected: float
    apart: tuple[Look, ...] = ()
    generation: int = 0
    taken: int = 1
    denied: frozenset[PersonId] = frozenset()
    merged: Look | None = None

    @property
    def seen_s(self) -> float:
        """When the newest look was taken."""
        return max(look.time_s for look in (*self.looks, *self.apart))


@dataclass(frozen=True, slots=True)
class Truth:
    """Who a face really is: an enrolled person's id or, in a scene, their name; all empty: nobody enrolled.

    `not_ids`: only known is that it is none of these people.
    """

    person_id: PersonId | None = None
    name: str | None = None
    not_ids: frozenset[PersonId] = frozenset()

    @property
    def is_stranger(self) -> bool:
        """Whether it is nobody enrolled."""
        return self.person_id is None and self.name is None and not self.not_ids

    def fits(self, decision: Identification) -> bool | None:
        """Whether a decision is right; None if that is unknown."""
        if self.not_ids:
            return False if decision.person_id in self.not_ids else None
        if self.name is not None:
            return decision.name == self.name
        return decision.person_id == self.person_id


@dataclass(frozen=True, slots=True, eq=False)
class TrackedFace:
    """One face of one frame, followed over time.

    `track_id` counts from 1 and is never reused. `identification` is the track's decision on all its looks;
    `per_learner` holds that of each running learner by its key. `embedding` is (d,) float32, L2-normalised: the
    embedder's own, whatever learners make of the face. `map_xy` is (2,) float32, the face's position on the embedding
    map, or (0,) without a map. `is_fresh`: the face was embedded in this frame; otherwise embedding and map position
    are those of its last look, and quality that of its last search. `is_faint`: without its track, the detector would
    not be sure that this is a face; it was not looked at. `features` are (p,) float32, what learners see of it (they
    include the embedding), or (0,) if not needed. `template` holds the looks that the decisions rest on, None if looks
    are not pooled.
    """

    track_id: int
    box_xyxy: Floats
    landmarks: Floats
    confidence: float
    identification: Identification
    quality: FaceQuality
    embedding: Floats
    per_learner: Mapping[str, Identification] = field(default_factory=dict)
    map_xy: Floats = field(default_factory=lambda: np.zeros(0, np.float32))
    is_fresh: bool = True
    is_faint: bool = False
    features: Floats = field(default_factory=lambda: np.zeros(0, np.float32))
    template: TrackTemplate | None = None
    sides: Mapping[str, Identification] = field(default_factory=dict)
    """Decisions of the sides of a comparison (`engine.side`), by their keys."""
    truth: Truth | None = None
    """Who it is, if a scene knows it or the user said so; set when several learners decide."""
    has_shots: bool = True
    """Whether the track has been seen well enough to enrol or confirm somebody with it."""

    @property
    def looks(self) -> int:
        """The number of looks that the decisions rest on."""
        return 1 if self.template is None else len(self.template.looks)


@dataclass(frozen=True, slots=True, eq=False)
class FrameResult:
    """The pipeline's result for one frame; `frame` is the very frame that was processed.

    `learner` is the key of the one that decides the faces' names, `embedder_id` identifies the features' embedder; both
    are "" if not given.
    """

    frame: Frame
    faces: tuple[TrackedFace, ...]
    finished_ns: int
    learner: str = ""
    embedder_id: str = ""
