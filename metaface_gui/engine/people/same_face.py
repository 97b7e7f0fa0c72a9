"""Detect that somebody about to be enrolled already is, under another name or with the same pictures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from metaface_gui.gallery import Person, Templates
from metaface_gui.pipeline.enrollment import EnrollmentBurst, FaceSample
from metaface_gui.types import Floats, PersonId

_SURELY_SAME = 0.6
"""The cosine from which two pictures count as one person's: few relatives reach it, most pictures of one person do."""


def likely_same(templates: Templates, samples: Sequence[FaceSample], people: Sequence[Person]) -> list[Person]:
    """Return those of `people` who look like the samples, the most similar first.

    For each person the most similar pair of pictures counts, so that a duplicate picture is always noticed.
    """
    best: dict[PersonId, float] = {}
    for person_id, cosine in zip(templates.person_ids.tolist(), _likeness(templates, samples), strict=True):
        best[person_id] = max(best.get(person_id, -1.0), float(cosine.max(initial=-1.0)))
    alike = [person for person in people if best.get(person.id, -1.0) >= _SURELY_SAME]
    return sorted(alike, key=lambda person: -best[person.id])


def already_there(templates: Templates, samples: Sequence[FaceSample], person_id: PersonId) -> list[FaceSample]:
    """Return the samples that are practically identical to a shot of this person."""
    likeness = _likeness(templates, samples)[templates.person_ids == person_id].max(axis=0, initial=-1.0)
    same = EnrollmentBurst().too_similar
    return [sample for sample, cosine in zip(samples, likeness.tolist(), strict=True) if cosine >= same]


def _likeness(templates: Templates, samples: Sequence[FaceSample]) -> Floats:
    """Return cosines, one row per template and one column per sample."""
    if not samples or not len(templates.person_ids):
        return np.zeros((len(templates.person_ids), len(samples)), np.float32)
    faces = np.stack([sample.embedding for sample in samples])
    return np.asarray(templates.features[:, : faces.shape[1]] @ faces.T, np.float32)
