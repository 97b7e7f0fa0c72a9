from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import nn

from metaface_gui.errors import WeightsError
from metaface_gui.pipeline.embedding.torch_embedder import LinearTail, TorchEmbedder
from metaface_gui.pipeline.embedding.tuned_trunk import TunedTrunk, read_tuned_trunk, save_tuned_trunk
from metaface_gui.types import Floats

SIDE = 8


class SmallTrunk(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(1)
        self.conv = nn.Conv2d(3, 5, 3, padding=1, groups=1)

    def forward(self, crops: torch.Tensor) -> torch.Tensor:
        features: torch.Tensor = self.conv(crops.float() / 255.0)
        return features.flatten(1)


def embedder(id_: str = "net-1") -> TorchEmbedder:
    tail = LinearTail(5 * SIDE * SIDE, 4, bias=True, eps=1e-5)
    return TorchEmbedder(key="net", id=id_, crop_size=SIDE, trunk=SmallTrunk(), tail=tail, device=torch.device("cpu"))


def movement(size: float = 0.1) -> dict[str, Floats]:
    random = np.random.default_rng(2)
    return {
        "conv.weight": np.float32(size) * random.standard_normal((5, 3, 3, 3), np.float32),
        "conv.bias": np.float32(size) * random.standard_normal(5, np.float32),
    }


def save(path: Path, **described: Any) -> TunedTrunk:
    return save_tuned_trunk(path, movement(), embedder_id="net-1", card={}, **described)


def rewrite(path: Path, tensors: Mapping[str, torch.Tensor] = MappingProxyType({}), **described: object) -> None:
    """Change some of a file's tensors and of what it says of itself."""
    with safe_open(str(path), framework="pt") as file:
        metadata = file.metadata()
    told = json.dumps(json.loads(metadata["trunk"]) | described)
    save_file({**load_file(path), **tensors}, path, metadata | {"trunk": told})


def assert_damaged(path: Path) -> None:
    with pytest.raises(WeightsError, match="damaged"):
        read_tuned_trunk(path, embedder_id="net-1")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "trunk.safetensors"


def test_what_is_read_is_what_saving_returned_and_near_what_was_saved(path: Path) -> None:
    saved = save_tuned_trunk(path, movement(), embedder_id="net-1+own", card={"data": "people"})
    read = read_tuned_trunk(path, embedder_id="net-1")
    assert read.id == saved.id
    for name, exact in movement().items():
        assert np.array_equal(read.movement[name], saved.movement[name])
        rows = exact.reshape(len(exact), -1)
        # Half a level of the row's largest entry.
        limit = np.abs(rows).max(1, keepdims=True) / 254 + 1e-7
        assert (np.abs(read.movement[name].reshape(rows.shape) - rows) <= limit).all()
    assert json.loads(path.with_suffix(".json").read_text())["data"] == "people"


def test_the_same_movement_is_the_same_file(tmp_path: Path) -> None:
    ids = {save(tmp_path / f"{name}.safetensors").id for name in "ab"}
    other = save_tuned_trunk(tmp_path / "c.safetensors", movement(0.2), embedder_id="net-1", card={}).id
    assert len(ids) == 1
    assert other not in ids


def test_the_moved_embedder_adds_the_movement_and_leaves_the_stock_one_alone(tmp_path: Path) -> None:
    stock = embedder()
    before = stock.trunk_module.state_dict()["conv.weight"].clone()
    tuned = save(tmp_path / "t.safetensors")
    moved = stock.with_trunk(tuned)
    assert moved.id == f"net-1~{tuned.id}"
    assert torch.equal(stock.trunk_module.state_dict()["conv.weight"], before)
    want = before + torch.from_numpy(tuned.movement["conv.weight"])
    torch.testing.assert_close(moved.trunk_module.state_dict()["conv.weight"], want, rtol=0, atol=1e-7)
    crops = torch.randint(0, 256, (2, 3, SIDE, SIDE), dtype=torch.uint8)
    assert not torch.allclose(stock.embed(crops), moved.embed(crops))
    assert torch.allclose(stock.tail(moved.trunk(crops)), moved.embed(crops), atol=1e-6)


def test_no_trunk_is_moved_twice_or_by_another_networks_movement(tmp_path: Path) -> None:
    tuned = save(tmp_path / "t.safetensors")
    with pytest.raises(ValueError, match="already"):
        embedder().with_trunk(tuned).with_trunk(tuned)
    other = save_tuned_trunk(
        tmp_path / "o.safetensors", {"dense.weight": np.ones((2, 2), np.float32)}, embedder_id="n", card={}
    )
    with pytest.raises(ValueError, match="another trunk"):
        embedder().with_trunk(other)


def test_files_that_hold_no_tuned_trunk_of_this_network_are_refused(path: Path, tmp_path: Path) -> None:
    save(path)
    with pytest.raises(WeightsError, match="net-2"):
        read_tuned_trunk(path, embedder_id="net-2")
    whole = path.read_bytes()
    for content in (b"", b"not safetensors", whole[:-5], whole[:200]):
        path.write_bytes(content)
        with pytest.raises(WeightsError, match="damaged"):
            read_tuned_trunk(path, embedder_id="net-1")
    save_file({"a": torch.ones(2)}, path)
    assert_damaged(path)
    assert_damaged(tmp_path / "missing.safetensors")


def test_levels_that_are_not_of_8_bits_are_refused(path: Path) -> None:
    save(path)
    rewrite(path)
    assert read_tuned_trunk(path, embedder_id="net-1").movement.keys() == movement().keys()
    rewrite(path, {"conv.bias": torch.full((5,), 1e6)})
    assert_damaged(path)


def ranges(channels: int = 5) -> dict[str, Floats]:
    return {"conv": np.repeat(np.array([[-1.0], [1.0], [-2.0], [0.0]], np.float32), channels, axis=1)}


def test_ranges_are_kept_as_they_are_and_the_older_format_has_none(path: Path) -> None:
    save(path, ranges=ranges())
    read = read_tuned_trunk(path, embedder_id="net-1")
    assert read.movement.keys() == movement().keys()
    assert np.array_equal(read.ranges["conv"], ranges()["conv"])
    assert json.loads(path.with_suffix(".json").read_text())["format"] == 2
    save(path)
    assert json.loads(path.with_suffix(".json").read_text())["format"] == 1
    assert not read_tuned_trunk(path, embedder_id="net-1").ranges


def test_ranges_of_another_shape_or_for_a_trunk_without_are_refused(path: Path) -> None:
    with_ranges = save(path, ranges=ranges())
    with pytest.raises(ValueError, match="ranges"):
        embedder().with_trunk(with_ranges)
    with pytest.raises(ValueError, match="4, channels"):
        save(path, ranges={"conv": np.zeros((3, 5), np.float32)})
    rewrite(path, {"conv.range": torch.zeros(3, 5)})
    assert_damaged(path)


def test_how_dark_pictures_may_be_is_kept_and_a_trunk_that_cannot_brighten_them_is_refused(path: Path) -> None:
    saved = save(path, ranges=ranges(), least_brightness=60.0)
    assert read_tuned_trunk(path, embedder_id="net-1").least_brightness == saved.least_brightness == 60.0
    assert json.loads(path.with_suffix(".json").read_text())["least_brightness"] == 60.0
    bare = saved.without_ranges()
    assert (bare.ranges, bare.least_brightness) == ({}, 0.0)
    with pytest.raises(ValueError, match="ranges"):
        embedder().with_trunk(replace(saved, ranges={}))


@pytest.mark.parametrize("least", [-1.0, 256.0, float("nan")])
def test_a_brightness_that_is_no_grey_level_is_refused(path: Path, least: float) -> None:
    with pytest.raises(ValueError, match="grey level"):
        save(path, least_brightness=least)
    save(path, least_brightness=60.0)
    rewrite(path, least_brightness=least)
    assert_damaged(path)


def test_another_version_of_the_format_and_values_that_are_not_finite_are_refused(path: Path) -> None:
    save(path)
    rewrite(path, format="from the future")
    assert_damaged(path)
    with pytest.raises(ValueError, match="not finite"):
        TunedTrunk("net-1", {"conv.bias": np.array([0.0, np.nan], np.float32)})
