"""Meta-parameters survive their file, and a file that is not the right one is refused by what is wrong with it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save, save_file

from metaface_gui.errors import WeightsError
from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.pipeline.learners.base import Params
from metaface_gui.pipeline.learners.parameters import learner_of, load_trained, read_params, save_params
from metaface_gui.pipeline.learners.prototypical import PrototypicalLearner
from metaface_gui.pipeline.learners.tail import TAIL
from metaface_gui.weights.store import WeightsStore
from tests.pipeline.listed_weights import entry_of, store_of

SPACE = FeatureSpace(128, 40)
EMBEDDER = "sface-2021dec@1a2b3c4d"


def trained(space: FeatureSpace = SPACE) -> Params:
    random = torch.Generator().manual_seed(0)
    initial = PrototypicalLearner.initial_params(space)
    return {name: tensor + 0.01 * torch.randn(tensor.shape, generator=random) for name, tensor in initial.items()}


def write(path: Path, params: Params | None = None, *, key: str = "prototypical", embedder_id: str = EMBEDDER) -> Path:
    save_params(path, params or trained(), key=key, space=SPACE, embedder_id=embedder_id, card={"steps": 600})
    return path


def read(path: Path, *, key: str = "prototypical", space: FeatureSpace = SPACE, embedder_id: str = EMBEDDER) -> Params:
    return read_params(path, key=key, space=space, embedder_id=embedder_id)


def test_parameters_survive_their_file_large_ones_in_half_precision(tmp_path: Path) -> None:
    params = trained()
    got = read(write(tmp_path / "new" / "p.safetensors", params))
    assert torch.equal(got["loss.threshold"], params["loss.threshold"])
    assert torch.equal(got[TAIL], params[TAIL].half().float())
    assert load_file(tmp_path / "new" / "p.safetensors")[TAIL].dtype == torch.float16
    assert all(tensor.dtype == torch.float32 for tensor in got.values())
    assert PrototypicalLearner(SPACE, got).is_trained


def test_the_same_tensors_give_the_same_file(tmp_path: Path) -> None:
    first, second = (write(tmp_path / name).read_bytes() for name in ("a.safetensors", "b.safetensors"))
    assert first == second


@dataclass(frozen=True)
class Card:
    people: int
    metrics: dict[str, float]


def test_the_card_can_be_read_by_people(tmp_path: Path) -> None:
    path = tmp_path / "p.safetensors"
    card = Card(people=3, metrics={"top1": 0.9})
    save_params(path, trained(), key="prototypical", space=SPACE, embedder_id=EMBEDDER, card=card)
    told = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    assert told["people"] == 3
    assert told["metrics"] == {"top1": 0.9}
    assert (told["learner"], told["embedder_id"], told["projection_dim"]) == ("prototypical", EMBEDDER, 40)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["p.json", "p.safetensors"]


def test_a_card_that_json_cannot_hold_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(TypeError):
        save_params(
            tmp_path / "p.safetensors",
            trained(),
            key="prototypical",
            space=SPACE,
            embedder_id=EMBEDDER,
            card={"tensor": torch.zeros(1)},
        )
    assert not list(tmp_path.iterdir())


def test_a_place_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(WeightsError, match="Cannot write"):
        write(tmp_path / "file" / "p.safetensors")


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"There is no file .*p\.safetensors"):
        read(tmp_path / "p.safetensors")


def test_a_file_cut_short_is_damaged(tmp_path: Path) -> None:
    path = write(tmp_path / "p.safetensors")
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(WeightsError, match="damaged"):
        read(path)


def test_another_safetensors_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "p.safetensors"
    save_file(trained(), path)
    with pytest.raises(WeightsError, match="no meta-trained parameters"):
        read(path)


def test_parameters_of_another_method_are_refused(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="“matching”, not “prototypical”"):
        read(write(tmp_path / "p.safetensors", key="matching"))


@pytest.mark.parametrize("other", ["sface-2021dec@ffffffff", "sface-2021dec", "facenet-vggface2@1a2b3c4d"])
def test_parameters_of_another_embedder_or_projection_are_refused(tmp_path: Path, other: str) -> None:
    with pytest.raises(WeightsError, match=f"features of “{EMBEDDER}”, not of “{other}”"):
        read(write(tmp_path / "p.safetensors"), embedder_id=other)


def test_features_of_another_length_are_refused(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="trained on features"):
        read(write(tmp_path / "p.safetensors"), space=FeatureSpace(128, 41))


def test_a_copy_of_the_network_in_another_precision_may_use_them(tmp_path: Path) -> None:
    assert read(write(tmp_path / "p.safetensors"), embedder_id="sface-2021dec+0badcafe@1a2b3c4d")


def test_another_version_of_the_format_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "p.safetensors"
    header = {"format": "2", "learner": "prototypical", "embedder_id": EMBEDDER}
    dims = {"embedding_dim": 128, "projection_dim": 40}
    save_file(trained(), path, {"meta_parameters": json.dumps(header | dims)})
    with pytest.raises(WeightsError, match="another version"):
        read(path)


def test_parameters_that_the_method_no_longer_has_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "p.safetensors", trained() | {"loss.margin": torch.zeros(())})
    with pytest.raises(WeightsError, match="trained by another version"):
        read(path)


def test_a_value_that_is_not_finite_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "p.safetensors", trained() | {"loss.threshold": torch.tensor(float("nan"))})
    with pytest.raises(WeightsError, match="damaged"):
        read(path)


def store_with(folder: Path, embedder_id: str) -> WeightsStore:
    """A store whose manifest lists `prototypical-sface-2021dec`, trained on the features of `embedder_id`."""
    path = write(folder / "prototypical.safetensors", embedder_id=embedder_id)
    return store_of(folder, entry_of(path, name="prototypical-sface-2021dec", role="learner", key="prototypical"))


@pytest.mark.parametrize("embedder_id", [EMBEDDER, "sface-2021dec+0badcafe@1a2b3c4d"])
def test_methods_that_were_trained_are_found_by_the_embedder(tmp_path: Path, embedder_id: str) -> None:
    found = load_trained(store_with(tmp_path, EMBEDDER), SPACE, embedder_id)
    assert set(found) == {"prototypical"}
    assert torch.equal(found["prototypical"]["loss.log_scale"], trained()["loss.log_scale"])


@pytest.mark.parametrize("embedder_id", ["sface-2021dec@ffffffff", "sface-2021dec", "facenet-vggface2@1a2b3c4d"])
def test_methods_trained_on_another_projection_or_embedder_are_passed_over(tmp_path: Path, embedder_id: str) -> None:
    assert load_trained(store_with(tmp_path, EMBEDDER), SPACE, embedder_id) == {}


def test_a_manifest_that_names_the_wrong_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="facenet-vggface2"):
        load_trained(store_with(tmp_path, "facenet-vggface2@1a2b3c4d"), SPACE, EMBEDDER)


def test_a_damaged_file_of_the_manifest_is_told(tmp_path: Path) -> None:
    store = store_with(tmp_path, EMBEDDER)
    (tmp_path / "prototypical.safetensors").write_bytes(b"x")
    with pytest.raises(WeightsError, match="damaged or was changed"):
        load_trained(store, SPACE, EMBEDDER)


def entry(**changed: object) -> str:
    told = {"format": "1", "learner": "maml", "embedder_id": "e", "embedding_dim": 3, "projection_dim": 0}
    return json.dumps(told | changed)


@pytest.mark.parametrize(
    ("text", "dtype"),
    [
        (entry(learner=["maml"]), torch.float32),
        (entry(learner={"maml": 1}), torch.float32),
        (entry(embedding_dim="3"), torch.float32),
        (entry(format=None), torch.float32),
        ("[" * 5000, torch.float32),
        (entry(), torch.complex64),
        (entry(), torch.int64),
    ],
    ids=["a list", "an object", "a text", "nothing", "a deep list", "complex numbers", "whole numbers"],
)
def test_what_a_header_or_a_number_cannot_be_is_a_damaged_file(tmp_path: Path, text: str, dtype: torch.dtype) -> None:
    (tmp_path / "good").write_bytes(save({"a": torch.zeros(2)}, {"meta_parameters": entry()}))
    assert learner_of(tmp_path / "good") == "maml"
    path = tmp_path / "bad.safetensors"
    path.write_bytes(save({"a": torch.zeros(2, dtype=dtype)}, {"meta_parameters": text}))
    with pytest.raises(WeightsError, match=r"bad\.safetensors is damaged"):
        learner_of(path)


def test_a_file_of_a_method_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "p.safetensors", key="prototypical")
    assert learner_of(path) == "prototypical"
    with pytest.raises(WeightsError, match="no method's meta-parameters"):
        learner_of(write(tmp_path / "q.safetensors", key="oracle"))
