from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn.functional import normalize

from metaface_gui.errors import WeightsError
from metaface_gui.pipeline.embedding import make_embedder
from metaface_gui.pipeline.embedding.projection import Projection, read_projection, save_projection
from metaface_gui.pipeline.embedding.quantised import BLOCK
from metaface_gui.pipeline.embedding.torch_embedder import LinearTail, ProjectedTail, TorchEmbedder
from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.resources import weights_dir
from metaface_gui.types import Floats
from metaface_gui.weights.store import WeightsStore
from tests.pipeline.listed_weights import entry_of, store_of

CPU = torch.device("cpu")
SFACE = "sface-2021dec"
U, D, M = 700, 6, 3


def drawn(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


class SmallTrunk(nn.Module):
    def forward(self, crops_rgb: Tensor) -> Tensor:
        return crops_rgb.float().flatten(1)[:, :U] / 64.0 - 2.0


def embedder(*, bias: bool = True, id: str = "small-1") -> TorchEmbedder:  # noqa: A002
    tail = LinearTail(U, D, bias=bias, eps=1e-3)
    with torch.no_grad():
        tail.linear.weight.copy_(drawn(D, U, seed=1) * 0.1)
        if bias:
            tail.linear.bias.copy_(drawn(D, seed=2))
        assert tail.bn.running_mean is not None
        assert tail.bn.running_var is not None
        tail.bn.running_mean.copy_(drawn(D, seed=3))
        tail.bn.running_var.copy_(drawn(D, seed=4).square() + 0.5)
        tail.bn.weight.copy_(drawn(D, seed=5))
        tail.bn.bias.copy_(drawn(D, seed=6))
    return TorchEmbedder(key="small", id=id, crop_size=16, trunk=SmallTrunk(), tail=tail, device=CPU)


def array(*shape: int, seed: int = 0) -> Floats:
    values: Floats = drawn(*shape, seed=seed).numpy()
    return values


WEIGHT, TAIL = drawn(M, U, seed=7) * 0.05, drawn(D, M + 1, seed=8)
PROJECTION = Projection("0a1b2c3d", WEIGHT.numpy(), TAIL.numpy())
CROPS = torch.randint(0, 256, (4, 3, 16, 16), dtype=torch.uint8, generator=torch.Generator().manual_seed(9))


@pytest.mark.parametrize("bias", [True, False])
def test_a_move_of_the_features_is_the_same_move_of_the_tail(bias: bool) -> None:
    stock = embedder(bias=bias)
    x = stock.with_projection(PROJECTION).features(CROPS)
    moved = normalize(x[:, :D] + x[:, D:] @ TAIL.T)
    u = stock.trunk(CROPS)
    b_u_1 = torch.cat([u @ WEIGHT.T, torch.ones(4, 1)], 1)
    want = normalize(stock.tail_module.bn(stock.tail_module.linear(u)) + b_u_1 @ TAIL.T)
    torch.testing.assert_close(moved, want, atol=1e-5, rtol=0)
    assert (moved - stock.embed(CROPS)).abs().max() > 0.1, "a move that moves nothing would prove nothing"


def test_the_stock_embedding_stays_what_it_was_and_begins_the_features() -> None:
    stock = embedder()
    projected = stock.with_projection(PROJECTION)
    assert torch.equal(projected.embed(CROPS), stock.embed(CROPS))
    assert torch.equal(stock.features(CROPS), stock.embed(CROPS))
    features = projected.features(CROPS)
    assert features.shape == (4, D + M + 1)
    torch.testing.assert_close(features[:, :D], stock.embed(CROPS), atol=1e-6, rtol=0)
    assert (stock.space, projected.space) == (FeatureSpace(D), FeatureSpace(D, M + 1))
    assert projected.features(CROPS[:0]).shape == (0, D + M + 1)
    with pytest.raises(ValueError, match="want uint8"):
        projected.features(CROPS.float())


def test_cached_trunk_features_give_the_same_in_any_precision() -> None:
    projected = embedder().with_projection(PROJECTION)
    u = projected.trunk(CROPS)
    torch.testing.assert_close(projected.project(u), projected.features(CROPS))
    torch.testing.assert_close(projected.project(u.half()), projected.features(CROPS), atol=5e-3, rtol=0)
    assert projected.project(u.double()).dtype == torch.float32
    assert projected.project(u[:0]).shape == (0, D + M + 1)
    assert not projected.project(u).requires_grad
    torch.testing.assert_close(embedder().project(u), embedder().embed(CROPS))


def test_ids_tell_projections_apart_and_keep_a_users_tag() -> None:
    own = embedder(id="small-1+11112222")
    assert own.with_projection(PROJECTION).id == "small-1+11112222@0a1b2c3d"
    other = Projection("99999999", PROJECTION.weight, PROJECTION.tail)
    twice = own.with_projection(PROJECTION).with_projection(other)
    assert twice.id == "small-1+11112222@99999999"
    assert twice.projection is other
    without = twice.with_projection(None)
    assert (without.id, without.projection, without.space) == (own.id, None, own.space)
    assert twice.trunk_module is own.trunk_module


@pytest.mark.parametrize(
    "wrong", [Projection("x", array(M, U + 1), array(D, M + 1)), Projection("x", array(M, U), array(D + 1, M + 1))]
)
def test_a_projection_of_another_network_is_refused(wrong: Projection) -> None:
    with pytest.raises(ValueError, match="want a projection from 700 to 6"):
        embedder().with_projection(wrong)


@pytest.mark.parametrize(
    ("weight", "tail"),
    [
        (array(M, U), array(D, M)),
        (array(M), array(D, M + 1)),
        (np.full((M, U), np.inf, np.float32), array(D, M + 1)),
        (array(M, U), np.full((D, M + 1), np.nan, np.float32)),
    ],
)
def test_a_projection_that_is_none_is_refused(weight: Floats, tail: Floats) -> None:
    with pytest.raises(ValueError, match=r"want weight|not finite"):
        Projection("x", weight, tail)


def test_what_was_saved_is_read_and_the_id_is_the_files(tmp_path: Path) -> None:
    path = tmp_path / "new" / "p.safetensors"
    saved = save_projection(path, PROJECTION.weight, PROJECTION.tail, embedder_id="small-1", card={"seed": 3})
    read = read_projection(path, embedder_id="small-1+11112222@ffffffff")
    assert read.id == saved.id == hashlib.sha256(path.read_bytes()).hexdigest()[:8]
    assert np.array_equal(read.weight, saved.weight)
    assert np.array_equal(read.tail, PROJECTION.tail)
    card = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    assert card == {"seed": 3, "format": 1, "embedder_id": "small-1", "rank": M}
    assert sorted(entry.name for entry in path.parent.iterdir()) == ["p.json", "p.safetensors"]
    again = save_projection(path, PROJECTION.weight, PROJECTION.tail, embedder_id="small-1", card={"seed": 4})
    assert again.id == saved.id, "the same tensors must have the same id, or templates would be made anew for nothing"
    keys = list(json.loads(path.with_suffix(".json").read_text(encoding="utf-8")))
    assert keys == sorted(keys), "cards that say the same are the same file"


@given(columns=st.integers(1, 3 * BLOCK), scale=st.floats(1e-6, 1e3), seed=st.integers(0, 99))
@settings(max_examples=20, deadline=None)
def test_rounding_moves_no_weight_by_more_than_half_a_level_of_its_block(
    tmp_path_factory: pytest.TempPathFactory, columns: int, scale: float, seed: int
) -> None:
    weight = array(2, columns, seed=seed) * np.float32(scale)
    weight[1] *= 1e-3  # a row of its own size
    path = tmp_path_factory.mktemp("p") / "p.safetensors"
    saved = save_projection(path, weight, array(D, 3), embedder_id="small-1", card={})
    for begin in range(0, columns, BLOCK):
        block, got = weight[:, begin : begin + BLOCK], saved.weight[:, begin : begin + BLOCK]
        assert (np.abs(block - got) <= np.abs(block).max(1, keepdims=True) * (0.5 / 127 + 1e-6)).all()


def test_a_row_of_zeros_stays_zero(tmp_path: Path) -> None:
    zeros = np.zeros((1, 5), np.float32)
    saved = save_projection(tmp_path / "p.safetensors", zeros, array(2, 2), embedder_id="e", card={})
    assert np.array_equal(saved.weight, zeros)


def test_anothers_projection_says_whose_it_is(tmp_path: Path) -> None:
    path = tmp_path / "p.safetensors"
    save_projection(path, PROJECTION.weight, PROJECTION.tail, embedder_id="small-1", card={})
    with pytest.raises(WeightsError, match=r"p\.safetensors was trained for the embedder “small-1”, not for “large-1”"):
        read_projection(path, embedder_id="large-1")


def test_damaged_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "p.safetensors"
    save_projection(path, PROJECTION.weight, PROJECTION.tail, embedder_id="small-1", card={})
    whole = path.read_bytes()
    described = json.dumps({"format": 1, "embedder_id": "small-1", "rank": M})
    tensors = {"weight": drawn(M, U).char(), "scales": drawn(M, 2), "tail": drawn(D, M + 1)}
    (tmp_path / "cut").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "text").write_bytes(b"not a tensor at all, whatever it says")
    save_file(tensors, tmp_path / "undescribed")
    save_file(tensors, tmp_path / "strange", {"projection": "[]"})
    save_file(tensors, tmp_path / "later", {"projection": described.replace("1", "2", 1)})
    for name, bad in {
        "float": {"weight": drawn(M, U)},
        "scales": {"scales": drawn(M, 3)},
        "tail": {"tail": drawn(D, M)},
        "nan": {"scales": torch.full((M, 2), torch.nan)},
    }.items():
        save_file(tensors | bad, tmp_path / name, {"projection": described})
    names = ["cut", "empty", "text", "undescribed", "strange", "later", "float", "scales", "tail", "nan", "not there"]
    for name in names:
        with pytest.raises(WeightsError, match="is damaged or contains no projection"):
            read_projection(tmp_path / name, embedder_id="small-1")


