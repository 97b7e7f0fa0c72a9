from __future__ import annotations

import json
from dataclasses import replace

import pytest

from metaface_gui.metalearning.evaluate import EvaluationRow
from metaface_gui.metalearning.metrics import Interval
from metaface_gui.metalearning.summary import FIGURES, spans_several, summarise, summary_record


def row(learner: str, data: str, *, fpir: float, tpir: float, environment: str | None = None) -> EvaluationRow:
    """A cell's row; what a summary doesn't look at is the same in all."""
    whole = Interval(0.9, 0.8, 1.0)
    return EvaluationRow(
        data=data,
        environment=environment,
        learner=learner,
        trained=True,
        is_twin=False,
        condition="clean",
        n_way=5,
        n_way_used=5,
        k_shot=1,
        episodes=3,
        probes=50,
        strangers=100,
        stranger_people=100,
        top1=whole,
        tpir_at_fpir_1pct=tpir,
        tpir_at_fpir_01pct=tpir,
        pooled_1pct=False,
        pooled_01pct=False,
        fpir_promised=0.01,
        fpir_achieved=fpir,
        fpir_interval=whole,
        tpir_shipped=tpir,
        calibration_error=None,
        adapt_ms=1.0,
        calibrate_ms=1.0,
        score_us=1.0,
        det=(),
    )


ROWS = (
    row("stock", "office", fpir=0.30, tpir=0.70),
    row("maml", "office", fpir=0.02, tpir=0.75),
    row("stock", "street", fpir=0.01, tpir=0.90),
    row("maml", "street", fpir=0.05, tpir=0.95),
    row("stock", "street", fpir=0.02, tpir=0.60, environment="fog"),
    row("maml", "street", fpir=0.01, tpir=0.55, environment="fog"),
)


def test_the_worst_cell_is_named_and_the_median_is_over_cells() -> None:
    stock, maml = summarise(ROWS)
    assert (stock.learner, stock.cells, maml.learner, maml.cells) == ("stock", 3, "maml", 3)
    let_through = maml.figures["fpir_achieved"]
    assert (let_through.worst, let_through.median) == (0.05, 0.02)
    assert (let_through.worst_row.data, let_through.worst_row.environment) == ("street", None)
    named = maml.figures["tpir_at_fpir_1pct"]
    assert (named.worst, named.median, named.worst_row.environment) == (0.55, 0.75, "fog")


def test_gains_are_over_the_stock_row_of_the_same_cell() -> None:
    stock, maml = summarise(ROWS)
    assert stock.figures["gain_over_stock"].worst == stock.figures["gain_over_stock"].median == 0.0
    gain = maml.figures["gain_over_stock"]
    assert gain.worst == pytest.approx(-0.05)
    assert gain.median == pytest.approx(0.05)


def test_twins_are_left_out_and_a_cell_without_stock_is_a_mistake() -> None:
    assert len(summarise([*ROWS, replace(ROWS[1], is_twin=True, fpir_achieved=1.0)])) == 2
    assert summarise([*ROWS, replace(ROWS[1], is_twin=True, fpir_achieved=1.0)])[1].figures["fpir_achieved"].worst < 1
    with pytest.raises(ValueError, match="stock"):
        summarise(ROWS[1:2])


def test_one_data_set_in_no_room_needs_no_summary() -> None:
    assert spans_several(ROWS)
    assert spans_several(ROWS[2:]), "a room beside the pictures as they are"
    assert not spans_several(ROWS[:2])


def test_its_record_is_json_with_every_figure() -> None:
    record = json.loads(json.dumps(summary_record(summarise(ROWS))))
    assert [learner["learner"] for learner in record] == ["stock", "maml"]
    for name in FIGURES:
        assert set(record[1][name]) == {"worst", "worst_cell", "median"}
    assert record[1]["fpir_achieved"]["worst_cell"] == {
        "data": "street",
        "environment": None,
        "condition": "clean",
        "n_way": 5,
        "k_shot": 1,
    }
