"""Carries faces from one frame to the next without detecting them: optical flow on a small grey copy.

Lucas and Kanade, "An Iterative Image Registration Technique with an Application to Stereo Vision", IJCAI 1981, in the
pyramid form of Bouguet 2000 (`cv2.calcOpticalFlowPyrLK`). The median of some points' movement is a face's: a turn of
the head is not seen, but over the one or two frames between detections it need not be.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from metaface_gui.types import Floats, Image

_GREY_SIDE = 640
_GRID = 5
_REACH = 0.3
"""The points lie within this much of the box's size around its centre: on the face, not on what is behind it."""
_LEAST_POINTS = 8
_FARTHEST_PX = 1e6
"""Beyond it there is no face; comparing with it also leaves out what is not finite."""
_WINDOW = (15, 15)
_LEVELS = 2
_THUMBNAIL = (32, 18)
_CUT = 25.0
"""Mean change of the thumbnail, in grey levels, that only another scene or light makes: a fast pan stays below."""
_SOME_CHANGE, _MUCH_OF_IT = 2.0, 0.3
"""Grey levels by which a place of a thumbnail has changed, and the share of places that do where it is another scene:
somebody near who steps into the light changes less of it."""
_OTHER_SCENE, _OTHER_PLACE = 0.45, 0.58
"""Correlations of thumbnails, as they lie and at the best of some shifts, both below which it is another scene: over
the cuts of a stage, as it is and darkened to a fifth, they are 0.28 and 0.53 at most, between a shot's own frames never
below 0.63 and 0.63, and after a fast pan the second one is high."""
_MARGIN = (2, 4)
"""Rows and columns of a thumbnail by which it is shifted."""


@dataclass(frozen=True, slots=True, eq=False)
class _Grey:
    """A frame reduced: `image` (h, w) uint8, `thumbnail` for cuts; `frame_size` is (height, width) of the frame."""

    image: Image
    frame_size: tuple[int, int]
    thumbnail: Floats


class FaceMotion:
    """Remembers the frame before; belongs to one thread.

    Every frame must be shown to it, whether faces are carried through it or not.
    """

    def __init__(self) -> None:
        self._before: _Grey | None = None
        self._now: _Grey | None = None

    def reset(self) -> None:
        """Forget the frames so far: another source."""
        self._before = self._now = None

    def show(self, image_bgr: Image) -> None:
        """Take the next frame (height, width, 3) uint8."""
        self._before, self._now = self._now, _reduced(image_bgr)

    @property
    def is_cut(self) -> bool:
        """Whether the newest frame shows another scene than the one before, or is of another size, or is the first."""
        if self._before is None or self._now is None or self._before.frame_size != self._now.frame_size:
            return True
        change = float(np.abs(self._now.thumbnail - self._before.thumbnail).mean())
        return change > _CUT or self.is_other_scene

    @property
    def is_other_scene(self) -> bool:
        """Whether nothing is where it was: light that changes leaves a scene what it is, and a cut in the dark does
        not. False where there is no frame before, or one of another size."""
        before, now = self._before, self._now
        if before is None or now is None or before.frame_size != now.frame_size:
            return False
        if (np.abs(now.thumbnail - before.thumbnail) > _SOME_CHANGE).mean() < _MUCH_OF_IT:
            return False
        rows, columns = _MARGIN
        inner = before.thumbnail[rows:-rows, columns:-columns]
        return (
            _correlation(now.thumbnail, before.thumbnail) < _OTHER_SCENE
            and _correlation(now.thumbnail, inner) < _OTHER_PLACE
        )

    def moved(self, boxes_xyxy: Floats) -> Floats:
        """How far faces with these boxes (n, 4) in the frame before went: (n, 2) float32 pixels, x and y.

        0 where it cannot be said: too few points have a texture and are in both frames, the frames differ in size, or
        the box is not finite.
        """
        before, now = self._before, self._now
        steps = np.zeros((len(boxes_xyxy), 2), np.float32)
        rows = np.flatnonzero((np.abs(boxes_xyxy) < _FARTHEST_PX).all(axis=1))
        if before is None or now is None or before.frame_size != now.frame_size or len(rows) == 0:
            return steps
        height, width = now.image.shape
        scale = np.array([width / now.frame_size[1], height / now.frame_size[0]], np.float32)
        points = _points_on(boxes_xyxy[rows]) * scale
        found, is_found, _ = cv2.calcOpticalFlowPyrLK(
            before.image,
            now.image,
            points.reshape(-1, 1, 2),
            np.empty(0, np.float32),
            winSize=_WINDOW,
            maxLevel=_LEVELS,
        )
        went = (found.reshape(points.shape) - points) / scale
        valid = is_found.reshape(points.shape[:2]).astype(bool)
        for row, each, good in zip(rows, went, valid, strict=True):
            if good.sum() >= _LEAST_POINTS:
                steps[row] = np.median(each[good], axis=0)
        return steps


def _correlation(picture: Floats, part: Floats) -> float:
    """The best correlation, −1 … 1, of a part with a place of a picture; 0 where either is even."""
    return float(np.nan_to_num(cv2.matchTemplate(picture, part, cv2.TM_CCOEFF_NORMED)).max())


def _reduced(image_bgr: Image) -> _Grey:
    height, width = image_bgr.shape[:2]
    scale = min(1.0, _GREY_SIDE / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    # Reduced before it is made grey: a third of the work.
    small = cv2.resize(image_bgr, size, interpolation=cv2.INTER_LINEAR) if scale < 1.0 else image_bgr
    grey = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.uint8)
    thumbnail = np.asarray(cv2.resize(grey, _THUMBNAIL, interpolation=cv2.INTER_AREA), np.float32)
    return _Grey(grey, (height, width), thumbnail)


def _points_on(boxes_xyxy: Floats) -> Floats:
    """A grid of points on each of n faces: (n, 25, 2) float32."""
    centres = (boxes_xyxy[:, :2] + boxes_xyxy[:, 2:]) / 2.0
    sizes = boxes_xyxy[:, 2:] - boxes_xyxy[:, :2]
    steps = np.linspace(-_REACH, _REACH, _GRID)
    grid = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
    return np.asarray(centres[:, None] + grid[None] * sizes[:, None], np.float32)
