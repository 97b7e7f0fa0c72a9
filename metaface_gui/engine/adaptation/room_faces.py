"""A room's unlabelled faces, seen earlier by one camera or video: one look per track, and when they call for adapting.

Semi-supervised few-shot learning with distractors (Ren et al. 2018, section 3.2): the faces are not labelled as
enrolled people or strangers, yet they show what faces look like in this room and this light. They are kept in memory
only, never in a file or a log, and never longer than their source.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from metaface_gui.deferred import Tensor, torch
from metaface_gui.pipeline.capture.specification import SourceKind, SourceSpec
from metaface_gui.pipeline.enrolled_people import EnrolledPeople
from metaface_gui.pipeline.unknown_faces import is_alike
from metaface_gui.types import Floats, FrameResult, Image, TrackedFace

FIRST_TRACKS = 4
"""Fewer faces say little about a room; afterwards, adapting again is worthwhile once their number has doubled."""
MAX_TRACKS = 128
LEAST_SCORE = 0.1
"""The lowest usable `FaceQuality.score`: below it a look says more about the picture than about the face."""
LIGHT_STEP = 25.0
"""The change in a frame's mean luma, in grey levels, that counts as other light: more than a passer-by causes."""
LASTING_S = 3.0
LEAST_PAUSE_S = 5.0
"""The minimum time between adaptations to a room."""

_LUMA_OF_BGR = np.array([0.114, 0.587, 0.299])
_EVERY_PIXEL = 8


@dataclass(frozen=True, slots=True, eq=False)
class Room:
    """A room's faces at one `revision`: (m, p) float32 of one embedder, None if nothing was seen yet.

    Revision 0 is no room at all. `keeps_votes`: track decisions may carry over when adapting to it.
    """

    revision: int
    embedder_id: str
    faces: Tensor | None
    keeps_votes: bool = True

    def __len__(self) -> int:
        return 0 if self.faces is None else len(self.faces)

    def beside(self, people: EnrolledPeople) -> EnrolledPeople:
        """Return these people with the room's faces added to their shots as unlabelled ones."""
        return replace(people, unlabelled=self.faces, room=self.revision) if self.revision else people


EMPTY_ROOM = Room(0, "", None)


def is_room(spec: SourceSpec) -> bool:
    """Return whether all frames of a source come from one place; still pictures may come from anywhere."""
    return spec.kind not in {SourceKind.IMAGE, SourceKind.FOLDER}


@dataclass(frozen=True, slots=True)
class _Light:
    """A frame's mean luma and its environment dial setting; another setting counts as another room."""

    luma: float
    environment: str

    def is_other(self, light: _Light) -> bool:
        """Return whether faces seen in one light say little about the other."""
        return abs(self.luma - light.luma) > LIGHT_STEP or self.environment != light.environment


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    """A track's best look in one light: learners' features (p,), embedding (d,) and quality 0..1.

    `segment` numbers the passes through a file that is replayed or sought.
    """

    number: int
    features: Floats
    embedding: Floats
    score: float
    light: _Light
    segment: int


