from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import cv2
import pytest

from metaface_gui.errors import SourceError
from metaface_gui.pipeline.capture.native_log import quiet_opencv
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


_OPEN_BOTH = """
import sys
from pathlib import Path
from metaface_gui.errors import SourceError
from metaface_gui.pipeline.capture.url import UrlSource
from metaface_gui.pipeline.capture.video_file import VideoFileSource

for source in (VideoFileSource(Path(sys.argv[1])), UrlSource("http://user:secret@127.0.0.1:1/stream")):
    try:
        source.open()
    except SourceError as error:
        assert "secret" not in str(error)
    else:
        raise AssertionError("opened what cannot be opened")
"""


def test_what_cannot_be_opened_prints_nothing(tmp_path: Path) -> None:
    """In a process of its own: FFmpeg's level holds from its first use on, and another test may have come first."""
    text = tmp_path / "text.mp4"
    text.write_text("no video", encoding="utf-8")
    environment = {key: value for key, value in os.environ.items() if not key.startswith("OPENCV_")}
    done = subprocess.run(
        [sys.executable, "-c", _OPEN_BOTH, str(text)], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
