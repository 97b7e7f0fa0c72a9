"""Crops → what learners see, by the crop alone or together with its mirror image.

A face and its mirror image are one person in two views: what noise, a shadow or a half-hidden face take from the one
they do not take from the other alike, so that the mean of both embeddings is nearer to the person. It is the oldest of
test-time augmentations (Parkhi et al., "Deep face recognition", BMVC 2015); what it costs is another pass.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from metaface_gui.deferred import torch
from metaface_gui.pipeline.embedding.base import FaceEmbedder, FrozenEmbedder
from metaface_gui.types import Floats, Image


def features_of(embedder: FaceEmbedder, crops_rgb: Image) -> Floats:
    """Embed n ≥ 0 aligned crops (n, s, s, 3) uint8: (n, p) float32, what learners see (`FeatureSpace`).

    Raises:
        ArithmeticError: if a value is not finite, as from a broken card: it would get into tracks, templates and shots.
    """
    if isinstance(embedder, FrozenEmbedder):
        features = embedder.features_of(crops_rgb)
    else:
        features = embedder.features(torch.from_numpy(crops_rgb).permute(0, 3, 1, 2)).cpu().numpy()
    if not np.isfinite(features).all():
        raise ArithmeticError(f"{embedder.id} gave values that are not finite")
    return features


def features_of_both(embedder: FaceEmbedder, crops_rgb: Image) -> Floats:
    """Embed n ≥ 0 aligned crops (n, s, s, 3) uint8 and their mirror images: (n, p) float32, the mean of both.

    It is the mean of the embeddings as they were before they were normalised: the longer one, which saw more of the
    face, counts more. An embedder without projection does not tell; it sees the crops alone, as it was published.

    Raises:
        ArithmeticError: if a value is not finite.
    """
    one = features_of(embedder, crops_rgb)
    if embedder.space.projection_dim == 0 or len(one) == 0:
        return one
    other = features_of(embedder, _mirrored(crops_rgb))
    both = one / one[:, -1:] + other / other[:, -1:]
    mean = both / np.linalg.norm(both[:, : embedder.space.embedding_dim], axis=1, keepdims=True)
    return np.asarray(mean, np.float32)


def mirrored_where(is_mirrored: NDArray[np.bool_], crops_rgb: Image) -> Image:
    """Replace those of the crops (n, s, s, 3) by their mirror images of which that is said (n,).

    Every other look at a face in a video is at its mirror image: pooled, both views cost what one does.
    """
    return np.where(is_mirrored[:, None, None, None], _mirrored(crops_rgb), crops_rgb)


def _mirrored(crops_rgb: Image) -> Image:
    return np.ascontiguousarray(crops_rgb[:, :, ::-1])
