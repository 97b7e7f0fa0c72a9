"""A gallery that another window holds, or that a newer MetaFace wrote, by the commands as a user types them.

Everything is one line on stderr and the exit code 1; the gallery stays as it is, byte for byte.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from metaface_gui.app import run_window
from metaface_gui.errors import GalleryError
from metaface_gui.gallery import Gallery
from tests.cli.conftest import Metaface
from tests.cli.conftest import metaface as metaface  # noqa: PLC0414 - a fixture of the commands' tests
from tests.faults.galleries import fill

CHANGING = {
    "enroll": ("enroll", "Newcomer", "{pictures}", "--gallery", "{gallery}"),
    "rename": ("gallery", "rename", "Person 1", "Somebody", "--gallery", "{gallery}"),
    "merge": ("gallery", "merge", "Person 1", "Person 2", "--gallery", "{gallery}"),
    "delete": ("gallery", "delete", "Person 1", "--gallery", "{gallery}"),
    "import": ("gallery", "import", "{export}", "--gallery", "{gallery}"),
}
READING = {
    "list": ("gallery", "list", "--gallery", "{gallery}"),
    "show": ("gallery", "show", "Person 1", "--gallery", "{gallery}"),
    "export": ("gallery", "export", "{new}", "--gallery", "{gallery}"),
}


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    path = tmp_path / "people.metaface"
    fill(path)
    return path


@pytest.fixture
def places(filled: Path, tmp_path: Path) -> dict[str, Path]:
    with Gallery.open(filled) as gallery:
        gallery.export_to(tmp_path / "export.metaface")
    return {
        "gallery": filled,
        "export": tmp_path / "export.metaface",
        "new": tmp_path / "new.metaface",
        "pictures": tmp_path,
    }


def typed(words: tuple[str, ...], places: dict[str, Path]) -> list[str]:
    return [word.format(**places) for word in words]


@pytest.fixture
def other_window(filled: Path, places: dict[str, Path]) -> Iterator[Gallery]:
    """Somebody else who has it open, to change it. The lock is the system's: another process would hold the same."""
    del places
    with Gallery.open(filled) as gallery:
        yield gallery


@pytest.mark.parametrize("name", CHANGING)
def test_who_would_change_a_gallery_in_use_is_refused(
    metaface: Metaface, places: dict[str, Path], other_window: Gallery, name: str
) -> None:
    before = other_window.snapshot()
    outcome = metaface(*typed(CHANGING[name], places))
    assert outcome.code == 1
    assert outcome.err.count("\n") == 1
    assert "is open in another window or command. Close that, or open this one read-only." in outcome.err
    assert other_window.snapshot() == before
    other_window.rename(1, "Still works")


@pytest.mark.parametrize("name", READING)
def test_who_only_reads_a_gallery_in_use_may(
    metaface: Metaface, places: dict[str, Path], other_window: Gallery, name: str
) -> None:
    other_window.rename(4, "Renamed a moment ago")
    outcome = metaface(*typed(READING[name], places))
    assert outcome.code == 0
    assert "another window" not in outcome.err
    if name == "list":
        assert "Renamed a moment ago" in outcome.out


def test_a_second_window_is_refused(other_window: Gallery, filled: Path) -> None:
    before = other_window.snapshot()
    with pytest.raises(GalleryError, match="open in another window"):
        run_window(source=None, gallery_path=filled, choose_settings=lambda settings: settings)
    assert other_window.snapshot() == before


@pytest.mark.parametrize("name", [*CHANGING, *READING])
def test_what_a_newer_metaface_wrote_is_left_alone(metaface: Metaface, places: dict[str, Path], name: str) -> None:
    with closing(sqlite3.connect(places["gallery"])) as connection:
        connection.execute("PRAGMA user_version = 99")
    before = places["gallery"].read_bytes()
    outcome = metaface(*typed((CHANGING | READING)[name], places))
    assert outcome.code == 1
    assert outcome.err.count("\n") == 1
    assert "was written by a newer MetaFace" in outcome.err
    assert "(gallery version 99; this one knows up to" in outcome.err
    assert "Update MetaFace, or choose another gallery." in outcome.err
    assert places["gallery"].read_bytes() == before


def test_an_export_of_a_newer_metaface_is_not_imported(metaface: Metaface, places: dict[str, Path]) -> None:
    with closing(sqlite3.connect(places["export"])) as connection:
        connection.execute("PRAGMA user_version = 99")
    outcome = metaface(*typed(CHANGING["import"], places))
    assert outcome.code == 1
    assert "was written by a newer MetaFace" in outcome.err
    with Gallery.open(places["gallery"]) as gallery:
        assert len(gallery.snapshot().people) == 4
