"""The room of the demo scene: an out-of-focus background, the desk in front, the sensor's noise, and the folder.

Each is painted once, from a seed; nothing here changes over time. May not live here: people.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from metaface_gui.types import Image

_HEIGHT = 360.0
"""Height of the layout: the room is laid out in pixels of a picture that is 360 pixels high."""
DESK_TOP = 0.855
"""Upper edge of the desk in frame heights; people's pictures may end below it."""
NOISE_SLACK = 96
"""How much larger than a frame the noise is, in pixels, so that each frame can use another part of it."""
NOISE_STD = 32.0
"""Standard deviation of the noise, in grey levels around 128."""

_Canvas = NDArray[np.float32]
_Colour = tuple[float, float, float]


def paint_background(width: int, height: int, rng: np.random.Generator) -> Image:
    """Paint the wall, window, shelf, lamp and plant, out of focus: (height, width, 3) uint8."""
    scale = height / _HEIGHT
    columns = round(width / scale)
    x = np.linspace(0.0, 1.0, columns, dtype=np.float32)[None, :]
    y = np.linspace(0.0, 1.0, int(_HEIGHT), dtype=np.float32)[:, None]
    wall = np.array([146.0, 168.0, 182.0], np.float32) * (1.02 - 0.22 * y - 0.10 * x)[..., None]
    canvas: _Canvas = np.ascontiguousarray(wall, np.float32)
    _paint_window(canvas, rng)
    _paint_shelf(canvas, rng)
    canvas = np.asarray(cv2.GaussianBlur(canvas, (0, 0), 3.6), np.float32)
    _paint_plant(canvas, rng)
    _paint_lamp(canvas, x, y)
    canvas = np.asarray(cv2.GaussianBlur(canvas, (0, 0), 2.2), np.float32)
    large = np.asarray(cv2.resize(canvas, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)
    vx = np.linspace(-1.0, 1.0, width, dtype=np.float32)[None, :]
    vy = np.linspace(-1.0, 1.0, height, dtype=np.float32)[:, None]
    vignette = (1.0 - 0.20 * (vx * vx + 0.8 * vy * vy))[..., None]
    large *= vignette
    return _dithered(large, rng)


def paint_desk(width: int, height: int, rng: np.random.Generator) -> tuple[int, Image, Image]:
    """Paint the desk in front of people: its top row in the frame, its picture and alpha (rows, width, 3) uint8."""
    top = round(DESK_TOP * height)
    rows = height - top
    y = np.linspace(0.0, 1.0, rows, dtype=np.float32)[:, None]
    x = np.linspace(-1.0, 1.0, width, dtype=np.float32)[None, :]
    streaks = np.asarray(cv2.GaussianBlur(rng.standard_normal((rows, width)), (0, 0), 40.0, None, 2.5), np.float64)
    grain = streaks / max(float(streaks.std()), 1e-6)
    shade = 0.80 - 0.30 * y + 0.30 * np.exp(-(((x + 0.35) / 0.45) ** 2)) * (1.0 - 0.6 * y) + 0.025 * grain
    wood = np.array([62.0, 92.0, 128.0], np.float32) * shade[..., None]
    soft = max(3.0, 0.012 * height)
    alpha = np.clip(np.arange(rows, dtype=np.float32) / soft, 0.0, 1.0)
    alpha3 = np.broadcast_to((255.0 * alpha * alpha * (3.0 - 2.0 * alpha))[:, None, None], (rows, width, 3))
    return top, _dithered(np.asarray(wood, np.float32), rng), np.ascontiguousarray(alpha3.round(), np.uint8)


def paint_folder(height: int) -> Image:
    """Paint the folder that hides faces: (height, 0.78 height, 4) uint8, BGR and alpha, not premultiplied."""
    width = round(0.78 * height)
    alpha = np.zeros((height, width), np.uint8)
    radius = round(0.05 * height)
    cv2.rectangle(alpha, (radius, 0), (width - radius, height), 255, -1)
    cv2.rectangle(alpha, (0, radius), (width, height - radius), 255, -1)
    corners = [(radius, radius), (width - radius - 1, radius), (radius, height - radius - 1)]
    for corner in [*corners, (width - radius - 1, height - radius - 1)]:
        cv2.circle(alpha, corner, radius, 255, -1, cv2.LINE_AA)
    slope = np.linspace(1.08, 0.86, height, dtype=np.float32)[:, None]
    slant = np.linspace(1.03, 0.97, width, dtype=np.float32)[None, :]
    card = np.clip(np.array([128.0, 92.0, 58.0], np.float32) * (slope * slant)[..., None], 0.0, 255.0)
    paper = (round(0.16 * width), round(0.30 * height)), (round(0.84 * width), round(0.56 * height))
    cv2.rectangle(card, *paper, (214.0, 222.0, 226.0), -1, cv2.LINE_AA)
    for line in range(3):
        y = round((0.36 + 0.06 * line) * height)
        end = round((0.74 - 0.16 * (line == 2)) * width)
        cv2.line(card, (round(0.24 * width), y), (end, y), (150.0, 140.0, 130.0), max(1, height // 90), cv2.LINE_AA)
    spine = round(0.045 * width)
    card[:, :spine] *= 0.78
    soft = np.asarray(cv2.GaussianBlur(alpha, (0, 0), max(0.6, height / 220.0)), np.uint8)
    return np.dstack([card.round().astype(np.uint8), soft])


def sensor_noise(width: int, height: int, rng: np.random.Generator) -> Image:
    """Draw a noise field around 128 from which frames take their noise: (height + slack, width + slack, 3) uint8."""
    shape = height + NOISE_SLACK, width + NOISE_SLACK, 3
    noise = rng.standard_normal(shape, np.float32)
    # Demosaicing and compression correlate the noise of neighbouring pixels.
    noise = np.asarray(cv2.GaussianBlur(noise, (0, 0), 0.7), np.float32)
    noise *= NOISE_STD / float(noise.std())
    noise += 128.0
    return _to_bytes(noise)


def _dithered(picture: _Canvas, rng: np.random.Generator) -> Image:
    """Round to 8 bits with dithering, because smooth gradients would show bands."""
    noise = rng.random(picture.shape, np.float32)
    noise -= 0.5
    noise *= 2.0
    noise += picture
    return _to_bytes(noise)


def _to_bytes(values: _Canvas) -> Image:
    """Round to 8 bits in place, because allocating another frame-sized array takes two milliseconds."""
    np.clip(values, 0.0, 255.0, out=values)
    return np.rint(values, out=values).astype(np.uint8)


def _rectangle(canvas: _Canvas, box: tuple[float, float, float, float], colour: _Colour) -> None:
    x1, y1, x2, y2 = (round(value) for value in box)
    cv2.rectangle(canvas, (x1, y1), (x2, y2), colour, -1, cv2.LINE_AA)


def _paint_window(canvas: _Canvas, rng: np.random.Generator) -> None:
    width = canvas.shape[1]
    left, top, right, bottom = 0.60 * width, 26.0, 0.93 * width, 226.0
    _rectangle(canvas, (left - 9, top - 9, right + 9, bottom + 9), (196.0, 206.0, 212.0))
    for row in range(int(top), int(bottom)):  # sky over trees
        u = (row - top) / (bottom - top)
        colour = (250.0 - 26.0 * u, 240.0 - 14.0 * u, 228.0 - 6.0 * u)
        cv2.line(canvas, (int(left), row), (int(right), row), colour)
    for _ in range(46):
        centre = rng.uniform(left + 8, right - 8), rng.uniform(bottom - 74, bottom - 8)
        green = rng.uniform(0.75, 1.15)
        radius = int(rng.uniform(7, 17))
        colour = (118.0 * green, 176.0 * green, 150.0 * green)
        cv2.circle(canvas, (int(centre[0]), int(centre[1])), radius, colour, -1, cv2.LINE_AA)
    middle = (left + right) / 2
    _rectangle(canvas, (middle - 3, top, middle + 3, bottom), (188.0, 198.0, 204.0))
    _rectangle(canvas, (left - 14, bottom + 6, right + 14, bottom + 13), (206.0, 214.0, 218.0))


def _paint_shelf(canvas: _Canvas, rng: np.random.Generator) -> None:
    width = canvas.shape[1]
    left, right = 0.05 * width, 0.33 * width
    palette = [(70, 86, 150), (126, 104, 66), (72, 120, 110), (164, 170, 176), (58, 66, 86), (92, 140, 186)]
    for shelf in (74.0, 158.0, 242.0):
        _rectangle(canvas, (left, shelf - 62, right, shelf), (104.0, 124.0, 138.0))
        x = left + 4
        while x < right - 12:
            thick, tall = rng.uniform(6, 13), rng.uniform(36, 54)
            blue, green, red = palette[int(rng.integers(len(palette)))]
            light = rng.uniform(0.85, 1.15)
            if rng.random() > 0.12:
                _rectangle(canvas, (x, shelf - tall, x + thick - 1, shelf), (blue * light, green * light, red * light))
            x += thick
        _rectangle(canvas, (left - 4, shelf, right + 4, shelf + 6), (72.0, 100.0, 128.0))


def _paint_plant(canvas: _Canvas, rng: np.random.Generator) -> None:
    x, y = 0.475 * canvas.shape[1], 262.0
    for _ in range(26):
        angle, length = rng.uniform(-2.75, -0.4), rng.uniform(40, 82)
        tip = x + length * np.cos(angle), y + length * np.sin(angle)
        green = rng.uniform(0.7, 1.1)
        middle = int((x + tip[0]) / 2), int((y + tip[1]) / 2)
        axes = int(length / 2), int(rng.uniform(4, 8))
        colour = (66.0 * green, 122.0 * green, 84.0 * green)
        cv2.ellipse(canvas, middle, axes, float(np.degrees(angle)), 0, 360, colour, -1, cv2.LINE_AA)
    pot = np.array([[x - 24, y], [x + 24, y], [x + 18, y + 70], [x - 18, y + 70]], np.int32)
    cv2.fillPoly(canvas, [pot], (92.0, 112.0, 176.0), cv2.LINE_AA)


def _paint_lamp(canvas: _Canvas, x: NDArray[np.float32], y: NDArray[np.float32]) -> None:
    """Add a warm glow beside the shelf and daylight from the window."""
    warm = np.exp(-(((x - 0.40) / 0.13) ** 2) - ((y - 0.18) / 0.26) ** 2)
    day = np.exp(-(((x - 0.76) / 0.30) ** 2) - ((y - 0.36) / 0.42) ** 2)
    canvas += warm[..., None] * np.array([22.0, 46.0, 62.0], np.float32) + day[..., None] * np.array(
        [26.0, 22.0, 16.0], np.float32
    )
