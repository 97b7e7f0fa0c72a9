"""What a window may ask of the engine about what is stored of people; like `api`, and a part of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from metaface_gui.types import PersonId, RequestId


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


class PrivacyApi(Protocol):
    """Every call is thread-safe, returns the request's id at once and is answered by events; `RequestEnded` is last."""

    def extend(self, person_ids: Sequence[PersonId]) -> RequestId:
        """Let these people be kept for the same period again. Answered by `GalleryChanged`."""

    def delete_expired(self) -> RequestId:
        """Delete for good whose period is over, without undo. `GalleryChanged`, `ExpiredDeleted` if there were any."""

    def write_report(self, person_id: PersonId, path: Path, *, may_replace: bool = False) -> RequestId:
        """Write what is stored about a person to a new folder or `.zip`, as a job. Answered by `ReportWritten`."""

    def forget_everything(self) -> RequestId:
        """Delete everybody and everything made from them for good, without undo. `EverythingForgotten`."""

    def load_storage(self) -> RequestId:
        """Read what is stored and where. Answered by `StorageRead`."""

    def load_consents(self, person_id: PersonId) -> RequestId:
        """Read what a person agreed to. Answered by `ConsentsRead`."""
