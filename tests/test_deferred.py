"""What loads what: a command imports only what it uses, told in a process of its own."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from metaface_gui import deferred
from metaface_gui.cli import VERBS
from metaface_gui.deferred import Tensor, normalize, torch, uncollected, without_gradients
from metaface_gui.gallery import FileKeys, Gallery
from metaface_gui.i18n import speaks_english

pytestmark = pytest.mark.long

HEAVY = ("torch", "torchvision", "openvino", "PySide6", "cv2", "av", "scipy", "onnx", "matplotlib")
_REPORT = f"""
import json, sys
sys.stdout.write(json.dumps([name for name in {(*HEAVY, "numpy", "rich")!r} if name in sys.modules]))
"""


def loaded_by(program: str, **environ: str) -> list[str]:
    """Which of the heavy packages a Python program loads in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", program + _REPORT],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "LC_ALL": "C", "LANGUAGE": "", **environ},
    )
    return list(json.loads(done.stdout.splitlines()[-1]))


def command(*arguments: str) -> str:
    return f"""
import contextlib, io, sys
from metaface_gui.__main__ import main
from metaface_gui.cli import quick_exit
quick_exit.end_process = lambda code: None  # this process has something to say yet
sys.argv[1:] = {arguments!r}
with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
    main()
"""


def test_the_window_loads_no_ffmpeg() -> None:
    loaded = loaded_by("import metaface_gui.app, metaface_gui.gui.main_window")
    assert "PySide6" in loaded
    assert not {"av", "torch", "openvino"} & set(loaded)


def test_the_collector_passes_over_what_is_loaded() -> None:
    assert gc.isenabled()
    before, stays = gc.get_freeze_count(), list[list[int]]()
    try:
        with uncollected():
            assert not gc.isenabled()
            with uncollected():
                stays += [[] for _ in range(1000)]
            assert not gc.isenabled()
        assert gc.isenabled()
        assert gc.get_freeze_count() >= before + len(stays)
    finally:
        gc.unfreeze()


_ENDS = """
import atexit, gc
atexit.register(lambda: print(gc.get_freeze_count()))
from metaface_gui.deferred import uncollected
with uncollected():
    pass
assert gc.get_freeze_count() > 0
"""


def test_nothing_is_left_out_when_the_program_ends() -> None:
    done = subprocess.run([sys.executable, "-c", _ENDS], capture_output=True, text=True, check=True)
    assert done.stdout == "0\n"


_MAPS = """\
7f0000000000-7f0000002000 r-xp 00000000 08:01 42                 /env/site-packages/torch/lib/libtorch_cpu.so
Rss:                   8 kB
Anonymous:             0 kB
VmFlags: rd ex mr mw me
7f0000002000-7f0000003000 r--p 00002000 08:01 42                 /env/site-packages/torch/lib/libtorch_cpu.so
Anonymous:             4 kB
7f0000003000-7f0000004000 rw-p 00003000 08:01 42                 /env/site-packages/torch/lib/libtorch_cpu.so
Anonymous:             0 kB
7f0000004000-7f0000005000 r--p 00000000 08:01 43                 /env/site-packages/nvidia/cu13/lib/lib of it.so.13
Anonymous:             0 kB
7f0000005000-7f0000006000 r--p 00000000 08:01 44                 /usr/lib/libc.so.6
Anonymous:             0 kB
7f0000006000-7f0000007000 r--p 00000000 00:00 0
Anonymous:             0 kB
"""


def test_only_what_is_as_in_the_file_and_stays_so_is_forgotten() -> None:
    """What was filled in or can be written to would be lost."""
    assert list(deferred._only_read(_MAPS.splitlines(keepends=True))) == [
        (0x7F0000000000, 0x7F0000002000),
        (0x7F0000004000, 0x7F0000005000),
    ]


