"""`metaface demo`: the scripted scene, in the window or, without a display, in the same window off screen."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from metaface_gui.cli.language import language_of
from metaface_gui.cli.options import add_force_option, add_recognition_options, recognition_settings
from metaface_gui.gui.translation import translate

if TYPE_CHECKING:
    from metaface_gui.gui.demo_summary import DemoSummary

_DEFAULT_SECONDS = 45


def configure(parser: argparse.ArgumentParser) -> None:
    """Add its options and make it what runs."""
    parser.add_argument(
        "--seconds",
        type=float,
        default=_DEFAULT_SECONDS,
        metavar="N",
        help=translate(
            "Commands", "how long to watch once everybody is enrolled (default: {n})", None, n=_DEFAULT_SECONDS
        ),
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("metaface-demo"),
        metavar="DIR",
        help=translate("Commands", "where screenshots go (default: metaface-demo)"),
    )
    add_recognition_options(parser)
    add_force_option(parser)
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    from metaface_gui.app import run_demo  # noqa: PLC0415 - Qt's widgets load only for the window

    return run_demo(
        settings=recognition_settings(args),
        watch_s=max(1.0, args.seconds),
        out_dir=args.out,
        tell=partial(_print, console=Console(highlight=False)),
        language=language_of(args),
        is_forced=args.force,
    )


def _print(summary: DemoSummary, console: Console) -> None:
    console.print(_scene_table(summary))
    console.print(_methods_table(summary))
    for path in summary.screenshots:
        console.print(translate("Commands", "screenshot: {path}", None, path=path), markup=False, soft_wrap=True)
    for name in summary.not_taken:
        console.print(translate("Commands", "no screenshot: {name}", None, name=name), markup=False, soft_wrap=True)


def _scene_table(summary: DemoSummary) -> Table:
    tally = summary.tally
    enrolled = tally.right + tally.wrong + tally.unknown
    strangers = tally.strangers_named + tally.strangers_unknown
    table = Table(title=translate("Commands", "The demo scene against its truth"), box=None, show_header=False)
    table.add_column()
    table.add_column(justify="right")
    table.add_row(translate("Commands", "frames looked at"), str(tally.frames))
    table.add_row(translate("Commands", "faces of enrolled people"), str(enrolled))
    table.add_row(translate("Commands", "  right name"), _share(tally.right, enrolled))
    table.add_row(translate("Commands", "  Unknown"), _share(tally.unknown, enrolled))
    table.add_row(translate("Commands", "  wrong name"), _share(tally.wrong, enrolled))
    table.add_row(translate("Commands", "faces of the stranger"), str(strangers))
    table.add_row(translate("Commands", "  Unknown"), _share(tally.strangers_unknown, strangers))
    table.add_row(translate("Commands", "  named"), _share(tally.strangers_named, strangers))
    table.add_row(translate("Commands", "faces not found"), str(tally.missed))
    table.add_row(translate("Commands", "found where there is none"), str(tally.extra))
    table.add_row(translate("Commands", "from saving to the first right name"), f"{summary.enroll_to_named_ms:.0f} ms")
    table.add_row(translate("Commands", "from “not this person” to Unknown"), f"{summary.corrected_ms:.0f} ms")
    table.add_row(translate("Commands", "from naming the stranger to the name"), f"{summary.guest_named_ms:.0f} ms")
    table.add_row(translate("Commands", "preview"), f"{summary.preview_fps:.0f} fps")
    table.add_row(translate("Commands", "inference"), f"{summary.inference_fps:.0f} fps")
    table.add_row(translate("Commands", "camera to result, median"), f"{summary.latency_ms:.0f} ms")
    return table


def _methods_table(summary: DemoSummary) -> Table:
    """All methods on the same frames against the truth, and what the leave-one-out report says of each."""
    from metaface_gui.gui.learner_words import learner_short_title  # noqa: PLC0415 - brings what draws videos

    report = summary.report
    table = Table(title=translate("Commands", "The methods on the same frames"), box=None, caption_justify="left")
    table.add_column(translate("Commands", "method"))
    for title in (
        translate("Commands", "right"),
        translate("Commands", "named"),
        translate("Commands", "Unknown"),
        translate("Commands", "switches/min"),
        translate("Commands", "agrees"),
        translate("Commands", "left out"),
        translate("Commands", "adapts"),
    ):
        table.add_column(title, justify="right")
    rows = {row.learner: row for row in report.rows}
    for tally in summary.methods:
        row = rows.get(tally.learner)
        title = learner_short_title(tally.learner)
        table.add_row(
            f"{title} *" if tally.learner == report.recommended else title,
            _percent(tally.right, tally.judged),
            str(tally.named),
            str(tally.unknown),
            f"{tally.switches_per_minute:.1f}",
            _percent(tally.agreeing, tally.contested),
            "–" if row is None else f"{100.0 * row.tpir_degraded:.0f} %",
            "–" if row is None else f"{row.adapt_ms:.1f} ms",
        )
    table.caption = translate(
        "Commands",
        "agrees: decides as most methods do. left out: shots named right, degraded, when left out of the support set.\n"
        "* recommended by that report on {n} shots, which took {seconds:.1f} s",
        None,
        n=report.n_probes,
        seconds=report.seconds,
    )
    return table


def _share(count: int, total: int) -> str:
    return f"{count} ({100.0 * count / total:.1f} %)" if total else "–"


def _percent(count: int, total: int) -> str:
    return f"{100.0 * count / total:.1f} %" if total else "–"
