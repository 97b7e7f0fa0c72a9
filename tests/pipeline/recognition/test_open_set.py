"""Known or Unknown: on scores small enough to see through."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pytest
import torch
from torch import Tensor

from metaface_gui.pipeline.recognition.open_set import UNCALIBRATED_THRESHOLD, OpenSetClassifier


@dataclass(frozen=True)
class FirstColumns:
    """A scorer whose score for person i is the face's feature i; it counts how often it is asked."""

    n_way: int
    asked: list[int]

    def scores(self, features: Tensor) -> Tensor:
        self.asked.append(len(features))
        return features[:, : self.n_way]


def strangers(n: int = 1000) -> Tensor:
    """Score i/n for the first person and 0 for the second."""
    return torch.stack([torch.arange(n) / n, torch.zeros(n)], 1)


def calibrated(
    person_ids: tuple[int, ...] = (7, 9),
    names: tuple[str, ...] = ("Ann", "Bob"),
    *,
    n_way: int = 2,
    cohort: Tensor | None,
    fpir: float = 0.01,
    asked: list[int] | None = None,
) -> OpenSetClassifier:
    scorer = FirstColumns(n_way, [] if asked is None else asked)
    return OpenSetClassifier.calibrated(scorer, person_ids=person_ids, names=names, cohort=cohort, fpir=fpir)


def classifier(fpir: float = 0.01, asked: list[int] | None = None) -> OpenSetClassifier:
    return calibrated(cohort=strangers(), fpir=fpir, asked=asked)


def test_the_threshold_lets_the_promised_share_of_strangers_through() -> None:
    decided = classifier(0.01).identify(strangers())
    assert sum(not one.is_unknown for one in decided) == 10
    assert classifier(0.01).threshold == pytest.approx(0.989, abs=1e-5)


def test_the_nearest_person_is_named_when_near_enough() -> None:
    ann, bob, nobody = classifier().identify(torch.tensor([[0.995, 0.2], [0.1, 1.0], [0.2, 0.7]]))
    assert (ann.person_id, ann.name, ann.is_unknown) == (7, "Ann", False)
    assert (bob.person_id, bob.name, bob.score) == (9, "Bob", 1.0)
    assert (nobody.person_id, nobody.name, nobody.is_unknown) == (None, None, True)
    assert (nobody.nearest_id, nobody.nearest_name) == (9, "Bob")
    assert nobody.score == pytest.approx(0.7)
    assert nobody.threshold == ann.threshold


def test_people_are_ranked_where_that_is_asked_for() -> None:
    faces = torch.tensor([[0.2, 0.7], [0.995, 0.1]])
    assert all(one.ranking == () for one in classifier().identify(faces))
    stranger, ann = classifier().identify(faces, n_ranked=8)
    assert [one.person_id for one in stranger.ranking] == [9, 7]
    assert [one.person_id for one in ann.ranking] == [7, 9]
    assert [one.score for one in ann.ranking] == pytest.approx([0.995, 0.1])
    assert ann.margin_of(ann.ranking[0].score) == ann.margin
    (best_only,) = classifier().identify(faces[:1], n_ranked=1)
    assert [one.person_id for one in best_only.ranking] == [9]


def test_whom_a_face_is_denied_to_be_is_not_ranked() -> None:
    struck = torch.tensor([[False, True]])
    (face,) = classifier().identify(torch.tensor([[0.2, 0.99]]), struck=struck, n_ranked=8)
    assert [one.person_id for one in face.ranking] == [7]


def test_another_fpir_needs_no_new_scores() -> None:
    asked: list[int] = []
    strict = classifier(0.01, asked)
    calls = len(asked)
    loose = strict.with_fpir(0.5)
    assert len(asked) == calls
    assert loose.threshold < strict.threshold
    assert loose.threshold == classifier(0.5).threshold
    assert strict.threshold == classifier(0.01).threshold


def test_one_enrolled_person_is_not_everybody() -> None:
    alone = calibrated((7,), ("Ann",), n_way=1, cohort=strangers())
    assert [one.name for one in alone.identify(torch.tensor([[0.5, 0.0], [1.0, 0.0]]))] == [None, "Ann"]


def test_an_empty_gallery_knows_nobody() -> None:
    empty = OpenSetClassifier.empty()
    decided = empty.identify(torch.ones(3, 128))
    assert len(decided) == 3
    assert all(one.is_unknown and one.nearest_id is None and one.threshold == math.inf for one in decided)
    assert empty.with_fpir(0.3).identify(torch.ones(1, 128))[0].is_unknown
    assert empty.is_calibrated


def test_no_faces_give_no_decisions() -> None:
    assert classifier().identify(torch.zeros(0, 2)) == ()
    assert OpenSetClassifier.empty().identify(torch.zeros(0, 2)) == ()


def test_without_cohort_the_threshold_is_cautious_and_says_so() -> None:
    cautious = calibrated(cohort=None)
    assert not cautious.is_calibrated
    assert cautious.threshold == cautious.with_fpir(0.5).threshold == UNCALIBRATED_THRESHOLD
    assert classifier().is_calibrated


@pytest.mark.parametrize(
    ("person_ids", "names"), [((7,), ("Ann", "Bob")), ((7, 9), ("Ann",)), ((7, 9, 11), ("Ann", "Bob", "Cy"))]
)
def test_people_that_do_not_match_the_scores_are_refused(person_ids: tuple[int, ...], names: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="people are scored"):
        calibrated(person_ids, names, cohort=strangers())
