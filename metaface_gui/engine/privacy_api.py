"""What a window may ask of the engine about what is stored of people; like `api`, and a part of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from metaface_gui.gallery import Consent
from metaface_gui.types import PersonId


@dataclass(frozen=True, slots=True)
class Storage:
    """What the gallery holds and where; `path` is None for one in memory, `size_bytes` 0 then.

    `shots` are people's own, `negatives` faces that were said not to be somebody's.
    """

    path: Path | None
    size_bytes: int
    people: int
    shots: int
    negatives: int
    is_encrypted: bool


OnStorage = Callable[[Storage], None]
OnConsents = Callable[[tuple[Consent, ...]], None]


class PrivacyApi(Protocol):
    """Every call is thread-safe, returns at once and is answered by events, or on a worker's thread."""

    def extend(self, person_ids: Sequence[PersonId]) -> None:
        """Let these people be kept for the same period again. Answered by `GalleryChanged`."""

    def delete_expired(self) -> None:
        """Delete for good whose period is over, without undo. `GalleryChanged`, `ExpiredDeleted` if there were any."""

    def write_report(self, person_id: PersonId, path: Path, *, may_replace: bool = False) -> None:
        """Write what is stored about a person to a new folder or `.zip`, as a job. Answered by `ReportWritten`."""

    def forget_everything(self) -> None:
        """Delete everybody and everything made from them for good, without undo. `EverythingForgotten`."""

    def load_storage(self, on_loaded: OnStorage) -> None:
        """Read what is stored and where; `on_loaded` is called on a worker's thread."""

    def load_consents(self, person_id: PersonId, on_loaded: OnConsents) -> None:
        """Read what a person agreed to, oldest first; `on_loaded` is called on a worker's thread."""
