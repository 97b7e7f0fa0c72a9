"""The people as a list model: diffs, presence, order, search, names, drops."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

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
    return SortedPeople(model, model.parent())


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
