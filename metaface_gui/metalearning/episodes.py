"""Episodes for meta-training: small open-set galleries drawn from many people, with probes of theirs and of strangers.

Episodic training is of Vinyals et al., "Matching Networks for One Shot Learning", NeurIPS 2016, section 2.2: train
under the conditions that will hold at test time. So shots are mostly clean, probes mostly degraded, and some probes
belong to nobody.
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
    """How large an episode is: people, shots and queries of each, and strangers with one query each.

    Raises:
        ValueError: if there are no people, shots or queries, or fewer than no strangers.
    """

    n_way: int
    k_shot: int
    queries: int = 3
    strangers: int = 20

    def __post_init__(self) -> None:
        if min(self.n_way, self.k_shot, self.queries) < 1 or self.strangers < 0:
            raise ValueError(f"want at least one person, shot and query, got {self}")

    def fitted_to(self, n_people: int) -> EpisodeShape:
        """Return it with no more people than half of a data set's, and no more strangers than are left."""
        n_way = max(1, min(self.n_way, n_people // 2))
        return EpisodeShape(n_way, self.k_shot, self.queries, min(self.strangers, n_people - n_way))


@dataclass(frozen=True, slots=True)
class EpisodeMix:
    """What episodes are mixed from.

    `degraded_support` and `clean_queries` are the shares of shots and of queries (0..1) that break the rule.
    `one_picture` is how often a person with a single picture is enrolled, in units of one with two in a 1-shot episode.
    Where faces have copies of places, the share `in_a_place` of the episodes is enrolled in one of them, and the share
    `moved` of these is probed in another one.
    """

    degraded_support: float = 0.3
    clean_queries: float = 0.15
    one_picture: float = 0.1
    in_a_place: float = 0.5
    moved: float = 0.25


HELD_OUT_MIX = EpisodeMix(degraded_support=0.0, clean_queries=0.0, one_picture=0.0)
"""How meta-testing mixes: clean shots, degraded probes, people with more than one picture as long as there are some."""


class EpisodeSampler:
    """Draws episodes from `faces`; episode i of step s follows from (seed, s, i) alone, so ranks can share the work.

    A person's queries are of other pictures than their shots. Whoever has too few pictures for that takes part more
    rarely, with degraded copies in place of further pictures; whoever has one is probed with copies of it. With an
    `embedding_dim`, episodes are seen from the middle of their shots (`pipeline.room.RoomCentre`), as adaptation is.

    Raises:
        ValueError: if a shape does not fit, or a number of 0 … n_people-1 has no picture.
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
        """How many people there are."""
        return len(self._counts)

    def draw(self, shape: EpisodeShape, step: int, numbers: Sequence[int]) -> Episode:
        """Draw the episodes of those numbers of an outer step, stacked: (E, n, p), (E, n), (E, q, p), (E, q).

        Supports are in the order of their labels; queries in the order of theirs, the strangers last.

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
        """Rows of (n·c, p) for the shots (n_way·k_shot,) and for the queries (n_way·queries + strangers,)."""
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
        """As `_draw_one`, of the pictures `shots` (n_way, k_shot) and `probes` (n_way, queries): all in one place, or
        enrolled there and seen in another."""
        first = self._copies - self._places
        place = later = first + int(random.integers(self._places))
        if random.random() < self._mix.moved:
            later = first + int(random.integers(self._places))
        strangers = self._ordered[self._first[others] + random.integers(self._counts[others])]
        seen = np.concatenate([probes.ravel(), strangers])
        return shots.ravel() * self._copies + place, seen * self._copies + later

    def _pictures_of(self, person: int, shape: EpisodeShape, random: np.random.Generator) -> tuple[Indices, ...]:
        """Pictures of a person's shots and their rounds (k_shot,), and of the queries and theirs (queries,).

        A picture's round counts how often it came before; with a single picture, as a shot too.
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
        """Who enrols (n_way,), without replacement and by the weights below, and who are strangers (strangers,).

        A person weighs as much as the share of the shots that they have pictures for once one is kept to probe with.
        The smallest of Exp(1)/weight are such a draw (Efraimidis and Spirakis 2006).
        """
        weights = np.clip((self._counts - 1 + max(self._mix.one_picture, 1e-9)) / shape.k_shot, 0.0, 1.0)
        order = np.argsort(random.exponential(size=self.n_people) / weights)
        ways, rest = order[: shape.n_way], random.permutation(order[shape.n_way :])
        # When there are fewer others than strangers, others come again, with another picture or copy.
        return ways, np.resize(rest, shape.strangers)

    def _degraded_orders(self, people: int, random: np.random.Generator) -> Indices:
        """For each person the degraded copies in random order, (people, c'-1) of the c' that are of no shared place;
        copy 0 is all there is if c' is 1."""
        own = self._copies - self._places
        degraded = np.arange(1, own) if own > 1 else np.zeros(1, np.int64)
        return random.permuted(np.tile(degraded, (people, 1)), axis=1)

    @staticmethod
    def _copy(rounds: Indices, order: Indices, is_degraded: NDArray[np.bool_]) -> Indices:
        """Which copy of a picture: clean or not as drawn; the picture's later rounds go through the degraded copies."""
        degraded = np.take_along_axis(order, rounds % order.shape[1], axis=1)
        return np.where(is_degraded | (rounds > 0), degraded, 0)
