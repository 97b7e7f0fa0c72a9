"""The process that `metaface bench` starts to see how long the window takes: the real one, with a gallery of its own.

Prints `starting` once anything is on screen, `painted` once the main window is, and `recognised` once a face in it has
its name, then goes on for as long as it is told. Not a command for users.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from importlib import import_module
from pathlib import Path

from metaface_gui.engine.startup_benchmark import PAINTED, RECOGNISED, STARTING
from metaface_gui.gui.application import draw_off_screen_without_display, make_application

_GIVE_UP_S = 120.0


def main(arguments: list[str]) -> int:
    """Open the window on the demo scene; returns 0 once a face was recognised and the time is over."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--gallery", type=Path, required=True)
    parser.add_argument("--keys", type=Path, required=True, help="the folder of the gallery's key")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--linger", type=float, default=0.0, metavar="SECONDS")
    args = parser.parse_args(arguments)
    draw_off_screen_without_display()
    app = make_application()
    # From here on as `__main__` and `app.run_window` do it.
    from PySide6.QtCore import QEvent, QObject, QSettings, QTimer  # noqa: PLC0415
    from PySide6.QtWidgets import QMainWindow, QWidget  # noqa: PLC0415

    from metaface_gui.gui.starting_window import close_starting_window, load_behind_window  # noqa: PLC0415

    said = set[str]()

    def say(word: str) -> None:
        if word not in said:
            said.add(word)
            sys.stdout.write(word + "\n")
            sys.stdout.flush()

    class Watch(QObject):
        """Says when a window has painted. The filter comes before the painting, the timer after it."""

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
            if event.type() == QEvent.Type.Paint and isinstance(watched, QWidget) and watched.isWindow():
                word = PAINTED if isinstance(watched, QMainWindow) else STARTING
                QTimer.singleShot(0, lambda: say(word))
            return super().eventFilter(watched, event)

    watch = Watch()
    app.installEventFilter(watch)
    starting = load_behind_window(lambda: import_module("metaface_gui.app"))

    from metaface_gui.app import running  # noqa: PLC0415
    from metaface_gui.engine.events import ResultReady  # noqa: PLC0415
    from metaface_gui.gallery import FileKeys, Gallery  # noqa: PLC0415
    from metaface_gui.gui.main_window import MainWindow  # noqa: PLC0415
    from metaface_gui.gui.window_state import WindowState  # noqa: PLC0415
    from metaface_gui.pipeline.capture.specification import DEMO, SourceKind, SourceSpec  # noqa: PLC0415
    from metaface_gui.settings import RecognitionSettings  # noqa: PLC0415

    def looked_at(event: ResultReady) -> None:
        if PAINTED in said and any(face.identification.name is not None for face in event.result.faces):
            app.removeEventFilter(watch)
            if RECOGNISED not in said:
                QTimer.singleShot(round(1e3 * args.linger), app.quit)
            say(RECOGNISED)

    with (
        tempfile.TemporaryDirectory() as folder,
        running(
            app, Gallery.open(args.gallery, keys=FileKeys(args.keys)), RecognitionSettings(device=args.device)
        ) as parts,
    ):
        state = WindowState(QSettings(str(Path(folder) / "window.ini"), QSettings.Format.IniFormat))
        window = MainWindow(parts.engine, parts.bridge, state)
        parts.bridge.result_ready.connect(looked_at)
        window.resize(1280, 800)
        window.show()
        close_starting_window(app)
        del starting
        window.open_source(SourceSpec(SourceKind.DEMO, DEMO))
        QTimer.singleShot(round(1e3 * (_GIVE_UP_S + args.linger)), app.quit)
        app.exec()
        window.close()
    return int(RECOGNISED not in said)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
