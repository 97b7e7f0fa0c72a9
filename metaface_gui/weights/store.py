"""Where model weights are, whether they are the right ones, and how the ones that do not ship get here.

A `manifest.json` lists every file with its size and SHA-256. Some files ship with MetaFace, the others are fetched
into the user's data folder when asked for, never at import. A file is only ever handed out after its checksum was
compared, because a weights file is code in effect: whoever changes it decides who is recognised.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from safetensors import SafetensorError, safe_open

from metaface_gui.errors import QT_TRANSLATE_NOOP, WeightsError

if TYPE_CHECKING:
    from metaface_gui.weights.download import Cancelled, Progress

MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class WeightsEntry:
    """One line of the manifest.

    `role` is what uses the file (`detector`, `embedder` …) and `key` the name users choose it by. `url` is None for
    files that ship. `signature` maps a few tensor names to their shapes: what a safetensors copy of the same network
    must hold. `metrics` are figures measured with exactly these weights.
    """

    name: str
    role: str
    key: str
    file: str
    size: int
    sha256: str
    license: str
    source: str
    url: str | None
    signature: Mapping[str, tuple[int, ...]]
    metrics: Mapping[str, float]


class WeightsStatus(Enum):
    """What `WeightsStore.verify` found; the value is what commands print."""

    OK = "ok"
    NOT_FETCHED = "not fetched"
    MISSING = "missing"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class VerifyResult:
    """What was found of one entry; `path` is None if there is no file."""

    entry: WeightsEntry
    status: WeightsStatus
    path: Path | None


class WeightsStore:
    """The weights that ship in `shipped_dir` (with the manifest) and those in the user's own `user_dir`.

    May be used from several threads. `user_dir` is created when the first file is put there.

    Raises:
        WeightsError: if the manifest is missing or not readable.
    """

    def __init__(self, shipped_dir: Path, user_dir: Path) -> None:
        self._shipped_dir = shipped_dir
        self._user_dir = user_dir
        self._entries = {entry.name: entry for entry in _read_manifest(shipped_dir / MANIFEST)}
        self._verified: dict[Path, tuple[int, int, str]] = {}
        self._lock = threading.Lock()

    def entries(self) -> tuple[WeightsEntry, ...]:
        """Every file of the manifest, in its order."""
        return tuple(self._entries.values())

    def entry(self, name: str) -> WeightsEntry:
        """Look one up.

        Raises:
            WeightsError: if the manifest has no such name.
        """
        if name not in self._entries:
            raise WeightsError(
                QT_TRANSLATE_NOOP("Errors", "There are no weights named “{name}”. Choose one of: {names}."),
                name=name,
                names=", ".join(self._entries),
            )
        return self._entries[name]

    def is_available(self, name: str) -> bool:
        """Whether a file is there (its checksum is compared by `path`).

        Raises:
            WeightsError: if the manifest has no such name.
        """
        return self._locate(self.entry(name)) is not None

    def path(self, name: str) -> Path:
        """The file, its checksum compared once per process and again whenever size or time of change differ.

        Raises:
            WeightsError: if the name is unknown or the file is missing or not what it should be.
        """
        entry = self.entry(name)
        path = self._locate(entry)
        if path is None:
            raise _missing(entry, self._shipped_dir)
        if self._sha256(path) != self._expected_sha256(entry, path):
            raise _damaged(entry, path)
        return path

    def sha256(self, name: str) -> str:
        """The file's checksum, once it was compared.

        Raises:
            WeightsError: as `path`.
        """
        return self._sha256(self.path(name))

    def version(self, name: str) -> str:
        """Tag that tells apart the weights a template was made with: "" for the manifest's, else the own file's hash.

        Raises:
            WeightsError: as `path`.
        """
        sha256 = self._sha256(self.path(name))
        return "" if sha256 == self.entry(name).sha256 else f"+{sha256[:8]}"

    def verify(self) -> tuple[VerifyResult, ...]:
        """Compare every file with the manifest, reading all of it again."""
        with self._lock:
            self._verified.clear()
        return tuple(self._verify(entry) for entry in self.entries())

    def fetch(self, name: str, progress: Progress, cancelled: Cancelled) -> Path:
        """Bring the file into the user's folder, continuing an earlier attempt; nothing happens if it is there.

        `progress(done, total)` is called with bytes. A file that fails its checksum is not kept.

        Raises:
            FetchCancelledError: when `cancelled()` says so; what was received is kept for the next attempt.
            WeightsError: if the name is unknown, the network or the disk fails, or the file is not the right one.
        """
        entry = self.entry(name)
        if self._verify(entry).status is WeightsStatus.OK or entry.url is None:
            return self.path(name)
        # The HTTP client takes a quarter of a second to import, which every start of the program would pay.
        from metaface_gui.weights.download import download  # noqa: PLC0415

        target = self._user_dir / entry.file
        download(entry.url, target, size=entry.size, sha256=entry.sha256, progress=progress, cancelled=cancelled)
        return self.path(name)

    def install(self, name: str, file: Path) -> Path:
        """Copy a file that the user has into the user's folder and return where it lies now.

        It is either the very file of the manifest or a safetensors file of the same network (for example in half
        precision); other formats can run code when read and are refused unless the checksum vouches for them.

        Raises:
            WeightsError: if the name is unknown, or the file unreadable or of another network.
        """
        entry = self.entry(name)
        try:
            sha256 = _file_sha256(file)
            if sha256 == entry.sha256:
                target = self._user_dir / entry.file
            else:
                _check_signature(entry, file)
                target = _own_file(self._user_dir, entry)
            self._user_dir.mkdir(parents=True, exist_ok=True)
            partial = target.with_name(target.name + ".copy")
            shutil.copyfile(file, partial)
            if target == _own_file(self._user_dir, entry):
                _sidecar(target).write_text(sha256 + "\n", encoding="ascii")
            partial.replace(target)
        except OSError as error:
            raise WeightsError(
                QT_TRANSLATE_NOOP("Errors", "Cannot install {file}: {reason}. Check the path and the free space."),
                file=file,
                reason=error.strerror or str(error),
            ) from error
        return self.path(name)

    def _locate(self, entry: WeightsEntry) -> Path | None:
        candidates = (self._shipped_dir / entry.file, self._user_dir / entry.file, _own_file(self._user_dir, entry))
        return next((path for path in candidates if path.is_file()), None)

    def _expected_sha256(self, entry: WeightsEntry, path: Path) -> str:
        if path != _own_file(self._user_dir, entry):
            return entry.sha256
        try:
            return _sidecar(path).read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            return ""  # a file that nobody vouched for counts as damaged

    def _verify(self, entry: WeightsEntry) -> VerifyResult:
        path = self._locate(entry)
        if path is None:
            status = WeightsStatus.MISSING if entry.url is None else WeightsStatus.NOT_FETCHED
            return VerifyResult(entry, status, None)
        fine = self._sha256(path) == self._expected_sha256(entry, path)
        return VerifyResult(entry, WeightsStatus.OK if fine else WeightsStatus.DAMAGED, path)

    def _sha256(self, path: Path) -> str:
        try:
            stat = path.stat()
            with self._lock:
                known = self._verified.get(path)
            if known is not None and known[:2] == (stat.st_mtime_ns, stat.st_size):
                return known[2]
            sha256 = _file_sha256(path)
        except OSError as error:
            raise WeightsError(
                QT_TRANSLATE_NOOP("Errors", "Cannot read {file}: {reason}. Check that you may read the file."),
                file=path,
                reason=error.strerror or str(error),
            ) from error
        with self._lock:
            self._verified[path] = (stat.st_mtime_ns, stat.st_size, sha256)
        return sha256


def _own_file(user_dir: Path, entry: WeightsEntry) -> Path:
    """Where a user's own safetensors copy of an entry lies."""
    return user_dir / f"{entry.name}.own.safetensors"


