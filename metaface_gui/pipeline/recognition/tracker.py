"""Follow faces over frames so that each keeps one number: overlap and similarity, matched jointly.

Bewley et al., "Simple Online and Realtime Tracking" (SORT), ICIP 2016, for matching boxes by the Hungarian method;
Wojke et al., "Deep SORT", ICIP 2017, for adding appearance, so that a face that was gone for a moment is recognised.
Faces hardly move between two frames, so the last box serves as the prediction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from lap import lapjv  # eagerly: later its library, and Python with it, would wait while PyTorch's are being loaded
from numpy.typing import NDArray

from metaface_gui.pipeline.boxes import Matrix, box_area, box_iou
from metaface_gui.types import FaceDetections, Floats

_NOWHERE = np.full(4, -1e6, np.float32)
"""A box far away from every box of a picture."""
_MAX_GAP_S = 1.0
"""How long a face may be out of sight and still continue its track."""
_SAME_FACE = 0.45
"""Cosine from which a face is the same wherever it is now."""
_OTHER_FACE = 0.3
"""Cosine below which it is somebody else even in the same place, as after a camera cut (measured with SFace: 0.5 % of
one face's consecutive frames lie below 0.33)."""
_OTHER_POOR_FACE = 0.1
"""The same for a picture that hardly tells people apart, if the face clearly is in the last frame's place."""
_MIN_OVERLAP, _SURE_OVERLAP = 0.2, 0.4
"""IoU, or closeness in units of the box's size, that counts as the same place, and that does so beyond doubt."""
_SAME_SIZE = 0.5
"""Ratio of the smaller area to the larger from which a box has kept its size."""
_KEPT_SIZE = 0.3
"""The same ratio from which a face in the same place may continue a track without being very similar; below it, it may
be somebody who stood behind."""
_MOMENTUM = 0.8
"""Weight of the past in a track's mean embedding."""


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """A face being followed: where and when it was last seen, and its mean embedding (d,), L2-normalised.

    `is_telling`: the mean is over telling looks only, as soon as there is one.
    """

    id: int
    box_xyxy: Floats
    embedding: Floats
    seen_s: float
    is_telling: bool

    def with_look(self, embedding: Floats, *, is_telling: bool) -> Track:
        """Return the track after another look (d,)."""
        past = _MOMENTUM if is_telling == self.is_telling else float(self.is_telling)
        mean = past * self.embedding + (1.0 - past) * embedding
        return replace(
            self,
            embedding=(mean / np.linalg.norm(mean)).astype(np.float32),
            is_telling=is_telling or self.is_telling,
        )


class Tracker:
    """Gives every face of every frame a track id; belongs to one thread.

    Ids count up from `first_id` and are never reused; a tracker that takes over must continue at `next_id`.
    """

    def __init__(self, *, first_id: int = 1) -> None:
        self._tracks: tuple[Track, ...] = ()
        self._next_id = first_id
        self._frame_s = self._before_s = -np.inf

    @property
    def next_id(self) -> int:
        """The id of the next new track."""
        return self._next_id

    @property
    def tracks(self) -> tuple[Track, ...]:
        """The tracks that may still be continued."""
        return self._tracks

    def reset(self) -> None:
        """Forget all tracks; ids go on counting."""
        self._tracks = ()
        self._frame_s = -np.inf

    def forget_places(self) -> None:
        """Forget where tracks are: in another scene only similarity continues a track."""
        self._tracks = tuple(replace(track, box_xyxy=_NOWHERE) for track in self._tracks)

    def placed(self, detections: FaceDetections, time_s: float) -> tuple[int | None, ...]:
        """Return the tracks that n faces of the frame at `time_s` continue, decided by place and size alone.

        None where these do not decide: nobody was there in the last frame, that frame is too long ago, somebody else is
        near, or the face's size has changed.
        """
        found: list[int | None] = [None] * len(detections)
        in_sight = [track for track in self._tracks if track.seen_s == self._frame_s]
        is_next = 0.0 <= time_s - self._frame_s <= _MAX_GAP_S
        if is_next and in_sight and len(detections):
            boxes = _boxes(in_sight)
            place = _place(boxes, detections.boxes_xyxy)
            is_same_size = _are_of_size(boxes, detections.boxes_xyxy, _SAME_SIZE)
            clear = (place >= _SURE_OVERLAP) & is_same_size
            alone = place > _MIN_OVERLAP
            lonely = clear & (alone.sum(0, keepdims=True) == 1) & (alone.sum(1, keepdims=True) == 1)
            for row, column in zip(*np.nonzero(lonely), strict=True):
                found[column] = in_sight[row].id
        return tuple(found)

    def carry(self, boxes_xyxy: Mapping[int, Floats], time_s: float) -> None:
        """Move tracks to their faces' boxes (4,), by id, in the frame at `time_s`, which was not searched.

        All other tracks are out of sight.
        """
        self._frame_s = time_s
        self._move(boxes_xyxy, time_s)

    def _move(self, boxes_xyxy: Mapping[int, Floats], time_s: float) -> None:
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
        telling: NDArray[np.bool_] | None = None,
    ) -> tuple[int, ...]:
        """Match the n faces of the frame at `time_s`, with embeddings (n, d), to tracks; returns n track ids.

        Pictures that are not `telling` (n,) hardly tell people apart: in the place of a face of the last frame, they
        need not resemble it much. None: all are.

        `continued` maps the indices of faces that were not embedded in this frame to the tracks that they continue, as
        `placed` decided for this frame. These matches are final, and the faces' rows of `embeddings` do not update the
        tracks. If time runs backwards (a file that restarts), tracking starts over.

        Raises:
            KeyError: if a face continues a track that can no longer be continued.
        """
        self._before_s, self._frame_s = self._frame_s, time_s
        if any(time_s < track.seen_s for track in self._tracks):
            self.reset()
        alive = [track for track in self._tracks if time_s - track.seen_s <= _MAX_GAP_S]
        by_id = {track.id: track for track in alive}
        matched = {index: by_id.pop(track_id) for index, track_id in continued.items()}
        looked_at = [index for index in range(len(detections)) if index not in matched]
        is_telling = np.ones(len(detections), np.bool_) if telling is None else telling
        found = _match(
            list(by_id.values()),
            detections.boxes_xyxy[looked_at],
            embeddings[looked_at],
            is_telling[looked_at],
            self._before_s,
        )
        matched |= {looked_at[row]: track for row, track in found.items()}
        ids = []
        for index, (box, embedding) in enumerate(zip(detections.boxes_xyxy, embeddings, strict=True)):
            former = matched.get(index)
            if former is None:
                track = Track(self._next_id, box, embedding, time_s, is_telling=bool(is_telling[index]))
                self._next_id += 1
            else:
                alive.remove(former)
                moved = replace(former, box_xyxy=box, seen_s=time_s)
                track = moved if index in continued else moved.with_look(embedding, is_telling=bool(is_telling[index]))
            ids.append(track.id)
            alive.append(track)
        self._tracks = tuple(alive)
        return tuple(ids)

    def are_in_lost_places(self, detections: FaceDetections, time_s: float) -> NDArray[np.bool_]:
        """Whether n faint faces of the frame at `time_s` are each in the place of a track that was not found in it."""
        boxes = _boxes(self._lost(time_s))
        is_there = _place(boxes, detections.boxes_xyxy) >= _SURE_OVERLAP
        return np.asarray((is_there & _are_of_size(boxes, detections.boxes_xyxy, _KEPT_SIZE)).any(axis=0))

    def keep(
        self, detections: FaceDetections, embeddings: Floats, time_s: float, *, telling: NDArray[np.bool_]
    ) -> tuple[int | None, ...]:
        """After `update`, continue lost tracks by n faint faces of the same frame; returns n track ids.

        None for faces that continue no track. A track's mean embedding stays.
        """
        found = _match(self._lost(time_s), detections.boxes_xyxy, embeddings, telling, self._before_s)
        self._move({track.id: detections.boxes_xyxy[index] for index, track in found.items()}, time_s)
        return tuple(found[index].id if index in found else None for index in range(len(detections)))

    def _lost(self, time_s: float) -> list[Track]:
        return [track for track in self._tracks if 0.0 < time_s - track.seen_s <= _MAX_GAP_S]


