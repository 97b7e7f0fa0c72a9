"""`metaface bench`: the cost of everything on this machine, from single stages to the window, and of other programs."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from metaface_gui.bench.clips import ClipSettings, clips_of, gathering, write_live_clip
from metaface_gui.bench.galleries import GalleryScale, measure_galleries
from metaface_gui.bench.learners import BenchmarkSettings, describe_machine, run_benchmarks
from metaface_gui.bench.live import (
    LIVE_WARM_UP_S,
    BenchModels,
    load_bench_models,
    measure_live,
    measure_pipeline,
)
from metaface_gui.bench.peers import PEER_SIZES, measure_peers
from metaface_gui.bench.record import MACHINE, BenchRecord, is_bench_record, to_json
from metaface_gui.bench.stages import measure_stages, n_stage_steps
from metaface_gui.bench.startup import measure_memory, measure_start_up
from metaface_gui.cli import bench_tables
from metaface_gui.cli.bench_options import PEERS, SECTIONS
from metaface_gui.cli.progress import counted_columns
from metaface_gui.cli.streams import STDOUT, StdoutLines
from metaface_gui.cli.weights import default_store
from metaface_gui.engine.assembly import load_learning_assets
from metaface_gui.engine.batch.output_files import check_outputs, check_writable, source_files
from metaface_gui.gallery import FileKeys, Gallery
from metaface_gui.gui.application import draw_off_screen_without_display, make_application
from metaface_gui.i18n import translate
from metaface_gui.pipeline.capture.demo.people import demo_people
from metaface_gui.pipeline.capture.specification import SourceKind, SourceSpec, parse_source
from metaface_gui.pipeline.detection import make_detector
from metaface_gui.pipeline.embedding.base import FaceEmbedder, FrozenEmbedder
from metaface_gui.pipeline.embedding.device import resolve_device, tune_process
from metaface_gui.pipeline.embedding.frozen import make_frozen_embedder
from metaface_gui.pipeline.learners import LEARNERS
from metaface_gui.pipeline.openvino_runtime import RUNTIME
from metaface_gui.pipeline.recognition.attention import LIVE
from metaface_gui.settings import RecognitionSettings
from metaface_gui.weights.whole_file import write_whole

OnProgress = Callable[[str], None]
_WIDTH = 120
_WITHOUT = {RUNTIME: "torch"}
"""An environment in which OpenVINO is not used."""


@dataclass(frozen=True, slots=True)
class BenchPlan:
    """How much is measured; by default, what two cores can do in less than three minutes."""

    learners: BenchmarkSettings = field(default_factory=BenchmarkSettings)
    gallery: GalleryScale = field(default_factory=GalleryScale)
    clips: ClipSettings = field(default_factory=ClipSettings)
    peer_clips: ClipSettings = field(default_factory=lambda: ClipSettings(starts_s=(2.0, 12.0, 28.3)))
    peer_sizes: tuple[tuple[int, int], ...] = PEER_SIZES
    all_learners: tuple[str, ...] = tuple(LEARNERS)
    stage_repeats: int = 20
    clip_repeats: int = 2
    peer_repeats: int = 1
    start_repeats: int = 3
    seconds: float = 12.0
    probe: tuple[str, ...] = (sys.executable, "-m", "metaface_gui.bench.startup_probe")


def run(args: argparse.Namespace) -> int:
    """Run the benchmarks; return the exit code."""
    # A file or a pipe has no width of its own, and rich's default of 80 columns would break the lines.
    is_json_printed = args.json == STDOUT
    width = None if (sys.stderr if is_json_printed else sys.stdout).isatty() else _WIDTH
    plan, console = BenchPlan(), Console(highlight=False, width=width, stderr=is_json_printed)
    if args.gallery_sizes:
        plan = replace(plan, gallery=replace(plan.gallery, sizes=tuple(args.gallery_sizes)))
    if args.seconds:
        plan = replace(plan, seconds=float(args.seconds))
    wanted = set(args.only or SECTIONS) | ({PEERS} if args.peers else set())
    source = parse_source(args.source)
    if args.json is not None and not is_json_printed:
        check_outputs([(args.json, is_bench_record)], source_files(source), is_forced=args.force)
        check_writable(args.json)
    tune_process()
    with (
        tempfile.TemporaryDirectory(prefix="metaface-bench-") as folder,
        Progress(*counted_columns(), console=console, transient=True, disable=not console.is_terminal) as bar,
    ):
        bench = _Bench(plan, args.device, source, Path(folder))
        task = bar.add_task(translate("Commands", "measuring"), total=bench.n_steps(wanted))
        record = bench.run(
            wanted,
            lambda done: bar.update(task, advance=1, description=done),
            lambda record, section: bench_tables.print_section(record, section, console),
        )
    if is_json_printed:
        with StdoutLines() as lines:
            lines.write(to_json(record).rstrip("\n"))
    elif args.json is not None:
        write_whole(args.json, to_json(record).encode("utf-8", "backslashreplace"))
    return 0


class _Bench:
    """Measures one section after another; temporary files go to `folder`."""

    def __init__(self, plan: BenchPlan, device: str, source: SourceSpec, folder: Path) -> None:
        self._plan = plan
        self._device = resolve_device(device)
        self._settings = RecognitionSettings(device=device)
        self._source = source
        self._folder = folder
        self._gallery_path = folder / "people.metaface"
        self._keys = FileKeys(folder / "keys")  # not the user's own store: these keys go with the gallery
        self._people = demo_people()
        self._store = default_store()
        self._loaded: BenchModels | None = None

    def n_steps(self, wanted: set[str]) -> int:
        """Return the expected number of progress reports by `run`."""
        plan = self._plan
        steps = {
            "stages": n_stage_steps(len(plan.all_learners)),
            "pipeline": plan.clips.n_clips,
            "live": 1,
            "window": plan.clips.n_clips,
            "learners": len(plan.learners.learners) * len(plan.learners.galleries) + 1,
            "gallery": len(plan.gallery.sizes),
            "startup": plan.start_repeats + 1,
            "memory": 1,
            PEERS: plan.peer_clips.n_clips * len(plan.peer_sizes),
        }
        return sum(steps[section] for section in wanted)

    def run(self, wanted: set[str], on_progress: OnProgress, show: Callable[[BenchRecord, str], None]) -> BenchRecord:
        """Measure the wanted sections; `show` is called with the record so far and the section added last.

        Raises:
            KnownError: if models are missing, or the source cannot be read.
        """
        measures: Mapping[str, Callable[[BenchRecord, OnProgress], BenchRecord]] = {
            "stages": self._stages,
            "pipeline": self._pipeline,
            "live": self._live,
            "window": self._window,
            "learners": self._learners,
            "gallery": self._galleries,
            "startup": self._start_up,
            "memory": self._memory,
            PEERS: self._peers,
        }
        record = BenchRecord(describe_machine(self._device))
        show(record, MACHINE)
        for section, measure in measures.items():
            if section in wanted:
                record = measure(record, lambda step, section=section: on_progress(f"{section}: {step}"))  # type: ignore[misc]
                show(record, section)
        return record

    def _stages(self, record: BenchRecord, on_progress: OnProgress) -> BenchRecord:
        plan, models = self._plan, self._models(self._plan.all_learners)
        picture = gathering(plan.clips.crowd, plan.clips).render(0)[0]
        pipeline = models.pipeline(LIVE, (self._settings.learner,))
        costs = measure_stages(
            pipeline,
            models.classifiers,
            picture,
            beside=self._in_pytorch(models.embedder),
            detectors_beside={"OpenCV": make_detector(self._settings.detector, "cpu", self._store, environ=_WITHOUT)},
            repeats=plan.stage_repeats,
            on_step=on_progress,
        )
        return replace(record, stages=costs)

    def _in_pytorch(self, embedder: FaceEmbedder) -> Mapping[str, FaceEmbedder]:
        """Return the same network in PyTorch if another runtime computes the embeddings, else nothing."""
        if not isinstance(embedder, FrozenEmbedder):
            return {}
        return {"PyTorch": make_frozen_embedder(embedder.key, str(embedder.device), self._store, environ=_WITHOUT)}

    def _pipeline(self, record: BenchRecord, on_progress: OnProgress) -> BenchRecord:
        plan, clips = self._plan, clips_of(self._source, self._plan.clips)
        models = self._models(plan.all_learners)
        return replace(record, pipeline=measure_pipeline(models, clips, repeats=plan.clip_repeats, on_step=on_progress))

    def _live(self, record: BenchRecord, on_progress: OnProgress) -> BenchRecord:
        seconds, source = self._plan.seconds, self._source
        self._enrolled()
        if source.kind is SourceKind.DEMO:
            path = self._folder / "demo.avi"
            write_live_clip(path, self._plan.clips, seconds + LIVE_WARM_UP_S)
            source = SourceSpec(SourceKind.VIDEO, str(path))
        with Gallery.open(self._gallery_path, keys=self._keys) as gallery:
            live = measure_live(gallery, self._settings, self._store, source, seconds=seconds)
        on_progress(f"{seconds:g} s")
        return replace(record, live=replace(live, source=self._source.text))

    def _window(self, record: BenchRecord, on_progress: OnProgress) -> BenchRecord:
        # Only this section loads Qt.
        from metaface_gui.bench.window import measure_window  # noqa: PLC0415

        draw_off_screen_without_display()
        make_application()
        plan, clips = self._plan, clips_of(self._source, self._plan.clips)
        models = self._models(plan.all_learners)
        return replace(record, window=measure_window(models, clips, repeats=plan.clip_repeats, on_step=on_progress))

    def _learners(self, record: BenchRecord, on_progress: OnProgress) -> BenchRecord:
        costs = run_benchmarks(self._plan.learners, self._device, on_progress)
        return replace(
            record, adaptation=costs.adaptation, scoring=costs.scoring, maml_meta_steps=costs.maml_meta_steps
        )

    def _galleries(self, record: BenchRecord, on_progress: OnProgress) -> BenchRecord:
        assets = load_learning_assets(self._models((self._settings.learner,)).embedder, self._store)
        return replace(record, gallery=measure_galleries(self._plan.gallery, assets, on_step=on_progress))

    def _start_up(self, record: BenchRecord, on_progress: OnProgress) -> BenchRecord:
        self._enrolled()
        return replace(
            record, startup=measure_start_up(self._probe(0.0), repeats=self._plan.start_repeats, on_step=on_progress)
        )

    def _memory(self, record: BenchRecord, on_progress: OnProgress) -> BenchRecord:
        seconds = self._plan.seconds
        self._enrolled()
        # We end the process; the long linger time is a margin for a busy machine.
        memory = measure_memory(self._probe(3.0 * seconds + 60.0), seconds=seconds)
        on_progress(f"{seconds:g} s")
        return replace(record, memory=memory)

    def _peers(self, record: BenchRecord, on_progress: OnProgress) -> BenchRecord:
        plan, models = self._plan, self._models((self._settings.learner,))
        clips = tuple(clips_of(self._source, plan.peer_clips))
        figures = measure_peers(
            models, clips, self._people, repeats=plan.peer_repeats, sizes=plan.peer_sizes, on_step=on_progress
        )
        return replace(record, peers=figures)

    def _models(self, learners: tuple[str, ...]) -> BenchModels:
        """Load the models once and adapt any learners still missing; everybody in the scene is enrolled."""
        if self._loaded is None or not set(learners) <= set(self._loaded.classifiers):
            with Gallery.open(self._gallery_path, keys=self._keys) as gallery:
                self._loaded = load_bench_models(gallery, self._settings, self._store, self._people, learners)
        return self._loaded

    def _enrolled(self) -> None:
        """Ensure that the gallery file exists and holds the scene's people."""
        self._models((self._settings.learner,))

    def _probe(self, linger_s: float) -> tuple[str, ...]:
        files = ("--gallery", str(self._gallery_path), "--keys", str(self._folder / "keys"))
        return (*self._plan.probe, *files, "--device", self._settings.device, "--linger", f"{linger_s:g}")
