"""Embedding: aligned crops → unit vectors whose nearness means the same person.

Lives here: the networks and how their weights files are read, their registry, the choice of device.
May not live here: detection, alignment, decisions about who somebody is, Qt.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import torch

from metaface_gui.errors import QT_TRANSLATE_NOOP, WeightsError
from metaface_gui.pipeline.embedding.sface import load_sface
from metaface_gui.pipeline.embedding.torch_embedder import LinearTail, TorchEmbedder
from metaface_gui.pipeline.weights_store import WeightsStore

__all__ = ["DEFAULT_EMBEDDER", "EMBEDDERS", "EmbedderSpec", "LinearTail", "TorchEmbedder", "make_embedder"]


@dataclass(frozen=True, slots=True)
class EmbedderSpec:
    """What is known of an embedder before its weights are read: their name in the store, its sizes, its templates' id.

    A template's `embedder_id` begins with `id`; weights that a user installed themselves add a tag of their own.
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


def make_embedder(key: str, device: torch.device, store: WeightsStore) -> TorchEmbedder:
    """Build the embedder with that key from the store's weights.

    Raises:
        WeightsError: if there is no such embedder, or its weights are missing, damaged or of another network.
    """
    if key not in EMBEDDERS:
        raise WeightsError(
            QT_TRANSLATE_NOOP("Errors", "There is no embedder “{key}”. Choose one of: {keys}."),
            key=key,
            keys=", ".join(EMBEDDERS),
        )
    spec = EMBEDDERS[key]
    path = store.path(spec.weights)
    id_ = spec.id + store.version(spec.weights)
    if key == "sface":
        return load_sface(path, device, id=id_)
    # facenet-pytorch brings torchvision: seconds of imports that the default embedder does without.
    from metaface_gui.pipeline.embedding.inception_resnet_v1 import load_inception_resnet_v1  # noqa: PLC0415

    return load_inception_resnet_v1(path, device, key=key, id=id_)
