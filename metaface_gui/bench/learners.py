"""What the methods cost: adapting to a gallery, scoring a face, and a second-order MAML meta-step.

Features are random, but laid out as the embedder's and of people who differ as people do, so that no branch is spared.
Figures are medians: another program's moment of work must not count.
"""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2

from metaface_gui.deferred import Tensor, normalize, torch
from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.pipeline.learners import LEARNERS, make_learner
from metaface_gui.pipeline.learners.base import STRANGER, Episode, Params, SupportSet
from metaface_gui.pipeline.learners.inner_loop import inner_loss
from metaface_gui.pipeline.learners.maml import MamlLearner, MamlSettings

OnProgress = Callable[[str], None]
"""Called with what was just measured."""


@dataclass(frozen=True, slots=True)
class GallerySize:
    """People and shots of each."""

    n_way: int
    k_shot: int


@dataclass(frozen=True, slots=True)
class BenchmarkSettings:
    """What to measure. `repeats` timings make a median; `faces_per_timing` faces are scored one by one in each.

    The meta-step is MAML's of `inner_steps` on `n_tasks` tasks of `task`, with `n_query` probes a person and as many
    strangers as people: by default the papers' usual 5-way 1-shot in batches of 32 tasks.
    """

    learners: tuple[str, ...] = tuple(LEARNERS)
    galleries: tuple[GallerySize, ...] = (GallerySize(20, 5), GallerySize(1000, 5))
    space: FeatureSpace = FeatureSpace(128, 64)  # noqa: RUF009 - frozen
    repeats: int = 5
    faces_per_timing: int = 50
    n_tasks: int = 32
    task: GallerySize = GallerySize(5, 1)
    n_query: int = 5
    inner_steps: int = 5


@dataclass(frozen=True, slots=True)
class Machine:
    """What the figures were measured on.

    `cores` are the threads that PyTorch uses, `memory_gb` all there is (10⁹ bytes). `load` is what all programs
    together asked of the processor in the minute before, in cores: figures beside others' work are worse. The last two
    are None where the system does not tell.
    """

    cpu: str
    cores: int
    torch: str
    device: str
    opencv: str
    python: str
    system: str
    memory_gb: float | None
    load: float | None


@dataclass(frozen=True, slots=True)
class AdaptationCost:
    """Milliseconds to adapt a method to a gallery."""

    learner: str
    n_way: int
    k_shot: int
    adapt_ms: float


@dataclass(frozen=True, slots=True)
class ScoringCost:
    """Microseconds to score one face against a gallery."""

    learner: str
    n_way: int
    k_shot: int
    score_us: float


@dataclass(frozen=True, slots=True)
class MetaStepCost:
    """Second-order MAML meta-gradients a second, of all tasks by one `vmap` and of one task after another.

    `n_queries` are a task's, its strangers' among them. `ratio` is the median of the ratios of neighbouring timings,
    which a load that comes and goes does not disturb.
    """

    n_tasks: int
    n_way: int
    k_shot: int
    n_queries: int
    inner_steps: int
    vmap_per_s: float
    loop_per_s: float
    ratio: float


@dataclass(frozen=True, slots=True)
class BenchmarkReport:
    """All that was measured."""

    machine: Machine
    adaptation: tuple[AdaptationCost, ...]
    scoring: tuple[ScoringCost, ...]
    maml_meta_steps: MetaStepCost


def run_benchmarks(settings: BenchmarkSettings, device: torch.device, on_progress: OnProgress) -> BenchmarkReport:
    """Measure everything on `device`.

    Raises:
        ValueError: if there is no such learner.
    """
    adaptation, scoring = [], []
    for size in settings.galleries:
        for key in settings.learners:
            adapt, score = measure_learner(key, size, settings, device)
            on_progress(f"{key} {size.n_way}×{size.k_shot}")
            adaptation.append(adapt)
            scoring.append(score)
    meta_steps = measure_meta_steps(settings, device)
    on_progress("maml meta-steps")
    return BenchmarkReport(describe_machine(device), tuple(adaptation), tuple(scoring), meta_steps)


def describe_machine(device: torch.device) -> Machine:
    """Name the processor, the threads PyTorch uses, the versions and the device."""
    return Machine(
        cpu=_cpu_name(),
        cores=torch.get_num_threads(),
        torch=torch.__version__,
        device=torch.cuda.get_device_name(device) if device.type == "cuda" else device.type,
        opencv=cv2.__version__,
        python=platform.python_version(),
        system=f"{platform.system()} {platform.machine()}",
        memory_gb=_memory_gb(),
        load=os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
    )


def _memory_gb() -> float | None:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    except (AttributeError, ValueError, OSError):  # Windows has no sysconf, other systems not these names
        return None


def _cpu_name() -> str:
    info = Path("/proc/cpuinfo")
    if info.is_file():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def random_faces(people: Tensor, space: FeatureSpace, seed: int) -> Tensor:
    """Features (n, p) of one face each of the people numbered by `people` (n,), on the CPU; always the same."""
    random = torch.Generator().manual_seed(seed)
    identities = torch.randn(int(people.max()) + 1, space.embedding_dim, generator=torch.Generator().manual_seed(0))
    raw = normalize(identities, dim=1)[people]
    raw = raw + 0.6 * normalize(torch.randn(raw.shape, generator=random), dim=1)
    v = torch.randn(len(people), space.projection_dim, generator=random) * 0.2
    return torch.cat([normalize(raw, dim=1), v], dim=1)


