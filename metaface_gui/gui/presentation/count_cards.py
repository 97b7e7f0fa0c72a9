"""The recognition counts so far, as large numbers legible from the back row: right, Unknown, wrong, strangers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from metaface_gui.engine.studio.comparison import LearnerTally
from metaface_gui.gui.theme import FontSize, Radius, Space, Theme, font
from metaface_gui.i18n import translate

_NUMBER = 1.9
"""Height of a number relative to its caption."""
_STRIPE = 5.0
_TITLE_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class CountCard:
    """A number, what it counts, and the colour token of the stripe beside it."""

    number: int
    words: str
    token: str


def cards_of(tally: LearnerTally) -> tuple[CountCard, ...]:
    """Return a method's counts: against the ground truth where it is known, else how often it named somebody."""
    if not tally.counted:
        return (
            CountCard(tally.named, translate("Cards", "named"), "known"),
            CountCard(tally.unknown, translate("Cards", "Unknown"), "unknown"),
        )
    return (
        CountCard(tally.right - tally.turned_away, translate("Cards", "right"), "success"),
        CountCard(tally.missed, translate("Cards", "Unknown"), "unknown"),
        CountCard(tally.wrong, translate("Cards", "wrong"), "danger"),
        CountCard(tally.turned_away, translate("Cards", "strangers turned away"), "known"),
        CountCard(tally.let_through, translate("Cards", "strangers let through"), "warning"),
    )


class CountCards(QWidget):
    """One row of cards per method; before the first counts it says when they will start."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[tuple[str, tuple[CountCard, ...]], ...] = ()
        self._letters_px: int = FontSize.HEADING
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Counts"))
        Theme.current().changed.connect(self.update)

    @property
    def rows(self) -> tuple[tuple[str, tuple[CountCard, ...]], ...]:
        """Return each row's title and cards."""
        return self._rows

    def show_tallies(self, tallies: Sequence[tuple[str, LearnerTally]]) -> None:
        """Show one row per (title, tally) pair."""
        rows = tuple((title, cards_of(tally)) for title, tally in tallies)
        if rows == self._rows:
            return
        is_other_height = len(rows) != len(self._rows)
        self._rows = rows
        words = [", ".join([title, *(f"{card.words}: {card.number}" for card in cards)]) for title, cards in rows]
        self.setAccessibleDescription("\n".join(words))
        if is_other_height:
            self.updateGeometry()
        self.update()

    def set_letters(self, letters_px: int) -> None:
        """Set the captions' letter height; the numbers scale with it."""
        self._letters_px = letters_px
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return room for all rows, one below the other."""
        row = QFontMetricsF(font(round(_NUMBER * self._letters_px), bold=True)).height()
        row += QFontMetricsF(font(self._letters_px)).height() + 2 * Space.S
        n_rows = max(1, len(self._rows))
        return QSize(600, round(n_rows * row + (n_rows - 1) * Space.S))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the rows."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self._rows:
            painter.setFont(font(self._letters_px))
            painter.setPen(Theme.current().color("muted"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.tr("Counts start with the first face"))
            return
        height = (self.height() - (len(self._rows) - 1) * Space.S) / len(self._rows)
        for number, (title, cards) in enumerate(self._rows):
            row = QRectF(0, number * (height + Space.S), self.width(), height)
            left = row.left()
            if title:
                words = QRectF(left, row.top(), _TITLE_SHARE * row.width() - Space.M, row.height())
                painter.setFont(font(self._letters_px, bold=True))
                painter.setPen(Theme.current().color("text"))
                flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap
                painter.drawText(words, flags, title)
                left += _TITLE_SHARE * row.width()
            width = (row.right() - left - (len(cards) - 1) * Space.S) / len(cards)
            for place, card in enumerate(cards):
                self._paint_card(painter, QRectF(left + place * (width + Space.S), row.top(), width, height), card)

    def _paint_card(self, painter: QPainter, place: QRectF, card: CountCard) -> None:
        theme = Theme.current()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("surface"))
        painter.drawRoundedRect(place, Radius.M, Radius.M)
        painter.setBrush(theme.color(card.token))
        stripe = QRectF(place.left() + Space.S, place.top() + Space.S, _STRIPE, place.height() - 2 * Space.S)
        painter.drawRoundedRect(stripe, 2, 2)
        inner = place.adjusted(2 * Space.S + _STRIPE, Space.XS, -Space.S, -Space.S)
        painter.setFont(font(round(_NUMBER * self._letters_px), bold=True, tabular=True))
        painter.setPen(theme.color("text"))
        painter.drawText(inner, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, str(card.number))
        words_font = _fitting(card.words, self._letters_px, inner.width())
        painter.setFont(words_font)
        painter.setPen(theme.color("muted"))
        words = QFontMetricsF(words_font).elidedText(card.words, Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(inner, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft, words)


def _fitting(words: str, letters_px: int, width: float) -> QFont:
    """Return a font of that height, reduced as needed to fit the words, but not below the usual small text."""
    wanted = QFontMetricsF(font(letters_px)).horizontalAdvance(words)
    share = min(1.0, width / max(wanted, 1.0))
    return font(max(min(letters_px, FontSize.SMALL), int(letters_px * share)))
