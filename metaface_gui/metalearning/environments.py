"""Environments: a camera and a room that all pictures of a task share, drawn once per task.

A gallery is enrolled and used in one place, and that place affects all pictures in the same way: the lamp stands to
the left all day, the old sensor is old for everybody. Pictures of one place differ only slightly from each other. A
family therefore draws a place (`Draw`), which then photographs crops with small variations between pictures.
Such shared properties are what a method can adapt to (Finn, Abbeel and Levine 2017, section 2.1: a distribution over
tasks); degradations that are mixed at random within a task average out.

The light of a place is computed on the surface of a generic face (`face_relief`), Lambertian with an ambient share
(Basri and Jacobs, "Lambertian reflectance and linear subspaces", IEEE TPAMI 2003). Nothing here is derived from a
photograph of anybody. Formulas of lenses and sensors that test conditions also use are in `optics`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

import cv2
import numpy as np
from numpy.typing import NDArray

from metaface_gui.metalearning.conditions import CROP_SIZE, Condition
from metaface_gui.metalearning.optics import (
    blurred,
    defocus_kernel,
    enlarged_noise,
    jpeg,
    motion_kernel,
    resized,
    underexposed,
)
from metaface_gui.types import Floats, Image

VERSION = 1
"""Incremented when the drawn environments change, which invalidates cached features."""

Draw = Callable[[np.random.Generator], Condition]
"""Draws a place of one family: the returned condition photographs crops (112, 112, 3) uint8 RGB there."""

_GAMMA = 2.2
_SHADOW_STEPS = tuple(float(step) for step in np.geomspace(0.06, 1.0, 9))
"""Distances towards the lamp at which each point looks for an occluding surface, in the units of `_grid`."""
_SHADOW_EDGE = 0.05
_WEIGHTS = np.asarray([0.299, 0.587, 0.114], np.float32)
"""Luma of R, G, B (ITU-R BT.601)."""


def _linear(crop: Image) -> Floats:
    return np.asarray((crop.astype(np.float32) / 255.0) ** _GAMMA, np.float32)


def _display(light: Floats) -> Image:
    return np.asarray(np.clip(light, 0.0, 1.0) ** (1.0 / _GAMMA) * 255.0 + 0.5, np.uint8)


def _exposed(light: Floats, mean: float) -> Floats:
    """Apply automatic exposure to linear light (s, s, 3): scale its mean to `mean`; values above 1 clip later."""
    return np.asarray(light * (mean / max(float(light.mean()), 1e-4)), np.float32)


@cache
def _grid() -> tuple[Floats, Floats]:
    """Return x (to the right) and y (down) over the crop, -1 … 1: (s, s) each."""
    axis = np.linspace(-1.0, 1.0, CROP_SIZE, dtype=np.float32)
    x, y = np.meshgrid(axis, axis)
    return np.asarray(x, np.float32), np.asarray(y, np.float32)


@cache
def _surface() -> Floats:
    """Return the height (s, s) towards the camera of an aligned generic face, in the units of `_grid`.

    An ellipsoid for the head, a ridge for the nose, hollows for the eyes, a roll for the mouth: enough for the shadows
    of light from one side.
    """
    x, y = _grid()
    height = np.sqrt(np.clip(1.25 - (x / 0.95) ** 2 - ((y - 0.05) / 1.25) ** 2, 0.02, None))
    nose = 0.38 * np.exp(-((x / 0.13) ** 2)) * np.clip((y + 0.25) / 0.55, 0.0, 1.0) * (y < 0.36)
    eyes = sum(-0.16 * np.exp(-(((x - side) / 0.2) ** 2) - ((y + 0.08) / 0.12) ** 2) for side in (-0.34, 0.34))
    mouth = 0.07 * np.exp(-((x / 0.3) ** 2) - ((y - 0.65) / 0.09) ** 2)
    return np.asarray(cv2.GaussianBlur((height + nose + eyes + mouth).astype(np.float32), (0, 0), 1.6), np.float32)


@cache
def face_relief() -> Floats:
    """Return the generic face's unit normals (s, s, 3; x right, y down, z to the camera)."""
    slope_y, slope_x = np.gradient(_surface(), 2.0 / (CROP_SIZE - 1))
    normals = np.stack([-slope_x, -slope_y, np.ones_like(slope_x)], axis=2)
    return np.asarray(normals / np.linalg.norm(normals, axis=2, keepdims=True), np.float32)


