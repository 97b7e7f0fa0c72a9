"""Painted people that come and go, and a detector and an embedder that are made for them: real ones, but cheap.

A person is a mosaic of their own colours. The camera writes into the last row of a picture where it painted faces, and
the detector reads it there; the embedder averages the aligned crop to 8 × 8 colours and compares them with everybody's.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import adaptive_avg_pool2d, normalize

from metaface_gui.pipeline.capture.base import FrameSource
from metaface_gui.pipeline.detection.align import template_of
from metaface_gui.pipeline.detection.base import FaceDetector
from metaface_gui.pipeline.embedding.projection import Projection
from metaface_gui.pipeline.recognition.cohort import CohortGenerator
from metaface_gui.types import FaceDetections, FaceTruth, Floats, Frame, Image

N_PEOPLE = 48
N_SHY = 12
"""The last of them are never enrolled: strangers."""
WIDTH, HEIGHT, FPS = 480, 270, 30.0
_SIDE = 112
_CELLS = 8
_MOODS = 24
_MAGIC = (0x4D, 0x46)
_BOX = np.array([0.16, 0.12, 0.84, 0.96])
"""A face's box, as a part of the square that the alignment cuts out."""
_STRAY = 0.55
"""How far looks at one person lie from their point, in units of its length: two of them have a cosine of about 0.75."""


def name_of(person: int) -> str:
    """What a person of the crowd is called."""
    return f"Person {person:02}"


def paint_people(seed: int = 0) -> Image:
    """Draw everybody, (N_PEOPLE, 112, 112, 3) uint8 BGR: eight by eight colours, and a fine grain that looks sharp."""
    random = np.random.default_rng([seed, 1])
    cells = random.uniform(40, 200, (N_PEOPLE, _CELLS, _CELLS, 3)).astype(np.float32)
    size = (_SIDE, _SIDE)
    large = np.stack([cv2.resize(person, size, interpolation=cv2.INTER_CUBIC) for person in cells])
    grain = random.normal(0, 22, (N_PEOPLE, _SIDE, _SIDE, 1))
    return np.clip(large + grain, 0, 255).astype(np.uint8)


def _paint_moods(seed: int) -> Floats:
    """What changes of a face from time to time: (_MOODS, 112, 112, 3) to be added."""
    random = np.random.default_rng([seed, 2])
    cells = random.normal(0, 16, (_MOODS, _CELLS, _CELLS, 3)).astype(np.float32)
    return np.stack([cv2.resize(mood, (_SIDE, _SIDE), interpolation=cv2.INTER_CUBIC) for mood in cells])


@dataclass(frozen=True, slots=True)
class _Visit:
    """Somebody in front of the camera from one frame to another, on their way from `start` to `end` (pixels)."""

    person: int
    first: int
    last: int
    start: tuple[float, float]
    end: tuple[float, float]
    side: int

    def corner(self, index: int) -> tuple[int, int]:
        share = (index - self.first) / max(1, self.last - self.first)
        x, y = (a + (b - a) * share for a, b in zip(self.start, self.end, strict=True))
        return round(x), round(y)


class Turnstile:
    """Lets the camera give the next frame when the one before was looked at, or after a fifth of a second."""

    def __init__(self) -> None:
        self._is_free = threading.Event()
        self._is_free.set()

    def free(self) -> None:
        """Say that a frame was looked at; on the inference thread."""
        self._is_free.set()

    def wait(self) -> None:
        """Wait for that; on the capture thread."""
        self._is_free.wait(0.2)
        self._is_free.clear()


