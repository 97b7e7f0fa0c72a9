"""Choose the runtime for embedding without gradients: OpenVINO on a CPU, else PyTorch. Nothing else makes this choice.

PyTorch is used on GPUs, for networks other than SFace, where OpenVINO has no wheel or does not load, and with
`METAFACE_RUNTIME=torch`. Both give the same features up to rounding, so their templates may be mixed.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from pathlib import Path

from metaface_gui.deferred import torch
from metaface_gui.pipeline.embedding import EMBEDDERS, make_embedder
from metaface_gui.pipeline.embedding.base import FaceEmbedder
from metaface_gui.pipeline.embedding.device import multiplies_bfloat16
from metaface_gui.pipeline.embedding.openvino_sface import GRAPH_VERSION, OpenVinoEmbedder
from metaface_gui.pipeline.embedding.projection import read_projection
from metaface_gui.pipeline.embedding.sface_weights import SFaceWeights, read_sface_weights
from metaface_gui.pipeline.embedding.tuned_trunk import TunedTrunk, damaged_trunk, read_tuned_trunk
from metaface_gui.pipeline.openvino_runtime import CompiledCache, RuntimeMissingError, is_wanted
from metaface_gui.types import Floats
from metaface_gui.weights.store import WeightsStore

_log = logging.getLogger(__name__)


def make_frozen_embedder(
    key: str,
    device: str,
    store: WeightsStore,
    *,
    cache: Path | None = None,
    threads: int | None = None,
    environ: Mapping[str, str] = os.environ,
) -> FaceEmbedder:
    """Build an embedder for `device`, with its tuned trunk and projection, that is never differentiated.

    `cache` is a folder for compiled networks, `threads` the limit for OpenVINO (None: that of the process). Computes in
    bfloat16 where the processor multiplies it natively (`TorchEmbedder.in_bfloat16` says what that changes).

    Raises:
        WeightsError: as `make_embedder`.
    """
    if key == "sface" and device == "cpu" and is_wanted(environ):
        try:
            return load_openvino_sface(store, cache=cache, threads=threads)
        except RuntimeMissingError as error:
            # Logged at each load of the models, to explain why faces take twice as long.
            _log.warning("OpenVINO is not there (%s): PyTorch embeds faces", error)
    embedder = make_embedder(key, torch.device(device), store)
    return embedder.in_bfloat16() if multiplies_bfloat16(torch.device(device)) else embedder


def load_openvino_sface(
    store: WeightsStore, *, cache: Path | None = None, threads: int | None = None
) -> OpenVinoEmbedder:
    """Build SFace on OpenVINO, as `make_embedder` does in PyTorch.

    Raises:
        RuntimeMissingError: if OpenVINO is not there.
        WeightsError: if a file is missing, damaged or of another network.
    """
    spec = EMBEDDERS["sface"]
    listed = {entry.name for entry in store.entries()}
    parts = [name for name in (spec.weights, f"trunk-{spec.id}", f"projection-{spec.id}") if name in listed]
    files = {name.partition("-")[0]: store.path(name) for name in parts}
    id_, moved, projected = spec.id + store.version(spec.weights), None, None
    if (trunk := files.get("trunk")) is not None:
        moved = read_tuned_trunk(trunk, embedder_id=id_)
        id_ = f"{id_}~{moved.id}"
    if (projection := files.get("projection")) is not None:
        projected = read_projection(projection, embedder_id=id_)
        id_ = f"{id_}@{projected.id}"

    def weights() -> tuple[SFaceWeights, Floats | None]:
        read = read_sface_weights(store.path(spec.weights))
        if moved is not None and trunk is not None:
            read = _moved(read, moved, trunk)
        return read, None if projected is None else projected.weight

    return OpenVinoEmbedder(
        weights,
        id=id_,
        projection_dim=0 if projected is None else projected.tail.shape[1],
        least_brightness=0.0 if moved is None else moved.least_brightness,
        cache=None if cache is None else CompiledCache(cache, "sface", (GRAPH_VERSION, *map(store.sha256, parts))),
        threads=threads,
    )


def _moved(weights: SFaceWeights, tuned: TunedTrunk, file: Path) -> SFaceWeights:
    trunk = dict(weights.trunk)
    for name, array in tuned.movement.items():
        if name not in trunk or trunk[name].shape != array.shape:
            raise damaged_trunk(file)
        trunk[name] = trunk[name] + array
    for name, bounds in tuned.ranges.items():
        kernel = trunk.get(f"{name}.weight")
        if kernel is None or kernel.ndim < 2 or bounds.shape != (4, len(kernel)):
            raise damaged_trunk(file)
    return SFaceWeights(trunk, weights.tail, tuned.ranges)
