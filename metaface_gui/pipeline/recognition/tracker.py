"""Follows faces over frames so that each keeps one number: overlap and likeness, matched as a whole.

Bewley et al., "Simple Online and Realtime Tracking" (SORT), ICIP 2016, for boxes matched by the Hungarian method; Wojke
et al., "Deep SORT", ICIP 2017, for adding appearance so that a face that was gone for a moment is known again. Faces
hardly move between two looks, so the last box serves as the prediction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from lap import lapjv  # now: its library would wait, and Python with it, while PyTorch's are being loaded
from numpy.typing import NDArray

from metaface_gui.pipeline.boxes import Matrix, box_area, box_iou
from metaface_gui.types import FaceDetections, Floats

_NOWHERE = np.full(4, -1e6, np.float32)
"""A box that no box of a picture is near."""


@dataclass(frozen=True, slots=True)
class TrackerLimits:
    """When a face may continue a track.

    `max_gap_s`: how long a face may be away. `same_face`: cosine from which a face is the same wherever it is now.
    `other_face`: cosine below which it is somebody else even in the same place, as after a camera cut (measured with
    SFace: of one face's consecutive frames 0.5 % lie below 0.33). `min_overlap`: IoU, or closeness in units of the
    box's size, that counts as the same place; `sure_overlap`: as surely the same. `same_size`: the smaller area's share
    of the larger from which a box has kept its size; `kept_size`: from which whoever is in the same place may be the
    same without being much like it, or it is who was behind. `momentum`: the past's weight in a track's mean embedding.
    """

    max_gap_s: float = 1.0
    same_face: float = 0.45
    other_face: float = 0.3
    min_overlap: float = 0.2
    sure_overlap: float = 0.4
    same_size: float = 0.5
    kept_size: float = 0.3
    momentum: float = 0.8


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """A face followed so far: where and when it was last seen, and its mean embedding (d,), L2-normalised."""

    id: int
    box_xyxy: Floats
    embedding: Floats
    seen_s: float


class Tracker:
    """Gives every face of every frame a track id; belongs to one thread.

    Ids count from `first_id` and are never used again; `next_id` is where a tracker that takes over must go on.
    """

    def __init__(self, limits: TrackerLimits | None = None, *, first_id: int = 1) -> None:
        self._limits = limits or TrackerLimits()
        self._tracks: tuple[Track, ...] = ()
        self._next_id = first_id
        self._frame_s = -np.inf

    @property
    def next_id(self) -> int:
        """The id of the next new track."""
        return self._next_id

    @property
    def tracks(self) -> tuple[Track, ...]:
        """Those that may still be continued."""
        return self._tracks

    def reset(self) -> None:
        """Forget all tracks; the next ids follow on."""
        self._tracks = ()
        self._frame_s = -np.inf

    def forget_places(self) -> None:
        """From the next frame on a track goes on only with a face that is like it: it is another scene."""
        self._tracks = tuple(replace(track, box_xyxy=_NOWHERE) for track in self._tracks)

    def placed(self, detections: FaceDetections, time_s: float) -> tuple[int | None, ...]:
        """Which tracks n faces of the frame at `time_s` continue as far as place and size alone say so.

        None where that is open: nobody was there in the last frame, that one was too long ago, somebody else is near,
        or the face is of another size now.
        """
        found: list[int | None] = [None] * len(detections)
        in_sight = [track for track in self._tracks if track.seen_s == self._frame_s]
        is_next = 0.0 <= time_s - self._frame_s <= self._limits.max_gap_s
        if is_next and in_sight and len(detections):
            boxes = _boxes(in_sight)
            place = _place(boxes, detections.boxes_xyxy)
            is_same_size = _are_of_size(boxes, detections.boxes_xyxy, self._limits.same_size)
            clear = (place >= self._limits.sure_overlap) & is_same_size
            alone = place > self._limits.min_overlap
            lonely = clear & (alone.sum(0, keepdims=True) == 1) & (alone.sum(1, keepdims=True) == 1)
            for row, column in zip(*np.nonzero(lonely), strict=True):
                found[column] = in_sight[row].id
        return tuple(found)

    def carry(self, boxes_xyxy: Mapping[int, Floats], time_s: float) -> None:
        """Move tracks to where their faces went by the frame at `time_s`, which was not searched: ids to boxes (4,).

        The other tracks are out of sight.
        """
        self._frame_s = time_s
        self._tracks = tuple(
            replace(track, box_xyxy=boxes_xyxy[track.id], seen_s=time_s) if track.id in boxes_xyxy else track
            for track in self._tracks
        )

    def update(
        self,
        detections: FaceDetections,
        embeddings: Floats,
        time_s: float,
        *,
        continued: Mapping[int, int] = MappingProxyType({}),
    ) -> tuple[int, ...]:
        """Match the n faces of the frame at `time_s` to tracks: their embeddings are (n, d); returns n track ids.

        `continued`: of the faces that were not embedded in this frame, their index and the track that they go on with,
        as `placed` said of this frame; that is settled, and what stands for them in `embeddings` teaches it nothing.
        Time that runs backwards (a file that starts again) starts over.

        Raises:
            KeyError: if a face continues a track that is none of those that may be.
        """
        limits = self._limits
        self._frame_s = time_s
        if any(time_s < track.seen_s for track in self._tracks):
            self.reset()
        alive = [track for track in self._tracks if time_s - track.seen_s <= limits.max_gap_s]
        by_id = {track.id: track for track in alive}
        matched = {index: by_id.pop(track_id) for index, track_id in continued.items()}
        looked_at = [index for index in range(len(detections)) if index not in matched]
        found = _match(list(by_id.values()), detections.boxes_xyxy[looked_at], embeddings[looked_at], limits)
        matched |= {looked_at[row]: track for row, track in found.items()}
        ids = []
        for index, (box, embedding) in enumerate(zip(detections.boxes_xyxy, embeddings, strict=True)):
            former = matched.get(index)
            if former is None:
                track = Track(self._next_id, box, embedding, time_s)
                self._next_id += 1
            else:
                alive.remove(former)
                momentum = 1.0 if index in continued else limits.momentum
                mean = momentum * former.embedding + (1.0 - momentum) * embedding
                track = Track(former.id, box, (mean / np.linalg.norm(mean)).astype(np.float32), time_s)
            ids.append(track.id)
            alive.append(track)
        self._tracks = tuple(alive)
        return tuple(ids)


def _match(tracks: list[Track], boxes: Floats, embeddings: Floats, limits: TrackerLimits) -> dict[int, Track]:
    """Map face indices to the tracks that they continue, the best sum of overlap and likeness first."""
    if not tracks or not len(boxes):
        return {}
    former = _boxes(tracks)
    place = _place(former, boxes)
    likeness = np.stack([track.embedding for track in tracks]).astype(np.float64) @ embeddings.T.astype(np.float64)
    is_there = (place >= limits.min_overlap) & _are_of_size(former, boxes, limits.kept_size)
    allowed = (is_there & (likeness > limits.other_face)) | (likeness >= limits.same_face)
    gain = np.where(allowed, 1.0 + place + likeness, 0.0)
    # Not SciPy's: it takes most of a second of every start to import, and 50 MB.
    _, columns, _ = lapjv(-gain, extend_cost=True)
    return {int(c): tracks[r] for r, c in enumerate(columns) if c >= 0 and allowed[r, c]}


def _boxes(tracks: list[Track]) -> Floats:
    return np.stack([track.box_xyxy for track in tracks])


def _place(a: Floats, b: Floats) -> Matrix:
    """How much two boxes are in the same place, by their overlap or their closeness: (n, 4), (m, 4) → (n, m)."""
    return np.maximum(box_iou(a, b), _closeness(a, b))


def _are_of_size(a: Floats, b: Floats, share: float) -> NDArray[np.bool_]:
    """Whether the smaller of two boxes' areas is such a share of the larger: (n, 4), (m, 4) → (n, m)."""
    areas = box_area(a)[:, None], box_area(b)[None, :]
    return np.asarray(np.minimum(*areas) >= share * np.maximum(*areas))


def _closeness(a: Floats, b: Floats) -> Matrix:
    """1 for equal centres, 0 from a box's size apart; also keeps a small fast face whose boxes no longer overlap."""
    centres_a, centres_b = (a[:, :2] + a[:, 2:]) / 2.0, (b[:, :2] + b[:, 2:]) / 2.0
    apart = np.linalg.norm(centres_a[:, None] - centres_b[None], axis=2)
    size = np.sqrt(np.maximum(box_area(a), 1e-9))[:, None]
    return np.asarray(np.clip(1.0 - apart / size, 0.0, 1.0), np.float64)
