"""Cached features: what they are of, that they follow from path and seed, and that an interrupted run goes on."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import numpy as np
import platformdirs
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from metaface_gui.errors import CacheError
from metaface_gui.metalearning.conditions import CONDITIONS, corrupt
from metaface_gui.metalearning.data import AlignedFaces
from metaface_gui.metalearning.degradations import degrade
from metaface_gui.metalearning.feature_cache import condition_features, default_cache, faces_key, trunk_copies
from metaface_gui.pipeline.embedding.projection import Projection
from metaface_gui.pipeline.embedding.torch_embedder import LinearTail, TorchEmbedder
from metaface_gui.types import Image


class GridMeans(nn.Module):
    """(n, 3, s, s) uint8 → (n, 48): mean colours of a 4×4 grid, 0..1; counts the crops it sees."""

    def __init__(self) -> None:
        super().__init__()
        self.seen = 0

    def forward(self, crops: Tensor) -> Tensor:
        self.seen += len(crops)
        return nn.functional.adaptive_avg_pool2d(crops.float() / 255, 4).flatten(1)


def _embedder(name: str = "grid-1", crop_size: int = 112) -> TorchEmbedder:
    """A real embedder around `GridMeans`."""
    torch.manual_seed(0)
    tail = LinearTail(48, 8, bias=False, eps=1e-5)
    return TorchEmbedder(
        key="grid", id=name, crop_size=crop_size, trunk=GridMeans(), tail=tail, device=torch.device("cpu")
    )


def _seen(embedder: TorchEmbedder) -> int:
    """How many crops its network was given."""
    assert isinstance(embedder.trunk_module, GridMeans)
    return embedder.trunk_module.seen


@pytest.fixture
def faces() -> AlignedFaces:
    """Nine faces of three people, of random blocks."""
    blocks = np.random.default_rng(0).integers(0, 256, (9, 7, 7, 3)).astype(np.uint8)
    crops = blocks.repeat(16, axis=1).repeat(16, axis=2)
    people = tuple("ABC"[index // 3] for index in range(9))
    return AlignedFaces(crops, people, tuple(f"{person}/{index}.jpg" for index, person in enumerate(people)))


def _silent(done: int, total: int) -> None:
    pass


def _tensor(*crops: Image) -> Tensor:
    return torch.from_numpy(np.stack(crops)).permute(0, 3, 1, 2)


def test_copy_0_is_clean_and_the_others_are_degraded(faces: AlignedFaces, tmp_path: Path) -> None:
    embedder = _embedder()
    copies = trunk_copies(faces, embedder, copies=3, seed=0, cache=tmp_path, progress=_silent)
    assert copies.shape == (9, 4, 48)
    assert copies.dtype == np.float16
    clean = embedder.trunk(_tensor(*faces.crops_rgb)).numpy()
    np.testing.assert_allclose(copies[:, 0], clean, atol=0.01)  # bfloat16 where the CPU has it
    for one in range(4):
        for other in range(one):
            # Blur hardly moves means: not every pair of copies differs in them.
            assert (np.abs(copies[:, one] - copies[:, other]).max(axis=1) > 0.02).mean() > 0.5


def test_copies_follow_from_path_and_seed_and_not_from_the_others(faces: AlignedFaces, tmp_path: Path) -> None:
    embedder = _embedder()

    def make(some: AlignedFaces, seed: int) -> NDArray[np.float16]:
        return trunk_copies(some, embedder, copies=2, seed=seed, cache=tmp_path, progress=_silent)

    everybody = make(faces, 0)
    some = np.array([7, 2, 4])
    np.testing.assert_allclose(make(faces.take(some), 0), everybody[some], atol=1e-2)
    other = make(faces, 1)
    np.testing.assert_array_equal(other[:, 0], everybody[:, 0])
    assert (np.abs(other[:, 1:] - everybody[:, 1:]).max(axis=2) > 0.02).mean() > 0.5


def _chance(seed: int, path: str, *copy: int) -> np.random.Generator:
    """The documented draw of a face: from the seed and the first 64 bits of its path's SHA-256."""
    return np.random.default_rng([seed, int.from_bytes(hashlib.sha256(path.encode()).digest()[:8], "big"), *copy])


