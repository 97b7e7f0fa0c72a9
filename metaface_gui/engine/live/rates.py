"""Rates and latencies of the last moments, for the head-up display."""

from __future__ import annotations

import statistics
import threading
from collections import deque

_WINDOW_NS = 2_000_000_000


class RateMeter:
    """Events a second over the last two seconds, and the median of a value that came with them; thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._events: deque[tuple[int, float]] = deque()

    def tick(self, now_ns: int, value: float = 0.0) -> None:
        """Count one event at `now_ns` (monotonic) that carries `value`."""
        with self._lock:
            self._events.append((now_ns, value))
            self._forget(now_ns)

    def per_second(self, now_ns: int) -> float:
        """Events a second: those of the window but the first, over the time from first to last."""
        with self._lock:
            self._forget(now_ns)
            if len(self._events) < 2:
                return 0.0
            return (len(self._events) - 1) / ((self._events[-1][0] - self._events[0][0]) / 1e9 or 1e-9)

    def median_value(self, now_ns: int) -> float:
        """Median of the values in the window; 0.0 without any."""
        with self._lock:
            self._forget(now_ns)
            return statistics.median(value for _, value in self._events) if self._events else 0.0

    def _forget(self, now_ns: int) -> None:
        while self._events and now_ns - self._events[0][0] > _WINDOW_NS:
            self._events.popleft()
