"""What is kept of a compiled network, and that none takes the process with it when it goes."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from metaface_gui.pipeline.openvino_runtime import CompiledCache, compile_network
from metaface_gui.pipeline.processor import usable_cores

pytest.importorskip("openvino", exc_type=ImportError)


class SmallNetwork:
    """Builds a network that compiles at once, and counts how often."""

    def __init__(self) -> None:
        self.times_built = 0

    def __call__(self, openvino: ModuleType) -> object:
        from openvino import opset13 as ops

        self.times_built += 1
        given = ops.parameter([1, 4])
        return openvino.Model([ops.relu(given)], [given])


def test_however_it_is_damaged_it_is_made_anew(tmp_path: Path) -> None:
    build, cache, given = (
        SmallNetwork(),
        CompiledCache(tmp_path, "small", ("a",)),
        np.array([[-1, 0, 1, 2]], np.float32),
    )
    compile_network(build, cache, threads=1)
    (kept,) = tmp_path.iterdir()
    whole = kept.read_bytes()
    for times, damaged in enumerate(
        (b"", whole[:7], whole[: len(whole) // 2], whole[:-1] + bytes([whole[-1] ^ 1])), start=2
    ):
        kept.write_bytes(damaged)
        again = compile_network(build, cache, threads=1)
        assert again.network([given])[0].tolist() == [[0, 0, 1, 2]]
        assert build.times_built == times
        content = kept.read_bytes()
        assert hashlib.sha256(content[32:]).digest() == content[:32], "and kept"


def test_a_network_whose_file_has_gone_goes_on(tmp_path: Path) -> None:
    given = np.array([[-1, 0, 1, 2]], np.float32)
    for _ in range(2):
        network = compile_network(SmallNetwork(), CompiledCache(tmp_path, "small", ("a",)), threads=1)
    assert network.file is not None
    (kept,) = tmp_path.iterdir()
    kept.unlink()
    assert network.network([given])[0].tolist() == [[0, 0, 1, 2]]


def test_one_of_other_weights_is_not_taken_and_goes(tmp_path: Path) -> None:
    build = SmallNetwork()
    for weights in (("a",), ("b",), ("b",)):
        compile_network(build, CompiledCache(tmp_path, "other", weights), threads=1)
    assert build.times_built == 2
    assert len(list(tmp_path.glob("other-*"))) == 1


def test_what_is_kept_serves_any_number_of_threads(tmp_path: Path) -> None:
    build = SmallNetwork()
    networks = [compile_network(build, CompiledCache(tmp_path, "small", ("a",)), threads=n).network for n in (2, 1)]
    assert [network.get_property("INFERENCE_NUM_THREADS") for network in networks] == [min(2, usable_cores()), 1]
    assert build.times_built == 1


def test_other_properties_are_another_network(tmp_path: Path) -> None:
    build, cache = SmallNetwork(), CompiledCache(tmp_path, "small", ("a",))
    precise = {"INFERENCE_PRECISION_HINT": "f32"}
    fastest = compile_network(build, cache, threads=1, properties={"PERFORMANCE_HINT": "THROUGHPUT"})
    assert fastest.precision in ("bf16", "f32")
    assert compile_network(build, cache, threads=1, properties=precise).precision == "f32"
    assert build.times_built == 2


_NETWORKS_THAT_GO = """
import signal, sys
from metaface_gui.pipeline.openvino_runtime import compile_network
def build(ov):
    import openvino.opset13 as ops
    given = ops.parameter([1, 4])
    return ov.Model([ops.relu(given)], [given])
first = compile_network(build, None, threads=1)
second = compile_network(build, None, threads=1)
del first
del second
signal.signal(signal.SIGINT, lambda *_: print("heard"))
signal.raise_signal(signal.SIGINT)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_signals_are_heard_after_networks_have_gone() -> None:
    done = subprocess.run([sys.executable, "-c", _NETWORKS_THAT_GO], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "heard\n"), done.stderr
