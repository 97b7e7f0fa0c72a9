"""Messages that slide in at the window's lower edge and disappear by themselves: successes, failures, and Undo."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QEnterEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from metaface_gui.engine.events import Undoable
from metaface_gui.errors import KnownError
from metaface_gui.gui.icons import icon_pixmap, set_icon
from metaface_gui.gui.theme import Radius, Space, Theme
from metaface_gui.gui.widgets.layouts import row
from metaface_gui.gui.widgets.plain_label import plain_label
from metaface_gui.i18n import error_text, translate

_TICK_MS = 50
_MAX_QUEUE = 5
_WIDTH = 620


class ToastKind(Enum):
    """The kind of a message; the value is the colour token of its icon and line."""

    INFO = "accent"
    SUCCESS = "success"
    WARNING = "warning"
    ERROR = "danger"


_ICONS = {
    ToastKind.INFO: "info",
    ToastKind.SUCCESS: "success",
    ToastKind.WARNING: "alert",
    ToastKind.ERROR: "error",
}
_SHOWN_S = {ToastKind.INFO: 5.0, ToastKind.SUCCESS: 4.0, ToastKind.WARNING: 9.0, ToastKind.ERROR: 14.0}


@dataclass(frozen=True, slots=True)
class Toast:
    """A message. `error` is what "Copy details" copies (None: no such button); `undo_token` adds an Undo button."""

    kind: ToastKind
    text: str
    error: KnownError | None = None
    undo_token: int | None = None
    undo_expires_ns: int = 0
    """`time.monotonic_ns()` after which Undo no longer works and the message disappears."""


def error_toast(error: KnownError, kind: ToastKind = ToastKind.ERROR) -> Toast:
    """Return a message about a failure, whose details can be copied."""
    return Toast(kind, error_text(error), error)


def undo_toast(event: Undoable) -> Toast:
    """Return a message that offers to undo a change."""
    text = translate("Undo", event.text, name=event.name)
    return Toast(ToastKind.INFO, text, undo_token=event.token, undo_expires_ns=event.expires_ns)


class ToastBar(QWidget):
    """Shows one message at a time at its parent's lower edge, or at the upper edge where it would cover the rectangle
    returned by `keep_clear` (parent coordinates). The time-out pauses under the pointer and while a button has focus.

    A duplicate message is shown once; an Undo offer is replaced only by a newer one, as the two work independently;
    when too many messages are waiting, the oldest are dropped.
    """

    place_changed = Signal(QRect)
    """The bar's rectangle on its parent; null when hidden."""
    undo_clicked = Signal(int)
    """The token of what to undo."""
    copy_clicked = Signal(KnownError)
    """The error whose details are to be copied."""

    def __init__(
        self,
        parent: QWidget,
        clock: Callable[[], int] = time.monotonic_ns,
        *,
        keep_clear: Callable[[], QRect] = QRect,
    ) -> None:
        super().__init__(parent)
        self._clock = clock
        self._keep_clear = keep_clear
        self._queue: deque[Toast] = deque()
        self._toast: Toast | None = None
        self._left_ms = self._whole_ms = 0.0
        self._is_held = False
        self._icon = QLabel(self)
        self._text = plain_label(self)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._undo = QPushButton(self.tr("Undo"), self)
        set_icon(self._undo, "undo")
        self._undo.clicked.connect(self._on_undo)
        self._copy = QPushButton(self.tr("Copy details"), self)
        set_icon(self._copy, "copy")
        self._copy.clicked.connect(self._on_copy)
        self._close = QToolButton(self)
        self._close.setProperty("kind", "quiet")
        self._close.setAccessibleName(self.tr("Close the message"))
        self._close.setToolTip(self.tr("Close (Esc)"))
        set_icon(self._close, "close")
        self._close.clicked.connect(self.dismiss)
        self._host = parent
        self._row = row(
            self._icon,
            (self._text, 1),
            self._undo,
            self._copy,
            self._close,
            margins=(Space.L, Space.M, Space.S, Space.M),
            spacing=Space.M,
        )
        self.setLayout(self._row)
        self._timer = QTimer(self, interval=_TICK_MS)
        self._timer.timeout.connect(self._tick)
        parent.installEventFilter(self)
        Theme.current().changed.connect(self._paint_icon)
        self.hide()

    @property
    def toast(self) -> Toast | None:
        """Return the message on screen."""
        return self._toast

    def show_toast(self, toast: Toast) -> None:
        """Show a message now, or queue it behind the waiting ones."""
        shown_or_waiting = [other for other in (self._toast, *self._queue) if other is not None]
        is_known = any((other.kind, other.text) == (toast.kind, toast.text) for other in shown_or_waiting)
        if is_known and toast.undo_token is None:
            return
        # An Undo offer that expires in the queue is useless, so it is shown at once.
        is_urgent = toast.undo_token is not None and (self._toast is None or self._toast.kind is not ToastKind.ERROR)
        if is_urgent:
            self._queue.appendleft(toast)
        else:
            self._queue.append(toast)
        if len(self._queue) > _MAX_QUEUE:
            self._queue.popleft()
        # A user who points at a message may be about to click its button: don't replace the message under the pointer.
        if self._toast is None or (is_urgent and not self._is_held):
            self._next()

    def settle(self) -> None:
        """Recompute the position after `keep_clear` has changed, unless the pointer is over the bar."""
        if self._toast is not None and not self._is_held:
            self._place()

    def dismiss(self) -> None:
        """Remove the message and show the next one."""
        self._next()

    def clear(self) -> None:
        """Remove all messages, because what they refer to, and the people they name, no longer exist."""
        self._queue.clear()
        self._next()

    def withdraw_undo(self, token: int) -> None:
        """Remove an Undo offer that has been used elsewhere."""
        self._queue = deque(toast for toast in self._queue if toast.undo_token != token)
        if self._toast is not None and self._toast.undo_token == token:
            self._next()

    def _next(self) -> None:
        now = self._clock()
        self._toast = None
        while self._queue and self._toast is None:
            toast = self._queue.popleft()
            if toast.undo_token is None or toast.undo_expires_ns > now:
                self._toast = toast
        if self._toast is None:
            self._timer.stop()
            self.hide()
            self._text.setText("")  # the text may name somebody who was deleted
            self.setAccessibleName("")
            self.place_changed.emit(QRect())
            return
        self._present(self._toast, now)

    def _present(self, toast: Toast, now: int) -> None:
        self._whole_ms = 1000 * _SHOWN_S[toast.kind]
        if toast.undo_token is not None:
            self._whole_ms = (toast.undo_expires_ns - now) / 1e6
        self._left_ms = self._whole_ms
        self._text.setText(toast.text)
        self._undo.setVisible(toast.undo_token is not None)
        self._copy.setVisible(toast.error is not None)
        self._paint_icon()
        self.setAccessibleName(toast.text)
        self._place()
        self.show()
        self.raise_()
        self._timer.start()
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, toast.text))

    def _tick(self) -> None:
        # An Undo offer expires when the engine says so, even under the pointer.
        is_offer = self._toast is not None and self._toast.undo_token is not None
        focused = QApplication.focusWidget()
        has_focus = focused is not None and self.isAncestorOf(focused)
        if not is_offer and (self._is_held or has_focus):
            return
        self._left_ms -= _TICK_MS
        if self._left_ms <= 0:
            self._next()
        else:
            self.update(0, self.height() - 4, self.width(), 4)

    def _on_undo(self) -> None:
        token = None if self._toast is None else self._toast.undo_token
        self._next()
        if token is not None:
            self.undo_clicked.emit(token)

    def _on_copy(self) -> None:
        error = None if self._toast is None else self._toast.error
        self._next()
        if error is not None:
            self.copy_clicked.emit(error)

    def _paint_icon(self) -> None:
        if self._toast is not None:
            color = Theme.current().color(self._toast.kind.value)
            self._icon.setPixmap(icon_pixmap(_ICONS[self._toast.kind], 22, color, self.devicePixelRatioF()))

    def _place(self) -> None:
        host = self._host.rect()
        width = min(_WIDTH, host.width() - 2 * Space.L)
        height = max(self._row.totalHeightForWidth(width), self._row.totalMinimumSize().height())
        left, low, high = (host.width() - width) // 2, host.height() - height - Space.L, Space.L
        places = [QRect(left, top, width, height) for top in (low, high)]
        keep_clear = self._keep_clear()
        # The bar gives way so that existing buttons stay in place and visible.
        self.setGeometry(next((place for place in places if not place.intersects(keep_clear)), places[0]))
        self.place_changed.emit(self.geometry())

    # Qt's events ----------------------------------------------------------------------------------------------------

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Follow the parent's size."""
        if event.type() is QEvent.Type.Resize and self._toast is not None:
            self._place()
        return False

    def enterEvent(self, event: QEnterEvent) -> None:
        """Pause the time-out: the user is reading the message."""
        super().enterEvent(event)
        self._is_held = True

    def leaveEvent(self, event: QEvent) -> None:
        """Resume the time-out."""
        super().leaveEvent(event)
        self._is_held = False
        if self._queue and self._queue[0].undo_token is not None:
            self._next()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close the message on Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the background, and a line that shrinks as time runs out."""
        theme = Theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.color("border_strong"))
        painter.setBrush(theme.color("raised"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), Radius.M, Radius.M)
        if self._toast is not None and self._whole_ms > 0:
            length = (self.width() - 2 * Radius.M) * max(self._left_ms, 0.0) / self._whole_ms
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color(self._toast.kind.value))
            painter.drawRoundedRect(QRectF(Radius.M, self.height() - 3.5, length, 2.5), 1.2, 1.2)
        painter.end()
