"""The whole path with the real models, on the demo scene."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest
import torch

from metaface_gui.engine.assembly import build_pipeline
from metaface_gui.pipeline.capture.demo.people import demo_people
from metaface_gui.pipeline.capture.demo.scene import DemoScene
from metaface_gui.pipeline.detection.align import align
from metaface_gui.pipeline.detection.second_looks import LOOK_SIDE
from metaface_gui.pipeline.embedding.base import FaceEmbedder
from metaface_gui.pipeline.embedding.views import features_of, features_of_both
from metaface_gui.pipeline.face_pipeline import FacePipeline, sample_of_face
from metaface_gui.pipeline.learners import make_learner
from metaface_gui.pipeline.learners.base import SupportSet
from metaface_gui.pipeline.recognition.attention import FILE, LIVE, THOROUGH, Attention
from metaface_gui.pipeline.recognition.cohort import load_cohort
from metaface_gui.pipeline.recognition.embedding_map import EmbeddingMap
from metaface_gui.pipeline.recognition.open_set import Levels, OpenSetClassifier
from metaface_gui.pipeline.recognition.quality import assess
from metaface_gui.pipeline.recognition.track_decision import TrackDecisions
from metaface_gui.pipeline.recognition.track_template import TrackTemplates
from metaface_gui.pipeline.recognition.tracker import Tracker
from metaface_gui.settings import RecognitionSettings
from metaface_gui.types import (
    UNKNOWN,
    FaceDetections,
    Frame,
    FrameResult,
    Identification,
    Image,
    QualityIssue,
    TrackTemplate,
)
from metaface_gui.weights.store import WeightsStore
from tests.pipeline.moving_faces import FPS, BlueEmbedder, Drawn, Stage

Look = Callable[..., list[FrameResult]]


@pytest.fixture(scope="module")
def embedder(store: WeightsStore) -> FaceEmbedder:
    return build_pipeline(RecognitionSettings(), store).embedder


@pytest.fixture
def pipeline(store: WeightsStore, embedder: FaceEmbedder) -> FacePipeline:
    return build_pipeline(RecognitionSettings(), store, embedder=embedder)


@pytest.fixture(scope="module")
def classifier(store: WeightsStore, embedder: FaceEmbedder) -> OpenSetClassifier:
    """Prototypes of the demo's people from their stills."""
    pipeline = build_pipeline(RecognitionSettings(), store, embedder=embedder)
    people = demo_people()
    samples = [pipeline.extract(still)[0] for person in people for still in person.stills]
    shots = pipeline.features_of_chips([s.chip_bgr for s in samples], [s.detection.landmarks for s in samples])
    labels = [index for index, person in enumerate(people) for _ in person.stills]
    support = SupportSet(torch.from_numpy(shots), torch.tensor(labels), len(people))
    return OpenSetClassifier.calibrated(
        make_learner("prototypical", pipeline.embedder.space).adapt(support),
        person_ids=tuple(range(1, len(people) + 1)),
        names=tuple(person.name for person in people),
        cohort=load_cohort(store, pipeline.embedder.id, pipeline.embedder.space),
        fpir=0.01,
    )


@pytest.fixture(scope="module")
def scene() -> DemoScene:
    return DemoScene()


@pytest.fixture
def look(scene: DemoScene) -> Look:
    """Look at frames of the demo scene."""

    def looks(pipeline: FacePipeline, *indices: int) -> list[FrameResult]:
        frames = ((index, *scene.render(index)) for index in indices)
        return [
            pipeline.process(Frame(image, index, scene.time_of(index), time.monotonic_ns(), truth))
            for index, image, truth in frames
        ]

    return looks


def test_an_empty_gallery_knows_nobody_and_follows_everybody(pipeline: FacePipeline, look: Look) -> None:
    results = look(pipeline, 0, 5, 10)
    assert [[face.track_id for face in result.faces] for result in results] == [[1], [1], [1]]
    assert all(face.identification.is_unknown for result in results for face in result.faces)
    face = results[0].faces[0]
    assert face.embedding.shape == (128,)
    assert np.linalg.norm(face.embedding) == pytest.approx(1.0, abs=1e-5)


