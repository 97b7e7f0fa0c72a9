"""Two zones that appear while files are dragged over the window: enrol somebody from them, or play them."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QWidget

from metaface_gui.gui.icons import icon_pixmap
from metaface_gui.gui.theme import FontSize, Radius, Space, Theme, font
from metaface_gui.gui.widgets.file_dialogs import local_paths


class DropZones(QWidget):
    """Covers the view while files or folders are dragged over it."""

    enroll_dropped = Signal(list)
    source_dropped = Signal(Path)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAcceptDrops(True)
        self._paths: list[Path] = []
        self._pointer = QPointF(-1, -1)
        self.hide()

    def begin(self, paths: list[Path]) -> None:
        """Show the zones for these files."""
        self._paths = paths
        self._pointer = QPointF(-1, -1)
        self.raise_()
        self.show()

    def end(self) -> None:
        """Hide the zones."""
        self._paths = []
        self.hide()

    def zones(self) -> tuple[QRectF, QRectF | None]:
        """Return the zone that enrols, and the one that plays; the latter only if one file or folder is dragged."""
        inner = QRectF(self.rect()).adjusted(Space.XL, Space.XL, -Space.XL, -Space.XL)
        if len(self._paths) != 1:
            return inner, None
        half = (inner.width() - Space.L) / 2
        right = QRectF(inner.x() + half + Space.L, inner.y(), half, inner.height())
        return QRectF(inner.x(), inner.y(), half, inner.height()), right

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept the drag."""
        self._follow(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Highlight the zone under the pointer."""
        self._follow(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Hide the zones, because nothing was dropped."""
        event.accept()
        self.end()

    def dropEvent(self, event: QDropEvent) -> None:
        """Emit the signal of the zone under the pointer."""
        paths = local_paths(event.mimeData())
        _, play = self.zones()
        event.acceptProposedAction()
        self.end()
        if not paths:
            return
        if play is not None and play.contains(event.position()):
            self.source_dropped.emit(paths[0])
        else:
            self.enroll_dropped.emit(paths)

    def _follow(self, event: QDragMoveEvent) -> None:
        self._pointer = event.position()
        event.acceptProposedAction()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint a dark veil and the zones."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(10, 12, 16, 170))
        enroll, play = self.zones()
        hint = self.tr("Pictures, videos or a folder of one person")
        self._paint_zone(painter, enroll, "user-plus", self.tr("Enrol somebody"), hint, is_default=True)
        if play is not None:
            hint = self.tr("Show it here instead of the camera")
            self._paint_zone(painter, play, "play", self.tr("Play it"), hint, is_default=False)
        painter.end()

    def _paint_zone(
        self, painter: QPainter, zone: QRectF, icon: str, title: str, hint: str, *, is_default: bool
    ) -> None:
        theme = Theme.current()
        others_lit = any(other is not None and other.contains(self._pointer) for other in self.zones())
        is_lit = zone.contains(self._pointer) or (is_default and not others_lit)
        color = theme.color("accent") if is_lit else theme.color("border_strong")
        painter.setPen(QPen(color, 2.5, Qt.PenStyle.DashLine))
        painter.setBrush(theme.color("selection") if is_lit else theme.color("surface"))
        painter.drawRoundedRect(zone, Radius.L, Radius.L)
        middle = zone.center()
        pixmap = icon_pixmap(icon, 48, theme.color("text"), self.devicePixelRatioF())
        painter.drawPixmap(QPointF(middle.x() - 24, middle.y() - 64), pixmap)
        painter.setPen(theme.color("text"))
        painter.setFont(font(FontSize.TITLE, bold=True))
        row = QRectF(zone.x() + Space.S, middle.y(), zone.width() - 2 * Space.S, 32)
        painter.drawText(row, Qt.AlignmentFlag.AlignCenter, title)
        painter.setFont(font(FontSize.BODY))
        painter.drawText(
            row.translated(0, 34).adjusted(0, 0, 0, 24),
            int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop) | int(Qt.TextFlag.TextWordWrap),
            hint,
        )
