"""A cache of drawings, so that they need not be redone for every frame; nothing outlives the faces it belongs to."""

from __future__ import annotations

from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")

FRAMES = 30
"""What none of so many frames asked for is forgotten with the next so many: within two seconds in a live view."""


class RecentlyDrawn(Generic[K, V]):
    """Drawings by what they show, `most` of them at most.

    A frame of before a deletion may still be drawn after it, and then a name is drawn again that nobody may know any
    more: clearing at the deletion is not enough, and what no frame shows must go by itself.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._frames = 0
        self._lately: dict[K, V] = {}
        self._before: dict[K, V] = {}

    def __len__(self) -> int:
        return len(self._lately) + len(self._before)

    def next_frame(self) -> None:
        """Another frame is about to be drawn, whether it shows anything or not."""
        self._frames += 1
        if self._frames >= FRAMES:
            self._frames, self._before, self._lately = 0, self._lately, {}

    def get(self, key: K) -> V | None:
        """Return what was drawn for that, if it was lately."""
        found = self._lately.get(key)
        if found is None and key in self._before:
            found = self._lately[key] = self._before.pop(key)
        return found

    def keep(self, key: K, drawn: V) -> V:
        """Remember a drawing; returns it."""
        if len(self) >= self._most:
            self.clear()
        self._lately[key] = drawn
        return drawn

    def clear(self) -> None:
        """Forget all of it at once."""
        self._lately.clear()
        self._before.clear()
