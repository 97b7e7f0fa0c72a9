"""What the stages' tests share: a face that is painted, not photographed."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from metaface_gui.types import Floats, Image

PaintFace = Callable[[int], Image]


@pytest.fixture
def paint_face() -> PaintFace:
    """Paint a picture `height` pixels high and 5/6 as wide; its face is about 0.55 of that high."""
    return painted_face


@pytest.fixture
def painted_landmarks() -> Floats:
    """Where the eyes, the nose's tip and the mouth's corners are painted, (5, 2), as shares of the picture's height."""
    points = [(160, 232), (240, 232), (203, 290), (166, 330), (234, 330)]
    return np.array(points, np.float32) / 480.0


def painted_face(height: int) -> Image:
    image = np.full((480, 400, 3), (120, 115, 110), np.uint8)
    cv2.ellipse(image, (200, 240), (110, 150), 0, 0, 360, (40, 50, 70), -1)  # hair
    cv2.ellipse(image, (200, 260), (95, 130), 0, 0, 360, (150, 180, 220), -1)  # skin
    for side in (-1, 1):
        x = 200 + side * 40
        cv2.ellipse(image, (x, 205), (26, 6), 0, 180, 360, (50, 60, 80), 5)  # brow
        cv2.ellipse(image, (x, 232), (20, 10), 0, 0, 360, (245, 245, 245), -1)
        cv2.circle(image, (x, 232), 9, (60, 60, 60), -1)
        cv2.ellipse(image, (x, 228), (22, 10), 0, 180, 360, (80, 90, 110), 4)  # lid
        cv2.ellipse(image, (200 + side * 14, 290), (7, 5), 0, 0, 360, (90, 110, 150), -1)  # nostril
    cv2.line(image, (206, 235), (210, 285), (125, 155, 195), 6)
    cv2.ellipse(image, (200, 292), (20, 10), 0, 0, 180, (110, 140, 180), 4)
    cv2.ellipse(image, (200, 330), (36, 12), 0, 0, 360, (90, 90, 170), -1)  # lips
    cv2.line(image, (166, 330), (234, 330), (60, 60, 110), 3)
    blurred = cv2.GaussianBlur(image, (0, 0), 3)
    resized: Image = cv2.resize(blurred, (round(height * 400 / 480), height), interpolation=cv2.INTER_AREA).astype(
        np.uint8
    )
    return resized
