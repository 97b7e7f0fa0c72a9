"""Teaching by correcting: the user says of a face on screen who it is, or who it is not; nothing learns by itself."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from metaface_gui.engine.events import EngineListener, TaughtTrack
from metaface_gui.engine.people.gallery_editor import GalleryEditor
from metaface_gui.errors import QT_TRANSLATE_NOOP, EnrollmentError
from metaface_gui.gallery import NewShot
from metaface_gui.types import PersonId

_MOST_SAID = 64


@dataclass(frozen=True, slots=True)
class _Said:
    """What was said of a track; it holds as long as any of the shots is there that were saved with it."""

    track_id: int
    shot_ids: frozenset[int]
    is_denial: bool


class Teacher:
    """Saves what the user says of a track's shots, each with an undo that takes back just that; on the jobs' thread.

    Whoever calls it adapts afterwards. A person's shots say it of every face like them, for good; of the very track it
    is remembered besides, as long as this runs and until it is undone.
    """

    def __init__(self, editor: GalleryEditor, listener: EngineListener) -> None:
        self._editor = editor
        self._listener = listener
        self._said: deque[_Said] = deque(maxlen=_MOST_SAID)

    def confirm(self, track_id: int, person_id: PersonId, shots: Sequence[NewShot]) -> None:
        """Add the shots to the person: that is who it is. Answered by `GalleryChanged`, `Undoable` and `TaughtTrack`.

        Raises:
            EnrollmentError: if there is no shot.
            GalleryError: if there is no such person, or the file cannot be written.
        """
        _require(shots)
        added = self._editor.add_shots(person_id, shots)
        self._said.append(_Said(track_id, frozenset(added.shot_ids), is_denial=False))
        self._listener(TaughtTrack(track_id, person_id))

    def reject(self, track_id: int, person_id: PersonId, shots: Sequence[NewShot]) -> None:
        """Remember the shots as "not this person". Answered as `confirm`, by a denial.

        Raises:
            EnrollmentError: if there is no shot.
            GalleryError: if there is no such person, or the file cannot be written.
        """
        _require(shots)
        added = self._editor.add_negatives(person_id, shots)
        self._said.append(_Said(track_id, frozenset(added.shot_ids), is_denial=True))
        self._listener(TaughtTrack(track_id, person_id, is_denial=True))

    def denied(self, embedder_id: str) -> Mapping[int, frozenset[PersonId]]:
        """Whom each track's face is not, by what was said last of it and was not taken back.

        Raises:
            GalleryError: if the gallery cannot be read.
        """
        if not self._said:
            return {}
        gallery = self._editor.gallery
        owners = dict[int, PersonId]()
        for templates in (gallery.negatives(embedder_id), gallery.templates(embedder_id, with_hidden=True)):
            owners |= zip(templates.shot_ids.tolist(), templates.person_ids.tolist(), strict=True)
        newest = dict[tuple[int, PersonId], bool]()
        for said in self._said:
            for person_id in {owners[shot_id] for shot_id in said.shot_ids if shot_id in owners}:
                newest[said.track_id, person_id] = said.is_denial
        denied = dict[int, frozenset[PersonId]]()
        for (track_id, person_id), is_denial in newest.items():
            if is_denial:
                denied[track_id] = denied.get(track_id, frozenset()) | {person_id}
        return denied

    def forget(self) -> None:
        """Nothing was said: the gallery is another."""
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
