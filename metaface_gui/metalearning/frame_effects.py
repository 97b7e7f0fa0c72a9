"""Frame effects of the environment dial: families of `environments`, applied to whole frames in real time.

`environments` photographs crops for training, in floats and linear light, and documents the sources of its formulas.
The effects here keep up with a camera: they use look-up tables instead of powers, compute fields once per setting, and
blur or compress on a smaller picture. The essence of a place is kept: the share of light that is left, the noise under
the gain, the lamp's side on the surface of a generic face. Strength 0 has no effect; 1 is about the worst that the
family draws for training.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import cv2
import numpy as np
from numpy.typing import NDArray

from metaface_gui.metalearning.conditions import CROP_SIZE
from metaface_gui.metalearning.environments import face_relief, lamp_on_face
from metaface_gui.metalearning.optics import jpeg
from metaface_gui.pipeline.detection.align import crop_transforms
from metaface_gui.types import Floats, Image

_GAMMA = 2.2
_SLACK = 64
"""How much larger than the frame a noise field is, in pixels, so that each frame can use another part of it."""
_NOISE_STD = 32.0
_LEAST_PX = 12
_DIM_OF_OLD = 0.3
"""How much the light is dimmed for an old webcam, whose sensor captures less of it."""

Effect = Callable[[Image, int, Floats], Image]
"""(height, width, 3) uint8 BGR, the frame's number and its faces' landmarks (n, 5, 2) → a picture of the same shape."""

Make = Callable[[float, np.random.Generator, tuple[int, ...]], Effect]
"""Creates an effect from a strength 0..1 and a random generator, for frames of the given shape."""


# Shared helpers ------------------------------------------------------------------------------------------------------


def _between(first: float, last: float, strength: float) -> float:
    """Interpolate geometrically from `first` at strength 0 to `last` at 1."""
    return float(first * (last / first) ** strength)


def _table(levels: Sequence[NDArray[np.float64]] | NDArray[np.floating]) -> Image:
    """Return a `cv2.LUT` table of display values 0..1: (256,) for all channels alike, or three of them for B, G, R."""
    stacked = np.stack(levels, 1)[:, None, :] if isinstance(levels, list | tuple) else np.asarray(levels)
    return np.asarray(np.clip(stacked, 0.0, 1.0) * 255.0 + 0.5, np.uint8)


_LEVELS = np.linspace(0.0, 1.0, 256)


def _noise(place: np.random.Generator, shape: tuple[int, ...], blotches: float) -> Image:
    """Return noise of single pixels and of blotches around 128, with deviation `_NOISE_STD`: (h + slack, w + slack, 3).

    Only a quarter is drawn and then tiled, which is invisible and saves drawing millions of numbers.
    """
    height, width = shape[0] + _SLACK, shape[1] + _SLACK
    tile = (-(-height // 2), -(-width // 2))
    fine = place.standard_normal((*tile, 3), np.float32)
    coarse = place.standard_normal((max(2, tile[0] // 12), max(2, tile[1] // 12), 3), np.float32)
    spread = np.asarray(cv2.resize(coarse, tile[::-1], interpolation=cv2.INTER_CUBIC), np.float32)
    mixed = np.sqrt(1.0 - blotches) * fine + np.sqrt(blotches) * spread
    tiled = np.tile(np.clip(128.0 + _NOISE_STD * mixed, 0, 255).astype(np.uint8), (2, 2, 1))
    return np.ascontiguousarray(tiled[:height, :width])


def _noisy(image: Image, noise: Image, std: float, index: int, *, exposure: float = 1.0) -> Image:
    """Return the share `exposure` of the picture plus noise of `std` grey levels, from a part of the field that depends
    on the frame's number; rounded to eight bits."""
    height, width = image.shape[:2]
    down, across = (index * 29) % _SLACK, (index * 47) % _SLACK
    seen = noise[down : down + height, across : across + width]
    amount = std / _NOISE_STD
    return np.asarray(cv2.addWeighted(image, exposure, seen, amount, -128.0 * amount), np.uint8)


