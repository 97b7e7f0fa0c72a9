"""The whole path with the real models, on the demo scene."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from metaface_gui.engine.assembly import build_pipeline
from metaface_gui.pipeline.capture.demo_people import demo_people
from metaface_gui.pipeline.capture.demo_scene import DemoSceneSource
from metaface_gui.pipeline.face_pipeline import FacePipeline
from metaface_gui.pipeline.learners import make_learner
from metaface_gui.pipeline.learners.base import SupportSet
from metaface_gui.pipeline.recognition.cohort import load_cohort
from metaface_gui.pipeline.recognition.open_set import OpenSetClassifier
from metaface_gui.pipeline.weights_store import WeightsStore
from metaface_gui.resources import weights_dir
from metaface_gui.settings import RecognitionSettings
from metaface_gui.types import Frame, FrameResult


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> WeightsStore:
    return WeightsStore(weights_dir(), tmp_path_factory.mktemp("weights"))


@pytest.fixture
def pipeline(store: WeightsStore) -> FacePipeline:
    return build_pipeline(RecognitionSettings(), store)


@pytest.fixture
def classifier(pipeline: FacePipeline, store: WeightsStore) -> OpenSetClassifier:
    """Prototypes of the demo's people from their stills."""
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


def look(pipeline: FacePipeline, *indices: int) -> list[FrameResult]:
    source = DemoSceneSource(live=False)
    source.open()
    results = []
    for index in range(max(indices) + 1):
        frame = source.read()
        assert frame is not None
        if index in indices:
            results.append(pipeline.process(frame))
    source.close()
    return results


def test_an_empty_gallery_knows_nobody_and_follows_everybody(pipeline: FacePipeline) -> None:
    results = look(pipeline, 0, 5, 10)
    assert [[face.track_id for face in result.faces] for result in results] == [[1], [1], [1]]
    assert all(face.identification.is_unknown for result in results for face in result.faces)
    face = results[0].faces[0]
    assert face.embedding.shape == (128,)
    assert np.linalg.norm(face.embedding) == pytest.approx(1.0, abs=1e-5)
    assert results[0].times.total_ms > 0


def test_names_agree_with_the_scenes_truth(pipeline: FacePipeline, classifier: OpenSetClassifier) -> None:
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


def test_a_new_source_begins_with_new_tracks(pipeline: FacePipeline) -> None:
    (before,) = look(pipeline, 0)
    pipeline.reset()
    (after,) = look(pipeline, 0)
    assert before.faces[0].track_id == 1
    assert after.faces[0].track_id == 2


@pytest.mark.parametrize("path", ["nothing", "a folder"])
def test_missing_weights_are_one_sentence(tmp_path: Path, path: str) -> None:
    from metaface_gui.errors import WeightsError

    (tmp_path / "a folder").mkdir()
    with pytest.raises(WeightsError):
        build_pipeline(RecognitionSettings(), WeightsStore(tmp_path / path, tmp_path))
