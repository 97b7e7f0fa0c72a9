"""The environment dial: what it is set to, and how frames are photographed there.

Two effects need to know where faces are (a lamp from the side, a mask): they get where faces lately were.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from metaface_gui.metalearning.frame_effects import EFFECTS, Effect, corner_of, zoom_of
from metaface_gui.types import FaceTruth, Floats, Frame

NO_FACES: Floats = np.zeros((0, 5, 2), np.float32)


@dataclass(frozen=True, slots=True)
class EnvironmentSetting:
    """What the dial is set to: families of `EFFECTS`, each with a strength 0..1; none is the room as it is.

    All that is drawn at random follows from `seed` and the frame's number.

    Raises:
        ValueError: if there is no such effect, one is named twice, or a strength is out of range.
    """

    effects: tuple[tuple[str, float], ...] = ()
    seed: int = 0

    def __post_init__(self) -> None:
        names = [name for name, _strength in self.effects]
        if not set(names) <= EFFECTS.keys() or len(set(names)) < len(names):
            raise ValueError(f"want each effect once, of {', '.join(EFFECTS)}; got {names}")
        if not all(0.0 <= strength <= 1.0 for _name, strength in self.effects):
            raise ValueError("strengths lie between 0 and 1")

    @property
    def is_off(self) -> bool:
        """Whether the picture stays as the camera gave it."""
        return all(strength == 0.0 for _name, strength in self.effects)

    @property
    def label(self) -> str:
        """Names and strengths in percent, e.g. `dim_light 60, fog 30`; "" where it is off. Goes with what is saved."""
        return ", ".join(f"{name} {round(100 * strength)}" for name, strength in self.effects if strength > 0.0)


ROOM_AS_IT_IS = EnvironmentSetting()


def surprise(seed: int) -> EnvironmentSetting:
    """Draw one or two effects that are clearly there; the same ones for the same seed."""
    place = np.random.default_rng([8_191, seed])
    chosen = place.choice(len(EFFECTS), int(place.choice([1, 2], p=[0.6, 0.4])), replace=False)
    names = sorted((tuple(EFFECTS)[int(index)] for index in chosen), key=tuple(EFFECTS).index)
    return EnvironmentSetting(tuple((name, float(round(place.uniform(0.5, 0.95), 2))) for name in names), seed)


class FrameEnvironment:
    """Photographs frames in one setting; belongs to one thread. Fields are computed again when the size changes."""

    def __init__(self, setting: EnvironmentSetting) -> None:
        self.setting = setting
        self._shape: tuple[int, ...] = ()
        self._effects: tuple[Effect, ...] = ()
        strength = dict(setting.effects).get("distance", 0.0)
        self.zoom = zoom_of(strength) if strength else 1.0
        """How large everything is in the picture, 1 as it was."""

    def __call__(self, frame: Frame, landmarks: Floats = NO_FACES) -> Frame:
        """The frame as this place's camera shows it; `landmarks` (n, 5, 2) are where its faces are, or lately were, in
        the photographed picture. What the frame's scene knows moves along."""
        if self.setting.is_off:
            return frame
        image = frame.image_bgr
        if image.shape != self._shape:
            self._shape = image.shape
            self._effects = tuple(
                EFFECTS[name](strength, np.random.default_rng([self.setting.seed, number]), image.shape)
                for number, name in enumerate(EFFECTS)
                for strength in (dict(self.setting.effects).get(name, 0.0),)
                if strength > 0.0
            )
        offset = self._offset
        before = (landmarks - offset) / np.float32(self.zoom)
        for effect in self._effects:
            image = effect(image, frame.index, before)
        moved = np.tile(offset, 2)
        truth = tuple(FaceTruth(face.box_xyxy * np.float32(self.zoom) + moved, face.person) for face in frame.truth)
        return replace(frame, image_bgr=image, truth=truth, environment=self.setting.label)

    @property
    def _offset(self) -> Floats:
        height, width = self._shape[:2]
        return np.asarray(corner_of(width, height, self.zoom), np.float32)