def _small_blur(image: Image, sigma: float) -> Image:
    """Apply a Gaussian blur on a reduced picture, small enough to be fast but large enough to lose nothing visible."""
    height, width = image.shape[:2]
    step = max(1, int(sigma / 1.5))
    size = (max(2, width // step), max(2, height // step))
    small = cv2.resize(image, size, interpolation=cv2.INTER_LINEAR if step < 3 else cv2.INTER_AREA)
    blurred = cv2.GaussianBlur(small, (0, 0), max(sigma / step, 0.3))
    return np.asarray(cv2.resize(blurred, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def _draw_on_faces(drawn: Image, sprite: Image, cover: Image | None, landmarks: Floats) -> None:
    """Draw on each face a sprite that is aligned with its crop: `sprite` (s, s, 3) BGR replaces the picture where
    `cover` (s, s, 3) is 255 and not elsewhere; without a cover, the picture is multiplied by sprite / 255. Landmarks
    that are too small or not finite are skipped."""
    height, width = drawn.shape[:2]
    for points in landmarks:
        span = np.ptp(points, axis=0)
        if not np.isfinite(points).all() or span.max() < _LEAST_PX:
            continue
        to_frame = cv2.invertAffineTransform(crop_transforms(points[None], CROP_SIZE)[0])
        corners = to_frame @ np.asarray([[0, CROP_SIZE, CROP_SIZE, 0], [0, 0, CROP_SIZE, CROP_SIZE], [1, 1, 1, 1]])
        left, top = np.maximum(np.floor(corners.min(1)).astype(int), 0)
        right, bottom = np.minimum(np.ceil(corners.max(1)).astype(int), (width, height))
        if right - left < 2 or bottom - top < 2:
            continue
        to_frame[:, 2] -= (left, top)
        size = (int(right - left), int(bottom - top))
        paint = cv2.warpAffine(sprite, to_frame, size, borderMode=cv2.BORDER_CONSTANT, borderValue=(255, 255, 255))
        part = drawn[top:bottom, left:right]
        shaded = cv2.multiply(part, paint, scale=1.0 / 255.0)
        if cover is not None:
            shape = cv2.warpAffine(cover, to_frame, size)
            worn = cv2.multiply(paint, shape, scale=1.0 / 255.0)
            shaded = cv2.add(worn, cv2.multiply(part, cv2.bitwise_not(shape), scale=1.0 / 255.0))
        drawn[top:bottom, left:right] = shaded


# The families --------------------------------------------------------------------------------------------------------


def _masks(strength: float, place: np.random.Generator, _shape: tuple[int, ...]) -> Effect:
    """Cloth from the bridge of the nose down; the stronger, the higher it is worn."""
    top, colour = 76.0 - 18.0 * strength, ((215, 190, 150), (235, 235, 235), (70, 60, 60))[int(place.integers(3))]
    outline = [(7, top + 9), (34, top + 3), (56, top), (78, top + 3), (105, top + 9), (98, 112), (14, 112)]
    shape = np.zeros((CROP_SIZE, CROP_SIZE, 3), np.uint8)
    cv2.fillPoly(shape, [np.asarray(outline, np.int32)], (255, 255, 255))
    cover = np.asarray(cv2.GaussianBlur(shape, (0, 0), 0.8), np.uint8)
    shading = 0.5 + 0.5 * np.clip(face_relief()[:, :, 2], 0.0, 1.0)
    folds = 8.0 * np.sin(np.arange(CROP_SIZE, dtype=np.float32) * 0.45)[:, None, None]
    cloth = np.asarray(colour, np.float32) * shading[:, :, None] + folds
    sprite = np.asarray(np.clip(cloth, 0, 255), np.uint8)

    def photograph(image: Image, _index: int, landmarks: Floats) -> Image:
        seen = image.copy()
        _draw_on_faces(seen, sprite, cover, landmarks)
        return seen

    return photograph


def _side_light(strength: float, place: np.random.Generator, shape: tuple[int, ...]) -> Effect:
    """One lamp at a side of the room: the light falls off across it, and half of each face is dark."""
    height, width = shape[:2]
    side = 1.0 if place.random() < 0.5 else -1.0
    ambient = _between(1.0, 0.012, strength)
    across = np.linspace(0.0, 1.0, width, dtype=np.float32)[:: int(side)]
    room = (0.35 + 0.65 * across**1.5) * (1.0 - 0.75 * strength) + 0.75 * strength * across**1.5 + 0.02
    room = room * strength + (1.0 - strength)
    field = np.repeat(_table(room ** (1 / _GAMMA))[None, :, None], height, 0).repeat(3, 2)
    x, y = np.meshgrid(*(np.linspace(-1.0, 1.0, CROP_SIZE, dtype=np.float32),) * 2)
    inside = np.clip((1.0 - (x / 0.92) ** 2 - ((y - 0.05) / 1.1) ** 2) / 0.4, 0.0, 1.0)[:, :, None]
    lamp = lamp_on_face(side * (20.0 + 85.0 * strength), 12.0)
    lit = (ambient + (1.0 - ambient) * lamp) ** (1 / _GAMMA)
    sprite = _table(np.repeat(1.0 - inside * (1.0 - lit), 3, axis=2))
    field = np.ascontiguousarray(field)

    def photograph(image: Image, _index: int, landmarks: Floats) -> Image:
        seen = np.asarray(cv2.multiply(image, field, scale=1.0 / 255.0), np.uint8)
        _draw_on_faces(seen, sprite, None, landmarks)
        return seen

    return photograph


def _backlight(strength: float, place: np.random.Generator, shape: tuple[int, ...]) -> Effect:
    """A bright window behind: everything in front of it is dark and noisy, and its light veils and glows."""
    height, width = shape[:2]
    exposure, veil, noise_std = _between(1.0, 0.03, strength), 0.05 * strength, 5.0 * strength
    table = _table((np.clip(_LEVELS**_GAMMA * exposure + veil * strength, 0.0, 1.0)) ** (1 / _GAMMA))
    x, y = np.meshgrid(np.linspace(-1, 1, width, dtype=np.float32), np.linspace(-1, 1, height, dtype=np.float32))
    middle = float(place.uniform(-0.5, 0.5))
    glow = np.exp(-(((x - middle) / 0.7) ** 4) - ((y + 0.9) / 0.6) ** 4) * strength
    window = np.ascontiguousarray(np.repeat(_table(0.85 * glow)[:, :, None], 3, axis=2))
    noise = _noise(place, shape, 0.3)

    def photograph(image: Image, index: int, _landmarks: Floats) -> Image:
        dark = np.asarray(cv2.LUT(image, table), np.uint8)
        return np.asarray(cv2.add(_noisy(dark, noise, noise_std, index), window), np.uint8)

    return photograph


def _fog(strength: float, _place: np.random.Generator, shape: tuple[int, ...]) -> Effect:
    """A pale veil, bleeding light, little contrast."""
    veil, share, tone = 0.82 * strength, 0.75 * strength, 0.75
    spread = shape[0] * 0.02

    def photograph(image: Image, _index: int, _landmarks: Floats) -> Image:
        bled = _small_blur(image, spread)
        clear = 1.0 - veil
        return np.asarray(
            cv2.addWeighted(image, (1.0 - share) * clear, bled, share * clear, tone * veil * 255.0), np.uint8
        )

    return photograph


def _soft_focus(strength: float, _place: np.random.Generator, shape: tuple[int, ...]) -> Effect:
    """A lens out of focus."""
    sigma = 0.0005 * shape[0] + 0.0125 * shape[0] * strength

    def photograph(image: Image, _index: int, _landmarks: Floats) -> Image:
        return _small_blur(image, sigma)

    return photograph


def _monochrome(strength: float, place: np.random.Generator, shape: tuple[int, ...]) -> Effect:
    """A grey-scale camera: contrast curve and grain."""
    gamma, contrast, grain = 1.0 + 0.7 * strength, 1.0 + 0.5 * strength, 0.05 * strength * 255.0
    table = _table((_LEVELS**gamma - 0.5) * contrast + 0.5)
    noise = np.ascontiguousarray(_noise(place, shape, 0.0)[:, :, :1])
    colour = max(0.0, 1.0 - 2.0 * strength)

    def photograph(image: Image, index: int, _landmarks: Floats) -> Image:
        grey = np.asarray(cv2.LUT(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), table), np.uint8)
        seen = np.asarray(cv2.cvtColor(_noisy(grey, noise[:, :, 0], grain, index), cv2.COLOR_GRAY2BGR), np.uint8)
        return seen if not colour else np.asarray(cv2.addWeighted(image, colour, seen, 1.0 - colour, 0), np.uint8)

    return photograph


def _colour_cast(strength: float, _place: np.random.Generator, _shape: tuple[int, ...]) -> Effect:
    """An orange lamp: almost no blue, and the camera overexposes the rest."""
    gains = np.exp(np.asarray([-1.5, -0.25, 0.95]) * strength * 1.3)
    light = [np.clip(_LEVELS**_GAMMA * gain, 0.0, 1.0) ** (1 / _GAMMA) for gain in gains]
    table = _table(light)

    def photograph(image: Image, _index: int, _landmarks: Floats) -> Image:
        return np.asarray(cv2.LUT(image, table), np.uint8)

    return photograph


def _dim_light(strength: float, place: np.random.Generator, shape: tuple[int, ...]) -> Effect:
    """Dim light: few photons, 8-bit quantisation steps, and sensor noise under a gain that is too low to compensate."""
    exposure = _between(1.0, 0.045, strength)
    gain = exposure**-0.72
    noise, noise_std = _noise(place, shape, 0.35), 2.6 * strength

    def photograph(image: Image, index: int, _landmarks: Floats) -> Image:
        dark = _noisy(image, noise, noise_std, index, exposure=exposure)
        return np.asarray(cv2.convertScaleAbs(dark, alpha=gain), np.uint8)

    return photograph


def _old_sensor(strength: float, place: np.random.Generator, shape: tuple[int, ...]) -> Effect:
    """An old webcam: little light, few pixels, colour noise, oversharpened, compressed."""
    dim = _dim_light(_DIM_OF_OLD * strength, place, shape)
    height, width = shape[:2]
    across = int(min(width, _between(640.0, 150.0, strength)))
    size = (across, max(2, round(across * height / width)))
    noise = _noise(place, (size[1], size[0], 3), 0.1)
    sharpen, noise_std, quality = 1.4 * strength, 7.0 * strength, int(85 - 60 * strength)

    def photograph(image: Image, index: int, landmarks: Floats) -> Image:
        dark = dim(image, index, landmarks)
        small = np.asarray(cv2.resize(dark, size, interpolation=cv2.INTER_AREA), np.uint8)
        small = _noisy(small, noise, noise_std, index)
        sharp = cv2.addWeighted(small, 1.0 + sharpen, cv2.GaussianBlur(small, (0, 0), 1.0), -sharpen, 0)
        seen = jpeg(np.asarray(sharp, np.uint8), quality)
        return np.asarray(cv2.resize(seen, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)

    return photograph


def zoom_of(strength: float) -> float:
    """Return the scale of the picture under `distance`; 1 is unchanged."""
    return _between(1.0, 0.16, strength)


def corner_of(width: int, height: int, zoom: float) -> tuple[int, int]:
    """Return the top left corner of the reduced picture: centred and slightly low, like people who stand far away."""
    return round(width * (1.0 - zoom) / 2), round(height * (1.0 - zoom) * 0.55)


def _distance(strength: float, _place: np.random.Generator, shape: tuple[int, ...]) -> Effect:
    """Everybody is far away: the picture is small, in front of a wall of its own colours."""
    height, width = shape[:2]
    zoom, quality = zoom_of(strength), int(95 - 35 * strength)
    left, top = corner_of(width, height, zoom)
    size = (max(2, round(width * zoom)), max(2, round(height * zoom)))

    def photograph(image: Image, _index: int, _landmarks: Floats) -> Image:
        small = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
        tiny = cv2.GaussianBlur(cv2.resize(small, (16, 9), interpolation=cv2.INTER_AREA), (0, 0), 2.0)
        seen = np.asarray(cv2.resize(tiny, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)
        seen[top : top + size[1], left : left + size[0]] = jpeg(small, quality)
        return seen

    return photograph


EFFECTS: Mapping[str, Make] = MappingProxyType(
    {
        # In the order in which light passes them, as in `environments.FAMILIES`.
        "masks": _masks,
        "side_light": _side_light,
        "backlight": _backlight,
        "fog": _fog,
        "soft_focus": _soft_focus,
        "monochrome": _monochrome,
        "colour_cast": _colour_cast,
        "dim_light": _dim_light,
        "old_sensor": _old_sensor,
        "distance": _distance,
    }
)
"""The effects of the dial, by the name of the family that each comes from."""
