"""The main window: live view, side panel, tool bar, menus; passes the engine's events to the widgets that show them."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QMainWindow, QPushButton, QSplitter, QWidget

from metaface_gui.engine.api import EngineApi
from metaface_gui.engine.events import (
    JobChanged,
    ModelsChanged,
    ModelState,
    RoomChanged,
    SourceChanged,
    SourceState,
    Trouble,
    Undoable,
)
from metaface_gui.engine.studio.side import STOCK, Side
from metaface_gui.errors import KnownError
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.errors.reports import ErrorReports
from metaface_gui.gui.help_controller import HelpController
from metaface_gui.gui.icons import app_icon
from metaface_gui.gui.live.frame_feeder import FrameFeeder
from metaface_gui.gui.live.live_view import LiveView
from metaface_gui.gui.live.recording_controls import RecordingControls
from metaface_gui.gui.look import Look, put_on
from metaface_gui.gui.main_actions import MainActions
from metaface_gui.gui.main_toolbar import MainToolBar
from metaface_gui.gui.panels.consent import ConsentBox
from metaface_gui.gui.panels.people_files import PeopleFiles
from metaface_gui.gui.panels.who_is_this import WhoIsThisPopup
from metaface_gui.gui.people_page import PeoplePage
from metaface_gui.gui.presentation.controller import PresentationController
from metaface_gui.gui.presentation.screens import Screens
from metaface_gui.gui.privacy.privacy_controller import PrivacyController
from metaface_gui.gui.screen_fit import place, space_of, within
from metaface_gui.gui.side_panel import SidePanel
from metaface_gui.gui.source_menu import ListCameras, SourceMenu, source_title
from metaface_gui.gui.stage import Stage
from metaface_gui.gui.status_line import StatusLine
from metaface_gui.gui.undo_list import UndoList
from metaface_gui.gui.widgets.jobs_bar import JobsBar
from metaface_gui.gui.widgets.letter_keys import is_letter
from metaface_gui.gui.widgets.toast import Toast, ToastBar, ToastKind, undo_toast
from metaface_gui.gui.window_state import WindowState
from metaface_gui.pipeline.capture.devices import CameraDevice, list_cameras
from metaface_gui.pipeline.capture.specification import SourceKind, SourceSpec, parse_source
from metaface_gui.settings import RecognitionSettings

_PANEL_WIDTH = 360
_ROOMY = QSize(1024, 700)
"""On screens at least this large, the window needs no reduced sizes."""
_WITHOUT_PICTURE = (SourceState.OPENING, SourceState.CLOSED, SourceState.FAILED)
_LEAST_STAGE = (420, 240)
_LEAST_PANEL_HEIGHT = 330
"""Reduced minimum sizes, for a screen of 800×600 pixels, or of 1280×800 at a scale of 1.5."""


class MainWindow(QMainWindow):
    """MetaFace's window over a running engine; its creator starts and stops the engine and closes the bridge.

    `feeder` converts and scales camera frames on its own thread until the window is closed.
    """

    language_chosen = Signal(
        str
    )  # a code ("": the system's), which only a new window can apply: see `WindowController`

    def __init__(
        self,
        engine: EngineApi,
        bridge: EngineBridge,
        state: WindowState | None = None,
        parent: QWidget | None = None,
        *,
        list_cameras: ListCameras = list_cameras,
        screens: Screens | None = None,
    ) -> None:
        super().__init__(parent)
        self.feeder = FrameFeeder(engine.preview, self)
        self._screens = screens
        self._engine = engine
        self._bridge = bridge
        self.state = state or WindowState(parent=self)
        put_on(self.state)
        self._spec: SourceSpec | None = None
        self._offered: tuple[SourceSpec, str] | None = None
        self._source = SourceChanged(SourceState.CLOSED)
        self._was_maximized = False
        self.undos = UndoList(self)
        self.files = PeopleFiles(engine.people, bridge, self)
        self.setWindowTitle("MetaFace")
        self.setWindowIcon(app_icon())
        self.setAcceptDrops(True)
        self._make_widgets(list_cameras)
        self._connect_actions()
        self._connect_stage()
        self._connect_engine()
        self._restore()

    @property
    def live_view(self) -> LiveView:
        """The view of the deciding method."""
        return self.stage.live_view

    def open_source(self, spec: SourceSpec) -> None:
        """Open this source, and remember it."""
        self.remember_source(spec)
        self._engine.source.open(spec)

    def remember_source(self, spec: SourceSpec) -> None:
        """Remember a source that is being opened as the current one."""
        self._spec = spec
        self.state.source = spec.text

    # Making ---------------------------------------------------------------------------------------------------------

    def _make_widgets(self, list_cameras: ListCameras) -> None:
        self.source_menu = SourceMenu(self, list_cameras)
        self.commands = MainActions(self, self.source_menu)
        # Both are created where they stay: reparenting would make Qt restyle everything in them.
        self.splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self.splitter.setChildrenCollapsible(False)
        self.stage = Stage(self._engine, self._bridge, self.splitter)
        self.toasts = ToastBar(self.live_view, keep_clear=lambda: self.live_view.empty_state.clickable)
        self.recording = RecordingControls(self._engine.recording, self._bridge, self)
        self.commands.add_to_file(self.stage.video.seek_bar.actions_for_menus)
        self.commands.add_to_studio(self.stage.methods.choosing_actions, self.tr("&Decide by"))
        self.commands.add_to_studio(self.stage.methods.comparing_actions, self.tr("Compare &with"))
        self.commands.add_to_studio(self.stage.room.dial.dial_actions, self.tr("&Environment dial"))
        self.commands.add_to_studio([self.recording.record_action, self.recording.snapshot_action])
        self.side = SidePanel(self._engine, self._bridge, list_cameras, self.splitter)
        self.who_is_this = WhoIsThisPopup(self._engine.faces, self._bridge, self)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setStretchFactor(1, 0)
        self.splitter.setSizes([10_000, _PANEL_WIDTH])
        self.setCentralWidget(self.splitter)
        self.toolbar = MainToolBar(self.source_menu, self.commands, self)
        self.toolbar.add_recording(self.recording)
        self.addToolBar(self.toolbar)
        self.status_line = StatusLine(self)
        self.jobs_bar = JobsBar(self)
        self.statusBar().setSizeGripEnabled(False)
        self.statusBar().addWidget(self.status_line, 1)
        self.statusBar().addPermanentWidget(self.jobs_bar)
        self.setMinimumSize(860, 560)
        self.reports = ErrorReports(self._bridge, self.toasts, self)
        self.help = HelpController(
            self.commands, self.toolbar, self.stage, self._bridge, reports=self.reports, window=self
        )
        self.privacy = PrivacyController(
            self._engine.people,
            self._engine.privacy,
            self._bridge,
            self,
            state=self.state,
            toasts=self.toasts,
            undos=self.undos,
            recording=self.recording,
        )
        self.privacy.follow(self.findChildren(ConsentBox))
        self.commands.privacy.triggered.connect(self.privacy.open)
        self.commands.forget.triggered.connect(self.privacy.ask_to_forget)
        self.commands.present.toggled.connect(self.privacy.banner.hold_back)
        self.side.people.report_requested.connect(self.privacy.ask_report)
        self.stage.add_banner(self.privacy.banner)
        self.side.people.undo_requested.connect(self._undo_token)
        self.people_page = PeoplePage(self.commands, self.stage, self.side, self.splitter, self.state)
        self.presentation = PresentationController(self.commands, self.stage, self.state, self, self._screens)
        self.presentation.message.connect(self._show_notice)

    def _connect_actions(self) -> None:
        do = self.commands
        self.source_menu.source_chosen.connect(self.open_source)
        self.source_menu.refused.connect(self.reports.show_error)
        self.source_menu.cameras_found.connect(self._offer_camera)
        self.side.controls.source_chosen.connect(self.open_source)
        do.pause.triggered.connect(self._engine.source.set_paused)
        do.reopen.triggered.connect(self._reopen)
        do.close_source.triggered.connect(self._engine.source.close)
        do.adapt_to_room.triggered.connect(self._engine.room.adapt)
        do.undo_room.triggered.connect(self._engine.room.undo)
        do.quit.triggered.connect(self.close)
        do.hud.toggled.connect(self._set_hud)
        do.mirror.triggered.connect(self._set_mirrored)
        do.panel.toggled.connect(self._set_panel)
        do.full_screen.toggled.connect(self._set_full_screen)
        Look(do, self.state, self).new_window_wanted.connect(self.language_chosen)
        do.enroll.triggered.connect(lambda: self._open_side().start_enrollment())
        do.enroll_files.triggered.connect(lambda: self.side.enroll.ask_for_files(self._enroll_from))
        do.find.triggered.connect(lambda: self._open_side().find_person())
        do.undo.triggered.connect(self._undo)
        do.import_gallery.triggered.connect(self.files.ask_import)
        do.export_gallery.triggered.connect(self.files.ask_export)
        for action, panel in zip(do.tabs, self.side.panels, strict=True):
            action.triggered.connect(lambda _checked=False, panel=panel: self._open_side().setCurrentWidget(panel))
        video = self.stage.video
        video.face_clicked.connect(self._ask_who)
        video.files_dropped.connect(self._enroll_from)
        video.source_dropped.connect(self._open_path)
        video.pause_wanted.connect(self.commands.pause.trigger)
        video.seek_bar.seek_wanted.connect(self._engine.source.seek)
        video.seek_bar.loop_toggled.connect(self._set_looping)
        video.mirrored_changed.connect(do.mirror.setChecked)
        video.mirrored_changed.connect(self.side.enroll.set_mirrored)
        self.side.enroll.countdown_ticked.connect(self.live_view.countdown.show_seconds)
        self.side.enroll.countdown_toggled.connect(self._set_countdown)
        empty = self.live_view.empty_state
        empty.choose_source_clicked.connect(self._open_source_menu)
        empty.demo_clicked.connect(self.source_menu.choose_demo)
        empty.lesson_clicked.connect(self._begin_lessons)
        empty.retry_clicked.connect(self._reopen)
        empty.copy_clicked.connect(self.reports.copy_details)
        empty.resume_clicked.connect(lambda: self._engine.source.set_paused(False))
        self.toasts.place_changed.connect(self.live_view.set_message_place)
        self.toasts.undo_clicked.connect(self._undo_token)
        for files in (self.files, self.side.people.files):
            files.message.connect(self._show_done)
        self.jobs_bar.cancel_clicked.connect(self._engine.jobs.cancel)
        self.side.currentChanged.connect(self._remember_tab)
        self.undos.changed.connect(self._show_undo)

    def _connect_stage(self) -> None:
        do, stage = self.commands, self.stage
        do.present.toggled.connect(self._set_presenting)
        do.studio.toggled.connect(self._set_studio)
        do.studio_large.toggled.connect(self._set_studio_large)
        stage.studio.offer_large(do.studio_large)
        for key, action in do.pages.items():
            action.triggered.connect(lambda _checked=False, key=key: stage.open_page(key))
        do.split.triggered.connect(stage.set_split)
        sides = {
            "room": Side("", uses_room=False),
            "shots": Side("", is_one_shot=True),
            "stock": Side(STOCK),
        }
        for key, side in sides.items():
            do.before_after[key].triggered.connect(lambda _checked=False, side=side: stage.show_before_after(side))
        stage.studio_shown.connect(do.studio.setChecked)
        stage.split_changed.connect(do.split.setChecked)
        stage.refused.connect(self.reports.show_error)
        stage.studio.key_changed.connect(self._remember_page)
        stage.method.settings_toggled.connect(self._remember_fold)
        self.toolbar.learner_clicked.connect(lambda: stage.open_page("method"))
        self.who_is_this.why_wanted.connect(stage.explain)
        self.recording.refused.connect(self.reports.show_error)
        self.recording.notice.connect(self._show_notice)
        self.recording.saved.connect(self._show_saved)
        self.recording.folder_changed.connect(self._remember_folder)

    def _connect_engine(self) -> None:
        bridge = self._bridge
        bridge.frame_ready.connect(self.feeder.notify)
        self.feeder.ready.connect(self._on_frame)
        bridge.source_changed.connect(self._on_source)
        bridge.models_changed.connect(self._on_models)
        bridge.room_changed.connect(self._on_room)
        bridge.adapted.connect(self.toolbar.show_adapted)
        bridge.job_changed.connect(self._on_job)
        bridge.undoable.connect(self._on_undoable)
        bridge.trouble.connect(self._on_trouble)

    # The engine's events --------------------------------------------------------------------------------------------

    def _on_frame(self) -> None:
        prepared = self.feeder.take(self.live_view.wanted_scales)
        if prepared is not None:
            self.stage.video.show_frame(prepared)

    def _on_source(self, changed: SourceChanged) -> None:
        if changed.state in _WITHOUT_PICTURE:
            self.feeder.drop()
        before, self._source = self._source, changed
        if changed.state is SourceState.RUNNING and before.state is not SourceState.PAUSED:
            self._go_on_to_first_person()
        self.toasts.settle()
        self.toolbar.show_source(changed)
        runs = changed.state in (SourceState.RUNNING, SourceState.PAUSED)
        self.commands.pause.setEnabled(runs)
        self.commands.pause.setChecked(changed.state is SourceState.PAUSED)
        self.commands.close_source.setEnabled(changed.state is not SourceState.CLOSED)
        self.commands.reopen.setEnabled(self._last_source() is not None)

    def _on_models(self, changed: ModelsChanged) -> None:
        self.toolbar.show_models(changed)
        self.status_line.show_models(changed)
        self.commands.adapt_to_room.setEnabled(changed.use_room)
        if changed.error is not None:
            self.reports.show_error(changed.error)
        if changed.state is ModelState.READY:
            # The requested device (perhaps "auto") is remembered, not the one it resolved to.
            self.state.recognition = RecognitionSettings(
                detector=changed.detector,
                embedder=changed.embedder,
                device=self.side.controls.models.device.currentData() or self.state.recognition.device,
                learner=changed.learner,
                fpir=changed.fpir,
                compared=changed.compared,
                use_room=changed.use_room,
            )
            self.state.hyperparameters = changed.hyperparameters

    def _on_room(self, changed: RoomChanged) -> None:
        self.commands.undo_room.setEnabled(changed.can_undo)

    def _on_job(self, job: JobChanged) -> None:
        self.jobs_bar.show_job(job)
        if job.error is not None:
            self.reports.show_error(job.error)

    def _on_undoable(self, event: Undoable) -> None:
        self.undos.add(event)
        self.toasts.show_toast(undo_toast(event))

    def _on_trouble(self, trouble: Trouble) -> None:
        self.reports.show_error(trouble.error, ToastKind.WARNING)

    # What the user asks for -----------------------------------------------------------------------------------------

    def _last_source(self) -> SourceSpec | None:
        if self._spec is not None:
            return self._spec
        try:
            return parse_source(self.state.source) if self.state.source else None
        except KnownError:  # the last file is gone
            return None

    def _reopen(self) -> None:
        spec = self._last_source() or (None if self._offered is None else self._offered[0])
        if spec is not None:
            self.open_source(spec)

    def _open_path(self, path: Path) -> None:
        try:
            self.open_source(parse_source(str(path)))
        except KnownError as error:
            self.reports.show_error(error)

    def _open_source_menu(self, button: QPushButton) -> None:
        self.source_menu.popup(button.mapToGlobal(QPoint(0, button.height() + 4)))

    def _begin_lessons(self) -> None:
        """Open the first lesson on the demo scene, because no other source is open when one is asked for here."""
        self.source_menu.choose_demo()
        self.help.lessons.open(1)

    def _ask_who(self, track_id: int, global_pos: QPoint) -> None:
        self.who_is_this.open_for(track_id, global_pos)

    def _go_on_to_first_person(self) -> None:
        """Start enrolment if there is a picture but nobody is enrolled yet, since that is the next step."""
        if self.side.is_for_first_person:
            self.help.tour.end()  # it would dim the next step; the Help menu offers it
            self.side.start_enrollment()

    def _offer_camera(self, cameras: tuple[CameraDevice, ...]) -> None:
        """Offer the first camera, one click away, to a user who has never opened a source."""
        if cameras and self._last_source() is None:
            self._offered = SourceSpec(SourceKind.WEBCAM, str(cameras[0].index)), cameras[0].name
            self._offer_source()

    def _offer_source(self) -> None:
        last = self._last_source()
        title = "" if last is None else source_title(last)
        if last is None and self._offered is not None:
            title = self._offered[1]
        self.live_view.empty_state.offer_last(title)

    def _open_side(self) -> SidePanel:
        self.commands.panel.setChecked(True)
        return self.side

    def _enroll_from(self, paths: list[Path]) -> None:
        self._open_side().enroll_from(paths)

    def _undo(self) -> None:
        token = self.undos.newest()
        if token is not None:
            self._undo_token(token)

    def _undo_token(self, token: int) -> None:
        self.undos.remove(token)
        self.toasts.withdraw_undo(token)
        self._engine.people.undo(token)

    def _show_undo(self) -> None:
        self.commands.undo.setEnabled(self.undos.newest() is not None)

    # The window's own state -----------------------------------------------------------------------------------------

    def _restore(self) -> None:
        state, do = self.state, self.commands
        space = space_of(self)
        if space is not None and not QRect(QPoint(), space.size()).contains(QRect(QPoint(), _ROOMY)):
            self.stage.setMinimumSize(*_LEAST_STAGE)
            self.side.setMinimumHeight(_LEAST_PANEL_HEIGHT)
            self.toolbar.squeeze()
            self.setMinimumSize(within(QRect(space.topLeft(), self.minimumSize()), space).size())
        place(self, state.geometry, space)
        self.splitter.restoreState(state.splitter)
        self.side.open_key(state.tab)
        self.side.controls.show_settings(state.recognition)
        self.stage.restore_state(state.studio_splitter)
        self.stage.studio.open_key(state.studio_tab)
        self.stage.method.set_settings_open(state.is_method_settings_open)
        if state.recordings is not None:
            self.recording.folder = state.recordings
        do.studio.setChecked(state.is_studio_visible)
        self.stage.video.seek_bar.set_looping(state.is_looping)
        self._engine.source.set_looping(state.is_looping)
        self.stage.video.restore_mirror(mirrors_cameras=state.mirrors_cameras)
        self.side.enroll.set_countdown(state.has_countdown)
        is_panel_wanted, is_large = state.is_panel_visible, state.is_studio_large and state.is_studio_visible
        do.hud.setChecked(state.is_hud_visible)
        self._set_hud(state.is_hud_visible)
        do.panel.setChecked(is_panel_wanted)
        self._set_panel(is_panel_wanted)
        do.studio_large.setChecked(is_large)
        self._on_source(self._source)
        self._offer_source()
        if self._last_source() is None:
            self.source_menu.look_for_cameras()
        self.live_view.setFocus()

    def _set_hud(self, visible: bool) -> None:
        self.stage.video.set_hud_visible(visible)
        self.state.is_hud_visible = visible

    def _set_mirrored(self, mirrored: bool) -> None:
        self.stage.video.set_mirrored(mirrored)
        self.state.mirrors_cameras = self.stage.video.mirrors_cameras

    def _set_countdown(self, is_on: bool) -> None:
        self.state.has_countdown = is_on

    def _set_looping(self, loops: bool) -> None:
        self._engine.source.set_looping(loops)
        self.state.is_looping = loops

    def _set_panel(self, visible: bool) -> None:
        self.side.setVisible(visible)
        # While it is folded away for something large, the panel is still wanted.
        if not self.isFullScreen() and not self.stage.is_studio_large:
            self.state.is_panel_visible = visible

    def _set_full_screen(self, full: bool) -> None:
        if not full:
            self.commands.present.setChecked(False)
        if full != self.isFullScreen():
            if full:
                self._was_maximized = self.isMaximized()
                self.showFullScreen()
            elif self._was_maximized:
                self.showMaximized()
            else:
                self.showNormal()
        for bar in (self.menuBar(), self.toolbar, self.statusBar()):
            bar.setVisible(not full)
        self.side.setVisible(not full and self.state.is_panel_visible and not self.stage.is_studio_large)
        self.commands.panel.setChecked(not self.side.isHidden())

    def _set_presenting(self, presenting: bool) -> None:
        self.stage.set_presenting(presenting)
        self.commands.full_screen.setChecked(presenting)

    def _set_studio(self, visible: bool) -> None:
        self.stage.set_studio_visible(visible)
        self.state.is_studio_visible = visible
        if not visible:
            self.commands.studio_large.setChecked(False)

    def _set_studio_large(self, large: bool) -> None:
        if large:
            self.commands.studio.setChecked(True)
            self.stage.set_studio_large(True)
            self.commands.panel.setChecked(False)
        else:
            self.stage.set_studio_large(False)
            self.commands.panel.setChecked(self.state.is_panel_visible and not self.isFullScreen())
        self.state.is_studio_large = large

    def _remember_page(self, key: str) -> None:
        self.state.studio_tab = key

    def _remember_fold(self, is_open: bool) -> None:
        self.state.is_method_settings_open = is_open

    def _remember_folder(self, folder: Path) -> None:
        self.state.recordings = folder

    def _show_notice(self, text: str) -> None:
        self.toasts.show_toast(Toast(ToastKind.INFO, text))

    def _show_done(self, text: str) -> None:
        self.toasts.show_toast(Toast(ToastKind.SUCCESS, text))

    def _show_saved(self, paths: list[Path]) -> None:
        names = ", ".join(path.name for path in paths)
        self._show_notice(self.tr("Saved in {folder}: {names}").format(folder=paths[0].parent, names=names))

    def _remember_tab(self) -> None:
        self.state.tab = self.side.key

    def changeEvent(self, event: QEvent) -> None:
        """Follow full screen when the window manager begins or ends it."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.WindowStateChange and hasattr(self, "commands"):
            self.commands.full_screen.setChecked(self.isFullScreen())

    def event(self, event: QEvent) -> bool:
        """Ignore single-letter shortcuts during enrolment: a name may be typed before its field has the focus."""
        if event.type() is QEvent.Type.ShortcutOverride and is_letter(event) and self.side.enroll.is_enrolling:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """On Escape, end a countdown, else close a message, else leave full screen."""
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif self.side.enroll.record_button.is_counting:
            self.side.enroll.record_button.cancel()
        elif self.toasts.toast is not None:
            self.toasts.dismiss()
        elif self.isFullScreen():
            self.commands.full_screen.setChecked(False)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the window's place; whoever started the engine stops it."""
        if not self.isFullScreen():
            self.state.geometry = self.saveGeometry()
            self.state.splitter = self.people_page.splitter_state
            self.state.studio_splitter = self.stage.save_state()
        self.state.save()
        self.feeder.close()
        self.presentation.close()
        self.source_menu.close_finder()
        self.side.close_finder()
        super().closeEvent(event)
