"""`metaface gallery expired|report|forget-all`: expired retention, one person's stored data, and deleting everybody."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from metaface_gui.engine.people.retention import due, last_day
from metaface_gui.errors import QT_TRANSLATE_NOOP, GalleryError
from metaface_gui.gallery import Gallery, Person, Retention
from metaface_gui.i18n import translate

Action = Callable[[argparse.Namespace], int]
AddAction = Callable[[str, str, Action], argparse.ArgumentParser]
OpenExisting = Callable[..., Gallery]


def add_actions(add: AddAction, open_existing: OpenExisting, find_person: Callable[[Gallery, str], Person]) -> None:
    """Add the three actions to `metaface gallery`, using its `open_existing` and `find_person`."""

    def expired(args: argparse.Namespace) -> int:
        with open_existing(args.gallery, read_only=not args.delete) as gallery:
            return _expired(gallery, is_to_delete=args.delete)

    def report(args: argparse.Namespace) -> int:
        from metaface_gui.engine.people.person_report import write_report  # noqa: PLC0415 - loads OpenCV

        with open_existing(args.gallery, read_only=True) as gallery:
            write_report(gallery.account_of(find_person(gallery, args.name).id), args.out)
        words = translate("Commands", "Written to {path}. The files are not encrypted: keep them safe.", path=args.out)
        Console(highlight=False).print(words, markup=False, soft_wrap=True)
        return 0

    def forget_all(args: argparse.Namespace) -> int:
        _require_yes(args)
        with open_existing(args.gallery) as gallery:
            count = gallery.forget_everything()
        words = translate("Commands", "Deleted: {n} people, and everything derived from them.", n=count)
        Console(highlight=False).print(words)
        return 0

    parser = add(
        "expired", translate("Commands", "list people whose retention period is over, or soon will be"), expired
    )
    parser.add_argument(
        "--delete", action="store_true", help=translate("Commands", "delete those whose period is over, for good")
    )
    parser = add(
        "report", translate("Commands", "write out what is stored about a person, unencrypted, to give to them"), report
    )
    parser.add_argument("name", metavar="PERSON")
    parser.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="DIR",
        help=translate("Commands", "a new folder, or a new file called ….zip"),
    )
    parser = add("forget-all", translate("Commands", "delete everybody and everything, for good"), forget_all)
    parser.add_argument("--yes", action="store_true", help=translate("Commands", "confirm: this cannot be undone"))


def _require_yes(args: argparse.Namespace) -> None:
    if not args.yes:
        raise GalleryError(
            QT_TRANSLATE_NOOP(
                "Errors",
                "Nothing was deleted. This command deletes everybody in {path} for good and cannot be undone: add "
                "--yes to confirm.",
            ),
            path=args.gallery,
        )


def _expired(gallery: Gallery, *, is_to_delete: bool) -> int:
    console = Console(highlight=False)
    found = due(gallery.snapshot().people, datetime.now(UTC))
    if not found:
        console.print(translate("Commands", "Nobody's retention period is over or ends within a week."))
        return 0
    table = Table(box=None)
    table.add_column(translate("Commands", "name"), overflow="fold")
    table.add_column(translate("Commands", "until"))
    table.add_column()
    gone = set(gallery.delete_for_good([person.id for person in found.over])) if is_to_delete else set()
    over, soon = translate("Commands", "over"), translate("Commands", "soon over")
    for people, state in ((found.over, over), (found.soon, soon)):
        for person in people:
            is_gone = person.name in gone
            words = translate("Commands", "deleted for good") if is_gone else state
            table.add_row(escape(person.name), until_text(person.retention), words)
    console.print(table)
    return 0


def until_text(retention: Retention | None) -> str:
    """Return the last day for which somebody may be kept, as text."""
    return translate("Commands", "no limit") if retention is None else last_day(retention.until).isoformat()
