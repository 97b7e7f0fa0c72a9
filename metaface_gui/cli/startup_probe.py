"""The process that `metaface bench` starts to see how long the window takes: the real one, with a gallery of its own.

Prints `painted` once the window has painted and `recognised` once a face on screen has its name, then goes on for as
long as it is told. Not a command for users.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from metaface_gui.app import has_display, make_application, running
from metaface_gui.engine.startup_benchmark import PAINTED, RECOGNISED
from metaface_gui.gallery import Gallery
from metaface_gui.pipeline.capture.specification import DEMO, SourceKind, SourceSpec
from metaface_gui.settings import RecognitionSettings

_GIVE_UP_S = 120.0


def main(arguments: list[str]) -> int:
    """Open the window on the demo scene; returns 0 once a face was recognised and the time is over."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--gallery", type=Path, required=True)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--linger", type=float, default=0.0, metavar="SECONDS")
    args = parser.parse_args(arguments)
    if not has_display():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    app = make_application()
    # After the application, as Qt wants, and as `app.run_window` does it.
    from PySide6.QtCore import QEvent, QObject, QSettings, QTimer  # noqa: PLC0415

    from metaface_gui.engine.events import ResultReady  # noqa: PLC0415
    from metaface_gui.gui.main_window import MainWindow  # noqa: PLC0415
    from metaface_gui.gui.window_state import WindowState  # noqa: PLC0415

    class Watch(QObject):
        """Says each thing once, when it has happened."""

        def __init__(self) -> None:
            super().__init__()
            self.said: set[str] = set()

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
            if event.type() == QEvent.Type.Paint:
                # The filter comes before the painting; this comes after it.
                QTimer.singleShot(0, self.painted)
            return super().eventFilter(watched, event)

        def painted(self) -> None:
            self._say(PAINTED)

        def looked_at(self, event: ResultReady) -> None:
            if any(face.identification.name is not None for face in event.result.faces) and PAINTED in self.said:
                if RECOGNISED not in self.said:
                    QTimer.singleShot(round(1e3 * args.linger), app.quit)
                self._say(RECOGNISED)

        def _say(self, word: str) -> None:
            if word not in self.said:
                self.said.add(word)
                sys.stdout.write(word + "\n")
                sys.stdout.flush()

    with (
        tempfile.TemporaryDirectory() as folder,
        running(app, Gallery.open(args.gallery), RecognitionSettings(device=args.device)) as parts,
    ):
        state = WindowState(QSettings(str(Path(folder) / "window.ini"), QSettings.Format.IniFormat))
        window, watch = MainWindow(parts.engine, parts.bridge, state), Watch()
        window.installEventFilter(watch)
        parts.bridge.result_ready.connect(watch.looked_at)
        window.resize(1280, 800)
        window.show()
        window.open_source(SourceSpec(SourceKind.DEMO, DEMO))
        QTimer.singleShot(round(1e3 * (_GIVE_UP_S + args.linger)), app.quit)
        app.exec()
        window.close()
    return int(RECOGNISED not in watch.said)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
