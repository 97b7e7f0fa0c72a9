from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from metaface_gui.engine.assembly import (
    LearningAssets,
    adapt,
    adapt_gallery,
    build_pipeline,
    enrolled_people,
    load_learning_assets,
    re_embed,
)
from metaface_gui.engine.jobs.job_runner import Job, JobCancelledError
from metaface_gui.engine.people.gallery_editor import CONSENT_ON_SCREEN, consent
from metaface_gui.engine.people.shots import decode_picture, new_shots
from metaface_gui.errors import DeviceError, GalleryError, WeightsError
from metaface_gui.gallery import Gallery, NewShot, ShotSource
from metaface_gui.pipeline.capture.demo.people import demo_people
from metaface_gui.pipeline.embedding import make_embedder
from metaface_gui.pipeline.embedding.projection import Projection
from metaface_gui.pipeline.embedding.torch_embedder import TorchEmbedder
from metaface_gui.pipeline.face_pipeline import FacePipeline
from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.pipeline.learners import LEARNERS
from metaface_gui.pipeline.learners.base import AdaptStep
from metaface_gui.pipeline.recognition.open_set import UNCALIBRATED_THRESHOLD
from metaface_gui.resources import weights_dir
from metaface_gui.settings import RecognitionSettings
from metaface_gui.types import Frame
from metaface_gui.weights.store import WeightsStore
from tests.engine.synthetic import DIM, EMBEDDER_ID, enroll_people, faces_of, learning_assets, shots_of

SETTINGS = RecognitionSettings()


@pytest.fixture(scope="module")
def pipeline(store: WeightsStore) -> FacePipeline:
    return build_pipeline(SETTINGS, store)


@pytest.fixture(scope="module")
def assets(pipeline: FacePipeline, store: WeightsStore) -> LearningAssets:
    return load_learning_assets(pipeline.embedder, store)


@pytest.fixture(scope="module")
def shots_of_another(pipeline: FacePipeline) -> Mapping[str, Sequence[NewShot]]:
    """Shots of everybody of the demo by an embedder that is not the pipeline's."""
    other = {"another-embedder": np.ones(3, np.float32)}
    samples = {person.name: [pipeline.extract(still)[0] for still in person.stills] for person in demo_people()}
    return {
        name: [replace(shot, embeddings=other) for shot in new_shots(of_one, pipeline, ShotSource.FILE)]
        for name, of_one in samples.items()
    }


@pytest.fixture
def gallery(shots_of_another: Mapping[str, Sequence[NewShot]]) -> Iterator[Gallery]:
    """Everybody of the demo, enrolled with an embedder that is not the pipeline's: no template fits."""
    with Gallery.in_memory() as gallery:
        for name, shots in shots_of_another.items():
            gallery.enroll(name, shots, consent(CONSENT_ON_SCREEN))
        yield gallery


def test_templates_of_another_embedder_are_never_used(gallery: Gallery, assets: LearningAssets) -> None:
    adapted = adapt_gallery(gallery, assets, SETTINGS)
    assert adapted.report.n_people == 0
    assert adapted.classifier.scorer is None


def test_missing_templates_are_made_from_the_stored_pictures(
    gallery: Gallery, pipeline: FacePipeline, assets: LearningAssets
) -> None:
    embedder_id = pipeline.embedder.id
    total = sum(person.shot_count for person in gallery.snapshot().people)
    assert re_embed(gallery, pipeline) == total
    assert re_embed(gallery, pipeline) == 0, "nothing is made twice"
    templates = gallery.templates(embedder_id)
    assert len(templates) == total
    shot = gallery.shots(int(templates.person_ids[0]))[0]
    direct = pipeline.features_of_chips([decode_picture(shot.chip)], [shot.landmarks])[0]
    assert np.abs(templates.features[0] - direct).max() < 1e-5, "the same pixels give the same template"
    adapted = adapt_gallery(gallery, assets, SETTINGS)
    assert (adapted.report.n_people, adapted.report.n_shots) == (len(demo_people()), total)
    assert adapted.classifier.is_calibrated