def lamp_on_face(azimuth_degrees: float, elevation_degrees: float) -> Floats:
    """Return the share of a lamp's light that each point of the face gets, (s, s, 1): 0 in attached or cast shadow."""
    azimuth, elevation = np.radians(azimuth_degrees), np.radians(elevation_degrees)
    across, down = np.sin(azimuth) * np.cos(elevation), -np.sin(elevation)
    towards = np.cos(azimuth) * np.cos(elevation)
    received = np.clip(face_relief() @ np.asarray([across, down, towards], np.float32), 0.0, 1.0)
    surface, half = _surface(), (CROP_SIZE - 1) / 2
    clearance = np.full_like(surface, np.inf)
    for reach in _SHADOW_STEPS:
        move = np.asarray([[1.0, 0.0, -across * reach * half], [0.0, 1.0, -down * reach * half]], np.float32)
        between = cv2.warpAffine(surface, move, surface.shape[::-1], borderMode=cv2.BORDER_CONSTANT, borderValue=-1.0)
        clearance = np.minimum(clearance, surface + towards * reach + _SHADOW_EDGE / 2 - between)
    cast = cv2.GaussianBlur(np.clip(clearance / _SHADOW_EDGE, 0.0, 1.0).astype(np.float32), (0, 0), 1.0)
    return np.asarray((received * cast)[:, :, None], np.float32)


def _side(place: np.random.Generator) -> float:
    return 1.0 if place.random() < 0.5 else -1.0


def side_light(place: np.random.Generator) -> Condition:
    """One lamp 20° to 120° to a side, high or low, with little other light: half of the face is dark."""
    azimuth, elevation = _side(place) * place.uniform(20, 120), place.uniform(-35, 70)
    ambient, mean = np.exp(place.uniform(np.log(0.004), np.log(0.25))), place.uniform(0.03, 0.25)

    def photograph(crop: Image, rng: np.random.Generator) -> Image:
        lamp = lamp_on_face(azimuth + rng.normal(0, 8), elevation + rng.normal(0, 5))
        share = float(np.clip(ambient * np.exp(rng.normal(0, 0.2)), 0.0, 1.0))
        return _display(_exposed(_linear(crop) * (share + (1.0 - share) * lamp), mean * np.exp(rng.normal(0, 0.15))))

    return photograph


def hard_shadow(place: np.random.Generator) -> Condition:
    """A sharp shadow edge across the face, as under a window frame or a cap."""
    angle, offset = place.uniform(0, 360), place.uniform(-0.45, 0.45)
    darkness, softness = place.uniform(0.06, 0.4), place.uniform(0.01, 0.2)
    mean = place.uniform(0.1, 0.3)

    def photograph(crop: Image, rng: np.random.Generator) -> Image:
        x, y = _grid()
        turn = np.radians(angle + rng.normal(0, 10))
        distance = x * np.cos(turn) + y * np.sin(turn) - offset - rng.normal(0, 0.12)
        shade = darkness + (1.0 - darkness) / (1.0 + np.exp(-np.clip(distance / softness, -30, 30)))
        return _display(_exposed(_linear(crop) * shade[:, :, None].astype(np.float32), mean))

    return photograph


def backlight(place: np.random.Generator) -> Condition:
    """A bright window behind: the face is dark and noisy, its contrast is veiled, and its edge glows."""
    exposure, veil = place.uniform(0.03, 0.25), place.uniform(0.0, 0.12)
    glow, noise = place.uniform(0.0, 0.5), place.uniform(0.0, 0.02)
    tint = 1.0 + place.normal(0, 0.06, 3).astype(np.float32)

    def photograph(crop: Image, rng: np.random.Generator) -> Image:
        x, y = _grid()
        rim = np.clip((x / 0.9) ** 2 + ((y + 0.1) / 1.1) ** 2 - 0.55 + rng.normal(0, 0.05), 0.0, 1.0)[:, :, None]
        light = _linear(crop) * exposure * np.exp(rng.normal(0, 0.2)) + veil * tint * np.exp(rng.normal(0, 0.1))
        light = light + glow * rim.astype(np.float32) ** 2
        grain = rng.normal(0.0, noise, crop.shape).astype(np.float32)
        return _display(np.asarray(light + grain * np.sqrt(np.clip(light, 0.01, 1.0)), np.float32))

    return photograph


