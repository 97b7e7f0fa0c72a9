"""Carry faces from one frame to the next without detecting them: optical flow on a small grey copy.

Lucas and Kanade, "An Iterative Image Registration Technique with an Application to Stereo Vision", IJCAI 1981, in the
pyramidal form of Bouguet 2000 (`cv2.calcOpticalFlowPyrLK`). A face moves by the median of some points' movement. This
misses a turn of the head, which does not matter over the one or two frames between detections.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from metaface_gui.types import Floats, Image

_GREY_SIDE = 640
_GRID = 5
_REACH = 0.3
"""The points lie within this share of the box's size around its centre: on the face, not on the background."""
_LEAST_POINTS = 8
_FARTHEST_PX = 1e6
"""No face is farther out; the comparison also rejects values that are not finite."""
_WINDOW = (15, 15)
_LEVELS = 2
_THUMBNAIL = (32, 18)
_CUT = 25.0
"""Mean change of the thumbnail, in grey levels, that only another scene or light causes: a fast pan stays below it."""
_SOME_CHANGE, _MUCH_OF_IT = 2.0, 0.3
"""Grey levels from which a pixel of the thumbnail has changed, and the share of pixels that change in another scene:
somebody near who steps into the light changes fewer."""
_OTHER_SCENE, _OTHER_PLACE = 0.45, 0.58
"""Correlations of thumbnails, unshifted and at the best of some shifts; both are lower in another scene. Over the cuts
of a stage, as it is and darkened to a fifth, they are at most 0.28 and 0.53; between frames of one shot they are never
below 0.63 and 0.63; after a fast pan the second one is high."""
_MARGIN = (2, 4)
"""Rows and columns by which a thumbnail is shifted at most."""


@dataclass(frozen=True, slots=True, eq=False)
class _Grey:
    """A reduced frame: `image` (h, w) uint8, `thumbnail` for cuts; `frame_size` is the original (height, width)."""

    image: Image
    frame_size: tuple[int, int]
    thumbnail: Floats


class FaceMotion:
    """Remembers the previous frame; belongs to one thread.

    It must be shown every frame, whether or not faces are carried through it.
    """

    def __init__(self) -> None:
        self._before: _Grey | None = None
        self._now: _Grey | None = None

    def reset(self) -> None:
        """Forget all frames, as for another source."""
        self._before = self._now = None

    def show(self, image_bgr: Image) -> None:
        """Take the next frame (height, width, 3) uint8."""
        self._before, self._now = self._now, _reduced(image_bgr)

    @property
    def is_cut(self) -> bool:
        """Whether the newest frame shows another scene than the one before, has another size, or is the first."""
        if self._before is None or self._now is None or self._before.frame_size != self._now.frame_size:
            return True
        change = float(np.abs(self._now.thumbnail - self._before.thumbnail).mean())
        return change > _CUT or self.is_other_scene

    @property
    def is_other_scene(self) -> bool:
        """Whether nothing is where it was: true for a cut, even in the dark, but not for a change of light.

        False if there is no previous frame, or it has another size.
        """
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
        """Return how far faces with boxes (n, 4) in the previous frame moved: (n, 2) float32 pixels, x and y.

        0 where it is unknown: too few points have texture and are in both frames, the frames differ in size, or the box
        is not finite.
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
    """Return the best correlation, −1 … 1, of a part with any place of a picture; 0 if either is uniform."""
    return float(np.nan_to_num(cv2.matchTemplate(picture, part, cv2.TM_CCOEFF_NORMED)).max())


def _reduced(image_bgr: Image) -> _Grey:
    height, width = image_bgr.shape[:2]
    scale = min(1.0, _GREY_SIDE / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    # Reduced before conversion to grey: a third of the work.
    small = cv2.resize(image_bgr, size, interpolation=cv2.INTER_LINEAR) if scale < 1.0 else image_bgr
    grey = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.uint8)
    thumbnail = np.asarray(cv2.resize(grey, _THUMBNAIL, interpolation=cv2.INTER_AREA), np.float32)
    return _Grey(grey, (height, width), thumbnail)


def _points_on(boxes_xyxy: Floats) -> Floats:
    """Return a grid of points on each of n faces: (n, 25, 2) float32."""
    centres = (boxes_xyxy[:, :2] + boxes_xyxy[:, 2:]) / 2.0
    sizes = boxes_xyxy[:, 2:] - boxes_xyxy[:, :2]
    steps = np.linspace(-_REACH, _REACH, _GRID)
    grid = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
    return np.asarray(centres[:, None] + grid[None] * sizes[:, None], np.float32)
