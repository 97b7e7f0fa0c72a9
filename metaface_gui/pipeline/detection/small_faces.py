"""Find faces too small for a detector's working size: the picture is enlarged and searched tile by tile.

YuNet finds 61 % of faces 20 pixels high in an unscaled picture, 91 % enlarged 1.5 times, 98 % enlarged twice. Reduced
from 3840 to its 960 pixels they are 5 pixels high, and it finds none. All tiles of a 4K frame cost as much as fifty
searches of the reduced one, and most scenes have no small faces. So in a video all tiles are searched in the first
frame. Later each gets its turn within a second, and those with a small face in the previous frame are always searched.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor

import cv2
import numpy as np
import numpy.typing as npt

from metaface_gui.pipeline.detection.base import FaceDetector
from metaface_gui.pipeline.detection.clean import WORKING_SIDE
from metaface_gui.pipeline.detection.merge import joined, supplemented
from metaface_gui.types import FaceDetections, Floats, Image

_ENLARGED = 1.5
_LONGEST_SIDE = 5760
"""4K enlarged 1.5 times; larger pictures are searched at this size, which bounds the cost."""
_SMALL = 30.0
"""Height in the reduced picture below which faces are missed: 98 % are found at 30 pixels, 94 at 24, 61 at 20."""
_REDUCED = 1.5
"""Only pictures longer than this many working sizes are searched for faces that are not seen in the reduced one."""
_ROUND_S = 1.0
_EDGE_PX = 2.0


@dataclass(frozen=True, slots=True)
class TileGrid:
    """Tiles of one size (`width`, `height`) that cover an enlarged picture (`scale` times the picture's pixels).

    `corners` are (left, top) in the enlarged picture's pixels. Neighbours overlap by at least `overlap` pixels: a face
    of at most that height is complete in one tile, and a higher one is found in the reduced picture.
    """

    scale: float
    size: tuple[int, int]
    width: int
    height: int
    overlap: float
    corners: tuple[tuple[int, int], ...]

    @classmethod
    def over(cls, height: int, width: int) -> TileGrid:
        """Lay tiles over a picture of that many pixels."""
        longer = max(height, width)
        scale = min(_ENLARGED, _LONGEST_SIDE / longer)
        size = max(1, round(width * scale)), max(1, round(height * scale))
        overlap = ceil(_SMALL * max(1.0, max(size) / WORKING_SIDE))
        across, tile_width = _starts(size[0], overlap)
        down, tile_height = _starts(size[1], overlap)
        corners = tuple((left, top) for top in down for left in across)
        return cls(scale, size, tile_width, tile_height, float(overlap), corners)

    def holding(self, boxes_xyxy: Floats) -> frozenset[int]:
        """Return the tiles that contain boxes (n, 4) of the picture: for each box the tile with the nearest centre."""
        centres = (boxes_xyxy[:, :2] + boxes_xyxy[:, 2:]) * np.float32(0.5 * self.scale)
        middles = np.asarray(self.corners, np.float32) + np.array([self.width, self.height], np.float32) / 2
        away = np.abs(centres[:, None] - middles[None]) / np.array([self.width, self.height], np.float32)
        return frozenset(away.max(axis=2).argmin(axis=1).tolist())


def _starts(length: int, overlap: int) -> tuple[list[int], int]:
    """Return where equal pieces of at most a working side begin, and their length."""
    n = max(1, ceil((length - overlap) / (WORKING_SIDE - overlap)))
    piece = ceil((length + (n - 1) * overlap) / n)
    return np.linspace(0, length - piece, n).round().astype(int).tolist(), piece


class SmallFaces:
    """Searches frames one after another and remembers which tiles had small faces, so it belongs to one thread."""

    def __init__(self, detector: FaceDetector) -> None:
        self._detector = detector
        self._grid = TileGrid.over(1, 1)
        self._of_size = (1, 1)
        self._active: frozenset[int] = frozenset()
        self._time_s = -np.inf

    def reset(self) -> None:
        """Forget all frames: the next one is searched like a first one."""
        self._active, self._time_s = frozenset(), -np.inf

    def search(self, image_bgr: Image, time_s: float, found: FaceDetections, *, is_restart: bool) -> FaceDetections:
        """Add to the faces `found` in a reduced frame (height, width, 3) those that only its tiles show.

        `is_restart`: it does not continue the previous frame.
        """
        height, width = image_bgr.shape[:2]
        if (height, width) != self._of_size:
            self._grid, self._of_size = TileGrid.over(height, width), (height, width)
            self.reset()
        if is_restart:
            self.reset()
        before, self._time_s = self._time_s, time_s
        small = self._small(found)
        if max(height, width) >= _REDUCED * WORKING_SIDE or len(small) or self._active:
            wanted = self._in_turn(before, time_s) | self._active | self._grid.holding(small)
            found = supplemented(found, joined([self._in_tile(image_bgr, tile) for tile in sorted(wanted)]))
        self._active = self._grid.holding(self._small(found))
        return found

    def _small(self, found: FaceDetections) -> Floats:
        heights = found.boxes_xyxy[:, 3] - found.boxes_xyxy[:, 1]
        return found.boxes_xyxy[heights * min(1.0, WORKING_SIDE / max(self._of_size)) < _SMALL]

    def _in_turn(self, before_s: float, now_s: float) -> frozenset[int]:
        """Return the tiles whose turn came since the previous frame: all within `_ROUND_S`, or if there was none."""
        n = len(self._grid.corners)
        if not 0.0 <= now_s - before_s < _ROUND_S:
            return frozenset(range(n))
        first, last = (floor(time_s * n / _ROUND_S) for time_s in (before_s, now_s))
        return frozenset(turn % n for turn in range(first + 1, last + 1))

    def _in_tile(self, image_bgr: Image, tile: int) -> FaceDetections:
        grid = self._grid
        (left, top), scale = grid.corners[tile], grid.scale
        # Only the tile is enlarged, because most tiles of a frame are not searched.
        part = np.array([left, top, left + grid.width, top + grid.height]) / scale
        x1, y1 = np.floor(part[:2]).astype(int)
        x2, y2 = np.minimum(np.ceil(part[2:]).astype(int), [self._of_size[1], self._of_size[0]])
        cut = image_bgr[y1:y2, x1:x2]
        size = max(1, round((x2 - x1) * scale)), max(1, round((y2 - y1) * scale))
        interpolation = cv2.INTER_LINEAR if scale >= 1.0 else cv2.INTER_AREA
        enlarged = np.asarray(cv2.resize(cut, size, interpolation=interpolation), np.uint8)
        found = self._detector.detect(enlarged)
        whole = self._is_whole(
            found.boxes_xyxy, size, (x1 > 0, y1 > 0, x2 < image_bgr.shape[1], y2 < image_bgr.shape[0])
        )
        back = np.array([(x2 - x1) / size[0], (y2 - y1) / size[1]], np.float32)
        return found.rows(whole).scaled(back).shifted(np.array([x1, y1], np.float32))

    def _is_whole(
        self, boxes: Floats, size: tuple[int, int], is_cut_at: tuple[bool, bool, bool, bool]
    ) -> npt.NDArray[np.bool_]:
        """Return which boxes (n, 4) of a tile are neither cut off by its edge nor higher than the overlap.

        The others belong to the neighbouring tile, or to the reduced picture.
        """
        left, top, right, bottom = is_cut_at
        touches = (
            (left & (boxes[:, 0] < _EDGE_PX))
            | (top & (boxes[:, 1] < _EDGE_PX))
            | (right & (boxes[:, 2] > size[0] - _EDGE_PX))
            | (bottom & (boxes[:, 3] > size[1] - _EDGE_PX))
        )
        return np.asarray(~touches & (boxes[:, 3] - boxes[:, 1] <= self._grid.overlap), np.bool_)
