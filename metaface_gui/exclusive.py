"""An exclusive lock on an open file, which the operating system releases when the process ends in any way."""

from __future__ import annotations

import sys

if sys.platform == "win32":
    import msvcrt

    _HELD_BY_ANOTHER = (PermissionError,)

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    _HELD_BY_ANOTHER = (BlockingIOError,)

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def try_lock(descriptor: int) -> bool:
    """Lock the file until its descriptor is closed, without waiting; False if it is locked already.

    The holder may be this process, through another descriptor.

    Raises:
        OSError: where files cannot be locked.
    """
    try:
        _lock(descriptor)
    except _HELD_BY_ANOTHER:
        return False
    return True
