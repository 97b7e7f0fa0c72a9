"""The gallery's people as a list model: follows the snapshots, knows who is before the camera, takes new names.

The model never changes the gallery: an edit or a drop is checked and passed on as a signal, and what came of it
arrives with the next snapshot.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
    Signal,
)

from metaface_gui.errors import GalleryError
from metaface_gui.gallery import GallerySnapshot, Person
from metaface_gui.gallery.names import clean_name, name_key
from metaface_gui.gui.panels.wording import hidden_text, last_seen_text, shots_text
from metaface_gui.i18n import error_text, translate
from metaface_gui.types import PersonId

Index = QModelIndex | QPersistentModelIndex
MIME_PEOPLE = "application/x-metaface-people"
_ROOT = QModelIndex()
_NEVER = datetime.min.replace(tzinfo=UTC)


class PeopleRole:
    """What the model gives beside Qt's own roles."""

    PERSON = Qt.ItemDataRole.UserRole
    """The `Person`, with `last_seen_at` brought up to date."""
    IS_PRESENT = Qt.ItemDataRole.UserRole + 1
    """Whether the person is in the newest result."""


class PeopleOrder(Enum):
    """How the list is sorted; the value is what settings keep."""

    NAME = "name"
    LAST_SEEN = "last seen"
    ADDED = "added"


