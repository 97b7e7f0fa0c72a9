"""Explain why a face has its name: which looks support it, who was near, by how much, and which image regions matter.

The regions come from occlusion sensitivity (Zeiler and Fergus 2014, "Visualizing and Understanding Convolutional
Networks", §4.2): cover a part of the picture with grey, embed it again, and see how much the score falls. It needs only
the network's output, so it works for any embedder and any learner.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from metaface_gui.deferred import Tensor, in_inference_mode, torch
from metaface_gui.pipeline.detection.align import align
from metaface_gui.pipeline.embedding.base import FaceEmbedder
from metaface_gui.pipeline.embedding.views import features_of
from metaface_gui.pipeline.enrolled_people import EnrolledPeople
from metaface_gui.pipeline.enrollment import FaceSample
from metaface_gui.pipeline.learners.base import AdaptedClassifier
from metaface_gui.pipeline.recognition.open_set import OpenSetClassifier
from metaface_gui.pipeline.recognition.track_decision import kept
from metaface_gui.types import FaceQuality, Floats, Identification, Image, PersonId, TrackTemplate

HEAT_GRID = 5
"""Rows and columns of the heat map. Covering the tenth of a picture that the map calls hottest takes 0.174 off the
nearest person's cosine (twenty people of Labeled Faces in the Wild, standard error 0.016); a random tenth takes 0.06,
the hottest tenth of a 7 × 7 map 0.185 in twice the time, which the live view could not spare."""
_PATCH_CELLS = 1.5
"""Side of the grey square in grid cells: neighbours overlap by a third, so that the map does not depend on where an eye
begins."""
_BATCH = HEAT_GRID
"""Covered crops embedded at a time, one row of the map: more is no faster, and the live path waits less for its turn.
The explanation can be cancelled between two batches."""
_MOST_PEOPLE = 5
_MOST_SHOTS = 6

PictureOf = Callable[[PersonId, int], bytes]
"""Returns the encoded picture of a person's shot, by the shot's id; empty if it is gone."""


@dataclass(frozen=True, slots=True, eq=False)
class NearShot:
    """An enrolled shot near the face: its cosine in the deciding learner's adapted space, and its encoded picture."""

    shot_id: int
    person_id: PersonId
    name: str
    cosine: float
    picture: bytes


@dataclass(frozen=True, slots=True, eq=False)
class PooledLook:
    """A look at the face, as the decision used it: `share` of the pool, 0..1, and 0 for one that was left out.

    `picture_rgb` is a small picture (s, s, 3) uint8; `number` counts the track's looks.
    """

    number: int
    share: float
    quality: FaceQuality
    picture_rgb: Image


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """A track's `template`, and as whom the deciding learner shows it; None for Unknown.

    It holds no name, because it may outlive the person's deletion for as long as tracks are remembered.
    """

    template: TrackTemplate
    shown_id: PersonId | None


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """The decision on one face and what it rests on.

    `decision` is the one on the track, based on its `looks`, the heaviest first; for a face without a track, the one on
    its picture. `crop_rgb` is the aligned face (s, s, 3) uint8 that was embedded last. `heat` is (g, g) float32, rows
    from the top: how much the picture's score for `heat_of` falls when that part is covered (negative: it rises).
    `heat_of` is the nearest person, or the one whom the user denied; in an empty gallery it is empty and `heat` is
    zero. `scores` are the best few people's (name, score), best first, on the learner's own scale, as is
    `decision.threshold`. `denied` is the person whom the user ruled out for a face like this one, if that changed the
    decision.
    """

    learner: str
    decision: Identification
    quality: FaceQuality
    scores: tuple[tuple[str, float], ...]
    shots: tuple[NearShot, ...]
    crop_rgb: Image
    heat: Floats
    seconds: float
    heat_of: str = ""
    denied: str = ""
    looks: tuple[PooledLook, ...] = ()


