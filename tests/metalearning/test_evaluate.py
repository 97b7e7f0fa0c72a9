from __future__ import annotations

import dataclasses
from typing import ClassVar

import pytest
import torch
from torch import Tensor

from metaface_gui.metalearning.evaluate import (
    Contender,
    EvaluationData,
    EvaluationRow,
    EvaluationSettings,
    Ground,
    contenders,
    evaluate,
)
from metaface_gui.metalearning.protocol import TooFewPeopleError
from metaface_gui.pipeline.learners.base import AdaptedClassifier, MetaLearner, OnStep, SupportSet
from metaface_gui.pipeline.learners.prototypical import PrototypicalLearner
from metaface_gui.pipeline.learners.tail import TAIL
from tests.metalearning.samples import SPACE, cohort, evaluation_data

FEW = EvaluationSettings(episodes=8)


class _Oracle:
    """Knows everybody by the first number of their features, which the test sets to who they are."""

    n_way = 3

    def __init__(self, names: Tensor) -> None:
        self._names = names

    def scores(self, features: Tensor) -> Tensor:
        return (features[:, :1] == self._names[None]).float()

    def embed(self, features: Tensor) -> Tensor:
        return (self._names[None] - features[:, :1]).square().neg().softmax(1).sqrt()

    def class_vectors(self) -> Tensor:
        return torch.eye(self.n_way)


