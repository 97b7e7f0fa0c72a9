"""The composition root: creates gallery, engine, bridge and window, and closes them in the right order."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from metaface_gui.deferred import uncollected
from metaface_gui.engine.engine import Engine
from metaface_gui.engine.events import ModelsChanged, ModelState
from metaface_gui.engine.people.shots import encode_picture
from metaface_gui.errors import QT_TRANSLATE_NOOP, KnownError
from metaface_gui.gallery import Gallery
from metaface_gui.gui.application import draw_off_screen_without_display, is_seen, make_application
from metaface_gui.i18n import error_text
from metaface_gui.pipeline.capture.demo.people import DemoPerson, demo_people
from metaface_gui.pipeline.capture.specification import SourceSpec
from metaface_gui.pipeline.detection import DETECTORS
from metaface_gui.pipeline.embedding import EMBEDDERS
from metaface_gui.pipeline.embedding.device import tune_process
from metaface_gui.pipeline.learners import LEARNERS
from metaface_gui.program_log import describe_program, start_log
from metaface_gui.resources import user_data_dir, weights_dir
from metaface_gui.settings import RecognitionSettings
from metaface_gui.weights.store import WeightsStore

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from metaface_gui.demo.director import DemoDirector
    from metaface_gui.demo.lesson_player import LessonPlayer
    from metaface_gui.demo.summary import DemoPersonFiles, DemoSummary
    from metaface_gui.gui.bridge import EngineBridge
    from metaface_gui.gui.main_window import MainWindow
    from metaface_gui.gui.window_controller import WindowController


_PLOTS = ("metaface_gui.gui.studio.plot_theme", "metaface_gui.gui.studio.map_plot")
"""Modules that import pyqtgraph: early, so that its half a second does not delay the first opening of the studio."""
_PICTURE_PATIENCE_MS = 300
"""How long the first picture has the processor to itself; while a camera opens, which may take seconds, it idles."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What a window is built on, already started."""

    app: QApplication
    engine: Engine
    bridge: EngineBridge


@contextmanager
def running(
    app: QApplication,
    gallery: Gallery,
    settings: RecognitionSettings,
    hyperparameters: Mapping[str, object] = MappingProxyType({}),
) -> Iterator[Parts]:
    """Start the engine and its bridge; finally stop the engine, then close the bridge and the gallery, in any case."""
    from metaface_gui.gui.bridge import EngineBridge  # noqa: PLC0415 - after the application, as Qt wants
    from metaface_gui.gui.learner_words import drawn_words  # noqa: PLC0415

    tune_process()
    bridge = EngineBridge()
    store = WeightsStore(weights_dir(), user_data_dir() / "weights")
    engine = Engine(
        gallery,
        store,
        bridge,
        settings,
        hyperparameters=hyperparameters,
        words=drawn_words,
        awaits_window=True,
        imports_last=_PLOTS,
    )
    engine.start()
    try:
        yield Parts(app, engine, bridge)
    finally:
        engine.stop()
        bridge.close()
        gallery.close()


def run_window(
    *,
    source: SourceSpec | None,
    gallery_path: Path | None,
    choose_settings: Callable[[RecognitionSettings], RecognitionSettings],
    language: str | None = None,
) -> int:
    """Open the window and run until it is closed; returns the exit code.

    `choose_settings` maps the settings remembered from last time to those to use; `language` is the code of the
    language to use from now on, None for the remembered one.
    """
    app = make_application()
    start_log(is_described=False, on_failure=_tell)
    from PySide6.QtCore import QTimer  # noqa: PLC0415 - after the application, as Qt wants

    from metaface_gui.gui.refused_start import tell_refused_start  # noqa: PLC0415
    from metaface_gui.gui.starting_window import close_starting_window  # noqa: PLC0415
    from metaface_gui.gui.window_state import WindowState  # noqa: PLC0415
    from metaface_gui.i18n import install_translation  # noqa: PLC0415

    state = WindowState(parent=app)
    if language is not None:
        state.language = language
    install_translation(app, state.language)
    state.recognition = settings = choose_settings(known_settings(state.recognition))
    try:
        gallery = Gallery.open(gallery_path or Gallery.default_path())
    except KnownError as error:  # usually because another window has it open
        describe_program()
        tell_refused_start(app, error)
        raise
    with running(app, gallery, settings, state.hyperparameters) as parts:
        if source is not None:  # so that its first picture is read while the window is loaded and built
            parts.engine.source.open(source)
        with uncollected():
            from metaface_gui.gui.interruption import closing_on_signals  # noqa: PLC0415
            from metaface_gui.gui.main_window import MainWindow  # noqa: PLC0415
            from metaface_gui.gui.window_controller import WindowController  # noqa: PLC0415

            controller = WindowController(app, parts.bridge, lambda: MainWindow(parts.engine, parts.bridge, state))
            controller.window.show()
        close_starting_window(app)
        load_after_window(parts.engine, controller.window, has_source=source is not None)
        QTimer.singleShot(_PICTURE_PATIENCE_MS, describe_program)
        if source is not None:
            controller.window.remember_source(source)
        elif is_seen():  # users who pass a source know the window already
            controller.window.help.welcome(state)
        with controller.catching(), closing_on_signals(app.quit) as interruption:
            code = app.exec()
        controller.window.close()
    return code or interruption.exit_code


