"""The tray of recent unknown faces: one click and a name enrol a person."""

from __future__ import annotations

import time
from itertools import pairwise

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QFontMetrics, QHideEvent, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QStackedWidget, QWidget

from metaface_gui.engine.api import FacesApi
from metaface_gui.engine.events import UnknownGroup, UnknownsChanged
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.panels.pictures import decode_square, paint_initials, rounded_pixmap
from metaface_gui.gui.panels.shot_grid import CornerButton
from metaface_gui.gui.panels.who_is_this import WhoIsThisPopup
from metaface_gui.gui.panels.wording import age_text
from metaface_gui.gui.theme import FontSize, Radius, Space, Theme, font
from metaface_gui.gui.widgets.elided_label import ElidedLabel
from metaface_gui.gui.widgets.empty_note import EmptyNote
from metaface_gui.gui.widgets.flow_layout import FlowLayout
from metaface_gui.gui.widgets.layouts import column
from metaface_gui.gui.widgets.scrolling import scrolling

_PICTURE_SIDE = 92
_REFRESH_MS = 1000


class UnknownCard(QAbstractButton):
    """One unknown person: picture, count, time last seen, and × to forget them."""

    def __init__(self, group: UnknownGroup, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._group = group
        self._image = decode_square(group.picture, 2 * _PICTURE_SIDE)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip(self.tr("Give this person a name"))
        self.setFixedSize(_card_size())
        self.dismiss_button = CornerButton(self.tr("Forget this face (Del)"), self)
        self.show_group(group)

    @property
    def shown(self) -> UnknownGroup:
        """Return the group shown."""
        return self._group

    def show_group(self, group: UnknownGroup) -> None:
        """Update the picture, count and time of the same person."""
        if group.picture != self._group.picture:
            self._image = decode_square(group.picture, 2 * _PICTURE_SIDE)
        self._group = group
        self.setAccessibleName(self.tr("Unknown person, seen {n} times").format(n=group.count))
        self.update()

    def age(self) -> str:
        """Return how long ago the face was seen."""
        return age_text((time.monotonic_ns() - self._group.last_seen_ns) / 1e9)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the × in its corner."""
        super().resizeEvent(event)
        self.dismiss_button.place()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Name on Enter, forget on Delete, go to the neighbours on the arrow keys."""
        key = event.key()
        if key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.dismiss_button.click()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif key in (Qt.Key.Key_Right, Qt.Key.Key_Left):
            self.focusNextPrevChild((key == Qt.Key.Key_Right) != self.isRightToLeft())
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the picture, its count, and the time last seen below it."""
        theme = Theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        body = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setBrush(theme.color("hover" if self.underMouse() or self.isDown() else "raised"))
        painter.setPen(QPen(theme.color("accent" if self.hasFocus() else "border"), 2 if self.hasFocus() else 1))
        painter.drawRoundedRect(body, Radius.M, Radius.M)
        picture = QRectF(Space.XS, Space.XS, _PICTURE_SIDE, _PICTURE_SIDE)
        if self._image.isNull():
            paint_initials(painter, picture, "?", self.palette(), Radius.S)
        else:
            pixmap = rounded_pixmap(self._image, _PICTURE_SIDE, self.devicePixelRatioF(), Radius.S)
            painter.drawPixmap(picture.topLeft(), pixmap)
        self._paint_count(painter, picture)
        painter.setFont(font(FontSize.SMALL, tabular=True))
        painter.setPen(theme.color("muted"))
        line = QRectF(Space.XS, picture.bottom() + 2, _PICTURE_SIDE, _detail_height())
        painter.drawText(line, Qt.AlignmentFlag.AlignCenter, self.age())

    def _paint_count(self, painter: QPainter, picture: QRectF) -> None:
        theme = Theme.current()
        text = f"×{self.locale().toString(self._group.count)}"
        small = font(FontSize.SMALL, bold=True, tabular=True)
        width = QFontMetrics(small).horizontalAdvance(text) + 2 * Space.S - 2
        pill = QRectF(picture.left() + 3, picture.bottom() - 21, width, 18)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("window"))
        painter.drawRoundedRect(pill, 9, 9)
        painter.setFont(small)
        painter.setPen(theme.color("text"))
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, text)


class _Cards(QWidget):
    """The cards in lines, as many per line as fit."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.flow = FlowLayout(self, spacing=Space.S)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def minimumSizeHint(self) -> QSize:
        """Return the size of one card; without this Qt reserves the height of all cards in one column."""
        return _card_size()


class UnknownTray(QWidget):
    """Cards, newest first; they stay in place under the pointer. A click opens "Who is this?"; × forgets."""

    def __init__(self, faces: FacesApi, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._faces = faces
        self._cards: list[UnknownCard] = []
        self._slots: list[QWidget] = []
        self._newest: UnknownsChanged | None = None
        self._popup = WhoIsThisPopup(faces, bridge, self)
        self.setAccessibleName(self.tr("Unknown faces"))
        self._title = ElidedLabel(self.tr("Unknown faces"), self, role="heading")
        self._strip = _Cards(self)
        self._scroll = scrolling(self._strip, self)
        self._empty = EmptyNote(
            "tray", self.tr("No unknown faces"), self.tr("People seen but not recognised wait here for a name."), self
        )
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._scroll)
        # Reserve a line of cards from the start, so that nothing moves when the first one appears.
        self._stack.setMinimumHeight(_card_size().height())
        self.setLayout(column(self._title, (self._stack, 1), margins=(Space.M, Space.S, Space.M, Space.S)))
        self._timer = QTimer(self)
        self._timer.setInterval(_REFRESH_MS)
        self._timer.timeout.connect(self._refresh_ages)
        bridge.unknowns_changed.connect(self._on_unknowns)

    @property
    def cards(self) -> tuple[UnknownCard, ...]:
        """Return the cards, newest first."""
        return tuple(self._cards)

    @property
    def popup(self) -> WhoIsThisPopup:
        """Return the popup that a click opens."""
        return self._popup

    @property
    def is_empty(self) -> bool:
        """Return whether the note for an empty tray is shown."""
        return self._stack.currentWidget() is self._empty

    def showEvent(self, event: QShowEvent) -> None:
        """Refresh the times only while they are visible."""
        super().showEvent(event)
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop refreshing."""
        super().hideEvent(event)
        self._timer.stop()

    def leaveEvent(self, event: QEvent) -> None:
        """Sort the cards again once the pointer has left."""
        super().leaveEvent(event)
        if self._newest is not None:
            self._show(self._newest, keeps_places=False)

    def _on_unknowns(self, event: UnknownsChanged) -> None:
        # A person seen again moves to the front, which would put another card under the pointer.
        self._newest = event
        self._show(event, keeps_places=self.underMouse())

    def _show(self, event: UnknownsChanged, *, keeps_places: bool) -> None:
        known = {card.shown.id: card for card in self._cards}
        focused = next((row for row, card in enumerate(self._cards) if card.hasFocus()), None)
        cards: list[UnknownCard] = []
        for group in event.groups:
            card = known.pop(group.id) if group.id in known else self._new_card(group)
            card.show_group(group)
            cards.append(card)
        slots: list[QWidget] = [*cards]
        if keeps_places:
            slots = [slot if slot in cards else _gap(self._strip) for slot in self._slots]
            slots += [card for card in cards if card not in slots]
        self._fill(slots)
        self._cards = cards
        self._stack.setCurrentWidget(self._scroll if cards else self._empty)
        count = len(cards)
        self._title.setText(self.tr("Unknown faces ({n})").format(n=count) if count else self.tr("Unknown faces"))
        if focused is not None and cards and not any(card.hasFocus() for card in cards):
            cards[min(focused, len(cards) - 1)].setFocus(Qt.FocusReason.OtherFocusReason)
        for gone in known.values():
            gone.hide()
            gone.deleteLater()

    def _fill(self, slots: list[QWidget]) -> None:
        """Lay out cards and gaps in this order."""
        if slots == self._slots:
            return
        for former in self._slots:
            self._strip.flow.removeWidget(former)
            if former not in slots and not isinstance(former, UnknownCard):
                former.deleteLater()
        for slot in slots:
            self._strip.flow.addWidget(slot)
            slot.show()
        cards = [slot for slot in slots if isinstance(slot, UnknownCard)]
        for before, card in pairwise(cards):
            QWidget.setTabOrder(before, card)
        self._slots = slots

    def _new_card(self, group: UnknownGroup) -> UnknownCard:
        card = UnknownCard(group, self._strip)
        group_id = group.id
        card.clicked.connect(lambda: self._ask_name(card))
        card.dismiss_button.clicked.connect(lambda: self._faces.dismiss_unknown(group_id))
        card.show()
        return card

    def _ask_name(self, card: UnknownCard) -> None:
        below = card.mapToGlobal(QPoint(0, card.height() + Space.XS))
        self._popup.open_for_group(card.shown.id, card.shown.picture, below)

    def _refresh_ages(self) -> None:
        for card in self._cards:
            card.update()


def _gap(parent: QWidget) -> QWidget:
    """Return the placeholder of a removed card."""
    gap = QWidget(parent)
    gap.setFixedSize(_card_size())
    return gap


def _detail_height() -> int:
    return QFontMetrics(font(FontSize.SMALL)).height()


def _card_size() -> QSize:
    return QSize(_PICTURE_SIDE + 2 * Space.XS, _PICTURE_SIDE + 3 * Space.XS + _detail_height())
