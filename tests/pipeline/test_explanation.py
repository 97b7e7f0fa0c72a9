from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import cast

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose
from torch import Tensor
from torch.nn.functional import normalize

from metaface_gui.pipeline.detection.align import template_of
from metaface_gui.pipeline.embedding.base import FaceEmbedder
from metaface_gui.pipeline.enrolled_people import EnrolledPeople
from metaface_gui.pipeline.enrollment import FaceSample
from metaface_gui.pipeline.explanation import HEAT_GRID, Evidence, Explanation, explain
from metaface_gui.pipeline.recognition.open_set import OpenSetClassifier
from metaface_gui.types import (
    FaceDetection,
    FaceQuality,
    Identification,
    Image,
    Look,
    PersonId,
    QualityIssue,
    TrackTemplate,
)
from tests.pipeline.enrolled import enrolled

SIDE = 112
MOUTH = (72, 88, 48, 64)
"""Top, bottom, left, right of the part of the crop that the fake embedder looks at: row 3, column 2 of the heat map."""


class MouthEmbedder:
    """Sees the colour of the mouth's place in the crop, and how bright the rest is, which nobody asks for."""

    crop_size = SIDE

    def __init__(self) -> None:
        self.batches: list[int] = []

    def features(self, crops_rgb: Tensor) -> Tensor:
        assert crops_rgb.dtype == torch.uint8
        assert crops_rgb.shape[1:] == (3, SIDE, SIDE)
        self.batches.append(len(crops_rgb))
        top, bottom, left, right = MOUTH
        return crops_rgb[:, :, top:bottom, left:right].float().mean((2, 3)) / 255.0


class Cosines:
    """Each way is a direction; a face's score is its cosine with it."""

    def __init__(self, *ways: tuple[float, float, float]) -> None:
        self._ways = normalize(torch.tensor(ways))

    @property
    def n_way(self) -> int:
        return len(self._ways)

    def embed(self, features: Tensor) -> Tensor:
        return normalize(features)

    def class_vectors(self) -> Tensor:
        return self._ways

    def scores(self, features: Tensor) -> Tensor:
        return self.embed(features) @ self._ways.T


RED, GREEN, BLUE = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)


def face(mouth_rgb: tuple[int, int, int] = (250, 20, 20)) -> FaceSample:
    """A chip that is its own aligned crop: grey with a coloured mouth."""
    crop = np.full((SIDE, SIDE, 3), 120, np.uint8)
    top, bottom, left, right = MOUTH
    crop[top:bottom, left:right] = mouth_rgb
    chip: Image = np.ascontiguousarray(crop[..., ::-1])
    box = np.array([10, 10, 100, 110], np.float32)
    detection = FaceDetection(box, template_of(SIDE).points.astype(np.float32), 0.9)
    quality = FaceQuality(90.0, 110.0, 0.4, 0.9, 0.7, (QualityIssue.BLURRED,))
    return FaceSample(chip, detection, quality, np.zeros(3, np.float32))


def open_set(scorer: Cosines, *names: str, threshold: float = 0.8) -> OpenSetClassifier:
    """People 10, 20, … in the order of the first columns."""
    ids = tuple(10 * (i + 1) for i in range(len(names)))
    made = OpenSetClassifier.calibrated(
        Cosines(*[RED] * len(names)), person_ids=ids, names=names, cohort=torch.eye(3), fpir=0.5
    )
    return replace(made, scorer=scorer, threshold=threshold)


def picture_of(person_id: PersonId, shot_id: int) -> bytes:
    return f"{person_id}/{shot_id}".encode()


SHOTS = replace(
    enrolled(torch.tensor([(0.0, 1.0, 0.1), (1.0, 0.1, 0.1), (0.9, 0.0, 0.6), (1.0, 0.1, 0.1)]), [1, 0, 0, 0]),
    person_ids=(10, 20),
    shot_ids=(4, 7, 2, 3),
)


