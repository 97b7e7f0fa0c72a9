"""Once a deletion cannot be undone any more, nothing in the engine or the window knows the person's name."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QSettings, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from metaface_gui.app import write_stills
from metaface_gui.engine.engine import Engine
from metaface_gui.engine.events import ModelsChanged, ModelState, ResultReady
from metaface_gui.engine.people import gallery_editor
from metaface_gui.gallery import Gallery
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.latest_events import LatestEvents
from metaface_gui.gui.main_window import MainWindow
from metaface_gui.gui.window_state import WindowState
from metaface_gui.pipeline.capture.demo.people import demo_people
from metaface_gui.pipeline.capture.specification import parse_source
from metaface_gui.pipeline.learners import LEARNERS
from metaface_gui.resources import weights_dir
from metaface_gui.settings import RecognitionSettings
from metaface_gui.weights.store import WeightsStore
from tests.engine.references import holders, holders_in
from tests.patience import PATIENCE_S

ZENOBIA, BALTHAZAR, STAYS = NAMES = "Zenobia Quill", "Balthazar Finch", "Cosima Wren"
SHOTS = 2
WORDS = ("text", "toolTip", "accessibleName", "accessibleDescription", "placeholderText", "windowTitle", "plainText")


@dataclass(frozen=True)
class World:
    """A whole MetaFace: the engine, the window, and what a later window would be told."""

    engine: Engine
    bridge: EngineBridge
    latest: LatestEvents
    window: MainWindow
    gallery: Gallery


@pytest.fixture
def world(qtbot: QtBot, bridge: EngineBridge, tmp_path: Path) -> Iterator[World]:
    """Three people were enrolled, the first one is before the camera, and every page was looked at."""
    settings = RecognitionSettings(compared=tuple(key for key in LEARNERS if key != "prototypical"))
    with Gallery.open(tmp_path / "people.metaface") as gallery:
        engine = Engine(gallery, WeightsStore(weights_dir(), tmp_path / "weights"), bridge, settings)
        state = WindowState(QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat))
        latest, window = LatestEvents(bridge), MainWindow(engine, bridge, state, list_cameras=lambda: ())
        qtbot.addWidget(window)
        window.resize(1280, 800)
        window.show()
        with qtbot.waitSignal(bridge.models_changed, check_params_cb=is_ready):
            engine.start()
        made = World(engine, bridge, latest, window, gallery)
        try:
            use_it(qtbot, made, tmp_path)
            yield made
        finally:
            assert engine.stop(timeout_s=20.0), "a thread did not end"
            window.close()


def use_it(qtbot: QtBot, world: World, folder: Path) -> None:
    stills = []
    for name, someone in zip(NAMES, demo_people(), strict=True):
        (folder / name[0]).mkdir()
        stills.append(write_stills(someone, folder / name[0]))
        enrol(qtbot, world.window, name, stills[-1][:SHOTS])
    world.engine.studio.set_map_learner("prototypical")
    with qtbot.waitSignal(world.bridge.result_ready, check_params_cb=is_recognised):
        world.engine.source.open(parse_source(str(stills[0][0])))
    look_at_every_page(qtbot, world.window, world.bridge)


def is_ready(event: ModelsChanged) -> bool:
    return event.state is ModelState.READY


def enrol(qtbot: QtBot, window: MainWindow, name: str, files: tuple[Path, ...]) -> None:
    panel = window.side.enroll
    window.side.enroll_from(files)
    qtbot.waitUntil(lambda: len(panel.grid.tiles) >= len(files) and not panel.record_button.isDown())
    panel.name_field.set_text(name)
    panel.consent.check.click()
    qtbot.waitUntil(panel.save_button.isEnabled)
    panel.save_button.click()
    qtbot.waitUntil(lambda: name in panel.missing.text())


def is_recognised(event: ResultReady) -> bool:
    return [face.identification.name for face in event.result.faces] == [ZENOBIA]


def look_at_every_page(qtbot: QtBot, window: MainWindow, bridge: EngineBridge) -> None:
    stage = window.stage
    for page in ("method", "compare", "map"):
        stage.open_page(page)
    with qtbot.waitSignal(bridge.explained):
        stage.open_page("why")
        stage.why.select_next()
    window.side.open_key("people")
    people = window.side.people
    people.show_cards(True)
    people.choose(1)
    qtbot.waitUntil(lambda: len(people.details.grid.tiles) == SHOTS)
    with qtbot.waitSignal(bridge.shot_weighed):
        people.details.grid.tiles[0].chosen.emit(people.details.grid.tiles[0].shot_id)
    assert holders(stage.why, ZENOBIA)


def texts_of(model: QAbstractItemModel) -> Iterator[str]:
    for row in range(model.rowCount(QModelIndex())):
        column = 0
        while model.hasIndex(row, column):
            for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
                yield str(model.index(row, column).data(role))
            column += 1


def mentions(window: MainWindow, name: str, engine: Engine) -> list[str]:
    """Where the window says the name, or keeps it to say it."""
    found, roots = list[str](), list[tuple[object, str]]()
    others = tuple(window.findChildren(QObject))
    for thing in (window, *others):
        where = f"{type(thing.parent()).__name__}/{type(thing).__name__}"
        roots.append((vars(thing), where))
        if isinstance(thing, QWidget):
            found += [f"{where}.{word}" for word in WORDS if name in str(thing.property(word) or "")]
        if isinstance(thing, QAbstractItemModel):
            found += [f"{where} has an item" for text in texts_of(thing) if name in text]
    return found + holders_in(roots, name, without=(engine, window, *others))


def knowing(world: World, name: str) -> list[str]:
    """Everything that knows the name."""
    of_latest = holders(vars(world.latest), name, name="LatestEvents")
    return [*mentions(world.window, name, world.engine), *of_latest, *holders(world.engine, name)]


def delete(qtbot: QtBot, world: World, name: str) -> None:
    """Delete somebody as a user does, and wait until nobody knows them any more."""
    person = world.gallery.find(name)
    assert person
    people = world.window.side.people
    people.choose(person.id)
    people.details.delete_button.click()
    qtbot.waitUntil(lambda: world.gallery.find(name) is None)
    left, deadline = knowing(world, name), time.monotonic() + PATIENCE_S
    while left and time.monotonic() < deadline:
        qtbot.wait(300)
        left = knowing(world, name)
    assert not left, "\n".join(left)


def test_nobody_knows_a_name_that_was_deleted_for_good(
    qtbot: QtBot, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gallery_editor, "_UNDO_NS", 100_000_000)
    assert all(knowing(world, name) for name in NAMES), "the search finds who is enrolled"
    delete(qtbot, world, ZENOBIA)  # who is before the camera, and in every page
    with qtbot.waitSignal(world.bridge.explained):
        world.window.stage.why.explain_again()
    world.engine.source.close()  # no result comes any more that would take the place of the last one
    qtbot.waitUntil(lambda: not world.window.commands.close_source.isEnabled())
    delete(qtbot, world, BALTHAZAR)
    assert knowing(world, STAYS)
