"""A learner in a room: the middle is taken off, denied faces say nothing, unlabelled ones do."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn.functional import normalize

from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.pipeline.learners import make_learner
from metaface_gui.pipeline.learners.base import SupportSet
from metaface_gui.pipeline.recognition.open_set import OpenSetClassifier
from metaface_gui.pipeline.recognition.room_threshold import RoomEvidence, RoomPrior
from metaface_gui.pipeline.room import (
    AdaptedInRoom,
    RoomCentre,
    adapt_in_room,
    measure_room,
    person_weights,
    shifted_to_room,
    with_recognised,
)
from tests.pipeline.torch_samples import at

_DIM = 32


def _people(n: int, shots: int, shared: float, seed: int) -> tuple[Tensor, Tensor]:
    """Shots (n · shots, d) of people before a camera that adds a direction of that length to everybody."""
    random = torch.Generator().manual_seed(seed)
    people = normalize(torch.randn(n, _DIM, generator=random), dim=1).repeat_interleave(shots, 0)
    camera = shared * torch.eye(_DIM)[0]
    noise = 0.3 * torch.randn(n * shots, _DIM, generator=random) / _DIM**0.5
    return normalize(people + camera + noise, dim=1), torch.arange(n).repeat_interleave(shots)


def _cohort() -> Tensor:
    return normalize(torch.randn(4000, _DIM, generator=torch.Generator().manual_seed(99)), dim=1)


def _evidence(adapted: AdaptedInRoom) -> RoomEvidence:
    room = adapted.room(_cohort(), RoomPrior())
    assert room is not None
    return room.evidence


def test_the_centre_is_the_people_s_mean_drawn_to_nought() -> None:
    features = torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    centre = RoomCentre.of(SupportSet(features, torch.tensor([0, 0, 1]), 2), 2)
    assert centre.mean.tolist() == pytest.approx([1 / 12, 1 / 12])


def test_every_person_counts_once_however_often_the_room_showed_them() -> None:
    features, seen = torch.tensor([[1.0, 0.0]]), torch.tensor([[0.0, 1.0]])
    for shown in (seen, seen.repeat(9, 1)):
        centre = RoomCentre.of(SupportSet(features, torch.tensor([0]), 1, shown), 2)
        assert centre.mean.tolist() == pytest.approx([1 / 12, 1 / 12])


def test_of_faces_that_may_be_one_persons_each_is_a_part_of_one() -> None:
    faces = at(0, 10, 90, 141.3)  # the last two have a cosine half-way between strangers and one person
    assert person_weights(3.0 * faces).tolist() == pytest.approx([1 / 2, 1 / 2, 1 / 1.5, 1 / 1.5], abs=0.01)


def test_centred_embeddings_have_length_one_and_the_rest_goes_with_them() -> None:
    centre = RoomCentre(torch.tensor([0.5, 0.0, 0.25]), 2)
    assert centre(torch.tensor([[1.0, 0.0, 0.5]])).tolist() == [[1.0, 0.0, 0.5]]


def test_episodes_are_centred_as_a_gallery_is() -> None:
    features, labels = _people(6, 2, 0.5, seed=3)
    one = RoomCentre.of(SupportSet(features, labels, 6), _DIM)
    several = RoomCentre.of_episodes(torch.stack([features, features.flip(0)]), 6, _DIM)
    assert torch.allclose(several(torch.stack([features, features]))[0], one(features), atol=1e-6)


def test_denied_faces_say_nothing_of_the_room() -> None:
    features, labels = _people(5, 2, 0.5, seed=4)
    denied = normalize(torch.ones(3, _DIM), dim=1)
    support = SupportSet(torch.cat([features, denied]), torch.cat([labels, torch.arange(5, 8)]), 8)
    learner = make_learner("prototypical", FeatureSpace(_DIM))
    with_denied = adapt_in_room(learner, support, n_people=5)
    without = adapt_in_room(learner, SupportSet(features, labels, 5), n_people=5)
    probe = normalize(torch.ones(1, _DIM), dim=1)
    assert torch.allclose(with_denied.classifier.embed(probe), without.classifier.embed(probe), atol=1e-6)
    assert with_denied.people.n_way == 5
    assert with_denied.classifier.n_way == 8


def test_people_before_one_camera_are_more_alike_and_unlabelled_faces_tell_it_of_one_person() -> None:
    learner = make_learner("prototypical", FeatureSpace(_DIM))
    shifts = []
    for shared in (0.0, 1.0):
        features, labels = _people(4, 3, shared, seed=5)
        in_room = adapt_in_room(learner, SupportSet(features, labels, 4), n_people=4)
        shifts.append(_evidence(in_room).shift)
    assert shifts[1] > shifts[0] + 1.0
    features, labels = _people(1, 2, 1.0, seed=6)
    alone = adapt_in_room(learner, SupportSet(features, labels, 1), n_people=1)
    assert _evidence(alone).people == 1
    seen, _ = _people(30, 1, 0.2, seed=7)
    counts = []
    for shown in (seen, seen.repeat(4, 1)):
        evidence = _evidence(adapt_in_room(learner, SupportSet(features, labels, 1, shown), n_people=1))
        assert evidence.enrolled == 1
        counts.append(evidence.people)
    assert counts[0] == counts[1] > 28, "people count, not faces"


def test_worse_pictures_that_are_alike_among_themselves_do_not_make_the_threshold_higher() -> None:
    """Blurred faces resemble each other, but not the shots that they are compared with."""
    learner = make_learner("prototypical", FeatureSpace(_DIM))
    shots, labels = _people(3, 1, 0.0, seed=5)
    clean, _ = _people(6, 1, 0.0, seed=6)
    away = normalize(torch.linalg.svd(shots)[2][-1], dim=0)  # unlike any of the shots
    blurred = normalize(clean + 2.0 * away, dim=1)
    shifts = []
    for seen in (clean, blurred):
        watched = adapt_in_room(learner, SupportSet(shots, labels, 3, seen), n_people=3)
        shifts.append(_evidence(watched).seen_shift)
    assert shifts[1] < shifts[0] + 0.2


def test_of_strangers_all_but_who_they_are_most_like_count() -> None:
    axes, labels = torch.eye(4), torch.tensor([0, 1])
    cohort = normalize(torch.randn(2000, 4, generator=torch.Generator().manual_seed(5)), dim=1)
    found = make_learner("prototypical", FeatureSpace(4)).adapt(SupportSet(axes[:2], labels, 2))
    of_cohort = cohort @ axes[:2].T
    seen = torch.tensor([[0.2, 0.1, 0.975, 0.0]])
    evidence = measure_room(found, SupportSet(axes[:2], labels, 2, seen), 2, cohort, RoomPrior()).evidence
    assert evidence.seen_shift == pytest.approx(float((0.1 - of_cohort.amin(1).mean()) / of_cohort.std()), abs=0.02)
    assert evidence.seen == 1


def test_somebodys_face_is_a_shot_of_theirs_and_no_stranger() -> None:
    learner = make_learner("prototypical", FeatureSpace(_DIM))
    features, labels = _people(2, 4, 0.0, seed=5)
    is_shot = torch.arange(8) % 4 == 0
    here = adapt_in_room(learner, SupportSet(features[is_shot], labels[is_shot], 2, features[~is_shot]), n_people=2)
    assert here.people.labels.bincount().tolist() == [4, 4]
    assert (_evidence(here).seen, _evidence(here).recognised) == (0, 6)


@pytest.mark.parametrize("key", ["prototypical", "maml"])
def test_the_promise_holds_where_the_room_showed_nobody_but_those_enrolled(key: str) -> None:
    """Two people in front of their own camera: their own faces do not say what strangers are like."""
    learner, cohort, passed = make_learner(key, FeatureSpace(_DIM)), _cohort(), list[float]()
    for seed in range(8):
        features, labels = _people(2, 13, 0.5, seed=40 + seed)
        strangers, _ = _people(400, 1, 0.5, seed=2000 + seed)
        is_shot = torch.arange(26) % 13 == 0
        support = SupportSet(features[is_shot], labels[is_shot], 2, features[~is_shot])
        here = adapt_in_room(learner, support, n_people=2)
        classifier = here.calibrated(cohort, fpir=0.01, room=here.room(cohort, RoomPrior()))
        passed.append(float((classifier.best(strangers)[0] >= classifier.threshold).float().mean()))
        own, _ = classifier.best(features[~is_shot])
        assert float((own >= classifier.threshold).float().mean()) == 1.0
    assert np.mean(passed) < 0.02


@pytest.mark.parametrize("key", ["prototypical", "maml", "siamese", "matching"])
def test_the_promise_holds_where_everybody_looks_alike_and_did_not_before(key: str) -> None:
    """Eight galleries before one camera: who is let through without the room, and with it."""
    learner, cohort = make_learner(key, FeatureSpace(_DIM)), _cohort()
    let_through = {"cohort": list[float](), "room": list[float]()}
    for seed in range(8):
        features, labels = _people(8, 3, 1.0, seed=10 + seed)
        strangers, _ = _people(400, 1, 1.0, seed=1000 + seed)
        support = SupportSet(features, labels, 8)
        in_room = adapt_in_room(learner, support, n_people=8)
        calibrated = partial(
            OpenSetClassifier.calibrated, person_ids=tuple(range(8)), names=tuple("abcdefgh"), cohort=cohort, fpir=0.01
        )
        plain = calibrated(learner.adapt(support))
        room = calibrated(in_room.classifier, room=in_room.room(cohort, RoomPrior()))
        for name, classifier in (("cohort", plain), ("room", room)):
            best, _ = classifier.best(strangers)
            let_through[name].append(float((best >= classifier.threshold).float().mean()))
            named = [answer.person_id is not None for answer in classifier.identify(strangers)]
            assert np.mean(named) == pytest.approx(let_through[name][-1])
    assert np.mean(let_through["cohort"]) > 0.2
    assert np.mean(let_through["room"]) < 0.03


def test_an_empty_gallery_has_no_best_person() -> None:
    with pytest.raises(ValueError, match="nobody"):
        OpenSetClassifier.empty().best(torch.zeros(1, _DIM))


def test_whoever_takes_a_stranger_s_face_for_their_own_is_known_to_be_nearer_to_strangers() -> None:
    """What people are compared by is what the method was given: shots and the room's faces that are somebody's."""
    learner = make_learner("prototypical", FeatureSpace(_DIM))
    shots, labels = _people(2, 1, 0.0, seed=5)
    others, _ = _people(24, 1, 1.0, seed=6)
    taken = normalize(0.5 * shots[:1] + others[:4], dim=1)
    shifts = []
    for seen in (others, torch.cat([taken, others[4:]])):
        shifts.append(_evidence(adapt_in_room(learner, SupportSet(shots, labels, 2, seen), n_people=2)).seen_shift)
    assert shifts[1] > shifts[0] + 0.2


# Shots that were taken elsewhere --------------------------------------------------------------------------------------


def test_shots_move_towards_what_the_room_shows_as_far_as_its_faces_tell() -> None:
    shots = torch.tensor([[1.0, 0.0, 0.5], [0.0, 1.0, 0.5], [0.0, 1.0, 0.5], [0.6, 0.8, 0.25]])
    labels = torch.tensor([0, 1, 1, 2])  # the third way is a face of which somebody said who it isn't
    seen = torch.tensor([[1.8, 0.0, 0.125], [0.0, 1.4, 0.125]])
    here = shifted_to_room(SupportSet(shots, labels, 3, seen), 2, 2)
    share = 1.0 / (1.0 + 20.0)  # two faces beside two people tell as much as one
    moved = torch.tensor([0.4 * share, 0.2 * share, 0.0])
    assert torch.allclose(here.features, shots + moved), "how long embeddings were stays"
    assert here.unlabelled is seen
    often = shifted_to_room(SupportSet(shots, labels, 3, seen.repeat(500, 1)), 2, 2)
    assert torch.allclose(often.features, here.features, atol=1e-4), "who is seen often tells no more"


def test_without_unlabelled_faces_shots_stay_where_they_are() -> None:
    alone = SupportSet(at(0, 90), torch.tensor([0, 1]), 2)
    assert shifted_to_room(alone, 2, 2) is alone


# Faces of the room that are somebody's --------------------------------------------------------------------------------

_NOUGHT = RoomCentre(torch.zeros(2), 2)


def test_who_is_clearly_somebody_becomes_their_shot_and_nobody_else_does() -> None:
    seen = at(15, 60, 100, 180)
    support = SupportSet(at(0, 90), torch.tensor([0, 1]), 2, seen)
    known = with_recognised(support, _NOUGHT, 2)
    given = dict(zip(map(tuple, known.features[2:].tolist()), known.labels[2:].tolist(), strict=True))
    assert given == {tuple(seen[0].tolist()): 0, tuple(seen[1].tolist()): 1, tuple(seen[2].tolist()): 1}
    assert known.unlabelled is not None
    assert torch.equal(known.unlabelled, seen[3:])
    assert torch.equal(known.features[:2], support.features)


def test_who_is_more_like_a_denied_face_is_nobodys() -> None:
    support = SupportSet(at(0, 30), torch.tensor([0, 1]), 2, at(25))
    assert with_recognised(support, _NOUGHT, 2).labels.tolist() == [0, 1, 1]
    assert with_recognised(support, _NOUGHT, 1) is support, (
        "the second way is a face of which somebody said who it isn't"
    )


def test_the_most_alike_few_are_taken_in_whatever_order_they_came() -> None:
    seen = at(*range(2, 42, 2))
    support = SupportSet(at(0), torch.tensor([0]), 1, seen)
    taken = with_recognised(support, _NOUGHT, 1).features[1:]
    assert torch.allclose(taken, at(2, 4, 6, 8, 10))
    shuffled = SupportSet(at(0), torch.tensor([0]), 1, seen[torch.randperm(20, generator=torch.manual_seed(1))])
    assert torch.allclose(with_recognised(shuffled, _NOUGHT, 1).features[1:], taken)


def test_without_unlabelled_faces_or_known_ones_the_shots_are_what_they_were() -> None:
    alone = SupportSet(at(0, 90), torch.tensor([0, 1]), 2)
    assert with_recognised(alone, _NOUGHT, 2) is alone
    nobody = SupportSet(at(0, 90), torch.tensor([0, 1]), 2, at(180, 225))
    assert with_recognised(nobody, _NOUGHT, 2) is nobody


@pytest.mark.parametrize("key", ["prototypical", "siamese", "maml"])
def test_enrolled_in_one_light_and_seen_in_another_they_are_found_more_often(key: str) -> None:
    """Ten people with one shot each; the camera's light has changed, and it has shown everybody twice since."""
    right = {0: 0.0, 1: 0.0}
    for seed in range(6):
        random = torch.Generator().manual_seed(seed)
        people = normalize(torch.randn(10, _DIM, generator=random), dim=1)
        # The new light turns each face in a way of its own, so that taking the middle off is not enough.
        now = normalize(people + 0.9 * torch.randn(10, _DIM, generator=random) / _DIM**0.5, dim=1)

        def looks(of: Tensor, count: int, random: torch.Generator = random) -> Tensor:
            noise = 0.9 * torch.randn(len(of) * count, _DIM, generator=random) / _DIM**0.5
            return normalize(of.repeat_interleave(count, 0) + noise, dim=1)

        learner, shots, seen, probes = (
            make_learner(key, FeatureSpace(_DIM)),
            looks(people, 1),
            looks(now, 2),
            looks(now, 9),
        )
        for is_seen in right:
            support = SupportSet(shots, torch.arange(10), 10, seen if is_seen else None)
            scores = adapt_in_room(learner, support, n_people=10).classifier.scores(probes)
            right[is_seen] += float((scores.argmax(1) == torch.arange(10).repeat_interleave(9)).float().mean()) / 6
    assert right[1] > right[0] + 0.03, right
