"""An embedder with the user's own trunk and projection instead of the shipped ones."""

from __future__ import annotations

from pathlib import Path

import torch

from metaface_gui.errors import QT_TRANSLATE_NOOP, WeightsError
from metaface_gui.pipeline.embedding import make_embedder, with_projection_file, with_trunk_file
from metaface_gui.pipeline.embedding.torch_embedder import TorchEmbedder
from metaface_gui.weights.store import WeightsStore
from metaface_gui.weights.whole_file import is_file


def own_embedder(
    key: str, device: torch.device, store: WeightsStore, *, trunk: Path | None, projection: Path | None
) -> TorchEmbedder:
    """Return the shipped embedder with the parts replaced whose files are given.

    The user's own trunk has no projection unless one is given: the shipped one was trained on another trunk.

    Raises:
        WeightsError: as `make_embedder`, or if a given file is missing, damaged or of another network.
    """
    embedder = make_embedder(key, device, store, meta_trained=trunk is None)
    if trunk is not None:
        check_there(trunk, "trunk")
        embedder = with_trunk_file(embedder, trunk)
    if projection is not None:
        check_there(projection, "projection")
        embedder = with_projection_file(embedder, projection)
    return embedder


def check_there(file: Path, stage: str) -> None:
    """Report a mistyped path as such, rather than as a damaged file.

    Raises:
        WeightsError: if there is no file; `stage` is the training stage that would have made it.
    """
    if not is_file(file):
        raise WeightsError(
            QT_TRANSLATE_NOOP("Errors", "There is no file {file}. Check the path, or run “metaface train {stage}”."),
            file=file,
            stage=stage,
        )
