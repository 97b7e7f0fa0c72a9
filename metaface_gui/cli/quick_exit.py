"""End the process of a finished command without teardown.

Tearing down PyTorch, OpenVINO and Qt takes half a second, many on a busy machine, although nothing is left to do: files
are closed, and the command's own processes and threads have ended.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from contextlib import suppress
from typing import NoReturn


def is_something_running() -> bool:
    """Return whether Python knows of threads besides the main one."""
    return threading.active_count() > 1


def end_process(code: int) -> NoReturn:
    """End now with this exit code, after flushing the standard streams."""
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # nobody reads it, or it is closed; the command has already reported that
            stream.flush()
    os._exit(code)
