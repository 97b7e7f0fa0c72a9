"""Aligned faces → features, cached on disk: the one part of meta-learning offline that costs minutes.

For training, the frozen trunk's features of each face and of degraded copies of it: tails are fitted to them without
running the network again. For testing, learners' features of each face under a condition. Both are resumable, and what
they hold follows from the faces, the embedder and a seed alone, whatever else a data set holds.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, nullcontext
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from metaface_gui.metalearning import degradations, environments
from metaface_gui.metalearning.conditions import CONDITIONS, Condition, clean, corrupt, in_turn
from metaface_gui.metalearning.data import AlignedFaces
from metaface_gui.metalearning.degradations import degrade
from metaface_gui.metalearning.face_folder import Progress
from metaface_gui.metalearning.growing_array import open_growing_array
from metaface_gui.pipeline.embedding.base import TrainableEmbedder
from metaface_gui.pipeline.embedding.views import features_of, features_of_both
from metaface_gui.pipeline.processor import usable_cores
from metaface_gui.resources import user_cache_dir
from metaface_gui.types import Image

_FORMAT = 1
_CPU_BATCH, _GPU_BATCH = 16, 256
_CHUNK_BATCHES = 4
_MAX_THREADS = 16
_HASHED_EVERY = 8
"""Every eighth pixel of every eighth row tells crops apart."""

MakeCrop = Callable[[int], Image]


def default_cache() -> Path:
    """The user's cache folder for this; not created here. It may be deleted at any time.

    Raises:
        KnownError: if the user has no home folder.
    """
    return user_cache_dir() / "metalearning"


def trunk_copies(
    faces: AlignedFaces, embedder: TrainableEmbedder, *, copies: int, seed: int, cache: Path, progress: Progress
) -> NDArray[np.float16]:
    """The trunk's features of each face, clean, and of `copies` degraded copies: (n, 1 + copies, u), a memory map.

    Copy 0 is clean; copy c of a face is drawn from (seed, the face's path, c). On a CPU that computes in bfloat16 the
    network does so: twice as fast, and SFace's embeddings stay within a cosine of 0.9997. `progress` counts faces.

    Raises:
        CacheError: if the cache folder cannot be written, or its disk has not the 2 n (1 + copies) u bytes needed.
        ValueError: if `copies` is negative.
    """
    if copies < 0:
        raise ValueError(f"want copies ≥ 0, got {copies}")
    size, total, each = embedder.crop_size, len(faces), 1 + copies
    dimension = embedder.trunk(torch.zeros((0, 3, size, size), dtype=torch.uint8)).shape[1]

    def make(index: int) -> Image:
        face, copy = divmod(index, each)
        chance = np.random.default_rng([seed, face_number(faces.paths[face]), copy])
        return corrupt(faces.crops_rgb[face], degrade if copy else clean, chance, size)

    # The trunk is the same whatever projection follows it.
    trunk_id = embedder.id.partition("@")[0]
    key = features_key("trunk", trunk_id, dimension, copies, seed, degradations.VERSION, faces_key(faces))
    with open_growing_array(
        cache / f"trunk-{key}", (each, dimension), np.float16, lambda: progress(0, total)
    ) as features:
        done = features.rows
        progress(done, total)
        features.require_space(total - done)
        batch = _batch_size(embedder.device)
        chunk = max(1, batch * _CHUNK_BATCHES // each)
        with closing(_crops_in_chunks(make, done, total, chunk=chunk, each=each)) as chunks:
            for crops in chunks:
                batches = torch.split(torch.from_numpy(crops).permute(0, 3, 1, 2), batch)
                with fast_arithmetic(embedder.device):
                    parts = [embedder.trunk(part).to("cpu", torch.float16) for part in batches]
                rows: NDArray[np.float16] = torch.cat(parts).numpy().reshape(-1, each, dimension)
                features.append(rows)
                progress(features.rows, total)
        return features.array()


def condition_features(
    faces: AlignedFaces,
    embedder: TrainableEmbedder,
    condition: str,
    *,
    seed: int,
    cache: Path,
    progress: Progress,
    environment: str | None = None,
    both_views: bool = False,
) -> Tensor:
    """Learners' features of each face under that condition, (n, p) float32 on the CPU, in full precision.

    The draw for a face follows from (seed, the face's path); another seed is another draw. `progress` counts faces.
    With the name of a family as `environment`, all faces are first photographed in one place of it, which follows from
    the seed; then the condition happens to what is seen there. With `both_views` their mirror images count, too.

    Raises:
        CacheError: if the cache folder cannot be written or its disk is full.
        KeyError: if there is no such condition or family.
    """
    corruption, size, total = CONDITIONS[condition], embedder.crop_size, len(faces)
    if environment is not None:
        corruption = _in_a_place_of(environment, corruption, seed)

    def make(face: int) -> Image:
        chance = np.random.default_rng([seed, face_number(faces.paths[face])])
        return corrupt(faces.crops_rgb[face], corruption, chance, size)

    # `clean` draws nothing, so every seed shares one.
    drawn = 0 if corruption is clean else seed
    dimension = embedder.space.feature_dim
    where = () if environment is None else (environment, environments.VERSION)
    seen = ("both views",) if both_views else ()
    key = features_key("condition", embedder.id, dimension, condition, drawn, faces_key(faces), *where, *seen)
    look = features_of_both if both_views else features_of
    with open_growing_array(
        cache / f"condition-{key}", (dimension,), np.float32, lambda: progress(0, total)
    ) as features:
        done = features.rows
        progress(done, total)
        features.require_space(total - done)
        batch = _batch_size(embedder.device)
        with closing(_crops_in_chunks(make, done, total, chunk=batch * _CHUNK_BATCHES, each=1)) as chunks:
            for crops in chunks:
                parts = np.split(crops, range(batch, len(crops), batch))
                features.append(np.concatenate([look(embedder, part) for part in parts]))
                progress(features.rows, total)
        return torch.from_numpy(np.array(features.array()))


def _in_a_place_of(family: str, condition: Condition, seed: int) -> Condition:
    """Draw the place; what comes back photographs a crop there and lets the condition happen to the picture."""
    place = environments.environment_of((family,), np.random.default_rng([seed, face_number(family)]))
    # The place draws first: a face's picture there is the same one under every condition.
    return in_turn(place, condition)


def faces_key(faces: AlignedFaces) -> str:
    """A digest of the faces' paths, order and pixels, as 16 hexadecimal digits; the same in every process."""
    digest = hashlib.sha256(repr(faces.crops_rgb.shape).encode())
    for path, crop in zip(faces.paths, faces.crops_rgb, strict=True):
        digest.update(path.encode(errors="surrogateescape") + b"\0")
        digest.update(np.ascontiguousarray(crop[::_HASHED_EVERY, ::_HASHED_EVERY]).data)
    return digest.hexdigest()[:16]


def features_key(*parts: object) -> str:
    """A name for cached features that depend on these things: 16 hexadecimal digits."""
    return hashlib.sha256("|".join(map(str, (_FORMAT, *parts))).encode()).hexdigest()[:16]


def face_number(path: str) -> int:
    """A face's own number for its random draws: 64 bits of SHA-256, for Python's hash differs in every process."""
    return int.from_bytes(hashlib.sha256(path.encode(errors="surrogateescape")).digest()[:8], "big")


def _crops_in_chunks(make: MakeCrop, start: int, stop: int, *, chunk: int, each: int) -> Generator[Image, None, None]:
    """The `each` crops of faces start … stop, `chunk` faces at a time: (m · each, s, s, 3) uint8.

    The next chunk is corrupted by threads while the caller computes on this one.
    """
    threads = min(usable_cores(), _MAX_THREADS)
    pool = ThreadPoolExecutor(threads, thread_name_prefix="corrupt-faces")
    ahead: deque[list[Future[Image]]] = deque()
    try:
        for first in range(start, stop, chunk):
            last = min(first + chunk, stop)
            ahead.append([pool.submit(make, index) for index in range(first * each, last * each)])
            if len(ahead) > 1:
                yield _stacked(ahead.popleft())
        while ahead:
            yield _stacked(ahead.popleft())
    finally:
        pool.shutdown(cancel_futures=True)


def _stacked(crops: list[Future[Image]]) -> Image:
    return np.stack([crop.result() for crop in crops])


def _batch_size(device: torch.device) -> int:
    return _CPU_BATCH if device.type == "cpu" else _GPU_BATCH


def fast_arithmetic(device: torch.device) -> AbstractContextManager[object]:
    """Bfloat16 on CPUs that multiply it in hardware (measured 4.3 ms a face instead of 9.2); elsewhere as it is."""
    # Older releases of PyTorch cannot be asked: exact and slower there.
    ask: Callable[[], dict[str, object]] = getattr(torch.cpu, "get_capabilities", dict)
    capabilities = ask()
    if device.type == "cpu" and (capabilities.get("avx512_bf16") or capabilities.get("amx_bf16")):
        return torch.autocast("cpu", torch.bfloat16)
    return nullcontext()
