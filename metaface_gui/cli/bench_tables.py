"""Print the results of `metaface bench` as terminal tables, one section at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from rich.console import Console
from rich.table import Table

from metaface_gui.bench.learners import MetaStepCost
from metaface_gui.bench.peers import FACE_RECOGNITION, INSTALL, PeersFigures
from metaface_gui.bench.race import FacesTiming, Outcome, RaceFigures
from metaface_gui.bench.record import MACHINE, BenchRecord
from metaface_gui.cli.bench_options import PEERS
from metaface_gui.i18n import translate

Printer = Callable[[BenchRecord, Console], None]


def print_section(record: BenchRecord, section: str, console: Console) -> None:
    """Print one section of the record.

    Raises:
        KeyError: if there is no such section.
    """
    printers: Mapping[str, Printer] = {
        MACHINE: _print_machine,
        "stages": _print_stages,
        "pipeline": _print_pipeline,
        "live": _print_live,
        "window": _print_window,
        "learners": _print_learners,
        "gallery": _print_galleries,
        "startup": _print_start_up,
        "memory": _print_memory,
        PEERS: _print_peers,
    }
    printers[section](record, console)


def _line(console: Console, text: str, style: str | None = None) -> None:
    """Print a line; a rich table title would wrap at the width of the table."""
    console.print(text, markup=False, soft_wrap=True, style=style)


def _heading(console: Console, text: str) -> None:
    _line(console, "\n" + text, "bold")


def _table(first: str, *figures: str) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column(first)
    for heading in figures:
        table.add_column(heading, justify="right")
    return table


def _print_machine(record: BenchRecord, console: Console) -> None:
    machine = record.machine
    _line(
        console,
        translate(
            "Commands",
            "{cpu}, {n} threads; PyTorch {version} on {device}",
            cpu=machine.cpu,
            n=machine.cores,
            version=machine.torch,
            device=machine.device,
        )
        + f"; OpenCV {machine.opencv}, Python {machine.python}, {machine.system}",
    )
    if machine.load is not None and machine.load > 0.5:
        text = translate(
            "Commands",
            "Other programs kept {n} cores busy in the last minute: figures will be worse than on an idle machine.",
            n=f"{machine.load:.1f}",
        )
        _line(console, text, "yellow")


def _print_stages(record: BenchRecord, console: Console) -> None:
    _heading(console, translate("Commands", "Stages, per call, after warm-up"))
    table = _table(
        translate("Commands", "stage"), "", translate("Commands", "median ms"), translate("Commands", "95 % ms")
    )
    table.columns[1].justify = "left"
    for cost in record.stages or ():
        table.add_row(cost.stage, cost.what, f"{cost.call.median_ms:.2f}", f"{cost.call.p95_ms:.2f}")
    console.print(table)


def _print_pipeline(record: BenchRecord, console: Console) -> None:
    if record.pipeline is None:
        return
    _heading(console, _race_title(translate("Commands", "Whole pipeline, at full speed"), record.pipeline))
    _print_race(record.pipeline, console)
    _line(
        console,
        translate(
            "Commands",
            "thorough: every face in every frame; file: as “metaface recognize” works, each face in every frame until "
            "it is known well; live: as the window works; -all: with every other method alongside",
        ),
    )


def _race_title(what: str, race: RaceFigures) -> str:
    return translate(
        "Commands",
        "{what}, {width}×{height}, {frames} frames × {repeats}",
        what=what,
        width=race.width,
        height=race.height,
        frames=race.frames,
        repeats=race.repeats,
    )


def _print_race(race: RaceFigures, console: Console) -> None:
    table = _table(
        "",
        translate("Commands", "frames/s"),
        translate("Commands", "median ms"),
        translate("Commands", "95 % ms"),
        translate("Commands", "faces found"),
        translate("Commands", "right names"),
        translate("Commands", "wrong"),
        translate("Commands", "strangers named"),
    )
    for outcome in race.contenders:
        table.add_row(
            outcome.key,
            f"{outcome.fps:.1f}",
            f"{outcome.frame.median_ms:.1f}",
            f"{outcome.frame.p95_ms:.1f}",
            str(outcome.faces_found) + ("" if outcome.found_share is None else f" ({100 * outcome.found_share:.1f} %)"),
            "–" if outcome.right_share is None else f"{100 * outcome.right_share:.1f} %",
            *_errors(outcome),
        )
    console.print(table)
    console.print(_by_faces({outcome.key: outcome.by_faces for outcome in race.contenders}))
    for ratio in race.ratios:
        text = translate(
            "Commands",
            "{key}: {times} times as many frames as {than}",
            key=ratio.key,
            times=f"{ratio.times_as_fast:.2f}",
            than=ratio.than,
        )
        _line(console, text)


def _errors(outcome: Outcome) -> tuple[str, str]:
    truth = outcome.truth
    return ("–", "–") if truth is None else (str(truth.wrong), f"{truth.strangers_named}/{truth.of_strangers}")


def _by_faces(rows: Mapping[str, tuple[FacesTiming, ...]]) -> Table:
    """Return a table of median and 95th percentile for each number of faces."""
    numbers = sorted({timing.n_faces for timings in rows.values() for timing in timings})
    headings = [
        translate("Commands", "1 face, ms") if n == 1 else translate("Commands", "{n} faces, ms", n=n) for n in numbers
    ]
    table = _table("", *headings)
    for key, timings in rows.items():
        of = {timing.n_faces: timing.frame for timing in timings}
        cells = [f"{of[n].median_ms:.1f} / {of[n].p95_ms:.1f}" if n in of else "–" for n in numbers]
        table.add_row(key, *cells)
    return table


def _print_live(record: BenchRecord, console: Console) -> None:
    live = record.live
    if live is None:
        return
    _heading(console, translate("Commands", "The live engine without a window, {n} s", n=f"{live.seconds:.0f}"))
    table = _table("", "")
    table.add_row(translate("Commands", "preview"), f"{live.preview_fps:.1f} fps")
    table.add_row(translate("Commands", "inference"), f"{live.inference_fps:.1f} fps")
    latency = f"{live.latency.median_ms:.1f} / {live.latency.p95_ms:.1f} ms"
    table.add_row(translate("Commands", "camera to result, median / 95 %"), latency)
    console.print(table)
    console.print(_by_faces({translate("Commands", "camera to result"): live.by_faces}))


def _print_window(record: BenchRecord, console: Console) -> None:
    window = record.window
    if window is None:
        return
    text = translate(
        "Commands",
        "One frame in the window, {width}×{height}, processor time; {frames} frames × {repeats}, alternating",
        width=window.width,
        height=window.height,
        frames=window.frames,
        repeats=window.repeats,
    )
    _heading(console, text)
    table = _table(
        translate("Commands", "methods"),
        translate("Commands", "mean ms"),
        translate("Commands", "median ms"),
        translate("Commands", "95 % ms"),
        translate("Commands", "painting alone, ms"),
        translate("Commands", "verdict strips"),
    )
    for cost in (window.one, window.all):
        table.add_row(
            str(cost.methods),
            f"{cost.mean_ms:.1f}",
            f"{cost.frame.median_ms:.1f}",
            f"{cost.frame.p95_ms:.1f}",
            f"{cost.painting_mean_ms:.2f}",
            f"{cost.strips:.1f}",
        )
    console.print(table)
    text = translate(
        "Commands",
        "{n} methods cost {times} times as much as one; painting alone, {painting} times",
        n=window.all.methods,
        times=f"{window.times:.2f}",
        painting=f"{window.painting_times:.2f}",
    )
    _line(console, text)


def _print_learners(record: BenchRecord, console: Console) -> None:
    adaptation, scoring = record.adaptation or (), record.scoring or ()
    sizes = list(dict.fromkeys((cost.n_way, cost.k_shot) for cost in adaptation))
    adapt = {(cost.learner, cost.n_way, cost.k_shot): cost.adapt_ms for cost in adaptation}
    score = {(cost.learner, cost.n_way, cost.k_shot): cost.score_us for cost in scoring}
    _heading(console, translate("Commands", "Learners, by people × shots"))
    table = _table(
        translate("Commands", "learner"),
        *(translate("Commands", "adapt {n}×{k}, ms", n=n_way, k=k_shot) for n_way, k_shot in sizes),
        *(translate("Commands", "score {n}×{k}, µs per face", n=n_way, k=k_shot) for n_way, k_shot in sizes),
    )
    for learner in dict.fromkeys(cost.learner for cost in adaptation):
        cells = [f"{adapt[learner, *size]:.1f}" for size in sizes] + [f"{score[learner, *size]:.0f}" for size in sizes]
        table.add_row(learner, *cells)
    console.print(table)
    if record.maml_meta_steps is not None:
        _heading(console, _meta_step_title(record.maml_meta_steps))
        console.print(_meta_step_table(record.maml_meta_steps))


def _meta_step_title(cost: MetaStepCost) -> str:
    return translate(
        "Commands",
        "Second-order MAML: {tasks} tasks, {n}-way {k}-shot, {queries} queries each, {steps} inner steps",
        tasks=cost.n_tasks,
        n=cost.n_way,
        k=cost.k_shot,
        queries=cost.n_queries,
        steps=cost.inner_steps,
    )


def _meta_step_table(cost: MetaStepCost) -> Table:
    table = Table(box=None, show_header=False)
    table.add_column()
    table.add_column(justify="right")
    table.add_row(translate("Commands", "meta-steps per second, all tasks at once (vmap)"), f"{cost.vmap_per_s:.2f}")
    table.add_row(translate("Commands", "meta-steps per second, task by task"), f"{cost.loop_per_s:.2f}")
    table.add_row(translate("Commands", "speed-up"), f"{cost.ratio:.1f}")
    return table


def _print_galleries(record: BenchRecord, console: Console) -> None:
    _heading(console, translate("Commands", "Galleries"))
    table = _table(
        translate("Commands", "people"),
        translate("Commands", "shots"),
        translate("Commands", "file MB"),
        translate("Commands", "enrol ms"),
        translate("Commands", "open ms"),
        translate("Commands", "read ms"),
        translate("Commands", "adapt ms"),
        translate("Commands", "at start ms"),
        translate("Commands", "recognise a face µs"),
    )
    for cost in record.gallery or ():
        table.add_row(
            str(cost.people),
            str(cost.shots),
            f"{cost.file_mb:.1f}",
            f"{cost.enroll_ms:.1f}",
            f"{cost.open_ms:.1f}",
            f"{cost.read_ms:.1f}",
            f"{cost.adapt_ms:.1f}",
            f"{cost.start_ms:.1f}",
            f"{cost.identify_us:.0f}",
        )
    console.print(table)


def _print_start_up(record: BenchRecord, console: Console) -> None:
    startup = record.startup
    if startup is None:
        return
    _heading(console, translate("Commands", "Start-up of the window, median of {n}", n=len(startup.runs)))
    table = _table("", "")
    table.add_row(translate("Commands", "until something is on screen"), f"{startup.median.starting_s:.2f} s")
    table.add_row(translate("Commands", "until the window can be used"), f"{startup.median.window_s:.2f} s")
    table.add_row(translate("Commands", "until the source's first picture"), f"{startup.median.picture_s:.2f} s")
    table.add_row(translate("Commands", "until faces have boxes"), f"{startup.median.boxes_s:.2f} s")
    table.add_row(translate("Commands", "until somebody is recognised"), f"{startup.median.recognised_s:.2f} s")
    table.add_row(translate("Commands", "until all models are loaded"), f"{startup.median.loaded_s:.2f} s")
    table.add_row(
        translate("Commands", "longest freeze of the video until then"), f"{1e3 * startup.median.gap_s:.0f} ms"
    )
    console.print(table)


def _print_memory(record: BenchRecord, console: Console) -> None:
    memory = record.memory
    _heading(console, translate("Commands", "Memory of the window's process"))
    if memory is None:
        _line(console, translate("Commands", "This system does not report how much memory a process uses."))
        return
    table = _table("", "")
    table.add_row(translate("Commands", "at the first recognition"), f"{memory.started_mb:.0f} MB")
    table.add_row(translate("Commands", "{n} s later", n=f"{memory.seconds:.0f}"), f"{memory.ended_mb:.0f} MB")
    table.add_row(translate("Commands", "peak"), f"{memory.most_mb:.0f} MB")
    if memory.slope is not None:
        slope = f"{memory.slope.per_minute:+.1f} ± {memory.slope.standard_error:.1f} MB"
        table.add_row(translate("Commands", "per minute"), slope)
    console.print(table)


def _print_peers(record: BenchRecord, console: Console) -> None:
    peers = record.peers
    if peers is None:
        return
    for race in peers.races:
        _heading(console, _race_title(translate("Commands", "MetaFace and others on the same frames"), race))
        _print_race(race, console)
    _print_absent(peers, console)


def _print_absent(peers: PeersFigures, console: Console) -> None:
    for absent in peers.absent:
        if absent.peer == FACE_RECOGNITION:
            text = translate(
                "Commands",
                "face_recognition was not measured: {reason}. Install it: {command}",
                reason=absent.reason,
                command=INSTALL,
            )
        else:
            text = translate(
                "Commands",
                "{peer} was not measured: {reason}. “{stand_in}” runs the same networks on every face of every frame.",
                peer=absent.peer,
                reason=absent.reason,
                stand_in=absent.stand_in,
            )
        _line(console, text, "yellow")
    for note in peers.notes:
        _line(console, f"{note.peer}: {note.note}")
