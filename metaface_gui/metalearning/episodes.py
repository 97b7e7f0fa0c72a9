"""Meta-training episodes: small open-set galleries drawn from many people, with their own and strangers' probes.

Episodic training follows Vinyals et al., "Matching Networks for One Shot Learning", NeurIPS 2016, section 2.2: train
under the conditions of test time. So shots are mostly clean, probes are mostly degraded, and some probes are
strangers'.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from metaface_gui.pipeline.learners.base import STRANGER, Episode, TrainingFeatures
from metaface_gui.pipeline.room import RoomCentre

Indices = NDArray[np.int64]


@dataclass(frozen=True, slots=True, order=True)
class EpisodeShape:
    """Size of an episode: people, shots and queries per person, and strangers with one query each.

    Raises:
        ValueError: if people, shots or queries are fewer than 1, or strangers fewer than 0.
    """

    n_way: int
    k_shot: int
    queries: int = 3
    strangers: int = 20

    def __post_init__(self) -> None:
        if min(self.n_way, self.k_shot, self.queries) < 1 or self.strangers < 0:
            raise ValueError(f"want at least one person, shot and query, got {self}")

    def fitted_to(self, n_people: int) -> EpisodeShape:
        """Return the shape limited to half of a data set's people, and to as many strangers as remain."""
        n_way = max(1, min(self.n_way, n_people // 2))
        return EpisodeShape(n_way, self.k_shot, self.queries, min(self.strangers, n_people - n_way))


@dataclass(frozen=True, slots=True)
class EpisodeMix:
    """Proportions of the ingredients of episodes.

    `degraded_support` is the share of degraded shots and `clean_queries` that of clean queries (0..1). `one_picture` is
    how often a person with a single picture is enrolled, relative to a person with two in a 1-shot episode. If faces
    have copies of places, the share `in_a_place` of the episodes is enrolled in one of them, and the share `moved` of
    these is probed in another one.
    """

    degraded_support: float = 0.3
    clean_queries: float = 0.15
    one_picture: float = 0.1
    in_a_place: float = 0.5
    moved: float = 0.25


HELD_OUT_MIX = EpisodeMix(degraded_support=0.0, clean_queries=0.0, one_picture=0.0)
"""Mix for meta-testing: clean shots, degraded probes, people with more than one picture as far as there are some."""


class EpisodeSampler:
    """Draws episodes from `faces`; episode i of step s depends only on (seed, s, i), so processes can share the work.

    A person's queries show other pictures than their shots. People with too few pictures for that are drawn less often,
    and degraded copies replace the missing pictures; a person with one picture is probed with copies of it. With an
    `embedding_dim`, episodes are centred on their shots (`pipeline.room.RoomCentre`), as in adaptation.

    Raises:
        ValueError: if a shape does not fit, or a number in 0 … n_people-1 has no picture.
    """

    def __init__(
        self, faces: TrainingFeatures, seed: int, mix: EpisodeMix | None = None, *, embedding_dim: int | None = None
    ) -> None:
        person = faces.person.cpu().numpy()
        if faces.features.ndim != 3 or person.shape != faces.features.shape[:1]:
            raise ValueError(f"want (n, c, p) features and (n,) people, got {faces.features.shape}, {person.shape}")
        self._copies = int(faces.features.shape[1])
        self._places = faces.n_places
        self._embedding_dim = embedding_dim
        self._flat = faces.features.flatten(0, 1)
        self._seed = seed
        self._mix = mix or EpisodeMix()
        self._counts = np.bincount(person)
        if not self._counts.all():
            raise ValueError("every person needs a picture")
        self._ordered: Indices = np.argsort(person, kind="stable")
        self._first: Indices = np.cumsum(self._counts) - self._counts

    @property
    def n_people(self) -> int:
        """Number of people."""
        return len(self._counts)

    def draw(self, shape: EpisodeShape, step: int, numbers: Sequence[int]) -> Episode:
        """Draw the episodes with these numbers of an outer step, stacked: (E, n, p), (E, n), (E, q, p), (E, q).

        Supports are ordered by label; queries are too, with the strangers last.

        Raises:
            ValueError: if there are too few people for the shape, or no numbers.
        """
        if not numbers or shape.n_way + min(shape.strangers, 1) > self.n_people:
            raise ValueError(f"{self.n_people} people cannot fill {len(numbers)} episodes of {shape}")
        drawn = [self._draw_one(shape, np.random.default_rng((self._seed, step, i))) for i in numbers]
        support = self._gather(np.stack([rows for rows, _ in drawn]))
        query = self._gather(np.stack([rows for _, rows in drawn]))
        ways, strangers = np.arange(shape.n_way), np.full(shape.strangers, STRANGER)
        support_labels = self._alike(np.repeat(ways, shape.k_shot), len(drawn))
        query_labels = self._alike(np.append(np.repeat(ways, shape.queries), strangers), len(drawn))
        if self._embedding_dim is not None:
            centre = RoomCentre.of_episodes(support, shape.n_way, self._embedding_dim)
            support, query = centre(support), centre(query)
        return Episode(support, support_labels, query, query_labels)

    def _gather(self, rows: Indices) -> torch.Tensor:
        index = torch.from_numpy(rows).to(self._flat.device)
        return self._flat.index_select(0, index.flatten()).view(*rows.shape, -1)

    def _alike(self, labels: Indices, episodes: int) -> torch.Tensor:
        return torch.from_numpy(labels).to(self._flat.device).expand(episodes, -1)

    def _draw_one(self, shape: EpisodeShape, random: np.random.Generator) -> tuple[Indices, Indices]:
        """Draw rows of (n·c, p) for the shots (n_way·k_shot,) and for the queries (n_way·queries + strangers,)."""
        ways, others = self._people(shape, random)
        drawn = [self._pictures_of(person, shape, random) for person in ways]
        shots, shot_rounds, probes, probe_rounds = (np.stack(part) for part in zip(*drawn, strict=True))
        if self._places and random.random() < self._mix.in_a_place:
            return self._in_a_place(shots, probes, others, random)
        degraded = self._degraded_orders(shape.n_way, random)
        shot_is_degraded = random.random(shots.shape) < self._mix.degraded_support
        shot_rows = shots * self._copies + self._copy(shot_rounds, degraded, shot_is_degraded)
        probe_is_degraded = random.random(probes.shape) >= self._mix.clean_queries
        probe_rows = probes * self._copies + self._copy(probe_rounds, degraded, probe_is_degraded)
        strangers = self._first[others] + random.integers(self._counts[others])
        stranger_is_degraded = random.random((len(others), 1)) >= self._mix.clean_queries
        first_round = np.zeros((len(others), 1), np.int64)
        copies = self._copy(first_round, self._degraded_orders(len(others), random), stranger_is_degraded)
        stranger_rows = self._ordered[strangers] * self._copies + copies[:, 0]
        return shot_rows.ravel(), np.concatenate([probe_rows.ravel(), stranger_rows])

    def _in_a_place(
        self, shots: Indices, probes: Indices, others: Indices, random: np.random.Generator
    ) -> tuple[Indices, Indices]:
        """Do what `_draw_one` does for pictures `shots` (n_way, k_shot) and `probes` (n_way, queries) that are all
        taken in one place, or enrolled there and probed in another."""
        first = self._copies - self._places
        place = later = first + int(random.integers(self._places))
        if random.random() < self._mix.moved:
            later = first + int(random.integers(self._places))
        strangers = self._ordered[self._first[others] + random.integers(self._counts[others])]
        seen = np.concatenate([probes.ravel(), strangers])
        return shots.ravel() * self._copies + place, seen * self._copies + later

    def _pictures_of(self, person: int, shape: EpisodeShape, random: np.random.Generator) -> tuple[Indices, ...]:
        """Return pictures and rounds of a person's shots (k_shot,), then those of the queries (queries,).

        A picture's round counts its earlier uses; for a single picture, its uses as a shot count for the queries too.
        """
        pictures = random.permutation(self._ordered[self._first[person] : self._first[person] + self._counts[person]])
        enrolled = max(1, min(shape.k_shot, len(pictures) - 1))
        kept = pictures[enrolled:] if len(pictures) > 1 else pictures
        shot_rounds, shots = np.divmod(np.arange(shape.k_shot), enrolled)
        query_rounds, queries = np.divmod(np.arange(shape.queries), len(kept))
        if len(pictures) == 1:
            query_rounds += shape.k_shot
        return pictures[shots], shot_rounds, kept[queries], query_rounds

    def _people(self, shape: EpisodeShape, random: np.random.Generator) -> tuple[Indices, Indices]:
        """Draw who is enrolled (n_way,), without replacement and weighted, and who are strangers (strangers,).

        A person's weight is the share of the shots that their pictures can supply after one is reserved as a probe.
        Taking the smallest of Exp(1)/weight gives such a draw (Efraimidis and Spirakis 2006).
        """
        weights = np.clip((self._counts - 1 + max(self._mix.one_picture, 1e-9)) / shape.k_shot, 0.0, 1.0)
        order = np.argsort(random.exponential(size=self.n_people) / weights)
        ways, rest = order[: shape.n_way], random.permutation(order[shape.n_way :])
        # With fewer other people than strangers, people repeat, with another picture or copy.
        return ways, np.resize(rest, shape.strangers)

    def _degraded_orders(self, people: int, random: np.random.Generator) -> Indices:
        """Return the degraded copies in random order per person, (people, c'-1), of the c' copies that are not of
        places; only copy 0 if c' is 1."""
        own = self._copies - self._places
        degraded = np.arange(1, own) if own > 1 else np.zeros(1, np.int64)
        return random.permuted(np.tile(degraded, (people, 1)), axis=1)

    @staticmethod
    def _copy(rounds: Indices, order: Indices, is_degraded: NDArray[np.bool_]) -> Indices:
        """Return which copy of a picture to use: as drawn in round 0, then cycling through the degraded copies."""
        degraded = np.take_along_axis(order, rounds % order.shape[1], axis=1)
        return np.where(is_degraded | (rounds > 0), degraded, 0)