def dim_light(place: np.random.Generator) -> Condition:
    """Few photons: amplified sensor noise and 8-bit quantisation steps."""
    exposure, brightness = place.uniform(0.06, 0.4), place.uniform(0.22, 0.5)
    fine, coarse, grid = place.uniform(0.002, 0.014), place.uniform(0.003, 0.02), int(place.integers(24, 64))
    quality = place.uniform(45, 95)

    def photograph(crop: Image, rng: np.random.Generator) -> Image:
        pixels = rng.normal(0.0, fine, crop.shape)
        blotches = enlarged_noise(rng.normal(0.0, coarse, (grid, grid, 3)), CROP_SIZE)
        seen = underexposed(crop, exposure * np.exp(rng.normal(0, 0.15)), pixels, blotches, brightness)
        return jpeg(seen, int(quality))

    return photograph


def colour_cast(place: np.random.Generator) -> Condition:
    """An orange lamp, a blue screen, too much or too little colour."""
    warmth, green = place.uniform(-0.7, 0.9), place.normal(0, 0.12)
    gain = np.exp(np.asarray([warmth, green, -warmth], np.float32) * 0.9)
    saturation, contrast = place.uniform(0.3, 1.6), place.uniform(0.75, 1.35)

    def photograph(crop: Image, rng: np.random.Generator) -> Image:
        light = _linear(crop) * (gain * np.exp(rng.normal(0, 0.06, 3))).astype(np.float32)
        light = _exposed(light, 0.22 * np.exp(rng.normal(0, 0.15)))
        seen = np.clip(light, 0.0, 1.0) ** (1.0 / _GAMMA)
        grey = (seen @ _WEIGHTS)[:, :, None]
        seen = ((grey + saturation * (seen - grey)) - 0.5) * contrast + 0.5
        return np.asarray(np.clip(seen, 0.0, 1.0) * 255.0 + 0.5, np.uint8)

    return photograph


def monochrome(place: np.random.Generator) -> Condition:
    """A grey-scale camera or black-and-white film: contrast curve and grain."""
    mix = place.dirichlet((3.0, 5.0, 2.0)).astype(np.float32)
    gamma, contrast, grain = place.uniform(0.6, 1.7), place.uniform(0.7, 1.5), place.uniform(0.0, 0.05)

    def photograph(crop: Image, rng: np.random.Generator) -> Image:
        grey = (crop.astype(np.float32) / 255.0 @ mix) ** (gamma * np.exp(rng.normal(0, 0.08)))
        seen = (grey - 0.5) * contrast + 0.5 + rng.normal(0.0, 0.03) + rng.normal(0.0, grain, grey.shape)
        shown = np.clip(seen, 0.0, 1.0) * 255.0 + 0.5
        return np.repeat(shown.astype(np.uint8)[:, :, None], 3, axis=2)

    return photograph


def near_infrared(place: np.random.Generator) -> Condition:
    """A night camera with its own lamp: skin is pale and smooth, lips vanish, light falls off from the centre."""
    mix = np.asarray([0.85, 0.25, -0.1], np.float32) + place.normal(0, 0.05, 3).astype(np.float32)
    lift, falloff = place.uniform(0.35, 0.7), place.uniform(0.2, 0.9)
    smooth, grain = place.uniform(0.4, 1.4), place.uniform(0.01, 0.04)

    def photograph(crop: Image, rng: np.random.Generator) -> Image:
        x, y = _grid()
        grey = np.clip(crop.astype(np.float32) / 255.0 @ mix, 0.0, 1.0) ** lift
        grey = np.asarray(cv2.GaussianBlur(grey, (0, 0), smooth), np.float32)
        spot = 1.0 - falloff * ((x + rng.normal(0, 0.1)) ** 2 + (y + rng.normal(0, 0.1)) ** 2) / 2.0
        seen = grey * np.clip(spot, 0.05, 1.0) * np.exp(rng.normal(0, 0.1)) + rng.normal(0.0, grain, grey.shape)
        shown = np.clip(seen, 0.0, 1.0) * 255.0 + 0.5
        return np.repeat(shown.astype(np.uint8)[:, :, None], 3, axis=2)

    return photograph


