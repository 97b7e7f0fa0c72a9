"""Meta-training by several processes, GPUs or machines: each processes a share of a meta-batch; gradients are summed.

`torchrun` starts the processes and passes each its rank in the environment (`RANK`, `WORLD_SIZE`, `LOCAL_RANK`,
`MASTER_ADDR`, `MASTER_PORT`); `torch.distributed` computes the sums, by gloo between CPUs and by NCCL between GPUs:

    torchrun --nproc-per-node 2 -m metaface_gui train prototypical --data DIR --out FILE
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import torch
import torch.distributed
from torch import Tensor

from metaface_gui.errors import QT_TRANSLATE_NOOP, DeviceError
from metaface_gui.pipeline.learners.base import Params

_PATIENCE = timedelta(hours=12)
"""How long to wait for another process, which may be computing a large data set's features."""


@dataclass(frozen=True, slots=True)
class ProcessGroup:
    """The `size` processes that meta-train together, as `torchrun` started them; by default one process alone.

    `rank` is this process's number, 0 … size-1; only number 0 writes and prints. `local_rank` is its number on its
    machine.
    """

    rank: int = 0
    local_rank: int = 0
    size: int = 1

    def sum(self, tensor: Tensor) -> Tensor:
        """Return the sum of every process's tensor, bit for bit the same in all; all must call it.

        Sums on the CPU by gloo, on the GPU by NCCL.
        """
        if self.size == 1:
            return tensor
        total = tensor.clone()
        torch.distributed.all_reduce(total)
        return total


@contextmanager
def joined_group(device: torch.device) -> Iterator[ProcessGroup]:
    """Join the group described by the environment; without one, yield a group of this process alone.

    Raises:
        DeviceError: if this machine has more processes than GPUs, or the processes cannot reach each other.
    """
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1:
        yield ProcessGroup()
        return
    # This module's functions take the group that exists at import time as their default, and torch.func imports it.
    # Imported later, it would keep the group's threads alive after `destroy_process_group`, and a thread that released
    # a tensor at interpreter shutdown aborted the process ("terminate called without an active exception").
    importlib.import_module("torch.distributed.nn.functional")
    rank, local_rank = int(os.environ["RANK"]), int(os.environ.get("LOCAL_RANK", "0"))
    on_gpu = device.type == "cuda"
    if on_gpu:
        torch.cuda.set_device(own_device(device))
    try:
        torch.distributed.init_process_group("nccl" if on_gpu else "gloo", timeout=_PATIENCE)
    except (RuntimeError, ValueError) as error:
        raise DeviceError(
            QT_TRANSLATE_NOOP(
                "Errors", "The {size} processes cannot reach each other: {reason}. Start them all with torchrun."
            ),
            size=size,
            reason=error,
        ) from error
    try:
        yield ProcessGroup(rank, local_rank, size)
    finally:
        torch.distributed.destroy_process_group()


def own_device(device: torch.device) -> torch.device:
    """Return this process's own GPU, the one with its local rank, if `device` is a GPU without an index.

    Raises:
        DeviceError: if this machine has more processes than GPUs.
    """
    if device.type != "cuda" or device.index is not None or "LOCAL_RANK" not in os.environ:
        return device
    local_rank, gpus = int(os.environ["LOCAL_RANK"]), torch.cuda.device_count()
    if local_rank >= gpus:
        raise DeviceError(
            QT_TRANSLATE_NOOP("Errors", "This machine has {gpus} GPUs. Start no more processes than that on it."),
            gpus=gpus,
        )
    return torch.device("cuda", local_rank)


def share_of(count: int, group: ProcessGroup) -> range:
    """Return the numbers among 0 … count-1 that this process works on; the processes together cover all of them."""
    return range(group.rank, count, group.size)


def wait_for_all(group: ProcessGroup, device: torch.device) -> None:
    """Block until every process has called this."""
    group.sum(torch.zeros(1, device=device))


@contextmanager
def one_at_a_time(group: ProcessGroup, device: torch.device) -> Iterator[None]:
    """Run each machine's first process alone, then the others, which find its results on disk."""
    if group.local_rank > 0:
        wait_for_all(group, device)
    yield
    if group.local_rank == 0:
        wait_for_all(group, device)


def from_first(params: Params, group: ProcessGroup) -> Params:
    """Return the first process's tensors in every process, so that machines that round differently start alike."""
    return summed(params if group.rank == 0 else {name: tensor * 0 for name, tensor in params.items()}, group)


def summed(params: Params, group: ProcessGroup) -> Params:
    """Sum each tensor over the processes in a single message, because many small ones would each add latency."""
    if group.size == 1 or not params:
        return params
    flat = group.sum(torch.cat([tensor.flatten() for tensor in params.values()]))
    parts = torch.split(flat, [tensor.numel() for tensor in params.values()])
    return {name: part.view_as(params[name]) for name, part in zip(params, parts, strict=True)}
