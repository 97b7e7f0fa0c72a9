"""Small files of every kind that is read, made anew each time: what fuzzing begins with."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from unittest.mock import patch

import cv2
import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from safetensors.torch import save

from metaface_gui.gallery import Gallery, NewConsent, NewShot, ShotSource, passphrase
from metaface_gui.pipeline.embedding.onnx_weights import read_onnx_weights
from metaface_gui.pipeline.embedding.projection import save_projection
from metaface_gui.pipeline.embedding.tuned_trunk import save_tuned_trunk
from metaface_gui.pipeline.learners import LEARNERS
from metaface_gui.pipeline.learners.parameters import save_params
from metaface_gui.pipeline.recognition.cohort import CohortGenerator, save_generator
from metaface_gui.resources import weights_dir
from tests.fuzz.targets import EMBEDDER, KEYS, METHOD, PASSPHRASE, SPACE


def _written(write: Callable[[Path], object], suffix: str = "") -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"seed{suffix}"
        write(path)
        return path.read_bytes()


def _picture(side: int, suffix: str) -> bytes:
    image = np.random.default_rng(side).integers(0, 255, (side, side + 3, 3), np.uint8)
    return bytes(cv2.imencode(suffix, image)[1].tobytes())


def _fill(gallery: Gallery, n_people: int) -> None:
    random = np.random.default_rng(3)
    for person in range(n_people):
        shots = [
            NewShot(
                chip=_picture(8 + number, ".png"),
                landmarks=random.uniform(0, 8, (5, 2)).astype(np.float32),
                box_xyxy=random.uniform(0, 8, 4).astype(np.float32),
                quality=0.5,
                taken_at=datetime(2026, 1, 2, tzinfo=UTC),
                source=ShotSource.FILE,
                embeddings={EMBEDDER: random.standard_normal(4).astype(np.float32)},
            )
            for number in range(2)
        ]
        consent = NewConsent(given_at=datetime(2026, 1, 1, tzinfo=UTC), purpose="p", given_by="g", text_version="1")
        enrolled = gallery.enroll(f"Person {person}", shots, consent)
        gallery.add_negatives(enrolled.id, shots[:1])


@cache
def plain_export(n_people: int = 2) -> bytes:
    """An export without a passphrase: a gallery's file that anybody can read."""
    with Gallery.in_memory() as gallery:
        _fill(gallery, n_people)
        return _written(gallery.export_to)


@cache
def encrypted_export() -> bytes:
    """The same with a passphrase, made at the least cost, so that trying it takes no time."""
    with Gallery.in_memory() as gallery, patch.object(passphrase, "COST", 2):
        _fill(gallery, 1)
        return _written(lambda path: gallery.export_to(path, passphrase=PASSPHRASE))


def _own_gallery(path: Path) -> None:
    with Gallery.open(path, keys=KEYS) as gallery:
        _fill(gallery, 1)


def galleries() -> list[bytes]:
    """An empty export, one of two people, one with a passphrase, and a gallery with a key."""
    return [plain_export(0), plain_export(), encrypted_export(), _written(_own_gallery)]


def edits() -> list[bytes]:
    """Choices for `targets.edited`: none, and a few of each kind of value in each table."""
    random = np.random.default_rng(4)
    return [b"", *(random.bytes(40) for _ in range(40))]


def onnx_files() -> list[bytes]:
    """A plain weight, quantised, reshaped and far-off ones, a network; the first byte chooses the reader."""
    random = np.random.default_rng(1)
    arrays = {
        "w_quantized": random.integers(-9, 9, (2, 8), np.int8),
        "w_scales": random.uniform(0.1, 1.0, (2, 2)).astype(np.float32),
        "w_zero_point": np.zeros((2, 2), np.int8),
        "w_shape": np.array([2, 2, 4], np.int64),
    }
    plain = numpy_helper.from_array(np.array([3.0], np.float32), "plain")
    dequantise = helper.make_node("DequantizeLinear", list(arrays)[:3], ["flat"], axis=1, block_size=4)
    reshape = helper.make_node("Reshape", ["flat", "w_shape"], ["w"])
    output = [helper.make_tensor_value_info("w", TensorProto.FLOAT, None)]
    quantised = [numpy_helper.from_array(array, name) for name, array in arrays.items()]
    outside = numpy_helper.from_array(np.array([3.0], np.float32), "outside")
    outside.ClearField("raw_data")
    outside.data_location = TensorProto.EXTERNAL
    outside.external_data.add(key="location", value="../outside")
    graphs = (
        helper.make_graph([], "g", [], output, [plain]),
        helper.make_graph([dequantise], "g", [], output, quantised[:3]),
        helper.make_graph([dequantise, reshape], "g", [], output, [*quantised, plain]),
        helper.make_graph([], "g", [], output, [outside]),
    )
    models = [b"\1" + helper.make_model(graph).SerializeToString() for graph in graphs]
    return [*models, b"\0" + _small_network().SerializeToString()]


