"""Options shared by several verbs, and how their values are interpreted."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

from metaface_gui.errors import QT_TRANSLATE_NOOP, KnownError
from metaface_gui.i18n import translate
from metaface_gui.pipeline.detection import DETECTORS
from metaface_gui.pipeline.embedding import DEFAULT_EMBEDDER, EMBEDDERS
from metaface_gui.settings import RecognitionSettings

DEVICE_NAMES = ("auto", "cpu", "cuda", "mps")


def add_gallery_option(parser: argparse.ArgumentParser, *, required: bool, creates: bool = False) -> None:
    """Add `--gallery PATH`; the help says whether the command creates a missing gallery."""
    created = translate("Commands", "gallery file; created if it does not exist")
    help_text = created if creates else translate("Commands", "gallery file")
    parser.add_argument("--gallery", type=Path, metavar="PATH", required=required, help=help_text)


def add_recognition_options(parser: argparse.ArgumentParser) -> None:
    """Add `--device --detector --embedder --fpir`; missing ones are None, for `recognition_settings` to fill in."""
    parser.add_argument("--device", choices=DEVICE_NAMES, help=translate("Commands", "device to compute on"))
    parser.add_argument("--detector", choices=DETECTORS, help=translate("Commands", "face detector"))
    parser.add_argument(
        "--embedder", choices=tuple(EMBEDDERS), help=translate("Commands", "embedder: turns faces into vectors")
    )
    parser.add_argument(
        "--fpir",
        type=parse_fpir,
        metavar="SHARE",
        help=translate("Commands", "share of strangers who may be taken for somebody enrolled (FPIR), e.g. 0.01"),
    )


def add_force_option(parser: argparse.ArgumentParser) -> None:
    """Add `--force`."""
    parser.add_argument(
        "--force",
        action="store_true",
        help=translate("Commands", "overwrite an existing file that MetaFace did not write"),
    )


def add_people_options(parser: argparse.ArgumentParser) -> None:
    """Add the options for the people folders of meta-learning, the networks that see them, and the cache."""
    parser.add_argument(
        "--data",
        type=Path,
        nargs="+",
        required=True,
        metavar="DIR",
        help=translate("Commands", "data set folders, each with one folder of pictures per person"),
    )
    parser.add_argument("--embedder", choices=tuple(EMBEDDERS), default=DEFAULT_EMBEDDER)
    parser.add_argument(
        "--trunk",
        type=Path,
        metavar="FILE",
        help=translate("Commands", "a trunk that you trained, instead of the shipped one"),
    )
    parser.add_argument(
        "--projection",
        type=Path,
        metavar="FILE",
        help=translate("Commands", "a projection that you trained, instead of the shipped one"),
    )
    parser.add_argument("--detector", choices=DETECTORS, default=DETECTORS[0])
    parser.add_argument("--device", choices=DEVICE_NAMES, default="auto")
    parser.add_argument(
        "--cache", type=Path, metavar="DIR", help=translate("Commands", "cache folder for faces and features")
    )


def data_sets(folders: Sequence[Path]) -> Mapping[str, Path]:
    """Map data set names, the folders' own, to folders, in order; reports and cards omit the path, which is private.

    Raises:
        KnownError: if two folders have the same name.
    """
    named: dict[str, Path] = {}
    for folder in folders:
        name = folder.resolve().name
        if name in named:
            raise KnownError(
                QT_TRANSLATE_NOOP(
                    "Errors",
                    "Two of the folders are called “{name}”, but data sets are told apart by their folder's name. "
                    "Give each folder only once, or rename one of the two.",
                ),
                name=name,
            )
        named[name] = folder
    return named


def parse_fpir(text: str) -> float:
    """Parse a share between 0 and 1, both excluded.

    Raises:
        argparse.ArgumentTypeError: if it is not one.
    """
    try:
        return RecognitionSettings(fpir=float(text)).fpir
    except ValueError:
        message = translate("Commands", "“{text}” is not a share between 0 and 1, such as 0.01", text=text)
        raise argparse.ArgumentTypeError(message) from None


def recognition_settings(
    args: argparse.Namespace,
    base: RecognitionSettings | None = None,
    learner: str | None = None,
    *,
    use_room: bool | None = None,
) -> RecognitionSettings:
    """Return `base` (the defaults if None) overridden by the command line's values."""
    base = base or RecognitionSettings()
    return RecognitionSettings(
        detector=args.detector or base.detector,
        embedder=args.embedder or base.embedder,
        device=args.device or base.device,
        learner=learner or base.learner,
        fpir=base.fpir if args.fpir is None else args.fpir,
        use_room=base.use_room if use_room is None else use_room,
    )
