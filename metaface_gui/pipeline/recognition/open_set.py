"""The open-set decision: the nearest person if their score reaches the threshold, Unknown otherwise.

A softmax over the enrolled people cannot say "nobody": with one person it is always 1. So the decision is on raw
scores, and what a raw score is worth in this very gallery is measured on a cohort of strangers at every adaptation.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

import torch
from torch import Tensor

from metaface_gui.pipeline.recognition.calibration import StrangerScores
from metaface_gui.types import UNKNOWN, Identification, PersonId

UNCALIBRATED_THRESHOLD = 0.65
"""Cosine asked for where an embedder has no cohort. Under facenet-casia, the nearest relative of those that have none,
this lets 0.1 % of strangers through with 20 people enrolled and just under 1 % with 100. A method that scores on
another scale gets there by `boundary_faces`."""

_COHORT_BATCH = 2048


class Scorer(Protocol):
    """What a learner's adaptation gives, as far as this stage needs to know it."""

    @property
    def n_way(self) -> int:
        """How many people it tells apart."""

    def scores(self, features: Tensor) -> Tensor:
        """Score faces against people: (n_query, p) → (n_query, n_way), larger = more alike, raw."""


@dataclass(frozen=True, slots=True, eq=False)
class OpenSetClassifier:
    """An adapted classifier with names and a threshold: immutable, safe to share between threads.

    `person_ids` and `names` are in the order of the scorer's columns. `strangers` is None for an empty gallery and
    for an embedder without cohort, whose threshold is a cautious default (`is_calibrated` is False).
    """

    scorer: Scorer | None
    person_ids: tuple[PersonId, ...]
    names: tuple[str, ...]
    strangers: StrangerScores | None
    threshold: float

    @classmethod
    def empty(cls) -> OpenSetClassifier:
        """The classifier of an empty gallery: everybody is Unknown."""
        return cls(None, (), (), None, UNKNOWN.threshold)

    @classmethod
    def calibrated(
        cls,
        scorer: Scorer,
        *,
        person_ids: tuple[PersonId, ...],
        names: tuple[str, ...],
        cohort: Tensor | None,
        fpir: float,
        boundary: Tensor | None = None,
    ) -> OpenSetClassifier:
        """Score the cohort (n, p) with a newly adapted classifier and set the threshold that lets `fpir` through.

        Without a cohort the threshold is the median of what the `boundary` faces (m, p) score, which are made for the
        cosine `UNCALIBRATED_THRESHOLD`; without these it is that cosine itself, which suits no scores but cosines.

        Raises:
            ValueError: if there is not one id and one name for each of the scorer's people, or `fpir` is not a share.
        """
        if not scorer.n_way == len(person_ids) == len(names) > 0:
            raise ValueError(f"{scorer.n_way} people are scored, {len(person_ids)} ids and {len(names)} names given")
        if cohort is None:
            threshold = UNCALIBRATED_THRESHOLD if boundary is None else float(_best_scores(scorer, boundary).median())
            return cls(scorer, person_ids, names, None, threshold)
        strangers = StrangerScores.of(_best_scores(scorer, cohort).cpu().numpy())
        return cls(scorer, person_ids, names, strangers, strangers.threshold(fpir))

    @property
    def is_calibrated(self) -> bool:
        """Whether the threshold was measured on a cohort, or nobody is enrolled and it does not matter."""
        return self.strangers is not None or self.scorer is None

    def with_fpir(self, fpir: float) -> OpenSetClassifier:
        """Return the same classifier with the threshold for another FPIR; nothing is scored anew."""
        return self if self.strangers is None else replace(self, threshold=self.strangers.threshold(fpir))

    def identify(self, features: Tensor) -> tuple[Identification, ...]:
        """Decide on n ≥ 0 faces (n, p) at once."""
        if self.scorer is None:
            return (UNKNOWN,) * len(features)
        with torch.inference_mode():
            best, nearest = self.scorer.scores(features).max(1)
        return tuple(self._decide(*pair) for pair in zip(best.tolist(), nearest.tolist(), strict=True))

    def _decide(self, score: float, column: int) -> Identification:
        person_id, name = self.person_ids[column], self.names[column]
        known = score >= self.threshold
        return Identification(
            person_id=person_id if known else None,
            name=name if known else None,
            score=score,
            threshold=self.threshold,
            nearest_id=person_id,
            nearest_name=name,
        )


@torch.inference_mode()
def _best_scores(scorer: Scorer, faces: Tensor) -> Tensor:
    """Each face's best score against anybody: (n, p) → (n, 1), in batches that a thousand people's scores fit into."""
    batches = (faces[begin : begin + _COHORT_BATCH] for begin in range(0, len(faces), _COHORT_BATCH))
    return torch.cat([scorer.scores(batch).amax(1, keepdim=True) for batch in batches])
