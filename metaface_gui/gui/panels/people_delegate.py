"""Paints a person in a list (picture, name, shots, last seen), and provides the inline rename field."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPalette, QPen
from PySide6.QtWidgets import QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from metaface_gui.gallery import Person
from metaface_gui.gui.icons import icon_pixmap
from metaface_gui.gui.panels.people_model import PeopleRole
from metaface_gui.gui.panels.picture_loader import PictureLoader
from metaface_gui.gui.panels.pictures import paint_initials, paint_plate
from metaface_gui.gui.panels.wording import last_seen_text, shots_text
from metaface_gui.gui.theme import FontSize, Radius, Space, Theme, font
from metaface_gui.i18n import translate

Index = QModelIndex | QPersistentModelIndex


_HIDDEN_OPACITY = 0.45


class PeopleDelegate(QStyledItemDelegate):
    """Paints a row of a `PeopleModel` (or a proxy of one); all rows have the same height, whatever the name."""

    def __init__(self, pictures: PictureLoader, parent: QObject | None = None, *, picture_side: int = 44) -> None:
        super().__init__(parent)
        self._side = picture_side
        self._pictures = pictures
        self._edited = QPersistentModelIndex()
        self._fonts: tuple[tuple[QFont, QFontMetrics], tuple[QFont, QFontMetrics]] | None = None
        Theme.current().changed.connect(self._forget_fonts)  # the letters may have grown

    def _forget_fonts(self) -> None:
        self._fonts = None

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """Return the height of a row; the view sets the width."""
        return QSize(self._side + 4 * Space.S, self._side + 2 * Space.S)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw the row."""
        person: Person = index.data(PeopleRole.PERSON)
        is_present = bool(index.data(PeopleRole.IS_PRESENT))
        rect = option.rect
        palette: QPalette = option.palette
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_background(painter, QRectF(rect).adjusted(2, 1, -2, -1), state, palette)
        picture, texts = self._places(rect, option)
        painter.setOpacity(_HIDDEN_OPACITY if person.is_hidden else 1.0)
        self._paint_picture(painter, QRectF(picture), person, palette)
        painter.setOpacity(1.0)
        if person.is_hidden:
            _paint_hidden(painter, picture, palette)
        if is_present:
            _paint_presence(painter, QRectF(picture), palette)
        if index != self._edited:  # the editor is lower than the row, so the text would show around it
            self._paint_texts(painter, texts, option, person, is_present=is_present)
        painter.restore()

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, index: Index) -> QWidget:
        """Return a plain line edit for the new name."""
        self._edited = QPersistentModelIndex(index)
        editor = QLineEdit(parent)
        editor.setAccessibleName(translate("People", "New name"))
        editor.setAcceptDrops(False)
        return editor

    def destroyEditor(self, editor: QWidget, index: Index) -> None:
        """Show the text again."""
        self._edited = QPersistentModelIndex()
        super().destroyEditor(editor, index)

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, _index: Index) -> None:
        """Place the editor over the text."""
        rect = option.rect
        texts = self._places(rect, option)[1]
        height = min(editor.sizeHint().height(), rect.height() - 4)
        texts.setTop(rect.center().y() - height // 2)
        texts.setHeight(height)
        editor.setGeometry(texts)

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Start with the present name, all selected."""
        if isinstance(editor, QLineEdit):
            editor.setText(str(index.data(Qt.ItemDataRole.EditRole)))
            editor.selectAll()

    _alignment = Qt.AlignmentFlag.AlignLeft
    """Alignment follows the language, not the name: a Hebrew name among English ones stays in the column."""

    def _detail(self, person: Person, *, is_present: bool) -> str:
        return f"{shots_text(person.shot_count)}  ·  {last_seen_text(person.last_seen_at, is_present=is_present)}"

    def _places(self, rect: QRect, option: QStyleOptionViewItem) -> tuple[QRect, QRect]:
        """Return the rectangles of picture and text, mirrored for right-to-left languages."""
        direction: Qt.LayoutDirection = option.direction
        picture = QRect(rect.left() + Space.S, rect.top() + Space.S, self._side, self._side)
        texts = QRect(picture.right() + 1 + Space.M, rect.top(), 0, rect.height())
        texts.setRight(rect.right() - Space.M)
        return QStyle.visualRect(direction, rect, picture), QStyle.visualRect(direction, rect, texts)

    def _paint_background(self, painter: QPainter, rect: QRectF, state: QStyle.StateFlag, palette: QPalette) -> None:
        flag = QStyle.StateFlag
        if state & flag.State_Selected:
            painter.setBrush(palette.color(QPalette.ColorRole.Highlight))
        elif state & flag.State_MouseOver:
            painter.setBrush(palette.color(QPalette.ColorRole.Light))
        else:
            painter.setBrush(Qt.BrushStyle.NoBrush)
        has_keyboard = bool(state & flag.State_HasFocus) and bool(state & flag.State_KeyboardFocusChange)
        painter.setPen(QPen(Theme.current().color("accent"), 1.5) if has_keyboard else QPen(Qt.PenStyle.NoPen))
        painter.drawRoundedRect(rect, Radius.S, Radius.S)

    def _paint_picture(self, painter: QPainter, rect: QRectF, person: Person, palette: QPalette) -> None:
        wanted = person.thumbnail, round(rect.width()), painter.device().devicePixelRatio(), Radius.M
        pixmap = self._pictures.get(*wanted)
        if pixmap is not None:
            painter.drawPixmap(rect.topLeft(), pixmap)
        elif self._pictures.is_coming(*wanted):
            paint_plate(painter, rect, palette, Radius.M)
        else:
            paint_initials(painter, rect, person.name, palette, Radius.M)

    def _paint_texts(
        self, painter: QPainter, rect: QRect, option: QStyleOptionViewItem, person: Person, *, is_present: bool
    ) -> None:
        direction: Qt.LayoutDirection = option.direction
        palette: QPalette = option.palette
        if self._fonts is None:
            name_font, detail_font = font(FontSize.BODY, bold=True), font(FontSize.SMALL)
            self._fonts = (name_font, QFontMetrics(name_font)), (detail_font, QFontMetrics(detail_font))
        heights = [metrics.height() for _font, metrics in self._fonts]
        y = rect.center().y() - (heights[0] + 2 + heights[1]) // 2
        align = int(QStyle.visualAlignment(direction, self._alignment) | Qt.TextFlag.TextSingleLine)
        texts = person.name, self._detail(person, is_present=is_present)
        roles = QPalette.ColorRole.Text, QPalette.ColorRole.PlaceholderText
        for text, (line_font, metrics), height, role in zip(texts, self._fonts, heights, roles, strict=True):
            painter.setFont(line_font)
            painter.setPen(palette.color(role))
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
            painter.drawText(QRect(rect.left(), y, rect.width(), height), align, shown)
            y += height + 2


class PersonCardDelegate(PeopleDelegate):
    """Paints a person as a picture with name and shots below it, in a grid cell."""

    _alignment = Qt.AlignmentFlag.AlignHCenter

    def set_cell(self, width: int) -> None:
        """Size the pictures so that a cell is `width` pixels wide."""
        self._side = width - 2 * Space.S

    @property
    def cell(self) -> QSize:
        """Return the size of a grid cell."""
        return QSize(self._side + 2 * Space.S, self._side + 2 * Space.S + self._text_height)

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """Return the size of a grid cell."""
        return self.cell

    @property
    def _text_height(self) -> int:
        heights = (QFontMetrics(font(FontSize.BODY, bold=True)).height(), QFontMetrics(font(FontSize.SMALL)).height())
        return sum(heights) + Space.S

    def _detail(self, person: Person, *, is_present: bool) -> str:
        del is_present  # the dot on the picture shows it
        return shots_text(person.shot_count)

    def _places(self, rect: QRect, option: QStyleOptionViewItem) -> tuple[QRect, QRect]:
        del option  # the layout is the same in right-to-left languages
        picture = QRect(rect.left() + (rect.width() - self._side) // 2, rect.top() + Space.S, self._side, self._side)
        texts = QRect(rect.left() + Space.XS, picture.bottom() + 1, rect.width() - 2 * Space.XS, self._text_height)
        return picture, texts


def _paint_hidden(painter: QPainter, picture: QRect, palette: QPalette) -> None:
    """Mark the person as hidden in the picture's upper corner."""
    side = 16
    corner = QRect(picture.left() + 3, picture.top() + 3, side + 4, side + 4)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(palette.color(QPalette.ColorRole.Window))
    painter.drawEllipse(corner)
    ratio = painter.device().devicePixelRatio()
    painter.drawPixmap(
        corner.topLeft() + QPoint(2, 2), icon_pixmap("eye-off", side, palette.color(QPalette.ColorRole.Text), ratio)
    )


def _paint_presence(painter: QPainter, picture: QRectF, palette: QPalette) -> None:
    """Draw a dot on the picture's corner: this person is in front of the camera."""
    painter.setBrush(Theme.current().color("success"))
    painter.setPen(QPen(QColor(palette.color(QPalette.ColorRole.Window)), 2))
    painter.drawEllipse(QPointF(picture.right() - 3, picture.bottom() - 3), 6, 6)
