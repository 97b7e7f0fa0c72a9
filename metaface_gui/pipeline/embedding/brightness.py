"""Brightens a picture that is darker than anything training knew, before the network sees it.

A camera in the dark multiplies what little light there is; one that does not, or a film's dark scene, leaves faces at a
twentieth of the range. What is learnt of dark faces is of the former, so the latter are multiplied here: the same for
every runtime, to whole grey levels. No network is trained for it, and of a picture that is bright enough nothing
changes.
"""

from __future__ import annotations

import cv2
import numpy as np

from metaface_gui.deferred import Tensor, torch
from metaface_gui.types import Image

MOST_GAIN = 12.0
"""No picture becomes more than so many times as bright: what is left then is noise."""
_BLACK = 1.0
"""Grey level below which a picture's mean says nothing."""


def brightened(crop_rgb: Image, least: float) -> Image:
    """(h, w, 3) uint8 → the same, its mean at least `least`, a grey level, before it clips."""
    mean = float(crop_rgb.mean())
    if mean >= least:
        return crop_rgb
    return np.asarray(cv2.convertScaleAbs(crop_rgb, alpha=min(least / max(mean, _BLACK), MOST_GAIN)), np.uint8)


def brightened_batch(pixels: Tensor, least: float) -> Tensor:
    """(n, 3, h, w) of whole grey levels 0 … 255, float → the same, each as `brightened` makes it."""
    mean = pixels.mean((1, 2, 3), keepdim=True).clamp_min(_BLACK)
    gain = (least / mean).clamp(1.0, MOST_GAIN)
    return torch.clamp((pixels * gain).round(), max=255.0)
