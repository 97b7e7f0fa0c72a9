"""Sprites of the demo scene: cut-out people that are scaled, rotated and blended into a frame.

Lives here: resampling and blending, the painted face mask. May not live here: where and when people appear.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from metaface_gui.pipeline.capture.demo.people import Portrait
from metaface_gui.types import Floats, Image

_LEVELS = (1.0, 0.75, 0.56, 0.42, 0.31)
"""Scales at which a sprite is stored: linear interpolation aliases when it shrinks by much more than a third."""
COVER_STEP = 8
"""Frame pixels per pixel of the occlusion map."""

Cover = NDArray[np.uint8]
"""Occlusion map (ceil(height / 8), ceil(width / 8)): 255 where something nearer hides what is behind."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Where the anchor (a face's centre) is drawn, in pixels, the height of the anchored box, and its rotation."""

    x: float
    y: float
    height: float
    roll_deg: float


class Sprite:
    """A picture with transparency and an anchored box in it (a face), which can be drawn at any size.

    `image_bgra` is (height, width, 4) uint8, not premultiplied; `box_xyxy` (4,) is in its pixels.
    """

    def __init__(self, image_bgra: Image, box_xyxy: Floats) -> None:
        x1, y1, x2, y2 = (float(value) for value in box_xyxy)
        self._anchor = (x1 + x2) / 2, (y1 + y2) / 2
        self._box_size = x2 - x1, y2 - y1
        seen = image_bgra[..., 3] > 0
        columns = seen.shape[1]
        # Range of visible columns from the top down to each row: a body behind the desk then costs nothing.
        left = np.where(seen.any(axis=1), seen.argmax(axis=1), columns)
        right = np.where(seen.any(axis=1), columns - seen[:, ::-1].argmax(axis=1), 0)
        self._left, self._right = np.minimum.accumulate(left), np.maximum.accumulate(right)
        self._image = image_bgra
        # Created on first use: most people need one or two of the five.
        self._levels: dict[int, Image] = {}

    def box_at(self, where: Placement) -> Floats:
        """Return the anchored box as drawn: (4,) float32 xyxy; the box of a rotated face keeps its size."""
        half_h = where.height / 2
        half_w = half_h * self._box_size[0] / self._box_size[1]
        return np.array([where.x - half_w, where.y - half_h, where.x + half_w, where.y + half_h], np.float32)

    def draw(self, canvas: Image, where: Placement, bottom: int) -> None:
        """Blend the sprite into `canvas` (height, width, 3), in place, above row `bottom`."""
        placed = self._placed(where, canvas.shape[1], bottom)
        if placed is None:
            return
        level, matrix, (x1, y1, x2, y2) = placed
        matrix[:, 2] -= x1, y1
        warped = cv2.warpAffine(self._level(level), matrix, (x2 - x1, y2 - y1), flags=cv2.INTER_LINEAR)
        behind = canvas[y1:y2, x1:x2]
        see_through = cv2.cvtColor(cv2.bitwise_not(cv2.extractChannel(warped, 3)), cv2.COLOR_GRAY2BGR)
        dimmed = cv2.multiply(behind, see_through, scale=1.0 / 255.0)
        canvas[y1:y2, x1:x2] = cv2.add(dimmed, cv2.cvtColor(warped, cv2.COLOR_BGRA2BGR))

    def cover(self, cover: Cover, where: Placement) -> None:
        """Mark in `cover`, in place, what this sprite hides."""
        rows, columns = cover.shape
        level = len(_LEVELS) - 1
        matrix = self._matrix(where, level) / COVER_STEP
        alpha = np.ascontiguousarray(self._level(level)[..., 3])
        warped = cv2.warpAffine(alpha, matrix, (columns, rows), flags=cv2.INTER_LINEAR)
        np.maximum(cover, np.asarray(warped, np.uint8), out=cover)

    def _level(self, level: int) -> Image:
        """Return the picture at one of `_LEVELS`, premultiplied, so that interpolation at the edges does not mix in the
        colours of invisible pixels."""
        if level not in self._levels:
            *colours, alpha = cv2.split(self._image)
            whole = cv2.merge([*(cv2.multiply(colour, alpha, scale=1.0 / 255.0) for colour in colours), alpha])
            size = _LEVELS[level]
            reduced = cv2.resize(whole, None, fx=size, fy=size, interpolation=cv2.INTER_AREA)
            self._levels[level] = np.asarray(reduced, np.uint8)
        return self._levels[level]

    def _matrix(self, where: Placement, level: int) -> NDArray[np.float64]:
        scale = where.height / self._box_size[1] / _LEVELS[level]
        anchor = self._anchor[0] * _LEVELS[level], self._anchor[1] * _LEVELS[level]
        matrix = np.asarray(cv2.getRotationMatrix2D(anchor, where.roll_deg, scale), np.float64)
        matrix[:, 2] += where.x - anchor[0], where.y - anchor[1]
        return matrix

    def _placed(
        self, where: Placement, width: int, bottom: int
    ) -> tuple[int, NDArray[np.float64], tuple[int, int, int, int]] | None:
        """Choose a level and the part of the frame that its picture touches; None if it is completely outside."""
        scale = where.height / self._box_size[1]
        level = max((i for i, size in enumerate(_LEVELS) if size >= 0.9 * scale), default=0)
        matrix = self._matrix(where, level)
        # The lowest visible row, including what a tilt raises; the columns that are empty down to it are not needed.
        tilt = abs(math.sin(math.radians(where.roll_deg))) * len(self._left)
        row = int(np.clip(self._anchor[1] + (bottom - where.y) / scale + tilt, 0, len(self._left) - 1))
        left, right = self._left[row] * _LEVELS[level], self._right[row] * _LEVELS[level]
        lower = (row + 1) * _LEVELS[level]
        corners = matrix @ np.array([[left, right, left, right], [0.0, 0.0, lower, lower], [1.0, 1.0, 1.0, 1.0]])
        x1, y1 = np.floor(corners.min(axis=1) - 1.0).astype(int)
        x2, y2 = np.ceil(corners.max(axis=1) + 1.0).astype(int)
        part = max(0, int(x1)), max(0, int(y1)), min(width, int(x2)), min(bottom, int(y2))
        return (level, matrix, part) if part[0] < part[2] and part[1] < part[3] else None