class CrowdSource(FrameSource):
    """A camera before which up to four of the crowd walk past at a time; frames come as fast as they are looked at.

    One frame in a hundred comes without waiting, so that the dropping of frames is part of it.
    """

    title = "crowd"
    is_live = True
    nominal_fps = FPS

    def __init__(self, turnstile: Turnstile, seed: int) -> None:
        self._turnstile = turnstile
        self._random = np.random.default_rng([seed, 3])
        self._people = paint_people()
        self._moods = _paint_moods(0)
        noise = self._random.integers(70, 130, (HEIGHT // 10, WIDTH // 10, 3), np.uint8)
        wall = cv2.resize(noise, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
        self._wall: Image = np.asarray(wall, np.uint8)
        self._visits: list[_Visit] = []
        self._index = 0
        self._is_open = False

    def open(self) -> None:
        """Begin."""
        self._is_open = True

    def close(self) -> None:
        """End."""
        self._is_open = False

    def read(self) -> Frame | None:
        """Return the next frame, with the truth about it."""
        if not self._is_open:
            return None
        if self._index % 100:
            self._turnstile.wait()
        index, self._index = self._index, self._index + 1
        self._come_and_go(index)
        picture, truth = self.paint([(visit.person, *visit.corner(index), visit.side) for visit in self._visits], index)
        return Frame(picture, index, index / FPS, time.monotonic_ns(), truth)

    def paint(self, faces: list[tuple[int, int, int, int]], index: int) -> tuple[Image, tuple[FaceTruth, ...]]:
        """Paint faces (person, left, top, side) onto the wall, and write into the last row where they are."""
        picture = self._wall.copy()
        truth = []
        row = np.zeros(WIDTH * 3, np.uint8)
        row[:3] = (*_MAGIC, len(faces))
        for number, (person, left, top, side) in enumerate(faces):
            mood = self._moods[(index // 45 + 7 * person) % _MOODS]
            face = np.clip(self._people[person] + mood, 0, 255).astype(np.uint8)
            sized = cv2.resize(face, (side, side), interpolation=cv2.INTER_LINEAR)
            _paste(picture, np.asarray(sized, np.uint8), left, top)
            row[3 + 6 * number : 9 + 6 * number] = np.array([left, top, side], np.int16).view(np.uint8)
            truth.append(FaceTruth(_box(left, top, side), name_of(person)))
        picture[-1] = row.reshape(WIDTH, 3)
        return picture, tuple(truth)

    def _come_and_go(self, index: int) -> None:
        self._visits = [visit for visit in self._visits if visit.last > index]
        if len(self._visits) < 4 and self._random.random() < 0.012 * (4 - len(self._visits)):
            taken = {visit.person for visit in self._visits}
            person = int(self._random.choice([p for p in range(N_PEOPLE) if p not in taken]))
            side = int(self._random.integers(104, 140))
            # Lanes, so that nobody is painted over anybody; some begin or end beyond the edge.
            lane = next(lane for lane in range(4) if all(self._lane(visit) != lane for visit in self._visits))
            x = lane * WIDTH / 4 - 5
            heights = self._random.uniform(-50, HEIGHT - side - 2, 2)
            sway = float(self._random.uniform(-4, 4))
            stay = int(self._random.integers(40, 500))
            start, end = (x, float(heights[0])), (x + sway, float(heights[1]))
            self._visits.append(_Visit(person, index, index + stay, start, end, side))

    @staticmethod
    def _lane(visit: _Visit) -> int:
        return round((visit.start[0] + 5) * 4 / WIDTH)


def write_stills(person: int, folder: Path, count: int = 4) -> list[Path]:
    """Put pictures of one person into files, as a user has them; PNG, as what is written in the last row must stay."""
    source = CrowdSource(Turnstile(), person)
    paths = [folder / f"{name_of(person)} {number}.png" for number in range(count)]
    for number, path in enumerate(paths):
        picture, _ = source.paint([(person, 60 + 40 * number, 60, 120 + 2 * number)], 45 * number)
        cv2.imwrite(str(path), picture)
    return paths


def _paste(picture: Image, face: Image, left: int, top: int) -> None:
    height, width = picture.shape[:2]
    x1, y1, x2, y2 = max(0, left), max(0, top), min(width, left + len(face)), min(height, top + len(face))
    if x1 < x2 and y1 < y2:
        picture[y1:y2, x1:x2] = face[y1 - top : y2 - top, x1 - left : x2 - left]


def _box(left: int, top: int, side: int) -> Floats:
    limits = np.array([WIDTH, HEIGHT, WIDTH, HEIGHT])
    box: Floats = np.clip(np.array([left, top, left, top]) + _BOX * side, 0, limits).astype(np.float32)
    return box


class CrowdDetector(FaceDetector):
    """Reads where faces were painted; finds none in any other picture."""

    key = ""
    surely_upright = 0.0

    def __init__(self, key: str) -> None:
        self.key = key

    def detect(self, image_bgr: Image) -> FaceDetections:
        """Return the faces of a picture (height, width, 3)."""
        row = image_bgr[-1].reshape(-1)
        if image_bgr.shape[:2] != (HEIGHT, WIDTH) or tuple(row[:2]) != _MAGIC:
            return FaceDetections.empty()
        places = np.frombuffer(row[3 : 3 + 6 * int(row[2])].tobytes(), np.int16).reshape(-1, 3).astype(np.float64)
        points = template_of(_SIDE).points[None] * (places[:, 2:, None] / _SIDE) + places[:, None, :2]
        boxes = [_box(*(int(value) for value in place)) for place in places]
        return FaceDetections(
            np.array(boxes, np.float32).reshape(-1, 4),
            points.astype(np.float32),
            np.full(len(places), 0.9, np.float32),
        )


class CrowdEmbedder:
    """Tells painted people by their colours, and gives each a point of the space that `strangers` are sampled from.

    So methods meet features as they know them: in the layout, and as far apart, as people's are.
    """

    key = "sface"
    crop_size = _SIDE
    device = torch.device("cpu")
    projection: Projection | None = None

    def __init__(self, strangers: CohortGenerator) -> None:
        self.id = strangers.metadata["embedder_id"]
        self.space = strangers.space
        self.embedding_dim = strangers.embedding_dim
        points = strangers.sample(N_PEOPLE + 1000, seed=20_261_121)
        self._points = torch.from_numpy(points[:N_PEOPLE])
        rgb = np.ascontiguousarray(paint_people()[..., ::-1].transpose(0, 3, 1, 2))
        self._colours = normalize(self.trunk(torch.from_numpy(rgb)))
        spread: NDArray[np.float32] = points.std(axis=0)
        moves = np.random.default_rng(4).standard_normal((self._colours.shape[1], self.space.feature_dim))
        self._moves = torch.from_numpy((moves * spread * _STRAY).astype(np.float32))

    def trunk(self, crops_rgb: Tensor) -> Tensor:
        """Average crops (n, 3, s, s) to (n, 192) colours about their mean."""
        cells = adaptive_avg_pool2d(crops_rgb.float(), _CELLS)
        return (cells - cells.mean((2, 3), keepdim=True)).flatten(1)

    def tail(self, features: Tensor) -> Tensor:
        """Map colours (n, 192) to embeddings (n, d)."""
        return self.project(features)[:, : self.embedding_dim]

    def embed(self, crops_rgb: Tensor) -> Tensor:
        """Map crops (n, 3, s, s) to embeddings (n, d)."""
        return self.features(crops_rgb)[:, : self.embedding_dim]

    def features(self, crops_rgb: Tensor) -> Tensor:
        """Map crops (n, 3, s, s) uint8 to x = [s; v], (n, p)."""
        return self.project(self.trunk(crops_rgb))

    @torch.no_grad()
    def project(self, trunk_features: Tensor) -> Tensor:
        """The person's point, moved in a direction that what differs from their colours decides."""
        colours = normalize(trunk_features)
        likeness = colours @ self._colours.T
        nearest = likeness.argmax(1)
        own = self._colours[nearest]
        rest = normalize(colours - likeness.gather(1, nearest[:, None]) * own)
        moved = self._points[nearest] + rest @ self._moves
        x: Tensor = moved / moved[:, : self.embedding_dim].norm(dim=1, keepdim=True)
        return x

    def with_projection(self, projection: Projection | None) -> CrowdEmbedder:
        """It has one for good."""
        if projection is not None:
            raise ValueError("the crowd's projection cannot be changed")
        return self

    def in_bfloat16(self) -> CrowdEmbedder:
        """It is cheap as it is."""
        return self
