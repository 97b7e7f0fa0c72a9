"""The demo's room changes: the light goes out, an old webcam loses names, adapting brings them back.

In even darkness the meta-trained trunk keeps most names, and a track keeps what it saw in better light: what loses them
is another camera, in another light. This one was chosen because adapting to it helps: with most that were tried no name
is lost, or all are for good (`rooms` shows where adapting loses some).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QObject, Signal

from metaface_gui.demo.tally import DemoTally, face_of, tally_frame
from metaface_gui.engine.api import RoomApi, SourceApi
from metaface_gui.engine.events import Adapted, RoomChanged, RoomEvaluated
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.metalearning.frame_environments import ROOM_AS_IT_IS, EnvironmentSetting
from metaface_gui.types import FrameResult

LIGHT_OUT = EnvironmentSetting((("dim_light", 0.8),))
OLD_WEBCAM = EnvironmentSetting((("colour_cast", 0.5), ("old_sensor", 0.99)))
ROOM_SCREENSHOTS = ("12-light-out", "13-names-lost", "14-names-back", "15-still-unknown")
"""Names of what `RoomWalk` photographs."""
_DARK_S, _WEBCAM_S = 1.2, 2.0
"""How long the dark is watched, and the old webcam's picture before and after it was adapted to."""
_LONGEST_S = 4.0
"""So long names may take to be lost on a face, and to be back on all, for a picture of it."""
_LEAST_FRAMES = 8
"""So many frames are looked at in each part at least, however slow the machine is."""
_STRANGER_FRAMES = 4
"""Few, so that the light is on again while the stranger is still there to be named."""

Photograph = Callable[[str, Callable[[], None]], None]
"""Takes a screenshot of this name, then calls the other."""


@dataclass(frozen=True, slots=True)
class RoomFigures:
    """What the window said in the `dark`, and with the old webcam, `before` and `after` it adapted to that room,
    against the scene's truth.

    From asking to adapt, `seen_ms` run to the first face of somebody enrolled that is found, and `back_ms` to the first
    right name; 0 where none came. `evaluated` is what the engine said of the strangers here.
    """

    dark: DemoTally
    before: DemoTally
    after: DemoTally
    seen_ms: float
    back_ms: float
    evaluated: RoomEvaluated | None


class _Part(Enum):
    NOT_YET = "not yet"
    DARK = "dark"
    WEBCAM = "old webcam"
    ADAPTING = "adapting"
    BACK = "names back"
    STRANGER = "stranger"
    PHOTOGRAPHING = "photographing"
    OVER = "over"


