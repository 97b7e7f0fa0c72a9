"""Five landmarks → the upright square crop an embedder was trained on.

Sources: Umeyama, "Least-squares estimation of transformation parameters between two point patterns", PAMI 1991; the
112-pixel template is ArcFace's (Deng et al. 2019), which SFace shares.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

import cv2
import numpy as np
from numpy.typing import NDArray

from metaface_gui.types import Floats, Image


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """Where the five landmarks belong in a square crop: `points` (5, 2) pixels, eyes, nose, mouth corners.

    `stretch` is how much wider than in life the crop shows the face, about its vertical middle.
    """

    size: int
    points: NDArray[np.float64]
    stretch: float = 1.0


_ARCFACE = Template(
    112,
    np.array([[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]]),
)
# The networks of facenet-pytorch were trained on MTCNN's box, a third higher than wide, with a margin and resized to a
# square. These are the mean landmarks of such crops (LFW, margin 1/4, made symmetric) and their mean stretch. Accuracy
# of the CASIA weights on 2,000 LFW pairs: 98.9 %; without the stretch 97.5 %, ArcFace's template enlarged 97.2 %.
_FACENET = Template(
    160,
    np.array([[51.24, 65.4], [108.76, 65.4], [80.0, 90.9], [54.64, 112.8], [105.36, 112.8]]),
    stretch=1.33,
)
_TEMPLATES = MappingProxyType({template.size: template for template in (_ARCFACE, _FACENET)})
TEMPLATE_SIZES = tuple(_TEMPLATES)


def template_of(size: int) -> Template:
    """The template of `size`×`size` crops.

    Raises:
        ValueError: if no embedder wants that size.
    """
    if size not in _TEMPLATES:
        raise ValueError(f"no alignment template of {size} pixels; there is one for 112 and for 160")
    return _TEMPLATES[size]


def similarity_transforms(source: Floats, target: NDArray[np.float64]) -> NDArray[np.float64]:
    """The similarity (scale, rotation, shift; no reflection) nearest in least squares from each source to the target.

    `source` is (n, p, 2), `target` (p, 2); the answer is (n, 2, 3), to be applied to columns (x, y, 1). In the plane,
    with points as complex numbers centred on their means, Umeyama's optimum is the regression coefficient
    a = Σ s̄ t / Σ |s|², whose modulus is the scale and whose argument is the angle.

    Raises:
        ValueError: if points are not finite or all points of a source coincide.
    """
    points = source.astype(np.float64)
    if not np.isfinite(points).all():
        raise ValueError("landmarks must be finite")
    s = points[..., 0] + 1j * points[..., 1]
    t = target[:, 0] + 1j * target[:, 1]
    s_mean, t_mean = s.mean(axis=1), t.mean()
    s_centred = s - s_mean[:, None]
    spread = (np.abs(s_centred) ** 2).sum(axis=1)
    if (spread < 1e-12).any():
        raise ValueError("landmarks of a face coincide")
    a = (s_centred.conj() * (t - t_mean)).sum(axis=1) / spread
    shift = t_mean - a * s_mean
    return np.stack(
        [np.stack([a.real, -a.imag, shift.real], axis=1), np.stack([a.imag, a.real, shift.imag], axis=1)], axis=1
    )


def crop_transforms(landmarks: Floats, size: int) -> NDArray[np.float64]:
    """Affine maps (n, 2, 3) from the image's pixels to those of the `size`×`size` crop, of landmarks (n, 5, 2).

    The similarity is fitted to the face as it is in life; the template's stretch comes after it.

    Raises:
        ValueError: if there is no template of that size, or landmarks are not finite or coincide.
    """
    template = template_of(size)
    middle, stretch = size / 2, template.stretch
    in_life = template.points.copy()
    in_life[:, 0] = middle + (in_life[:, 0] - middle) / stretch
    transforms = similarity_transforms(landmarks, in_life)
    transforms[:, 0] *= stretch
    transforms[:, 0, 2] += middle * (1 - stretch)
    return transforms


def align(image_bgr: Image, landmarks: Floats, size: int) -> Image:
    """Cut the faces out upright: landmarks (n, 5, 2) in pixels of the image → RGB crops (n, size, size, 3) uint8.

    What lies beyond the image's edge is black. n may be 0.

    Raises:
        ValueError: if there is no template of that size, or landmarks are not finite or coincide.
    """
    crops = np.empty((len(landmarks), size, size, 3), np.uint8)
    for crop, transform in zip(crops, crop_transforms(landmarks, size), strict=True):
        warped = cv2.warpAffine(image_bgr, transform, (size, size), flags=cv2.INTER_LINEAR)
        cv2.cvtColor(warped, cv2.COLOR_BGR2RGB, dst=crop)
    return crops
