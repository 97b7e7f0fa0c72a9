"""The contract of a face embedder: a frozen trunk and an adaptable tail."""

from __future__ import annotations

from typing import Protocol

import torch
from torch import Tensor


class FaceEmbedder(Protocol):
    """Maps aligned crops to points whose nearness means the same person.

    `trunk` is frozen and its features may be cached; `tail` maps them to embeddings and is what meta-learning moves.
    """

    @property
    def id(self) -> str:
        """Name and version of the weights, kept with every template, e.g. `sface-2021dec`."""

    @property
    def key(self) -> str:
        """Name in settings and commands: `sface`, `facenet-vggface2`, `facenet-casia`."""

    @property
    def crop_size(self) -> int:
        """Side of the square aligned RGB crop it wants, pixels: 112 or 160."""

    @property
    def embedding_dim(self) -> int:
        """d, the length of an embedding."""

    @property
    def device(self) -> torch.device:
        """Where it computes."""

    def trunk(self, crops_rgb: Tensor) -> Tensor:
        """Map crops (n, 3, s, s) uint8 on any device to features (n, u) float32 on `device`; n may be 0."""

    def tail(self, features: Tensor) -> Tensor:
        """Map trunk features (n, u) to L2-normalised embeddings (n, d)."""

    def embed(self, crops_rgb: Tensor) -> Tensor:
        """`tail(trunk(crops))`: (n, 3, s, s) uint8 → (n, d) float32, L2-normalised."""
