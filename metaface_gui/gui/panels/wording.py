"""Small phrases that several panels share: how long ago, how many shots."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime

from metaface_gui.i18n import translate

_LONG_WORD = 16
_RIGHT_TO_LEFT = ("R", "AL")
_ISOLATE, _END = "\u2068", "\u2069"
"""Unicode's first strong isolate, and its end."""
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def age_text(seconds: float) -> str:
    """Return how long ago something was, to the second: for events that the user is watching."""
    if seconds < 2:
        return translate("Ages", "just now")
    if seconds < _MINUTE:
        return translate("Ages", "{n} s ago", n=int(seconds))
    return coarse_age_text(seconds)


def coarse_age_text(seconds: float) -> str:
    """Return how long ago something was, to the minute; if the clock was set back, that is just now."""
    if seconds < _MINUTE:
        return translate("Ages", "just now")
    if seconds < _HOUR:
        return translate("Ages", "{n} min ago", n=int(seconds / _MINUTE))
    if seconds < _DAY:
        return translate("Ages", "{n} h ago", n=int(seconds / _HOUR))
    days = int(seconds / _DAY)
    if days == 1:
        return translate("Ages", "yesterday")
    if days < 60:
        return translate("Ages", "{n} days ago", n=days)
    return translate("Ages", "{n} months ago", n=days // 30)


def last_seen_text(last_seen_at: datetime | None, *, is_present: bool) -> str:
    """Return when somebody was last seen."""
    if is_present:
        return translate("Ages", "here now")
    if last_seen_at is None:
        return translate("Ages", "not seen yet")
    return coarse_age_text((datetime.now(UTC) - last_seen_at).total_seconds())


def shots_text(count: int) -> str:
    """Return a number of shots in words."""
    return translate("Ages", "1 shot") if count == 1 else translate("Ages", "{n} shots", n=count)


def shortened(name: str) -> str:
    """Shorten a name to fit into a sentence, which one that is written from right to left must not turn round."""
    fitting = name if len(name) <= 32 else name[:31].rstrip() + "…"
    if not any(unicodedata.bidirectional(letter) in _RIGHT_TO_LEFT for letter in fitting):
        return fitting
    # Several names may have been cut in the middle of one.
    return _ISOLATE + fitting + _END * (1 + fitting.count(_ISOLATE) - fitting.count(_END))


def breakable(name: str) -> str:
    """Allow line breaks inside overlong words: a popup's label is 200 pixels wide."""
    words = (word if len(word) <= _LONG_WORD else "\u200b".join(word) for word in name.split(" "))
    return " ".join(words)


def hidden_text() -> str:
    """Return what hiding a person means."""
    return translate(
        "People",
        "Hidden: stays in the gallery with all shots, but is not recognised, and is listed only with “Show hidden”.",
    )