class RoomWalk(QObject):
    """Drives the engine as a user would, on the GUI thread; whoever owns it passes on the frames' results.

    `finished` carries `RoomFigures`; the light is on again by then. Where the stranger comes by and is not found,
    nothing is waited for.
    """

    finished = Signal(object)

    def __init__(
        self, source: SourceApi, room: RoomApi, bridge: EngineBridge, photograph: Photograph, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._source, self._room, self._photograph = source, room, photograph
        self._part = _Part.NOT_YET
        self._dark = self._before = self._after = DemoTally()
        self._began_s = self._asked_s = self._seen_ms = self._back_ms = 0.0
        self._is_room_new = self._is_adapted = False
        self._evaluated: RoomEvaluated | None = None
        self._n_stranger = 0
        self._was_stranger_there = False
        bridge.room_changed.connect(self._on_room)
        bridge.adapted.connect(self._on_adapted)
        bridge.room_evaluated.connect(self._on_evaluated)

    @property
    def has_begun(self) -> bool:
        """Whether it was started."""
        return self._part is not _Part.NOT_YET

    def start(self) -> None:
        """Turn the light off, with nothing known of this room but who is enrolled."""
        self._room.set_used(False)
        self._source.set_environment(LIGHT_OUT)
        self._begin(_Part.DARK)

    def look(self, result: FrameResult) -> None:
        """Take a frame's result."""
        wanted = LIGHT_OUT if self._part is _Part.DARK else OLD_WEBCAM
        if result.frame.environment != wanted.label:
            return  # looked at before the dial was turned
        match self._part:
            case _Part.DARK:
                self._dark = tally_frame(self._dark, result)
                if self._is_long_enough(self._dark, _DARK_S):
                    self._take("12-light-out", self._leave_the_webcam)
            case _Part.WEBCAM:
                if not self._is_adapted:
                    self._before = tally_frame(self._before, result)
                is_enough = self._is_long_enough(self._before, _WEBCAM_S if _is_somebody_lost(result) else _LONGEST_S)
                if is_enough or self._is_adapted:
                    self._take("13-names-lost", self._adapt)
            case _Part.BACK:
                self._count(result)
                if self._is_long_enough(self._after, _WEBCAM_S if _are_named(result) else _LONGEST_S):
                    self._take("14-names-back", lambda: self._begin(_Part.STRANGER))
            case _Part.STRANGER:
                self._count(result)
                self._watch_for_stranger(result)
            case _:
                pass

    def _leave_the_webcam(self) -> None:
        self._source.set_environment(OLD_WEBCAM)
        self._room.set_used(True)
        self._begin(_Part.WEBCAM)

    def _adapt(self) -> None:
        # Where the room showed four faces already, it was adapted to unasked, and nothing more is news.
        self._begin(_Part.BACK if self._is_adapted else _Part.ADAPTING)
        self._asked_s = time.perf_counter()
        self._room.adapt()

    def _count(self, result: FrameResult) -> None:
        self._after = tally_frame(self._after, result)
        since_ms = (time.perf_counter() - self._asked_s) * 1e3
        if not self._seen_ms and self._after.right + self._after.unknown + self._after.wrong:
            self._seen_ms = since_ms
        if not self._back_ms and self._after.right:
            self._back_ms = since_ms

    def _watch_for_stranger(self, result: FrameResult) -> None:
        """The light is turned on while the stranger is there: they are to be named in it."""
        is_there = any(truth.person is None for truth in result.frame.truth)
        self._n_stranger += face_of(result, None) is not None
        if self._n_stranger >= _STRANGER_FRAMES or (self._was_stranger_there and not is_there):
            self._take("15-still-unknown", self._end)
        self._was_stranger_there |= is_there

    def _end(self) -> None:
        self._begin(_Part.OVER)
        self._source.set_environment(ROOM_AS_IT_IS)
        self.finished.emit(
            RoomFigures(self._dark, self._before, self._after, self._seen_ms, self._back_ms, self._evaluated)
        )

    def _take(self, name: str, then: Callable[[], None]) -> None:
        self._begin(_Part.PHOTOGRAPHING)
        self._photograph(name, then)

    def _is_long_enough(self, tally: DemoTally, seconds: float) -> bool:
        return tally.frames >= _LEAST_FRAMES and time.monotonic() - self._began_s >= seconds

    def _begin(self, part: _Part) -> None:
        self._part, self._began_s = part, time.monotonic()

    # What the engine tells ------------------------------------------------------------------------------------------

    def _on_room(self, event: RoomChanged) -> None:
        if self._part is not _Part.NOT_YET:
            self._is_room_new = event.n_adapted_to > 0

    def _on_adapted(self, event: Adapted) -> None:
        if self._is_room_new and event.is_primary:
            self._is_adapted = True
            if self._part is _Part.ADAPTING:
                self._begin(_Part.BACK)

    def _on_evaluated(self, event: RoomEvaluated) -> None:
        if self._part in (_Part.ADAPTING, _Part.BACK, _Part.STRANGER, _Part.PHOTOGRAPHING) and event.n_unlabelled:
            self._evaluated = event


def _is_somebody_lost(result: FrameResult) -> bool:
    """Whether somebody enrolled is found here and called Unknown."""
    return tally_frame(DemoTally(), result).unknown > 0


def _are_named(result: FrameResult) -> bool:
    """Whether enrolled people are found here, and all of those by their names."""
    seen = tally_frame(DemoTally(), result)
    return seen.right > 0 and not (seen.unknown or seen.wrong)
