"""Adapt a learner in a room: every method sees shots, probes and cohort centred on the mean of the room's faces.

That mean is subtracted from every face. It acts like a batch normalisation's mean that is re-estimated where it is used
(Li et al., "Revisiting batch normalization for practical domain adaptation", 2016), here under a zero-mean prior,
because the mean of a few people mostly reflects those people. A tail is linear in the features, so centring the
features centres every method's embedding.

Unlabelled faces from the same camera are used in four ways. They contribute to that mean. Shots taken elsewhere are
moved towards them (`shifted_to_room`). Those that resemble nobody enrolled count as strangers when the threshold is set
(`recognition.room_threshold`). Those that are clearly an enrolled person become further shots of that person, which
show them in this light (`with_recognised`).
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
"""Strength of the zero-mean prior on a room's mean, as a number of people."""
_MOVE_PRIOR = 20.0
"""Strength of the prior that people were enrolled in this room, as a number of faces. Measured on meta-validation
people of two sets, 18 pairs of clean, defocused, dark, lamp-lit and old-camera pictures, 4 to 24 unlabelled faces:
where shots and room differ, TPIR at a true 1 % rises by 0.3 to 2.3 in the mean of a kind (with a prior of 5: 0.4 to
3.5); where they do not, it changes by −0.3 to +0.3 (5: −1.8 to +0.8)."""
_STRANGERS, _ONE_PERSON = 0.55, 0.7
"""Raw embedder cosines: two faces below the first are different people, above the second the same person. In one room
99 % of pairs of strangers lie below 0.49; half of one person's pairs lie above 0.9 (clean), 0.54 (old camera)."""
_RECOGNISED = 0.35
"""Cosine to a person's class mean, after centring, from which an unlabelled face is taken to be that person. Of 0.30,
0.35, 0.40 and 0.45 it has the best worst cell on meta-validation people, `room_webcam` and `masks`: −2.5 … +11.5 points
of TPIR, +2 in the median. Soft k-means lost up to seven points where there were few faces or many strangers."""
_MOST_RECOGNISED = 5
"""Most recognised faces kept per person: three gain half as much in a room that showed many; nine only cost time."""
COHORT_COMPARED = 2_000
"""Cohort faces that are scored to learn the usual level and spread of scores between different people."""
MOST_COMPARED = 512
"""Most shots whose scores against all other people are compared: a thousand people's shots add no information."""


@dataclass(frozen=True, slots=True, eq=False)
class RoomCentre:
    """What is subtracted in a room: `mean` (p,), of which the first `embedding_dim` values are the embedding's."""

    mean: Tensor
    embedding_dim: int

    @classmethod
    def of(cls, support: SupportSet, embedding_dim: int) -> RoomCentre:
        """Return the mean over the enrolled people and those in the unlabelled faces, shrunk to zero if they are few.

        Each person counts once, however often they were seen. Otherwise, in a room that showed two people two dozen
        times, the mean would be theirs, and subtracting it would remove what distinguishes them from strangers.
        """
        people = class_means(support)
        if support.unlabelled is None or len(support.unlabelled) == 0:
            return cls(people.sum(0) / (len(people) + CENTRE_PRIOR), embedding_dim)
        share = person_weights(support.unlabelled[:, :embedding_dim])
        total = people.sum(0) + share @ support.unlabelled
        return cls(total / (len(people) + share.sum() + CENTRE_PRIOR), embedding_dim)

    @classmethod
    def of_episodes(cls, support: Tensor, n_way: int, embedding_dim: int) -> RoomCentre:
        """Return the centres of E episodes, all people with equally many shots: (E, n, p), for features (E, …, p)."""
        return cls(support.mean(1, keepdim=True) * (n_way / (n_way + CENTRE_PRIOR)), embedding_dim)

    def __call__(self, features: Tensor) -> Tensor:
        """Return features (…, p) centred on the room; their first d values are normalised to length 1 again."""
        moved = features - self.mean
        centred: Tensor = moved / moved[..., : self.embedding_dim].norm(dim=-1, keepdim=True).clamp_min(1e-6)
        return centred

    def support(self, support: SupportSet) -> SupportSet:
        """Return the support set with all its features centred."""
        unlabelled = None if support.unlabelled is None else self(support.unlabelled)
        return SupportSet(self(support.features), support.labels, support.n_way, unlabelled)


