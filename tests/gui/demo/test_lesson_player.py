"""A lesson that plays itself, with an engine that answers at once and computes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from metaface_gui.demo import lesson_player
from metaface_gui.demo.lesson_player import LessonPlayer, lesson_screenshots
from metaface_gui.demo.summary import DemoPersonFiles
from metaface_gui.engine.events import Adapted, EngineEvent, GalleryChanged, RequestEnded
from metaface_gui.errors import KnownError
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.lessons.five import LESSONS
from metaface_gui.gui.main_window import MainWindow
from tests.gui.fakes import FakeEngine, make_face, make_result, models
from tests.gui.panels.samples import gallery, person

PEOPLE = tuple(DemoPersonFiles(name, (Path(f"{name}.png"),)) for name in ("Anna", "Boris"))


class AnsweringEngine(FakeEngine):
    """Does what it is asked as far as a lesson can see it."""

    def __init__(self) -> None:
        super().__init__()
        self._changed = models()
        self.recorder.answers |= {
            "models.set_learner": lambda _request, key: [*self._change(learner=key), Adapted(key, 2, 10, 9.0)],
            "models.set_compared": lambda _request, keys: self._change(compared=tuple(keys)),
            "models.set_fpir": lambda _request, fpir: self._change(fpir=fpir),
            "models.set_hyperparameters": lambda _request, learner, settings: [
                *self._change(hyperparameters={} if settings is None else {learner: settings}),
                Adapted(learner, 2, 10, 9.0),
            ],
            "enrollment.add_files": lambda request, **_: [RequestEnded(request)],
            "enrollment.save": lambda request, **_: [self._everybody(), RequestEnded(request)],
        }

    def _everybody(self) -> GalleryChanged:
        return gallery(*(person(number, name) for number, name in enumerate(self.enrolled(), start=1)))

    def _change(self, **to: Any) -> list[EngineEvent]:
        self._changed = replace(self._changed, **to)
        return [self._changed]


@pytest.fixture
def engine() -> AnsweringEngine:
    return AnsweringEngine()


@pytest.fixture(autouse=True)
def in_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_READ_MS", "_WATCH_MS", "_ROOM_MS"):
        monkeypatch.setattr(lesson_player, name, 0)


@pytest.fixture
def play(
    window: MainWindow, engine: AnsweringEngine, bridge: EngineBridge, tmp_path: Path
) -> Callable[..., LessonPlayer]:
    def start(number: int, out_dir: Path = tmp_path) -> LessonPlayer:
        player = LessonPlayer(engine, bridge, lambda: window, PEOPLE, number=number, out_dir=out_dir, parent=window)
        player.start()
        return player

    return start


def see_somebody(bridge: EngineBridge) -> None:
    bridge(make_result(make_face(1, name="Anna")))


def test_a_lesson_enrols_everybody_does_each_step_and_saves_its_picture(
    qtbot: QtBot, play: Callable[..., LessonPlayer], engine: AnsweringEngine, bridge: EngineBridge, tmp_path: Path
) -> None:
    player = play(2)
    with qtbot.waitSignal(player.finished) as finished:
        see_somebody(bridge)
        see_somebody(bridge)  # it begins once
    assert engine.enrolled() == ["Anna", "Boris"]
    assert engine.calls_of("models.set_learner") == [("maml",)]
    turned = [settings for _learner, settings in engine.calls_of("models.set_hyperparameters")]
    assert turned[0] is not None
    assert turned[-1] is None
    assert finished.args == [tuple(tmp_path / f"{name}.png" for name in lesson_screenshots(2))]
    assert len(lesson_screenshots(2)) == len(LESSONS[1].steps)
    assert all((tmp_path / f"{name}.png").stat().st_size > 1000 for name in lesson_screenshots(2))


def test_the_lesson_on_enrolling_begins_with_nobody(
    qtbot: QtBot, play: Callable[..., LessonPlayer], window: MainWindow, engine: AnsweringEngine, bridge: EngineBridge
) -> None:
    player = play(1)
    with qtbot.waitSignal(window.help.lessons.step_begun):
        see_somebody(bridge)
    assert window.help.lessons.place == (1, 0)
    qtbot.waitUntil(lambda: bool(engine.calls_of("enrollment.save", is_sure=True)))
    player.deleteLater()
    window.help.lessons.close()


def test_a_picture_that_cannot_be_written_ends_it_with_a_sentence(
    qtbot: QtBot, play: Callable[..., LessonPlayer], bridge: EngineBridge, tmp_path: Path
) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("no folder")
    player = play(2, in_the_way)
    with qtbot.waitSignal(player.failed) as failed:
        see_somebody(bridge)
    assert isinstance(failed.args[0], KnownError)
    assert not player._patience.isActive()


def test_a_lesson_that_nobody_comes_to_gives_up(
    qtbot: QtBot, play: Callable[..., LessonPlayer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lesson_player, "_PATIENCE_MS", 1)
    player = play(2)
    with qtbot.waitSignal(player.failed) as failed:
        pass
    assert "got stuck" in str(failed.args[0])
