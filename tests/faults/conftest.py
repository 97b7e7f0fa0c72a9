"""A running engine whose graphics card a test can break, and galleries to break."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import torch
from torch import Tensor

from metaface_gui.engine import assembly
from metaface_gui.engine.engine import Engine
from metaface_gui.gallery import Gallery
from metaface_gui.pipeline.embedding import make_embedder
from metaface_gui.pipeline.embedding.base import FaceEmbedder
from metaface_gui.pipeline.embedding.device import device_name
from metaface_gui.resources import weights_dir
from metaface_gui.settings import RecognitionSettings
from metaface_gui.weights.store import WeightsStore
from tests.engine.listening import Listener, running


@dataclass
class Card:
    """A graphics card that is none: `failures` are raised one after another, by whoever embeds faces on it."""

    failures: Iterator[Exception] = field(default_factory=lambda: iter(()))


class OnCard:
    """An embedder that computes on the processor and says that it is the card."""

    device = torch.device("cuda")

    def __init__(self, embedder: FaceEmbedder, card: Card) -> None:
        self._embedder, self._card = embedder, card

    def __getattr__(self, name: str) -> object:
        return getattr(self._embedder, name)

    def features(self, crops_rgb: Tensor) -> Tensor:
        for failure in self._card.failures:
            raise failure
        return self._embedder.features(crops_rgb)


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> Card:
    """The card of this computer; `auto` takes it."""
    card = Card()
    loaded = dict[str, FaceEmbedder]()  # reading the weights twice would take the tests seconds

    def make(key: str, device: str, store: WeightsStore, **_: object) -> FaceEmbedder | OnCard:
        on_processor = loaded.setdefault(key, loaded.get(key) or make_embedder(key, torch.device("cpu"), store))
        return OnCard(on_processor, card) if device == "cuda" else on_processor

    def resolve(name: str) -> str:
        return "cuda" if name in ("auto", "cuda") else device_name(name)

    monkeypatch.setattr(assembly, "make_frozen_embedder", make)
    monkeypatch.setattr(assembly, "device_name", resolve)
    return card


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
def gallery(tmp_path: Path) -> Iterator[Gallery]:
    with Gallery.open(tmp_path / "people.metaface") as gallery:
        yield gallery


@pytest.fixture
def engine(card: Card, gallery: Gallery, listener: Listener, tmp_path: Path) -> Iterator[Engine]:
    """An engine that computes on the card."""
    del card  # it has to be in its place before models are loaded
    engine = Engine(gallery, WeightsStore(weights_dir(), tmp_path / "weights"), listener, RecognitionSettings())
    with running(engine, listener) as ready:
        assert ready.device == "cuda"
        yield engine
