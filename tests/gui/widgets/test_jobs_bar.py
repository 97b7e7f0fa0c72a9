"""Long work in the status bar."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QProgressBar, QToolButton
from pytestqt.qtbot import QtBot

from metaface_gui.engine.events import JobChanged
from metaface_gui.gui.widgets.jobs_bar import JobsBar
from tests.gui.fakes import child_of


@pytest.fixture
def bar(qtbot: QtBot) -> JobsBar:
    made = JobsBar()
    qtbot.addWidget(made)
    return made


def wait_shown(bar: JobsBar, qtbot: QtBot, job: JobChanged) -> None:
    bar.show_job(job)
    qtbot.waitUntil(bar.isVisible)


def test_short_work_passes_unseen(bar: JobsBar) -> None:
    bar.show_job(JobChanged(1, "Adapting", None))
    assert not bar.isVisible()
    bar.show_job(JobChanged(1, "Adapting", None, is_finished=True))
    assert not bar.isVisible()
    assert bar.running == ()


def test_long_work_is_shown_until_it_ends(bar: JobsBar, qtbot: QtBot) -> None:
    wait_shown(bar, qtbot, JobChanged(1, "Importing", 0.25))
    progress = child_of(bar, QProgressBar)
    assert progress.value() / progress.maximum() == pytest.approx(0.25)
    bar.show_job(JobChanged(1, "Importing", 1.7))
    assert progress.value() == progress.maximum()
    bar.show_job(JobChanged(1, "Importing", 1.0, is_finished=True))
    assert not bar.isVisible()


def test_an_unknown_length_is_an_endless_bar(bar: JobsBar, qtbot: QtBot) -> None:
    wait_shown(bar, qtbot, JobChanged(1, "Loading models", None))
    progress = child_of(bar, QProgressBar)
    assert progress.maximum() == 0


def test_cancel_names_the_job_on_screen(bar: JobsBar, qtbot: QtBot) -> None:
    wait_shown(bar, qtbot, JobChanged(5, "Importing", 0.1))
    bar.show_job(JobChanged(6, "Exporting", 0.2))
    (cancel,) = bar.findChildren(QToolButton)
    assert "Importing" in cancel.accessibleName()
    with qtbot.waitSignal(bar.cancel_clicked) as clicked:
        QTest.mouseClick(cancel, Qt.MouseButton.LeftButton)
    assert clicked.args == [5]


def test_the_next_job_follows(bar: JobsBar, qtbot: QtBot) -> None:
    wait_shown(bar, qtbot, JobChanged(5, "Importing", 0.1))
    bar.show_job(JobChanged(6, "Exporting", 0.2))
    assert [job.job_id for job in bar.running] == [5, 6]
    bar.show_job(JobChanged(5, "Importing", None, is_finished=True, is_cancelled=True))
    assert bar.isVisible()
    assert [job.job_id for job in bar.running] == [6]
