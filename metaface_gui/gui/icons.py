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
"""Icons of buttons, actions and menus are no larger, in device-independent pixels."""


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
    # A copy: what is kept for others has a density of its own.
    pixmap = QPixmap(_pixmap(name, color, round(size * scale)))
    pixmap.setDevicePixelRatio(scale)
    return pixmap


def make_icon(name: str, token: str = "text") -> QIcon:
    """An icon in a colour of the present theme; it does not follow later changes (see `set_icon`).

    Raises:
        FileNotFoundError: if there is no icon of that name.
    """
    _path(name)  # raises where there is none, before anybody looks at it
    theme = Theme.current()
    return QIcon(_LineIcon(name, theme.color(token), theme.color("disabled")))


class _LineIcon(QIconEngine):
    """Draws one icon when somebody looks at it: a window has a hundred, most of them in menus and on hidden pages."""

    _clones: ClassVar[list[QIconEngine]] = []

    def __init__(self, name: str, color: QColor, disabled: QColor) -> None:
        super().__init__()
        self._name = name
        self._color, self._disabled = color, disabled

    def clone(self) -> QIconEngine:
        """For an icon that is to be changed while another shows the same, as none of ours is."""
        clone = _LineIcon(self._name, self._color, self._disabled)
        # PySide does not hand it over to Qt: it would go with the last that Python knows of it, and Qt would crash.
        self._clones.append(clone)
        return clone

    def actualSize(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QSize:  # noqa: ARG002 - Qt's
        """As large as is asked for, within bounds; always a square."""
        side = min(size.width(), size.height(), _MOST_PX)
        return QSize(side, side)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:  # noqa: ARG002 - Qt's
        """Draw it as large as fits into `size`, which is in pixels of the screen."""
        if size.isEmpty():  # of a button that is squeezed to nothing
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
    """Where an icon is; asked of the disk once, for a window has a hundred.

    Raises:
        FileNotFoundError: if there is no icon of that name.
    """
    path = assets_dir() / "icons" / f"{name}.svg"
    if not path.is_file():
        raise FileNotFoundError(path)
    return path


def _pixmap(name: str, color: QColor, pixels: int) -> QPixmap:
    """Draw an icon (pixels, pixels), or take what Qt keeps of it."""
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
