"""The tour: a few stops at real parts of the window, each with a short text. It covers and blocks nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QColor,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QRegion,
    QShortcut,
)
from PySide6.QtWidgets import QApplication, QFrame, QLabel, QPushButton, QWidget

from metaface_gui.gui.theme import Radius, Space, Theme
from metaface_gui.gui.widgets.elided_label import set_role
from metaface_gui.gui.widgets.layouts import Gap, column, row

_WIDTH = 380
_ROOM = 6
"""Margin around a target, in pixels."""
_ARROW = 9
_DIM_DARK, _DIM_LIGHT = QColor(0, 0, 0, 150), QColor(16, 22, 32, 110)
_MOVED = (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide)


@dataclass(frozen=True, slots=True, eq=False)
class TourStop:
    """A stop of the tour: the text is placed at the first visible one of `targets`; all of them stay bright."""

    title: str
    text: str
    targets: tuple[QWidget, ...]


class Tour(QWidget):
    """Dims `host` except for the current stop's targets. Transparent to the mouse, and the video goes on.

    Enter or Next goes on, Back goes back, Esc or Skip ends it, wherever the focus is; Tab stays within its buttons.
    `make_stops` is called at each start and when the language changes.
    """

    ended = Signal()

    def __init__(self, host: QWidget, make_stops: Callable[[], Sequence[TourStop]]) -> None:
        super().__init__(host)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._host, self._make_stops = host, make_stops
        self._stops: Sequence[TourStop] = ()
        self._index = 0
        self._watched: list[QWidget] = []
        self._focus_before: QWidget | None = None
        self._holes: list[QRect] = []
        self._arrow = QPolygonF()
        self.callout = TourCallout(host)
        self.callout.next_button.clicked.connect(self._go_on)
        self.callout.back_button.clicked.connect(self._go_back)
        self.callout.skip_button.clicked.connect(self.end)
        escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self.callout)
        escape.setContext(Qt.ShortcutContext.WindowShortcut)
        escape.activated.connect(self.end)
        Theme.current().changed.connect(self.update)
        self.callout.hide()
        self.hide()

    @property
    def holes(self) -> tuple[QRect, ...]:
        """The bright areas, in the host's coordinates."""
        return tuple(self._holes)

    def start(self) -> None:
        """Begin at the first stop, even if the tour is already running."""
        if not self.isVisible():
            self._focus_before = QApplication.focusWidget()
        self._stops = self._make_stops()
        self.show()
        self._show_stop(0)

    def end(self) -> None:
        """End the tour; the focus returns to where it was."""
        if self.isHidden():
            return
        self._watch(())
        had_focus = self.callout.isAncestorOf(QApplication.focusWidget() or self._host)
        self.callout.hide()
        self.hide()
        if had_focus:
            (self._focus_before or self._host).setFocus()
        self._focus_before = None
        self.ended.emit()

    def _go_on(self) -> None:
        if self._index + 1 < len(self._stops):
            self._show_stop(self._index + 1)
        else:
            self.end()

    def _go_back(self) -> None:
        self._show_stop(max(self._index - 1, 0))

    def _show_stop(self, index: int) -> None:
        self._index = index
        stop = self._stops[index]
        self._watch(stop.targets)
        self.callout.say(stop, index, len(self._stops))
        self._place()
        self.raise_()
        self.callout.show()
        self.callout.raise_()
        self.callout.next_button.setFocus()
        said = QAccessibleAnnouncementEvent(self.callout, f"{stop.title}. {stop.text}")
        QAccessible.updateAccessibility(said)

    # Staying where the targets are ----------------------------------------------------------------------------------

    def _watch(self, targets: Sequence[QWidget]) -> None:
        """Watch the targets and all their parents for moves."""
        for widget in self._watched:
            widget.removeEventFilter(self)
        watched: dict[QWidget, None] = {self._host: None} if targets else {}
        for target in targets:
            above: QWidget | None = target
            while above is not None and above is not self._host:
                watched[above] = None
                above = above.parentWidget()
        self._watched = list(watched)
        for widget in self._watched:
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the targets when they move, and end with the window."""
        if watched is self._host and event.type() is QEvent.Type.Close:
            self.end()
        elif event.type() in _MOVED and not self.isHidden():
            self._place()
        return False

    def changeEvent(self, event: QEvent) -> None:
        """Show the stops in the new language."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange and not self.isHidden():
            self._stops = self._make_stops()
            self._show_stop(min(self._index, len(self._stops) - 1))

    def _place(self) -> None:
        whole = self._host.rect()
        self.setGeometry(whole)
        seen = [target for target in self._stops[self._index].targets if target.isVisibleTo(self._host)]
        rects = [QRect(target.mapTo(self._host, QPoint()), target.size()) for target in seen]
        self._holes = [rect.adjusted(-_ROOM, -_ROOM, _ROOM, _ROOM) & whole for rect in rects]
        size = self.callout.size_for(min(_WIDTH, whole.width() - 2 * Space.L))
        anchor = self._holes[0] if self._holes else QRect(whole.center(), whole.center())
        place = _place_beside(anchor, QRect(QPoint(), size), whole)
        self.callout.setGeometry(place)
        self._arrow = _arrow(anchor, place) if self._holes else QPolygonF()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Dim everything but the holes, and draw a line around them."""
        theme = Theme.current()
        painter = QPainter(self)
        dimmed = QRegion(event.rect())
        for hole in self._holes:
            dimmed -= QRegion(hole)
        # Without a painter path, for speed: this is painted for every frame of the video below.
        painter.setClipRegion(dimmed)
        painter.fillRect(event.rect(), _DIM_DARK if theme.tokens.is_dark else _DIM_LIGHT)
        painter.setClipping(False)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("accent"), 2))
        for hole in self._holes:
            painter.drawRoundedRect(QRectF(hole).adjusted(1, 1, -1, -1), Radius.S, Radius.S)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("accent"))
        painter.drawPolygon(self._arrow)
        painter.end()


class TourCallout(QFrame):
    """A stop's text, its number in the tour, and the buttons."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("tour-callout")
        self.title, self.text, self.place = QLabel(self), QLabel(self), QLabel(self)
        set_role(self.title, "heading")
        set_role(self.place, "muted")
        for label in (self.title, self.text):
            label.setWordWrap(True)
        self.skip_button, self.back_button, self.next_button = QPushButton(self), QPushButton(self), QPushButton(self)
        self.skip_button.setProperty("kind", "quiet")
        self.next_button.setProperty("kind", "primary")
        self._column = column(
            self.title,
            self.text,
            Gap(Space.XS),
            row((self.place, 1), self.skip_button, self.back_button, self.next_button),
            margins=(Space.L, Space.L, Space.L, Space.M),
        )
        self.setLayout(self._column)

    def say(self, stop: TourStop, index: int, count: int) -> None:
        """Show this stop's text."""
        self.title.setText(stop.title)
        self.text.setText(stop.text)
        self.place.setText(self.tr("{number} of {count}").format(number=index + 1, count=count))
        is_last = index + 1 == count
        self.skip_button.setText(self.tr("Skip"))
        self.skip_button.setToolTip(self.tr("End the tour (Esc); it is in the Help menu"))
        self.skip_button.setHidden(is_last)
        self.back_button.setText(self.tr("Back"))
        self.back_button.setHidden(index == 0)
        self.next_button.setText(self.tr("Done") if is_last else self.tr("Next"))
        self.setAccessibleName(self.tr("Tour: {title}").format(title=stop.title))
        self.setAccessibleDescription(stop.text)

    def size_for(self, width: int) -> QSize:
        """Return the callout's size at this width."""
        self.ensurePolished()
        self._column.activate()
        return QSize(width, self._column.totalHeightForWidth(width))

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Cycle through its own buttons: the rest of the window is dimmed, and Esc returns to it."""
        buttons = [b for b in (self.skip_button, self.back_button, self.next_button) if not b.isHidden()]
        focused = self.focusWidget()
        at = next((i for i, button in enumerate(buttons) if button is focused), -1 if forward else 0)
        reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
        buttons[(at + (1 if forward else -1)) % len(buttons)].setFocus(reason)
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Press the focused button on Enter."""
        focused = self.focusWidget()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(focused, QPushButton):
            focused.click()
        else:
            super().keyPressEvent(event)