class _OracleLearner(MetaLearner):
    key: ClassVar[str] = "oracle"
    title: ClassVar[str] = "Oracle"
    short_title: ClassVar[str] = "Oracle"
    explanation: ClassVar[str] = "Knows everybody."
    citation: ClassVar[str] = "nobody"

    def adapt(self, support: SupportSet, *, on_step: OnStep | None = None) -> AdaptedClassifier:
        order = support.labels.argsort(stable=True)
        return _Oracle(support.features[order[:: len(order) // 3], 0])


def timeless(rows: tuple[EvaluationRow, ...]) -> list[EvaluationRow]:
    return [dataclasses.replace(row, adapt_ms=0.0, calibrate_ms=0.0, score_us=0.0) for row in rows]


STOCK = contenders([], SPACE, {}, untrained=True)


def stock_rows(settings: EvaluationSettings = FEW) -> tuple[EvaluationRow, ...]:
    return evaluate(Ground(evaluation_data(), cohort()), STOCK, [(5, 2)], settings)


def test_who_knows_everybody_misses_nobody_and_lets_no_stranger_in() -> None:
    data = evaluation_data(n_people=6)
    named = data.clean.clone()
    named[:, 0] = torch.from_numpy(data.person).float()
    known = EvaluationData(data.person, named, {"clean": named[None]})
    # On stock: seen from a room's middle the number that gives everybody away would be another.
    oracle = Contender(_OracleLearner(SPACE), on_stock=True)
    (row,) = evaluate(Ground(known, torch.zeros(100, 37) - 1.0), [oracle], [(3, 2)], FEW)
    assert (row.top1.mean, row.top1.low, row.top1.high) == (1.0, 1.0, 1.0)
    assert row.tpir_at_fpir_1pct == row.tpir_at_fpir_01pct == row.tpir_shipped == 1.0
    assert row.fpir_achieved == 0.0
    assert row.calibration_error == pytest.approx(sum((0.001, 0.005, 0.01, 0.02, 0.05, 0.1)) / 6)
    assert row.pooled_01pct
    assert (row.strangers, row.stranger_people, row.probes) == (8 * 120, 120, 8 * 3 * 4)


def test_hard_faces_are_harder_and_the_cohort_keeps_its_promise() -> None:
    clean, hard = stock_rows()
    assert (clean.condition, hard.condition) == ("clean", "hard")
    assert clean.tpir_at_fpir_1pct > 0.95 > hard.tpir_at_fpir_1pct > 0.1
    assert clean.top1.mean >= hard.top1.mean
    # Cohort and strangers come from one distribution here.
    assert hard.fpir_achieved == pytest.approx(0.01, abs=0.02)
    assert hard.calibration_error is not None
    assert hard.calibration_error < 0.03
    assert all(value > 0.0 for value in (clean.adapt_ms, clean.calibrate_ms, clean.score_us))
    # One adaptation serves all conditions.
    assert clean.adapt_ms == hard.adapt_ms


def test_the_same_seed_gives_the_same_figures_and_another_one_others() -> None:
    first, again = stock_rows(), stock_rows()
    assert timeless(first) == timeless(again)
    other = stock_rows(EvaluationSettings(episodes=8, seed=1))
    assert timeless(other) != timeless(first)


def test_rows_come_by_pair_then_condition_then_contender() -> None:
    trained = {"prototypical": PrototypicalLearner.initial_params(SPACE)}
    against = contenders(["prototypical", "stock"], SPACE, trained, untrained=True)
    rows = evaluate(Ground(evaluation_data(), cohort(200)), against, [(2, 1), (3, 2)], EvaluationSettings(episodes=2))
    table = [("stock", False, False), ("prototypical", True, False), ("prototypical", False, True)]
    assert [(row.learner, row.trained, row.is_twin) for row in rows] == table * 4
    assert [(row.n_way, row.k_shot, row.condition) for row in rows[::3]] == [
        (2, 1, "clean"),
        (2, 1, "hard"),
        (3, 2, "clean"),
        (3, 2, "hard"),
    ]


def test_the_twin_is_the_stock_embedding_and_the_trained_one_differs() -> None:
    params = PrototypicalLearner.initial_params(SPACE)
    params[TAIL] = torch.full_like(params[TAIL], 3.0)
    against = contenders(["prototypical"], SPACE, {"prototypical": params}, untrained=True)
    rows = evaluate(Ground(evaluation_data(), cohort(500)), against, [(5, 1)], FEW)
    stock, trained, twin = [row for row in rows if row.condition == "hard"]
    assert twin.tpir_at_fpir_1pct == pytest.approx(stock.tpir_at_fpir_1pct, abs=1e-6)
    assert trained.tpir_at_fpir_1pct != twin.tpir_at_fpir_1pct


def test_twins_can_be_left_out() -> None:
    trained = {"prototypical": PrototypicalLearner.initial_params(SPACE)}
    made = contenders(["prototypical"], SPACE, trained, untrained=False)
    assert [(one.learner.key, one.is_twin) for one in made] == [("stock", False), ("prototypical", False)]
    made = contenders(["prototypical"], SPACE, {}, untrained=True)
    assert [one.learner.is_trained for one in made] == [False, False]


def test_without_a_cohort_the_threshold_is_the_cautious_default() -> None:
    rows = evaluate(Ground(evaluation_data(), None), STOCK, [(2, 1)], FEW)
    assert {row.calibration_error for row in rows} == {None}
    assert all(row.fpir_achieved < 0.05 for row in rows)
    assert rows[0].tpir_shipped > rows[1].tpir_shipped


def test_progress_counts_every_adaptation() -> None:
    told: list[tuple[int, int]] = []
    evaluate(
        Ground(evaluation_data(), None),
        STOCK,
        [(2, 1), (2, 2)],
        EvaluationSettings(episodes=3),
        progress=lambda done, total: told.append((done, total)),
    )
    assert told == [(i, 6) for i in range(1, 7)]


def test_too_few_people_are_found_before_anything_is_computed() -> None:
    told: list[int] = []
    with pytest.raises(TooFewPeopleError):
        evaluate(
            Ground(evaluation_data(), None),
            STOCK,
            [(2, 1), (2, 6)],
            FEW,
            progress=lambda done, _: told.append(done),
        )
    assert told == []


def test_features_of_another_shape_are_refused() -> None:
    data = evaluation_data()
    with pytest.raises(ValueError, match="n_draws"):
        EvaluationData(data.person, data.clean, {"hard": data.clean})
    with pytest.raises(ValueError, match="clean features"):
        EvaluationData(data.person[:-1], data.clean, {})
    with pytest.raises(ValueError, match="one draw"):
        EvaluationData(data.person, data.clean, {"a": data.clean.expand(2, -1, -1), "b": data.clean.expand(3, -1, -1)})


def test_the_stock_row_and_untrained_twins_see_what_the_stock_embedder_sees() -> None:
    """Where meta-training made the features useless, whoever is on stock must not notice."""
    good = Ground(evaluation_data(), cohort())
    useless = Ground(
        EvaluationData(
            good.data.person,
            torch.roll(good.data.clean, 1, 0),
            {name: draws.roll(7, 1) for name, draws in good.data.conditions.items()},
        ),
        good.cohort,
    )
    trained = {"prototypical": PrototypicalLearner(SPACE).params}
    against = contenders(["prototypical"], SPACE, trained, untrained=True, stock_space=SPACE)
    rows = evaluate(useless, against, [(4, 2)], FEW, stock=good)
    alone = evaluate(good, against[:1], [(4, 2)], FEW)
    by_name = {(row.learner, row.is_twin, row.condition): row for row in rows}
    for row in alone:
        assert by_name["stock", False, row.condition].top1 == row.top1
        assert by_name["prototypical", True, row.condition].top1 == row.top1
        assert by_name["prototypical", False, row.condition].top1.mean < row.top1.mean - 0.2