def person_weights(embeddings: Tensor) -> Tensor:
    """Return how much of a person each of n faces is: (n, d) → (n,) in (0, 1]; one person's faces sum to about one."""
    directions = normalize(embeddings)
    alike = ((directions @ directions.T - _STRANGERS) / (_ONE_PERSON - _STRANGERS)).clamp(0.0, 1.0)
    return 1.0 / alike.fill_diagonal_(1.0).sum(1)


def shifted_to_room(support: SupportSet, n_people: int, embedding_dim: int) -> SupportSet:
    """Shift shots by the mean difference between the room's unlabelled faces and the enrolled people.

    Shots from another camera or light are then compared as this room would have shown them. This is the first moment of
    what Sun, Feng and Saenko align ("Return of frustratingly easy domain adaptation", AAAI 2016). It is shrunk towards
    zero where faces are few, because two groups of people differ in any case. The lengths of the unnormalised
    embeddings are not shifted: they tell how good the pictures were. The first `n_people` ways are people; the others
    are denied faces, which are shifted too. Without unlabelled faces the support set is returned unchanged.
    """
    if support.unlabelled is None or len(support.unlabelled) == 0:
        return support
    seen, people = support.unlabelled, class_means(support)[:n_people]
    share = person_weights(seen[:, :embedding_dim])
    told = float(share.sum()) * n_people / (float(share.sum()) + n_people)
    moved = (share @ seen / share.sum() - people.mean(0)) * (told / (told + _MOVE_PRIOR))
    moved[embedding_dim:][-1:] = 0.0
    return SupportSet(support.features + moved, support.labels, support.n_way, seen)


def with_recognised(support: SupportSet, centre: RoomCentre, n_people: int) -> SupportSet:
    """Add unlabelled faces that clearly show an enrolled person to that person's shots; the rest stay unlabelled.

    This is one step of k-means with masks: semi-supervised few-shot learning with distractors (Ren et al. 2018, section
    3.2). The masks are binary, so that methods without weighted shots can use it. `support` is as the embedder makes it
    and is compared after centring on `centre`. Ways from `n_people` on are denied faces: what resembles them most stays
    unlabelled. Of a person's recognised faces the `_MOST_RECOGNISED` most similar are added and the others dropped. If
    nobody is recognised, the support set is returned unchanged.
    """
    if support.unlabelled is None or len(support.unlabelled) == 0:
        return support
    seen, dim = centre.support(support), centre.embedding_dim
    assert seen.unlabelled is not None
    score, way = (seen.unlabelled[:, :dim] @ normalize(class_means(seen)[:, :dim]).T).max(1)
    is_known = (score >= _RECOGNISED) & (way < n_people)
    # Most similar first, so that a face's rank is the number of earlier faces of the same person.
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
    """A classifier adapted to centred shots, which centres every face before it looks at it."""

    adapted: AdaptedClassifier
    centre: RoomCentre

    @property
    def n_way(self) -> int:
        """The number of ways it scores."""
        return self.adapted.n_way

    def scores(self, features: Tensor) -> Tensor:
        """Score uncentred faces, as the embedder makes them: (n_query, p) → (n_query, n_way)."""
        return self.adapted.scores(self.centre(features))

    def embed(self, features: Tensor) -> Tensor:
        """Map uncentred faces into the adapted space: (n, p) → (n, d)."""
        return self.adapted.embed(self.centre(features))

    def class_vectors(self) -> Tensor:
        """Return the vector that represents each way in the adapted space: (n_way, d)."""
        return self.adapted.class_vectors()