def load_after_window(engine: Engine, window: MainWindow, *, has_source: bool) -> None:
    """Make the engine load its models once this window, which is being shown, has been painted.

    If the source was opened already, its first picture goes first, unless that takes too long.
    """
    from PySide6.QtCore import Qt, QTimer  # noqa: PLC0415 - after the application, as Qt wants

    patience = QTimer(window, singleShot=True, interval=_PICTURE_PATIENCE_MS if has_source else 0)
    patience.timeout.connect(engine.on_window)
    patience.start()
    # Not immediately, because the picture has yet to be painted.
    window.feeder.ready.connect(partial(patience.start, 0), Qt.ConnectionType.SingleShotConnection)


def known_settings(settings: RecognitionSettings) -> RecognitionSettings:
    """Replace remembered keys that this version does not know by the defaults."""
    defaults = RecognitionSettings()
    return replace(
        settings,
        detector=settings.detector if settings.detector in DETECTORS else defaults.detector,
        embedder=settings.embedder if settings.embedder in EMBEDDERS else defaults.embedder,
        learner=settings.learner if settings.learner in LEARNERS else defaults.learner,
        compared=tuple(key for key in settings.compared if key in LEARNERS),
    )


def run_demo(
    *,
    settings: RecognitionSettings,
    watch_s: float,
    out_dir: Path,
    tell: Callable[[DemoSummary], None],
    lesson: int | None = None,
    tell_lesson: Callable[[tuple[Path, ...]], None] = lambda _paths: None,
    language: str | None = None,
    is_forced: bool = False,
) -> int:
    """Play the demo scene in the window, off screen without a display; `tell` gets its summary at the end.

    If the number of a `lesson`, from 1, is given, that lesson is played instead, and `tell_lesson` gets its pictures.

    On a screen the window stays open afterwards. No user's gallery is touched: the demo has its own, in memory.
    `language` is a code; None: the system's. `is_forced`: screenshots may replace somebody's pictures. Returns the exit
    code: 0, 1 if a screenshot is missing, or the code of the signal that ended it.

    Raises:
        KnownError: if the screenshots cannot be written or would replace somebody's pictures, the demo gets stuck, or
            the window is closed early.
    """
    draw_off_screen_without_display()
    is_offscreen = not is_seen()
    app = make_application()
    start_log(on_failure=_tell)
    _make_folder(out_dir)
    from metaface_gui.demo.director import SCREENSHOTS  # noqa: PLC0415 - after the application
    from metaface_gui.demo.lesson_player import lesson_screenshots  # noqa: PLC0415
    from metaface_gui.engine.batch.output_files import check_outputs, check_writable, is_picture  # noqa: PLC0415

    names = SCREENSHOTS if lesson is None else lesson_screenshots(lesson)
    pictures = [out_dir / f"{name}.png" for name in names]
    check_outputs([(path, is_picture) for path in pictures], (), is_forced=is_forced)
    check_writable(pictures[0])
    with running(app, Gallery.in_memory(), settings) as parts, tempfile.TemporaryDirectory() as own_folder:
        from PySide6.QtCore import QSettings  # noqa: PLC0415 - after the application, as Qt wants

        from metaface_gui.demo.summary import DemoPersonFiles, DemoSummary  # noqa: PLC0415
        from metaface_gui.gui.interruption import closing_on_signals  # noqa: PLC0415
        from metaface_gui.gui.main_window import MainWindow  # noqa: PLC0415
        from metaface_gui.gui.window_controller import WindowController  # noqa: PLC0415
        from metaface_gui.gui.window_state import WindowState  # noqa: PLC0415
        from metaface_gui.i18n import install_translation  # noqa: PLC0415

        own_state = WindowState(QSettings(str(Path(own_folder) / "window.ini"), QSettings.Format.IniFormat))
        own_state.language = language or ""
        install_translation(app, own_state.language)
        controller = WindowController(app, parts.bridge, lambda: MainWindow(parts.engine, parts.bridge, own_state))
        controller.window.resize(1280, 800)
        controller.window.show()
        parts.engine.on_window()
        people = [DemoPersonFiles(person.name, write_stills(person, Path(own_folder))) for person in demo_people()]
        ended: list[DemoSummary | tuple[Path, ...]] = []
        play = partial(_director, watch_s=watch_s) if lesson is None else partial(_lesson_player, number=lesson)
        director = play(parts, controller, people, out_dir=out_dir)
        director.finished.connect(tell if lesson is None else tell_lesson)
        director.finished.connect(ended.append)
        failures: list[KnownError] = []
        director.failed.connect(failures.append)
        director.failed.connect(app.quit)
        if is_offscreen:
            director.finished.connect(app.quit)
        parts.bridge.models_changed.connect(_open_scene_once_loaded(controller))
        director.start()
        with controller.catching(), closing_on_signals(app.quit) as interruption:
            app.exec()
        controller.window.close()
    if failures:
        raise failures[0]
    if not ended and not interruption.number:
        raise KnownError(QT_TRANSLATE_NOOP("Errors", "The demo was closed before it ended: there is no summary."))
    return interruption.exit_code or int(any(isinstance(end, DemoSummary) and end.not_taken for end in ended))


