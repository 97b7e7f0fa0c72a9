"""Pictures of a video with their times, through FFmpeg (PyAV): deinterlaced, upright, BGR, with any codec.

OpenCV is not used because its reader returns black for interlaced frames, stops at the first damaged one, counts time
in frames, and cannot open a name that is not UTF-8. May not live here: messages to users; the sources have them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from typing import BinaryIO, cast

import av
import av.error
import numpy as np
from av.buffer import Buffer
from av.container import InputContainer
from av.filter import Graph
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from av.video.stream import VideoStream

from metaface_gui.pipeline.capture.pixels import MAX_PIXELS, as_bgr
from metaface_gui.pipeline.processor import usable_cores
from metaface_gui.types import Image

_MAX_THREADS = 4
"""More threads gain little, and each holds a frame in memory."""
_MAX_FPS = 1000.0
_MAX_VARIABLE_FPS = 60.0
"""Some containers with a millisecond clock report 1000 fps; no player shows more than this of a variable rate."""
_RESTART_S = 1.0
"""A clock that jumps back this far was restarted, as with two recordings in one file; a smaller jump is jitter."""
_TICK_S = 0.001
MISSING_SHARE = 0.05
MISSING_FRAMES = 5
"""Containers miscount by a few frames; a file counts as truncated if it lacks more than both limits."""
_WITHOUT_INDEX = frozenset({"mjpeg", "h264", "hevc", "m4v", "mpegvideo", "image2", "mpegts", "mpeg", "gif"})
"""FFmpeg's names of formats without an index, in which seeking means reading from the beginning."""
_MAX_ERRORS_ON_END = 100
"""Number of consecutive failures to get the next packet after which the container is considered finished."""


class CannotOpenError(Exception):
    """The file is not in a container that FFmpeg knows, or the server does not answer."""


class NoPicturesError(Exception):
    """The container has no video."""


class TooLargeError(Exception):
    """The pictures have more than `MAX_PIXELS`."""


class CannotDecodeError(Exception):
    """FFmpeg has no decoder for the content; the text is the codec's name, e.g. `evc`."""


class ProtectedError(Exception):
    """The content is encrypted."""


