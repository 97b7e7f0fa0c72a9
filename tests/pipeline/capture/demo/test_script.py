from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metaface_gui.pipeline.capture.demo.people import load_scene_people
from metaface_gui.pipeline.capture.demo.script import DEMO_SCRIPT, Level, Pose, ease, level_at, pose_at

WAY = (Pose(1.0, 0.0, 0.5, 0.2, 10.0), Pose(2.0, 0.4, 0.5, 0.2, -10.0), Pose(4.0, 0.4, 0.7, 0.4, 0.0))


def test_poses_are_met_and_mixed_half_way() -> None:
    assert pose_at(WAY, 1.0) == WAY[0]
    assert pose_at(WAY, 4.0) == WAY[2]
    half = pose_at(WAY, 1.5)
    assert half is not None
    assert (half.x, half.y, half.size, half.roll_deg) == pytest.approx((0.2, 0.5, 0.2, 0.0))


@pytest.mark.parametrize("t_s", [0.99, 4.01, -3.0])
def test_nobody_is_there_outside_the_poses(t_s: float) -> None:
    assert pose_at(WAY, t_s) is None
    assert pose_at((), t_s) is None


def test_levels_are_constant_outside() -> None:
    levels = (Level(1.0, 1.0), Level(2.0, 0.2), Level(3.0, 0.2))
    assert [level_at(levels, t) for t in (0.0, 1.5, 2.5, 9.0)] == pytest.approx([1.0, 0.6, 0.2, 0.2])


@settings(max_examples=40, deadline=None)
@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_ease_rises_from_0_to_1(u: float, v: float) -> None:
    assert 0.0 <= ease(u) <= 1.0
    assert ease(min(u, v)) <= ease(max(u, v)) + 1e-12


def test_the_script_is_in_order() -> None:
    script = DEMO_SCRIPT
    assert [phase.start_s for phase in script.phases] == [0.0, *(phase.end_s for phase in script.phases[:-1])]
    assert script.phases[-1].end_s == script.duration_s
    for poses in [*(appearance.poses for appearance in script.appearances), script.folder]:
        assert all(a.t_s < b.t_s for a, b in pairwise(poses))
        assert poses[-1].t_s <= script.duration_s
    for levels in (script.light, script.blur):
        assert all(a.t_s < b.t_s for a, b in pairwise(levels))


def test_phases_repeat() -> None:
    assert DEMO_SCRIPT.phase_at(0.0).name == "alone"
    assert DEMO_SCRIPT.phase_at(20.0 + 2 * DEMO_SCRIPT.duration_s).name == "blur"


def test_everybody_in_the_script_has_a_portrait_and_the_stranger_is_one() -> None:
    people = {person.name: person.is_stranger for person in load_scene_people()}
    cast = {appearance.person for appearance in DEMO_SCRIPT.appearances}
    assert cast == set(people)
    assert sum(people.values()) == 1


def test_the_round_closes_without_a_jump() -> None:
    first = next(a.poses[0] for a in DEMO_SCRIPT.appearances if a.poses[0].t_s == 0.0)
    last = next(a.poses[-1] for a in DEMO_SCRIPT.appearances if a.poses[-1].t_s == DEMO_SCRIPT.duration_s)
    assert (first.x, first.y, first.size, first.roll_deg) == (last.x, last.y, last.size, last.roll_deg)
    assert level_at(DEMO_SCRIPT.light, 0.0) == level_at(DEMO_SCRIPT.light, DEMO_SCRIPT.duration_s)
    assert level_at(DEMO_SCRIPT.blur, 0.0) == level_at(DEMO_SCRIPT.blur, DEMO_SCRIPT.duration_s)


def test_a_mask_is_put_on_and_off_behind_the_folder() -> None:
    for appearance in DEMO_SCRIPT.appearances:
        for t_s in appearance.masked_s or ():
            face, folder = pose_at(appearance.poses, t_s), pose_at(DEMO_SCRIPT.folder, t_s)
            assert face is not None
            assert folder is not None
            assert abs(face.x - folder.x) < 0.03
            # The mask sits on the lower half of the face; the folder reaches from above the eyes to below the chin.
            assert folder.y - folder.size / 2 < face.y < face.y + face.size / 2 < folder.y + folder.size / 2
