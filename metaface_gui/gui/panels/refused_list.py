"""The refused files and the reasons: one line that opens a small list."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QSizePolicy, QToolButton, QWidget

from metaface_gui.gui.theme import Space
from metaface_gui.gui.widgets.layouts import column
from metaface_gui.i18n import refusal_text
from metaface_gui.types import QualityIssue

_MOST_ROWS = 4
Refused = Sequence[tuple[str, QualityIssue]]


class RefusedList(QWidget):
    """Hidden while nothing is refused; the list is collapsed until its line is clicked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[tuple[str, QualityIssue], ...] = ()
        self._toggle = QToolButton(self)
        self._toggle.setCheckable(True)
        self._toggle.setProperty("kind", "quiet")
        self._toggle.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._toggle.setArrowType(Qt.ArrowType.RightArrow)
        self._toggle.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._list = QListWidget(self)
        self._list.setAccessibleName(self.tr("Refused pictures"))
        self._list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setUniformItemSizes(True)
        self._list.setSelectionMode(QListWidget.SelectionMode.NoSelection)
        self._list.hide()
        self.setLayout(column(self._toggle, self._list, spacing=Space.XS))
        self._toggle.toggled.connect(self._on_toggled)
        self.hide()

    @property
    def toggle(self) -> QToolButton:
        """Return the line that opens and closes the list."""
        return self._toggle

    def lines(self) -> list[str]:
        """Return the lines of the list."""
        return [self._list.item(row).text() for row in range(self._list.count())]

    def is_open(self) -> bool:
        """Return whether the list is open."""
        return self._toggle.isChecked()

    def show_refused(self, refused: Refused) -> None:
        """Show the files refused so far."""
        if tuple(refused) == self._shown:
            return
        # While files are read the list only grows, so existing rows and the scroll position are kept.
        if tuple(refused[: len(self._shown)]) != self._shown:
            self._list.clear()
            self._shown = ()
        for name, issue in refused[len(self._shown) :]:
            line = f"{name}: {refusal_text(issue)}"
            item = QListWidgetItem(line, self._list)
            item.setToolTip(line.replace("<", "‹"))
        self._shown = tuple(refused)
        count = len(self._shown)
        self._toggle.setText(
            self.tr("1 picture was refused") if count == 1 else self.tr("{n} pictures were refused").format(n=count)
        )
        row_height = self._list.sizeHintForRow(0) if count else 0
        self._list.setFixedHeight(min(_MOST_ROWS, count) * row_height + 2 * Space.XS)
        self.setVisible(count > 0)
        if count == 0:
            self._toggle.setChecked(False)

    def _on_toggled(self, is_open: bool) -> None:
        self._toggle.setArrowType(Qt.ArrowType.DownArrow if is_open else Qt.ArrowType.RightArrow)
        self._list.setVisible(is_open)
