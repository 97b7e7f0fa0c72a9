from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from metaface_gui.cli.main import run
from metaface_gui.gallery import Gallery


@dataclass(frozen=True)
class Outcome:
    """What a command left behind."""

    code: int
    out: str
    err: str


Metaface = Callable[..., Outcome]


@pytest.fixture
def nobody(tmp_path: Path) -> Path:
    """A gallery in which nobody is."""
    path = tmp_path / "g.metaface"
    Gallery.open(path).close()
    return path


@pytest.fixture
def metaface(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Metaface:
    """Run a command line in this process."""
    monkeypatch.setenv("COLUMNS", "200")

    def call(*arguments: object) -> Outcome:
        capsys.readouterr()
        try:
            code = run([str(argument) for argument in arguments])
        except SystemExit as usage:
            code = int(usage.code or 0)
        captured = capsys.readouterr()
        return Outcome(code, captured.out, captured.err)

    return call
