"""One long use: an engine on a crowd or on the demo scene, the visitor, and the notes; with a window or without."""

from __future__ import annotations

import itertools
import logging
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

import cv2
import numpy as np

from metaface_gui.app import write_stills as write_demo_stills
from metaface_gui.engine import assembly
from metaface_gui.engine.engine import Engine
from metaface_gui.engine.events import EngineListener
from metaface_gui.engine.live import source_controller
from metaface_gui.engine.people import gallery_editor
from metaface_gui.engine.people.gallery_editor import CONSENT_ON_SCREEN, consent
from metaface_gui.engine.people.shots import new_shots
from metaface_gui.gallery import Gallery, GallerySnapshot, ShotSource
from metaface_gui.gallery.keys import MemoryKeys
from metaface_gui.pipeline.capture.base import FrameSource
from metaface_gui.pipeline.capture.demo.people import demo_people
from metaface_gui.pipeline.capture.demo.scene import DemoScene
from metaface_gui.pipeline.capture.images import read_image
from metaface_gui.pipeline.capture.specification import SourceKind, SourceSpec, make_source
from metaface_gui.pipeline.embedding.device import tune_process
from metaface_gui.pipeline.face_pipeline import FacePipeline
from metaface_gui.pipeline.recognition.cohort import read_generator
from metaface_gui.resources import weights_dir
from metaface_gui.settings import RecognitionSettings
from metaface_gui.types import Frame
from metaface_gui.weights.store import WeightsStore
from tests.soak.crowd import (
    N_PEOPLE,
    N_SHY,
    CrowdDetector,
    CrowdEmbedder,
    CrowdSource,
    Turnstile,
    name_of,
    write_stills,
)
from tests.soak.gauges import PROCESS, Gauge
from tests.soak.visitor import MAX_PEOPLE, SCENE, Deed, Visitor
from tests.soak.watch import Watch

_UNDO_NS = 1_000_000_000
_STUCK_S = 120.0


Furnish = Callable[[Engine, Watch], tuple[Mapping[str, Gauge], Mapping[Callable[[], Deed], float]]]
"""Puts something before the engine; gives its gauges, and deeds with their weights."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How long, with what. `models`: the networks that ship, and the demo scene; else the crowd. `samples`: how often
    to note how things stand, a fifth of a second each."""

    frames: int
    folder: Path
    seed: int = 0
    models: bool = False
    samples: int = 120


@dataclass(slots=True)
class Notes:
    """What a use came to. `values` are the gauges' at the numbers of frames in `at`."""

    at: list[int] = field(default_factory=list)
    values: dict[str, list[float]] = field(default_factory=dict)
    seconds: float = 0.0
    has_stopped: bool = False
    is_gallery_whole: bool = False


class PromptScene(FrameSource):
    """The demo scene at 640 × 360, as fast as it is looked at."""

    title = "demo"
    is_live = True
    nominal_fps = 30.0

    def __init__(self, turnstile: Turnstile) -> None:
        self._turnstile = turnstile
        self._scene: DemoScene | None = None
        self._index = 0

    def open(self) -> None:
        """Begin."""
        self._scene = DemoScene(width=640, height=360)

    def close(self) -> None:
        """End."""
        self._scene = None

    def read(self) -> Frame | None:
        """Return the next frame, with the truth about it."""
        scene = self._scene
        if scene is None:
            return None
        self._turnstile.wait()
        index, self._index = self._index, self._index + 1
        picture, truth = scene.render(index)
        return Frame(picture, index, scene.time_of(index), time.monotonic_ns(), truth)


