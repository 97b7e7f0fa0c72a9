"""`metaface gallery list|show|rename|merge|hide|delete|…`: view and change who is enrolled."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from metaface_gui.cli.gallery_privacy import add_actions, until_text
from metaface_gui.cli.language import add_language_option
from metaface_gui.cli.options import add_force_option, add_gallery_option
from metaface_gui.cli.passphrase import add_passphrase_option, read_passphrase
from metaface_gui.errors import QT_TRANSLATE_NOOP, GalleryError
from metaface_gui.gallery import ClashPolicy, Gallery, Person
from metaface_gui.i18n import translate

if TYPE_CHECKING:
    from collections.abc import Callable


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the actions."""
    actions = parser.add_subparsers(metavar="ACTION", required=True)

    def add(name: str, help_text: str, action: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
        action_parser: argparse.ArgumentParser = actions.add_parser(name, help=help_text)
        add_gallery_option(action_parser, required=True, creates=action is _import)
        add_language_option(action_parser)
        action_parser.set_defaults(run=action)
        return action_parser

    add("list", translate("Commands", "everybody"), _list)
    show = add("show", translate("Commands", "one person's shots and consent"), _show)
    show.add_argument("name", metavar="NAME")
    rename = add("rename", translate("Commands", "rename a person"), _rename)
    rename.add_argument("name", metavar="NAME")
    rename.add_argument("new_name", metavar="NEW")
    merge = add("merge", translate("Commands", "move all shots of the second person to the first"), _merge)
    merge.add_argument("into", metavar="INTO")
    merge.add_argument("name", metavar="NAME")
    hide = add("hide", translate("Commands", "keep a person stored, but do not recognise them"), _hide)
    hide.add_argument("name", metavar="NAME")
    unhide = add("unhide", translate("Commands", "recognise a hidden person again"), _unhide)
    unhide.add_argument("name", metavar="NAME")
    delete = add("delete", translate("Commands", "delete a person and everything derived from them, for good"), _delete)
    delete.add_argument("name", metavar="NAME")
    export = add("export", translate("Commands", "export everybody, or the people named, to one file"), _export)
    export.add_argument("file", type=Path, metavar="FILE")
    export.add_argument("names", nargs="*", metavar="NAME")
    add_passphrase_option(export)
    add_force_option(export)
    import_ = add("import", translate("Commands", "add everybody in an exported file"), _import)
    import_.add_argument("file", type=Path, metavar="FILE")
    import_.add_argument(
        "--on-clash",
        choices=[policy.value for policy in ClashPolicy],
        default=ClashPolicy.SKIP.value,
        help=translate("Commands", "what to do when a name is taken (default: skip)"),
    )
    add_passphrase_option(import_)
    add_actions(add, open_existing, find_person)


def open_existing(path: Path, *, read_only: bool = False) -> Gallery:
    """Open a gallery that must already exist, so that a mistyped path does not create an empty one.

    Raises:
        GalleryError: if there is none, or it cannot be opened.
    """
    try:
        is_there = path.exists()
    except OSError:  # a name that is too long, a folder that must not be looked into: opening it says so
        is_there = True
    if not is_there:
        raise GalleryError(
            QT_TRANSLATE_NOOP("Errors", "There is no gallery at {path}. Check the path, or enrol somebody first."),
            path=path,
        )
    return Gallery.open(path, read_only=read_only)


def find_person(gallery: Gallery, name: str) -> Person:
    """Find a person by name.

    Raises:
        GalleryError: if nobody has that name.
    """
    person = gallery.find(name)
    if person is None:
        raise GalleryError(
            QT_TRANSLATE_NOOP("Errors", "Nobody in the gallery is called “{name}”. “gallery list” shows who is there."),
            name=name,
        )
    return person


def _list(args: argparse.Namespace) -> int:
    with open_existing(args.gallery, read_only=True) as gallery:
        people = gallery.snapshot().people
    console = Console()
    if not people:
        console.print(translate("Commands", "The gallery is empty. “metaface enroll NAME PHOTO…” adds somebody."))
        return 0
    table = Table(box=None)
    table.add_column(translate("Commands", "name"), overflow="fold")
    table.add_column(translate("Commands", "shots"), justify="right")
    table.add_column(translate("Commands", "enrolled"))
    table.add_column(translate("Commands", "last seen"))
    table.add_column(translate("Commands", "keep until"))
    table.add_column()
    for person in people:
        seen = f"{person.last_seen_at:%Y-%m-%d %H:%M}" if person.last_seen_at else "–"
        enrolled, until = f"{person.created_at:%Y-%m-%d %H:%M}", until_text(person.retention)
        note = translate("Commands", "hidden") if person.is_hidden else ""
        table.add_row(escape(person.name), str(person.shot_count), enrolled, seen, until, note)
    console.print(table)
    return 0


def _show(args: argparse.Namespace) -> int:
    console = Console(highlight=False)
    with open_existing(args.gallery, read_only=True) as gallery:
        person = find_person(gallery, args.name)
        consents = gallery.consents(person.id)
        shots = gallery.shots(person.id)
    console.print(escape(person.name), style="bold", soft_wrap=True)
    for consent in consents:
        console.print(
            translate(
                "Commands",
                "consent: {when}, given by {who}, for: {purpose}; wording {version}; keep until: {until}",
                when=f"{consent.given_at:%Y-%m-%d %H:%M}",
                version=consent.text_version,
                until=until_text(consent.retention),
                who=consent.given_by,
                purpose=consent.purpose,
            ),
            markup=False,
            soft_wrap=True,
        )
    table = Table(box=None)
    table.add_column(translate("Commands", "shot"), justify="right")
    table.add_column(translate("Commands", "taken"))
    table.add_column(translate("Commands", "from"), overflow="fold")
    table.add_column(translate("Commands", "quality"), justify="right")
    table.add_column()
    for shot in shots:
        note = translate("Commands", "not this person") if shot.is_negative else ""
        table.add_row(str(shot.id), f"{shot.taken_at:%Y-%m-%d %H:%M:%S}", shot.source, f"{shot.quality:.2f}", note)
    console.print(table)
    return 0


def _rename(args: argparse.Namespace) -> int:
    with open_existing(args.gallery) as gallery:
        gallery.rename(find_person(gallery, args.name).id, args.new_name)
    return 0


def _merge(args: argparse.Namespace) -> int:
    with open_existing(args.gallery) as gallery:
        gallery.merge(find_person(gallery, args.into).id, find_person(gallery, args.name).id)
    return 0


def _hide(args: argparse.Namespace) -> int:
    return _set_hidden(args, is_hidden=True)


def _unhide(args: argparse.Namespace) -> int:
    return _set_hidden(args, is_hidden=False)


def _set_hidden(args: argparse.Namespace, *, is_hidden: bool) -> int:
    with open_existing(args.gallery) as gallery:
        gallery.set_hidden(find_person(gallery, args.name).id, is_hidden=is_hidden)
    return 0


def _delete(args: argparse.Namespace) -> int:
    with open_existing(args.gallery) as gallery:
        gallery.delete_person(find_person(gallery, args.name).id)
        gallery.purge_deleted()
    return 0


def _export(args: argparse.Namespace) -> int:
    # This loads FFmpeg's libraries, which recognise our own videos; no other action needs them.
    from metaface_gui.engine.batch.output_files import (  # noqa: PLC0415
        gallery_files,
        is_never_ours,
        refuse_destruction,
        refuse_foreign,
    )

    refuse_destruction([args.file], gallery_files(args.gallery))
    if not args.force:
        refuse_foreign(args.file, is_never_ours)
    passphrase = read_passphrase(args.passphrase_file, is_new=True)
    with open_existing(args.gallery, read_only=True) as gallery:
        person_ids = [find_person(gallery, name).id for name in args.names] or None
        gallery.export_to(args.file, person_ids, passphrase=passphrase)
    if passphrase is None:
        note = translate(
            "Commands",
            "{path} is not encrypted: anyone who has the file can see the faces. Encrypt it with --passphrase-file.",
            path=args.file,
        )
        Console(stderr=True, markup=False, highlight=False).print(note, soft_wrap=True)
    return 0


def _import(args: argparse.Namespace) -> int:
    passphrase = read_passphrase(args.passphrase_file, is_new=False)
    with Gallery.open(args.gallery) as gallery:
        try:
            report = gallery.import_from(args.file, passphrase=passphrase, on_clash=ClashPolicy(args.on_clash))
        except BaseException:
            gallery.discard_if_unused()
            raise
    Console().print(
        translate(
            "Commands",
            "{added} added, {renamed} renamed, {merged} merged, {skipped} skipped",
            added=len(report.added),
            renamed=len(report.renamed),
            merged=len(report.merged),
            skipped=len(report.skipped),
        )
    )
    return 0
