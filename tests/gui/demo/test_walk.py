"""The demo's walk from the light into the dark and to an old webcam, with an engine that only writes down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from metaface_gui.demo import walk as demo_walk
from metaface_gui.demo.tally import DemoTally
from metaface_gui.demo.walk import LIGHT_OUT, OLD_WEBCAM, ROOM_SCREENSHOTS, RoomFigures, RoomWalk
from metaface_gui.engine.events import Adapted, EngineEvent, RoomChanged, RoomEvaluated
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.metalearning.frame_environments import ROOM_AS_IT_IS, EnvironmentSetting
from metaface_gui.types import FaceTruth, FrameResult
from tests.gui.fakes import Call, FakeEngine, make_face, make_frame, make_result

BOX = (500.0, 200.0, 700.0, 440.0)
STRANGERS_BOX = (900.0, 200.0, 1100.0, 440.0)


def shown(
    setting: EnvironmentSetting, name: str | None, *, has_stranger: bool = False, finds: bool = True
) -> FrameResult:
    """Anna under a name or as Unknown, and perhaps a stranger, found or not, who is Unknown."""
    truth = [FaceTruth(np.array(BOX, np.float32), "Anna")]
    faces = [make_face(1, BOX, name)]
    if has_stranger:
        truth.append(FaceTruth(np.array(STRANGERS_BOX, np.float32), None))
        faces += [make_face(2, STRANGERS_BOX)] if finds else []
    return make_result(*faces, frame=replace(make_frame(), truth=tuple(truth), environment=setting.label)).result


class Walking:
    """A walk that photographs at once, and what came of it."""

    def __init__(self, qtbot: QtBot, engine: FakeEngine, bridge: EngineBridge, parent: QObject) -> None:
        self.qtbot, self.bridge = qtbot, bridge
        self.taken: list[str] = []
        self.figures: list[RoomFigures] = []
        self.walk = RoomWalk(engine.source, engine.room, bridge, self._photograph, parent)
        self.walk.finished.connect(self.figures.append)

    def _photograph(self, name: str, then: Callable[[], None]) -> None:
        self.taken.append(name)
        then()

    def hear(self, event: EngineEvent) -> None:
        signal = {
            RoomChanged: self.bridge.room_changed,
            Adapted: self.bridge.adapted,
            RoomEvaluated: self.bridge.room_evaluated,
        }
        with self.qtbot.waitSignal(signal[type(event)]):
            self.bridge(event)

    def until_adapted(self) -> None:
        self.walk.start()
        self.walk.look(shown(LIGHT_OUT, "Anna"))
        self.walk.look(shown(OLD_WEBCAM, None))
        self.hear(RoomChanged(3, 3, True))
        self.hear(Adapted("maml", 3, 9, 5.0, is_primary=False))
        self.walk.look(shown(OLD_WEBCAM, None))
        self.hear(Adapted("prototypical", 3, 9, 5.0))


@pytest.fixture
def walking(qtbot: QtBot, engine: FakeEngine, bridge: EngineBridge, monkeypatch: pytest.MonkeyPatch) -> Walking:
    no_time = {"_DARK_S": 0.0, "_WEBCAM_S": 0.0, "_LONGEST_S": 0.0, "_LEAST_FRAMES": 1, "_STRANGER_FRAMES": 1}
    for name, value in no_time.items():
        monkeypatch.setattr(demo_walk, name, value)
    return Walking(qtbot, engine, bridge, bridge)


def test_it_asks_for_what_a_user_would_and_counts_each_part_by_itself(walking: Walking, engine: FakeEngine) -> None:
    walking.until_adapted()
    walking.walk.look(shown(OLD_WEBCAM, "Anna"))
    evaluated = RoomEvaluated("prototypical", 3, 3)
    walking.hear(evaluated)
    walking.walk.look(shown(OLD_WEBCAM, "Anna", has_stranger=True))
    assert engine.calls == [
        Call("room.set_used", (False,)),
        Call("source.set_environment", (LIGHT_OUT,)),
        Call("source.set_environment", (OLD_WEBCAM,)),
        Call("room.set_used", (True,)),
        Call("room.adapt"),
        Call("source.set_environment", (ROOM_AS_IT_IS,)),
    ]
    assert walking.taken == list(ROOM_SCREENSHOTS)
    (figures,) = walking.figures
    assert figures.dark == DemoTally(frames=1, right=1)
    assert figures.before == DemoTally(frames=1, unknown=1), "what is looked at while it adapts counts nowhere"
    assert figures.after == DemoTally(frames=2, right=2, strangers_unknown=1)
    assert figures.evaluated == evaluated
    assert figures.back_ms == figures.seen_ms > 0.0, "the first face that was found had its name"


def test_frames_from_before_the_dial_was_turned_do_not_count(walking: Walking) -> None:
    walking.walk.start()
    walking.walk.look(shown(ROOM_AS_IT_IS, "Anna"))
    assert not walking.taken
    walking.walk.look(shown(LIGHT_OUT, "Anna"))
    walking.walk.look(shown(LIGHT_OUT, "Anna"))
    assert walking.taken == ["12-light-out"]


def test_it_adapts_while_somebody_is_there_whose_name_is_lost(
    walking: Walking, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Adapting to an empty scene takes seconds until there is anybody to name."""
    monkeypatch.setattr(demo_walk, "_LONGEST_S", 3600.0)
    walking.walk.start()
    walking.walk.look(shown(LIGHT_OUT, "Anna"))
    walking.walk.look(make_result(frame=replace(make_frame(), environment=OLD_WEBCAM.label)).result)
    walking.walk.look(shown(OLD_WEBCAM, "Anna"))
    assert "13-names-lost" not in walking.taken
    walking.walk.look(shown(OLD_WEBCAM, None))
    assert walking.taken[-1] == "13-names-lost"
    assert engine.calls_of("room.adapt") == [()]


