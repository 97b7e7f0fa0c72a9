"""What reads files, and what it may raise: each target takes bytes, writes the file they stand for, and has it read."""

from __future__ import annotations

import contextlib
import json
import math
import sqlite3
from contextlib import closing
from pathlib import Path

import torch

from metaface_gui.engine.people.shots import decode_picture
from metaface_gui.gallery import ClashPolicy, Gallery
from metaface_gui.gallery.checksums import seal_all
from metaface_gui.gallery.keys import MemoryKeys
from metaface_gui.gallery.pictures import picture_size
from metaface_gui.pipeline.capture.images import ImageFileSource
from metaface_gui.pipeline.capture.specification import make_source, parse_source
from metaface_gui.pipeline.embedding.onnx_weights import read_onnx_weights
from metaface_gui.pipeline.embedding.projection import read_projection
from metaface_gui.pipeline.embedding.sface import load_sface
from metaface_gui.pipeline.embedding.tuned_trunk import read_tuned_trunk
from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.pipeline.learners import LEARNERS
from metaface_gui.pipeline.learners.hyperparameters import from_json
from metaface_gui.pipeline.learners.parameters import learner_of, read_params
from metaface_gui.pipeline.recognition.cohort import read_generator
from metaface_gui.weights.store import MANIFEST, WeightsStore
from tests.fuzz.draw import Draw

EMBEDDER = "sface-2021dec"
METHOD = "prototypical"
SPACE = FeatureSpace(3, 2)
PASSPHRASE = "correct horse"
KEYS = MemoryKeys()
"""Where the keys of the galleries among the seeds are."""


def gallery_import(data: bytes, folder: Path) -> None:
    """A file that somebody sent, into a gallery that has people already."""
    path = folder / "import.metaface"
    path.write_bytes(data)
    with Gallery.in_memory() as gallery:
        _import(gallery, path)


def gallery_open(data: bytes, folder: Path) -> None:
    """A file as the gallery itself, to change or only to read."""
    path = folder / "people.metaface"
    path.write_bytes(data)
    with Gallery.open(path, read_only=bool(len(data) & 1), keys=KEYS) as gallery:
        _read_all(gallery)


def gallery_rows(data: bytes, folder: Path) -> None:
    """A gallery that SQLite and the checksums find nothing wrong with, but whose values are anything."""
    from tests.fuzz.seeds import encrypted_export, plain_export

    draw = Draw(data)
    is_import, is_read_only = draw.byte() & 1, bool(draw.byte() & 1)
    path = folder / "people.metaface"
    export = encrypted_export() if draw.byte() % 4 == 1 else plain_export()
    path.write_bytes(edited(export, draw))
    if is_import:
        with Gallery.in_memory() as gallery:
            _import(gallery, path)
    else:
        with Gallery.open(path, read_only=is_read_only, keys=MemoryKeys()) as gallery:
            _read_all(gallery)


def edited(export: bytes, draw: Draw) -> bytes:
    """Put values into cells of a gallery's tables, past all its constraints, and make the checksums right again."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.deserialize(export)
        for pragma in ("ignore_check_constraints = ON", "foreign_keys = OFF"):
            connection.execute(f"PRAGMA {pragma}")
        query = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'sqlite_*' ORDER BY name"
        tables = [str(row[0]) for row in connection.execute(query)]
        for _ in range(8):
            if draw.is_empty:
                break
            table = draw.choice(tables)
            # What STRICT tables and unique indexes refuse no file can hold either.
            with contextlib.suppress(sqlite3.IntegrityError, OverflowError):
                _edit(connection, table, draw)
        with contextlib.suppress(sqlite3.IntegrityError, OverflowError):
            seal_all(connection)
        return connection.serialize()


def _edit(connection: sqlite3.Connection, table: str, draw: Draw) -> None:
    columns = [str(row[1]) for row in connection.execute(f"PRAGMA table_info({table})")]
    rows = [int(row[0]) for row in connection.execute(f"SELECT rowid FROM {table}")]
    if not rows:
        return
    row, column = draw.choice(rows), draw.choice(columns)
    match draw.byte() % 8:
        case 0:
            value: object = None
        case 1 | 2:
            value = draw.integer()
        case 3:
            value = draw.real()
        case 4:
            value = draw.text()
        case 5:
            value = draw.blob()
        case 6:
            (former,) = connection.execute(f"SELECT {column} FROM {table} WHERE rowid = ?", (row,)).fetchone()
            value = _changed(former, draw)
        case _:
            connection.execute(f"DELETE FROM {table} WHERE rowid = ?", (row,))
            return
    connection.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (value, row))


def _changed(former: object, draw: Draw) -> object:
    """A few bytes, or a piece of the text, put otherwise."""
    at = draw.byte()
    match former:
        case bytes():
            new = draw.take(1 + draw.byte() % 8)
            return former[:at] + new + former[at + len(new) :]
        case str():
            return former[:at] + draw.text() + former[at + 1 :]
        case int():
            return max(-(2**63), min(2**63 - 1, former + draw.integer()))
        case _:
            return draw.real()


def _import(gallery: Gallery, path: Path) -> None:
    for policy in (ClashPolicy.SKIP, ClashPolicy.MERGE):  # the first one adds them, the other meets them
        gallery.import_from(path, passphrase=PASSPHRASE, on_clash=policy)
    _read_all(gallery)


def _read_all(gallery: Gallery) -> None:
    for person in gallery.snapshot().people:
        gallery.shots(person.id)
        gallery.consents(person.id)
    for embedder in (EMBEDDER, "other"):
        gallery.templates(embedder)
        gallery.negatives(embedder)
        gallery.shots_without(embedder)


def onnx_weights(data: bytes, folder: Path) -> None:
    """An embedder's network: its weights, or if the first byte is even the network itself."""
    path = folder / "model.onnx"
    path.write_bytes(data[1:])
    if (data[:1] or b"\0")[0] % 2:
        read_onnx_weights(path)
    else:
        load_sface(path, torch.device("cpu"))