def store_with(tmp_path: Path, projection: Path | None) -> WeightsStore:
    """A store of the shipped SFace and, perhaps, a projection for it."""
    manifest = json.loads((weights_dir() / "manifest.json").read_text(encoding="utf-8"))
    listed = [entry for entry in manifest["weights"] if entry["name"] == SFACE]
    if projection is not None:
        listed.append(entry_of(projection, name=f"projection-{SFACE}", role="projection", key="sface"))
    sface = next(entry["file"] for entry in listed if entry["name"] == SFACE)
    if not (tmp_path / sface).exists():
        shutil.copyfile(weights_dir() / sface, tmp_path / sface)
    return store_of(tmp_path, *listed)


def test_a_projection_that_ships_is_attached(tmp_path: Path) -> None:
    stock = make_embedder("sface", CPU, store_with(tmp_path, None))
    assert (stock.id, stock.projection, stock.space) == (SFACE, None, FeatureSpace(128))
    path = tmp_path / "p.safetensors"
    saved = save_projection(path, array(2, stock.feature_dim), array(128, 3), embedder_id=SFACE, card={})
    projected = make_embedder("sface", CPU, store_with(tmp_path, path))
    assert (projected.id, projected.space) == (f"{SFACE}@{saved.id}", FeatureSpace(128, 3))
    assert projected.projection is not None
    assert np.array_equal(projected.projection.weight, saved.weight)