def old_sensor(place: np.random.Generator) -> Condition:
    """An old webcam: few pixels, colour noise, oversharpened, compressed."""
    side, sharpen = place.uniform(28, 64), place.uniform(0.0, 1.6)
    noise, chroma, quality = place.uniform(0.0, 0.03), place.uniform(0.0, 0.05), place.uniform(25, 80)

    def photograph(crop: Image, rng: np.random.Generator) -> Image:
        small = resized(crop, int(side * np.exp(rng.normal(0, 0.08)))).astype(np.float32) / 255.0
        small += rng.normal(0.0, noise, (*small.shape[:2], 1)) + rng.normal(0.0, chroma, small.shape) * 0.5
        small += sharpen * (small - cv2.GaussianBlur(small, (0, 0), 1.0))
        seen = jpeg(np.asarray(np.clip(small, 0.0, 1.0) * 255.0 + 0.5, np.uint8), int(quality))
        return np.asarray(cv2.resize(seen, (CROP_SIZE, CROP_SIZE), interpolation=cv2.INTER_LINEAR), np.uint8)

    return photograph


def soft_focus(place: np.random.Generator) -> Condition:
    """A lens out of focus, or constant slight motion."""
    radius, length, moves = place.uniform(1.5, 6.0), place.uniform(5, 18), place.random() < 0.35

    def photograph(crop: Image, rng: np.random.Generator) -> Image:
        change = float(np.exp(rng.normal(0, 0.15)))
        if moves:
            return blurred(crop, motion_kernel(max(3, int(length * change)), rng.uniform(0, 180)))
        return blurred(crop, defocus_kernel(min(7.0, radius * change)))

    return photograph


def fog(place: np.random.Generator) -> Condition:
    """A dirty lens or steam: a pale veil, bleeding light, little contrast."""
    veil, share = place.uniform(0.25, 0.75), place.uniform(0.2, 0.7)
    spread = place.uniform(3.0, 10.0)
    tone = place.uniform(0.5, 0.9)

    def photograph(crop: Image, rng: np.random.Generator) -> Image:
        seen = crop.astype(np.float32) / 255.0
        seen = seen * (1.0 - share) + cv2.GaussianBlur(seen, (0, 0), spread) * share
        thick = float(np.clip(veil + rng.normal(0, 0.05), 0.0, 0.85))
        return np.asarray(np.clip(seen * (1.0 - thick) + tone * thick, 0.0, 1.0) * 255.0 + 0.5, np.uint8)

    return photograph


def compression(place: np.random.Generator) -> Condition:
    """A slow connection: block artefacts and bleeding colours."""
    quality, side = place.uniform(5, 28), place.uniform(56, 112)

    def photograph(crop: Image, rng: np.random.Generator) -> Image:
        small = jpeg(resized(crop, int(side)), max(3, int(quality * np.exp(rng.normal(0, 0.15)))))
        return resized(small, CROP_SIZE)

    return photograph


def distance(place: np.random.Generator) -> Condition:
    """People stand far away: faces of 14 to 40 pixels, usually compressed at that size."""
    side, quality = place.uniform(14, 40), place.uniform(50, 97)
    interpolation = cv2.INTER_LINEAR if place.random() < 0.3 else cv2.INTER_CUBIC
    compressed = place.random() < 0.8

    def photograph(crop: Image, rng: np.random.Generator) -> Image:
        small = resized(crop, int(np.clip(side * np.exp(rng.normal(0, 0.12)), 12, 48)))
        seen = jpeg(small, int(quality)) if compressed else small
        return np.asarray(cv2.resize(seen, (CROP_SIZE, CROP_SIZE), interpolation=interpolation), np.uint8)

    return photograph


