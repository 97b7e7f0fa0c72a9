"""What the video area shows when there is no video: why, and what to do next."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QLabel, QPushButton, QWidget

from metaface_gui.engine.events import SourceChanged, SourceState
from metaface_gui.errors import KnownError
from metaface_gui.gui.icons import icon_pixmap, set_icon
from metaface_gui.gui.theme import Radius, Space, Theme
from metaface_gui.gui.widgets.elided_label import set_role
from metaface_gui.gui.widgets.flow_layout import FlowLayout
from metaface_gui.gui.widgets.layouts import Stretch, column, row
from metaface_gui.i18n import error_text, shown_title

_SYMBOL = 72
_SPIN_MS = 40
_OPENING_DELAY_MS = 200
"""No message is shown for a source that opens faster than this."""
_BAR_WIDTH = 640
_MAX_WIDTH = 580
_MAX_NAME = 24


class _Symbol(QWidget):
    """A large icon, or a turning arc while waiting."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._icon = ""
        self._angle = 0
        self._timer = QTimer(self, interval=_SPIN_MS)
        self._timer.timeout.connect(self._turn)

    def choose(self, icon: str, size: int) -> None:
        """Show this icon at this size, or the arc if `icon` is empty."""
        self._icon = icon
        self.setFixedSize(size, size)
        self._run()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._run()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def _run(self) -> None:
        if self._icon or not self.isVisible():
            self._timer.stop()
        elif not self._timer.isActive():
            self._timer.start()
        self.update()

    def _turn(self) -> None:
        self._angle = (self._angle + 14) % 360
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme = Theme.current()
        if self._icon:
            color = theme.color("danger" if self._icon in ("camera-off", "alert") else "muted")
            painter.drawPixmap(0, 0, icon_pixmap(self._icon, self.width(), color, self.devicePixelRatioF()))
        else:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            margin, width = self.width() / 7, max(self.width() / 18, 2.5)
            circle = QRectF(self.rect()).adjusted(margin, margin, -margin, -margin)
            painter.setPen(QPen(theme.color("border_strong"), width))
            painter.drawEllipse(circle)
            painter.setPen(QPen(theme.color("accent"), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawArc(circle, -self._angle * 16, 100 * 16)
        painter.end()


class EmptyState(QWidget):
    """Fills the video area; while there is a picture (paused, ended, reconnecting) it is a bar at its lower edge."""

    choose_source_clicked = Signal(QPushButton)
    """Carries the button, so that a menu can open at it."""
    demo_clicked = Signal()
    lesson_clicked = Signal()
    retry_clicked = Signal()
    resume_clicked = Signal()
    copy_clicked = Signal(KnownError)
    """Carries the error whose details are to be copied."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._has_picture = False
        self._last = ""
        self._host = QRect()
        self._changed = SourceChanged(SourceState.CLOSED)
        self._symbol = _Symbol(self)
        self._title = QLabel(self)
        self._text = QLabel(self)
        for label in (self._title, self._text):
            label.setTextFormat(Qt.TextFormat.PlainText)  # device and file names are not markup
            label.setWordWrap(True)
        self._resume = self._button(self.tr("Resume"), "play", primary=True)
        self._retry = self._button(self.tr("Try again"), "refresh", primary=True)
        self._choose = self._button(self.tr("Choose a source…"), "camera")
        self._demo = self._button(self.tr("Try the demo"), "demo")
        self._lesson = self._button(self.tr("Take a lesson"), "help")
        self._copy = self._button(self.tr("Copy details"), "copy")
        self._resume.clicked.connect(self.resume_clicked)
        self._retry.clicked.connect(self.retry_clicked)
        self._choose.clicked.connect(lambda: self.choose_source_clicked.emit(self._choose))
        self._demo.clicked.connect(self.demo_clicked)
        self._lesson.clicked.connect(self.lesson_clicked)
        self._copy.clicked.connect(self._copy_details)
        self._lay_out()
        self._delay = QTimer(self, singleShot=True, interval=_OPENING_DELAY_MS)
        self._delay.timeout.connect(self._show_contents)
        Theme.current().changed.connect(self.update)
        self.show_source(self._changed, has_picture=False)

    def place(self, host: QRect) -> None:
        """Fill `host`, or lie along its lower edge."""
        self._host = host
        self._place()

    @property
    def clickable(self) -> QRect:
        """The area with its buttons, in its parent's coordinates; null while hidden."""
        if self.isHidden():
            return QRect()
        return self.geometry() if self._has_picture else self._buttons.geometry().translated(self._contents.pos())

    def offer_last(self, title: str) -> None:
        """Set the source to offer while none is open (the last one, or the first camera); empty if there is neither."""
        self._last = title
        self.show_source(self._changed, has_picture=self._has_picture)

    @property
    def title(self) -> str:
        """The heading on screen."""
        return self._title.text()

    @property
    def text(self) -> str:
        """The sentence under the heading."""
        return self._text.text()

    def show_source(self, changed: SourceChanged, *, has_picture: bool) -> None:
        """Show the message for the source's state; hide while frames arrive."""
        self._changed, self._has_picture = changed, has_picture
        state = changed.state
        if state is SourceState.RUNNING and has_picture:
            self._delay.stop()
            self.hide()
            return
        title, text, icon = self._words(changed)
        self._title.setText(title)
        self._text.setText(text)
        self._text.setVisible(bool(text))
        self._arrange(icon)
        waits = state in (SourceState.OPENING, SourceState.RUNNING)
        self._resume.setVisible(state is SourceState.PAUSED)
        offers_last = state is SourceState.CLOSED and bool(self._last)
        self._retry.setText(self._retry_text(state))
        self._retry.setVisible(offers_last or state in (SourceState.ENDED, SourceState.FAILED))
        self._choose.setVisible(not waits and state is not SourceState.PAUSED)
        is_first = (state is SourceState.CLOSED and not offers_last) or state is SourceState.RECONNECTING
        self._make_primary(self._choose, is_first)
        self._demo.setVisible(state in (SourceState.CLOSED, SourceState.FAILED))
        self._lesson.setVisible(state is SourceState.CLOSED)
        self._copy.setVisible(changed.error is not None)
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)
        if waits and not self.isVisible():
            self._contents.hide()
            self._delay.start()
        elif not self._delay.isActive() or not waits:
            self._delay.stop()
            self._contents.show()
        self.show()
        self._place()
        self.update()

    def _retry_text(self, state: SourceState) -> str:
        if state is SourceState.CLOSED:
            last = self._last if len(self._last) <= _MAX_NAME else self._last[: _MAX_NAME - 1] + "…"
            return self.tr("Open {source}").format(source=last.replace("&", "&&"))
        return self.tr("Play again") if state is SourceState.ENDED else self.tr("Try again")

    def _words(self, changed: SourceChanged) -> tuple[str, str, str]:
        """Return heading, sentence and icon (empty: a turning arc) for a state."""
        error = "" if changed.error is None else error_text(changed.error)
        source = shown_title(changed.title) or self.tr("the source")
        match changed.state:
            case SourceState.CLOSED:
                text = self.tr("Choose a camera, a video or a folder of pictures. The demo needs none of these.")
                return self.tr("Who is there?"), text, "metaface"
            case SourceState.OPENING | SourceState.RUNNING:
                return self.tr("Opening {source}…").format(source=source), "", ""
            case SourceState.PAUSED:
                return self.tr("Paused"), self.tr("Press P to resume. You can still click faces."), "pause"
            case SourceState.ENDED:
                text = self.tr("{source} has finished.").format(source=source)
                is_folder = 0.0 < changed.fps <= 1.0
                return self.tr("End of folder") if is_folder else self.tr("End of video"), text, "film"
            case SourceState.RECONNECTING:
                text = self.tr("Reconnecting. You do not need to do anything.")
                return self.tr("Lost {source}").format(source=source), f"{text}\n{error}".strip(), ""
            case SourceState.FAILED:
                return self.tr("Cannot show {source}").format(source=source), error, "camera-off"

    def _button(self, text: str, icon: str, *, primary: bool = False) -> QPushButton:
        button = QPushButton(text, self)
        button.setProperty("icon-name", icon)
        self._make_primary(button, primary)
        return button

    def _make_primary(self, button: QPushButton, primary: bool) -> None:
        button.setProperty("kind", "primary" if primary else "")
        set_icon(button, button.property("icon-name"), "on_primary" if primary else "text")
        button.style().unpolish(button)
        button.style().polish(button)

    def _lay_out(self) -> None:
        self._contents, self._buttons = QWidget(self), QWidget(self)
        choices = FlowLayout(self._buttons, spacing=Space.S, is_centred=True)
        for button in (self._resume, self._retry, self._choose, self._demo, self._lesson, self._copy):
            choices.addWidget(button)
        # Without an alignment, so that wrapped labels get the height of all their lines.
        words = column(self._title, self._text)
        self._box: QBoxLayout = column(Stretch(), self._symbol, words, self._buttons, Stretch())
        self._contents.setLayout(self._box)
        self.setLayout(row(Stretch(0), self._contents, Stretch(0)))

    def _arrange(self, icon: str) -> None:
        """Lay out as a centred column, or as a bar."""
        is_bar, align = self._has_picture, Qt.AlignmentFlag
        self._symbol.choose(icon, 30 if is_bar else _SYMBOL)
        direction = QBoxLayout.Direction
        self._box.setDirection(direction.LeftToRight if is_bar else direction.TopToBottom)
        self._box.setSpacing(Space.L if is_bar else Space.M + Space.XS)
        margin = Space.M if is_bar else Space.L
        self._box.setContentsMargins(Space.L, margin, Space.M, margin)
        self._box.setStretch(0, 0 if is_bar else 1)
        self._box.setStretch(2, 1 if is_bar else 0)
        self._box.setStretch(4, 0 if is_bar else 1)
        for widget in (self._symbol, self._buttons):
            self._box.setAlignment(widget, align.AlignVCenter if is_bar else align.AlignHCenter)
        for label, role in ((self._title, "heading" if is_bar else "title"), (self._text, "muted" if is_bar else "")):
            label.setAlignment(align.AlignLeft | align.AlignVCenter if is_bar else align.AlignCenter)
            set_role(label, role)

    def _place(self) -> None:
        if self._has_picture:
            width = max(min(_BAR_WIDTH, self._host.width() - 2 * Space.L), 1)
            self._contents.setFixedWidth(width)
            self._box.activate()
            height = self._box.totalHeightForWidth(width)
            top = self._host.bottom() + 1 - Space.L - height
            self.setGeometry((self._host.width() - width) // 2, top, width, height)
        else:
            # Keep the lines short enough to read.
            self._contents.setFixedWidth(max(min(_MAX_WIDTH, self._host.width() - 2 * Space.XL), 1))
            self.setGeometry(self._host)

    def event(self, event: QEvent) -> bool:
        """Recompute the height once the labels' fonts and texts have settled."""
        is_done = super().event(event)
        if event.type() is QEvent.Type.LayoutRequest:
            self._place()
        return is_done

    def _show_contents(self) -> None:
        self._contents.show()

    def _copy_details(self) -> None:
        error = self._changed.error
        if error is not None:
            self.copy_clicked.emit(error)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the stage's colour, or the bar's plate."""
        painter = QPainter(self)
        theme = Theme.current()
        if self._has_picture:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(theme.color("border_strong"))
            painter.setBrush(theme.color("surface"))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), Radius.M, Radius.M)
        else:
            painter.fillRect(self.rect(), theme.color("stage"))
        painter.end()
