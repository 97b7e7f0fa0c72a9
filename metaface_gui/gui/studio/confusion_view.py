"""The confusion matrix on screen: a table of heat cells whose axis labels stay in place while it scrolls."""

from __future__ import annotations

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from metaface_gui.gui.studio.confusion import ConfusionPicture, paint_cell
from metaface_gui.gui.studio.method_table import Index
from metaface_gui.gui.theme import FontSize, Space, Theme, font

_CELL_WIDTHS, _CELL_HEIGHTS = (22, 84), (17, 28)
"""Minimum and maximum in pixels."""
_LONGEST_ROW_NAME, _LONGEST_COLUMN_NAME = 110, 66
_ROW_NAMES_SHARE = 0.32
"""Maximum share of the width for the row names."""
_UPRIGHT_FROM = 64
"""In columns narrower than this (pixels), names are written from bottom to top."""
_NOWHERE = QModelIndex()


class ConfusionModel(QAbstractTableModel):
    """Exposes the cells of a `ConfusionPicture`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picture: ConfusionPicture | None = None

    def show(self, picture: ConfusionPicture | None) -> None:
        """Show another picture, or none."""
        self.beginResetModel()
        self.picture = picture
        self.endResetModel()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Return the number of true people."""
        return 0 if parent.isValid() or self.picture is None else self.picture.counts.shape[0]

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Return the number of decided people, plus one for Unknown."""
        return 0 if parent.isValid() or self.picture is None else self.picture.counts.shape[1]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a count, or a sentence about it."""
        if self.picture is None or not index.isValid():
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return str(int(self.picture.counts[index.row(), index.column()]))
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.picture.sentence(index.row(), index.column())
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a name; the tooltip has it in full."""
        if self.picture is None or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        name = self.picture.column_name(section)
        if role == Qt.ItemDataRole.DisplayRole:
            return name
        if orientation is Qt.Orientation.Vertical:
            return self.tr("Pictures of {name}").format(name=name)
        if section == len(self.picture.names):
            return self.tr("Left Unknown: no score reached the threshold")
        return self.tr("Taken for {name}").format(name=name)


class _CellDelegate(QStyledItemDelegate):
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        if not isinstance(model, ConfusionModel) or model.picture is None:
            return
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        paint_cell(painter, QRectF(rect).adjusted(0, 0, -1, -1), model.picture, index.row(), index.column())
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(Theme.current().color("accent"), 2))
            painter.drawRect(QRectF(rect).adjusted(1, 1, -2, -2))
        painter.restore()


class _NameHeader(QHeaderView):
    """Names in small muted letters, elided; above narrow columns written from bottom to top."""

    def __init__(self, orientation: Qt.Orientation, parent: QWidget) -> None:
        super().__init__(orientation, parent)
        self._table = parent
        self._longest = 0
        self.viewport().setAutoFillBackground(False)
        # Transparent also behind the last name, where the style would draw a bar.
        self.setStyleSheet("QHeaderView { background: transparent; border: none; }")
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setMinimumSectionSize(min(_CELL_HEIGHTS[0], _CELL_WIDTHS[0]))
        self.setHighlightSections(False)

    @property
    def _is_turned(self) -> bool:
        return self.orientation() is Qt.Orientation.Horizontal and self.defaultSectionSize() < _UPRIGHT_FROM

    def measure(self) -> None:
        """Measure the longest name in pixels; call this whenever the names change."""
        model, metrics = self.model(), QFontMetrics(font(FontSize.SMALL))
        names = (str(model.headerData(section, self.orientation())) for section in range(self.count()))
        self._longest = max((metrics.horizontalAdvance(name) for name in names), default=0) + 2 * Space.XS

    def sizeHint(self) -> QSize:
        """Return room for the longest name, within bounds."""
        line = QFontMetrics(font(FontSize.SMALL)).height() + Space.XS
        if self.orientation() is Qt.Orientation.Vertical:
            room = int(_ROW_NAMES_SHARE * self._table.width())
            return QSize(min(self._longest, _LONGEST_ROW_NAME, room), 0)
        return QSize(0, min(self._longest, _LONGEST_COLUMN_NAME) if self._is_turned else line)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """Draw one name."""
        name = str(self.model().headerData(section, self.orientation()))
        painter.save()
        painter.setFont(font(FontSize.SMALL))
        painter.setPen(Theme.current().color("muted"))
        align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        if self._is_turned:
            painter.translate(rect.left(), rect.bottom() + 1)
            painter.rotate(-90)
            rect = QRect(0, 0, rect.height(), rect.width())
        elif self.orientation() is Qt.Orientation.Horizontal:
            align = Qt.AlignmentFlag.AlignCenter
        else:
            align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        rect = rect.adjusted(Space.XS // 2, 0, -Space.XS, 0)
        text = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, int(align), text)
        painter.restore()


class ConfusionView(QTableView):
    """Fits its cells to the available space, and scrolls when they would get too small. Arrow keys move through it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cells = ConfusionModel(self)
        self.setModel(self.cells)
        self.setItemDelegate(_CellDelegate(self))
        self._columns = _NameHeader(Qt.Orientation.Horizontal, self)
        self._rows = _NameHeader(Qt.Orientation.Vertical, self)
        self.setHorizontalHeader(self._columns)
        self.setVerticalHeader(self._rows)
        self.setCornerButtonEnabled(False)
        self.setStyleSheet(
            "QTableCornerButton::section { background: transparent; border: none; }"
            "QAbstractScrollArea::corner { background: transparent; border: none; }"
        )
        self.setShowGrid(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setMinimumSize(160, 80)
        self.setAccessibleName(self.tr("Who was taken for whom"))
        Theme.current().changed.connect(self._on_theme)

    def show_picture(self, picture: ConfusionPicture | None) -> None:
        """Show another method's matrix, or none."""
        self.cells.show(picture)
        self._columns.measure()
        self._rows.measure()
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the cells to the new size."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        n_rows, n_columns = self.cells.rowCount(), self.cells.columnCount()
        if n_columns == 0:
            return
        room = self.contentsRect()
        width = (room.width() - self._rows.sizeHint().width()) // n_columns
        self._columns.setDefaultSectionSize(min(max(width, _CELL_WIDTHS[0]), _CELL_WIDTHS[1]))
        height = (room.height() - self._columns.sizeHint().height()) // n_rows
        self._rows.setDefaultSectionSize(min(max(height, _CELL_HEIGHTS[0]), _CELL_HEIGHTS[1]))
        self._columns.setFixedHeight(self._columns.sizeHint().height())
        self._rows.setFixedWidth(self._rows.sizeHint().width())
        self.updateGeometries()

    def _on_theme(self) -> None:
        self.viewport().update()
        self._columns.viewport().update()
        self._rows.viewport().update()
