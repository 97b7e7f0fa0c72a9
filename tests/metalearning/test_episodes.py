"""Episodes: who is in them, which pictures and copies, and that each follows from its own seed."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from metaface_gui.metalearning.episodes import HELD_OUT_MIX, EpisodeMix, EpisodeSampler, EpisodeShape
from metaface_gui.pipeline.learners.base import STRANGER, Episode, TrainingFeatures

Rows = NDArray[np.int64]


def faces(pictures: list[int], copies: int = 4) -> TrainingFeatures:
    """Features that say whose they are: (person, picture, copy), person i with `pictures[i]` pictures, shuffled."""
    person = np.random.default_rng(0).permutation(np.repeat(np.arange(len(pictures)), pictures))
    features = np.zeros((len(person), copies, 3), np.float32)
    features[..., 0], features[..., 1] = person[:, None], np.arange(len(person))[:, None]
    features[..., 2] = np.arange(copies)
    return TrainingFeatures(torch.from_numpy(features), torch.from_numpy(person))


def parts(episode: Episode, number: int = 0) -> tuple[Rows, Rows, Rows]:
    """(person, picture, copy) of one stacked episode's shots, of its queries, and the queries' labels."""
    shots, queries = (part[number].numpy().astype(np.int64) for part in (episode.support, episode.query))
    return shots, queries, episode.query_labels[number].numpy()


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 7), min_size=4, max_size=12), st.integers(1, 4), st.integers(1, 3), st.integers(0, 6))
def test_labels_are_people_and_strangers_are_others(
    pictures: list[int], k_shot: int, queries: int, strangers: int
) -> None:
    shape = EpisodeShape(3, k_shot, queries, strangers)
    episode = EpisodeSampler(faces(pictures), seed=1).draw(shape, 0, range(2))
    assert episode.support.shape == (2, 3 * k_shot, 3)
    assert episode.query.shape == (2, 3 * queries + strangers, 3)
    for number in range(2):
        shots, probes, labels = parts(episode, number)
        enrolled = shots[::k_shot, 0]
        assert len(set(enrolled)) == 3
        assert (shots[:, 0] == enrolled[episode.support_labels[number].numpy()]).all()
        known = labels != STRANGER
        assert known.sum() == 3 * queries
        assert (probes[known, 0] == enrolled[labels[known]]).all()
        assert not set(probes[~known, 0]) & set(enrolled)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(2, 7), min_size=4, max_size=12), st.integers(1, 8), st.integers(1, 4))
def test_queries_are_of_other_pictures_than_the_shots(pictures: list[int], k_shot: int, queries: int) -> None:
    shots, probes, _ = parts(EpisodeSampler(faces(pictures), 0).draw(EpisodeShape(4, k_shot, queries, 0), 0, [0]))
    assert not set(shots[:, 1]) & set(probes[:, 1])


def test_shots_are_of_different_pictures_as_far_as_there_are_some() -> None:
    shots, _, _ = parts(EpisodeSampler(faces([4, 4, 9, 9]), 0).draw(EpisodeShape(4, 5, 1, 0), 0, [0]))
    for person in range(4):
        own = shots[shots[:, 0] == person]
        assert len(set(own[:, 1])) == (3 if person < 2 else 5)
        assert len({(picture, copy) for _, picture, copy in own.tolist()}) == 5  # further shots are other copies


def test_somebody_with_one_picture_is_probed_with_another_copy_of_it() -> None:
    shots, probes, labels = parts(EpisodeSampler(faces([1] * 6), 0).draw(EpisodeShape(3, 2, 1, 2), 0, [0]))
    for way in range(3):
        shot_copies = {tuple(shot) for shot in shots[2 * way : 2 * way + 2].tolist()}
        probe = tuple(probes[labels == way][0].tolist())
        assert probe not in shot_copies
        assert probe[2] != 0


def test_most_shots_are_clean_and_most_queries_degraded() -> None:
    mix = EpisodeMix(degraded_support=0.3, clean_queries=0.15)
    episode = EpisodeSampler(faces([9] * 40), 0, mix).draw(EpisodeShape(20, 5, 4, 20), 0, range(20))
    known = episode.query_labels != STRANGER
    clean = episode.query[..., 2] == 0
    assert float((episode.support[..., 2] > 0).float().mean()) == pytest.approx(0.3, abs=0.03)
    assert float(clean[known].float().mean()) == pytest.approx(0.15, abs=0.03)
    assert float(clean[~known].float().mean()) == pytest.approx(0.15, abs=0.06)
    assert set(episode.query[..., 2].flatten().tolist()) == {0.0, 1.0, 2.0, 3.0}


def test_held_out_shots_are_clean_and_probes_degraded() -> None:
    episode = EpisodeSampler(faces([3] * 10), 0, HELD_OUT_MIX).draw(EpisodeShape(4, 2, 1, 3), 0, range(5))
    assert (episode.support[..., 2] == 0).all()
    assert (episode.query[..., 2] > 0).all()


def test_people_with_too_few_pictures_enrol_more_rarely() -> None:
    sampler = EpisodeSampler(faces([1] * 20 + [2] * 20 + [6] * 20), 0, EpisodeMix(one_picture=0.1))
    episode = sampler.draw(EpisodeShape(6, 5, 1, 0), 0, range(200))
    enrolled = episode.support[:, ::5, 0].flatten().numpy() // 20
    few, some, enough = np.bincount(enrolled.astype(np.int64), minlength=3)
    assert 0 < few < some / 3
    assert some < enough / 2


def test_an_episode_follows_from_seed_step_and_number_alone() -> None:
    sampler, shape = EpisodeSampler(faces([3] * 12), seed=5), EpisodeShape(4, 2, 2, 3)
    whole = sampler.draw(shape, 7, range(4))
    for rank in range(2):
        share = sampler.draw(shape, 7, range(rank, 4, 2))
        for ours, theirs in zip(share, whole, strict=True):
            assert torch.equal(ours, theirs[rank::2])
    assert not torch.equal(whole.support[0], whole.support[1])
    assert not torch.equal(sampler.draw(shape, 8, [0]).support, whole.support[:1])
    assert not torch.equal(EpisodeSampler(faces([3] * 12), seed=6).draw(shape, 7, [0]).support, whole.support[:1])


def test_one_copy_of_each_picture_is_enough() -> None:
    shots, probes, _ = parts(EpisodeSampler(faces([2] * 5, copies=1), 0).draw(EpisodeShape(2, 3, 2, 2), 0, [0]))
    assert (shots[:, 2] == 0).all()
    assert (probes[:, 2] == 0).all()


def test_fewer_others_than_strangers_come_again() -> None:
    _, probes, labels = parts(EpisodeSampler(faces([3] * 5), 0).draw(EpisodeShape(3, 1, 1, 9), 0, [0]))
    assert len(set(probes[labels == STRANGER, 0])) == 2


def test_a_shape_is_fitted_to_a_small_data_set() -> None:
    assert EpisodeShape(50, 5, 2, 60).fitted_to(20) == EpisodeShape(10, 5, 2, 10)
    assert EpisodeShape(20, 1).fitted_to(1000) == EpisodeShape(20, 1)
    assert EpisodeShape(5, 1).fitted_to(2) == EpisodeShape(1, 1, strangers=1)


def test_what_cannot_be_drawn_is_refused() -> None:
    sampler = EpisodeSampler(faces([2] * 4), 0)
    with pytest.raises(ValueError, match="4 people cannot fill"):
        sampler.draw(EpisodeShape(4, 1, 1, 1), 0, [0])
    with pytest.raises(ValueError, match="cannot fill 0 episodes"):
        sampler.draw(EpisodeShape(2, 1), 0, [])
    with pytest.raises(ValueError, match="at least one person"):
        EpisodeShape(0, 1)
    with pytest.raises(ValueError, match="needs a picture"):
        EpisodeSampler(TrainingFeatures(torch.zeros(2, 1, 3), torch.tensor([0, 2])), 0)
    with pytest.raises(ValueError, match=r"want \(n, c, p\)"):
        EpisodeSampler(TrainingFeatures(torch.zeros(2, 3), torch.tensor([0, 1])), 0)
