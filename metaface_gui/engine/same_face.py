"""Whether somebody who is to be enrolled is enrolled already, under another name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from metaface_gui.gallery import Templates
from metaface_gui.pipeline.enrollment import FaceSample
from metaface_gui.types import PersonId

_SURELY_SAME = 0.6
"""Cosine from which two pictures are taken for one person's: few relatives reach it, most pictures of a person do."""


def likely_same(templates: Templates, samples: Sequence[FaceSample], people: Mapping[PersonId, str]) -> list[str]:
    """Names of those of `people` who look like the samples, the most alike first.

    Of a person the most alike pair of pictures counts, so that the same picture twice is always noticed.
    """
    if not samples or not len(templates.person_ids):
        return []
    faces = np.stack([sample.embedding for sample in samples])
    cosines = (templates.features[:, : faces.shape[1]] @ faces.T).max(axis=1)
    best: dict[PersonId, float] = {}
    for person_id, cosine in zip(templates.person_ids.tolist(), cosines.tolist(), strict=True):
        if person_id in people:
            best[person_id] = max(best.get(person_id, -1.0), cosine)
    alike = [person_id for person_id, cosine in best.items() if cosine >= _SURELY_SAME]
    return [people[person_id] for person_id in sorted(alike, key=lambda person_id: -best[person_id])]
