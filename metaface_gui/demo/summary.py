"""What goes into the demo and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from metaface_gui.demo.tally import DemoTally
from metaface_gui.demo.walk import RoomFigures
from metaface_gui.engine.adaptation.room_trial import RoomTable
from metaface_gui.engine.studio.comparison import LearnerTally
from metaface_gui.metalearning.self_test import SelfTestReport


@dataclass(frozen=True, slots=True)
class DemoPersonFiles:
    """Somebody of the scene: their name there, and still pictures of them that are not in the scene."""

    name: str
    stills: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class DemoSummary:
    """What the demo measured.

    `enroll_to_named_ms` runs from saving to the first frame with the name, `corrected_ms` from "this is not …" to the
    first frame without it, `guest_named_ms` from naming the stranger to the first frame with their name. `methods` are
    all methods' tallies on the same frames, against the scene's truth; `report` is the leave-one-out report.
    `not_taken` names the screenshots whose moment did not come or that could not be written. `walk` is what was said
    where the light and the camera changed, `rooms` every method in several rooms.
    """

    tally: DemoTally
    methods: tuple[LearnerTally, ...]
    report: SelfTestReport
    enroll_to_named_ms: float
    corrected_ms: float
    guest_named_ms: float
    preview_fps: float
    inference_fps: float
    latency_ms: float
    screenshots: tuple[Path, ...]
    not_taken: tuple[str, ...] = ()
    walk: RoomFigures | None = None
    rooms: RoomTable | None = None
