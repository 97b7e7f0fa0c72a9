"""One side of a comparison: which method decides, and what it may learn from."""

from __future__ import annotations

from dataclasses import dataclass

STOCK = "stock"
"""The published network: its trunk is not meta-trained, and it adapts to nothing but the shots."""


@dataclass(frozen=True, slots=True)
class Side:
    """A learner's key or `STOCK`, with or without the room's unlabelled faces, with all shots or one per person."""

    learner: str
    uses_room: bool = True
    is_one_shot: bool = False

    @property
    def key(self) -> str:
        """A unique key, e.g. `maml`, `maml/people-only/one-shot`."""
        parts = [self.learner]
        if not self.uses_room and self.learner != STOCK:
            parts.append("people-only")
        if self.is_one_shot:
            parts.append("one-shot")
        return "/".join(parts)

    @property
    def is_plain(self) -> bool:
        """Whether it is a method exactly as it runs in the bar of methods."""
        return self.learner != STOCK and self.uses_room and not self.is_one_shot
