"""Find faces in the dark: average frames where nothing moves, reduce them until the noise is gone, then brighten them.

A detector takes a sensor's noise for texture and does not see the face behind it. Brightening alone amplifies the noise
as well, and reducing alone leaves a face too dark. Smoothed, reduced to about 40 pixels a face and then brightened, the
same faces are nearly always found (figures in `metalearning/README.md`). The faces' size is unknown, hence three sizes.
"""

from __future__ import annotations

import math

import cv2
import numpy as np

from metaface_gui.pipeline.detection.base import FaceDetector
from metaface_gui.pipeline.detection.merge import joined, supplemented
from metaface_gui.types import FaceDetections, Floats, Image

_SIDES = (480, 240, 120)
_SMOOTHING = 1.0
_BRIGHT = 80.0
_DARK = 60.0
_HIGH = 90.0
_SAMPLES_ACROSS = 64
_MOST_FRAMES = 8.0
_MOVES = 2.5
"""Change, averaged over `_WINDOW` pixels, that counts as movement, in standard deviations of the noise."""
_WINDOW = (5, 5)
_TO_DEVIATION = 1.4826
"""Converts a median of absolute values to a standard deviation, for a normal distribution."""
_NOISE_GROWS = 1.02
_LEAST_NOISE = 0.02
_MIN_SIDE_PX = 16


def is_dark(image_bgr: Image) -> bool:
    """Whether nine tenths of a picture (height, width, 3) are darker than a quarter of full brightness.

    So a lit face in front of a black wall is not dark, but a dark scene with a lamp in it is.
    """
    step = max(1, max(image_bgr.shape[:2]) // _SAMPLES_ACROSS)
    values = image_bgr[::step, ::step].max(axis=2).ravel()
    # Like `np.percentile`, which would import masked arrays before the first face is found.
    place = _HIGH / 100.0 * (len(values) - 1)
    below, above = math.floor(place), math.ceil(place)
    ordered = np.partition(values, (below, above))
    low, high = float(ordered[below]), float(ordered[above])
    return low + (high - low) * (place - below) < _DARK


class RunningMean:
    """The mean of the last frames where nothing moved, the newest frame elsewhere; belongs to one thread."""

    def __init__(self) -> None:
        self._mean: Floats | None = None
        self._frames = np.zeros((0, 0), np.float32)
        self._noise = np.inf

    def add(self, frame: Floats) -> Floats:
        """Add the next frame (h, w, 3) float32; returns the mean (h, w, 3), valid until the next call.

        A frame of another size starts over.
        """
        mean = self._mean
        if mean is None or mean.shape != frame.shape:
            self._mean, self._noise = frame.copy(), np.inf
            self._frames = np.ones(frame.shape[:2], np.float32)
            return self._mean
        grey = cv2.transform(frame - mean, np.full((1, 3), 1.0 / 3.0, np.float32))
        change = np.abs(cv2.blur(grey, _WINDOW))
        # Most of a picture stands still, so the median change is the noise. When the camera moves it is not, so the
        # noise may only grow slowly.
        noise = _TO_DEVIATION * float(np.median(change[::2, ::2])) + _LEAST_NOISE
        self._noise = min(_NOISE_GROWS * self._noise, noise)
        moves = cv2.dilate((change > _MOVES * self._noise).astype(np.uint8), np.ones(_WINDOW, np.uint8))
        self._frames = np.where(moves > 0, np.float32(1.0), np.minimum(self._frames + 1.0, _MOST_FRAMES))
        mean += (frame - mean) / self._frames[:, :, None]
        return mean


class DarkFaces:
    """Searches dark frames one after another and averages them, so it belongs to one thread."""

    def __init__(self, detector: FaceDetector) -> None:
        self._detector = detector
        self._mean = RunningMean()

    def reset(self) -> None:
        """Forget all frames, as for another scene or light."""
        self._mean = RunningMean()

    def search(self, image_bgr: Image, found: FaceDetections) -> FaceDetections:
        """Add to the faces `found` in a dark frame (height, width, 3) those that only its brightened copies show."""
        height, width = image_bgr.shape[:2]
        mean = self._mean.add(_reduced(image_bgr, _SIDES[0]))
        parts = []
        for side in _SIDES:
            level = cv2.GaussianBlur(_reduced(mean, side), (0, 0), _SMOOTHING)
            if min(level.shape[:2]) < _MIN_SIDE_PX:
                continue
            gain = max(1.0, _BRIGHT / max(float(level.mean()), 1.0))
            seen = self._detector.detect(np.clip(level * gain, 0.0, 255.0).astype(np.uint8))
            back = np.array([width / level.shape[1], height / level.shape[0]], np.float32)
            parts.append(seen.scaled(back))
        return supplemented(found, joined(parts))


def _reduced(picture: Floats | Image, longest_side: int) -> Floats:
    height, width = picture.shape[:2]
    scale = longest_side / max(height, width)
    if scale < 1.0:
        size = max(1, round(width * scale)), max(1, round(height * scale))
        return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.float32)
    return np.asarray(picture, np.float32)