@pytest.mark.parametrize("crop_size", [112, 160])
@pytest.mark.parametrize("condition", ["clean", "hard"])
def test_condition_features_are_of_the_corrupted_crops(
    faces: AlignedFaces, tmp_path: Path, condition: str, crop_size: int
) -> None:
    embedder = _embedder(crop_size=crop_size)
    crops = [
        corrupt(crop, CONDITIONS[condition], _chance(4, path), crop_size)
        for crop, path in zip(faces.crops_rgb, faces.paths, strict=True)
    ]
    features = condition_features(faces, embedder, condition, seed=4, cache=tmp_path, progress=_silent)
    torch.testing.assert_close(features, embedder.features(_tensor(*crops)))
    assert features.dtype == torch.float32


def test_copies_are_drawn_as_documented(faces: AlignedFaces, tmp_path: Path) -> None:
    embedder = _embedder()
    copies = trunk_copies(faces, embedder, copies=2, seed=3, cache=tmp_path, progress=_silent)
    crop = corrupt(faces.crops_rgb[5], degrade, _chance(3, faces.paths[5], 2), 112)
    np.testing.assert_allclose(copies[5, 2], embedder.trunk(_tensor(crop))[0].numpy(), atol=0.01)


def test_another_seed_is_another_draw_of_what_draws(faces: AlignedFaces, tmp_path: Path) -> None:
    embedder = _embedder()

    def make(condition: str, seed: int) -> Tensor:
        return condition_features(faces, embedder, condition, seed=seed, cache=tmp_path, progress=_silent)

    assert not torch.equal(make("hard", 0), make("hard", 1))
    before = _seen(embedder)
    torch.testing.assert_close(make("clean", 0), make("clean", 1), rtol=0, atol=0)
    assert _seen(embedder) == before + 9  # computed once for both seeds


def test_a_second_run_computes_nothing(faces: AlignedFaces, tmp_path: Path) -> None:
    first, second = _embedder(), _embedder()
    for embedder in (first, second):
        trunk_copies(faces, embedder, copies=1, seed=0, cache=tmp_path, progress=_silent)
        condition_features(faces, embedder, "hard", seed=0, cache=tmp_path, progress=_silent)
    assert (_seen(first), _seen(second)) == (27, 0)


def test_other_weights_and_other_faces_are_computed_anew(faces: AlignedFaces, tmp_path: Path) -> None:
    changed = faces.crops_rgb.copy()
    changed[0] = 255 - changed[0]
    for embedder, some in (
        (_embedder(), faces),
        (_embedder("grid-2"), faces),
        (_embedder(), AlignedFaces(changed, faces.identities, faces.paths)),
        (_embedder(), faces.take(np.arange(8))),
    ):
        condition_features(some, embedder, "clean", seed=0, cache=tmp_path, progress=_silent)
        assert _seen(embedder) == len(some)


class _StoppedError(Exception):
    pass


