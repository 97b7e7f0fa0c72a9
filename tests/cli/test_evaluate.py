from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from metaface_gui.cli import evaluate as verb
from metaface_gui.cli.evaluation_options import parse_environments
from metaface_gui.cli.weights import default_store
from metaface_gui.errors import SourceError
from metaface_gui.metalearning.data import AlignedFaces
from metaface_gui.metalearning.environments import FAMILIES, HELD_OUT, TRAINED
from metaface_gui.metalearning.face_folder import LoadedFaces
from metaface_gui.pipeline.embedding import make_embedder
from metaface_gui.pipeline.embedding.base import TrainableEmbedder
from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.pipeline.learners.parameters import save_params
from metaface_gui.pipeline.learners.prototypical import PrototypicalLearner
from metaface_gui.weights.store import WeightsStore
from tests.cli.conftest import Metaface, Outcome

PEOPLE, PICTURES, SINGLES = 8, 5, 110


def folder_of_people(folder: Path, **_: object) -> LoadedFaces:
    """Faces of people with several pictures and of many with one; a picture's pixels are its person's number."""
    if not folder.is_dir():
        raise SourceError("Cannot read the folder {folder}. Give another one.", folder=folder)
    identities = [f"person {i:03}" for i in range(PEOPLE) for _ in range(PICTURES)]
    identities += [f"single {i:03}" for i in range(SINGLES)]
    crops = np.zeros((len(identities), 112, 112, 3), np.uint8)
    return LoadedFaces(AlignedFaces(crops, tuple(identities), tuple(f"{i}.jpg" for i in range(len(identities)))), ())


def few_strangers(store: WeightsStore, embedder_id: str, space: FeatureSpace) -> Tensor:
    """A cohort that is scored quickly."""
    return torch.randn(300, space.feature_dim, generator=torch.Generator().manual_seed(0))


