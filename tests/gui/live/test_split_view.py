"""The video once or twice: as somebody sees it who compares two methods, or presents one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from metaface_gui.engine.events import (
    ComparisonChanged,
    EngineStats,
    EnrollmentChanged,
    ResultReady,
    SidesChanged,
    SourceChanged,
    SourceState,
)
from metaface_gui.engine.studio.comparison import LearnerTally
from metaface_gui.engine.studio.side import STOCK, Side
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.live.live_view import LiveView
from metaface_gui.gui.live.overlay_painter import FaceStyle
from metaface_gui.gui.live.side_words import counts_text, side_title
from metaface_gui.gui.live.split_view import SplitView
from metaface_gui.gui.live.title_badge import TitleBadge
from metaface_gui.gui.main_window import MainWindow
from metaface_gui.types import QualityIssue
from tests.gui.conftest import Say
from tests.gui.fakes import FakeEngine, make_frame, make_result, models, prepared
from tests.gui.verdict_fakes import KEYS, compared_face, decision

BOX = (300.0, 200.0, 500.0, 430.0)


@pytest.fixture
def video(qtbot: QtBot, bridge: EngineBridge, say: Say) -> SplitView:
    made = SplitView(bridge)
    qtbot.addWidget(made)
    made.resize(1200, 700)
    made.show()
    say(SourceChanged(SourceState.RUNNING, "cam"))
    say(models())
    return made


def show_face(
    video: SplitView, say: Say, others: dict[str, str | None] | None = None, name: str | None = "lin"
) -> None:
    frame = make_frame()
    video.show_frame(prepared(frame))
    say(make_result(compared_face(7, BOX, name, others=others), frame=frame))


def names(view: LiveView | None) -> list[str]:
    assert view is not None
    return [face.name for face in view.faces]


def middle_of_face(view: LiveView) -> QPoint:
    return view.faces[0].box.center().toPoint()


def test_at_first_there_is_one_view_without_a_title(video: SplitView, say: Say) -> None:
    show_face(video, say)
    assert video.second is None
    assert names(video.primary) == ["lin"]
    assert not video.primary.title.isVisible()


def test_a_mirror_turns_the_picture_and_the_boxes_but_no_words(video: SplitView, say: Say) -> None:
    told: list[bool] = []
    video.mirrored_changed.connect(told.append)
    show_face(video, say)
    plain = video.primary.faces[0]
    video.set_mirrored(True)
    mirrored = video.primary.faces[0]
    middle = video.primary.geometry_of_video()
    assert middle is not None
    assert mirrored.box.center().x() == pytest.approx(2 * middle.target.center().x() - plain.box.center().x())
    assert mirrored.label.size() == plain.label.size()
    assert told == [True]
    assert video.mirrors_cameras, "this was no camera"
    say(SourceChanged(SourceState.OPENING, "another"))
    assert not video.is_mirrored


def test_a_camera_is_a_mirror_until_somebody_says_otherwise(video: SplitView, say: Say) -> None:
    say(SourceChanged(SourceState.RUNNING, "webcam", is_mirrored=True))
    assert video.is_mirrored
    video.set_mirrored(False)
    say(SourceChanged(SourceState.RUNNING, "webcam", is_mirrored=True))
    assert not video.is_mirrored
    assert not video.mirrors_cameras


def test_while_methods_are_compared_the_deciding_one_is_named(video: SplitView, say: Say) -> None:
    say(models("maml", "reptile"))
    assert video.primary.title.isVisible()
    assert video.primary.title.title == "MAML"
    assert video.primary.title.geometry().right() <= video.primary.width()
    say(models("maml"))
    assert not video.primary.title.isVisible()


def test_each_view_shows_its_own_method_s_names(video: SplitView, say: Say) -> None:
    say(models("prototypical", *KEYS[1:]))
    video.set_second("reptile")
    show_face(video, say, {"reptile": None})
    assert names(video.primary) == ["lin"]
    assert names(video.second) == ["Unknown"]
    assert video.second is not None
    assert video.second.isVisible()
    assert abs(video.second.width() - video.primary.width()) < 5
    assert all(face.strip is None for view in video.views for face in view.faces)


def test_what_another_method_said_is_grey_and_without_its_numbers(video: SplitView, say: Say) -> None:
    """Paused, say: the picture stands still for as long as the method that was chosen adapts."""
    frame = make_frame()
    video.show_frame(prepared(frame))
    said = make_result(compared_face(7, BOX, n=1), frame=frame).result

    def shown() -> tuple[FaceStyle, str]:
        (face,) = video.primary.faces
        return face.style, face.item.score_text

    say(ResultReady(replace(said, learner="prototypical")))
    own = shown()
    assert own[0] is FaceStyle.KNOWN
    assert own[1]
    say(models("maml"))
    assert shown() == (FaceStyle.PENDING, "")
    video.primary.grab()
    say(ResultReady(replace(said, learner="maml")))
    assert shown() == own


def test_a_view_that_joins_shows_what_is_already_there(video: SplitView, say: Say) -> None:
    show_face(video, say, {"maml": None})
    say(SourceChanged(SourceState.PAUSED, "cam"))
    video.set_second("maml")
    assert names(video.second) == ["Unknown"]
    assert video.second is not None
    assert not video.second.empty_state.isVisible()


def test_both_views_show_the_same_picture_at_the_same_place(video: SplitView, say: Say) -> None:
    say(SourceChanged(SourceState.RUNNING, "cam", is_mirrored=True))
    video.set_second("maml")
    show_face(video, say)
    left, right = video.views
    assert left.faces[0].box.width() == pytest.approx(right.faces[0].box.width(), rel=0.02)
    assert left.faces[0].box.x() == pytest.approx(right.faces[0].box.x(), abs=6)
    colors = [view.grab().toImage().pixelColor(view.width() // 4, view.height() // 2) for view in video.views]
    assert colors[0] == colors[1]


def test_a_face_can_be_clicked_in_either_view(video: SplitView, say: Say, qtbot: QtBot) -> None:
    video.set_second("maml")
    show_face(video, say)
    for view in video.views:
        with qtbot.waitSignal(video.face_clicked) as clicked:
            QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=middle_of_face(view))
        assert clicked.args == [7, view.mapToGlobal(middle_of_face(view))]


def test_space_and_drops_are_passed_on(video: SplitView, qtbot: QtBot) -> None:
    video.set_second("maml")
    for view in video.views:
        with qtbot.waitSignal(video.pause_wanted):
            QTest.keyClick(view, Qt.Key.Key_Space)
        with qtbot.waitSignal(video.files_dropped):
            view.files_dropped.emit([])


def pick(view: LiveView, letters: str) -> None:
    """Type a title's first letters into the view's combo box."""
    assert view.title.combo.isVisible()
    QTest.keyClicks(view.title.combo, letters)


def test_the_methods_are_chosen_on_the_views(video: SplitView, qtbot: QtBot) -> None:
    video.set_second("maml")
    assert [view.title.combo.currentText() for view in video.views] == ["Prototypical network", "MAML"]
    with qtbot.waitSignal(video.second_wanted) as wanted, qtbot.assertNotEmitted(video.learner_wanted):
        pick(video.views[1], "rep")
    assert wanted.args == ["reptile"]
    with qtbot.waitSignal(video.learner_wanted) as wanted:
        pick(video.primary, "s")
    assert wanted.args == ["siamese"]


def test_a_choice_that_the_engine_did_not_follow_is_taken_back(video: SplitView, say: Say) -> None:
    video.set_second("maml")
    pick(video.primary, "s")
    say(models())
    assert video.primary.title.combo.currentText() == "Prototypical network"


def test_the_left_view_has_the_room_again_when_the_split_ends(video: SplitView, say: Say, qtbot: QtBot) -> None:
    video.set_second("maml")
    video.set_second(None)
    show_face(video, say)
    assert video.second is None
    assert not video.views[1].isVisible()
    assert not video.primary.title.isVisible()
    qtbot.waitUntil(lambda: video.primary.width() == video.width())
    assert video.primary.faces[0].strip is not None


def test_two_views_fit_where_one_did(video: SplitView) -> None:
    alone = video.minimumSizeHint().width()
    video.set_second("maml")
    assert video.minimumSizeHint().width() < alone + 150


def test_a_frame_is_converted_once_for_both(video: SplitView, monkeypatch: pytest.MonkeyPatch) -> None:
    video.set_second("maml")
    shown: list[object] = []
    monkeypatch.setattr(video.primary._picture, "show", shown.append)
    video.show_frame(prepared(make_frame()))
    assert len(shown) == 1
    assert video.primary._picture is video.views[1]._picture


def test_only_the_left_view_shows_speed_and_guidance(video: SplitView, say: Say) -> None:
    video.set_second("maml")
    show_face(video, say)
    say(EngineStats(29.9, 14.0, 60, 3, 0, "cpu"))
    say(EnrollmentChanged(True, QualityIssue.TOO_SMALL, (), 8))
    assert [view.hud.isVisible() for view in video.views] == [True, False]
    assert [view.banner.isVisible() for view in video.views] == [True, False]
    video.set_hud_visible(False)
    assert not video.primary.hud.isVisible()


def test_a_presentation_shows_only_names_and_the_title(video: SplitView, say: Say) -> None:
    say(models("prototypical", *KEYS[1:]))
    show_face(video, say)
    say(EnrollmentChanged(True, QualityIssue.TOO_SMALL, (), 8))
    usual_label, usual_title = video.primary.faces[0].label, video.primary.title.height()
    assert video.primary.faces[0].strip is not None
    video.set_presenting(True)
    view = video.primary
    assert view.faces[0].strip is None
    assert view.faces[0].is_compact
    assert view.faces[0].label.height() > usual_label.height()
    assert not view.hud.isVisible()
    assert not view.banner.isVisible()
    assert view.title.title == "Prototypical network"
    assert view.title.height() > usual_title
    say(EnrollmentChanged(True, QualityIssue.TOO_DARK, (), 8))
    assert not view.banner.isVisible()
    video.set_presenting(False)
    assert view.hud.isVisible()
    assert view.banner.isVisible()
    assert view.banner.text.startswith("Come closer") or view.banner.text.startswith("Too dark")
    assert view.faces[0].label == usual_label


def test_a_presentation_names_a_method_that_runs_alone(video: SplitView, say: Say) -> None:
    say(models("rl2"))
    video.set_presenting(True)
    assert video.primary.title.isVisible()
    assert video.primary.title.title == "Auto (RL²)"
    video.set_presenting(False)
    assert not video.primary.title.isVisible()


def test_a_presentation_of_two_methods_has_titles_to_read_and_not_to_use(video: SplitView) -> None:
    video.set_second("maml")
    video.set_presenting(True)
    assert [view.title.title for view in video.views] == ["Prototypical network", "MAML"]
    assert not any(view.title.combo.isVisible() for view in video.views)


def test_names_of_a_presentation_grow_with_the_view(video: SplitView, say: Say) -> None:
    video.set_presenting(True)
    heights = []
    for size in ((960, 540), (1920, 1080)):
        video.resize(*size)
        show_face(video, say)
        heights.append(video.primary.faces[0].label.height())
    assert heights[1] > 1.8 * heights[0]
    assert heights[1] > 100


def test_a_face_can_still_be_corrected_in_a_presentation(video: SplitView, say: Say, qtbot: QtBot) -> None:
    show_face(video, say)
    video.set_presenting(True)
    with qtbot.waitSignal(video.face_clicked):
        QTest.mouseClick(video.primary, Qt.MouseButton.LeftButton, pos=middle_of_face(video.primary))


def test_the_strip_keeps_off_speed_and_title(video: SplitView, say: Say) -> None:
    say(models("prototypical", *KEYS[1:]))
    say(EngineStats(29.9, 14.0, 60, 3, 0, "cpu"))
    frame = make_frame()
    video.show_frame(prepared(frame))
    say(make_result(compared_face(7, (20.0, 10.0, 160.0, 160.0)), frame=frame))
    strip = video.primary.faces[0].strip
    assert strip is not None
    assert not strip.rect.toRect().intersects(video.primary.hud.geometry())
    assert not strip.rect.toRect().intersects(video.primary.title.geometry())


def test_pointing_at_a_face_tells_all_verdicts(video: SplitView, say: Say, qtbot: QtBot) -> None:
    show_face(video, say, {"maml": "<b>obama</b>"})
    QTest.mouseMove(video.primary, middle_of_face(video.primary))
    qtbot.waitUntil(lambda: "MAML: ‹b>obama‹/b>" in video.primary.toolTip())
    assert "Reptile: lin" in video.primary.toolTip()


# Before | after -----------------------------------------------------------------------------------------------------

NO_ROOM = Side("prototypical", uses_room=False)
PLAIN = Side("prototypical")


def show_sides(video: SplitView, say: Say, **names: str | None) -> None:
    """Show a face of which the sides with these keys say so."""
    frame = make_frame()
    video.show_frame(prepared(frame))
    decided = {key.replace("_", "-"): decision(name) for key, name in names.items()}
    by_key = {NO_ROOM.key if key == "before" else PLAIN.key: value for key, value in decided.items()}
    say(make_result(replace(compared_face(7, BOX, "lin"), sides=by_key), frame=frame))


def test_a_switch_makes_both_views_sides_and_switching_back_ends_it(video: SplitView, qtbot: QtBot) -> None:
    video.set_second("maml")
    switch = video.primary.title.room_switch
    assert switch.isVisible()
    with qtbot.waitSignal(video.sides_wanted) as wanted:
        QTest.mouseClick(switch, Qt.MouseButton.LeftButton)
    assert wanted.args == [(NO_ROOM, Side("maml"))]
    with qtbot.waitSignal(video.sides_wanted) as wanted:
        QTest.keyClick(video.views[1].title.shot_switch, Qt.Key.Key_Space)
    assert wanted.args == [(NO_ROOM, Side("maml", is_one_shot=True))]
    QTest.mouseClick(switch, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(video.sides_wanted) as wanted:
        QTest.mouseClick(video.views[1].title.shot_switch, Qt.MouseButton.LeftButton)
    assert wanted.args == [()]


def test_the_published_network_is_among_the_choices_and_has_no_room(video: SplitView, qtbot: QtBot) -> None:
    video.set_second("maml")
    second = video.views[1].title
    second.combo.setCurrentIndex(second.combo.findData(STOCK))
    with qtbot.waitSignal(video.sides_wanted) as wanted:
        second.combo.activated.emit(second.combo.currentIndex())
    assert wanted.args == [(PLAIN, Side(STOCK))]
    assert not second.room_switch.isEnabled()
    assert second.title == "Published network"
    with qtbot.waitSignal(video.sides_wanted) as wanted:
        video.set_second(None)
    assert wanted.args == [()]


def test_verdicts_that_differ_are_lit_up_on_both_sides(video: SplitView, say: Say) -> None:
    video.set_second("maml")
    video.show_sides(NO_ROOM, PLAIN)
    show_sides(video, say, before=None, after="lin")
    assert names(video.primary) == ["Unknown"]
    assert names(video.second) == ["lin"]
    assert [view.faces[0].item.differs for view in video.views] == [False, False], "one of them may still adapt"
    say(SidesChanged((NO_ROOM, PLAIN), is_ready=True))
    assert [view.faces[0].item.differs for view in video.views] == [True, True]
    show_sides(video, say, before="lin", after="lin")
    assert [view.faces[0].item.differs for view in video.views] == [False, False]


def test_counts_are_said_below_each_view(video: SplitView, say: Say) -> None:
    video.set_second("maml")
    video.show_sides(NO_ROOM, PLAIN)
    sides = (NO_ROOM, PLAIN)
    say(SidesChanged(sides, is_ready=False))
    assert video.primary.counts.title == "Adapting…"
    before = LearnerTally(NO_ROOM.key, named=4, unknown=6, contested=7, counted=10, right=5, wrong=1, turned_away=2)
    after = LearnerTally(PLAIN.key, named=8, unknown=2, contested=7, counted=10, right=10, turned_away=2)
    say(SidesChanged(sides, is_ready=True, tallies=(before, after)))
    assert video.primary.counts.title == ("3 right · 4 Unknown · 1 wrong · strangers: 2 turned away, 0 let through")
    assert video.views[1].counts.title.endswith("3 of 10 faces differ")
    say(SidesChanged((), is_ready=False))
    assert video.primary.counts.title.startswith("3 right"), "of other sides nothing is shown"


def test_two_methods_as_they_run_are_counted_too(video: SplitView, say: Say) -> None:
    video.set_second("maml")
    say(ComparisonChanged((LearnerTally("prototypical", 5, 2), LearnerTally("maml", 4, 3)), 7, 1.0))
    assert video.primary.counts.title == "5 named · 2 Unknown"
    assert video.views[1].counts.title == "4 named · 3 Unknown"
    video.set_second(None)
    assert not video.primary.counts.isVisible()


def test_sides_in_words() -> None:
    assert side_title(Side("maml", uses_room=False, is_one_shot=True)) == "MAML · without this room · 1 shot"
    assert side_title(Side(STOCK)) == "Published network"
    assert counts_text(LearnerTally("maml", 1, 2)) == "1 named · 2 Unknown"


def test_a_key_shows_before_and_after_and_again_one_view(window: MainWindow, engine: FakeEngine, say: Say) -> None:
    say(models())
    QTest.keyClick(window, Qt.Key.Key_B)
    assert engine.calls_of("sides.want") == [((NO_ROOM, PLAIN),)]
    assert window.stage.video.second is not None
    QTest.keyClick(window, Qt.Key.Key_B, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(window, Qt.Key.Key_B, Qt.KeyboardModifier.AltModifier)
    assert engine.calls_of("sides.want")[1:] == [
        ((Side("prototypical", is_one_shot=True), PLAIN),),
        ((Side(STOCK), PLAIN),),
    ]
    QTest.keyClick(window, Qt.Key.Key_B, Qt.KeyboardModifier.AltModifier)
    assert engine.calls_of("sides.want")[-1] == ((),)
    assert window.stage.video.second is None


def test_the_counts_stand_above_the_words_about_a_pause(video: SplitView, say: Say) -> None:
    video.set_second("maml")
    show_face(video, say)
    say(ComparisonChanged((LearnerTally("prototypical", 5, 2), LearnerTally("maml", 4, 3)), 7, 1.0))
    say(SourceChanged(SourceState.PAUSED, "cam"))
    view = video.primary
    assert view.empty_state.isVisible()
    assert not view.counts.geometry().intersects(view.empty_state.geometry())


def test_the_choice_of_a_method_never_lies_over_the_switches_beside_it(qtbot: QtBot) -> None:
    """A combo box that adjusts to its contents resizes itself a moment after they change, once it was unfolded."""
    badge = TitleBadge()
    qtbot.addWidget(badge)
    badge.show_title("Matching network")
    badge.show()
    badge.combo.view()  # as its unfolding does
    badge.set_choices([("maml", "A method with a very long title indeed"), ("rl2", "Auto")], "maml")
    badge.fit(300, 0, 300)
    later = QTimer(badge, singleShot=True, interval=200)
    with qtbot.waitSignal(later.timeout, timeout=30_000):
        later.start()  # after the combo box's own timer, which is due earlier
    assert badge.room_switch.width() > 0
    assert badge.combo.geometry().right() < badge.room_switch.x()
