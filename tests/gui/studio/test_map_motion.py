from __future__ import annotations

import numpy as np
from numpy.testing import assert_allclose, assert_array_equal

from metaface_gui.gui.studio.map_motion import Glide, common_rows
from tests.gui.studio.explanations import embedding_map


def test_rows_of_the_same_ids_are_paired() -> None:
    first, second = common_rows((4, 9, 2), (2, 3, 4))
    assert_array_equal(first, [0, 2])
    assert_array_equal(second, [2, 0])
    assert [len(rows) for rows in common_rows((1,), (2,))] == [0, 0]


def test_what_both_maps_show_glides_and_what_is_new_stands_still() -> None:
    before, after = embedding_map("alex"), embedding_map("alex", "lin", shift=(1.0, 0.0))
    glide = Glide.between(before, after)
    assert glide.moves
    shots, class_vectors = glide.at(0.0)
    assert_array_equal(shots[:2], before.shots_xy)
    assert_array_equal(shots[2:], after.shots_xy[2:])
    assert_array_equal(class_vectors[0], before.class_vectors_xy[0])
    halfway, _ = glide.at(0.5)
    assert_allclose(halfway[:2], before.shots_xy + np.array([0.5, 0.0]), atol=1e-6)
    shots, class_vectors = glide.at(1.0)
    assert_allclose(shots, after.shots_xy, atol=1e-6)
    assert_allclose(class_vectors, after.class_vectors_xy, atol=1e-6)


def test_the_first_map_and_the_same_map_do_not_move() -> None:
    shown = embedding_map("alex", "lin")
    assert not Glide.between(None, shown).moves
    assert not Glide.between(shown, embedding_map("alex", "lin", learner="reptile")).moves
