from __future__ import annotations

import numpy as np

from metaface_gui.pipeline.unknown_faces import UnknownFaces
from tests.pipeline.samples import sample, unit

SECOND = 1_000_000_000


def test_faces_that_look_alike_are_one_group() -> None:
    faces = UnknownFaces(same_person=0.8)
    for i, point in enumerate(unit(0, 10, 90, 20)):
        assert faces.add(sample(point), i * SECOND)
    groups = faces.groups(4 * SECOND)
    assert [(group.id, group.count) for group in groups] == [(1, 3), (2, 1)], "the one seen last comes first"
    assert len(groups[0].burst.kept) == 3


def test_groups_grow_old() -> None:
    faces = UnknownFaces(max_age_s=10)
    faces.add(sample(unit(0)[0]), 0)
    assert len(faces.groups(10 * SECOND)) == 1
    assert faces.groups(10 * SECOND + 1) == ()


def test_the_oldest_group_makes_room() -> None:
    faces = UnknownFaces(same_person=0.99, max_groups=2)
    for i, point in enumerate(unit(0, 60, 120)):
        faces.add(sample(point), i * SECOND)
    assert [group.id for group in faces.groups(3 * SECOND)] == [3, 2]


def test_forgetting_by_number_by_likeness_and_all() -> None:
    faces = UnknownFaces(same_person=0.9)
    for point in unit(0, 60, 120):
        faces.add(sample(point), 0)
    faces.forget(1)
    faces.forget(1)
    assert [group.id for group in faces.groups(0)] == [2, 3]
    faces.forget_like(np.stack(unit(65)))
    assert [group.id for group in faces.groups(0)] == [3]
    faces.forget_like(np.zeros((0, 2), np.float32))
    faces.clear()
    assert faces.groups(0) == ()
