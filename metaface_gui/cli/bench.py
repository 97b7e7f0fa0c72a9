"""`metaface bench [--json OUT]`: what the methods cost on this machine."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from metaface_gui.cli.options import DEVICE_NAMES
from metaface_gui.errors import cannot_write
from metaface_gui.gui.translation import translate
from metaface_gui.metalearning.benchmarks import (
    BenchmarkReport,
    BenchmarkSettings,
    MetaStepCost,
    run_benchmarks,
)
from metaface_gui.pipeline.embedding.device import resolve_device, tune_process

if TYPE_CHECKING:
    from metaface_gui.cli.subparsers import Verbs


def add_parser(verbs: Verbs) -> None:
    """Add the verb."""
    parser = verbs.add_parser("bench", help=translate("Commands", "measure what the learners cost on this machine"))
    parser.add_argument("--json", type=Path, metavar="OUT", help=translate("Commands", "write the figures as JSON"))
    parser.add_argument("--device", choices=DEVICE_NAMES, default="auto")
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    settings, console = BenchmarkSettings(), Console(highlight=False)
    tune_process()
    device = resolve_device(args.device)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        total = len(settings.learners) * len(settings.galleries) + 1
        task = bar.add_task(translate("Commands", "measuring"), total=total)
        report = run_benchmarks(settings, device, lambda done: bar.update(task, advance=1, description=done))
    print_report(report, console)
    if args.json is not None:
        try:
            args.json.parent.mkdir(parents=True, exist_ok=True)
            args.json.write_text(to_json(report), encoding="utf-8")
        except OSError as error:
            raise cannot_write(args.json, error) from error
    return 0


def print_report(report: BenchmarkReport, console: Console) -> None:
    """Print the figures as tables."""
    machine = report.machine
    console.print(
        translate(
            "Commands",
            "{cpu}, {n} threads; PyTorch {version} on {device}",
            None,
            cpu=machine.cpu,
            n=machine.cores,
            version=machine.torch,
            device=machine.device,
        ),
        markup=False,
        soft_wrap=True,
    )
    console.print(_learner_table(report))
    # No table's title: that would wrap at the width of the figures.
    console.print("\n" + _meta_step_title(report.maml_meta_steps), markup=False, soft_wrap=True)
    console.print(_meta_step_table(report.maml_meta_steps))


def to_json(report: BenchmarkReport) -> str:
    """Return `{"machine": …, "adaptation": […], "scoring": […], "maml_meta_steps": …}`."""
    return json.dumps(asdict(report), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _learner_table(report: BenchmarkReport) -> Table:
    sizes = list(dict.fromkeys((cost.n_way, cost.k_shot) for cost in report.adaptation))
    adapt = {(cost.learner, cost.n_way, cost.k_shot): cost.adapt_ms for cost in report.adaptation}
    score = {(cost.learner, cost.n_way, cost.k_shot): cost.score_us for cost in report.scoring}
    table = Table(title=translate("Commands", "Learners, by people × shots"), box=None)
    table.add_column(translate("Commands", "learner"))
    for n_way, k_shot in sizes:
        table.add_column(translate("Commands", "adapt {n}×{k}, ms", None, n=n_way, k=k_shot), justify="right")
    for n_way, k_shot in sizes:
        table.add_column(translate("Commands", "score {n}×{k}, µs a face", None, n=n_way, k=k_shot), justify="right")
    for learner in dict.fromkeys(cost.learner for cost in report.adaptation):
        cells = [f"{adapt[learner, *size]:.1f}" for size in sizes] + [f"{score[learner, *size]:.0f}" for size in sizes]
        table.add_row(learner, *cells)
    return table


def _meta_step_title(cost: MetaStepCost) -> str:
    return translate(
        "Commands",
        "Second-order MAML: {tasks} tasks, {n}-way {k}-shot, {queries} queries each, {steps} inner steps",
        None,
        tasks=cost.n_tasks,
        n=cost.n_way,
        k=cost.k_shot,
        queries=cost.n_queries,
        steps=cost.inner_steps,
    )


def _meta_step_table(cost: MetaStepCost) -> Table:
    table = Table(box=None, show_header=False)
    table.add_column()
    table.add_column(justify="right")
    table.add_row(translate("Commands", "meta-steps a second, all tasks at once (vmap)"), f"{cost.vmap_per_s:.2f}")
    table.add_row(translate("Commands", "meta-steps a second, task by task"), f"{cost.loop_per_s:.2f}")
    table.add_row(translate("Commands", "times as fast"), f"{cost.ratio:.1f}")
    return table
