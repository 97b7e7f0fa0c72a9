from __future__ import annotations

import dataclasses
from pathlib import Path

import cv2
import numpy as np
import pytest

from metaface_gui.engine.batch.output_files import is_picture
from metaface_gui.errors import KnownError
from metaface_gui.metalearning.evaluate import EvaluationRow, EvaluationSettings, Ground, contenders, evaluate
from metaface_gui.metalearning.metrics import DetPoint
from metaface_gui.metalearning.plots import det_figure, plot_names, save_plots, shots_figure
from metaface_gui.metalearning.report import Report
from metaface_gui.metalearning.summary import tables
from tests.metalearning.samples import SETTINGS, SPACE, cohort, evaluation_data


@pytest.fixture(scope="module")
def rows() -> tuple[EvaluationRow, ...]:
    against = contenders(["prototypical"], SPACE, {}, untrained=False)
    return evaluate(Ground(evaluation_data(), cohort(500)), against, [(5, 1), (5, 3)], EvaluationSettings(episodes=3))


def test_each_table_gets_a_det_plot_and_each_condition_one_over_shots(
    rows: tuple[EvaluationRow, ...], tmp_path: Path
) -> None:
    paths = save_plots(Report(SETTINGS, rows[:4], shots=rows), tmp_path / "plots")
    assert sorted(path.name for path in paths) == [
        "det_clean_5way_1shot.png",
        "det_hard_5way_1shot.png",
        "shots_clean_5way.png",
        "shots_hard_5way.png",
    ]
    for path in paths:
        picture = cv2.imread(str(path))
        assert picture is not None
        assert picture.shape[0] >= 700
        assert picture.std() > 5.0
        assert is_picture(path)
    names = plot_names(["any"], [], ["clean", "hard"], [(5, 1), (5, 3)])
    assert {path.name for path in paths} <= set(names)


def test_names_say_data_set_and_room_where_there_are_several(rows: tuple[EvaluationRow, ...], tmp_path: Path) -> None:
    pair = {rows[0].n_way: rows[0].k_shot}
    several = [dataclasses.replace(rows[0], data="a"), dataclasses.replace(rows[0], data="b", environment="dusk")]
    paths = save_plots(Report(SETTINGS, tuple(several), shots=tuple(several[:1])), tmp_path)
    names = plot_names(["a", "b"], ["dusk"], [rows[0].condition], list(pair.items()))
    assert {path.name for path in paths} <= set(names)
    assert len(names) == 6


def test_stock_is_black_and_dashed_and_named_in_the_legend(rows: tuple[EvaluationRow, ...]) -> None:
    figure = det_figure(tables(rows)[1])
    lines = {
        line.get_label(): line for line in figure.axes[0].lines if str(line.get_label()).startswith(("Stock", "P"))
    }
    stock = next(line for label, line in lines.items() if str(label).startswith("Stock"))
    assert (stock.get_color(), stock.get_linestyle()) == ("black", "--")
    assert len(lines) == 2


@pytest.mark.parametrize(
    ("misses", "want"),
    [
        ([0.0], (1e-3, 2e-3)),
        ([0.0014, 0.4], (1e-3, 0.5)),
        ([0.03, 0.26], (0.02, 0.5)),
        ([0.05, 1.0], (0.05, 1.0)),
        ([1.0], (0.5, 1.0)),
    ],
)
def test_the_axis_of_misses_holds_them_all_between_round_shares(
    rows: tuple[EvaluationRow, ...], misses: list[float], want: tuple[float, float]
) -> None:
    det = tuple(DetPoint(0.01, fnir) for fnir in misses)
    axes = det_figure([dataclasses.replace(rows[0], det=det)]).axes[0]
    assert axes.get_ylim() == pytest.approx(want)


def test_shots_lie_where_they_were_measured(rows: tuple[EvaluationRow, ...]) -> None:
    figure = shots_figure([row for row in rows if row.condition == "hard"])
    stock = figure.axes[1].lines[0]
    assert np.asarray(stock.get_xdata()).tolist() == [1, 3]
    want = [100 * row.tpir_at_fpir_1pct for row in rows if row.condition == "hard" and row.learner == "stock"]
    assert np.asarray(stock.get_ydata()).tolist() == pytest.approx(want)


def test_a_folder_that_cannot_be_made_is_the_users_mistake(rows: tuple[EvaluationRow, ...], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(KnownError, match="Cannot write"):
        save_plots(Report(SETTINGS, rows), tmp_path / "file" / "plots")
