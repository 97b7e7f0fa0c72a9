"""A learner in a room: shots, probes and cohort are seen from the middle of the room's faces, whatever the method.

The mean of the room's faces is subtracted from every face: a batch normalisation's mean re-estimated where it is used
(Li et al., "Revisiting batch normalization for practical domain adaptation", 2016), under a prior that it is nought,
since a few people's mean is mostly their own. Features are linear in what a tail makes of them, so that centring them
centres every method's embedding.

Unlabelled faces of the same camera count in four places: in that mean; as what shots are moved to that were taken
elsewhere (`as_seen_here`); as people whom nobody resembles, in what the threshold is made of
(`recognition.room_threshold`); and those that are clearly somebody's as further shots of theirs, which show that person
in this light (`with_recognised`).
"""

from __future__ import annotations

from dataclasses import dataclass

from metaface_gui.deferred import Tensor, normalize, torch
from metaface_gui.pipeline.learners.base import AdaptedClassifier, MetaLearner, OnStep, SupportSet
from metaface_gui.pipeline.learners.distances import class_means
from metaface_gui.pipeline.recognition.boundary import boundary_faces
from metaface_gui.pipeline.recognition.open_set import UNCALIBRATED_THRESHOLD, OpenSetClassifier
from metaface_gui.pipeline.recognition.room_threshold import Room, RoomEvidence, RoomPrior, ShotQuality
from metaface_gui.types import PersonId

CENTRE_PRIOR = 10.0
"""So many people's worth of belief that a room's mean is nought."""
_MOVE_PRIOR = 20.0
"""So many faces' worth of belief that people were enrolled here. Meta-validation people of two sets, 18 pairs of
pictures as they are, out of focus, dark, by a lamp and of an old camera, 4 to 24 unlabelled faces: where shots and room
differ TPIR at a true 1 % rises by 0.3 to 2.3 in the mean of a kind (5: 0.4 to 3.5), where they do not it changes by
−0.3 to +0.3 (5: −1.8 to +0.8)."""
_STRANGERS, _ONE_PERSON = 0.55, 0.7
"""Cosines of faces as they come from the embedder: below the one they are two people, above the other one. In one room
99 of 100 pairs of strangers lie below 0.49, and of one person's half above 0.9 as they are, 0.54 of an old camera."""
_RECOGNISED = 0.35
"""Cosine to somebody's class mean, seen from the room's middle, from which an unlabelled face is taken for theirs. Of
0.30, 0.35, 0.40 and 0.45 the one with the best worst cell on meta-validation people, `room_webcam` and `masks`: −2.5 …
+11.5 points of TPIR, +2 in the median. Soft k-means lost up to seven where few faces or many strangers were seen."""
_MOST_RECOGNISED = 5
"""Such faces a person at most: three gain half as much in a room that showed many, nine cost time and gain nothing."""
COHORT_COMPARED = 2_000
"""Of the cohort, to know what scores between different people are like where nothing is special."""
MOST_COMPARED = 512
"""Shots whose scores against everybody are looked at, at most: a thousand people's tell no more."""


