"""Download one file over HTTP: progress, cancellation, resuming (HTTP Range) and a checksum before the file is used."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

import requests

from metaface_gui.errors import QT_TRANSLATE_NOOP, WeightsError

Progress = Callable[[int, int | None], None]
"""Called with the number of bytes received and the total expected (None if the server does not say)."""
Cancelled = Callable[[], bool]

_CHUNK = 1 << 18
_TIMEOUT_S = (10.0, 30.0)
_ATTEMPTS = 4


class FetchCancelledError(WeightsError):
    """The user stopped the download; the bytes received so far are kept, so that the next attempt resumes."""


def download(url: str, target: Path, *, size: int, sha256: str, progress: Progress, cancelled: Cancelled) -> None:
    """Download `url` to `target`, which appears only once it is complete and has the given size (bytes) and checksum.

    Received bytes go to `<target>.part`, from which a later call resumes.

    Raises:
        FetchCancelledError: when `cancelled()` returns true.
        WeightsError: if the host cannot be reached, refuses or sends a different file, or the disk is full.
    """
    part = target.with_name(target.name + ".part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _check_free_space(target, size - _size(part))
        _receive(url, part, target, size=size, progress=progress, cancelled=cancelled)
        with part.open("rb") as file:
            right = _size(part) == size and hashlib.file_digest(file, "sha256").hexdigest() == sha256
        if not right:
            part.unlink()
            raise WeightsError(
                QT_TRANSLATE_NOOP(
                    "Errors",
                    "{host} sent a {file} that differs from the published one (size or checksum), so it was not kept. "
                    "Try again; if it happens again, a proxy may be changing what you download.",
                ),
                host=_host(url),
                file=target.name,
            )
        part.replace(target)
    except requests.RequestException as error:  # also an OSError, so it must come first
        raise _network_error(url, target, size, error) from error
    except OSError as error:
        raise WeightsError(
            QT_TRANSLATE_NOOP("Errors", "Cannot write {file}: {reason}. Check the folder and the free space."),
            file=part,
            reason=error.strerror or str(error),
        ) from error


def _receive(url: str, part: Path, target: Path, *, size: int, progress: Progress, cancelled: Cancelled) -> None:
    for attempt in range(1, _ATTEMPTS + 1):
        if _size(part) > size:
            part.unlink()
        if _size(part) == size:
            return
        before = _size(part)
        try:
            _receive_once(url, part, target, size=size, progress=progress, cancelled=cancelled)
        except (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError):
            # Resume at once if the connection dropped midway, but do not retry a host that sent nothing.
            if attempt == _ATTEMPTS or _size(part) <= before:
                raise
        else:
            return


def _receive_once(url: str, part: Path, target: Path, *, size: int, progress: Progress, cancelled: Cancelled) -> None:
    done = _size(part)
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={done}-"} if done else {})
    with requests.get(url, headers=headers, stream=True, timeout=_TIMEOUT_S) as response:
        if response.status_code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            part.unlink()
        response.raise_for_status()
        if response.status_code != HTTPStatus.PARTIAL_CONTENT:
            done = 0  # the server is sending the whole file again
        with part.open("ab" if done else "wb") as file:
            progress(done, size)
            for chunk in response.iter_content(_CHUNK):
                if cancelled():
                    raise FetchCancelledError(
                        QT_TRANSLATE_NOOP(
                            "Errors", "Fetching {file} was stopped. Start it again and it continues where it stopped."
                        ),
                        file=target.name,
                    )
                file.write(chunk)
                done += len(chunk)
                if done > size:
                    return  # not the published file; the caller detects that by the size
                progress(done, size)


def _network_error(url: str, target: Path, size: int, error: requests.RequestException) -> WeightsError:
    if error.response is not None:
        return WeightsError(
            QT_TRANSLATE_NOOP(
                "Errors",
                "{host} refused to send {file} (HTTP {status}). Try later, or get {url} another way and put the file "
                "into {folder}.",
            ),
            host=_host(url),
            file=target.name,
            status=error.response.status_code,
            url=url,
            folder=target.parent,
        )
    return WeightsError(
        QT_TRANSLATE_NOOP(
            "Errors",
            "Cannot reach {host} to fetch {file} ({megabytes} MB). Connect to the internet and try again, or download "
            "{url} on another computer and put the file into {folder}.",
        ),
        host=_host(url),
        file=target.name,
        megabytes=round(size / 1e6),
        url=url,
        folder=target.parent,
    )


def _check_free_space(target: Path, needed: int) -> None:
    free = shutil.disk_usage(target.parent).free
    if needed > free:
        raise WeightsError(
            QT_TRANSLATE_NOOP(
                "Errors", "{file} needs {needed} MB but only {free} MB are free in {folder}. Free some space."
            ),
            file=target.name,
            needed=round(needed / 1e6),
            free=round(free / 1e6),
            folder=target.parent,
        )


def _host(url: str) -> str:
    return urlsplit(url).netloc


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
