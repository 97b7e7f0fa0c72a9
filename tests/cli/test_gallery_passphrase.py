"""Exports under a passphrase from the command line: out of a file, a pipe or the keyboard, never out of an argument."""

from __future__ import annotations

import getpass
import io
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from metaface_gui.gallery import Gallery, NewConsent
from metaface_gui.gallery import passphrase as passphrase_module
from tests.cli.conftest import Metaface
from tests.faults.galleries import plain_shot

FACE = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR" + (40).to_bytes(4, "big") * 2 + b"what shows a face" * 9


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passphrase_module, "COST", 16)


@pytest.fixture
def gallery(tmp_path: Path) -> Path:
    path = tmp_path / "people.metaface"
    consent = NewConsent(given_at=datetime.now(UTC), purpose="test", given_by="herself", text_version="1")
    with Gallery.open(path) as made:
        made.enroll("Anna", [plain_shot(FACE)], consent)
    return path


@pytest.fixture
def words(tmp_path: Path) -> Callable[[bytes], Path]:
    """A file with a passphrase."""

    def write(content: bytes) -> Path:
        file = tmp_path / "passphrase.txt"
        file.write_bytes(content)
        return file

    return write


def test_an_export_without_a_passphrase_says_what_that_means(metaface: Metaface, gallery: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.metaface"
    result = metaface("gallery", "export", out, "--gallery", gallery)
    assert (result.code, result.out) == (0, "")
    assert "out.metaface is not encrypted" in result.err
    assert result.err.count("\n") == 1
    assert FACE in out.read_bytes()


def test_out_and_back_with_a_passphrase_from_a_file(
    metaface: Metaface, gallery: Path, tmp_path: Path, words: Callable[[bytes], Path]
) -> None:
    out, other = tmp_path / "out.metaface", tmp_path / "other.metaface"
    file = words("höchst geheim\r\nand a second line\n".encode())
    result = metaface("gallery", "export", out, "Anna", "--gallery", gallery, "--passphrase-file", file)
    assert (result.code, result.out, result.err) == (0, "", "")
    assert b"what shows a face" not in out.read_bytes()

    result = metaface("gallery", "import", out, "--gallery", other)
    assert result.code == 1
    assert "--passphrase-file" in result.err
    result = metaface("gallery", "import", out, "--gallery", other, "--passphrase-file", words(b"hochst geheim"))
    assert result.code == 1
    assert result.err == (
        "metaface: That is not the passphrase of this file. Type the one that it was exported with.\n"
    )
    assert not other.exists(), "a wrong passphrase starts no gallery"
    file = words("höchst geheim".encode())
    assert "1 added" in metaface("gallery", "import", out, "--gallery", other, "--passphrase-file", file).out
    with Gallery.open(other) as imported:
        assert imported.person(1).thumbnail == FACE


class Pipe(io.TextIOWrapper):
    """Standard input that says whether somebody sits before it."""

    def __init__(self, content: bytes, *, is_terminal: bool = False) -> None:
        super().__init__(io.BytesIO(content))
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal


def test_out_and_back_with_a_passphrase_from_a_pipe(
    metaface: Metaface, gallery: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, other = tmp_path / "out.metaface", tmp_path / "other.metaface"
    monkeypatch.setattr(sys, "stdin", Pipe(b"secret words\n"))
    assert metaface("gallery", "export", out, "--gallery", gallery, "--passphrase-file", "-").code == 0
    monkeypatch.setattr(sys, "stdin", Pipe(b"secret words"))
    result = metaface("gallery", "import", out, "--gallery", other, "--passphrase-file", "-")
    assert "1 added" in result.out


def test_at_a_terminal_it_is_asked_for_without_showing_it(
    metaface: Metaface, gallery: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, other = tmp_path / "out.metaface", tmp_path / "other.metaface"
    typed = iter(["secret words", "secret word", "secret words", "secret words", "secret words"])
    monkeypatch.setattr(sys, "stdin", Pipe(b"", is_terminal=True))
    monkeypatch.setattr(getpass, "getpass", lambda _prompt: next(typed))
    export = ("gallery", "export", out, "--gallery", gallery, "--passphrase-file", "-")
    result = metaface(*export)
    assert (result.code, "passphrases differ" in result.err, out.exists()) == (1, True, False)
    assert metaface(*export).code == 0
    assert "1 added" in metaface("gallery", "import", out, "--gallery", other, "--passphrase-file", "-").out
    assert next(typed, None) is None


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "1 to 1000"), (b"\nx", "1 to 1000"), (b"x" * 1001, "1 to 1000"), (b"\xff\xfe", "The pass")],
)
def test_what_is_no_passphrase_is_one_line_and_exit_1(
    metaface: Metaface, gallery: Path, tmp_path: Path, words: Callable[[bytes], Path], *, content: bytes, said: str
) -> None:
    out = tmp_path / "out.metaface"
    result = metaface("gallery", "export", out, "--gallery", gallery, "--passphrase-file", words(content))
    assert (result.code, result.err.count("\n"), out.exists()) == (1, 1, False)
    assert said in result.err


def test_a_missing_passphrase_file_is_named(metaface: Metaface, gallery: Path, tmp_path: Path) -> None:
    result = metaface("gallery", "export", tmp_path / "out", "--gallery", gallery, "--passphrase-file", "/no/such/file")
    assert (result.code, "The passphrase cannot be read from /no/such/file" in result.err) == (1, True)
