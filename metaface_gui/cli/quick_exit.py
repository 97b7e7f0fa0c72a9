"""Ends the process of a command that is done.

Taking PyTorch, OpenVINO and Qt apart piece by piece takes half a second, and on a busy machine many, in which nothing
is left to do: files are closed, processes and threads of the command's own have ended.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from contextlib import suppress
from typing import NoReturn


def is_something_running() -> bool:
    """Whether threads that Python knows run beside the main one."""
    return threading.active_count() > 1


def end_process(code: int) -> NoReturn:
    """End now with this exit code; what waits in the standard streams is written."""
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # nobody reads it, or it is closed; the command has said what there was
            stream.flush()
    os._exit(code)
