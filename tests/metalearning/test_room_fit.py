"""What rooms are like, learnt from rooms of numbers: people before one camera share a direction."""

from __future__ import annotations

from dataclasses import asdict, replace

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn.functional import normalize

from metaface_gui.metalearning.data import AlignedFaces
from metaface_gui.metalearning.room_fit import (
    RoomFitSettings,
    SeenRoom,
    StrangersSeen,
    draw_rooms,
    fit_prior,
    promise_errors,
    strangers_seen,
)
from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.pipeline.learners import make_learner
from metaface_gui.pipeline.recognition.room_threshold import RoomPrior
from metaface_gui.types import Image

DIM = 24
SETTINGS = RoomFitSettings(
    rooms=6, people=12, galleries=((1, 1), (3, 1), (5, 2)), unlabelled=(0, 6), episodes=2, steps=60
)


def room(number: int) -> SeenRoom:
    """Twelve people with four pictures and twelve with one; the more alike the higher the number."""
    random = torch.Generator().manual_seed(number)
    person = np.concatenate([np.repeat(np.arange(12), 4), np.arange(12, 24)])
    people = normalize(torch.randn(24, DIM, generator=random), dim=1)[torch.from_numpy(person)]
    shared = 0.3 * number * torch.eye(DIM)[0]
    looks = [
        normalize(people + shared + 0.5 * torch.randn(len(person), DIM, generator=random) / DIM**0.5, dim=1)
        for _ in range(2)
    ]
    return SeenRoom(looks[0], looks[1], person)


def cohort() -> Tensor:
    return normalize(torch.randn(2000, DIM, generator=torch.Generator().manual_seed(5)), dim=1)


@pytest.fixture(scope="module")
def cells() -> tuple[StrangersSeen, ...]:
    learner = make_learner("prototypical", FeatureSpace(DIM))
    rooms = [room(number) for number in range(6)]
    return strangers_seen(rooms, learner, cohort(), SETTINGS, on_progress=lambda _done, _of: None)


def error(prior: RoomPrior, cells: tuple[StrangersSeen, ...]) -> float:
    values = {name: torch.tensor(value) for name, value in asdict(prior).items()}
    cell = torch.arange(len(cells)).repeat_interleave(torch.tensor([len(seen.best) for seen in cells]))
    return float(promise_errors(values, StrangersSeen.joined(cells), cell).mean())


def test_every_room_gallery_and_number_of_unlabelled_faces_is_played(cells: tuple[StrangersSeen, ...]) -> None:
    assert len(cells) == 6 * 3 * 2
    for seen in cells:
        assert seen.best.shape == seen.others.shape == seen.shift.shape == seen.seen_shift.shape
        assert seen.wanted.shape == (3, 9, len(seen.best))
        assert (seen.wanted[:-1] != seen.wanted[1:]).all(), "a threshold for each promise"
        assert (seen.wanted[:, :-1] != seen.wanted[:, 1:]).all() == (seen.enrolled[0] > 1), "and for each weight"
    alone, watched = cells[0], cells[1]
    assert alone.enrolled[0] == watched.enrolled[0] == 1
    assert watched.seen[0] > alone.seen[0] == 0
    assert cells[-2].shift.mean() > cells[4].shift.mean() + 0.5, "people of the last room are the most alike"


def test_the_fit_brings_the_promise_nearer_and_is_the_same_every_time(cells: tuple[StrangersSeen, ...]) -> None:
    fitted = fit_prior(cells, SETTINGS)
    assert error(fitted, cells) < 0.9 * error(RoomPrior(), cells)
    assert fit_prior(cells, SETTINGS) == fitted
    chosen = ("alone", "others_variance", "probe_shift", "shift", "spread_prior", "watched")
    assert {name: getattr(fitted, name) for name in chosen} == {name: getattr(RoomPrior(), name) for name in chosen}


def test_too_many_let_through_are_worse_than_too_few(cells: tuple[StrangersSeen, ...]) -> None:
    lax, strict = (replace(RoomPrior(), probe_shift=50.0 * sign, alone=50.0 * sign) for sign in (-1.0, 1.0))
    assert error(lax, cells) > 2 * error(strict, cells)


def test_without_rooms_there_is_nothing_to_fit() -> None:
    with pytest.raises(ValueError, match="one room or more"):
        fit_prior((), SETTINGS)


def test_rooms_are_drawn_of_one_set_each_and_photographed_for_shots_and_probes() -> None:
    random = np.random.default_rng(3)
    names = [f"{data_set}/{who}" for data_set in ("one", "two") for who in range(8) for _ in range(3)]
    crops = random.integers(0, 256, (len(names), 112, 112, 3), dtype=np.uint8)
    faces = AlignedFaces(crops, tuple(names), tuple(f"{name}/{i}" for i, name in enumerate(names)))
    seen = list[int]()

    def embed(crops: Image) -> Tensor:
        seen.append(len(crops))
        return torch.from_numpy(crops.reshape(len(crops), -1)[:, :DIM].astype(np.float32))

    settings = replace(SETTINGS, rooms=4, people=4, pictures=2)
    told = list[tuple[int, int]]()
    rooms = draw_rooms(faces, embed, settings, on_progress=lambda done, of: told.append((done, of)))
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert seen == [12] * 8
    of_set = [one.person // 8 for one in rooms]
    assert all(len(set(sets.tolist())) == 1 for sets in of_set)
    assert torch.equal(rooms[0].shots, rooms[0].probes), "the first room is as the pictures are"
    assert not torch.equal(rooms[-1].shots, rooms[-1].probes)
    again = draw_rooms(faces, embed, settings, on_progress=lambda _done, _of: None)
    assert all(torch.equal(a.probes, b.probes) for a, b in zip(rooms, again, strict=True))
