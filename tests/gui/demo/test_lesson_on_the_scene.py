"""What the lesson on a bad picture promises comes true on the demo scene: real models, real people, the lesson's own
setting."""

from __future__ import annotations

from types import MappingProxyType, SimpleNamespace
from typing import cast

import pytest

from metaface_gui.bench.clips import enroll_demo
from metaface_gui.engine.adaptation.room_faces import EMPTY_ROOM
from metaface_gui.engine.adaptation.room_trial import RoomRow, RoomTable, scene_frames, try_rooms
from metaface_gui.engine.adaptation.scheduler import Situation
from metaface_gui.engine.assembly import build_pipeline, enrolled_people, load_learning_assets
from metaface_gui.engine.jobs.job_runner import Job
from metaface_gui.engine.studio.comparison import LearnerTally
from metaface_gui.gallery import Gallery
from metaface_gui.gui.lessons.five import LIGHT
from metaface_gui.gui.lessons.lesson import Hand
from metaface_gui.metalearning.frame_environments import ROOM_AS_IT_IS, EnvironmentSetting
from metaface_gui.pipeline.capture.demo.people import demo_people
from metaface_gui.pipeline.capture.demo.scene import DemoScene
from metaface_gui.settings import RecognitionSettings
from metaface_gui.weights.store import WeightsStore

pytestmark = pytest.mark.long


def settings_of_the_lesson() -> list[EnvironmentSetting]:
    """What it turns the dial to, in the dark, with the old webcam, and back."""
    turned: list[EnvironmentSetting] = []
    nothing = SimpleNamespace(
        photograph_in=turned.append, open_page=lambda _key: None, adapt_to_room=list, show_before_after=list
    )
    for step in LIGHT.steps:
        for act in step.play:
            act(cast(Hand, nothing))
    return turned


@pytest.fixture(scope="module")
def table(store: WeightsStore) -> RoomTable:
    settings = RecognitionSettings()
    pipeline = build_pipeline(settings, store)
    gallery = Gallery.in_memory()
    try:
        enroll_demo(gallery, pipeline, demo_people())
        people = enrolled_people(gallery, pipeline.embedder.id)
    finally:
        gallery.close()
    assets = load_learning_assets(pipeline.embedder, store)
    situation = Situation(assets, people, EMPTY_ROOM, settings.fpir, MappingProxyType({}))
    frames = scene_frames(DemoScene(), [(5.8, 14.0)], [(26.8, 35.6)], 0.5)
    return try_rooms(situation, pipeline, frames, settings_of_the_lesson(), Job(1, "", lambda _changed: None))


def deciding(table: RoomTable, setting: EnvironmentSetting, *, is_adapted: bool) -> LearnerTally:
    """What the method said that decides unless somebody chooses another, on all shots."""

    def is_meant(row: RoomRow) -> bool:
        return row.setting == setting and row.is_adapted is is_adapted and not row.is_one_shot

    (row,) = filter(is_meant, table.rows)
    return next(tally for tally in row.tallies if tally.learner == "prototypical")


def share_named(tally: LearnerTally) -> float:
    n_people = tally.counted - tally.turned_away - tally.let_through
    assert n_people >= 15
    return (tally.right - tally.turned_away) / n_people


def test_darkness_keeps_names_an_old_webcam_loses_them_and_adapting_brings_them_back(table: RoomTable) -> None:
    dark, webcam, light = settings_of_the_lesson()
    assert light == ROOM_AS_IT_IS
    assert share_named(deciding(table, light, is_adapted=False)) > 0.95
    assert share_named(deciding(table, dark, is_adapted=False)) > 0.9
    lost, back = (share_named(deciding(table, webcam, is_adapted=is_adapted)) for is_adapted in (False, True))
    assert lost < 0.85
    assert back > lost + 0.1


def test_the_stranger_stays_unknown_and_nobody_gets_a_wrong_name(table: RoomTable) -> None:
    for setting in settings_of_the_lesson():
        for is_adapted in (False, True):
            tally = deciding(table, setting, is_adapted=is_adapted)
            assert tally.wrong == tally.let_through == 0
        assert tally.turned_away > 0, "the stranger was never found"