def test_names_agree_with_the_scenes_truth(pipeline: FacePipeline, look: Look, classifier: OpenSetClassifier) -> None:
    pipeline.set_classifiers({"prototypical": classifier}, "prototypical")
    first, together = look(pipeline, 30, 420)
    assert [face.identification.name for face in first.faces] == ["Eileen Collins"]
    named = {face.identification.name for face in together.faces}
    assert named >= {truth.person for truth in together.frame.truth}
    assert len(together.frame.truth) == 3


def test_the_primary_learner_must_be_among_the_classifiers(
    pipeline: FacePipeline, classifier: OpenSetClassifier
) -> None:
    with pytest.raises(ValueError, match="primary"):
        pipeline.set_classifiers({"prototypical": classifier}, "maml")


class Says:
    """An open-set classifier that answers what it is told, whoever comes."""

    threshold = 0.4
    track_levels = Levels(0.4, 0.3)

    def __init__(self, *answers: Identification) -> None:
        self.answers = list(answers)

    def identify_tracks(
        self, templates: Sequence[TrackTemplate], threshold: float, *, n_ranked: int = 0
    ) -> tuple[Identification, ...]:
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return (answer,) * len(templates)


ANNA = Identification(1, "Anna", 0.9, 0.4, 1, "Anna")
BORIS = Identification(2, "Boris", 0.9, 0.4, 2, "Boris")


def says(*answers: Identification) -> OpenSetClassifier:
    return Says(*answers)  # type: ignore[return-value]


def still_frames(n: int) -> list[Frame]:
    picture = demo_people()[0].stills[0]
    return [Frame(picture, index, index / 30.0, 0) for index in range(n)]


def test_each_learner_decides_for_itself_and_the_primary_one_names(pipeline: FacePipeline) -> None:
    flickering = says(*[ANNA, BORIS] * 10)
    pipeline.set_classifiers({"maml": flickering, "reptile": says(BORIS)}, "reptile")
    faces = [pipeline.process(frame).faces[0] for frame in still_frames(8)]
    assert [list(face.per_learner) for face in faces] == [["maml", "reptile"]] * 8
    shown = [face.per_learner["maml"].person_id for face in faces]
    assert sum(a != b for a, b in itertools.pairwise(shown)) <= 1, "what alternates does not flicker"
    assert all(face.identification is face.per_learner["reptile"] for face in faces)
    assert {face.identification.name for face in faces} == {"Boris"}


def test_decisions_begin_anew_for_the_learner_whose_classifier_changed_and_for_no_other(pipeline: FacePipeline) -> None:
    frames = still_frames(12)
    steady = says(*[ANNA] * 10, BORIS)
    pipeline.set_classifiers({"maml": steady, "reptile": says(ANNA)}, "maml")
    for frame in frames[:10]:
        pipeline.process(frame)
    pipeline.set_classifiers({"reptile": says(BORIS), "maml": steady}, "reptile")
    face = pipeline.process(frames[10]).faces[0]
    assert face.per_learner["maml"].name == "Anna", "one look for Boris may be chance"
    assert face.per_learner["reptile"].name == face.identification.name == "Boris"
    pipeline.set_classifiers({"maml": says(BORIS)}, "maml")
    assert list(pipeline.process(frames[11]).faces[0].per_learner) == ["maml"]


def test_one_learner_among_several_decides_as_it_does_alone(
    pipeline: FacePipeline, look: Look, classifier: OpenSetClassifier, store: WeightsStore
) -> None:
    together = build_pipeline(RecognitionSettings(), store, embedder=pipeline.embedder)
    pipeline.set_classifiers({"prototypical": classifier}, "prototypical")
    together.set_classifiers({"maml": classifier.with_fpir(0.5), "prototypical": classifier}, "prototypical")
    for alone, among in zip(look(pipeline, 30, 33, 420), look(together, 30, 33, 420), strict=True):
        assert [face.identification for face in alone.faces] == [face.identification for face in among.faces]
        assert [face.track_id for face in alone.faces] == [face.track_id for face in among.faces]