def _sidecar(path: Path) -> Path:
    return path.with_name(path.name + ".sha256")


def _file_sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check_signature(entry: WeightsEntry, file: Path) -> None:
    shapes: dict[str, tuple[int, ...]] = {}
    try:
        # The header alone is read; opening as numpy keeps torch out of here.
        with safe_open(str(file), framework="numpy") as tensors:
            names = set(tensors.keys())
            shapes = {name: tuple(tensors.get_slice(name).get_shape()) for name in entry.signature if name in names}
    except SafetensorError:
        shapes = {}
    if not entry.signature or shapes != dict(entry.signature):
        raise WeightsError(
            QT_TRANSLATE_NOOP(
                "Errors",
                "{file} is neither {published} nor a safetensors file of the same network. "
                "Choose another file, or run “metaface weights fetch {name}”.",
            ),
            file=file.name,
            published=entry.file,
            name=entry.name,
        )


def _missing(entry: WeightsEntry, shipped_dir: Path) -> WeightsError:
    if entry.url is None:
        return WeightsError(
            QT_TRANSLATE_NOOP("Errors", "{file} is missing from {folder}. Install MetaFace again."),
            file=entry.file,
            folder=shipped_dir,
        )
    return WeightsError(
        QT_TRANSLATE_NOOP(
            "Errors", "The weights “{name}” are not on this computer yet. Run “metaface weights fetch {name}”."
        ),
        name=entry.name,
    )


def _damaged(entry: WeightsEntry, path: Path) -> WeightsError:
    if entry.url is None:
        return WeightsError(
            QT_TRANSLATE_NOOP(
                "Errors",
                "{file} is damaged or was changed: its checksum is not the published one. Install MetaFace again.",
            ),
            file=path,
        )
    return WeightsError(
        QT_TRANSLATE_NOOP(
            "Errors",
            "{file} is damaged or was changed: its checksum is not the expected one. "
            "Delete it and run “metaface weights fetch {name}”.",
        ),
        file=path,
        name=entry.name,
    )


def _read_manifest(path: Path) -> tuple[WeightsEntry, ...]:
    try:
        listed = json.loads(path.read_text(encoding="utf-8"))["weights"]
        return tuple(
            WeightsEntry(
                name=str(item["name"]),
                role=str(item["role"]),
                key=str(item["key"]),
                file=str(item["file"]),
                size=int(item["size"]),
                sha256=str(item["sha256"]),
                license=str(item["license"]),
                source=str(item["source"]),
                url=None if item.get("url") is None else str(item["url"]),
                signature={str(k): tuple(int(n) for n in v) for k, v in item.get("signature", {}).items()},
                metrics={str(k): float(v) for k, v in item.get("metrics", {}).items()},
            )
            for item in listed
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise WeightsError(
            QT_TRANSLATE_NOOP("Errors", "The list of weights {file} is missing or damaged. Install MetaFace again."),
            file=path,
        ) from error