def visible_share(cover: Cover, box_xyxy: Floats, width: int, height: int) -> float:
    """Return the share of a box that is inside the frame and not covered, 0..1 (to a few percent)."""
    x1, y1, x2, y2 = (float(value) for value in box_xyxy)
    inside = max(0.0, min(x2, width) - max(x1, 0.0)) * max(0.0, min(y2, height) - max(y1, 0.0))
    left, top = max(0, round(x1 / COVER_STEP)), max(0, round(y1 / COVER_STEP))
    part = cover[top : round(y2 / COVER_STEP), left : round(x2 / COVER_STEP)] if x2 > 0.0 and y2 > 0.0 else cover[:0]
    if inside <= 0.0 or part.size == 0:
        return 0.0
    return inside / ((x2 - x1) * (y2 - y1)) * (1.0 - float(part.mean()) / 255.0)


def with_face_mask(portrait: Portrait) -> Image:
    """Return the portrait's cut-out wearing a surgical mask over nose and mouth, painted from its landmarks."""
    image = portrait.image.copy()
    eye_l, eye_r, nose, mouth_l, mouth_r = portrait.landmarks.astype(np.float64)
    eyes, mouth = (eye_l + eye_r) / 2, (mouth_l + mouth_r) / 2
    across = (eye_r - eye_l) / np.linalg.norm(eye_r - eye_l)
    down = np.array([-across[1], across[0]])
    half_width = 0.50 * float(portrait.box_xyxy[2] - portrait.box_xyxy[0])
    bridge = eyes + 0.42 * (nose - eyes)
    drop = float((mouth - bridge) @ down)

    def at(u: float, v: float) -> NDArray[np.float64]:
        """Return the point `u` half widths across and `v` drops (bridge to mouth) down."""
        return np.asarray(bridge + u * half_width * across + v * drop * down)

    outline = [(0.0, 0.0), (0.30, 0.16), (0.86, 0.40), (0.88, 0.95), (0.52, 1.62), (0.0, 1.82)]
    outline += [(-u, v) for u, v in reversed(outline[1:-1])]
    shape = np.zeros(image.shape[:2], np.uint8)
    loops = np.zeros(image.shape[:2], np.uint8)
    thick = max(2, round(0.035 * half_width))
    for side in (-1.0, 1.0):
        for v, listener in ((0.42, 0.02), (0.95, 0.62)):
            ends = at(0.86 * side, v).round().astype(int), at(1.02 * side, listener).round().astype(int)
            cv2.line(loops, ends[0].tolist(), ends[1].tolist(), 255, thick, cv2.LINE_AA)
    cv2.fillPoly(shape, [np.array([at(u, v) for u, v in outline]).round().astype(np.int32)], 255, cv2.LINE_AA)
    shape = np.asarray(cv2.GaussianBlur(shape, (0, 0), 0.02 * half_width + 0.6), np.uint8)
    # Process only the painted part, because the picture is many times larger.
    x, y, wide, high = cv2.boundingRect(cv2.max(shape, loops))
    part = np.s_[y : y + high, x : x + wide]
    rows, columns = np.indices((high, wide), np.float32)
    rows, columns = rows + np.float32(y), columns + np.float32(x)
    u = ((columns - bridge[0]) * across[0] + (rows - bridge[1]) * across[1]) / half_width
    v = ((columns - bridge[0]) * down[0] + (rows - bridge[1]) * down[1]) / drop
    shade = 1.04 - 0.26 * u * u - 0.10 * np.abs(v - 0.8)
    for pleat in (0.55, 0.95, 1.32):
        shade -= 0.09 * np.exp(-(((v - pleat + 0.08 * u * u) / 0.045) ** 2))
    cloth = np.clip(np.array([222.0, 206.0, 176.0], np.float32) * shade[..., None], 0.0, 255.0)
    strings = (loops[part] / 255.0)[..., None]
    weight = (shape[part] / 255.0)[..., None]
    bgr = image[part][..., :3] * (1.0 - strings) + np.array([226.0, 224.0, 218.0]) * strings
    image[part][..., :3] = (bgr * (1.0 - weight) + cloth * weight).round().astype(np.uint8)
    return image