def projected(pipeline: FacePipeline, seed: int) -> FacePipeline:
    """The same models with a random projection to three numbers."""
    embedder = pipeline.embedder
    assert isinstance(embedder, TorchEmbedder)
    width = embedder.trunk(torch.zeros((1, 3, embedder.crop_size, embedder.crop_size), dtype=torch.uint8)).shape[1]
    random = torch.Generator().manual_seed(seed)
    weight = torch.randn(3, width, generator=random) / width**0.5
    projection = Projection(f"{seed:08x}", weight.numpy(), np.zeros((embedder.embedding_dim, 4), np.float32))
    return FacePipeline(pipeline.detector, embedder.with_projection(projection))


def test_templates_with_and_without_a_projection_never_mix(
    gallery: Gallery, pipeline: FacePipeline, store: WeightsStore
) -> None:
    in_torch = make_embedder("sface", torch.device("cpu"), store)
    pipeline = FacePipeline(pipeline.detector, in_torch)
    plain = FacePipeline(pipeline.detector, in_torch.with_projection(None))
    total = re_embed(gallery, plain)
    stock = gallery.templates(plain.embedder.id)
    first, second = projected(pipeline, 1), projected(pipeline, 2)
    assert len(gallery.templates(first.embedder.id)) == 0
    for pipe in (first, second):
        assert re_embed(gallery, pipe) == total, "a gallery made before gets new templates, each projection its own"
        assert re_embed(gallery, pipe) == 0
    one, other = gallery.templates(first.embedder.id), gallery.templates(second.embedder.id)
    assert stock.features.shape == (total, 128)
    assert one.features.shape == other.features.shape == (total, 132)
    cosines = np.sum(one.features[:, :128] * other.features[:, :128], axis=1)
    assert cosines.min() > 0.9999, "to rounding, which is bfloat16's where the processor multiplies that"
    # Those without a projection are of the pictures alone, these of their mirror images, too.
    assert 0.98 < np.sum(one.features[:, :128] * stock.features, axis=1).min() < 0.9999
    assert np.abs(one.features[:, 128:-1] - other.features[:, 128:-1]).max() > 1e-3
    np.testing.assert_array_equal(gallery.templates(plain.embedder.id).features, stock.features)
    for pipe, space in ((plain, FeatureSpace(128)), (first, FeatureSpace(128, 4))):
        loaded = load_learning_assets(pipe.embedder, store)
        assert loaded.space == space
        assert adapt_gallery(gallery, loaded, SETTINGS).report.n_shots == total
    assert load_learning_assets(first.embedder, store).cohort is None, "the shipped strangers have no such projection"


def test_tracks_and_shots_carry_the_stock_embedding_and_learners_see_the_features(
    gallery: Gallery, pipeline: FacePipeline, store: WeightsStore
) -> None:
    in_torch = FacePipeline(pipeline.detector, make_embedder("sface", torch.device("cpu"), store))
    pipe = projected(in_torch, 1)
    re_embed(gallery, pipe)
    adapted = adapt_gallery(gallery, load_learning_assets(pipe.embedder, store), SETTINGS)
    pipe.set_classifiers({SETTINGS.learner: adapted.classifier}, SETTINGS.learner)
    person = demo_people()[0]
    result = pipe.process(Frame(person.stills[0], 0, 0.0, 0))
    assert [face.identification.name for face in result.faces] == [person.name]
    for embedding in (result.faces[0].embedding, pipe.extract(person.stills[0])[0].embedding):
        assert embedding.shape == (128,)
        assert np.linalg.norm(embedding) == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize("key", list(LEARNERS))
def test_every_learner_knows_the_demos_people_and_nobody_else(
    gallery: Gallery, pipeline: FacePipeline, assets: LearningAssets, key: str
) -> None:
    re_embed(gallery, pipeline)
    templates = gallery.templates(pipeline.embedder.id)
    random = torch.nn.functional.normalize(torch.randn(8, 128, generator=torch.Generator().manual_seed(0)))
    stranger = torch.nn.functional.pad(random, (0, assets.space.projection_dim))
    for cohort in (assets.cohort, None):
        adapted = adapt_gallery(gallery, replace(assets, cohort=cohort), replace(SETTINGS, learner=key))
        assert adapted.report.learner == key
        assert adapted.classifier.is_calibrated is (cohort is not None)
        named = [one.person_id for one in adapted.classifier.identify(torch.from_numpy(templates.features.copy()))]
        assert named == templates.person_ids.tolist()
        assert all(one.is_unknown for one in adapted.classifier.identify(stranger))


