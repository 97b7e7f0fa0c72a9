from __future__ import annotations

from pathlib import Path

import cv2
import pytest

from metaface_gui.errors import SourceError
from metaface_gui.pipeline.capture.native_log import quiet_opencv
from metaface_gui.pipeline.capture.url import UrlSource
from metaface_gui.pipeline.capture.video_file import VideoFileSource
from metaface_gui.pipeline.capture.webcam import WebcamSource


def test_the_level_is_put_back_also_after_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENCV_LOG_LEVEL", raising=False)
    before = cv2.utils.logging.getLogLevel()
    levels = []

    def fail() -> None:
        with quiet_opencv():
            levels.append(cv2.utils.logging.getLogLevel())
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert levels == [cv2.utils.logging.LOG_LEVEL_SILENT]
    assert cv2.utils.logging.getLogLevel() == before


def test_the_users_own_level_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENCV_LOG_LEVEL", "DEBUG")
    before = cv2.utils.logging.getLogLevel()
    with quiet_opencv():
        assert cv2.utils.logging.getLogLevel() == before


def test_an_absent_camera_prints_nothing(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("OPENCV_LOG_LEVEL", raising=False)
    with pytest.raises(SourceError, match="99"):
        WebcamSource(99).open()
    assert capfd.readouterr() == ("", "")


def test_what_cannot_be_opened_prints_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("OPENCV_LOG_LEVEL", raising=False)
    text = tmp_path / "text.mp4"
    text.write_text("no video", encoding="utf-8")
    for source in (VideoFileSource(text), UrlSource("http://user:secret@127.0.0.1:1/stream")):
        with pytest.raises(SourceError) as caught:
            source.open()
        assert "secret" not in str(caught.value)
    assert capfd.readouterr() == ("", "")
