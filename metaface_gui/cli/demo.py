"""`metaface demo`: play the scripted scene in the window or, without a display, in the same window off screen."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from metaface_gui.cli.language import language_of
from metaface_gui.cli.numbers import parse_positive
from metaface_gui.cli.options import add_force_option, add_recognition_options, recognition_settings
from metaface_gui.i18n import translate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from metaface_gui.demo.summary import DemoSummary
    from metaface_gui.demo.walk import RoomFigures
    from metaface_gui.engine.adaptation.room_trial import RoomRow, RoomTable
    from metaface_gui.engine.studio.comparison import LearnerTally
    from metaface_gui.metalearning.frame_environments import EnvironmentSetting

_DEFAULT_SECONDS = 8
_LESSONS = 5


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options and set the command to run."""
    parser.add_argument(
        "--seconds",
        type=parse_positive,
        default=_DEFAULT_SECONDS,
        metavar="N",
        help=translate(
            "Commands", "how many seconds to run once everybody is enrolled (default: {n})", n=_DEFAULT_SECONDS
        ),
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("metaface-demo"),
        metavar="DIR",
        help=translate("Commands", "folder for screenshots (default: metaface-demo)"),
    )
    parser.add_argument(
        "--lesson",
        type=int,
        choices=range(1, _LESSONS + 1),
        metavar="N",
        help=translate("Commands", "play this lesson (1 to {n}) instead, and save a picture of each step", n=_LESSONS),
    )
    add_recognition_options(parser)
    add_force_option(parser)
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    from metaface_gui.app import run_demo  # noqa: PLC0415 - loads Qt's widgets, needed only for the window

    return run_demo(
        settings=recognition_settings(args),
        watch_s=max(1.0, args.seconds),
        out_dir=args.out,
        tell=partial(_print, console=Console(highlight=False)),
        lesson=args.lesson,
        tell_lesson=partial(_print_pictures, console=Console(highlight=False)),
        language=language_of(args),
        is_forced=args.force,
    )


def _print(summary: DemoSummary, console: Console) -> None:
    console.print(_scene_table(summary))
    console.print(_methods_table(summary))
    if summary.walk is not None:
        console.print(_walk_table(summary, summary.walk))
    if summary.rooms is not None:
        _print_rooms(summary.rooms, console)
    _print_pictures(summary.screenshots, console)
    for name in summary.not_taken:
        console.print(translate("Commands", "no screenshot: {name}", name=name), markup=False, soft_wrap=True)


def _print_pictures(paths: tuple[Path, ...], console: Console) -> None:
    for path in paths:
        console.print(translate("Commands", "screenshot: {path}", path=path), markup=False, soft_wrap=True)


def _scene_table(summary: DemoSummary) -> Table:
    tally = summary.tally
    enrolled = tally.right + tally.wrong + tally.unknown
    strangers = tally.strangers_named + tally.strangers_unknown
    table = Table(title=translate("Commands", "The demo scene against the ground truth"), box=None, show_header=False)
    table.add_column()
    table.add_column(justify="right")
    table.add_row(translate("Commands", "frames analysed"), str(tally.frames))
    table.add_row(translate("Commands", "faces of enrolled people"), str(enrolled))
    table.add_row(translate("Commands", "  right name"), _share(tally.right, enrolled))
    table.add_row(translate("Commands", "  Unknown"), _share(tally.unknown, enrolled))
    table.add_row(translate("Commands", "  wrong name"), _share(tally.wrong, enrolled))
    table.add_row(translate("Commands", "faces of the stranger"), str(strangers))
    table.add_row(translate("Commands", "  Unknown"), _share(tally.strangers_unknown, strangers))
    table.add_row(translate("Commands", "  named"), _share(tally.strangers_named, strangers))
    table.add_row(translate("Commands", "faces missed"), str(tally.missed))
    table.add_row(translate("Commands", "false detections"), str(tally.extra))
    table.add_row(translate("Commands", "from saving to the first right name"), f"{summary.enroll_to_named_ms:.0f} ms")
    table.add_row(translate("Commands", "from “not this person” to Unknown"), f"{summary.corrected_ms:.0f} ms")
    table.add_row(
        translate("Commands", "from naming the stranger to the first right name"), f"{summary.guest_named_ms:.0f} ms"
    )
    table.add_row(translate("Commands", "preview"), f"{summary.preview_fps:.0f} fps")
    table.add_row(translate("Commands", "inference"), f"{summary.inference_fps:.0f} fps")
    table.add_row(translate("Commands", "camera to result, median"), f"{summary.latency_ms:.0f} ms")
    return table


def _methods_table(summary: DemoSummary) -> Table:
    """Return all methods on the same frames against the truth, with each one's leave-one-out result."""
    from metaface_gui.gui.learner_words import learner_short_title  # noqa: PLC0415 - loads the code that draws videos

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
            _percent(tally.right, tally.counted),
            str(tally.named),
            str(tally.unknown),
            f"{tally.switches_per_minute:.1f}",
            _percent(tally.agreeing, tally.contested),
            "–" if row is None else f"{100.0 * row.tpir_degraded:.0f} %",
            "–" if row is None else f"{row.adapt_ms:.1f} ms",
        )
    table.caption = translate(
        "Commands",
        "agrees: decides as most methods do. left out: degraded shots named right when left out of the support set.\n"
        "* recommended by the report on {n} shots, which took {seconds:.1f} s",
        n=report.n_probes,
        seconds=report.seconds,
    )
    return table