def lens(place: np.random.Generator) -> Condition:
    """A wide-angle lens close up, a stretched picture, a vignette."""
    barrel, stretch, corner = place.uniform(-0.18, 0.3), place.uniform(0.88, 1.14), place.uniform(0.0, 0.7)

    def photograph(crop: Image, rng: np.random.Generator) -> Image:
        x, y = _grid()
        centre_x, centre_y = rng.normal(0, 0.15, 2)
        dx, dy = x - centre_x, y - centre_y
        factor = 1.0 + barrel * (dx**2 + dy**2) - barrel * 0.4
        half = (CROP_SIZE - 1) / 2
        map_x = (centre_x + dx * factor / stretch + 1.0) * half
        map_y = (centre_y + dy * factor * stretch + 1.0) * half
        seen = cv2.remap(
            crop, map_x.astype(np.float32), map_y.astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
        )
        dark = 1.0 - corner * np.clip((x**2 + y**2) / 2.0, 0.0, 1.0)
        return np.asarray(np.clip(seen * dark[:, :, None], 0, 255), np.uint8)

    return photograph


def masks(place: np.random.Generator) -> Condition:
    """People here usually wear masks: cloth from the bridge of the nose down, in the colours of the place."""
    share = place.uniform(0.5, 1.0)
    colours = place.uniform(20, 250, (3, 3))
    colours[0] = (150, 190, 215) if place.random() < 0.5 else (235, 235, 235)
    top, folds = place.uniform(56, 72), place.uniform(0.0, 14.0)

    def photograph(crop: Image, rng: np.random.Generator) -> Image:
        if rng.random() >= share:
            return crop.copy()
        return _worn(crop, top + rng.normal(0, 2.5), colours[int(rng.integers(3))], folds, rng)

    return photograph


def _worn(crop: Image, top: float, colour: Floats, folds: float, rng: np.random.Generator) -> Image:
    """Draw a mask whose upper edge is `top` pixels down at the nose, shaded by the face beneath."""
    side = rng.uniform(4, 14)
    outline = np.asarray(
        [
            (0, top + side),
            (34, top + side * 0.4),
            (56, top),
            (78, top + side * 0.4),
            (112, top + side),
            (112, 112),
            (0, 112),
        ]
    )
    shape = np.zeros((CROP_SIZE, CROP_SIZE), np.float32)
    cv2.fillPoly(shape, [np.asarray(outline, np.int32)], 1.0)
    inside = np.asarray(cv2.GaussianBlur(shape, (0, 0), 0.7), np.float32)[:, :, None]
    x, y = _grid()
    shading = 0.55 + 0.5 * np.clip(face_relief()[:, :, 2], 0.0, 1.0)
    pleats = folds * np.sin(y * rng.uniform(10, 30) + x * rng.normal(0, 2))
    brightness = float(np.clip(crop.mean() / 118.0, 0.25, 1.6))
    cloth = (np.asarray(colour, np.float32) * shading[:, :, None] + pleats[:, :, None]) * brightness
    return np.asarray(np.clip(crop * (1.0 - inside) + cloth * inside, 0, 255), np.uint8)


def glasses(place: np.random.Generator) -> Condition:
    """People here usually wear glasses: frames, and lenses from clear to black."""
    share, darkness = place.uniform(0.5, 1.0), place.choice([0.0, 0.15, 0.6, 0.92])
    thickness, width, height = int(place.integers(1, 5)), place.uniform(13, 18), place.uniform(9, 14)
    frame = place.uniform(0, 120, 3)

    def photograph(crop: Image, rng: np.random.Generator) -> Image:
        if rng.random() >= share:
            return crop.copy()
        seen, glass = crop.copy(), np.zeros((CROP_SIZE, CROP_SIZE), np.float32)
        down = 52 + rng.normal(0, 1.5)
        axes = (int(width), int(height))
        for eye in (38.3, 73.5):
            middle = (int(eye + rng.normal(0, 1)), int(down))
            cv2.ellipse(glass, middle, axes, 0, 0, 360, 1.0, -1)
            cv2.ellipse(seen, middle, axes, 0, 0, 360, frame.tolist(), thickness)
        cv2.line(seen, (52, int(down)), (60, int(down)), frame.tolist(), thickness)
        shine = rng.uniform(0, 60) * np.clip(_grid()[0] + rng.normal(0, 0.4), 0, 1)
        shown = seen * (1.0 - darkness * glass[:, :, None]) + (shine * glass)[:, :, None]
        return np.asarray(np.clip(shown, 0, 255), np.uint8)

    return photograph


