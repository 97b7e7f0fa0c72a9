"""A one-place mailbox in which the newest value wins: the reason that the live path drops and never queues."""

from __future__ import annotations

import threading
from typing import Generic, TypeVar

T = TypeVar("T")


class LatestSlot(Generic[T]):
    """Holds at most one value. `put` overwrites, `take` empties; both from any thread."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._value: T | None = None
        self._closed = False
        self._woken = False
        self._dropped = 0

    @property
    def dropped(self) -> int:
        """How many values were overwritten before anybody took them."""
        with self._condition:
            return self._dropped

    def put(self, value: T) -> bool:
        """Leave `value`; True if the slot was empty, so that one wake-up per unread value is enough."""
        with self._condition:
            if self._closed:
                return False
            was_empty = self._value is None
            self._dropped += not was_empty
            self._value = value
            self._condition.notify()
            return was_empty

    def take(self, timeout_s: float | None = 0.0) -> T | None:
        """Take the newest value, waiting up to `timeout_s` (None: for ever).

        None if there is none, if `wake` was called or if the slot is closed.
        """
        with self._condition:
            self._condition.wait_for(lambda: self._value is not None or self._closed or self._woken, timeout_s)
            self._woken = False
            value, self._value = self._value, None
            return value

    def wake(self) -> None:
        """Make whoever waits in `take` (or the next one who does) return at once, with or without a value."""
        with self._condition:
            self._woken = True
            self._condition.notify_all()

    def close(self) -> None:
        """Wake everybody who waits; later values are ignored."""
        with self._condition:
            self._closed = True
            self._value = None
            self._condition.notify_all()
