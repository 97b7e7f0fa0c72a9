"""The process that `metaface bench` starts to see how long the window takes: the real one, with a gallery of its own.

Prints what `bench.startup` waits for, then goes on for as long as it is told. Not a command for users.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from metaface_gui.bench.startup_words import BOXES, LOADED, PAINTED, PICTURE, RECOGNISED, STARTING
from metaface_gui.deferred import uncollected
from metaface_gui.gui.application import draw_off_screen_without_display, make_application

if TYPE_CHECKING:
    from metaface_gui.app import Parts
    from metaface_gui.engine.events import Adapted, ResultReady
    from metaface_gui.gui.live.live_view import LiveView
    from metaface_gui.gui.main_window import MainWindow
    from metaface_gui.gui.window_state import WindowState

_GIVE_UP_S = 120.0
_LOOK_MS = 50


class _Story:
    """What has happened so far: each thing is said once, in a line of its own."""

    def __init__(self) -> None:
        self.said = set[str]()
        self._pictures_s = list[float]()
        self._is_adapted = False

    def say(self, word: str, more: str = "") -> None:
        """Say it now, unless it was said before."""
        if word not in self.said:
            self.said.add(word)
            sys.stdout.write(f"{word} {more}\n")
            sys.stdout.flush()

    def on_picture(self) -> None:
        """A picture of the source was painted."""
        self._pictures_s.append(time.monotonic())
        if PAINTED in self.said:
            self.say(PICTURE)

    def on_result(self, event: ResultReady) -> None:
        """A frame was looked at."""
        if PICTURE in self.said and event.result.faces:
            self.say(BOXES)
            if any(face.identification.name is not None for face in event.result.faces):
                self.say(RECOGNISED)
                self._look_whether_over()

    def on_adapted(self, _event: Adapted) -> None:
        """All models are there, and the learner has adapted."""
        self._is_adapted = True
        self._look_whether_over()

    def _look_whether_over(self) -> None:
        if self._is_adapted and RECOGNISED in self.said:
            longest_s = max((later - at for at, later in pairwise(self._pictures_s)), default=0.0)
            self.say(LOADED, f"{longest_s:.4f}")


def main(arguments: list[str]) -> int:
    """Open the window on the demo scene; returns 0 once all was loaded and the time is over."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--gallery", type=Path, required=True)
    parser.add_argument("--keys", type=Path, required=True, help="the folder of the gallery's key")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--linger", type=float, default=0.0, metavar="SECONDS")
    args = parser.parse_args(arguments)
    draw_off_screen_without_display()
    with uncollected():
        app = make_application()
    # From here on as `__main__` and `app.run_window` do it.
    from PySide6.QtCore import QEvent, QObject, QSettings, QTimer  # noqa: PLC0415
    from PySide6.QtWidgets import QMainWindow, QWidget  # noqa: PLC0415

    from metaface_gui.gui.starting_window import close_starting_window, load_behind_window  # noqa: PLC0415

    story = _Story()

    class Watch(QObject):
        """Tells of what has painted. The filter comes before the painting, the timer after it."""

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
            if event.type() == QEvent.Type.Paint and isinstance(watched, QWidget):
                if watched.isWindow():
                    word = PAINTED if isinstance(watched, QMainWindow) else STARTING
                    QTimer.singleShot(0, lambda: story.say(word))
                elif watched in views and views[watched].geometry_of_video() is not None:
                    QTimer.singleShot(0, story.on_picture)
            return super().eventFilter(watched, event)

    watch = Watch()
    views: dict[QWidget, LiveView] = {}
    app.installEventFilter(watch)
    starting = load_behind_window(lambda: import_module("metaface_gui.app"))
    # Making a window is thousands of events: a filter of them all would be a tenth of what is measured.
    app.removeEventFilter(watch)

    from metaface_gui.app import load_after_window, running  # noqa: PLC0415
    from metaface_gui.gallery import FileKeys, Gallery  # noqa: PLC0415
    from metaface_gui.gui.window_state import WindowState  # noqa: PLC0415
    from metaface_gui.pipeline.capture.specification import SourceSpec  # noqa: PLC0415
    from metaface_gui.settings import RecognitionSettings  # noqa: PLC0415

    with (
        tempfile.TemporaryDirectory() as folder,
        running(
            app, Gallery.open(args.gallery, keys=FileKeys(args.keys)), RecognitionSettings(device=args.device)
        ) as parts,
    ):
        parts.engine.source.open(SourceSpec.demo())
        window = _shown(parts, WindowState(QSettings(str(Path(folder) / "window.ini"), QSettings.Format.IniFormat)))
        views.update({view: view for view in window.findChildren(type(window.live_view))})
        watched = (window, *views)
        for widget in watched:
            widget.installEventFilter(watch)
        parts.bridge.result_ready.connect(story.on_result)
        parts.bridge.adapted.connect(story.on_adapted)
        close_starting_window(app)
        load_after_window(parts.engine, window, has_source=True)
        del starting
        window.remember_source(SourceSpec.demo())
        given_up = time.monotonic() + _GIVE_UP_S + args.linger
        ends: list[float] = []

        def look_whether_over() -> None:
            if LOADED in story.said and not ends:
                for widget in watched:
                    widget.removeEventFilter(watch)
                ends.append(time.monotonic() + args.linger)
            if time.monotonic() >= min([given_up, *ends]):
                app.quit()

        over = QTimer(window, interval=_LOOK_MS)
        over.timeout.connect(look_whether_over)
        over.start()
        app.exec()
        window.close()
    return int(LOADED not in story.said)


@uncollected()
def _shown(parts: Parts, state: WindowState) -> MainWindow:
    """Make the window and show it, as `app.run_window` does."""
    from metaface_gui.gui.main_window import MainWindow  # noqa: PLC0415 - after the application, as Qt wants

    window = MainWindow(parts.engine, parts.bridge, state)
    window.resize(1280, 800)
    window.show()
    return window


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
