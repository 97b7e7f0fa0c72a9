"""Periods, reports and forgetting everything on the command line."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest

from metaface_gui.app import write_stills
from metaface_gui.gallery import Gallery, NewConsent, Retention
from metaface_gui.pipeline.capture.demo.people import demo_people
from tests.cli.conftest import Metaface
from tests.faults.galleries import plain_shot

MARKER = b"marker of a picture that must vanish"
JPEG = cv2.imencode(".jpg", np.full((40, 40, 3), 90, np.uint8))[1].tobytes() + MARKER
NOW = datetime.now(UTC)


def consent(left: timedelta | None) -> NewConsent:
    retention = None if left is None else Retention(NOW + left, timedelta(days=30))
    return NewConsent(given_at=NOW, purpose="a fair", given_by="herself", text_version="1", retention=retention)


@pytest.fixture
def gallery(tmp_path: Path) -> Path:
    path = tmp_path / "people.metaface"
    shot = plain_shot(JPEG)
    with Gallery.open(path) as made:
        made.enroll("Ann [b]/../x", [shot], consent(timedelta(days=-1)))
        made.enroll("Boris", [shot], consent(timedelta(days=3)))
        made.enroll("Carla", [shot], consent(None))
    return path


def names(path: Path) -> list[str]:
    with Gallery.open(path, read_only=True) as gallery:
        return [person.name for person in gallery.snapshot().people]


def test_expired_names_who_is_due_and_deletes_nobody(metaface: Metaface, gallery: Path) -> None:
    result = metaface("gallery", "expired", "--gallery", gallery)
    assert result.code == 0
    assert [words in result.out for words in ("Ann [b]/../x", "Boris", "Carla")] == [True, True, False]
    assert "soon over" in result.out
    assert len(names(gallery)) == 3


def test_expired_delete_deletes_only_those_whose_period_is_over(metaface: Metaface, gallery: Path) -> None:
    result = metaface("gallery", "expired", "--delete", "--gallery", gallery)
    assert result.code == 0
    assert "deleted for good" in result.out
    assert names(gallery) == ["Boris", "Carla"]
    assert metaface("gallery", "delete", "Boris", "--gallery", gallery).code == 0
    assert "Nobody's retention period" in metaface("gallery", "expired", "--delete", "--gallery", gallery).out


def test_show_and_list_say_until_when(metaface: Metaface, gallery: Path) -> None:
    day = (NOW + timedelta(days=3)).astimezone().date().isoformat()
    shown = metaface("gallery", "show", "Boris", "--gallery", gallery).out
    assert f"keep until: {day}" in shown
    assert "a fair" in shown
    assert "no limit" in metaface("gallery", "show", "Carla", "--gallery", gallery).out
    assert day in metaface("gallery", "list", "--gallery", gallery).out


def test_a_report_is_written_once(metaface: Metaface, gallery: Path, tmp_path: Path) -> None:
    out = tmp_path / "for her"
    result = metaface("gallery", "report", "Ann [b]/../x", "--gallery", gallery, "--out", out)
    assert (result.code, "not encrypted" in result.out) == (0, True)
    assert json.loads((out / "report.json").read_text("utf-8"))["name"] == "Ann [b]/../x"
    again = metaface("gallery", "report", "Ann [b]/../x", "--gallery", gallery, "--out", out)
    assert (again.code, "already exists" in again.err) == (1, True)
    nobody = metaface("gallery", "report", "Nobody", "--gallery", gallery, "--out", tmp_path / "other")
    assert (nobody.code, (tmp_path / "other").exists()) == (1, False)


def test_forgetting_all_wants_a_yes(metaface: Metaface, gallery: Path) -> None:
    result = metaface("gallery", "forget-all", "--gallery", gallery)
    assert (result.code, "--yes" in result.err) == (1, True)
    assert len(names(gallery)) == 3


def test_forgetting_all_leaves_no_byte_of_anybody(metaface: Metaface, gallery: Path) -> None:
    result = metaface("gallery", "forget-all", "--yes", "--gallery", gallery)
    assert (result.code, "3 people" in result.out) == (0, True)
    assert names(gallery) == []
    left = b"".join(file.read_bytes() for file in gallery.parent.iterdir() if file.is_file())
    assert [trace for trace in (MARKER, b"Ann", b"Boris", b"boris", b"a fair") if trace in left] == []


def test_a_mistyped_gallery_is_not_made(metaface: Metaface, tmp_path: Path) -> None:
    for action in (["expired"], ["forget-all", "--yes"], ["report", "Ann", "--out", tmp_path / "out"]):
        assert metaface("gallery", *action, "--gallery", tmp_path / "none").code == 1
    assert list(tmp_path.iterdir()) == []


def test_enroll_takes_a_period(metaface: Metaface, tmp_path: Path) -> None:
    stills, path = write_stills(demo_people()[0], tmp_path), tmp_path / "people.metaface"
    assert metaface("enroll", "Ann", stills[0], "--keep-days", 30, "--gallery", path).code == 0
    last = (datetime.now().astimezone() + timedelta(days=400)).date()
    assert metaface("enroll", "Ann", stills[1], "--keep-until", last, "--gallery", path).code == 0
    with Gallery.open(path, read_only=True) as gallery:
        first, second = gallery.consents(1)
    assert first.retention
    assert second.retention
    assert first.retention.period == timedelta(days=30)
    assert (second.retention.until - timedelta(seconds=1)).astimezone().date() == last


@pytest.mark.parametrize(
    ("option", "value", "code"),
    [
        ("--keep-days", "0", 1),
        ("--keep-days", "soon", 2),
        ("--keep-until", "2020-01-01", 1),
        ("--keep-until", "31.12.2040", 2),
    ],
)
def test_a_period_that_is_none_is_refused_before_anything_is_read(
    metaface: Metaface, tmp_path: Path, option: str, value: str, code: int
) -> None:
    result = metaface("enroll", "Ann", tmp_path / "none.jpg", option, value, "--gallery", tmp_path / "g")
    assert (result.code, "Traceback" in result.err) == (code, False)
    assert not (tmp_path / "g").exists()