def _place_beside(anchor: QRect, callout: QRect, whole: QRect) -> QRect:
    """Return the first place with room: below the anchor, above it, beside it, else over its middle."""
    inside = whole.adjusted(Space.M, Space.M, -Space.M, -Space.M)
    gap = _ARROW + 3
    left = anchor.center().x() - callout.width() // 2
    top = anchor.center().y() - callout.height() // 2
    corners = [
        QPoint(left, anchor.bottom() + gap),
        QPoint(left, anchor.top() - gap - callout.height()),
        QPoint(anchor.right() + gap, top),
        QPoint(anchor.left() - gap - callout.width(), top),
    ]
    for corner in corners:
        placed = _moved_into(QRect(corner, callout.size()), inside)
        if not placed.intersects(anchor):
            return placed
    return _moved_into(QRect(QPoint(left, top), callout.size()), inside)


def _moved_into(rect: QRect, inside: QRect) -> QRect:
    left = max(min(rect.left(), inside.right() - rect.width()), inside.left())
    top = max(min(rect.top(), inside.bottom() - rect.height()), inside.top())
    return QRect(left, top, rect.width(), rect.height())


def _arrow(anchor: QRect, callout: QRect) -> QPolygonF:
    """Return a triangle from the callout's edge towards the anchor; empty if the callout covers it."""
    if callout.intersects(anchor):
        return QPolygonF()
    corner = Radius.M + _ARROW
    x = max(min(anchor.center().x(), callout.right() - corner), callout.left() + corner)
    y = max(min(anchor.center().y(), callout.bottom() - corner), callout.top() + corner)
    if callout.top() > anchor.bottom():
        tip, way = QPointF(x, callout.top() - _ARROW), QPointF(0, _ARROW + 1)
    elif callout.bottom() < anchor.top():
        tip, way = QPointF(x, callout.bottom() + _ARROW), QPointF(0, -_ARROW - 1)
    elif callout.left() > anchor.right():
        tip, way = QPointF(callout.left() - _ARROW, y), QPointF(_ARROW + 1, 0)
    else:
        tip, way = QPointF(callout.right() + _ARROW, y), QPointF(-_ARROW - 1, 0)
    side = QPointF(way.y(), way.x())
    return QPolygonF([tip, tip + way + side, tip + way - side])
