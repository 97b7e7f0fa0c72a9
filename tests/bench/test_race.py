"""All contenders see the same frames in turns, and what they say is counted once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from metaface_gui.bench.clips import Clip
from metaface_gui.bench.figures import NamedBox
from metaface_gui.bench.race import race
from metaface_gui.types import FaceTruth, Frame

BOX = np.array([0.0, 0.0, 10.0, 10.0], np.float32)


class Fake:
    """Says the same name of every face, and notes its turns in a list that all share."""

    def __init__(self, key: str, name: str | None, turns: list[str]) -> None:
        self.key, self._name, self._turns = key, name, turns
        self.looked_at: list[int] = []

    def begin(self) -> None:
        self._turns.append(self.key)

    def look(self, frame: Frame) -> Sequence[NamedBox]:
        self.looked_at.append(frame.index)
        return [NamedBox(BOX, self._name)]


def clip(n_frames: int, *, truth: bool = True) -> Clip:
    faces = (FaceTruth(BOX, "Anna"),) if truth else ()
    image = np.zeros((8, 16, 3), np.uint8)
    return Clip("clip", tuple(Frame(image, index, index / 30.0, 0, faces) for index in range(n_frames)))


def test_contenders_take_turns_on_the_same_frames() -> None:
    turns: list[str] = []
    right, wrong = Fake("right", "Anna", turns), Fake("wrong", "Bela", turns)
    told: list[str] = []
    figures = race([right, wrong], [clip(2), clip(2)], repeats=2, ratios=[("right", "wrong")], on_step=told.append)
    # A warm-up each, then who goes first changes from lap to lap.
    assert turns == ["right", "wrong", "right", "wrong", "wrong", "right", "right", "wrong", "wrong", "right"]
    assert right.looked_at == wrong.looked_at
    assert told == ["clip", "clip"]
    assert (figures.frames, figures.repeats, figures.width, figures.height) == (4, 2, 16, 8)
    first, second = figures.contenders
    assert (first.right_share, second.right_share) == (1.0, 0.0)
    # Two laps over each of four frames are eight timings, but four faces.
    assert first.frame.count == 8
    assert first.faces_found == 4
    assert [timing.n_faces for timing in first.by_faces] == [1]
    assert figures.ratios[0].times_as_fast > 0.0


def test_where_nobody_knows_there_is_no_share() -> None:
    figures = race([Fake("one", "Anna", [])], [clip(2, truth=False)], repeats=1, ratios=())
    (outcome,) = figures.contenders
    assert outcome.right_share is None
    assert outcome.truth is None
    assert outcome.faces_found == 2
    assert [timing.n_faces for timing in outcome.by_faces] == [1]


def test_a_race_over_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="a clip"):
        race([Fake("one", None, [])], [], repeats=1, ratios=())
