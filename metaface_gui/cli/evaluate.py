"""`metaface evaluate --data DIR…`: open-set meta-testing of the learners on folders of people."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from rich.console import Console
from rich.progress import Progress
from torch import Tensor

from metaface_gui.cli.evaluation_options import ALL, CLEAN, hyphened
from metaface_gui.cli.evaluation_tables import print_report
from metaface_gui.cli.options import data_sets
from metaface_gui.cli.own_embedder import own_embedder
from metaface_gui.cli.people_inputs import people_inputs
from metaface_gui.cli.progress import counted_columns
from metaface_gui.cli.streams import STDOUT, StdoutLines
from metaface_gui.cli.weights import default_store
from metaface_gui.engine.batch.output_files import Output, check_outputs, check_writable, is_picture, is_report
from metaface_gui.engine.live.model_loader import uncalibrated
from metaface_gui.i18n import error_text, translate
from metaface_gui.metalearning.data import AlignedFaces
from metaface_gui.metalearning.evaluate import (
    STOCK,
    Contender,
    EvaluationData,
    EvaluationRow,
    EvaluationSettings,
    Ground,
    contenders,
    evaluate,
)
from metaface_gui.metalearning.face_folder import load_faces, patient_detectors
from metaface_gui.metalearning.feature_cache import condition_features, default_cache
from metaface_gui.metalearning.protocol import OpenSetProtocol, can_enrol, check_pairs
from metaface_gui.metalearning.report import CALIBRATION_PEOPLE, SHOTS, Report, ReportSettings
from metaface_gui.metalearning.split import Split
from metaface_gui.metalearning.track_evaluation import (
    Templates,
    TrackGround,
    TrackRow,
    evaluate_tracks,
    filmed_faces,
    track_features,
)
from metaface_gui.pipeline.embedding import make_embedder
from metaface_gui.pipeline.embedding.base import TrainableEmbedder
from metaface_gui.pipeline.embedding.device import resolve_device, tune_process
from metaface_gui.pipeline.learners import LEARNERS
from metaface_gui.pipeline.learners.base import MetaLearner, Params
from metaface_gui.pipeline.learners.parameters import learner_of, load_trained, read_params
from metaface_gui.pipeline.recognition.cohort import load_cohort
from metaface_gui.pipeline.recognition.room_threshold import RoomPrior, load_prior
from metaface_gui.weights.store import WeightsStore

_DRAW_SEEDS = 1000
"""How many draws' seeds belong to one --seed, so that different --seeds share none."""
_PLOT_EPISODES = 50

OnDone = Callable[[int, int], None]


def run(args: argparse.Namespace) -> int:
    """Run the evaluation; return the exit code."""
    console = Console(highlight=False, stderr=args.json == STDOUT)
    folders = data_sets(args.data)
    _check_outputs(args, tuple(folders))
    tune_process()
    store = default_store()
    embedder, stock = _embedders(args, store)
    meta = _meta_parameters(args.meta, store, embedder)
    with _Bars() as bars:
        sets = {name: _load(args, folder, embedder, store, bars) for name, folder in folders.items()}
        pairs = _pairs(args)
        for faces in sets.values():
            # Fail before minutes of work, not after.
            check_pairs(faces.person(), pairs, is_everybody=args.split == ALL)
        prior = load_prior(store)
        seeing = [_Seeing(args, embedder, _cohort(embedder, store), prior, bars)]
        if stock.id != embedder.id:
            seeing.append(_Seeing(args, stock, _cohort(stock, store), None, bars))
        if seeing[0].cohort is None:
            sys.stderr.write(f"metaface: {error_text(uncalibrated(args.embedder))}\n")
        keys = tuple(LEARNERS) if ALL in args.learners else tuple(dict.fromkeys(args.learners))
        against = contenders(keys, embedder.space, meta.params, untrained=args.untrained, stock_space=stock.space)
        settings = _report_settings(args, sets, embedder, keys=keys, meta=meta, cohort=seeing[0].cohort)
        report = Report(settings, ())
        for name, faces in sets.items():
            bench = _Bench([of.ground(name, faces) for of in seeing], against, args, bars)
            report = _joined(report, _test(bench, pairs, settings))
            for family in args.environments:
                bench = _Bench([of.room(name, faces, family) for of in seeing], against, args, bars)
                report = _joined(report, Report(settings, bench.test(pairs, args.episodes, twins=True)))
            if args.looks and seeing[0].cohort is not None:
                learners = [one.learner for one in against if not (one.is_twin or one.on_stock)]
                report = replace(report, tracks=report.tracks + seeing[0].tracks(name, faces, learners, pairs))
    print_report(report, console)
    _write(report, args, console)
    return 0


