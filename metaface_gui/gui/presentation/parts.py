"""The parts that can stand beside the video of a presentation."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum


class Part(Enum):
    """One optional part; the value is what the settings store."""

    CURVE = "curve"
    MAP = "map"
    COUNTS = "counts"
    MARGINS = "margins"


def parts_of(text: str) -> frozenset[Part]:
    """Parse the output of `parts_text`; unknown words are skipped."""
    known = {part.value: part for part in Part}
    return frozenset(known[word] for word in text.split() if word in known)


def parts_text(parts: Iterable[Part]) -> str:
    """Serialise parts in their canonical order."""
    chosen = set(parts)
    return " ".join(part.value for part in Part if part in chosen)
