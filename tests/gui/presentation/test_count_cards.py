"""Counts in large numbers."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from metaface_gui.engine.studio.comparison import LearnerTally
from metaface_gui.gui.presentation.count_cards import CountCards, cards_of

JUDGED = LearnerTally("maml", named=9, unknown=8, right=11, counted=17, wrong=2, turned_away=5, let_through=1)


def test_against_the_truth_there_are_five() -> None:
    assert [(card.words, card.number) for card in cards_of(JUDGED)] == [
        ("right", 6),
        ("Unknown", 3),
        ("wrong", 2),
        ("strangers turned away", 5),
        ("strangers let through", 1),
    ]


def test_without_it_only_what_was_said_is_counted() -> None:
    cards = cards_of(LearnerTally("maml", named=4, unknown=2))
    assert [(card.words, card.number) for card in cards] == [("named", 4), ("Unknown", 2)]


@pytest.mark.parametrize("width", [300, 700, 1900])
def test_rows_have_room_at_any_size(qtbot: QtBot, width: int) -> None:
    cards = CountCards()
    qtbot.addWidget(cards)
    one = cards.sizeHint().height()
    cards.show_tallies([("MAML", JUDGED), ("MAML · without this room", JUDGED)])
    assert cards.sizeHint().height() > 1.9 * one
    assert cards.accessibleDescription().startswith("MAML, right: 6, Unknown: 3")
    small = cards.sizeHint().height()
    cards.set_letters(40)
    assert cards.sizeHint().height() > 2 * small
    cards.resize(width, cards.sizeHint().height())
    assert not cards.grab().isNull()
