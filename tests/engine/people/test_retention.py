from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from metaface_gui.engine.people.retention import MAX_DAYS, due, kept_for, kept_through, last_day
from metaface_gui.errors import EnrollmentError
from metaface_gui.gallery import Person, Retention

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def someone(number: int, left: timedelta | None, period: timedelta = 30 * DAY) -> Person:
    retention = None if left is None else Retention(NOW + left, period)
    return Person(number, f"Person {number}", NOW, 1, None, None, retention=retention)


@pytest.fixture(params=["UTC", "Asia/Tokyo", "America/Los_Angeles"])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


def test_those_who_are_due_come_in_the_order_of_their_ends() -> None:
    people = [
        someone(1, 6 * DAY),
        someone(2, -DAY),
        someone(3, None),
        someone(4, timedelta(0)),
        someone(5, 8 * DAY),
        someone(6, HOUR),
    ]
    found = due(people, NOW)
    assert [person.id for person in found.over] == [2, 4]
    assert [person.id for person in found.soon] == [6, 1]
    assert found


def test_nobody_is_due_without_a_period() -> None:
    assert not due([someone(1, None), someone(2, 20 * DAY)], NOW)


def test_a_day_at_a_fair_is_not_soon_over_at_once() -> None:
    assert not due([someone(1, 23 * HOUR, DAY)], NOW)
    assert due([someone(1, 5 * HOUR, DAY)], NOW).soon


def test_a_period_of_days_begins_now() -> None:
    assert kept_for(30, NOW) == Retention(NOW + 30 * DAY, 30 * DAY)


@pytest.mark.parametrize("days", [0, -1, MAX_DAYS + 1, 10**12])
def test_a_period_is_neither_nothing_nor_endless(days: int) -> None:
    with pytest.raises(EnrollmentError, match="1 to"):
        kept_for(days, NOW)


@pytest.mark.skipif(not hasattr(time, "tzset") or os.name != "posix", reason="the zone cannot be changed here")
def test_until_a_day_is_to_its_end_wherever_one_is(zone: str) -> None:
    today = NOW.astimezone().date()
    kept = kept_through(today, NOW)
    assert kept.until.astimezone().hour == 0
    assert last_day(kept.until) == today
    assert NOW < kept.until <= NOW + 25 * HOUR
    assert kept.period == kept.until - NOW


@pytest.mark.parametrize("day", [date(2026, 3, 8), date(1, 1, 1), date(2300, 1, 1), date.max])
def test_a_day_that_is_over_or_far_away_is_refused(day: date) -> None:
    with pytest.raises(EnrollmentError, match=day.isoformat()):
        kept_through(day, NOW)
