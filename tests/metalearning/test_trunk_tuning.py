from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open
from torch import nn

from metaface_gui.metalearning.checkpoint import CheckpointError, load_state, save_state
from metaface_gui.metalearning.data import AlignedFaces
from metaface_gui.metalearning.trunk_tuning import (
    TrunkTuningProgress,
    TrunkTuningSettings,
    _as_batch,
    _batches,
    _degradations,
    _FixedSlopes,
    _teacher,
    teacher_cosine,
    tune_trunk,
)
from metaface_gui.pipeline.embedding.torch_embedder import LinearTail, TorchEmbedder
from metaface_gui.pipeline.embedding.tuned_trunk import TunedTrunk
from metaface_gui.types import Floats

SIDE = 112
PEOPLE, PICTURES = 6, 3


class PooledTrunk(nn.Module):
    """Two convolutions over what is left of a crop after pooling: small, but with a PReLU like the real one."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(3)
        self.pool = nn.AvgPool2d(8)
        self.layers = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.PReLU(8), nn.Conv2d(8, 4, 1))

    def forward(self, crops: torch.Tensor) -> torch.Tensor:
        features: torch.Tensor = self.layers(self.pool((crops.float() - 127.5) / 128.0))
        return features.flatten(1)


def embedder() -> TorchEmbedder:
    torch.manual_seed(4)
    tail = LinearTail(4 * 14 * 14, 16, bias=True, eps=1e-5)
    return TorchEmbedder(
        key="net", id="net-1", crop_size=SIDE, trunk=PooledTrunk(), tail=tail, device=torch.device("cpu")
    )


def faces() -> AlignedFaces:
    random = np.random.default_rng(5)
    people = random.integers(0, 256, (PEOPLE, 14, 14, 3))
    crops = [
        np.kron(np.clip(person + random.normal(0, 6, person.shape), 0, 255).astype(np.uint8), np.ones((8, 8, 1)))
        for person in people
        for _ in range(PICTURES)
    ]
    names = tuple(f"p{i // PICTURES}" for i in range(len(crops)))
    return AlignedFaces(np.stack(crops).astype(np.uint8), names, tuple(f"{n}/{i}.jpg" for i, n in enumerate(names)))


def settings(steps: int) -> TrunkTuningSettings:
    # A random network is robust already and names nobody; only what the teacher asks for can be learnt from it.
    return TrunkTuningSettings(steps=steps, batch=12, meta_lr=1e-3, warm_up=2, distillation=300.0, strength=1.0)


def arrays(tensors: dict[str, torch.Tensor]) -> dict[str, Floats]:
    return {name: tensor.numpy() for name, tensor in tensors.items()}


def test_degraded_pictures_come_nearer_to_the_teachers_clean_ones() -> None:
    stock, people = embedder(), faces()
    told: list[TrunkTuningProgress] = []
    movement = tune_trunk(stock, people, settings(60), on_progress=told.append)
    tuned = stock.with_trunk(TunedTrunk("x", arrays(movement)))
    before = teacher_cosine(stock, stock, people, seed=9)
    after = teacher_cosine(tuned, stock, people, seed=9)
    assert after > before + 0.005
    assert [progress.step for progress in told] == list(range(1, 61))


def test_the_stock_embedder_stays_as_it_was_and_slopes_do_not_move() -> None:
    stock = embedder()
    before = {name: tensor.clone() for name, tensor in stock.trunk_module.state_dict().items()}
    movement = tune_trunk(stock, faces(), settings(2), on_progress=lambda _: None)
    assert all(torch.equal(tensor, before[name]) for name, tensor in stock.trunk_module.state_dict().items())
    assert set(movement) == {"layers.0.weight", "layers.0.bias", "layers.2.weight", "layers.2.bias"}
    assert all(tensor.abs().max() > 0 for tensor in movement.values())


def test_the_same_seed_gives_the_same_movement() -> None:
    first, second = (tune_trunk(embedder(), faces(), settings(3), on_progress=lambda _: None) for _ in range(2))
    for name, tensor in first.items():
        torch.testing.assert_close(tensor, second[name], rtol=1e-4, atol=1e-7)


def test_a_tuning_goes_on_from_the_movement_alone_whatever_its_ranges() -> None:
    stock, people = embedder(), faces()
    begun = arrays(tune_trunk(stock, people, settings(2), on_progress=lambda _: None))
    ranges = {name: np.ones((4, 1), np.float32) for name in begun}

    def gone_on(start: TunedTrunk) -> dict[str, torch.Tensor]:
        return tune_trunk(stock, people, settings(2), on_progress=lambda _: None, start=start)

    plain, ranged = gone_on(TunedTrunk("x", begun)), gone_on(TunedTrunk("x", begun, ranges))
    assert all(torch.equal(plain[name], ranged[name]) for name in plain)


def test_a_face_and_its_mirror_image_have_one_teacher() -> None:
    stock, people = embedder(), faces()
    mirrored = AlignedFaces(np.ascontiguousarray(people.crops_rgb[:, :, ::-1]), people.identities, people.paths)
    assert not torch.equal(stock.embed(_as_batch([*people.crops_rgb])), stock.embed(_as_batch([*mirrored.crops_rgb])))
    torch.testing.assert_close(_teacher(stock, people), _teacher(stock, mirrored))


def test_half_of_the_copies_are_of_mirror_images() -> None:
    known, turned = _as_batch([*faces().crops_rgb]), list[bool]()
    for which, copies in _batches(faces(), SIDE, replace(settings(20), clean=1.0), after=0):
        for face, copy in zip(known[which], copies, strict=True):
            turned.append(torch.equal(copy, face.flip(2)))
            assert turned[-1] or torch.equal(copy, face)
    assert 0.35 < np.mean(turned) < 0.65


def test_pictures_of_a_place_are_degraded_by_themselves_too_in_the_share_that_is_asked_for() -> None:
    everywhere = replace(settings(1), clean=0.0, environments=1.0, batch=800)
    never = _degradations(np.random.default_rng(0), replace(everywhere, degraded_there=0.0))
    places = [len(set(map(id, never[first : first + everywhere.group]))) for first in range(0, 800, everywhere.group)]
    assert set(places) == {1}, "a group is of one place"
    often = _degradations(np.random.default_rng(0), replace(everywhere, degraded_there=0.75))
    assert 0.6 < np.mean([isinstance(condition, partial) for condition in often]) < 0.9


def test_a_progress_that_raises_ends_the_tuning() -> None:
    def stop(progress: TrunkTuningProgress) -> None:
        raise InterruptedError(str(progress.step))

    with pytest.raises(InterruptedError, match="1"):
        tune_trunk(embedder(), faces(), settings(50), on_progress=stop)


def test_fixed_slopes_have_the_value_and_gradient_of_a_prelu() -> None:
    original = nn.PReLU(3)
    original.weight.data = torch.tensor([0.1, 0.25, -0.5])
    x = torch.randn(2, 3, 4, 4, generator=torch.Generator().manual_seed(0))
    ours, theirs = x.clone().requires_grad_(True), x.clone().requires_grad_(True)
    got, want = _FixedSlopes(original)(ours), original(theirs)
    assert torch.equal(got, want)
    weights = torch.arange(96.0).view(2, 3, 4, 4)
    (got * weights).sum().backward()
    (want * weights).sum().backward()
    assert ours.grad is not None
    assert theirs.grad is not None
    torch.testing.assert_close(ours.grad, theirs.grad)


def test_an_interrupted_tuning_goes_on_to_the_same_movement(tmp_path: Path) -> None:
    checkpoint = tmp_path / "trunk.checkpoint"
    every_two = replace(settings(6), checkpoint_every=2)
    straight = tune_trunk(embedder(), faces(), every_two, on_progress=lambda _: None)

    def stop(progress: TrunkTuningProgress) -> None:
        if progress.step == 5:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        tune_trunk(embedder(), faces(), every_two, on_progress=stop, checkpoint=checkpoint)
    told: list[int] = []
    resumed = tune_trunk(
        embedder(), faces(), every_two, on_progress=lambda p: told.append(p.step), checkpoint=checkpoint
    )
    assert told == [5, 6], "from the state after four steps"
    for name, tensor in straight.items():
        torch.testing.assert_close(resumed[name], tensor, rtol=1e-4, atol=1e-7)


def test_an_interrupt_keeps_what_was_done_since_the_last_checkpoint(tmp_path: Path) -> None:
    checkpoint = tmp_path / "trunk.checkpoint"
    straight = tune_trunk(embedder(), faces(), settings(4), on_progress=lambda _: None)

    def stop(progress: TrunkTuningProgress) -> None:
        if progress.step == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tune_trunk(embedder(), faces(), settings(4), on_progress=stop, checkpoint=checkpoint)
    told: list[int] = []
    resumed = tune_trunk(
        embedder(), faces(), settings(4), on_progress=lambda p: told.append(p.step), checkpoint=checkpoint
    )
    assert told == [4]
    for name, tensor in straight.items():
        torch.testing.assert_close(resumed[name], tensor, rtol=1e-4, atol=1e-7)


def test_a_step_that_is_half_done_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    checkpoint = tmp_path / "trunk.checkpoint"

    def then_interrupt(_: TrunkTuningProgress) -> None:
        monkeypatch.setattr(nn.utils, "clip_grad_norm_", interrupt)

    with pytest.raises(KeyboardInterrupt):
        tune_trunk(embedder(), faces(), settings(4), on_progress=then_interrupt, checkpoint=checkpoint)
    assert not checkpoint.exists()


def test_after_the_last_step_there_is_a_checkpoint(tmp_path: Path) -> None:
    checkpoint = tmp_path / "trunk.checkpoint"
    tune_trunk(embedder(), faces(), settings(2), on_progress=lambda _: None, checkpoint=checkpoint)
    told: list[TrunkTuningProgress] = []
    tune_trunk(embedder(), faces(), settings(2), on_progress=told.append, checkpoint=checkpoint)
    assert told == []


def test_a_checkpoint_of_another_tuning_is_refused(tmp_path: Path) -> None:
    checkpoint = tmp_path / "trunk.checkpoint"
    every = replace(settings(2), checkpoint_every=1)
    tune_trunk(embedder(), faces(), every, on_progress=lambda _: None, checkpoint=checkpoint)
    with pytest.raises(CheckpointError, match="different training"):
        tune_trunk(embedder(), faces(), replace(every, seed=1), on_progress=lambda _: None, checkpoint=checkpoint)
    tensors, scalars = load_state(checkpoint, _identity_of(checkpoint), torch.device("cpu"))
    del tensors["value/people.rows"]
    save_state(checkpoint, tensors, scalars, _identity_of(checkpoint))
    with pytest.raises(CheckpointError, match="damaged"):
        tune_trunk(embedder(), faces(), every, on_progress=lambda _: None, checkpoint=checkpoint)


def _identity_of(checkpoint: Path) -> str:
    with safe_open(checkpoint, framework="pt") as file:
        return str(json.loads(file.metadata()["checkpoint"])["identity"])
