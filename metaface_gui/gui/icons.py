"""The line icons of `assets/icons`, in the theme's colours."""

from __future__ import annotations

from typing import Protocol, cast

from PySide6.QtCore import QByteArray, QObject, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer

from metaface_gui.gui.theme import Theme
from metaface_gui.resources import assets_dir

_SIZES = (16, 20, 24, 48)
"""Pixels; Qt scales down from the next larger one, so 48 also serves 24 on a screen of twice the density."""


class HasIcon(Protocol):
    """A button, an action, a menu: what `set_icon` can give an icon."""

    def setIcon(self, icon: QIcon) -> None:
        """Show `icon`."""


def icon_names() -> list[str]:
    """Names that `icon_pixmap` and `set_icon` take."""
    return sorted(path.stem for path in (assets_dir() / "icons").glob("*.svg"))


def icon_pixmap(name: str, size: int, color: QColor, scale: float = 1.0) -> QPixmap:
    """Draw an icon `size` device-independent pixels across in one colour.

    Raises:
        FileNotFoundError: if there is no icon of that name.
    """
    (pixmap,) = _pixmaps(name, color, (round(size * scale),))
    pixmap.setDevicePixelRatio(scale)
    return pixmap


def make_icon(name: str, token: str = "text") -> QIcon:
    """An icon in a colour of the present theme; it does not follow later changes (see `set_icon`)."""
    theme = Theme.current()
    icon = QIcon()
    for mode, color in ((QIcon.Mode.Normal, theme.color(token)), (QIcon.Mode.Disabled, theme.color("disabled"))):
        for pixmap in _pixmaps(name, color, _SIZES):
            icon.addPixmap(pixmap, mode)
    return icon


def _pixmaps(name: str, color: QColor, sizes: tuple[int, ...]) -> list[QPixmap]:
    """Draw an icon in each of `sizes` (pixels), or take what Qt keeps of it: a window has a hundred icons."""
    renderer: QSvgRenderer | None = None
    pixmaps = list[QPixmap]()
    for size in sizes:
        key, pixmap = f"metaface {name} {color.name()} {size}", QPixmap()
        if not QPixmapCache.find(key, pixmap):
            renderer = renderer or _renderer(name, color)
            pixmap = _draw(renderer, size)
            QPixmapCache.insert(key, pixmap)
        pixmaps.append(pixmap)
    return pixmaps


def _renderer(name: str, color: QColor) -> QSvgRenderer:
    text = (assets_dir() / "icons" / f"{name}.svg").read_text("utf-8")
    return QSvgRenderer(QByteArray(text.replace("currentColor", color.name()).encode()))


def _draw(renderer: QSvgRenderer, pixels: int) -> QPixmap:
    pixmap = QPixmap(pixels, pixels)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    renderer.render(painter, QRectF(pixmap.rect()))
    painter.end()
    return pixmap


def app_icon() -> QIcon:
    """MetaFace's own icon."""
    return QIcon(str(assets_dir() / "icons" / "metaface.svg"))


class _Tint(QObject):
    """Keeps one target's icon in the theme's colour; lives and dies with the target."""

    def __init__(self, target: QObject, name: str, token: str) -> None:
        super().__init__(target)
        self._name = name
        self._token = token
        Theme.current().changed.connect(self.apply)
        self.apply()

    def choose(self, name: str, token: str) -> None:
        if (name, token) != (self._name, self._token):
            self._name, self._token = name, token
            self.apply()

    def apply(self) -> None:
        cast(HasIcon, self.parent()).setIcon(make_icon(self._name, self._token))


def set_icon(target: QObject, name: str, token: str = "text") -> None:
    """Give a button, action or menu an icon that follows the theme; calling it again changes the icon."""
    tint = target.findChild(_Tint, options=Qt.FindChildOption.FindDirectChildrenOnly)
    if isinstance(tint, _Tint):
        tint.choose(name, token)
    else:
        _Tint(target, name, token)