@dataclass(frozen=True, slots=True, eq=False)
class RoomCentre:
    """What is subtracted from features in a room: `mean` (p,); the first `embedding_dim` are the embedding's."""

    mean: Tensor
    embedding_dim: int

    @classmethod
    def of(cls, support: SupportSet, embedding_dim: int) -> RoomCentre:
        """Mean over people and over those whom unlabelled faces are of, drawn towards nought where they are few.

        Who is seen often counts once: where a room showed two people two dozen times, its middle would be theirs, and
        what is left of them when it is taken off would tell them from strangers no more.
        """
        people = class_means(support)
        if support.unlabelled is None or len(support.unlabelled) == 0:
            return cls(people.sum(0) / (len(people) + CENTRE_PRIOR), embedding_dim)
        share = shares_of_people(support.unlabelled[:, :embedding_dim])
        total = people.sum(0) + share @ support.unlabelled
        return cls(total / (len(people) + share.sum() + CENTRE_PRIOR), embedding_dim)

    @classmethod
    def of_episodes(cls, support: Tensor, n_way: int, embedding_dim: int) -> RoomCentre:
        """The same of E episodes at once whose people have equally many shots: (E, n, p), for features (E, …, p)."""
        return cls(support.mean(1, keepdim=True) * (n_way / (n_way + CENTRE_PRIOR)), embedding_dim)

    def __call__(self, features: Tensor) -> Tensor:
        """Features (…, p) as they are when seen from the room's middle; their first d are of length 1 again."""
        moved = features - self.mean
        centred: Tensor = moved / moved[..., : self.embedding_dim].norm(dim=-1, keepdim=True).clamp_min(1e-6)
        return centred

    def support(self, support: SupportSet) -> SupportSet:
        """A support set seen from there."""
        unlabelled = None if support.unlabelled is None else self(support.unlabelled)
        return SupportSet(self(support.features), support.labels, support.n_way, unlabelled)


def shares_of_people(embeddings: Tensor) -> Tensor:
    """How much of a person each of n faces is: (n, d) → (n,) in (0, 1]; all of one person's come to about one."""
    directions = normalize(embeddings)
    alike = ((directions @ directions.T - _STRANGERS) / (_ONE_PERSON - _STRANGERS)).clamp(0.0, 1.0)
    return 1.0 / alike.fill_diagonal_(1.0).sum(1)


def as_seen_here(support: SupportSet, n_people: int, embedding_dim: int) -> SupportSet:
    """Move shots by how far the room's unlabelled faces lie from the people's, on average: pictures of another camera
    or light than the room's are compared with those that it will show.

    The first moment of what Sun, Feng and Saenko align ("Return of frustratingly easy domain adaptation", AAAI 2016),
    drawn towards nought where faces are few, for two groups of people differ in any case. How long embeddings were
    stays: it tells how good the pictures were. The first `n_people` ways are people, the others denied faces, which
    move along. Without unlabelled faces the support set is returned as it is.
    """
    if support.unlabelled is None or len(support.unlabelled) == 0:
        return support
    seen, people = support.unlabelled, class_means(support)[:n_people]
    share = shares_of_people(seen[:, :embedding_dim])
    told = float(share.sum()) * n_people / (float(share.sum()) + n_people)
    moved = (share @ seen / share.sum() - people.mean(0)) * (told / (told + _MOVE_PRIOR))
    moved[embedding_dim:][-1:] = 0.0
    return SupportSet(support.features + moved, support.labels, support.n_way, seen)


def with_recognised(support: SupportSet, centre: RoomCentre, n_people: int) -> SupportSet:
    """Give the unlabelled faces that are clearly somebody's to them, as further shots: a step of k-means with masks;
    the others stay unlabelled.

    Semi-supervised few-shot learning with distractors (Ren et al. 2018, section 3.2), whose masks are a step here, so
    that methods that know no weights can use it. `support` is as the embedder makes it and looked at from `centre`;
    ways from `n_people` on are denied faces, which keep whoever resembles them most. Of more than `_MOST_RECOGNISED` of
    a person the most alike are taken, and the rest of them are dropped. Where nobody is recognised the support set is
    returned as it is.
    """
    if support.unlabelled is None or len(support.unlabelled) == 0:
        return support
    seen, dim = centre.support(support), centre.embedding_dim
    assert seen.unlabelled is not None
    score, way = (seen.unlabelled[:, :dim] @ normalize(class_means(seen)[:, :dim]).T).max(1)
    is_known = (score >= _RECOGNISED) & (way < n_people)
    # The most alike first, so that a count of those of the same person before them is their rank.
    order = score.argsort(descending=True, stable=True)
    order = order[is_known[order]]
    if len(order) == 0:
        return support
    is_earlier = torch.ones(len(order), len(order), dtype=torch.bool, device=order.device).tril(-1)
    rank = ((way[order, None] == way[None, order]) & is_earlier).sum(1)
    taken = order[rank < _MOST_RECOGNISED]
    return SupportSet(
        torch.cat([support.features, support.unlabelled[taken]]),
        torch.cat([support.labels, way[taken]]),
        support.n_way,
        support.unlabelled[~is_known],
    )


