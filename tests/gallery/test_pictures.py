from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metaface_gui.gallery.pictures import picture_size


def encoded(suffix: str, width: int, height: int, options: tuple[int, ...] = ()) -> bytes:
    image = np.random.default_rng(0).integers(0, 255, (height, width, 3), np.uint8)
    done, data = cv2.imencode(suffix, image, list(options))
    assert done
    return data.tobytes()


@pytest.mark.parametrize(
    ("suffix", "options"),
    [
        (".jpg", ()),
        (".jpg", (cv2.IMWRITE_JPEG_PROGRESSIVE, 1)),
        (".png", ()),
        (".webp", (cv2.IMWRITE_WEBP_QUALITY, 80)),
        (".webp", (cv2.IMWRITE_WEBP_QUALITY, 101)),
    ],
)
def test_size_is_what_the_decoder_gives(suffix: str, options: tuple[int, ...]) -> None:
    assert picture_size(encoded(suffix, 217, 131, options)) == (217, 131)


def test_webp_with_extended_header() -> None:
    data = b"RIFF\x20\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x10\x00\x00\x00\xff\x3f\x00\x0f\x00\x00"
    assert picture_size(data) == (16384, 16)


def test_size_comes_from_the_header_alone() -> None:
    bomb = encoded(".png", 8, 8)
    bomb = bomb[:16] + (60_000).to_bytes(4, "big") + (50_000).to_bytes(4, "big") + bomb[24:]
    assert picture_size(bomb) == (60_000, 50_000)


@given(st.sampled_from([".jpg", ".png", ".webp"]), st.integers(0, 40))
def test_cut_off_header_is_refused_or_read(suffix: str, length: int) -> None:
    try:
        size = picture_size(encoded(suffix, 9, 7)[:length])
    except ValueError:
        return
    assert size == (9, 7)


@given(st.binary(max_size=200), st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF1234WEBP"]))
def test_noise_never_does_more_than_be_refused(noise: bytes, beginning: bytes) -> None:
    try:
        picture_size(beginning + noise)
    except ValueError as error:
        assert str(error)  # noqa: PT017