class LostError(Exception):
    """The file or the network failed during reading; the text gives the reason."""


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A frame as BGR, (height, width, 3) uint8, and its display time in seconds since the beginning."""

    image_bgr: Image
    time_s: float


class VideoReader:
    """Reads the best video stream of an opened file, or of a URL.

    `container` is FFmpeg's name of the format, if known. With `is_live`, a picture is returned as soon as its last byte
    has arrived: no threads work on later ones. `timeout_s` applies to opening and to each read of a URL. Not
    thread-safe. It does not close the file that it was given.

    Raises:
        CannotOpenError, NoPicturesError, TooLargeError, CannotDecodeError, ProtectedError: see there.
    """

    def __init__(
        self,
        file: BinaryIO | str,
        *,
        container: str | None = None,
        is_live: bool = False,
        timeout_s: float | None = None,
    ) -> None:
        options = dict[str, str]()
        if isinstance(file, str):
            options["rtsp_transport"] = "tcp"
        else:
            options["protocol_whitelist"] = "file,crypto,data"  # a local playlist must not access the network
        try:
            self._container = av.open(file, "r", format=container, options=options, timeout=timeout_s)
        except (av.error.FFmpegError, OSError, ValueError) as error:
            raise CannotOpenError(str(error)) from error
        try:
            self._stream = _best_stream(self._container)
            codec = self._stream.codec_context
            if codec.width * codec.height > MAX_PIXELS:
                raise TooLargeError  # noqa: TRY301 - so that the container is closed
        except BaseException:
            self._container.close()
            raise
        codec.options = {"max_pixels": str(MAX_PIXELS)}
        codec.thread_type = "SLICE" if is_live else "AUTO"
        codec.thread_count = min(_MAX_THREADS, usable_cores())
        self.codec_name = codec.name
        self.is_unsupported = False
        """Whether FFmpeg reported that it lacks support for decoding a frame, rather than that it is damaged."""
        self._reformatter = VideoReformatter()
        self._deinterlacer: _Deinterlacer | None = None
        self._packets = self._container.demux(self._stream)
        self._frames = self._decoded()
        self._clock = _Clock(self._container, 1.0 / self.fps if self.fps else 0.04)
        self._damaged = self._lost = self._lost_before = 0
        self._n_read = 0
        self._end_s = 0.0
        self._wanted_s: float | None = None

    @property
    def fps(self) -> float:
        """Frames per second; for a variable rate, one that shows nearly all frames; 0.0 if unknown."""
        guessed, average = (_finite(rate) for rate in (self._stream.guessed_rate, self._stream.average_rate))
        if not guessed or not average:
            return guessed or average
        return guessed if guessed < 1.5 * average else min(guessed, max(average, _MAX_VARIABLE_FPS))

    @property
    def counted(self) -> int:
        """Number of frames in the container's index or header; 0 if it has none."""
        return max(0, self._stream.frames)

    @property
    def duration_s(self) -> float:
        """Duration of the video from its header, often an estimate; 0.0 if it does not say (a camera's stream)."""
        tagged = _tagged_duration_s(self._stream.metadata.get("DURATION", ""))
        if tagged:
            return tagged
        if self._stream.duration is not None and self._stream.time_base is not None:
            return max(0.0, float(self._stream.duration * self._stream.time_base))
        return max(0.0, (self._container.duration or 0) / av.time_base)

    @property
    def is_cut_off(self) -> bool:
        """Whether the pictures end well before the header says; differences of a few frames are normal."""
        expected_s = self.duration_s
        if self.counted and self._container.format.name == "avi" and self.fps:
            expected_s = self.counted / self.fps  # a truncated AVI lacks the index from which FFmpeg takes the duration
        slack_s = max(MISSING_FRAMES * self._clock.frame_s, MISSING_SHARE * expected_s)
        return not self.is_cover and expected_s - self._end_s > slack_s

    @property
    def is_cover(self) -> bool:
        """Whether it is the cover picture of a piece of music."""
        return bool(self._stream.disposition & av.stream.Disposition.attached_pic)

    @property
    def end_s(self) -> float:
        """Time until which the frames read so far are shown."""
        return self._end_s

    @property
    def damaged(self) -> int:
        """Number of frames so far that are partly wrong or could not be decoded at all."""
        return self._damaged + self.lost

    @property
    def lost(self) -> int:
        """Number of undecodable frames so far; those before the first decodable one count only if there is none.

        A broadcast recording starts at any moment, so what precedes its first complete picture is not damage.
        """
        return self._lost if self._n_read else self._lost_before

    def read(self) -> Picture | None:
        """Return the next picture; None at the end.

        Raises:
            LostError: if the file or the network fails.
        """
        for frame in self._frames:
            if self._is_before_wanted(frame):
                continue
            image = self._converted(frame)
            if image is None:
                self._lose()
                continue
            time_s = self._clock.time_s(frame)
            self._end_s = max(self._end_s, time_s + self._clock.duration_s(frame))
            self._n_read += 1
            return Picture(image, time_s)
        return None

    def seek(self, time_s: float) -> bool:
        """Make `read` continue with the picture shown at `time_s`; False if this format cannot seek reliably.

        Earlier pictures are decoded from the key frame on, but not converted.
        """
        start_s = self._clock.start_s
        # Without an index FFmpeg seeks by byte position, and the times it finds there cannot be trusted.
        if start_s is None or self.is_cover or self._container.format.name in _WITHOUT_INDEX:
            return False
        try:
            self._container.seek(int((time_s + start_s) * av.time_base), backward=True)
        except (av.error.FFmpegError, OSError):
            return False
        self._deinterlacer = None
        self._packets = self._container.demux(self._stream)
        self._frames = self._decoded()
        self._clock.start_again()
        self._wanted_s = time_s - 0.5 * self._clock.frame_s
        return True

    def _is_before_wanted(self, frame: VideoFrame) -> bool:
        """Return whether a frame is only decoded because a wanted one depends on it."""
        if self._wanted_s is None:
            return False
        stamp, start_s = cast(float | None, frame.time), self._clock.start_s
        if stamp is not None and start_s is not None and stamp - start_s < self._wanted_s:
            return True
        self._wanted_s = None
        return False

    def close(self) -> None:
        """Release the decoder; safe to call twice."""
        self._frames = iter(())
        self._container.close()

    def _decoded(self) -> Iterator[VideoFrame]:
        """Yield displayable frames; an interlaced one leaves the deinterlacer only when the next has arrived."""
        for packet in self._demuxed():
            if packet.is_corrupt and self._n_read:
                self._damaged += 1
            try:
                frames = packet.decode()
            except av.error.EOFError:
                break
            except (av.error.PatchWelcomeError, av.error.DecoderNotFoundError, NotImplementedError):
                self.is_unsupported = True
                self._lose()
                continue
            except (av.error.FFmpegError, ValueError):
                self._lose()
                continue
            for frame in frames:
                if frame.is_corrupt and not packet.is_corrupt:
                    self._damaged += 1
                yield from self._deinterlaced(frame)
        if self._deinterlacer is not None:
            yield from self._deinterlacer.rest()

    def _lose(self) -> None:
        if self._n_read:
            self._lost += 1
        else:
            self._lost_before += 1

    def _demuxed(self) -> Iterator[Packet[VideoStream]]:
        errors = 0
        while errors < _MAX_ERRORS_ON_END:
            try:
                packet = next(self._packets)
            except StopIteration:
                return
            except av.error.InvalidDataError:
                errors += 1
                self._packets = self._container.demux(self._stream)  # the previous iterator ended with the error
                continue
            except (av.error.FFmpegError, OSError) as error:
                raise LostError(error.strerror or str(error)) from error
            errors = 0
            yield packet

    def _deinterlaced(self, frame: VideoFrame) -> Iterator[VideoFrame]:
        former = self._deinterlacer
        if former is not None and not former.takes(frame):  # of another size or format
            yield from former.rest()
            former = self._deinterlacer = None
        if former is None and frame.interlaced_frame:
            former = self._deinterlacer = _Deinterlacer(frame)
        if former is None:
            yield frame
        else:
            yield from former.through(frame)

    def _converted(self, frame: VideoFrame) -> Image | None:
        if frame.width * frame.height > MAX_PIXELS:
            return None
        try:
            pixels = self._reformatter.reformat(frame, format="bgr24").to_ndarray()
        except (av.error.FFmpegError, ValueError):
            return None
        image = as_bgr(pixels)
        return None if image is None else turned(image, _display_matrix(frame))