def test_a_room_that_is_adapted_to_before_it_is_asked_for_is_not_waited_for(
    walking: Walking, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a slow machine tracks break: with four of them the engine adapts by itself, and nothing more is news."""
    monkeypatch.setattr(demo_walk, "_LONGEST_S", 3600.0)
    walking.walk.start()
    walking.walk.look(shown(LIGHT_OUT, "Anna"))
    walking.walk.look(shown(OLD_WEBCAM, "Anna"))
    walking.hear(RoomChanged(4, 4, True))
    walking.hear(Adapted("prototypical", 3, 9, 5.0))
    walking.walk.look(shown(OLD_WEBCAM, "Anna"))
    assert walking.taken[-1] == "13-names-lost"
    walking.walk.look(shown(OLD_WEBCAM, "Anna", has_stranger=True))
    assert walking.taken[-1] == "14-names-back"
    walking.walk.look(shown(OLD_WEBCAM, "Anna", has_stranger=True))
    (figures,) = walking.figures
    assert figures.before == DemoTally(frames=1, right=1), "what was looked at before it was adapted to"


def test_names_are_photographed_when_they_are_back(walking: Walking, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo_walk, "_LONGEST_S", 3600.0)
    walking.until_adapted()
    walking.walk.look(shown(OLD_WEBCAM, None))
    assert "14-names-back" not in walking.taken
    walking.walk.look(shown(OLD_WEBCAM, "Anna"))
    assert walking.taken[-1] == "14-names-back"


def test_a_stranger_who_is_not_found_is_not_waited_for_again(walking: Walking) -> None:
    walking.until_adapted()
    walking.walk.look(shown(OLD_WEBCAM, None))
    walking.walk.look(shown(OLD_WEBCAM, None, has_stranger=True, finds=False))
    assert not walking.figures
    walking.walk.look(shown(OLD_WEBCAM, None))
    (figures,) = walking.figures
    assert figures.after == DemoTally(frames=3, unknown=3, missed=1)
    assert figures.back_ms == 0.0, "no name came back"
    assert figures.seen_ms > 0.0
