"""The live view as a user meets it: seen, pointed at, by keyboard, dropped on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, QRect, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDragMoveEvent, QDropEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from metaface_gui.engine.events import EnrollmentChanged, SourceChanged, SourceState
from metaface_gui.gui.live.face_scene import STALE_NS
from metaface_gui.gui.live.live_view import LiveView
from metaface_gui.types import Frame, QualityIssue
from tests.gui.fakes import make_face, make_frame, make_result, prepared
from tests.gui.verdict_fakes import KEYS, compared_face

RUNNING = SourceChanged(SourceState.RUNNING, "cam")


@pytest.fixture
def view(qtbot: QtBot) -> LiveView:
    made = LiveView()
    qtbot.addWidget(made)
    made.resize(1280, 720)
    made.show()
    made.set_hud_visible(False)
    made.show_source(RUNNING)
    return made


def show_faces(view: LiveView, *tracks: int, frame: Frame | None = None) -> Frame:
    frame = frame or make_frame()
    view.show_frame(prepared(frame))
    faces = [make_face(track, (100.0 + 300 * i, 300, 280.0 + 300 * i, 500)) for i, track in enumerate(tracks)]
    view.show_result(make_result(*faces, frame=frame).result)
    return frame


def middle_of(view: LiveView, track: int) -> QPoint:
    return next(face for face in view.faces if face.track_id == track).box.center().toPoint()


def one_color_frame(bgr: tuple[int, int, int], *, left_bgr: tuple[int, int, int] | None = None) -> Frame:
    image = np.full((720, 1280, 3), bgr, np.uint8)
    if left_bgr is not None:
        image[:, :640] = left_bgr
    return Frame(image, 0, 0.0, 10**12)


def test_the_newest_frame_is_painted_in_its_colours(view: LiveView) -> None:
    view.show_frame(prepared(one_color_frame((200, 100, 30))))
    assert view.grab().toImage().pixelColor(640, 360) == QColor(30, 100, 200)


def test_only_a_mirrored_source_is_mirrored(view: LiveView) -> None:
    frame = one_color_frame((0, 0, 0), left_bgr=(255, 255, 255))
    view.show_frame(prepared(frame))
    assert view.grab().toImage().pixelColor(100, 360) == QColor("white")
    view.show_source(SourceChanged(SourceState.RUNNING, "cam", is_mirrored=True))
    view.show_frame(prepared(frame))
    assert view.grab().toImage().pixelColor(100, 360) == QColor("black")


def test_a_frame_that_is_not_contiguous_is_painted_too(view: LiveView) -> None:
    image = np.full((720, 2560, 3), 90, np.uint8)[:, ::2]
    view.show_frame(prepared(Frame(image, 0, 0.0, 10**12)))
    assert view.grab().toImage().pixelColor(640, 360) == QColor(90, 90, 90)


def test_frames_of_another_size_replace_the_picture(view: LiveView) -> None:
    for width, height in ((1280, 720), (320, 240), (1, 1), (240, 320)):
        view.show_frame(prepared(make_frame(width, height)))
        geometry = view.geometry_of_video()
        assert geometry is not None
        assert (geometry.frame_width, geometry.frame_height) == (width, height)
        assert not view.grab().isNull()


def test_a_click_on_a_face_says_which(view: LiveView, qtbot: QtBot) -> None:
    show_faces(view, 3, 7)
    with qtbot.waitSignal(view.face_clicked) as clicked:
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=middle_of(view, 7))
    assert clicked.args == [7, view.mapToGlobal(middle_of(view, 7))]


def test_a_press_on_a_face_goes_no_further(view: LiveView) -> None:
    show_faces(view, 3)
    button, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    for at, is_taken in ((middle_of(view, 3), True), (QPoint(1200, 40), False)):
        there = view.mapToGlobal(QPointF(at))
        press = QMouseEvent(QEvent.Type.MouseButtonPress, QPointF(at), there, button, button, keys)
        QApplication.sendEvent(view, press)
        assert press.isAccepted() is is_taken


def test_a_click_on_a_mirrored_face_says_which(view: LiveView, qtbot: QtBot) -> None:
    view.show_source(SourceChanged(SourceState.RUNNING, "cam", is_mirrored=True))
    show_faces(view, 3)
    assert middle_of(view, 3).x() > 640
    with qtbot.waitSignal(view.face_clicked) as clicked:
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=middle_of(view, 3))
    assert clicked.args is not None
    assert clicked.args[0] == 3


def test_a_click_on_the_label_counts_and_beside_it_does_not(view: LiveView, qtbot: QtBot) -> None:
    show_faces(view, 3)
    with qtbot.waitSignal(view.face_clicked):
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.faces[0].label.center().toPoint())
    with qtbot.assertNotEmitted(view.face_clicked):
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(1200, 40))
        QTest.mouseClick(view, Qt.MouseButton.RightButton, pos=middle_of(view, 3))


def test_a_press_that_is_dragged_off_is_no_click(view: LiveView, qtbot: QtBot) -> None:
    show_faces(view, 3, 7)
    with qtbot.assertNotEmitted(view.face_clicked):
        QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=middle_of(view, 3))
        QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=middle_of(view, 7))


def test_of_nested_faces_the_smaller_one_is_meant(view: LiveView) -> None:
    frame = make_frame()
    view.show_frame(prepared(frame))
    faces = make_face(1, (200, 200, 800, 700)), make_face(2, (400, 350, 500, 450))
    view.show_result(make_result(*faces, frame=frame).result)
    hit = view.face_at(QPointF(450, 400))
    assert hit is not None
    assert hit.track_id == 2


def test_pointing_at_a_face_shows_a_hand_and_says_what_a_click_does(view: LiveView, qtbot: QtBot) -> None:
    show_faces(view, 3)
    QTest.mouseMove(view, middle_of(view, 3))
    qtbot.waitUntil(lambda: view.cursor().shape() is Qt.CursorShape.PointingHandCursor)
    assert "Who is this?" in view.toolTip()
    QTest.mouseMove(view, QPoint(1200, 40))
    qtbot.waitUntil(lambda: view.cursor().shape() is Qt.CursorShape.ArrowCursor)
    assert view.toolTip() == ""


def test_faces_vanish_when_the_result_is_stale(view: LiveView) -> None:
    frame = show_faces(view, 3)
    view.show_frame(prepared(make_frame(captured_ns=frame.captured_ns + STALE_NS)))
    assert [face.track_id for face in view.faces] == [3]
    view.show_frame(prepared(make_frame(captured_ns=frame.captured_ns + STALE_NS + 1)))
    assert view.faces == ()


def test_a_paused_picture_can_still_be_clicked(view: LiveView, qtbot: QtBot) -> None:
    show_faces(view, 3)
    view.show_source(SourceChanged(SourceState.PAUSED, "cam"))
    bar = view.empty_state
    assert bar.isVisible()
    assert view.rect().contains(bar.geometry())
    qtbot.waitUntil(lambda: bar.height() < 120)
    before = bar.geometry()
    view.set_message_place(QRect(200, view.height() - 70, 600, 60))
    assert bar.geometry() == before, "what can be clicked does not move"
    assert bar.clickable == before
    assert view.childAt(middle_of(view, 3)) is None
    with qtbot.waitSignal(view.face_clicked):
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=middle_of(view, 3))


def test_another_source_starts_without_the_old_picture_and_faces(view: LiveView) -> None:
    show_faces(view, 3)
    view.show_source(SourceChanged(SourceState.OPENING, "other"))
    assert view.faces == ()
    assert view.geometry_of_video() is None


def test_tab_walks_over_faces_and_enter_activates(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    layout = QVBoxLayout(window)
    view, button = LiveView(), QPushButton("next")
    layout.addWidget(view)
    layout.addWidget(button)
    window.resize(1300, 800)
    window.show()
    window.activateWindow()
    view.show_source(RUNNING)
    show_faces(view, 3, 7)
    view.setFocus()
    qtbot.waitUntil(view.hasFocus)
    for expected in (3, 7):
        QTest.keyClick(view, Qt.Key.Key_Tab)
        assert view.focused_track == expected
    assert "Press Enter" in view.accessibleDescription()
    with qtbot.waitSignal(view.face_clicked) as clicked:
        QTest.keyClick(view, Qt.Key.Key_Return)
    assert clicked.args is not None
    assert clicked.args[0] == 7
    QTest.keyClick(view, Qt.Key.Key_Backtab)
    assert view.focused_track == 3
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert view.focused_track is None
    QTest.keyClick(view, Qt.Key.Key_Tab)
    QTest.keyClick(view, Qt.Key.Key_Tab)
    QTest.keyClick(view, Qt.Key.Key_Tab)
    assert not view.hasFocus()
    assert view.focused_track is None


def test_a_focused_face_that_leaves_is_let_go(view: LiveView, qtbot: QtBot) -> None:
    view.activateWindow()
    view.setFocus()
    qtbot.waitUntil(view.hasFocus)
    show_faces(view, 3)
    QTest.keyClick(view, Qt.Key.Key_Tab)
    assert view.focused_track == 3
    show_faces(view, 4)
    assert view.focused_track is None
    with qtbot.assertNotEmitted(view.face_clicked):
        QTest.keyClick(view, Qt.Key.Key_Return)


def test_space_asks_for_a_pause_once(view: LiveView) -> None:
    got: list[None] = []
    view.pause_wanted.connect(lambda: got.append(None))
    QTest.keyClick(view, Qt.Key.Key_Space)
    assert len(got) == 1


def test_a_screen_reader_hears_who_is_there(view: LiveView) -> None:
    assert view.accessibleName() == "Live video"
    show_faces(view, 3)
    assert view.accessibleDescription() == "Faces: Unknown"
    view.show_frame(prepared(make_frame(captured_ns=10**15)))
    assert view.accessibleDescription() == "No face"


def test_guidance_keeps_above_a_message(view: LiveView) -> None:
    show_faces(view, 3)
    view.show_enrollment(EnrollmentChanged(True, QualityIssue.TOO_SMALL, (), 8))
    before = view.banner.geometry()
    assert view.banner.isVisible()
    assert abs(before.center().x() - 640) <= 1
    view.set_message_place(QRect(200, view.height() - 80, 600, 60))
    assert view.banner.geometry().bottom() == before.bottom() - 80
    view.set_message_place(QRect())
    assert view.banner.geometry() == before


def test_strips_keep_clear_of_a_message(view: LiveView) -> None:
    frame = make_frame()
    view.show_source(RUNNING)
    view.show_frame(prepared(frame))
    view.set_titles({key: key for key in KEYS})
    view.show_result(make_result(compared_face(3, (500.0, 300.0, 700.0, 520.0)), frame=frame).result)
    (face,) = view.faces
    assert face.strip is not None
    message = face.strip.rect.toRect()
    view.set_message_place(message)
    (face,) = view.faces
    assert face.strip is not None
    assert not face.strip.rect.toRect().intersects(message)


def test_the_hud_is_there_only_while_something_runs(view: LiveView) -> None:
    view.set_hud_visible(True)
    assert not view.hud.isVisible()
    show_faces(view, 3)
    assert view.hud.isVisible()
    view.show_source(SourceChanged(SourceState.ENDED, "clip"))
    assert not view.hud.isVisible()
    view.show_source(RUNNING)
    assert view.hud.isVisible()
    view.set_hud_visible(False)
    assert not view.hud.isVisible()


# Dropping -----------------------------------------------------------------------------------------------------------


def mime_of(*paths: Path | str) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) if isinstance(path, Path) else QUrl(path) for path in paths])
    return mime


def drag(view: LiveView, mime: QMimeData, at: QPointF) -> None:
    """What Qt sends while a drag comes over the view and is let go at `at`."""
    actions, buttons, keys = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(view, QDragEnterEvent(at.toPoint(), actions, mime, buttons, keys))
    if view.drop_zones.isVisible():
        zones = view.drop_zones
        QApplication.sendEvent(zones, QDragEnterEvent(at.toPoint(), actions, mime, buttons, keys))
        QApplication.sendEvent(zones, QDragMoveEvent(at.toPoint(), actions, mime, buttons, keys))
        assert not view.grab().isNull()
        QApplication.sendEvent(zones, QDropEvent(at, actions, mime, buttons, keys))


def test_dropped_files_are_to_enrol(view: LiveView, qtbot: QtBot, tmp_path: Path) -> None:
    paths = [tmp_path / "a.jpg", tmp_path / "ü b.png"]
    for path in paths:
        path.touch()
    with qtbot.waitSignal(view.files_dropped) as dropped:
        drag(view, mime_of(*paths), QPointF(1000, 300))
    assert dropped.args == [paths]
    assert not view.drop_zones.isVisible()


def test_one_file_can_be_played_instead(view: LiveView, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.touch()
    with qtbot.waitSignal(view.source_dropped) as dropped, qtbot.assertNotEmitted(view.files_dropped):
        drag(view, mime_of(path), QPointF(1000, 300))
    assert dropped.args == [path]
    with qtbot.waitSignal(view.files_dropped):
        drag(view, mime_of(path), QPointF(200, 300))


def test_what_is_no_local_file_is_not_taken(view: LiveView, qtbot: QtBot, tmp_path: Path) -> None:
    with qtbot.assertNotEmitted(view.files_dropped), qtbot.assertNotEmitted(view.source_dropped):
        drag(view, mime_of("https://example.org/a.jpg"), QPointF(200, 300))
        drag(view, mime_of(tmp_path / "gone.jpg"), QPointF(200, 300))
        text = QMimeData()
        text.setText("hello")
        drag(view, text, QPointF(200, 300))
    assert not view.drop_zones.isVisible()


def test_a_drag_that_leaves_takes_the_fields_away(view: LiveView, tmp_path: Path) -> None:
    view.drop_zones.begin([tmp_path])
    assert view.drop_zones.isVisible()
    from PySide6.QtGui import QDragLeaveEvent

    QApplication.sendEvent(view.drop_zones, QDragLeaveEvent())
    assert not view.drop_zones.isVisible()
