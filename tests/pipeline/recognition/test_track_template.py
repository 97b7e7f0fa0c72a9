from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.pipeline.recognition.track_template import Pool, PoolLimits, TrackTemplates, look_weight, look_weights
from metaface_gui.types import FaceQuality, Floats, TrackTemplate

PLANE = FeatureSpace(2)
PROJECTED = FeatureSpace(2, 2)
PICTURE = np.zeros((4, 4, 3), np.uint8)


def quality(score: float = 1.0) -> FaceQuality:
    return FaceQuality(100.0, 120.0, 1.0, 1.0, score=score)


def at(degrees: float) -> Floats:
    return np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))], np.float32)


def seen(*degrees: float, limits: PoolLimits | None = None, step_s: float = 0.0) -> TrackTemplate:
    templates = TrackTemplates(PLANE, limits)
    made = [templates.add(1, at(angle), quality(), i * step_s, PICTURE) for i, angle in enumerate(degrees)]
    return made[-1]


def test_a_pool_is_the_weighted_mean_and_its_embedding_of_length_one() -> None:
    # [s; v] of two looks, 3 : 1. The mean of s is (0.75, 0.25), of length √0.625; v is divided by the same length.
    features = np.array([[1, 0, 2, 0.5], [0, 1, 6, 0.1]], np.float32)
    pool = Pool.of(features, np.array([3.0, 1.0]), PROJECTED)
    length = np.sqrt(0.625)
    np.testing.assert_allclose(pool.features, np.array([0.75, 0.25, 3.0, 0.4]) / length, rtol=1e-6)
    assert pool.effective == pytest.approx(4**2 / (3**2 + 1**2))


def test_likeness_is_that_of_two_looks_and_expected_that_of_one_look_to_the_pool() -> None:
    # Many looks at 60° to each other about one direction: their mutual cosine is known.
    random = np.random.default_rng(0)
    noise = np.linalg.qr(random.standard_normal((400, 400)))[0][:300]
    looks = np.concatenate([np.full((300, 1), np.sqrt(0.5)), noise * np.sqrt(0.5)], axis=1).astype(np.float32)
    pool = Pool.of(looks, np.ones(300), FeatureSpace(401))
    assert pool.likeness == pytest.approx(0.5, abs=1e-3)
    assert pool.expected == pytest.approx(float((looks @ pool.features).mean()), abs=3e-3)


def test_one_look_is_believed_to_be_as_alike_as_looks_are() -> None:
    pool = Pool.of(at(0)[None], np.ones(1), PLANE, alike=0.7)
    assert (pool.likeness, pool.effective, pool.expected) == pytest.approx((0.7, 1.0, 0.7))


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 90), st.floats(0.1, 10.0)), min_size=1, max_size=8),
    st.randoms(use_true_random=False),
    st.floats(0.01, 100.0),
)
def test_neither_order_nor_the_weights_unit_matters(
    looks: list[tuple[float, float]], random: object, unit: float
) -> None:
    mixed = list(looks)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    one, other = (
        Pool.of(np.stack([at(angle) for angle, _ in order]), np.array([w * scale for _, w in order]), PLANE)
        for order, scale in ((looks, 1.0), (mixed, unit))
    )
    np.testing.assert_allclose(one.features, other.features, atol=1e-5)
    assert one.effective == pytest.approx(other.effective, rel=1e-6)


def test_a_longer_embedding_counts_more_and_without_lengths_quality_does() -> None:
    # The last feature is one over the length: 10, 12.5 and 8.
    features = np.array([[1, 0, 0, 0.1], [1, 0, 0, 0.08], [1, 0, 0, 0.125]], np.float32)
    weights = look_weights(features, PROJECTED)
    assert weights is not None
    np.testing.assert_allclose(weights, [1.0, np.exp(2.5), np.exp(-2.0)], rtol=1e-5)
    assert look_weight(features[1], quality(0.0), PROJECTED) == pytest.approx(np.exp(2.5), rel=1e-5)
    assert look_weights(at(0)[None], PLANE) is None
    assert look_weight(at(0), quality(0.2), PLANE) == pytest.approx(0.4)