def _small_network() -> onnx.ModelProto:
    """All weights that SFace has, each a single number: a network of that name, and of the wrong shapes."""
    names = list(read_onnx_weights(weights_dir() / "face_recognition_sface_2021dec_int8bq.onnx"))
    ones = [numpy_helper.from_array(np.ones(1, np.float32), name) for name in names]
    return helper.make_model(helper.make_graph([], "g", [], [], ones))


def safetensors_files() -> list[bytes]:
    """One of each kind, as it is and taken apart, and choices for one that is built (`targets.safetensors`)."""
    weight, tail = torch.randn(2, 6).numpy(), torch.randn(3, 3).numpy()
    params = LEARNERS[METHOD].initial_params(SPACE)
    cohort = CohortGenerator(
        np.array([0.5, 0.5], np.float32),
        np.ones((2, 5), np.float32),
        np.ones((2, 5, 1), np.float32),
        {"embedder_id": EMBEDDER, "embedding_dim": "3"},
    )
    files = [
        _written(lambda path: save_projection(path, weight, tail, embedder_id=EMBEDDER, card={}), ".safetensors"),
        _written(lambda path: save_tuned_trunk(path, {"a": weight}, embedder_id=EMBEDDER, card={}), ".safetensors"),
        _written(
            lambda path: save_params(path, params, key=METHOD, space=SPACE, embedder_id=EMBEDDER, card={}),
            ".safetensors",
        ),
        _written(lambda path: save_generator(cohort, path), ".safetensors"),
        save({"a": torch.zeros(2, dtype=torch.bfloat16), "b": torch.zeros((), dtype=torch.int64)}),
    ]
    found = []
    for number, content in enumerate(files):
        length = int.from_bytes(content[:8], "little")
        header, data = content[8 : 8 + length].strip(), content[8 + length :]
        found += [bytes([number]) + header + b"\0" + data, bytes([0x80 | number]) + content]
    random = np.random.default_rng(5)
    return [*found, *(bytes([0x40 | number % 5]) + random.bytes(80) for number in range(20))]


def pictures() -> list[bytes]:
    """One of each format; the first byte says how it is read (`targets.picture`)."""
    suffixes = (".png", ".jpg", ".webp", ".bmp", ".tiff", ".ppm")
    return [bytes([way]) + _picture(5, suffix) for suffix in suffixes for way in range(3)]


def manifests() -> list[bytes]:
    """A file that ships, and one to be fetched."""
    entry = {
        "name": "n",
        "role": "learner",
        "key": "k",
        "file": "f.safetensors",
        "size": 3,
        "sha256": "0" * 64,
        "license": "MIT",
        "source": "s",
        "url": None,
        "signature": {"a": [1, 2]},
        "metrics": {"m": 0.5},
    }
    return [json.dumps({"weights": [entry, entry | {"name": "o", "url": "https://example.org/o"}]}).encode(), b"{}"]


def settings_texts() -> list[bytes]:
    """The settings of two methods as JSON; the first byte chooses the method (`targets.settings`)."""
    from metaface_gui.pipeline.learners.hyperparameters import to_json

    return [
        bytes([number]) + to_json(learner.settings_type()).encode() for number, learner in enumerate(LEARNERS.values())
    ]


def sources() -> list[bytes]:
    """What somebody may type for a source."""
    return [b"0", b"99", b"demo", b"http://example.org/a.mjpg", b"/nowhere/a.mp4", b"a\0b", "Müller/😀".encode()]
