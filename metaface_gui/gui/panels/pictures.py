"""Small face pictures: decoded at display size, square, with rounded corners; initials where there is none."""

from __future__ import annotations

import unicodedata

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QImageReader, QPainter, QPainterPath, QPalette, QPixmap

from metaface_gui.gui.theme import font


def decode_square(encoded: bytes | None, side: int) -> QImage:
    """Decode the central square of an encoded picture at `side` pixels; a null image if it is missing or damaged.

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
    """Return `rounded_image` as a pixmap; GUI thread only."""
    return QPixmap.fromImage(rounded_image(image, side, ratio, radius))


def rounded_image(image: QImage, side: int, ratio: float, radius: float) -> QImage:
    """Draw a square image with rounded corners on transparency; `side` and `radius` in logical pixels."""
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
    """Return the first letters of the first and last word, or the first symbol of a name without letters."""
    words = [word for word in name.split() if unicodedata.category(word[0])[0] in "LN"]
    if not words:
        return name.strip()[:1]
    letters = words[0][0] + (words[-1][0] if len(words) > 1 else "")
    return letters.upper()


def paint_plate(painter: QPainter, rect: QRectF, palette: QPalette, radius: float) -> None:
    """Draw the placeholder of a picture that is not ready yet."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(palette.color(QPalette.ColorRole.Midlight))
    painter.drawRoundedRect(rect, radius, radius)


def paint_initials(painter: QPainter, rect: QRectF, name: str, palette: QPalette, radius: float) -> None:
    """Draw a person's initials in place of a picture."""
    painter.save()
    paint_plate(painter, rect, palette, radius)
    painter.setFont(font(max(9, round(rect.height() * 0.36)), bold=True))
    painter.setPen(palette.color(QPalette.ColorRole.PlaceholderText))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, initials(name))
    painter.restore()
