"""Faults while the engine runs: pictures change their size, a model gives NaN, the gallery's folder goes.

The camera is scripted; the painted crowd of `tests.soak` stands for the networks, which are not what is tested here.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import cv2
import numpy as np
import pytest
import torch
from torch import Tensor

from metaface_gui.engine import assembly
from metaface_gui.engine.engine import Engine
from metaface_gui.engine.events import (
    EngineStats,
    ResultReady,
    SessionRecordingChanged,
    Trouble,
)
from metaface_gui.engine.live import source_controller
from metaface_gui.engine.people.gallery_editor import Enrollee
from metaface_gui.gallery import Gallery
from metaface_gui.gallery.keys import MemoryKeys
from metaface_gui.pipeline.capture.base import FrameSource
from metaface_gui.pipeline.recognition.cohort import read_generator
from metaface_gui.resources import weights_dir
from metaface_gui.settings import RecognitionSettings
from metaface_gui.types import FaceDetections, Frame, Image
from metaface_gui.weights.store import WeightsStore
from tests.engine.listening import Listener, running
from tests.soak.crowd import CrowdDetector, CrowdEmbedder, CrowdSource, Turnstile, name_of
from tests.soak.visitor import SCENE


class Scripted(FrameSource):
    """A camera that shows what is put into it, each picture until the next one is there."""

    title = "scripted"
    is_live = True
    nominal_fps = 30.0

    def __init__(self) -> None:
        self.picture: Image = np.zeros((90, 160, 3), np.uint8)
        self._index = 0
        self._closed = threading.Event()

    def open(self) -> None:
        self._closed.clear()

    def close(self) -> None:
        self._closed.set()

    def read(self) -> Frame | None:
        if self._closed.wait(0.01):
            return None
        self._index += 1
        # A camera never gives the same array twice, which would be a picture that is shown again, and no new look.
        return Frame(self.picture.copy(), self._index, self._index / 30, time.monotonic_ns())


class AnySize(CrowdDetector):
    """Finds painted faces in a picture of any size, by making it the size that they were painted in."""

    def detect(self, image_bgr: Image) -> FaceDetections:
        height, width = image_bgr.shape[:2]
        if (height, width) == (270, 480):
            return super().detect(image_bgr)
        return FaceDetections.empty()


class Sick(CrowdEmbedder):
    """An embedder that can be made to give NaN."""

    is_sick = False

    def features(self, crops_rgb: Tensor) -> Tensor:
        features = super().features(crops_rgb)
        return torch.full_like(features, torch.nan) if self.is_sick else features


@pytest.fixture
def camera() -> Scripted:
    return Scripted()


@pytest.fixture
def embedder() -> Sick:
    return Sick(read_generator(weights_dir() / "cohort_sface-2021dec.safetensors"))


@pytest.fixture
def gallery(tmp_path: Path) -> Iterator[Gallery]:
    (tmp_path / "folder").mkdir()
    with Gallery.open(tmp_path / "folder" / "people.metaface", keys=MemoryKeys()) as gallery:
        yield gallery


@pytest.fixture
def engine(camera: Scripted, embedder: Sick, gallery: Gallery, listener: Listener, tmp_path: Path) -> Iterator[Engine]:
    with (
        patch.object(source_controller, "make_source", lambda *_args, **_named: camera),
        patch.object(assembly, "make_frozen_embedder", lambda *_args, **_named: embedder),
        patch.object(assembly, "make_detector", lambda key, *_args, **_named: AnySize(key)),
    ):
        engine = Engine(gallery, WeightsStore(weights_dir(), tmp_path / "weights"), listener, RecognitionSettings())
        with running(engine, listener):
            engine.source.open(SCENE)
            yield engine


def painted(person: int) -> Image:
    return CrowdSource(Turnstile(), 0).paint([(person, 150, 60, 130)], 0)[0]


def looked_at(listener: Listener, height: int, width: int) -> ResultReady:
    size = (height, width)
    return listener.wait(ResultReady, lambda event: event.result.frame.image_bgr.shape[:2] == size)


def enrolled(engine: Engine, listener: Listener, camera: Scripted, person: int) -> None:
    camera.picture = painted(person)
    event = listener.wait(ResultReady, lambda event: len(event.result.faces) == 1)
    engine.faces.name_track(event.result.faces[0].track_id, Enrollee(name_of(person), consent_given=True, is_sure=True))
    listener.wait(ResultReady, lambda event: shown(event) == [name_of(person)])


def shown(event: ResultReady) -> list[str | None]:
    return [face.identification.name for face in event.result.faces]


SIZES = [(1, 1), (2, 3), (1, 5000), (5000, 1), (1080, 1920), (7, 9), (2160, 3840), (45, 80)]


def test_pictures_of_any_size_may_follow_each_other_while_a_session_is_recorded(
    engine: Engine, listener: Listener, camera: Scripted, tmp_path: Path
) -> None:
    enrolled(engine, listener, camera, 0)
    engine.recording.start(tmp_path / "session")
    listener.wait(SessionRecordingChanged, lambda event: event.is_recording)
    for height, width in SIZES:
        camera.picture = np.full((height, width, 3), 127, np.uint8)
        looked_at(listener, height, width)
        camera.picture = painted(0)
        listener.wait(ResultReady, lambda event: shown(event) == [name_of(0)])
    engine.recording.save_snapshot(tmp_path / "snapshot.png")
    engine.recording.stop()
    ended = listener.wait(SessionRecordingChanged, lambda event: not event.is_recording)
    assert ended.error is None
    (video,) = [file.path for file in ended.files if file.kind == "video"]
    capture = cv2.VideoCapture(str(video))
    assert capture.read()[0]
    capture.release()
    assert listener.wait(EngineStats).failed_frames == 0


def test_a_model_that_gives_nan_names_nobody_and_nothing_of_it_is_saved(
    engine: Engine, listener: Listener, camera: Scripted, embedder: Sick, gallery: Gallery
) -> None:
    enrolled(engine, listener, camera, 0)
    before = [shot.id for shot in gallery.shots(1)]
    embedder.is_sick = True
    camera.picture = np.zeros((90, 160, 3), np.uint8)
    looked_at(listener, 90, 160)
    camera.picture = painted(1)
    trouble = listener.wait(Trouble)
    assert "A frame was lost" in str(trouble.error)
    listener.wait(EngineStats, lambda event: event.failed_frames > 0)
    embedder.is_sick = False
    camera.picture = painted(0)
    listener.wait(ResultReady, lambda event: shown(event) == [name_of(0)])
    assert [shot.id for shot in gallery.shots(1)] == before


def test_the_folder_goes_and_comes_back_while_people_are_recognised(
    engine: Engine, listener: Listener, camera: Scripted, gallery: Gallery
) -> None:
    enrolled(engine, listener, camera, 0)
    assert gallery.path is not None
    folder, elsewhere = gallery.path.parent, gallery.path.parent.with_name("elsewhere")
    folder.rename(elsewhere)
    engine.people.rename(1, "Somebody else")
    trouble = listener.wait(Trouble)
    assert "was moved, deleted or replaced while it was open, so nothing was changed." in str(trouble.error)
    listener.wait(ResultReady, lambda event: shown(event) == [name_of(0)])
    elsewhere.rename(folder)
    engine.people.rename(1, "Somebody else")
    listener.wait(ResultReady, lambda event: shown(event) == ["Somebody else"])


@pytest.fixture(autouse=True)
def _expected_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL, "metaface_gui.engine.live.inference_worker")
