"""Leads the user through a lesson: moves on when a step's task is seen done, or on Next."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.lessons.five import LESSONS
from metaface_gui.gui.lessons.lesson import LessonStep, Signs
from metaface_gui.gui.lessons.observer import Observer
from metaface_gui.gui.lessons.panel import LessonPanel
from metaface_gui.gui.stage import Stage

_LINGER_MS = 2_500
"""How long a step stays after it is done, because what there is to watch has only just begun."""


class LessonController(QObject):
    """Runs lessons in `panel`, which the owner must place; `step_done` means that a step's task was seen done.

    A step that is already done when it appears waits for Next, so that nothing is skipped unread.
    """

    step_begun = Signal(int)
    step_done = Signal(int)
    ended = Signal()

    def __init__(self, bridge: EngineBridge, stage: Stage, parent: QObject) -> None:
        super().__init__(parent)
        self.panel = LessonPanel(stage)
        self.goes_on_by_itself = True
        """If False, the receiver of `step_done` calls `go_on`."""
        self._observer = Observer(bridge, stage, self)
        self._number = self._index = 0
        self._then = Signs()
        self._linger = QTimer(self, singleShot=True, interval=_LINGER_MS)
        self._linger.timeout.connect(self.go_on)
        self._observer.changed.connect(self._look)
        self.panel.next_clicked.connect(self.go_on)
        self.panel.back_clicked.connect(lambda: self._begin(max(0, self._index - 1)))
        self.panel.restart_clicked.connect(lambda: self.open(self._number))
        self.panel.closed.connect(self.close)

    @property
    def place(self) -> tuple[int, int] | None:
        """The lesson's number, from 1, and the step, from 0; None while there is none."""
        return (self._number, self._index) if self._number else None

    @property
    def step(self) -> LessonStep | None:
        """The step on screen; None while there is none."""
        return LESSONS[self._number - 1].steps[self._index] if self._number else None

    def open(self, number: int, index: int = 0) -> None:
        """Begin the lesson of this number, at its first step or at another.

        Raises:
            ValueError: if there is no such lesson.
        """
        if not 1 <= number <= len(LESSONS):
            raise ValueError(f"want a lesson of 1 … {len(LESSONS)}, got {number}")
        self._number = number
        self._begin(min(index, len(LESSONS[number - 1].steps) - 1))

    def close(self) -> None:
        """End the lesson; whatever was changed for it stays changed."""
        if self._number:
            self._number = 0
            self._linger.stop()
            self.panel.hide()
            self.ended.emit()

    def go_on(self) -> None:
        """Go to the next step; after the last one the lesson is over."""
        if self._number and self._index + 1 < len(LESSONS[self._number - 1].steps):
            self._begin(self._index + 1)
        else:
            self.close()

    def _begin(self, index: int) -> None:
        self._index, self._then = index, self._observer.signs
        self._linger.stop()
        self.panel.show_step(LESSONS[self._number - 1], self._number, index)
        if self._is_done():
            self.panel.set_done(True)
        self.step_begun.emit(index)

    def _look(self) -> None:
        if self._number and not self.panel.is_done and self._is_done():
            self.panel.set_done(True)
            if self.goes_on_by_itself and self._index + 1 < len(LESSONS[self._number - 1].steps):
                self._linger.start()
            self.step_done.emit(self._index)

    def _is_done(self) -> bool:
        return self.step is not None and self.step.is_done(self._then, self._observer.signs)
