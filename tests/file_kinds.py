"""Makes files of many kinds and reads them as MetaFace does: `python -m tests.file_kinds [FILE ...]`, by hand.

Codec × container × orientation × interlacing × frame rate × bit depth × colour, each a second of a moving pattern, and
pictures of every kind; FILEs are looked at beside them. A row says how many frames came, until when, of what size, and
how far a frame is from what was put in (of FILEs: nothing). Where `ffprobe` and `ffmpeg` are installed, their counts,
times and pictures stand beside ours. Exits with 1 if something differs.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import av
import av.error
import cv2
import numpy as np
from PIL import Image as PillowImage
from rich.console import Console
from rich.table import Table

from metaface_gui.errors import KnownError
from metaface_gui.pipeline.capture.specification import make_source, parse_source
from metaface_gui.types import Image
from tests.pipeline.capture.videos import moving, write_video

FRAMES = 25
WIDTH, HEIGHT = 256, 144
_FAR = 14.0
"""Mean difference of a lossy copy; another matrix, a picture upside down or a black one is beyond it."""
_FAR_FROM_FFMPEG = 4.0
_LATE_S = 0.045
_INTERLACED = {"flags": "+ildct+ilme"}
_VARIABLE_MS = [*range(0, 400, 40), *range(500, 8000, 500)]
assert len(_VARIABLE_MS) == FRAMES


@dataclass(frozen=True)
class Kind:
    """A file to be made; `turn` is the container's display rotation in degrees, counter-clockwise."""

    name: str
    codec: str
    pixels: str = "yuv420p"
    fps: int = 25
    options: dict[str, str] = field(default_factory=dict)
    turn: int = 0
    is_variable: bool = False
    is_interlaced: bool = False


KINDS = (
    Kind("h264.mp4", "libx264"),
    Kind("h264.mov", "libx264"),
    Kind("h264.mkv", "libx264"),
    Kind("h264.ts", "libx264"),
    Kind("h264.flv", "libx264"),
    Kind("h264.avi", "libx264", options={"bf": "0"}),
    Kind("h264 fragmented.mp4", "libx264"),
    Kind("h264 30.mp4", "libx264", fps=30),
    Kind("h264 60.mp4", "libx264", fps=60),
    Kind("h264 10 bit.mkv", "libx264", pixels="yuv420p10le"),
    Kind("h264 4:2:2.mkv", "libx264", pixels="yuv422p"),
    Kind("h264 4:4:4.mkv", "libx264", pixels="yuv444p"),
    Kind("h264 full range.mp4", "libx264", pixels="yuvj420p"),
    Kind("h264 turned 90.mp4", "libx264", turn=90),
    Kind("h264 turned 180.mp4", "libx264", turn=180),
    Kind("h264 turned 270.mp4", "libx264", turn=-90),
    Kind("h264 interlaced.mp4", "libx264", options={**_INTERLACED, "x264-params": "tff=1"}, is_interlaced=True),
    Kind("h264 interlaced.ts", "libx264", options={**_INTERLACED, "x264-params": "bff=1"}, is_interlaced=True),
    Kind("h264 variable.mkv", "libx264", is_variable=True),
    Kind("h264 variable.mp4", "libx264", is_variable=True),
    Kind("hevc.mp4", "libx265", options={"x265-params": "log-level=none"}),
    Kind("hevc 10 bit.mkv", "libx265", pixels="yuv420p10le", options={"x265-params": "log-level=none"}),
    Kind("hevc turned 90.mov", "libx265", turn=90, options={"x265-params": "log-level=none"}),
    Kind("vp8.webm", "libvpx"),
    Kind("vp9.webm", "libvpx-vp9"),
    Kind("vp9 variable.webm", "libvpx-vp9", is_variable=True),
    Kind("av1.mp4", "libsvtav1", options={"svtav1-params": "lp=1"}),
    Kind("av1 10 bit.mkv", "libsvtav1", pixels="yuv420p10le", options={"svtav1-params": "lp=1"}),
    Kind("mpeg1.mpg", "mpeg1video"),
    Kind("mpeg2.mpg", "mpeg2video"),
    Kind("mpeg2.ts", "mpeg2video"),
    Kind("mpeg2 dvd.vob", "mpeg2video", options=_INTERLACED, is_interlaced=True),
    Kind("mpeg2 interlaced.mpg", "mpeg2video", options=_INTERLACED, is_interlaced=True),
    Kind("mpeg2 interlaced.mxf", "mpeg2video", options=_INTERLACED, is_interlaced=True),
    Kind("mpeg4.avi", "mpeg4"),
    Kind("mpeg4.mp4", "mpeg4"),
    Kind("mpeg4 interlaced.avi", "mpeg4", options=_INTERLACED, is_interlaced=True),
    Kind("mpeg4.3gp", "mpeg4"),
    Kind("mjpeg.avi", "mjpeg", pixels="yuvj420p"),
    Kind("mjpeg.mov", "mjpeg", pixels="yuvj422p"),
    Kind("stream.mjpeg", "mjpeg", pixels="yuvj420p"),
    Kind("wmv2.wmv", "wmv2"),
    Kind("flv1.flv", "flv"),
    Kind("prores 10 bit.mov", "prores_ks", pixels="yuv422p10le"),
    Kind("dnxhr.mov", "dnxhd", pixels="yuv422p", options={"profile": "dnxhr_sq"}),
    Kind("ffv1.mkv", "ffv1"),
    Kind("ffv1 grey.mkv", "ffv1", pixels="gray"),
    Kind("ffv1 rgb.mkv", "ffv1", pixels="bgr0"),
    Kind("huffyuv.avi", "huffyuv", pixels="yuv422p"),
    Kind("raw.avi", "rawvideo", pixels="yuv420p"),
    Kind("png.mov", "png", pixels="rgb24"),
    Kind("theora.ogv", "libtheora"),
)
MOVING = (".gif", ".png", ".webp", ".avif", ".tiff")
STILL = (".jpg", ".jfif", ".png", ".webp", ".bmp", ".tiff", ".gif", ".jp2", ".avif", ".ppm")