@dataclass(frozen=True, slots=True, eq=False)
class CentredClassifier:
    """An adapted classifier that was adapted to centred shots: what it looks at is centred first."""

    adapted: AdaptedClassifier
    centre: RoomCentre

    @property
    def n_way(self) -> int:
        """How many people it tells apart."""
        return self.adapted.n_way

    def scores(self, features: Tensor) -> Tensor:
        """Score faces as they come from the embedder: (n_query, p) → (n_query, n_way)."""
        return self.adapted.scores(self.centre(features))

    def embed(self, features: Tensor) -> Tensor:
        """Such faces in the adapted space: (n, p) → (n, d)."""
        return self.adapted.embed(self.centre(features))

    def class_vectors(self) -> Tensor:
        """What stands for each person there: (n_way, d)."""
        return self.adapted.class_vectors()


@dataclass(frozen=True, slots=True, eq=False)
class AdaptedInRoom:
    """A method adapted to a gallery seen from its room's middle: `adapted` itself, and `classifier` for faces as the
    embedder makes them. `people` is what it was adapted to, as the embedder makes it and without the denied faces:
    `n_shots` shots as this room would have shown them, then the room's faces that are somebody's, and unlabelled those
    that are nobody's. The first `embedding_dim` of features are the embedding."""

    adapted: AdaptedClassifier
    classifier: AdaptedClassifier
    people: SupportSet
    n_shots: int
    embedding_dim: int

    def room(self, cohort: Tensor | None, prior: RoomPrior | None) -> Room | None:
        """What is known of the room, measured against the cohort (m, p); None without a cohort or a prior."""
        if cohort is None or prior is None:
            return None
        return known_room(self.classifier, self.people, self.n_shots, cohort, prior)

    def calibrated(
        self,
        cohort: Tensor | None,
        *,
        fpir: float,
        room: Room | None = None,
        person_ids: tuple[PersonId, ...] | None = None,
        names: tuple[str, ...] | None = None,
        denied_people: Tensor | None = None,
    ) -> OpenSetClassifier:
        """Set the threshold that lets `fpir` of the cohort (m, p) through, moved to the `room` where one is known.

        Without a cohort it is the cautious default, put on the method's scale. People without ids are numbered from 0,
        those without names called by their ids.

        Raises:
            ValueError: as `OpenSetClassifier.calibrated`.
        """
        ids = tuple(range(self.people.n_way)) if person_ids is None else person_ids
        boundary = None
        if cohort is None:
            features, labels = self.people.features, self.people.labels
            boundary = boundary_faces(features, labels, embedding_dim=self.embedding_dim, cosine=UNCALIBRATED_THRESHOLD)
        return OpenSetClassifier.calibrated(
            self.classifier,
            person_ids=ids,
            names=tuple(map(str, ids)) if names is None else names,
            cohort=cohort,
            fpir=fpir,
            boundary=boundary,
            denied_people=denied_people,
            room=room,
        )


def adapt_in_room(
    learner: MetaLearner,
    support: SupportSet,
    *,
    n_people: int,
    is_centred: bool = True,
    on_step: OnStep | None = None,
) -> AdaptedInRoom:
    """Adapt to a support set whose first `n_people` ways are people and whose others are denied faces.

    Denied faces say nothing of the room: they may all be of one person. `is_centred` False leaves faces as they are:
    a fixed threshold, of an embedder without a cohort, is one for faces seen so.
    """
    dim = learner.space.embedding_dim
    if not is_centred:
        as_it_is = learner.adapt(support, on_step=on_step)
        people = _people_of(support, n_people)
        return AdaptedInRoom(as_it_is, as_it_is, people, len(people.features), dim)
    here = as_seen_here(support, n_people, dim)
    shots = _people_of(here, n_people)
    centre = RoomCentre.of(shots, dim)
    known = with_recognised(here, centre, n_people)
    adapted, people = learner.adapt(centre.support(known), on_step=on_step), _people_of(known, n_people)
    return AdaptedInRoom(adapted, CentredClassifier(adapted, centre), people, len(shots.features), dim)