def measure_learner(
    key: str, size: GallerySize, settings: BenchmarkSettings, device: torch.device
) -> tuple[AdaptationCost, ScoringCost]:
    """Time the untrained method: its cost does not depend on what its parameters hold."""
    learner = make_learner(key, settings.space).to(device)
    labels = torch.arange(size.n_way).repeat_interleave(size.k_shot)
    support = SupportSet(random_faces(labels, settings.space, 1).to(device), labels.to(device), size.n_way)
    adapt_s = _timings(lambda: learner.adapt(support), settings.repeats, device)
    classifier = learner.adapt(support)
    which = torch.arange(settings.faces_per_timing) % size.n_way
    faces = random_faces(which, settings.space, 2).to(device).unsqueeze(1).unbind(0)

    def score_one_by_one() -> None:
        for face in faces:
            classifier.scores(face)

    score_s = statistics.median(_timings(score_one_by_one, settings.repeats, device)) / len(faces)
    return (
        AdaptationCost(key, size.n_way, size.k_shot, 1e3 * statistics.median(adapt_s)),
        ScoringCost(key, size.n_way, size.k_shot, 1e6 * score_s),
    )


def measure_meta_steps(settings: BenchmarkSettings, device: torch.device) -> MetaStepCost:
    """Time MAML's meta-gradient by `vmap` and task by task, in turns, on the same episodes."""
    learner = MamlLearner(settings.space, None, MamlSettings(inner_steps=settings.inner_steps)).to(device)
    episodes, n_way = random_episodes(settings, device), settings.task.n_way
    by_vmap, by_loop = [], []
    for turn in range(settings.repeats + 1):
        vmap_s = _seconds(lambda: learner.meta_gradient(learner.params, episodes, n_way), device)
        loop_s = _seconds(lambda: loop_meta_gradient(learner, learner.params, episodes, n_way), device)
        # The first turn warms up allocators and kernels.
        if turn > 0:
            by_vmap.append(vmap_s)
            by_loop.append(loop_s)
    return MetaStepCost(
        n_tasks=settings.n_tasks,
        n_way=n_way,
        k_shot=settings.task.k_shot,
        n_queries=episodes.query.shape[1],
        inner_steps=settings.inner_steps,
        vmap_per_s=1.0 / statistics.median(by_vmap),
        loop_per_s=1.0 / statistics.median(by_loop),
        ratio=statistics.median(loop / one for loop, one in zip(by_loop, by_vmap, strict=True)),
    )


def random_episodes(settings: BenchmarkSettings, device: torch.device) -> Episode:
    """`n_tasks` stacked episodes of the meta-step's size."""
    size = settings.task
    shots = torch.arange(size.n_way).repeat_interleave(size.k_shot)
    known = torch.arange(size.n_way).repeat_interleave(settings.n_query)
    strangers = torch.arange(size.n_way, 2 * size.n_way)
    labels = torch.cat([known, torch.full_like(strangers, STRANGER)])
    support = [random_faces(shots, settings.space, 2 * task) for task in range(settings.n_tasks)]
    query = [
        random_faces(torch.cat([known, strangers]), settings.space, 2 * task + 1) for task in range(settings.n_tasks)
    ]
    stacked = (
        torch.stack(support),
        shots.expand(settings.n_tasks, -1),
        torch.stack(query),
        labels.expand(settings.n_tasks, -1),
    )
    return Episode(*(part.to(device) for part in stacked))


def loop_meta_gradient(learner: MamlLearner, params: Params, episodes: Episode, n_way: int) -> tuple[Params, Tensor]:
    """MAML's meta-gradient as one would write it without `torch.func`: one task after another, `create_graph=True`.

    The same mathematics, losses and rates as `MamlLearner.meta_gradient`, and the same result.
    """
    leaves = {name: tensor.detach().clone().requires_grad_() for name, tensor in params.items()}
    losses = []
    for parts in zip(*episodes, strict=True):
        episode = Episode(*parts)
        task = learner.task(episode.support, episode.support_labels, n_way)
        rule = learner.task_rule(leaves, task)
        theta = learner.start(leaves, task, n_way)
        for step in range(learner.settings.inner_steps):
            # Aliases, so that the gradient with respect to A is not also the one through the head.
            fast = {name: theta[name].view_as(theta[name]) for name in learner.moving}
            found = torch.autograd.grad(inner_loss({**theta, **fast}, task), list(fast.values()), create_graph=True)
            changes, _ = rule(step, dict(zip(fast, found, strict=True)), {})
            theta |= {name: fast[name] + change for name, change in changes.items()}
        loss = learner.query_loss(theta, episode)
        (loss / len(episodes.support)).backward()  # type: ignore[no-untyped-call]
        losses.append(loss.detach())
    gradients = {n: torch.zeros_like(leaf) if leaf.grad is None else leaf.grad for n, leaf in leaves.items()}
    return gradients, torch.stack(losses)


def _timings(work: Callable[[], object], repeats: int, device: torch.device) -> Sequence[float]:
    """Seconds of each of `repeats` runs, after one that is not counted."""
    return [_seconds(work, device) for _ in range(repeats + 1)][1:]


def _seconds(work: Callable[[], object], device: torch.device) -> float:
    _finish(device)
    start = time.perf_counter()
    work()
    _finish(device)
    return time.perf_counter() - start


def _finish(device: torch.device) -> None:
    """Wait for what an accelerator still has to do."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()
