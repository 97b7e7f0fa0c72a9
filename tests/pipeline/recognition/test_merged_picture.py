"""Several noisy pictures of one face, none quite where the others are, and the one that they make."""

from __future__ import annotations

import cv2
import numpy as np

from metaface_gui.pipeline.recognition.merged_picture import MergedPicture
from metaface_gui.types import Image

SIDE = 112


def face() -> Image:
    """Something with eyes, a nose and a mouth."""
    image = np.full((SIDE, SIDE, 3), 90, np.uint8)
    cv2.ellipse(image, (56, 60), (38, 48), 0.0, 0.0, 360.0, (190, 160, 140), -1)
    for x in (40, 72):
        cv2.circle(image, (x, 50), 6, (40, 30, 30), -1)
    cv2.line(image, (56, 55), (52, 72), (120, 90, 80), 3)
    cv2.ellipse(image, (56, 86), (16, 6), 0.0, 0.0, 180.0, (110, 40, 50), 3)
    return image


def taken(random: np.random.Generator, *, noise: float = 40.0) -> Image:
    """It once more: a little elsewhere, a little turned, with a sensor's noise."""
    move = np.asarray(cv2.getRotationMatrix2D((56, 56), float(random.normal(0, 4)), 1.0), np.float64)
    move[:, 2] += random.normal(0, 2, 2)
    seen = cv2.warpAffine(face(), move, (SIDE, SIDE), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(np.clip(seen + random.normal(0, noise, seen.shape), 0, 255), np.uint8)


def error(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one.astype(np.float64) - other)[16:-16, 16:-16].mean())


def test_pictures_are_laid_upon_the_first() -> None:
    random = np.random.default_rng(0)
    pictures = [face(), *(taken(random) for _ in range(8))]
    merged = MergedPicture(pictures[0])
    for picture in pictures[1:]:
        merged.add(picture)
    found = error(merged.picture(), face())
    assert found < 0.6 * error(np.mean(pictures, axis=0), face()), "a mean without laying them upon each other"
    assert found < 0.25 * error(pictures[1], face())


def test_older_pictures_fade() -> None:
    dark, light = np.full((SIDE, SIDE, 3), 20, np.uint8), np.full((SIDE, SIDE, 3), 200, np.uint8)
    merged = MergedPicture(dark)
    for _ in range(3):
        merged.add(dark)
    for _ in range(60):
        merged.add(light)  # nothing to fit it by, nor does it matter
    assert merged.picture().min() >= 195
