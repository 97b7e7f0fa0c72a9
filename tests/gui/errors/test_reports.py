"""Errors on screen: as a message, or as one calm dialog, and what "Copy details" copies."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from types import TracebackType

import pytest
from PySide6.QtCore import QObject, Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QPushButton
from pytestqt.qtbot import QtBot

from metaface_gui.engine.events import (
    EngineEvent,
    JobChanged,
    ModelsChanged,
    ModelState,
    SourceChanged,
    SourceState,
    Trouble,
)
from metaface_gui.errors import GalleryError, InternalError, KnownError, SourceError
from metaface_gui.gui.errors.dialog import ErrorDialog
from metaface_gui.gui.errors.unexpected import UnexpectedError, UnexpectedErrors
from metaface_gui.gui.main_window import MainWindow
from metaface_gui.program_log import log_dir, log_path, start_log, stop_log
from tests.gui.conftest import Say

NAME = "Xanthippe"


@pytest.fixture
def log() -> Iterator[None]:
    start_log()
    yield
    stop_log()


@pytest.fixture
def quiet_hooks(monkeypatch: pytest.MonkeyPatch) -> list[BaseException]:
    """What Python's own hooks would print, kept."""
    printed: list[BaseException] = []

    def hook(_kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
        printed.append(error)

    def thread_hook(args: threading.ExceptHookArgs) -> None:
        assert args.exc_value is not None
        printed.append(args.exc_value)

    monkeypatch.setattr(sys, "excepthook", hook)
    monkeypatch.setattr(threading, "excepthook", thread_hook)
    return printed


def clicked(window: MainWindow, text: str) -> None:
    (button,) = [b for b in window.findChildren(QPushButton) if b.text() == text and b.isVisible()]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def dialogs(window: MainWindow) -> list[ErrorDialog]:
    return [dialog for dialog in window.findChildren(ErrorDialog) if dialog.isVisible()]


def raised(name: str = NAME) -> ValueError:
    try:
        raise ValueError(name)  # noqa: TRY301 - it is to have a traceback
    except ValueError as error:
        return error


# Known errors --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["job", "trouble", "models", "source"])
def test_the_details_of_every_error_that_is_shown_can_be_copied(
    window: MainWindow, say: Say, log: None, where: str
) -> None:
    error = SourceError("“{name}” is busy ({reason}). Close the other program.", name=NAME, reason="EBUSY")
    say(ModelsChanged(ModelState.READY, "yunet", "sface-2021dec", "cuda", "maml", 0.01, compared=("rl2",)))
    events: dict[str, EngineEvent] = {
        "job": JobChanged(1, "Importing", None, is_finished=True, error=error),
        "trouble": Trouble(error),
        "models": ModelsChanged(ModelState.FAILED, "yunet", "sface-2021dec", "cuda", "maml", 0.01, error=error),
        "source": SourceChanged(SourceState.FAILED, "cam", error=error),
    }
    say(events[where])
    clicked(window, "Copy details")
    text = QGuiApplication.clipboard().text()
    assert text.startswith("SourceError: “…” is busy (EBUSY). Close the other program.\n")
    for word in ("MetaFace", "Python 3.", "System: ", "Qt 6.", "torch ", "numpy ", "yunet, sface-2021dec, maml"):
        assert word in text
    assert "on cuda" in text
    newest = text.split("The newest lines of the log:\n")[1]
    assert "is busy (EBUSY)" in newest
    assert NAME not in text
    assert window.toasts.toast is not None
    assert "copied" in window.toasts.toast.text


def test_details_say_so_before_there_are_models_or_a_log(window: MainWindow, say: Say) -> None:
    window.reports.copy_details(KnownError("Broken. Mend it."))
    text = QGuiApplication.clipboard().text()
    assert "Models: none yet" in text
    assert text.endswith("(no log)")


def test_a_source_that_goes_on_failing_is_logged_once(window: MainWindow, say: Say, log: None) -> None:
    for _ in range(20):
        say(SourceChanged(SourceState.RECONNECTING, "cam", error=SourceError("{path} is gone. Wait.", path=f"/{NAME}")))
    text = log_path().read_text("utf-8")
    assert text.count("is gone") == 1
    assert NAME not in text


def test_no_name_gets_into_the_log(window: MainWindow, say: Say, log: None) -> None:
    say(
        JobChanged(1, "Saving", None, is_finished=True, error=GalleryError("{name} exists. Choose another.", name=NAME))
    )
    say(Trouble(InternalError("“{title}” failed inside MetaFace.", title=f"Embedding {NAME}")))
    window.reports.show_unexpected(UnexpectedError("ValueError", "save, line 3"))
    text = log_path().read_text("utf-8")
    assert "GalleryError: … exists. Choose another." in text
    assert NAME not in text


# MetaFace's own errors ----------------------------------------------------------------------------------------------


def test_a_bug_in_the_engine_is_told_by_one_calm_dialog(window: MainWindow, say: Say) -> None:
    error = InternalError("A frame was lost ({kind}). If this keeps happening, see the log file.", kind="ValueError")
    say(Trouble(error))
    (dialog,) = dialogs(window)
    assert "ValueError" in dialog.details
    say(Trouble(error))
    say(Trouble(InternalError("Recording failed inside MetaFace.")))
    assert dialogs(window) == [dialog]
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    say(Trouble(error))
    assert not dialogs(window)
    assert window.toasts.toast is not None
    assert window.toasts.toast.error is error


def test_a_source_that_broke_inside_is_told_by_a_dialog(window: MainWindow, say: Say) -> None:
    say(SourceChanged(SourceState.FAILED, "cam", error=InternalError("Reading {title} failed.", title="cam")))
    assert len(dialogs(window)) == 1
    assert window.live_view.empty_state.text == "Reading cam failed."
    dialogs(window)[0].close()


def test_the_dialog_s_buttons(window: MainWindow, say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[QUrl] = []

    def open_url(url: QUrl) -> bool:
        opened.append(url)
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", open_url)
    window.reports.show_unexpected(UnexpectedError("ValueError", "paint, line 7"))
    (dialog,) = dialogs(window)
    QTest.mouseClick(dialog.copy_button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == dialog.details
    assert dialog.details.startswith("InternalError: MetaFace had an internal error (ValueError)")
    assert dialog.copy_button.text() == "Copied"
    assert not dialog.text.isVisible()
    QTest.mouseClick(dialog.show_button, Qt.MouseButton.LeftButton)
    assert dialog.text.isVisible()
    assert dialog.text.toPlainText() == dialog.details
    QTest.mouseClick(dialog.log_button, Qt.MouseButton.LeftButton)
    assert [url.toLocalFile() for url in opened] == [str(log_dir())]
    QTest.keyClick(dialog.close_button, Qt.Key.Key_Return)
    assert not dialog.isVisible()


def test_where_no_folder_can_be_shown_its_place_is_told(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _url: False)
    window.commands.log_folder.trigger()
    assert window.toasts.toast is not None
    assert str(log_dir()) in window.toasts.toast.text


def test_over_a_dialog_that_waits_it_can_still_be_answered(window: MainWindow) -> None:
    waiting = QDialog(window)
    waiting.setModal(True)
    waiting.show()
    window.reports.show_unexpected(UnexpectedError("ValueError", "paint, line 7"))
    (dialog,) = waiting.findChildren(ErrorDialog)
    QTest.mouseClick(dialog.close_button, Qt.MouseButton.LeftButton)
    assert not dialog.isVisible()
    waiting.close()


# What nobody catches ------------------------------------------------------------------------------------------------


class Clumsy(QObject):
    """Fails each time its timer fires, in a slot, where no caller can catch it."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0
        self.timer = QTimer(self, interval=0)
        self.timer.timeout.connect(self._fail)

    def _fail(self) -> None:
        self.count += 1
        if self.count >= 120:
            self.timer.stop()
        raise ValueError(NAME)


def test_a_bug_in_a_slot_is_told_once_however_often_it_comes_back(
    window: MainWindow, qtbot: QtBot, quiet_hooks: list[BaseException], log: None
) -> None:
    clumsy = Clumsy()
    with window.reports.catching():
        clumsy.timer.start()
        qtbot.waitUntil(lambda: clumsy.count == 120)
        qtbot.waitUntil(lambda: len(dialogs(window)) == 1)
    assert len(quiet_hooks) == 120
    text = log_path().read_text("utf-8")
    assert text.count("in _fail") == 2 + 1  # the traceback; the 10th and the 100th time
    assert NAME not in text
    (dialog,) = dialogs(window)
    assert NAME not in dialog.details
    assert "in _fail" in dialog.details
    dialog.close()


def test_a_bug_on_another_thread_is_told_on_this_one(
    window: MainWindow, qtbot: QtBot, quiet_hooks: list[BaseException]
) -> None:
    def fail() -> None:
        raise ValueError(NAME)

    with window.reports.catching():
        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()
        qtbot.waitUntil(lambda: len(dialogs(window)) == 1)
    assert len(quiet_hooks) == 1
    dialogs(window)[0].close()


def test_the_hooks_are_given_back(qapp: QApplication, quiet_hooks: list[BaseException]) -> None:
    before = sys.excepthook, threading.excepthook
    with UnexpectedErrors().catching():
        assert (sys.excepthook, threading.excepthook) != before
    assert (sys.excepthook, threading.excepthook) == before


def test_leaving_is_no_bug(qtbot: QtBot, quiet_hooks: list[BaseException]) -> None:
    errors = UnexpectedErrors()
    with errors.catching(), qtbot.assertNotEmitted(errors.caught, wait=20):
        for error in (KeyboardInterrupt(), SystemExit(1)):
            sys.excepthook(type(error), error, None)
    assert len(quiet_hooks) == 2


def test_two_bugs_are_two(qtbot: QtBot, quiet_hooks: list[BaseException]) -> None:
    errors = UnexpectedErrors()
    told: list[UnexpectedError] = []
    errors.caught.connect(told.append)
    with errors.catching():
        for error in (raised(), raised("another"), TypeError("x")):
            sys.excepthook(type(error), error, error.__traceback__)
        qtbot.waitUntil(lambda: len(told) == 2)
    assert [each.words for each in told] == ["ValueError", "TypeError: x"]
    assert "raised, line" in told[0].place