class Use:
    """An engine that is used. Made and left by `in_use`; call `step` until it says that it is over."""

    def __init__(self, plan: Plan, engine: Engine, watch: Watch, visitor: Visitor, gauges: Mapping[str, Gauge]) -> None:
        self.watch, self.visitor, self.notes = watch, visitor, Notes()
        self._plan, self._engine, self._gauges = plan, engine, gauges
        self._began = self._moved = self._noted = time.monotonic()
        self._moved_at = self._noted_at = 0
        self._every = max(1, plan.frames // plan.samples)
        engine.source.open(SCENE)

    def step(self) -> bool:
        """Do what is due; False once there were frames enough.

        Raises:
            TimeoutError: if no frame was looked at for two minutes.
        """
        now, frames = time.monotonic(), self.watch.frames
        if frames > self._moved_at:
            self._moved, self._moved_at = now, frames
        elif now - self._moved > _STUCK_S:
            raise TimeoutError(f"no frame for {_STUCK_S:.0f} s; the source is {self.watch.source}")
        if frames - self._noted_at >= self._every:
            self._note(frames, now)
        self.visitor.step()
        self.notes.seconds = now - self._began
        return frames < self._plan.frames

    def _note(self, frames: int, now: float) -> None:
        people = self.watch.snapshot.people
        figures = {name: gauge() for name, gauge in self._gauges.items()} | {
            "latency_p50_ms": self.watch.latency_ms(50),
            "latency_p95_ms": self.watch.latency_ms(95),
            "frames_per_s": (frames - self._noted_at) / (now - self._noted),
            "people": len(people),
            "shots": sum(person.shot_count + person.negative_count for person in people),
            "disk_mb": sum(file.stat().st_size for file in _files(self._plan.folder)) / 2**20,
        }
        self.notes.at.append(frames)
        for name, value in figures.items():
            self.notes.values.setdefault(name, []).append(value)
        self._noted, self._noted_at = time.monotonic(), frames


def _files(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file()]


@contextmanager
def in_use(
    plan: Plan,
    *,
    also: EngineListener = lambda _event: None,
    furnish: Furnish = lambda _engine, _watch: ({}, {}),
) -> Iterator[Use]:
    """Start everything; in the end stop it, open the gallery again and compare.

    `also` hears all events. `furnish` may put a window before the engine, and gives its gauges and deeds.
    """
    tune_process()
    plan.folder.mkdir(parents=True, exist_ok=True)
    turnstile = Turnstile()
    watch = Watch(turnstile.free, also)
    log = logging.getLogger("metaface_gui")
    path = plan.folder / "people.metaface"
    with ExitStack() as stack:
        log.addHandler(watch)
        stack.callback(log.removeHandler, watch)
        stack.enter_context(patch.object(gallery_editor, "_UNDO_NS", _UNDO_NS))
        _set_the_scene(stack, plan, turnstile)
        keys = MemoryKeys()
        gallery = stack.enter_context(Gallery.open(path, keys=keys))
        stills = _stills(plan)
        _fill(gallery, plan, stills)
        engine = Engine(gallery, WeightsStore(weights_dir(), plan.folder / "weights"), watch, RecognitionSettings())
        engine.start()
        if not watch.are_models_ready.wait(60.0):
            raise TimeoutError("the models were not loaded")
        gauges, deeds = furnish(engine, watch)
        visitor = Visitor(
            engine,
            watch,
            plan.folder,
            stills=stills,
            sources=_other_sources(plan, [path for paths in stills.values() for path in paths]),
            random=np.random.default_rng(plan.seed),
            extra=deeds,
        )
        use = Use(plan, engine, watch, visitor, {**PROCESS, **gauges})
        try:
            yield use
        finally:
            use.notes.has_stopped = engine.stop(timeout_s=30.0)
            expected = gallery.snapshot()
    with Gallery.open(path, keys=keys) as reopened:
        use.notes.is_gallery_whole = _same(expected, reopened.snapshot())


def _same(one: GallerySnapshot, other: GallerySnapshot) -> bool:
    return one.people == other.people


def _set_the_scene(stack: ExitStack, plan: Plan, turnstile: Turnstile) -> None:
    seeds = itertools.count(plan.seed * 10_000)

    def make(spec: SourceSpec, *, live: bool = False) -> FrameSource:
        if spec.kind is not SourceKind.DEMO:
            return make_source(spec, live=live)
        return PromptScene(turnstile) if plan.models else CrowdSource(turnstile, next(seeds))

    stack.enter_context(patch.object(source_controller, "make_source", make))
    if not plan.models:
        embedder = CrowdEmbedder(read_generator(weights_dir() / "cohort_sface-2021dec.safetensors"))
        stack.enter_context(patch.object(assembly, "make_frozen_embedder", lambda *_args, **_named: embedder))
        stack.enter_context(patch.object(assembly, "make_detector", lambda key, *_args, **_named: CrowdDetector(key)))


def _fill(gallery: Gallery, plan: Plan, stills: Mapping[str, list[Path]]) -> None:
    """Enrol as many as the visitor lets be there, so that what grows later does not grow with the gallery."""
    if plan.models:
        return  # few are known in the demo scene, and soon enrolled
    strangers = read_generator(weights_dir() / "cohort_sface-2021dec.safetensors")
    pipeline = FacePipeline(CrowdDetector("yunet"), CrowdEmbedder(strangers))
    for name, paths in list(stills.items())[:MAX_PEOPLE]:
        samples = [sample for path in paths for sample in pipeline.extract(read_image(path))]
        gallery.enroll(name, new_shots(samples, pipeline, ShotSource.FILE), consent(CONSENT_ON_SCREEN))


def _stills(plan: Plan) -> dict[str, list[Path]]:
    folder = plan.folder / "stills"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    if plan.models:
        return {person.name: list(write_demo_stills(person, folder)) for person in demo_people()}
    return {name_of(person): write_stills(person, folder) for person in range(N_PEOPLE - N_SHY)}


def _other_sources(plan: Plan, stills: list[Path]) -> list[SourceSpec]:
    """A picture, a folder, a video, a file that is none, and a camera that is not there."""
    video = plan.folder / "clip.avi"
    writer = cv2.VideoWriter(str(video), cv2.VideoWriter.fourcc(*"MJPG"), 25.0, (320, 180))
    for path in stills[:8]:
        picture = cv2.imread(str(path))
        writer.write(cv2.resize(picture, (320, 180)) if picture is not None else np.zeros((180, 320, 3), np.uint8))
    writer.release()
    broken = plan.folder / "broken.mp4"
    broken.write_bytes(b"no video")
    return [
        SourceSpec(SourceKind.IMAGE, str(stills[0])),
        SourceSpec(SourceKind.FOLDER, str(stills[0].parent)),
        SourceSpec(SourceKind.VIDEO, str(video)),
        SourceSpec(SourceKind.VIDEO, str(broken)),
        SourceSpec(SourceKind.WEBCAM, "77"),
    ]
