"""A file of meta-trained weights: tensors, described in its header, that the file's hash identifies.

A JSON card for people lies beside it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from metaface_gui.deferred import Tensor
from metaface_gui.types import Floats
from metaface_gui.weights.whole_file import write_whole

Arrays = Mapping[str, NDArray[Any]]

UNREADABLE = (OSError, SafetensorError, AttributeError, ValueError, KeyError, TypeError, RuntimeError)
"""What reading a file raises that is missing, damaged or something else."""
_ID_DIGITS = 8


def write_trained(
    path: Path, kind: str, arrays: Arrays, described: Mapping[str, object], card: Mapping[str, object]
) -> bytes:
    """Write arrays, what the header says of them, and `card` as JSON beside them; whole files or none.

    Returns the file's content. The same arrays give the same file, and so the same id, on every machine.

    Raises:
        KnownError: if the files cannot be written.
    """
    # One entry: safetensors writes several in random order, which would change the file's hash, the id.
    content: bytes = save(
        {name: np.ascontiguousarray(array) for name, array in arrays.items()},
        {kind: json.dumps(described, sort_keys=True)},
    )
    text = json.dumps({**card, **described}, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    write_whole(path.with_suffix(".json"), text.encode())
    write_whole(path, content)
    return content


def parsed(content: bytes, kind: str) -> tuple[dict[str, NDArray[Any]], Any]:
    """Return the arrays in a file's content, and what its header says of them."""
    arrays = load(content)
    # The header is JSON after 8 bytes of length.
    header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
    return arrays, json.loads(header["__metadata__"][kind])


def id_of(content: bytes) -> str:
    """Return the first digits of the SHA-256 of a file's content."""
    return hashlib.sha256(content).hexdigest()[:_ID_DIGITS]


def as_array(trained: Tensor) -> Floats:
    """Return a trained tensor as an array, float32, as it is written."""
    array: Floats = trained.detach().float().cpu().numpy()
    return array