def test_a_projection_that_ships_but_does_not_fit_is_told(tmp_path: Path) -> None:
    path = tmp_path / "p.safetensors"
    save_projection(path, array(2, 9), array(128, 3), embedder_id=SFACE, card={})
    with pytest.raises(WeightsError, match="is damaged or contains no projection"):
        make_embedder("sface", CPU, store_with(tmp_path, path))
    save_projection(path, array(2, 9), array(128, 3), embedder_id="small-1", card={})
    with pytest.raises(WeightsError, match="was trained for the embedder “small-1”"):
        make_embedder("sface", CPU, store_with(tmp_path, path))


def test_a_layer_without_bias_is_stacked_too() -> None:
    linear = nn.Linear(2, 2, bias=False)
    with torch.no_grad():
        linear.weight.copy_(torch.tensor([[3.0, 0.0], [0.0, 4.0]]))
    x = ProjectedTail(linear, nn.Identity(), torch.tensor([[1.0, 1.0]]))(torch.ones(1, 2))
    # e₀ = (3, 4), so everything is divided by 5: s = (0.6, 0.8), B u = 2, and the constant 1.
    torch.testing.assert_close(x, torch.tensor([[0.6, 0.8, 0.4, 0.2]]))


def test_a_projection_in_bfloat16_gives_float32_near_the_same() -> None:
    plain = embedder().with_projection(PROJECTION)
    quick = plain.in_bfloat16()
    assert quick.id == plain.id
    want, got = plain.features(CROPS), quick.features(CROPS)
    assert got.dtype == torch.float32
    torch.testing.assert_close(got, want, atol=0.03, rtol=0.03)
    assert not torch.equal(got, want)
    without = quick.with_projection(None)
    assert (without.id, without.dtype) == ("small-1", torch.bfloat16)