class HalfTurn:
    """An adapted classifier whose space is the embedding, negated; it counts how often it is asked."""

    n_way = 1
    calls = 0

    def scores(self, features: torch.Tensor) -> torch.Tensor:
        return features[:, :1]

    def embed(self, features: torch.Tensor) -> torch.Tensor:
        self.calls += 1
        return -features[:, :128]

    def class_vectors(self) -> torch.Tensor:
        return torch.zeros(1, 128)


def plane(dim: int, centre: float = 0.0) -> EmbeddingMap:
    """A map of nobody: the first two directions of the space."""
    nothing, axes = np.zeros((0, 2), np.float32), np.eye(2, dim, dtype=np.float32)
    return EmbeddingMap(
        "maml", (), (), (), np.zeros(0, np.int64), nothing, nothing, np.full(dim, centre, np.float32), axes, 1.0
    )


def test_faces_have_their_place_on_the_map_while_there_is_one(pipeline: FacePipeline, look: Look) -> None:
    adapted = HalfTurn()
    (first,) = look(pipeline, 420)
    assert {face.map_xy.shape for face in first.faces} == {(0,)}
    pipeline.set_map(plane(128, centre=0.5), adapted)
    (second,) = look(pipeline, 420)
    assert len(second.faces) == 3
    for face in second.faces:
        np.testing.assert_allclose(face.map_xy, -face.embedding[:2] - 0.5, atol=1e-6)
    assert adapted.calls == 1, "one call a frame, however many faces"
    pipeline.set_map(None, None)
    (third,) = look(pipeline, 420)
    assert {face.map_xy.shape for face in third.faces} == {(0,)}
    assert adapted.calls == 1


def test_templates_from_stored_pictures_are_close_to_the_frames_own(pipeline: FacePipeline) -> None:
    (still, *_) = demo_people()[0].stills
    sample = pipeline.extract(still)[0]
    again = pipeline.features_of_chips([sample.chip_bgr], [sample.detection.landmarks])
    space = pipeline.embedder.space
    assert again.shape == (1, space.feature_dim)
    assert float(again[0, : space.embedding_dim] @ sample.embedding) > 0.97
    assert pipeline.features_of_chips([], []).shape == (0, space.feature_dim)


@pytest.mark.parametrize(
    "image",
    [
        np.zeros((720, 1280, 3), np.uint8),
        np.full((1, 1, 3), 255, np.uint8),
        np.random.default_rng(0).integers(0, 255, (90, 160, 3), np.uint8),
        np.zeros((3000, 4000, 3), np.uint8),
    ],
    ids=["black", "one pixel", "noise", "huge"],
)
def test_frames_without_faces_are_no_trouble(pipeline: FacePipeline, image: np.ndarray) -> None:
    assert pipeline.process(Frame(image, 0, 0.0, 0)).faces == ()
    assert pipeline.extract(image) == ()


def test_a_new_source_begins_with_new_tracks(pipeline: FacePipeline, look: Look) -> None:
    (before,) = look(pipeline, 0)
    pipeline.reset()
    (after,) = look(pipeline, 0)
    assert before.faces[0].track_id == 1
    assert after.faces[0].track_id == 2
    sought = pipeline.process(replace(after.frame, segment=1))
    assert sought.faces[0].track_id == 3, "of a file that was sought, a face does not go on from where it was"


