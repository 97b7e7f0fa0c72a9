"""What "Copy details" copies: enough for somebody to help, but no names, faces or files."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version

from PySide6.QtCore import qVersion
from PySide6.QtGui import QGuiApplication

from metaface_gui.engine.events import ModelsChanged
from metaface_gui.program_log import program_version, recent_lines

_LIBRARIES = ("PySide6", "torch", "torchvision", "numpy", "opencv-python-headless", "facenet-pytorch", "pillow")


def details_text(cause: str, models: ModelsChanged | None) -> str:
    """Return a report in English, whatever the window's language.

    `cause` must contain no names (`program_log.nameless`); `models` says which models run where, if known.
    """
    lines = [
        cause,
        "",
        f"MetaFace {program_version() or 'from a checkout'}, Python {platform.python_version()}",
        f"System: {platform.platform()}, {os.cpu_count()} processors, shown by {QGuiApplication.platformName()}",
        f"Models: {_models_words(models)}",
        f"Libraries: Qt {qVersion()}, {', '.join(f'{name} {_version(name)}' for name in _LIBRARIES)}",
        "",
        "The newest lines of the log:",
        *(recent_lines() or ("(no log)",)),
    ]
    return "\n".join(lines)


def _models_words(models: ModelsChanged | None) -> str:
    if models is None:
        return "none yet"
    methods = ", ".join((models.learner, *models.compared))
    return f"{models.detector}, {models.embedder}, {methods}; on {models.device}; {models.state.name.lower()}"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