def test_looks_are_pooled_and_their_shares_are_a_whole() -> None:
    template = seen(0, 20, 10)
    np.testing.assert_allclose(template.features, at(10), atol=1e-6)
    assert template.shares == pytest.approx((1 / 3, 1 / 3, 1 / 3))
    assert [look.number for look in template.looks] == [1, 2, 3]
    assert template.taken == 3
    assert template.effective == pytest.approx(3.0)


def test_weights_fade_with_time() -> None:
    template = seen(0, 20, limits=PoolLimits(half_life_s=1.0, forget_s=5.0), step_s=1.0)
    assert template.shares == pytest.approx((1 / 3, 2 / 3))


def test_the_looks_that_count_least_give_way() -> None:
    templates = TrackTemplates(PLANE, PoolLimits(most_looks=2))
    for number, score in enumerate((0.9, 0.1, 0.5)):
        template = templates.add(1, at(number), quality(score), 0.0, PICTURE)
    assert [look.number for look in template.looks] == [1, 3]
    assert template.taken == 3


def test_an_outlier_is_left_out_and_forgotten() -> None:
    template = seen(0, 5, 90, limits=PoolLimits())
    assert ([look.number for look in template.looks], [look.number for look in template.apart]) == ([1, 2], [3])
    template = seen(0, 5, 90, 3, 88, limits=PoolLimits())
    assert [look.number for look in template.looks] == [1, 2, 4], "88 is an outlier of its own: 3 came between"
    assert template.generation == 0


def test_two_looks_like_each_other_and_unlike_the_rest_are_somebody_else() -> None:
    before = seen(*[0] * 10, 85)
    assert before.generation == 0
    after = seen(*[0] * 10, 85, 95)
    assert after.generation == 1
    assert [look.number for look in after.looks] == [11, 12]
    np.testing.assert_allclose(after.features, at(90), atol=1e-6)
    assert after.apart == ()


def test_outliers_that_are_unlike_each_other_are_nobody() -> None:
    template = seen(*[0] * 10, 85, 200, 100, 250)
    assert (len(template.looks), template.generation) == (10, 0)
    assert len(template.apart) == 2


def test_looks_of_a_track_that_differ_much_may_go_on_differing() -> None:
    """What is unlike is measured by the track's own looks."""
    wild = seen(*[0, 40] * 6, 75)
    assert (len(wild.looks), wild.apart) == (13, ())
    steady = seen(*[20] * 12, 75)
    assert (len(steady.looks), len(steady.apart)) == (12, 1)


def test_tracks_are_apart_and_forgotten() -> None:
    templates = TrackTemplates(PLANE)
    templates.add(1, at(0), quality(), 0.0, PICTURE)
    templates.add(2, at(90), quality(), 0.0, PICTURE)
    first = templates.current(1)
    assert first is not None
    np.testing.assert_allclose(first.features, at(0), atol=1e-6)
    templates.add(2, at(90), quality(), 3.0, PICTURE)
    assert templates.current(1) is None
    templates.reset()
    assert templates.current(2) is None


def test_while_a_face_stays_in_sight_its_looks_are_kept() -> None:
    templates = TrackTemplates(PLANE)
    first = templates.add(1, at(0), quality(), 0.0, PICTURE)
    for second in range(1, 6):
        templates.still_in_sight(1, float(second))
        templates.add(2, at(90), quality(), float(second), PICTURE)
    assert templates.current(1) is first
    templates.still_in_sight(3, 5.0)
    templates.add(2, at(90), quality(), 8.0, PICTURE)
    assert (templates.current(1), templates.current(3)) == (None, None)


def test_noise_that_differs_from_look_to_look_averages_out() -> None:
    random = np.random.default_rng(1)
    who = np.zeros(64, np.float32)
    who[0] = 1.0
    templates = TrackTemplates(FeatureSpace(64))
    likeness = []
    for _ in range(12):
        look = who + 0.15 * random.standard_normal(64).astype(np.float32)
        template = templates.add(1, look / np.linalg.norm(look), quality(), 0.0, PICTURE)
        likeness.append(float(template.features @ who))
    assert likeness[0] < 0.75
    assert likeness[-1] > 0.93


