"""Two processes meta-train to what one does."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from metaface_gui.errors import DeviceError
from metaface_gui.metalearning.distributed import (
    ProcessGroup,
    joined_group,
    one_at_a_time,
    own_device,
    share_of,
    summed,
)
from tests.metalearning import training_problem
from tests.patience import PATIENCE_S

ROOT = Path(__file__).parents[2]
BOUND_S = 300


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _start(rank: int, port: int, out: Path) -> subprocess.Popen[str]:
    own = {"RANK": str(rank), "LOCAL_RANK": str(rank), "WORLD_SIZE": "2", "MASTER_PORT": str(port)}
    environment = {**os.environ, **own, "MASTER_ADDR": "127.0.0.1", "GLOO_SOCKET_IFNAME": "lo"}
    if sys.platform != "linux":
        del environment["GLOO_SOCKET_IFNAME"]
    command = [sys.executable, "-m", "tests.metalearning.training_problem", str(out)]
    return subprocess.Popen(
        command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_two_processes_find_what_one_does(tmp_path: Path) -> None:
    port = _free_port()
    processes = [_start(rank, port, tmp_path / "two.safetensors") for rank in range(2)]
    try:
        training_problem.main(tmp_path / "one.safetensors")
        for process in processes:
            threads, errors = process.communicate(timeout=BOUND_S)
            assert process.returncode == 0, errors
            # One that lives on while the interpreter ends may abort the process.
            assert "gloo" not in threads
    finally:
        for process in processes:
            process.kill()
            process.wait(PATIENCE_S)
    one, two = load_file(tmp_path / "one.safetensors"), load_file(tmp_path / "two.safetensors")
    assert one.keys() == two.keys()
    for name, tensor in one.items():
        torch.testing.assert_close(two[name], tensor, rtol=1e-4, atol=1e-5)
    assert float(one["tail.a"].abs().max()) > 0.01  # something was learned at all


def test_shares_are_disjoint_and_complete() -> None:
    shares = [share_of(7, ProcessGroup(rank, rank, 3)) for rank in range(3)]
    assert sorted(number for share in shares for number in share) == list(range(7))
    assert list(share_of(3, ProcessGroup())) == [0, 1, 2]


def test_alone_nothing_is_summed() -> None:
    with joined_group(torch.device("cpu")) as group, one_at_a_time(group, torch.device("cpu")):
        params = {"a": torch.ones(2)}
        assert summed(params, group) is params
        assert (group.rank, group.size) == (0, 1)


def test_tensors_travel_in_one_message_and_keep_their_shapes() -> None:
    messages: list[torch.Tensor] = []

    class Doubled(ProcessGroup):
        def sum(self, tensor: torch.Tensor) -> torch.Tensor:
            messages.append(tensor)
            return 2 * tensor

    params = {"a": torch.ones(2, 3), "none": torch.zeros(3, 0), "b": torch.tensor(4.0)}
    total = summed(params, Doubled(size=2))
    assert len(messages) == 1
    assert {name: tensor.shape for name, tensor in total.items()} == {name: t.shape for name, t in params.items()}
    assert torch.equal(total["a"], torch.full((2, 3), 2.0))
    assert float(total["b"]) == 8.0


def test_each_process_of_a_machine_has_its_own_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCAL_RANK", "1")
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert own_device(torch.device("cuda")) == torch.device("cuda", 1)
    assert own_device(torch.device("cpu")) == torch.device("cpu")
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    with pytest.raises(DeviceError, match="no more processes than"):
        own_device(torch.device("cuda"))
