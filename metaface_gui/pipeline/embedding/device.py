"""Which device to compute on, and how the process should treat threads and memory on a CPU."""

from __future__ import annotations

import ctypes
import os
import platform
import sys
import threading
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, get_args

from metaface_gui.deferred import is_loaded, torch
from metaface_gui.errors import QT_TRANSLATE_NOOP, DeviceError
from metaface_gui.pipeline.processor import MAX_THREADS, available_threads

DeviceName = Literal["auto", "cpu", "cuda", "mps"]

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8  # malloc.h
_ARENAS = 2
_FLUSH_TO_ZERO, _DENORMALS_ARE_ZERO = 1 << 15, 1 << 6  # of MXCSR
_LARGEST_MMAP_THRESHOLD = 32 << 20  # glibc refuses more
_KEEP_FREE = 1 << 29
_TURN_S = 0.0005
"""Live, five faces, in turns: 95 % of the results came within 36 to 38 ms of the picture; with Python's own 5 ms within
38 to 47, with 1 ms 45 to 46, with 0.2 ms 40 to 47."""


def resolve_device(name: str) -> torch.device:
    """`auto` is the best device there is (cuda, then mps, then cpu); the others are what they say.

    Raises:
        DeviceError: if the device is not there, or the name is unknown.
    """
    return torch.device(device_name(name))


def device_name(name: str) -> str:
    """Resolve a device as `resolve_device` does, without PyTorch where that has nothing to tell.

    Raises:
        DeviceError: as `resolve_device`.
    """
    if name == "cpu" or (name == "auto" and not may_have_gpu()):
        return "cpu"
    present = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if name == "auto":
        return next(device for device, there in present.items() if there)
    if name not in present:
        raise DeviceError(
            QT_TRANSLATE_NOOP("Errors", "There is no device named “{name}”. Choose one of: {names}."),
            name=name,
            names=", ".join(get_args(DeviceName)),
        )
    if not present[name]:
        raise DeviceError(
            QT_TRANSLATE_NOOP(
                "Errors",
                "The device “{name}” was asked for, but PyTorch {version} finds none. "
                "Install its driver, or choose “auto” or “cpu”.",
            ),
            name=name,
            version=torch.__version__,
        )
    return name


def may_have_gpu() -> bool:
    """Whether PyTorch may find a graphics card: False only where there is surely none for it.

    Asked of the driver's own library, which a machine without such a card lacks. Apple's processors have one.
    """
    system = platform.system()
    if system not in ("Linux", "Windows"):
        return True
    if Path("/dev/kfd").exists():  # AMD's
        return True
    try:
        driver = ctypes.CDLL("nvcuda.dll" if system == "Windows" else "libcuda.so.1")
        count = ctypes.c_int()
        return driver.cuInit(0) == 0 and driver.cuDeviceGetCount(ctypes.byref(count)) == 0 and count.value > 0
    except (OSError, AttributeError):
        return False


def multiplies_bfloat16(device: torch.device) -> bool:
    """Say whether a device is a processor with instructions for bfloat16 (x86-64: AVX512-BF16 or AMX).

    Elsewhere on a CPU it is emulated, which is slower than float32. Of GPUs nothing is claimed: there it is not
    measured. A PyTorch too old to say is taken for one that cannot.
    """
    if device.type != "cpu":
        return False
    capabilities: Mapping[str, bool] = getattr(torch.cpu, "get_capabilities", dict)()
    return any(capabilities.get(name, False) for name in ("avx512_bf16", "amx_bf16"))


def tune_process() -> None:
    """Set what makes small networks fast on a CPU; call once, before other threads start: they inherit it.

    PyTorch is not loaded for it: what it reads when it is loaded is set in its stead.
    Denormal floats are flushed to zero: they cost a hundred cycles each and mean nothing here. On Linux with glibc,
    malloc is told to keep the blocks of a forward pass for the next one instead of giving them back to the system,
    whose page faults took up to half the time of a batched pass; and to keep them in two arenas, not eight for each
    core: the window needs 50 MB less and stops growing. Threads beyond eight only wait for each other, and a thread
    that waits for Python's lock gets it after half a millisecond, not five.
    """
    sys.setswitchinterval(_TURN_S)
    if is_loaded():
        torch.set_flush_denormal(True)
        torch.set_num_threads(min(torch.get_num_threads(), MAX_THREADS))
    else:
        _flush_denormals()
        _bound_threads(os.environ)
    if _has_glibc():
        libc = ctypes.CDLL(None)
        libc.mallopt(_M_MMAP_THRESHOLD, _LARGEST_MMAP_THRESHOLD)
        libc.mallopt(_M_TRIM_THRESHOLD, _KEEP_FREE)
        libc.mallopt(_M_ARENA_MAX, _ARENAS)


def _bound_threads(environ: MutableMapping[str, str]) -> None:
    """Have PyTorch, once it is loaded, use as many threads as it would, but eight at most."""
    asked = environ.get("OMP_NUM_THREADS", "")
    wanted = int(asked) if asked.isascii() and asked.isdigit() and int(asked) else available_threads()
    environ["OMP_NUM_THREADS"] = str(min(wanted, MAX_THREADS))


def _flush_denormals() -> None:
    """Do what `torch.set_flush_denormal` does: set two bits of this thread's MXCSR, where glibc knows that register."""
    if platform.machine() != "x86_64" or not _has_glibc():
        return
    environment = (ctypes.c_uint32 * 8)()  # fenv_t: seven words of the x87, then MXCSR
    libm = ctypes.CDLL("libm.so.6")
    libm.fegetenv(environment)
    environment[7] |= _FLUSH_TO_ZERO | _DENORMALS_ARE_ZERO
    libm.fesetenv(environment)


def release_memory() -> None:
    """Give the system back what was freed: `tune_process` keeps it for the next pass, and after loading that is much.

    Takes about a millisecond; does nothing where `tune_process` kept nothing.
    """
    if _has_glibc():
        ctypes.CDLL(None).malloc_trim(0)


def _has_glibc() -> bool:
    return platform.system() == "Linux" and platform.libc_ver()[0] == "glibc"


@contextmanager
def on_one_core() -> Iterator[None]:
    """Let torch use one thread for what this one computes, so that the live view keeps a core.

    Where others compute too, it is also the quicker way: threads of one small convolution wait for each other, and each
    wait is as long as the other program's turn. Measured beside two busy cores: 9 s for a whole self-test, not 20.
    """
    former = torch.get_num_threads()
    torch.set_num_threads(1)
    # The number is this thread's own, but threads that torch has not seen yet take over what was set last by anybody.
    others = threading.Thread(target=torch.set_num_threads, args=(former,), name="torch-threads")
    others.start()
    others.join()
    try:
        yield
    finally:
        torch.set_num_threads(former)
