"""Why a face has its name: which looks say so, who was near, by how much, and which parts of the picture matter.

The last is occlusion sensitivity (Zeiler and Fergus 2014, "Visualizing and Understanding Convolutional Networks",
§4.2): cover a part of the picture with grey, look again, and see how much the score has fallen. It asks nothing of the
network but its answers, so it works for any embedder and any learner.
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
"""The heat map has so many rows and columns. Covering the tenth of a picture that the map calls hottest takes 0.174 off
the nearest person's cosine (twenty people of Labeled Faces in the Wild, standard error 0.016); a tenth at random takes
0.06, the hottest tenth of a 7 × 7 map 0.185 in twice the time, of which the live view would not leave enough."""
_PATCH_CELLS = 1.5
"""Side of the grey square in cells of the grid: neighbours overlap by a third, so that the map does not depend on where
an eye begins."""
_BATCH = HEAT_GRID
"""So many covered crops are embedded at a time, a row of the map: more are no faster, and the live path waits less for
its turn. Between two batches the explanation can be cancelled."""
_MOST_PEOPLE = 5
_MOST_SHOTS = 6

PictureOf = Callable[[PersonId, int], bytes]
"""The encoded picture of a person's shot by the shot's id; empty if it is gone."""


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
    """A look at the face, as the decision took it: `share` of the pool, 0..1 and 0 for one that was left out.

    `picture_rgb` is a small picture (s, s, 3) uint8, `number` counts the track's looks.
    """

    number: int
    share: float
    quality: FaceQuality
    picture_rgb: Image


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What is known of a track: its `template`, and as whom the deciding learner shows it, None as Unknown.

    It holds no name: it may outlive the person's deletion by as long as tracks are remembered.
    """

    template: TrackTemplate
    shown_id: PersonId | None


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """The decision on one face, taken apart.

    `decision` is that on the track, by the `looks` at it, the heaviest first; of a face without a track it is that on
    the one picture. `crop_rgb` is the aligned face (s, s, 3) uint8 that the embedder saw last. `heat` is (g, g)
    float32, rows from the top: by how much that picture's score of `heat_of`, the nearest person or whom the user
    denied, falls when that part is covered (negative: it rises); zeros in an empty gallery, where `heat_of` is empty.
    `scores` are the best few people's (name, score), best first, on the learner's own scale, as `decision.threshold`
    is. `denied` is whom the user said that a face like this one is not, if that changed the decision.
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
    """Take the decision on a face apart; None if `should_stop` said so, which is asked between batches.

    `classifier` is what `open_set` decides with (None for an empty gallery) and may score more ways than there are
    people: those beyond `open_set.person_ids` deny people and have no name. `learner` is the key of its method.
    `picture_of` is asked for the nearest shots only. `evidence` is what is known of the face's track; without it the
    picture is all there is. Safe on any thread: it only reads.
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
    """Score faces against people alone: (n, p) → (n, n_people)."""
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
    # Sorted by the shots' ids where cosines are equal, so that the answer does not depend on their order.
    order = sorted(range(len(cosines)), key=lambda row: (-cosines[row], people.shot_ids[row]))
    owners = [people.person_ids[label] for label in people.labels.tolist()]
    found = []
    for row in [row for row in order if owners[row] in names][:_MOST_SHOTS]:
        person_id, shot_id = owners[row], people.shot_ids[row]
        picture = picture_of(person_id, shot_id)
        found.append(NearShot(shot_id, person_id, names[person_id], cosines[row], picture))
    return tuple(found)


def _covered(crop_rgb: Image, cells: range) -> NDArray[np.uint8]:
    """Copies of the crop (s, s, 3), in each of which the square about one cell has the crop's mean colour."""
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
