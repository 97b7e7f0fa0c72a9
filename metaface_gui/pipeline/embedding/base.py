"""The contracts of a face embedder, for recognition and for meta-training."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, Self, runtime_checkable

from metaface_gui.deferred import Tensor, torch
from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.types import Floats, Image

if TYPE_CHECKING:
    from metaface_gui.pipeline.embedding.projection import Projection


class FaceEmbedder(Protocol):
    """Maps aligned crops to the features that learners see (`FeatureSpace`): nearness means the same person."""

    @property
    def id(self) -> str:
        """Name and version of the weights, stored with every template.

        `sface-2021dec`, followed by tags (`feature_space`) for a user's own copy, a tuned trunk and a projection.
        """

    @property
    def key(self) -> str:
        """Name in settings and commands: `sface`, `facenet-vggface2`, `facenet-casia`."""

    @property
    def crop_size(self) -> int:
        """Side of the square aligned RGB crops it takes, pixels: 112 or 160."""

    @property
    def embedding_dim(self) -> int:
        """d, the length of an embedding."""

    @property
    def space(self) -> FeatureSpace:
        """The layout of its features: d floats of `embed`, then r of the projection (0 without one)."""

    @property
    def device(self) -> torch.device | str:
        """The device it computes on; `str` of it is the device's name."""

    def features(self, crops_rgb: Tensor) -> Tensor:
        """Map crops (n, 3, s, s) uint8 to what learners see: x = [s; v], (n, p) float32; as fast as `embed`."""


@runtime_checkable
class FrozenEmbedder(FaceEmbedder, Protocol):
    """An embedder that is never differentiated and needs no PyTorch."""

    def features_of(self, crops_rgb: Image) -> Floats:
        """The same as `features` for arrays: crops (n, s, s, 3) uint8 → (n, p) float32."""


class TrainableEmbedder(FaceEmbedder, Protocol):
    """A frozen trunk and an adaptable tail in PyTorch, for meta-training and meta-testing.

    `trunk` is frozen and its features may be cached; `tail` maps them to embeddings and is what meta-learning moves.
    `embed` returns s, the embedding under the stock tail; `features` adds the projection of the same trunk features.
    """

    @property
    def projection(self) -> Projection | None:
        """The meta-trained projection it has, if any."""

    @property
    def device(self) -> torch.device:
        """The device it computes on."""

    def trunk(self, crops_rgb: Tensor) -> Tensor:
        """Map crops (n, 3, s, s) uint8 on any device to features (n, u) float32 on `device`; n may be 0."""

    def tail(self, features: Tensor) -> Tensor:
        """Map trunk features (n, u) to L2-normalised embeddings (n, d)."""

    def embed(self, crops_rgb: Tensor) -> Tensor:
        """`tail(trunk(crops))`: (n, 3, s, s) uint8 → (n, d) float32, L2-normalised."""

    def project(self, trunk_features: Tensor) -> Tensor:
        """The part of `features` after the trunk: (n, u) of any float dtype, on any device → (n, p) float32."""

    def with_projection(self, projection: Projection | None) -> Self:
        """Return an embedder with the same weights and that projection, or none, and a matching id."""
