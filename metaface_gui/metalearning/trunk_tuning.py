"""Stage 0 of meta-training: teach the trunk to extract from degraded pictures what it extracts from clean ones.

Darkness, noise and low resolution lose information in the first layers, before anything that a tail could change. The
whole trunk is therefore tuned, gently, under the stock tail: the embedding of a degraded copy should equal the stock
embedding of the clean picture (distillation from a teacher: Hinton et al. 2015; for degraded faces Ge et al.,
"Low-resolution Face Recognition in the Wild via Selective Knowledge Distillation", IEEE TIP 2019), and its score should
lie above one threshold for its own person and below it for all others (`open_set_loss` with a learned row per person).
The tail is unchanged, so later stages still start from the stock embedding.

Half of the copies are photographed in environments, one per group of pictures (`environments`), and some of these are
also degraded individually, like hard probes of an environment. The other half are degraded individually
(`degradations`). Both are needed: what was learnt from only one kind was measured not to carry over to the other.

The result is interpolated in weight space: part of the way back to where tuning began, and then towards the stock
trunk (Wortsman et al., "Robust fine-tuning of zero-shot models", CVPR 2022). On held-out people, rooms and masks that
was better than either end in nearly every cell.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import normalize

from metaface_gui.metalearning.checkpoint import Scalars, damaged_checkpoint, load_state, save_state
from metaface_gui.metalearning.conditions import Condition, clean, corrupt, in_turn
from metaface_gui.metalearning.data import AlignedFaces
from metaface_gui.metalearning.degradations import degrade
from metaface_gui.metalearning.environments import draw_environment
from metaface_gui.metalearning.feature_cache import faces_key, fast_arithmetic
from metaface_gui.pipeline.embedding.torch_embedder import TorchEmbedder
from metaface_gui.pipeline.embedding.tuned_trunk import TunedTrunk
from metaface_gui.pipeline.learners.losses import open_set_loss
from metaface_gui.types import Image

_TEACHER_BATCH = 16
_ADAM = ("step", "exp_avg", "exp_avg_sq")
"""AdamW's state of a parameter."""


@dataclass(frozen=True, slots=True)
class TrunkTuningSettings:
    """AdamW with a linear warm-up, a plateau, and a linear decay to 2 %; `people_lr` is the rate of the people's rows.

    `distillation` weighs 1 − cosine to the teacher; `clean` is the share of pictures that are shown unchanged, and
    `environments` that of groups of `group` pictures that share one environment, where the share `degraded_there` of
    the pictures is also degraded individually. If tuning did not start from the stock trunk, `of_start` is the weight
    of its starting point in the result; `strength` is the share of the movement from the stock trunk that is kept.
    """

    steps: int = 1400
    batch: int = 32
    group: int = 8
    environments: float = 0.5
    degraded_there: float = 0.3
    meta_lr: float = 2e-4
    people_lr: float = 1e-3
    warm_up: int = 20
    plateau: float = 0.4
    scale: float = 30.0
    distillation: float = 10.0
    clean: float = 0.12
    max_gradient_norm: float = 5.0
    of_start: float = 0.5
    strength: float = 0.85
    checkpoint_every: int = 50
    seed: int = 0


@dataclass(frozen=True, slots=True)
class TrunkTuningProgress:
    """Running means of the open-set loss and of the cosine to the teacher."""

    step: int
    steps: int
    loss: float
    cosine: float


class _FrozenPReLU(torch.autograd.Function):
    """PReLU with frozen slopes; autograd's own backward also computes their gradient and takes twice as long.

    Backward is g · (slope where x ≤ 0, else 1) = slope · g + (1 − slope) · (g where x > 0).
    """

    @staticmethod
    def forward(ctx: torch.autograd.function.FunctionCtx, x: Tensor, slope: Tensor) -> Tensor:
        """Apply PReLU to x (n, c, h, w) with slope (c,)."""
        ctx.save_for_backward(x, slope)
        return torch.prelu(x, slope.to(x.dtype))

    @staticmethod
    def backward(ctx: torch.autograd.function.FunctionCtx, *gradients: Tensor) -> tuple[Tensor, None]:
        """Return the gradient for x."""
        x, slope = ctx.saved_tensors  # type: ignore[attr-defined]
        (gradient,) = gradients
        slopes = slope.to(gradient.dtype).view(1, -1, 1, 1)
        positive = torch.ops.aten.threshold_backward(gradient, x, 0)
        return torch.addcmul(positive * (1.0 - slopes), gradient, slopes), None