def asked(
    classifier: Cosines | None,
    decided: OpenSetClassifier,
    shots: EnrolledPeople = SHOTS,
    *,
    sample: FaceSample | None = None,
    embedder: MouthEmbedder | None = None,
    picture_of: Callable[[PersonId, int], bytes] = picture_of,
    evidence: Evidence | None = None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Explanation | None:
    return explain(
        sample or face(),
        cast(FaceEmbedder, embedder or MouthEmbedder()),
        classifier,
        decided,
        shots,
        learner="maml",
        picture_of=picture_of,
        evidence=evidence,
        should_stop=should_stop,
    )


def told(
    classifier: Cosines | None,
    decided: OpenSetClassifier,
    shots: EnrolledPeople = SHOTS,
    *,
    sample: FaceSample | None = None,
    embedder: MouthEmbedder | None = None,
    evidence: Evidence | None = None,
) -> Explanation:
    found = asked(classifier, decided, shots, sample=sample, embedder=embedder, evidence=evidence)
    assert found is not None
    return found


def evidence_of(*weights: float, shown_id: PersonId | None = None, apart: int = 0) -> Evidence:
    """A track whose looks are all green, whatever its last picture shows."""
    green = np.asarray(GREEN, np.float32)
    looks = tuple(
        Look(green, weight, face().quality, 0.0, i + 1, np.full((4, 4, 3), i, np.uint8))
        for i, weight in enumerate([*weights, *[1.0] * apart])
    )
    pooled = looks[: len(weights)]
    shares = tuple(weight / sum(weights) for weight in weights)
    template = TrackTemplate(pooled, green, shares, float(len(weights)), 0.9, apart=looks[len(weights) :])
    return Evidence(template, shown_id)


def test_a_track_is_explained_by_all_its_looks_and_the_heat_by_its_last_picture() -> None:
    people = Cosines(RED, GREEN)
    classifier = replace(open_set(people, "alex", "lin", threshold=0.8), strangers=None)
    alone = told(people, classifier)
    assert (alone.decision.name, alone.looks) == ("alex", ())
    found = told(people, classifier, evidence=evidence_of(1.0, 3.0, 2.0, apart=1))
    assert found.decision.name == "lin"
    assert found.scores[0][0] == "lin"
    assert [(look.number, round(look.share, 2)) for look in found.looks] == [(2, 0.5), (3, 0.33), (1, 0.17), (4, 0.0)]
    assert found.looks[0].picture_rgb[0, 0, 0] == 1
    assert found.crop_rgb.shape == alone.crop_rgb.shape
    assert found.heat_of == "lin"


def test_a_name_that_only_stays_is_explained_as_it_is_shown() -> None:
    people = Cosines(RED, (0.0, 0.8, 0.6))
    classifier = replace(open_set(people, "alex", "lin", threshold=0.85), strangers=None)
    levels = classifier.track_levels
    assert levels.staying < 0.8 < levels.entering
    assert told(people, classifier, evidence=evidence_of(1.0)).decision.is_unknown
    found = told(people, classifier, evidence=evidence_of(1.0, shown_id=20))
    assert (found.decision.name, found.decision.threshold) == ("lin", levels.staying)


def test_heat_is_highest_where_the_embedder_looks() -> None:
    people = Cosines(RED, GREEN)
    found = told(people, open_set(people, "alex", "lin"))
    assert found.heat.max() > 0.01
    assert found.heat.shape == (HEAT_GRID, HEAT_GRID)
    assert found.heat.dtype == np.float32
    assert found.heat[3, 2] == found.heat.max()
    assert found.heat_of == "alex"
    far = np.delete(np.delete(found.heat, (2, 3, 4), axis=0), (1, 2, 3), axis=1)
    assert_allclose(far, 0.0, atol=1e-6)


def test_covering_what_speaks_against_a_person_makes_the_heat_negative() -> None:
    # The mouth is green, which the only person is not; the grey that covers it is less so.
    person = Cosines(RED)
    found = told(person, open_set(person, "alex"), sample=face((20, 250, 20)))
    assert found.decision.is_unknown
    assert found.heat_of == "alex"
    assert found.heat[3, 2] == found.heat.min() < -0.1


def test_the_decision_is_taken_on_the_picture_and_comes_with_its_scores_and_quality() -> None:
    people = Cosines(GREEN, RED, BLUE)
    found = told(people, open_set(people, "lin", "alex", "rose"))
    assert (found.decision.person_id, found.decision.name) == (20, "alex")
    assert found.decision.threshold == 0.8
    assert [name for name, _ in found.scores] == ["alex", "lin", "rose"]
    assert found.scores[0][1] == pytest.approx(found.decision.score)
    assert [score for _, score in found.scores] == sorted((score for _, score in found.scores), reverse=True)
    assert found.learner == "maml"
    assert found.quality.issues == (QualityIssue.BLURRED,)
    assert found.crop_rgb[80, 56].tolist() == [250, 20, 20]
    assert found.seconds > 0


def test_only_the_best_few_people_are_listed() -> None:
    ways = [RED, *[(1.0, 0.2 * i, 0.0) for i in range(1, 12)]]
    people = Cosines(*ways)
    found = told(people, open_set(people, *[f"p{i}" for i in range(12)]))
    assert [name for name, _ in found.scores] == ["p0", "p1", "p2", "p3", "p4"]


def test_nearest_shots_come_first_with_pictures_of_those_alone() -> None:
    people = Cosines(RED, GREEN)
    found = told(people, open_set(people, "alex", "lin"))
    assert [(shot.shot_id, shot.name, shot.picture) for shot in found.shots] == [
        (3, "alex", b"10/3"),  # as near as shot 7, and taken before it
        (7, "alex", b"10/7"),
        (2, "alex", b"10/2"),
        (4, "lin", b"20/4"),
    ]
    mouth = np.array([250, 20, 20]) / np.linalg.norm([250, 20, 20])
    shot = np.array([1.0, 0.1, 0.1]) / np.linalg.norm([1.0, 0.1, 0.1])
    assert found.shots[0].cosine == pytest.approx(float(mouth @ shot), abs=1e-5)

    pictures: list[int] = []

    def ask(_person: PersonId, shot_id: int) -> bytes:
        pictures.append(shot_id)
        return b""

    many = enrolled(torch.rand((40, 3), generator=torch.Generator().manual_seed(1)), [0] * 40)
    asked(people, open_set(people, "alex", "lin"), replace(many, person_ids=(10,)), picture_of=ask)
    assert len(pictures) == 6


def test_a_shot_of_somebody_who_has_gone_meanwhile_is_left_out() -> None:
    person = Cosines(RED)
    found = told(person, open_set(person, "alex"))  # shot 4 is of person 20
    assert [shot.shot_id for shot in found.shots] == [3, 7, 2]


def test_an_empty_gallery_has_no_heat_and_costs_one_look() -> None:
    embedder = MouthEmbedder()
    nobody = enrolled(torch.zeros((0, 3)), ())
    found = told(None, OpenSetClassifier.empty(), nobody, embedder=embedder)
    assert found.decision.is_unknown
    assert not found.heat.any()
    assert (found.scores, found.shots, found.heat_of) == ((), (), "")
    assert embedder.batches == [1]


def test_a_denied_face_says_who_it_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    # One column more than people: the decision about it is the open-set classifier's, the rest is told apart here.
    ways = Cosines(RED, GREEN, (1.0, 0.05, 0.05))
    classifier = open_set(ways, "alex", "lin")
    answer = Identification(None, None, 0.1, 0.8, 20, "lin", is_denied=True)
    monkeypatch.setattr(OpenSetClassifier, "identify", lambda _self, _features: (answer,))
    found = told(ways, classifier)
    assert found.decision is answer
    assert found.denied == "alex"
    assert found.heat_of == "alex"
    assert [name for name, _ in found.scores] == ["alex", "lin"]
    assert found.heat[3, 2] == found.heat.max()


def test_it_stops_between_batches_when_told_to() -> None:
    people = Cosines(RED, GREEN)
    embedder = MouthEmbedder()
    answers = iter((False, False, True))
    decided = open_set(people, "alex", "lin")
    assert asked(people, decided, embedder=embedder, should_stop=lambda: next(answers)) is None
    assert len(embedder.batches) == 3


def test_every_place_is_looked_at_once_and_the_answer_is_always_the_same() -> None:
    people = Cosines(RED, GREEN)
    embedder = MouthEmbedder()
    first, second = (told(people, open_set(people, "alex", "lin"), embedder=embedder) for _ in range(2))
    assert sum(embedder.batches) == 2 * (1 + HEAT_GRID**2)
    assert (first.heat == second.heat).all()
