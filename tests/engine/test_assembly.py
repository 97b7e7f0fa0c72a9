from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from metaface_gui.engine.assembly import adapt_gallery, build_pipeline, re_embed
from metaface_gui.engine.gallery_keeper import CONSENT_ON_SCREEN, consent
from metaface_gui.engine.job_runner import Job, JobCancelledError
from metaface_gui.engine.shots import decode_picture, new_shots
from metaface_gui.errors import DeviceError, GalleryError, WeightsError
from metaface_gui.gallery import Gallery, ShotSource
from metaface_gui.pipeline.capture.demo_people import demo_people
from metaface_gui.pipeline.face_pipeline import FacePipeline
from metaface_gui.pipeline.recognition.cohort import load_cohort
from metaface_gui.pipeline.weights_store import WeightsStore
from metaface_gui.resources import weights_dir
from metaface_gui.settings import RecognitionSettings

SETTINGS = RecognitionSettings()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> WeightsStore:
    return WeightsStore(weights_dir(), tmp_path_factory.mktemp("weights"))


@pytest.fixture(scope="module")
def pipeline(store: WeightsStore) -> FacePipeline:
    return build_pipeline(SETTINGS, store)


@pytest.fixture
def gallery(pipeline: FacePipeline) -> Iterator[Gallery]:
    """Everybody of the demo, enrolled with an embedder that is not the pipeline's: no template fits."""
    with Gallery.in_memory() as gallery:
        for person in demo_people():
            samples = [pipeline.extract(still)[0] for still in person.stills]
            shots = new_shots(samples, pipeline, ShotSource.FILE)
            other = [replace(shot, embeddings={"another-embedder": np.ones(3, np.float32)}) for shot in shots]
            gallery.enroll(person.name, other, consent(CONSENT_ON_SCREEN))
        yield gallery


def test_templates_of_another_embedder_are_never_used(
    gallery: Gallery, pipeline: FacePipeline, store: WeightsStore
) -> None:
    adapted = adapt_gallery(gallery, pipeline.embedder.id, SETTINGS, load_cohort(store, pipeline.embedder.id))
    assert adapted.report.n_people == 0
    assert adapted.classifier.scorer is None


def test_missing_templates_are_made_from_the_stored_pictures(
    gallery: Gallery, pipeline: FacePipeline, store: WeightsStore
) -> None:
    embedder_id = pipeline.embedder.id
    total = sum(person.shot_count for person in gallery.snapshot().people)
    assert re_embed(gallery, pipeline) == total
    assert re_embed(gallery, pipeline) == 0, "nothing is made twice"
    templates = gallery.templates(embedder_id)
    assert len(templates) == total
    shot = gallery.shots(int(templates.person_ids[0]))[0]
    direct = pipeline.embed_chips([decode_picture(shot.chip)], [shot.landmarks])[0]
    assert np.abs(templates.features[0] - direct).max() < 1e-5, "the same pixels give the same template"
    adapted = adapt_gallery(gallery, embedder_id, SETTINGS, load_cohort(store, embedder_id))
    assert (adapted.report.n_people, adapted.report.n_shots) == (len(demo_people()), total)
    assert adapted.classifier.is_calibrated


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
