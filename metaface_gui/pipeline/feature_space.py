"""How the features that learners see are laid out: what embedding produces and learners consume, known to both.

An embedder's id is `network`, then `+tag` if its weights are a user's own copy of the network in another precision,
then `~tag` if its trunk is tuned, then `@tag` if it has a projection. All but `+tag` together say in which space its
features are.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FeatureSpace:
    """A face's features are (d + r,) float32: x = [s; v].

    s (d) is the embedding under the stock tail, of length 1. v (r) are meta-trained projections of the same trunk
    features, divided by the length that s had before it was normalised, so that s + A v is along the embedding of a
    moved tail. The last of v is one over that length, which is the greater the more of a face the network saw (Meng et
    al., "MagFace", CVPR 2021). r is 0 for an embedder that no projection was trained for.

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
    """Return the network and its tuned trunk, if any: what a projection's trunk features come from."""
    network, tuned, trunk = embedder_id.partition("@")[0].partition("~")
    return network.partition("+")[0] + tuned + trunk


def space_id(embedder_id: str) -> str:
    """Return the id without the tag of a user's own copy: what decides whether features may be compared."""
    _, projected, projection = embedder_id.partition("@")
    return backbone_of(embedder_id) + projected + projection


def same_space(one_id: str, other_id: str) -> bool:
    """Whether what was fitted to features of one embedder fits those of the other: but for `+`, all tags are alike."""
    return space_id(one_id) == space_id(other_id)
