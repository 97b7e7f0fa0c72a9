"""A line above the video that says whose period is over or soon will be; it blocks nothing and can be postponed."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QToolButton, QWidget

from metaface_gui.engine.people.retention import Due
from metaface_gui.gui.icons import icon_pixmap, set_icon
from metaface_gui.gui.privacy.period_words import names_text
from metaface_gui.gui.theme import Space, Theme
from metaface_gui.gui.widgets.elided_label import ElidedLabel
from metaface_gui.gui.widgets.layouts import row
from metaface_gui.types import PersonId


class DueBanner(QFrame):
    """Shows the people given to `show_due`, unless the user has put all of them off; hidden when nobody is due."""

    review_clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("due-banner")
        self.setAccessibleName(self.tr("Retention periods"))
        self._due = Due()
        self._put_off: frozenset[tuple[PersonId, bool]] = frozenset()
        self._is_held_back = False
        self._icon = QLabel(self)
        self.text = ElidedLabel("", self)
        self.review_button = QPushButton(self.tr("Review…"), self)
        self.review_button.setToolTip(self.tr("See who, and keep or delete them"))
        self.close_button = QToolButton(self)
        self.close_button.setProperty("kind", "quiet")
        self.close_button.setAccessibleName(self.tr("Not now"))
        self.close_button.setToolTip(self.tr("Not now: ask again at the next start, or when somebody else is due"))
        set_icon(self.close_button, "close")
        buttons = (self.review_button, self.close_button)
        margins = (Space.L, Space.XS, Space.S, Space.XS)
        self.setLayout(row(self._icon, (self.text, 1), *buttons, margins=margins, spacing=Space.M))
        self.review_button.clicked.connect(self.review_clicked)
        self.close_button.clicked.connect(self._put_off_these)
        Theme.current().changed.connect(self._paint)
        self._paint()
        self.hide()

    def show_due(self, due: Due, *, is_automatic: bool) -> None:
        """Show who is due; with `is_automatic`, they are deleted automatically when their period is over."""
        self._due = due
        self.text.setText(self._words(due, is_automatic=is_automatic))
        self._show_or_hide()

    def hold_back(self, is_held_back: bool) -> None:
        """Stay hidden while this is set, as during a presentation."""
        self._is_held_back = is_held_back
        self._show_or_hide()

    def _words(self, due: Due, *, is_automatic: bool) -> str:
        if due.over and not is_automatic:
            if due.soon:
                text = self.tr("{who}: the agreed time is over; for {n} more it soon will be.")
                return text.format(who=names_text(due.over), n=len(due.soon))
            return self.tr("{who}: the agreed time is over.").format(who=names_text(due.over))
        if is_automatic:
            text = self.tr("{who}: the agreed time ends soon; then deleted for good.")
        else:
            text = self.tr("{who}: the agreed time ends soon.")
        return text.format(who=names_text(due.soon)) if due.soon else ""

    def _key(self) -> frozenset[tuple[PersonId, bool]]:
        over = {(person.id, True) for person in self._due.over}
        return frozenset(over | {(person.id, False) for person in self._due.soon})

    def _put_off_these(self) -> None:
        self._put_off |= self._key()
        self._show_or_hide()

    def _show_or_hide(self) -> None:
        is_news = bool(self._key() - self._put_off)
        self.setVisible(is_news and bool(self.text.text()) and not self._is_held_back)

    def _paint(self) -> None:
        theme = Theme.current()
        color = theme.color("warning")
        self._icon.setPixmap(icon_pixmap("alert", 18, color, self.devicePixelRatioF()))
        tokens = theme.tokens
        self.setStyleSheet(
            f"#due-banner {{ background: {tokens.raised}; border: none; border-bottom: 1px solid {tokens.warning}; }}"
        )
        self._icon.setAlignment(Qt.AlignmentFlag.AlignCenter)
