"""`metaface weights list|fetch NAME|verify`: manage the models' weights."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from metaface_gui.cli.language import add_language_option
from metaface_gui.i18n import translate
from metaface_gui.resources import user_data_dir, weights_dir
from metaface_gui.weights.store import WeightsStatus, WeightsStore


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the actions."""
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    actions.add_parser("list", help=translate("Commands", "list all weights")).set_defaults(run=_list)
    fetch = actions.add_parser("fetch", help=translate("Commands", "download weights that are not shipped"))
    fetch.add_argument("name", metavar="NAME")
    fetch.add_argument(
        "--from",
        dest="file",
        type=Path,
        metavar="FILE",
        help=translate("Commands", "install them from a file you have instead of downloading"),
    )
    fetch.set_defaults(run=_fetch)
    actions.add_parser("verify", help=translate("Commands", "compare every checksum")).set_defaults(run=_verify)
    for action in actions.choices.values():
        add_language_option(action)


def default_store() -> WeightsStore:
    """Return the store of the shipped weights and those in the user's data folder."""
    return WeightsStore(weights_dir(), user_data_dir() / "weights")


def _list(_args: argparse.Namespace) -> int:
    store = default_store()
    table = Table(box=None)
    headings = (
        translate("Commands", "name", "of a file of weights"),
        translate("Commands", "for"),
        translate("Commands", "size"),
        translate("Commands", "licence"),
        translate("Commands", "here"),
    )
    for heading in headings:
        table.add_column(heading, overflow="fold", no_wrap=heading == headings[0])
    for entry in store.entries():
        here = translate("Commands", "yes") if store.is_available(entry.name) else translate("Commands", "no")
        table.add_row(entry.name, entry.role, f"{entry.size / 1e6:.1f} MB", entry.license, here)
    Console().print(table)
    return 0


def _fetch(args: argparse.Namespace) -> int:
    store, console = default_store(), Console()
    if args.file is not None:
        path = store.install(args.name, args.file)
    else:
        columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
        with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
            task = bar.add_task(args.name, total=None)
            path = store.fetch(
                args.name,
                lambda done, total: bar.update(task, completed=done, total=total),
                lambda: False,
            )
    console.print(
        translate("Commands", "{name} is on this computer: {path}", name=args.name, path=path), soft_wrap=True
    )
    return 0


def _verify(_args: argparse.Namespace) -> int:
    console, results = Console(), default_store().verify()
    for result in results:
        console.print(f"{result.entry.name}: {result.status.value}", soft_wrap=True)
    return int(any(result.status in (WeightsStatus.MISSING, WeightsStatus.DAMAGED) for result in results))
