"""Whether somebody who is to be enrolled is enrolled already, under another name or with the same pictures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from metaface_gui.gallery import NewShot, Person, Templates
from metaface_gui.pipeline.enrollment import EnrollmentBurst, FaceSample
from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.types import Floats, PersonId

_SURELY_SAME = 0.6
"""Cosine from which two pictures are taken for one person's: few relatives reach it, most pictures of a person do."""


def likely_same(templates: Templates, samples: Sequence[FaceSample], people: Sequence[Person]) -> list[Person]:
    """Those of `people` who look like the samples, the most alike first.

    Of a person the most alike pair of pictures counts, so that the same picture twice is always noticed.
    """
    best: dict[PersonId, float] = {}
    for person_id, cosine in zip(templates.person_ids.tolist(), _likeness(templates, samples), strict=True):
        best[person_id] = max(best.get(person_id, -1.0), float(cosine.max(initial=-1.0)))
    alike = [person for person in people if best.get(person.id, -1.0) >= _SURELY_SAME]
    return sorted(alike, key=lambda person: -best[person.id])


def already_there(
    templates: Templates, shots: Sequence[NewShot], space: FeatureSpace, person_id: PersonId
) -> list[NewShot]:
    """Those new shots that a shot of this person is as good as the same picture as.

    Their templates are compared, not faces as they were seen: a template is the mean of two views, and so less like the
    very picture that it was made of than another template of that is.
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
    """Cosines, one row a template and one column a sample."""
    if not samples or not len(templates.person_ids):
        return np.zeros((len(templates.person_ids), len(samples)), np.float32)
    faces = np.stack([sample.embedding for sample in samples])
    return np.asarray(templates.features[:, : faces.shape[1]] @ faces.T, np.float32)