_LOADS = """
import re
from metaface_gui.deferred import load_in_background
load_in_background()
kilobytes, is_of_library = 0, False
for line in open("/proc/self/smaps"):
    if re.match("[0-9a-f]+-", line):
        is_of_library = "/torch/lib/" in line or "/nvidia/" in line
    elif line.startswith("Rss:") and is_of_library:
        kilobytes += int(line.split()[1])
import torch
x = torch.ones(64, 64, requires_grad=True)
(x @ x).sum().backward()
print(kilobytes < 100_000, x.grad.mean().item())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says what is in memory, and forgets it")
def test_of_pytorchs_libraries_little_stays_in_memory_and_all_works() -> None:
    done = subprocess.run([sys.executable, "-c", _LOADS], capture_output=True, text=True, check=True)
    assert done.stdout == "True 128.0\n"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing says whether there is a driver")
@pytest.mark.parametrize("has_driver", [False, True])
def test_nvidias_bindings_are_loaded_only_where_there_is_its_driver(
    has_driver: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (device := tmp_path / "device").touch()
    bindings: list[object] = []
    monkeypatch.setattr(deferred, "_NVIDIA_DEVICES", (str(tmp_path / "none"), str(device))[: 1 + has_driver])
    monkeypatch.setattr(deferred, "is_loaded", lambda: False)
    monkeypatch.setattr(deferred, "_load_libraries", lambda: None)
    monkeypatch.setattr(deferred, "_forget_read_pages", lambda: None)
    monkeypatch.setattr(
        deferred, "import_beside_others", lambda _modules: bindings.append(sys.modules.get("cuda", "to be found"))
    )
    # What is there before is put back, in whatever way it was.
    monkeypatch.setitem(sys.modules, "cuda", None)
    monkeypatch.delitem(sys.modules, "cuda")
    deferred.load_in_background()
    assert bindings == (["to be found"] if has_driver else [None])


def test_help_loads_nothing_heavy() -> None:
    assert loaded_by(command("--help")) == []


@pytest.mark.parametrize("verb", sorted(set(VERBS) - {"evaluate"}))
def test_no_verbs_help_loads_models_or_the_window(verb: str) -> None:
    loaded = loaded_by(command(verb, "--help"))
    assert not set(loaded) & set(HEAVY)
    if verb in {"enroll", "recognize", "train", "bench"}:
        assert loaded == []


def test_evaluates_help_names_environments_without_models() -> None:
    assert not set(loaded_by(command("evaluate", "--help"))) & {"torch", "openvino", "PySide6"}


def test_help_in_another_language_loads_what_translates() -> None:
    assert loaded_by(command("--help", "--lang", "zh_CN")) == ["PySide6"]


def test_a_gallery_is_listed_without_models_or_the_window(tmp_path: Path) -> None:
    path = tmp_path / "people.metaface"
    Gallery.open(path, keys=FileKeys(tmp_path / "keys")).close()
    assert not set(loaded_by(command("gallery", "list", "--gallery", str(path)), HOME=str(tmp_path))) & set(HEAVY)


def test_weights_are_listed_without_models_or_the_window() -> None:
    assert not set(loaded_by(command("weights", "list"))) & set(HEAVY)


@pytest.mark.parametrize(
    ("environ", "english"),
    [
        ({}, True),
        ({"LANG": "C.UTF-8"}, True),
        ({"LANG": "en_GB.UTF-8", "LC_ALL": ""}, True),
        ({"LANG": "en_GB.UTF-8", "LANGUAGE": "en:zh_CN"}, False),
        ({"LANG": "zh_CN.UTF-8"}, False),
        ({"LC_ALL": "C", "LANG": "de_DE.UTF-8"}, True),
        ({"LC_ALL": "", "LC_MESSAGES": "zh_CN.UTF-8", "LANG": "C"}, False),
        ({"LANG": "eng"}, False),
    ],
)
def test_the_systems_language_is_english_only_for_sure(environ: dict[str, str], english: bool) -> None:
    assert speaks_english(environ, "linux") is english
    assert not speaks_english(environ, "win32")


def test_a_process_is_tuned_before_pytorch_is_there() -> None:
    program = """
import os, sys, threading
os.environ["OMP_NUM_THREADS"] = "64"
from metaface_gui.pipeline.embedding.device import device_name, tune_process
tune_process()
device_name("cpu")
assert "torch" not in sys.modules
import torch
products = []
thread = threading.Thread(target=lambda: products.append((torch.tensor([1e-39]) * 0.5).item()))
thread.start()
thread.join()
assert torch.get_num_threads() <= 8
if sys.platform == "linux" and os.uname().machine == "x86_64":
    assert products == [0.0], "denormals are flushed"
"""
    assert "torch" in loaded_by(program)


def test_deferred_names_do_as_pytorchs_own() -> None:
    vector = torch.ones(1, 4, requires_grad=True)
    assert isinstance(vector, Tensor)
    assert not isinstance(1.0, Tensor)
    assert Tensor.tolist(vector) == [[1.0] * 4]
    assert normalize(vector).tolist() == [[0.5] * 4]
    assert without_gradients(lambda: vector * 2)().requires_grad is False
    assert (vector * 2).requires_grad is True


def test_the_learners_and_what_composes_them_are_imported_without_pytorch() -> None:
    modules = ("engine.engine", "engine.assembly", "pipeline.face_pipeline", "pipeline.learners.hyperparameters")
    program = (
        "\n".join(f"import metaface_gui.{module}" for module in modules)
        + """
from metaface_gui.pipeline.learners import ALL_LEARNERS
assert all(ALL_LEARNERS[key].key == key for key in ALL_LEARNERS)
"""
    )
    assert not set(loaded_by(program)) & {"torch", "torchvision", "openvino", "PySide6", "matplotlib", "onnx"}