def safetensors(data: bytes, folder: Path) -> None:
    """Everything that was meta-trained, each file by each reader that might be given it.

    The first byte chooses the reader, and how the file comes from the rest: as it is; as a header, a NUL and data,
    before which the header's length is put, as nearly every change would only make the length wrong; by `tensor_file`.
    """
    path = folder / "file.safetensors"
    first, rest = (data[:1] or b"\0")[0], data[1:]
    if first < 0x40:
        header, _, content = rest.partition(b"\0")
        rest = len(header).to_bytes(8, "little") + header + content
    elif first < 0x80:
        rest = tensor_file(Draw(rest))
    path.write_bytes(rest)
    match first % 8:
        case 0:
            read_projection(path, embedder_id=EMBEDDER)
        case 1:
            read_tuned_trunk(path, embedder_id=EMBEDDER)
        case 2:
            read_params(path, key=METHOD, space=SPACE, embedder_id=EMBEDDER)
        case 3:
            generator = read_generator(path)
            assert generator.space.feature_dim == generator.means.shape[1]
        case _:
            learner_of(path)


_TENSORS = ("weight", "scales", "tail", "weights", "means", "factors", "a", "a.scales", "loss_scale", "")
_DTYPES = {
    **{"F32": 4, "F16": 2, "I8": 1, "BF16": 2, "F64": 8, "I64": 8, "I32": 4, "U8": 1, "U16": 2, "BOOL": 1},
    **{"F8_E4M3": 1, "F8_E5M2": 1, "C64": 8, "F8_E8M0": 1},
}
_TOLD: tuple[object, ...] = (
    *(1, "1", 0, 2, 3, 5, 1.5, -1, 2**70, True, None, "", "x", [], {}, [[1]], {"a": 1}, METHOD, EMBEDDER),
    *(f"{EMBEDDER}~a@b", float("nan"), float("inf")),
)
_FIELDS = ("format", "learner", "embedder_id", "embedding_dim", "projection_dim", "rank", "other")


def tensor_file(draw: Draw) -> bytes:
    """A whole safetensors file: tensors of any kind and shape, and metadata that say anything."""
    header: dict[str, object] = {}
    content = b""
    for _ in range(draw.byte() % 6):
        name, dtype = draw.choice(_TENSORS), draw.choice(tuple(_DTYPES))
        shape = [draw.choice((0, 1, 2, 3, 5, 6)) for _ in range(draw.byte() % 4)]
        size = _DTYPES[dtype] * math.prod(shape)
        if name not in header:
            filling = draw.take(draw.byte() % 9) or b"\0"
            header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(content), len(content) + size]}
            content += (filling * (1 + size // len(filling)))[:size]
    told = {draw.choice(_FIELDS): draw.choice(_TOLD) for _ in range(draw.byte() % 8)}
    entry: object = told if draw.byte() % 8 else draw.choice(_TOLD)
    text = "[" * 5000 if draw.byte() == 7 else json.dumps(entry)
    metadata = {draw.choice(("projection", "trunk", "meta_parameters")): text}
    metadata |= {draw.choice(_FIELDS): str(draw.choice(_TOLD)) for _ in range(draw.byte() % 3)}
    if draw.byte() % 8:
        header["__metadata__"] = metadata
    encoded = json.dumps(header).encode()
    return len(encoded).to_bytes(8, "little") + encoded + content


def picture(data: bytes, folder: Path) -> None:
    """A stored shot, a file, and the size in a header; the first byte says which."""
    way, content = (data[:1] or b"\0")[0] % 3, data[1:] or b"\0"
    if way == 0:
        decode_picture(content)
    elif way == 1:
        path = folder / "picture"
        path.write_bytes(content)
        source = ImageFileSource(path)
        source.open()
        source.read()
    else:
        with contextlib.suppress(ValueError):  # as its docstring says
            width, height = picture_size(content)
            assert 0 <= width < 2**32
            assert 0 <= height < 2**32


def manifest(data: bytes, folder: Path) -> None:
    """The list of weights."""
    (folder / MANIFEST).write_bytes(data)
    store = WeightsStore(folder, folder / "user")
    for entry in store.entries():
        assert (folder / entry.file).parent == folder, "a file elsewhere"
        store.is_available(entry.name)


def settings(data: bytes, folder: Path) -> None:
    """Hyper-parameters that were remembered."""
    del folder
    keys = list(LEARNERS)
    with contextlib.suppress(ValueError):  # as its docstring says
        from_json(keys[(data[:1] or b"\0")[0] % len(keys)], data[1:].decode("utf-8", "replace"))


def source(data: bytes, folder: Path) -> None:
    """What was typed for a source, and the source that it makes, closed."""
    del folder
    make_source(parse_source(data.decode("utf-8", "replace")))
