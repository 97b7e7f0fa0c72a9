"""OpenVINO: loaded late and without its telemetry, with bounded threads and a cache of compiled networks.

A compiled network is kept in the user's cache folder, so that the next start reads 50 MB instead of dequantising,
building and compiling. The file may be deleted at any time. It is compiled again if it is damaged, or was made from
other weights, by another OpenVINO or for another processor.
"""

from __future__ import annotations

import hashlib
import io
import logging
import mmap
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache as cache_for_good
from importlib import import_module
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING

import numpy as np

from metaface_gui.errors import KnownError
from metaface_gui.pipeline.processor import available_threads
from metaface_gui.weights.whole_file import write_whole

if TYPE_CHECKING:
    import openvino as ov

Build = Callable[[ModuleType], "ov.Model"]
"""Builds a network with the module `openvino`, which only this module loads."""

RUNTIME = "METAFACE_RUNTIME"
"""Environment variable: `torch` disables OpenVINO; any other value leaves the choice to MetaFace."""

_log = logging.getLogger(__name__)

_TELEMETRY = "openvino.tools.ovc"
"""OpenVINO's converter: importing it sends its makers an event, and `import openvino` imports it if present."""
_DIGEST_BYTES = 32


class RuntimeMissingError(Exception):
    """OpenVINO is not installed, or its libraries do not load or work here."""


@dataclass(frozen=True, slots=True)
class CompiledCache:
    """A folder for compiled networks.

    `name` identifies a network; `made_of` is what it depends on: its graph's version and the SHA-256 of its weights.
    """

    folder: Path
    name: str
    made_of: tuple[str, ...]


class KeptFile:
    """A memory-mapped file of a compiled network; `network` are its bytes (n,) uint8.

    The file may be deleted or replaced under its name, but must not be written to.
    """

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            # Copy-on-write: OpenVINO does not accept read-only memory.
            self._mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
        self.network = np.frombuffer(self._mapped, np.uint8, offset=_DIGEST_BYTES)

    def is_whole(self) -> bool:
        """Whether the content is what was once written."""
        return hashlib.sha256(memoryview(self._mapped)[_DIGEST_BYTES:]).digest() == self._mapped[:_DIGEST_BYTES]

    def let_go(self) -> None:
        """Release its memory until it is read again: networks read their weights once, to rearrange them."""
        if hasattr(mmap, "MADV_DONTNEED"):
            self._mapped.madvise(mmap.MADV_DONTNEED)


@dataclass(frozen=True, slots=True, eq=False)
class CompiledNetwork:
    """A network compiled for this processor, its precision (`bf16` or `f32`), and the file that holds its weights."""

    network: ov.CompiledModel
    precision: str
    file: KeptFile | None = None


def is_wanted(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether `METAFACE_RUNTIME` allows OpenVINO."""
    return environ.get(RUNTIME) != "torch"


def compile_network(
    build: Build,
    cache: CompiledCache | None,
    *,
    threads: int | None,
    properties: Mapping[str, str] = MappingProxyType({}),
) -> CompiledNetwork:
    """Compile for this processor, or load from the cache; `build` is called only if nothing is cached.

    Computes in bfloat16 where the processor multiplies it natively, else in float32, never mixed. `threads`: None for
    as many as this process may use. `properties` are OpenVINO's own and override ours.

    Raises:
        RuntimeMissingError: if OpenVINO is not available, or cannot do it.
    """
    openvino = _load()
    try:
        core = _core(openvino)
        capabilities = sorted(core.get_property("CPU", "OPTIMIZATION_CAPABILITIES"))
        settings = {
            "INFERENCE_PRECISION_HINT": "bf16" if "BF16" in capabilities else "f32",
            "PERFORMANCE_HINT": "LATENCY",
            "NUM_STREAMS": "1",
            "INFERENCE_NUM_THREADS": str(threads or available_threads()),
            # Pinned threads wait while another program uses their core.
            "ENABLE_CPU_PINNING": "NO",
            **properties,
        }
        precision = settings["INFERENCE_PRECISION_HINT"]
        processor = core.get_property("CPU", "FULL_DEVICE_NAME")
        if cache is None:
            return CompiledNetwork(core.compile_model(build(openvino), "CPU", settings), precision)
        # The cache key omits the number of threads, so that processes with one and with many share a file.
        compiled_for = sorted(settings.items() - {("INFERENCE_NUM_THREADS", settings["INFERENCE_NUM_THREADS"])})
        made_of = (openvino.__version__, processor, *capabilities, *compiled_for, *cache.made_of)
        path = cache.folder / f"{cache.name}-{_key(made_of)}.compiled"
        if (kept := _read(path)) is not None:
            try:
                compiled = core.import_model(openvino.Tensor(kept.network, shared_memory=True), "CPU", settings)
                kept.let_go()
                return CompiledNetwork(compiled, precision, kept)
            except RuntimeError as error:
                _log.warning("a compiled network is made again: %s", type(error).__name__)
        compiled = core.compile_model(build(openvino), "CPU", settings)
        _keep(path, cache.name, compiled)
    except (RuntimeError, AttributeError, TypeError) as error:  # pybind raises plain built-in exceptions
        raise RuntimeMissingError(type(error).__name__) from error
    return CompiledNetwork(compiled, precision)


def read_onnx(openvino: ModuleType, content: bytes) -> ov.Model:
    """Read a network from the bytes of an ONNX file, with the module `openvino`."""
    return _core(openvino).read_model(content)


def _load() -> ModuleType:
    # None in `sys.modules` makes Python treat the module as not installed.
    sys.modules.setdefault(_TELEMETRY, None)  # type: ignore[arg-type]
    try:
        return import_module("openvino")
    except (ImportError, OSError, RuntimeError) as error:
        raise RuntimeMissingError(type(error).__name__) from error


@cache_for_good
def _core(openvino: ModuleType) -> ov.Core:
    """Return the process's only core, which must never be destroyed.

    On processors with AVX-512 its plug-in installs a signal stack of its own, and on destruction restores the one from
    before, whatever was installed since. With two cores, the second to be destroyed therefore restores a stack that was
    freed with the first, and the next signal that Python handles ends the process (a segmentation fault; OpenVINO
    2026.4).
    """
    core: ov.Core = openvino.Core()
    return core


def _key(made_of: Sequence[object]) -> str:
    return hashlib.sha256(repr(made_of).encode()).hexdigest()[:16]


def _read(path: Path) -> KeptFile | None:
    """Return what `_keep` wrote; None if there is nothing or it is damaged."""
    try:
        kept = KeptFile(path)
    except (OSError, ValueError):  # an empty file cannot be mapped, and a short one holds no network
        return None
    return kept if kept.is_whole() else None


def _keep(path: Path, name: str, compiled: ov.CompiledModel) -> None:
    content = io.BytesIO()
    try:
        compiled.export_model(content)
        kept = content.getvalue()
        write_whole(path, hashlib.sha256(kept).digest() + kept)
        for former in path.parent.glob(f"{name}-*.compiled"):
            if former != path:
                former.unlink(missing_ok=True)
    except (KnownError, OSError, RuntimeError) as error:  # only costs the next start some time
        _log.warning("a compiled network cannot be kept: %s", type(error).__name__)
