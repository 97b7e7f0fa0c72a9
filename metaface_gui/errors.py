"""What can go wrong for a user, as one exception type whose text names the cause and the next step.

Lives here: `KnownError` and its few kinds. Anything else that is raised is a bug and may show a traceback; where it
must not end a thread it is logged and told as an `InternalError`.
May not live here: Qt. The texts are marked for translation with the names `pyside6-lupdate` looks for and are
translated where they are shown.
"""

from __future__ import annotations

from pathlib import Path

CONTEXT = "Errors"


def QT_TRANSLATE_NOOP(context: str, text: str) -> str:  # noqa: N802, ARG001 - the name pyside6-lupdate extracts
    """Mark `text` for translation in `context` and return it unchanged."""
    return text


class KnownError(Exception):
    """A failure whose cause is outside the program: the user's input, a device, a file, the network.

    `template` is the English text with named `{placeholders}`; `values` fill them, in any language. `str(error)` is
    the filled English text. A template is written as a cause, then what to do next.
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
    """A person cannot be enrolled from what was given."""


class DeviceError(KnownError):
    """A compute device that was asked for is not there."""


class CacheError(KnownError):
    """Intermediate results of a long computation cannot be kept or read."""


class InternalError(KnownError):
    """A bug: something raised what nobody had thought of. The program goes on, and its log has the traceback."""


def cannot_write(path: Path, cause: OSError | str) -> KnownError:
    """Say that a result has no place there; raise what this returns."""
    reason = cause if isinstance(cause, str) else cause.strerror or str(cause)
    return KnownError(
        QT_TRANSLATE_NOOP("Errors", "Cannot write {path}: {reason}. Choose another place."), path=path, reason=reason
    )
