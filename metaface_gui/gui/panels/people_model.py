"""The gallery as a list model: follows the snapshots, tracks who is in front of the camera, accepts new names.

The model never changes the gallery: an edit or a drop is checked and emitted as a signal, and the outcome
arrives with the next snapshot.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from enum import Enum
from itertools import groupby
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QCollator,
    QCollatorSortKey,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
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
    """The model's roles in addition to Qt's own."""

    PERSON = Qt.ItemDataRole.UserRole
    """The `Person`, with an up-to-date `last_seen_at`."""
    IS_PRESENT = Qt.ItemDataRole.UserRole + 1
    """Whether the person is in the newest result."""


class PeopleOrder(Enum):
    """The list's sort order; the value is what settings store."""

    NAME = "name"
    LAST_SEEN = "last seen"
    ADDED = "added"


class PeopleModel(QAbstractListModel):
    """Everybody in the newest snapshot, one row each, in no particular order (see `SortedPeople`)."""

    rename_requested = Signal(object, str)
    """A person's id and their new, normalised name."""
    rename_refused = Signal(str)
    """Why a typed name is invalid, in the user's language."""
    merge_requested = Signal(object, list)
    """The person who was dropped on, and the people dropped."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._people: list[Person] = []
        self._present: frozenset[PersonId] = frozenset()

    # What is shown ------------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Return the number of people."""
        return 0 if parent.isValid() else len(self._people)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return name, person, presence, or one sentence for screen readers and the tooltip."""
        return self.value(index.row(), role) if index.isValid() else None

    def value(self, row: int, role: int) -> Any:
        """Return the same as `data`, by row; `SortedPeople` calls this very often."""
        person = self._people[row]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return person.name
        if role == PeopleRole.PERSON:
            return person
        if role == PeopleRole.IS_PRESENT:
            return person.id in self._present
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole):
            seen = last_seen_text(person.last_seen_at, is_present=person.id in self._present)
            # Qt renders a tooltip that looks like HTML as HTML; a name must never be rendered so.
            words = f"{person.name}\n{shots_text(person.shot_count)} · {seen}".replace("<", "‹")
            return f"{words}\n{hidden_text()}" if person.is_hidden else words
        return None

    def people(self) -> tuple[Person, ...]:
        """Return everybody, in the order of the rows."""
        return tuple(self._people)

    @property
    def present(self) -> frozenset[PersonId]:
        """Return the people in the newest result."""
        return self._present

    def row_of(self, person_id: PersonId) -> int | None:
        """Return a person's row; None if they are gone."""
        return next((row for row, person in enumerate(self._people) if person.id == person_id), None)

    # What the engine says -----------------------------------------------------------------------------------------

    def show_snapshot(self, snapshot: GallerySnapshot) -> None:
        """Apply the changes row by row, so that selection and scroll position stay."""
        newest = {person.id: person for person in snapshot.people}
        for row in range(len(self._people) - 1, -1, -1):
            if self._people[row].id not in newest:
                self.beginRemoveRows(_ROOT, row, row)
                del self._people[row]
                self.endRemoveRows()
        changed = []
        for row, old in enumerate(self._people):
            person = _with_last_seen(newest.pop(old.id), old.last_seen_at)
            if person != old:
                self._people[row] = person
                changed.append(row)
        self._tell(changed)
        if newest:
            self.beginInsertRows(_ROOT, len(self._people), len(self._people) + len(newest) - 1)
            self._people += newest.values()
            self.endInsertRows()

    def show_present(self, present: Collection[PersonId]) -> None:
        """Mark who is in front of the camera; the last-seen time of those who have just left becomes now."""
        now_present = frozenset(present)
        changed, self._present = self._present ^ now_present, now_present
        now = datetime.now(UTC)
        rows = [row for row, person in enumerate(self._people if changed else ()) if person.id in changed]
        for row in rows:
            self._people[row] = replace(self._people[row], last_seen_at=now)
        self._tell(rows)

    def _tell(self, rows: Sequence[int]) -> None:
        """Emit `dataChanged` for exactly these rows, one signal per run of neighbours."""
        for _, run in groupby(enumerate(rows), key=lambda pair: pair[1] - pair[0]):
            together = [row for _, row in run]
            self.dataChanged.emit(self.index(together[0]), self.index(together[-1]))

    # What the user does -------------------------------------------------------------------------------------------

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Return the flags: everybody can be renamed, dragged, and dropped on."""
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
        """Validate a new name and emit `rename_requested`, or `rename_refused` with the reason."""
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
                    "People", "Somebody is already called “{name}”. Choose another name, or merge the two.", name=name
                )
            )
            return False
        self.rename_requested.emit(person.id, name)
        return True

    def supportedDropActions(self) -> Qt.DropAction:
        """Return Copy: with Move the view would remove the dragged rows itself."""
        return Qt.DropAction.CopyAction

    def mimeTypes(self) -> list[str]:
        """Return the MIME type for people of this list."""
        return [MIME_PEOPLE]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """Return the ids of the dragged people."""
        data = QMimeData()
        ids = [str(self._people[index.row()].id) for index in indexes]
        data.setData(MIME_PEOPLE, ",".join(ids).encode())
        return data

    def canDropMimeData(self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index) -> bool:
        """Accept a drop on another person, not between two people."""
        del action, row, column
        if not parent.isValid():
            return False
        return bool(self._dragged(data, self._people[parent.row()].id))

    def dropMimeData(self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index) -> bool:
        """Emit `merge_requested`."""
        if not self.canDropMimeData(data, action, row, column, parent):
            return False
        into_id = self._people[parent.row()].id
        self.merge_requested.emit(into_id, self._dragged(data, into_id))
        return True

    def _dragged(self, data: QMimeData, into_id: PersonId) -> list[PersonId]:
        known = {str(person.id): person.id for person in self._people}
        # Another window's people have other ids: accept only those of this list.
        ids = bytes(data.data(MIME_PEOPLE).data()).decode(errors="replace").split(",")
        return [known[text] for text in ids if text in known and known[text] != into_id]


class SortedPeople(QAbstractListModel):
    """The people whose name contains the search text, in the chosen order.

    Not a `QSortFilterProxyModel`: it calls Python for each of the ten thousand comparisons for a thousand people,
    which blocks the window for a tenth of a second.
    """

    def __init__(self, people: PeopleModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._people = people
        self._order = PeopleOrder.NAME
        self._wanted = ""
        self._shows_hidden = False
        self._rows: list[int] = []
        """The source model's rows, in display order."""
        self._collator = QCollator()
        self._collator.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._keys: dict[str, QCollatorSortKey] = {}
        self._spelled: dict[str, str] = {}
        people.rowsInserted.connect(self._on_inserted)
        people.rowsAboutToBeRemoved.connect(self._on_removing)
        people.dataChanged.connect(self._on_changed)
        self._arrange()

    # What is shown ------------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Return the number of people shown."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the source model's data."""
        return self._people.value(self._rows[index.row()], role) if index.isValid() else None

    def index_of(self, person_id: PersonId) -> QModelIndex:
        """Return a person's index; invalid if they are gone or not shown."""
        row = self._people.row_of(person_id)
        return self.index(self._rows.index(row)) if row is not None and row in self._rows else QModelIndex()

    @property
    def order(self) -> PeopleOrder:
        """Return the sort order."""
        return self._order

    def set_order(self, order: PeopleOrder) -> None:
        """Sort by name (ascending), or by last seen or added (newest first)."""
        self._order = order
        self._arrange()

    def set_search(self, text: str) -> None:
        """Show people whose name contains `text`, ignoring case and letter variants; an empty text shows everybody."""
        self._wanted = name_key(" ".join(text.split()))
        self._arrange()

    def set_shows_hidden(self, shows: bool) -> None:
        """Show or leave out hidden people."""
        self._shows_hidden = shows
        self._arrange()

    # What the user does: as the people's own model --------------------------------------------------------------

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Return the source model's flags."""
        return self._people.flags(self._source(index))

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Request a new name."""
        return self._people.setData(self._source(index), value, role)

    def supportedDropActions(self) -> Qt.DropAction:
        """Return Copy."""
        return self._people.supportedDropActions()

    def mimeTypes(self) -> list[str]:
        """Return the MIME type for people."""
        return self._people.mimeTypes()

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """The ids of the dragged people."""
        return self._people.mimeData([self._source(index) for index in indexes])

    def canDropMimeData(self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index) -> bool:
        """Accept a drop on another person."""
        return self._people.canDropMimeData(data, action, row, column, self._source(parent))

    def dropMimeData(self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index) -> bool:
        """Request a merge."""
        return self._people.dropMimeData(data, action, row, column, self._source(parent))

    def _source(self, index: Index) -> QModelIndex:
        return self._people.index(self._rows[index.row()]) if index.isValid() else QModelIndex()

    # Following the people -----------------------------------------------------------------------------------------

    def _on_inserted(self, _parent: QModelIndex, first: int, last: int) -> None:
        count = last - first + 1
        self._rows = [row + count if row >= first else row for row in self._rows]
        self._arrange()

    def _on_removing(self, _parent: QModelIndex, first: int, last: int) -> None:
        self._take([row for row in self._rows if not first <= row <= last])
        count = last - first + 1
        self._rows = [row - count if row > last else row for row in self._rows]

    def _on_changed(self, first: QModelIndex, last: QModelIndex) -> None:
        self._arrange()
        changed = range(first.row(), last.row() + 1)
        for shown, row in enumerate(self._rows):
            if row in changed:
                self.dataChanged.emit(self.index(shown), self.index(shown))

    def _arrange(self) -> None:
        """Filter and sort the people, and notify the views of what changes."""
        wanted = self._sorted()
        there = set(wanted)
        self._take([row for row in self._rows if row in there])
        former = set(self._rows)
        self._move([row for row in wanted if row in former])
        at = 0
        while at < len(wanted):
            end = at
            while end < len(wanted) and wanted[end] not in former:
                end += 1
            if end > at:
                self.beginInsertRows(_ROOT, at, end - 1)
                self._rows[at:at] = wanted[at:end]
                self.endInsertRows()
            at = end + 1

    def _take(self, left: list[int]) -> None:
        """Remove all rows except `left`, which must be in their current order."""
        stay = set(left)
        at = len(self._rows)
        while at > 0 and len(self._rows) > len(left):
            end = at
            while at > 0 and self._rows[at - 1] not in stay:
                at -= 1
            if at < end:
                self.beginRemoveRows(_ROOT, at, end - 1)
                del self._rows[at:end]
                self.endRemoveRows()
            at -= 1

    def _move(self, order: list[int]) -> None:
        """Reorder the remaining rows."""
        if order == self._rows:
            return
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        places = {row: place for place, row in enumerate(order)}
        after = [self.index(places[self._rows[index.row()]]) for index in before]
        self._rows = order
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def _sorted(self) -> list[int]:
        people = self._people.people()
        names = {person.name for person in people}
        # Drop the cached keys of deleted people.
        self._keys = {name: key for name, key in self._keys.items() if name in names}
        self._spelled = {name: spelled for name, spelled in self._spelled.items() if name in names}
        for name in names - self._keys.keys():
            self._keys[name] = self._collator.sortKey(name)
        rows = [row for row, person in enumerate(people) if self._shows_hidden or not person.is_hidden]
        if self._wanted:
            rows = [row for row in rows if self._wanted in self._spelling(people[row].name)]
        # The sort is stable, so names decide between equals.
        rows.sort(key=lambda row: self._keys[people[row].name])
        if self._order is PeopleOrder.ADDED:
            rows.sort(key=lambda row: people[row].created_at, reverse=True)
        elif self._order is PeopleOrder.LAST_SEEN:
            present = self._people.present
            rows.sort(key=lambda row: (people[row].id in present, people[row].last_seen_at or _NEVER), reverse=True)
        return rows

    def _spelling(self, name: str) -> str:
        if name not in self._spelled:
            self._spelled[name] = name_key(name)
        return self._spelled[name]


def _with_last_seen(person: Person, known: datetime | None) -> Person:
    """Keep the later last-seen time observed by this window; the gallery writes it only now and then."""
    latest = max(person.last_seen_at or _NEVER, known or _NEVER)
    return person if latest is _NEVER else replace(person, last_seen_at=latest)
