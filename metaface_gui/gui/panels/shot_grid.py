"""Small face tiles with a delete button: the shots of an enrolment, of a person, or their negatives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from metaface_gui.engine.people.shots import environment_of
from metaface_gui.gui.environment_words import label_words
from metaface_gui.gui.icons import icon_pixmap
from metaface_gui.gui.panels.picture_loader import PictureLoader
from metaface_gui.gui.panels.pictures import paint_initials
from metaface_gui.gui.theme import Radius, Theme
from metaface_gui.gui.widgets.flow_layout import FlowLayout

TILE_SIDE = 60
"""Side in pixels; four tiles fit into the narrowest panel."""


@dataclass(frozen=True, slots=True)
class TilePicture:
    """One picture to show: `picture` is encoded; `words` describe it for tooltips and screen readers."""

    id: int
    picture: bytes
    words: str


class CornerButton(QAbstractButton):
    """The small × on a picture; keyboard users have the Delete key instead."""

    SIDE = 22

    def __init__(self, words: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFixedSize(self.SIDE, self.SIDE)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setToolTip(words)
        self.setAccessibleName(words)

    def place(self) -> None:
        """Move to the parent's upper trailing corner."""
        parent = self.parentWidget()
        if parent is not None:
            self.move(2 if parent.isRightToLeft() else parent.width() - self.width() - 2, 2)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw a disc with a cross."""
        theme = Theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("border_strong"), 1))
        painter.setBrush(theme.color("danger_fill" if self.underMouse() else "raised"))
        painter.drawEllipse(QRectF(self.rect()).adjusted(2, 2, -2, -2))
        cross = icon_pixmap(
            "close", 12, theme.color("on_danger" if self.underMouse() else "text"), self.devicePixelRatioF()
        )
        painter.drawPixmap(QPoint((self.SIDE - 12) // 2, (self.SIDE - 12) // 2), cross)


class ShotTile(QWidget):
    """One picture with its ×; focusable: Delete removes it and the arrows go to its neighbours."""

    remove_requested = Signal(object)
    """The picture's id."""
    chosen = Signal(object)
    """The picture's id: the user clicked it or moved to it by keyboard."""

    def __init__(self, shown: TilePicture, pictures: PictureLoader, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.shot_id = shown.id
        self._picture, self._pictures = shown.picture, pictures
        self._is_chosen = self._is_cover = False
        pictures.loaded.connect(self.update)
        self.setFixedSize(TILE_SIDE, TILE_SIDE)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        mark = environment_of(shown.picture)
        self.is_marked = bool(mark)
        text = self.tr("Taken with the environment dial at {setting}").format(setting=label_words(mark))
        words = f"{shown.words}\n{text}" if mark else shown.words
        self.setToolTip(words)
        self.setAccessibleName(words)
        self._close = CornerButton(self.tr("Leave this shot out (Del)"), self)
        self._close.clicked.connect(self._ask_to_go)

    @property
    def close_button(self) -> CornerButton:
        """Return the ×."""
        return self._close

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the × in its corner."""
        super().resizeEvent(event)
        self._close.place()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Remove the picture on Delete; go to the neighbours on left and right."""
        key, mirrored = event.key(), self.isRightToLeft()
        if key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._ask_to_go()
        elif key in (Qt.Key.Key_Right, Qt.Key.Key_Left):
            self.focusNextPrevChild((key == Qt.Key.Key_Right) != mirrored)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Choose the tile, unless it got the focus only because another tile was removed."""
        super().focusInEvent(event)
        reason = Qt.FocusReason
        if event.reason() in (reason.MouseFocusReason, reason.TabFocusReason, reason.BacktabFocusReason):
            self.chosen.emit(self.shot_id)

    def show_state(self, *, is_chosen: bool, is_cover: bool) -> None:
        """Mark the tile as the chosen shot and as the person's cover."""
        if (is_chosen, is_cover) != (self._is_chosen, self._is_cover):
            self._is_chosen, self._is_cover = is_chosen, is_cover
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the picture, its marks, and a ring while it is chosen or focused."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pixmap = self._pictures.get(self._picture, TILE_SIDE, self.devicePixelRatioF(), Radius.M)
        if pixmap is None:
            letter = "" if self._pictures.is_decoding(self._picture) else "?"
            paint_initials(painter, QRectF(self.rect()), letter, self.palette(), Radius.M)
        else:
            painter.drawPixmap(0, 0, pixmap)
        if self.is_marked:
            self._paint_mark(painter, QPoint(3, self.height() - 19), "sun")
        if self._is_cover:
            self._paint_mark(painter, QPoint(self.width() - 19, self.height() - 19), "user")
        if self.hasFocus() or self._is_chosen:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(Theme.current().color("accent" if self.hasFocus() else "edge"), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), Radius.M, Radius.M)

    def _paint_mark(self, painter: QPainter, corner: QPoint, icon: str) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(Theme.current().color("raised"))
        painter.drawEllipse(QRectF(corner.x(), corner.y(), 16, 16))
        ink = icon_pixmap(icon, 12, Theme.current().color("text"), self.devicePixelRatioF())
        painter.drawPixmap(corner + QPoint(2, 2), ink)

    def _ask_to_go(self) -> None:
        self.remove_requested.emit(self.shot_id)


