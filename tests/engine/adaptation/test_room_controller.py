"""The room in the whole engine, shown to it face by face: which room learners adapt to, and that it is forgotten."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest

from metaface_gui.engine.adaptation.room_controller import RoomController
from metaface_gui.engine.adaptation.room_faces import EMPTY_ROOM, LEAST_PAUSE_S, Room
from metaface_gui.engine.events import EngineEvent, RoomChanged
from metaface_gui.pipeline.capture.specification import SourceKind, SourceSpec
from metaface_gui.settings import DEMO
from metaface_gui.types import Floats, FrameResult
from tests.engine.references import arrays_like
from tests.engine.synthetic import EMBEDDER_ID
from tests.gui.fakes import make_face, make_frame

CAMERA = SourceSpec(SourceKind.WEBCAM, "0")
S = 1_000_000_000


class Live:
    """A controller, and frames for it: each track is a person of its own."""

    def __init__(self, *, is_used: bool = True) -> None:
        self.adapted_to = list[Room]()
        self.told = list[EngineEvent]()
        self.wished = list[bool]()
        self.controller = RoomController(
            self.adapted_to.append, self.told.append, is_used=is_used, on_used=self.wished.append
        )
        self.controller.begin(CAMERA)
        self.began_ns = time.monotonic_ns()

    def show(self, after_s: float, *tracks: int, captured_ns: int | None = None) -> None:
        faces = tuple(replace(make_face(track), features=embedding(track)) for track in tracks)
        frame = make_frame(64, 48, captured_ns=captured_ns)
        finished_ns = self.began_ns + round(after_s * S)
        self.controller.on_result(FrameResult(frame, faces, finished_ns, embedder_id=EMBEDDER_ID))

    @property
    def sizes(self) -> list[int]:
        return [len(room) for room in self.adapted_to]


def embedding(track: int) -> Floats:
    row: Floats = np.eye(1, 128, track, dtype=np.float32)[0]
    return row


@pytest.fixture
def live() -> Live:
    return Live()


def test_a_room_is_handed_over_when_it_is_news_and_told(live: Live) -> None:
    live.show(0.0, 1, 2, 3)
    assert live.sizes == []
    live.show(1.0, 4)
    assert live.sizes == [4]
    assert live.adapted_to[0].keeps_votes
    assert live.told == [RoomChanged(3, 0), RoomChanged(4, 4, can_undo=True)]


def test_asking_adapts_at_once_or_after_the_pause_even_without_a_frame(live: Live) -> None:
    live.show(0.0, 1)
    live.controller.adapt()
    assert live.sizes == [1]
    assert not live.adapted_to[0].keeps_votes, "whoever asks sees it"
    live.show(0.1, 2)
    live.controller.adapt()
    live.controller.adapt()
    assert live.sizes == [1]
    live.controller.on_tick(time.monotonic_ns() + round(LEAST_PAUSE_S * S))
    live.controller.on_tick(time.monotonic_ns() + round(3 * LEAST_PAUSE_S * S))
    assert live.sizes == [1, 2], "asked twice in the pause is once"


def test_another_source_is_another_room_and_pictures_are_none(live: Live) -> None:
    live.show(0.0, 1, 2, 3, 4)
    live.controller.begin(SourceSpec(SourceKind.DEMO, DEMO))
    assert live.adapted_to[-1] is EMPTY_ROOM
    assert live.told[-1] == RoomChanged(0, 0)
    live.show(20.0, 1, 2, 3, 4, captured_ns=live.began_ns)  # looked at only now
    assert live.told[-1] == RoomChanged(0, 0)
    live.controller.begin(SourceSpec(SourceKind.FOLDER, "."))
    live.show(40.0, 1, 2, 3, 4)
    live.controller.end()
    live.show(60.0, 1, 2, 3, 4)
    assert live.sizes == [4, 0]


def test_switched_off_it_forgets_and_remembers_nothing(live: Live) -> None:
    live.show(0.0, 1, 2, 3, 4)
    live.controller.set_used(False)
    live.show(20.0, 1, 2, 3, 4)
    live.controller.adapt()
    live.controller.on_tick(time.monotonic_ns() + 60 * S)
    assert live.sizes == [4, 0]
    live.controller.set_used(True)
    assert live.wished == [False, True], "and whoever keeps the settings knows"
    live.show(40.0, 1, 2, 3, 4)
    assert live.sizes == [4, 0, 4]
    off = Live(is_used=False)
    off.show(0.0, 1, 2, 3, 4)
    assert off.sizes == []


def test_who_is_named_or_deleted_is_taken_out_at_once_and_nothing_of_them_is_left(live: Live) -> None:
    live.show(0.0, 1, 2, 3, 4)
    live.adapted_to.clear()
    assert arrays_like(live.controller, embedding(2)), "the search finds who is remembered"
    live.controller.forget_faces(embedding(2)[None])
    assert live.sizes == [3], "though it was adapted just now"
    live.adapted_to.clear()
    live.show(0.1, 1, 2, 3, 4)
    assert arrays_like(live.controller, embedding(2)) == []
    assert arrays_like(live.controller, embedding(1))
    live.controller.clear()
    assert arrays_like(live.controller, embedding(1)) == []


def test_undo_goes_back_to_the_room_before_and_holds_until_asked(live: Live) -> None:
    live.show(0.0, 1, 2, 3, 4)
    assert live.told[-1] == RoomChanged(4, 4, can_undo=True)
    live.controller.undo()
    assert live.sizes == [4, 0]
    assert live.told[-1] == RoomChanged(4, 0, is_held=True)
    live.show(20.0, 5, 6, 7, 8, 9)
    assert live.sizes == [4, 0], "not by itself"
    live.controller.undo()
    assert live.sizes == [4, 0], "there is nothing more to take back"
    live.controller.adapt()
    live.show(40.0, 1)
    assert live.sizes == [4, 0, 9]
    live.controller.undo()
    assert live.sizes == [4, 0, 9, 0]


def test_what_was_forgotten_does_not_come_back_by_undo(live: Live) -> None:
    live.show(0.0, 1, 2, 3, 4)
    live.controller.forget_faces(np.stack([embedding(1)]))
    live.controller.undo()
    assert live.sizes == [4, 3]
    live.controller.clear()
    live.controller.undo()
    assert live.sizes == [4, 3, 0]
    assert live.told[-1] == RoomChanged(0, 0)
