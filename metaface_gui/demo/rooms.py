"""The rooms in which the demo tries every method, and the parts of its scene that are used there."""

from __future__ import annotations

from functools import partial

from metaface_gui.engine.adaptation.room_trial import OnRooms, SceneFrames, scene_frames
from metaface_gui.engine.engine import Engine
from metaface_gui.metalearning.frame_environments import ROOM_AS_IT_IS, EnvironmentSetting
from metaface_gui.pipeline.capture.demo.scene import DemoScene
from metaface_gui.types import RequestId

ROOMS = (
    ROOM_AS_IT_IS,
    EnvironmentSetting((("soft_focus", 0.98),)),
    EnvironmentSetting((("soft_focus", 0.99),)),
    EnvironmentSetting((("soft_focus", 0.92), ("colour_cast", 0.6))),
    EnvironmentSetting((("soft_focus", 0.92), ("colour_cast", 0.5))),
)
"""Normal light, in which all methods name everybody, and four rooms in which they differ. They differ where faces score
about as high as the threshold: of 98 rooms that were tried, as far out of focus as the dial allows, or nearly so and
under an orange lamp. With an old webcam they agree; in mere darkness, fog, side light or distance all methods name
nearly everybody until no face is found any more."""
_SEEN_S = ((5.8, 14.0),)
"""Two and three of the enrolled people; the script's own dusk and blur, which follow, are left out."""
_COUNTED_S = ((22.5, 35.6),)
"""A folder in front of faces, a mask, the stranger, somebody who comes back."""
_STEP_S = 2.0 / 3.0
_SHORT_STEP_S = 1.5
_SHORT_S = 5.0
SHORT_ROOMS = 2
"""Number of rooms of `ROOMS` that a short demo visits."""


def try_demo_rooms(engine: Engine, watch_s: float, on_tried: OnRooms) -> RequestId:
    """Try every method in every room; a demo that watches for less than five seconds visits only two, and briefly."""
    if watch_s < _SHORT_S:
        return engine.studio.try_rooms(partial(_frames, _SHORT_STEP_S), ROOMS[:SHORT_ROOMS], on_tried)
    return engine.studio.try_rooms(partial(_frames, _STEP_S), ROOMS, on_tried)


def _frames(step_s: float) -> SceneFrames:
    return scene_frames(DemoScene(), _SEEN_S, _COUNTED_S, step_s)
