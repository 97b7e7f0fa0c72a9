"""Meta-parameters on disk: a safetensors file for the program and a JSON card for people beside it.

The file names the method, embedder and projection it belongs to, because meta-parameters of another one often have
matching shapes and would silently give wrong results.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from safetensors import SafetensorError, safe_open

from metaface_gui.deferred import torch
from metaface_gui.errors import QT_TRANSLATE_NOOP, KnownError, WeightsError
from metaface_gui.pipeline.feature_space import FeatureSpace, network_of, same_space
from metaface_gui.pipeline.learners import LEARNERS
from metaface_gui.pipeline.learners.base import Params
from metaface_gui.pipeline.learners.tail import TAIL
from metaface_gui.types import Floats
from metaface_gui.weights.store import WeightsStore
from metaface_gui.weights.whole_file import is_file, write_whole

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_FORMAT = "1"
_ENTRY = "meta_parameters"
_HALF_ABOVE = 4096
"""Tensors with more elements are stored in half precision: rounding an A of 128 × 64 by one part in 2000 changes
nothing, while rounding a temperature or threshold would."""


@dataclass(frozen=True, slots=True)
class _Header:
    """Contents of a file's metadata.

    Raises:
        TypeError: if a value has the wrong type.
    """

    format: str
    learner: str
    embedder_id: str
    embedding_dim: int
    projection_dim: int

    def __post_init__(self) -> None:
        texts, numbers = (self.format, self.learner, self.embedder_id), (self.embedding_dim, self.projection_dim)
        if not all(isinstance(text, str) for text in texts) or not all(isinstance(number, int) for number in numbers):
            raise TypeError("a header's value is of another kind")

    @classmethod
    def of(cls, key: str, space: FeatureSpace, embedder_id: str) -> _Header:
        return cls(_FORMAT, key, embedder_id, space.embedding_dim, space.projection_dim)


def save_params(
    path: Path,
    params: Params,
    *,
    key: str,
    space: FeatureSpace,
    embedder_id: str,
    card: Mapping[str, object] | DataclassInstance,
) -> None:
    """Write the meta-parameters of method `key`, trained on `embedder_id`'s features, to `path` and `card` beside it.

    `card`, written with the suffix `.json`, documents the weights (data, split, settings, metrics). Each file is
    replaced completely or not at all; folders are created as needed. The same tensors give the same file on every
    machine. Large tensors are rounded to half precision: measure with what `read_params` returns.

    Raises:
        WeightsError: if the folder cannot be written to.
        TypeError: if JSON cannot hold the card.
    """
    from safetensors.torch import save  # noqa: PLC0415 - loads PyTorch

    header = dataclasses.asdict(_Header.of(key, space, embedder_id))
    described = dict(card) if isinstance(card, Mapping) else dataclasses.asdict(card)
    text = json.dumps({**header, **described}, indent=2, ensure_ascii=False) + "\n"
    tensors = {
        name: tensor.detach().cpu().to(torch.float16 if tensor.numel() > _HALF_ABOVE else torch.float32).contiguous()
        for name, tensor in params.items()
    }
    # One entry: safetensors writes several in random order, and the manifest identifies files by their hash.
    content = save(tensors, {_ENTRY: json.dumps(header, sort_keys=True)})
    try:
        write_whole(path.with_suffix(".json"), text.encode())
        write_whole(path, content)
    except KnownError as error:
        raise WeightsError(
            QT_TRANSLATE_NOOP("Errors", "Cannot write {file}: {reason}. Choose another folder or free some space."),
            file=path,
            reason=error.values["reason"],
        ) from error


def read_params(path: Path, *, key: str, space: FeatureSpace, embedder_id: str) -> Params:
    """Read the meta-parameters of method `key` for that embedder: float32 on the CPU, by name.

    Raises:
        WeightsError: if the file is missing or damaged, or belongs to another method, embedder, projection or version
            of MetaFace.
    """
    arrays, header = _read(path)
    _check_belongs(path, header, _Header.of(key, space, embedder_id))
    params = {name: torch.from_numpy(array) for name, array in arrays.items()}
    wanted = {name: tensor.shape for name, tensor in LEARNERS[key].initial_params(space).items()}
    if {name: tensor.shape for name, tensor in params.items()} != wanted:
        raise WeightsError(
            QT_TRANSLATE_NOOP(
                "Errors",
                "{file} was trained by another version of MetaFace. Train it again with “metaface train {learner}”.",
            ),
            file=path.name,
            learner=key,
        )
    if not all(bool(tensor.isfinite().all()) for tensor in params.values()):
        raise _damaged(path)
    return params


def learner_of(path: Path) -> str:
    """Return the key of the method whose meta-parameters a file holds.

    Raises:
        WeightsError: if the file is missing or damaged, or holds no method's meta-parameters.
    """
    key = _read(path)[1].learner
    if key not in LEARNERS:
        raise WeightsError(
            QT_TRANSLATE_NOOP(
                "Errors", "{file} contains no method's meta-parameters. Choose a file that “metaface train” wrote."
            ),
            file=path.name,
        )
    return key


def load_trained(store: WeightsStore, space: FeatureSpace, embedder_id: str) -> dict[str, Params]:
    """Read the available meta-parameters of all methods for an embedder, by the method's key.

    The manifest lists them as `KEY-NETWORK`, without the tags of the embedder's id. A file for another projection of
    the same network, such as a shipped one after a user has trained their own, is skipped: that method stays untrained.

    Raises:
        WeightsError: if a file is missing or damaged, or is not what the manifest says it is.
    """
    listed = {entry.name for entry in store.entries()}
    trained: dict[str, Params] = {}
    for key in LEARNERS:
        name = f"{key}-{network_of(embedder_id)}"
        if name not in listed:
            continue
        path = store.path(name)
        header = _read(path)[1]
        if network_of(header.embedder_id) != network_of(embedder_id) or same_space(header.embedder_id, embedder_id):
            trained[key] = read_params(path, key=key, space=space, embedder_id=embedder_id)
    return trained


def trained_tail(store: WeightsStore, key: str, space: FeatureSpace, embedder_id: str) -> Floats:
    """Read a method's meta-trained tail (d, r) without PyTorch, from the file that `load_trained` uses; zeros if none.

    Raises:
        WeightsError: as `load_trained`.
    """
    shape = (space.embedding_dim, space.projection_dim)
    name = f"{key}-{network_of(embedder_id)}"
    if name in {entry.name for entry in store.entries()}:
        path = store.path(name)
        arrays, header = _read(path)
        if same_space(header.embedder_id, embedder_id):
            _check_belongs(path, header, _Header.of(key, space, embedder_id))
            if (tail := arrays.get(TAIL)) is None or tail.shape != shape or not np.isfinite(tail).all():
                raise _damaged(path)
            return tail
    return np.zeros(shape, np.float32)


def _read(path: Path) -> tuple[dict[str, Floats], _Header]:
    if not is_file(path):
        raise WeightsError(
            QT_TRANSLATE_NOOP("Errors", "There is no file {file}. Check the path, or train it with “metaface train”."),
            file=path,
        )
    try:
        return _parsed(path)
    # AttributeError: a dtype that safetensors knows and NumPy does not.
    except (OSError, SafetensorError, AttributeError, KeyError, ValueError, TypeError, RecursionError) as error:
        raise _damaged(path) from error


def _parsed(path: Path) -> tuple[dict[str, Floats], _Header]:
    with safe_open(str(path), framework="numpy") as file:
        arrays = {name: file.get_tensor(name) for name in tuple(file.keys())}
        header = _Header(**json.loads((file.metadata() or {})[_ENTRY]))
    if not all(array.dtype.kind == "f" for array in arrays.values()):
        raise TypeError("numbers of another kind")
    return {name: array.astype(np.float32) for name, array in arrays.items()}, header


def _check_belongs(path: Path, found: _Header, wanted: _Header) -> None:
    if found.format != wanted.format:
        raise WeightsError(
            QT_TRANSLATE_NOOP(
                "Errors",
                "{file} was written by another version of MetaFace. "
                "Update MetaFace, or train it again with “metaface train {learner}”.",
            ),
            file=path.name,
            learner=wanted.learner,
        )
    if found.learner != wanted.learner:
        raise WeightsError(
            QT_TRANSLATE_NOOP(
                "Errors",
                "{file} was trained for the method “{found}”, not “{wanted}”. Choose the former, or another file.",
            ),
            file=path.name,
            found=found.learner,
            wanted=wanted.learner,
        )
    dims_fit = (found.embedding_dim, found.projection_dim) == (wanted.embedding_dim, wanted.projection_dim)
    if not dims_fit or not same_space(found.embedder_id, wanted.embedder_id):
        raise WeightsError(
            QT_TRANSLATE_NOOP(
                "Errors",
                "{file} was trained on features of “{found}”, not of “{wanted}”. Choose the former as the embedder, "
                "or train with “metaface train {learner}”.",
            ),
            file=path.name,
            found=found.embedder_id,
            wanted=wanted.embedder_id,
            learner=wanted.learner,
        )


def _damaged(path: Path) -> WeightsError:
    return WeightsError(
        QT_TRANSLATE_NOOP(
            "Errors", "{file} is damaged: no meta-trained parameters can be read from it. Install or train it again."
        ),
        file=path.name,
    )
