"""One line on a person's page: until when they may be kept, and a link to what they agreed to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from metaface_gui.engine.events import ConsentsRead
from metaface_gui.engine.people.privacy_api import PrivacyApi
from metaface_gui.gallery import Consent, Person
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.privacy.period_words import day_text, until_text
from metaface_gui.gui.theme import Space
from metaface_gui.gui.widgets.elided_label import ElidedLabel
from metaface_gui.gui.widgets.layouts import column, row
from metaface_gui.gui.widgets.link_label import LinkLabel
from metaface_gui.gui.widgets.plain_label import plain_label
from metaface_gui.gui.widgets.scrolling import scrolling
from metaface_gui.types import RequestId


class ConsentRecords(QFrame):
    """A small popup that lists a person's consents, the newest first, which is the one in force."""

    WIDTH = 320
    _TALLEST = 360

    def __init__(self, consents: Sequence[Consent], parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("card", True)
        self.setAccessibleName(self.tr("Consent"))
        inside = QWidget()
        lines = column(margins=(Space.L, Space.M, Space.L, Space.M), spacing=Space.XS)
        inside.setLayout(lines)
        now = datetime.now(UTC)
        for consent in reversed(consents):
            shown = day_text(consent.given_at.astimezone().date(), self.locale())
            until = until_text(consent.retention, now, self.locale())
            given = self.tr("Given by: {who}").format(who=consent.given_by)
            wording = self.tr("Wording {no}; {end}").format(no=consent.text_version, end=until)
            for text, role in ((shown, "heading"), (consent.purpose, ""), (given, "muted"), (wording, "muted")):
                label = plain_label(inside, text, role)
                # A purpose without a space must not make the popup scroll sideways.
                label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
                lines.addWidget(label)
            lines.addSpacing(Space.S)
        lines.addStretch(1)
        self.setLayout(column(scrolling(inside, self, takes_focus=True), margins=1))
        self.setFixedSize(self.WIDTH, min(lines.totalHeightForWidth(self.WIDTH - 2) + Space.S, self._TALLEST))


class KeepingLine(QWidget):
    """Shows until when a person may be kept, and a link to their consents; empty while nobody is shown."""

    def __init__(self, privacy: PrivacyApi, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._privacy = privacy
        self._person: Person | None = None
        self._request: RequestId | None = None
        self.text = ElidedLabel("", self, role="muted")
        self.link = LinkLabel(self.tr("Consent…"), "#consent", self)
        self.link.setAccessibleName(self.tr("What this person agreed to"))
        self.setLayout(row((self.text, 1), self.link))
        bridge.consents_read.connect(self._on_consents)
        self.link.linkActivated.connect(self._ask)
        self.show_person(None)

    def show_person(self, person: Person | None) -> None:
        """Show until when this person may be kept; None: nobody."""
        self._person = person
        self.link.setVisible(person is not None)
        text = "" if person is None else until_text(person.retention, datetime.now(UTC), self.locale())
        self.text.setText(text[:1].upper() + text[1:])

    def _ask(self, _target: str) -> None:
        if self._person is not None:
            self._request = self._privacy.load_consents(self._person.id)

    def _on_consents(self, answer: ConsentsRead) -> None:
        is_asked_for = answer.request_id == self._request
        if is_asked_for and self._person is not None and self._person.id == answer.person_id:
            popup = ConsentRecords(answer.consents, self)
            # Above the line, which is near the window's lower edge, and aligned with the link's right end.
            corner = self.link.mapToGlobal(QPoint(self.link.width() - popup.width(), -popup.height() - Space.XS))
            popup.move(corner)
            popup.show()
