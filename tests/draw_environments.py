"""Draws what `metalearning/environments.py` makes of four faces: `python -m tests.draw_environments`, when it changes.

First the face as it is, then a place of each family, then places as meta-training draws them; a cell's four pictures
are of one place. The faces are the demo scene's portraits, whose origin and licence `assets/portraits` gives.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from PIL import Image as PillowImage
from PIL import ImageDraw, ImageFont

from metaface_gui.metalearning.environments import FAMILIES, HELD_OUT, Environment, draw_environment, environment_of
from metaface_gui.pipeline.capture.demo.people import load_scene_people
from metaface_gui.pipeline.detection.align import align
from metaface_gui.resources import assets_dir
from metaface_gui.types import Image

SHEET = assets_dir() / "environments.jpg"
CELLS = 40
_COLUMNS = 5
_FACE = 72
_TITLE = 18
_GAP = 8
_SEED = 7


def faces() -> list[Image]:
    """Four portraits of the demo scene, (112, 112, 3) uint8 RGB, upright."""
    portraits = [person.cutout for person in load_scene_people()][:4]
    return [align(np.ascontiguousarray(one.image[..., :3]), one.landmarks[None], 112)[0] for one in portraits]


def places() -> list[tuple[str, Environment]]:
    """Title and place of each cell: nothing, every family once, and drawn ones for the rest."""
    rng = np.random.default_rng(_SEED)
    cells = [("as it is", Environment((), ()))]
    cells += [(f"{name} (left out)" if name in HELD_OUT else name, environment_of([name], rng)) for name in FAMILIES]
    while len(cells) < CELLS:
        drawn = draw_environment(rng)
        cells.append((" + ".join(drawn.families), drawn))
    return cells


def draw() -> PillowImage.Image:
    """The contact sheet."""
    width = 4 * _FACE + _GAP
    height = _TITLE + _FACE + _GAP
    sheet = PillowImage.new("RGB", (_COLUMNS * width + _GAP, -(-CELLS // _COLUMNS) * height + _GAP), "white")
    pen = ImageDraw.Draw(sheet)
    font = ImageFont.truetype(str(assets_dir() / "fonts" / "Inter-Regular.ttf"), 12)
    people = faces()
    for index, (title, place) in enumerate(places()):
        left, top = _GAP + index % _COLUMNS * width, _GAP + index // _COLUMNS * height
        pen.text((left, top), title.replace("_", " "), fill="black", font=font)
        rng = np.random.default_rng([_SEED, index])
        for column, face in enumerate(people):
            small = cv2.resize(place(face, rng), (_FACE, _FACE), interpolation=cv2.INTER_AREA)
            sheet.paste(PillowImage.fromarray(small), (left + column * _FACE, top + _TITLE))
    return sheet


def main(path: Path = SHEET) -> None:
    """Write the sheet."""
    draw().save(path, quality=80, optimize=True)


if __name__ == "__main__":
    main()
