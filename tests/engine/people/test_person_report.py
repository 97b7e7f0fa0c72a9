"""The report on one person: complete, plain, whole or not there, and never somewhere that a name chose."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metaface_gui.engine.people.person_report import REPORT_NAME, safe_stem, suggested_name, write_report
from metaface_gui.engine.people.shots import encode_picture
from metaface_gui.errors import KnownError
from metaface_gui.gallery import Gallery, NewConsent, NewShot, Retention, ShotSource, StoredPerson

GIVEN = datetime(2026, 1, 2, 3, tzinfo=UTC)
CONSENT = NewConsent(
    given_at=GIVEN,
    purpose="to open the door",
    given_by="herself",
    text_version="2026-11",
    retention=Retention(GIVEN + timedelta(days=30), timedelta(days=30)),
)


def shot(shade: int, **changes: object) -> NewShot:
    made = NewShot(
        chip=encode_picture(np.full((40, 50, 3), shade, np.uint8)),
        landmarks=np.arange(10, dtype=np.float32).reshape(5, 2),
        box_xyxy=np.array([1, 2, 30, 40], np.float32),
        quality=0.75,
        taken_at=GIVEN,
        source=ShotSource.CAMERA,
        embeddings={"numbers": np.array([0.5, 0.25, shade], np.float32)},
    )
    return replace(made, **changes)  # type: ignore[arg-type]


@pytest.fixture
def gallery() -> Iterator[Gallery]:
    with Gallery.in_memory() as made:
        yield made


@pytest.fixture
def account(gallery: Gallery) -> StoredPerson:
    ann = gallery.enroll("Ann ../../etc 😀", [shot(90), shot(120, kept=False)], CONSENT)
    gallery.add_negatives(ann.id, [shot(200)])
    gallery.set_hidden(ann.id, is_hidden=True)
    gallery.tell_apart(ann.id, gallery.enroll("Bob", [shot(10)], CONSENT).id)
    return gallery.account_of(ann.id)


def test_a_folder_holds_all_that_is_stored(account: StoredPerson, tmp_path: Path) -> None:
    write_report(account, tmp_path / "new" / "ann")
    folder = tmp_path / "new" / "ann"
    first, second = (stored.shot.id for stored in account.shots)
    assert {file.name for file in folder.iterdir()} == {REPORT_NAME, f"shot-{first}.png", f"shot-{second}.png"}
    report = json.loads((folder / REPORT_NAME).read_text("utf-8"))
    assert report["name"] == "Ann ../../etc 😀"
    assert (report["hidden"], report["cover"], report["told_apart_from"]) == (True, first, 1)
    assert report["consents"] == [
        {
            "given_at": "2026-01-02T03:00:00+00:00",
            "purpose": "to open the door",
            "given_by": "herself",
            "text_version": "2026-11",
            "keep_until": "2026-02-01T03:00:00+00:00",
            "keep_for_days": 30.0,
        }
    ]
    assert report["shots"][0]["vectors"] == {"numbers": [0.5, 0.25, 90.0]}
    assert report["shots"][0]["landmarks"][1] == [2.0, 3.0]
    assert (report["shots"][0]["quality"], report["shots"][0]["source"]) == (0.75, "camera")
    assert [one["kept"] for one in report["shots"]] == [True, False]
    assert "in memory only" in report["adapted_from_them"]
    assert "not encrypted" in report["about"]
    np.testing.assert_array_equal(
        cv2.imread(str(folder / report["shots"][1]["picture"])), np.full((40, 50, 3), 120, np.uint8)
    )


def test_somebody_elses_face_is_named_but_not_given_away(account: StoredPerson, tmp_path: Path) -> None:
    write_report(account, tmp_path / "ann")
    (negative,) = json.loads((tmp_path / "ann" / REPORT_NAME).read_text("utf-8"))["not_this_person"]
    assert (negative["picture"], negative["embedders"], "vectors" in negative) == (None, ["numbers"], False)
    assert "somebody else" in negative["why"]


def test_an_archive_holds_the_same(account: StoredPerson, tmp_path: Path) -> None:
    write_report(account, tmp_path / "ann")
    write_report(account, tmp_path / "ann.zip")
    with zipfile.ZipFile(tmp_path / "ann.zip") as archive:
        assert archive.testzip() is None
        inside = {name: archive.read(name) for name in archive.namelist()}
    beside = {file.name: file.read_bytes() for file in (tmp_path / "ann").iterdir()}
    assert inside.keys() == beside.keys()
    assert all(inside[name] == beside[name] for name in inside if name != REPORT_NAME)


@pytest.mark.skipif(os.name != "posix", reason="POSIX permissions")
def test_only_its_owner_may_read_the_folder(account: StoredPerson, tmp_path: Path) -> None:
    write_report(account, tmp_path / "ann")
    assert (tmp_path / "ann").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("name", ["report", "report.zip"])
def test_what_is_there_is_not_overwritten(account: StoredPerson, tmp_path: Path, name: str) -> None:
    target = tmp_path / name
    if target.suffix:
        target.write_text("mine")
    else:
        target.mkdir()
        (target / "mine").touch()
    with pytest.raises(KnownError, match="already exists"):
        write_report(account, target)
    assert target.read_text() == "mine" if target.suffix else [file.name for file in target.iterdir()] == ["mine"]


def test_an_archive_is_replaced_where_the_user_said_so_a_folder_never(account: StoredPerson, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_text("mine")
    write_report(account, tmp_path / "a.zip", may_replace=True)
    assert zipfile.is_zipfile(tmp_path / "a.zip")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "mine").touch()
    with pytest.raises(KnownError, match="already exists"):
        write_report(account, tmp_path / "folder", may_replace=True)


def test_an_empty_folder_is_filled(account: StoredPerson, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    write_report(account, tmp_path / "empty")
    assert (tmp_path / "empty" / REPORT_NAME).exists()


@pytest.mark.parametrize("name", ["ann", "ann.zip"])
def test_a_report_that_is_given_up_leaves_nothing(account: StoredPerson, tmp_path: Path, name: str) -> None:
    def give_up(share: float) -> None:
        if share > 0:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_report(account, tmp_path / name, on_progress=give_up)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["nul\0.zip", "x" * 300])
def test_a_target_that_cannot_be_is_one_sentence(account: StoredPerson, tmp_path: Path, name: str) -> None:
    with pytest.raises(KnownError, match="Cannot write"):
        write_report(account, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_picture_does_not_stop_the_report(gallery: Gallery, tmp_path: Path) -> None:
    ann = gallery.enroll("Ann", [shot(90, chip=b"no picture")], CONSENT)
    write_report(gallery.account_of(ann.id), tmp_path / "ann")
    assert [file.name for file in (tmp_path / "ann").iterdir()] == [REPORT_NAME]
    assert json.loads((tmp_path / "ann" / REPORT_NAME).read_text("utf-8"))["shots"][0]["picture"] is None


@settings(max_examples=200, deadline=None)
@given(name=st.text(max_size=300))
def test_any_name_makes_a_name_of_one_file(name: str) -> None:
    stem = safe_stem(name)
    assert stem
    assert len(stem.encode()) <= 120
    assert all(letter.isalnum() or letter == "-" for letter in stem)
    assert Path(suggested_name(name)).name == suggested_name(name)


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("Ada Lovelace", "Ada-Lovelace"),
        ("../../etc/passwd", "etc-passwd"),
        ("C:\\Windows", "C-Windows"),
        ("😀", "person"),
        ("李雷", "李雷"),
        ("x" * 10_000, "x" * 120),
    ],
)
def test_names_stay_readable_where_they_can(name: str, stem: str) -> None:
    assert safe_stem(name) == stem
