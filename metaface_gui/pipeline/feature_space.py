"""How the features that learners see are laid out: produced by embedding, consumed by learners, known to both.

An embedder's id is `network`, then `+tag` if its weights are a user's own copy of the network in another precision,
then `~tag` if its trunk is tuned, then `@tag` if it has a projection. All of it except `+tag` identifies the space of
its features.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FeatureSpace:
    """A face's features are (d + r,) float32: x = [s; v].

    s (d) is the embedding under the stock tail, of length 1. v (r) are meta-trained projections of the same trunk
    features, divided by the length of s before normalisation, so that s + A v has the direction of the embedding under
    a moved tail. The last value of v is the reciprocal of that length, which is larger the more of a face the network
    saw (Meng et al., "MagFace", CVPR 2021). r is 0 for an embedder without a trained projection.

    Raises:
        ValueError: if d < 1 or r < 0.
    """

    embedding_dim: int
    projection_dim: int = 0

    def __post_init__(self) -> None:
        if self.embedding_dim < 1 or self.projection_dim < 0:
            raise ValueError(f"want d ≥ 1 and r ≥ 0, got {self.embedding_dim} and {self.projection_dim}")

    @property
    def feature_dim(self) -> int:
        """p = d + r, the length of a face's features."""
        return self.embedding_dim + self.projection_dim


def network_of(embedder_id: str) -> str:
    """Return the network in an embedder's id, without its tags."""
    return backbone_of(embedder_id).partition("~")[0]


def backbone_of(embedder_id: str) -> str:
    """Return the network and its tuned trunk, if any, which together produce a projection's trunk features."""
    network, tuned, trunk = embedder_id.partition("@")[0].partition("~")
    return network.partition("+")[0] + tuned + trunk


def space_id(embedder_id: str) -> str:
    """Return the id without the tag of a user's own copy; features are comparable if these ids are equal."""
    _, projected, projection = embedder_id.partition("@")
    return backbone_of(embedder_id) + projected + projection


def same_space(one_id: str, other_id: str) -> bool:
    """Whether what was fitted to one embedder's features fits the other's: all tags but `+` are equal."""
    return space_id(one_id) == space_id(other_id)
