"""A layout that wraps its items like words in a line, for tiles and buttons in a panel of any width."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget


class FlowLayout(QLayout):
    """Items at their size hints, from the leading edge, wrapped at the width; mirrored for right-to-left languages.

    `is_centred`: each line is centred, and the preferred width puts all items on one line.
    """

    def __init__(self, parent: QWidget | None = None, *, spacing: int, is_centred: bool = False) -> None:
        super().__init__(parent)
        self._is_centred = is_centred
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(spacing)

    def addItem(self, item: QLayoutItem) -> None:
        """Append an item."""
        self._items.append(item)

    def count(self) -> int:
        """Return the number of items."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """Return the item at `index`, None past the end."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Remove and return the item at `index`, None past the end."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """Return no direction: the layout never asks for extra space."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        """Return True: the narrower the layout, the higher it is."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height of all lines at that width."""
        return self._arrange(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect) -> None:
        """Move the items into place."""
        super().setGeometry(rect)
        self._arrange(rect, move=True)

    def sizeHint(self) -> QSize:
        """Return the size of all items on one line if centred, else the minimum size."""
        if not self._is_centred:
            return self.minimumSize()
        sizes = [item.sizeHint() for item in self._items if not item.isEmpty()]
        width = sum(size.width() for size in sizes) + self.spacing() * max(len(sizes) - 1, 0)
        return QSize(width, max((size.height() for size in sizes), default=0))

    def minimumSize(self) -> QSize:
        """Return the size of the largest item."""
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        return size

    def _arrange(self, rect: QRect, *, move: bool) -> int:
        y = 0
        lines = self._lines(rect.width())
        for line in lines:
            if move:
                self._set_line(rect, y, line)
            y += max(item.sizeHint().height() for item in line) + self.spacing()
        return y - self.spacing() if lines else 0

    def _lines(self, width: int) -> list[list[QLayoutItem]]:
        lines: list[list[QLayoutItem]] = []
        x = 0
        for item in self._items:
            if item.isEmpty():
                continue
            wanted = item.sizeHint().width()
            if not lines or x + wanted > width:
                lines.append([])
                x = 0
            lines[-1].append(item)
            x += wanted + self.spacing()
        return lines

    def _set_line(self, rect: QRect, y: int, line: list[QLayoutItem]) -> None:
        parent = self.parentWidget()
        is_mirrored = parent is not None and parent.isRightToLeft()
        whole = sum(item.sizeHint().width() + self.spacing() for item in line) - self.spacing()
        x = max(rect.width() - whole, 0) // 2 if self._is_centred else 0
        highest = max(item.sizeHint().height() for item in line)
        for item in line:
            size = item.sizeHint()
            left = rect.width() - x - size.width() if is_mirrored else x
            middle = (highest - size.height()) // 2
            item.setGeometry(QRect(rect.topLeft() + QPoint(left, y + middle), size))
            x += size.width() + self.spacing()
