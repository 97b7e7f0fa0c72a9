"""The whole data path of a frame: detect → align → embed → track → pool → identify; the stages meet only here."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from metaface_gui.deferred import torch
from metaface_gui.pipeline.detection.align import align
from metaface_gui.pipeline.detection.base import FaceDetector
from metaface_gui.pipeline.detection.chip import chip
from metaface_gui.pipeline.detection.search import find_in_still
from metaface_gui.pipeline.detection.second_looks import placed_by_more_looks
from metaface_gui.pipeline.detection.way_up import Upright, boxes_back, find_upright, landmarks_back, upright_chip
from metaface_gui.pipeline.embedding.base import FaceEmbedder
from metaface_gui.pipeline.embedding.views import features_of, features_of_both
from metaface_gui.pipeline.enrollment import FaceSample
from metaface_gui.pipeline.face_follower import FaceFollower, Sighting, quality_of
from metaface_gui.pipeline.first_names import FirstNames
from metaface_gui.pipeline.learners.base import AdaptedClassifier
from metaface_gui.pipeline.recognition.attention import THOROUGH, Attention, is_doubtful
from metaface_gui.pipeline.recognition.embedding_map import EmbeddingMap
from metaface_gui.pipeline.recognition.open_set import Levels, OpenSetClassifier
from metaface_gui.pipeline.recognition.track_decision import TrackDecisions
from metaface_gui.pipeline.recognition.track_template import TrackTemplates
from metaface_gui.types import (
    UNKNOWN,
    FaceDetection,
    FaceDetections,
    FaceQuality,
    Floats,
    Frame,
    FrameResult,
    Identification,
    Image,
    PersonId,
    TrackedFace,
    TrackTemplate,
)

_RANKED = 8
"""How many people's scores a face carries from the deciding method: as many as a row of bars can show."""

Decider = OpenSetClassifier | FirstNames
"""Decides who faces show, or that they show nobody known."""


