"""The contract of a frame source."""

from __future__ import annotations

from abc import ABC, abstractmethod
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


class FrameSource(ABC):
    """A sequence of frames from a camera, a file, a folder, a URL or the demo scene.

    It is created closed. `open` may block (a camera takes its time); it and `read` are called off the GUI thread, and
    set those attributes that are known only then.
    """

    title: str
    """Name to show to a person: a device's or a file's."""
    is_live = False
    """Whether frames arrive on their own and late ones should be dropped (camera, URL, demo scene)."""
    is_mirrored = False
    """Whether a preview should mirror the frames (webcams only). Frames themselves are never mirrored."""
    nominal_fps = 0.0
    """Frames per second that the source claims to deliver; 0.0 if it does not know."""
    frame_count: int | None = None
    """Total number of frames, if the source knows it (files, folders); None for endless ones."""
    remarks: tuple[Remark, ...] = ()
    """Warnings so far, each once; complete when `read` has returned None."""

    @abstractmethod
    def open(self) -> None:
        """Prepare for reading.

        Raises:
            SourceError: with the cause and the next step.
        """

    @abstractmethod
    def read(self) -> Frame | None:
        """Return the next frame; None at the end.

        Raises:
                SourceError: if the source fails while reading (camera unplugged, truncated file).
        """

    @abstractmethod
    def close(self) -> None:
        """Release the device or file; safe to call twice and before `open`."""


@runtime_checkable
class SeekableSource(Protocol):
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
