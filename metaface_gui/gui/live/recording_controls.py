"""Buttons that record the session and save a snapshot, and where the files go."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QSize, QStandardPaths, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QAction, QDesktopServices, QKeySequence
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from metaface_gui.engine.api import RecordingApi
from metaface_gui.engine.events import SessionRecordingChanged, SourceChanged, SourceState
from metaface_gui.errors import KnownError
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.icons import set_icon
from metaface_gui.gui.theme import FontSize, font
from metaface_gui.gui.widgets.file_dialogs import ask_for_folder
from metaface_gui.gui.widgets.layouts import row
from metaface_gui.i18n import plain
from metaface_gui.resources import home_dir

_TICK_MS = 250
_ICON = 18
"""In pixels, the size of the tool bar's own icons."""
_WIDEST_TIME = "0:00:00"
_GIVES_FRAMES = frozenset({SourceState.RUNNING, SourceState.PAUSED, SourceState.RECONNECTING})
_SHOWS_A_FRAME = _GIVES_FRAMES | {SourceState.ENDED}


def default_folder() -> Path:
    """Return the folder `MetaFace` in this platform's folder for films."""
    movies = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.MoviesLocation)
    return (Path(movies) if movies else home_dir() or Path.cwd()) / "MetaFace"


def elapsed_text(seconds: int) -> str:
    """Format as minutes and seconds, with hours once there are any: 0:07, 12:34, 1:00:00."""
    minutes, seconds = divmod(max(0, seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


class RecordingControls(QWidget):
    """Tool bar buttons; `record_action` (R) and `snapshot_action` (S) also serve menus and the window's shortcuts.

    The buttons show the engine's state, so that they stay correct when a recording ends by itself.
    """

    notice = Signal(str)
    """What the user should know before the first recording or snapshot of this run of the program."""
    saved = Signal(list)
    """`list[Path]`: files that are complete now."""
    refused = Signal(KnownError)
    """Why a recording did not begin or ended by itself, or why there is no snapshot."""
    folder_changed = Signal(Path)
    """The user chose another folder."""

    def __init__(
        self,
        recording: RecordingApi,
        bridge: EngineBridge,
        parent: QWidget | None = None,
        *,
        clock: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        super().__init__(parent)
        self._recording = recording
        self._clock = clock
        self._folder = self._written_to = default_folder()
        self._state = SourceState.CLOSED
        self._is_recording = False
        self._is_wanted = False
        self._started_ns = 0
        self._has_result = False
        self._was_told = False
        self.record_action = QAction(self.tr("&Record the session"), self)
        self.record_action.setCheckable(True)
        self.record_action.setShortcut(QKeySequence("R"))
        self.record_action.triggered.connect(self._on_record)
        self.snapshot_action = QAction(self.tr("Save a s&napshot"), self)
        self.snapshot_action.setShortcut(QKeySequence("S"))
        self.snapshot_action.triggered.connect(self._on_snapshot)
        set_icon(self.snapshot_action, "snapshot")
        set_icon(self.record_action, "record")
        self._lay_out()
        self._timer = QTimer(self, interval=_TICK_MS)
        self._timer.timeout.connect(self._show_time)
        bridge.session_recording_changed.connect(self._on_changed)
        bridge.source_changed.connect(self._on_source)
        bridge.result_ready.connect(self._on_result)
        self._refresh()

    @property
    def folder(self) -> Path:
        """Where videos, tables and snapshots go; created with the first file. The window remembers it."""
        return self._folder

    @folder.setter
    def folder(self, folder: Path) -> None:
        self._folder = folder
        self._refresh()

    @property
    def is_recording(self) -> bool:
        """Whether the engine is recording."""
        return self._is_recording

    def choose_folder(self) -> None:
        """Ask where to save files from now on; a running recording keeps its folder."""
        dialog = ask_for_folder(self.window(), self.tr("Where to save recordings and snapshots"), self._on_chosen)
        # The folder itself may not exist yet, nor its parent.
        there = next((folder for folder in (self._folder, *self._folder.parents) if folder.is_dir()), Path.cwd())
        dialog.setDirectory(str(there))

    # Layout ---------------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self._menu = QMenu(self)
        self._choose = self._menu.addAction(self.tr("&Choose folder…"), self.choose_folder)
        set_icon(self._choose, "folder")
        self._show_folder = self._menu.addAction(self.tr("&Show folder"), self._on_show_folder)
        set_icon(self._show_folder, "eye")
        self._menu.aboutToShow.connect(lambda: self._show_folder.setEnabled(self._folder.is_dir()))
        self.record_button = self._button(self.record_action, Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.record_button.setMenu(self._menu)
        self.record_button.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        self.record_button.setFont(font(FontSize.BODY, tabular=True))
        self.snapshot_button = self._button(self.snapshot_action, Qt.ToolButtonStyle.ToolButtonIconOnly)
        self.setLayout(row(self.record_button, self.snapshot_button))
        # As wide as its widest text, so that nothing jumps under the pointer.
        widths = []
        for text in (self.tr("Record"), _WIDEST_TIME):
            self.record_action.setIconText(text)
            self.record_button.ensurePolished()
            widths.append(self.record_button.sizeHint().width())
        self.record_button.setFixedWidth(max(widths))

    def _button(self, action: QAction, style: Qt.ToolButtonStyle) -> QToolButton:
        button = QToolButton(self)
        button.setDefaultAction(action)
        button.setToolButtonStyle(style)
        button.setIconSize(QSize(_ICON, _ICON))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _refresh(self) -> None:
        """Update the buttons to the current state."""
        action = self.record_action
        action.setChecked(self._is_recording)
        action.setEnabled(self._is_recording or self._state in _GIVES_FRAMES)
        self.snapshot_action.setEnabled(self._has_result and self._state in _SHOWS_A_FRAME)
        set_icon(action, "record", "danger" if self._is_recording else "text")
        action.setText(self.tr("Stop &recording") if self._is_recording else self.tr("&Record the session"))
        if self._is_recording:
            self._timer.start()
            action.setToolTip(
                self.tr("Stop recording and finish the files in {folder} (R)").format(folder=self._written_to)
            )
        else:
            self._timer.stop()
            tip = self.tr("Record an annotated video, CSV and JSONL into {folder} (R)")
            action.setToolTip(tip.format(folder=self._folder))
        self.snapshot_action.setToolTip(self.tr("Save a snapshot into {folder} (S)").format(folder=self._folder))
        self.record_button.setAccessibleName(plain(action.text()))
        self.snapshot_button.setAccessibleName(plain(self.snapshot_action.text()))
        self._show_time()

    def _show_time(self) -> None:
        seconds = (self._clock() - self._started_ns) // 10**9
        text = elapsed_text(seconds) if self._is_recording else self.tr("Record")
        if text != self.record_action.iconText():
            self.record_action.setIconText(text)

    # What the user does ---------------------------------------------------------------------------------------------

    def _on_record(self) -> None:
        self.record_action.setChecked(self._is_recording)  # the engine's answer decides
        self._is_wanted = not self._is_wanted
        if self._is_wanted:
            self._tell_once()
            self._recording.start(self._folder)
        else:
            self._recording.stop()

    def _on_snapshot(self) -> None:
        self._tell_once()
        # With milliseconds, because the key may be pressed twice within a second.
        taken = f"{datetime.now().astimezone():%Y%m%d-%H%M%S-%f}"[:-3]
        self._recording.save_snapshot(self._folder / f"metaface-{taken}.png")

    def _tell_once(self) -> None:
        if not self._was_told:
            self._was_told = True
            text = self.tr("Faces and names are written to {folder} unencrypted. Record only people who agree.")
            self.notice.emit(text.format(folder=self._folder))

    def _on_chosen(self, paths: list[Path]) -> None:
        self.folder = paths[0]
        self.folder_changed.emit(self._folder)

    def _on_show_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder)))

    # What the engine says -------------------------------------------------------------------------------------------

    def _on_changed(self, changed: SessionRecordingChanged) -> None:
        has_ended = self._is_recording and not changed.is_recording
        self._is_recording = self._is_wanted = changed.is_recording
        self._started_ns = changed.started_ns
        is_snapshot = any(file.kind == "snapshot" for file in changed.files)
        if changed.files and not is_snapshot:
            self._written_to = changed.files[0].path.parent
        self._refresh()
        if changed.error is not None:
            self.refused.emit(changed.error)
        if changed.files and (has_ended or is_snapshot):
            self.saved.emit([file.path for file in changed.files])

    def _on_source(self, changed: SourceChanged) -> None:
        if changed.state is SourceState.OPENING:
            self._has_result = False
        self._state = changed.state
        self._refresh()

    def _on_result(self) -> None:
        if not self._has_result:
            self._has_result = True
            self._refresh()