class _Deinterlacer:
    """Turns frames filmed as two fields into whole frames, one for one; others pass (W3FDIF, YADIF: `bwdif`)."""

    def __init__(self, first: VideoFrame) -> None:
        self._kind = _kind_of(first)
        self._graph = Graph()
        source = self._graph.add_buffer(
            width=first.width, height=first.height, format=first.format, time_base=first.time_base
        )
        filters = self._graph.add("bwdif", mode="send_frame", parity="auto", deint="interlaced")
        self._graph.link_nodes(source, filters, self._graph.add("buffersink")).configure()

    def takes(self, frame: VideoFrame) -> bool:
        """Return whether a frame has the size and format for which this was created."""
        return self._kind == _kind_of(frame)

    def through(self, frame: VideoFrame | None) -> Iterator[VideoFrame]:
        """Feed a frame, and yield what is ready."""
        self._graph.vpush(frame)
        with suppress(av.error.BlockingIOError, av.error.EOFError):
            while True:
                yield self._graph.vpull()

    def rest(self) -> Iterator[VideoFrame]:
        """Yield the remaining frames."""
        yield from self.through(None)


class _Clock:
    """Display times of frames, in seconds since the file's own beginning, never decreasing."""

    def __init__(self, container: InputContainer, frame_s: float) -> None:
        start = cast(int | None, container.start_time)
        self._start_s = None if start is None else start / av.time_base
        self.frame_s = frame_s
        self._last_s: float | None = None
        self._shift_s = 0.0

    @property
    def start_s(self) -> float | None:
        """Timestamp of the beginning; None until the file or a frame has provided it."""
        return self._start_s

    def start_again(self) -> None:
        """Allow the next frame to come from anywhere, after seeking."""
        self._last_s = None
        self._shift_s = 0.0

    def time_s(self, frame: VideoFrame) -> float:
        """Return the time of the next frame; one without a timestamp comes one frame after the previous one."""
        stamp = cast(float | None, frame.time)
        if self._last_s is None:
            first_s = 0.0 if stamp is None else stamp
            # A video stream may begin later than the sound, but never before the beginning.
            self._start_s = first_s if self._start_s is None else min(self._start_s, first_s)
            self._last_s = first_s - self._start_s
            return self._last_s
        assert self._start_s is not None
        time_s = self._last_s + self.frame_s if stamp is None else stamp - self._start_s + self._shift_s
        if self._last_s - time_s > _RESTART_S:
            expected_s = self._last_s + self.frame_s
            self._shift_s += expected_s - time_s
            time_s = expected_s
        elif time_s <= self._last_s:
            time_s = self._last_s + _TICK_S
        self._last_s = time_s
        return time_s

    def duration_s(self, frame: VideoFrame) -> float:
        """Return how long a frame is shown, as far as known."""
        if frame.duration:
            return float(frame.duration * cast(Fraction, frame.time_base))
        return self.frame_s