class Features:
    """Stands for the network: a random direction a person, noise that conditions add to; remembers what was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []
        self.rooms: list[tuple[str, str, int]] = []

    def __call__(
        self,
        faces: AlignedFaces,
        embedder: TrainableEmbedder,
        condition: str,
        *,
        seed: int,
        cache: Path,
        progress: Callable[[int, int], None],
        environment: str | None = None,
        both_views: bool = False,
    ) -> Tensor:
        assert both_views  # as shots and pictures of their own are seen
        if environment is None:
            self.asked.append((condition, seed))
        else:
            self.rooms.append((environment, condition, seed))
        progress(len(faces), len(faces))
        dimension = embedder.space.feature_dim
        person = torch.from_numpy(faces.person())
        centres = torch.randn(int(person.max()) + 1, dimension, generator=torch.Generator().manual_seed(1))
        noise = torch.randn(len(person), dimension, generator=torch.Generator().manual_seed(2 + seed))
        features = centres[person] + (0.4 if condition == "clean" else 1.2) * noise
        d = embedder.space.embedding_dim
        features[:, :d] = torch.nn.functional.normalize(features[:, :d], dim=1)
        return features


@pytest.fixture
def features(monkeypatch: pytest.MonkeyPatch) -> Features:
    features = Features()
    monkeypatch.setattr(verb, "load_faces", folder_of_people)
    monkeypatch.setattr(verb, "condition_features", features)
    monkeypatch.setattr(verb, "load_cohort", few_strangers)
    return features


@pytest.fixture
def quick(tmp_path: Path) -> tuple[object, ...]:
    """The options of a small run over everybody."""
    return (
        *("evaluate", "--data", tmp_path, "--split", "all", "--learners", "prototypical", "--n-way", 4),
        *("--k-shot", 2, "--episodes", 2, "--device", "cpu"),
    )


Evaluated = Callable[..., tuple[Outcome, Any]]


@pytest.fixture
def evaluated(metaface: Metaface, features: Features, quick: tuple[object, ...], tmp_path: Path) -> Evaluated:
    """Run a small evaluation: what it printed, and what it wrote."""

    def run(*options: object) -> tuple[Outcome, Any]:
        out = tmp_path / "out" / "report.json"
        result = metaface(*quick, "--json", out, "--force", *options)
        assert result.code == 0, result.err
        return result, json.loads(out.read_text(encoding="utf-8"))

    return run


def test_table_and_json(evaluated: Evaluated, tmp_path: Path) -> None:
    result, report = evaluated("--calibration")
    assert "stock" in result.out
    assert "prototypical" in result.out
    assert "hard, 4-way 2-shot, 2 episodes" in result.out
    assert str(tmp_path / "out" / "report.json") in result.out
    assert [(row["learner"], row["condition"]) for row in report["results"]] == [
        ("stock", "clean"),
        ("prototypical", "clean"),
        ("stock", "hard"),
        ("prototypical", "hard"),
    ]
    assert {(row["n_way"], row["k_shot"]) for row in report["results"]} == {(4, 2)}
    assert {row["enrolled"] for row in report["calibration"]} == {1, 5}
    assert report["shots"] == []
    assert report["settings"]["people"] == PEOPLE + SINGLES


def test_tracks_are_tested_when_looks_are_asked_for(
    evaluated: Evaluated, features: Features, monkeypatch: pytest.MonkeyPatch
) -> None:
    filmed: list[tuple[int, str, int]] = []

    def of_tracks(
        faces: AlignedFaces,
        embedder: TrainableEmbedder,
        condition: str,
        *,
        looks: int,
        seed: int,
        cache: Path,
        progress: Callable[[int, int], None],
    ) -> tuple[Tensor, Tensor]:
        filmed.append((len(faces), condition, looks))
        made = features(faces, embedder, condition, seed=seed, cache=cache, progress=progress, both_views=True)
        return made[:, None].expand(-1, looks, -1).contiguous(), made[:, None]

    monkeypatch.setattr(verb, "track_features", of_tracks)
    result, report = evaluated("--conditions", "hard", "--looks", "1,3")
    assert "tracks, hard, 4-way 2-shot, 2 episodes" in result.out
    assert [(row["learner"], row["condition"], row["looks"]) for row in report["tracks"]] == [
        ("prototypical", "hard", 1),
        ("prototypical", "hard", 3),
    ]
    assert report["settings"]["looks"] == [1, 3]
    assert [(condition, looks) for _, condition, looks in filmed] == [("hard", 3)]
    assert SINGLES < filmed[0][0] <= SINGLES + PEOPLE * PICTURES, "only who is a probe or a stranger"


def test_plots_add_the_shots_that_they_need(evaluated: Evaluated, tmp_path: Path) -> None:
    plots = tmp_path / "plots"
    result, report = evaluated("--conditions", "hard", "--plots", plots)
    assert {row["k_shot"] for row in report["shots"]} == {1, 2, 3}
    assert {row["k_shot"] for row in report["results"]} == {2}
    assert sorted(path.name for path in plots.iterdir()) == ["det_hard_4way_2shot.png", "shots_hard_4way.png"]
    assert str(plots / "shots_hard_4way.png") in result.out


def test_tables_fit_into_eighty_columns(evaluated: Evaluated, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    result, _ = evaluated("--learners", "prototypical", "--conditions", "hard", "--calibration")
    tables = result.out.split("different strangers")[0]
    assert "…" not in tables
    assert "hard: actual FPIR (%) of the shipped threshold for a promised 1 %" in tables


def test_conditions_are_drawn_as_often_as_asked_and_clean_once(evaluated: Evaluated, features: Features) -> None:
    evaluated("--conditions", "low-light,low_resolution,low_light", "--draws", 2, "--seed", 3)
    of_one_embedder = [
        ("clean", 3000),
        ("low_light", 3000),
        ("low_light", 3001),
        ("low_resolution", 3000),
        ("low_resolution", 3001),
    ]
    # Of the embedder as it ships, then of the stock one.
    assert features.asked == 2 * of_one_embedder


def test_lists_of_counts_give_all_pairs(evaluated: Evaluated) -> None:
    _, report = evaluated("--n-way", "2,3", "--k-shot", "1,2", "--conditions", "clean")
    assert [(row["n_way"], row["k_shot"]) for row in report["results"][::2]] == [(2, 1), (2, 2), (3, 1), (3, 2)]


def test_own_meta_parameters_take_the_place_of_the_shipped_ones(evaluated: Evaluated, tmp_path: Path) -> None:
    embedder = make_embedder("sface", torch.device("cpu"), default_store())
    own = tmp_path / "own.safetensors"
    params = PrototypicalLearner.initial_params(embedder.space)
    save_params(own, params, key="prototypical", space=embedder.space, embedder_id=embedder.id, card={})
    result, report = evaluated("--conditions", "clean", "--meta", own)
    assert "  untrained" in result.out
    assert report["settings"]["meta_parameters"]["prototypical"] == "own.safetensors"
    assert [(row["learner"], row["trained"]) for row in report["results"]] == [("stock", False), ("prototypical", True)]
    assert [(row["learner"], row["trained"]) for row in report["untrained"]] == [("prototypical", False)]
    _, report = evaluated("--conditions", "clean", "--meta", own, "--no-untrained")
    assert report["untrained"] == []


@pytest.mark.parametrize(
    "wrong",
    [
        ("--conditions", "clean,fog"),
        ("--environments", "fog,hard"),
        ("--unlabelled", "-1"),
        ("--unlabelled-known", "1.1"),
        ("--unlabelled-known", "half"),
        ("--learners", "prototypical", "telepathy"),
        ("--n-way", "0"),
        ("--k-shot", "1,two"),
        ("--episodes", "-5"),
        ("--split", "train"),
    ],
    ids=lambda wrong: wrong[0],
)
def test_options_that_mean_nothing_are_usage_errors(metaface: Metaface, wrong: tuple[str, ...], tmp_path: Path) -> None:
    result = metaface("evaluate", "--data", tmp_path, *wrong)
    assert result.code == 2
    assert wrong[0] in result.err


def test_without_data_it_is_a_usage_error(metaface: Metaface) -> None:
    assert metaface("evaluate").code == 2


def test_too_few_people_are_said_before_anything_is_computed(
    metaface: Metaface, features: Features, quick: tuple[object, ...]
) -> None:
    result = metaface(*quick, "--k-shot", PICTURES)
    assert result.code == 1
    assert f"Only 0 of {PEOPLE + SINGLES} people have more than {PICTURES} pictures" in result.err
    assert "--split all" not in result.err, "it was given"
    assert result.err.count("\n") == 1
    assert features.asked == []
    of_test_people = metaface(*quick, "--k-shot", PICTURES, "--split", "test")
    assert of_test_people.code == 1
    assert "everybody with --split all" in of_test_people.err


def test_a_missing_folder_is_one_line(metaface: Metaface, tmp_path: Path) -> None:
    result = metaface("evaluate", "--data", tmp_path / "nowhere")
    assert result.code == 1
    assert result.err.startswith("metaface: ")
    assert result.err.count("\n") == 1


def test_a_file_that_holds_no_meta_parameters_is_refused(
    metaface: Metaface, features: Features, quick: tuple[object, ...], tmp_path: Path
) -> None:
    letter = tmp_path / "letter.safetensors"
    letter.write_text("Dear reader")
    result = metaface(*quick, "--meta", letter)
    assert result.code == 1
    assert "letter.safetensors" in result.err


def test_one_folder_has_its_name_in_each_result_and_no_summary(evaluated: Evaluated, tmp_path: Path) -> None:
    result, report = evaluated()
    assert {(row["data"], row["environment"]) for row in report["results"]} == {(tmp_path.name, None)}
    assert report["settings"]["data"] == str(tmp_path)
    assert "summary" not in report
    assert "cells" not in result.out
    assert f"{tmp_path.name}, " not in result.out
    for row in report["results"]:
        low, high = row["fpir_achieved_ci95"]
        assert 0.0 <= low <= row["fpir_achieved"] <= high <= 1.0
        assert "tpir_shipped" in row


def test_several_folders_have_a_table_each_and_a_summary(evaluated: Evaluated, tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for folder in (one, two):
        folder.mkdir()
    result, report = evaluated("--data", one, two, "--calibration", "--plots", tmp_path / "p")
    assert report["settings"]["data"] == [str(one), str(two)]
    assert report["settings"]["people"] == 2 * (PEOPLE + SINGLES)
    assert [row["data"] for row in report["results"]] == ["one"] * 4 + ["two"] * 4
    assert {row["data"] for row in report["calibration"]} == {"one", "two"}
    assert "two, hard, 4-way 2-shot, 2 episodes" in result.out
    assert "4 cells: the worst / the median of each" in result.out
    assert (tmp_path / "p" / "det_two_hard_4way_2shot.png").is_file()
    stock, prototypical = report["summary"]
    assert (stock["learner"], prototypical["learner"], stock["cells"]) == ("stock", "prototypical", 4)
    assert stock["gain_over_stock"]["worst"] == stock["gain_over_stock"]["median"] == 0.0
    tpir = [row["tpir_at_fpir_1pct"] for row in report["results"] if row["learner"] == "prototypical"]
    assert prototypical["tpir_at_fpir_1pct"]["worst"] == min(tpir)
    worst = min(
        (row for row in report["results"] if row["learner"] == "prototypical"), key=lambda row: row["tpir_at_fpir_1pct"]
    )
    assert prototypical["tpir_at_fpir_1pct"]["worst_cell"]["condition"] == worst["condition"]
    fpir = [row["fpir_achieved"] for row in report["results"] if row["learner"] == "prototypical"]
    assert prototypical["fpir_achieved"]["worst"] == max(fpir)


def test_two_folders_of_one_name_are_refused(
    metaface: Metaface, features: Features, quick: tuple[object, ...], tmp_path: Path
) -> None:
    result = metaface(*quick[:1], "--data", tmp_path / "a" / "faces", tmp_path / "b" / "faces", *quick[3:])
    assert result.code == 1
    assert "“faces”" in result.err
    assert features.asked == []


def test_rooms_are_photographed_with_their_shots_and_under_each_condition(
    evaluated: Evaluated, features: Features
) -> None:
    result, report = evaluated("--environments", "fog,side-light", "--draws", 2, "--seed", 1)
    of_one_room = [("clean", 1000), ("hard", 1000), ("clean", 1001), ("hard", 1001)]
    of_a_family = {name: [(name, *one) for one in of_one_room] for name in ("fog", "side_light")}
    # Of the embedder as it ships, then of the stock one.
    assert features.rooms == 2 * of_a_family["fog"] + 2 * of_a_family["side_light"]
    keys = [(row["environment"], row["condition"]) for row in report["results"] if row["learner"] == "stock"]
    assert keys == [(room, condition) for room in (None, "fog", "side_light") for condition in ("clean", "hard")]
    assert report["settings"]["environments"] == ["fog", "side_light"]
    assert "side-light, hard, 4-way 2-shot, 2 episodes" in result.out
    assert {summary["cells"] for summary in report["summary"]} == {6}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("held-out", HELD_OUT),
        ("held_out", HELD_OUT),
        ("trained", TRAINED),
        ("all", tuple(FAMILIES)),
        ("side-light, fog,held-out", ("side_light", *dict.fromkeys(("fog", *HELD_OUT)))),
    ],
)
def test_environments_are_named_one_by_one_or_together(text: str, names: tuple[str, ...]) -> None:
    assert parse_environments(text) == names


def test_unlabelled_faces_are_given_and_said(evaluated: Evaluated) -> None:
    _, report = evaluated("--unlabelled", 30)
    assert report["settings"]["unlabelled"] == 30
    # Nobody enrolled has a picture left, so that 30 of the strangers came by before, in both episodes.
    assert {row["strangers"] for row in report["results"]} == {2 * (SINGLES - 30)}
    _, report = evaluated("--unlabelled", 30, "--unlabelled-known", 1)
    assert report["settings"]["unlabelled_known"] == 1.0
    assert {row["strangers"] for row in report["results"]} == {2 * SINGLES}
