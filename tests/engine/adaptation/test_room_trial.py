from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType, SimpleNamespace
from typing import cast

import numpy as np
import pytest
import torch

from metaface_gui.engine.adaptation.room_faces import EMPTY_ROOM
from metaface_gui.engine.adaptation.room_trial import RoomTable, SceneFrames, among, scene_frames, try_rooms
from metaface_gui.engine.adaptation.scheduler import Situation
from metaface_gui.engine.jobs.job_runner import Job, JobCancelledError
from metaface_gui.metalearning.frame_environments import ROOM_AS_IT_IS, EnvironmentSetting
from metaface_gui.pipeline.capture.demo.scene import DemoScene
from metaface_gui.pipeline.face_pipeline import FacePipeline
from metaface_gui.pipeline.learners import LEARNERS
from metaface_gui.types import FaceDetections, FaceTruth, Frame, FrameResult, TrackTemplate
from tests.engine.synthetic import EMBEDDER_ID, faces_of, learning_assets, people_of
from tests.gui.fakes import make_face, make_frame

PEOPLE = people_of([3, 3, 3])
DARK = EnvironmentSetting((("dim_light", 0.5),))
STRANGER = 30
BOXES = {
    person: (10.0 + 30.0 * place, 10.0, 30.0 + 30.0 * place, 40.0) for place, person in enumerate((0, 1, STRANGER))
}


class Looking:
    """A pipeline that sees Person 0, Person 1 and a stranger in each frame; in the dark, Person 1 looks like nobody."""

    def __init__(self) -> None:
        self.embedder = SimpleNamespace(id=EMBEDDER_ID)
        self.detector = SimpleNamespace(detect=lambda _image: FaceDetections.empty())
        self.looked_at = list[str]()

    def reset(self) -> None:
        pass

    def process(self, frame: Frame) -> FrameResult:
        self.looked_at.append(frame.environment)
        faces = []
        for track_id, (person, box) in enumerate(BOXES.items()):
            features = faces_of(77 if person == 1 and frame.environment else person, 1, seed=frame.index)[0]
            template = TrackTemplate((), features, (), 1.0, 1.0, generation=frame.index)
            faces.append(replace(make_face(track_id, box), features=features, embedding=features, template=template))
        return FrameResult(frame, tuple(faces), frame.captured_ns, embedder_id=EMBEDDER_ID)


def scene() -> SceneFrames:
    truth = tuple(
        FaceTruth(np.array(box, np.float32), None if person == STRANGER else f"Person {person}")
        for person, box in BOXES.items()
    )
    frames = [replace(make_frame(160, 60, index), time_s=float(index), truth=truth) for index in range(6)]
    return SceneFrames(tuple(frames[:2]), tuple(frames[2:]))


def situation() -> Situation:
    return Situation(learning_assets(), PEOPLE, EMPTY_ROOM, 0.01, MappingProxyType({}))


def quiet() -> Job:
    return Job(1, "", lambda _changed: None)


@pytest.fixture(scope="module")
def tried() -> tuple[RoomTable, Looking]:
    looking = Looking()
    return try_rooms(situation(), cast(FacePipeline, looking), scene(), (ROOM_AS_IT_IS, DARK), quiet()), looking


def test_a_room_has_a_row_for_each_way_of_deciding_with_all_methods(tried: tuple[RoomTable, Looking]) -> None:
    table, looking = tried
    ways = [(row.setting, row.is_one_shot, row.is_adapted) for row in table.rows]
    assert len(set(ways)) == len(ways) == 8
    for row in table.rows:
        assert {tally.learner for tally in row.tallies} == set(LEARNERS)
        assert (row.n_unlabelled > 0) is row.is_adapted
        assert all(tally.counted == row.n_faces == 12 for tally in row.tallies)
    assert looking.looked_at == [""] * 6 + [DARK.label] * 6, "one look a frame, for all of them"


def test_what_methods_say_is_counted_against_the_truth(tried: tuple[RoomTable, Looking]) -> None:
    rows = [row for row in tried[0].rows if not row.is_one_shot and not row.is_adapted]
    light, dark = (next(t for t in row.tallies if t.learner == "prototypical") for row in rows)
    assert (light.right, light.turned_away, light.missed, light.wrong, light.let_through) == (12, 4, 0, 0, 0)
    assert (dark.right, dark.turned_away, dark.missed, dark.wrong, dark.let_through) == (8, 4, 4, 0, 0)


def test_faces_on_which_methods_are_not_of_one_mind_are_counted(tried: tuple[RoomTable, Looking]) -> None:
    table = tried[0]
    for row in table.rows:
        named = {tally.named for tally in row.tallies}
        assert row.n_differing >= max(named) - min(named)
        assert (row.n_differing == 0) <= (len(named) == 1)
    assert table.n_faces == 8 * 12
    assert 0 <= table.n_differing <= table.n_faces


def test_who_is_not_in_the_scene_is_left_out() -> None:
    left = among(PEOPLE, {"Person 2", "Person 0"})
    assert left.names == ("Person 0", "Person 2")
    assert left.labels.tolist() == [0, 0, 0, 1, 1, 1]
    assert torch.equal(left.shots[3:], PEOPLE.shots[6:])
    assert left.shot_ids == PEOPLE.shot_ids[:3] + PEOPLE.shot_ids[6:]


def test_it_can_be_cancelled() -> None:
    job = quiet()
    job.cancel()
    with pytest.raises(JobCancelledError):
        try_rooms(situation(), cast(FacePipeline, Looking()), scene(), (ROOM_AS_IT_IS,), job)


def test_the_scene_is_rendered_at_the_times_that_were_asked_for() -> None:
    frames = scene_frames(DemoScene(width=160, height=90), [(10.0, 11.0)], [(28.0, 29.0), (30.0, 30.4)], 0.5)
    assert [frame.time_s for frame in frames.seen] == [10.0, 10.5]
    assert [frame.time_s for frame in frames.evaluated] == [28.0, 28.5, 30.0]
    assert any(truth.person is None for truth in frames.evaluated[0].truth)
