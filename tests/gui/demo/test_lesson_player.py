"""A lesson that plays itself, with an engine that answers at once and computes nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from metaface_gui.demo import lesson_player
from metaface_gui.demo.lesson_player import LessonPlayer, lesson_screenshots
from metaface_gui.demo.summary import DemoPersonFiles
from metaface_gui.engine.events import ModelsChanged, ModelState, RequestEnded
from metaface_gui.engine.people.gallery_editor import Terms
from metaface_gui.errors import KnownError
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.lessons.five import LESSONS
from metaface_gui.gui.main_window import MainWindow
from metaface_gui.types import PersonId, RequestId
from tests.gui.fakes import FakeEngine, make_face, make_result
from tests.gui.panels.samples import gallery, person

PEOPLE = tuple(DemoPersonFiles(name, (Path(f"{name}.png"),)) for name in ("Anna", "Boris"))


class AnsweringEngine(FakeEngine):
    """Does what it is asked as far as a lesson can see it."""

    def __init__(self) -> None:
        super().__init__()
        self._models = ModelsChanged(ModelState.READY, "yunet", "sface", "cpu", "prototypical", 0.01)

    def set_learner(self, key: str) -> None:
        super().set_learner(key)
        self._say(replace(self._models, learner=key))

    def set_compared(self, keys: Sequence[str]) -> None:
        super().set_compared(keys)
        self._say(replace(self._models, compared=tuple(keys)))

    def set_hyperparameters(self, learner: str, settings: object | None) -> None:
        super().set_hyperparameters(learner, settings)
        self._say(replace(self._models, hyperparameters={} if settings is None else {learner: settings}))

    def set_fpir(self, fpir: float) -> None:
        super().set_fpir(fpir)
        self._say(replace(self._models, fpir=fpir))

    def add_enrollment_files(self, paths: Sequence[Path]) -> RequestId:
        request = super().add_enrollment_files(paths)
        self.recorder.answer(RequestEnded(request))
        return request

    def enroll(
        self,
        name: str,
        *,
        person_id: PersonId | None,
        consent_given: bool,
        terms: Terms | None = None,
        is_sure: bool = False,
    ) -> RequestId:
        request = super().enroll(name, person_id=person_id, consent_given=consent_given, terms=terms, is_sure=is_sure)
        names = [str(args[0]) for args in self.calls_of("enroll_surely")]
        self.recorder.answer(gallery(*(person(number, name) for number, name in enumerate(names, start=1))))
        self.recorder.answer(RequestEnded(request))
        return request

    def _say(self, changed: ModelsChanged) -> None:
        self._models = changed
        self.recorder.answer(changed)


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
    with qtbot.waitSignal(player.finished, timeout=20_000) as finished:
        see_somebody(bridge)
        see_somebody(bridge)  # it begins once
    assert [args[0] for args in engine.calls_of("enroll_surely")] == ["Anna", "Boris"]
    assert engine.calls_of("set_learner") == [("maml",)]
    turned = [settings for _learner, settings in engine.calls_of("set_hyperparameters")]
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
    qtbot.waitUntil(lambda: bool(engine.calls_of("enroll_surely")))
    player.deleteLater()
    window.help.lessons.close()


def test_a_picture_that_cannot_be_written_ends_it_with_a_sentence(
    qtbot: QtBot, play: Callable[..., LessonPlayer], bridge: EngineBridge, tmp_path: Path
) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("no folder")
    player = play(2, in_the_way)
    with qtbot.waitSignal(player.failed, timeout=20_000) as failed:
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
