"""Entries of a manifest, for stores that hold files which a test made."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from metaface_gui.weights.store import WeightsStore


def entry_of(path: Path, *, name: str, role: str, key: str) -> dict[str, object]:
    """What a manifest says of that file."""
    content = path.read_bytes()
    return {
        "name": name,
        "role": role,
        "key": key,
        "file": path.name,
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "license": "MIT",
        "source": "this test",
    }


def store_of(folder: Path, *entries: dict[str, object]) -> WeightsStore:
    """A store that lists nothing else."""
    (folder / "manifest.json").write_text(json.dumps({"format": 1, "weights": entries}), encoding="utf-8")
    return WeightsStore(folder, folder / "own")