class PeopleModel(QAbstractListModel):
    """Everybody of the newest snapshot, one row each, in no particular order (see `SortedPeople`)."""

    rename_requested = Signal(object, str)
    """A person's id and their new, clean name."""
    rename_refused = Signal(str)
    """Why a typed name cannot be taken, in the user's language."""
    merge_requested = Signal(object, list)
    """Onto whom somebody was dropped, and who was dropped."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._people: list[Person] = []
        self._present: frozenset[PersonId] = frozenset()

    # What is shown ------------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Number of people."""
        return 0 if parent.isValid() else len(self._people)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Name, person, presence, and one sentence for screen readers and as tooltip."""
        if not index.isValid():
            return None
        person = self._people[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return person.name
        if role == PeopleRole.PERSON:
            return person
        if role == PeopleRole.IS_PRESENT:
            return person.id in self._present
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole):
            seen = last_seen_text(person.last_seen_at, is_present=person.id in self._present)
            # Qt takes a tooltip that looks like HTML for HTML; a name must never be that.
            words = f"{person.name}\n{shots_text(person.shot_count)} · {seen}".replace("<", "‹")
            return f"{words}\n{hidden_text()}" if person.is_hidden else words
        return None

    def people(self) -> tuple[Person, ...]:
        """Everybody, in the order of the rows."""
        return tuple(self._people)

    def row_of(self, person_id: PersonId) -> int | None:
        """Row of a person; None if they are gone."""
        return next((row for row, person in enumerate(self._people) if person.id == person_id), None)

    # What the engine says -----------------------------------------------------------------------------------------

    def show_snapshot(self, snapshot: GallerySnapshot) -> None:
        """Take over what changed, row by row, so that selection and scroll position stay."""
        newest = {person.id: person for person in snapshot.people}
        for row in range(len(self._people) - 1, -1, -1):
            if self._people[row].id not in newest:
                self.beginRemoveRows(_ROOT, row, row)
                del self._people[row]
                self.endRemoveRows()
        for row, old in enumerate(self._people):
            self._replace(row, _with_last_seen(newest.pop(old.id), old.last_seen_at))
        if newest:
            self.beginInsertRows(_ROOT, len(self._people), len(self._people) + len(newest) - 1)
            self._people += newest.values()
            self.endInsertRows()

    def show_present(self, present: Collection[PersonId]) -> None:
        """Mark who is before the camera; who was and no longer is was last seen now."""
        now_present = frozenset(present)
        changed, self._present = self._present ^ now_present, now_present
        now = datetime.now(UTC)
        for row, person in enumerate(self._people if changed else ()):
            if person.id in changed:
                self._people[row] = replace(person, last_seen_at=now)
                self.dataChanged.emit(self.index(row), self.index(row))

    def _replace(self, row: int, person: Person) -> None:
        if person != self._people[row]:
            self._people[row] = person
            self.dataChanged.emit(self.index(row), self.index(row))

    # What the user does -------------------------------------------------------------------------------------------

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Everybody can be renamed, dragged, and dropped on."""
        flag = Qt.ItemFlag
        if not index.isValid():
            return flag.NoItemFlags
        return (
            flag.ItemIsSelectable
            | flag.ItemIsEnabled
            | flag.ItemIsEditable
            | flag.ItemIsDragEnabled
            | flag.ItemIsDropEnabled
            | flag.ItemNeverHasChildren
        )

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Check a new name and ask for it with `rename_requested`, or say with `rename_refused` why not."""
        if not index.isValid() or role != Qt.ItemDataRole.EditRole:
            return False
        person = self._people[index.row()]
        try:
            name = clean_name(str(value))
        except GalleryError as error:
            self.rename_refused.emit(error_text(error))
            return False
        if name == person.name:
            return True
        if any(other.id != person.id and name_key(other.name) == name_key(name) for other in self._people):
            self.rename_refused.emit(
                translate(
                    "People",
                    "There is somebody called “{name}” already. Choose another name, or merge the two.",
                    None,
                    name=name,
                )
            )
            return False
        self.rename_requested.emit(person.id, name)
        return True

    def supportedDropActions(self) -> Qt.DropAction:
        """Copy: with Move the view would take the dragged rows away by itself."""
        return Qt.DropAction.CopyAction

    def mimeTypes(self) -> list[str]:
        """People of this list."""
        return [MIME_PEOPLE]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """The ids of the dragged people."""
        data = QMimeData()
        ids = [str(self._people[index.row()].id) for index in indexes]
        data.setData(MIME_PEOPLE, ",".join(ids).encode())
        return data

    def canDropMimeData(self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index) -> bool:
        """Somebody may be dropped on somebody else, not between two people."""
        del action, row, column
        if not parent.isValid():
            return False
        return bool(self._dragged(data, self._people[parent.row()].id))

    def dropMimeData(self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index) -> bool:
        """Ask with `merge_requested`."""
        if not self.canDropMimeData(data, action, row, column, parent):
            return False
        into_id = self._people[parent.row()].id
        self.merge_requested.emit(into_id, self._dragged(data, into_id))
        return True

    def _dragged(self, data: QMimeData, into_id: PersonId) -> list[PersonId]:
        known = {str(person.id): person.id for person in self._people}
        # Another window's people have other ids: only those of this list are taken.
        ids = bytes(data.data(MIME_PEOPLE).data()).decode(errors="replace").split(",")
        return [known[text] for text in ids if text in known and known[text] != into_id]


class SortedPeople(QSortFilterProxyModel):
    """The people whose name contains what was searched for, in the chosen order."""

    def __init__(self, people: PeopleModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._order = PeopleOrder.NAME
        self._wanted = ""
        self._shows_hidden = False
        self.setSourceModel(people)
        self.setDynamicSortFilter(True)
        self.setSortLocaleAware(True)
        self.setSortCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.sort(0)

    @property
    def order(self) -> PeopleOrder:
        """What it is sorted by."""
        return self._order

    def set_order(self, order: PeopleOrder) -> None:
        """Sort by name (ascending), or by last seen or added (newest first)."""
        self._order = order
        self.invalidate()

    def set_search(self, text: str) -> None:
        """Keep those whose name contains `text`, whatever its case and spelling of letters; all for an empty one."""
        self._wanted = name_key(" ".join(text.split()))
        self.invalidate()

    def set_shows_hidden(self, shows: bool) -> None:
        """Show hidden people too, or leave them out."""
        self._shows_hidden = shows
        self.invalidate()

    def filterAcceptsRow(self, source_row: int, source_parent: Index) -> bool:
        """Whether the name contains what is searched for, and the person is not hidden unless those are shown."""
        index = self.sourceModel().index(source_row, 0, source_parent)
        person: Person = index.data(PeopleRole.PERSON)
        if person.is_hidden and not self._shows_hidden:
            return False
        return not self._wanted or self._wanted in name_key(person.name)

    def lessThan(self, source_left: Index, source_right: Index) -> bool:
        """Compare two people in the chosen order; names decide between equals."""
        left: Person = source_left.data(PeopleRole.PERSON)
        right: Person = source_right.data(PeopleRole.PERSON)
        if self._order is PeopleOrder.ADDED and left.created_at != right.created_at:
            return left.created_at > right.created_at
        if self._order is PeopleOrder.LAST_SEEN:
            left_rank, right_rank = _seen_rank(source_left, left), _seen_rank(source_right, right)
            if left_rank != right_rank:
                return left_rank > right_rank
        return bool(super().lessThan(source_left, source_right))


def _with_last_seen(person: Person, known: datetime | None) -> Person:
    """Keep a later moment that this window saw itself; the gallery writes such moments only now and then."""
    latest = max(person.last_seen_at or _NEVER, known or _NEVER)
    return person if latest is _NEVER else replace(person, last_seen_at=latest)


def _seen_rank(index: Index, person: Person) -> tuple[bool, datetime]:
    return bool(index.data(PeopleRole.IS_PRESENT)), person.last_seen_at or _NEVER
