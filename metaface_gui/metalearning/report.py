"""The result of an evaluation as one record: written as JSON, compared with the stock row, split into tables.

The JSON's `results` has one row per learner (meta-trained if it ships so), data set, environment, condition and
(n_way, k_shot). `untrained` has rows of the same shape for the untrained twins; `shots` and `calibration` have those
of the further tables, `tracks` those of tracks by their number of looks. With several data sets or environments there
is also a `summary` (see that module). All shares are fractions, 0..1.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from types import MappingProxyType

from metaface_gui.errors import QT_TRANSLATE_NOOP
from metaface_gui.metalearning.evaluate import EvaluationRow
from metaface_gui.metalearning.metrics import supports_claim
from metaface_gui.metalearning.summary import Json, spans_several, summarise, summary_record
from metaface_gui.metalearning.track_evaluation import TrackRow
from metaface_gui.weights.whole_file import write_whole

CALIBRATION_PEOPLE = (1, 5, 20, 100)
"""Gallery sizes for which the achieved FPIR is compared with the promised one."""
SHOTS = (1, 2, 3, 5, 10)
"""Shots per person in the accuracy-over-shots plot."""


@dataclass(frozen=True, slots=True)
class Column:
    """A figure for comparing learners: how to read it from a row, and whether higher values are better.

    `unit` is `%`, `ms` or `µs`; a figure in % is a fraction in the row.
    """

    value: Callable[[EvaluationRow], float]
    unit: str
    more_is_better: bool


COLUMNS: Mapping[str, Column] = MappingProxyType(
    {
        "top1": Column(lambda row: row.top1.mean, "%", more_is_better=True),
        "tpir_at_fpir_1pct": Column(lambda row: row.tpir_at_fpir_1pct, "%", more_is_better=True),
        "tpir_at_fpir_01pct": Column(lambda row: row.tpir_at_fpir_01pct, "%", more_is_better=True),
        "tpir_shipped": Column(lambda row: row.tpir_shipped, "%", more_is_better=True),
        "adapt_ms": Column(lambda row: row.adapt_ms, "ms", more_is_better=False),
        "score_us": Column(lambda row: row.score_us, "µs", more_is_better=False),
    }
)
"""The figures that have a best value, by their name in the JSON."""


@dataclass(frozen=True, slots=True)
class ReportSettings:
    """What was evaluated and how, in enough detail to repeat it.

    `meta_parameters` gives the source of each meta-trained learner's parameters. `people` and `faces` are the totals of
    the chosen split over all folders in `data`.
    """

    data: str | tuple[str, ...]
    split: str
    split_seed: int
    people: int
    faces: int
    embedder: str
    device: str
    learners: tuple[str, ...]
    conditions: tuple[str, ...]
    n_way: tuple[int, ...]
    k_shot: tuple[int, ...]
    episodes: int
    draws: int
    seed: int
    fpir: float
    cohort: int
    meta_parameters: Mapping[str, str]
    environments: tuple[str, ...] = ()
    unlabelled: int = 0
    unlabelled_known: float = 0.5
    looks: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence about the figures: an English template that is translated when it is shown, and its values."""

    template: str
    values: Mapping[str, str]

    def __str__(self) -> str:
        return self.template.format(**self.values)


@dataclass(frozen=True, slots=True)
class Report:
    """An evaluation's rows, and those of the calibration table, the shots plot and the tracks, which may be empty."""

    settings: ReportSettings
    rows: tuple[EvaluationRow, ...]
    calibration: tuple[EvaluationRow, ...] = ()
    shots: tuple[EvaluationRow, ...] = ()
    tracks: tuple[TrackRow, ...] = ()

    def notes(self) -> tuple[Note, ...]:
        """Return caveats for anyone who quotes the figures."""
        return (*_few_strangers(self.rows), *_shared_thresholds(self.rows), *_fewer_people(self.rows))

    def to_json(self) -> str:
        """Return the report as described in the module's docstring."""
        record: dict[str, Json] = {
            "settings": _settings_record(self.settings),
            "results": [row_record(row) for row in self.rows if not row.is_twin],
            "untrained": [row_record(row) for row in self.rows if row.is_twin],
            "calibration": [calibration_record(row) for row in self.calibration],
            "shots": [row_record(row) for row in self.shots],
            "tracks": [track_record(row) for row in self.tracks],
            "notes": [str(note) for note in self.notes()],
        }
        if spans_several(self.rows):
            record["summary"] = summary_record(summarise(self.rows))
        return json.dumps(record, ensure_ascii=False, indent=1, allow_nan=False) + "\n"

    def write(self, path: Path) -> None:
        """Write the JSON completely or not at all, creating its folder.

        Raises:
            KnownError: if it cannot be written.
        """
        write_whole(path, self.to_json().encode("utf-8", "backslashreplace"))