def explain(
    sample: FaceSample,
    embedder: FaceEmbedder,
    classifier: AdaptedClassifier | None,
    open_set: OpenSetClassifier,
    people: EnrolledPeople,
    *,
    learner: str,
    picture_of: PictureOf,
    evidence: Evidence | None = None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Explanation | None:
    """Explain the decision on a face; None if `should_stop` returned True, which is asked between batches.

    `classifier` is what `open_set` decides with (None for an empty gallery). It may score more ways than there are
    people: those beyond `open_set.person_ids` are denied faces without a name. `learner` is the key of its method.
    `picture_of` is called for the nearest shots only. `evidence` is what is known of the face's track; without it only
    the picture is used. Safe on any thread, because it only reads.
    """
    started = time.perf_counter()
    crop = align(sample.chip_bgr, sample.detection.landmarks[None], embedder.crop_size)[0]
    picture = torch.from_numpy(features_of(embedder, crop[None]))
    face = picture if evidence is None else torch.from_numpy(evidence.template.features[None])
    decision = open_set.identify(face)[0] if evidence is None else _decided(open_set, evidence)
    looks = () if evidence is None else _pooled_looks(evidence.template)
    if classifier is None or not open_set.person_ids:
        cold = np.zeros((HEAT_GRID, HEAT_GRID), np.float32)
        seconds = time.perf_counter() - started
        return Explanation(learner, decision, sample.quality, (), (), crop, cold, seconds, looks=looks)

    scores = _scores(classifier, open_set, face)[0]
    nearest = int(scores.argmax())
    column = nearest
    if decision.nearest_id is not None and not (decision.is_denied and decision.is_unknown):
        column = open_set.person_ids.index(decision.nearest_id)
    near = _near_shots(classifier, open_set, face, people, picture_of)
    of_picture = _scores(classifier, open_set, picture)[0]
    falls = []
    for begin in range(0, HEAT_GRID**2, _BATCH):
        if should_stop():
            return None
        covered = _covered(crop, range(begin, min(begin + _BATCH, HEAT_GRID**2)))
        seen = torch.from_numpy(features_of(embedder, covered))
        falls.append(of_picture[column] - _scores(classifier, open_set, seen)[:, column])
    heat: Floats = torch.cat(falls).reshape(HEAT_GRID, HEAT_GRID).numpy()
    best = scores.topk(min(_MOST_PEOPLE, len(scores)))
    return Explanation(
        learner=learner,
        decision=decision,
        quality=sample.quality,
        scores=tuple(
            (open_set.names[who], score) for score, who in zip(best.values.tolist(), best.indices.tolist(), strict=True)
        ),
        shots=near,
        crop_rgb=crop,
        heat=heat,
        seconds=time.perf_counter() - started,
        heat_of=open_set.names[column],
        denied=open_set.names[nearest] if decision.is_denied else "",
        looks=looks,
    )


def _decided(open_set: OpenSetClassifier, evidence: Evidence) -> Identification:
    levels = open_set.track_levels
    return kept(evidence.shown_id, open_set.identify_tracks([evidence.template], levels.entering)[0], levels.staying)


def _pooled_looks(template: TrackTemplate) -> tuple[PooledLook, ...]:
    pooled = [
        PooledLook(look.number, share, look.quality, look.picture_rgb)
        for look, share in zip(template.looks, template.shares, strict=True)
    ]
    left_out = [PooledLook(look.number, 0.0, look.quality, look.picture_rgb) for look in template.apart]
    return tuple(sorted(pooled + left_out, key=lambda look: (-look.share, -look.number)))


@in_inference_mode
def _scores(classifier: AdaptedClassifier, open_set: OpenSetClassifier, faces: Tensor) -> Tensor:
    """Score faces against people only: (n, p) → (n, n_people)."""
    return open_set.people_scores(classifier.scores(faces), faces)


@in_inference_mode
def _near_shots(
    classifier: AdaptedClassifier,
    open_set: OpenSetClassifier,
    face: Tensor,
    people: EnrolledPeople,
    picture_of: PictureOf,
) -> tuple[NearShot, ...]:
    names = dict(zip(open_set.person_ids, open_set.names, strict=True))
    if not len(people):
        return ()
    cosines = (classifier.embed(people.shots) @ classifier.embed(face)[0]).tolist()
    # Equal cosines are sorted by shot id, so that the result does not depend on the shots' order.
    order = sorted(range(len(cosines)), key=lambda row: (-cosines[row], people.shot_ids[row]))
    owners = [people.person_ids[label] for label in people.labels.tolist()]
    found = []
    for row in [row for row in order if owners[row] in names][:_MOST_SHOTS]:
        person_id, shot_id = owners[row], people.shot_ids[row]
        picture = picture_of(person_id, shot_id)
        found.append(NearShot(shot_id, person_id, names[person_id], cosines[row], picture))
    return tuple(found)


def _covered(crop_rgb: Image, cells: range) -> NDArray[np.uint8]:
    """Return copies of the crop (s, s, 3), each with the square around one cell filled with the crop's mean colour."""
    side = crop_rgb.shape[0]
    colour = crop_rgb.reshape(-1, 3).mean(axis=0).round().astype(np.uint8)
    cell = side / HEAT_GRID
    copies = np.repeat(crop_rgb[None], len(cells), axis=0)
    for copy, index in zip(copies, cells, strict=True):
        row, column = divmod(index, HEAT_GRID)
        top, left = ((place + 0.5 - _PATCH_CELLS / 2) * cell for place in (row, column))
        bottom, right = top + _PATCH_CELLS * cell, left + _PATCH_CELLS * cell
        copy[max(0, round(top)) : round(bottom), max(0, round(left)) : round(right)] = colour
    return copies
