"""What the commands speak."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QTranslator
from PySide6.QtWidgets import QApplication

from metaface_gui.cli import opens_window
from metaface_gui.cli.language import language_of, makes_own_application
from metaface_gui.cli.main import build_parser, run


@pytest.mark.parametrize("place", ["before", "after", "joined", "after the action", "at the end"])
def test_a_command_speaks_the_language_that_it_is_told_to(
    place: str, qapp: QApplication, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = str(tmp_path / "none.gallery")
    line = {
        "before": ["--lang", "zh_CN", "gallery", "list", "--gallery", missing],
        "after": ["weights", "--lang", "zh_CN", "fetch", "nothing"],
        "after the action": ["weights", "fetch", "--lang=zh_CN", "nothing"],
        "at the end": ["gallery", "list", "--gallery", missing, "--lang", "zh_CN"],
        "joined": ["--lang=zh_CN", "gallery", "list", "--gallery", missing],
    }[place]
    assert run(line) == 1
    assert "没有" in capsys.readouterr().err
    assert qapp.findChildren(QTranslator) == [], "the next one does not go on with it"
    assert run(["gallery", "list", "--gallery", missing]) == 1
    assert capsys.readouterr().err.startswith("metaface: There is no")


def test_help_is_in_that_language_too(qapp: QApplication, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        run(["--lang", "zh_CN", "gallery", "--help"])
    assert left.value.code == 0
    assert "改名" in capsys.readouterr().out


def test_a_language_that_there_is_not_is_refused(qapp: QApplication, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        run(["--lang", "xx", "weights", "list"])
    assert left.value.code == 2
    assert "zh_CN" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("line", "draws"),
    [
        ("", True),
        ("--lang zh_CN", True),
        ("--source demo", True),
        ("demo --lang zh_CN", True),
        ("--lang zh_CN demo", True),
        ("--lang=zh_CN demo", True),
        ("--lang=zh_CN weights list", False),
        ("demo --help", False),
        ("--help", False),
        ("weights list", False),
        ("recognize demo --gallery demo", False),
    ],
)
def test_who_draws_a_window_speaks_by_itself(line: str, draws: bool) -> None:
    assert makes_own_application(line.split()) is draws


def test_the_windows_language_is_handed_on() -> None:
    parser = build_parser()
    assert language_of(parser.parse_args(["--lang", "zh_CN"])) == "zh_CN"
    assert language_of(parser.parse_args(["--lang", "zh_CN", "demo"])) == "zh_CN"
    assert language_of(parser.parse_args(["demo", "--lang", "en"])) == "en"
    assert language_of(parser.parse_args([])) is None
    assert opens_window(["--lang", "zh_CN"])