def _check_outputs(args: argparse.Namespace, data: Sequence[str]) -> None:
    """Refuse outputs that would destroy a file or cannot be written, before minutes of work.

    Raises:
        KnownError: if there is such an output.
    """
    outputs: list[Output] = []
    if args.json is not None and args.json != STDOUT:
        outputs.append((args.json, is_report))
    if args.plots is not None:
        from metaface_gui.metalearning.plots import plot_names  # noqa: PLC0415 - matplotlib is loaded only for plots

        names = plot_names(data, args.environments, args.conditions, _pairs(args))
        outputs += [(args.plots / name, is_picture) for name in names]
    if outputs:
        check_outputs(outputs, people_inputs(args), is_forced=args.force)
    for path, _ in outputs:
        check_writable(path)


def _pairs(args: argparse.Namespace) -> list[tuple[int, int]]:
    return [(n_way, k_shot) for n_way in args.n_way for k_shot in args.k_shot]


@dataclass(frozen=True, slots=True, eq=False)
class _MetaParameters:
    """Meta-parameters by learner, and the origin of each."""

    params: Mapping[str, Params]
    origins: Mapping[str, str]


def _embedders(args: argparse.Namespace, store: WeightsStore) -> tuple[TrainableEmbedder, TrainableEmbedder]:
    """Return the embedder as shipped, or with the user's own trunk and projection, and the stock embedder."""
    device = resolve_device(args.device)
    embedder = own_embedder(args.embedder, device, store, trunk=args.trunk, projection=args.projection)
    return embedder, make_embedder(args.embedder, device, store, meta_trained=False)


def _cohort(embedder: TrainableEmbedder, store: WeightsStore) -> Tensor | None:
    return load_cohort(store, embedder.id, embedder.space)


def _joined(report: Report, further: Report) -> Report:
    return replace(
        report,
        rows=report.rows + further.rows,
        calibration=report.calibration + further.calibration,
        shots=report.shots + further.shots,
    )


def _meta_parameters(files: Sequence[Path], store: WeightsStore, embedder: TrainableEmbedder) -> _MetaParameters:
    params = dict(load_trained(store, embedder.space, embedder.id))
    origins = dict.fromkeys(params, "shipped")
    for file in files:
        key = learner_of(file)
        params[key] = read_params(file, key=key, space=embedder.space, embedder_id=embedder.id)
        origins[key] = file.name
    return _MetaParameters(params, origins)


def _load(
    args: argparse.Namespace, folder: Path, embedder: TrainableEmbedder, store: WeightsStore, bars: _Bars
) -> AlignedFaces:
    faces = load_faces(
        folder,
        make_detectors=patient_detectors(args.detector, torch.device("cpu"), store),
        crop_size=embedder.crop_size,
        cache=args.cache or default_cache(),
        progress=bars.bar(translate("Commands", "finding faces")),
    ).faces
    return faces if args.split == ALL else faces.of(Split.META_TEST, seed=args.split_seed)


