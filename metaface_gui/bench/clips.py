"""Input of the live benchmarks: short clips, complete in memory, so that neither drawing nor decoding is measured.

One clip at a time is held; 30 frames of 720p take 83 MB.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from metaface_gui.engine.people.gallery_editor import CONSENT_ON_COMMAND_LINE, consent
from metaface_gui.engine.people.shots import new_shots
from metaface_gui.errors import QT_TRANSLATE_NOOP, SourceError, cannot_write
from metaface_gui.gallery import Gallery, ShotSource
from metaface_gui.pipeline.capture.demo.people import DemoPerson, load_scene_people
from metaface_gui.pipeline.capture.demo.scene import DemoScene
from metaface_gui.pipeline.capture.demo.script import DEMO_SCRIPT, Appearance, DemoScript, Level, Phase, Pose
from metaface_gui.pipeline.capture.specification import SourceKind, SourceSpec, make_source
from metaface_gui.pipeline.face_pipeline import FacePipeline
from metaface_gui.types import FaceTruth, Frame, Image

_PLACES = ((0.46, 0.36, 0.26), (0.17, 0.34, 0.24), (0.78, 0.35, 0.25), (0.31, 0.62, 0.22), (0.63, 0.63, 0.22))
"""Centres and heights of faces side by side, in frame widths and heights; n people use the first n."""
MOST_PEOPLE = len(_PLACES)
_ROUND_S = 8.0


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """Consecutive frames and their title."""

    title: str
    frames: tuple[Frame, ...]


@dataclass(frozen=True, slots=True)
class ClipSettings:
    """Which part of a source is used. Of the scene: a clip from each of `starts_s` on, then one with `crowd` people.

    The starts are moments of the script: one face, two, three, darkness, defocus, half hidden, with a stranger.
    Of a file: the same number of clips, evenly spread.
    """

    frames_each: int = 30
    starts_s: tuple[float, ...] = (2.0, 8.0, 12.0, 15.8, 20.2, 25.0, 28.3)
    crowd: int = MOST_PEOPLE
    width: int = 1280
    height: int = 720
    fps: float = 30.0

    @property
    def n_clips(self) -> int:
        """Number of clips of the scene, and of a file that is long enough."""
        return len(self.starts_s) + bool(self.crowd)


def clips_of(source: SourceSpec, settings: ClipSettings) -> Iterator[Clip]:
    """Yield the clips of the demo scene, a video or a folder, one after another.

    Raises:
        SourceError: if the source is of another kind, cannot be read or has no frame.
    """
    if source.kind is SourceKind.DEMO:
        return _scene_clips(settings)
    if source.kind in (SourceKind.VIDEO, SourceKind.FOLDER):
        return _file_clips(source, settings)
    raise SourceError(
        QT_TRANSLATE_NOOP(
            "Errors", "“{text}” cannot be used for measuring. Give a video, a folder of pictures, or “demo”."
        ),
        text=source.text,
    )


def _scene_clips(settings: ClipSettings) -> Iterator[Clip]:
    scene = DemoScene(width=settings.width, height=settings.height, fps=settings.fps)
    for start_s in settings.starts_s:
        yield _rendered(scene, DEMO_SCRIPT.phase_at(start_s).name, start_s, settings)
    if settings.crowd:
        crowd = gathering(settings.crowd, settings)
        yield _rendered(crowd, f"gathering of {settings.crowd}", 1.0, settings)


def _rendered(scene: DemoScene, title: str, start_s: float, settings: ClipSettings) -> Clip:
    first = round(start_s * settings.fps)
    frames = []
    for index in range(first, first + settings.frames_each):
        image, truth = scene.render(index)
        frames.append(Frame(image, index, scene.time_of(index), time.monotonic_ns(), truth))
    return Clip(title, tuple(frames))


def gathering(n_people: int, settings: ClipSettings) -> DemoScene:
    """Return a scene with 1 … `MOST_PEOPLE` faces that stay, each moving by a few percent of the picture.

    The scene has portraits of four people including a stranger; the fifth person repeats the second.

    Raises:
        ValueError: if `n_people` is out of range.
        SourceError: if the portraits are missing.
    """
    if not 1 <= n_people <= MOST_PEOPLE:
        raise ValueError(f"want 1 … {MOST_PEOPLE} people, got {n_people}")
    names = [person.name for person in load_scene_people()]
    names.append(names[1])
    appearances = []
    for name, (x, y, size) in zip(names[:n_people], _PLACES, strict=False):
        shifts = (0.0, 0.02, -0.015, 0.02, 0.0)
        poses = tuple(
            Pose(_ROUND_S * step / (len(shifts) - 1), x + shift, y + 0.5 * shift, size, 100.0 * shift)
            for step, shift in enumerate(shifts)
        )
        appearances.append(Appearance(name, poses))
    script = DemoScript(
        duration_s=_ROUND_S,
        phases=(Phase("gathering", 0.0, _ROUND_S),),
        appearances=tuple(sorted(appearances, key=lambda one: one.poses[0].y)),
        folder=(),
        light=(Level(0.0, 1.0),),
        blur=(Level(0.0, 0.0),),
    )
    return DemoScene(width=settings.width, height=settings.height, fps=settings.fps, script=script)


def _file_clips(spec: SourceSpec, settings: ClipSettings) -> Iterator[Clip]:
    source = make_source(spec)
    source.open()
    try:
        count = source.frame_count or 0
        spacing = max(settings.frames_each, count // settings.n_clips)
        frames: list[Frame] = []
        given = 0
        while given < settings.n_clips and (frame := source.read()) is not None:
            if frame.index % spacing < settings.frames_each:
                frames.append(frame)
            if len(frames) == settings.frames_each:
                yield Clip(f"frames {frames[0].index} to {frames[-1].index}", tuple(frames))
                frames, given = [], given + 1
        if frames:
            yield Clip(f"frames {frames[0].index} to {frames[-1].index}", tuple(frames))
        elif not given:
            text = QT_TRANSLATE_NOOP("Errors", "There is no picture in “{text}”. Choose another file.")
            raise SourceError(text, text=spec.text)
    finally:
        source.close()


def resized(clip: Clip, width: int, height: int) -> Clip:
    """Return the clip in another size, with its ground truth scaled too."""
    return Clip(clip.title, tuple(_resized(frame, width, height) for frame in clip.frames))


def _resized(frame: Frame, width: int, height: int) -> Frame:
    if (frame.width, frame.height) == (width, height):
        return frame
    image = np.asarray(cv2.resize(frame.image_bgr, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    scale = np.tile(np.array([width / frame.width, height / frame.height], np.float32), 2)
    truth = tuple(FaceTruth(face.box_xyxy * scale, face.person) for face in frame.truth)
    return replace(frame, image_bgr=image, truth=truth)


def write_live_clip(path: Path, settings: ClipSettings, seconds: float) -> None:
    """Write a Motion JPEG file with one face in its first half and a crowd in its second.

    Most webcams deliver this format, so reading it costs the process as much as a webcam, and drawing costs nothing.

    Raises:
        KnownError: if the file cannot be written.
    """
    size = (settings.width, settings.height)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), settings.fps, size)
    if not writer.isOpened():
        raise cannot_write(path, "OpenCV cannot encode Motion JPEG there")
    try:
        for n_people in (1, max(1, settings.crowd)):
            scene = gathering(n_people, settings)
            for index in range(max(1, round(seconds * settings.fps / 2.0))):
                image: Image = scene.render(index)[0]
                writer.write(image)
    finally:
        writer.release()


def enroll_demo(gallery: Gallery, pipeline: FacePipeline, people: tuple[DemoPerson, ...]) -> None:
    """Enrol the scene's people from their stills, using the largest face of each, as the window would.

    Raises:
        GalleryError: if the gallery cannot be written.
    """
    for person in people:
        samples = [faces[0] for still in person.stills if (faces := pipeline.extract(still))]
        gallery.enroll(person.name, new_shots(samples, pipeline, ShotSource.FILE), consent(CONSENT_ON_COMMAND_LINE))
