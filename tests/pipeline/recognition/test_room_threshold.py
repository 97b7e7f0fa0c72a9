"""Thresholds that follow the room: what evidence does to them, by hand where it can be done by hand."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
import torch

from metaface_gui.errors import WeightsError
from metaface_gui.pipeline.recognition.room_threshold import (
    CohortScores,
    Room,
    RoomEvidence,
    RoomPrior,
    RoomThreshold,
    ShotQuality,
    posterior,
    read_prior,
    save_prior,
    single_person_margin,
)
from metaface_gui.types import Floats

_COHORT = CohortScores(
    best=np.linspace(-1.0, 3.0, 401, dtype=np.float32),
    others=np.full(401, 0.05, np.float32),
    mean=0.1,
    deviation=0.2,
)


def _posterior(prior: RoomPrior, evidence: RoomEvidence) -> tuple[float, float, float, float]:
    values = {name: torch.tensor(value) for name, value in asdict(prior).items()}
    known = {name: torch.tensor(float(value)) for name, value in asdict(evidence).items()}
    weight, base, ratio, left = posterior(values, **known)
    return float(weight), float(base), float(ratio), float(left)


def test_one_person_tells_nothing_of_strangers_so_the_prior_stands() -> None:
    prior = RoomPrior(shift=0.7, shift_variance=4.0, probe_shift=0.2, probe_variance=0.5)
    weight, base, ratio, left = _posterior(prior, RoomEvidence(shift=9.0, spread=5.0, enrolled=1))
    assert weight == 0.0
    assert base == pytest.approx(0.7), "a probe's own shift is one from the others that it is compared with"
    assert ratio == 1.0
    assert left == pytest.approx(4.5**0.5)


def test_two_equally_sure_sources_meet_in_the_middle() -> None:
    prior = RoomPrior(shift_variance=1.0, gallery_variance=0.5, people_variance=0.5, probe_variance=1.0)
    prior = replace(prior, probe_shift=0.0, others_floor=1e5)
    # Two people: the gallery's variance is 0.5 + 0.5 / 1, the prior's; the other person's score is made to say nothing.
    _, base, _, left = _posterior(prior, RoomEvidence(shift=2.0, spread=1.0, enrolled=2))
    assert base == pytest.approx(1.0, abs=1e-3)
    assert left == pytest.approx(1.5**0.5, abs=1e-3)


def test_unlabelled_faces_are_a_source_of_their_own() -> None:
    prior = RoomPrior(shift_variance=1.0, seen_variance=0.5, face_variance=2.0, probe_variance=1.0)
    prior = replace(prior, probe_shift=0.0, seen_caution=0.0, gallery_variance=1e5, others_floor=1e5)
    # The gallery tells nothing, four faces do: 0.5 + 2 / 4, as sure as the prior.
    _, base, _, left = _posterior(prior, RoomEvidence(9.0, 1.0, enrolled=2, seen_shift=2.0, seen=4))
    assert base == pytest.approx(1.0, abs=1e-3)
    assert left == pytest.approx(1.5**0.5, abs=1e-3)
    fewer, more = (
        _posterior(replace(prior, others_floor=0.1), RoomEvidence(0.0, 1.0, 2, seen_shift=3.0, seen=n)) for n in (1, 24)
    )
    assert fewer[1] < more[1] < 3.0, "the more there are, the more they are believed"
    assert fewer[3] > more[3]


def test_a_probe_of_many_others_is_believed_by_its_own_scores() -> None:
    prior = RoomPrior(others_variance=1.0, others_floor=1e-6)
    many, few = (_posterior(prior, RoomEvidence(shift=2.0, spread=1.0, enrolled=n)) for n in (10_001, 5))
    assert many[0] == pytest.approx(1.0, abs=1e-2)
    assert many[1] == pytest.approx(0.0, abs=1e-2)
    assert many[3] == pytest.approx(0.0, abs=2e-2)
    assert few[0] < many[0]


@pytest.mark.parametrize("people", [2, 3, 5, 20])
def test_more_people_are_surer(people: int) -> None:
    fewer = _posterior(RoomPrior(), RoomEvidence(1.0, 1.0, people - 1))[3]
    assert _posterior(RoomPrior(), RoomEvidence(1.0, 1.0, people))[3] < fewer


def test_where_people_are_more_alike_the_threshold_is_higher() -> None:
    here = [Room(RoomPrior(), RoomEvidence(shift, 1.0, 20)).threshold(_COHORT) for shift in (0.0, 1.0, 3.0)]
    thresholds = [float(room.of_cohort(_COHORT)[396]) for room in here]
    assert thresholds == sorted(thresholds)
    assert thresholds[0] < thresholds[2]


def test_caution_counts_where_a_probe_has_few_others_to_be_compared_with() -> None:
    plain, careful = (replace(RoomPrior(), probe_shift=shift, others_variance=6.0) for shift in (0.0, 2.0))
    added = []
    for people in (2, 5, 20):
        evidence = RoomEvidence(0.0, 1.0, people)
        added.append(_posterior(careful, evidence)[1] - _posterior(plain, evidence)[1])
        assert added[-1] == pytest.approx(2.0 * (1.0 - _posterior(plain, evidence)[0]), abs=1e-5)
    assert added == sorted(added, reverse=True)


def _shift(evidence: RoomEvidence, prior: RoomPrior) -> tuple[float, float]:
    """How much of caution counts, and what is added in all."""
    weight, base, _, _ = _posterior(prior, evidence)
    return 1.0 - weight, base


def test_poor_shots_make_it_careful_and_good_ones_less_so() -> None:
    prior = RoomPrior(probe_shift=1.0, poor_shift=4.0, seen_caution=0.0)
    plain = RoomEvidence(0.0, 1.0, 5)
    counts, usual = _shift(plain, prior)
    for poor, added in ((0.25, 1.0), (-0.05, -0.2), (9.0, 3.2), (-9.0, -0.4)):
        found = _shift(replace(plain, poorness=poor), prior)[1] - usual
        assert found == pytest.approx(counts * added, abs=1e-5), f"of a poorness of {poor}"
    never_lax = replace(prior, probe_shift=0.1, poor_shift=40.0)
    assert _shift(replace(plain, poorness=-0.1), never_lax)[1] == pytest.approx(0.0, abs=1e-6)


def test_recognised_faces_of_few_people_make_it_careful() -> None:
    prior = RoomPrior(seen_caution=3.0, poor_shift=0.0)
    for people, recognised, added in ((2, 4, 1.5), (2, 12, 2.7), (4, 4, 0.5), (2, 0, 0.0)):
        evidence = RoomEvidence(0.0, 1.0, people, seen=8, recognised=recognised)
        counts, base = _shift(evidence, prior)
        without = _shift(evidence, replace(prior, seen_caution=0.0))[1]
        assert base - without == pytest.approx(counts * added, abs=1e-5), f"{people} people, {recognised} faces"


def _quality(shots: Floats, cohort: Floats, n_people: int) -> ShotQuality:
    quality = ShotQuality.of(shots, cohort, n_people=n_people)
    assert quality is not None
    return quality


def test_poorness_is_how_much_shorter_embeddings_are_than_the_cohorts() -> None:
    cohort = np.array([[0.5, 1 / 8.0], [0.1, 1 / 18.0]], np.float32)  # 12 is their geometric mean
    shots = np.array([[0.2, 1 / 4.0], [0.3, 1 / 9.0]], np.float32)
    assert _quality(shots, cohort, 2).poorness == pytest.approx(np.log(2.0), abs=1e-6)
    assert _quality(shots, cohort, 1).poorness == pytest.approx(np.log(2.0) / 2, abs=1e-6), "two shots"
    assert _quality(cohort, shots, 1).poorness == pytest.approx(-np.log(2.0), abs=1e-6), "good ones"
    assert _quality(cohort, cohort, 2).poorness == 0.0
    assert ShotQuality.of(shots[:, :0], cohort[:, :0], n_people=2) is None, "an embedder that does not tell"


@pytest.mark.parametrize(("per_person", "shortfall"), [(1, 0.6), (2, 0.6), (1, 3.0), (1, 0.0)])
def test_a_probe_is_better_by_as_much_of_the_shots_poorness_as_it_does_not_share(
    per_person: int, shortfall: float
) -> None:
    quality = ShotQuality(usual=np.log(1 / 12.0), shortfall=shortfall, per_person=per_person)
    # Counted as 0.1 poorer than they are: pictures of one camera differ by as much.
    below = np.array([-2.0, -0.15, -0.1, 0.2, 0.5, 5.0], np.float32)
    better = quality.better(np.asarray(np.exp(below) / 12.0, np.float32))
    whole = min(shortfall / per_person, 0.8)
    shared = [-0.1, -0.05, 0.0, *(min(shortfall, poor, 0.8 * per_person) / per_person for poor in (0.3, 0.6, 5.0))]
    assert better.tolist() == pytest.approx([whole - part for part in shared], abs=1e-5)
    assert better[-1] == pytest.approx(0.0, abs=1e-6), "one as poor as the shots, or poorer"


def test_probes_better_than_the_shots_reach_the_threshold_sooner() -> None:
    quality = ShotQuality(usual=np.log(1 / 12.0), shortfall=0.5, per_person=1)
    prior, evidence = RoomPrior(), RoomEvidence(0.0, 1.0, 5, poorness=quality.poorness)
    room = Room(prior, evidence, quality).threshold(_COHORT)
    scores = torch.full((4, 5), 0.05)
    lengths = torch.tensor([20.0, 12.0 / np.exp(0.15), 12.0 / np.exp(0.45), 2.0])
    excess = room.excess(scores, 1.0 / lengths[:, None]).tolist()
    unit = (1.0 - room.weight) * prior.better_probe * _COHORT.deviation
    assert [excess[-1] - of_probe for of_probe in excess] == pytest.approx([0.6 * unit, 0.25 * unit, 0, 0], abs=1e-5)
    unknown = replace(room, shots=None).excess(scores, 1.0 / lengths[:, None]).tolist()
    assert unknown == pytest.approx([excess[-1]] * 4), "where features do not tell"


def test_what_scores_spread_more_by_counts_as_far_as_a_probe_is_as_poor_as_the_shots() -> None:
    quality = ShotQuality(usual=np.log(1 / 12.0), shortfall=0.5, per_person=1)
    prior = replace(RoomPrior(), better_probe=0.0, spread_weight=2.0, spread_prior=20.0)
    room = Room(prior, RoomEvidence(0.0, 1.5, 20, poorness=quality.poorness), quality).threshold(_COHORT)
    assert room.ratio == pytest.approx(1.5)
    scores, lengths = torch.full((3, 20), 0.05), torch.tensor([2.0, 12.0 / np.exp(0.1), 40.0])
    poor, half, good = room.excess(scores, 1.0 / lengths[:, None]).tolist()
    wider = 0.5 * (float(np.quantile(_COHORT.best, 0.99)) - _COHORT.mean)
    assert poor - good == pytest.approx(wider, abs=1e-5), "of the best probe all of it"
    assert poor - half == pytest.approx(0.5 * wider, abs=1e-5)
    narrower = Room(prior, RoomEvidence(0.0, 0.5, 20, poorness=quality.poorness), quality).threshold(_COHORT)
    assert narrower.relief == 0.0, "what spreads less is nothing to be let off"


def test_one_person_has_a_margin_that_unlabelled_faces_lower_and_poor_shots_raise() -> None:
    prior = RoomPrior(alone=1.8, watched=0.6, poor_shift=4.0)
    values = {name: torch.tensor(value) for name, value in asdict(prior).items()}

    def margins(seen: list[float], seen_shift: list[float], poorness: list[float]) -> list[float]:
        enrolled, *known = map(torch.tensor, ([1.0] * 4 + [2.0], seen_shift, seen, poorness))
        named = dict(zip(("seen_shift", "seen", "poorness"), known, strict=True))
        found: list[float] = single_person_margin(values, enrolled=enrolled, **named).tolist()
        return found

    seen, nought = [0.0, 12.0, 24.0, 500.0, 12.0], [0.0] * 5
    assert margins(seen, nought, nought) == pytest.approx([1.8, 1.2, 0.6, 0.6, 0.0])
    poor = margins(seen, nought, [0.25, 9.0, -0.1, 0.0, 0.25])
    assert poor == pytest.approx([2.8, 4.4, 0.6, 0.6, 0.0]), "poor shots raise it, good ones do not lower it"
    unlike = margins([0.0, 3.0, 24.0, 24.0, 12.0], [-1.0, -1.0, -0.9, 2.0, -1.0], nought)
    assert unlike == pytest.approx([1.8, 1.65 - 0.5, 0.6 - 0.8, 0.6, 0.0]), "strangers who are unlike, and they alone"


def test_excess_is_part_of_what_a_probe_scores_against_the_others() -> None:
    room = RoomThreshold(ratio=1.0, offset=0.0, mean=0.0, weight=0.5, others=0.1)
    scores, features = torch.tensor([[0.9, 0.3, 0.1]]), torch.zeros(1, 2)
    assert float(room.excess(scores, features)) == pytest.approx(0.5 * (0.2 - 0.1))
    assert float(replace(room, weight=0.0).excess(scores, features)) == 0.0
    assert float(room.excess(scores[:, :1], features)) == 0.0


def scored(scores: Floats) -> CohortScores:
    best = scores.max(1)
    others = (scores.sum(1) - best) / (scores.shape[1] - 1)
    return CohortScores(best, others, float(scores.mean()), float(scores.std()))


def test_the_cohorts_faces_are_scored_as_probes_are() -> None:
    scores = np.random.default_rng(3).normal(0.1, 0.2, (50, 5)).astype(np.float32)
    room = Room(RoomPrior(), RoomEvidence(0.5, 1.2, 5)).threshold(scored(scores))
    people = torch.from_numpy(scores)
    as_probes = (people.amax(1) - room.excess(people, torch.zeros(50, 2))).numpy()
    expected = room.ratio * (as_probes - room.mean) + room.mean + room.offset
    assert room.weight > 0.5
    assert room.of_cohort(scored(scores)) == pytest.approx(expected, abs=1e-5)


def test_those_of_the_cohort_who_are_like_everybody_enrolled_do_not_make_the_threshold() -> None:
    random = np.random.default_rng(4)
    apart = random.normal(0.0, 0.2, (2000, 20)).astype(np.float32)
    alike = apart + np.where(np.arange(2000) < 200, 0.5, 0.0).astype(np.float32)[:, None]
    highest = []
    for scores in (apart, alike):
        room = Room(RoomPrior(), RoomEvidence(0.0, 1.0, 20)).threshold(scored(scores))
        highest.append(float(np.quantile(room.of_cohort(scored(scores)) - room.offset, 0.99)))
    assert highest[1] - highest[0] < 0.25 * 0.5


@pytest.mark.parametrize("wrong", [{"shift": float("nan")}, {"shift_variance": 0.0}, {"probe_variance": -1.0}])
def test_a_prior_of_no_sense_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"finite|positive"):
        RoomPrior(**wrong)


def test_a_prior_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    prior = RoomPrior(shift=0.25, probe_shift=1.75)
    save_prior(tmp_path / "room.json", prior, {"data": "people"})
    assert read_prior(tmp_path / "room.json") == prior


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", '{"format": 1, "prior": {}}', '{"format": 2, "prior": {"shift": "x"}}']
)
def test_a_damaged_prior_is_an_error_with_the_files_name(tmp_path: Path, content: str) -> None:
    path = tmp_path / "room.json"
    path.write_text(content)
    with pytest.raises(WeightsError, match=r"room\.json"):
        read_prior(path)