class RoomFaces:
    """The faces of one source's newest tracks; belongs to one thread, or to the holder of its controller's lock.

    `now_s` may be any clock that runs forward; for a file it is the file's own, so that results are reproducible.
    """

    def __init__(self) -> None:
        self._revision = 0
        self._embedder_id = ""
        self._looks: dict[int, _Look] = {}
        self._left_out: set[int] = set()
        self._light: _Light | None = None
        self._newest_light = _Light(0.0, "")
        self._other_light_since_s: float | None = None
        self._next_number = 0
        self._new_looks = 0
        self._taken = frozenset[int]()
        self._taken_s: float | None = None

    def __len__(self) -> int:
        return len(self._looks)

    @property
    def n_taken(self) -> int:
        """The number of faces in the last `take`."""
        return len(self._taken)

    @property
    def has_taken(self) -> bool:
        """Whether this room has been adapted to."""
        return self._taken_s is not None

    def remember(self, result: FrameResult, now_s: float) -> None:
        """Keep each track's best look; forget those of another embedder, because they are not comparable."""
        if result.embedder_id != self._embedder_id:
            self.clear()
            self._embedder_id = result.embedder_id
        light = _Light(_luma(result.frame.image_bgr), result.frame.environment)
        self._follow_light(light, now_s)
        for face in result.faces:
            if face.is_fresh and face.quality.score >= LEAST_SCORE and face.track_id not in self._left_out:
                self._keep(face, light, result.frame.segment)
        while len(self._looks) > MAX_TRACKS:
            del self._looks[min(self._looks)]

    def is_due(self, now_s: float) -> bool:
        """Return whether the room has changed enough since `take`, and long enough ago, to be worth adapting to."""
        if not self.may_take(now_s):
            return False
        if self._taken and self._light_has_changed(now_s) and self._present(now_s) != self._taken:
            return True
        return self._new_looks >= max(FIRST_TRACKS, len(self._taken))

    def may_take(self, now_s: float) -> bool:
        """Return whether the last `take` is long enough ago."""
        return self._taken_s is None or not 0.0 <= now_s - self._taken_s < LEAST_PAUSE_S

    def take(self, now_s: float, *, keeps_votes: bool = True) -> Room:
        """Return the faces seen in the current light, as a new revision to adapt to."""
        self._taken = self._present(now_s)
        if self._light_has_changed(now_s):
            self._light = self._newest_light
        self._other_light_since_s = None
        self._taken_s, self._new_looks = now_s, 0
        self._revision += 1
        faces = _stacked(look.features for look in self._looks.values() if look.number in self._taken)
        return Room(self._revision, self._embedder_id, faces, keeps_votes)

    def forget_like(self, embeddings: Floats) -> bool:
        """Drop for good the tracks that look like one of these (n, d) unit-length faces; return whether any did."""
        alike = [track_id for track_id, look in self._looks.items() if is_alike(look.embedding, embeddings)]
        for track_id in alike:
            del self._looks[track_id]
        self._leave_out(alike)
        return bool(alike)

    def clear(self) -> None:
        """Forget everything, as for another source."""
        self._looks.clear()
        self._left_out.clear()
        self._light = self._other_light_since_s = self._taken_s = None
        self._new_looks, self._taken = 0, frozenset()

    def _keep(self, face: TrackedFace, light: _Light, segment: int) -> None:
        former = self._looks.get(face.track_id)
        if former is None and self._is_shown_again(face, light, segment):
            self._leave_out([face.track_id])
            return
        is_new = former is None or former.light.is_other(light)
        if former is None or is_new or former.score < face.quality.score:
            self._new_looks += is_new
            self._next_number += 1
            # Copied, because a row view would keep all features of its frame alive.
            features, embedding = face.features.copy(), face.embedding.copy()
            self._looks[face.track_id] = _Look(
                self._next_number, features, embedding, face.quality.score, light, segment
            )

    def _leave_out(self, track_ids: Iterable[int]) -> None:
        self._left_out.update(track_ids)
        self._left_out = set(sorted(self._left_out)[-MAX_TRACKS:])

    def _is_shown_again(self, face: TrackedFace, light: _Light, segment: int) -> bool:
        """Return whether the face comes from a part of the file already played: seen twice, it is not a second face."""
        earlier = [
            look.embedding
            for look in self._looks.values()
            if look.segment != segment and not look.light.is_other(light)
        ]
        return bool(earlier) and is_alike(face.embedding, np.stack(earlier))

    def _follow_light(self, light: _Light, now_s: float) -> None:
        self._newest_light = light
        if self._light is None:
            self._light = light
        if not self._light.is_other(light):
            self._other_light_since_s = None
        elif self._other_light_since_s is None:
            self._other_light_since_s = now_s

    def _light_has_changed(self, now_s: float) -> bool:
        """Return whether the light has differed from the last adaptation's too long for a passing shadow."""
        return self._other_light_since_s is not None and now_s - self._other_light_since_s >= LASTING_S

    def _present(self, now_s: float) -> frozenset[int]:
        """Return the numbers of the looks in the current light; looks in another light count as another room."""
        light = self._newest_light if self._light_has_changed(now_s) else self._light
        looks = self._looks.values()
        return frozenset(look.number for look in looks if light is not None and not light.is_other(look.light))


def _luma(image_bgr: Image) -> float:
    return float(image_bgr[::_EVERY_PIXEL, ::_EVERY_PIXEL].mean((0, 1)) @ _LUMA_OF_BGR)


def _stacked(rows: Iterable[Floats]) -> Tensor | None:
    features = list(rows)
    return torch.from_numpy(np.stack(features)) if features else None
