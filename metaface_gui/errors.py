"""Errors that a user can meet, as one exception type whose text names the cause and the next step.

Lives here: `KnownError` and its few kinds. Any other exception is a bug and may show a traceback; where it must not end
a thread it is logged and reported as an `InternalError`. May not live here: Qt. The texts are marked for translation
with the names `pyside6-lupdate` looks for and are translated where they are shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CONTEXT = "Errors"


def QT_TRANSLATE_NOOP(context: str, text: str) -> str:  # noqa: N802, ARG001 - the name pyside6-lupdate extracts
    """Mark `text` for translation in `context` and return it unchanged."""
    return text


class KnownError(Exception):
    """A failure whose cause is outside the program: the user's input, a device, a file, the network.

    `template` is the English text with named `{placeholders}`, which `values` fill in any language. `str(error)` is the
    filled English text. A template states the cause, then what to do next.
    """

    def __init__(self, template: str, /, **values: object) -> None:
        super().__init__(template)
        self.template = template
        self.values = values

    def __str__(self) -> str:
        return self.template.format(**self.values)


class SourceError(KnownError):
    """A camera, file, folder or URL cannot be opened or read."""


class WeightsError(KnownError):
    """Model weights are missing, damaged, of another version, or cannot be fetched."""


class GalleryError(KnownError):
    """The gallery cannot be opened, read or written."""


class EnrollmentError(KnownError):
    """A person cannot be enrolled from the given pictures."""


class DeviceError(KnownError):
    """A requested compute device is not available."""


class CacheError(KnownError):
    """Intermediate results of a long computation cannot be kept or read."""


class InternalError(KnownError):
    """A bug: an unforeseen exception. The program goes on, and its log has the traceback."""


def cannot_write(path: Path, cause: OSError | str) -> KnownError:
    """Return the error that a result cannot be written there, for the caller to raise."""
    reason = cause if isinstance(cause, str) else cause.strerror or str(cause)
    return KnownError(
        QT_TRANSLATE_NOOP("Errors", "Cannot write {path}: {reason}. Choose another place."), path=path, reason=reason
    )


def cannot_read(path: Path, cause: Exception) -> SourceError:
    """Return the error that a file or folder cannot be read, for the caller to raise; `cause` is often an `OSError`."""
    reason = getattr(cause, "strerror", None) or str(cause)
    text = QT_TRANSLATE_NOOP("Errors", "Cannot read {path}: {reason}. Check the name and the permissions.")
    return SourceError(text, path=path, reason=reason)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Report an `OSError` in the block as `cannot_write`: the block writes to `path`, or prepares it.

    Raises:
        KnownError: if the block raises an `OSError`.
    """
    try:
        yield
    except OSError as error:
        raise cannot_write(path, error) from error
