"""Small pictures of faces: decoded at the size they are shown, square, with round corners; initials where none is."""

from __future__ import annotations

import unicodedata

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QImageReader, QPainter, QPainterPath, QPalette, QPixmap

from metaface_gui.gui.theme import font


def decode_square(encoded: bytes | None, side: int) -> QImage:
    """Decode the middle square of an encoded picture at `side` pixels; a null image if there is none or it is damaged.

    The reader scales while decoding, so that a large photograph is never held at its full size.
    """
    if not encoded:
        return QImage()
    data = QByteArray(encoded)
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    reader.setAutoTransform(True)
    size = reader.size()
    if size.isValid():
        reader.setScaledSize(size.scaled(QSize(side, side), Qt.AspectRatioMode.KeepAspectRatioByExpanding))
    image = reader.read()
    if image.isNull():
        return image
    return image.copy((image.width() - side) // 2, (image.height() - side) // 2, side, side)


def rounded_pixmap(image: QImage, side: int, ratio: float, radius: float) -> QPixmap:
    """The same as `rounded_image`, ready to draw; on the GUI thread."""
    return QPixmap.fromImage(rounded_image(image, side, ratio, radius))


def rounded_image(image: QImage, side: int, ratio: float, radius: float) -> QImage:
    """Draw a square image on a transparent one with round corners; `side` and `radius` in logical pixels."""
    pixels = round(side * ratio)
    rounded = QImage(pixels, pixels, QImage.Format.Format_ARGB32_Premultiplied)
    rounded.setDevicePixelRatio(ratio)
    rounded.fill(Qt.GlobalColor.transparent)
    painter = QPainter(rounded)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
    path = QPainterPath()
    path.addRoundedRect(QRectF(0, 0, side, side), radius, radius)
    painter.setClipPath(path)
    painter.drawImage(QRectF(0, 0, side, side), image)
    painter.end()
    return rounded


def initials(name: str) -> str:
    """Return the first letter of the first and of the last word, or the first symbol of a name that has no letters."""
    words = [word for word in name.split() if unicodedata.category(word[0])[0] in "LN"]
    if not words:
        return name.strip()[:1]
    letters = words[0][0] + (words[-1][0] if len(words) > 1 else "")
    return letters.upper()


def paint_plate(painter: QPainter, rect: QRectF, palette: QPalette, radius: float) -> None:
    """Draw the place of a picture that is still to come."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(palette.color(QPalette.ColorRole.Midlight))
    painter.drawRoundedRect(rect, radius, radius)


def paint_initials(painter: QPainter, rect: QRectF, name: str, palette: QPalette, radius: float) -> None:
    """Draw what stands for somebody without a picture."""
    painter.save()
    paint_plate(painter, rect, palette, radius)
    painter.setFont(font(max(9, round(rect.height() * 0.36)), bold=True))
    painter.setPen(palette.color(QPalette.ColorRole.PlaceholderText))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, initials(name))
    painter.restore()
