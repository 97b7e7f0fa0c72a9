"""The report: on a click, scores every method on the enrolled shots and marks the best one."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QMenu, QProgressBar, QPushButton, QStackedLayout, QToolButton, QWidget

from metaface_gui.engine.api import JobsApi, ModelsApi, StudioApi
from metaface_gui.engine.events import GalleryChanged, JobChanged, ModelsChanged, ModelState, RequestEnded, SelfTested
from metaface_gui.errors import KnownError
from metaface_gui.gallery import GallerySnapshot
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.icons import set_icon
from metaface_gui.gui.learner_words import learner_title
from metaface_gui.gui.panels.wording import shortened
from metaface_gui.gui.studio.confusion import confusion_picture
from metaface_gui.gui.studio.confusion_view import ConfusionView
from metaface_gui.gui.studio.report_export import matrix_title, report_csv, report_png, report_tsv
from metaface_gui.gui.studio.report_table import ReportSplit, ReportTable
from metaface_gui.gui.studio.report_words import made_at_text, recommendation_text, scope_text, settings_text
from metaface_gui.gui.theme import Space
from metaface_gui.gui.who_left import names_only_present, somebody_left
from metaface_gui.gui.widgets.elided_label import ElidedLabel, set_role
from metaface_gui.gui.widgets.empty_note import EmptyNote
from metaface_gui.gui.widgets.file_dialogs import ask_where_to_save, file_filter
from metaface_gui.gui.widgets.layouts import column, row
from metaface_gui.i18n import error_text
from metaface_gui.metalearning.self_test import SelfTestReport
from metaface_gui.types import RequestId
from metaface_gui.weights.whole_file import write_whole


class ReportPage(QWidget):
    """Follows the engine. The last report stays until the next one arrives, with a note if it is out of date.

    `refused`: a file could not be written.
    """

    refused = Signal(KnownError)

    def __init__(
        self,
        studio: StudioApi,
        models: ModelsApi,
        jobs: JobsApi,
        bridge: EngineBridge,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Report"))
        self._studio, self._set_learner, self._jobs = studio, models.set_learner, jobs
        self._report: SelfTestReport | None = None
        self._people: GallerySnapshot | None = None
        self._models: ModelsChanged | None = None
        self._tested_with: ModelsChanged | None = None
        self._request: RequestId | None = None
        self._failure: KnownError | None = None
        self._news = ""
        self._make_bar()
        self._make_results()
        self._lay_out()
        self._connect(bridge)
        self._refresh()

    @property
    def report(self) -> SelfTestReport | None:
        """Return the report shown; None before the first test has ended."""
        return self._report

    @property
    def is_running(self) -> bool:
        """Return whether a test is running."""
        return self._request is not None

    @property
    def request(self) -> RequestId | None:
        """Return the id of the running test."""
        return self._request

    def start(self) -> None:
        """Start a test of all methods."""
        if not self.is_running and self.test_button.isEnabled():
            self.follow(self._studio.self_test())

    def follow(self, request: RequestId) -> None:
        """Show the progress of the test with this request id."""
        self._request = request
        self._failure, self._news = None, ""
        self._tested_with = self._models
        self.progress.setRange(0, 0)
        self._refresh()

    # Making ---------------------------------------------------------------------------------------------------------

    def _make_bar(self) -> None:
        self.test_button = QPushButton(self.tr("Test all methods"), self)
        self.test_button.setProperty("kind", "primary")
        set_icon(self.test_button, "gauge", "on_primary")
        self.progress = QProgressBar(self)
        self.progress.setTextVisible(False)
        self.progress.setFixedWidth(120)
        self.progress.setAccessibleName(self.tr("Testing the methods"))
        self.cancel_button = QPushButton(self.tr("Cancel"), self)
        self.cancel_button.setToolTip(self.tr("Stop the test and keep the last report (Esc)"))
        self.first_line = ElidedLabel("", self)
        self.second_line = ElidedLabel("", self, role="muted")
        self.use_button = QPushButton(self.tr("Use this method"), self)
        self.copy_button = QPushButton(self.tr("Copy"), self)
        self.copy_button.setToolTip(self.tr("Copy the table for a spreadsheet or a message (Ctrl+C)"))
        set_icon(self.copy_button, "copy")
        self.export_button = QToolButton(self)
        self.export_button.setText(self.tr("Export"))
        self.export_button.setToolTip(self.tr("Save the report as a file"))
        self.export_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.export_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        set_icon(self.export_button, "export")
        menu = QMenu(self.export_button)
        self.export_csv = menu.addAction(self.tr("Table for a spreadsheet (CSV)…"))
        self.export_png = menu.addAction(self.tr("Picture (PNG)…"))
        self.export_button.setMenu(menu)

    def _make_results(self) -> None:
        self.table = ReportTable(self)
        self.matrix_heading = ElidedLabel("", self, role="muted")
        self.matrix = ConfusionView(self)
        beside = QWidget(self)
        beside.setLayout(column(self.matrix_heading, (self.matrix, 1), margins=(Space.M, 0, 0, 0), spacing=Space.XS))
        self.results = ReportSplit(self.table, beside, self)
        self.note = EmptyNote("gauge", "", "", self)

    def _lay_out(self) -> None:
        place = QWidget(self)
        self._stack = QStackedLayout(place)
        self._stack.addWidget(self.note)
        self._stack.addWidget(self.results)
        bar = row(
            self.test_button,
            self.progress,
            self.cancel_button,
            (column(self.first_line, self.second_line, spacing=0), 1),
            self.use_button,
            self.copy_button,
            self.export_button,
        )
        self.setLayout(column(bar, (place, 1), margins=(Space.M, Space.S, Space.M, Space.XS)))

    def _connect(self, bridge: EngineBridge) -> None:
        self.test_button.clicked.connect(self.start)
        self.cancel_button.clicked.connect(self._on_cancel)
        self.use_button.clicked.connect(self._on_use)
        self.copy_button.clicked.connect(self._on_copy)
        self.export_csv.triggered.connect(self._ask_for_csv)
        self.export_png.triggered.connect(self._ask_for_png)
        self.table.learner_selected.connect(self._show_matrix)
        self.table.learner_activated.connect(self._use)
        self.table.customContextMenuRequested.connect(self._show_menu)
        within = Qt.ShortcutContext.WidgetWithChildrenShortcut
        QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), self, context=within).activated.connect(self._on_copy)
        self._escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self, context=within)
        self._escape.activated.connect(self._on_cancel)
        bridge.job_changed.connect(self._on_job)
        bridge.request_ended.connect(self._on_request_ended)
        bridge.self_tested.connect(self._on_self_tested)
        bridge.gallery_changed.connect(self._on_gallery)
        bridge.models_changed.connect(self._on_models)

    # What the user does ---------------------------------------------------------------------------------------------

    def _on_cancel(self) -> None:
        if self._request is not None:
            self._jobs.cancel(self._request)

    def _on_use(self) -> None:
        self._use(self.table.learner)

    def _use(self, learner: str) -> None:
        if learner and (self._models is None or learner != self._models.learner):
            self._set_learner(learner)

    def _on_copy(self) -> None:
        if self._report is not None:
            QGuiApplication.clipboard().setText(report_tsv(self._report, self.table.rows()))
            self._tell(self.tr("Copied the table in its current order."))

    def _show_menu(self, place: QPoint) -> None:
        if self._report is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        use = menu.addAction(self.use_button.text(), self._on_use)
        use.setEnabled(self.use_button.isEnabled())
        menu.addAction(self.tr("Copy the table"), self._on_copy)
        sort = menu.addMenu(self.tr("Sort by"))
        for number, title in self.table.column_titles():
            action = QAction(title, sort)
            action.triggered.connect(lambda _checked=False, chosen=number: self.table.sort_by(chosen))
            sort.addAction(action)
        menu.popup(self.table.viewport().mapToGlobal(place))

    def _ask_for_csv(self) -> None:
        filters = [file_filter(self.tr("Table"), ["*.csv"])]
        ask_where_to_save(
            self, self.tr("Save the table"), filters, self._suggested("csv"), lambda paths: self.save_csv(paths[0])
        )

    def _ask_for_png(self) -> None:
        filters = [file_filter(self.tr("Picture"), ["*.png"])]
        ask_where_to_save(
            self, self.tr("Save the picture"), filters, self._suggested("png"), lambda paths: self.save_png(paths[0])
        )

    def _suggested(self, suffix: str) -> str:
        day = "" if self._report is None else made_at_text(self._report)[:10]
        return f"metaface-report-{day}.{suffix}"

    def save_csv(self, path: Path) -> None:
        """Write the table and every confusion; emit `refused` if that fails."""
        if self._report is not None:
            self._write(path, report_csv(self._report, self.table.rows()))

    def save_png(self, path: Path) -> None:
        """Write a picture of the table and the selected method's matrix; emit `refused` if that fails."""
        if self._report is not None:
            self._write(path, report_png(self._report, self.table.rows(), self.table.learner))

    def _write(self, path: Path, content: bytes) -> None:
        try:
            write_whole(path, content)
        except KnownError as error:
            self.refused.emit(error)
        else:
            self._tell(self.tr("Saved as {name}.").format(name=path.name))

    # What the engine says -------------------------------------------------------------------------------------------

    def _on_request_ended(self, event: RequestEnded) -> None:
        if event.request_id == self._request:
            self._request = None
            self._failure = event.error
            self._news = self.tr("The test was stopped.") if event.is_cancelled else ""
            self._refresh()

    def _on_job(self, event: JobChanged) -> None:
        if event.job_id == self._request and event.fraction is not None:
            self.progress.setRange(0, 1000)
            self.progress.setValue(round(1000 * event.fraction))

    def _on_self_tested(self, event: SelfTested) -> None:
        is_old = self._people is not None and event.report.revision < self._people.revision
        if is_old and not names_only_present(set(event.report.people), self._people):
            return  # somebody was deleted or renamed during the test
        self._report = event.report
        self._failure, self._news = None, ""
        self.table.show_report(event.report)
        self._refresh()

    def _on_gallery(self, event: GalleryChanged) -> None:
        if self._report is not None and somebody_left(self._people, event.snapshot):
            self._forget_report()
        self._people = event.snapshot
        self._refresh()

    def _forget_report(self) -> None:
        """Drop a report that names a deleted person."""
        self._report = None
        self._news = self.tr("Somebody was deleted, and the report with them. Test again.")
        self.table.forget_report()
        self.matrix.show_picture(None)
        self.second_line.setToolTip("")

    def _on_models(self, event: ModelsChanged) -> None:
        if event.state is not ModelState.LOADING:
            self._models = event
            self._refresh()

    # Showing --------------------------------------------------------------------------------------------------------

    def _tell(self, text: str) -> None:
        self._news = text
        self._refresh()

    def _refresh(self) -> None:
        has_report = self._report is not None
        cancel_had_focus, test_had_focus = self.cancel_button.hasFocus(), self.test_button.hasFocus()
        self.test_button.setVisible(not self.is_running)
        self.progress.setVisible(self.is_running)
        self.cancel_button.setVisible(self.is_running)
        self._escape.setEnabled(self.is_running)
        if self.is_running and test_had_focus:
            self.cancel_button.setFocus()
        elif not self.is_running and cancel_had_focus:
            self.test_button.setFocus()
        missing = self._what_is_missing()
        self.test_button.setEnabled(not missing)
        self.test_button.setText(self.tr("Test again") if has_report else self.tr("Test all methods"))
        self.test_button.setToolTip(
            missing or self.tr("Leave each enrolled shot out in turn and see which method still names it right")
        )
        for widget in (self.copy_button, self.export_button, self.use_button):
            widget.setVisible(has_report)
        self._stack.setCurrentWidget(self.results if has_report else self.note)
        self._say_note(missing)
        self._say_lines()
        self._say_use()

    def _what_is_missing(self) -> str:
        """Return what the gallery lacks for a test, and what to do; empty if nothing is missing or not known yet."""
        if self._people is None or any(person.shot_count > 1 for person in self._people.recognised):
            return ""
        with_shot = [person for person in self._people.recognised if person.shot_count]
        if not with_shot:
            return self.tr("Nobody is enrolled yet: record two shots or more of somebody.")
        name = shortened(with_shot[0].name)
        return self.tr("Everybody has only one shot: record a second one of {name}.").format(name=name)

    def _say_note(self, missing: str) -> None:
        title = self.tr("Which method knows your people best?")
        if self.is_running:
            self.note.say(self.tr("Testing the methods …"), self.tr("The live view keeps running."))
        elif missing:
            self.note.say(title, missing)
        else:
            step = self.tr(
                "Test all methods: each enrolled shot is left out in turn, unaltered and degraded, and must be named "
                "from the others."
            )
            self.note.say(title, step)

    def _say_lines(self) -> None:
        report = self._report
        first = "" if report is None else recommendation_text(report)
        second = "" if report is None else scope_text(report)
        role = "muted"
        outdated = self._outdated()
        if self.is_running:
            first = self.tr("Testing the methods …") if report is not None else ""
            second = self.tr("Below is the last report.") if report is not None else ""
        elif self._failure is not None:
            second, role = error_text(self._failure), "error"
        elif self._news:
            second = self._news
        elif outdated:
            second, role = outdated, "error"
        self.first_line.setText(first)
        self.second_line.setText(second)
        set_role(self.second_line, role)
        if report is not None and role == "muted":
            self.second_line.setToolTip(f"{scope_text(report)}\n{settings_text(report)}")

    def _outdated(self) -> str:
        """Return why the report doesn't match the current state; empty if it does."""
        if self._report is None:
            return ""
        if self._people is not None and self._people.revision > self._report.revision:
            return self.tr("The gallery has changed since: these results are out of date. Test again.")
        then, now = self._tested_with, self._models
        if then is not None and now is not None and _settings_of(then) != _settings_of(now):
            return self.tr("The settings have changed since: these results are out of date. Test again.")
        return ""

    def _say_use(self) -> None:
        learner = self.table.learner
        is_used = self._models is not None and learner == self._models.learner
        self.use_button.setEnabled(bool(learner) and not is_used)
        self.use_button.setText(self.tr("In use") if is_used else self.tr("Use this method"))
        self.use_button.setToolTip(
            self.tr("{title} decides the names already").format(title=learner_title(learner))
            if is_used
            else self.tr("Let {title} decide the names from now on (Enter)").format(title=learner_title(learner))
        )

    def _show_matrix(self, learner: str) -> None:
        if self._report is not None and learner:
            self.matrix.show_picture(confusion_picture(self._report, self._report.row(learner)))
            self.matrix_heading.setText(matrix_title(learner))
            self._say_use()


def _settings_of(models: ModelsChanged) -> tuple[str, float, dict[str, object]]:
    """Return what a report depends on besides the gallery."""
    return models.embedder, models.fpir, dict(models.hyperparameters)