def _match(
    tracks: list[Track], boxes: Floats, embeddings: Floats, telling: NDArray[np.bool_], before_s: float
) -> dict[int, Track]:
    """Map face indices to the tracks that they continue, maximising the sum of overlap and similarity.

    A face that is not `telling` (n,) may be less similar where a track was in the last frame, at `before_s`.
    """
    if not tracks or not len(boxes):
        return {}
    former = _boxes(tracks)
    place = _place(former, boxes)
    likeness = np.stack([track.embedding for track in tracks]).astype(np.float64) @ embeddings.T.astype(np.float64)
    is_there = (place >= _MIN_OVERLAP) & _are_of_size(former, boxes, _KEPT_SIZE)
    tells_little = np.outer([track.seen_s == before_s for track in tracks], ~telling)
    limit = np.where(tells_little & (place >= _SURE_OVERLAP), _OTHER_POOR_FACE, _OTHER_FACE)
    allowed = (is_there & (likeness > limit)) | (likeness >= _SAME_FACE)
    gain = np.where(allowed, 1.0 + place + likeness, 0.0)
    # Not SciPy's, whose import takes most of a second at every start, and 50 MB.
    _, columns, _ = lapjv(-gain, extend_cost=True)
    return {int(c): tracks[r] for r, c in enumerate(columns) if c >= 0 and allowed[r, c]}


def _boxes(tracks: list[Track]) -> Floats:
    return np.asarray([track.box_xyxy for track in tracks], np.float32).reshape(-1, 4)


def _place(a: Floats, b: Floats) -> Matrix:
    """Return how far two boxes are in the same place, by overlap or closeness: (n, 4), (m, 4) → (n, m)."""
    return np.maximum(box_iou(a, b), _closeness(a, b))


def _are_of_size(a: Floats, b: Floats, share: float) -> NDArray[np.bool_]:
    """Whether the smaller of two boxes' areas is at least `share` of the larger: (n, 4), (m, 4) → (n, m)."""
    areas = box_area(a)[:, None], box_area(b)[None, :]
    return np.asarray(np.minimum(*areas) >= share * np.maximum(*areas))


def _closeness(a: Floats, b: Floats) -> Matrix:
    """Return 1 for equal centres, 0 from a box's size apart; keeps a small fast face whose boxes no longer overlap."""
    centres_a, centres_b = (a[:, :2] + a[:, 2:]) / 2.0, (b[:, :2] + b[:, 2:]) / 2.0
    apart = np.linalg.norm(centres_a[:, None] - centres_b[None], axis=2)
    size = np.sqrt(np.maximum(box_area(a), 1e-9))[:, None]
    return np.asarray(np.clip(1.0 - apart / size, 0.0, 1.0), np.float64)
