"""A report of what is stored about one person, for them: a folder or `.zip` with `report.json` and their pictures.

The files are never encrypted, because whoever asks for them wants to read them. What is not the person's is left out:
faces denied to be theirs show somebody else, so the report says only that they exist and when they were taken, without
the picture and its vectors.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import cv2

from metaface_gui.engine.people.shots import decode_picture
from metaface_gui.errors import QT_TRANSLATE_NOOP, GalleryError, KnownError, cannot_write, writing
from metaface_gui.gallery import Consent, StoredPerson, StoredShot

REPORT_NAME = "report.json"
_ABOUT = (
    "Everything that one MetaFace gallery stores about one person, as of made_at. The files of this report are plain "
    "and not encrypted: somebody asked for them in order to read them. Times are UTC. Landmarks are two eyes, nose and "
    "two mouth corners, boxes x1, y1, x2, y2, all in the picture's pixels."
)
_ADAPTED = "adapted classifiers live in memory only and are computed again from these shots"
_NOT_THEIRS = "the picture shows somebody else, so it and its vectors are left out"
_MAX_STEM_BYTES = 120

OnProgress = Callable[[float], None]
"""Called with the share done, 0..1; an exception raised by it cancels the report."""

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


@dataclass(frozen=True, slots=True)
class _File:
    """A file of the report and its name there."""

    name: str
    content: bytes


def safe_stem(name: str) -> str:
    """Return a person's name reduced to what any system allows in a file name; `person` if nothing is left.

    Letters and digits of any script are kept; everything else becomes a hyphen.
    """
    letters = (letter if letter.isalnum() else "-" for letter in unicodedata.normalize("NFC", name[:1000]))
    words = "-".join(filter(None, "".join(letters).split("-")))
    cut = words.encode()[:_MAX_STEM_BYTES].decode(errors="ignore").strip("-")
    return cut or "person"


def suggested_name(name: str) -> str:
    """Return a file name for the report on somebody."""
    return f"metaface-report-{safe_stem(name)}.zip"


def write_report(
    account: StoredPerson, target: Path, *, may_replace: bool = False, on_progress: OnProgress = lambda _share: None
) -> None:
    """Write the report to `target`, atomically: an archive if its name ends in `.zip`, else a folder.

    An existing empty folder is filled; `may_replace` allows an archive to replace a file, never a folder.

    Raises:
        KnownError: if there is something at `target` already, or it cannot be written.
    """
    is_archive = target.suffix.lower() == ".zip"
    _require_free(target, may_replace=may_replace and is_archive)
    with writing(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        # Beside the target, so that one rename moves it there; only its owner may read it.
        part = Path(tempfile.mkdtemp(prefix=".metaface-report-", dir=target.parent))
        try:
            files = _files(account, on_progress)
            if is_archive:
                _write_archive(part / "report.zip", files)
                (part / "report.zip").replace(target)
            else:
                folder = part / "report"
                folder.mkdir(mode=0o700)
                for file in files:
                    (folder / file.name).write_bytes(file.content)
                if target.is_dir():
                    target.rmdir()  # it is empty; Windows cannot rename onto it
                folder.rename(target)
        finally:
            shutil.rmtree(part, ignore_errors=True)


def _require_free(target: Path, *, may_replace: bool) -> None:
    if "\0" in str(target):
        raise cannot_write(target, "a name cannot hold a NUL")
    with writing(target):
        is_folder_to_fill = target.suffix.lower() != ".zip" and target.is_dir() and not any(target.iterdir())
        is_free = is_folder_to_fill or not os.path.lexists(target)
    if not is_free and not (may_replace and target.is_file()):
        raise KnownError(
            QT_TRANSLATE_NOOP("Errors", "{path} already exists and is not overwritten. Choose a new folder or file."),
            path=target,
        )


def _write_archive(path: Path, files: Iterator[_File]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            archive.writestr(file.name, file.content)


def _files(account: StoredPerson, on_progress: OnProgress) -> Iterator[_File]:
    """Yield the pictures, then the report that refers to them."""
    shots: list[Json] = []
    for done, stored in enumerate(account.shots):
        on_progress(done / max(len(account.shots), 1))
        picture = _png(stored.shot.chip)
        name = None if picture is None else f"shot-{stored.shot.id}.png"
        if picture is not None and name is not None:
            yield _File(name, picture)
        shots.append(_shot(stored) | _vectors(stored) | {"picture": name})
    report = _report(account, shots)
    yield _File(REPORT_NAME, json.dumps(report, ensure_ascii=False, indent=1, allow_nan=False).encode())


def _png(chip: bytes) -> bytes | None:
    """Return the picture, losslessly encoded; None if the stored one cannot be decoded."""
    try:
        done, encoded = cv2.imencode(".png", decode_picture(chip))
    except GalleryError:
        return None
    return encoded.tobytes() if done else None


def _report(account: StoredPerson, shots: list[Json]) -> dict[str, Json]:
    person = account.person
    return {
        "about": _ABOUT,
        "made_at": _time(datetime.now(UTC)),
        "name": person.name,
        "enrolled_at": _time(person.created_at),
        "last_seen_at": _time(person.last_seen_at),
        "keep_until": _time(person.keep_until),
        "hidden": person.is_hidden,
        "cover": person.cover_id,
        "told_apart_from": account.n_told_apart,
        "consents": [_consent(consent) for consent in account.consents],
        "shots": shots,
        "not_this_person": [_shot(stored) | {"picture": None, "why": _NOT_THEIRS} for stored in account.negatives],
        "kept_as_not_somebody_else": list[Json](account.denials),
        "adapted_from_them": _ADAPTED,
    }


def _consent(consent: Consent) -> dict[str, Json]:
    retention = consent.retention
    return {
        "given_at": _time(consent.given_at),
        "purpose": consent.purpose,
        "given_by": consent.given_by,
        "text_version": consent.text_version,
        "keep_until": None if retention is None else _time(retention.until),
        "keep_for_days": None if retention is None else retention.period.total_seconds() / 86_400,
    }


def _shot(stored: StoredShot) -> dict[str, Json]:
    shot = stored.shot
    return {
        "id": shot.id,
        "taken_at": _time(shot.taken_at),
        "source": str(shot.source),
        "quality": shot.quality,
        "kept": shot.kept,
        "landmarks": shot.landmarks.tolist(),
        "box_xyxy": shot.box_xyxy.tolist(),
        "embedders": list[Json](stored.embeddings),
    }


def _vectors(stored: StoredShot) -> dict[str, Json]:
    return {"vectors": {embedder_id: vector.tolist() for embedder_id, vector in stored.embeddings.items()}}


def _time(time: datetime | None) -> str | None:
    return None if time is None else time.astimezone(UTC).isoformat()
