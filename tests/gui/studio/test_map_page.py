from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QProxyStyle, QStyle
from pytestqt.qtbot import QtBot

from metaface_gui.engine.events import MapChanged, ResultReady, ShotsRead
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.studio.map_page import MapPage, stable_slots
from metaface_gui.gui.theme import Theme, ThemeMode
from metaface_gui.types import TrackedFace
from tests.gui.conftest import Say
from tests.gui.fakes import FakeEngine, make_face, make_result, models, on_screen
from tests.gui.panels.samples import gallery, person, shot
from tests.gui.studio.explanations import embedding_map

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def page(qtbot: QtBot, engine: FakeEngine, bridge: EngineBridge, say: Say) -> MapPage:
    """Follows MAML, is on screen and has no map yet."""
    made = on_screen(qtbot, MapPage(engine.studio, engine.people, bridge), 900, 240)
    say(models("maml"))
    return made


@pytest.fixture
def shown(page: MapPage, say: Say, engine: FakeEngine, qapp: QApplication) -> MapPage:
    """With alex, lin and rose, whose shots the engine has."""
    say(gallery(person(1, "alex"), person(2, "lin"), person(3, "rose")))
    say(MapChanged(embedding_map("alex", "lin", "rose")))
    for person_id in (1, 2, 3):
        engine.shots[person_id] = tuple(shot(10 * person_id + i, person_id) for i in (0, 1))
    qapp.processEvents()
    engine.calls.clear()
    return page


def at(x: float, y: float, track_id: int = 5, name: str | None = "alex") -> TrackedFace:
    return replace(make_face(track_id, name=name), map_xy=np.array([x, y], np.float32))


def test_names_of_faces_cover_no_name_and_no_other_face(shown: MapPage, say: Say) -> None:
    """Four faces where three people are: names beside each other, or none."""
    places = [(0.0, 0.0), (0.02, 0.0), (0.04, 0.01), (0.0, 0.02)]
    say(make_result(*(at(x, y, track_id=number) for number, (x, y) in enumerate(places, start=5))))
    labels = list(shown.plot.probes.labels)
    assert labels
    standing = [place for _name, place in shown.plot.names.shown]
    assert standing
    for number, label in enumerate(labels):
        assert not any(label.intersects(other) for other in [*standing, *labels[number + 1 :]])


def point_at(page: MapPage, row: int) -> None:
    # From elsewhere, as Qt hears nothing of a pointer that stays where a former test left it.
    QTest.mouseMove(page.plot.viewport(), page.plot.pixel_of(row) + QPoint(40, 40))
    QTest.mouseMove(page.plot.viewport(), page.plot.pixel_of(row))


# Asking only while it is seen ---------------------------------------------------------------------------------------


def test_a_map_is_wanted_while_the_page_is_seen(page: MapPage, engine: FakeEngine) -> None:
    assert engine.calls_of("studio.set_map_learner") == [("maml",)]
    page.hide()
    assert engine.calls_of("studio.set_map_learner") == [("maml",), (None,)]
    page.show()
    assert engine.calls_of("studio.set_map_learner")[2:] == [("maml",)]


def test_a_hidden_page_asks_nothing_and_draws_nothing(shown: MapPage, engine: FakeEngine, say: Say) -> None:
    shown.hide()
    engine.calls.clear()
    say(models("reptile"))
    say(make_result(at(0.1, 0.1)))
    assert engine.calls == []
    assert shown.plot.probes.probes == ()
    shown.show()
    assert engine.calls_of("studio.set_map_learner") == [("reptile",)]


def test_it_follows_the_deciding_method_until_another_is_chosen(page: MapPage, engine: FakeEngine, say: Say) -> None:
    say(models("reptile"))
    assert "Reptile" in page.method.itemText(0)
    assert engine.calls_of("studio.set_map_learner")[1:] == [("reptile",)]
    page.method.setFocus()
    QTest.keyClick(page.method, Qt.Key.Key_Down)  # the first of the nine
    chosen = page.method.currentData()
    assert engine.calls_of("studio.set_map_learner")[2:] == [(chosen,)]
    say(models("maml"))
    assert len(engine.calls_of("studio.set_map_learner")) == 3
    QTest.keyClick(page.method, Qt.Key.Key_Up)
    assert engine.calls_of("studio.set_map_learner")[3:] == [("maml",)]


def test_news_of_the_same_method_ask_nothing_again(page: MapPage, engine: FakeEngine, say: Say) -> None:
    say(models("maml"))
    assert engine.calls_of("studio.set_map_learner") == [("maml",)]


# What is shown ------------------------------------------------------------------------------------------------------