@dataclass(frozen=True, slots=True, eq=False)
class _Seeing:
    """An embedder with its cohort and room prior, which computes features of data sets, unchanged and in rooms."""

    args: argparse.Namespace
    embedder: TrainableEmbedder
    cohort: Tensor | None
    room_prior: RoomPrior | None
    bars: _Bars

    def ground(self, name: str, faces: AlignedFaces) -> Ground:
        """Return the features of the unchanged faces: clean shots, and probes and strangers in several draws."""
        clean = self._features(faces, CLEAN, 0, None)
        conditions = {
            condition: clean[None]
            if condition == CLEAN
            else torch.stack([self._features(faces, condition, draw, None) for draw in range(self.args.draws)])
            for condition in self.args.conditions
        }
        data = EvaluationData(faces.person(), clean, conditions)
        return Ground(data, self.cohort, self.room_prior, name).to(self.embedder.device)

    def room(self, name: str, faces: AlignedFaces, family: str) -> Ground:
        """Return the features in several places of that family, one per draw; shots are taken in the same place."""
        first, *others = (self._place(faces, family, draw) for draw in range(self.args.draws))
        return Ground(first, self.cohort, self.room_prior, name, family, tuple(others)).to(self.embedder.device)

    def _place(self, faces: AlignedFaces, family: str, draw: int) -> EvaluationData:
        clean = self._features(faces, CLEAN, draw, family)
        conditions = {
            condition: (clean if condition == CLEAN else self._features(faces, condition, draw, family))[None]
            for condition in self.args.conditions
        }
        return EvaluationData(faces.person(), clean, conditions)

    def tracks(
        self, name: str, faces: AlignedFaces, learners: Sequence[MetaLearner], pairs: Sequence[tuple[int, int]]
    ) -> tuple[TrackRow, ...]:
        """Return the track rows; only faces that are probes or strangers in some episode get tracks."""
        assert self.cohort is not None
        args, rows = self.args, list[TrackRow]()
        clean = self._features(faces, CLEAN, 0, None)
        for n_way, k_shot in pairs:
            protocol = OpenSetProtocol(faces.person(), n_way=n_way, k_shot=k_shot, seed=args.seed, n_draws=args.draws)
            filmed = filmed_faces(protocol, args.episodes)
            templates = {
                condition: Templates.of(*self._track_features(faces.take(filmed), condition), self.embedder.space)
                for condition in args.conditions
            }
            ground = TrackGround(name, faces.person(), clean, filmed, templates, self.cohort, self.room_prior)
            rows += evaluate_tracks(
                ground,
                learners,
                protocol,
                args.looks,
                episodes=args.episodes,
                fpir=args.fpir,
                progress=self.bars.bar(translate("Commands", "adapting")),
            )
        return tuple(rows)

    def _track_features(self, faces: AlignedFaces, condition: str) -> tuple[Tensor, Tensor]:
        name = hyphened(condition)
        return track_features(
            faces,
            self.embedder,
            condition,
            looks=max(self.args.looks),
            seed=self.args.seed,
            cache=self.args.cache or default_cache(),
            progress=self.bars.bar(translate("Commands", "tracks: {condition}", condition=name)),
        )

    def _features(self, faces: AlignedFaces, condition: str, draw: int, family: str | None) -> Tensor:
        parts = [hyphened(part) for part in (family, condition) if part is not None]
        name = " ".join(parts if parts == [CLEAN] else [*parts, str(draw + 1)])
        return condition_features(
            faces,
            self.embedder,
            condition,
            seed=self.args.seed * _DRAW_SEEDS + draw,
            cache=self.args.cache or default_cache(),
            progress=self.bars.bar(translate("Commands", "features: {condition}", condition=name)),
            environment=family,
            both_views=True,
        )


class _Bench:
    """The contenders and the data they are tested on, for any (n_way, k_shot).

    `grounds` are the features of the embedder as shipped and, if it differs, of the stock embedder.
    """

    def __init__(
        self, grounds: Sequence[Ground], against: Sequence[Contender], args: argparse.Namespace, bars: _Bars
    ) -> None:
        self.ground, self.args = grounds[0], args
        self._stock, self._against, self._bars = grounds[-1], against, bars

    def test(self, pairs: Sequence[tuple[int, int]], episodes: int, *, twins: bool) -> tuple[EvaluationRow, ...]:
        """Return the rows for these pairs, with or without the untrained twins."""
        if not pairs:
            return ()
        return evaluate(
            self.ground,
            [contender for contender in self._against if twins or not contender.is_twin],
            pairs,
            EvaluationSettings(
                episodes, self.args.seed, self.args.fpir, self.args.unlabelled, self.args.unlabelled_known
            ),
            stock=self._stock,
            progress=self._bars.bar(translate("Commands", "adapting")),
        )


