from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn.functional import normalize

from metaface_gui.metalearning.data import AlignedFaces
from metaface_gui.metalearning.protocol import OpenSetProtocol
from metaface_gui.metalearning.track_evaluation import (
    Templates,
    TrackGround,
    TrackRow,
    evaluate_tracks,
    filmed_faces,
    track_features,
)
from metaface_gui.pipeline.embedding.base import FaceEmbedder
from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.pipeline.learners import make_learner

SPACE = FeatureSpace(48)
LOOKS, EPISODES = 5, 3
PEOPLE, PICTURES, SINGLES = 12, 4, 400


def quiet(_done: int, _total: int) -> None:
    pass


def faces_of(person: np.ndarray, noise: float, seed: int, looks: int = 1) -> Tensor:
    """(n, looks, p): unit vectors about each person's own."""
    centres = normalize(torch.randn(int(person.max()) + 1, 48, generator=torch.Generator().manual_seed(0)))
    random = torch.Generator().manual_seed(seed)
    about = centres[torch.from_numpy(person)][:, None]
    return normalize(about + noise * torch.randn(len(person), looks, 48, generator=random), dim=2)


@pytest.fixture(scope="module")
def rows() -> dict[int, TrackRow]:
    person = np.concatenate([np.arange(PEOPLE).repeat(PICTURES), PEOPLE + np.arange(SINGLES)])
    protocol = OpenSetProtocol(person, n_way=6, k_shot=1)
    filmed = filmed_faces(protocol, EPISODES)
    tracks = faces_of(person[filmed], 0.3, seed=2, looks=LOOKS)
    cohort = faces_of(10_000 + np.arange(4000), 0.3, seed=3)[:, 0]
    clean = faces_of(person, 0.05, seed=1)[:, 0]
    ground = TrackGround(
        "faces", person, clean, filmed, {"hard": Templates.of(tracks, tracks[:, :2], SPACE)}, cohort, None
    )
    learner = make_learner("prototypical", SPACE)
    told: list[tuple[int, int]] = []

    def progress(done: int, total: int) -> None:
        told.append((done, total))

    made = evaluate_tracks(ground, [learner], protocol, (1, 3, 5), episodes=EPISODES, fpir=0.01, progress=progress)
    assert told == [(1, 3), (2, 3), (3, 3)]
    return {row.looks: row for row in made}


def test_more_looks_tell_more(rows: dict[int, TrackRow]) -> None:
    assert list(rows) == [1, 3, 5]
    assert rows[1].tpir_at_fpir_1pct < rows[3].tpir_at_fpir_1pct < rows[5].tpir_at_fpir_1pct
    assert rows[1].top1 < rows[5].top1
    assert rows[1].tpir_shipped < rows[5].tpir_shipped


def test_the_promise_is_one_about_tracks(rows: dict[int, TrackRow]) -> None:
    achieved = [row.fpir_achieved for row in rows.values()]
    assert achieved == sorted(achieved), "who ever had a name goes on counting"
    assert 0.001 <= achieved[-1] <= 0.02
    low, high = rows[5].fpir_achieved_ci95
    assert low <= achieved[-1] <= high


def test_rows_say_what_was_played(rows: dict[int, TrackRow]) -> None:
    row = rows[3]
    assert (row.data, row.learner, row.condition, row.n_way, row.k_shot) == ("faces", "prototypical", "hard", 6, 1)
    assert (row.episodes, row.tracks, row.strangers) == (EPISODES, EPISODES * 6 * 3, EPISODES * SINGLES)


def test_only_probes_and_strangers_are_filmed() -> None:
    person = np.concatenate([np.arange(40).repeat(3), 40 + np.arange(120)])
    protocol = OpenSetProtocol(person, n_way=2, k_shot=1)
    filmed = filmed_faces(protocol, 2)
    assert len(filmed) <= 120 + 2 * 2 * 2
    assert (np.diff(filmed) > 0).all()
    assert set(protocol.episode(1).probes) <= set(filmed)


def test_templates_are_those_of_a_video() -> None:
    looks = torch.zeros(2, 3, 48)
    looks[0, :, 0] = 1.0
    looks[1, 0, 0] = looks[1, 1:, 1].fill_(1.0)[0]
    templates = Templates.of(looks, looks[:, :1], SPACE)
    torch.testing.assert_close(templates.features[0], looks[0])
    torch.testing.assert_close(templates.features[1, 2], looks[1, 2])
    assert templates.generation.tolist() == [[0, 0, 0], [0, 0, 1]], "the second track shows somebody else"


class Means:
    """An embedder whose features are a crop's mean colour; counts crops."""

    id, crop_size, space = "means", 112, FeatureSpace(3)

    def __init__(self) -> None:
        self.count = 0

    def features(self, crops_rgb: Tensor) -> Tensor:
        self.count += len(crops_rgb)
        return normalize(crops_rgb.float().mean((2, 3)))


def test_features_of_tracks_are_made_once(tmp_path: Path) -> None:
    crops = np.random.default_rng(0).integers(0, 255, (3, 112, 112, 3)).astype(np.uint8)
    faces = AlignedFaces(crops, ("a", "b", "c"), ("a/0.jpg", "b/0.jpg", "c/0.jpg"))
    embedder = Means()

    def make(seed: int = 0, progress: Callable[[int, int], None] = quiet) -> tuple[Tensor, Tensor]:
        return track_features(
            faces, _as_embedder(embedder), "hard", looks=4, seed=seed, cache=tmp_path, progress=progress
        )

    first, merged = make()
    assert first.shape == (3, 4, 3)
    assert merged.shape == (3, 1, 3), "after three looks"
    torch.testing.assert_close(merged[:, 0], normalize(first[:, :3].mean(1)), atol=0.02, rtol=0.0)
    assert embedder.count == 15
    torch.testing.assert_close(make()[0], first)
    assert embedder.count == 15
    assert not torch.equal(make(seed=1)[0], first)


def test_a_look_at_the_merged_picture_counts_where_looks_differ() -> None:
    space = FeatureSpace(46, 2)
    random = torch.Generator().manual_seed(0)
    looks = normalize(torch.ones(2, 3, 46) + torch.randn(2, 3, 46, generator=random), dim=2)
    looks[1] = looks[1, :1]
    looks = torch.cat([looks, torch.full((2, 3, 2), 0.1)], dim=2)
    merged = torch.cat([normalize(torch.ones(2, 1, 46), dim=2), torch.full((2, 1, 2), 0.1)], dim=2)
    features = Templates.of(looks, merged, space).features[..., :46]
    to_merged = (features * merged[..., :46]).sum(2)
    assert to_merged[0, 2] > to_merged[0, 1] + 0.05
    torch.testing.assert_close(features[1, 2], looks[1, 0, :46])


def _as_embedder(embedder: Means) -> FaceEmbedder:
    return embedder  # type: ignore[return-value]
