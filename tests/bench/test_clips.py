"""Clips of the scene and of files: so many frames, with their truth, in any size."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from metaface_gui.bench.clips import MOST_PEOPLE, ClipSettings, clips_of, gathering, resized, write_live_clip
from metaface_gui.errors import KnownError, SourceError
from metaface_gui.pipeline.capture.specification import make_source, parse_source

SMALL = ClipSettings(frames_each=2, starts_s=(2.0, 12.0), crowd=5, width=320, height=180, fps=10.0)
DEMO = parse_source("demo")


def test_the_scene_gives_its_moments_and_a_crowd() -> None:
    clips = list(clips_of(DEMO, SMALL))
    assert [clip.title for clip in clips] == ["alone", "three", "gathering of 5"]
    assert len(clips) == SMALL.n_clips
    assert [len(clip.frames[0].truth) for clip in clips] == [1, 3, 5]
    assert all(len(clip.frames) == 2 for clip in clips)
    assert clips[0].frames[1].time_s - clips[0].frames[0].time_s == pytest.approx(0.1)


@pytest.mark.parametrize("n_people", range(1, MOST_PEOPLE + 1))
def test_everybody_of_a_gathering_is_seen_and_stays_apart(n_people: int) -> None:
    truth = gathering(n_people, SMALL).render(7)[1]
    assert len(truth) == n_people
    centres = np.stack([(face.box_xyxy[:2] + face.box_xyxy[2:]) / 2.0 for face in truth])
    apart = np.linalg.norm(centres[:, None] - centres[None], axis=2) + 1e3 * np.eye(n_people)
    assert apart.min() > 30.0


def test_there_is_no_place_for_a_sixth() -> None:
    with pytest.raises(ValueError, match="6"):
        gathering(6, SMALL)


def test_a_smaller_clip_keeps_its_truth() -> None:
    clip = next(iter(clips_of(DEMO, SMALL)))
    half = resized(clip, 160, 90)
    assert half.frames[0].image_bgr.shape == (90, 160, 3)
    np.testing.assert_allclose(half.frames[0].truth[0].box_xyxy, clip.frames[0].truth[0].box_xyxy / 2.0, rtol=1e-5)
    assert half.frames[0].truth[0].person == clip.frames[0].truth[0].person


def test_a_live_clip_is_a_video_of_that_length_and_is_measured_as_any_file(tmp_path: Path) -> None:
    path = tmp_path / "live.avi"
    write_live_clip(path, SMALL, 1.0)
    source = make_source(parse_source(str(path)))
    source.open()
    assert (source.frame_count, source.nominal_fps) == (10, 10.0)
    source.close()
    clips = list(clips_of(parse_source(str(path)), SMALL))
    # Ten frames for three clips: two of every three, then two more.
    assert [[frame.index for frame in clip.frames] for clip in clips] == [[0, 1], [3, 4], [6, 7]]


def test_a_camera_gives_no_clips() -> None:
    with pytest.raises(SourceError, match="cannot be used for measuring"):
        clips_of(parse_source("0"), SMALL)


def write_video(path: Path, n_frames: int) -> Path:
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10.0, (320, 180))
    for _ in range(n_frames):
        writer.write(np.full((180, 320, 3), 90, np.uint8))
    writer.release()
    return path


@pytest.mark.parametrize(("n_frames", "lengths"), [(1, [1]), (3, [2, 1]), (4, [2, 2])])
def test_a_short_video_gives_what_it_has(tmp_path: Path, n_frames: int, lengths: list[int]) -> None:
    path = write_video(tmp_path / "short.avi", n_frames)
    clips = list(clips_of(parse_source(str(path)), SMALL))
    assert [len(clip.frames) for clip in clips] == lengths
    same = resized(clips[0], 320, 180)
    assert same.frames[0] is clips[0].frames[0], "nothing to do"


def test_where_no_video_can_be_written_is_said(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(KnownError, match=r"none/live\.avi"):
        write_live_clip(tmp_path / "none" / "live.avi", SMALL, 1.0)
    capfd.readouterr()  # what OpenCV says of it