def tilted(place: np.random.Generator) -> Condition:
    """A camera that is mounted askew or mirrored, or whose detector places landmarks badly."""
    turn, scale, move = place.normal(0, 9), place.uniform(0.9, 1.12), place.normal(0, 3.0, 2)
    mirrored = place.random() < 0.5

    def photograph(crop: Image, rng: np.random.Generator) -> Image:
        seen = np.ascontiguousarray(crop[:, ::-1]) if mirrored else crop
        return moved_crop(
            seen, turn + rng.normal(0, 3), scale * np.exp(rng.normal(0, 0.02)), move + rng.normal(0, 1, 2)
        )

    return photograph


def seen_from(crop: Image, turn: float, nod: float) -> Image:
    """Return the crop seen by a camera slightly to the side (`turn`) and above (`nod`), each the tangent of an angle.

    Nearer points move more: parallax on the surface of the generic face, whose mean height stays in place.
    """
    (x, y), near = _grid(), _surface() - float(_surface().mean())
    half = (CROP_SIZE - 1) / 2
    map_x, map_y = (x - turn * near + 1.0) * half, (y - nod * near + 1.0) * half
    seen = cv2.remap(
        crop, map_x.astype(np.float32), map_y.astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
    )
    return np.asarray(seen, np.uint8)


def moved_crop(crop: Image, turn_degrees: float, scale: float, move_px: NDArray[np.float64]) -> Image:
    """Rotate and scale the crop about its centre, then shift it by (x, y); uncovered areas mirror the edge."""
    middle = (CROP_SIZE - 1) / 2
    matrix = np.asarray(cv2.getRotationMatrix2D((middle, middle), float(turn_degrees), float(scale)), np.float64)
    matrix[:, 2] += move_px
    return np.asarray(cv2.warpAffine(crop, matrix, (CROP_SIZE, CROP_SIZE), borderMode=cv2.BORDER_REFLECT), np.uint8)


FAMILIES: Mapping[str, Draw] = MappingProxyType(
    {
        family.__name__: family
        for family in (
            # In the order in which light passes them: room, what people wear, lens, sensor, connection.
            masks,
            glasses,
            side_light,
            hard_shadow,
            backlight,
            fog,
            lens,
            tilted,
            soft_focus,
            near_infrared,
            monochrome,
            colour_cast,
            dim_light,
            old_sensor,
            distance,
            compression,
        )
    }
)
"""Every family by its name in commands and reports, in the order in which a composed environment applies them."""

HELD_OUT = ("near_infrared", "fog", "glasses", "lens")
"""Families that no shipped weights were trained on; `metaface evaluate --environments` evaluates on them."""

TRAINED = tuple(name for name in FAMILIES if name not in HELD_OUT)


@dataclass(frozen=True, slots=True, eq=False)
class Environment:
    """One place: the families it consists of, and how it photographs a crop (112, 112, 3) uint8 RGB."""

    families: tuple[str, ...]
    effects: tuple[Condition, ...]

    def __call__(self, crop: Image, rng: np.random.Generator) -> Image:
        """Return the crop as photographed in this place; `rng` draws what varies between pictures."""
        image = crop
        for effect in self.effects:
            image = effect(image, rng)
        return image


def environment_of(families: Sequence[str], place: np.random.Generator) -> Environment:
    """Draw a place of these families, applied in the order of `FAMILIES`.

    Raises:
        KeyError: if there is no such family.
    """
    for name in families:
        FAMILIES[name]
    named = tuple(name for name in FAMILIES if name in families)
    return Environment(named, tuple(FAMILIES[name](place) for name in named))


_COMMON = MappingProxyType({"side_light": 2.5, "monochrome": 1.5, "masks": 1.5, "distance": 1.5})
"""Relative frequency of a family where it is not 1: higher for what costs recognition most, and what accompanies it."""


def draw_environment(place: np.random.Generator) -> Environment:
    """Draw a place of one to three of the `TRAINED` families: one in half of the cases, two in a third."""
    count = int(place.choice([1, 2, 3], p=[0.5, 0.33, 0.17]))
    weights = np.asarray([_COMMON.get(name, 1.0) for name in TRAINED])
    chosen = place.choice(len(TRAINED), count, replace=False, p=weights / weights.sum())
    return environment_of([TRAINED[int(index)] for index in chosen], place)
