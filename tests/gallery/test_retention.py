"""Until when somebody's data may be kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from metaface_gui.errors import GalleryError
from metaface_gui.gallery import Gallery, NewConsent, Retention
from metaface_gui.gallery.checksums import checksum
from metaface_gui.gallery.database import Database
from metaface_gui.gallery.schema import MIGRATIONS
from tests.gallery.conftest import MakeShot

END = datetime(2024, 3, 30, 12, 0, 0, 250000, tzinfo=UTC)
MONTH = Retention(END, timedelta(days=30))


def test_the_period_is_there_after_reopening(path: Path, make_shot: MakeShot, consent: NewConsent) -> None:
    with Gallery.open(path) as gallery:
        ann = gallery.enroll("Ann", [make_shot()], replace(consent, retention=MONTH))
        assert ann.keep_until == END
    with Gallery.open(path, read_only=True) as gallery:
        assert gallery.consents(ann.id)[0].retention == MONTH
        assert gallery.snapshot().people[0].keep_until == END


def test_without_a_period_there_is_no_end(gallery: Gallery, make_shot: MakeShot, consent: NewConsent) -> None:
    ann = gallery.enroll("Ann", [make_shot()], consent)
    assert ann.keep_until is None
    assert gallery.consents(ann.id)[0].retention is None


def test_the_newest_consent_decides(gallery: Gallery, make_shot: MakeShot, consent: NewConsent) -> None:
    older = replace(consent, given_at=consent.given_at - timedelta(days=1), retention=Retention(END, timedelta(1)))
    ann = gallery.enroll("Ann", [make_shot(1)], replace(consent, retention=MONTH))
    gallery.add_shots(ann.id, [make_shot(2)], older)  # e.g. imported later, but given earlier
    assert gallery.person(ann.id).keep_until == MONTH.until
    gallery.add_shots(ann.id, [make_shot(3)], replace(consent, given_at=consent.given_at + timedelta(days=1)))
    assert gallery.person(ann.id).keep_until is None
    assert [found.retention and found.retention.period.days for found in gallery.consents(ann.id)] == [1, 30, None]


def test_the_period_goes_along_in_an_export(
    gallery: Gallery, make_shot: MakeShot, consent: NewConsent, tmp_path: Path
) -> None:
    gallery.enroll("Ann", [make_shot()], replace(consent, retention=MONTH))
    gallery.export_to(tmp_path / "out")
    with Gallery.in_memory() as other:
        other.import_from(tmp_path / "out")
        assert other.snapshot().people[0].keep_until == END


@pytest.mark.parametrize("period", [timedelta(0), timedelta(days=-1)])
def test_a_period_has_a_length(period: timedelta) -> None:
    with pytest.raises(ValueError, match="period"):
        Retention(END, period)


def test_a_period_ends_at_a_moment() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Retention(datetime(2024, 3, 30), timedelta(days=1))


@pytest.fixture
def of_version_3(path: Path) -> Path:
    path.parent.mkdir()
    database = Database.open(path, migrations=MIGRATIONS[:3])
    with database.changing() as connection:
        sums = checksum(("Ann", "ann", 0, None)), checksum((0, "p", "g", "1"))
        connection.execute("INSERT INTO person VALUES (1, 'Ann', 'ann', 0, NULL, NULL, ?)", sums[:1])
        connection.execute("INSERT INTO consent VALUES (1, 1, 0, 'p', 'g', '1', ?)", sums[1:])
    database.close()
    return path


def test_consents_of_version_3_have_no_end(of_version_3: Path) -> None:
    with Gallery.open(of_version_3) as gallery:
        (ann,) = gallery.snapshot().people
        assert ann.keep_until is None
    with Gallery.open(of_version_3, read_only=True) as gallery:  # its checksums are those of a new file
        assert gallery.consents(1)[0].retention is None


def test_damage_in_a_file_of_version_3_is_found(of_version_3: Path) -> None:
    database = Database.open(of_version_3, migrations=MIGRATIONS[:3])
    with database.changing() as connection:
        connection.execute("UPDATE consent SET purpose = 'q'")
    database.close()
    with pytest.raises(GalleryError, match="the checksum of consent 1 does not agree"):
        Gallery.open(of_version_3)
