"""Choose the device to compute on, and tune the process's threads and memory on a CPU."""

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
"""Longest turn of a thread. Live, five faces, settings tried alternately: 95 % of results came within 36 to 38 ms of
the picture; with Python's own 5 ms within 38 to 47, with 1 ms 45 to 46, with 0.2 ms 40 to 47."""


def resolve_device(name: str) -> torch.device:
    """Return the named device; `auto` is the best one available (cuda, then mps, then cpu).

    Raises:
        DeviceError: if the device is not available, or the name is unknown.
    """
    return torch.device(device_name(name))


def device_name(name: str) -> str:
    """Resolve a device as `resolve_device` does, without loading PyTorch where it is not needed.

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
    """Whether PyTorch may find a GPU: False only if there is certainly none that it supports.

    Asks the driver's own library, which machines without such a GPU lack. Apple's processors have one.
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
    """Whether a device is a processor with instructions for bfloat16 (x86-64: AVX512-BF16 or AMX).

    Other CPUs emulate it, more slowly than float32. False for GPUs, where it was not measured, and where PyTorch is too
    old to tell.
    """
    if device.type != "cpu":
        return False
    capabilities: Mapping[str, bool] = getattr(torch.cpu, "get_capabilities", dict)()
    return any(capabilities.get(name, False) for name in ("avx512_bf16", "amx_bf16"))


def tune_process() -> None:
    """Tune the process for small networks on a CPU; call it once, before other threads start, as they inherit it.

    Does not load PyTorch: what PyTorch reads when it is loaded is set instead. Denormal floats are flushed to zero:
    they cost a hundred cycles each and mean nothing here. With glibc on Linux, malloc keeps the blocks of a forward
    pass for the next one instead of returning them to the system, whose page faults took up to half the time of a
    batched pass. It keeps them in two arenas, not eight per core: the window needs 50 MB less and stops growing.
    Threads beyond eight only wait for each other. A thread that waits for Python's lock gets it after half a
    millisecond instead of five.
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
    """Let PyTorch, once it is loaded, use its usual number of threads, but at most eight."""
    asked = environ.get("OMP_NUM_THREADS", "")
    wanted = int(asked) if asked.isascii() and asked.isdigit() and int(asked) else available_threads()
    environ["OMP_NUM_THREADS"] = str(min(wanted, MAX_THREADS))


def _flush_denormals() -> None:
    """Do what `torch.set_flush_denormal` does: set two bits of this thread's MXCSR, if glibc supports that register."""
    if platform.machine() != "x86_64" or not _has_glibc():
        return
    environment = (ctypes.c_uint32 * 8)()  # fenv_t: seven words of the x87, then MXCSR
    libm = ctypes.CDLL("libm.so.6")
    libm.fegetenv(environment)
    environment[7] |= _FLUSH_TO_ZERO | _DENORMALS_ARE_ZERO
    libm.fesetenv(environment)


def release_memory() -> None:
    """Return freed memory to the system; `tune_process` keeps it for the next pass, and after loading that is a lot.

    Takes about a millisecond; does nothing where `tune_process` kept nothing.
    """
    if _has_glibc():
        ctypes.CDLL(None).malloc_trim(0)


def _has_glibc() -> bool:
    return platform.system() == "Linux" and platform.libc_ver()[0] == "glibc"


@contextmanager
def on_one_core() -> Iterator[None]:
    """Limit torch to one thread for what this thread computes, so that the live view keeps a core.

    It is also faster while others compute: the threads of a small convolution wait for each other, each time for the
    other program's turn. Measured beside two busy cores: 9 s for a whole self-test, not 20.
    """
    former = torch.get_num_threads()
    torch.set_num_threads(1)
    # The number is per thread, but threads new to torch take over the one that was set last by any thread.
    others = threading.Thread(target=torch.set_num_threads, args=(former,), name="torch-threads")
    others.start()
    others.join()
    try:
        yield
    finally:
        torch.set_num_threads(former)
