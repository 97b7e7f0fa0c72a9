"""Brighten a picture that is darker than anything in training, before the network sees it.

A camera in the dark amplifies what little light there is. One that does not, or a film's dark scene, leaves faces at a
twentieth of the range. Training covered only the amplified kind, so the other kind is amplified here, the same way for
every runtime, to whole grey levels. No network is trained for this, and pictures that are bright enough do not change.
"""

from __future__ import annotations

import cv2
import numpy as np

from metaface_gui.deferred import Tensor, torch
from metaface_gui.types import Image

MOST_GAIN = 12.0
"""The largest gain: what would remain beyond it is noise."""
_BLACK = 1.0
"""Grey level below which a picture's mean is meaningless."""


def brightened(crop_rgb: Image, least: float) -> Image:
    """Brighten a picture (h, w, 3) uint8 so that its mean, before clipping, is at least `least`, a grey level."""
    mean = float(crop_rgb.mean())
    if mean >= least:
        return crop_rgb
    return np.asarray(cv2.convertScaleAbs(crop_rgb, alpha=min(least / max(mean, _BLACK), MOST_GAIN)), np.uint8)


def brightened_batch(pixels: Tensor, least: float) -> Tensor:
    """Brighten n pictures (n, 3, h, w) of whole grey levels 0 … 255, float, each as `brightened` does."""
    mean = pixels.mean((1, 2, 3), keepdim=True).clamp_min(_BLACK)
    gain = (least / mean).clamp(1.0, MOST_GAIN)
    return torch.clamp((pixels * gain).round(), max=255.0)
