"""Qt's application, and whether there is a display to draw on. Cheap to import: no widgets, no models."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from metaface_gui.desktop_check import desktop_problem, qt_platforms
from metaface_gui.errors import QT_TRANSLATE_NOOP, KnownError

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

_PLATFORMS_NOBODY_SEES = ("offscreen", "minimal")


def draw_off_screen_without_display() -> None:
    """Make Qt draw into memory if no window can be opened; call this before the application is created."""
    if desktop_problem() is not None:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"


def is_seen() -> bool:
    """Return whether a window would be visible: there may be a display, and Qt was not told to draw off screen."""
    if not sys.platform.startswith("linux"):
        return os.environ.get("QT_QPA_PLATFORM") not in _PLATFORMS_NOBODY_SEES
    platforms = qt_platforms(os.environ)
    return bool(platforms) and platforms[0] not in _PLATFORMS_NOBODY_SEES


def make_application() -> QApplication:
    """Make Qt's application.

    Raises:
        KnownError: if no display answers, or a library that Qt links is missing.
    """
    if (problem := desktop_problem()) is not None:
        raise problem
    try:
        from PySide6.QtWidgets import QApplication  # noqa: PLC0415 - fails if a system library is missing
    except ImportError as error:
        text = QT_TRANSLATE_NOOP("Errors", "Qt cannot start: {reason}. Install PySide6 again, or update the system.")
        raise KnownError(text, reason=error) from error
    # Qt would fill areas of more than 96 rows on its own thread pool, and wait for it: beside a network computing on
    # all cores, that took tens of milliseconds for a rectangle that a single thread fills in less than one.
    os.environ.setdefault("QT_NO_GUI_THREADPOOL", "1")
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName("MetaFace")
    app.setApplicationDisplayName("MetaFace")
    app.setOrganizationName("metaface")
    app.setDesktopFileName("metaface")
    return app
