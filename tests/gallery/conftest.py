"""Shots, consents and galleries to test with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import numpy as np
import pytest

from metaface_gui.gallery import Gallery, NewConsent, NewShot, ShotSource
from metaface_gui.types import Floats

AllBytes = Callable[[Path], bytes]
EMBEDDER = "sface-2021dec"


class MakeShot(Protocol):
    def __call__(self, seed: int = 0, *, chip: bytes | None = None, dim: int = 4, kept: bool = True) -> NewShot: ...


def png(width: int, height: int, seed: int) -> bytes:
    """The header of a PNG picture of that size, and noise instead of its pixels."""
    size = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    return b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR" + size + np.random.default_rng(seed).bytes(2000)


@pytest.fixture(scope="session")
def make_shot() -> MakeShot:
    def make(seed: int = 0, *, chip: bytes | None = None, dim: int = 4, kept: bool = True) -> NewShot:
        random = np.random.default_rng(seed)
        vector: Floats = random.normal(size=dim).astype(np.float32)
        return NewShot(
            chip=png(112, 112, seed) if chip is None else chip,
            landmarks=random.uniform(0, 112, (5, 2)).astype(np.float32),
            box_xyxy=random.uniform(0, 112, 4).astype(np.float32),
            quality=float(random.uniform()),
            taken_at=datetime(2024, 2, 29, 12, 30, 15, 123457, tzinfo=UTC),
            source=ShotSource.CAMERA,
            kept=kept,
            embeddings={EMBEDDER: vector} if dim else {},
        )

    return make


@pytest.fixture(scope="session")
def consent() -> NewConsent:
    return NewConsent(
        given_at=datetime(2024, 2, 29, 12, tzinfo=UTC),
        purpose="to be recognised on this computer",
        given_by="the person, on screen",
        text_version="2024-01",
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a gallery may be; the name is as awkward as users' are."""
    return tmp_path / "new folder" / "my 😀 faces?mode=x#1%20.metaface"


@pytest.fixture
def gallery(path: Path) -> Iterator[Gallery]:
    with Gallery.open(path) as opened:
        yield opened


@pytest.fixture(scope="session")
def all_bytes() -> AllBytes:
    """Everything that is on the disk in a folder, and the names there."""

    def read(folder: Path) -> bytes:
        files = [file for file in sorted(folder.rglob("*")) if file.is_file()]
        return b"\n".join(file.name.encode() + b":" + file.read_bytes() for file in files)

    return read
