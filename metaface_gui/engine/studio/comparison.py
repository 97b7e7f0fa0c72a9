"""Running tallies of learners on the same frames: how often each names a face, changes its decision, agrees."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace

from metaface_gui.pipeline.recognition.truth_matching import found_faces
from metaface_gui.types import FrameResult, Identification, PersonId, TrackedFace, Truth

_LONGEST_GAP_NS = 1_000_000_000
"""The longest gap between two frames that counts as observed time; decisions cannot change during a gap."""
_MAX_TRACKS = 256
"""How many tracks are remembered, the most recent ones."""

Candidate = PersonId | None
"""A person, or None for Unknown."""


@dataclass(frozen=True, slots=True)
class LearnerTally:
    """One learner's counts of faces so far.

    `named` + `unknown` = all faces it decided on. `switches`: how often a track's decision changed. `agreeing`: faces
    where it decides like the majority of all running learners, among the `contested` ones that have a majority. `right`
    is out of the `counted` faces, whose truth is known from the scene or the user. Of the `right` ones, `turned_away`
    are strangers. Of the others, people taken for somebody else are `wrong`, named strangers `let_through`, and
    enrolled people called Unknown `missed`.
    """

    learner: str
    named: int = 0
    unknown: int = 0
    switches: int = 0
    switches_per_minute: float = 0.0
    agreeing: int = 0
    contested: int = 0
    right: int = 0
    counted: int = 0
    wrong: int = 0
    turned_away: int = 0
    let_through: int = 0

    @property
    def missed(self) -> int:
        """Faces of enrolled people that it called Unknown."""
        return self.counted - self.right - self.wrong - self.let_through


@dataclass(slots=True)
class _Counts:
    """The counters of a `LearnerTally`; a new record for each face would cost the inference thread too much."""

    named: int = 0
    unknown: int = 0
    switches: int = 0
    agreeing: int = 0
    contested: int = 0
    right: int = 0
    counted: int = 0
    wrong: int = 0
    turned_away: int = 0
    let_through: int = 0


class ComparisonTally:
    """Counts every face of every frame (`add`, on the inference thread); thread-safe.

    All tallies cover the same frames: when a learner joins, all start over; when one leaves, the others continue. What
    the user said about tracks survives both, until it is withdrawn.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._said: dict[int, Truth] = {}
        self._enrolled: frozenset[str] | None = None
        self._counts: dict[str, _Counts] = {}
        self._shown: dict[int, dict[str, Candidate]] = {}
        self._n_frames = self._looked_ns = 0
        self._seen_ns: int | None = None

    @property
    def n_frames(self) -> int:
        """The number of counted frames, which are those with a face."""
        with self._lock:
            return self._n_frames

    @property
    def seconds(self) -> float:
        """The observed time, not counting long gaps."""
        with self._lock:
            return self._looked_ns / 1e9

    def add(self, result: FrameResult) -> None:
        """Count the decisions on the faces of one frame."""
        with self._lock:
            if self._seen_ns is not None:
                self._looked_ns += min(max(0, result.finished_ns - self._seen_ns), _LONGEST_GAP_NS)
            self._seen_ns = result.finished_ns
            faces = [face for face in result.faces if face.per_learner]
            if not faces:
                return
            self._count_for(faces[0].per_learner)
            self._n_frames += 1
            truths = self._truths(result)
            for face in faces:
                self._add_face(face, truths.get(face.track_id))
            _keep_last(self._shown)

    def with_truths(self, result: FrameResult) -> FrameResult:
        """Add each face's truth, if it is known and several learners decide."""
        if not any(len(face.per_learner) > 1 for face in result.faces):
            return result
        with self._lock:
            truths = self._truths(result)
        if not truths:
            return result
        faces = tuple(replace(face, truth=truths.get(face.track_id)) for face in result.faces)
        return replace(result, faces=faces)

    def take_word(self, track_id: int, person_id: PersonId, *, is_denial: bool) -> None:
        """Record the user's statement of who a track is from now on, or who it is not, leaving open who it is.

        A denial adds to earlier denials and withdraws an identification as that person, but not as somebody else.
        """
        with self._lock:
            said = self._said.pop(track_id, Truth())
            if not is_denial:
                said = Truth(person_id=person_id)
            elif said.person_id in (None, person_id):
                said = Truth(not_ids=said.not_ids | {person_id})
            self._said[track_id] = said
            _keep_last(self._said)

    def forget_word(self, track_id: int) -> None:
        """Forget what the user said about a track, because it was withdrawn."""
        with self._lock:
            self._said.pop(track_id, None)

    def set_enrolled(self, names: Collection[str]) -> None:
        """Set who is enrolled; for anybody else in a scene's truth, Unknown is the right answer."""
        with self._lock:
            self._enrolled = frozenset(names)

    def reset(self) -> None:
        """Start over, keeping the user's statements."""
        with self._lock:
            self._clear(tuple(self._counts))

    def tallies(self) -> tuple[LearnerTally, ...]:
        """Return each learner's tally, in the order of the faces' decisions."""
        with self._lock:
            minutes = self._looked_ns / 60e9
            return tuple(
                LearnerTally(
                    learner,
                    switches_per_minute=counts.switches / minutes if minutes > 0.0 else 0.0,
                    **asdict(counts),
                )
                for learner, counts in self._counts.items()
            )

    def _count_for(self, decisions: Mapping[str, Identification]) -> None:
        if decisions.keys() - self._counts.keys():
            self._clear(tuple(decisions))
        elif list(decisions) != list(self._counts):
            self._counts = {learner: self._counts[learner] for learner in decisions}

    def _clear(self, learners: tuple[str, ...]) -> None:
        self._counts = {learner: _Counts() for learner in learners}
        self._shown.clear()
        self._n_frames = self._looked_ns = 0

    def _add_face(self, face: TrackedFace, truth: Truth | None) -> None:
        shown = {learner: decision.person_id for learner, decision in face.per_learner.items()}
        before = self._shown.pop(face.track_id, shown)
        self._shown[face.track_id] = shown
        choice, votes = Counter(shown.values()).most_common(1)[0]
        has_majority = len(shown) > 1 and 2 * votes > len(shown)
        for learner, decision in face.per_learner.items():
            counts, candidate = self._counts[learner], shown[learner]
            if candidate is None:
                counts.unknown += 1
            else:
                counts.named += 1
            counts.switches += before.get(learner, candidate) != candidate
            if has_majority:
                counts.contested += 1
                counts.agreeing += candidate == choice
            is_right = None if truth is None else truth.fits(decision)
            if truth is not None and is_right is not None:
                counts.counted += 1
                counts.right += is_right
                counts.turned_away += truth.is_stranger and is_right
                counts.let_through += truth.is_stranger and not is_right
                counts.wrong += not (truth.is_stranger or is_right or decision.is_unknown)

    def _truths(self, result: FrameResult) -> dict[int, Truth]:
        """Return truths by track: the user's identifications first, then the scene's truth, then the user's denials."""
        truths = self._scene_truths(result)
        for face in result.faces:
            said = self._said.get(face.track_id)
            if said is not None and not (said.not_ids and face.track_id in truths):
                truths[face.track_id] = said
        return truths

    def _scene_truths(self, result: FrameResult) -> dict[int, Truth]:
        truths = dict[int, Truth]()
        for truth, face in zip(result.frame.truth, found_faces(result.frame.truth, result.faces), strict=True):
            if face is not None:
                known = self._enrolled is None or truth.person in self._enrolled
                truths[face.track_id] = Truth(name=truth.person if known else None)
        return truths


def _keep_last(tracks: dict[int, Truth] | dict[int, dict[str, Candidate]]) -> None:
    while len(tracks) > _MAX_TRACKS:
        del tracks[next(iter(tracks))]
