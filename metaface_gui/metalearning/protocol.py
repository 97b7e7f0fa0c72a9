"""Open-set identification episodes for meta-testing: who is enrolled, who is a probe, who is a stranger.

The terms follow ISO/IEC 19795-1: a probe of an enrolled person is a mated search, a stranger's is a non-mated one.
An episode enrols n_way people with more than k_shot pictures, k_shot of each; up to five other pictures of each are
probes. Strangers are the people with a single picture, who can never be enrolled; if a set has fewer than a hundred of
them, strangers are all people who are not enrolled in the episode.

An episode may also have unlabelled faces, which the camera showed before any probe: pictures of enrolled people that
are neither shots nor probes, and pictures of strangers, who are then not counted as strangers any more.

An episode depends only on the seed, n_way, k_shot and its own number: every learner gets the same ones under every
condition, and a test that uses fewer episodes uses the first ones of the same sequence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from metaface_gui.errors import QT_TRANSLATE_NOOP, KnownError

Indices = NDArray[np.int64]

MAX_PROBES = 5
"""Maximum number of probes per person, so that a celebrity with hundreds of pictures does not dominate the figures."""
MIN_SINGLE_PICTURE_PEOPLE = 100
"""With fewer single-picture people, accepting one more or one less of them would change FPIR by more than 1 point."""
MAX_STRANGERS = 2_000
"""If everybody not enrolled is a stranger: maximum number of their pictures per episode, drawn for each episode."""
MAX_PASSER_BY = 5
"""Maximum number of unlabelled faces of one stranger."""


class TooFewPeopleError(KnownError):
    """A data set has too few people with enough pictures for an open-set episode."""


@dataclass(frozen=True, slots=True, eq=False)
class OpenSetEpisode:
    """One gallery and its probes; faces are row numbers of the test set's features; all arrays are int64.

    `support` (n_way · k_shot,) with `support_labels` 0 … n_way-1; `probes` (q,) with `probe_labels`; `strangers` (m,).
    `unlabelled` (u,) are faces that were seen before. `probe_draws` (q,), `stranger_draws` (m,) and `unlabelled_draws`
    (u,) give each face's draw of the condition.
    """

    n_way: int
    support: Indices
    support_labels: Indices
    probes: Indices
    probe_labels: Indices
    probe_draws: Indices
    strangers: Indices
    stranger_draws: Indices
    unlabelled: Indices
    unlabelled_draws: Indices


class OpenSetProtocol:
    """Generates the episodes of one (n_way, k_shot) from a test set whose faces show the people `person` (n,) int64.

    `n_way_used` is the number of people actually enrolled: `n_way`, or everybody eligible if there are fewer. If that
    would leave no strangers, a quarter of the eligible people (at least one) is not enrolled. `n_draws` is the number
    of draws per condition. `unlabelled` is the wanted number of unlabelled faces per episode: the share `known` of them
    shows enrolled people as far as those have pictures left, the rest shows strangers. At most half of the strangers
    are used, so there may be fewer; with `known` = 1 no strangers are used. Shots and probes do not depend on
    `unlabelled` or `known`.

    Raises:
        ValueError: if n_way, k_shot or n_draws is less than 1, `unlabelled` is negative, or `known` is not in 0..1.
        TooFewPeopleError: if fewer than two people have more than k_shot pictures.
    """

    def __init__(
        self,
        person: Indices,
        *,
        n_way: int,
        k_shot: int,
        seed: int = 0,
        n_draws: int = 1,
        unlabelled: int = 0,
        known: float = 0.5,
    ) -> None:
        if min(n_way, k_shot, n_draws) < 1:
            raise ValueError(f"want n_way, k_shot and n_draws ≥ 1, got {n_way}, {k_shot}, {n_draws}")
        if unlabelled < 0:
            raise ValueError(f"want unlabelled ≥ 0, got {unlabelled}")
        if not 0.0 <= known <= 1.0:
            raise ValueError(f"want known from 0 to 1, got {known}")
        self.n_way, self.k_shot = n_way, k_shot
        self._seed, self._n_draws, self._unlabelled, self._known = seed, n_draws, unlabelled, known
        self._person = person
        numbers, counts = np.unique(person, return_counts=True)
        by_person = np.split(np.argsort(person, kind="stable"), np.cumsum(counts)[:-1])
        self._faces_of = dict(zip(numbers.tolist(), by_person, strict=True))
        self.eligible: Indices = numbers[counts > k_shot]
        """Numbers of the people who can be enrolled."""
        if len(self.eligible) < 2:
            raise TooFewPeopleError(
                QT_TRANSLATE_NOOP(
                    "Errors",
                    "Only {eligible} of {people} people have more than {k_shot} pictures; an episode with {k_shot} "
                    "shots needs at least two such people. Use fewer shots with --k-shot, or add pictures.",
                ),
                people=len(numbers),
                eligible=len(self.eligible),
                k_shot=k_shot,
            )
        single = numbers[counts == 1]
        self._single: Indices | None = None
        if len(single) >= MIN_SINGLE_PICTURE_PEOPLE:
            self._single = np.flatnonzero(np.isin(person, single))
        self.n_way_used = min(n_way, len(self.eligible))
        if self._single is None and self.n_way_used == len(numbers):
            self.n_way_used -= max(1, len(self.eligible) // 4)

    @property
    def stranger_people(self) -> int:
        """Number of different people who can be strangers, on which a claim about strangers rests."""
        if self._single is not None:
            return len(self._single)
        # People enrolled in every episode never are strangers.
        always = self.n_way_used if self.n_way_used == len(self.eligible) else 0
        return len(self._faces_of) - always

    def episode(self, number: int) -> OpenSetEpisode:
        """Return episode `number` ≥ 0, the same one on every call."""
        random = np.random.default_rng([self._seed, self.n_way, self.k_shot, number])
        enrolled = random.choice(self.eligible, self.n_way_used, replace=False)
        last = self.k_shot + MAX_PROBES
        mixed = [random.permutation(self._faces_of[int(who)]) for who in enrolled]
        shots, probes = [faces[: self.k_shot] for faces in mixed], [faces[self.k_shot : last] for faces in mixed]
        strangers = self._strangers(enrolled, random)
        ways = np.arange(self.n_way_used)
        n_probes = sum(len(faces) for faces in probes)
        probe_draws = random.integers(self._n_draws, size=n_probes)
        stranger_draws = random.integers(self._n_draws, size=len(strangers))
        before = self._seen_before(np.concatenate([faces[last:] for faces in mixed]), strangers, random)
        counted = ~np.isin(self._person[strangers], np.setdiff1d(self._person[before], enrolled))
        return OpenSetEpisode(
            n_way=self.n_way_used,
            support=np.concatenate(shots),
            support_labels=ways.repeat(self.k_shot),
            probes=np.concatenate(probes),
            probe_labels=ways.repeat([len(faces) for faces in probes]),
            probe_draws=probe_draws,
            strangers=strangers[counted],
            stranger_draws=stranger_draws[counted],
            unlabelled=before,
            unlabelled_draws=random.integers(self._n_draws, size=len(before)),
        )

    def _seen_before(self, left: Indices, strangers: Indices, random: np.random.Generator) -> Indices:
        """Draw the unlabelled faces, in random order: pictures `left` of enrolled people, then some of the strangers.

        If too few pictures are left, more strangers replace them, unless `known` is 1.
        """
        known = random.permutation(left)[: int(self._known * self._unlabelled + 1e-9)]
        wanted = self._unlabelled - len(known) if self._known < 1.0 else 0
        people = random.permutation(np.unique(self._person[strangers]))
        passing: list[int] = []
        for who in people[: len(people) // 2]:
            if len(passing) >= wanted:
                break
            passing += random.permutation(strangers[self._person[strangers] == who])[:MAX_PASSER_BY].tolist()
        return random.permutation(np.concatenate([known, np.asarray(passing[:wanted], np.int64)]))

    def _strangers(self, enrolled: Indices, random: np.random.Generator) -> Indices:
        if self._single is not None:
            return self._single
        others = np.flatnonzero(~np.isin(self._person, enrolled))
        return others if len(others) <= MAX_STRANGERS else random.choice(others, MAX_STRANGERS, replace=False)


def check_pairs(person: Indices, pairs: Sequence[tuple[int, int]], *, is_everybody: bool) -> None:
    """Check that episodes of each (n_way, k_shot) can be drawn from faces of these people, (n,) int64.

    `is_everybody` says that no others were left out, who could be added.

    Raises:
        TooFewPeopleError: as `OpenSetProtocol`.
    """
    try:
        for n_way, k_shot in pairs:
            OpenSetProtocol(person, n_way=n_way, k_shot=k_shot)
    except TooFewPeopleError as error:
        if is_everybody:
            raise
        text = QT_TRANSLATE_NOOP(
            "Errors",
            "Only {eligible} of {people} people have more than {k_shot} pictures; an episode with {k_shot} shots needs "
            "at least two such people. Use fewer shots with --k-shot, everybody with --split all, or add pictures.",
        )
        raise TooFewPeopleError(text, **error.values) from error


def can_enrol(person: Indices, n_way: int, k_shot: int) -> bool:
    """Return whether an episode can enrol `n_way` people and still have strangers."""
    try:
        return OpenSetProtocol(person, n_way=n_way, k_shot=k_shot).n_way_used == n_way
    except TooFewPeopleError:
        return False
