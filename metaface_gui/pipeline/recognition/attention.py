"""Where to look again: which frames are searched for faces, and which of the faces found are worth embedding.

A network pass a face is what a live frame costs most. A face that is followed, well seen and clearly decided gains
nothing by another one; a new face, one whose name is in doubt, one that is seen better than before, or one that was
not looked at for a while does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from metaface_gui.types import Identification


@dataclass(frozen=True, slots=True)
class Attention:
    """How much is looked at.

    `detect_every`: one of how many frames is searched while faces are in sight; they are carried through the others by
    their motion (`face_motion`). `search_s`: after how long one is searched in any case. `refresh_s`: after how long a
    face is embedded again in any case; 0: whenever it was found. `at_most`: how many faces already followed are
    embedded in one frame; new ones come on top. `first_looks`: so many looks are taken of a new face at once, where
    several searches say that it is. `at_most_known`: how many of those in one frame may have had them. `better`: gain
    in quality (0..1) worth another look. `doubt`: distance from the threshold, as a share of it, within which a
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
        """Whether every frame is searched, for small faces too."""
        return self.detect_every <= 1

    @property
    def is_thorough(self) -> bool:
        """Whether every face of every frame is looked at."""
        return self.is_close and self.refresh_s <= 0.0


LIVE = Attention()
"""For what must keep up with a camera."""

THOROUGH = Attention(detect_every=1, refresh_s=0.0, first_looks=5)
"""For what is compared: every face of every frame."""

FILE = Attention(detect_every=1, refresh_s=0.16, at_most=1_000, at_most_known=1_000, first_looks=5)
"""For files: every frame is searched. A face is looked at in each while its track is new or in doubt, then six times a
second: consecutive frames are so alike that a look between two says nothing that these do not."""


@dataclass(frozen=True, slots=True)
class Followed:
    """What is known of a face that continues a track.

    `looks`: how often it was embedded so far, the last time `age_s` ago. `quality`: how good its picture is now (0..1),
    `best_quality` how good the best was that was embedded. `decision`: what is shown of it.
    """

    looks: int
    age_s: float
    quality: float
    best_quality: float
    decision: Identification


_YOUNG = 4.0
"""The need of a face that has not had its first looks; that of others is less."""


def worth_embedding(faces: Sequence[Followed | None], attention: Attention) -> tuple[int, ...]:
    """Indices of the faces to embed, ascending: all that continue no track (None), of the others the neediest few."""
    if attention.is_thorough:
        return tuple(range(len(faces)))
    new = [index for index, face in enumerate(faces) if face is None]
    wishes = [(need, index) for index, face in enumerate(faces) if face and (need := _need(face, attention))]
    wishes.sort(reverse=True)
    young = [index for need, index in wishes if need >= _YOUNG]
    known = [index for need, index in wishes if need < _YOUNG][: attention.at_most_known]
    return tuple(sorted(new + (young + known)[: attention.at_most]))


def _need(face: Followed, attention: Attention) -> float:
    """How much a look would help: 0 not at all; the whole part says why, the fraction who comes first among those."""
    waited = min(face.age_s, 9.0) / 10.0
    if face.looks < attention.first_looks:
        return _YOUNG + waited
    if face.age_s >= attention.refresh_s:
        return 3.0 + waited
    if face.quality > face.best_quality + attention.better:
        return 2.0 + waited
    return 1.0 + waited if is_doubtful(face.decision, attention) else 0.0


def is_doubtful(decision: Identification, attention: Attention) -> bool:
    """Whether another look may change a decision: its score is near the threshold."""
    if not (isfinite(decision.score) and isfinite(decision.threshold)):
        return False  # nobody is enrolled, or nobody is left: another look changes nothing
    return abs(decision.score - decision.threshold) < attention.doubt * abs(decision.threshold)
