"""Teaching by correcting: the user says of a face on screen who it is, or who it is not; nothing learns by itself."""

from __future__ import annotations

from collections.abc import Sequence

from metaface_gui.engine.events import EngineListener, TaughtTrack
from metaface_gui.engine.gallery_keeper import GalleryKeeper
from metaface_gui.errors import QT_TRANSLATE_NOOP, EnrollmentError
from metaface_gui.gallery import NewShot
from metaface_gui.types import PersonId


class Teacher:
    """Saves what the user says of a track's shots, each with an undo that takes back just that; on the jobs' thread.

    Whoever calls it adapts afterwards.
    """

    def __init__(self, keeper: GalleryKeeper, listener: EngineListener) -> None:
        self._keeper = keeper
        self._listener = listener

    def confirm(self, track_id: int, person_id: PersonId, shots: Sequence[NewShot]) -> None:
        """Add the shots to the person: that is who it is. Answered by `GalleryChanged`, `Undoable` and `TaughtTrack`.

        Raises:
            EnrollmentError: if there is no shot.
            GalleryError: if there is no such person, or the file cannot be written.
        """
        _require(shots)
        self._keeper.add_shots(person_id, shots)
        self._listener(TaughtTrack(track_id, person_id))

    def reject(self, track_id: int, person_id: PersonId, shots: Sequence[NewShot]) -> None:
        """Remember the shots as "not this person". Answered as `confirm`, with nobody as the one who it is.

        Raises:
            EnrollmentError: if there is no shot.
            GalleryError: if there is no such person, or the file cannot be written.
        """
        _require(shots)
        self._keeper.add_negatives(person_id, shots)
        self._listener(TaughtTrack(track_id, None))


def _require(shots: Sequence[NewShot]) -> None:
    if not shots:
        raise EnrollmentError(
            QT_TRANSLATE_NOOP(
                "Errors",
                "That face was not seen well enough yet to learn from it. Let it come closer and look at the camera, "
                "then say it again.",
            )
        )
