"""A frame in the window with one method and with two, on a few small frames."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from metaface_gui.bench.clips import ClipSettings, clips_of
from metaface_gui.bench.live import load_bench_models
from metaface_gui.bench.window import measure_window
from metaface_gui.gallery import Gallery
from metaface_gui.pipeline.capture.demo.people import demo_people
from metaface_gui.pipeline.capture.specification import parse_source
from metaface_gui.settings import RecognitionSettings
from metaface_gui.weights.store import WeightsStore

SMALL = ClipSettings(frames_each=4, starts_s=(12.0,), crowd=2, width=640, height=360, fps=10.0)


@pytest.mark.usefixtures("qapp")
def test_all_methods_are_shown_on_the_frames_on_which_one_is(store: WeightsStore) -> None:
    told = list[str]()
    with Gallery.in_memory() as gallery:
        settings = RecognitionSettings(device="cpu")
        models = load_bench_models(gallery, settings, store, demo_people(), ("prototypical", "matching"))
        figures = measure_window(models, clips_of(parse_source("demo"), SMALL), repeats=2, on_step=told.append)
    assert (figures.width, figures.height, figures.frames, figures.repeats) == (640, 360, 8, 2)
    assert [cost.methods for cost in (figures.one, figures.all)] == [1, 2]
    assert figures.one.strips == 0
    assert figures.all.strips > 1, "what is measured is drawn"
    assert figures.one.frame.count == figures.all.frame.count == 16, "the first frames do not count"
    for cost in (figures.one, figures.all):
        assert 0 < cost.painting_mean_ms < cost.mean_ms
    assert figures.times == pytest.approx(figures.all.mean_ms / figures.one.mean_ms)
    assert len(told) == 2
    assert QApplication.topLevelWidgets() == []


@pytest.mark.usefixtures("qapp")
def test_nothing_cannot_be_measured(store: WeightsStore) -> None:
    with Gallery.in_memory() as gallery:
        models = load_bench_models(gallery, RecognitionSettings(device="cpu"), store, demo_people(), ("prototypical",))
        with pytest.raises(ValueError, match="no clip"):
            measure_window(models, (), repeats=1)