def _test(bench: _Bench, asked: Sequence[tuple[int, int]], settings: ReportSettings) -> Report:
    """Test the requested pairs, then those needed only for the calibration table and plots; compute nothing twice."""
    args = bench.args
    rows = bench.test(asked, args.episodes, twins=True)
    shipped = [row for row in rows if not row.is_twin]
    calibration: tuple[EvaluationRow, ...] = ()
    if args.calibration:
        wanted = [
            (people, args.k_shot[0])
            for people in CALIBRATION_PEOPLE
            if can_enrol(bench.ground.data.person, people, args.k_shot[0])
        ]
        shipped += bench.test([pair for pair in wanted if pair not in asked], args.episodes, twins=False)
        calibration = _of_pairs(shipped, wanted)
    shots: tuple[EvaluationRow, ...] = ()
    if args.plots is not None:
        done = {(row.n_way, row.k_shot) for row in shipped}
        wanted = [(args.n_way[0], k) for k in SHOTS if can_enrol(bench.ground.data.person, args.n_way[0], k)]
        fewer = min(args.episodes, _PLOT_EPISODES)
        shipped += bench.test([pair for pair in wanted if pair not in done], fewer, twins=False)
        shots = _of_pairs(shipped, wanted)
    return Report(settings, rows, calibration, shots)


def _of_pairs(rows: Sequence[EvaluationRow], pairs: Sequence[tuple[int, int]]) -> tuple[EvaluationRow, ...]:
    return tuple(row for pair in pairs for row in rows if (row.n_way, row.k_shot) == pair)


def _report_settings(
    args: argparse.Namespace,
    sets: Mapping[str, AlignedFaces],
    embedder: TrainableEmbedder,
    *,
    keys: tuple[str, ...],
    meta: _MetaParameters,
    cohort: Tensor | None,
) -> ReportSettings:
    return ReportSettings(
        data=str(args.data[0]) if len(args.data) == 1 else tuple(map(str, args.data)),
        split=args.split,
        split_seed=args.split_seed,
        people=sum(faces.n_people for faces in sets.values()),
        faces=sum(map(len, sets.values())),
        embedder=embedder.id,
        device=str(embedder.device),
        learners=(STOCK, *(key for key in keys if key != STOCK)),
        conditions=args.conditions,
        n_way=args.n_way,
        k_shot=args.k_shot,
        episodes=args.episodes,
        draws=args.draws,
        seed=args.seed,
        fpir=args.fpir,
        cohort=0 if cohort is None else len(cohort),
        meta_parameters={key: origin for key, origin in meta.origins.items() if key in keys},
        environments=args.environments,
        unlabelled=args.unlabelled,
        unlabelled_known=args.unlabelled_known,
        looks=args.looks,
    )


def _write(report: Report, args: argparse.Namespace, console: Console) -> None:
    written: list[Path] = []
    if args.json == STDOUT:
        with StdoutLines() as lines:
            lines.write(report.to_json().rstrip("\n"))
    elif args.json is not None:
        report.write(args.json)
        written.append(args.json)
    if args.plots is not None:
        from metaface_gui.metalearning.plots import save_plots  # noqa: PLC0415 - matplotlib is loaded only for plots

        written += save_plots(report, args.plots)
    for path in written:
        console.print(translate("Commands", "written: {path}", path=path), markup=False, soft_wrap=True)


class _Bars:
    """Progress bars on stderr, one after another; none if stderr is not a terminal."""

    def __init__(self) -> None:
        console = Console(stderr=True)
        self._progress = Progress(*counted_columns(), console=console, transient=True, disable=not console.is_terminal)

    def __enter__(self) -> _Bars:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def bar(self, text: str) -> OnDone:
        """Add a bar; return a callback that takes the counts done and total."""
        task = self._progress.add_task(text, total=None)
        return lambda done, total: self._progress.update(task, completed=done, total=total)
