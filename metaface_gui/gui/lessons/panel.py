"""The panel above the video that shows a lesson's step: a sentence, what to do, what to watch, and the progress."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QPushButton, QToolButton, QWidget

from metaface_gui.gui.icons import icon_pixmap, set_icon
from metaface_gui.gui.lessons.lesson import Lesson
from metaface_gui.gui.theme import Space, Theme
from metaface_gui.gui.widgets.elided_label import ElidedLabel, set_role
from metaface_gui.gui.widgets.layouts import column, row
from metaface_gui.i18n import translate

_ICON = 16
_SMALL = "padding: 3px 10px; min-height: 18px;"


class LessonPanel(QFrame):
    """Shows the step given to `show_step`; emits signals for its buttons. It covers nothing and blocks nothing."""

    next_clicked = Signal()
    back_clicked = Signal()
    restart_clicked = Signal()
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lesson-panel")
        self.title = ElidedLabel("", self)
        set_role(self.title, "heading")
        self.place = QLabel(self)
        set_role(self.place, "muted")
        self.text, self.do, self.watch = QLabel(self), QLabel(self), QLabel(self)
        for label in (self.text, self.do, self.watch):
            label.setWordWrap(True)
        self._marks = {name: QLabel(self) for name in ("do", "watch")}
        self.restart_button = QPushButton(self.tr("Restart"), self)
        self.restart_button.setToolTip(self.tr("Begin this lesson again"))
        self.back_button = QPushButton(self.tr("Back"), self)
        self.next_button = QPushButton(self)
        self.next_button.setProperty("kind", "primary")
        self.close_button = QToolButton(self)
        self.close_button.setProperty("kind", "quiet")
        self.close_button.setAccessibleName(self.tr("End the lesson"))
        self.close_button.setToolTip(self.tr("End the lesson; it is in the Help menu"))
        set_icon(self.close_button, "close")
        for button in (self.restart_button, self.back_button, self.next_button):
            button.setStyleSheet(_SMALL)
        self.restart_button.clicked.connect(self.restart_clicked)
        self.back_button.clicked.connect(self.back_clicked)
        self.next_button.clicked.connect(self.next_clicked)
        self.close_button.clicked.connect(self.closed)
        self._is_done = False
        self._lay_out()
        Theme.current().changed.connect(self._paint)
        self._paint()
        self.hide()

    def _lay_out(self) -> None:
        buttons = (self.restart_button, self.back_button, self.next_button, self.close_button)
        grid = QGridLayout()
        grid.setHorizontalSpacing(Space.S)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        for line, (name, label) in enumerate((("do", self.do), ("watch", self.watch))):
            grid.addWidget(self._marks[name], line, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(label, line, 1)
        self.setLayout(
            column(
                row((self.title, 1), self.place, *buttons),
                self.text,
                grid,
                margins=(Space.L, Space.S, Space.S, Space.S),
                spacing=Space.XS,
            )
        )

    def show_step(self, lesson: Lesson, number: int, index: int) -> None:
        """Show step `index` (from 0) of this lesson, whose number counts from 1."""
        step, count = lesson.steps[index], len(lesson.steps)
        title = translate("Lessons", lesson.title)
        text, do, watch = (translate("Lessons", words) for words in (step.text, step.do, step.watch))
        self.title.setText(self.tr("Lesson {number}: {title}").format(number=number, title=title))
        self.place.setText(self.tr("{number} of {count}").format(number=index + 1, count=count))
        self.text.setText(text)
        self.do.setText(do)
        self.watch.setText(self.tr("Watch: {what}").format(what=watch))
        self.back_button.setEnabled(index > 0)
        self.next_button.setText(self.tr("Done") if index + 1 == count else self.tr("Next"))
        self.setAccessibleName(self.title.text())
        self.setAccessibleDescription(f"{text} {do} {self.watch.text()}")
        self.set_done(False)
        self.show()
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, self.accessibleDescription()))

    @property
    def is_done(self) -> bool:
        """Whether the step is marked as done."""
        return self._is_done

    def set_done(self, is_done: bool) -> None:
        """Mark the step as done, or as still to be done."""
        self._is_done = is_done
        self._marks["do"].setAccessibleName(self.tr("done") if is_done else self.tr("to do"))
        self._paint()

    def _paint(self) -> None:
        theme = Theme.current()
        tokens, ratio = theme.tokens, self.devicePixelRatioF()
        do = ("check", theme.color("success")) if self._is_done else ("user", theme.color("accent"))
        for name, (icon, color) in {"do": do, "watch": ("eye", theme.color("muted"))}.items():
            self._marks[name].setPixmap(icon_pixmap(icon, _ICON, color, ratio))
        self.setStyleSheet(
            f"#lesson-panel {{ background: {tokens.raised}; border: none; border-bottom: 2px solid {tokens.accent}; }}"
        )
