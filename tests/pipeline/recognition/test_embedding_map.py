"""The plane of the embedding map on clouds whose principal axes are known, and that it stays put."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from metaface_gui.pipeline.recognition.embedding_map import EmbeddingMap, make_map
from metaface_gui.types import Floats

D = 8


def mapped(
    embedded: Floats,
    labels: list[int] | None = None,
    *,
    class_vectors: Floats | None = None,
    shot_ids: list[int] | None = None,
    former: EmbeddingMap | None = None,
) -> EmbeddingMap:
    """A map of people 70, 71 …; class vectors are means of the shots unless given."""
    whose = np.asarray([0] * len(embedded) if labels is None else labels)
    n_people = int(whose.max()) + 1
    means = np.stack([embedded[whose == i].mean(0) for i in range(n_people)])
    return make_map(
        "maml",
        embedded,
        means if class_vectors is None else class_vectors,
        labels=whose,
        shot_ids=list(range(len(embedded))) if shot_ids is None else shot_ids,
        person_ids=[70 + i for i in range(n_people)],
        names=[f"person {i}" for i in range(n_people)],
        former=former,
    )


def cloud(n_people: int, shots: int, seed: int = 0) -> tuple[Floats, list[int]]:
    """Unit vectors about random directions."""
    random = np.random.default_rng(seed)
    labels = np.repeat(np.arange(n_people), shots)
    points = random.standard_normal((n_people, D))[labels] + 0.2 * random.standard_normal((len(labels), D))
    unit: Floats = (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)
    return unit, labels.tolist()


def distances(xy: Floats) -> NDArray[np.float64]:
    gaps: NDArray[np.float64] = np.linalg.norm(xy[:, None].astype(np.float64) - xy[None], axis=2)
    return gaps


def test_axes_are_those_along_which_the_shots_differ_most_and_point_to_their_largest_loading() -> None:
    # Variances 2·9, 2·4 and 2·1 along three crossed axes, of which the third is not shown: 26 of 28.
    shots = np.zeros((6, D), np.float32)
    for row, (axis, reach) in enumerate([(5, 3.0), (2, 2.0), (0, 1.0)]):
        shots[2 * row, axis], shots[2 * row + 1, axis] = reach, -reach
    made = mapped(shots, [0, 0, 1, 1, 2, 2])
    np.testing.assert_allclose(made.axes, np.eye(D, dtype=np.float32)[[5, 2]], atol=1e-6)
    want = [[3, 0], [-3, 0], [0, 2], [0, -2], [0, 0], [0, 0]]
    np.testing.assert_allclose(made.shots_xy, want, atol=1e-6)
    np.testing.assert_allclose(made.class_vectors_xy, np.zeros((3, 2)), atol=1e-6)
    assert made.explained == pytest.approx(26 / 28)
    assert (made.learner, made.person_ids, made.names[1]) == ("maml", (70, 71, 72), "person 1")
    assert made.shot_people.tolist() == [0, 0, 1, 1, 2, 2]


def test_any_face_is_placed_as_the_shots_are() -> None:
    shots, labels = cloud(4, 3)
    made = mapped(shots, labels)
    np.testing.assert_allclose(made.place(shots), made.shots_xy, atol=1e-6)
    assert made.place(shots[:0]).shape == (0, 2)
    np.testing.assert_allclose(made.place(made.mean[None]), [[0, 0]], atol=1e-6)
    np.testing.assert_allclose(made.axes @ made.axes.T, np.eye(2), atol=1e-6)


def test_with_two_shots_the_class_vectors_span_the_plane_too() -> None:
    shots, class_vectors = np.zeros((2, D), np.float32), np.zeros((2, D), np.float32)
    shots[0, 0], shots[1, 0], class_vectors[0, 3], class_vectors[1, 3] = 2.0, -2.0, 1.0, -1.0
    made = mapped(shots, [0, 1], class_vectors=class_vectors)
    np.testing.assert_allclose(made.shots_xy, [[2, 0], [-2, 0]], atol=1e-6)
    np.testing.assert_allclose(made.class_vectors_xy, [[0, 1], [0, -1]], atol=1e-6)
    assert made.explained == pytest.approx(1.0)


def test_from_three_shots_on_the_class_vectors_do_not_count() -> None:
    shots, labels = cloud(2, 2)
    far = 50.0 * np.eye(D, dtype=np.float32)[:2]
    np.testing.assert_array_equal(mapped(shots, labels).axes, mapped(shots, labels, class_vectors=far).axes)


def test_along_the_axis_of_a_lone_shot_one_sees_the_cosine_to_it() -> None:
    shot = np.full((1, D), D**-0.5, np.float32)
    made = mapped(shot)
    opposite, aside = -shot, np.zeros((1, D), np.float32)
    aside[0, 0], aside[0, 1] = 0.5**0.5, -(0.5**0.5)
    np.testing.assert_allclose(made.place(np.concatenate([shot, opposite, aside]))[:, 0], [0, -2, -1], atol=1e-6)
    assert made.explained == 1.0


@pytest.mark.parametrize(
    "shots",
    [np.zeros((1, D)), np.ones((5, D)), np.zeros((4, D)), np.eye(D)[[0, 0, 3]], np.ones((1, 1)), np.ones((3, 2))],
    ids=["zero shot", "identical shots", "identical zeros", "two places", "one dimension", "two dimensions"],
)
def test_where_nothing_varies_the_map_is_finite(shots: NDArray[np.float64]) -> None:
    embedded = shots.astype(np.float32)
    made = mapped(embedded)
    again = mapped(embedded, former=made)
    for one in (made, again):
        for array in (one.mean, one.axes, one.shots_xy, one.class_vectors_xy, one.place(embedded)):
            assert np.isfinite(array).all()
            assert array.dtype == np.float32
        assert 0.0 <= one.explained <= 1.0
    np.testing.assert_array_equal(made.shots_xy, again.shots_xy)


def test_the_same_shots_in_another_order_give_the_same_map() -> None:
    shots, labels = cloud(3, 4)
    order = np.random.default_rng(1).permutation(len(shots))
    made, again = mapped(shots, labels), mapped(shots[order], [labels[i] for i in order])
    np.testing.assert_allclose(made.shots_xy[order], again.shots_xy, atol=1e-5)
    np.testing.assert_allclose(made.class_vectors_xy, again.class_vectors_xy, atol=1e-5)


def turned(made: EmbeddingMap, by: Floats) -> EmbeddingMap:
    """The same map as somebody else may have drawn it."""
    shots, class_vectors = made.shots_xy @ by, made.class_vectors_xy @ by
    return replace(made, shots_xy=shots, class_vectors_xy=class_vectors, axes=(by.T @ made.axes).astype(np.float32))


@given(angle=st.floats(0.0, 6.28), mirrored=st.booleans(), seed=st.integers(0, 99))
@settings(max_examples=30, deadline=None)
def test_the_same_shots_lie_where_the_former_map_has_them(angle: float, mirrored: bool, seed: int) -> None:
    shots, labels = cloud(3, 3, seed)
    cosine, sine = np.cos(angle), np.sin(angle)
    by = np.array([[cosine, sine], [-sine, cosine]], np.float32) @ np.diag([1, -1 if mirrored else 1])
    former = turned(mapped(shots, labels), by.astype(np.float32))
    made = mapped(shots, labels, former=former)
    np.testing.assert_allclose(made.shots_xy, former.shots_xy, atol=1e-4)
    np.testing.assert_allclose(made.class_vectors_xy, former.class_vectors_xy, atol=1e-4)
    np.testing.assert_allclose(made.place(shots), made.shots_xy, atol=1e-5)


def test_when_somebody_is_added_the_others_stay_about_where_they_were() -> None:
    # Ann's shots at ±x, Bob's at ±y of nearly the same spread: who comes changes which axis is the first.
    shots = np.zeros((6, D), np.float32)
    shots[0, 0], shots[1, 0], shots[2, 1], shots[3, 1] = 1.0, -1.0, 0.99, -0.99
    shots[4, 1], shots[5, 1] = 0.3, -0.3
    former = mapped(shots[:4], [0, 0, 1, 1], shot_ids=[11, 12, 13, 14])
    ids = [15, 11, 12, 13, 14, 16]
    order = [4, 0, 1, 2, 3, 5]
    alone = mapped(shots[order], [2, 0, 0, 1, 1, 2], shot_ids=ids)
    steady = mapped(shots[order], [2, 0, 0, 1, 1, 2], shot_ids=ids, former=former)
    assert np.abs(alone.shots_xy[1:5] - former.shots_xy).max() > 0.5
    np.testing.assert_allclose(steady.shots_xy[1:5], former.shots_xy, atol=1e-5)
    np.testing.assert_allclose(distances(steady.shots_xy), distances(alone.shots_xy), atol=1e-5)
    assert steady.explained == pytest.approx(alone.explained)


def test_a_map_is_kept_upright_across_methods_whose_spaces_have_other_dimensions() -> None:
    shots, labels = cloud(3, 3)
    former = mapped(shots, labels)
    wider = np.concatenate([np.zeros((9, 3), np.float32), -shots], 1)
    np.testing.assert_allclose(mapped(wider, labels, former=former).shots_xy, former.shots_xy, atol=1e-5)


@pytest.mark.parametrize("ids", [[90, 91, 92, 93], [0, 91, 92, 93]], ids=["no shot in common", "one in common"])
def test_a_former_map_of_other_shots_changes_nothing(ids: list[int]) -> None:
    (shots, labels), (others, _) = cloud(2, 2), cloud(2, 2, seed=5)
    former = mapped(others, labels, shot_ids=ids)
    np.testing.assert_array_equal(mapped(shots, labels, former=former).axes, mapped(shots, labels).axes)


def test_shots_on_a_line_are_turned_not_mirrored() -> None:
    shots = np.zeros((2, D), np.float32)
    shots[0, 0], shots[1, 0] = 1.0, -1.0
    made = mapped(shots)
    quarter = np.array([[0, 1], [-1, 0]], np.float32)
    again = mapped(shots, former=turned(made, quarter))
    np.testing.assert_allclose(again.shots_xy, made.shots_xy @ quarter, atol=1e-6)
    assert np.linalg.det(again.axes @ made.axes.T) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("embedded", "class_vectors", "labels", "ids", "names", "says"),
    [
        (np.zeros((0, D)), np.zeros((1, D)), [], [], ["a"], "n ≥ 1"),
        (np.zeros((2, D)), np.zeros((1, D + 1)), [0, 0], [1, 2], ["a"], "class vectors"),
        (np.zeros((2, D)), np.zeros((2, D)), [0, 0], [1, 2], ["a"], "class vectors"),
        (np.zeros((2, D)), np.zeros((1, D)), [0], [1, 2], ["a"], "label"),
        (np.zeros((2, D)), np.zeros((1, D)), [0, 0], [1], ["a"], "label"),
        (np.zeros((2, D)), np.zeros((1, D)), [0, 1], [1, 2], ["a"], "0 … 0"),
        (np.full((2, D), np.nan), np.zeros((1, D)), [0, 0], [1, 2], ["a"], "finite"),
    ],
)
def test_what_cannot_be_a_map_is_refused(
    *,
    embedded: NDArray[np.float64],
    class_vectors: NDArray[np.float64],
    labels: list[int],
    ids: list[int],
    names: list[str],
    says: str,
) -> None:
    with pytest.raises(ValueError, match=says):
        make_map(
            "maml",
            embedded.astype(np.float32),
            class_vectors.astype(np.float32),
            labels=labels,
            shot_ids=ids,
            person_ids=list(range(len(names))),
            names=names,
        )
