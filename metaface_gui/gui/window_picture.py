"""A picture of the window as a file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QWidget

from metaface_gui.weights.whole_file import MADE_WITH, write_whole


def png_of(pixmap: QPixmap) -> bytes:
    """Return a PNG file whose metadata says what made it."""
    image = pixmap.toImage()
    for key, text in MADE_WITH.items():
        image.setText(key, text)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # the stubs type the format as bytes
    return bytes(buffer.data().data())


def save_picture(window: QWidget, path: Path) -> None:
    """Write what a window shows to a PNG file, whole or not at all.

    Raises:
        KnownError: if it cannot be written.
    """
    write_whole(path, png_of(window.grab()))
