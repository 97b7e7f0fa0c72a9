from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import cast

import pytest

from metaface_gui.engine.assembly import LearningAssets, adapt
from metaface_gui.engine.batch.file_room import FileRoom
from metaface_gui.pipeline.enrolled_people import EnrolledPeople
from metaface_gui.pipeline.face_pipeline import FacePipeline
from metaface_gui.pipeline.recognition.open_set import OpenSetClassifier
from metaface_gui.settings import RecognitionSettings
from metaface_gui.types import Frame, FrameResult
from tests.engine.synthetic import EMBEDDER_ID, faces_of, learning_assets, people_of
from tests.gui.fakes import make_face, make_frame

PEOPLE = people_of([2, 3])


class Looking:
    """A pipeline that sees somebody new in each frame, and notes before which frames it got a classifier."""

    def __init__(self) -> None:
        self.index, self.given_before = 0, list[int]()

    def set_classifiers(
        self, classifiers: Mapping[str, OpenSetClassifier], primary: str, *, continued: Collection[str] = ()
    ) -> None:
        self.given_before.append(self.index)

    def process(self, frame: Frame, _found: object = None) -> FrameResult:
        self.index = frame.index + 1
        features = faces_of(self.index, 1)[0]
        face = replace(make_face(self.index), features=features, embedding=features)
        return FrameResult(frame, (face,), 0, embedder_id=EMBEDDER_ID)


@pytest.fixture
def rooms(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many unlabelled faces each adaptation had."""
    made = list[int]()

    def noted(learner: str, people: EnrolledPeople, assets: LearningAssets, *, fpir: float) -> object:
        made.append(0 if people.unlabelled is None else len(people.unlabelled))
        return adapt(learner, people, assets, fpir=fpir)

    monkeypatch.setattr("metaface_gui.engine.batch.file_room.adapt", noted)
    return made


def look(settings: RecognitionSettings, *, is_used: bool = True) -> list[int]:
    """Look at twenty frames, two seconds apart; returns before which ones another classifier came."""
    pipeline, assets = Looking(), learning_assets()
    adapted = adapt("prototypical", PEOPLE, assets, fpir=0.01)
    room = FileRoom(cast(FacePipeline, pipeline), adapted, assets, settings, is_used=is_used)
    for index in range(20):
        room.process(replace(make_frame(64, 48, index), time_s=2.0 * index))
    return pipeline.given_before


def test_a_frame_is_looked_at_with_what_came_before_it(rooms: list[int]) -> None:
    assert look(RecognitionSettings()) == [0, 4, 8, 16]
    assert rooms == [4, 8, 16]
    assert look(RecognitionSettings()) == [0, 4, 8, 16], "every file is a room of its own, and comes to the same"


def test_switched_off_nothing_is_adapted_again(rooms: list[int]) -> None:
    assert look(RecognitionSettings(use_room=False)) == look(RecognitionSettings(), is_used=False) == [0]
    assert rooms == []
