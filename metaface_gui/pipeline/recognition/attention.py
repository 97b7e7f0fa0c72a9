"""Decide where to look again: which frames to search for faces, and which of the faces found to embed.

A network pass per face is the main cost of a live frame. A tracked face that is well seen and clearly decided gains
nothing from another one. A new face does, one whose name is in doubt, one that is seen better than before, and one that
was not embedded for a while.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from metaface_gui.types import Identification


@dataclass(frozen=True, slots=True)
class Attention:
    """How often frames are searched and faces are embedded.

    `detect_every`: every how many frames one is searched while faces are in sight; in between, faces are carried by
    their motion (`face_motion`). `search_s`: after how long a frame is searched in any case. `refresh_s`: after how
    long a face is embedded again in any case; 0: in every searched frame. `at_most`: how many tracked faces are
    embedded in one frame; new ones come on top. `first_looks`: how many looks at a new face are taken at once, with
    landmarks from several searches. `at_most_known`: how many of the faces in `at_most` may have had these. `better`:
    gain in quality (0..1) worth another look. `doubt`: distance from the threshold, as a share of it, within which a
    decision is doubtful.
    """

    detect_every: int = 3
    search_s: float = 0.09
    refresh_s: float = 0.5
    at_most: int = 3
    at_most_known: int = 1
    first_looks: int = 2
    better: float = 0.1
    doubt: float = 0.3

    @property
    def is_close(self) -> bool:
        """Whether every frame is searched, including for small faces."""
        return self.detect_every <= 1

    @property
    def is_thorough(self) -> bool:
        """Whether every face of every frame is embedded."""
        return self.is_close and self.refresh_s <= 0.0


LIVE = Attention()
"""For sources that must keep up with a camera."""

THOROUGH = Attention(detect_every=1, refresh_s=0.0, first_looks=5)
"""For comparisons: every face of every frame."""

FILE = Attention(detect_every=1, refresh_s=0.16, at_most=1_000, at_most_known=1_000, first_looks=5)
"""For files: every frame is searched. A face is embedded in each while its track is new or in doubt, then six times a
second: consecutive frames are so similar that a look in between adds nothing."""


@dataclass(frozen=True, slots=True)
class Followed:
    """What is known of a face that continues a track.

    `looks`: how often it has been embedded, most recently `age_s` ago. `quality`: its quality now (0..1);
    `best_quality`: the best quality at which it was embedded. `decision`: what is shown for it.
    """

    looks: int
    age_s: float
    quality: float
    best_quality: float
    decision: Identification


_YOUNG = 4.0
"""The need of a face that has not had its first looks; all other needs are lower."""


def worth_embedding(faces: Sequence[Followed | None], attention: Attention) -> tuple[int, ...]:
    """Return the indices of the faces to embed, ascending: all without a track (None), and the neediest others."""
    if attention.is_thorough:
        return tuple(range(len(faces)))
    new = [index for index, face in enumerate(faces) if face is None]
    wishes = [(need, index) for index, face in enumerate(faces) if face and (need := _need(face, attention))]
    wishes.sort(reverse=True)
    young = [index for need, index in wishes if need >= _YOUNG]
    known = [index for need, index in wishes if need < _YOUNG][: attention.at_most_known]
    return tuple(sorted(new + (young + known)[: attention.at_most]))


def _need(face: Followed, attention: Attention) -> float:
    """Return how much a look would help, 0 for not at all: the integer part is the reason, the fraction the waiting."""
    waited = min(face.age_s, 9.0) / 10.0
    if face.looks < attention.first_looks:
        return _YOUNG + waited
    if face.age_s >= attention.refresh_s:
        return 3.0 + waited
    if face.quality > face.best_quality + attention.better:
        return 2.0 + waited
    return 1.0 + waited if is_doubtful(face.decision, attention) else 0.0


def is_doubtful(decision: Identification, attention: Attention) -> bool:
    """Whether another look may change a decision, because its score is near the threshold."""
    if not (isfinite(decision.score) and isfinite(decision.threshold)):
        return False  # nobody is enrolled, or everybody is ruled out: another look changes nothing
    return abs(decision.score - decision.threshold) < attention.doubt * abs(decision.threshold)
