"""The question after one person is dropped on another; it overlays the list, so that nothing moves."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QPushButton, QWidget

from metaface_gui.gallery import Person
from metaface_gui.gui.panels.wording import shortened, shots_text
from metaface_gui.gui.theme import Space
from metaface_gui.gui.widgets.elided_label import MessageLine
from metaface_gui.gui.widgets.layouts import Stretch, column, row
from metaface_gui.i18n import listed
from metaface_gui.types import PersonId


class MergeBar(QFrame):
    """Asks at the lower edge of `over`. Enter merges, Esc cancels."""

    merge_requested = Signal(object, list)
    """The person whose name is kept, and those merged into them."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._into_id: PersonId | None = None
        self._from_ids: list[PersonId] = []
        self.setProperty("card", True)
        self.question = MessageLine(3, self)
        self.merge_button = QPushButton(self.tr("Merge"), self)
        self.merge_button.setProperty("kind", "primary")
        self.cancel_button = QPushButton(self.tr("Cancel"), self)
        self.setLayout(column(self.question, row(Stretch(), self.cancel_button, self.merge_button), margins=Space.M))
        self.merge_button.clicked.connect(self._merge)
        self.cancel_button.clicked.connect(self.hide)
        over.installEventFilter(self)
        self.hide()

    def ask(self, into: Person, others: list[Person]) -> None:
        """Ask whether to merge the others into `into`."""
        self._into_id, self._from_ids = into.id, [other.id for other in others]
        moved = shots_text(sum(other.shot_count for other in others))
        words = self.tr("Merge {name} into {into}? {shots} and the consent move too.")
        names = listed(shortened(other.name) for other in others)
        self.question.say(words.format(name=shortened(names), into=shortened(into.name), shots=moved), role="")
        self._place()
        self.show()
        self.raise_()
        self.merge_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Merge on Enter, close on Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            (self.cancel_button if self.cancel_button.hasFocus() else self.merge_button).click()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay at the lower edge."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        over = self.parentWidget()
        if over is not None:
            height = self.sizeHint().height()
            self.setGeometry(Space.S, over.height() - height - Space.S, over.width() - 2 * Space.S, height)

    def _merge(self) -> None:
        self.hide()
        if self._into_id is not None:
            self.merge_requested.emit(self._into_id, self._from_ids)
