"""Crops → what learners see, by the crop alone or in several views of it: mirrored, and moved by a few pixels.

All are the same person: what noise, a shadow, a half-hidden face or a misplaced landmark take from one view they do not
take from the others alike, so that the mean of the embeddings is nearer to the person. It is the oldest of test-time
augmentations (Krizhevsky, Sutskever and Hinton, "ImageNet classification with deep convolutional neural networks",
NIPS 2012, section 4.1; of faces Parkhi et al., "Deep face recognition", BMVC 2015); what it costs is a pass a view.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from metaface_gui.deferred import torch
from metaface_gui.pipeline.embedding.base import FaceEmbedder, FrozenEmbedder
from metaface_gui.types import Floats, Image

VIEWS = 4
"""The crop, its mirror image, and both moved to the left. Views that are larger, smaller, turned or moved the other
way, too, made nothing better; nor did ones made smooth, sharp, brighter or darker."""
_MOVED = 1 / 28
"""Share of a crop by which it is moved: four of 112 pixels; three and six are as good."""


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


def features_of_views(embedder: FaceEmbedder, crops_rgb: Image) -> Floats:
    """Embed n ≥ 0 aligned crops (n, s, s, 3) uint8 in all their views: (n, p) float32, the mean.

    It is the mean of the embeddings as they were before they were normalised: a longer one, which saw more of the
    face, counts more. An embedder without projection does not tell; it sees the crops alone, as it was published.

    Raises:
        ArithmeticError: if a value is not finite.
    """
    if embedder.space.projection_dim == 0 or len(crops_rgb) == 0:
        return features_of(embedder, crops_rgb)
    views = (in_view(np.full(len(crops_rgb), view), crops_rgb) for view in range(VIEWS))
    features = (features_of(embedder, view) for view in views)
    total = sum((seen / seen[:, -1:] for seen in features), np.zeros((), np.float32))
    mean = total / np.linalg.norm(total[:, : embedder.space.embedding_dim], axis=1, keepdims=True)
    return np.asarray(mean, np.float32)


def in_view(turns: NDArray[np.intp], crops_rgb: Image) -> Image:
    """Show each of the crops (n, s, s, 3) in the view whose turn it is, (n,), counted round: looks at a face in a video
    take turns, so that pooled, all views cost what one does.
    """
    view, moved = turns % VIEWS, round(_MOVED * crops_rgb.shape[2])
    seen = np.where((view % 2 == 1)[:, None, None, None], crops_rgb[:, :, ::-1], crops_rgb)
    # What comes in from the right is what was there, as in a mirror: of a crop that is all there is.
    left = np.concatenate([seen[:, :, moved:], seen[:, :, ::-1][:, :, :moved]], axis=2)
    return np.where((view >= VIEWS // 2)[:, None, None, None], left, seen)
