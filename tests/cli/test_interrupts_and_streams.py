"""Commands that are ended from outside, and output that goes nowhere, into a full disk, or to a poor terminal."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from metaface_gui.cli.interrupts import InterruptedBySignal, Interrupts
from metaface_gui.cli.streams import StdoutLines
from metaface_gui.engine.recording.lines_file import LinesFile
from metaface_gui.pipeline.capture.video_file import VideoFileSource
from tests.cli.conftest import Metaface
from tests.pipeline.capture.videos import moving, write_video

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")


@posix
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_counts_when_what_is_being_written_is_whole(name: str) -> None:
    number = getattr(signal, name)
    former = signal.getsignal(number)
    done = []

    def work() -> None:
        with Interrupts() as interrupts:
            with interrupts.held():
                signal.raise_signal(number)
                done.append("written")
            done.append("not reached")

    with pytest.raises(InterruptedBySignal) as caught:
        work()
    assert caught.value.number == number
    assert done == ["written"]
    assert signal.getsignal(number) is former


@posix
def test_a_second_signal_changes_nothing_while_files_are_finished() -> None:
    finished = []

    def work() -> None:
        with Interrupts():
            try:
                signal.raise_signal(signal.SIGTERM)
            finally:
                signal.raise_signal(signal.SIGTERM)
                finished.append(True)

    with pytest.raises(InterruptedBySignal):
        work()
    assert finished == [True]


_RECOGNIZE = """
import os, signal, sys
from metaface_gui.engine.recording.lines_file import LinesFile
write = LinesFile.write
def write_and_end(self, line, count=[0]):
    write(self, line)
    count[0] += 1
    if count[0] == 5:
        os.kill(os.getpid(), int(sys.argv[1]))
LinesFile.write = write_and_end
from metaface_gui.cli.main import run
sys.exit(run(sys.argv[2:]))
"""


@posix
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_recognize_finishes_its_files_whatever_ends_it(tmp_path: Path, number: int, nobody: Path) -> None:
    clip = write_video(tmp_path / "clip.avi", moving(30))
    lines, video = tmp_path / "out.jsonl", tmp_path / "out.mp4"
    arguments = ["recognize", clip, "--gallery", nobody, "--jsonl", lines, "--video", video]
    command = [sys.executable, "-c", _RECOGNIZE, str(int(number)), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 128 + number, done.stderr
    assert done.stderr == "metaface: interrupted\n"
    assert [json.loads(line)["frame"] for line in lines.read_text().splitlines()] == list(range(5))
    source = VideoFileSource(video)
    source.open()
    frames = 0
    while source.read() is not None:
        frames += 1
    source.close()
    assert frames == 5
    assert not list(tmp_path.glob("*.part*"))


_IMPORT = """
import signal, sys
class Press:
    @staticmethod
    def find_spec(name, *_):
        if name == pressed_at:
            signal.raise_signal(signal.SIGINT)
sys.meta_path.insert(0, Press)
pressed_at = sys.argv.pop(1)
from metaface_gui.__main__ import main
sys.exit(main())
"""


@posix
@pytest.mark.parametrize("module", ["cli", "errors", "cli.main", "cli.streams", "cli.quick_exit"])
def test_ctrl_c_while_modules_are_imported_shows_no_traceback(module: str) -> None:
    command = [sys.executable, "-c", _IMPORT, f"metaface_gui.{module}", "weights", "list"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("arguments", [("weights", "list"), ("recognize", "--help")])
def test_a_full_disk_behind_stdout_is_one_line(arguments: tuple[str, ...]) -> None:
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "metaface_gui", *arguments]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("metaface: Cannot write stdout")
    assert done.stderr.count("\n") == 1


@posix
@pytest.mark.parametrize("arguments", [("weights", "list"), ("recognize", "--help")])
def test_nobody_reading_is_no_error(arguments: tuple[str, ...]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "metaface_gui", *arguments]
    done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, "")


_SLOW_END = """
import atexit, sys, time
atexit.register(time.sleep, 3600)  # stands for what PyTorch and Qt do on a busy machine
sys.argv = ["metaface", "weights", *sys.argv[1:]]
from metaface_gui.__main__ import main
sys.exit(main())
"""


@pytest.mark.parametrize(
    ("arguments", "code", "words"), [(["list"], 0, "yunet"), (["fetch", "no such"], 1, "metaface:")]
)
def test_a_command_that_is_done_ends(arguments: list[str], code: int, words: str) -> None:
    command = [sys.executable, "-c", _SLOW_END, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert words in done.stdout + done.stderr


def test_lines_are_json_on_a_terminal_that_knows_only_ascii(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.TextIOWrapper(io.BytesIO(), encoding="latin-1", errors="backslashreplace")
    monkeypatch.setattr(sys, "stdout", out)
    with StdoutLines() as lines:
        lines.write('{"person": "田中 😀 é"}')
    out.flush()
    assert json.loads(out.buffer.getvalue()) == {"person": "田中 😀 é"}


def test_a_dash_is_standard_output(
    metaface: Metaface, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nobody: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    clip = write_video(tmp_path / "clip.avi", moving(3))
    result = metaface("recognize", clip, "--gallery", "g.metaface", "--jsonl", "-")
    assert result.code == 0
    assert [json.loads(line)["frame"] for line in result.out.splitlines()] == [0, 1, 2]
    assert not (tmp_path / "-").exists()


@pytest.mark.parametrize("option", ["--jsonl", "--video"])
def test_recognize_destroys_nothing(metaface: Metaface, tmp_path: Path, option: str, nobody: Path) -> None:
    clip = write_video(tmp_path / "clip.avi", moving(3))
    (tmp_path / "letter").write_text("Dear reader")
    before = {path: path.read_bytes() for path in (nobody, clip, tmp_path / "letter")}
    for output in before:
        result = metaface("recognize", clip, "--gallery", nobody, option, output)
        assert result.code == 1
        assert result.err.count("\n") == 1
    assert {path: path.read_bytes() for path in before} == before
    result = metaface("gallery", "export", tmp_path / "letter", "--gallery", nobody)
    assert result.code == 1
    assert (tmp_path / "letter").read_text() == "Dear reader"
    assert metaface("gallery", "export", tmp_path / "letter", "--gallery", nobody, "--force").code == 0


def test_half_a_line_is_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Interrupting:
        """Takes three bytes, and is interrupted."""

        def __init__(self, file: io.FileIO) -> None:
            self.file = file
            self.truncate, self.seek, self.close = self.file.truncate, self.file.seek, self.file.close

        def write(self, data: memoryview) -> int:
            self.file.write(data[:3])
            raise KeyboardInterrupt

    path = tmp_path / "lines"

    def write() -> None:
        with LinesFile(path) as lines:
            lines.write("whole")
            monkeypatch.setattr(lines, "_file", Interrupting(lines._file))
            lines.write("half")

    with pytest.raises(KeyboardInterrupt):
        write()
    assert path.read_text() == "whole\n"
