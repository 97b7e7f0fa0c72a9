"""Every target with what it begins with and what it is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from metaface_gui.errors import KnownError
from tests.fuzz import seeds, targets

_JSON = (b'"', b"{", b"}", b"[", b"]", b":", b",", b"null", b"true", b"1e999", b"NaN", b"-1")
_HEADER_WORDS = """
    dtype shape data_offsets __metadata__ F64 F32 F16 BF16 F8_E4M3 F8_E5M2 I64 I8 U8 BOOL C64 weight scales tail weights
    means factors projection trunk meta_parameters embedder_id embedding_dim projection_dim format learner
"""
_HEADER = tuple(f'"{word}"'.encode() for word in _HEADER_WORDS.split())
_ONNX = (b"DequantizeLinear", b"Reshape", b"axis", b"block_size", b"location")


@dataclass(frozen=True, slots=True)
class Target:
    """`run` has `data` read, in a folder that is its own and empty; `allowed` is what may come of it.

    `tokens` are pieces that such files are made of; `max_bytes` is how long inputs may become.
    """

    name: str
    run: Callable[[bytes, Path], None]
    seeds: Callable[[], list[bytes]]
    tokens: tuple[bytes, ...] = ()
    max_bytes: int = 4096
    allowed: tuple[type[Exception], ...] = (KnownError,)


TARGETS: Mapping[str, Target] = MappingProxyType(
    {
        target.name: target
        for target in (
            Target("gallery-import", targets.gallery_import, seeds.galleries, max_bytes=200_000),
            Target("gallery-open", targets.gallery_open, seeds.galleries, max_bytes=200_000),
            Target("gallery-rows", targets.gallery_rows, seeds.edits, max_bytes=600),
            Target("onnx", targets.onnx_weights, seeds.onnx_files, _ONNX, max_bytes=16_384),
            Target("safetensors", targets.safetensors, seeds.safetensors_files, _JSON + _HEADER),
            Target("picture", targets.picture, seeds.pictures),
            Target("manifest", targets.manifest, seeds.manifests, _JSON),
            Target("settings", targets.settings, seeds.settings_texts, _JSON),
            Target("source", targets.source, seeds.sources, (b"http://", b"rtsp://", b"demo")),
        )
    }
)
"""Every target by its name."""
