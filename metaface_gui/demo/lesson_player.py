"""Plays a lesson by itself, on the demo scene: does what each step says and takes a picture of what came of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from metaface_gui.demo.summary import DemoPersonFiles
from metaface_gui.engine.api import EngineApi
from metaface_gui.engine.events import RequestEnded, ResultReady
from metaface_gui.engine.people.gallery_editor import Enrollee
from metaface_gui.engine.studio.side import Side
from metaface_gui.errors import QT_TRANSLATE_NOOP, KnownError
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.lessons.five import LESSONS
from metaface_gui.gui.main_window import MainWindow
from metaface_gui.gui.window_picture import save_picture
from metaface_gui.metalearning.frame_environments import EnvironmentSetting
from metaface_gui.pipeline.learners import learner_class
from metaface_gui.types import FrameResult, RequestId

_READ_MS = 600
"""A step is there for so long before it is done."""
_WATCH_MS = 1_800
"""What came of it is watched so long before its picture is taken."""
_ROOM_MS = 3_500
"""A light that lasts so long is another room."""
_PATIENCE_MS = 120_000


def lesson_screenshots(number: int) -> tuple[str, ...]:
    """Names of the pictures of this lesson, a step each."""
    return tuple(f"lesson-{number}-{step}" for step in range(1, len(LESSONS[number - 1].steps) + 1))


class LessonPlayer(QObject):
    """Is the `Hand` of the lesson's steps. `finished` carries the pictures' paths, `failed` a `KnownError`, where a
    step is not done within two minutes or a picture cannot be written."""

    finished = Signal(object)
    failed = Signal(object)

    def __init__(
        self,
        engine: EngineApi,
        bridge: EngineBridge,
        window: Callable[[], MainWindow],
        people: Sequence[DemoPersonFiles],
        *,
        number: int,
        out_dir: Path,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._engine, self._window, self._number, self._out_dir = engine, window, number, out_dir
        self._to_enroll = list(people)
        self._enrolling: tuple[RequestId, DemoPersonFiles] | None = None
        self._newest: FrameResult | None = None
        self._pictures: list[Path] = []
        self._has_begun = False
        self._patience = QTimer(self, interval=_PATIENCE_MS, singleShot=True)
        self._patience.timeout.connect(self._give_up)
        self._lessons = window().help.lessons
        self._lessons.goes_on_by_itself = False
        self._lessons.step_begun.connect(self._on_step)
        self._lessons.step_done.connect(self._on_done)
        self._lessons.ended.connect(self._on_ended)
        bridge.result_ready.connect(self._on_result)
        bridge.request_ended.connect(self._on_request_ended)

    def start(self) -> None:
        """Begin; the demo scene must be the engine's source."""
        self._patience.start()

    def _on_result(self, event: ResultReady) -> None:
        self._newest = event.result
        if self._has_begun or not event.result.faces:
            return
        self._has_begun = True
        if self._number == 1:
            self._lessons.open(1)  # its steps are about enrolling
        else:
            self.enroll_next()

    def _on_step(self, index: int) -> None:
        self._patience.start()
        step = LESSONS[self._number - 1].steps[index]
        if self._lessons.panel.is_done:
            QTimer.singleShot(_READ_MS, self, lambda: self._on_done(index))
            return

        def play() -> None:
            for act in step.play:
                act(self)

        QTimer.singleShot(_READ_MS, self, play)

    def _on_done(self, index: int) -> None:
        def photograph() -> None:
            if self._newest is None or not self._newest.faces:  # the scene is empty for a moment
                QTimer.singleShot(_READ_MS, self, photograph)
                return
            path = self._out_dir / f"{lesson_screenshots(self._number)[index]}.png"
            try:
                save_picture(self._window(), path)
            except KnownError as error:
                self._patience.stop()
                self.failed.emit(error)
                return
            self._pictures.append(path)
            self._lessons.go_on()

        QTimer.singleShot(_WATCH_MS, self, photograph)

    def _on_ended(self) -> None:
        self._patience.stop()
        self.finished.emit(tuple(self._pictures))

    def _give_up(self) -> None:
        text = QT_TRANSLATE_NOOP("Errors", "The lesson got stuck. Close other programs and try again.")
        self.failed.emit(KnownError(text))

    # The hand -------------------------------------------------------------------------------------------------------

    def enroll_next(self) -> None:
        """Enrol one more person of the demo scene from pictures."""
        if self._to_enroll:
            person = self._to_enroll.pop(0)
            self._enrolling = self._engine.enrollment.add_files(person.stills), person

    def _on_request_ended(self, event: RequestEnded) -> None:
        if self._enrolling is None or event.request_id != self._enrolling[0]:
            return
        person, self._enrolling = self._enrolling[1], None
        self._engine.enrollment.save(Enrollee(person.name, consent_given=True, is_sure=True))
        if self._lessons.place is None and self._to_enroll:
            self.enroll_next()
        elif self._lessons.place is None:
            self._lessons.open(self._number)

    def choose_method(self, key: str) -> None:
        """Let another method decide."""
        self._engine.models.set_learner(key)

    def compare(self, keys: tuple[str, ...]) -> None:
        """Run these beside it."""
        self._engine.models.set_compared(keys)

    def open_page(self, key: str) -> None:
        """Open a page of the studio."""
        self._window().stage.open_page(key)

    def explain_somebody(self) -> None:
        """Ask why a face on screen has its name."""
        faces = () if self._newest is None else self._newest.faces
        if faces:
            self._window().stage.explain(max(faces, key=lambda face: face.quality.size_px).track_id)
        else:
            QTimer.singleShot(_READ_MS, self, self.explain_somebody)

    def use_inner_steps(self, steps: int | None) -> None:
        """Let MAML take so many steps; None: as many as by default."""
        settings = None if steps is None else replace(learner_class("maml").settings_type(), inner_steps=steps)
        self._engine.models.set_hyperparameters("maml", settings)

    def let_through(self, fpir: float) -> None:
        """Let this share of strangers through."""
        self._engine.models.set_fpir(fpir)

    def photograph_in(self, setting: EnvironmentSetting) -> None:
        """Turn the environment dial."""
        self._engine.source.set_environment(setting)

    def adapt_to_room(self) -> None:
        """Adapt to the room's faces, once its light has lasted."""
        QTimer.singleShot(_ROOM_MS, self, self._engine.room.adapt)

    def show_before_after(self) -> None:
        """Show this room before | after."""
        self._window().stage.show_before_after(Side("", uses_room=False))

    def test_methods(self) -> None:
        """Make the leave-one-out report."""
        report = self._window().stage.report
        self.open_page("report")
        report.follow(self._engine.studio.self_test())
