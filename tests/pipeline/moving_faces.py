"""Textured squares for faces, a detector that knows where they are, and an embedder that reads who they are.

A person's number is the square's amount of blue, so that it travels through the picture and the crop like a face does.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from torch import Tensor

from metaface_gui.pipeline.detection.align import template_of
from metaface_gui.pipeline.detection.base import FaceDetector, FoundFaces
from metaface_gui.pipeline.detection.second_looks import LOOK_SIDE
from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.types import FaceDetections, Floats, Image

_BLUE, _BLUE_STEP = 30, 25
FPS = 30.0


@dataclass(frozen=True)
class Drawn:
    """A person (0..8) as a square of `size` pixels whose left upper corner is at x, y; `light` 1 is day."""

    person: int
    x: int
    y: int
    size: int = 60
    light: float = 1.0


class Stage(FaceDetector):
    """Draws the frames, and is the detector that finds what was drawn last, but for the `unseen`; counts searches.

    Of those who are `faint`, it is not sure.
    """

    surely_upright = 0.0

    key = "stage"

    def __init__(self, width: int = 320, height: int = 240) -> None:
        self.width, self.height = width, height
        self.unseen: set[int] = set()
        self.faint: set[int] = set()
        self.searches = 0
        self._faces: tuple[Drawn, ...] = ()

    def show(self, *faces: Drawn, level: int = 110) -> Image:
        """Draw the faces on a background of that mean grey."""
        self._faces = faces
        image = np.zeros((self.height, self.width, 3), np.uint8)
        image[..., 1:] = texture(self.height, self.width, seed=0, level=level)[..., None]
        for face in faces:
            x1, y1, x2, y2 = self._box(face).astype(int)
            patch = texture(face.size, face.size, seed=1 + face.person, level=130)[..., None] * face.light
            image[y1:y2, x1:x2, 1:] = patch[y1 - face.y : y2 - face.y, x1 - face.x : x2 - face.x]
            image[y1:y2, x1:x2, 0] = _BLUE + _BLUE_STEP * face.person
        return image

    def detect(self, image_bgr: Image) -> FaceDetections:
        if image_bgr.shape[1] == 2 * LOOK_SIDE and image_bgr.shape[0] % LOOK_SIDE == 0:
            return FaceDetections.empty()  # a second look at a face, which stays where it was seen
        self.searches += 1
        return self._found(self._faces, but_for=self.unseen | self.faint)

    def detect_faint(self, image_bgr: Image) -> FoundFaces:
        faces = self.detect(image_bgr)
        return FoundFaces(faces, self._found([face for face in self._faces if face.person in self.faint]))

    def _found(self, drawn: Sequence[Drawn], but_for: Collection[int] = ()) -> FaceDetections:
        faces = [face for face in drawn if face.person not in but_for and (_sides(self._box(face)) >= 4).all()]
        boxes = [self._box(face) for face in faces]
        points = [landmarks(face) for face in faces]
        return FaceDetections(
            np.array(boxes, np.float32).reshape(-1, 4),
            np.array(points, np.float32).reshape(-1, 5, 2),
            np.full(len(faces), 0.9, np.float32),
        )

    def _box(self, face: Drawn) -> Floats:
        corners = np.array([face.x, face.y, face.x + face.size, face.y + face.size], np.float32)
        return np.clip(corners, 0, [self.width, self.height, self.width, self.height]).astype(np.float32)


class BlueEmbedder:
    """Says who is in a crop by its blue: features (n, 18), the embedding is one of nine axes, nearly.

    `batches` keeps who was embedded, one list for each call that had any faces.
    """

    id = "blue"
    space = FeatureSpace(16, 2)
    crop_size = 112

    def __init__(self) -> None:
        self.batches: list[list[int]] = []

    @property
    def count(self) -> int:
        """How many faces were embedded."""
        return sum(map(len, self.batches))

    def features(self, crops_rgb: Tensor) -> Tensor:
        middle = crops_rgb[:, :, 46:66, 46:66].to(torch.float32)
        people = torch.round((middle[:, 2].mean((1, 2)) - _BLUE) / _BLUE_STEP).long()
        if len(people):
            self.batches.append(people.tolist())
        features = torch.zeros(len(people), self.space.feature_dim)
        features[torch.arange(len(people)), people] = 1.0
        # A little of the crop itself: no two pictures of a person are alike.
        features[:, 15] = 0.3 * middle[:, 0].mean((1, 2)) / 255.0
        features[:, :16] = torch.nn.functional.normalize(features[:, :16], dim=1)
        features[:, 16:] = crops_rgb[:, :2, 20:40, 60:80].to(torch.float32).mean((2, 3)) / 255.0
        # As long as embeddings of faces in good light are, so that none is worth its mirror image.
        features[:, 17] = (14.0 + features[:, 17]) / 200.0
        return features


def _sides(box: Floats) -> Floats:
    return box[2:] - box[:2]


def landmarks(face: Drawn) -> Floats:
    """Where a drawn face has its eyes, nose and mouth: (5, 2) pixels."""
    points = template_of(112).points * face.size / 112.0 + np.array([face.x, face.y])
    return np.asarray(points, np.float32)


def texture(height: int, width: int, *, seed: int, level: int, sigma: float = 2.0) -> Image:
    """A random texture (height, width) whose details are about `sigma` pixels wide, of that mean grey."""
    noise = np.random.default_rng(seed).normal(size=(height, width))
    smooth = cv2.GaussianBlur(noise, (0, 0), sigma)
    return np.asarray(np.clip(level + 40.0 * (smooth - smooth.mean()) / smooth.std(), 0, 255), np.uint8)