def turned(image: Image, matrix: tuple[int, int, int, int]) -> Image:
    """Rotate by quarter turns and mirror a picture as a display matrix (a, b, c, d) of ISO/IEC 14496-12 says."""
    a, b, c, d = matrix
    if abs(a) + abs(d) >= abs(b) + abs(c):
        rows, columns = (-1 if d < 0 else 1), (-1 if a < 0 else 1)
        result = image[::rows, ::columns]
    else:
        rows, columns = (-1 if b < 0 else 1), (-1 if c < 0 else 1)
        result = image.transpose(1, 0, 2)[::rows, ::columns]
    return np.ascontiguousarray(result)


_UPRIGHT = (1, 0, 0, 1)


def _display_matrix(frame: VideoFrame) -> tuple[int, int, int, int]:
    data = cast(Buffer | None, frame.side_data.get("DISPLAYMATRIX"))
    if data is None:
        return _UPRIGHT
    a, b, _, c, d, *_ = np.frombuffer(bytes(data), np.int32).tolist()
    return a, b, c, d


def _kind_of(frame: VideoFrame) -> tuple[int, int, str]:
    return frame.width, frame.height, frame.format.name


def _best_stream(container: InputContainer) -> VideoStream:
    stream = container.streams.best("video")
    if not isinstance(stream, VideoStream):
        raise NoPicturesError
    if cast(VideoCodecContext | None, stream.codec_context) is None:
        raise CannotDecodeError(_codec_by_description(container, stream.index))
    if stream.codec_tag.lower() == "encv":
        raise ProtectedError
    return stream


def _codec_by_description(container: InputContainer, index: int) -> str:
    """Return the codec of a stream without a decoder: FFmpeg's name, or the container's four-letter code."""
    av.logging.set_level(av.logging.INFO)  # the description is logged at this level
    try:
        text = container.dumps_format()  # type: ignore[attr-defined]  # the stub forgets it
    finally:
        av.logging.set_level(None)
    found = re.search(rf"Stream #0:{index}\b.*?Video: (\w+).*?(?:\((\S+) / 0x|,)", text)
    name, tag = found.groups() if found else ("none", None)
    return tag or "?" if name == "none" else name


def _finite(rate: object) -> float:
    value = float(rate) if rate else 0.0  # type: ignore[arg-type]
    return value if np.isfinite(value) and 0.0 < value < _MAX_FPS else 0.0


def _tagged_duration_s(text: str) -> float:
    """Parse Matroska's `00:00:02.000000000`; 0.0 if the text is something else."""
    try:
        hours, minutes, seconds = (float(part) for part in text.split(":"))
    except ValueError:
        return 0.0
    return 3600 * hours + 60 * minutes + seconds
