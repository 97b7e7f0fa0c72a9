"""The available screens, updated when they are plugged in or removed."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, QRect, Signal
from PySide6.QtGui import QGuiApplication, QScreen


@dataclass(frozen=True, slots=True)
class ScreenInfo:
    """A screen: its system name, its geometry on the desktop in device-independent pixels, and whether it is the main
    one."""

    name: str
    geometry: QRect
    is_primary: bool

    @property
    def size_text(self) -> str:
        """Return its size as displayed text."""
        return f"{self.geometry.width()} × {self.geometry.height()}"


def name_of(screen: QScreen) -> str:
    """Return the system's name for a screen, or its position if it has no name."""
    corner = screen.geometry().topLeft()
    return screen.name() or f"({corner.x()}, {corner.y()})"


class Screens(QObject):
    """Lists the screens; `changed`: a screen was plugged in or removed, or its size changed."""

    changed = Signal()

    def __init__(self, app: QGuiApplication, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._app = app
        app.screenAdded.connect(self._on_added)
        app.screenRemoved.connect(self.changed)
        for screen in app.screens():
            self._watch(screen)

    def present(self) -> tuple[ScreenInfo, ...]:
        """Return all screens, the main one first."""
        main = self._app.primaryScreen()
        found = [ScreenInfo(name_of(screen), screen.geometry(), screen is main) for screen in self._app.screens()]
        return tuple(sorted(found, key=lambda screen: not screen.is_primary))

    def _on_added(self, screen: QScreen) -> None:
        self._watch(screen)
        self.changed.emit()

    def _watch(self, screen: QScreen) -> None:
        screen.geometryChanged.connect(self.changed)
