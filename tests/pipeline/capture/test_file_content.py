"""What files are by what is in them, and pictures that move."""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image as PillowImage

from metaface_gui.errors import SourceError
from metaface_gui.pipeline.capture.file_content import Content, content_of, end_of_jpeg, is_transport_stream
from metaface_gui.pipeline.capture.images import ImageFolderSource, read_image
from metaface_gui.pipeline.capture.specification import SourceKind, make_source, parse_source
from tests.pipeline.capture.videos import moving, write_video


def pictures() -> list[PillowImage.Image]:
    return [PillowImage.fromarray(picture[..., ::-1].copy()) for picture in moving(4, 64, 48)]


def jpeg(picture: PillowImage.Image) -> bytes:
    data = BytesIO()
    picture.save(data, "JPEG")
    return data.getvalue()


def times(path: Path) -> list[float]:
    source = make_source(parse_source(str(path)))
    source.open()
    found = []
    while (frame := source.read()) is not None:
        assert frame.image_bgr.shape == (48, 64, 3)
        found.append(frame.time_s)
    source.close()
    return found


@pytest.mark.parametrize("suffix", [".gif", ".png", ".webp", ".avif"])
def test_every_picture_of_one_that_moves(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    first, *others = pictures()
    first.save(path, save_all=True, append_images=others, duration=[100, 200, 300, 100])
    assert content_of(path) is Content.MOVING_PICTURE
    assert times(path) == pytest.approx([0.0, 0.1, 0.3, 0.6], abs=0.005)


def test_pages_last_a_second(tmp_path: Path) -> None:
    first, *others = pictures()
    first.save(tmp_path / "a.tiff", save_all=True, append_images=others)
    assert times(tmp_path / "a.tiff") == [0.0, 1.0, 2.0, 3.0]


@pytest.mark.parametrize("name", ["stream.mjpeg", "stream.jpg", "stream"])
def test_jpegs_one_after_another_are_a_video(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"".join(jpeg(picture) for picture in pictures()))
    assert content_of(path) is Content.JPEG_STREAM
    assert times(path) == pytest.approx([0.0, 0.04, 0.08, 0.12])


def test_a_stream_larger_than_the_memory_is_one(tmp_path: Path) -> None:
    path = tmp_path / "camera.mjpeg"
    path.write_bytes(b"".join(map(jpeg, pictures())))
    os.truncate(path, 1 << 40)  # it takes no room on the disk
    assert content_of(path) is Content.JPEG_STREAM


def test_a_preview_behind_a_picture_is_no_stream(tmp_path: Path) -> None:
    first, second, *_ = pictures()
    path = tmp_path / "phone.jpg"
    path.write_bytes(jpeg(first) + jpeg(second.resize((16, 12))))
    assert content_of(path) is Content.PICTURE
    first.save(path, "MPO", save_all=True, append_images=[second])
    assert content_of(path) is Content.PICTURE


def test_the_end_of_a_jpeg_is_not_that_of_its_thumbnail() -> None:
    first, second, *_ = pictures()
    thumbnail = jpeg(second)
    whole = jpeg(first)
    with_thumbnail = whole[:2] + b"\xff\xe1" + (len(thumbnail) + 2).to_bytes(2) + thumbnail + whole[2:]
    assert end_of_jpeg(with_thumbnail) == (len(with_thumbnail), (64, 48))
    assert end_of_jpeg(with_thumbnail[:-40])[0] is None


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".bmp", ".tiff", ".gif", ".jp2", ".avif"])
def test_half_a_picture_is_none(tmp_path: Path, suffix: str, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / f"half{suffix}"
    pictures()[0].resize((256, 192)).save(path)
    assert read_image(path).shape == (192, 256, 3)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(SourceError, match=r"cut off|not a picture"):
        read_image(path)
    assert capfd.readouterr() == ("", ""), "what the libraries would say"


def test_a_folder_says_which_picture_and_what_it_leaves_out(tmp_path: Path) -> None:
    first, *others = pictures()
    first.save(tmp_path / "a.avif")
    first.save(tmp_path / "b.gif", save_all=True, append_images=others)
    (tmp_path / "c").write_bytes(jpeg(first))
    odd = os.fsdecode(b"d\xe9.jpg")
    (tmp_path / odd).write_bytes(jpeg(first))
    (tmp_path / "e.jpg").touch()
    (tmp_path / "notes.txt").write_text("Dear reader")
    (tmp_path / "below").mkdir()
    (tmp_path / ".hidden").touch()
    source = ImageFolderSource(tmp_path)
    source.open()
    names = [frame.file for frame in iter(source.read, None)]
    assert names == ["a.avif", "b.gif", "c", odd]
    said = {str(remark.error): remark.is_loss for remark in source.remarks}
    assert [loss for text, loss in said.items() if "0 bytes" in text] == [True]
    assert [loss for text, loss in said.items() if text.endswith("below/, notes.txt")] == [False]
    assert [loss for text, loss in said.items() if "b.gif contains several" in text] == [False]
    assert len(said) == 3


def test_a_transport_stream_is_known_by_its_bytes(tmp_path: Path) -> None:
    stream = write_video(tmp_path / "a.ts", moving(10), codec="mpeg2video", pixels="yuv420p")
    assert is_transport_stream(stream)
    (tmp_path / "b.ts").write_text("<?xml version='1.0'?><!DOCTYPE TS><TS version='2.1'>" + " " * 800)
    assert not is_transport_stream(tmp_path / "b.ts")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in folders here")
def test_a_pipe_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    with pytest.raises(SourceError, match="is a pipe or a device"):
        parse_source(str(tmp_path / "pipe.jpg"))


@pytest.mark.parametrize("text", ["", " "])
def test_nothing_is_not_this_folder(text: str) -> None:
    with pytest.raises(SourceError, match="nothing at"):
        parse_source(text)


def test_a_name_that_is_not_unicode_is_a_name(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xe9\xff"))
    path.write_bytes(jpeg(pictures()[0]))
    assert parse_source(str(path)).kind is SourceKind.IMAGE
    assert times(path) == [0.0]
