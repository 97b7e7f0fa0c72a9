"""What the user chose for the page of people: who is hidden, which shot stands for somebody, who was told apart."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from metaface_gui.errors import QT_TRANSLATE_NOOP, GalleryError
from metaface_gui.gallery.checksums import seal
from metaface_gui.gallery.database import Database
from metaface_gui.gallery.living import living_name, next_revision, owner_of, too_late
from metaface_gui.gallery.records import ShotId
from metaface_gui.gallery.rows import no_such_shot
from metaface_gui.types import PersonId


@dataclass(frozen=True, slots=True)
class ChosenCover:
    """A shot was chosen to stand for its person; `before` is what had been chosen, None: nothing."""

    revision: int
    person_id: PersonId
    shot_id: ShotId
    before: ShotId | None


@dataclass(frozen=True, slots=True)
class HiddenPerson:
    """A person was hidden or, unless it `is_hidden`, is recognised again; `was_hidden` says what they were before."""

    revision: int
    person_id: PersonId
    is_hidden: bool
    was_hidden: bool


@dataclass(frozen=True, slots=True)
class ToldApart:
    """Two people were said to be two; unless that `is_news`, it was known."""

    revision: int
    person_id: PersonId
    other_id: PersonId
    is_news: bool


Choice = ChosenCover | HiddenPerson | ToldApart


class Choices:
    """The part of `Gallery` that remembers choices; made only as a part of it."""

    _database: Database

    def set_cover(self, shot_id: ShotId) -> ChosenCover:
        """Let this shot stand for the person whose shot it is.

        Raises:
            GalleryError: if there is no such shot, or it shows somebody who is not the person.
        """
        with self._database.changing() as connection:
            person_id = owner_of(connection, shot_id)
            if connection.execute("SELECT is_negative FROM shot WHERE id = ?", (shot_id,)).fetchone() != (0,):
                raise no_such_shot()
            before = chosen_cover(connection, person_id)
            put_cover(connection, person_id, shot_id)
            return ChosenCover(next_revision(connection), person_id, shot_id, before)

    def set_hidden(self, person_id: PersonId, *, is_hidden: bool) -> HiddenPerson:
        """Hide a person, who then is stored but not recognised, or recognise them again.

        Raises:
            GalleryError: if there is no such person.
        """
        with self._database.changing() as connection:
            living_name(connection, person_id)
            was_hidden = _is_hidden(connection, person_id)
            put_hidden(connection, person_id, is_hidden=is_hidden)
            return HiddenPerson(next_revision(connection), person_id, is_hidden, was_hidden)

    def tell_apart(self, one_id: PersonId, other_id: PersonId) -> ToldApart:
        """Remember that two people are two, however alike; it is forgotten with either of them.

        Raises:
            GalleryError: if one of them is not there, or both are the same.
        """
        with self._database.changing() as connection:
            living_name(connection, one_id)
            name = living_name(connection, other_id)
            if one_id == other_id:
                raise GalleryError(
                    QT_TRANSLATE_NOOP("Errors", "{name} cannot be told apart from themselves. Choose two people."),
                    name=name,
                )
            is_news = put_apart(connection, one_id, other_id)
            return ToldApart(next_revision(connection), one_id, other_id, is_news)

    def told_apart(self) -> frozenset[frozenset[PersonId]]:
        """Return the pairs of people who were told apart; of those who were deleted there are none."""
        with self._database.reading() as connection:
            pairs = connection.execute(_LIVING_PAIRS).fetchall()
        return frozenset(frozenset(pair) for pair in pairs)


_LIVING_PAIRS = """
    SELECT one_id, other_id FROM told_apart
    JOIN person AS one ON one.id = one_id JOIN person AS other ON other.id = other_id
    WHERE one.deletion IS NULL AND other.deletion IS NULL
"""


def told_apart_from(connection: sqlite3.Connection, person_id: PersonId) -> tuple[PersonId, ...]:
    """Return whom somebody was told apart from, by id."""
    pairs = connection.execute(f"{_LIVING_PAIRS} AND ?1 IN (one_id, other_id)", (person_id,))
    return tuple(sorted(one_id + other_id - person_id for one_id, other_id in pairs))


def chosen_cover(connection: sqlite3.Connection, person_id: PersonId) -> ShotId | None:
    """Return which shot was chosen to stand for somebody; it may have been deleted since. None: none was."""
    row = connection.execute("SELECT cover_id FROM person WHERE id = ?", (person_id,)).fetchone()
    return None if row is None or row[0] is None else int(row[0])


def put_cover(connection: sqlite3.Connection, person_id: PersonId, shot_id: ShotId | None) -> None:
    """Note which shot stands for somebody; None: the best one."""
    connection.execute("UPDATE person SET cover_id = ? WHERE id = ?", (shot_id, person_id))
    seal(connection, "person", [person_id])


def _is_hidden(connection: sqlite3.Connection, person_id: PersonId) -> bool:
    return bool(connection.execute("SELECT is_hidden FROM person WHERE id = ?", (person_id,)).fetchone()[0])


def put_hidden(connection: sqlite3.Connection, person_id: PersonId, *, is_hidden: bool) -> None:
    """Note whether somebody is hidden."""
    connection.execute("UPDATE person SET is_hidden = ? WHERE id = ?", (int(is_hidden), person_id))
    seal(connection, "person", [person_id])


def put_apart(connection: sqlite3.Connection, one_id: PersonId, other_id: PersonId) -> bool:
    """Note that two people are two; whether that is news."""
    pair = (min(one_id, other_id), max(one_id, other_id))
    return connection.execute("INSERT OR IGNORE INTO told_apart VALUES (?, ?)", pair).rowcount == 1


def inherit_apart(connection: sqlite3.Connection, into_id: PersonId, from_id: PersonId) -> tuple[PersonId, ...]:
    """Tell a person apart from everybody from whom one who becomes them was; return from whom that is news."""
    others = (other_id for other_id in told_apart_from(connection, from_id) if other_id != into_id)
    return tuple(other_id for other_id in others if put_apart(connection, into_id, other_id))


def forget_apart(connection: sqlite3.Connection, one_id: PersonId, other_ids: Iterable[PersonId]) -> int:
    """Forget that somebody was told apart from these; return how often that was noted."""
    pairs = [(min(one_id, other_id), max(one_id, other_id)) for other_id in other_ids]
    return connection.executemany("DELETE FROM told_apart WHERE one_id = ? AND other_id = ?", pairs).rowcount


def undo(connection: sqlite3.Connection, choice: Choice) -> None:
    """Take a choice back.

    Raises:
        GalleryError: if the person is not there, or something else was chosen since.
    """
    living_name(connection, choice.person_id)
    match choice:
        case ChosenCover():
            if chosen_cover(connection, choice.person_id) != choice.shot_id:
                raise too_late()
            put_cover(connection, choice.person_id, choice.before)
        case HiddenPerson():
            if _is_hidden(connection, choice.person_id) != choice.is_hidden:
                raise too_late()
            put_hidden(connection, choice.person_id, is_hidden=choice.was_hidden)
        case ToldApart():
            if choice.is_news and forget_apart(connection, choice.person_id, [choice.other_id]) == 0:
                raise too_late()
