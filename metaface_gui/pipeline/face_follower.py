"""Find faces, follow them from frame to frame, and embed those that are worth it: detect → align → embed → track."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from metaface_gui.pipeline.detection.align import align
from metaface_gui.pipeline.detection.base import FaceDetector, FoundFaces
from metaface_gui.pipeline.detection.chip import chip
from metaface_gui.pipeline.detection.search import FaceSearch, continues
from metaface_gui.pipeline.detection.second_looks import placed_by_more_looks
from metaface_gui.pipeline.detection.way_up import is_upside_down
from metaface_gui.pipeline.embedding.base import FaceEmbedder
from metaface_gui.pipeline.embedding.views import features_of, features_of_both, mirrored_where
from metaface_gui.pipeline.recognition.attention import THOROUGH, Attention, Followed, worth_embedding
from metaface_gui.pipeline.recognition.face_motion import FaceMotion
from metaface_gui.pipeline.recognition.quality import assess
from metaface_gui.pipeline.recognition.track_template import tell_apart
from metaface_gui.pipeline.recognition.tracker import Tracker
from metaface_gui.types import FaceDetection, FaceDetections, FaceQuality, Floats, Identification, Image, QualityIssue

DecisionOf = Callable[[int], Identification]
"""Returns the current decision on a track, by its id."""


@dataclass(frozen=True, slots=True, eq=False)
class Sighting:
    """A face in a frame: where it is now, and its features (p,) float32 from the last time it was embedded.

    `quality` is from the last frame that was searched. `is_fresh`: the features are from this frame. `picture_rgb` (s,
    s, 3) is a small picture of the face from the last time it was embedded, `crop_rgb` the picture that was embedded
    then. `is_faint`: the face only shows faintly, so it was not looked at.
    """

    track_id: int
    detection: FaceDetection
    quality: FaceQuality
    features: Floats
    is_fresh: bool
    picture_rgb: Image
    crop_rgb: Image
    is_faint: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class _Track:
    """What is kept of a track between frames.

    `sighting` is the newest; the face was embedded `looks` times, last at `looked_s` and at most at `best_quality`;
    `is_mirrored`: the last picture embedded was a mirror image.
    """

    sighting: Sighting
    looks: int
    looked_s: float
    best_quality: float
    is_mirrored: bool


_PICTURE_SIDE = 48
_LEAST_SIDE_PX = 4.0
"""Least width and height of a carried box inside the picture; below it, the face has gone."""


class FaceFollower:
    """Processes frames one after another and remembers tracks between them, so it belongs to one thread."""

    def __init__(
        self, detector: FaceDetector, embedder: FaceEmbedder, attention: Attention = THOROUGH, *, first_id: int = 1
    ) -> None:
        self._detector = detector
        self._search = FaceSearch(detector)
        self._embedder = embedder
        self._attention = attention
        self._tracker = Tracker(first_id=first_id)
        self._motion = FaceMotion()
        self._tracks: dict[int, _Track] = {}
        self._upright: set[int] = set()
        self._in_sight: tuple[int, ...] = ()
        self._since_search = 0
        self._time_s = self._searched_s = -np.inf

    @property
    def next_id(self) -> int:
        """The id of the next new track."""
        return self._tracker.next_id

    def set_attention(self, attention: Attention) -> None:
        """Set how often frames are searched and faces embedded, from the next frame on."""
        self._attention = attention
        self._motion.reset()

    def reset(self) -> None:
        """Forget all tracks, as for another source; ids go on counting."""
        self._search.reset()
        self._tracker.reset()
        self._motion.reset()
        self._tracks.clear()
        self._upright.clear()
        self._in_sight = ()
        self._time_s = -np.inf

    def look(
        self,
        image_bgr: Image,
        time_s: float,
        decision_of: DecisionOf,
        found: FoundFaces | None = None,
        *,
        is_still: bool = False,
        is_again: bool = False,
    ) -> tuple[Sighting, ...]:
        """Search the frame (height, width, 3) for faces, or carry the known ones into it where `Attention` allows.

        After a cut or a long gap, or when time runs backwards, the frame is searched and every face is embedded.
        `found`: its faces, if it was searched already. `is_still`: it is a picture of its own, so its faces get no
        other look. `is_again`: it is the same picture as before.
        """
        is_cut = not continues(self._time_s, time_s)
        self._time_s = time_s
        self._motion.show(image_bgr)
        is_other_scene, looks_different = self._motion.is_other_scene, self._motion.is_cut
        # When only the light changes, people stay in place: with every frame searched, tracks can simply continue.
        is_cut = is_cut or (is_other_scene if self._attention.is_close else looks_different)
        self._since_search += 1
        is_due = self._since_search >= self._attention.detect_every or (
            time_s - self._searched_s >= self._attention.search_s
        )
        if self._in_sight and not is_cut and not is_due:
            return self._carry(image_bgr, time_s)
        self._since_search, self._searched_s = 0, time_s
        if found is None:
            found = self._search.search(image_bgr, time_s, is_close=self._attention.is_close, is_restart=is_cut)
        if is_other_scene:
            self._tracker.forget_places()
        is_open = is_cut or (looks_different and not self._attention.is_thorough)
        faces = found.faces
        placed = (None,) * len(faces) if is_open else self._tracker.placed(faces, time_s)
        seen = self._follow(image_bgr, faces, placed, time_s, decision_of, is_still=is_still, is_again=is_again)
        if not is_open:
            seen += self._keep_in_sight(image_bgr, found.faint, time_s)
        self._in_sight = tuple(face.track_id for face in seen)
        return seen

    def _carry(self, image_bgr: Image, time_s: float) -> tuple[Sighting, ...]:
        height, width = image_bgr.shape[:2]
        frame = np.array([width, height, width, height], np.float32)
        tracks = [self._tracks[track_id] for track_id in self._in_sight]
        steps = self._motion.moved(np.stack([track.sighting.detection.box_xyxy for track in tracks]))
        moved = []
        for track, step in zip(tracks, steps, strict=True):
            found = track.sighting.detection
            # Clipped like detections: boxes end at the picture's edge, landmarks do not.
            box, points = np.clip(found.box_xyxy + np.tile(step, 2), 0.0, frame), found.landmarks + step
            if (box[2:] - box[:2] < _LEAST_SIDE_PX).any():
                continue
            sighting = replace(track.sighting, detection=FaceDetection(box, points, found.confidence), is_fresh=False)
            self._tracks[sighting.track_id] = replace(track, sighting=sighting)
            moved.append(sighting)
        self._in_sight = tuple(sighting.track_id for sighting in moved)
        self._tracker.carry({sighting.track_id: sighting.detection.box_xyxy for sighting in moved}, time_s)
        return tuple(moved)

    def _follow(
        self,
        image_bgr: Image,
        detections: FaceDetections,
        placed: tuple[int | None, ...],
        time_s: float,
        decision_of: DecisionOf,
        *,
        is_still: bool,
        is_again: bool,
    ) -> tuple[Sighting, ...]:
        crops = align(image_bgr, detections.landmarks, self._embedder.crop_size)
        former = [None if track_id is None else self._tracks.get(track_id) for track_id in placed]
        qualities = [
            assess(image_bgr, found, crop)
            if track_id in self._upright
            else quality_of(self._detector, image_bgr, found, crop)
            for found, crop, track_id in zip(detections, crops, placed, strict=True)
        ]
        known = [
            None if track is None else _followed(track, quality, time_s, decision_of)
            for track, quality in zip(former, qualities, strict=True)
        ]
        chosen = np.asarray(worth_embedding(known, self._attention), np.intp)
        if not is_still:  # a still's landmarks were refined when it was searched
            # With more looks in the pool, the errors of their landmarks average out.
            first = self._attention.first_looks
            new = [index for index in chosen if (track := former[index]) is None or track.looks < first]
            if new:
                detections = self._placed(image_bgr, detections, new)
                crops[new] = align(image_bgr, detections.landmarks[new], self._embedder.crop_size)
        features = np.zeros((len(detections), self._embedder.space.feature_dim), np.float32)
        for index, track in enumerate(former):
            if track is not None:
                features[index] = track.sighting.features
        # Alternates between looks, but a picture that is shown again is embedded the same way.
        is_mirrored = np.asarray([track is not None and track.is_mirrored == is_again for track in former], bool)
        if is_still:
            features[chosen] = features_of_both(self._embedder, crops[chosen])
        else:
            features[chosen] = features_of(self._embedder, mirrored_where(is_mirrored[chosen], crops[chosen]))
        continued = {
            index: track.sighting.track_id
            for index, track in enumerate(former)
            if track is not None and index not in chosen
        }
        fresh = [index not in continued for index in range(len(detections))]
        embeddings = features[:, : self._embedder.space.embedding_dim]
        telling = tell_apart(features, self._embedder.space)
        ids = self._tracker.update(detections, embeddings, time_s, telling=telling, continued=continued)
        faces = tuple(
            Sighting(track_id, detections[index], qualities[index], features[index], is_fresh, *pictures)
            for index, (track_id, is_fresh, pictures) in enumerate(
                zip(ids, fresh, _pictures(crops, former, fresh), strict=True)
            )
        )
        self._remember(faces, is_mirrored, time_s)
        return faces

    def _keep_in_sight(self, image_bgr: Image, faint: FaceDetections, time_s: float) -> tuple[Sighting, ...]:
        """Continue tracks whose face was not found in the frame by faint ones, of which no track learns anything."""
        near = faint.rows(self._tracker.are_in_lost_places(faint, time_s))
        near = near.rows(np.argsort(-near.confidence, kind="stable")[: self._attention.at_most].tolist())
        if not len(near):
            return ()
        crops = align(image_bgr, near.landmarks, self._embedder.crop_size)
        features, space = features_of(self._embedder, crops), self._embedder.space
        ids = self._tracker.keep(near, features[:, : space.embedding_dim], time_s, telling=tell_apart(features, space))
        kept = []
        for track_id, found, crop in zip(ids, near, crops, strict=True):
            if track_id is None:
                continue
            track = self._tracks[track_id]
            quality = assess(image_bgr, found, crop)
            sighting = replace(track.sighting, detection=found, quality=quality, is_fresh=False, is_faint=True)
            self._tracks[track_id] = replace(track, sighting=sighting)
            kept.append(sighting)
        return tuple(kept)

    def _placed(self, image_bgr: Image, detections: FaceDetections, which: list[int]) -> FaceDetections:
        """Return the detections, with the landmarks of those in `which` refined by more looks."""
        landmarks = detections.landmarks.copy()
        landmarks[which] = placed_by_more_looks(self._detector, image_bgr, landmarks[which])
        return replace(detections, landmarks=landmarks)

    def _remember(self, faces: tuple[Sighting, ...], is_mirrored: NDArray[np.bool_], time_s: float) -> None:
        for face, is_turned in zip(faces, is_mirrored.tolist(), strict=True):
            former = self._tracks.get(face.track_id)
            if face.is_fresh or former is None:
                looks, best = (0, 0.0) if former is None else (former.looks, former.best_quality)
                self._tracks[face.track_id] = _Track(face, looks + 1, time_s, max(best, face.quality.score), is_turned)
            else:
                self._tracks[face.track_id] = replace(former, sighting=face)
            # Asked only once per face, because it costs a search of its picture.
            if not face.quality.issues:
                self._upright.add(face.track_id)
        alive = {track.id for track in self._tracker.tracks}
        self._upright &= alive
        self._tracks = {track_id: track for track_id, track in self._tracks.items() if track_id in alive}


def _pictures(crops_rgb: Image, former: Sequence[_Track | None], fresh: Sequence[bool]) -> list[tuple[Image, Image]]:
    """Return n faces' small and embedded pictures: new ones if fresh, else those from their last embedding."""
    return [
        (_small(crop), crop.copy())  # a view would keep all crops of its frame alive
        if is_fresh or track is None
        else (track.sighting.picture_rgb, track.sighting.crop_rgb)
        for crop, track, is_fresh in zip(crops_rgb, former, fresh, strict=True)
    ]


def _small(crop_rgb: Image) -> Image:
    return np.asarray(cv2.resize(crop_rgb, (_PICTURE_SIDE, _PICTURE_SIDE), interpolation=cv2.INTER_AREA), np.uint8)


def _followed(track: _Track, quality: FaceQuality, time_s: float, decision_of: DecisionOf) -> Followed:
    decision = decision_of(track.sighting.track_id)
    return Followed(track.looks, time_s - track.looked_s, quality.score, track.best_quality, decision)


def quality_of(detector: FaceDetector, image_bgr: Image, found: FaceDetection, crop_rgb: Image) -> FaceQuality:
    """Measure a face of a frame (height, width, 3) as `assess` does, and also reject one that is upside down."""
    quality = assess(image_bgr, found, crop_rgb)
    if quality.issues or not is_upside_down(detector, chip(image_bgr, found).image_bgr, found.confidence):
        return quality
    return replace(quality, score=0.3 * quality.score, issues=(QualityIssue.UPSIDE_DOWN,))
