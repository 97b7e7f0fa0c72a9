"""The line icons of `assets/icons`, in the theme's colours."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import ClassVar, Protocol, cast

from PySide6.QtCore import QByteArray, QObject, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QStyleOption

from metaface_gui.gui.theme import Theme
from metaface_gui.resources import assets_dir

_MOST_PX = 48
"""Maximum size of the icons of buttons, actions and menus, in device-independent pixels."""


class HasIcon(Protocol):
    """A button, an action or a menu: anything that `set_icon` can give an icon."""

    def setIcon(self, icon: QIcon) -> None:
        """Show `icon`."""


def icon_names() -> list[str]:
    """Return the names that `icon_pixmap` and `set_icon` accept."""
    return sorted(path.stem for path in (assets_dir() / "icons").glob("*.svg"))


def icon_pixmap(name: str, size: int, color: QColor, scale: float = 1.0) -> QPixmap:
    """Draw an icon `size` device-independent pixels across in one colour.

    Raises:
        FileNotFoundError: if there is no icon of that name.
    """
    # A copy, because the cached pixmap keeps its own device pixel ratio.
    pixmap = QPixmap(_pixmap(name, color, round(size * scale)))
    pixmap.setDevicePixelRatio(scale)
    return pixmap


def make_icon(name: str, token: str = "text") -> QIcon:
    """Return an icon in a colour of the current theme; it does not follow later changes (see `set_icon`).

    Raises:
        FileNotFoundError: if there is no icon of that name.
    """
    _path(name)  # raise for an unknown name now, not when it is painted
    theme = Theme.current()
    return QIcon(_LineIcon(name, theme.color(token), theme.color("disabled")))


class _LineIcon(QIconEngine):
    """Draws an icon only when it is shown: a window has a hundred, most of them in menus and on hidden pages."""

    _clones: ClassVar[list[QIconEngine]] = []

    def __init__(self, name: str, color: QColor, disabled: QColor) -> None:
        super().__init__()
        self._name = name
        self._color, self._disabled = color, disabled

    def clone(self) -> QIconEngine:
        """Copy the engine, for an icon that is changed while another shares it; none of ours is."""
        clone = _LineIcon(self._name, self._color, self._disabled)
        # PySide does not pass ownership to Qt: the clone would die with its last Python reference, and Qt would crash.
        self._clones.append(clone)
        return clone

    def actualSize(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QSize:  # noqa: ARG002 - Qt's
        """Return the size asked for, within bounds; always a square."""
        side = min(size.width(), size.height(), _MOST_PX)
        return QSize(side, side)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:  # noqa: ARG002 - Qt's
        """Draw it as large as fits into `size`, which is in pixels of the screen."""
        if size.isEmpty():  # a button squeezed to nothing
            return QPixmap()
        color = self._disabled if mode == QIcon.Mode.Disabled else self._color
        pixmap = _pixmap(self._name, color, min(size.width(), size.height()))
        if mode != QIcon.Mode.Selected:
            return pixmap
        option = QStyleOption()
        option.palette = QApplication.palette()
        return QApplication.style().generatedIconPixmap(mode, pixmap, option)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Draw it into the middle of `rect`."""
        scale = painter.device().devicePixelRatioF()
        side = min(rect.width(), rect.height())
        square = QRect(0, 0, side, side)
        square.moveCenter(rect.center())
        painter.drawPixmap(square, self.pixmap(QSize(side, side) * scale, mode, state))


@cache
def _path(name: str) -> Path:
    """Return an icon's path; the disk is asked only once, because a window has a hundred icons.

    Raises:
        FileNotFoundError: if there is no icon of that name.
    """
    path = assets_dir() / "icons" / f"{name}.svg"
    if not path.is_file():
        raise FileNotFoundError(path)
    return path


def _pixmap(name: str, color: QColor, pixels: int) -> QPixmap:
    """Draw an icon (pixels, pixels), or take it from Qt's cache."""
    key, pixmap = f"metaface {name} {color.name()} {pixels}", QPixmap()
    if not QPixmapCache.find(key, pixmap):
        pixmap = _draw(_renderer(name, color), pixels)
        QPixmapCache.insert(key, pixmap)
    return pixmap


def _renderer(name: str, color: QColor) -> QSvgRenderer:
    text = _path(name).read_text("utf-8")
    return QSvgRenderer(QByteArray(text.replace("currentColor", color.name()).encode()))


def _draw(renderer: QSvgRenderer, pixels: int) -> QPixmap:
    pixmap = QPixmap(pixels, pixels)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    renderer.render(painter, QRectF(pixmap.rect()))
    painter.end()
    return pixmap


def app_icon() -> QIcon:
    """Return MetaFace's own icon."""
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
