"""PyTorch, loaded when something is first computed with it, because loading takes seconds and hundreds of megabytes.

Modules that compute with tensors import `torch`, `Tensor` and the functions below from here. Only modules that subclass
`torch.nn.Module`, and are themselves imported late, import PyTorch directly. So a command's help, a gallery listing and
a window that shows its first picture do not need it. Type checkers see PyTorch itself.
"""

from __future__ import annotations

import atexit
import ctypes
import gc
import importlib.util
import mmap
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import wraps
from importlib import import_module
from typing import TYPE_CHECKING, ParamSpec, TypeVar

_LIBRARIES = (
    (
        ("libtorch_global_deps.so", os.RTLD_GLOBAL),
        ("libtorch_cpu.so", 0),
        ("libtorch_cuda.so", 0),
        ("libtorch_python.so", 0),
    )
    if sys.platform == "linux"
    else ()
)
"""In the order and scope in which `import torch` loads them; a build without CUDA has fewer."""
_SWITCH_S = 0.0002
"""Painting a picture takes some fifty calls, each of which waits this long for Python's lock. With 0.001 the video
stopped for 92 to 153 ms, with this value for 63, and loading takes 0.2 s more of 3.3."""
_NVIDIA_BINDINGS = "cuda"
"""NVIDIA's own Python bindings: PyTorch imports them where it finds them, 55 modules and 11 MB."""
_NVIDIA_DEVICES = ("/dev/nvidiactl", "/dev/nvmap", "/dev/dxg")
"""One of these exists wherever an NVIDIA driver is installed: on a PC, on NVIDIA's own boards, and in WSL."""
_FOLDERS = ("/torch/lib/", "/nvidia/", "/openvino/libs/")
_FIRST_OF_MAP = re.compile(r"[0-9a-f]+-[0-9a-f]+ [rwxps-]{4} [0-9a-f]+ \S+ \d+ +/")

P = ParamSpec("P")
T = TypeVar("T")

__all__ = [
    "Tensor",
    "cosine_similarity",
    "cross_entropy",
    "grad",
    "grad_and_value",
    "import_beside_others",
    "in_inference_mode",
    "is_loaded",
    "load_in_background",
    "nn",
    "normalize",
    "one_hot",
    "outside_inference_mode",
    "softplus",
    "torch",
    "uncollected",
    "vmap",
    "without_gradients",
]

if TYPE_CHECKING:
    import torch
    from torch import Tensor, nn
    from torch.func import grad, grad_and_value, vmap
    from torch.nn.functional import cosine_similarity, cross_entropy, normalize, one_hot, softplus
else:

    class _Module:
        """Stands for a module until an attribute of it is accessed; caches accessed attributes."""

        def __init__(self, name: str) -> None:
            self._name = name

        def __getattr__(self, attribute: str) -> object:
            # Waits if another thread is importing the module.
            found = getattr(import_module(self._name), attribute)
            setattr(self, attribute, found)
            return found

    class _TensorType(type):
        def __instancecheck__(cls, value: object) -> bool:
            loaded = getattr(sys.modules.get("torch"), "Tensor", None)
            return loaded is not None and isinstance(value, loaded)

        def __getattr__(cls, attribute: str) -> object:
            return getattr(import_module("torch").Tensor, attribute)

    class Tensor(metaclass=_TensorType):
        """Stands for `torch.Tensor` in annotations, generic aliases and `isinstance`."""

    def _function(module: str, name: str) -> Callable[..., object]:
        def call(*args: object, **kwargs: object) -> object:
            return getattr(import_module(module), name)(*args, **kwargs)

        call.__name__ = call.__qualname__ = name
        return call

    torch, nn = _Module("torch"), _Module("torch.nn")
    grad, grad_and_value, vmap = (_function("torch.func", name) for name in ("grad", "grad_and_value", "vmap"))
    cosine_similarity, cross_entropy, normalize, one_hot, softplus = (
        _function("torch.nn.functional", name)
        for name in ("cosine_similarity", "cross_entropy", "normalize", "one_hot", "softplus")
    )


def is_loaded() -> bool:
    """Whether this process has started to load PyTorch."""
    return sys.modules.get("torch") is not None


