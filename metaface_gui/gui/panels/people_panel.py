"""The enrolled people: find, sort, rename, merge, delete, view and add shots, export and import."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QMenu, QPushButton, QSplitter, QStackedWidget, QToolButton, QWidget

from metaface_gui.engine.api import PeopleApi
from metaface_gui.engine.events import (
    Adapted,
    GalleryChanged,
    LikelyPairsFound,
    ModelsChanged,
    ResultReady,
    SourceChanged,
    SourceState,
    Trouble,
)
from metaface_gui.engine.people.privacy_api import PrivacyApi
from metaface_gui.errors import GalleryError
from metaface_gui.gallery import Person
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.icons import set_icon
from metaface_gui.gui.panels.merge_bar import MergeBar
from metaface_gui.gui.panels.people_files import PeopleFiles
from metaface_gui.gui.panels.people_list import PeopleList
from metaface_gui.gui.panels.people_model import PeopleModel, PeopleOrder, PeopleRole, SortedPeople
from metaface_gui.gui.panels.person_details import PersonDetails
from metaface_gui.gui.panels.same_person_strip import SamePersonStrip
from metaface_gui.gui.panels.wording import hidden_text
from metaface_gui.gui.theme import Space, text_scale
from metaface_gui.gui.widgets.empty_note import EmptyNote
from metaface_gui.gui.widgets.layouts import Stretch, column, row
from metaface_gui.i18n import error_text, plain
from metaface_gui.types import PersonId, RequestId

_AGES_MS = 15_000
_WIDE, _DETAILS_WIDTH = 680, 340
"""From this width the shots stand beside the list; they get the second number of pixels of it."""
_HIGH, _LOW = 600, 370
"""From the first height there is room for a question above list and shots. Between the second (for usual letters) and
the first it goes below the list, while nobody is selected."""


class PeoplePanel(QWidget):
    """Search and order at the top, the list, the selected person's shots below it, export and import at the bottom."""

    enroll_requested = Signal()
    """The button of the empty panel was clicked: enrol somebody."""
    add_shots_requested = Signal(Person)
    """Start an enrolment that adds to this person."""
    report_requested = Signal(Person)
    """Write a report of what is stored about this person."""
    undo_requested = Signal(int)
    """Undo the change of the `Undoable` with this token."""
    cards_toggled = Signal(bool)
    """The user switched between cards and rows."""

    def __init__(
        self, people: PeopleApi, privacy: PrivacyApi, bridge: EngineBridge, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._people, self._privacy, self._bridge = people, privacy, bridge
        self._is_told = self._are_pairs_known = False
        self._pairs_request: RequestId | None = None
        self._fpir: float | None = None
        self.files = PeopleFiles(people, bridge, self)
        self.people = PeopleModel(self)
        self.sorted_people = SortedPeople(self.people, self)
        self.setAccessibleName(self.tr("People"))
        self._make_widgets()
        self._lay_out()
        self._timer = QTimer(self)
        self._timer.setInterval(_AGES_MS)
        self._timer.timeout.connect(self.list.viewport().update)
        self._connect(bridge)
        self._show_page()

    # Making ---------------------------------------------------------------------------------------------------------

    def _make_widgets(self) -> None:
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(self.tr("Search"))
        self.search.setAccessibleName(self.tr("Search people"))
        self.search.setClearButtonEnabled(True)
        self.order = QComboBox(self)
        self.order.setAccessibleName(self.tr("Sort by"))
        self.order.setToolTip(self.tr("Sort by"))
        for words, order in (
            (self.tr("Name"), PeopleOrder.NAME),
            (self.tr("Last seen"), PeopleOrder.LAST_SEEN),
            (self.tr("Newest"), PeopleOrder.ADDED),
        ):
            self.order.addItem(words, order)
        self.list = PeopleList(self)
        self.list.setModel(self.sorted_people)
        self.cards_button = self._tool("grid", self.tr("Pictures"), self.tr("Show everybody as a page of pictures"))
        self.large_button = self._tool("fullscreen", "", "")
        self.large_button.hide()
        self.hidden_button = QPushButton(self)
        self.hidden_button.setCheckable(True)
        set_icon(self.hidden_button, "eye-off")
        self.hidden_button.hide()
        self.strip = SamePersonStrip(self.list.pictures, self)
        self.enroll_button = QPushButton(self.tr("Enrol somebody"), self)
        self.enroll_button.setProperty("kind", "primary")
        set_icon(self.enroll_button, "user-plus", "on_primary")
        self.nobody = EmptyNote(
            "users",
            self.tr("Nobody is enrolled yet"),
            self.tr("Record yourself for two seconds and type your name: you will be recognised at once."),
            self,
        )
        self.nobody.add(self.enroll_button)
        self.clear_button = QPushButton(self.tr("Show everybody"), self)
        self.no_match = EmptyNote(
            "search", self.tr("Nobody has a name like that"), self.tr("Try a shorter search."), self
        )
        self.no_match.add(self.clear_button)
        self.pages = QStackedWidget(self)
        for page in (self.list, self.nobody, self.no_match):
            self.pages.addWidget(page)
        self.merge_bar = MergeBar(self.pages)
        self.details = PersonDetails(self._people, self._privacy, self._bridge, self)
        self.import_button = QPushButton(self.tr("Import…"), self)
        self.import_button.setToolTip(self.tr("Add the people of an exported file"))
        set_icon(self.import_button, "import")
        self.export_button = QPushButton(self.tr("Export…"), self)
        self.export_button.setToolTip(self.tr("Export everybody to one file, with shots and consent"))
        set_icon(self.export_button, "export")

    def _tool(self, icon: str, words: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setCheckable(True)
        button.setToolTip(tip)
        button.setAccessibleName(words)
        set_icon(button, icon)
        return button

    def _lay_out(self) -> None:
        self.splitter = QSplitter(Qt.Orientation.Vertical, self)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self.pages)
        self.splitter.addWidget(self.details)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setStretchFactor(1, 0)
        self.pages.setMinimumHeight(128)
        self._above = column(self.strip, margins=(Space.M, 0, Space.M, Space.S))
        self._below = column(margins=(Space.M, 0, Space.M, Space.S))
        self.setLayout(
            column(
                row(
                    (self.search, 1),
                    self.order,
                    self.cards_button,
                    self.large_button,
                    margins=(Space.M, Space.M, Space.M, Space.S),
                ),
                self._above,
                (self.splitter, 1),
                self._below,
                row(
                    self.import_button,
                    self.export_button,
                    Stretch(),
                    self.hidden_button,
                    margins=(Space.M, Space.S, Space.M, Space.M),
                ),
                spacing=0,
            )
        )

    def _connect(self, bridge: EngineBridge) -> None:
        self.search.textChanged.connect(self._on_search)
        self.order.activated.connect(self._on_order)
        self.clear_button.clicked.connect(self.search.clear)
        self.enroll_button.clicked.connect(self.enroll_requested)
        self.cards_button.toggled.connect(self._show_cards)
        self.hidden_button.toggled.connect(self._show_hidden)
        self.strip.merge_requested.connect(self._merge)
        self.strip.apart_requested.connect(self._people.tell_apart)
        self.list.delete_requested.connect(self._delete_chosen)
        self.list.open_requested.connect(self.details.focus_shots)
        self.list.customContextMenuRequested.connect(self._open_menu)
        self.list.selectionModel().selectionChanged.connect(self._show_details)
        self.people.rename_requested.connect(self._people.rename)
        self.people.rename_refused.connect(self._on_refused)
        self.people.merge_requested.connect(self._ask_to_merge)
        self.merge_bar.merge_requested.connect(self._merge)
        self.details.merge_requested.connect(self._merge)
        self.details.rename_requested.connect(self._rename_chosen)
        self.details.add_shots_requested.connect(self.add_shots_requested)
        self.details.delete_requested.connect(self._delete_chosen)
        self.details.hide_requested.connect(self._hide_chosen)
        self.details.undo_requested.connect(self.undo_requested)
        self.details.left.connect(lambda: self.list.setFocus(Qt.FocusReason.OtherFocusReason))
        self.export_button.clicked.connect(self.files.ask_export)
        self.import_button.clicked.connect(self.files.ask_import)
        bridge.gallery_changed.connect(self._on_gallery)
        bridge.adapted.connect(self._on_adapted)
        bridge.models_changed.connect(self._on_models)
        bridge.likely_pairs_found.connect(self._on_pairs)
        bridge.result_ready.connect(self._on_result)
        bridge.source_changed.connect(self._on_source)
        bridge.trouble.connect(self._on_trouble)

    # For the window -------------------------------------------------------------------------------------------------

    @property
    def has_nobody(self) -> bool:
        """Return whether the gallery is known to be empty."""
        return self._is_told and self.people.rowCount() == 0

    def chosen(self) -> tuple[Person, ...]:
        """Return the selected people, in the order of the list."""
        rows = sorted(self.list.selectionModel().selectedIndexes(), key=QModelIndex.row)
        return tuple(index.data(PeopleRole.PERSON) for index in rows)

    def choose(self, person_id: PersonId) -> None:
        """Select one person and scroll to them; does nothing if they are gone or filtered out."""
        index = self.sorted_people.index_of(person_id)
        if index.isValid():
            self.list.setCurrentIndex(index)
            self.list.scrollTo(index)

    @property
    def shows_cards(self) -> bool:
        """Return whether people are shown as cards rather than rows."""
        return self.list.shows_cards

    def show_cards(self, cards: bool) -> None:
        """Show people as a grid of cards, or as rows."""
        self.cards_button.setChecked(cards)

    def offer_large(self, action: QAction) -> None:
        """Add a button for this action, which expands the panel to the whole window, beside the search."""
        self.large_button.setDefaultAction(action)
        self.large_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        self.large_button.setAccessibleName(plain(action.text()))
        self.large_button.show()

    def focus_search(self) -> None:
        """Move the focus to the search."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    # What the engine says -------------------------------------------------------------------------------------------

    def _on_gallery(self, event: GalleryChanged) -> None:
        had_chosen = {person.id for person in self.chosen()}
        self._is_told = True
        self.people.show_snapshot(event.snapshot)
        self.list.pictures.keep_only([one.thumbnail for one in event.snapshot.people if one.thumbnail])
        self.strip.show_people(event.snapshot.people)
        self._offer_hidden()
        if not {person.id for person in self.chosen()} <= had_chosen:
            # Qt selects the next row instead; a second Delete would remove somebody whom the user never selected.
            self.list.clearSelection()
        self._show_page()
        self._show_details()

    def _on_result(self, event: ResultReady) -> None:
        ids = (face.identification.person_id for face in event.result.faces)
        self.people.show_present({person_id for person_id in ids if person_id is not None})

    def _on_adapted(self, event: Adapted) -> None:
        if event.is_primary:
            self._are_pairs_known = False
            self._ask_for_pairs()

    def _on_models(self, event: ModelsChanged) -> None:
        former, self._fpir = self._fpir, event.fpir
        if former is not None and former != event.fpir:  # likely pairs depend on the threshold in use
            self._are_pairs_known = False
            self._ask_for_pairs()

    def _ask_for_pairs(self) -> None:
        """Ask for likely duplicates, but only while the panel is visible."""
        if self.isVisible() and not self._are_pairs_known and self.people.rowCount() > 1:
            self._are_pairs_known = True
            self._pairs_request = self._people.find_likely_pairs()

    def _on_pairs(self, event: LikelyPairsFound) -> None:
        if event.request_id == self._pairs_request:
            self.strip.show_pairs(event.pairs)

    def _on_source(self, event: SourceChanged) -> None:
        if event.state not in (SourceState.RUNNING, SourceState.PAUSED):
            self.people.show_present(())  # no further result will say who has left

    def _on_trouble(self, event: Trouble) -> None:
        if isinstance(event.error, GalleryError):
            self.details.say(error_text(event.error), role="error")

    # What the user does ---------------------------------------------------------------------------------------------

    def _on_search(self, text: str) -> None:
        self.sorted_people.set_search(text)
        self._show_page()

    def _on_order(self) -> None:
        self.sorted_people.set_order(self.order.currentData())
        self.list.scrollTo(self.list.currentIndex())

    def _on_refused(self, text: str) -> None:
        self.details.say(text, role="error")

    def _rename_chosen(self) -> None:
        index = self.list.currentIndex()
        if index.isValid():
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)
            self.list.edit(index)

    def _delete_chosen(self) -> None:
        for person in self.chosen():
            self._people.delete(person.id)

    def _hide_chosen(self) -> None:
        chosen = self.chosen()
        for person in chosen:
            self._people.set_hidden(person.id, is_hidden=not all(one.is_hidden for one in chosen))
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_cards(self, cards: bool) -> None:
        self.list.show_cards(cards)
        self.cards_toggled.emit(cards)

    def _show_hidden(self, shows: bool) -> None:
        self.sorted_people.set_shows_hidden(shows)
        self._show_page()

    def _offer_hidden(self) -> None:
        count = sum(person.is_hidden for person in self.people.people())
        words = self.tr("Show hidden ({n})").format(n=count)
        self.hidden_button.setText(str(count))
        self.hidden_button.setAccessibleName(words)
        self.hidden_button.setToolTip(f"{words}\n{hidden_text()}")
        self.hidden_button.setVisible(count > 0)
        if count == 0:
            self.hidden_button.setChecked(False)

    def _ask_to_merge(self, into_id: PersonId, from_ids: list[PersonId]) -> None:
        by_id = {person.id: person for person in self.people.people()}
        self.merge_bar.ask(by_id[into_id], [by_id[person_id] for person_id in from_ids])

    def _merge(self, into_id: PersonId, from_ids: list[PersonId]) -> None:
        for from_id in from_ids:
            self._people.merge(into_id, from_id)

    def _open_menu(self, position: QPoint) -> None:
        if self.chosen():
            self.make_menu().popup(self.list.viewport().mapToGlobal(position))

    def make_menu(self) -> QMenu:
        """Return a context menu for the selected people; it deletes itself when closed."""
        menu = QMenu(self.list)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        chosen = self.chosen()
        if len(chosen) == 1:
            menu.addAction(self.tr("Add shots"), lambda: self.add_shots_requested.emit(chosen[0]))
            menu.addAction(self.tr("Rename"), self._rename_chosen).setShortcut(Qt.Key.Key_F2)
            menu.addAction(self.tr("What is stored…"), lambda: self.report_requested.emit(chosen[0]))
            hint = menu.addAction(self.tr("To merge, choose two people"))
            hint.setEnabled(False)
        else:
            self.details.fill_merge_menu(menu.addMenu(self.tr("Merge into…")))
        are_hidden = all(person.is_hidden for person in chosen)
        hiding = menu.addAction(self.tr("Recognise again") if are_hidden else self.tr("Hide"), self._hide_chosen)
        hiding.setToolTip(hidden_text())
        menu.setToolTipsVisible(True)
        menu.addSeparator()
        menu.addAction(self.tr("Delete"), self._delete_chosen).setShortcut(Qt.Key.Key_Delete)
        return menu

    # What is shown --------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """Refresh the last-seen times only while they are visible."""
        super().showEvent(event)
        self._timer.start()
        self._ask_for_pairs()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop refreshing."""
        super().hideEvent(event)
        self._timer.stop()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the shots beside the list if there is room, else below it."""
        super().resizeEvent(event)
        self._place_strip()
        wanted = Qt.Orientation.Horizontal if self.width() >= _WIDE else Qt.Orientation.Vertical
        if self.splitter.orientation() is not wanted:
            self.splitter.setOrientation(wanted)
            if wanted is Qt.Orientation.Horizontal:
                self.splitter.setSizes([self.width() - _DETAILS_WIDTH, _DETAILS_WIDTH])

    def _place_strip(self) -> None:
        is_roomy = self.width() >= _WIDE or self.height() >= _HIGH
        place = self._above if is_roomy else self._below
        if place.indexOf(self.strip) < 0:
            place.addWidget(self.strip)
        is_there_some = self.height() >= _LOW * text_scale() and not self.chosen()
        self.strip.set_room(is_roomy or is_there_some)

    def leaveEvent(self, event: QEvent) -> None:
        """Apply pending layout changes: nothing can move under the pointer any more."""
        super().leaveEvent(event)
        self.strip.settle()

    def _show_page(self) -> None:
        if self.people.rowCount() == 0:
            self.pages.setCurrentWidget(self.nobody)
        elif self.sorted_people.rowCount() == 0:
            self.pages.setCurrentWidget(self.no_match)
        else:
            self.pages.setCurrentWidget(self.list)
        # An empty gallery offers no actions on people.
        for widget in (self.details, self.export_button):
            widget.setVisible(self.people.rowCount() > 0)

    def _show_details(self) -> None:
        self._place_strip()
        self.details.show_people(self.chosen())
