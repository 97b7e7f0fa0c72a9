"""Builds the parts that settings name: pipelines from keys, classifiers from galleries."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from metaface_gui.deferred import Tensor, outside_inference_mode, torch
from metaface_gui.engine.events import Adapted
from metaface_gui.engine.jobs.job_runner import Job
from metaface_gui.engine.people.shots import decode_picture
from metaface_gui.gallery import Gallery
from metaface_gui.pipeline.detection import make_detector
from metaface_gui.pipeline.embedding.base import FaceEmbedder
from metaface_gui.pipeline.embedding.device import device_name
from metaface_gui.pipeline.embedding.frozen import make_frozen_embedder
from metaface_gui.pipeline.enrolled_people import EnrolledPeople
from metaface_gui.pipeline.face_pipeline import FacePipeline
from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.pipeline.first_names import LEARNER as FIRST_LEARNER
from metaface_gui.pipeline.first_names import FirstAssets, FirstNames
from metaface_gui.pipeline.learners import make_learner
from metaface_gui.pipeline.learners.base import AdaptedClassifier, AdaptStep, MetaLearner, OnStep, Params
from metaface_gui.pipeline.learners.parameters import load_trained, trained_tail
from metaface_gui.pipeline.learners.rl2 import Rl2Classifier
from metaface_gui.pipeline.recognition.attention import THOROUGH, Attention
from metaface_gui.pipeline.recognition.cohort import load_cohort, sample_cohort
from metaface_gui.pipeline.recognition.open_set import OpenSetClassifier
from metaface_gui.pipeline.recognition.room_threshold import Room, RoomPrior, load_prior
from metaface_gui.pipeline.room import adapt_in_room
from metaface_gui.resources import compiled_dir
from metaface_gui.settings import RecognitionSettings
from metaface_gui.weights.store import WeightsStore

_RE_EMBED_BATCH = 16
_MOST_MEASURED = 60
"""With more people enrolled the scale of margins is not measured on them: adapting twice would be felt."""


@dataclass(frozen=True, slots=True, eq=False)
class LearningAssets:
    """What learners need besides a gallery, for one embedder: read once when models are loaded.

    `trained` maps methods' keys to meta-parameters, all on the CPU. `cohort` (m, p) are strangers, None if there are
    none for this embedder and its projection. `room_prior` is what rooms are like, None if nothing is known of that.
    """

    embedder_id: str
    space: FeatureSpace
    trained: Mapping[str, Params]
    cohort: Tensor | None
    room_prior: RoomPrior | None = None


@dataclass(frozen=True, slots=True)
class AdaptationKey:
    """What an adaptation depends on: the learner, its settings (None: its defaults), who was enrolled, and the room.

    `room` is the revision of the room's faces, 0 without any: of another state of the room it is another adaptation.
    """

    learner: str
    settings: object | None
    embedder_id: str
    revision: int
    room: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class AdaptedGallery:
    """A classifier of everybody in a gallery, the open-set one that decides by it, and what its adaptation was like.

    `adapted` is None for an empty gallery; `room` is what is known of the room, None without a cohort or a prior, and
    `strangers` (m, p) are its faces that are nobody's, None where it showed none.
    """

    key: AdaptationKey
    people: EnrolledPeople
    adapted: AdaptedClassifier | None
    classifier: OpenSetClassifier
    report: Adapted
    room: Room | None = None
    strangers: Tensor | None = None


def build_pipeline(
    settings: RecognitionSettings,
    store: WeightsStore,
    *,
    embedder: FaceEmbedder | None = None,
    attention: Attention = THOROUGH,
    threads: int | None = None,
) -> FacePipeline:
    """Load the models that `settings` name; `embedder` is used as it is when it is already the right one.

    `attention` says how much of a running picture is looked at: all of it, or what keeps up with a camera. `threads`
    is what the networks may use of the processor, None for what the process may.

    Raises:
        KnownError: if the device is not there, or weights are missing or damaged.
    """
    device = device_name(settings.device)
    if embedder is None or embedder.key != settings.embedder or str(embedder.device) != device:
        embedder = make_frozen_embedder(settings.embedder, device, store, cache=compiled_dir(), threads=threads)
    detector = make_detector(settings.detector, device, store, cache=compiled_dir(), threads=threads)
    return FacePipeline(detector, embedder, attention)


def load_learning_assets(embedder: FaceEmbedder, store: WeightsStore) -> LearningAssets:
    """Read the meta-parameters and sample the cohort that ship for an embedder.

    Raises:
        WeightsError: if a file is missing or damaged, or is not what the manifest calls it.
    """
    trained = load_trained(store, embedder.space, embedder.id)
    cohort = load_cohort(store, embedder.id, embedder.space)
    return LearningAssets(embedder.id, embedder.space, trained, cohort, load_prior(store))


def enrolled_people(gallery: Gallery, embedder_id: str) -> EnrolledPeople:
    """Read everybody who has a template of this embedder; people, templates and names are of one revision.

    Raises:
        GalleryError: if the gallery cannot be read.
    """
    while True:
        revision = gallery.revision
        templates, negatives = gallery.templates(embedder_id), gallery.negatives(embedder_id)
        snapshot = gallery.snapshot()
        if snapshot.revision == revision:  # else somebody wrote in between, as an import does
            break
    ids, labels = np.unique(templates.person_ids, return_inverse=True)
    names = {person.id: person.name for person in snapshot.people}
    # Whoever has nothing to be recognised by needs no denying.
    denies = np.flatnonzero(np.isin(negatives.person_ids, ids))
    denied_faces = negatives.features[denies] if len(denies) else templates.features[:0]
    return EnrolledPeople(
        embedder_id=embedder_id,
        revision=revision,
        person_ids=tuple(ids.tolist()),
        names=tuple(names[person_id] for person_id in ids.tolist()),
        shots=torch.from_numpy(templates.features.copy()),
        labels=torch.from_numpy(labels),
        shot_ids=tuple(templates.shot_ids.tolist()),
        negatives=torch.from_numpy(denied_faces.copy()),
        denied_people=torch.from_numpy(np.searchsorted(ids, negatives.person_ids[denies])),
    )


def load_first_assets(embedder: FaceEmbedder, store: WeightsStore) -> FirstAssets | None:
    """Read what first names are decided by, without PyTorch; None if there are no strangers for this embedder.

    Raises:
        WeightsError: if a file is missing or damaged.
    """
    cohort, prior = sample_cohort(store, embedder.id, embedder.space), load_prior(store)
    if cohort is None or prior is None:
        return None
    return FirstAssets(trained_tail(store, FIRST_LEARNER, embedder.space, embedder.id), cohort, prior)


def first_names(
    gallery: Gallery, embedder_id: str, assets: FirstAssets, *, fpir: float
) -> FirstNames | OpenSetClassifier:
    """Adapt to everybody who has a template of this embedder; of whom a face was denied is not named yet.

    Raises:
        GalleryError: if the gallery cannot be read.
    """
    templates = gallery.templates(embedder_id)
    if not len(templates):
        return OpenSetClassifier.empty()
    names = {person.id: person.name for person in gallery.snapshot().people}
    known = np.isin(templates.person_ids, list(names))  # somebody may have been deleted in between
    return FirstNames.of(
        templates.features[known],
        templates.person_ids[known],
        names,
        assets,
        fpir=fpir,
        withheld=frozenset(gallery.negatives(embedder_id).person_ids.tolist()),
    )


def adapt(
    learner: str,
    people: EnrolledPeople,
    assets: LearningAssets,
    *,
    fpir: float,
    settings: object | None = None,
    on_step: OnStep | None = None,
) -> AdaptedGallery:
    """Adapt a learner to these people and set its threshold.

    All of it runs on the CPU, wherever the embedder computes: a template is a few hundred floats. Without a cohort the
    threshold is a cautious default, put on the learner's scale.

    Raises:
        ValueError: if there is no such learner, or the settings are not its own.
    """
    key = AdaptationKey(learner, settings, people.embedder_id, people.revision, people.room)
    started = time.perf_counter()
    if len(people) == 0:
        return AdaptedGallery(key, people, None, OpenSetClassifier.empty(), Adapted(learner, 0, 0, 0.0))
    steps = list[AdaptStep]()

    def taken(step: AdaptStep) -> None:
        steps.append(step)
        if on_step is not None:
            on_step(step)

    method = make_learner(learner, assets.space, assets.trained, settings)
    in_room = adapt_in_room(
        method, people.support, n_people=len(people), is_centred=assets.cohort is not None, on_step=taken
    )
    room = in_room.room(assets.cohort, assets.room_prior)
    classifier = in_room.calibrated(
        assets.cohort,
        fpir=fpir,
        room=room,
        person_ids=people.person_ids,
        names=people.names,
        denied_people=people.denied_people,
    )
    adapt_ms = (time.perf_counter() - started) * 1e3
    report = Adapted(learner, len(people), len(people.shots), adapt_ms, steps=tuple(steps))
    classifier = classifier.measured_by(_left_out_scores(method, people, classifier))
    if isinstance(in_room.adapted, Rl2Classifier):
        report = replace(report, trials=in_room.adapted.trials, chosen=in_room.adapted.chosen)
    return AdaptedGallery(key, people, in_room.classifier, classifier, report, room, in_room.people.unlabelled)


@outside_inference_mode
def _left_out_scores(method: MetaLearner, people: EnrolledPeople, classifier: OpenSetClassifier) -> Tensor:
    """What people score against themselves on a shot that was left out, one each: (m,), of who has two or more.

    One more adaptation for all of them; nothing is measured where that would take long.
    """
    if classifier.strangers is None or len(people) > _MOST_MEASURED:
        return torch.zeros(0)
    newest = torch.full((len(people),), -1)
    counts = torch.bincount(people.labels, minlength=len(people))
    newest[people.labels] = torch.arange(len(people.labels))
    left_out = newest[counts > 1]
    if len(left_out) == 0:
        return torch.zeros(0)
    is_kept = torch.ones(len(people.labels), dtype=torch.bool)
    is_kept[left_out] = False
    rest = people.undenied().with_shots(is_kept)
    fold = adapt_in_room(method, rest.support, n_people=len(people)).classifier
    shots = people.shots[left_out]
    scores = classifier.people_scores(fold.scores(shots), shots)
    own: Tensor = scores[torch.arange(len(left_out)), people.labels[left_out]]
    return own


def adapt_gallery(gallery: Gallery, assets: LearningAssets, settings: RecognitionSettings) -> AdaptedGallery:
    """Adapt the deciding learner to everybody who has a template of the embedder that `assets` are for."""
    people = enrolled_people(gallery, assets.embedder_id)
    return adapt(settings.learner, people, assets, fpir=settings.fpir)


def re_embed(gallery: Gallery, pipeline: FacePipeline, job: Job | None = None) -> int:
    """Make the templates of the pipeline's embedder that are missing, from the stored pictures; returns how many.

    Raises:
        GalleryError: if a stored picture is damaged.
        JobCancelledError: if `job` was cancelled; what was made so far stays.
    """
    embedder_id = pipeline.embedder.id
    total = gallery.count_shots_without(embedder_id)
    done = after_id = 0
    while page := gallery.shots_without(embedder_id, after_id=after_id, limit=_RE_EMBED_BATCH):
        if job is not None:
            job.progress(done / total)
        made = pipeline.features_of_chips(
            [decode_picture(shot.chip) for shot in page], [shot.landmarks for shot in page]
        )
        gallery.put_embeddings(embedder_id, {shot.id: vector for shot, vector in zip(page, made, strict=True)})
        done += len(page)
        after_id = page[-1].id
    return done
