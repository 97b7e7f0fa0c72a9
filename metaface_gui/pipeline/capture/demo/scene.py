"""A synthetic webcam: public-domain portraits move through a room, with known ground truth, reproducible by seed.

Lives here: the scene's composition and its source. May not live here: the script, the sprites, the room.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from functools import partial

import cv2
import numpy as np

from metaface_gui.pipeline.capture.base import FrameSource
from metaface_gui.pipeline.capture.demo import room as demo_room
from metaface_gui.pipeline.capture.demo.people import load_scene_people
from metaface_gui.pipeline.capture.demo.script import DEMO_SCRIPT, Appearance, DemoScript, level_at, pose_at
from metaface_gui.pipeline.capture.demo.sprites import (
    COVER_STEP,
    Placement,
    Sprite,
    visible_share,
    with_face_mask,
)
from metaface_gui.types import FaceTruth, Frame, Image

_VISIBLE_SHARE = 0.5
_STILL_UNTIL_S = 5.5


class DemoScene:
    """Renders the script: frame `i` depends only on the seed and `i`, so frames can be dropped or rendered twice.

    Raises:
        SourceError: if the shipped portraits are missing or damaged.
        ValueError: if the size is below 64 × 64 pixels or the rate is not in 0 … 1000.
    """

    def __init__(
        self,
        seed: int = 0,
        width: int = 1280,
        height: int = 720,
        fps: float = 30.0,
        script: DemoScript = DEMO_SCRIPT,
    ) -> None:
        if width < 64 or height < 64 or not 0.0 < fps < 1000.0:
            raise ValueError(f"want at least 64×64 pixels and 0 < fps < 1000, got {width}×{height} at {fps}")
        self._seed = seed
        self._size = width, height
        self._fps = fps
        self._script = script
        rng = np.random.default_rng(seed)
        self._background = demo_room.paint_background(width, height, rng)
        self._desk_top, desk, desk_alpha = demo_room.paint_desk(width, height, rng)
        self._desk = desk
        self._desk_alpha = desk_alpha
        self._noise = demo_room.sensor_noise(width, height, rng)
        self._people = people = {person.name: person for person in load_scene_people(has_photos=False)}
        self._truth_names = {name: None if person.is_stranger else name for name, person in people.items()}
        # Created on first use, because creating all of them takes longer than everything else.
        self._sprites: dict[tuple[str, bool], Sprite] = {}
        folder = demo_room.paint_folder(round(0.5 * height))
        rows, columns = folder.shape[:2]
        self._folder = Sprite(folder, np.array([0.0, 0.0, columns, rows], np.float32))
        # How each person sways: the phases of three slow oscillations, and their speed.
        self._sway = {name: rng.uniform(0.0, 2.0 * math.pi, 3) for name in people}
        self._pace = {name: rng.uniform(0.85, 1.15) for name in people}

    def time_of(self, index: int) -> float:
        """Return the time of frame `index` in seconds since the beginning."""
        return index / self._fps

    def render(self, index: int) -> tuple[Image, tuple[FaceTruth, ...]]:
        """Render frame `index` >= 0: (height, width, 3) uint8 BGR, and each face that is at least half visible.

        A truth's box is the face's bounding box as YuNet would detect it, clipped to the frame.
        """
        time_s = self.time_of(index)
        t = time_s % self._script.duration_s
        placed = [(a, where) for a in self._script.appearances if (where := self._place(a, t, time_s)) is not None]
        folder = self._folder_at(t)
        canvas = self._background.copy()
        # The desk is drawn last, over the lower edges of the pictures.
        bottom = min(self._size[1], self._desk_top + round(0.02 * self._size[1]) + 2)
        for appearance, where in placed:
            self._sprite(appearance, t).draw(canvas, where, bottom)
        if folder is not None:
            self._folder.draw(canvas, folder, self._size[1])
        self._draw_desk(canvas)
        canvas = self._through_the_camera(canvas, t, index)
        return canvas, self._truth(placed, folder, t)

    def _place(self, appearance: Appearance, t: float, time_s: float) -> Placement | None:
        pose = pose_at(appearance.poses, t)
        if pose is None:
            return None
        width, height = self._size
        a, b, c = self._sway[appearance.person]
        swing = 2.0 * math.pi * self._pace[appearance.person] * time_s
        # Nobody is perfectly still, but a person about to be enrolled nearly is.
        amount = 0.35 if t < _STILL_UNTIL_S else 1.0
        x = pose.x + amount * 0.004 * math.sin(0.23 * swing + a)
        y = pose.y + amount * 0.003 * math.sin(0.31 * swing + b)
        size = pose.size * (1.0 + amount * 0.012 * math.sin(0.17 * swing + c))
        roll = pose.roll_deg + amount * 1.4 * math.sin(0.19 * swing + b)
        return Placement(x * width, y * height, size * height, roll)

    def _folder_at(self, t: float) -> Placement | None:
        pose = pose_at(self._script.folder, t)
        if pose is None:
            return None
        width, height = self._size
        return Placement(pose.x * width, pose.y * height, pose.size * height, pose.roll_deg)

    def _sprite(self, appearance: Appearance, t: float) -> Sprite:
        is_masked = appearance.masked_s is not None and appearance.masked_s[0] <= t < appearance.masked_s[1]
        key = appearance.person, is_masked
        if key not in self._sprites:
            cutout = self._people[appearance.person].cutout
            self._sprites[key] = Sprite(with_face_mask(cutout) if is_masked else cutout.image, cutout.box_xyxy)
        return self._sprites[key]

    def _draw_desk(self, canvas: Image) -> None:
        part = canvas[self._desk_top :]
        soft = int(np.argmax(self._desk_alpha[:, 0, 0] == 255))
        edge, alpha = self._desk[:soft], self._desk_alpha[:soft]
        wood = cv2.multiply(edge, alpha, scale=1.0 / 255.0)
        part[:soft] = cv2.add(wood, cv2.multiply(part[:soft], cv2.bitwise_not(alpha), scale=1.0 / 255.0))
        part[soft:] = self._desk[soft:]

    def _through_the_camera(self, canvas: Image, t: float, index: int) -> Image:
        """Apply defocus, light and sensor noise, which grows as the light fades."""
        width, height = self._size
        sigma = level_at(self._script.blur, t) * height
        if sigma > 1.2:
            # Blurring a smaller picture with a smaller sigma costs a fraction and loses nothing that a blur would keep.
            step = 4 if sigma > 4.0 else 2
            small = cv2.resize(canvas, (width // step, height // step), interpolation=cv2.INTER_AREA)
            small = cv2.GaussianBlur(small, (0, 0), sigma / step)
            canvas = np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)
        elif sigma > 0.3:
            canvas = np.asarray(cv2.GaussianBlur(canvas, (0, 0), sigma), np.uint8)
        gain = level_at(self._script.light, t)
        noise_std = 1.6 + 5.0 * max(0.0, 1.0 - gain) ** 2
        dx, dy = np.random.default_rng((self._seed, index)).integers(0, demo_room.NOISE_SLACK, 2)
        noise = self._noise[dy : dy + height, dx : dx + width]
        amount = noise_std / demo_room.NOISE_STD
        return np.asarray(cv2.addWeighted(canvas, gain, noise, amount, -128.0 * amount), np.uint8)

    def _truth(
        self, placed: list[tuple[Appearance, Placement]], folder: Placement | None, t: float
    ) -> tuple[FaceTruth, ...]:
        width, height = self._size
        cover = np.zeros((-(-height // COVER_STEP), -(-width // COVER_STEP)), np.uint8)
        if folder is not None:
            self._folder.cover(cover, folder)
        faces = []
        for appearance, where in reversed(placed):  # nearest first, as it may hide the others
            sprite = self._sprite(appearance, t)
            box = sprite.box_at(where)
            if visible_share(cover, box, width, height) >= _VISIBLE_SHARE:
                limits = np.array([width, height, width, height], np.float32)
                faces.append(FaceTruth(np.clip(box, 0.0, limits), self._truth_names[appearance.person]))
            sprite.cover(cover, where)
        return tuple(faces)


class DemoSceneSource(FrameSource):
    """The scene as a frame source.

    With `live`, frames arrive at their time, and those not fetched in time are skipped, as with a camera. Otherwise
    every frame is delivered, in order, as fast as it is requested. It begins at `begin_s` of the script and ends at
    `seconds` of the script, or never.

    Raises:
        ValueError: if `seconds` or `begin_s` is negative or not finite.
    """

    title = "Demo scene"

    def __init__(
        self,
        *,
        seed: int = 0,
        width: int = 1280,
        height: int = 720,
        fps: float = 30.0,
        seconds: float | None = None,
        begin_s: float = 0.0,
        live: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if seconds is not None and not 0.0 <= seconds < math.inf:
            raise ValueError(f"seconds must be 0 or more, got {seconds}")
        if not 0.0 <= begin_s < math.inf:
            raise ValueError(f"begin_s must be 0 or more, got {begin_s}")
        self._make_scene = partial(DemoScene, seed, width, height, fps)
        self.is_live = live
        self.nominal_fps = fps  # of the scene's own time
        self.frame_count = None if seconds is None else round(seconds * fps)
        self._begin = round(begin_s * fps)
        self._clock = clock
        self._closed = threading.Event()
        self._scene: DemoScene | None = None
        self._next = 0
        self._start_s: float | None = None

    def open(self) -> None:
        """Paint the room and load the portraits, which takes a tenth of a second, and go to the first frame.

        Raises:
            SourceError: if the shipped portraits are missing or damaged.
        """
        self._closed.clear()
        self._scene = self._scene or self._make_scene()
        self._next = self._begin
        self._start_s = None

    def read(self) -> Frame | None:
        """Render the next frame; if live, the one that is due, after waiting for it. None at the end."""
        scene = self._scene
        if scene is None or self._closed.is_set():
            return None
        if self.is_live:
            now_s = self._clock()
            if self._start_s is None:
                self._start_s = now_s - scene.time_of(self._begin)
            self._next = max(self._next, math.floor((now_s - self._start_s) * self.nominal_fps))
            if self._closed.wait(max(0.0, self._start_s + scene.time_of(self._next) - now_s)):
                return None
        if self.frame_count is not None and self._next >= self.frame_count:
            return None
        index = self._next
        self._next += 1
        image, truth = scene.render(index)
        return Frame(image, index, scene.time_of(index), time.monotonic_ns(), truth)

    def close(self) -> None:
        """End a waiting `read`, also from another thread."""
        self._closed.set()
