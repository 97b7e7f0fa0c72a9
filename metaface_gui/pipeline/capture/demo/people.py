"""The people of the demo scene: their portraits with origin and licence, and stills for enrolling them.

Lives here: reading `assets/portraits`, the enrolment stills. May not live here: the moving scene.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from metaface_gui.errors import QT_TRANSLATE_NOOP, SourceError
from metaface_gui.resources import assets_dir
from metaface_gui.types import Floats, Image

_STILL_HEIGHT = 640


@dataclass(frozen=True, slots=True, eq=False)
class Portrait:
    """A photograph. `image` is (height, width, 4) uint8, BGR and alpha (not premultiplied), or has 3 channels.

    `box_xyxy` (4,) and `landmarks` (5, 2), float32, in its pixels, were detected by YuNet.
    """

    image: Image
    box_xyxy: Floats
    landmarks: Floats


@dataclass(frozen=True, slots=True, eq=False)
class ScenePerson:
    """A person of the scene: `cutout` is drawn in it, `photos` are other photographs (most people have none)."""

    name: str
    is_stranger: bool
    cutout: Portrait
    photos: tuple[Portrait, ...]


@dataclass(frozen=True, slots=True, eq=False)
class DemoPerson:
    """A person to enrol before the scene is shown. Each still is (height, width, 3) uint8 BGR with one face."""

    name: str
    stills: tuple[Image, ...]


def load_scene_people(folder: Path | None = None, *, has_photos: bool = True) -> tuple[ScenePerson, ...]:
    """Read the portraits listed in `portraits.json` from `folder` or the shipped assets; without photos, only cut-outs.

    Raises:
        SourceError: if the list or a picture is missing or damaged.
    """
    folder = folder or assets_dir() / "portraits"
    people = []
    try:
        listed = json.loads((folder / "portraits.json").read_text(encoding="utf-8"))["people"]
        for person in listed:
            cutouts: list[Portrait] = []
            photos: list[Portrait] = []
            for entry in person["portraits"]:
                is_cutout = entry["use"].startswith("scene")
                if not (is_cutout or has_photos):
                    continue
                image = _decode(folder / entry["file"])
                portrait = Portrait(
                    image, np.array(entry["box_xyxy"], np.float32), np.array(entry["landmarks"], np.float32)
                )
                (cutouts if is_cutout else photos).append(portrait)
            people.append(ScenePerson(str(person["name"]), bool(person["is_stranger"]), cutouts[0], tuple(photos)))
    except (OSError, ValueError, KeyError, TypeError, IndexError, cv2.error) as error:
        raise SourceError(
            QT_TRANSLATE_NOOP(
                "Errors", "The demo's portraits in {path} are missing or damaged. Install MetaFace again."
            ),
            path=folder,
        ) from error
    return tuple(people)


def demo_people(folder: Path | None = None) -> tuple[DemoPerson, ...]:
    """Return everybody to enrol for the demo, in order of appearance; this excludes the stranger.

    If a person has photographs that are not in the scene, the stills come from these. Otherwise they are renderings of
    the scene's photograph with another background, crop, light, tilt and sharpness, which is easier than reality.

    Raises:
        SourceError: as `load_scene_people`.
    """
    return tuple(
        DemoPerson(person.name, _stills(person)) for person in load_scene_people(folder) if not person.is_stranger
    )


@dataclass(frozen=True, slots=True)
class _Take:
    """How a still is rendered from a cut-out: face height in picture heights, tilt, squeeze (a slightly turned head is
    narrower), light, standard deviation of the blur in pixels, and the background's grey level."""

    face: float
    roll_deg: float
    squeeze: float
    gain: float
    blur: float
    backdrop: float


_TAKES = (
    _Take(0.46, 0.0, 1.00, 1.00, 0.0, 178.0),
    _Take(0.38, 6.0, 0.93, 0.80, 0.6, 120.0),
    _Take(0.56, -5.0, 0.96, 1.12, 0.0, 206.0),
    _Take(0.36, -2.0, 1.04, 0.92, 1.0, 90.0),
)


def _stills(person: ScenePerson) -> tuple[Image, ...]:
    if person.photos:
        plain = [np.ascontiguousarray(photo.image) for photo in person.photos]
        # The same two photographs again, smaller and in different light, so that nobody depends on only two shots.
        other = [
            cv2.convertScaleAbs(cv2.resize(photo, None, fx=0.7, fy=0.7, interpolation=cv2.INTER_AREA), None, gain, 0)
            for photo, gain in zip(plain, (0.85, 1.2), strict=False)
        ]
        return tuple(np.asarray(still, np.uint8) for still in [*plain, *other])
    return tuple(_render_take(person.cutout, take) for take in _TAKES)


def _render_take(portrait: Portrait, take: _Take) -> Image:
    size = round(0.9 * _STILL_HEIGHT), _STILL_HEIGHT
    x1, y1, x2, y2 = (float(value) for value in portrait.box_xyxy)
    scale = take.face * _STILL_HEIGHT / (y2 - y1)
    turn = cv2.getRotationMatrix2D(((x1 + x2) / 2, (y1 + y2) / 2), take.roll_deg, scale)
    turn[0] *= take.squeeze
    # Move the face's centre to the horizontal centre, slightly above half height.
    centre = turn @ np.array([(x1 + x2) / 2, (y1 + y2) / 2, 1.0])
    turn[:, 2] += np.array([0.5 * size[0], 0.44 * size[1]]) - centre
    interpolation = cv2.INTER_AREA if scale < 0.5 else cv2.INTER_LINEAR
    warped = cv2.warpAffine(portrait.image, turn, size, flags=interpolation, borderMode=cv2.BORDER_REPLICATE)
    inside = cv2.warpAffine(np.full(portrait.image.shape[:2], 255, np.uint8), turn, size)
    alpha = (np.minimum(warped[..., 3], inside) / 255.0)[..., None]
    shade = np.linspace(1.1, 0.85, size[1])[:, None, None] * take.backdrop
    still = np.asarray(alpha * warped[..., :3] + (1.0 - alpha) * shade, np.float32)
    if take.blur > 0.0:
        still = np.asarray(cv2.GaussianBlur(still, (0, 0), take.blur), np.float32)
    return np.asarray(np.clip(take.gain * still, 0.0, 255.0).round(), np.uint8)


def _decode(path: Path) -> Image:
    image = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_UNCHANGED)
    if image is None:
        raise ValueError(f"{path} is no picture")
    return np.asarray(image, np.uint8)
