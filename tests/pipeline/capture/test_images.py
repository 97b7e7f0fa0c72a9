from __future__ import annotations

import struct
import warnings
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image as PillowImage

from metaface_gui.errors import SourceError
from metaface_gui.pipeline.capture.images import ImageFileSource, ImageFolderSource, read_image
from metaface_gui.pipeline.capture.specification import make_source, parse_source
from tests.pipeline.capture.heic_grid import can_make_heic, heic_in_tiles


def write(path: Path, image: np.ndarray) -> Path:
    done, data = cv2.imencode(path.suffix, image)
    assert done
    data.tofile(path)
    return path


def grey(value: int) -> np.ndarray:
    return np.full((30, 40, 3), value, np.uint8)


def test_colours_come_as_bgr(tmp_path: Path) -> None:
    image = np.zeros((30, 40, 3), np.uint8)
    image[..., 0] = 200
    assert np.array_equal(read_image(write(tmp_path / "blue.png", image)), image)


@pytest.mark.parametrize("name", ["ünï çödé 😀.png", "sp ace.webp", "UPPER.JPG"])
def test_any_name_and_format(tmp_path: Path, name: str) -> None:
    assert read_image(write(tmp_path / name, grey(120))).shape == (30, 40, 3)


def test_sixteen_bit_grey_becomes_eight_bit_colour(tmp_path: Path) -> None:
    image = read_image(write(tmp_path / "deep.png", np.full((30, 40), 32768, np.uint16)))
    assert image.dtype == np.uint8
    assert image.shape == (30, 40, 3)
    assert abs(int(image[0, 0, 0]) - 128) <= 1


def test_transparency_is_dropped(tmp_path: Path) -> None:
    assert read_image(write(tmp_path / "clear.png", np.full((30, 40, 4), 99, np.uint8))).shape == (30, 40, 3)


def test_exif_orientation_is_respected(tmp_path: Path) -> None:
    path = tmp_path / "turned.jpg"
    exif = PillowImage.Exif()
    exif[0x0112] = 6
    PillowImage.new("RGB", (40, 30)).save(path, exif=exif)
    assert read_image(path).shape == (40, 30, 3)


@pytest.mark.parametrize(
    ("content", "match"),
    [(None, "Cannot read"), (b"", "0 bytes"), (b"Dear reader", "not a picture")],
    ids=["missing", "empty", "text"],
)
def test_what_is_no_picture_is_said(tmp_path: Path, content: bytes | None, match: str) -> None:
    path = tmp_path / "a.jpg"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SourceError, match=match):
        read_image(path)


def test_directory_called_jpg(tmp_path: Path) -> None:
    path = tmp_path / "folder.jpg"
    path.mkdir()
    with pytest.raises(SourceError, match="Cannot read"):
        read_image(path)


def test_cut_off_png(tmp_path: Path) -> None:
    path = write(tmp_path / "cut.png", np.random.default_rng(0).integers(0, 255, (60, 60, 3), np.uint8))
    path.write_bytes(path.read_bytes()[:60])
    with pytest.raises(SourceError, match="is cut off"):
        read_image(path)


def encoded(form: str, *, pictures: int) -> bytes:
    file = BytesIO()
    first, *others = (PillowImage.new("RGB", (60, 40), (90 * n, 20, 30)) for n in range(pictures))
    first.save(file, form, **({"save_all": True, "append_images": others} if others else {}))
    return file.getvalue()


def look_through(path: Path) -> None:
    """Look at each picture; that it cannot be looked at is an answer, too."""
    try:
        source = make_source(parse_source(str(path)))
        source.open()
        while source.read() is not None:
            pass
        source.close()
    except SourceError:
        pass


def test_wherever_a_gif_is_cut_off_it_is_said(tmp_path: Path) -> None:
    path, whole = tmp_path / "cut.gif", encoded("GIF", pictures=2)
    for length in range(1, len(whole)):
        path.write_bytes(whole[:length])
        look_through(path)


