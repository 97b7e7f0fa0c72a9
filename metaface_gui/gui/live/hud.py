"""The head-up display: how fast the engine runs, drawn over the video."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from metaface_gui.engine.events import EngineStats
from metaface_gui.gui.model_words import device_name
from metaface_gui.gui.theme import DARK, FontSize, font
from metaface_gui.i18n import listed

_PAD = 12
_LINE = 19
_COLUMN_GAP = 14


class Hud(QWidget):
    """Rates, latency, dropped frames and device. Transparent to the mouse; numbers do not change its size."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName(self.tr("Speed of the engine"))
        self._font = font(FontSize.SMALL, tabular=True)
        self._rows: list[tuple[str, str, str]] = []
        self.show_stats(None)

    def show_stats(self, stats: EngineStats | None) -> None:
        """Show these numbers, or dashes for None because nothing runs."""
        none = "–"
        dropped_color = "muted"
        if stats is None:
            values = [none] * 5
        else:
            dropped = str(stats.dropped_frames)
            if stats.failed_frames:
                dropped_color = "warning"
                dropped = self.tr("{dropped}, {failed} failed").format(dropped=dropped, failed=stats.failed_frames)
            values = [
                f"{stats.preview_fps:.1f} fps",
                f"{stats.inference_fps:.1f} fps",
                f"{stats.latency_ms:.0f} ms" if stats.inference_fps > 0 else none,
                dropped,
                device_name(stats.device),
            ]
        names = [self.tr("Preview"), self.tr("Recognition"), self.tr("Latency"), self.tr("Dropped"), self.tr("Device")]
        colors = ["text", "text", "text", dropped_color, "text"]
        self._rows = list(zip(names, values, colors, strict=True))
        self.setAccessibleDescription(listed(f"{name} {value}" for name, value, _ in self._rows))
        self.resize(self.sizeHint())
        self.update()

    def sizeHint(self) -> QSize:
        """Return room for the names and the values, and at least for “000.0 fps”, so that numbers do not resize it."""
        metrics = QFontMetricsF(self._font)
        names = max(metrics.horizontalAdvance(name) for name, _, _ in self._rows)
        values = max(
            [metrics.horizontalAdvance("000.0 fps")] + [metrics.horizontalAdvance(v) for _, v, _ in self._rows]
        )
        return QSize(round(names + values) + _COLUMN_GAP + 2 * _PAD, _LINE * len(self._rows) + 2 * _PAD - 4)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint two columns on a translucent plate."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(10, 12, 16, 190))
        painter.drawRoundedRect(self.rect(), 9, 9)
        painter.setFont(self._font)
        for row, (name, value, color) in enumerate(self._rows):
            line = QRectF(
                QPointF(_PAD, _PAD - 2 + row * _LINE), QPointF(self.width() - _PAD, _PAD - 2 + (row + 1) * _LINE)
            )
            painter.setPen(QColor(DARK.muted))
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)
            painter.setPen(QColor(getattr(DARK, color)))
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, value)
        painter.end()
