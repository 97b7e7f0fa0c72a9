"""People who are enrolled, made of their shots."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from metaface_gui.pipeline.enrolled_people import EnrolledPeople


def enrolled(
    shots: Tensor,
    labels: Sequence[int],
    *,
    names: Sequence[str] = (),
    negatives: Tensor | None = None,
    denied: Sequence[int] = (),
    embedder_id: str = "numbers",
) -> EnrolledPeople:
    """Shots (n, p) of the people `labels`, who have the ids 1, 2 …; the shots do too."""
    n_people = max(labels, default=-1) + 1
    return EnrolledPeople(
        embedder_id,
        1,
        tuple(range(1, n_people + 1)),
        tuple(names) or tuple(f"Person {number}" for number in range(1, n_people + 1)),
        shots,
        torch.tensor(labels, dtype=torch.int64),
        tuple(range(1, len(labels) + 1)),
        shots[:0] if negatives is None else negatives,
        torch.tensor(denied, dtype=torch.int64),
    )
