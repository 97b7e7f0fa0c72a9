"""The small bar that selects what the audience sees: over a presentation, or in the status bar beside a projector."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QRectF, Qt, QTimer
from PySide6.QtGui import QAction, QCursor, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QToolButton, QWidget

from metaface_gui.gui.theme import Radius, Space, Theme
from metaface_gui.gui.widgets.layouts import row

_LOOK_MS = 150
_STAYS_MS = 4000
_ROOMY = "QToolButton { padding: 3px 8px; }"
_SMALL = "QToolButton { padding: 1px 8px; min-height: 18px; }"


class ActionButton(QToolButton):
    """Triggers an action and follows its state, but has its own text."""

    def __init__(self, words: str, action: QAction, parent: QWidget) -> None:
        super().__init__(parent)
        self.action = action
        self.setText(words)
        self.setCheckable(action.isCheckable())
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolTip(action.toolTip())
        self.clicked.connect(self._trigger)
        action.changed.connect(self._follow)
        self._follow()

    def _trigger(self) -> None:
        self.action.trigger()
        self._follow()

    def _follow(self) -> None:
        self.setChecked(self.action.isChecked())
        self.setEnabled(self.action.isEnabled())


class PresentationBar(QWidget):
    """One button per action with its own text; checked actions are highlighted."""

    def __init__(self, title: str, actions: Sequence[tuple[str, QAction]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(title)
        self.title = QLabel(title, self)
        self.buttons = [ActionButton(words, action, self) for words, action in actions]
        for button in self.buttons:
            button.setStyleSheet(_SMALL)
        self._row = row(self.title, *self.buttons, margins=(Space.S, 0, Space.XS, 0), spacing=Space.XS)
        self.setLayout(self._row)


class HidingBar(PresentationBar):
    """Shows at its parent's upper edge while the pointer moves and for a while after, as in video players. Centred
    on `over`, a child of the parent, and moves down below any widgets in `beside` that it would cover.

    Each button also shows its shortcut.
    """

    def __init__(
        self,
        title: str,
        actions: Sequence[tuple[str, QAction]],
        parent: QWidget,
        *,
        over: QWidget,
        beside: Sequence[QWidget] = (),
    ) -> None:
        super().__init__(title, actions, parent)
        self._over, self._beside = over, beside
        self.title.hide()
        self._row.setContentsMargins(Space.S, Space.S, Space.S, Space.S)
        for button in self.buttons:
            keys = button.action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            button.setText(f"{button.text()}  {keys}".strip())
            button.setStyleSheet(_ROOMY)
        self._host = parent
        self._pointer = QPoint()
        self._left_ms = 0
        # Polling the pointer costs less than tracking every mouse move in all child widgets.
        self._looks = QTimer(self, interval=_LOOK_MS)
        self._looks.timeout.connect(self._look)
        self.hide()

    def set_active(self, active: bool) -> None:
        """Show the bar now and whenever the pointer moves, or never."""
        if active:
            self._pointer = QCursor.pos()
            self.come_up()
            self._looks.start()
        else:
            self._looks.stop()
            self.hide()

    def come_up(self) -> None:
        """Show the bar for a while."""
        self._left_ms = _STAYS_MS
        self._place()
        self.show()
        self.raise_()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw an opaque background, as the bar lies over other widgets."""
        theme = Theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.color("border_strong"))
        painter.setBrush(theme.color("surface"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), Radius.M, Radius.M)

    def _place(self) -> None:
        self.adjustSize()
        left = self._over.x() + (self._over.width() - self.width()) // 2
        place = QRect(QPoint(min(max(left, 0), self._host.width() - self.width()), Space.L), self.size())
        for taken in sorted(self._taken(), key=QRect.top):
            if taken.intersects(place):
                place.moveTop(taken.bottom() + 1 + Space.S)
        self.move(place.topLeft())

    def _taken(self) -> list[QRect]:
        """Return the rectangles of the visible `beside` widgets, in the parent's coordinates."""
        seen = [widget for widget in self._beside if widget.isVisible()]
        return [QRect(widget.mapTo(self._host, QPoint()), widget.size()) for widget in seen]

    def _look(self) -> None:
        pointer = QCursor.pos()
        if pointer != self._pointer:
            self._pointer = pointer
            self._left_ms = _STAYS_MS
            if self.isHidden():
                self.come_up()
            return
        if not self.underMouse():
            self._place()  # the widget below may have become narrower
        if self.isHidden() or self.underMouse() or any(button.hasFocus() for button in self.buttons):
            return
        self._left_ms -= _LOOK_MS
        if self._left_ms <= 0:
            self.hide()
