"""The method's title over the video, or a choice of methods in its place."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox, QWidget

from metaface_gui.gui.panels.eliding_combo import ElidingComboBox
from metaface_gui.gui.theme import FontSize, Radius, font

_PAD = 12
_NARROWEST = 60
_COMBO_WIDTH = 190


class TitleBadge(QWidget):
    """Plain words let the mouse through. With choices it is a combo box, and `chosen` says which key was picked."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = ""
        self._font = font(FontSize.HEADING, bold=True)
        words = self.tr("Show another method's names in this view")
        self.combo = ElidingComboBox(self.tr("Method of this view"), words, self)
        self.combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.combo.activated.connect(lambda: self.chosen.emit(self.combo.currentData()))
        self.combo.hide()
        self._letting_through(True)
        self.hide()

    @property
    def title(self) -> str:
        """What it says; "" while it is not there."""
        return self._title

    def show_title(self, title: str, letters_px: int = FontSize.HEADING) -> None:
        """Show these words, with letters this high; "" takes the badge away."""
        self._title = title
        self._font = font(letters_px, bold=True)
        self.setAccessibleName(title)
        self.setVisible(bool(title))
        self.updateGeometry()
        self.update()

    def set_choices(self, choices: Sequence[tuple[str, str]], current: str) -> None:
        """Offer these keys with their titles, of which `current` is in use; none: plain words."""
        present = [(self.combo.itemData(i), self.combo.itemText(i)) for i in range(self.combo.count())]
        if present != list(choices):
            self.combo.clear()
            for key, title in choices:
                self.combo.addItem(title, key)
        self.combo.setCurrentIndex(self.combo.findData(current))
        self.combo.setVisible(bool(choices))
        self._letting_through(not choices)
        self.updateGeometry()
        self.update()

    def fit(self, right: int, top: int, widest: int) -> None:
        """Put the right upper corner there, no wider than `widest`."""
        size = self.sizeHint()
        width = max(min(size.width(), widest), _NARROWEST)
        self.setGeometry(right - width, top, width, size.height())
        self.combo.setGeometry(self.rect())

    def sizeHint(self) -> QSize:
        """Room for the words, or for the combo box."""
        if not self.combo.isHidden():
            return QSize(max(_COMBO_WIDTH, self.combo.sizeHint().width()), self.combo.sizeHint().height())
        metrics = QFontMetricsF(self._font)
        width = metrics.horizontalAdvance(self._title)
        return QSize(round(width + self._pad * 2), round(metrics.height() + self._pad))

    @property
    def _pad(self) -> float:
        return max(_PAD, self._font.pixelSize() * 0.6)

    def _letting_through(self, through: bool) -> None:
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, through)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The words on a translucent plate."""
        if not self.combo.isHidden():
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(10, 12, 16, 190))
        painter.drawRoundedRect(self.rect(), Radius.M, Radius.M)
        painter.setFont(self._font)
        painter.setPen(QColor("#ffffff"))
        line = QRectF(self.rect()).adjusted(self._pad, 0, -self._pad, 0)
        text = QFontMetricsF(self._font).elidedText(self._title, Qt.TextElideMode.ElideRight, line.width() + 1)
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        painter.end()
