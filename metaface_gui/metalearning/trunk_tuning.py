"""Stage 0 of meta-training: teach the trunk to see through degradation what it sees in a clean picture.

What darkness, noise and few pixels take away is lost in the first layers, before anything that a tail could move. So
the whole trunk is tuned, gently, under the stock tail: the embedding of a degraded copy should be the stock embedding
of the clean picture (a teacher whose knowledge is distilled: Hinton et al. 2015; for degraded faces Ge et al.,
"Low-resolution Face Recognition in the Wild via Selective Knowledge Distillation", IEEE TIP 2019), and should lie above
one threshold for its own person and below it for every other (`open_set_loss` against a learned row for each person).
The tail stays what it was, so the stock embedding is where everything that follows starts from.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import normalize

from metaface_gui.metalearning.conditions import clean, corrupt
from metaface_gui.metalearning.data import AlignedFaces
from metaface_gui.metalearning.degradations import degrade
from metaface_gui.metalearning.feature_cache import fast_arithmetic
from metaface_gui.pipeline.embedding.torch_embedder import TorchEmbedder
from metaface_gui.pipeline.learners.losses import open_set_loss

_TEACHER_BATCH = 16


@dataclass(frozen=True, slots=True)
class TrunkTuningSettings:
    """AdamW with a linear warm-up, then a plateau, then a linear fall to 2 %; `people_lr` is for the people's rows.

    `distillation` weighs 1 − cosine to the teacher; `clean` is the share of pictures that are shown as they are.
    """

    steps: int = 1400
    batch: int = 32
    meta_lr: float = 2e-4
    people_lr: float = 1e-3
    warm_up: int = 20
    plateau: float = 0.4
    scale: float = 30.0
    distillation: float = 10.0
    clean: float = 0.12
    max_gradient_norm: float = 5.0
    seed: int = 0


@dataclass(frozen=True, slots=True)
class TrunkTuningProgress:
    """Running means of the open-set loss and of the cosine to the teacher."""

    step: int
    steps: int
    loss: float
    cosine: float


class _FrozenPReLU(torch.autograd.Function):
    """PReLU whose slopes are not trained; autograd's own backward computes their gradient and takes twice as long."""

    @staticmethod
    def forward(ctx: torch.autograd.function.FunctionCtx, x: Tensor, slope: Tensor) -> Tensor:
        """x (n, c, h, w), slope (c,)."""
        ctx.save_for_backward(x > 0, slope)
        return torch.prelu(x, slope.to(x.dtype))

    @staticmethod
    def backward(ctx: torch.autograd.function.FunctionCtx, *gradients: Tensor) -> tuple[Tensor, None]:
        """The gradient for x."""
        positive, slope = ctx.saved_tensors  # type: ignore[attr-defined]
        (gradient,) = gradients
        return torch.where(positive, gradient, gradient * slope.to(gradient.dtype).view(1, -1, 1, 1)), None


class _FixedSlopes(nn.Module):
    """A PReLU in the tuned copy of a trunk."""

    def __init__(self, original: nn.PReLU) -> None:
        super().__init__()
        self.weight = nn.Parameter(original.weight.detach().clone(), requires_grad=False)

    def forward(self, x: Tensor) -> Tensor:
        """As `nn.PReLU`, of the same parameter's name, so that the state dicts stay alike."""
        y: Tensor = _FrozenPReLU.apply(x, self.weight)
        return y


