"""How a person looks in a list: picture, name, shots and last seen; and the field that renames them in place."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPalette, QPen
from PySide6.QtWidgets import QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from metaface_gui.gallery import Person
from metaface_gui.gui.panels.people_model import PeopleRole
from metaface_gui.gui.panels.pictures import PictureCache, paint_initials
from metaface_gui.gui.panels.wording import last_seen_text, shots_text
from metaface_gui.gui.theme import FontSize, Radius, Space, Theme, font
from metaface_gui.i18n import translate

Index = QModelIndex | QPersistentModelIndex


class PeopleDelegate(QStyledItemDelegate):
    """Paints a row of a `PeopleModel` (or a proxy of one); all rows are equally high, whatever the name."""

    def __init__(self, parent: QObject | None = None, *, picture_side: int = 44) -> None:
        super().__init__(parent)
        self._side = picture_side
        self._pictures = PictureCache()
        self._edited = QPersistentModelIndex()

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """Height of a row; as wide as the view makes it."""
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
        self._paint_picture(painter, QRectF(picture), person, palette)
        if is_present:
            _paint_presence(painter, QRectF(picture), palette)
        if index != self._edited:  # the editor is lower than the row and would lie on top of the words
            self._paint_texts(painter, texts, option, person, is_present=is_present)
        painter.restore()

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, index: Index) -> QWidget:
        """A plain line in which a name is typed anew."""
        self._edited = QPersistentModelIndex(index)
        editor = QLineEdit(parent)
        editor.setAccessibleName(translate("People", "New name"))
        editor.setAcceptDrops(False)
        return editor

    def destroyEditor(self, editor: QWidget, index: Index) -> None:
        """Show the words again."""
        self._edited = QPersistentModelIndex()
        super().destroyEditor(editor, index)

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, _index: Index) -> None:
        """Put it where the texts are."""
        rect = option.rect
        _, texts = self._places(rect, option)
        height = min(editor.sizeHint().height(), rect.height() - 4)
        texts.setTop(rect.center().y() - height // 2)
        texts.setHeight(height)
        editor.setGeometry(texts)

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Begin with the present name, all of it selected."""
        if isinstance(editor, QLineEdit):
            editor.setText(str(index.data(Qt.ItemDataRole.EditRole)))
            editor.selectAll()

    def _places(self, rect: QRect, option: QStyleOptionViewItem) -> tuple[QRect, QRect]:
        """Where the picture and the texts are, mirrored for right-to-left languages."""
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
        ratio = painter.device().devicePixelRatio()
        pixmap = self._pictures.get(person.thumbnail, self._side, ratio, Radius.M)
        if pixmap is None:
            paint_initials(painter, rect, person.name, palette, Radius.M)
        else:
            painter.drawPixmap(rect.topLeft(), pixmap)

    def _paint_texts(
        self, painter: QPainter, rect: QRect, option: QStyleOptionViewItem, person: Person, *, is_present: bool
    ) -> None:
        direction: Qt.LayoutDirection = option.direction
        palette: QPalette = option.palette
        name_font, detail_font = font(FontSize.BODY, bold=True), font(FontSize.SMALL)
        name_height, detail_height = QFontMetrics(name_font).height(), QFontMetrics(detail_font).height()
        top = rect.center().y() - (name_height + 2 + detail_height) // 2
        # The side is the language's, not the name's: a Hebrew name among English ones stays in the column.
        align = QStyle.visualAlignment(direction, Qt.AlignmentFlag.AlignLeft) | Qt.TextFlag.TextSingleLine
        detail = f"{shots_text(person.shot_count)}  ·  {last_seen_text(person.last_seen_at, is_present=is_present)}"
        lines = (
            (person.name, name_font, name_height, palette.color(QPalette.ColorRole.Text), top),
            (
                detail,
                detail_font,
                detail_height,
                palette.color(QPalette.ColorRole.PlaceholderText),
                top + name_height + 2,
            ),
        )
        for text, line_font, height, color, y in lines:
            painter.setFont(line_font)
            painter.setPen(color)
            shown = QFontMetrics(line_font).elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
            painter.drawText(QRect(rect.left(), y, rect.width(), height), int(align), shown)


def _paint_presence(painter: QPainter, picture: QRectF, palette: QPalette) -> None:
    """Draw a dot on the picture's corner: this person is before the camera."""
    painter.setBrush(Theme.current().color("success"))
    painter.setPen(QPen(QColor(palette.color(QPalette.ColorRole.Window)), 2))
    painter.drawEllipse(QPointF(picture.right() - 3, picture.bottom() - 3), 6, 6)