class _EmptyTile(QWidget):
    """The placeholder of a shot that is still wanted."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFixedSize(TILE_SIDE, TILE_SIDE)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(Theme.current().color("edge"), 1.5, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), Radius.M, Radius.M)


class ShotGrid(QWidget):
    """Tiles in lines; if `wanted` is set, the places of missing shots are outlined.

    While the pointer is over the grid, or over the given `holder`, a removed tile leaves its place empty, so that no
    other × moves under the pointer. When the pointer has left the holder, the holder calls `settle`.
    """

    remove_requested = Signal(object)
    """The id of the picture whose × was clicked."""
    chosen = Signal(object)
    """The id of the picture that the user chose."""

    def __init__(self, parent: QWidget | None = None, *, holder: QWidget | None = None) -> None:
        super().__init__(parent)
        self._holder = holder or self
        self._pictures = PictureLoader(self)
        self._chosen_id: int | None = None
        self._cover_id: int | None = None
        self._tiles: list[ShotTile] = []
        self._slots: list[QWidget] = []
        self._empty: list[_EmptyTile] = []
        self._wanted = 0
        self._flow = FlowLayout(self, spacing=6)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    @property
    def tiles(self) -> tuple[ShotTile, ...]:
        """Return the tiles that show a picture, in order."""
        return tuple(self._tiles)

    @property
    def has_gaps(self) -> bool:
        """Return whether places of removed tiles are still kept."""
        return len(self._slots) > len(self._tiles)

    def mark(self, *, chosen_id: int | None, cover_id: int | None) -> None:
        """Mark the chosen picture and the person's cover."""
        self._chosen_id, self._cover_id = chosen_id, cover_id
        for tile in self._tiles:
            tile.show_state(is_chosen=tile.shot_id == chosen_id, is_cover=tile.shot_id == cover_id)

    def settle(self) -> None:
        """Close the gaps once the pointer has left."""
        if self.has_gaps:
            self._lay_out(self._tiles)

    def show_pictures(self, pictures: Sequence[TilePicture], *, wanted: int = 0) -> None:
        """Show these pictures; tiles of those that stay are kept, with their focus."""
        kept = {tile.shot_id: tile for tile in self._tiles}
        focused = next((row for row, tile in enumerate(self._tiles) if tile.hasFocus()), None)
        tiles = [kept.pop(shown.id) if shown.id in kept else self._new_tile(shown) for shown in pictures]
        if tiles != self._tiles:
            before, self._tiles = self._slots, tiles
            keeps_places = self._holder.underMouse() and [tile for tile in before if tile in tiles] == tiles
            self._lay_out([slot if slot in tiles else _gap(self) for slot in before] if keeps_places else tiles)
        # Move the focus before the tile goes: Qt would pick another widget and scroll it under the pointer.
        if focused is not None and self._tiles and not any(tile.hasFocus() for tile in self._tiles):
            # After a deletion by keyboard the focus stays at the same position.
            self._tiles[min(focused, len(self._tiles) - 1)].setFocus(Qt.FocusReason.OtherFocusReason)
        for gone in kept.values():
            if self._holder.underMouse():
                gone.clearFocus()
            gone.hide()
            gone.deleteLater()
        self._pictures.keep_only([shown.picture for shown in pictures])
        self._show_wanted(wanted)

    def sizeHint(self) -> QSize:
        """Return a width of four tiles."""
        width = 4 * (TILE_SIDE + self._flow.spacing())
        return QSize(width, self._flow.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """Return the size of one tile; without this Qt reserves the height of all tiles in one column."""
        return QSize(TILE_SIDE, TILE_SIDE if self._flow.count() else 0)

    def _new_tile(self, picture: TilePicture) -> ShotTile:
        tile = ShotTile(picture, self._pictures, self)
        tile.show_state(is_chosen=picture.id == self._chosen_id, is_cover=picture.id == self._cover_id)
        tile.remove_requested.connect(self.remove_requested)
        tile.chosen.connect(self.chosen)
        tile.show()
        return tile

    def leaveEvent(self, event: QEvent) -> None:
        """Close the gaps, unless a separate holder decides when."""
        super().leaveEvent(event)
        if self._holder is self:
            self.settle()

    def _lay_out(self, slots: Sequence[QWidget]) -> None:
        while self._flow.count():
            self._flow.takeAt(0)
        for former in self._slots:
            if former not in slots and not isinstance(former, ShotTile):
                former.hide()
                former.deleteLater()
        self._slots = list(slots)
        for widget in (*slots, *self._empty):
            self._flow.addWidget(widget)
            if not isinstance(widget, ShotTile | _EmptyTile):
                widget.show()
        for before, after in zip(self._tiles, self._tiles[1:], strict=False):
            QWidget.setTabOrder(before, after)
        self.updateGeometry()

    def _show_wanted(self, wanted: int) -> None:
        missing = max(0, wanted - len(self._tiles))
        while len(self._empty) > missing:
            tile = self._empty.pop()
            self._flow.removeWidget(tile)
            tile.hide()
            tile.deleteLater()
        while len(self._empty) < missing:
            tile = _EmptyTile(self)
            self._empty.append(tile)
            self._flow.addWidget(tile)
            tile.show()
        self.updateGeometry()


def _gap(parent: QWidget) -> QWidget:
    """Return the placeholder of a removed tile."""
    gap = QWidget(parent)
    gap.setFixedSize(TILE_SIDE, TILE_SIDE)
    return gap
