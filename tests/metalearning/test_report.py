from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from metaface_gui.errors import KnownError
from metaface_gui.metalearning.evaluate import EvaluationRow, EvaluationSettings, Ground, contenders, evaluate
from metaface_gui.metalearning.report import COLUMNS, Report, best_of
from metaface_gui.metalearning.summary import gain_over_stock, tables
from metaface_gui.pipeline.learners.prototypical import PrototypicalLearner
from tests.metalearning.samples import SETTINGS, SPACE, cohort, evaluation_data

CONTRACT = {
    "learner",
    "condition",
    "n_way",
    "k_shot",
    "top1",
    "top1_ci95",
    "tpir_at_fpir_1pct",
    "tpir_at_fpir_01pct",
    "fpir_achieved",
    "adapt_ms",
    "score_us",
}


@pytest.fixture(scope="module")
def rows() -> tuple[EvaluationRow, ...]:
    trained = {"prototypical": PrototypicalLearner.initial_params(SPACE)}
    against = contenders(["prototypical"], SPACE, trained, untrained=True)
    return evaluate(Ground(evaluation_data(), cohort(500)), against, [(5, 1), (5, 2)], EvaluationSettings(episodes=3))


def test_json_has_the_contracts_shape_and_one_row_a_learner(rows: tuple[EvaluationRow, ...], tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "report.json"
    Report(SETTINGS, rows, calibration=rows[:2], shots=rows[:1]).write(path)
    report = json.loads(path.read_text(encoding="utf-8"))
    assert report["settings"]["conditions"] == ["clean", "hard"]
    assert report["settings"]["meta_parameters"] == {"prototypical": "shipped"}
    keys = [(row["learner"], row["condition"], row["n_way"], row["k_shot"]) for row in report["results"]]
    assert len(set(keys)) == len(keys) == 8
    for row in report["results"]:
        assert set(row) >= CONTRACT
        low, high = row["top1_ci95"]
        assert 0.0 <= low <= row["top1"] <= high <= 1.0
        assert 0.0 <= row["tpir_at_fpir_01pct"] <= row["tpir_at_fpir_1pct"] <= row["top1"] <= 1.0
        assert 0.0 <= row["fpir_achieved"] <= 1.0
        assert row["trained"] == (row["learner"] == "prototypical")
    assert {(row["learner"], row["trained"]) for row in report["untrained"]} == {("prototypical", False)}
    assert report["calibration"][0]["enrolled"] == 5
    assert report["calibration"][0]["promised"] == 0.01


def test_a_place_that_cannot_be_written_to_is_the_users_mistake(
    rows: tuple[EvaluationRow, ...], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(KnownError, match="Cannot write"):
        Report(SETTINGS, rows).write(tmp_path / "file" / "report.json")


def test_rows_are_compared_within_their_table(rows: tuple[EvaluationRow, ...]) -> None:
    split = tables(rows)
    assert [(table[0].condition, table[0].k_shot, len(table)) for table in split] == [
        ("clean", 1, 3),
        ("hard", 1, 3),
        ("clean", 2, 3),
        ("hard", 2, 3),
    ]
    better = dataclasses.replace(split[1][1], tpir_at_fpir_1pct=split[1][0].tpir_at_fpir_1pct + 0.25, adapt_ms=1e9)
    table = (split[1][0], better)
    assert gain_over_stock(better, table) == pytest.approx(0.25)
    assert gain_over_stock(table[0], table) == 0.0
    assert best_of(table, COLUMNS["tpir_at_fpir_1pct"]) == better.tpir_at_fpir_1pct
    assert best_of(table, COLUMNS["adapt_ms"]) == table[0].adapt_ms
    with pytest.raises(ValueError, match="stock"):
        gain_over_stock(better, [better])


def test_what_the_figures_cannot_bear_is_noted(rows: tuple[EvaluationRow, ...]) -> None:
    notes = [str(note) for note in Report(SETTINGS, rows).notes()]
    assert [note[:22] for note in notes] == ["120 different stranger"] * 2 + ["An episode has too few"]
    assert "1.0%" in notes[0]
    assert "0.1%" in notes[1]
    assert "0.1%" in notes[2]
    many = tuple(dataclasses.replace(row, stranger_people=3000, pooled_01pct=False) for row in rows)
    assert Report(SETTINGS, many).notes() == ()
    short = dataclasses.replace(many[0], n_way=50)
    assert [str(note) for note in Report(SETTINGS, (short, *many)).notes()] == [
        "50-way 1-shot episodes enrol only 5 people: the data set has too few.",
    ]
