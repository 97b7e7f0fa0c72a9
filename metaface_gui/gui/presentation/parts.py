"""What can stand beside the video of a presentation."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum


class Part(Enum):
    """One thing that is shown on demand; the value is what the settings keep."""

    CURVE = "curve"
    MAP = "map"
    COUNTS = "counts"
    MARGINS = "margins"


def parts_of(text: str) -> frozenset[Part]:
    """Read what `parts_text` wrote; words that are none are left out."""
    known = {part.value: part for part in Part}
    return frozenset(known[word] for word in text.split() if word in known)


def parts_text(parts: Iterable[Part]) -> str:
    """Write parts down, in their order."""
    chosen = set(parts)
    return " ".join(part.value for part in Part if part in chosen)
