"""What ends a demo that cannot keep its screenshots, and that nothing goes on then."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from time import monotonic_ns

import numpy as np
import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from metaface_gui.demo.director import DemoDirector, _Step
from metaface_gui.engine.batch.output_files import is_picture
from metaface_gui.engine.events import Undoable
from metaface_gui.errors import KnownError
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.types import FaceTruth
from metaface_gui.weights import whole_file
from tests.gui.fakes import FakeEngine, make_frame, make_result


@pytest.fixture
def director(qtbot: QtBot, engine: FakeEngine, bridge: EngineBridge, tmp_path: Path) -> DemoDirector:
    window = QWidget()
    qtbot.addWidget(window)
    made = DemoDirector(engine, bridge, lambda: window, [], try_rooms=lambda _: 0, watch_s=1.0, out_dir=tmp_path)  # type: ignore[arg-type, return-value]
    made.setParent(window)
    return made


def test_a_screenshot_says_who_made_it(qtbot: QtBot, director: DemoDirector, tmp_path: Path) -> None:
    taken: list[bool] = []
    director._screenshot("1-empty", lambda: taken.append(True))
    qtbot.waitUntil(lambda: bool(taken))
    assert is_picture(tmp_path / "1-empty.png")


def test_a_full_disk_ends_the_demo(
    qtbot: QtBot, director: DemoDirector, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(whole_file, "_new_partial", full)
    taken: list[bool] = []
    with qtbot.waitSignal(director.failed) as failed:
        director._screenshot("1-empty", lambda: taken.append(True))
    error = failed.args[0]
    assert isinstance(error, KnownError)
    assert "1-empty.png: No space left on device" in str(error)
    assert not taken
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("n_shots", "asked"), [(1, "enrollment.stop"), (0, "enrollment.discard")])
def test_a_recording_ends_when_somebody_else_comes(
    director: DemoDirector, engine: FakeEngine, n_shots: int, asked: str
) -> None:
    """On a busy machine it went on until somebody else was alone, whose shots were then taken for the first one's."""
    director._current, director._step = "Anna", _Step.RECORDING
    director._n_shots = n_shots
    boxes = [FaceTruth(np.array([0.0, 0.0, 9.0, 9.0], np.float32), person) for person in ("Anna", "Boris")]
    director._on_result(make_result(frame=replace(make_frame(), truth=tuple(boxes[:1]))))
    assert not engine.calls
    director._on_result(make_result(frame=replace(make_frame(), truth=tuple(boxes))))
    assert [call.name for call in engine.calls] == [asked]


@pytest.mark.parametrize(("left_s", "undone"), [(9.0, []), (3.0, [(7,)])])
def test_a_denial_that_nobody_sees_is_undone_in_time_and_tried_again(
    director: DemoDirector, engine: FakeEngine, bridge: EngineBridge, left_s: float, undone: list[tuple[int]]
) -> None:
    """Whoever left as they were denied came back after ten seconds, when undoing had no effect; the demo got stuck."""
    director._current, director._step = "Anna", _Step.DENIED
    bridge.undoable.emit(Undoable(7, "", "Anna", monotonic_ns() + int(left_s * 1e9)))
    director._on_result(make_result())
    assert [call.args for call in engine.calls if call.name == "people.undo"] == undone
    assert director._step is (_Step.REJECTING if undone else _Step.DENIED)
