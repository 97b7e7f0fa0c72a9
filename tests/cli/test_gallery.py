from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import pytest

from metaface_gui.gallery import Gallery, NewConsent
from tests.cli.conftest import Metaface
from tests.faults.galleries import plain_shot

MARKER = b"marker of a picture that must vanish"
JPEG = cv2.imencode(".jpg", np.full((40, 40, 3), 90, np.uint8))[1].tobytes() + MARKER


@pytest.fixture
def gallery(tmp_path: Path) -> Path:
    path = tmp_path / "people.metaface"
    consent = NewConsent(given_at=datetime.now(UTC), purpose="test", given_by="herself", text_version="1")
    with Gallery.open(path) as made:
        for name in ("Anna", "[bold]Boris[/]"):
            made.enroll(name, [plain_shot(JPEG + name.encode())], consent)
    return path


def test_list_prints_names_as_they_are(metaface: Metaface, gallery: Path) -> None:
    result = metaface("gallery", "list", "--gallery", gallery)
    assert result.code == 0
    assert "Anna" in result.out
    assert "[bold]Boris[/]" in result.out


def test_show_names_consent_and_shots(metaface: Metaface, gallery: Path) -> None:
    result = metaface("gallery", "show", "anna", "--gallery", gallery)
    assert result.code == 0
    assert "herself" in result.out
    assert "0.50" in result.out


def test_rename_merge_and_delete(metaface: Metaface, gallery: Path) -> None:
    assert metaface("gallery", "rename", "Anna", "Änne 😀", "--gallery", gallery).code == 0
    assert metaface("gallery", "merge", "Änne 😀", "[bold]Boris[/]", "--gallery", gallery).code == 0
    listed = metaface("gallery", "list", "--gallery", gallery).out
    assert "Änne 😀" in listed
    assert "Boris" not in listed
    assert metaface("gallery", "delete", "Änne 😀", "--gallery", gallery).code == 0
    assert "empty" in metaface("gallery", "list", "--gallery", gallery).out
    left = b"".join(file.read_bytes() for file in gallery.parent.iterdir())
    assert MARKER not in left, "deleting on the command line is for good"


def test_export_and_import(metaface: Metaface, gallery: Path, tmp_path: Path) -> None:
    assert metaface("gallery", "export", tmp_path / "one.metaface", "Anna", "--gallery", gallery).code == 0
    other = tmp_path / "other.metaface"
    result = metaface("gallery", "import", tmp_path / "one.metaface", "--gallery", other)
    assert result.code == 0
    assert "1 added" in result.out
    again = metaface("gallery", "import", tmp_path / "one.metaface", "--gallery", other)
    assert "1 skipped" in again.out
    renamed = metaface("gallery", "import", tmp_path / "one.metaface", "--gallery", other, "--on-clash", "rename")
    assert "1 renamed" in renamed.out


@pytest.mark.parametrize("was_there", [False, True], ids=["new", "there before"])
@pytest.mark.parametrize("source", ["missing", "letter"])
def test_a_failed_import_leaves_no_new_gallery(
    metaface: Metaface, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, was_there: bool
) -> None:
    keys, target = tmp_path / "keys", tmp_path / "other.metaface"
    monkeypatch.setenv("METAFACE_KEY_FOLDER", str(keys))
    (tmp_path / "letter").write_text("Dear reader, " * 500)
    if was_there:
        Gallery.open(target).close()
    before = target.read_bytes() if was_there else None
    assert metaface("gallery", "import", tmp_path / source, "--gallery", target).code == 1
    assert (target.read_bytes() if target.exists() else None) == before
    assert len(list(keys.iterdir())) == was_there, "the key of a gallery that is gone is of no use"
    assert not list(tmp_path.glob("other.metaface-*"))


def test_an_interrupted_import_leaves_no_new_gallery(
    metaface: Metaface, gallery: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_args: object, **_kwargs: object) -> None:
        raise KeyboardInterrupt

    target = tmp_path / "other.metaface"
    monkeypatch.setattr("metaface_gui.gallery.transfer._import_person", interrupt)
    assert metaface("gallery", "import", gallery, "--gallery", target).code == 130
    assert not target.exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("show", "Nobody"), "Nobody in the gallery"),
        (("rename", "Anna", "[bold]Boris[/]"), "Boris"),
        (("rename", "Anna", "   "), "name"),
        (("rename", "Anna", "x" * 10_000), "long"),
        (("delete", "Robert'); DROP TABLE people;--"), "Nobody in the gallery"),
        (("import", "/nothing/here.metaface"), "here.metaface"),
    ],
)
def test_mistakes_are_one_line_and_exit_1(
    metaface: Metaface, gallery: Path, arguments: tuple[str, ...], said: str
) -> None:
    before = gallery.read_bytes()
    result = metaface("gallery", *arguments, "--gallery", gallery)
    assert result.code == 1
    assert result.err.startswith("metaface: ")
    assert said.lower() in result.err.lower()
    assert result.err.count("\n") == 1
    assert gallery.read_bytes() == before


@pytest.mark.parametrize("action", ["list", "show", "delete"])
def test_a_mistyped_path_makes_no_new_gallery(metaface: Metaface, tmp_path: Path, action: str) -> None:
    path = tmp_path / "typo.metaface"
    result = metaface("gallery", action, *(["Anna"] if action != "list" else []), "--gallery", path)
    assert result.code == 1
    assert "no gallery at" in result.err
    assert not path.exists()


def test_a_path_that_no_file_can_have_is_one_line(metaface: Metaface, tmp_path: Path) -> None:
    result = metaface("gallery", "list", "--gallery", tmp_path / ("x" * 300))
    assert result.code == 1
    assert result.err.startswith("metaface: ")
    assert "cannot be opened" in result.err
    assert result.err.count("\n") == 1


def test_a_text_file_is_no_gallery(metaface: Metaface, tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear reader, " * 500)
    result = metaface("gallery", "list", "--gallery", path)
    assert result.code == 1
    assert path.read_text().startswith("Dear reader")


def test_usage_errors_exit_2(metaface: Metaface) -> None:
    assert metaface("gallery", "list").code == 2
    assert metaface("gallery", "explode", "--gallery", "x").code == 2
    assert metaface("nonsense").code == 2
    assert metaface("recognize").code == 2
    assert metaface("--fpir", "2").code == 2


def test_who_is_hidden_is_marked(metaface: Metaface, gallery: Path) -> None:
    assert "hidden" not in metaface("gallery", "list", "--gallery", gallery).out
    assert metaface("gallery", "hide", "anna", "--gallery", gallery).code == 0
    lines = metaface("gallery", "list", "--gallery", gallery).out.splitlines()
    assert [line.split()[0] for line in lines if "hidden" in line] == ["Anna"]
    assert metaface("gallery", "unhide", "Anna", "--gallery", gallery).code == 0
    assert "hidden" not in metaface("gallery", "list", "--gallery", gallery).out