def _many(faces: AlignedFaces) -> AlignedFaces:
    rounds = np.tile(np.arange(9), 9)
    return AlignedFaces(
        faces.crops_rgb[rounds], tuple("ABC"[i // 3] for i in rounds), tuple(f"{i}.jpg" for i in range(81))
    )


@pytest.mark.parametrize("what", ["trunk", "condition"])
def test_an_interrupted_run_goes_on_and_ends_the_same(faces: AlignedFaces, tmp_path: Path, what: str) -> None:
    many = _many(faces)
    reports: list[tuple[int, int]] = []

    def make(embedder: TorchEmbedder, cache: Path, *, stop: bool) -> Tensor:
        def progress(done: int, total: int) -> None:
            reports.append((done, total))
            if stop and done:
                raise _StoppedError

        if what == "trunk":
            copies = trunk_copies(many, embedder, copies=1, seed=0, cache=cache, progress=progress)
            return torch.from_numpy(np.array(copies))
        return condition_features(many, embedder, "hard", seed=0, cache=cache, progress=progress)

    with pytest.raises(_StoppedError):
        make(_embedder(), tmp_path / "stopped", stop=True)
    done = reports[-1][0]
    assert 0 < done < 81
    reports.clear()
    rest = _embedder()
    resumed = make(rest, tmp_path / "stopped", stop=False)
    assert _seen(rest) == (81 - done) * (2 if what == "trunk" else 1)
    assert reports[0] == (done, 81)
    assert reports[-1] == (81, 81)
    torch.testing.assert_close(resumed, make(_embedder(), tmp_path / "whole", stop=False))


def test_a_projection_does_not_change_the_trunk(faces: AlignedFaces, tmp_path: Path) -> None:
    trunk_copies(faces, _embedder(), copies=0, seed=0, cache=tmp_path, progress=_silent)
    projected = _embedder("grid-1@projection")
    trunk_copies(faces, projected, copies=0, seed=0, cache=tmp_path, progress=_silent)
    assert _seen(projected) == 0
    condition_features(faces, _embedder(), "clean", seed=0, cache=tmp_path, progress=_silent)
    condition_features(faces, projected, "clean", seed=0, cache=tmp_path, progress=_silent)
    assert _seen(projected) == 9


def test_too_small_a_disk_is_said_before_the_work(
    faces: AlignedFaces, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Usage:
        free = 0

    monkeypatch.setattr(shutil, "disk_usage", lambda folder: Usage)
    embedder = _embedder()
    with pytest.raises(CacheError, match="too little space"):
        trunk_copies(faces, embedder, copies=1, seed=0, cache=tmp_path, progress=_silent)
    assert _seen(embedder) == 0


def test_nobody_and_nonsense(faces: AlignedFaces, tmp_path: Path) -> None:
    nobody = faces.take(np.arange(0))
    embedder = _embedder()
    assert trunk_copies(nobody, embedder, copies=2, seed=0, cache=tmp_path, progress=_silent).shape == (0, 3, 48)
    assert condition_features(nobody, embedder, "hard", seed=0, cache=tmp_path, progress=_silent).shape == (0, 8)
    with pytest.raises(KeyError):
        condition_features(faces, embedder, "fog", seed=0, cache=tmp_path, progress=_silent)
    with pytest.raises(ValueError, match="copies"):
        trunk_copies(faces, embedder, copies=-1, seed=0, cache=tmp_path, progress=_silent)


def test_the_key_of_faces_is_the_same_in_every_process(faces: AlignedFaces) -> None:
    grey = AlignedFaces(np.full((1, 112, 112, 3), 128, np.uint8), ("A",), ("A/1.jpg",))
    assert faces_key(grey) == "fc2205d525639148"
    assert len({faces_key(faces), faces_key(faces.take(np.arange(8, -1, -1))), faces_key(grey)}) == 3


def test_the_default_cache_is_the_users_cache_folder() -> None:
    assert Path(platformdirs.user_cache_dir()) in default_cache().parents


def test_mirror_images_are_looked_at_where_asked_for_and_kept_apart(faces: AlignedFaces, tmp_path: Path) -> None:
    def seen(*, both_views: bool) -> tuple[Tensor, int]:
        weight = torch.randn(2, 48, generator=torch.Generator().manual_seed(0))
        embedder = _embedder().with_projection(Projection("of-grid", weight.numpy(), np.zeros((8, 3), np.float32)))
        made = condition_features(
            faces, embedder, "clean", seed=0, cache=tmp_path, progress=_silent, both_views=both_views
        )
        return made, _seen(embedder)

    (alone, _), (both, passes) = seen(both_views=False), seen(both_views=True)
    assert passes == 18
    assert not torch.allclose(alone, both, atol=1e-3)
    again, passes = seen(both_views=True)
    assert passes == 0
    assert torch.equal(again, both)
    assert torch.equal(seen(both_views=False)[0], alone)
