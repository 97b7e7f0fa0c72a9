"""The part of `api` that concerns stored personal data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from metaface_gui.types import PersonId, RequestId


@dataclass(frozen=True, slots=True)
class Storage:
    """What the gallery holds and where; for one in memory, `path` is None and `size_bytes` 0.

    `shots` are people's own; `negatives` are denied faces.
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
        """Keep these people for the same period again. Answered by `GalleryChanged`."""

    def delete_expired(self) -> RequestId:
        """Permanently delete everybody whose period is over. `GalleryChanged`, `ExpiredDeleted` if there were any."""

    def write_report(self, person_id: PersonId, path: Path, *, may_replace: bool = False) -> RequestId:
        """Write what is stored about a person to a new folder or `.zip`, as a job. Answered by `ReportWritten`."""

    def forget_everything(self) -> RequestId:
        """Permanently delete everybody and everything derived from them, without undo. `EverythingForgotten`."""

    def load_storage(self) -> RequestId:
        """Read what is stored and where. Answered by `StorageRead`."""

    def load_consents(self, person_id: PersonId) -> RequestId:
        """Read a person's consents. Answered by `ConsentsRead`."""
