"""What a command reads that looks at folders of people: no output may lie there."""

from __future__ import annotations

import argparse
from pathlib import Path

from metaface_gui.errors import SourceError
from metaface_gui.metalearning.face_folder import picture_files


def people_inputs(args: argparse.Namespace) -> tuple[Path, ...]:
    """Every picture of the folders, and the weights that the command line names."""
    pictures = list[Path]()
    for folder in args.data:
        try:
            pictures += picture_files(folder)
        except SourceError:  # whoever reads the folder will say so
            continue
    weights = [path for path in (args.trunk, args.projection, *args.meta) if path is not None]
    return (*weights, *(path.with_suffix(".json") for path in weights if path.name), *pictures)