def _people_of(support: SupportSet, n_people: int) -> SupportSet:
    is_person = support.labels < n_people
    return SupportSet(support.features[is_person], support.labels[is_person], n_people, support.unlabelled)


def known_room(
    classifier: AdaptedClassifier, support: SupportSet, n_shots: int, cohort: Tensor, prior: RoomPrior
) -> Room:
    """What is known of a room: compare everybody with everybody else in the adapted space, by cosines to class means,
    for methods score on scales of their own, and some know their own shots by heart.

    `support` and `cohort` (m, p) are as the embedder makes them; `support.n_way` people, `n_shots` of them shots and
    then recognised faces, no denied ones, and unlabelled those who are nobody's. Of these people count, not faces: who
    is seen often says the same again.
    """
    n = support.n_way
    shots = classifier.embed(support.features)
    d = shots.shape[1]
    means = normalize(class_means(SupportSet(shots, support.labels, n)))
    of_cohort = classifier.embed(cohort[:COHORT_COMPARED]) @ means.T
    mean, deviation = of_cohort.mean(), of_cohort.std().clamp_min(1e-6)
    every = slice(None, None, -(-len(shots) // MOST_COMPARED))
    is_own = support.labels[every, None] == torch.arange(n, device=shots.device)
    of_gallery = ((shots[every] @ means.T)[~is_own] - mean) / deviation
    of_seen, weights, n_seen = of_gallery[:0], of_gallery[:0], 0
    if support.unlabelled is not None and len(support.unlabelled) > 0:
        share = shares_of_people(support.unlabelled[:, :d])
        n_seen = max(1, round(float(share.sum())))
        of_seen = _of_strangers(classifier.embed(support.unlabelled) @ means.T, of_cohort) / deviation
        weights = share.repeat_interleave(max(1, n - 1))
    seen_shift = float(weights @ of_seen / weights.sum()) if len(of_seen) else 0.0
    squares = float((of_gallery - of_gallery.mean()).square().sum() + weights @ (of_seen - seen_shift).square())
    scores = len(of_gallery) + float(weights.sum())
    # Cut first: a cohort on a GPU is large to fetch.
    of_shots, usual = (faces[:, d:][:, -1:].cpu().numpy() for faces in (support.features[:n_shots], cohort))
    quality = ShotQuality.of(of_shots, usual, n_people=n)
    evidence = RoomEvidence(
        shift=float(of_gallery.mean()) if n > 1 else 0.0,
        spread=(squares / max(1.0, scores - 1.0)) ** 0.5 if n > 1 else 1.0,
        enrolled=n,
        seen_shift=seen_shift,
        seen=n_seen,
        recognised=len(support.features) - n_shots,
        poorness=0.0 if quality is None else quality.poorness,
    )
    return Room(prior, evidence, quality)


def _of_strangers(scores: Tensor, of_cohort: Tensor) -> Tensor:
    """By how much scores (m, n) of strangers against people are above the cohort's (c, n), flat.

    Whom of several a face is most like may be who it is, and is left out; so it is of the cohort's.
    """
    if scores.shape[1] == 1:
        return (scores - of_cohort.mean()).flatten()
    others = (of_cohort.sum(1) - of_cohort.amax(1)).mean() / (scores.shape[1] - 1)
    is_best = torch.arange(scores.shape[1], device=scores.device) == scores.argmax(1, keepdim=True)
    return (scores - others)[~is_best]