def test_the_fixed_threshold_is_the_cosine_itself_where_scores_are_cosines(
    gallery: Gallery, pipeline: FacePipeline, assets: LearningAssets
) -> None:
    re_embed(gallery, pipeline)
    adapted = adapt_gallery(gallery, replace(assets, cohort=None), SETTINGS)
    assert adapted.classifier.threshold == pytest.approx(UNCALIBRATED_THRESHOLD, abs=0.01)


def test_people_templates_and_negatives_are_read_as_learners_see_them() -> None:
    with Gallery.in_memory() as gallery:
        first, second, third = enroll_people(gallery, [2, 1, 1])
        gallery.add_negatives(third, shots_of(faces_of(9, 1)))
        gallery.add_negatives(first, shots_of(faces_of(8, 2)))
        gallery.delete_shot(gallery.shots(second)[0].id)
        gallery.add_negatives(second, shots_of(faces_of(7, 1)))
        people = enrolled_people(gallery, EMBEDDER_ID)
        assert people.revision == gallery.revision
        assert people.person_ids == (first, third)
        assert people.names == ("Person 0", "Person 2")
        assert people.labels.tolist() == [0, 0, 1]
        assert people.shot_ids == tuple(gallery.templates(EMBEDDER_ID).shot_ids)
        assert people.denied_people.tolist() == [1, 0, 0], "who has no shot left needs no denying"
        np.testing.assert_array_equal(people.negatives.numpy(), np.concatenate([faces_of(9, 1), faces_of(8, 2)]))
        assert people.support.n_way == 5
        assert people.support.labels.tolist() == [0, 0, 1, 2, 3, 4]


def test_nobody_and_only_negatives_are_nobody() -> None:
    with Gallery.in_memory() as gallery:
        assert len(enrolled_people(gallery, EMBEDDER_ID)) == 0
        (only,) = enroll_people(gallery, [1])
        gallery.add_negatives(only, shots_of(faces_of(3, 1)))
        gallery.delete_shot(gallery.shots(only)[0].id)
        people = enrolled_people(gallery, EMBEDDER_ID)
        assert len(people) == len(people.negatives) == 0
        for key in LEARNERS:
            adapted = adapt(key, people, learning_assets(), fpir=0.01)
            assert adapted.classifier.identify(torch.zeros(1, DIM))[0].is_unknown


@pytest.mark.parametrize("with_cohort", [True, False])
@pytest.mark.parametrize("key", list(LEARNERS))
def test_every_learner_respects_what_the_user_denied_also_after_a_restart(
    tmp_path: Path, key: str, with_cohort: bool
) -> None:
    """Somebody who looks like an enrolled person is taken for them, until the user says that they are not."""
    assets = learning_assets() if with_cohort else replace(learning_assets(), cohort=None)
    anna = faces_of(0, 4)
    double = anna.mean(0) + 0.6 * faces_of(5, 1)[0] * np.linalg.norm(anna.mean(0))
    doubles = np.stack([double + 0.02 * noise for noise in np.random.default_rng(3).standard_normal((8, DIM))])
    doubles = (doubles / np.linalg.norm(doubles, axis=1, keepdims=True)).astype(np.float32)
    path = tmp_path / "people.metaface"
    with Gallery.open(path) as gallery:
        ids = enroll_people(gallery, [4, 3, 2, 3])
        before = adapt(key, enrolled_people(gallery, EMBEDDER_ID), assets, fpir=0.05).classifier
        taken_for = [one.person_id for one in before.identify(torch.from_numpy(doubles))]
        assert taken_for == [ids[0]] * len(doubles), "the double is good enough to be mistaken"
        gallery.add_negatives(ids[0], shots_of(doubles[:1]))
    with Gallery.open(path) as gallery:
        adapted = adapt(key, enrolled_people(gallery, EMBEDDER_ID), assets, fpir=0.05)
    for decision in adapted.classifier.identify(torch.from_numpy(doubles)):
        assert decision.person_id != ids[0]
        assert decision.is_denied
    own = adapted.classifier.identify(torch.from_numpy(anna))
    assert [one.person_id for one in own] == [ids[0]] * len(anna), "the person herself is still known"
    others = adapted.classifier.identify(torch.from_numpy(faces_of(1, 3)))
    assert [one.person_id for one in others] == [ids[1]] * 3
    assert (adapted.report.n_people, adapted.report.n_shots) == (4, 12), "a negative is neither a person nor a shot"


