"""A cache of drawings, so that they need not be redone for every frame; nothing outlives the faces it belongs to."""

from __future__ import annotations

from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")

FRAMES = 30
"""Length of a period in frames; a drawing unused for a whole period is dropped: within two seconds in a live view."""


class RecentlyDrawn(Generic[K, V]):
    """At most `most` drawings, keyed by what they show.

    Clearing them when a person is deleted is not enough: a frame from before the deletion may still be painted after
    it, which caches the deleted name again. Drawings that no recent frame used must therefore expire by themselves.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._frames = 0
        self._lately: dict[K, V] = {}
        self._before: dict[K, V] = {}

    def __len__(self) -> int:
        return len(self._lately) + len(self._before)

    def next_frame(self) -> None:
        """Begin another frame, whether it shows anything or not."""
        self._frames += 1
        if self._frames >= FRAMES:
            self._frames, self._before, self._lately = 0, self._lately, {}

    def get(self, key: K) -> V | None:
        """Return the drawing for this key, or None if no recent frame used it."""
        found = self._lately.get(key)
        if found is None and key in self._before:
            found = self._lately[key] = self._before.pop(key)
        return found

    def keep(self, key: K, drawn: V) -> V:
        """Store a drawing and return it."""
        if len(self) >= self._most:
            self.clear()
        self._lately[key] = drawn
        return drawn

    def clear(self) -> None:
        """Forget all drawings at once."""
        self._lately.clear()
        self._before.clear()