def test_an_empty_gallery_says_what_to_do_next(page: MapPage, say: Say) -> None:
    say(MapChanged(None))
    assert "Nobody is enrolled yet" in page.note.text
    assert page.note.isVisible()
    assert not page.fit_button.isEnabled()
    say(gallery(person(1, "alex")))
    assert "Drawing the map" in page.note.text


def test_a_map_is_drawn_with_its_figures(shown: MapPage) -> None:
    assert shown.plot.isVisible()
    assert shown.counts.text() == "3 people, 6 shots"
    assert shown.explained.text() == "explained variance 63 %"
    assert [name for name, _place in shown.plot.names.shown] == ["alex", "lin", "rose"]
    assert all(shown.plot.viewport().rect().contains(shown.plot.pixel_of(row)) for row in range(6))
    people = embedding_map("alex", "lin", "rose").shot_people.tolist()
    image = shown.plot.grab().toImage()
    colours = [image.pixelColor(shown.plot.pixel_of(row)).name() for row in range(6)]
    assert len(set(colours)) == 3
    assert all((colours[a] == colours[b]) == (people[a] == people[b]) for a, b in combinations(range(6), 2))


def test_colours_follow_the_theme(shown: MapPage, theme: Theme, qapp: QApplication) -> None:
    theme.set_mode(ThemeMode.DARK)
    qapp.processEvents()
    dark = shown.plot.grab().toImage()
    theme.set_mode(ThemeMode.LIGHT)
    qapp.processEvents()
    light = shown.plot.grab().toImage()
    for where in (QPoint(3, 3), shown.plot.pixel_of(0)):
        assert dark.pixelColor(where) != light.pixelColor(where)


def test_many_people_have_no_labels(page: MapPage, say: Say) -> None:
    say(MapChanged(embedding_map(*[f"p{i}" for i in range(60)])))
    assert page.plot.names.shown == []
    assert page.counts.text() == "60 people, 120 shots"
    say(MapChanged(embedding_map("alex")))
    assert [name for name, _place in page.plot.names.shown] == ["alex"]
    assert page.counts.text() == "1 person, 2 shots"


def test_everybody_keeps_their_colour_when_somebody_goes() -> None:
    before = stable_slots({}, (1, 2, 3))
    assert before == {1: 0, 2: 1, 3: 2}
    assert stable_slots(before, (1, 3)) == {1: 0, 3: 2}
    assert stable_slots({1: 0, 3: 2}, (1, 3, 8, 9)) == {1: 0, 3: 2, 8: 1, 9: 3}


# Faces on screen ----------------------------------------------------------------------------------------------------


def test_faces_are_crosses_with_a_trail(shown: MapPage, say: Say, qapp: QApplication) -> None:
    empty = shown.plot.grab().toImage()
    for step in range(30):
        say(make_result(at(0.2 + 0.01 * step, 0.0), at(0.9, 0.1, 6, None)))
    alex, unknown = shown.plot.probes.probes
    assert (alex.name, alex.is_unknown, unknown.name, unknown.is_unknown) == ("alex", False, "Unknown", True)
    assert 5 < len(shown.plot.probes.trail_of(5)) < 30
    assert_allclose(shown.plot.probes.trail_of(5)[-1], (0.49, 0.0), atol=1e-6)
    qapp.processEvents()
    assert shown.plot.grab().toImage() != empty
    say(make_result(at(0.9, 0.1, 6, None)))
    assert [probe.track_id for probe in shown.plot.probes.probes] == [6]
    say(make_result())
    qapp.processEvents()
    assert shown.plot.grab().toImage() == empty


def test_a_face_without_a_place_is_left_out(shown: MapPage, say: Say) -> None:
    say(make_result(make_face(5, name="alex")))
    assert shown.plot.probes.probes == ()


def test_the_plane_stays_while_faces_move(shown: MapPage, say: Say) -> None:
    before = [shown.plot.pixel_of(row) for row in range(6)]
    say(make_result(at(30.0, -20.0)))
    assert [shown.plot.pixel_of(row) for row in range(6)] == before


def test_trails_end_where_the_plane_changes(shown: MapPage, say: Say) -> None:
    say(make_result(at(0.2, 0.0)))
    say(MapChanged(embedding_map("alex", "lin", learner="reptile")))
    assert shown.plot.probes.trail_of(5) == ()


# From one method to the next ----------------------------------------------------------------------------------------


def test_dots_glide_to_their_new_places(shown: MapPage, say: Say, qtbot: QtBot) -> None:
    before = shown.plot.shots_xy
    after = embedding_map("alex", "lin", "rose", learner="reptile", shift=(0.4, 0.3))
    say(MapChanged(after))
    assert shown.plot.is_gliding
    assert np.abs(shown.plot.shots_xy - before).max() < np.abs(after.shots_xy - before).max()
    qtbot.waitUntil(lambda: not shown.plot.is_gliding)
    assert_allclose(shown.plot.shots_xy, after.shots_xy, atol=1e-6)


