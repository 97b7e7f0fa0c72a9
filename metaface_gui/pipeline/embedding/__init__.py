"""Embedding: aligned crops → unit vectors whose nearness means the same person, and what learners can move them by.

Lives here: the networks and how their weights files are read, their registry, the projection, the choice of device.
May not live here: detection, alignment, decisions about who somebody is, Qt.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from metaface_gui.errors import QT_TRANSLATE_NOOP, WeightsError

if TYPE_CHECKING:
    import torch

    from metaface_gui.pipeline.embedding.torch_embedder import TorchEmbedder
    from metaface_gui.weights.store import WeightsStore


@dataclass(frozen=True, slots=True)
class EmbedderSpec:
    """What is known of an embedder before its weights are read: their name in the store, its sizes, its templates' id.

    A template's `embedder_id` begins with `id`; weights that a user installed themselves add a tag of their own, and so
    do a tuned trunk and a projection, whose entries in the store are `trunk-` and `projection-` with this `id`.
    """

    key: str
    weights: str
    id: str
    crop_size: int
    embedding_dim: int


DEFAULT_EMBEDDER = "sface"
EMBEDDERS: Mapping[str, EmbedderSpec] = MappingProxyType(
    {
        spec.key: spec
        for spec in (
            EmbedderSpec("sface", "sface-2021dec", "sface-2021dec", 112, 128),
            EmbedderSpec("facenet-vggface2", "facenet-vggface2", "facenet-vggface2-20180402", 160, 512),
            EmbedderSpec("facenet-casia", "facenet-casia-webface", "facenet-casia-20180408", 160, 512),
        )
    }
)
"""Every embedder by its key, the default first."""


def make_embedder(key: str, device: torch.device, store: WeightsStore, *, meta_trained: bool = True) -> TorchEmbedder:
    """Build the embedder with that key from the store's weights, with its tuned trunk and projection if there are some.

    Without `meta_trained` it is the stock network, as published: what meta-training is measured against.

    Raises:
        WeightsError: if there is no such embedder, or a file is missing, damaged or of another network.
    """
    if key not in EMBEDDERS:
        raise WeightsError(
            QT_TRANSLATE_NOOP("Errors", "There is no embedder “{key}”. Choose one of: {keys}."),
            key=key,
            keys=", ".join(EMBEDDERS),
        )
    spec = EMBEDDERS[key]
    embedder = _load(spec, device, store)
    if not meta_trained:
        return embedder
    names = {entry.name for entry in store.entries()}
    if (name := f"trunk-{spec.id}") in names:
        embedder = with_trunk_file(embedder, store.path(name))
    if (name := f"projection-{spec.id}") in names:
        embedder = with_projection_file(embedder, store.path(name))
    return embedder


def with_trunk_file(embedder: TorchEmbedder, path: Path) -> TorchEmbedder:
    """Return the embedder with the tuned trunk in a file.

    Raises:
        WeightsError: if the file is missing, damaged or of another network.
    """
    # PyTorch loads when a network is made, not when a command line asks which there are.
    from metaface_gui.pipeline.embedding.tuned_trunk import damaged_trunk, read_tuned_trunk  # noqa: PLC0415

    try:
        return embedder.with_trunk(read_tuned_trunk(path, embedder_id=embedder.id))
    except ValueError as error:
        raise damaged_trunk(path) from error


def with_projection_file(embedder: TorchEmbedder, path: Path) -> TorchEmbedder:
    """Return the embedder with the projection in a file.

    Raises:
        WeightsError: if the file is missing, damaged or of another network or trunk.
    """
    from metaface_gui.pipeline.embedding.projection import damaged_projection, read_projection  # noqa: PLC0415 - as above

    try:
        return embedder.with_projection(read_projection(path, embedder_id=embedder.id))
    except ValueError as error:
        raise damaged_projection(path) from error


def _load(spec: EmbedderSpec, device: torch.device, store: WeightsStore) -> TorchEmbedder:
    path = store.path(spec.weights)
    id_ = spec.id + store.version(spec.weights)
    if spec.key == "sface":
        from metaface_gui.pipeline.embedding.sface import load_sface  # noqa: PLC0415 - brings PyTorch

        return load_sface(path, device, id=id_)
    # facenet-pytorch brings torchvision: seconds of imports that the default embedder does without.
    from metaface_gui.pipeline.embedding.inception_resnet_v1 import load_inception_resnet_v1  # noqa: PLC0415

    return load_inception_resnet_v1(path, device, key=spec.key, id=id_)