@dataclass(frozen=True)
class Reading:
    """What came out of a file."""

    frames: int
    last_s: float
    fps: float
    picture: Image | None
    said: str = ""


def main(paths: Sequence[str]) -> int:
    """Make, read, compare, and print the table."""
    table = Table("file", "frames", "ffprobe", "last s", "ffprobe", "size", "off", "off ffmpeg", "result", box=None)
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        for path, frames, picture, times_s in (*_made(Path(folder)), *((Path(text), 0, None, None) for text in paths)):
            cells, is_right = _row(path, frames, picture, times_s)
            failures += not is_right
            table.add_row(*cells, "ok" if is_right else "WRONG")
    Console(width=140).print(table)
    sys.stdout.write(f"{table.row_count} kinds, {failures} wrong\n")
    return int(failures > 0)


def _made(folder: Path) -> Iterator[tuple[Path, int, Image | None, list[float] | None]]:
    """Write the files; yields each with its number of frames, its first picture as it is to be seen, and the times."""
    pictures = moving(FRAMES, WIDTH, HEIGHT)
    for kind in KINDS:
        if kind.codec not in av.codecs_available:
            continue
        path = folder / kind.name
        try:
            write_video(
                path,
                pictures,
                codec=kind.codec,
                pixels=kind.pixels,
                fps=kind.fps,
                options=kind.options,
                times_ms=_VARIABLE_MS[:FRAMES] if kind.is_variable else None,
                turn=kind.turn,
                container_options={"movflags": "frag_keyframe+empty_moov"} if "fragmented" in kind.name else None,
            )
        except (av.error.FFmpegError, ValueError) as error:
            sys.stderr.write(f"not made here: {kind.name}: {error}\n")
            continue
        seen = np.ascontiguousarray(np.rot90(pictures[0], kind.turn // 90))
        if kind.pixels == "gray":
            grey = cv2.cvtColor(pictures[0], cv2.COLOR_BGR2GRAY)
            seen = np.repeat(np.asarray(grey, np.uint8)[..., None], 3, axis=2)
        times = [ms / 1000 for ms in _VARIABLE_MS] if kind.is_variable else [i / kind.fps for i in range(FRAMES)]
        yield path, FRAMES, seen, times
    first, *others = [PillowImage.fromarray(picture[..., ::-1].copy()) for picture in pictures]
    for suffix in MOVING:
        path = folder / f"moving{suffix}"
        first.save(path, save_all=True, append_images=others, duration=40)
        yield path, FRAMES, pictures[0], None
    for suffix in STILL:
        path = folder / f"still{suffix}"
        first.save(path, "JPEG" if suffix == ".jfif" else None)
        yield path, 1, pictures[0], [0.0]


def _row(path: Path, frames: int, picture: Image | None, times_s: list[float] | None) -> tuple[list[str], bool]:
    got, probe = _read(path), _probe(path)
    if got.picture is None:
        return [path.name, "0", "", "", "", "", "", got.said[:40]], False
    is_right = not frames or got.frames == frames
    off = "" if picture is None else _off(got.picture, picture)
    is_right &= not off or float(off) < _FAR
    if times_s:
        is_right &= abs(got.last_s - times_s[-1]) < _LATE_S
    cells = [
        path.name,
        str(got.frames),
        "",
        f"{got.last_s:.3f}",
        "",
        f"{got.picture.shape[1]}×{got.picture.shape[0]}",
        off,
    ]
    off_ffmpeg = ""
    if probe is not None:
        count, last_s = probe
        cells[2], cells[4] = str(count), f"{last_s:.3f}"
        if path.suffix not in (*MOVING, *STILL):
            is_right &= got.frames == count and abs(got.last_s - last_s) <= _LATE_S
        reference = _by_ffmpeg(path, got.picture.shape)
        if reference is not None:
            off_ffmpeg = _off(got.picture, reference)
            is_right &= float(off_ffmpeg) < _FAR_FROM_FFMPEG or "interlaced" in path.name or path.suffix == ".vob"
    return [*cells, off_ffmpeg], is_right


def _read(path: Path) -> Reading:
    frames, last_s, picture = 0, 0.0, None
    try:
        source = make_source(parse_source(str(path)))
        source.open()
        fps = source.nominal_fps
        while (frame := source.read()) is not None:
            picture = frame.image_bgr if picture is None else picture
            frames, last_s = frames + 1, frame.time_s
        source.close()
    except KnownError as error:
        return Reading(frames, last_s, 0.0, picture, str(error))
    return Reading(frames, last_s, fps, picture)


def _off(picture: Image, other: Image) -> str:
    return f"{np.abs(picture.astype(int) - other).mean():.1f}" if picture.shape == other.shape else "255.0"


def _probe(path: Path) -> tuple[int, float] | None:
    """What ffprobe says: frames, and when the last is shown, from the file's own beginning on."""
    if shutil.which("ffprobe") is None:
        return None
    command = [
        "ffprobe",
        "-v",
        "error",
        "-select_streams",
        "v:0",
        "-show_entries",
        "frame=best_effort_timestamp_time:format=start_time",
    ]
    text = subprocess.run(
        [*command, "-of", "default=nk=0:nw=1", path], capture_output=True, text=True, check=False
    ).stdout
    values = [line.split("=", 1) for line in text.splitlines() if "=" in line]
    times = [float(value) for key, value in values if key == "best_effort_timestamp_time" and value != "N/A"]
    n_frames = sum(key == "best_effort_timestamp_time" for key, _ in values)
    start_s = next((float(value) for key, value in values if key == "start_time" and value != "N/A"), 0.0)
    return (n_frames, max(times, default=0.0) - start_s) if n_frames else None


def _by_ffmpeg(path: Path, shape: tuple[int, ...]) -> Image | None:
    """The first picture as ffmpeg shows it; None if it is not installed, or cannot decode it."""
    if shutil.which("ffmpeg") is None:
        return None
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "bgr24", "-"]
    data = subprocess.run(command, capture_output=True, check=False).stdout
    return np.frombuffer(data, np.uint8).reshape(shape) if len(data) == np.prod(shape) else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
