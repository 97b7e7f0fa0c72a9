"""Wording of retention periods: when they end, how long that is, or how long ago they ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from PySide6.QtCore import QDate, QLocale

from metaface_gui.engine.people.retention import last_day
from metaface_gui.gallery import Person, Retention
from metaface_gui.gui.panels.wording import coarse_age_text, shortened
from metaface_gui.i18n import translate

_HOUR_S, _DAY_S = 3600, 86_400
_HOURS_TO_SAY = 48
"""With fewer hours left than this, the time of day is given too."""


def day_text(day: date, locale: QLocale) -> str:
    """Format a day in the locale's long format, without the day of the week."""
    pattern = locale.dateFormat(QLocale.FormatType.LongFormat).replace("dddd", "").strip(" ,")
    return locale.toString(QDate(day.year, day.month, day.day), pattern)


def until_text(retention: Retention | None, now: datetime, locale: QLocale) -> str:
    """Return until when somebody may be kept, in words."""
    if retention is None:
        return translate("Periods", "kept without limit")
    day = last_day(retention.until)
    text = day_text(day, locale)
    left_h = (retention.until - now).total_seconds() / _HOUR_S
    if left_h <= 0:
        return translate("Periods", "was to be kept until {day}", day=text)
    if left_h < _HOURS_TO_SAY:
        local = retention.until.astimezone()
        # A period to the end of a day ends at 00:00 of the next one, which would read as a day too late.
        hour = f"{local:%H:%M}" if local.date() == day else "24:00"
        return translate("Periods", "kept until {day}, {hour}", day=text, hour=hour)
    return translate("Periods", "kept until {day}", day=text)


def left_text(until: datetime, now: datetime) -> str:
    """Return in words how long it is until `until`, or how long ago it was."""
    left_s = (until - now).total_seconds()
    if left_s <= 0:
        return translate("Periods", "ended {ago}", ago=coarse_age_text(-left_s))
    if left_s < _HOUR_S:
        return translate("Periods", "ends within the hour")
    if left_s < 2 * _DAY_S:
        return translate("Periods", "ends in {n} h", n=int(left_s / _HOUR_S))
    return translate("Periods", "ends in {n} days", n=int(left_s / _DAY_S))


def names_text(people: Sequence[Person]) -> str:
    """Name one or two people; of more, name the first and say how many others there are."""
    names = [shortened(person.name) for person in people[:2]]
    if len(people) == 1:
        return names[0]
    if len(people) == 2:
        return translate("Periods", "{one} and {other}", one=names[0], other=names[1])
    return translate("Periods", "{one} and {n} others", one=names[0], n=len(people) - 1)
