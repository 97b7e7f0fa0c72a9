"""A picture of the window as a file."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QPixmap

from metaface_gui.pipeline.whole_file import MADE_WITH


def png_of(pixmap: QPixmap) -> bytes:
    """A PNG file that says who made it."""
    image = pixmap.toImage()
    for key, text in MADE_WITH.items():
        image.setText(key, text)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # the stubs have the format as bytes
    return bytes(buffer.data().data())