@pytest.mark.parametrize("key", list(LEARNERS))
def test_the_steps_of_an_adaptation_are_told_and_kept(key: str) -> None:
    with Gallery.in_memory() as gallery:
        enroll_people(gallery, [2, 2])
        people = enrolled_people(gallery, EMBEDDER_ID)
    told = list[AdaptStep]()
    report = adapt(key, people, learning_assets(), fpir=0.01, on_step=told.append).report
    assert tuple(told) == report.steps
    assert [step.step for step in told] == list(range(told[0].step, told[0].steps + 1))
    assert bool(report.trials) is (report.chosen is not None) is (key == "rl2")
    assert report.chosen is None or report.chosen in report.trials
    assert report.adapt_ms > 0.0


def test_other_settings_adapt_otherwise_and_wrong_ones_are_refused() -> None:
    with Gallery.in_memory() as gallery:
        enroll_people(gallery, [2, 2])
        people = enrolled_people(gallery, EMBEDDER_ID)
    maml = replace(LEARNERS["maml"].settings_type(), inner_steps=2)
    adapted = adapt("maml", people, learning_assets(), fpir=0.01, settings=maml)
    assert adapted.report.steps[-1].step == adapted.report.steps[-1].steps == 2
    assert adapted.key.settings == maml
    with pytest.raises(ValueError, match="want"):
        adapt("prototypical", people, learning_assets(), fpir=0.01, settings=maml)


def test_a_cancelled_run_keeps_what_it_has_made(gallery: Gallery, pipeline: FacePipeline) -> None:
    job = Job(1, "templates", lambda _change: None)
    job.cancel()
    with pytest.raises(JobCancelledError):
        re_embed(gallery, pipeline, job)
    assert len(gallery.templates(pipeline.embedder.id)) == 0
    assert gallery.count_shots_without(pipeline.embedder.id) > 0


def test_a_damaged_picture_is_one_sentence() -> None:
    with pytest.raises(GalleryError, match="damaged"):
        decode_picture(b"no picture")


def test_the_embedder_is_shared_and_the_detector_is_not(pipeline: FacePipeline, store: WeightsStore) -> None:
    second = build_pipeline(SETTINGS, store, embedder=pipeline.embedder)
    assert second.embedder is pipeline.embedder
    assert second.detector is not pipeline.detector


def test_a_device_that_is_not_there(store: WeightsStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    with pytest.raises(DeviceError, match="cuda"):
        build_pipeline(replace(SETTINGS, device="cuda"), store)


@pytest.mark.parametrize("damage", ["truncated", "flipped", "missing"])
def test_damaged_weights_are_refused(tmp_path: Path, damage: str) -> None:
    for file in weights_dir().iterdir():
        if file.is_file():
            (tmp_path / file.name).write_bytes(file.read_bytes())
    model = tmp_path / "face_recognition_sface_2021dec_int8bq.onnx"
    data = bytearray(model.read_bytes())
    if damage == "missing":
        model.unlink()
    elif damage == "truncated":
        model.write_bytes(data[:-1000])
    else:
        data[5_000_000] ^= 1
        model.write_bytes(data)
    with pytest.raises(WeightsError):
        build_pipeline(SETTINGS, WeightsStore(tmp_path, tmp_path / "user"))