class _FixedSlopes(nn.Module):
    """A PReLU with frozen slopes in the tuned copy of a trunk."""

    def __init__(self, original: nn.PReLU) -> None:
        super().__init__()
        self.weight = nn.Parameter(original.weight.detach().clone(), requires_grad=False)

    def forward(self, x: Tensor) -> Tensor:
        """Apply PReLU; the parameter has the same name as in `nn.PReLU`, so that the state dicts are compatible."""
        y: Tensor = _FrozenPReLU.apply(x, self.weight)
        return y


def tune_trunk(
    embedder: TorchEmbedder,
    faces: AlignedFaces,
    settings: TrunkTuningSettings,
    *,
    on_progress: Callable[[TrunkTuningProgress], None],
    checkpoint: Path | None = None,
    start: TunedTrunk | None = None,
    uninterrupted: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> dict[str, Tensor]:
    """Tune a copy of the trunk on the meta-training people's crops; return its movement by parameter name, float32.

    The movement is relative to the embedder's own trunk, which stays the teacher. With `start`, tuning begins there,
    but without its ranges, which are measured after tuning (`range_fit`). Deterministic given the seed on one kind of
    machine, up to the summation order of its libraries. `on_progress` may raise to cancel. With a `checkpoint`, the
    state is saved there at intervals, after the last step and on a `KeyboardInterrupt`, and an existing one of the same
    tuning is resumed. A step is done within `uninterrupted()`, which may defer a `KeyboardInterrupt` to its end: one
    that is raised inside a step leaves no state that could be saved.

    Raises:
        CheckpointError: if the checkpoint is damaged or belongs to another tuning.
        KnownError: if it cannot be written.
    """
    tuning = _Tuning(embedder, faces, settings, start)
    started = None if start is None else start.id
    identity = json.dumps([embedder.id, started, faces_key(faces), asdict(settings)], sort_keys=True)
    if checkpoint is not None and checkpoint.exists():
        tuning.restore(*load_state(checkpoint, identity, embedder.device), checkpoint)
    kept = tuning.step
    try:
        for which, crops in _batches(faces, embedder.crop_size, settings, after=tuning.step):
            with uninterrupted():
                progress = tuning.advance(torch.from_numpy(which).to(embedder.device), crops.to(embedder.device))
            on_progress(progress)
            is_due = tuning.step % settings.checkpoint_every == 0 or tuning.step == settings.steps
            if checkpoint is not None and is_due:
                save_state(checkpoint, *tuning.state(), identity)
                kept = tuning.step
    except KeyboardInterrupt:
        if checkpoint is not None and tuning.is_whole and tuning.step > kept:
            save_state(checkpoint, *tuning.state(), identity)
        raise
    return tuning.movement()


class _Tuning:
    """The state of a tuning: the trunk, its teacher and labels, and the optimizer."""

    def __init__(
        self, embedder: TorchEmbedder, faces: AlignedFaces, settings: TrunkTuningSettings, start: TunedTrunk | None
    ) -> None:
        self.step = 0
        self.is_whole = True
        """Whether no step is half done."""
        self._embedder, self._settings = embedder, settings
        self._person = torch.from_numpy(faces.person()).to(embedder.device)
        self._teacher = _teacher(embedder, faces)
        means = self._teacher.new_zeros(int(self._person.max()) + 1, self._teacher.shape[1])
        self._rows = normalize(means.index_add_(0, self._person, self._teacher)).requires_grad_(True)
        self._threshold = torch.tensor(0.42, device=embedder.device, requires_grad=True)
        begun = embedder if start is None else embedder.with_trunk(start.without_ranges())
        self._start = start
        self._trunk = _trainable_copy(begun.trunk_module)
        self._moved = {name: p for name, p in self._trunk.named_parameters() if p.requires_grad}
        people = {"people.rows": self._rows, "people.threshold": self._threshold}
        self._trained = {**self._moved, **people}
        groups = [
            {"params": [*self._moved.values()], "lr": settings.meta_lr},
            {"params": [*people.values()], "lr": settings.people_lr},
        ]
        self._optimizer = torch.optim.AdamW(groups, weight_decay=0.0)
        self._loss = self._cosine = 0.0

    def advance(self, which: Tensor, crops: Tensor) -> TrunkTuningProgress:
        """Do one step on copies (b, 3, s, s) uint8 of the pictures `which` (b,)."""
        self.is_whole = False
        settings = self._settings
        for group, peak in zip(self._optimizer.param_groups, (settings.meta_lr, settings.people_lr), strict=True):
            group["lr"] = peak * _rate(self.step, settings)
        self._optimizer.zero_grad()
        loss, cosine = torch.zeros((), device=crops.device), torch.zeros((), device=crops.device)
        # One group at a time: larger batches do not fit into a processor's caches and take half as long again.
        for part, shown in zip(torch.split(which, settings.group), torch.split(crops, settings.group), strict=True):
            share = len(part) / len(which)
            loss_of, cosine_of = self._look(part, shown)
            total = share * (loss_of + settings.distillation * (1.0 - cosine_of))
            total.backward()  # type: ignore[no-untyped-call]
            loss, cosine = loss + share * loss_of.detach(), cosine + share * cosine_of.detach()
        nn.utils.clip_grad_norm_(self._moved.values(), settings.max_gradient_norm)
        self._optimizer.step()
        keep = 0.0 if self.step == 0 else 0.97
        self._loss = keep * self._loss + (1.0 - keep) * float(loss)
        self._cosine = keep * self._cosine + (1.0 - keep) * float(cosine)
        self.step += 1
        self.is_whole = True
        return TrunkTuningProgress(self.step, settings.steps, self._loss, self._cosine)

    def _look(self, which: Tensor, crops: Tensor) -> tuple[Tensor, Tensor]:
        """Return open-set loss () and mean cosine () to the teacher of copies (b, 3, s, s) of pictures `which` (b,)."""
        with fast_arithmetic(crops.device):
            features = self._trunk(crops)
        z = self._embedder.tail_module(features.float())
        scores, labels = z @ normalize(self._rows).T, self._person[which]
        loss = open_set_loss(scores, labels, scale=self._settings.scale, threshold=self._threshold)
        return loss, (z * self._teacher[which]).sum(1).mean()

    def movement(self) -> dict[str, Tensor]:
        """Return the trunk's movement from the stock one by parameter name, interpolated as the settings say."""
        before = self._embedder.trunk_module.state_dict()
        settings, start = self._settings, self._start
        moved = {name: parameter.detach().float() - before[name].float() for name, parameter in self._moved.items()}
        if start is not None:
            kept = settings.of_start
            begun = {name: torch.from_numpy(array) for name, array in start.movement.items()}
            moved = {name: (1.0 - kept) * m + kept * begun[name].to(m) for name, m in moved.items()}
        return {name: settings.strength * movement for name, movement in moved.items()}

    def state(self) -> tuple[dict[str, Tensor], Scalars]:
        """Return everything that the remaining steps depend on."""
        tensors = {f"value/{name}": parameter.detach() for name, parameter in self._trained.items()}
        for name, parameter in self._trained.items():
            tensors |= {f"{part}/{name}": t for part, t in self._optimizer.state[parameter].items()}
        # Tensor files need contiguous tensors, but the convolutions are channels-last.
        whole = {name: t.clone(memory_format=torch.contiguous_format) for name, t in tensors.items()}
        return whole, {"step": self.step, "loss": self._loss, "cosine": self._cosine}

    def restore(self, tensors: Mapping[str, Tensor], scalars: Scalars, path: Path) -> None:
        """Resume from a state that `state` returned.

        Raises:
            CheckpointError: if the state is incomplete.
        """
        try:
            self.step, self._loss, self._cosine = int(scalars["step"]), scalars["loss"], scalars["cosine"]
            with torch.no_grad():
                for name, parameter in self._trained.items():
                    parameter.copy_(tensors[f"value/{name}"])
                    self._optimizer.state[parameter] = {part: tensors[f"{part}/{name}"] for part in _ADAM}
        except (KeyError, RuntimeError) as error:
            raise damaged_checkpoint(path) from error


def teacher_cosine(pupil: TorchEmbedder, teacher: TorchEmbedder, faces: AlignedFaces, *, seed: int) -> float:
    """Return the mean cosine of the pupil's embeddings of degraded copies to the teacher's of the clean faces."""
    size = pupil.crop_size
    clear = _teacher(teacher, faces)
    degraded = [
        corrupt(crop, degrade, np.random.default_rng([seed, index]), size) for index, crop in enumerate(faces.crops_rgb)
    ]
    batches = (degraded[start : start + _TEACHER_BATCH] for start in range(0, len(degraded), _TEACHER_BATCH))
    seen = torch.cat([pupil.embed(_as_batch(batch)) for batch in batches])
    return float((clear * seen).sum(1).mean())


def _teacher(embedder: TorchEmbedder, faces: AlignedFaces) -> Tensor:
    """Return stock embeddings (n, d) of the clean pictures plus their mirror images, on the embedder's device."""
    size, unused = embedder.crop_size, np.random.default_rng(0)
    starts = range(0, len(faces), _TEACHER_BATCH)
    parts = (faces.crops_rgb[start : start + _TEACHER_BATCH] for start in starts)
    seen = (_as_batch([corrupt(crop, clean, unused, size) for crop in part]) for part in parts)
    return torch.cat([normalize(embedder.embed(crops) + embedder.embed(crops.flip(3))) for crops in seen])


def _trainable_copy(trunk: nn.Module) -> nn.Module:
    """Copy the trunk with everything but PReLU slopes and batch-norm parameters trainable."""
    trunk = copy.deepcopy(trunk)
    for name, module in list(trunk.named_modules()):
        if isinstance(module, nn.PReLU):
            parent, _, child = name.rpartition(".")
            setattr(trunk.get_submodule(parent), child, _FixedSlopes(module))
        elif isinstance(module, nn.Conv2d | nn.Linear):
            module.requires_grad_(True)
    return trunk.eval()


def _rate(step: int, settings: TrunkTuningSettings) -> float:
    """Return the factor of the learning rates at a step."""
    done = step / settings.steps
    fall = 1.0 if done < settings.plateau else max(0.02, (1.0 - done) / (1.0 - settings.plateau))
    return min(1.0, (step + 1) / settings.warm_up) * fall


def _batches(
    faces: AlignedFaces, size: int, settings: TrunkTuningSettings, *, after: int
) -> Iterator[tuple[NDArray[np.int64], Tensor]]:
    """Yield indices of pictures (b,) and their copies (b, 3, s, s) uint8 for the steps after step `after`.

    The next batch is drawn in another thread while a step is computed.
    """

    def draw(step: int) -> tuple[NDArray[np.int64], Tensor]:
        random = np.random.default_rng([settings.seed, step])
        which = random.integers(0, len(faces), settings.batch)
        shown = [
            corrupt(_either_way(faces.crops_rgb[i], random), degradation, random, size)
            for i, degradation in zip(which, _degradations(random, settings), strict=True)
        ]
        return which, _as_batch(shown)

    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(draw, after)
        for step in range(after + 1, settings.steps + 1):
            batch = coming.result()
            if step < settings.steps:
                coming = pool.submit(draw, step)
            yield batch


def _either_way(crop: Image, random: np.random.Generator) -> Image:
    """Return the crop or its mirror image, because faces are embedded both ways (`pipeline.embedding.views`)."""
    return np.ascontiguousarray(crop[:, ::-1]) if random.integers(2) else crop


def _degradations(random: np.random.Generator, settings: TrunkTuningSettings) -> list[Condition]:
    """Return the degradation of each picture of a batch."""
    degradations: list[Condition] = []
    while len(degradations) < settings.batch:
        degradations += _of_group(random, settings)
    return degradations[: settings.batch]


def _of_group(random: np.random.Generator, settings: TrunkTuningSettings) -> Iterator[Condition]:
    """Yield the degradation of each of `group` pictures, which share a place if the draw says so."""
    place = draw_environment(random) if random.random() < settings.environments else None
    for _ in range(settings.group):
        if random.random() < settings.clean:
            yield clean
        elif place is None:
            yield degrade
        else:
            yield in_turn(place, degrade) if random.random() < settings.degraded_there else place


def _as_batch(crops: list[NDArray[np.uint8]]) -> Tensor:
    return torch.from_numpy(np.stack(crops)).permute(0, 3, 1, 2)
