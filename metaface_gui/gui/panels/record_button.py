"""The big button that records shots: hold it while it should record, or click to start and to stop.

With a countdown, a click counts down first, so that a user on their own can look at the camera; a hold doesn't.
"""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QEvent, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from metaface_gui.gui.theme import FontSize, Radius, Space, Theme, font
from metaface_gui.gui.widgets.turn_ring import paint_turns
from metaface_gui.types import HeadTurn

HOLD_MS = 350
"""A longer press is a hold, and recording ends with it; a shorter one is a click, and recording goes on."""


COUNTDOWN_S = 3
TICK_MS = 1000


class RecordButton(QAbstractButton):
    """Asks to start and to stop; the state it shows comes from the engine through `show_state`.

    Works with the mouse, and with Space or Enter while it has the focus.
    """

    start_requested = Signal()
    stop_requested = Signal()
    ticked = Signal(int)
    """Seconds left of the countdown; 0: it has ended."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_recording = False
        self._is_held = False
        self._began_with_press = False
        self._taken, self._wanted = 0, 0
        self._turns = frozenset[HeadTurn]()
        self._is_mirrored = False
        self._since_press = QElapsedTimer()
        self._has_countdown = False
        self._seconds = 0
        self._hold = QTimer(self, singleShot=True, interval=HOLD_MS)
        self._hold.timeout.connect(self.start_requested)
        self._ticks = QTimer(self, interval=TICK_MS)
        self._ticks.timeout.connect(self._tick)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Record"))
        self.setToolTip(self.tr("Hold to record, or click once to start and once more to stop (Space)"))
        Theme.current().changed.connect(self.update)

    @property
    def is_recording(self) -> bool:
        """Return whether the engine is recording."""
        return self._is_recording

    @property
    def is_held(self) -> bool:
        """Return whether the button is down."""
        return self._is_held

    @property
    def is_counting(self) -> bool:
        """Return whether a countdown is running."""
        return self._seconds > 0

    @property
    def has_countdown(self) -> bool:
        """Return whether a click counts down first."""
        return self._has_countdown

    def set_countdown(self, is_on: bool) -> None:
        """Choose whether a click counts down or starts at once."""
        self._has_countdown = is_on
        self.cancel()
        self.setToolTip(
            self.tr("Click to record after a countdown (Esc cancels it), or hold to record at once (Space)")
            if is_on
            else self.tr("Hold to record, or click once to start and once more to stop (Space)")
        )
        self.update()

    def cancel(self) -> None:
        """Cancel the countdown; nothing is recorded."""
        self._hold.stop()
        self._count(0)

    def show_state(
        self,
        *,
        is_recording: bool,
        taken: int,
        wanted: int,
        turns: frozenset[HeadTurn] = frozenset(),
        is_mirrored: bool = False,
    ) -> None:
        """Show the engine's state, the number of shots taken and wanted, and the sides of the head they cover."""
        state = is_recording, taken, wanted, turns, is_mirrored
        if state != (self._is_recording, self._taken, self._wanted, self._turns, self._is_mirrored):
            self._is_recording, self._taken, self._wanted, self._turns, self._is_mirrored = state
            self.setAccessibleDescription(self._detail())
            self.update()

    def press(self) -> None:
        """Handle a press of the button: start, or prepare to stop on release."""
        if self._is_held or not self.isEnabled():
            return
        if self.is_counting:
            self.cancel()
            return
        self._is_held = True
        self._began_with_press = not self._is_recording
        self._since_press.start()
        if self._began_with_press and self._has_countdown:
            self._hold.start(HOLD_MS)  # a press this long is a hold; a click has ended by then
        elif self._began_with_press:
            self.start_requested.emit()
        self.update()

    def release(self, *, is_click: bool = True) -> None:
        """Handle the release: stop after a hold or a second click, count down after a first click.

        `is_click` is False if focus or window changed, as the user may not have wanted to record."""
        if not self._is_held:
            return
        self._is_held = False
        if self._hold.isActive():
            self._hold.stop()
            self._count(COUNTDOWN_S if is_click else 0)
        elif not self._began_with_press or self._since_press.elapsed() >= HOLD_MS:
            self.stop_requested.emit()
        self.update()

    def _count(self, seconds: int) -> None:
        if seconds == self._seconds:
            return
        if not self._seconds:
            self._ticks.start(TICK_MS)
        self._seconds = seconds
        if not seconds:
            self._ticks.stop()
        self.ticked.emit(seconds)
        self.update()

    def _tick(self) -> None:
        self._count(self._seconds - 1)
        if not self._seconds:
            self.start_requested.emit()

    def sizeHint(self) -> QSize:
        """Return a large preferred size."""
        return QSize(220, 76)

    def minimumSizeHint(self) -> QSize:
        """Return the full height with a smaller width."""
        return QSize(160, 76)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Press on the left button."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.press()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the hold, wherever the pointer is now."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.release()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Press on Space and Enter, ignoring auto-repeat."""
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not event.isAutoRepeat():
                self.press()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Release when the key is released."""
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not event.isAutoRepeat():
                self.release()
        else:
            super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Release, as a key release elsewhere would never arrive here."""
        super().focusOutEvent(event)
        if self._is_held and event.reason() != Qt.FocusReason.PopupFocusReason:
            self.release(is_click=False)

    def changeEvent(self, event: QEvent) -> None:
        """Release the button when it is disabled."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.EnabledChange and not self.isEnabled():
            self.release(is_click=False)
            self.cancel()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the dot (a square while recording) in a ring of the covered head sides, and two lines of text."""
        theme = Theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        body = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        is_hot = self.isEnabled() and (self._is_held or self.underMouse())
        painter.setBrush(theme.color("hover" if is_hot else "raised"))
        edge = "danger" if self._is_recording else "accent" if self.hasFocus() else "border_strong"
        painter.setPen(QPen(theme.color(edge if self.isEnabled() else "border"), 1.5))
        painter.drawRoundedRect(body, Radius.L, Radius.L)
        side = body.height() - 2 * Space.M
        left = body.right() - Space.M - side if self.isRightToLeft() else body.left() + Space.M
        ring = QRectF(left, body.top() + Space.M, side, side).adjusted(3, 3, -3, -3)
        self._paint_ring(painter, ring)
        texts = body.adjusted(Space.M, 0, -Space.M - side - Space.M, 0)
        if not self.isRightToLeft():
            texts = body.adjusted(Space.M + side + Space.M, 0, -Space.M, 0)
        self._paint_words(painter, texts)

    def _paint_ring(self, painter: QPainter, ring: QRectF) -> None:
        theme = Theme.current()
        colors = theme.color("border_strong" if self.isEnabled() else "border"), theme.color("success")
        paint_turns(painter, ring, self._turns, colors, is_mirrored=self._is_mirrored)
        if self.is_counting:
            painter.setFont(font(FontSize.TITLE, bold=True, tabular=True))
            painter.setPen(theme.color("text"))
            painter.drawText(ring, Qt.AlignmentFlag.AlignCenter, self.locale().toString(self._seconds))
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("danger_fill" if self.isEnabled() else "disabled"))
        if self._is_recording:
            inner = ring.width() * 0.30
            painter.drawRoundedRect(ring.adjusted(inner, inner, -inner, -inner), 3, 3)
        else:
            inner = ring.width() * 0.20
            painter.drawEllipse(ring.adjusted(inner, inner, -inner, -inner))

    def _paint_words(self, painter: QPainter, rect: QRectF) -> None:
        theme = Theme.current()
        title = self._title()
        lines = (
            (title, font(FontSize.HEADING, bold=True), "text"),
            (self._detail(), font(FontSize.SMALL, tabular=True), "muted"),
        )
        heights = [QFontMetrics(line_font).height() for _, line_font, _ in lines]
        y = rect.center().y() - (sum(heights) + 2) / 2
        for (text, line_font, token), height in zip(lines, heights, strict=True):
            painter.setFont(line_font)
            painter.setPen(theme.color(token if self.isEnabled() else "disabled"))
            shown = QFontMetrics(line_font).elidedText(text, Qt.TextElideMode.ElideRight, int(rect.width()))
            # Left is the leading side: the painter mirrors it for right-to-left languages.
            line = QRectF(rect.left(), y, rect.width(), height)
            painter.drawText(line, Qt.AlignmentFlag.AlignLeft, shown)
            y += height + 2

    def _title(self) -> str:
        if self._is_recording:
            return self.tr("Recording …")
        if self.is_counting:
            return self.tr("Look at the camera")
        return self.tr("Record") if self._has_countdown else self.tr("Hold to record")

    def _detail(self) -> str:
        if self.is_counting:
            return self.tr("Esc or a click cancels")
        if self._is_recording or self._taken > 0:
            return self.tr("{taken} of {wanted} shots").format(taken=self._taken, wanted=self._wanted)
        if self._has_countdown:
            return self.tr("click: countdown; hold: at once")
        return self.tr("two seconds are enough")
