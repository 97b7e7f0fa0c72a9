from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
import torch

from metaface_gui.errors import DeviceError
from metaface_gui.pipeline.embedding import device
from metaface_gui.pipeline.embedding.device import multiplies_bfloat16, resolve_device, tune_process


@pytest.fixture
def present(monkeypatch: pytest.MonkeyPatch) -> dict[str, bool]:
    devices = {"cuda": False, "mps": False}
    monkeypatch.setattr(device, "may_have_gpu", lambda: True)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: devices["cuda"])
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: devices["mps"])
    return devices


def test_auto_takes_the_best_device_there_is(present: dict[str, bool]) -> None:
    assert resolve_device("auto").type == "cpu"
    present["mps"] = True
    assert resolve_device("auto").type == "mps"
    present["cuda"] = True
    assert resolve_device("auto").type == "cuda"
    assert resolve_device("cpu").type == "cpu"
    assert resolve_device("mps").type == "mps"


@pytest.mark.parametrize("name", ["cuda", "mps"])
def test_an_absent_device_says_the_next_step(present: dict[str, bool], name: str) -> None:
    with pytest.raises(DeviceError, match=f"“{name}” was asked for.*choose “auto” or “cpu”"):
        resolve_device(name)


@pytest.mark.parametrize("name", ["", "gpu", "CUDA", "cuda:7"])
def test_an_unknown_device_lists_the_known_ones(name: str) -> None:
    with pytest.raises(DeviceError, match="Choose one of: auto, cpu, cuda, mps"):
        resolve_device(name)


@pytest.fixture
def _restored() -> Iterator[None]:
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)


@pytest.mark.usefixtures("_restored")
def test_tuning_flushes_denormals_and_bounds_the_threads() -> None:
    tune_process()
    tune_process()
    products: list[float] = []
    thread = threading.Thread(target=lambda: products.append((torch.tensor([1e-39]) * 0.5).item()))
    thread.start()
    thread.join()
    assert products == [0.0], "a worker thread inherits the setting"
    assert 1 <= torch.get_num_threads() <= 8


@pytest.mark.parametrize(
    ("can", "said"),
    [({"avx512_bf16": True}, True), ({"amx_bf16": True}, True), ({"avx512_bf16": False}, False), ({}, False)],
)
def test_bfloat16_is_for_processors_that_multiply_it(
    monkeypatch: pytest.MonkeyPatch, can: dict[str, bool], said: bool
) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: can, raising=False)
    assert multiplies_bfloat16(torch.device("cpu")) is said
    assert not multiplies_bfloat16(torch.device("cuda"))


def test_a_pytorch_that_does_not_tell_computes_in_float32(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(torch.cpu, "get_capabilities", raising=False)
    assert not multiplies_bfloat16(torch.device("cpu"))