def test_a_turned_dial_is_another_room_for_the_same_track(pipeline: FacePipeline, look: Look) -> None:
    *_, before = look(pipeline, 0, 3, 6)
    darker = replace(before.frame, image_bgr=before.frame.image_bgr // 2, environment="dim_light 50")
    here = pipeline.process(darker)
    assert [len(one.faces[0].template.looks) for one in (before, here) if one.faces[0].template] == [3, 1]
    assert here.faces[0].track_id == before.faces[0].track_id
    again = pipeline.process(replace(darker, image_bgr=darker.image_bgr.copy(), time_s=darker.time_s + 0.1))
    assert again.faces[0].template is not None
    assert len(again.faces[0].template.looks) == 2, "as long as it stays, looks add up"


@pytest.mark.parametrize("path", ["nothing", "a folder"])
def test_missing_weights_are_one_sentence(tmp_path: Path, path: str) -> None:
    from metaface_gui.errors import WeightsError

    (tmp_path / "a folder").mkdir()
    with pytest.raises(WeightsError):
        build_pipeline(RecognitionSettings(), WeightsStore(tmp_path / path, tmp_path))


class ReadsBlue:
    """An open-set classifier that knows `BlueEmbedder`'s people by `names`; counts the faces that it is asked about."""

    threshold = 0.4
    track_levels = Levels(0.4, 0.3)

    def __init__(self, *names: str, score: float = 0.9) -> None:
        self.names, self.score = names, score
        self.asked = 0

    def identify_tracks(
        self, templates: Sequence[TrackTemplate], threshold: float, *, n_ranked: int = 0
    ) -> tuple[Identification, ...]:
        self.asked += len(templates)
        return tuple(self._is(int(template.features[:9].argmax())) for template in templates)

    def _is(self, person: int) -> Identification:
        if person < len(self.names):
            return Identification(person, self.names[person], self.score, 0.4, person, self.names[person])
        return Identification(None, None, 0.1, 0.4, 0, self.names[0])


class Studio:
    """A pipeline before a stage; each `look` is a frame later."""

    def __init__(self, attention: Attention) -> None:
        self.stage, self.embedder = Stage(), BlueEmbedder()
        self.pipeline = FacePipeline(self.stage, cast(FaceEmbedder, self.embedder), attention)
        self.frames = 0

    def look(self, *faces: Drawn, level: int = 110) -> FrameResult:
        frame = Frame(self.stage.show(*faces, level=level), self.frames, self.frames / FPS, 0)
        self.frames += 1
        return self.pipeline.process(frame)

    def learn(self, **readers: ReadsBlue) -> None:
        self.pipeline.set_classifiers(cast(dict[str, OpenSetClassifier], readers), next(iter(readers)))

    def names(self, *faces: Drawn, level: int = 110) -> list[str | None]:
        return [face.identification.name for face in self.look(*faces, level=level).faces]


LEFT, RIGHT = Drawn(0, 30, 60, 80), Drawn(1, 180, 60, 80)


def walking(step: int) -> tuple[Drawn, ...]:
    """Two who cross, one who comes and goes, one who passes before another."""
    faces = [Drawn(0, 10 + 5 * step, 20), Drawn(1, 250 - 5 * step, 75), Drawn(2, 250 - 3 * step, 170)]
    return tuple(faces if step % 20 < 12 else [faces[2], faces[0]])


def test_thorough_says_what_looking_at_everything_says() -> None:
    studio, tracker, templates = Studio(THOROUGH), Tracker(), TrackTemplates(BlueEmbedder.space)
    decisions = {"maml": TrackDecisions(), "reptile": TrackDecisions()}
    readers = {"maml": ReadsBlue("Anna", "Boris"), "reptile": ReadsBlue("Zoe")}
    studio.learn(**readers)
    for step in range(40):
        result = studio.look(*walking(step), level=110 if step < 25 else 60)
        image, time_s = result.frame.image_bgr, result.frame.time_s
        found = studio.stage.detect(image)
        crops = align(image, found.landmarks, 112)
        # Every other look at a face is at its mirror image.
        seen = crops[:, :, ::-1].copy() if step % 2 else crops
        features = BlueEmbedder().features(torch.from_numpy(seen).permute(0, 3, 1, 2))
        ids = tracker.update(found, features[:, :16].numpy(), time_s)
        assert [face.track_id for face in result.faces] == list(ids)
        for index, face in enumerate(result.faces):
            quality = assess(image, found[index], crops[index])
            assert face.quality == quality
            np.testing.assert_array_equal(face.box_xyxy, found.boxes_xyxy[index])
            np.testing.assert_allclose(face.embedding, features[index, :16], atol=1e-6)
            template = templates.add(ids[index], features[index].numpy(), quality, time_s, crops[index])
            assert face.template is not None
            assert face.looks == len(template.looks)
            np.testing.assert_array_equal(face.template.features, template.features)
            for key, reader in readers.items():
                answer = reader.identify_tracks([template], 0.4)[0]
                decision = decisions[key].update(ids[index], answer, 0.3, time_s, generation=template.generation)
                assert face.per_learner[key] == decision


@pytest.mark.parametrize("attention", [THOROUGH, FILE, LIVE], ids=["thorough", "file", "live"])
def test_each_look_is_decided_on_once_by_each_learner(attention: Attention) -> None:
    studio, anna, zoe = Studio(attention), ReadsBlue("Anna", "Boris"), ReadsBlue("Zoe")
    studio.learn(maml=anna, reptile=zoe)
    for _ in range(60):
        assert studio.names(LEFT, RIGHT) == ["Anna", "Boris"]
    assert anna.asked == zoe.asked == studio.embedder.count == {THOROUGH: 120, FILE: 32, LIVE: 10}[attention]


class WaveringEmbedder(BlueEmbedder):
    """Sees a face by turns like this and like that, as in the dark."""

    def features(self, crops_rgb: torch.Tensor) -> torch.Tensor:
        features = super().features(crops_rgb)
        features[:, 14] = 0.65 * (-1) ** len(self.batches)
        features[:, :16] = torch.nn.functional.normalize(features[:, :16], dim=1)
        features[:, 16:] = 0.08
        return features


@pytest.mark.parametrize(("score", "is_merged"), [(0.45, [False, False, True, True]), (0.9, [False] * 4)])
def test_where_looks_differ_their_pictures_are_merged_and_looked_at_too_but_of_who_is_known_for_sure(
    score: float, is_merged: list[bool]
) -> None:
    studio = Studio(THOROUGH)
    studio.embedder = WaveringEmbedder()
    studio.pipeline = FacePipeline(studio.stage, cast(FaceEmbedder, studio.embedder), THOROUGH)
    studio.learn(maml=ReadsBlue("Anna", "Boris", score=score))
    seen = [studio.look(LEFT).faces[0] for _ in range(4)]
    assert [face.identification.name for face in seen] == ["Anna"] * 4
    assert [face.template is not None and face.template.merged is not None for face in seen] == is_merged
    assert studio.embedder.count == 4 + 2 * any(is_merged), "the merged picture both ways"
    assert [face.looks for face in seen] == [1, 2, 3, 4]


def test_live_says_who_it_is_in_the_frame_that_he_is_found_in_and_in_all_others() -> None:
    studio = Studio(LIVE)
    studio.learn(maml=ReadsBlue("Anna", "Boris"))
    assert studio.names(LEFT) == ["Anna"]
    assert [studio.names(LEFT) for _ in range(2)] == [["Anna"]] * 2, "carried"
    assert [studio.names(LEFT, RIGHT) for _ in range(9)] == [["Anna", "Boris"]] * 9
    studio.stage.unseen = {0}
    assert studio.names(LEFT, RIGHT) == ["Boris"]
    studio.stage.unseen = set()
    assert [studio.names(LEFT, RIGHT) for _ in range(2)] == [["Boris"]] * 2, "carried"
    assert studio.names(LEFT, RIGHT) == ["Anna", "Boris"]


@pytest.mark.parametrize("attention", [LIVE, FILE, THOROUGH], ids=["live", "file", "thorough"])
def test_who_turns_away_for_seconds_keeps_his_name_and_his_looks(attention: Attention) -> None:
    studio, reader = Studio(attention), ReadsBlue("Anna", "Boris")
    studio.learn(maml=reader)
    for _ in range(10):
        before = studio.look(LEFT, RIGHT).faces[0]
    reader.names = ("Carla", "Boris")
    studio.stage.faint = {LEFT.person}
    for _ in range(150):
        faces = {face.track_id: face for face in studio.look(LEFT, RIGHT).faces}
        assert [faces[1].identification.name, faces[2].identification.name] == ["Anna", "Boris"]
    assert (faces[1].is_faint, faces[2].is_faint) == (True, False)
    assert faces[1].template is before.template


def test_another_learner_shows_at_once_on_a_face_that_is_carried() -> None:
    studio = Studio(LIVE)
    studio.learn(maml=ReadsBlue("Anna", "Boris"))
    for _ in range(11):
        studio.look(LEFT, RIGHT)
    looks = studio.embedder.count
    studio.learn(reptile=ReadsBlue("Zoe"), maml=ReadsBlue("Xaver"))
    result = studio.look(LEFT, RIGHT)
    assert studio.embedder.count == looks
    assert [face.identification.name for face in result.faces] == ["Zoe", None]
    assert [face.per_learner["maml"].name for face in result.faces] == ["Xaver", None]
    assert result.learner == "reptile"


@pytest.mark.parametrize("attention", [THOROUGH, FILE, LIVE], ids=["thorough", "file", "live"])
def test_learners_switched_on_and_off_show_at_once_on_a_frozen_picture(attention: Attention) -> None:
    studio = Studio(attention)
    maml, reptile = ReadsBlue("Anna"), ReadsBlue("Zoe")
    frame = Frame(studio.stage.show(LEFT), 0, 3.0, 0)
    for turn in range(8):
        readers = {"maml": maml} if turn % 3 else {"reptile": reptile, "maml": maml}
        studio.learn(**readers)
        (face,) = studio.pipeline.process(frame).faces
        assert face.track_id == 1
        assert list(face.per_learner) == list(readers)
        assert face.identification.name == ("Anna" if turn % 3 else "Zoe")
        assert {key: one.name for key, one in face.per_learner.items()} == {
            key: readers[key].names[0] for key in readers
        }


@pytest.mark.parametrize("attention", [FILE, LIVE], ids=["file", "live"])
def test_a_cut_does_not_hand_a_name_on(attention: Attention) -> None:
    studio = Studio(attention)
    studio.learn(maml=ReadsBlue("Anna", "Boris"))
    for _ in range(21):
        studio.look(LEFT, RIGHT)
    stranger, boris = Drawn(5, LEFT.x, LEFT.y, 80), Drawn(1, 40, 150, 80)
    result = studio.look(stranger, boris, level=180)
    assert [(face.track_id, face.identification.name) for face in result.faces] == [(3, None), (2, "Boris")]


def test_a_live_view_of_an_empty_gallery_follows_everybody_and_names_nobody() -> None:
    studio = Studio(LIVE)
    results = [studio.look(LEFT, RIGHT) for _ in range(60)]
    assert all([face.track_id for face in result.faces] == [1, 2] for result in results)
    assert all(face.identification is UNKNOWN and not face.per_learner for result in results for face in result.faces)
    assert studio.embedder.count == 10
    assert studio.look(level=180).faces == ()


def test_the_pipeline_that_takes_over_looks_as_much_and_goes_on_counting() -> None:
    former, following = Studio(LIVE), Studio(LIVE)
    former.look(LEFT, RIGHT)
    following.pipeline.number_tracks_after(former.pipeline)
    for _ in range(60):
        assert [face.track_id for face in following.look(LEFT).faces] == [3]
    assert following.embedder.count == 5


def test_carried_faces_have_their_place_on_the_map() -> None:
    class Space16(HalfTurn):
        def embed(self, features: torch.Tensor) -> torch.Tensor:
            return features[:, :16]

    studio = Studio(LIVE)
    studio.look(LEFT, RIGHT)
    studio.pipeline.set_map(plane(16), Space16())
    carried = studio.look(LEFT, RIGHT)
    assert studio.stage.searches == 1
    for face in carried.faces:
        np.testing.assert_allclose(face.map_xy, face.embedding[:2], atol=1e-6)


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_picture_that_does_not_stand_upright_shows_who_is_in_it(
    pipeline: FacePipeline, classifier: OpenSetClassifier, turns: int
) -> None:
    still = demo_people()[0].stills[0]
    lying = np.ascontiguousarray(np.rot90(still, turns))
    pipeline.set_classifiers({"prototypical": classifier}, "prototypical")
    for time_s in (0.0, 0.1):  # shown again and again, as the window does
        result = pipeline.process(Frame(lying, 0, time_s, 0, is_still=True))
        (face,) = result.faces
        assert face.identification.name == demo_people()[0].name
        assert not face.quality.issues
        shown = sample_of_face(Frame(lying, 0, 0.0, 0), face)
        assert shown.detection.landmarks[:2, 1].max() < shown.detection.landmarks[3:, 1].min(), "eyes above the mouth"
    (sample,) = pipeline.extract(lying)
    (upright,) = pipeline.extract(still)
    np.testing.assert_array_equal(sample.chip_bgr, upright.chip_bgr)
    np.testing.assert_allclose(sample.embedding, upright.embedding, atol=1e-4)


@pytest.mark.parametrize("attention", [LIVE, FILE, THOROUGH])
def test_a_camera_on_its_head_gives_no_shots_and_says_why(pipeline: FacePipeline, attention: Attention) -> None:
    pipeline.set_attention(attention)
    upside_down = np.ascontiguousarray(demo_people()[0].stills[0][::-1, ::-1])
    for index in range(6):
        for face in pipeline.process(Frame(upside_down, index, index / 30, 0)).faces:
            assert face.quality.issues == (QualityIssue.UPSIDE_DOWN,)
    (sample,) = pipeline.extract(upside_down, is_still=False)
    assert sample.quality.issues == (QualityIssue.UPSIDE_DOWN,)


def test_pictures_that_stand_upright_are_not_searched_twice(
    pipeline: FacePipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    searched: list[tuple[int, ...]] = []
    detect = pipeline.detector.detect

    def counted(image_bgr: Image) -> FaceDetections:
        searched.append(image_bgr.shape)
        return detect(image_bgr)

    monkeypatch.setattr(pipeline.detector, "detect", counted)
    still = demo_people()[0].stills[0]
    assert len(pipeline.process(Frame(still, 0, 0.0, 0, is_still=True)).faces) == 1
    assert searched == [still.shape, (LOOK_SIDE, 2 * LOOK_SIDE, 3)]


def test_looks_are_pooled_and_a_frame_that_is_shown_again_is_no_new_look() -> None:
    studio = Studio(THOROUGH)
    studio.learn(maml=ReadsBlue("Anna", "Boris"))
    assert [studio.look(LEFT).faces[0].looks for _ in range(3)] == [1, 2, 3]
    frame = Frame(studio.stage.show(LEFT), 3, 3 / FPS, 0)
    assert [studio.pipeline.process(frame).faces[0].looks for _ in range(3)] == [4, 4, 4]
    (face,) = studio.pipeline.process(frame).faces
    assert face.template is not None
    assert face.template.looks[-1].picture_rgb.shape == (48, 48, 3)
    np.testing.assert_array_equal(face.template.looks[-1].features, face.features)


def test_each_picture_of_a_folder_is_decided_on_by_itself() -> None:
    studio = Studio(THOROUGH)
    studio.learn(maml=ReadsBlue("Anna", "Boris"))
    for index in range(3):
        frame = Frame(studio.stage.show(LEFT), index, float(index), 0, file=f"{index}.png", is_still=True)
        assert [face.looks for face in studio.pipeline.process(frame).faces] == [1]


def test_a_picture_of_its_own_and_shots_are_seen_both_ways_a_video_by_turns() -> None:
    studio = Studio(THOROUGH)
    picture = studio.stage.show(LEFT)
    crops = align(picture, studio.stage.detect(picture).landmarks, 112)
    embedder = cast(FaceEmbedder, BlueEmbedder())
    there, back, both = (
        features_of(embedder, crops)[0],
        features_of(embedder, crops[:, :, ::-1].copy())[0],
        features_of_both(embedder, crops)[0],
    )
    assert not np.array_equal(there, back)
    still = studio.pipeline.process(Frame(picture, 0, 0.0, 0, file="0.png", is_still=True))
    np.testing.assert_array_equal(still.faces[0].features, both)
    studio.pipeline.reset()
    video = [studio.look(LEFT).faces[0].features for _ in range(4)]
    for features, expected in zip(video, (there, back, there, back), strict=True):
        np.testing.assert_array_equal(features, expected)
    (sample,) = studio.pipeline.extract(picture)
    shot = studio.pipeline.features_of_chips([sample.chip_bgr], [sample.detection.landmarks])[0]
    assert np.abs(shot - both).max() < min(np.abs(shot - there).max(), np.abs(shot - back).max())


def test_whoever_takes_anothers_place_gets_none_of_their_evidence() -> None:
    studio = Studio(LIVE)
    studio.learn(maml=ReadsBlue("Anna", "Boris"))
    for _ in range(20):
        studio.look(LEFT)
    stranger = Drawn(5, LEFT.x, LEFT.y, 80)
    names = [studio.names(stranger) for _ in range(30)]
    assert names[-1] == [None]
    result = studio.look(stranger)
    assert result.faces[0].template is not None
    assert all(look.features[5] > 0.5 for look in result.faces[0].template.looks)


def test_a_new_classifier_decides_at_once_on_all_looks_so_far() -> None:
    studio = Studio(LIVE)
    studio.learn(maml=ReadsBlue("Zoe"))
    for _ in range(31):
        studio.look(LEFT)
    looks = studio.look(LEFT).faces[0].looks
    studio.learn(maml=ReadsBlue("Anna"))
    result = studio.look(LEFT)
    assert (result.faces[0].identification.name, result.faces[0].looks) == ("Anna", looks)
    assert looks > 1


class Likeness:
    """Scores by how much a face is like each of `BlueEmbedder`'s first two people."""

    n_way = 2

    def scores(self, features: torch.Tensor) -> torch.Tensor:
        return features[:, :2]


@pytest.mark.parametrize("attention", [THOROUGH, FILE, LIVE], ids=["thorough", "file", "live"])
def test_who_a_face_is_not_holds_for_its_track_with_every_method_until_it_is_taken_back(attention: Attention) -> None:
    """The user said it; nothing that the face does afterwards says otherwise, and no frame shows the name again."""
    studio = Studio(attention)
    knows = OpenSetClassifier(Likeness(), (1, 2), ("Anna", "Boris"), None, 0.4)
    studio.pipeline.set_classifiers({"maml": knows, "reptile": knows}, "maml")
    first = studio.look(LEFT, RIGHT)
    anna, boris = (face.track_id for face in first.faces)
    assert [face.identification.name for face in first.faces] == ["Anna", "Boris"]
    studio.pipeline.set_denied({anna: frozenset({1})})
    for _ in range(60):
        left, right = studio.look(LEFT, RIGHT).faces
        assert {decision.person_id for decision in left.per_learner.values()} == {None}
        assert right.identification.name == "Boris"
    # Another classifier of the same people, as after adapting: still not.
    studio.pipeline.set_classifiers({"maml": replace(knows), "reptile": knows}, "maml")
    assert studio.names(LEFT, RIGHT) == [None, "Boris"]
    studio.pipeline.set_denied({boris: frozenset({2})})
    assert studio.names(LEFT, RIGHT) == ["Anna", None]
