from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metaface_gui.metalearning.protocol import (
    MAX_STRANGERS,
    Indices,
    OpenSetEpisode,
    OpenSetProtocol,
    TooFewPeopleError,
)


def people(*pictures: int, seed: int = 0) -> Indices:
    """Person i has `pictures[i]` faces, all faces shuffled."""
    return np.random.default_rng(seed).permutation(np.repeat(np.arange(len(pictures)), pictures))


def fields(episode: OpenSetEpisode) -> list[list[int]]:
    return [
        array.tolist()
        for array in (
            episode.support,
            episode.support_labels,
            episode.probes,
            episode.probe_labels,
            episode.probe_draws,
            episode.strangers,
            episode.stranger_draws,
        )
    ]


@settings(max_examples=40, deadline=None)
@given(
    pictures=st.lists(st.integers(1, 9), min_size=3, max_size=30),
    n_way=st.integers(1, 12),
    k_shot=st.integers(1, 6),
    number=st.integers(0, 50),
)
def test_an_episode_is_what_the_protocol_says(pictures: list[int], n_way: int, k_shot: int, number: int) -> None:
    person = people(*pictures)
    eligible = {who for who, count in enumerate(pictures) if count > k_shot}
    if len(eligible) < 2:
        with pytest.raises(TooFewPeopleError):
            OpenSetProtocol(person, n_way=n_way, k_shot=k_shot)
        return
    protocol = OpenSetProtocol(person, n_way=n_way, k_shot=k_shot, n_draws=3)
    episode = protocol.episode(number)
    enrolled = [set(person[episode.support[episode.support_labels == way]].tolist()) for way in range(episode.n_way)]
    names = [name for of_way in enrolled for name in of_way]
    assert all(len(of_way) == 1 for of_way in enrolled)
    assert len(set(names)) == episode.n_way == protocol.n_way_used
    assert set(names) <= eligible
    assert np.bincount(episode.support_labels).tolist() == [k_shot] * episode.n_way
    assert np.bincount(episode.probe_labels).tolist() == [min(5, pictures[name] - k_shot) for name in names]
    assert person[episode.probes].tolist() == [names[label] for label in episode.probe_labels]
    assert set(person[episode.strangers].tolist()) == set(range(len(pictures))) - set(names) != set()
    used = [*episode.support, *episode.probes, *episode.strangers]
    assert len(set(used)) == len(used)
    assert set(episode.probe_draws.tolist()) | set(episode.stranger_draws.tolist()) <= {0, 1, 2}


def test_people_with_one_picture_are_the_strangers_once_there_are_a_hundred() -> None:
    person = people(*[4] * 10, *[1] * 100)
    protocol = OpenSetProtocol(person, n_way=5, k_shot=2)
    for number in range(3):
        assert sorted(person[protocol.episode(number).strangers].tolist()) == list(range(10, 110))
    assert protocol.stranger_people == 100


@pytest.mark.parametrize(("n_way", "strangers"), [(2, {0, 1, 2, 3, 4}), (3, {3, 4}), (20, {3, 4})])
def test_who_is_enrolled_in_every_episode_is_no_stranger_of_any(n_way: int, strangers: set[int]) -> None:
    person = people(4, 4, 4, 1, 1)
    protocol = OpenSetProtocol(person, n_way=n_way, k_shot=2)
    found = {who for number in range(30) for who in person[protocol.episode(number).strangers].tolist()}
    assert found == strangers
    assert protocol.stranger_people == len(strangers)


def test_with_fewer_everybody_not_enrolled_is_a_stranger_with_all_their_pictures() -> None:
    person = people(*[4] * 10, *[1] * 99)
    episode = OpenSetProtocol(person, n_way=5, k_shot=2).episode(0)
    assert len(episode.strangers) == 5 * 4 + 99


def test_so_many_strangers_that_scoring_them_would_take_long_are_sampled() -> None:
    protocol = OpenSetProtocol(people(*[100] * 40), n_way=2, k_shot=1)
    first, second = protocol.episode(0).strangers, protocol.episode(1).strangers
    assert len(first) == len(set(first.tolist())) == MAX_STRANGERS
    assert set(first.tolist()) != set(second.tolist())


def test_the_same_seed_deals_the_same_episodes_in_any_order_and_another_one_others() -> None:
    person = people(*[6] * 30)
    one, two = OpenSetProtocol(person, n_way=5, k_shot=2), OpenSetProtocol(person, n_way=5, k_shot=2)
    late = fields(one.episode(7))
    one.episode(3)
    assert fields(two.episode(7)) == fields(one.episode(7)) == late
    assert fields(two.episode(8)) != late
    assert fields(OpenSetProtocol(person, n_way=5, k_shot=2, seed=1).episode(7)) != late


