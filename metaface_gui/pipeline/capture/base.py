"""The contract of a source of frames."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from metaface_gui.errors import KnownError
from metaface_gui.types import Frame


@dataclass(frozen=True, slots=True)
class Remark:
    """What is to be said of a source that was read nonetheless: frames look wrong, a file was passed over.

    `is_loss`: something that was asked for is missing from what was read.
    """

    error: KnownError
    is_loss: bool = False


@runtime_checkable
class FrameSource(Protocol):
    """Frames one after another, from a camera, a file, a folder, a URL or a scene.

    Made closed; `open` may block (a camera takes its time) and is called off the GUI thread, as is `read`.
    """

    @property
    def title(self) -> str:
        """What to show a person: a device's or a file's name."""

    @property
    def is_live(self) -> bool:
        """Whether frames come by themselves and late ones are to be dropped (camera, URL, demo scene)."""

    @property
    def is_mirrored(self) -> bool:
        """Whether a preview should mirror it (webcams only). Frames themselves are never mirrored."""

    @property
    def nominal_fps(self) -> float:
        """Frames a second that the source says it gives; 0.0 when it does not know."""

    @property
    def frame_count(self) -> int | None:
        """Frames in all, where the source knows (files, folders); None for endless ones."""

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """What is to be said of it so far, each once; complete when `read` has returned None."""

    def open(self) -> None:
        """Make ready to read.

        Raises:
            SourceError: with the cause and the next step.
        """

    def read(self) -> Frame | None:
        """Return the next frame; None at the end.

        Raises:
            SourceError: when the source fails in mid-stream (camera unplugged, truncated file).
        """

    def close(self) -> None:
        """Release the device or file; safe to call twice and before `open`."""


@runtime_checkable
class SeekableSource(FrameSource, Protocol):
    """A source that can go on from anywhere, if it knows its `frame_count`."""

    def seek(self, index: int) -> None:
        """Let `read` go on with the frame of this number, counted from 0, or as near to it as the format allows.

        Of an opened source; may block while it decodes up to there.

        Raises:
            SourceError: if the source cannot be read any more.
        """


@runtime_checkable
class InterruptibleSource(Protocol):
    """A source whose `read` may wait for a frame's time."""

    def interrupt(self) -> None:
        """End the waiting of a `read` that is under way; from any thread."""


class FileKind:
    """What sources on disk share: they wait until they are read, and are shown as they are."""

    @property
    def is_live(self) -> bool:
        """A file waits."""
        return False

    @property
    def is_mirrored(self) -> bool:
        """Only webcams are mirrored."""
        return False

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """Nothing."""
        return ()


class LiveKind:
    """What cameras, streams and the scene share: frames come by themselves, nobody knows how many."""

    @property
    def is_live(self) -> bool:
        """Late frames are lost."""
        return True

    @property
    def is_mirrored(self) -> bool:
        """Only webcams are mirrored."""
        return False

    @property
    def frame_count(self) -> int | None:
        """Not known."""
        return None

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """Nothing."""
        return ()
