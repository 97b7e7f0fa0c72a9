from __future__ import annotations

import cv2
import numpy as np
import pytest

from metaface_gui.gui.panels.pictures import decode_square, initials
from tests.gui.panels.samples import picture


def encoded(width: int, height: int, suffix: str = ".png") -> bytes:
    """Red left of the middle third, green in it, blue right of it."""
    image = np.zeros((height, width, 3), np.uint8)
    image[:, : width // 3, 2] = 255
    image[:, width // 3 : width - width // 3, 1] = 255
    image[:, width - width // 3 :, 0] = 255
    ok, data = cv2.imencode(suffix, image)
    assert ok
    return data.tobytes()


@pytest.mark.parametrize(("width", "height"), [(300, 100), (30, 10), (1, 1), (3000, 1000)])
def test_the_middle_square_is_taken_at_the_asked_size(width: int, height: int) -> None:
    image = decode_square(encoded(width, height), 48)
    assert (image.width(), image.height()) == (48, 48)
    if width > height:
        assert image.pixelColor(24, 24).green() > 250
        assert image.pixelColor(2, 24).green() > 150  # nothing of the red third


@pytest.mark.parametrize("data", [None, b"", b"not a picture"])
def test_what_cannot_be_decoded_is_no_picture(data: bytes | None) -> None:
    assert decode_square(data, 48).isNull()


@pytest.mark.no_qt_log  # the decoder says what it thinks of the file
def test_half_a_picture_is_none_or_half_grey() -> None:
    image = decode_square(picture(3)[:200], 48)
    assert image.isNull() or image.width() == 48


@pytest.mark.parametrize(
    ("name", "letters"),
    [("ada", "A"), ("Ada King Lovelace", "AL"), ("😀 Ада", "А"), ("😀", "😀"), ("<b>", "<"), ("שרה כהן", "שכ")],
)
def test_initials(name: str, letters: str) -> None:
    assert initials(name) == letters
