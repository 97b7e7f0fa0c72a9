"""Retention periods: computing a chosen period's end, and finding those that are over or soon will be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from metaface_gui.errors import QT_TRANSLATE_NOOP, EnrollmentError
from metaface_gui.gallery import Person, Retention

SOON = timedelta(days=7)
"""How long before its end a period counts as soon over; for a short period, its last quarter."""
MAX_DAYS = 36_500
"""The longest period that can be chosen; "no limit" is a separate choice."""


@dataclass(frozen=True, slots=True)
class Due:
    """People whose period is `over`, and those whose period `soon` will be, ordered by end."""

    over: tuple[Person, ...] = ()
    soon: tuple[Person, ...] = ()

    def __bool__(self) -> bool:
        """Whether there is anybody."""
        return bool(self.over or self.soon)


def due(people: Sequence[Person], now: datetime) -> Due:
    """Return whose period is over or soon will be; `now` needs a time zone."""
    kept = sorted(
        ((person, person.retention) for person in people if person.retention is not None),
        key=lambda pair: (pair[1].until, pair[0].id),
    )
    over = tuple(person for person, retention in kept if retention.until <= now)
    soon = tuple(
        person for person, retention in kept if timedelta(0) < retention.until - now <= min(SOON, retention.period / 4)
    )
    return Due(over, soon)


def kept_for(days: int, now: datetime) -> Retention:
    """Return the period of this many days starting now.

    Raises:
        EnrollmentError: if it is not positive, or longer than a century.
    """
    if not 1 <= days <= MAX_DAYS:
        raise EnrollmentError(
            QT_TRANSLATE_NOOP(
                "Errors",
                "People can be kept for 1 to {most} days, not {days}. Choose a number in that range, or set no limit.",
            ),
            most=MAX_DAYS,
            days=days,
        )
    return Retention(now + timedelta(days=days), timedelta(days=days))


def kept_through(last_day: date, now: datetime) -> Retention:
    """Return the period from now to the end of that day, in this computer's time zone.

    Raises:
        EnrollmentError: if the day is over, or more than a century away.
    """
    is_near = (last_day - now.astimezone().date()).days <= MAX_DAYS
    end = datetime.combine(last_day + timedelta(days=1), time()).astimezone(UTC) if is_near else now
    if end <= now:
        raise EnrollmentError(
            QT_TRANSLATE_NOOP(
                "Errors", "People cannot be kept until {day}: choose a day from today on, within a hundred years."
            ),
            day=last_day.isoformat(),
        )
    return Retention(end, end - now)


def last_day(until: datetime) -> date:
    """Return the last day, in this computer's time zone, of a period that ends then."""
    return (until - timedelta(microseconds=1)).astimezone().date()