def tune_trunk(
    embedder: TorchEmbedder,
    faces: AlignedFaces,
    settings: TrunkTuningSettings,
    *,
    on_progress: Callable[[TrunkTuningProgress], None],
) -> dict[str, Tensor]:
    """Tune a copy of the trunk on the meta-training people's crops; returns its movement by parameter name, float32.

    Deterministic by seed on one kind of machine, up to how its libraries add. `on_progress` may raise to cancel.
    """
    device = embedder.device
    person = torch.from_numpy(faces.person()).to(device)
    teacher = _teacher(embedder, faces)
    rows = torch.zeros(int(person.max()) + 1, teacher.shape[1], device=device).index_add_(0, person, teacher)
    rows = normalize(rows).requires_grad_(True)
    threshold = torch.tensor(0.42, device=device, requires_grad=True)
    trunk = _trainable_copy(embedder.trunk_module)
    moved = [parameter for parameter in trunk.parameters() if parameter.requires_grad]
    groups = [{"params": moved, "lr": settings.meta_lr}, {"params": [rows, threshold], "lr": settings.people_lr}]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.0)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step, settings))
    loss_mean = cosine_mean = 0.0
    for step, (which, crops) in enumerate(_batches(faces, embedder.crop_size, settings), start=1):
        index = torch.from_numpy(which).to(device)
        with fast_arithmetic(device):
            features = trunk(crops.to(device))
        z = embedder.tail_module(features.float())
        cosine = (z * teacher[index]).sum(1).mean()
        loss = open_set_loss(z @ normalize(rows).T, person[index], scale=settings.scale, threshold=threshold)
        optimizer.zero_grad()
        (loss + settings.distillation * (1.0 - cosine)).backward()
        nn.utils.clip_grad_norm_(moved, settings.max_gradient_norm)
        optimizer.step()
        schedule.step()
        keep = 0.0 if step == 1 else 0.97
        loss_mean = keep * loss_mean + (1.0 - keep) * float(loss.detach())
        cosine_mean = keep * cosine_mean + (1.0 - keep) * float(cosine.detach())
        on_progress(TrunkTuningProgress(step, settings.steps, loss_mean, cosine_mean))
    before = embedder.trunk_module.state_dict()
    after = trunk.state_dict()
    return {
        name: after[name].detach().float() - before[name].float()
        for name, parameter in trunk.named_parameters()
        if parameter.requires_grad
    }


def teacher_cosine(pupil: TorchEmbedder, teacher: TorchEmbedder, faces: AlignedFaces, *, seed: int) -> float:
    """Mean cosine of the pupil's embedding of a degraded copy of each face to the teacher's of the clean one."""
    size = pupil.crop_size
    clear = _teacher(teacher, faces)
    degraded = [
        corrupt(crop, degrade, np.random.default_rng([seed, index]), size) for index, crop in enumerate(faces.crops_rgb)
    ]
    batches = (degraded[start : start + _TEACHER_BATCH] for start in range(0, len(degraded), _TEACHER_BATCH))
    seen = torch.cat([pupil.embed(_as_batch(batch)) for batch in batches])
    return float((clear * seen).sum(1).mean())


def _teacher(embedder: TorchEmbedder, faces: AlignedFaces) -> Tensor:
    """Stock embeddings (n, d) of the clean pictures, on the embedder's device."""
    size, unused = embedder.crop_size, np.random.default_rng(0)
    starts = range(0, len(faces), _TEACHER_BATCH)
    parts = (faces.crops_rgb[start : start + _TEACHER_BATCH] for start in starts)
    return torch.cat([embedder.embed(_as_batch([corrupt(c, clean, unused, size) for c in part])) for part in parts])


def _trainable_copy(trunk: nn.Module) -> nn.Module:
    """Copy the trunk with everything but PReLU slopes and batch norms' statistics set to be trained."""
    trunk = copy.deepcopy(trunk)
    for name, module in list(trunk.named_modules()):
        if isinstance(module, nn.PReLU):
            parent, _, child = name.rpartition(".")
            setattr(trunk.get_submodule(parent), child, _FixedSlopes(module))
        elif isinstance(module, nn.Conv2d | nn.Linear):
            module.requires_grad_(True)
    return trunk.eval()


def _rate(step: int, settings: TrunkTuningSettings) -> float:
    """Factor of the learning rates at a step."""
    done = step / settings.steps
    fall = 1.0 if done < settings.plateau else max(0.02, (1.0 - done) / (1.0 - settings.plateau))
    return min(1.0, (step + 1) / settings.warm_up) * fall


def _batches(
    faces: AlignedFaces, size: int, settings: TrunkTuningSettings
) -> Iterator[tuple[NDArray[np.int64], Tensor]]:
    """Which pictures (b,), and their copies (b, 3, s, s) uint8, drawn on another thread while a step is computed."""

    def draw(step: int) -> tuple[NDArray[np.int64], Tensor]:
        random = np.random.default_rng([settings.seed, step])
        which = random.integers(0, len(faces), settings.batch)
        harms = [clean if random.random() < settings.clean else degrade for _ in which]
        shown = [corrupt(faces.crops_rgb[i], harm, random, size) for i, harm in zip(which, harms, strict=True)]
        return which, _as_batch(shown)

    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(draw, 0)
        for step in range(1, settings.steps + 1):
            batch = coming.result()
            if step < settings.steps:
                coming = pool.submit(draw, step)
            yield batch


def _as_batch(crops: list[NDArray[np.uint8]]) -> Tensor:
    return torch.from_numpy(np.stack(crops)).permute(0, 3, 1, 2)
