"""How the features that learners see are laid out: what embedding produces and learners consume, known to both."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FeatureSpace:
    """A face's features are (d + r,) float32: x = [s; v].

    s (d) is the embedder's stock embedding, of length 1. v (r) are meta-trained projections of the same trunk features,
    divided by the length that the stock embedding had before it was normalised, so that s + A v is along the embedding
    of a moved tail. r is 0 for an embedder that no projection was trained for.

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
