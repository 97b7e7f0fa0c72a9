"""The menu that chooses the source: a camera by its name, files, a folder, an address, the demo."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QInputDialog, QMenu, QWidget

from metaface_gui.errors import KnownError
from metaface_gui.gui.icons import set_icon
from metaface_gui.gui.widgets.file_dialogs import PICTURES, VIDEOS, ask_for_file, ask_for_folder, file_filter
from metaface_gui.i18n import translate
from metaface_gui.pipeline.capture.devices import CameraDevice, list_cameras
from metaface_gui.pipeline.capture.specification import SourceKind, SourceSpec, parse_source
from metaface_gui.settings import DEMO

ListCameras = Callable[[], tuple[CameraDevice, ...]]
_JOIN_S = 2.0


def source_title(spec: SourceSpec) -> str:
    """Return a source's short name before it is open."""
    match spec.kind:
        case SourceKind.WEBCAM:
            return translate("Sources", "Camera {number}", number=spec.text)
        case SourceKind.DEMO:
            return translate("Sources", "the demo")
        case SourceKind.URL:
            # Only the host, because an address may contain a password.
            return urlsplit(spec.text).hostname or translate("Sources", "the stream")
        case _:
            return Path(spec.text).name or spec.text


class CameraFinder(QObject):
    """Lists the cameras on its own thread, since drivers may take seconds to answer."""

    found = Signal(tuple)
    """`tuple[CameraDevice, ...]`, on the GUI thread."""

    _listed = Signal(tuple)

    def __init__(self, parent: QObject | None = None, list_cameras: ListCameras = list_cameras) -> None:
        super().__init__(parent)
        self._list = list_cameras
        self._thread: threading.Thread | None = None
        # The lock keeps this object's deletion from coming between the test and the emit.
        self._lock = threading.Lock()
        self._is_closed = False
        self._listed.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def start(self) -> None:
        """Start a search, unless one is under way."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="cameras", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Wait for the search to end, but not for a driver that hangs; `found` is not emitted any more."""
        with self._lock:
            self._is_closed = True
        self._join()

    def _join(self) -> None:
        if self._thread is not None:
            self._thread.join(_JOIN_S)
            self._thread = None

    def _run(self) -> None:
        try:
            cameras = self._list()
        except OSError:  # no device folder or no permission: for this menu, a computer without cameras
            cameras = ()
        with self._lock:
            if not self._is_closed:
                self._listed.emit(cameras)

    def _deliver(self, cameras: tuple[CameraDevice, ...]) -> None:
        self._join()
        self.found.emit(cameras)


class SourceMenu(QMenu):
    """Emits `source_chosen`, or `refused` for a source that cannot be parsed (an invalid address)."""

    source_chosen = Signal(SourceSpec)
    refused = Signal(object)
    """Carries a `KnownError`."""
    cameras_found = Signal(tuple)
    """Carries a `tuple[CameraDevice, ...]`, the cameras present."""

    def __init__(self, parent: QWidget | None = None, list_cameras: ListCameras = list_cameras) -> None:
        super().__init__(parent)
        self.setTitle(self.tr("&Source"))
        self._cameras: list[QAction] = []
        self._finder = CameraFinder(self, list_cameras)
        self._finder.found.connect(self._show_cameras)
        self._finder.found.connect(self.cameras_found)
        self._after_cameras = self.addSeparator()
        self._add("film", self.tr("&Video or picture…"), self.choose_file, "Ctrl+O")
        self._add("folder", self.tr("&Folder of pictures…"), self.choose_folder, "Ctrl+Shift+O")
        self._add("globe", self.tr("Web &address…"), self.choose_address, "Ctrl+L")
        self.addSeparator()
        self._add("demo", self.tr("&Demo"), self.choose_demo, "Ctrl+D")
        self._show_note(self.tr("Looking for cameras…"))
        self.aboutToShow.connect(self._finder.start)

    def look_for_cameras(self) -> None:
        """Look for cameras before the menu is opened."""
        self._finder.start()

    def close_finder(self) -> None:
        """End the search, so that it does not outlive the window."""
        self._finder.close()

    def choose_file(self) -> None:
        """Ask for a file."""
        filters = [
            file_filter(self.tr("Videos and pictures"), [*VIDEOS, *PICTURES]),
            file_filter(self.tr("All files"), ["*"]),
        ]
        title = self.tr("Show a video or a picture")
        ask_for_file(self._window(), title, filters, lambda paths: self._choose(str(paths[0])))

    def choose_folder(self) -> None:
        """Ask for a folder."""
        title = self.tr("Show a folder of pictures")
        ask_for_folder(self._window(), title, lambda paths: self._choose(str(paths[0])))

    def choose_address(self) -> None:
        """Ask for a URL."""
        dialog = QInputDialog(self._window())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(self.tr("Web address"))
        dialog.setLabelText(self.tr("Address of a network camera or stream (http, https, rtsp):"))
        dialog.setMinimumWidth(420)
        dialog.textValueSelected.connect(lambda text: self._choose(text.strip()))
        dialog.open()

    def choose_demo(self) -> None:
        """Choose the demo scene."""
        self._choose(DEMO)

    def _window(self) -> QWidget:
        parent = self.parentWidget()
        return self if parent is None else parent.window()

    def _choose(self, text: str) -> None:
        if not text:
            return
        try:
            spec = parse_source(text)
        except KnownError as error:
            self.refused.emit(error)
        else:
            self.source_chosen.emit(spec)

    def _add(self, icon: str, text: str, slot: Callable[[], None], shortcut: str) -> QAction:
        action = self.addAction(text)
        action.setShortcut(shortcut)
        action.triggered.connect(slot)
        set_icon(action, icon)
        return action

    def _show_note(self, text: str) -> None:
        note = QAction(text, self)
        note.setEnabled(False)
        set_icon(note, "camera-off")
        self._replace_cameras([note])

    def _show_cameras(self, cameras: tuple[CameraDevice, ...]) -> None:
        if not cameras:
            self._show_note(self.tr("No camera found"))
            return
        actions = []
        for camera in cameras:
            action = QAction(camera.name.replace("&", "&&"), self)
            action.setToolTip(camera.path)
            set_icon(action, "camera")
            spec = SourceSpec(SourceKind.WEBCAM, str(camera.index))
            action.triggered.connect(lambda _checked=False, spec=spec: self.source_chosen.emit(spec))
            actions.append(action)
        self._replace_cameras(actions)

    def _replace_cameras(self, actions: list[QAction]) -> None:
        for old in self._cameras:
            self.removeAction(old)
            old.deleteLater()
        self._cameras = actions
        self.insertActions(self._after_cameras, actions)
