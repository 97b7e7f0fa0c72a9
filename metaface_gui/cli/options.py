"""Options that several verbs share, and what they mean once parsed."""

from __future__ import annotations

import argparse
from pathlib import Path

from metaface_gui.gui.translation import translate
from metaface_gui.settings import RecognitionSettings

DETECTOR_KEYS = ("yunet", "mtcnn")
EMBEDDER_KEYS = ("sface", "facenet-vggface2", "facenet-casia")
DEVICE_NAMES = ("auto", "cpu", "cuda", "mps")


def add_gallery_option(parser: argparse.ArgumentParser, *, required: bool) -> None:
    """Add `--gallery PATH`."""
    help_text = translate("Commands", "gallery file; it is made if it is not there")
    parser.add_argument("--gallery", type=Path, metavar="PATH", required=required, help=help_text)


def add_recognition_options(parser: argparse.ArgumentParser) -> None:
    """Add `--device --detector --embedder --fpir`."""
    defaults = RecognitionSettings()
    parser.add_argument(
        "--device",
        choices=DEVICE_NAMES,
        default=defaults.device,
        help=translate("Commands", "where to compute (default: the best there is)"),
    )
    parser.add_argument(
        "--detector",
        choices=DETECTOR_KEYS,
        default=defaults.detector,
        help=translate("Commands", "what finds faces (default: {key})", None, key=defaults.detector),
    )
    parser.add_argument(
        "--embedder",
        choices=EMBEDDER_KEYS,
        default=defaults.embedder,
        help=translate("Commands", "what turns faces into vectors (default: {key})", None, key=defaults.embedder),
    )
    parser.add_argument(
        "--fpir",
        type=parse_fpir,
        default=defaults.fpir,
        metavar="SHARE",
        help=translate(
            "Commands", "share of strangers that may be taken for somebody (default: {share})", None, share=0.01
        ),
    )


def parse_fpir(text: str) -> float:
    """Read a share between 0 and 1, both excluded.

    Raises:
        argparse.ArgumentTypeError: if it is none.
    """
    try:
        return RecognitionSettings(fpir=float(text)).fpir
    except ValueError:
        message = translate("Commands", "“{text}” is not a share between 0 and 1, such as 0.01", None, text=text)
        raise argparse.ArgumentTypeError(message) from None


def recognition_settings(args: argparse.Namespace, learner: str | None = None) -> RecognitionSettings:
    """Gather what `add_recognition_options` added."""
    return RecognitionSettings(
        detector=args.detector,
        embedder=args.embedder,
        device=args.device,
        learner=learner or RecognitionSettings().learner,
        fpir=args.fpir,
    )
