"""The contracts of a face embedder: of one that recognises, and of one that is meta-trained on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, Self, runtime_checkable

from metaface_gui.deferred import Tensor, torch
from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.types import Floats, Image

if TYPE_CHECKING:
    from metaface_gui.pipeline.embedding.projection import Projection


class FaceEmbedder(Protocol):
    """Maps aligned crops to what learners see: points whose nearness means the same person (`FeatureSpace`)."""

    @property
    def id(self) -> str:
        """Name and version of the weights, kept with every template.

        `sface-2021dec`, then tags (`feature_space`): of a user's own copy, a tuned trunk, a projection.
        """

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
    def space(self) -> FeatureSpace:
        """How its features are laid out: d floats of `embed`, then r of the projection (0 without one)."""

    @property
    def device(self) -> torch.device | str:
        """Where it computes; `str` of it is the device's name."""

    def features(self, crops_rgb: Tensor) -> Tensor:
        """Map crops (n, 3, s, s) uint8 to what learners see: x = [s; v], (n, p) float32; costs what `embed` costs."""


@runtime_checkable
class FrozenEmbedder(FaceEmbedder, Protocol):
    """One that is never differentiated and needs no PyTorch."""

    def features_of(self, crops_rgb: Image) -> Floats:
        """`features` of arrays: crops (n, s, s, 3) uint8 → (n, p) float32."""


class TrainableEmbedder(FaceEmbedder, Protocol):
    """A frozen trunk and an adaptable tail, in PyTorch: what meta-training and meta-testing look through.

    `trunk` is frozen and its features may be cached; `tail` maps them to embeddings and is what meta-learning moves.
    `embed` gives s, the embedding under the stock tail; `features` adds what the projection makes of the same trunk
    features.
    """

    @property
    def projection(self) -> Projection | None:
        """The meta-trained projection it has, if any."""

    @property
    def device(self) -> torch.device:
        """Where it computes."""

    def trunk(self, crops_rgb: Tensor) -> Tensor:
        """Map crops (n, 3, s, s) uint8 on any device to features (n, u) float32 on `device`; n may be 0."""

    def tail(self, features: Tensor) -> Tensor:
        """Map trunk features (n, u) to L2-normalised embeddings (n, d)."""

    def embed(self, crops_rgb: Tensor) -> Tensor:
        """`tail(trunk(crops))`: (n, 3, s, s) uint8 → (n, d) float32, L2-normalised."""

    def project(self, trunk_features: Tensor) -> Tensor:
        """What `features` does after the trunk: (n, u) of any float dtype, on any device → (n, p) float32."""

    def with_projection(self, projection: Projection | None) -> Self:
        """Return an embedder of the same weights with that projection, or none, and an id that says so."""