class FacePipeline:
    """Processes frames one after another and remembers tracks and their evidence, so it belongs to one thread.

    `classifiers` maps a learner's key to its adapted open-set classifier. The `primary` one decides the name; the
    others decide in parallel on the same pooled features.
    """

    def __init__(self, detector: FaceDetector, embedder: FaceEmbedder, attention: Attention = THOROUGH) -> None:
        self.detector = detector
        self.embedder = embedder
        self.attention = attention
        self._classifiers: Mapping[str, Decider] = MappingProxyType({})
        self._primary = ""
        self._follower = FaceFollower(detector, embedder, attention)
        self._templates = TrackTemplates(embedder.space)
        self._decisions: Mapping[str, TrackDecisions] = MappingProxyType({})
        self._map: tuple[EmbeddingMap, AdaptedClassifier] | None = None
        self._still: Upright | None = None
        self._newest: Image | None = None
        self._segment = 0
        self._environment = ""

    def set_classifiers(
        self,
        classifiers: Mapping[str, Decider],
        primary: str,
        *,
        continued: Collection[str] = (),
    ) -> None:
        """Identify with these classifiers from the next frame on; faces carry the decisions in this order.

        Decisions of a learner whose classifier changed are forgotten, because the new scores are on another scale and
        may be about other people. Decisions go on if the classifier is the same one, if it replaces the `FirstNames` of
        the same people, or if the learner is in `continued`: the same method on the same people, adapted to more faces
        of the same room. The tracks' looks are kept in any case: a new classifier decides at once on all looks so far.

        Raises:
            ValueError: if the primary one is not among them.
        """
        if primary not in classifiers:
            raise ValueError(f"primary learner {primary!r} is not among {sorted(classifiers)}")
        former, decisions = self._classifiers, self._decisions
        self._decisions = MappingProxyType(
            {
                key: decisions[key]
                if key in decisions and (key in continued or _succeeds(classifier, former.get(key)))
                else TrackDecisions()
                for key, classifier in classifiers.items()
            }
        )
        self._classifiers = MappingProxyType(dict(classifiers))
        self._primary = primary

    def set_map(self, plane: EmbeddingMap | None, classifier: AdaptedClassifier | None) -> None:
        """From the next frame on, give each face its position on `plane`, in the adapted space of `classifier`.

        If either is None, faces have no position on a map.
        """
        self._map = None if plane is None or classifier is None else (plane, classifier)

    def number_tracks_after(self, former: FacePipeline) -> None:
        """Start at track ids that the previous pipeline has not used."""
        first_id = former._follower.next_id
        self._follower = FaceFollower(self.detector, self.embedder, self.attention, first_id=first_id)

    def set_attention(self, attention: Attention) -> None:
        """Set how often frames are searched and faces embedded, from the next frame on."""
        if attention is not self.attention:
            self.attention = attention
            self._follower.set_attention(attention)

    def reset(self) -> None:
        """Forget all tracks, as for another source; ids go on counting."""
        self._follower.reset()
        self._still = self._newest = None
        self.forget_looks()

    def process(self, frame: Frame, found: Upright | None = None) -> FrameResult:
        """Process one frame; a frame of another segment than the one before starts over.

        Looks are also forgotten when the environment dial is turned: looks from another room would keep names that this
        room loses.

        `found`: the frame's faces, if a `FrameSearch` has found them already; only for pipelines that search every
        frame.
        """
        if frame.segment != self._segment:
            self.reset()
            self._segment = frame.segment
        if frame.environment != self._environment:
            self.forget_looks()
            self._environment = frame.environment
        is_again = self._newest is frame.image_bgr  # paused, or a still that is shown repeatedly
        self._newest = frame.image_bgr
        if frame.is_still and not is_again:
            # Each still stands alone: neither looks at nor denials of the previous one's faces apply to it.
            self._templates.start_over()
            self.forget_looks()
        if frame.is_still:
            seen = self._look_at_still(frame, found)
        else:
            shown = None if found is None else found.found
            seen = self._follower.look(frame.image_bgr, frame.time_s, self._decision_of, shown, is_again=is_again)
        for face in (face for face in seen if not face.is_fresh):
            self._templates.still_in_sight(face.track_id, frame.time_s)
            for kept in self._decisions.values():
                kept.still_in_sight(face.track_id, frame.time_s)
        features = np.stack([face.features for face in seen]) if seen else self._no_features()
        templates = [self._template(face, frame, is_again=is_again) for face in seen]
        templates = self._with_merged(seen, templates)
        decided = self._decide(seen, templates, frame.time_s, is_still=frame.is_still)
        places = self._places(features)
        faces = tuple(
            TrackedFace(
                track_id=face.track_id,
                box_xyxy=face.detection.box_xyxy,
                landmarks=face.detection.landmarks,
                confidence=face.detection.confidence,
                identification=decisions.get(self._primary, UNKNOWN),
                quality=face.quality,
                embedding=embedding,
                per_learner=MappingProxyType(decisions),
                map_xy=place,
                is_fresh=face.is_fresh,
                is_faint=face.is_faint,
                features=face.features,
                template=template,
            )
            for face, template, decisions, embedding, place in zip(
                seen, templates, decided, self._embeddings(features), places, strict=True
            )
        )
        return FrameResult(frame, faces, time.monotonic_ns(), self._primary, self.embedder.id)

    def _look_at_still(self, frame: Frame, found: Upright | None) -> tuple[Sighting, ...]:
        """Process a still picture turned to where its faces are found; return their positions in the original."""
        if found is None and self._still is not None and self._still.original is frame.image_bgr:
            found = self._still  # shown repeatedly, as the window does
        self._still = still = found or find_in_still(self.detector, frame.image_bgr)
        seen = self._follower.look(still.image_bgr, frame.time_s, self._decision_of, still.found, is_still=True)
        if not still.quarter_turns or not seen:
            return seen
        boxes = boxes_back(np.stack([face.detection.box_xyxy for face in seen]), still)
        landmarks = landmarks_back(np.stack([face.detection.landmarks for face in seen]), still)
        return tuple(
            replace(face, detection=FaceDetection(box, points, face.detection.confidence))
            for face, box, points in zip(seen, boxes, landmarks, strict=True)
        )

    def forget_looks(self) -> None:
        """Keep following the tracks but forget their looks and decisions: what comes next will look different."""
        self._templates.reset()
        for decisions in self._decisions.values():
            decisions.reset()

    def set_denied(self, denied: Mapping[int, frozenset[PersonId]]) -> None:
        """Never identify these tracks as these people, however they look; all other tracks may be anybody."""
        changed = self._templates.set_denied(denied)
        for decisions in self._decisions.values():
            decisions.forget(changed)

    def _decision_of(self, track_id: int) -> Identification:
        decisions = self._decisions.get(self._primary)
        return (decisions and decisions.current(track_id)) or UNKNOWN

    def _template(self, face: Sighting, frame: Frame, *, is_again: bool) -> TrackTemplate:
        """Return the face's template, with this look added if new; `is_again`: it is the same picture as before."""
        current = None if face.is_fresh and not is_again else self._templates.current(face.track_id)
        crop = None if frame.is_still else face.crop_rgb
        return current or self._templates.add(
            face.track_id, face.features, face.quality, frame.time_s, face.picture_rgb, crop_rgb=crop
        )

    def _with_merged(self, faces: Sequence[Sighting], templates: Sequence[TrackTemplate]) -> list[TrackTemplate]:
        """Return the templates, with looks at merged pictures that are due added; faces known for sure need none."""
        merged = self._templates.merged_pictures()
        due = {track_id: picture for track_id, picture in merged.items() if not self._is_known(track_id)}
        if not due:
            return list(templates)
        features = features_of_both(self.embedder, np.stack([*due.values()]))
        made = {key: self._templates.add_merged(key, row) for key, row in zip(due, features, strict=True)}
        return [made.get(face.track_id, template) for face, template in zip(faces, templates, strict=True)]

    def _is_known(self, track_id: int) -> bool:
        decision = self._decision_of(track_id)
        return decision.name is not None and not is_doubtful(decision, self.attention)

    def _decide(
        self, faces: Sequence[Sighting], templates: Sequence[TrackTemplate], time_s: float, *, is_still: bool
    ) -> list[dict[str, Identification]]:
        """Return each face's decision by each learner, renewed after a look or where there is none yet."""
        decided: list[dict[str, Identification]] = [{} for _ in faces]
        for key, classifier in self._classifiers.items():
            decisions = self._decisions[key]
            stands = [None if face.is_fresh else decisions.current(face.track_id) for face in faces]
            rows = [row for row, decision in enumerate(stands) if decision is None]
            if rows:
                # A still is a single probe, not one of several chances.
                levels = Levels(classifier.threshold, classifier.threshold) if is_still else classifier.track_levels
                # On the CPU wherever the embedder runs: a few faces against a gallery cost less than a transfer.
                n_ranked = _RANKED if key == self._primary else 0
                answers = classifier.identify_tracks(
                    [templates[row] for row in rows], levels.entering, n_ranked=n_ranked
                )
                for row, answer in zip(rows, answers, strict=True):
                    generation = templates[row].generation
                    stands[row] = decisions.update(
                        faces[row].track_id, answer, levels.staying, time_s, generation=generation
                    )
            for row, decision in enumerate(stands):
                decided[row][key] = decision or UNKNOWN
        return decided

    def _no_features(self) -> Floats:
        return np.zeros((0, self.embedder.space.feature_dim), np.float32)

    def extract(self, image_bgr: Image, *, is_still: bool = True) -> tuple[FaceSample, ...]:
        """Find the faces of a picture as samples to enrol, the largest first.

        A still picture is rotated if its faces are found better that way; a video's frame is taken as it is.
        """
        if is_still:
            upright = find_upright(self.detector, image_bgr)
            image_bgr, detections = upright.image_bgr, upright.detections
        else:
            detections = self.detector.detect(image_bgr)
        crops, features = self._embed(image_bgr, detections)
        samples = [
            sample_of(image_bgr, detection, quality_of(self.detector, image_bgr, detection, crop), embedding)
            for detection, crop, embedding in zip(detections, crops, self._embeddings(features), strict=True)
        ]
        return tuple(sorted(samples, key=lambda sample: -sample.quality.size_px))

    def features_of_chips(self, chips_bgr: list[Image], landmarks: list[Floats]) -> Floats:
        """Make templates of n stored pictures with landmarks (5, 2) each: (n, p) float32.

        Each is the features (`FeatureSpace`) of a picture and its mirror image, and belongs to the embedder's `id`.
        """
        size = self.embedder.crop_size
        crops = np.empty((len(chips_bgr), size, size, 3), np.uint8)
        for index, (chip_bgr, points) in enumerate(zip(chips_bgr, landmarks, strict=True)):
            placed = placed_by_more_looks(self.detector, chip_bgr, points[None])
            crops[index] = align(chip_bgr, placed, size)[0]
        return features_of_both(self.embedder, crops)

    def _embed(self, image_bgr: Image, detections: FaceDetections) -> tuple[Image, Floats]:
        crops = align(image_bgr, detections.landmarks, self.embedder.crop_size)
        return crops, features_of(self.embedder, crops)

    def _embeddings(self, features: Floats) -> Floats:
        """Return the part (n, d) that cosines may be taken of; the rest is for learners, on its own scale."""
        return features[:, : self.embedder.space.embedding_dim]

    def _places(self, features: Floats) -> Floats:
        """Return the positions of n faces on the map: (n, 2), or (n, 0) without a map."""
        if self._map is None or len(features) == 0:
            return np.zeros((len(features), 0), np.float32)
        plane, classifier = self._map
        with torch.inference_mode():
            moved: Floats = classifier.embed(torch.from_numpy(features)).numpy()
        return plane.place(moved)


def _succeeds(classifier: Decider, former: Decider | None) -> bool:
    """Whether the former classifier's decisions still stand."""
    if former is classifier:
        return True
    return isinstance(former, FirstNames) and former.person_ids == classifier.person_ids


def sample_of(image_bgr: Image, detection: FaceDetection, quality: FaceQuality, embedding: Floats) -> FaceSample:
    """Cut one face with its surroundings out of its picture, upright, for storage."""
    cut = upright_chip(chip(image_bgr, detection))
    moved = FaceDetection(cut.box_xyxy, cut.landmarks, detection.confidence)
    return FaceSample(cut.image_bgr, moved, quality, embedding)


def sample_of_face(frame: Frame, face: TrackedFace) -> FaceSample:
    """Cut a tracked face out of the frame in which it was seen."""
    detection = FaceDetection(face.box_xyxy, face.landmarks, face.confidence)
    sample = sample_of(frame.image_bgr, detection, face.quality, face.embedding)
    return replace(sample, environment=frame.environment)
