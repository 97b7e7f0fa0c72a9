"""The people as a list model: diffs, presence, order, search, names, drops."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from metaface_gui.gallery import GallerySnapshot, Person
from metaface_gui.gui.panels.people_model import PeopleModel, PeopleOrder, PeopleRole, SortedPeople
from tests.gui.panels.samples import START, person

ADA, BOB, CYD = (person(number, name, with_picture=False) for number, name in ((1, "Ada"), (2, "Bob"), (3, "Cyd")))


@pytest.fixture
def model(qtbot: QtBot) -> Iterator[PeopleModel]:
    owner = QObject()
    made = PeopleModel(owner)
    QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal, owner)
    yield made
    owner.deleteLater()


def sorted_by_name(model: PeopleModel) -> SortedPeople:
    made = SortedPeople(model, model.parent())
    QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal, made)
    return made


def show(model: PeopleModel, *people: Person) -> None:
    model.show_snapshot(GallerySnapshot(people, revision=1))


def names(model: PeopleModel | SortedPeople) -> list[str]:
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def dragged(model: PeopleModel, *rows: int) -> QMimeData:
    return model.mimeData([model.index(row) for row in rows])


def test_a_snapshot_keeps_the_rows_of_those_who_stay(model: PeopleModel) -> None:
    show(model, ADA, BOB, CYD)
    kept = QPersistentModelIndex(model.index(2))
    show(model, ADA, CYD, person(4, "Dan", with_picture=False))
    assert names(model) == ["Ada", "Cyd", "Dan"]
    assert kept.isValid()
    assert kept.data() == "Cyd"


def test_an_unchanged_snapshot_tells_nobody(qtbot: QtBot, model: PeopleModel) -> None:
    show(model, ADA, BOB)
    with qtbot.assertNotEmitted(model.dataChanged), qtbot.assertNotEmitted(model.rowsInserted):
        show(model, ADA, BOB)


def test_who_is_present_is_seen_and_stays_so_after_an_older_snapshot(model: PeopleModel) -> None:
    show(model, ADA, BOB)
    model.show_present({2})
    assert [model.index(row).data(PeopleRole.IS_PRESENT) for row in (0, 1)] == [False, True]
    model.show_present(set())
    assert not model.index(1).data(PeopleRole.IS_PRESENT)
    show(model, ADA, BOB)  # the gallery has not written yet when Bob was seen
    assert model.index(1).data(PeopleRole.PERSON).last_seen_at is not None
    assert model.index(0).data(PeopleRole.PERSON).last_seen_at is None


def test_orders(model: PeopleModel) -> None:
    zoe = person(1, "zoë", seen_at=START, with_picture=False)
    ada = person(2, "Ada", seen_at=START + timedelta(hours=1), with_picture=False)
    bob = person(3, "bob", with_picture=False)
    show(model, zoe, ada, bob)
    proxy = sorted_by_name(model)
    assert names(proxy) == ["Ada", "bob", "zoë"]
    proxy.set_order(PeopleOrder.LAST_SEEN)
    assert names(proxy) == ["Ada", "zoë", "bob"]
    proxy.set_order(PeopleOrder.ADDED)
    assert names(proxy) == ["bob", "Ada", "zoë"]
    proxy.set_order(PeopleOrder.LAST_SEEN)
    model.show_present({3})
    assert names(proxy) == ["bob", "Ada", "zoë"]


@pytest.mark.parametrize(("wanted", "found"), [("", 3), ("AD", 1), ("  ada  ", 1), ("ａｄａ", 1), ("q", 0), (".*", 0)])
def test_search(model: PeopleModel, wanted: str, found: int) -> None:
    show(model, ADA, BOB, CYD)
    proxy = sorted_by_name(model)
    proxy.set_search(wanted)
    assert proxy.rowCount() == found


def test_a_new_name_is_asked_for_clean_and_not_changed_here(qtbot: QtBot, model: PeopleModel) -> None:
    show(model, ADA)
    with qtbot.waitSignal(model.rename_requested) as asked:
        assert model.setData(model.index(0), "  Ada   Byron ")
    assert asked.args == [1, "Ada Byron"]
    assert names(model) == ["Ada"]


@pytest.mark.parametrize("name", ["", "  ", "x" * 201, "a\x00b", "BOB"])
def test_a_name_that_does_not_do_is_refused(qtbot: QtBot, model: PeopleModel, name: str) -> None:
    show(model, ADA, BOB)
    with qtbot.assertNotEmitted(model.rename_requested), qtbot.waitSignal(model.rename_refused) as refused:
        assert not model.setData(model.index(0), name)
    assert refused.args is not None
    assert refused.args[0]


def test_the_same_name_is_no_change(qtbot: QtBot, model: PeopleModel) -> None:
    show(model, ADA)
    with qtbot.assertNotEmitted(model.rename_requested), qtbot.assertNotEmitted(model.rename_refused):
        assert model.setData(model.index(0), "Ada")


def test_somebody_dropped_on_somebody_else_asks_to_merge(qtbot: QtBot, model: PeopleModel) -> None:
    show(model, ADA, BOB, CYD)
    with qtbot.waitSignal(model.merge_requested) as asked:
        assert model.dropMimeData(dragged(model, 0, 1), Qt.DropAction.CopyAction, -1, -1, model.index(1))
    assert asked.args == [2, [1]]


def test_nobody_is_merged_with_themselves_or_with_nobody(qtbot: QtBot, model: PeopleModel) -> None:
    show(model, ADA, BOB)
    copy = Qt.DropAction.CopyAction
    foreign = QMimeData()
    foreign.setData("application/x-metaface-people", b"99,abc,\xff")
    with qtbot.assertNotEmitted(model.merge_requested):
        assert not model.dropMimeData(dragged(model, 0), copy, -1, -1, model.index(0))
        assert not model.dropMimeData(dragged(model, 0), copy, 0, 0, QModelIndex())
        assert not model.dropMimeData(foreign, copy, -1, -1, model.index(0))


def test_a_tooltip_is_never_html(model: PeopleModel) -> None:
    show(model, person(1, "<b>Ada</b>", with_picture=False))
    assert "<" not in model.index(0).data(Qt.ItemDataRole.ToolTipRole)


def expected(people: dict[int, Person], order: PeopleOrder, wanted: str, *, shows_hidden: bool) -> list[str]:
    shown = [one for one in people.values() if shows_hidden or not one.is_hidden]
    shown = sorted((one for one in shown if wanted in one.name.casefold()), key=lambda one: one.name.casefold())
    if order is PeopleOrder.ADDED:
        shown.sort(key=lambda one: one.created_at, reverse=True)
    if order is PeopleOrder.LAST_SEEN:
        shown.sort(key=lambda one: one.last_seen_at or datetime.min.replace(tzinfo=UTC), reverse=True)
    return [one.name for one in shown]


@pytest.mark.parametrize("seed", range(6))
def test_whatever_changes_they_stay_in_order_and_whoever_is_held_stays_held(model: PeopleModel, seed: int) -> None:
    rng = random.Random(seed)
    proxy = sorted_by_name(model)
    people = dict[int, Person]()
    order, wanted, shows_hidden = PeopleOrder.NAME, "", False
    held: dict[str, QPersistentModelIndex] = {}
    for step in range(80):
        for number in rng.sample(sorted(people), min(len(people), rng.choice((0, 0, 1, 4)))):
            del people[number]
        for number in range(100 * step, 100 * step + rng.choice((0, 0, 1, 5))):
            name = "".join(rng.choices("abcdef", k=3)) + f" {number}"
            people[number + 1] = person(number + 1, name, with_picture=False)
        for number in rng.sample(sorted(people), min(len(people), rng.choice((0, 1, 3)))):
            seen = START + timedelta(minutes=step)
            changed = replace(people[number], last_seen_at=seen, is_hidden=rng.random() < 0.3)
            people[number] = replace(changed, name=changed.name.swapcase()) if rng.random() < 0.5 else changed
        show(model, *people.values())
        match rng.randrange(6):
            case 0:
                order = rng.choice(list(PeopleOrder))
                proxy.set_order(order)
            case 1:
                wanted = rng.choice(("", "a", "b"))
                proxy.set_search(wanted)
            case 2:
                shows_hidden = not shows_hidden
                proxy.set_shows_hidden(shows_hidden)
        assert names(proxy) == expected(people, order, wanted, shows_hidden=shows_hidden)
        for name, index in held.items():
            assert not index.isValid() or str(index.data()).casefold() == name.casefold()
        held = {name: QPersistentModelIndex(proxy.index(row)) for row, name in enumerate(names(proxy))}


def test_only_who_changed_is_told_of(model: PeopleModel) -> None:
    """What is typed over somebody's name would be lost with any other news of them."""
    show(model, ADA, BOB, CYD)
    proxy = sorted_by_name(model)
    told = list[str]()
    proxy.dataChanged.connect(lambda first, last: told.extend([first.data(), last.data()]))
    show(model, ADA, replace(BOB, shot_count=9), CYD)
    assert told == ["Bob", "Bob"]


def test_a_thousand_people_are_sorted_without_asking_for_each_comparison(
    model: PeopleModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten thousand questions to Python halted the window for a tenth of a second."""
    proxy = sorted_by_name(model)
    asked = list[int]()
    value = PeopleModel.value

    def counted(self: PeopleModel, row: int, role: int) -> object:
        asked.append(row)
        return value(self, row, role)

    monkeypatch.setattr(PeopleModel, "value", counted)
    show(model, *(person(number, f"P{number * 7919 % 1000:03}", with_picture=False) for number in range(1, 1001)))
    assert proxy.rowCount() == 1000
    assert len(asked) < 1000
    assert names(proxy) == sorted(names(proxy))
