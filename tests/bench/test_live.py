"""The pipeline thoroughly and live, each stage, and the whole engine, on a few small frames."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from metaface_gui.bench.clips import ClipSettings, clips_of, gathering, write_live_clip
from metaface_gui.bench.live import (
    LIVE_WARM_UP_S,
    BenchModels,
    _Listener,
    load_bench_models,
    measure_live,
    measure_pipeline,
)
from metaface_gui.bench.stages import measure_stages, n_stage_steps
from metaface_gui.engine.events import ModelsChanged, ModelState, SourceChanged, SourceState
from metaface_gui.errors import KnownError
from metaface_gui.gallery import Gallery
from metaface_gui.pipeline.capture.demo.people import demo_people
from metaface_gui.pipeline.capture.specification import parse_source
from metaface_gui.pipeline.detection import make_detector
from metaface_gui.pipeline.openvino_runtime import RUNTIME
from metaface_gui.pipeline.recognition.attention import LIVE
from metaface_gui.settings import RecognitionSettings
from metaface_gui.weights.store import WeightsStore
from tests.patience import PATIENCE_S

SMALL = ClipSettings(frames_each=3, starts_s=(12.0,), crowd=5, width=640, height=360, fps=10.0)
SETTINGS = RecognitionSettings(device="cpu")
LEARNERS = ("prototypical", "matching")


@pytest.fixture(scope="module")
def gallery() -> Iterator[Gallery]:
    with Gallery.in_memory() as gallery:
        yield gallery


@pytest.fixture(scope="module")
def models(gallery: Gallery, store: WeightsStore) -> BenchModels:
    return load_bench_models(gallery, SETTINGS, store, demo_people(), LEARNERS)


def test_the_scenes_people_are_enrolled_once(models: BenchModels, gallery: Gallery, store: WeightsStore) -> None:
    again = load_bench_models(gallery, SETTINGS, store, demo_people(), ("prototypical",))
    assert set(models.classifiers) == set(LEARNERS)
    assert again.classifiers["prototypical"].names == models.classifiers["prototypical"].names
    assert [person.name for person in gallery.snapshot().people] == [person.name for person in demo_people()]


def test_thorough_and_live_see_the_same_frames_and_name_them_right(models: BenchModels) -> None:
    figures = measure_pipeline(models, clips_of(parse_source("demo"), SMALL), repeats=1)
    by_key = {outcome.key: outcome for outcome in figures.contenders}
    assert list(by_key) == ["thorough", "file", "live", "thorough-all", "file-all", "live-all"]
    assert [timing.n_faces for timing in by_key["live"].by_faces] == [3, 5]
    for outcome in figures.contenders:
        assert outcome.frame.count == figures.frames == 6
        assert outcome.truth is not None
        assert (outcome.truth.of_enrolled, outcome.truth.of_strangers) == (21, 3)
        assert outcome.truth.strangers_named == 0
        assert outcome.right_share is not None
        assert outcome.right_share > 0.9
    assert {(ratio.key, ratio.than) for ratio in figures.ratios} >= {("live", "thorough"), ("live-all", "live")}


def test_every_stage_is_timed_and_told(models: BenchModels, store: WeightsStore) -> None:
    told: list[str] = []
    picture = gathering(5, replace(SMALL, width=320, height=180)).render(0)[0]
    pipeline = models.pipeline(LIVE, ("prototypical",))
    beside = {"OpenCV": make_detector("yunet", "cpu", store, environ={RUNTIME: "torch"})}
    costs = measure_stages(
        pipeline, models.classifiers, picture, detectors_beside=beside, repeats=1, on_step=told.append
    )
    assert {cost.stage for cost in costs} == {"detect", "search", "align", "quality", "embed", "track", "identify"}
    assert [cost.what for cost in costs if cost.stage == "embed"] == ["1 face", "5 faces", "16 faces"]
    assert {cost.what for cost in costs if cost.stage == "identify"} == {f"1 face, {key}" for key in LEARNERS}
    sizes = ("1280×720", "640×360")
    assert {cost.what for cost in costs if cost.stage == "detect"} == {*sizes, *(f"{size}, OpenCV" for size in sizes)}
    assert len(told) == len(costs) - len(sizes) == n_stage_steps(len(LEARNERS))
    assert all(cost.call.median_ms > 0.0 for cost in costs)


@pytest.mark.usefixtures("models")
def test_the_engine_is_watched_to_the_sources_end(gallery: Gallery, store: WeightsStore, tmp_path: Path) -> None:
    path = tmp_path / "live.avi"
    write_live_clip(path, SMALL, 6.0)  # a second of it warms up, and a busy machine looks at few frames in the rest
    began_s = time.monotonic()
    figures = measure_live(gallery, SETTINGS, store, parse_source(str(path)), seconds=PATIENCE_S)
    took_s = time.monotonic() - began_s
    assert took_s < PATIENCE_S, "it ends with the source"
    assert figures.source == "live.avi"
    assert 0.0 < figures.seconds < took_s - LIVE_WARM_UP_S
    assert figures.seconds * figures.preview_fps < 6.0 * SMALL.fps, "it shows no more frames than there are"
    assert figures.latency.count == sum(timing.frame.count for timing in figures.by_faces)
    assert 0.0 < figures.inference_fps <= figures.preview_fps * 1.5
    assert 0.1 < figures.latency.median_ms <= figures.latency.p95_ms < 60_000.0, "it is in milliseconds"


@pytest.mark.usefixtures("models")
def test_a_source_that_is_too_short_is_said(gallery: Gallery, store: WeightsStore, tmp_path: Path) -> None:
    path = tmp_path / "blink.avi"
    write_live_clip(path, SMALL, 0.2)
    with pytest.raises(KnownError, match="too short"):
        measure_live(gallery, SETTINGS, store, parse_source(str(path)), seconds=1.0)


def test_a_picture_without_a_face_gives_no_stages(models: BenchModels) -> None:
    wall = np.full((180, 320, 3), 120, np.uint8)
    with pytest.raises(ValueError, match="no face"):
        measure_stages(models.pipeline(LIVE, LEARNERS), models.classifiers, wall, repeats=1)


def test_what_the_engine_says_is_wrong_ends_the_measurement() -> None:
    listener = _Listener()
    error = KnownError("broken")
    listener(ModelsChanged(ModelState.FAILED, "yunet", "sface", "cpu", "prototypical", 0.01, error=error))
    with pytest.raises(KnownError, match="broken"):
        listener.await_adapted()
    listener(SourceChanged(SourceState.FAILED, "clip", error=error))
    assert listener.is_over.is_set()
    with pytest.raises(KnownError, match="broken"):
        listener.await_running()
