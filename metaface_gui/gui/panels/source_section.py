"""Chooses the source: a camera by name, the demo scene, a file, a folder or a URL; and pauses it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLineEdit, QPushButton, QToolButton, QWidget

from metaface_gui.engine.api import SourceApi
from metaface_gui.engine.events import SourceChanged, SourceState
from metaface_gui.errors import SourceError
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.icons import set_icon
from metaface_gui.gui.source_menu import CameraFinder, ListCameras
from metaface_gui.gui.widgets.elided_label import MessageLine
from metaface_gui.gui.widgets.eliding_combo import ElidingComboBox
from metaface_gui.gui.widgets.file_dialogs import PICTURES, VIDEOS, ask_for_file, ask_for_folder, file_filter
from metaface_gui.gui.widgets.layouts import column, flow, row
from metaface_gui.i18n import error_text, shown_title
from metaface_gui.pipeline.capture.devices import CameraDevice, list_cameras
from metaface_gui.pipeline.capture.specification import SourceKind, SourceSpec, parse_source


class SourceSection(QWidget):
    """Emits the user's choice and shows the source's state. Cameras are searched for when it is first visible."""

    source_chosen = Signal(SourceSpec)

    def __init__(
        self,
        source: SourceApi,
        bridge: EngineBridge,
        parent: QWidget | None = None,
        *,
        list_cameras: ListCameras = list_cameras,
    ) -> None:
        super().__init__(parent)
        self._source = source
        self._title = ""
        self._is_awaited = False
        self._has_looked = False
        self._finder = CameraFinder(self, list_cameras)
        self._make_widgets()
        self._lay_out()
        self._connect(bridge)
        self._show_cameras(())

    def close_finder(self) -> None:
        """Stop the camera search, so that it doesn't outlive the window."""
        self._finder.close()

    def refresh(self) -> None:
        """Search for cameras again."""
        self.refresh_button.setEnabled(False)
        self._finder.start()

    def showEvent(self, event: QShowEvent) -> None:
        """Search for cameras the first time this is visible."""
        super().showEvent(event)
        if not self._has_looked:
            self._has_looked = True
            self.refresh()

    # Making ---------------------------------------------------------------------------------------------------------

    def _make_widgets(self) -> None:
        self.combo = ElidingComboBox(self.tr("Source"), self.tr("Camera or demo scene"), self)
        self.combo.setPlaceholderText(self.tr("Choose a source"))
        self.refresh_button = QToolButton(self)
        self.refresh_button.setToolTip(self.tr("Look for cameras again"))
        self.refresh_button.setAccessibleName(self.tr("Look for cameras again"))
        set_icon(self.refresh_button, "refresh")
        self.file_button = self._button(self.tr("File…"), "film", self.tr("Open a video or a picture"))
        self.folder_button = self._button(self.tr("Folder…"), "folder", self.tr("Open a folder of pictures"))
        self.url_button = self._button(self.tr("URL…"), "globe", self.tr("Open a network camera or stream"))
        self.url_button.setCheckable(True)
        self.url = QLineEdit(self)
        self.url.setPlaceholderText("rtsp://…")
        self.url.setAccessibleName(self.tr("Address of a network camera or stream"))
        self.url_open = QPushButton(self.tr("Open"), self)
        self.pause_button = QToolButton(self)
        self.pause_button.setToolTip(self.tr("Pause or resume the picture"))
        self.pause_button.setAccessibleName(self.tr("Pause"))
        set_icon(self.pause_button, "pause")
        self.pause_button.setCheckable(True)
        self.pause_button.setEnabled(False)
        self.status = MessageLine(3, self)
        self.status.say(self.tr("No source is open. Choose one."))

    def _button(self, text: str, icon: str, words: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setToolTip(words)
        set_icon(button, icon)
        return button

    def _lay_out(self) -> None:
        self._url_row = QWidget(self)
        self._url_row.setLayout(row((self.url, 1), self.url_open))
        self._url_row.hide()
        self.setLayout(
            column(
                row((self.combo, 1), self.refresh_button, self.pause_button),
                flow(self.file_button, self.folder_button, self.url_button, spacing=6),
                self._url_row,
                self.status,
            )
        )

    def _connect(self, bridge: EngineBridge) -> None:
        self.combo.activated.connect(self._on_activated)
        self.refresh_button.clicked.connect(self.refresh)
        self.file_button.clicked.connect(self._ask_for_file)
        self.folder_button.clicked.connect(self._ask_for_folder)
        self.url_button.toggled.connect(self._on_url_toggled)
        self.url.returnPressed.connect(self._open_url)
        self.url_open.clicked.connect(self._open_url)
        self.pause_button.clicked.connect(self._source.set_paused)
        self._finder.found.connect(self._show_cameras)
        bridge.source_changed.connect(self._on_source)
        app = QCoreApplication.instance()
        if app is not None:
            app.aboutToQuit.connect(self.close_finder)

    # What the user does ---------------------------------------------------------------------------------------------

    def _on_activated(self, index: int) -> None:
        spec = self.combo.itemData(index)
        if isinstance(spec, SourceSpec):
            self._choose(spec)

    def _ask_for_file(self) -> None:
        patterns = (
            file_filter(self.tr("Videos and pictures"), (*VIDEOS, *PICTURES)),
            file_filter(self.tr("All files"), ("*",)),
        )
        title = self.tr("Open a video or a picture")
        ask_for_file(self, title, patterns, lambda paths: self._choose_text(str(paths[0])))

    def _ask_for_folder(self) -> None:
        title = self.tr("Open a folder of pictures")
        ask_for_folder(self, title, lambda paths: self._choose_text(str(paths[0])))

    def _on_url_toggled(self, is_open: bool) -> None:
        self._url_row.setVisible(is_open)
        if is_open:
            self.url.setFocus(Qt.FocusReason.OtherFocusReason)

    def _open_url(self) -> None:
        text = self.url.text().strip()
        if "://" not in text:
            self.status.say(self.tr("A URL begins with rtsp://, http:// or https://. Complete it."), role="error")
            return
        self.url_button.setChecked(False)
        self._choose_text(text)

    def _choose_text(self, text: str) -> None:
        try:
            spec = parse_source(text)
        except SourceError as error:
            self.status.say(error_text(error), role="error")
        else:
            self._choose(spec)

    def _choose(self, spec: SourceSpec) -> None:
        self.combo.setCurrentIndex(self._index_of_spec(spec))
        self._is_awaited = True
        self.source_chosen.emit(spec)

    # What is shown --------------------------------------------------------------------------------------------------

    def _show_cameras(self, cameras: tuple[CameraDevice, ...]) -> None:
        """List the cameras before the demo scene; the current choice is kept if it still exists."""
        chosen = self.combo.currentData()
        self.combo.clear()
        for camera in cameras:
            self.combo.addItem(camera.name, SourceSpec(SourceKind.WEBCAM, str(camera.index)))
            self.combo.setItemData(self.combo.count() - 1, camera.path, Qt.ItemDataRole.ToolTipRole)
        if self._has_looked and not cameras:
            self._add_note(self.tr("No camera found"))
        self.combo.addItem(self.tr("Demo scene"), SourceSpec.demo())
        is_chosen = isinstance(chosen, SourceSpec)
        self.combo.setCurrentIndex(self._index_of_spec(chosen) if is_chosen else self._index_of_title(self._title))
        self.refresh_button.setEnabled(True)

    def _add_note(self, text: str) -> None:
        self.combo.addItem(text)
        self.combo.setItemData(self.combo.count() - 1, 0, Qt.ItemDataRole.UserRole - 1)  # Qt's way to disable an entry

    def _index_of_spec(self, spec: SourceSpec) -> int:
        # Not findData: it compares Python objects by identity.
        return next((index for index in range(self.combo.count()) if self.combo.itemData(index) == spec), -1)

    def _index_of_title(self, title: str) -> int:
        """Return the entry that has a source of this title; -1 if there is none."""
        for index in range(self.combo.count()):
            spec = self.combo.itemData(index)
            is_camera = isinstance(spec, SourceSpec) and spec.kind is SourceKind.WEBCAM
            names = (self.combo.itemText(index), shown_title(f"Camera {spec.text}") if is_camera else None)
            if title and shown_title(title) in names:
                return index
        return -1

    def _on_source(self, event: SourceChanged) -> None:
        state = event.state
        if state is SourceState.CLOSED:
            self._title = ""
            self.combo.setCurrentIndex(-1)
        elif event.title != self._title:
            self._title = event.title
            if not self._is_awaited:  # the window opened it, from a menu, by a drop or at start-up
                self.combo.setCurrentIndex(self._index_of_title(event.title))
        if state is not SourceState.CLOSED:
            self._is_awaited = False
        self.combo.setPlaceholderText(shown_title(self._title) or self.tr("Choose a source"))
        self.pause_button.setEnabled(state in (SourceState.RUNNING, SourceState.PAUSED))
        self.pause_button.setChecked(state is SourceState.PAUSED)
        self._say(event)

    def _say(self, event: SourceChanged) -> None:
        words = {
            SourceState.CLOSED: self.tr("No source is open. Choose one."),
            SourceState.OPENING: self.tr("Opening {title} …"),
            SourceState.RUNNING: self.tr("Showing {title}."),
            SourceState.PAUSED: self.tr("{title} is paused."),
            SourceState.ENDED: self.tr("{title} has ended."),
            SourceState.RECONNECTING: self.tr("{title} was lost; trying again …"),
            SourceState.FAILED: self.tr("{title} could not be opened."),
        }[event.state].format(title=shown_title(event.title))
        if event.error is not None and event.state in (SourceState.FAILED, SourceState.RECONNECTING):
            words = error_text(event.error)
        self.status.say(words, role="error" if event.state is SourceState.FAILED else "muted")