def test_the_theme_may_change_on_the_way(shown: MapPage, say: Say, theme: Theme, qtbot: QtBot) -> None:
    after = embedding_map("alex", "lin", "rose", "obama", learner="reptile", shift=(0.4, 0.3))
    say(MapChanged(after))
    theme.set_mode(ThemeMode.LIGHT)
    qtbot.waitUntil(lambda: not shown.plot.is_gliding)
    assert_allclose(shown.plot.shots_xy, after.shots_xy, atol=1e-6)


def test_hiding_ends_the_way_at_once(shown: MapPage, say: Say) -> None:
    after = embedding_map("alex", "lin", "rose", learner="reptile", shift=(0.4, 0.3))
    say(MapChanged(after))
    shown.hide()
    assert not shown.plot.is_gliding
    assert_allclose(shown.plot.shots_xy, after.shots_xy, atol=1e-6)


class _StillStyle(QProxyStyle):
    """A platform that asks for less motion."""

    def styleHint(  # noqa: N802 - Qt's name
        self, hint: QStyle.StyleHint, *args: object, **kwargs: object
    ) -> int:
        if hint == QStyle.StyleHint.SH_Widget_Animation_Duration:
            return 0
        return super().styleHint(hint, *args, **kwargs)  # type: ignore[arg-type]


@pytest.fixture
def still(shown: MapPage) -> Iterator[MapPage]:
    style = _StillStyle()
    shown.plot.setStyle(style)
    yield shown
    shown.plot.setStyle(None)
    style.deleteLater()


def test_nothing_glides_where_the_platform_asks_for_less_motion(still: MapPage, say: Say) -> None:
    after = embedding_map("alex", "lin", "rose", learner="reptile", shift=(0.4, 0.3))
    say(MapChanged(after))
    assert not still.plot.is_gliding
    assert_allclose(still.plot.shots_xy, after.shots_xy, atol=1e-6)


# Zooming ------------------------------------------------------------------------------------------------------------


