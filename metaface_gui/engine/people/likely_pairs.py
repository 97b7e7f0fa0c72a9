"""Two enrolled people who may be one: each one's shots would be taken for the other."""

from __future__ import annotations

from collections.abc import Collection

from metaface_gui.deferred import in_inference_mode, torch
from metaface_gui.engine.assembly import LearningAssets, adapt
from metaface_gui.engine.people.findings import LikelyPair, Taken
from metaface_gui.pipeline.enrolled_people import EnrolledPeople
from metaface_gui.types import PersonId

LEARNER = "prototypical"
"""Whose classifier is asked: its class vectors are means, so that a person's score does not hang on a single shot."""


@in_inference_mode
def likely_pairs(
    people: EnrolledPeople, assets: LearningAssets, *, fpir: float, apart: Collection[frozenset[PersonId]]
) -> tuple[LikelyPair, ...]:
    """Which two of these people may be one, the likeliest first; pairs who are known to be `apart` are left out.

    A shot of a stranger passes the threshold of any of the people with the chance that is promised, `fpir` (0..1). Two
    are taken for one if more than half of the shots of each pass for the other: of two strangers with three shots each
    that takes four such accidents, of two with a single shot two that are one and the same cosine.
    """
    if len(people) < 2:
        return ()
    made = adapt(LEARNER, people, assets, fpir=fpir)
    assert made.adapted is not None
    margins = made.classifier.people_scores(made.adapted.scores(people.shots), people.shots)
    margins -= made.classifier.threshold
    n_shots = torch.bincount(people.labels, minlength=len(people))
    passes = (margins >= 0).to(torch.float32)
    counts = torch.zeros((len(people), len(people))).index_add_(0, people.labels, passes).round().long()
    is_most = 2 * counts > n_shots[:, None]
    pairs = list[LikelyPair]()
    for first, second in (is_most & is_most.T).triu(1).nonzero().tolist():
        one, other = (first, second) if n_shots[first] >= n_shots[second] else (second, first)
        ids = people.person_ids[one], people.person_ids[other]
        if frozenset(ids) in apart:
            continue
        medians = (margins[people.labels == own, of].median() for own, of in ((one, other), (other, one)))
        pairs.append(
            LikelyPair(
                *ids,
                one_as_other=Taken(int(counts[one, other]), int(n_shots[one])),
                other_as_one=Taken(int(counts[other, one]), int(n_shots[other])),
                margin=float(min(medians)),
            )
        )
    return tuple(sorted(pairs, key=lambda pair: -pair.margin))
