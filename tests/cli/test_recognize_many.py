from __future__ import annotations

import errno
import json
import os
import shutil
from pathlib import Path

import pytest

from metaface_gui.app import write_stills
from metaface_gui.pipeline.capture.demo.people import demo_people
from metaface_gui.pipeline.capture.video_file import VideoFileSource
from tests.cli.conftest import Metaface, Outcome
from tests.cli.scene_clips import write_scene_clips


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a clip of the demo scene, another one in a folder below, one that breaks off, and a letter."""
    folder = tmp_path_factory.mktemp("clips")
    write_scene_clips(folder, {"z.avi": 12, "below/a.avi": 8})
    whole = (folder / "z.avi").read_bytes()
    (folder / "cut.avi").write_bytes(whole[: len(whole) // 3])
    (folder / "letter.mp4").write_text("Dear reader")
    return folder


@pytest.fixture
def gallery(metaface: Metaface, tmp_path: Path) -> Path:
    path, pictures = tmp_path / "g.metaface", tmp_path / "pictures"
    pictures.mkdir()
    write_stills(demo_people()[0], pictures)
    assert metaface("enroll", demo_people()[0].name, pictures, "--gallery", path).code == 0
    return path


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.jsonl")}


def assert_nearly_the_same(some: bytes, others: bytes) -> None:
    lines, other_lines = ([json.loads(line) for line in content.splitlines()] for content in (some, others))
    for line, other in zip(lines, other_lines, strict=True):
        for face, other_face in zip(line["faces"], other["faces"], strict=True):
            assert face.pop("score") == pytest.approx(other_face.pop("score"), abs=2e-4)
            assert face.pop("threshold") == pytest.approx(other_face.pop("threshold"), abs=2e-4)
        assert line == other


def assert_a_mistake(result: Outcome, *words: str) -> None:
    assert result.code == 1
    assert "Traceback" not in result.err
    assert result.err.count("\n") == 1, result.err
    assert all(word in result.err for word in words), result.err


def test_two_processes_one_process_and_each_video_alone_say_the_same(
    metaface: Metaface, clips: Path, gallery: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    command = ("recognize", clips, "--gallery", gallery, "--jsonl", out)
    result = metaface(*command, "--processes", 2)
    assert result.code == 1, "a video failed"
    assert "letter.mp4 is not a video" in result.err
    assert "cut.avi breaks off" in result.err
    assert "2 of 4 videos" in result.err
    assert "2 videos, 20 frames" in result.out
    by_two = files(out)
    assert set(by_two) == {"below/a.avi.jsonl", "z.avi.jsonl"}
    assert not list(out.rglob("*partial*"))

    alone = tmp_path / "alone.jsonl"
    for name in ("below/a.avi", "z.avi"):
        assert metaface("recognize", clips / name, "--gallery", gallery, "--jsonl", alone).code == 0
        # Alone it may use all cores, and sums in another order differ in the last digit that is written.
        assert_nearly_the_same(by_two[f"{name}.jsonl"], alone.read_bytes())
    people = {face["person"] for line in by_two["z.avi.jsonl"].splitlines() for face in json.loads(line)["faces"]}
    assert people == {demo_people()[0].name}

    kept, lost = out / "z.avi.jsonl", out / "below" / "a.avi.jsonl"
    written_ns = kept.stat().st_mtime_ns
    lost.unlink()
    again = metaface(*command, "--processes", 1)
    assert "already have results: 1" in again.out
    assert files(out) == by_two
    assert kept.stat().st_mtime_ns == written_ns

    metaface("gallery", "rename", demo_people()[0].name, "Somebody", "--gallery", gallery)
    assert_a_mistake(metaface(*command), "other people", "--again")
    assert files(out) == by_two


def test_lines_on_the_terminal_name_their_video_in_order_and_annotated_copies_play(
    metaface: Metaface, clips: Path, gallery: Path, tmp_path: Path
) -> None:
    folder, annotated = tmp_path / "mixed", tmp_path / "annotated"
    shutil.copytree(clips, folder, ignore=shutil.ignore_patterns("letter*", "cut*"))
    (folder / "poster.jpg").touch()
    result = metaface("recognize", folder, "--gallery", gallery, "--video", annotated, "--processes", 2)
    assert result.code == 0, result.err
    assert "pictures skipped: 1" in result.err
    records = [json.loads(line) for line in result.out.splitlines()]
    said = [(record["video"], record["frame"]) for record in records]
    assert said == [("below/a.avi", frame) for frame in range(8)] + [("z.avi", frame) for frame in range(12)]
    for name, frames in (("z.avi.mp4", 12), ("below/a.avi.mp4", 8)):
        video = VideoFileSource(annotated / name)
        video.open()
        assert video.frame_count == frames
        video.close()
    assert len(list(annotated.rglob("*.*"))) == 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
def test_a_full_disk_is_one_line(metaface: Metaface, clips: Path, tmp_path: Path, nobody: Path) -> None:
    out = tmp_path / "out"
    single = metaface("recognize", clips / "z.avi", "--gallery", nobody, "--jsonl", "/dev/full")
    assert_a_mistake(single, "Cannot write /dev/full", os.strerror(errno.ENOSPC))
    (out / "below").mkdir(parents=True)
    (out / "below" / "a.avi.partial.jsonl").symlink_to("/dev/full")
    many = metaface("recognize", clips, "--gallery", nobody, "--jsonl", out, "--processes", 1)
    assert_a_mistake(many, "Cannot write", "a.avi.partial.jsonl")  # in the language of the other process
    assert not files(out)


def test_annotated_videos_do_not_become_sources(metaface: Metaface, clips: Path, tmp_path: Path) -> None:
    result = metaface("recognize", clips, "--gallery", tmp_path / "g.metaface", "--video", clips / "annotated")
    assert_a_mistake(result, "outside")


@pytest.mark.parametrize("number", ["0", "-1", "two", "1.5", "²"])
def test_a_number_of_processes_is_one(metaface: Metaface, clips: Path, tmp_path: Path, number: str) -> None:
    assert metaface("recognize", clips, "--gallery", tmp_path / "g", f"--processes={number}").code == 2
