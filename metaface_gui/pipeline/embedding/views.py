"""Turn crops into what learners see, from the crop alone or together with its mirror image.

A face and its mirror image are two views of one person. Noise, a shadow or an occlusion affects the two differently, so
the mean of both embeddings is closer to the person. It is the oldest test-time augmentation (Parkhi et al., "Deep face
recognition", BMVC 2015), at the cost of a second pass.
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
        ArithmeticError: if a value is not finite, as from faulty hardware: it would spread to tracks, templates and
            shots.
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

    The mean is taken of the embeddings before normalisation, so that the longer one, which saw more of the face, counts
    more. Without a projection these lengths are unknown, so the crops alone are embedded, as published.

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
    """Mirror those of the crops (n, s, s, 3) that `is_mirrored` (n,) marks.

    Every other look at a face in a video uses its mirror image: pooled, both views cost as much as one.
    """
    return np.where(is_mirrored[:, None, None, None], _mirrored(crops_rgb), crops_rgb)


def _mirrored(crops_rgb: Image) -> Image:
    return np.ascontiguousarray(crops_rgb[:, :, ::-1])