def test_fewer_eligible_people_than_asked_for_are_all_enrolled() -> None:
    protocol = OpenSetProtocol(people(*[4] * 6, 1, 1), n_way=20, k_shot=2)
    assert (protocol.n_way, protocol.n_way_used, protocol.episode(0).n_way) == (20, 6, 6)


def test_somebody_stays_a_stranger_where_everybody_could_be_enrolled() -> None:
    protocol = OpenSetProtocol(people(*[4] * 8), n_way=8, k_shot=2)
    assert protocol.n_way_used == 6
    assert len(protocol.episode(0).strangers) == 2 * 4


def test_too_few_people_are_counted_in_the_message() -> None:
    with pytest.raises(TooFewPeopleError, match=r"Only 1 of 4 people have more than 5 pictures"):
        OpenSetProtocol(people(6, 5, 2, 1), n_way=2, k_shot=5)


@pytest.mark.parametrize(("n_way", "k_shot", "n_draws"), [(0, 1, 1), (1, 0, 1), (1, 1, 0)])
def test_counts_below_one_are_refused(n_way: int, k_shot: int, n_draws: int) -> None:
    with pytest.raises(ValueError, match="≥ 1"):
        OpenSetProtocol(people(3, 3), n_way=n_way, k_shot=k_shot, n_draws=n_draws)


# Unlabelled faces that were seen before -------------------------------------------------------------------------------


@pytest.mark.parametrize("many_singles", [True, False])
def test_unlabelled_faces_are_nobodys_shot_or_probe_and_change_neither(many_singles: bool) -> None:
    person = people(*[12] * 8, *[1] * 200) if many_singles else people(*[12] * 20)
    without = OpenSetProtocol(person, n_way=5, k_shot=2)
    protocol = OpenSetProtocol(person, n_way=5, k_shot=2, unlabelled=20)
    for number in range(10):
        before, episode = without.episode(number), protocol.episode(number)
        for array in ("support", "support_labels", "probes", "probe_labels", "probe_draws"):
            assert getattr(before, array).tolist() == getattr(episode, array).tolist()
        seen = set(episode.unlabelled.tolist())
        assert len(seen) == len(episode.unlabelled) == len(episode.unlabelled_draws) == 20
        assert not seen & {*episode.support.tolist(), *episode.probes.tolist(), *episode.strangers.tolist()}
        enrolled = set(person[episode.support].tolist())
        known = [who for who in person[episode.unlabelled].tolist() if who in enrolled]
        assert len(known) == 10, "half of them are of enrolled people"
        passing = set(person[episode.unlabelled].tolist()) - enrolled
        assert not passing & set(person[episode.strangers].tolist()), "who was seen before is no stranger to be counted"
        assert set(before.strangers.tolist()) >= set(episode.strangers.tolist())


def test_as_many_of_them_are_of_enrolled_people_as_is_asked_for() -> None:
    person = people(*[16] * 8, *[1] * 200)
    for share, counts in ((0.0, (0, 20)), (0.25, (5, 15)), (1.0, (20, 0))):
        episode = OpenSetProtocol(person, n_way=4, k_shot=1, unlabelled=20, known=share).episode(0)
        is_known = np.isin(person[episode.unlabelled], person[episode.support])
        assert (is_known.sum(), (~is_known).sum()) == counts
    few = OpenSetProtocol(people(*[8] * 4, *[1] * 200), n_way=2, k_shot=1, unlabelled=20, known=1.0).episode(0)
    assert len(few.unlabelled) == 4, "where nobody else was seen no stranger takes a place that is left"
    with pytest.raises(ValueError, match="known"):
        OpenSetProtocol(person, n_way=4, k_shot=1, unlabelled=20, known=1.5)


def test_half_of_the_strangers_stay_such_and_where_nothing_is_left_more_strangers_are_seen() -> None:
    person = people(*[2] * 6, *[1] * 120)
    episode = OpenSetProtocol(person, n_way=5, k_shot=1, unlabelled=200).episode(0)
    assert len(episode.unlabelled) == 60
    assert len(episode.strangers) == 60
    with pytest.raises(ValueError, match="unlabelled"):
        OpenSetProtocol(person, n_way=5, k_shot=1, unlabelled=-1)
