"""What a trial is: a learning strategy sits an exam that is made of the user's own shots, and gets a reward.

On clean shots every strategy names every held-out face, which teaches nothing. So the exam asks what a camera will
ask: corrupted copies of the held-out shots, and strangers who must stay below the threshold (`hallucination.py`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from metaface_gui.deferred import Tensor, torch
from metaface_gui.pipeline.learners.base import Params, SupportSet
from metaface_gui.pipeline.learners.hallucination import (
    CORRUPTION,
    VARIATION,
    hallucinated,
    imagined_strangers,
)

MAX_PEOPLE, MAX_SHOTS = 20, 8
"""How much of a big gallery an exam looks at: a trial must not take longer than one of these many shots."""
FPIR = 0.05
"""Share of strangers that the exam's threshold lets through."""
_STRANGERS = 256
_MIN_COPIES, _MIN_PROBES = 4, 80
_SUPPORT_COPIES = 2
_SOFTNESS = 0.5
"""Width of the step at the threshold, in standard deviations of the strangers' scores."""
_STRANGER_SEED, _PROBE_SEED, _SUPPORT_SEED, _ORDER_SEED = 1, 2, 3, 4
CONTEXT_DIM = 4


@dataclass(frozen=True, slots=True, eq=False)
class Canonical:
    """A support set in an order that depends on the faces alone: the same bits whoever comes first.

    `support` is sorted and its people are renumbered; `numbers` (n_way,) int64 maps the caller's number of a person
    to the new one.
    """

    support: SupportSet
    numbers: Tensor


def canonical(support: SupportSet) -> Canonical:
    """Sort shots by their projection on a fixed direction, people by their first shot's."""
    random = torch.Generator().manual_seed(_ORDER_SEED)
    direction = torch.randn(support.features.shape[1], dtype=torch.float64, generator=random)
    # Row by row: a matrix product may round a row differently at another place. On the CPU: not every GPU has doubles.
    keys = (support.features.cpu().double() * direction).sum(1)
    given = support.labels.cpu()
    first = torch.full((support.n_way,), math.inf, dtype=torch.float64).scatter_reduce(0, given, keys, "amin")
    numbers = first.argsort(stable=True).argsort()
    order = keys.argsort(stable=True)
    order = order[numbers[given[order]].argsort(stable=True)]
    device = support.features.device
    labels = numbers[given[order]].to(device)
    return Canonical(SupportSet(support.features[order.to(device)], labels, support.n_way), numbers.to(device))


def explored(support: SupportSet) -> SupportSet:
    """Return at most 20 people with at most 8 shots each of a sorted support set, evenly spaced in its order."""
    people = _evenly(support.n_way, MAX_PEOPLE)
    starts = torch.bincount(support.labels, minlength=support.n_way).cumsum(0).tolist()
    starts = [0, *starts]
    rows, labels = [], []
    for number, person in enumerate(people):
        chosen = _evenly(starts[person + 1] - starts[person], MAX_SHOTS)
        rows += [starts[person] + shot for shot in chosen]
        labels += [number] * len(chosen)
    device = support.features.device
    return SupportSet(support.features[rows], torch.tensor(labels, device=device), len(people))


def _evenly(n: int, at_most: int) -> list[int]:
    return [i * n // min(n, at_most) for i in range(min(n, at_most))]


@dataclass(frozen=True, slots=True, eq=False)
class Exam:
    """A task for strategies: adapt to `support`, then name `probes` (q, p), who are `labels` (q,), and reject
    `strangers` (m, p). `context` (4,) describes the gallery to the policy."""

    support: SupportSet
    probes: Tensor
    labels: Tensor
    strangers: Tensor
    context: Tensor


def make_exam(params: Params, support: SupportSet, embedding_dim: int) -> Exam:
    """Hold out one shot of each person of a sorted support set, and make bad copies of it; strangers are made up.

    Of a person with one shot, that shot stays in the support, and probes are bad copies of other pictures, made up too.
    """
    part = explored(support)
    counts = torch.bincount(part.labels, minlength=part.n_way)
    first = counts.cumsum(0) - counts
    several = counts > 1
    kept = torch.ones_like(part.labels, dtype=torch.bool)
    kept[first[several]] = False
    copies = max(_MIN_COPIES, math.ceil(_MIN_PROBES / part.n_way))
    shots, people = part.features[first], torch.arange(part.n_way, device=part.labels.device)
    originals = shots.repeat_interleave(copies, 0)
    random = torch.Generator().manual_seed(_PROBE_SEED)
    others = hallucinated(params, VARIATION, originals, embedding_dim, random)
    originals = torch.where(several.repeat_interleave(copies)[:, None], originals, others)
    bad = hallucinated(params, CORRUPTION, originals, embedding_dim, random)
    return Exam(
        support=SupportSet(part.features[kept], part.labels[kept], part.n_way),
        probes=torch.cat([shots[several], bad]),
        labels=torch.cat([people[several], people.repeat_interleave(copies)]),
        strangers=exam_strangers(params, embedding_dim),
        context=_context(support, part, embedding_dim),
    )


def exam_strangers(params: Params, embedding_dim: int) -> Tensor:
    """(256, p): always the same made-up people."""
    return imagined_strangers(params, _STRANGERS, embedding_dim, torch.Generator().manual_seed(_STRANGER_SEED))


def augmented(params: Params, support: SupportSet, embedding_dim: int) -> SupportSet:
    """Add two bad copies of each shot to a sorted support set."""
    random = torch.Generator().manual_seed(_SUPPORT_SEED)
    originals = support.features.repeat_interleave(_SUPPORT_COPIES, 0)
    copies = hallucinated(params, CORRUPTION, originals, embedding_dim, random)
    labels = torch.cat([support.labels, support.labels.repeat_interleave(_SUPPORT_COPIES)])
    return SupportSet(torch.cat([support.features, copies]), labels, support.n_way)


def exam_reward(known: Tensor, labels: Tensor, strange: Tensor) -> Tensor:
    """Reward () in 0..1 of scores `known` (q, n_way) of probes `labels` (q,) and `strange` (m, n_way) of strangers.

    The share of probes named right and above the threshold t that lets 5 % of the strangers through, with a soft step
    so that a margin counts too: mean of [right] · σ((score − t) / (½ · std of the strangers' best scores)). It depends
    on neither offset nor scale of the scores, so strategies compare whatever their scores mean.
    """
    nearest = strange.max(1).values.cpu().double()
    threshold = torch.quantile(nearest, 1.0 - FPIR)
    spread = nearest.std().clamp_min(1e-9 * (1.0 + nearest.abs().max()))
    score, named = known.cpu().double().max(1)
    margin = (score - threshold) / (_SOFTNESS * spread)
    return ((named == labels.cpu()) * torch.sigmoid(margin)).mean().to(known)


def _context(support: SupportSet, part: SupportSet, embedding_dim: int) -> Tensor:
    """How many people (log, 1,000 → 1), shots a person (mean log, 50 → 1), share of people with a single shot, and how
    closely shots lie together (mean length of the people's mean embeddings): (4,)."""
    counts = torch.bincount(support.labels, minlength=support.n_way).float()
    embeddings = part.features[:, :embedding_dim]
    sums = embeddings.new_zeros(part.n_way, embedding_dim).index_add_(0, part.labels, embeddings)
    closeness = (sums.norm(dim=1) / torch.bincount(part.labels)).mean()
    people = closeness.new_tensor(math.log(support.n_way) / math.log(1000))
    return torch.stack([people, counts.log().mean() / math.log(50), (counts == 1.0).float().mean(), closeness])
