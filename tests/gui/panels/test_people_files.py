"""The passphrase of exported people: typed twice, hidden, judged by its length; asked for where a file has one."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from metaface_gui.engine.events import RequestEnded
from metaface_gui.gallery import PassphraseError
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.panels.people_files import PeopleFiles
from metaface_gui.gui.widgets.passphrase_dialog import KnownPassphraseDialog, NewPassphraseDialog
from tests.gui.fakes import FakeEngine, child_of

LEFT = Qt.MouseButton.LeftButton
GOOD = "correct horse battery staple"


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    return window


def choose(window: QWidget, path: Path) -> None:
    dialog = child_of(window, QFileDialog)
    dialog.filesSelected.emit([str(path)])
    dialog.close()


def new_passphrase(window: QWidget, engine: FakeEngine, path: Path) -> NewPassphraseDialog:
    bridge = EngineBridge(window)
    engine.recorder.listener = bridge
    PeopleFiles(engine.people, bridge, window).ask_export()
    choose(window, path)
    return child_of(window, NewPassphraseDialog)


def test_a_passphrase_is_typed_twice(window: QWidget, tmp_path: Path) -> None:
    engine, path = FakeEngine(), tmp_path / "people.metaface"
    dialog = new_passphrase(window, engine, path)
    QTest.keyClicks(dialog.passphrase, GOOD)
    assert not dialog.confirm.isEnabled()
    assert "do not match yet" in dialog.note.text()
    assert dialog.passphrase.nextInFocusChain() is dialog.again
    QTest.keyClicks(dialog.again, GOOD)
    assert "Strong" in dialog.note.text()
    QTest.mouseClick(dialog.confirm, LEFT)
    assert engine.calls_of("people.export_to") == [(path, GOOD)]


def test_tab_goes_from_field_to_field_to_the_button(window: QWidget, tmp_path: Path, qtbot: QtBot) -> None:
    engine, path = FakeEngine(), tmp_path / "people.metaface"
    dialog = new_passphrase(window, engine, path)
    dialog.activateWindow()
    qtbot.waitUntil(dialog.passphrase.hasFocus)
    QTest.keyClicks(dialog.focusWidget(), GOOD)
    for following in (dialog.again, dialog.show_it, dialog.confirm):
        QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
        assert dialog.focusWidget() is following
        if following is dialog.again:
            QTest.keyClicks(dialog.again, GOOD)
    QTest.keyClick(dialog.confirm, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert dialog.focusWidget() is dialog.show_it
    QTest.keyClick(dialog.show_it, Qt.Key.Key_Tab)
    QTest.keyClick(dialog.confirm, Qt.Key.Key_Space)
    assert engine.calls_of("people.export_to") == [(path, GOOD)]


def test_without_one_the_dialog_says_what_that_means(window: QWidget, tmp_path: Path) -> None:
    engine, path = FakeEngine(), tmp_path / "people.metaface"
    dialog = new_passphrase(window, engine, path)
    assert "not encrypted" in dialog.note.text()
    assert dialog.note.property("role") == "error"
    QTest.mouseClick(dialog.confirm, LEFT)
    assert engine.calls_of("people.export_to") == [(path,)]


def test_who_cancels_writes_nothing(window: QWidget, tmp_path: Path) -> None:
    engine = FakeEngine()
    dialog = new_passphrase(window, engine, tmp_path / "people.metaface")
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert engine.calls == []


@pytest.mark.parametrize(("typed", "verdict"), [("short", "Weak"), ("x" * 12, "Fair"), ("x" * 20, "Strong")])
def test_length_is_judged(window: QWidget, tmp_path: Path, typed: str, verdict: str) -> None:
    dialog = new_passphrase(window, FakeEngine(), tmp_path / "people.metaface")
    dialog.passphrase.setText(typed)
    dialog.again.setText(typed)
    assert dialog.note.text().startswith(verdict)
    assert dialog.confirm.isEnabled()
    assert (dialog.note.property("role") == "error") == (verdict == "Weak")
    dialog.reject()


def test_what_is_typed_is_hidden_until_the_box_is_ticked(window: QWidget, tmp_path: Path) -> None:
    dialog = new_passphrase(window, FakeEngine(), tmp_path / "people.metaface")
    for is_shown, mode in ((False, QLineEdit.EchoMode.Password), (True, QLineEdit.EchoMode.Normal)):
        dialog.show_it.setChecked(is_shown)
        assert [field.echoMode() for field in (dialog.passphrase, dialog.again)] == [mode, mode]
    dialog.reject()


def test_a_file_with_a_passphrase_is_asked_for_it(
    qtbot: QtBot, engine: FakeEngine, bridge: EngineBridge, window: QWidget, tmp_path: Path
) -> None:
    path = tmp_path / "people.metaface"
    engine.under_passphrase.add(path)
    PeopleFiles(engine.people, bridge, window).ask_import()
    choose(window, path)
    qtbot.waitUntil(lambda: window.findChild(KnownPassphraseDialog) is not None)
    assert engine.calls_of("people.import_from") == []
    dialog = child_of(window, KnownPassphraseDialog)
    assert not dialog.confirm.isEnabled()
    QTest.keyClicks(dialog.passphrase, GOOD)
    QTest.mouseClick(dialog.confirm, LEFT)
    assert engine.calls_of("people.import_from") == [(path, GOOD)]


def test_a_file_without_one_is_imported_at_once(
    qtbot: QtBot, engine: FakeEngine, bridge: EngineBridge, window: QWidget, tmp_path: Path
) -> None:
    path = tmp_path / "people.metaface"
    PeopleFiles(engine.people, bridge, window).ask_import()
    choose(window, path)
    qtbot.waitUntil(lambda: engine.calls_of("people.import_from") == [(path,)])
    assert window.findChild(KnownPassphraseDialog) is None


def test_a_passphrase_that_is_not_the_one_is_asked_for_again(
    qtbot: QtBot, engine: FakeEngine, bridge: EngineBridge, window: QWidget, tmp_path: Path
) -> None:
    path = tmp_path / "people.metaface"
    engine.under_passphrase.add(path)
    files, told = PeopleFiles(engine.people, bridge, window), list[str]()
    files.message.connect(told.append)
    files.ask_import()
    choose(window, path)
    for typed, error in (("wrong", PassphraseError("That is not the passphrase. Try again.")), (GOOD, None)):
        qtbot.waitUntil(lambda: window.findChild(KnownPassphraseDialog) is not None)
        dialog = child_of(window, KnownPassphraseDialog)
        assert dialog.note.isVisible() == (typed == GOOD)
        assert dialog.focusWidget() is dialog.passphrase, "typing goes on where it was"
        QTest.keyClicks(dialog.focusWidget(), typed)
        QTest.keyClick(dialog.passphrase, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: window.findChild(KnownPassphraseDialog) is None)
        bridge(RequestEnded(engine.request_of("people.import_from"), error))
    qtbot.waitUntil(lambda: told == ["The people in people.metaface were imported."])
    assert engine.calls_of("people.import_from") == [(path, "wrong"), (path, GOOD)]


def test_an_export_ends_with_a_word(
    qtbot: QtBot, engine: FakeEngine, bridge: EngineBridge, window: QWidget, tmp_path: Path
) -> None:
    files, told = PeopleFiles(engine.people, bridge, window), list[str]()
    files.message.connect(told.append)
    files.ask_export()
    choose(window, tmp_path / "people.metaface")
    dialog = child_of(window, NewPassphraseDialog)
    QTest.mouseClick(dialog.confirm, LEFT)
    bridge(RequestEnded(4711))
    bridge(RequestEnded(engine.request_of("people.export_to")))
    qtbot.waitUntil(lambda: told == ["Everybody was exported to people.metaface."])
