"""What the Help menu does: tour, lessons, shortcuts, methods, log, about."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QToolButton, QWidget

from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.dialogs import AboutDialog, MethodsDialog
from metaface_gui.gui.errors.reports import ErrorReports
from metaface_gui.gui.lessons.controller import LessonController
from metaface_gui.gui.main_actions import MainActions
from metaface_gui.gui.main_toolbar import MainToolBar
from metaface_gui.gui.shortcuts_dialog import ShortcutsDialog
from metaface_gui.gui.stage import Stage
from metaface_gui.gui.tour import Tour, TourStop
from metaface_gui.gui.window_state import WindowState


class HelpController(QObject):
    """Opens every kind of help over `window`."""

    def __init__(
        self,
        commands: MainActions,
        toolbar: MainToolBar,
        stage: Stage,
        bridge: EngineBridge,
        *,
        reports: ErrorReports,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._commands, self._toolbar, self._stage, self._window = commands, toolbar, stage, window
        self.tour = Tour(window, self._stops)
        self.lessons = LessonController(bridge, stage, self)
        stage.add_banner(self.lessons.panel)
        for number, action in enumerate(commands.lessons, start=1):
            action.triggered.connect(lambda _checked=False, number=number: self.lessons.open(number))
        commands.tour.triggered.connect(self.tour.start)
        commands.shortcuts.triggered.connect(self.open_shortcuts)
        commands.methods.triggered.connect(self.open_methods)
        commands.log_folder.triggered.connect(reports.open_log_folder)
        commands.about.triggered.connect(lambda: AboutDialog(window).open())

    def welcome(self, state: WindowState) -> None:
        """Start the tour for a user who has not seen it."""
        if not state.is_tour_seen:
            state.is_tour_seen = True
            self.tour.start()

    def open_shortcuts(self) -> None:
        """Show the list of keyboard shortcuts."""
        dialog = ShortcutsDialog(self._commands.groups, self._window)
        dialog.methods_wanted.connect(lambda: MethodsDialog(dialog).open())
        dialog.tour_wanted.connect(self.tour.start)
        dialog.open()

    def open_methods(self) -> None:
        """Show the explanations of the methods."""
        MethodsDialog(self._window).open()

    def _stops(self) -> Sequence[TourStop]:
        bar = self._toolbar
        studio = [button for button in bar.findChildren(QToolButton) if button.defaultAction() is self._commands.studio]
        return (
            TourStop(
                self.tr("Choose a source"),
                self.tr(
                    "A camera, a video, a folder of pictures, or the demo, which needs none of these. Faces get boxes "
                    "and names here. Click a face to say who it is, or to correct a name."
                ),
                (bar.source_button, self._stage.video),
            ),
            TourStop(
                self.tr("Enrol somebody"),
                self.tr(
                    "Press E, hold the button for two seconds while the person turns the head a little, and type the "
                    "name. From then on this person is recognised; everybody else stays Unknown. Pictures and names "
                    "stay on this computer."
                ),
                (bar.enroll_button,),
            ),
            TourStop(
                self.tr("Several ways to learn"),
                self.tr(
                    "Choose here, or with the keys 1 to 9, which method decides. The studio (Ctrl+J) below the video "
                    "shows how it works: compare methods on the same faces, and see why a face got its name. F11 "
                    "presents it to an audience, Ctrl+F11 on a second screen."
                ),
                (self._stage.methods, *studio),
            ),
        )
