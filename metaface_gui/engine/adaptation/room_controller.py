"""Adapts the live view to the room: collects its unlabelled faces and hands them over when they have changed enough."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from metaface_gui.engine.adaptation.room_faces import EMPTY_ROOM, Room, RoomFaces, is_room
from metaface_gui.engine.events import EngineListener, RoomChanged
from metaface_gui.pipeline.capture.specification import SourceSpec
from metaface_gui.types import Floats, FrameResult


class RoomController:
    """Implements `RoomApi`; thread-safe, every call returns at once.

    `use_room` also adapts to a room's faces, in place of another room's, and returns at once.
    `is_used`: whether faces are remembered and adapted to at all; `on_used` is called with every requested value. When
    faces must be forgotten, the adaptation is also redone without them at once, however recent it is.
    """

    def __init__(
        self,
        use_room: Callable[[Room], None],
        listener: EngineListener,
        *,
        is_used: bool,
        on_used: Callable[[bool], None],
    ) -> None:
        self._use_room = use_room
        self._listener = listener
        # Held while handing over, so that the later of two rooms wins.
        self._lock = threading.Lock()
        self._faces = RoomFaces()
        self._is_used, self._is_room = is_used, False
        self._on_used = on_used
        self._is_asked = False
        self._since_ns = 0
        self._current = EMPTY_ROOM
        self._previous: Room | None = None
        self._is_held = False
        self._announced = RoomChanged(0, 0)

    def on_result(self, result: FrameResult) -> None:
        """Remember the faces of a new frame; called on the inference thread."""
        with self._lock:
            # A frame captured before faces were forgotten, but processed only now, must not bring them back.
            if not (self._is_used and self._is_room) or result.frame.captured_ns < self._since_ns:
                return
            now_s = result.finished_ns / 1e9
            self._faces.remember(result, now_s)
            self._take_if_due(now_s)
            self._tell()

    def on_tick(self, now_ns: int) -> None:
        """Adapt if a requested adaptation had to wait and is now due (monotonic ns), even if no frame comes."""
        with self._lock:
            if self._is_asked:
                self._take_if_due(now_ns / 1e9)
                self._tell()

    def begin(self, spec: SourceSpec) -> None:
        """Forget the previous source's faces, because the new frames come from another place."""
        with self._lock:
            self._is_room = is_room(spec)
            self._forget_all()

    def end(self) -> None:
        """Forget the source's faces, and remember none until another source begins."""
        with self._lock:
            self._is_room = False
            self._forget_all()

    def adapt(self) -> None:
        """Adapt to what was seen so far, as soon as enough time has passed since the last adaptation."""
        with self._lock:
            self._is_asked = self._is_used
            self._is_held &= not self._is_used
            self._tell()
        self.on_tick(time.monotonic_ns())

    def undo(self) -> None:
        """Undo the last adaptation, and suspend automatic adaptation until the user requests it."""
        with self._lock:
            if self._previous is not None:
                self._current, self._previous = self._previous, None
                self._is_asked, self._is_held = False, True
                self._use_room(self._current)
                self._tell()

    def set_used(self, use: bool) -> None:
        """Start remembering faces, or forget them and adapt to the enrolled people alone."""
        with self._lock:
            if use != self._is_used:
                self._is_used = use
                self._forget_all()
        self._on_used(use)

    def forget_faces(self, embeddings: Floats) -> None:
        """Drop the tracks that look like these (n, d) faces, which were named or whose person was deleted."""
        with self._lock:
            self._since_ns = time.monotonic_ns()
            if self._faces.forget_like(embeddings):
                if self._faces.has_taken:
                    self._hand_over(EMPTY_ROOM if self._is_held else self._faces.take(self._since_ns / 1e9))
                    self._previous = None  # the previous room holds the faces to be forgotten
                self._tell()

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._forget_all()

    # With the lock held ---------------------------------------------------------------------------------------------

    def _take_if_due(self, now_s: float) -> None:
        if self._is_asked and self._faces.may_take(now_s):
            # A user who asks wants to see the new result, not decisions carried over from before.
            self._hand_over(self._faces.take(now_s, keeps_votes=False))
        elif self._faces.is_due(now_s) and not self._is_held:
            self._hand_over(self._faces.take(now_s))

    def _hand_over(self, room: Room) -> None:
        self._is_asked = False
        self._previous, self._current = self._current, room
        self._use_room(room)

    def _forget_all(self) -> None:
        self._since_ns = time.monotonic_ns()
        had_room = self._faces.has_taken
        self._faces.clear()
        if had_room:
            self._hand_over(EMPTY_ROOM)
        self._previous, self._current = None, EMPTY_ROOM
        self._is_asked = self._is_held = False
        self._tell()

    def _tell(self) -> None:
        news = RoomChanged(len(self._faces), len(self._current), self._previous is not None, self._is_held)
        if news != self._announced:
            self._announced = news
            self._listener(news)
