"""The method's title over the video, or a choice of methods in its place."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolButton, QWidget

from metaface_gui.gui.theme import FontSize, Radius, font
from metaface_gui.gui.widgets.eliding_combo import ElidingComboBox

_PAD = 12
_NARROWEST = 60
_COMBO_WIDTH = 190
_GAP = 4
_SMALL = "QToolButton { padding: 2px 6px; min-height: 16px; }"


class TitleBadge(QWidget):
    """Plain text, transparent to the mouse; or, with choices, a combo box, whose chosen key `chosen` carries."""

    chosen = Signal(str)
    toggled = Signal()
    """One of the two switches was clicked; `uses_room` and `is_one_shot` hold their states."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = ""
        self._font = font(FontSize.HEADING, bold=True)
        words = self.tr("Show another method's names in this view")
        self.combo = ElidingComboBox(self.tr("Method of this view"), words, self)
        self.combo.activated.connect(lambda: self.chosen.emit(self.combo.currentData()))
        self.combo.hide()
        self.room_switch = self._switch(self.tr("Room"))
        self.room_switch.setToolTip(self.tr("Adapted to this room’s faces as well, or to the enrolled people alone"))
        self.shot_switch = self._switch(self.tr("1 shot"))
        self.shot_switch.setToolTip(self.tr("Learned from one shot of each person, or from all"))
        self._letting_through(True)
        self.hide()

    def _switch(self, text: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setCheckable(True)
        button.setStyleSheet(_SMALL)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda _checked=False: self.toggled.emit())
        button.hide()
        return button

    @property
    def uses_room(self) -> bool:
        """Whether the switch for the room is on."""
        return self.room_switch.isChecked()

    @property
    def is_one_shot(self) -> bool:
        """Whether the switch for one shot is on."""
        return self.shot_switch.isChecked()

    def show_switches(self, *, uses_room: bool, is_one_shot: bool, has_room: bool = True) -> None:
        """Show what this view's method learned from; `has_room` is False if it never adapts to a room."""
        self.room_switch.setChecked(uses_room and has_room)
        self.room_switch.setEnabled(has_room)
        self.shot_switch.setChecked(is_one_shot)

    @property
    def title(self) -> str:
        """The text shown; "" while hidden."""
        return self._title

    def show_title(self, title: str, letters_px: int = FontSize.HEADING) -> None:
        """Show this text in this font size; "" hides the badge."""
        self._title = title
        self._font = font(letters_px, bold=True)
        self.setAccessibleName(title)
        self.setVisible(bool(title))
        self.updateGeometry()
        self.update()

    def set_choices(self, choices: Sequence[tuple[str, str]], current: str) -> None:
        """Offer these (key, title) pairs, of which key `current` is in use; without any, show plain text."""
        present = [(self.combo.itemData(i), self.combo.itemText(i)) for i in range(self.combo.count())]
        if present != list(choices):
            self.combo.clear()
            for key, title in choices:
                self.combo.addItem(title, key)
        self.combo.setCurrentIndex(self.combo.findData(current))
        for widget in (self.combo, self.room_switch, self.shot_switch):
            widget.setVisible(bool(choices))
        self._letting_through(not choices)
        self.updateGeometry()
        self.update()

    def fit(self, right: int, top: int, widest: int) -> None:
        """Put the upper right corner at (`right`, `top`), no wider than `widest`."""
        size = self.sizeHint()
        width = max(min(size.width(), widest), _NARROWEST)
        self.setGeometry(right - width, top, width, size.height())
        room = 0
        for button in (self.shot_switch, self.room_switch):
            if not self.combo.isHidden() and self.width() - room - button.sizeHint().width() > _NARROWEST:
                room += button.sizeHint().width()
                button.setGeometry(self.width() - room, 0, button.sizeHint().width() - _GAP, self.height())
                room += _GAP
            else:
                button.setGeometry(self.width(), 0, 0, 0)
        self.combo.setGeometry(0, 0, self.width() - room, self.height())

    def sizeHint(self) -> QSize:
        """Return room for the text, or for the combo box and the switches."""
        if not self.combo.isHidden():
            switches = sum(button.sizeHint().width() + _GAP for button in (self.room_switch, self.shot_switch))
            return QSize(_COMBO_WIDTH + switches, self.combo.sizeHint().height())
        metrics = QFontMetricsF(self._font)
        width = metrics.horizontalAdvance(self._title)
        return QSize(round(width + self._pad * 2), round(metrics.height() + self._pad))

    @property
    def _pad(self) -> float:
        return max(_PAD, self._font.pixelSize() * 0.6)

    def _letting_through(self, through: bool) -> None:
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, through)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the text on a translucent plate."""
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
