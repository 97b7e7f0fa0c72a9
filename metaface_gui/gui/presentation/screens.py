"""The available screens, as they come and go."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, QRect, Signal
from PySide6.QtGui import QGuiApplication, QScreen


@dataclass(frozen=True, slots=True)
class ScreenInfo:
    """A screen: its name, as the system has it, its place among the others in device-independent pixels, and whether
    it is the main one."""

    name: str
    geometry: QRect
    is_primary: bool

    @property
    def size_text(self) -> str:
        """Its size as people write it."""
        return f"{self.geometry.width()} × {self.geometry.height()}"


def name_of(screen: QScreen) -> str:
    """What the system calls a screen; where it is, if that has no name for it."""
    corner = screen.geometry().topLeft()
    return screen.name() or f"({corner.x()}, {corner.y()})"


class Screens(QObject):
    """`changed`: a screen was plugged in or out, or has another size."""

    changed = Signal()

    def __init__(self, app: QGuiApplication, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._app = app
        app.screenAdded.connect(self._on_added)
        app.screenRemoved.connect(self.changed)
        for screen in app.screens():
            self._watch(screen)

    def present(self) -> tuple[ScreenInfo, ...]:
        """All screens, the main one first."""
        main = self._app.primaryScreen()
        found = [ScreenInfo(name_of(screen), screen.geometry(), screen is main) for screen in self._app.screens()]
        return tuple(sorted(found, key=lambda screen: not screen.is_primary))

    def _on_added(self, screen: QScreen) -> None:
        self._watch(screen)
        self.changed.emit()

    def _watch(self, screen: QScreen) -> None:
        screen.geometryChanged.connect(self.changed)
