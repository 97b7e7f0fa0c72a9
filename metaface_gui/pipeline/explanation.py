"""Why a face has its name: who was near, by how much, and which parts of the picture the decision rests on."""

from __future__ import annotations

from dataclasses import dataclass

from metaface_gui.types import FaceQuality, Floats, Identification, Image, PersonId


@dataclass(frozen=True, slots=True, eq=False)
class NearShot:
    """An enrolled shot near the face: its cosine in the deciding learner's adapted space, and its encoded picture."""

    shot_id: int
    person_id: PersonId
    name: str
    cosine: float
    picture: bytes


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """The decision on one face, taken apart.

    `crop_rgb` is the aligned face (s, s, 3) uint8 that the embedder saw. `heat` is (g, g) float32, rows from the top:
    by how much the score of the nearest person falls when that part is covered (negative: it rises). `scores` are the
    best few people's (name, score), best first, on the learner's own scale, as `decision.threshold` is.
    """

    learner: str
    decision: Identification
    quality: FaceQuality
    scores: tuple[tuple[str, float], ...]
    shots: tuple[NearShot, ...]
    crop_rgb: Image
    heat: Floats
    seconds: float