def load_in_background() -> None:
    """Load PyTorch now, on a thread that nobody waits for, interrupting other threads as little as possible.

    Python's lock is held while an import loads a library, half a second for the largest of PyTorch's. So the libraries
    are loaded first, by a call that does not hold the lock; during the rest of the import, threads switch more often.
    """
    if is_loaded():
        return
    if sys.platform == "linux":
        _load_libraries()
        if not any(map(os.path.exists, _NVIDIA_DEVICES)):
            # None in `sys.modules` makes Python treat the module as not installed.
            sys.modules.setdefault(_NVIDIA_BINDINGS, None)  # type: ignore[arg-type]
    import_beside_others(("torch",))
    if sys.platform == "linux":
        _forget_read_pages()


def import_beside_others(modules: Sequence[str]) -> None:
    """Import modules while other threads go on, with threads switching more often meanwhile."""
    former = sys.getswitchinterval()
    sys.setswitchinterval(_SWITCH_S)
    try:
        with uncollected():
            for module in modules:
                import_module(module)
    finally:
        sys.setswitchinterval(former)


@contextmanager
def uncollected() -> Iterator[None]:
    """Make Python's garbage collector skip whatever exists at the end of this block, which should mostly be modules.

    They are never freed, and each collection that scans them stops all threads, with PyTorch loaded for 120 ms.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        # At exit everything must be freed in order: bindings written in C++ complain about what is left.
        atexit.unregister(gc.unfreeze)
        atexit.register(gc.unfreeze)
        if was_enabled:
            gc.enable()


def _forget_read_pages() -> None:
    """Release the pages of large libraries that were only read; needed ones are loaded again automatically.

    Loading PyTorch reads over a gigabyte, mostly CUDA code that a CPU never calls: 250 MB of memory.
    """
    try:
        madvise = ctypes.CDLL(None).madvise
        with open("/proc/self/smaps", encoding="utf-8", errors="surrogateescape") as maps:  # noqa: PTH123 - avoids further imports
            read_only = list(_only_read(maps))
    except (AttributeError, OSError):
        return
    madvise.argtypes, madvise.restype = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int), ctypes.c_int
    for begin, end in read_only:
        madvise(begin, end - begin, mmap.MADV_DONTNEED)


def _only_read(maps: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Yield the address ranges of PyTorch's, CUDA's and OpenVINO's libraries that are unmodified and read-only.

    `maps` are the lines of Linux' `smaps`: one with addresses, rights and a file, then what of it is in memory; what
    was written to, such as relocated addresses, counts as anonymous.
    """
    part = ""
    for line in maps:
        if _FIRST_OF_MAP.match(line):
            part = line
        elif line.startswith("Anonymous:") and part:
            addresses, rights, *_, file = part.split(maxsplit=5)
            if line.split()[1] == "0" and "w" not in rights and any(folder in file for folder in _FOLDERS):
                begin, _, end = addresses.partition("-")
                yield int(begin, 16), int(end, 16)
            part = ""


def _load_libraries() -> None:
    """Make the system load PyTorch's libraries; failures are left to the import, which reports the cause."""
    package = importlib.util.find_spec("torch")
    if package is None or package.submodule_search_locations is None:
        return
    try:
        load = ctypes.CDLL(None).dlopen
    except AttributeError:  # before 2.34, glibc has it in a separate library
        return
    load.argtypes, load.restype = (ctypes.c_char_p, ctypes.c_int), ctypes.c_void_p
    for folder in package.submodule_search_locations:
        for name, scope in _LIBRARIES:
            load(os.fsencode(os.path.join(folder, "lib", name)), os.RTLD_NOW | scope)  # noqa: PTH118 - avoids further imports


def _decorator(context: Callable[[], AbstractContextManager[object]]) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Return a decorator that runs a function within a context, which is made at each call."""

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        @wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> T:
            with context():
                return function(*args, **kwargs)

        return call

    return decorate


without_gradients = _decorator(lambda: torch.no_grad())  # noqa: PLW0108 - naming it directly would load PyTorch
"""Decorate as `torch.no_grad()` does, without loading PyTorch at decoration."""
in_inference_mode = _decorator(lambda: torch.inference_mode())  # noqa: PLW0108
"""Decorate as `torch.inference_mode()` does, without loading PyTorch at decoration."""
outside_inference_mode = _decorator(lambda: torch.inference_mode(mode=False))
"""Decorate as `torch.inference_mode(mode=False)` does, without loading PyTorch at decoration."""