def _tell(error: KnownError) -> None:
    """Print an error that MetaFace works on after; there may be no console, as behind a shortcut on Windows."""
    if sys.stderr is not None:
        sys.stderr.write(f"metaface: {error_text(error)}\n")


def _make_folder(out_dir: Path) -> None:
    try:
        out_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        text = QT_TRANSLATE_NOOP("Errors", "Cannot write to {folder}: {reason}. Choose another with --out.")
        raise KnownError(text, folder=out_dir, reason=error.strerror) from error


def _director(
    parts: Parts, controller: WindowController, people: list[DemoPersonFiles], *, out_dir: Path, watch_s: float
) -> DemoDirector:
    from metaface_gui.demo.director import DemoDirector  # noqa: PLC0415 - after the application
    from metaface_gui.demo.rooms import try_demo_rooms  # noqa: PLC0415

    return DemoDirector(
        parts.engine,
        parts.bridge,
        lambda: controller.window,
        people,
        try_rooms=partial(try_demo_rooms, parts.engine, watch_s),
        watch_s=watch_s,
        out_dir=out_dir,
        parent=controller,
    )


def _lesson_player(
    parts: Parts, controller: WindowController, people: list[DemoPersonFiles], *, out_dir: Path, number: int
) -> LessonPlayer:
    from metaface_gui.demo.lesson_player import LessonPlayer  # noqa: PLC0415 - after the application

    return LessonPlayer(
        parts.engine, parts.bridge, lambda: controller.window, people, number=number, out_dir=out_dir, parent=controller
    )


def _open_scene_once_loaded(controller: WindowController) -> Callable[[ModelsChanged], None]:
    """Open the demo scene once people can be enrolled, because it plays on whether or not anybody looks."""
    opened: list[SourceSpec] = []

    def begin(models: ModelsChanged) -> None:
        if models.state is not ModelState.LOADING and not opened:
            opened.append(SourceSpec.demo())
            controller.window.open_source(opened[0])

    return begin


def write_stills(person: DemoPerson, folder: Path) -> tuple[Path, ...]:
    """Write a demo person's enrolment pictures to files, as a user's pictures would be."""
    paths = tuple(folder / f"{person.name} {number}.jpg" for number in range(1, len(person.stills) + 1))
    for path, still in zip(paths, person.stills, strict=True):
        path.write_bytes(encode_picture(still))
    return paths
