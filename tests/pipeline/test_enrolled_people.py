from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from metaface_gui.pipeline.enrolled_people import EnrolledPeople
from tests.pipeline.enrolled import enrolled

FACES = torch.arange(10.0).reshape(5, 2)


def people() -> EnrolledPeople:
    """A, B, A and B again; of somebody it was said that they are not B."""
    return enrolled(FACES[:4], [0, 1, 0, 1], names="AB", negatives=FACES[4:], denied=[1])


def test_a_negative_is_a_way_of_its_own_behind_the_people() -> None:
    support = people().support
    assert (support.n_way, support.labels.tolist()) == (3, [0, 1, 0, 1, 2])
    assert torch.equal(support.features, FACES)


def test_some_shots_keep_their_ids_and_people_their_places() -> None:
    for rows in (torch.tensor([1, 2]), torch.tensor([False, True, True, False])):
        some = people().with_shots(rows)
        assert (some.labels.tolist(), some.shot_ids, some.names) == ([1, 0], (2, 3), ("A", "B"))
        assert torch.equal(some.shots, FACES[1:3])
        assert some.denied_people.tolist() == [1]


def test_one_shot_each_is_the_first_and_denies_nobody() -> None:
    one = people().one_shot_each()
    assert (one.shot_ids, one.labels.tolist(), len(one.negatives), len(one.denied_people)) == ((1, 2), [0, 1], 0, 0)


def test_of_nobody_there_is_not_one_shot() -> None:
    nobody = enrolled(FACES[:0], [], names="").one_shot_each()
    assert (len(nobody), nobody.shots.shape, nobody.shot_ids) == (0, (0, 2), ())


@pytest.mark.parametrize(
    "change",
    [
        {"labels": torch.tensor([0, 0, 2, 1])},
        {"labels": torch.tensor([0, 0, 0, 0])},
        {"labels": torch.tensor([0, 1])},
        {"names": ("A",)},
        {"shot_ids": (1, 2)},
        {"negatives": FACES[:0]},
    ],
)
def test_what_does_not_fit_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"want|labels|negatives"):
        replace(people(), **change)  # type: ignore[arg-type]
