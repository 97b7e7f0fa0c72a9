from __future__ import annotations

import pytest
import torch

from metaface_gui.errors import WeightsError
from metaface_gui.pipeline.detection.align import template_of
from metaface_gui.pipeline.embedding import DEFAULT_EMBEDDER, EMBEDDERS, make_embedder
from metaface_gui.weights.store import WeightsStore

CPU = torch.device("cpu")


def test_the_default_comes_first_and_needs_nothing_fetched(store: WeightsStore) -> None:
    assert next(iter(EMBEDDERS)) == DEFAULT_EMBEDDER
    spec, embedder = EMBEDDERS[DEFAULT_EMBEDDER], make_embedder(DEFAULT_EMBEDDER, CPU, store)
    assert embedder.key == spec.key
    assert embedder.id.startswith(spec.id)
    assert (embedder.crop_size, embedder.embedding_dim) == (spec.crop_size, spec.embedding_dim)
    assert embedder.device == CPU


@pytest.mark.parametrize("key", list(EMBEDDERS))
def test_every_embedder_has_weights_in_the_manifest_and_a_template_to_align_to(key: str, store: WeightsStore) -> None:
    spec = EMBEDDERS[key]
    assert store.entry(spec.weights).key == key
    points = template_of(spec.crop_size).points
    assert points.shape == (5, 2)
    assert 0 < points.min() < points.max() < spec.crop_size


def test_ids_differ() -> None:
    assert len({spec.id for spec in EMBEDDERS.values()}) == len(EMBEDDERS)


@pytest.mark.parametrize("key", ["facenet-vggface2", "facenet-casia"])
def test_weights_that_are_not_here_yet_say_how_to_get_them(key: str, store: WeightsStore) -> None:
    with pytest.raises(WeightsError, match="metaface weights fetch"):
        make_embedder(key, CPU, store)


def test_an_unknown_embedder_lists_the_known_ones(store: WeightsStore) -> None:
    with pytest.raises(WeightsError, match="sface, facenet-vggface2, facenet-casia"):
        make_embedder("nonsense", CPU, store)