def _walk_table(summary: DemoSummary, walk: RoomFigures) -> Table:
    """Return the scene's results in light, in the dark and with an old webcam, before and after adapting to it."""
    table = Table(title=translate("Commands", "The room changes"), box=None, caption_justify="left")
    table.add_column("")
    for title in (
        translate("Commands", "lights on"),
        translate("Commands", "lights off"),
        translate("Commands", "old webcam"),
        translate("Commands", "after adapting"),
    ):
        table.add_column(title, justify="right")
    parts = (summary.tally, walk.dark, walk.before, walk.after)
    people = [part.right + part.wrong + part.unknown for part in parts]
    strangers = [part.strangers_named + part.strangers_unknown for part in parts]
    rows = (
        (translate("Commands", "right name"), [part.right for part in parts], people),
        (translate("Commands", "Unknown"), [part.unknown for part in parts], people),
        (translate("Commands", "wrong name"), [part.wrong for part in parts], people),
        (translate("Commands", "stranger Unknown"), [part.strangers_unknown for part in parts], strangers),
        (translate("Commands", "stranger named"), [part.strangers_named for part in parts], strangers),
    )
    for name, counts, totals in rows:
        table.add_row(name, *(_share(count, total) for count, total in zip(counts, totals, strict=True)))
    lines = [
        translate(
            "Commands",
            "from adapting to the first right name: {ms} ms; an enrolled person was first found after {seen} ms",
            ms=f"{walk.back_ms:.0f}",
            seen=f"{walk.seen_ms:.0f}",
        )
    ]
    evaluated = walk.evaluated
    if evaluated is not None and evaluated.now is not None:
        shares = [
            translate("Commands", "unknown") if here is None else f"{100.0 * here.let_through.expected:.1f} %"
            for here in (evaluated.before, evaluated.now)
        ]
        lines.append(
            translate(
                "Commands",
                "strangers let through here: about {before} before, about {now} now",
                before=shares[0],
                now=shares[1],
            )
        )
    table.caption = "\n".join(lines if walk.back_ms else lines[1:])
    return table


def _print_rooms(rooms: RoomTable, console: Console) -> None:
    """Print every method's results in every room, before and after adapting to the room's unlabelled faces."""
    title = translate("Commands", "Every method in several rooms, in percent: before → after adapting to the room")
    table = Table(title=title, box=None, padding=(0, 1, 0, 0), caption_justify="left")
    table.add_column(translate("Commands", "1 shot each | all shots"))
    for _shots in range(2):
        for name in (
            translate("Commands", "right"),
            translate("Commands", "Unknown"),
            translate("Commands", "wrong"),
            translate("Commands", "let in"),
        ):
            table.add_column(name, justify="right")
    for setting in dict.fromkeys(row.setting for row in rooms.rows):
        _add_room(table, setting, [row for row in rooms.rows if row.setting == setting])
    table.caption = translate(
        "Commands",
        "right, Unknown, wrong: shares of the enrolled people’s faces that were found; let in: strangers’ faces that "
        "got a name.\nThe methods disagreed on {share} of {n} face-frames. It took {seconds:.1f} s.",
        share=_percent(rooms.n_differing, rooms.n_faces),
        n=rooms.n_faces,
        seconds=rooms.seconds,
    )
    console.print(table)


def _add_room(table: Table, setting: EnvironmentSetting, rows: Sequence[RoomRow]) -> None:
    """Add one room's rows: its name and how often methods disagree, then each method."""
    from metaface_gui.gui.environment_words import setting_words  # noqa: PLC0415 - needed only at the end
    from metaface_gui.gui.learner_words import learner_short_title  # noqa: PLC0415 - loads the code that draws videos

    name = setting_words(setting) or translate("Commands", "unchanged")
    table.add_row(f"[bold]{name}[/bold]")
    pairs = [tuple(row for row in rows if row.is_one_shot is is_one_shot) for is_one_shot in (True, False)]
    for before in pairs[0][0].tallies:
        cells = list[str]()
        for pair in pairs:
            tallies = [next(each for each in row.tallies if each.learner == before.learner) for row in pair]
            cells += _cells(tallies)
        table.add_row(f"  {learner_short_title(before.learner)}", *cells)
    differ = ["→".join(f"{100.0 * row.n_differing / max(row.n_faces, 1):.0f}" for row in pair) for pair in pairs]
    table.add_row(translate("Commands", "  methods disagree"), differ[0], "", "", "", differ[1])


def _cells(tallies: Sequence[LearnerTally]) -> list[str]:
    """Return right, Unknown, wrong and let in, each as before → after, in percent."""
    shares = []
    for tally in tallies:
        strangers = tally.turned_away + tally.let_through
        people = tally.counted - strangers
        counts = (
            (tally.right - tally.turned_away, people),
            (tally.missed, people),
            (tally.wrong, people),
            (tally.let_through, strangers),
        )
        shares.append([f"{100.0 * count / total:.0f}" if total else "–" for count, total in counts])
    return [f"{before}→{after}" for before, after in zip(*shares, strict=True)]


def _share(count: int, total: int) -> str:
    return f"{count} ({100.0 * count / total:.1f} %)" if total else "–"


def _percent(count: int, total: int) -> str:
    return f"{100.0 * count / total:.1f} %" if total else "–"
