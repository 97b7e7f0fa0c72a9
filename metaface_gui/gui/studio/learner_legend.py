"""The legend of the curves: each method's line, symbol and name, side by side."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from metaface_gui.gui.learner_words import learner_short_title
from metaface_gui.gui.studio.plot_style import learner_colour, learner_pen, learner_symbol
from metaface_gui.gui.theme import FontSize, Space, Theme, font
from metaface_gui.i18n import listed

_HEIGHT = 20
_LINE = 26
_SYMBOL_SIZE = 7.0


class LearnerLegend(QWidget):
    """As wide as its entries; placed outside the plot, so that it covers no curve."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keys: tuple[str, ...] = ()
        self._growth = 1.0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFont(font(FontSize.SMALL))
        self.setAccessibleName(self.tr("Legend"))
        Theme.current().changed.connect(self.update)

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the methods whose entries are shown."""
        return self._keys

    def show_keys(self, keys: Sequence[str]) -> None:
        """Show these methods' entries."""
        if tuple(keys) != self._keys:
            self._keys = tuple(keys)
            self.setAccessibleDescription(listed(learner_short_title(key) for key in keys))
            self.updateGeometry()
            self.update()

    def set_letters(self, letters_px: int) -> None:
        """Set the letter height; lines and symbols scale with it."""
        self._growth = letters_px / FontSize.SMALL
        self.setFont(font(letters_px))
        self.updateGeometry()
        self.update()

    @property
    def _line(self) -> int:
        return round(_LINE * self._growth)

    def sizeHint(self) -> QSize:
        """Return room for all entries."""
        return QSize(sum(self._width_of(key) for key in self._keys), round(_HEIGHT * self._growth))

    def minimumSizeHint(self) -> QSize:
        """Return the size hint, as an entry must not be cut off."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the entries."""
        from pyqtgraph.graphicsItems.ScatterPlotItem import drawSymbol  # noqa: PLC0415 - loaded with the first curve

        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        x, middle = 0, self.height() / 2
        for key in self._keys:
            painter.setPen(learner_pen(key, 2.0 * self._growth))
            painter.drawLine(QPointF(x, middle), QPointF(x + self._line, middle))
            painter.save()
            painter.translate(x + self._line / 2, middle)
            size = _SYMBOL_SIZE * self._growth
            drawSymbol(painter, learner_symbol(key), size, learner_pen(key, 1.0), learner_colour(key))
            painter.restore()
            painter.setPen(Theme.current().color("text"))
            place = QRect(x + self._line + Space.XS, 0, self._width_of(key), self.height())
            painter.drawText(
                place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, learner_short_title(key)
            )
            x += self._width_of(key)

    def _width_of(self, key: str) -> int:
        name = QFontMetrics(self.font()).horizontalAdvance(learner_short_title(key))
        return self._line + Space.XS + name + Space.M