def row_record(row: EvaluationRow) -> dict[str, Json]:
    """Return one row for the JSON, with shares to five decimals, of which the fourth may still be significant."""
    return {
        "data": row.data,
        "environment": row.environment,
        "learner": row.learner,
        "trained": row.trained,
        "condition": row.condition,
        "n_way": row.n_way,
        "n_way_used": row.n_way_used,
        "k_shot": row.k_shot,
        "episodes": row.episodes,
        "probes": row.probes,
        "strangers": row.strangers,
        "stranger_people": row.stranger_people,
        "top1": _share(row.top1.mean),
        "top1_ci95": [_share(row.top1.low), _share(row.top1.high)],
        "tpir_at_fpir_1pct": _share(row.tpir_at_fpir_1pct),
        "tpir_at_fpir_01pct": _share(row.tpir_at_fpir_01pct),
        "thresholds_pooled": {"1pct": row.pooled_1pct, "01pct": row.pooled_01pct},
        "fpir_promised": row.fpir_promised,
        "fpir_achieved": _share(row.fpir_achieved),
        "fpir_achieved_ci95": [_share(row.fpir_interval.low), _share(row.fpir_interval.high)],
        "tpir_shipped": _share(row.tpir_shipped),
        "calibration_error": None if row.calibration_error is None else _share(row.calibration_error),
        "adapt_ms": round(row.adapt_ms, 3),
        "calibrate_ms": round(row.calibrate_ms, 3),
        "score_us": round(row.score_us, 1),
        "det": [[_share(point.fpir), _share(point.fnir)] for point in row.det],
    }


def calibration_record(row: EvaluationRow) -> dict[str, Json]:
    """Return one row of the calibration table: promised and achieved FPIR with that many people enrolled."""
    return {
        "data": row.data,
        "learner": row.learner,
        "trained": row.trained,
        "condition": row.condition,
        "enrolled": row.n_way_used,
        "k_shot": row.k_shot,
        "promised": row.fpir_promised,
        "achieved": _share(row.fpir_achieved),
        "tpir": _share(row.tpir_shipped),
        "episodes": row.episodes,
        "stranger_people": row.stranger_people,
    }


def track_record(row: TrackRow) -> dict[str, Json]:
    """Return one row of tracks for the JSON."""
    return {
        "data": row.data,
        "learner": row.learner,
        "condition": row.condition,
        "n_way": row.n_way,
        "k_shot": row.k_shot,
        "looks": row.looks,
        "episodes": row.episodes,
        "tracks": row.tracks,
        "strangers": row.strangers,
        "top1": _share(row.top1),
        "tpir_at_fpir_1pct": _share(row.tpir_at_fpir_1pct),
        "fpir_promised": row.fpir_promised,
        "fpir_achieved": _share(row.fpir_achieved),
        "fpir_achieved_ci95": [_share(value) for value in row.fpir_achieved_ci95],
        "tpir_shipped": _share(row.tpir_shipped),
    }


def best_of(table: Sequence[EvaluationRow], column: Column) -> float:
    """Return the best value of a column among the rows of a table."""
    values = [column.value(row) for row in table]
    return max(values) if column.more_is_better else min(values)


def _share(value: float) -> float:
    return round(value, 5)


def _settings_record(settings: ReportSettings) -> dict[str, Json]:
    return {field.name: _plain(getattr(settings, field.name)) for field in fields(settings)}


def _plain(value: Json) -> Json:
    if isinstance(value, Mapping):
        return dict(value)
    return list(value) if isinstance(value, tuple) else value


def _few_strangers(rows: Sequence[EvaluationRow]) -> Iterator[Note]:
    fewest = min((row.stranger_people for row in rows), default=0)
    for fpir in (0.01, 0.001):
        if rows and not supports_claim(fpir, fewest):
            yield Note(
                QT_TRANSLATE_NOOP(
                    "Commands",
                    "{people} different strangers are too few to support a claim about an FPIR of {fpir}: by the rule "
                    "of three, even if none got a name, that would only show that it is below {limit}.",
                ),
                {"people": str(fewest), "fpir": f"{fpir:.1%}", "limit": f"{min(1.0, 3.0 / max(fewest, 1)):.1%}"},
            )


def _shared_thresholds(rows: Sequence[EvaluationRow]) -> Iterator[Note]:
    for fpir, pooled in ((0.01, any(row.pooled_1pct for row in rows)), (0.001, any(row.pooled_01pct for row in rows))):
        if pooled:
            yield Note(
                QT_TRANSLATE_NOOP(
                    "Commands",
                    "An episode has too few strangers to set a threshold at an FPIR of {fpir}: the episodes share "
                    "one, set on all their strangers.",
                ),
                {"fpir": f"{fpir:.1%}"},
            )


def _fewer_people(rows: Sequence[EvaluationRow]) -> Iterator[Note]:
    for n_way, k_shot, used in sorted({(row.n_way, row.k_shot, row.n_way_used) for row in rows}):
        if used < n_way:
            yield Note(
                QT_TRANSLATE_NOOP(
                    "Commands", "{n_way}-way {k_shot}-shot episodes enrol only {used} people: the data set has too few."
                ),
                {"n_way": str(n_way), "k_shot": str(k_shot), "used": str(used)},
            )