def test_a_damaged_avif_and_a_tiff_with_a_damaged_page_are_said(tmp_path: Path) -> None:
    avif, tiff = encoded("AVIF", pictures=1), encoded("TIFF", pictures=2)
    colours, width = avif.index(b"mdat") + 4, tiff.rindex(struct.pack("<HH", 256, 4))
    for name, data in {
        "dark.avif": avif[:colours] + bytes(len(avif) - colours),
        "no width.tif": tiff[:width] + b"P" + tiff[width + 1 :],
    }.items():
        (tmp_path / name).write_bytes(data)
        look_through(tmp_path / name)
    with pytest.raises(SourceError):
        read_image(tmp_path / "dark.avif")


def test_pillow_says_nothing_by_itself(tmp_path: Path, recwarn: pytest.WarningsRecorder) -> None:
    warnings.simplefilter("always")
    path = tmp_path / "large.png"
    PillowImage.new("1", (10_000, 9_000)).save(path)
    with pytest.raises(SourceError, match="over 89 million pixels"):
        read_image(path)
    path, whole = tmp_path / "cut.tif", encoded("TIFF", pictures=1)
    for length in (8, 10, 46):
        path.write_bytes(whole[:length])
        look_through(path)
    assert [str(warning.message) for warning in recwarn] == []


def test_a_picture_larger_than_the_memory_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def too_much(*_: object) -> None:
        raise MemoryError("Unable to allocate 8 TiB")

    path = write(tmp_path / "a.png", grey(1))
    monkeypatch.setattr(np, "fromfile", too_much)
    with pytest.raises(SourceError, match=r"Cannot read .*8 TiB"):
        read_image(path)


def test_huge_picture_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    PillowImage.new("1", (12_000, 12_000)).save(path)
    assert path.stat().st_size < 100_000
    with pytest.raises(SourceError, match="over 89 million pixels"):
        read_image(path)


def test_one_picture_once(tmp_path: Path) -> None:
    source = ImageFileSource(write(tmp_path / "a.png", grey(1)))
    source.open()
    assert source.frame_count == 1
    assert source.read() is not None
    assert source.read() is None


def test_repeated_picture_is_ten_frames_a_second(tmp_path: Path) -> None:
    source = ImageFileSource(write(tmp_path / "a.png", grey(1)), repeat=True)
    source.open()
    frames = [source.read() for _ in range(3)]
    assert [frame.time_s for frame in frames if frame] == pytest.approx([0.0, 0.1, 0.2])


def test_folder_in_natural_order_without_what_is_no_picture(tmp_path: Path) -> None:
    for name, value in (("shot10.png", 10), ("shot2.png", 2), ("shot1.png", 1)):
        write(tmp_path / name, grey(value))
    (tmp_path / "notes.txt").write_text("no picture")
    (tmp_path / "broken.jpg").write_text("no picture either")
    (tmp_path / "deeper").mkdir()
    source = ImageFolderSource(tmp_path)
    source.open()
    values = [int(frame.image_bgr[0, 0, 0]) for frame in iter(source.read, None)]
    assert values == [1, 2, 10]
    assert [remark.error.values["path"] for remark in source.remarks if remark.is_loss] == [tmp_path / "broken.jpg"]


def test_folder_without_pictures(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no picture in"):
        ImageFolderSource(tmp_path).open()


def test_folder_of_broken_pictures(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_text("x")
    source = ImageFolderSource(tmp_path)
    source.open()
    with pytest.raises(SourceError, match="None of the 1 pictures"):
        source.read()


def test_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="Cannot read the folder"):
        ImageFolderSource(tmp_path / "gone").open()


@pytest.mark.skipif(not can_make_heic(), reason="this FFmpeg does not encode HEVC")
def test_a_heic_in_tiles_is_shown_whole(tmp_path: Path) -> None:
    """As phones store them: six tiles of 128 pixels side by side, cut down to 380 × 250."""
    colours = np.array([[(0, 0, 220), (0, 220, 0), (220, 0, 0)], [(0, 220, 220), (220, 0, 220), (200, 200, 200)]])
    tiled = colours.astype(np.uint8).repeat(128, axis=0).repeat(128, axis=1)
    path = tmp_path / "phone.heic"
    path.write_bytes(heic_in_tiles(tiled, 128, (380, 250)))
    source = make_source(parse_source(str(path)))
    source.open()
    frame = source.read()
    source.close()
    assert frame is not None
    assert frame.image_bgr.shape == (250, 380, 3)
    shown = frame.image_bgr[[[60], [190]], [[60, 190, 320]]].astype(int)
    assert np.abs(shown - colours).max() < 8
