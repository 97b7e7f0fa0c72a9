"""Draws the icon in the sizes that desktops ask for: `python -m tests.draw_icons`, whenever the SVG changes."""

from __future__ import annotations

import io
import os
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QRectF
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from metaface_gui.resources import assets_dir

PNG_SIZES = (16, 24, 32, 48, 64, 128, 256, 512)
ICO_SIZES = (16, 24, 32, 48, 64, 128, 256)


def png_path(size: int) -> Path:
    """Where freedesktop.org's icon theme specification wants the picture of `size` pixels, below `assets/icons`."""
    return assets_dir() / "icons" / "hicolor" / f"{size}x{size}" / "apps" / "metaface.png"


def ico_path() -> Path:
    """All sizes in one file, for Windows."""
    return assets_dir() / "icons" / "metaface.ico"


def draw(size: int) -> Image.Image:
    """Draw `assets/icons/metaface.svg`, `size` pixels across, as RGBA; needs a QGuiApplication."""
    image = QImage(size, size, QImage.Format.Format_RGBA8888)
    image.fill(0)
    painter = QPainter(image)
    QSvgRenderer(str(assets_dir() / "icons" / "metaface.svg")).render(painter, QRectF(0, 0, size, size))
    painter.end()
    return Image.frombytes("RGBA", (size, size), bytes(image.constBits()))


def main() -> None:
    """Write every size."""
    pictures = {size: draw(size) for size in PNG_SIZES}
    for size, picture in pictures.items():
        png_path(size).parent.mkdir(parents=True, exist_ok=True)
        picture.save(png_path(size), optimize=True)
    buffer = io.BytesIO()
    small = [pictures[size] for size in ICO_SIZES]
    small[-1].save(buffer, "ICO", sizes=[(size, size) for size in ICO_SIZES], append_images=small[:-1])
    ico_path().write_bytes(buffer.getvalue())


if __name__ == "__main__":
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    application = QGuiApplication([])
    main()
