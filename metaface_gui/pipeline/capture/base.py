"""The contract of a frame source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from metaface_gui.errors import KnownError
from metaface_gui.types import Frame


@dataclass(frozen=True, slots=True)
class Remark:
    """A warning about a source that could still be read: frames look wrong, or a file was skipped.

    `is_loss`: something that was asked for is missing from what was read.
    """

    error: KnownError
    is_loss: bool = False


@runtime_checkable
class FrameSource(Protocol):
    """A sequence of frames from a camera, a file, a folder, a URL or the demo scene.

    It is created closed. `open` may block (a camera takes its time); it and `read` are called off the GUI thread.
    """

    @property
    def title(self) -> str:
        """Name to show to a person: a device's or a file's."""

    @property
    def is_live(self) -> bool:
        """Whether frames arrive on their own and late ones should be dropped (camera, URL, demo scene)."""

    @property
    def is_mirrored(self) -> bool:
        """Whether a preview should mirror the frames (webcams only). Frames themselves are never mirrored."""

    @property
    def nominal_fps(self) -> float:
        """Frames per second that the source claims to deliver; 0.0 if it does not know."""

    @property
    def frame_count(self) -> int | None:
        """Total number of frames, if the source knows it (files, folders); None for endless ones."""

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """Warnings so far, each once; complete when `read` has returned None."""

    def open(self) -> None:
        """Prepare for reading.

        Raises:
            SourceError: with the cause and the next step.
        """

    def read(self) -> Frame | None:
        """Return the next frame; None at the end.

        Raises:
                SourceError: if the source fails while reading (camera unplugged, truncated file).
        """

    def close(self) -> None:
        """Release the device or file; safe to call twice and before `open`."""


@runtime_checkable
class SeekableSource(FrameSource, Protocol):
    """A source that can continue from any frame, if it knows its `frame_count`."""

    def seek(self, index: int) -> None:
        """Make `read` continue with frame `index`, counted from 0, or as near to it as the format allows.

        The source must be open; the call may block while it decodes up to that frame.

        Raises:
            SourceError: if the source can no longer be read.
        """


@runtime_checkable
class InterruptibleSource(Protocol):
    """A source whose `read` may wait until a frame is due."""

    def interrupt(self) -> None:
        """End the waiting of a `read` in progress; callable from any thread."""


class FileKind:
    """Common properties of sources on disk: they wait until they are read, and are not mirrored."""

    @property
    def is_live(self) -> bool:
        """False: a file waits."""
        return False

    @property
    def is_mirrored(self) -> bool:
        """False: only webcams are mirrored."""
        return False

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """No warnings."""
        return ()


class LiveKind:
    """Common properties of cameras, streams and the scene: frames arrive on their own, and their number is unknown."""

    @property
    def is_live(self) -> bool:
        """True: late frames are lost."""
        return True

    @property
    def is_mirrored(self) -> bool:
        """False: only webcams are mirrored."""
        return False

    @property
    def frame_count(self) -> int | None:
        """None: unknown."""
        return None

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """No warnings."""
        return ()