def test_a_denial_stays_with_the_face_and_ends_with_it() -> None:
    templates = TrackTemplates(PLANE)
    templates.add(1, at(0), quality(), 0.0, PICTURE)
    assert templates.set_denied({1: frozenset({7}), 2: frozenset({8})}) == (1, 2)
    assert templates.set_denied({1: frozenset({7}), 2: frozenset({8})}) == ()
    known = templates.current(1)
    assert known is not None
    assert known.denied == {7}, "at once, without another look"
    assert [templates.add(1, at(5), quality(), time_s, PICTURE).denied for time_s in (0.1, 0.2)] == [{7}, {7}]
    assert templates.add(2, at(0), quality(), 0.2, PICTURE).denied == {8}, "said before it was seen again"
    templates.reset()
    assert templates.add(1, at(0), quality(), 0.3, PICTURE).denied == {7}, "the same face in another light"
    assert [templates.add(1, at(90), quality(), time_s, PICTURE).denied for time_s in (0.4, 0.5)] == [{7}, frozenset()]
    templates.set_denied({1: frozenset({7}), 2: frozenset({9})})
    assert templates.add(1, at(90), quality(), 0.6, PICTURE).denied == frozenset(), "it was not said of whoever came"
    templates.start_over()
    assert templates.add(2, at(0), quality(), 0.7, PICTURE).denied == frozenset(), "another picture, another face"
    templates.set_denied({})
    templates.set_denied({2: frozenset({8})})
    denied = templates.current(2)
    assert denied is not None
    assert denied.denied == {8}


def looked_at(*degrees: float, length: float = 10.0) -> tuple[TrackTemplates, list[int]]:
    """A track of these looks, each with a picture of its own grey; after which of them one was to be merged."""
    templates, due = TrackTemplates(PROJECTED), []
    for number, angle in enumerate(degrees, start=1):
        features = np.concatenate([at(angle), [0.0, 1 / length]]).astype(np.float32)
        crop = np.full((8, 8, 3), 10 * number, np.uint8)
        templates.add(1, features, quality(), number / 30, PICTURE, crop_rgb=crop)
        for picture in templates.merged_pictures().values():
            due.append(number)
            assert picture.mean() == pytest.approx(np.mean([10 * n for n in range(1, number + 1)]), abs=1.0)
    return templates, due


@pytest.mark.parametrize(("length", "generation"), [(6.9, 0), (7.1, 1)])
def test_pictures_too_poor_to_tell_people_apart_do_not_say_that_it_is_somebody_else(
    length: float, generation: int
) -> None:
    templates, _ = looked_at(*[0] * 6)
    for number in range(4):
        unlike = np.array([*at(90), 0.0, 1 / length], np.float32)
        template = templates.add(1, unlike, quality(), 1.0 + number / 30, PICTURE)
    assert template.generation == generation


def test_pictures_are_merged_after_three_looks_that_differ_and_ever_more_rarely() -> None:
    assert looked_at(*[0, 65] * 9)[1] == [3, 5, 9, 17]
    assert looked_at(*[20] * 18)[1] == [], "nothing to gain"


def test_the_merged_picture_counts_as_two_looks_until_somebody_else_comes() -> None:
    templates, _ = looked_at(0, 40, 0)
    before = templates.current(1)
    assert before is not None
    made = templates.add_merged(1, np.array([*at(90), 0.0, 0.1], np.float32))
    # Two looks at 0°, one at 40°, two at 90°, all of the same length.
    mean = 2 * at(0) + at(40) + 2 * at(90)
    np.testing.assert_allclose(made.features[:2], mean / np.linalg.norm(mean), atol=0.02)
    assert (made.looks, made.taken, made.shares) == (before.looks, 3, before.shares)
    longer = templates.add(1, np.array([*at(40), 0.0, 0.1], np.float32), quality(), 0.2, PICTURE)
    assert longer.merged is made.merged
    for _ in range(2):
        other = templates.add(1, np.array([*at(200), 0.0, 0.1], np.float32), quality(), 0.3, PICTURE)
    assert (other.generation, other.merged) == (1, None)
