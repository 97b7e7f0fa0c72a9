"""Detect that somebody about to be enrolled already is, under another name or with the same pictures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from metaface_gui.gallery import NewShot, Person, Templates
from metaface_gui.pipeline.enrollment import EnrollmentBurst, FaceSample
from metaface_gui.pipeline.feature_space import FeatureSpace
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


def stored_duplicates(
    templates: Templates, shots: Sequence[NewShot], space: FeatureSpace, person_id: PersonId
) -> list[NewShot]:
    """Return the new shots that are practically identical to a stored shot of this person.

    Templates are compared with templates: a template is the mean of two views, so a single view of the very same
    picture resembles it less than another template of that picture does.
    """
    stored = templates.features[templates.person_ids == person_id, : space.embedding_dim]
    shots = [shot for shot in shots if templates.embedder_id in shot.embeddings]
    if not shots or not len(stored):
        return []
    new = np.stack([shot.embeddings[templates.embedder_id][: space.embedding_dim] for shot in shots])
    likeness = (new @ stored.T).max(axis=1)
    same = EnrollmentBurst().too_similar
    return [shot for shot, cosine in zip(shots, likeness.tolist(), strict=True) if cosine >= same]


def _likeness(templates: Templates, samples: Sequence[FaceSample]) -> Floats:
    """Return cosines, one row per template and one column per sample."""
    if not samples or not len(templates.person_ids):
        return np.zeros((len(templates.person_ids), len(samples)), np.float32)
    faces = np.stack([sample.embedding for sample in samples])
    return np.asarray(templates.features[:, : faces.shape[1]] @ faces.T, np.float32)