@dataclass(frozen=True, slots=True, eq=False)
class AdaptedInRoom:
    """A method adapted to a gallery that was centred on its room.

    `adapted` takes centred faces, `classifier` faces as the embedder makes them. `people` is the support set it was
    adapted to, uncentred and without denied faces: `n_shots` shots as this room would have shown them, then the room's
    recognised faces; its unlabelled faces show nobody enrolled. The first `embedding_dim` features are the embedding.
    """

    adapted: AdaptedClassifier
    classifier: AdaptedClassifier
    people: SupportSet
    n_shots: int
    embedding_dim: int

    def room(self, cohort: Tensor | None, prior: RoomPrior | None) -> Room | None:
        """Return what is known of the room, measured against the cohort (m, p); None without a cohort or a prior."""
        if cohort is None or prior is None:
            return None
        return measure_room(self.classifier, self.people, self.n_shots, cohort, prior)

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
        """Set the threshold that lets a share `fpir` of the cohort (m, p) through, moved to the `room` if one is given.

        Without a cohort it is the cautious default, converted to the method's scale. Ids default to 0, 1, …; names
        default to the ids.

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
    """Adapt to a support set whose first `n_people` ways are people and whose other ways are denied faces.

    Denied faces do not count towards the room's mean, as they may all be of one person. `is_centred` False leaves faces
    uncentred: the fixed threshold of an embedder without a cohort applies to uncentred faces.
    """
    dim = learner.space.embedding_dim
    if not is_centred:
        as_it_is = learner.adapt(support, on_step=on_step)
        people = _people_of(support, n_people)
        return AdaptedInRoom(as_it_is, as_it_is, people, len(people.features), dim)
    here = shifted_to_room(support, n_people, dim)
    shots = _people_of(here, n_people)
    centre = RoomCentre.of(shots, dim)
    known = with_recognised(here, centre, n_people)
    adapted, people = learner.adapt(centre.support(known), on_step=on_step), _people_of(known, n_people)
    return AdaptedInRoom(adapted, CentredClassifier(adapted, centre), people, len(shots.features), dim)


def _people_of(support: SupportSet, n_people: int) -> SupportSet:
    is_person = support.labels < n_people
    return SupportSet(support.features[is_person], support.labels[is_person], n_people, support.unlabelled)


def measure_room(
    classifier: AdaptedClassifier, support: SupportSet, n_shots: int, cohort: Tensor, prior: RoomPrior
) -> Room:
    """Estimate a room's scores between different people, in units of the cohort's spread, and the quality of the shots.

    People are compared in the adapted space by cosines to class means, because each method scores on its own scale and
    some memorise their own shots. `support` and `cohort` (m, p) are as the embedder makes them. `support` has `n_way`
    people (`n_shots` shots, then recognised faces), no denied faces, and as unlabelled faces those of nobody enrolled.
    Unlabelled faces are weighted so that each person counts once: someone seen often adds nothing new.
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
        share = person_weights(support.unlabelled[:, :d])
        n_seen = max(1, round(float(share.sum())))
        of_seen = _of_strangers(classifier.embed(support.unlabelled) @ means.T, of_cohort) / deviation
        weights = share.repeat_interleave(max(1, n - 1))
    seen_shift = float(weights @ of_seen / weights.sum()) if len(of_seen) else 0.0
    squares = float((of_gallery - of_gallery.mean()).square().sum() + weights @ (of_seen - seen_shift).square())
    scores = len(of_gallery) + float(weights.sum())
    # Slice first: a cohort on a GPU is large to copy.
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
    """Return by how much strangers' scores (m, n) exceed the cohort's scores (c, n), flattened.

    Each face's best score is left out, because that may be who it is; so is each cohort face's.
    """
    if scores.shape[1] == 1:
        return (scores - of_cohort.mean()).flatten()
    others = (of_cohort.sum(1) - of_cohort.amax(1)).mean() / (scores.shape[1] - 1)
    is_best = torch.arange(scores.shape[1], device=scores.device) == scores.argmax(1, keepdim=True)
    return (scores - others)[~is_best]
