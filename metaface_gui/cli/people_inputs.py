"""The input files of a command that reads folders of people; outputs must not overwrite them."""

from __future__ import annotations

import argparse
from pathlib import Path

from metaface_gui.errors import SourceError
from metaface_gui.metalearning.face_folder import picture_files


def people_inputs(args: argparse.Namespace) -> tuple[Path, ...]:
    """Return every picture in the folders and the weights named on the command line, with their cards."""
    pictures = list[Path]()
    for folder in args.data:
        try:
            pictures += picture_files(folder)
        except SourceError:  # reported by whichever code reads the folder
            continue
    weights = [path for path in (args.trunk, args.projection, *args.meta) if path is not None]
    return (*weights, *(path.with_suffix(".json") for path in weights if path.name), *pictures)
