"""Turns bytes into choices, so that a fuzzer that changes bytes changes choices; an end of the bytes is all zeros."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

_EXTREME = (0, 1, -1, 2, 4, 127, 255, 256, 2**31 - 1, 2**31, 2**40, 2**63 - 1, -(2**63))


class Draw:
    """Reads `data` from the beginning on."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def is_empty(self) -> bool:
        """Whether all was read."""
        return self._at >= len(self._data)

    def take(self, count: int) -> bytes:
        """The next bytes, as many as there are."""
        taken = self._data[self._at : self._at + count]
        self._at += count
        return taken

    def rest(self) -> bytes:
        """All that is left."""
        return self.take(len(self._data))

    def byte(self) -> int:
        """0..255."""
        return (self.take(1) or b"\0")[0]

    def choice(self, choices: Sequence[T]) -> T:
        """One of them."""
        return choices[self.byte() % len(choices)]

    def integer(self) -> int:
        """A whole number of 64 bits: often an extreme one."""
        kind = self.byte()
        if kind < 192:
            return _EXTREME[kind % len(_EXTREME)]
        return int.from_bytes(self.take(8).ljust(8, b"\0"), "little", signed=True)

    def real(self) -> float:
        """Any float, NaN and infinities too."""
        return float(struct.unpack("<d", self.take(8).ljust(8, b"\0"))[0])

    def text(self) -> str:
        """Up to 255 characters, of which any can be anything."""
        return self.take(self.byte()).decode("utf-8", "replace")

    def blob(self) -> bytes:
        """Up to 255 bytes."""
        return self.take(self.byte())
