"""Teaching by correction: the user says who a face on screen is, or who it is not; nothing is learnt automatically."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from metaface_gui.engine.events import EngineListener, TaughtTrack, UntaughtTrack
from metaface_gui.engine.people.gallery_editor import GalleryEditor
from metaface_gui.errors import QT_TRANSLATE_NOOP, EnrollmentError
from metaface_gui.gallery import NewShot, ShotId
from metaface_gui.types import PersonId

_MOST_SAID = 64


@dataclass(frozen=True, slots=True)
class _Said:
    """A statement about a track, valid as long as any of the shots saved with it exists.

    `person_ids` are the people whose shots they are, as last published.
    """

    track_id: int
    shot_ids: frozenset[ShotId]
    is_denial: bool
    person_ids: frozenset[PersonId]


class Teacher:
    """Saves the user's statements as shots, each with its own undo; runs on the jobs' thread.

    The caller adapts afterwards. The saved shots apply to every similar face, permanently; for the track itself the
    statement is also remembered, as long as this object lives and until it is undone.
    """

    def __init__(self, editor: GalleryEditor, listener: EngineListener) -> None:
        self._editor = editor
        self._listener = listener
        self._said: deque[_Said] = deque(maxlen=_MOST_SAID)

    def confirm(self, track_id: int, person_id: PersonId, shots: Sequence[NewShot]) -> None:
        """Add the shots to the person, whom they show. Answered by `GalleryChanged`, `Undoable` and `TaughtTrack`.

        Raises:
            EnrollmentError: if there is no shot.
            GalleryError: if there is no such person, or the file cannot be written.
        """
        _require(shots)
        added = self._editor.add_shots(person_id, shots)
        self.say(track_id, person_id, added.shot_ids)

    def reject(self, track_id: int, person_id: PersonId, shots: Sequence[NewShot]) -> None:
        """Store the shots as "not this person". Answered as `confirm`, with a denial.

        Raises:
            EnrollmentError: if there is no shot.
            GalleryError: if there is no such person, or the file cannot be written.
        """
        _require(shots)
        added = self._editor.add_negatives(person_id, shots)
        self.say(track_id, person_id, added.shot_ids, is_denial=True)

    def say(self, track_id: int, person_id: PersonId, shot_ids: Collection[ShotId], *, is_denial: bool = False) -> None:
        """Remember that this was said with these shots, and tell it: `TaughtTrack`."""
        self._said.append(_Said(track_id, frozenset(shot_ids), is_denial, frozenset({person_id})))
        self._listener(TaughtTrack(track_id, person_id, is_denial=is_denial))

    def denied(self, embedder_id: str) -> Mapping[int, frozenset[PersonId]]:
        """Return whom each track's face is denied to be, by the latest statements that were not undone.

        Tracks about which other statements hold than were last published are published again.

        Raises:
            GalleryError: if the gallery cannot be read.
        """
        if not self._said:
            return {}
        gallery = self._editor.gallery
        owners = dict[int, PersonId]()
        for templates in (gallery.negatives(embedder_id), gallery.templates(embedder_id, with_hidden=True)):
            owners |= zip(templates.shot_ids.tolist(), templates.person_ids.tolist(), strict=True)
        self._follow(owners)
        newest = dict[tuple[int, PersonId], bool]()
        for said in self._said:
            for person_id in said.person_ids:
                newest[said.track_id, person_id] = said.is_denial
        denied = dict[int, frozenset[PersonId]]()
        for (track_id, person_id), is_denial in newest.items():
            if is_denial:
                denied[track_id] = denied.get(track_id, frozenset()) | {person_id}
        return denied

    def _follow(self, owners: Mapping[ShotId, PersonId]) -> None:
        """Take note of whose the shots are now: some may be gone, back or another person's."""
        former, self._said = self._said, deque(maxlen=_MOST_SAID)
        changed = dict[int, None]()
        for said in former:
            present = frozenset(owners[shot_id] for shot_id in said.shot_ids if shot_id in owners)
            if present != said.person_ids:
                changed[said.track_id] = None
            self._said.append(replace(said, person_ids=present))
        for track_id in changed:
            self._listener(UntaughtTrack(track_id))
            for said in self._said:
                for person_id in said.person_ids if said.track_id == track_id else ():
                    self._listener(TaughtTrack(track_id, person_id, is_denial=said.is_denial))

    def forget(self) -> None:
        """Forget all statements, because the gallery was emptied."""
        self._said.clear()


def _require(shots: Sequence[NewShot]) -> None:
    if not shots:
        raise EnrollmentError(
            QT_TRANSLATE_NOOP(
                "Errors",
                "That face has not been seen well enough to learn from. Have the person come closer and look at the "
                "camera, then try again.",
            )
        )