def wheel(page: MapPage, notches: int) -> None:
    centre = QPointF(page.plot.viewport().rect().center())
    event = QWheelEvent(
        centre,
        QPointF(page.plot.viewport().mapToGlobal(centre.toPoint())),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(page.plot.viewport(), event)


def apart(page: MapPage) -> float:
    """Pixels between the first shot and the last."""
    between = page.plot.pixel_of(5) - page.plot.pixel_of(0)
    return float(np.hypot(between.x(), between.y()))


def double_click(page: MapPage) -> None:
    QTest.mouseDClick(page.plot.viewport(), LEFT, pos=QPoint(30, 30))
    QTest.mouseRelease(page.plot.viewport(), LEFT, pos=QPoint(30, 30))  # which QTest leaves out


@pytest.mark.parametrize(
    "reset",
    [
        lambda page: QTest.mouseClick(page.fit_button, LEFT),
        lambda page: QTest.keyClick(page.plot, Qt.Key.Key_F),
        lambda page: QTest.keyClick(page.fit_button, Qt.Key.Key_F),
        double_click,
    ],
)
def test_the_wheel_zooms_and_all_can_be_shown_again(shown: MapPage, reset: Callable[[MapPage], None]) -> None:
    fitted = apart(shown)
    wheel(shown, 3)
    assert apart(shown) > 1.1 * fitted
    reset(shown)
    assert apart(shown) == pytest.approx(fitted, abs=2)


def test_keys_zoom_too(shown: MapPage) -> None:
    fitted = apart(shown)
    QTest.keyClick(shown.plot, Qt.Key.Key_Plus)
    assert apart(shown) == pytest.approx(1.25 * fitted, rel=0.05)
    QTest.keyClick(shown.plot, Qt.Key.Key_Minus)
    assert apart(shown) == pytest.approx(fitted, abs=3)


def test_who_has_zoomed_in_stays_there_and_who_has_not_sees_all(shown: MapPage, say: Say, qtbot: QtBot) -> None:
    wide = embedding_map(*"abcdefgh", learner="reptile")
    wheel(shown, 3)
    zoomed = apart(shown)
    say(MapChanged(wide))
    qtbot.waitUntil(lambda: not shown.plot.is_gliding)
    assert apart(shown) == pytest.approx(zoomed, abs=2)
    QTest.keyClick(shown.plot, Qt.Key.Key_F)
    assert shown.plot.viewport().rect().contains(shown.plot.pixel_of(15))
    shown.resize(1500, 330)
    QApplication.processEvents()
    assert shown.plot.viewport().rect().contains(shown.plot.pixel_of(15))


# Pointing -----------------------------------------------------------------------------------------------------------


def test_pointing_at_a_dot_shows_its_shot(shown: MapPage, engine: FakeEngine, qtbot: QtBot) -> None:
    point_at(shown, 2)
    assert shown.card.isVisible()
    assert shown.card.name == "lin"
    qtbot.waitUntil(lambda: shown.card.has_picture)
    assert engine.calls_of("people.load_shots") == [(2,)]
    assert shown.plot.viewport().rect().contains(shown.card.geometry())
    assert not shown.card.geometry().contains(shown.plot.pixel_of(2))
    QTest.mouseMove(shown.plot.viewport(), QPoint(3, 3))
    assert not shown.card.isVisible()


def test_a_persons_shots_are_read_once(shown: MapPage, engine: FakeEngine, qtbot: QtBot) -> None:
    point_at(shown, 2)
    qtbot.waitUntil(lambda: shown.card.has_picture)
    point_at(shown, 3)
    assert shown.card.has_picture
    assert engine.calls_of("people.load_shots") == [(2,)]


def test_sweeping_over_dots_reads_nothing(shown: MapPage, engine: FakeEngine) -> None:
    shown._rest.setInterval(60_000)  # the pointer never rests, however slow this machine
    for row in (0, 2, 4):
        point_at(shown, row)
    QTest.mouseMove(shown.plot.viewport(), QPoint(3, 3))
    assert engine.calls == []
    assert not shown._rest.isActive()


def test_pictures_of_who_has_changed_are_forgotten(shown: MapPage, say: Say, qtbot: QtBot) -> None:
    point_at(shown, 2)
    qtbot.waitUntil(lambda: shown.card.has_picture)
    say(gallery(person(1, "alex", shots=9), person(2, "lin"), person(3, "rose")))
    assert shown.card.isVisible()  # lin has not changed
    say(gallery(person(1, "alex"), person(3, "rose")))
    assert not shown.card.isVisible()
    assert shown._pictures == {}


def test_a_late_answer_about_another_dot_does_not_show_a_wrong_picture(
    shown: MapPage, engine: FakeEngine, say: Say
) -> None:
    shots, engine.recorder.listener = engine.shots[2], lambda _event: None
    point_at(shown, 2)
    shown._rest.timeout.emit()
    point_at(shown, 4)
    say(ShotsRead(engine.request_of("people.load_shots"), 2, shots))
    assert shown.card.name == "rose"
    assert not shown.card.has_picture


def test_arrows_go_from_dot_to_dot(shown: MapPage, qtbot: QtBot) -> None:
    shown.plot.setFocus()
    names = []
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Left):
        QTest.keyClick(shown.plot, key)
        names.append(shown.card.name)
    assert names == ["alex", "alex", "lin", "alex", "alex"]
    qtbot.waitUntil(lambda: shown.card.has_picture)
    QTest.keyClick(shown.plot, Qt.Key.Key_Left)
    assert shown.card.name == "rose"
    QTest.keyClick(shown.plot, Qt.Key.Key_Escape)
    assert not shown.card.isVisible()


def test_a_new_map_takes_the_card_away(shown: MapPage, say: Say) -> None:
    point_at(shown, 4)
    say(MapChanged(embedding_map("alex")))
    assert not shown.card.isVisible()


# Sizes --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", [ThemeMode.DARK, ThemeMode.LIGHT])
@pytest.mark.parametrize("size", [(900, 195), (900, 240), (1500, 330)])
def test_it_fits_the_docks_sizes(shown: MapPage, theme: Theme, mode: ThemeMode, size: tuple[int, int]) -> None:
    theme.set_mode(mode)
    shown.resize(*size)
    QApplication.processEvents()
    assert (shown.width(), shown.height()) == size
    assert not shown.counts.is_elided()
    assert not shown.explained.is_elided()
    assert len(shown.plot.names.shown) == 3
    assert all(shown.plot.viewport().rect().contains(shown.plot.pixel_of(row)) for row in range(6))
    assert not shown.grab().isNull()


def test_one_shot_of_one_person_is_a_map_too(page: MapPage, say: Say) -> None:
    one = embedding_map("alex")
    lone = replace(one, shot_ids=(10,), shot_people=one.shot_people[:1], shots_xy=one.class_vectors_xy)
    say(MapChanged(lone))
    say(make_result(at(0.0, 0.0)))
    assert page.plot.viewport().rect().contains(page.plot.pixel_of(0))


def test_results_without_faces_cost_nothing(shown: MapPage, say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    updates: list[str] = []
    monkeypatch.setattr(type(shown.plot.probes), "lay_out", lambda _self: updates.append("laid out"))
    result: ResultReady = make_result()
    say(result)
    say(result)
    assert updates == []
