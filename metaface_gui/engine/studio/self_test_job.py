"""The self-test as a job: read the gallery, degrade copies of the shots, embed them, test every method.

Degradation is applied to the aligned 112-pixel crop that embedders see, as in meta-testing (`metalearning.conditions`),
so each stored picture is aligned first and its copy embedded directly. The clean faces are the stored templates.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from metaface_gui.deferred import Tensor, torch
from metaface_gui.engine.assembly import enrolled_people
from metaface_gui.engine.jobs.job_runner import Job
from metaface_gui.engine.people.shots import decode_picture
from metaface_gui.errors import QT_TRANSLATE_NOOP, GalleryError
from metaface_gui.gallery import Gallery, Shot
from metaface_gui.metalearning.conditions import CONDITIONS, corrupt
from metaface_gui.metalearning.self_test import (
    NothingToTestError,
    ProbedPeople,
    SelfTestReport,
    nobody_enrolled,
    nobody_with_two_shots,
    probe_mask,
    self_test,
)
from metaface_gui.pipeline.detection.align import align
from metaface_gui.pipeline.embedding.base import FaceEmbedder
from metaface_gui.pipeline.embedding.device import on_one_core
from metaface_gui.pipeline.embedding.views import features_of_both
from metaface_gui.pipeline.enrolled_people import EnrolledPeople
from metaface_gui.pipeline.learners.base import MetaLearner
from metaface_gui.pipeline.recognition.room_threshold import RoomPrior
from metaface_gui.types import Image, Int64s

DEGRADATIONS = ("low_light", "low_resolution", "blur", "occlusion")
"""The four kinds of `hard`; each shot gets as many of them as there are copies, starting at a different one."""
WANTED_COPIES = 150
"""The total number of degraded faces: four copies each of up to 37 shots, fewer each of more, but at least one."""
MAX_PROBES = 400
"""The most shots to leave out and degrade, at about 20 ms each on one core; larger galleries are sampled by person."""
_BATCH = 16
_SEED = 20_240_603
_EMBEDDING_SHARE = 0.75
"""The share of the time, and of the progress bar, for degrading and embedding before the methods are tested."""


def run_self_test(
    gallery: Gallery,
    embedder: FaceEmbedder,
    learners: Sequence[MetaLearner],
    *,
    cohort: Tensor | None,
    room_prior: RoomPrior | None = None,
    fpir: float,
    job: Job,
) -> SelfTestReport:
    """Score `learners` on everybody who has a template of `embedder`, reporting progress to `job`.

    In a large gallery everybody stays enrolled, but only some people's shots are left out (`some_people`); the report
    says how many. `embedder` may be the live view's; `cohort` (m, p) holds strangers in its feature space, or is None.
    The same gallery gives the same report, except for times.

    Raises:
        NothingToTestError: if nobody is enrolled, or nobody with two shots.
        GalleryError: if the gallery cannot be read, a picture in it is damaged, or it changes meanwhile.
        JobCancelledError: if the job was cancelled.
    """
    with on_one_core():
        return _run(gallery, embedder, learners, cohort, room_prior, fpir, job)


def _run(  # noqa: PLR0917 - the same as `run_self_test`
    gallery: Gallery,
    embedder: FaceEmbedder,
    learners: Sequence[MetaLearner],
    cohort: Tensor | None,
    room_prior: RoomPrior | None,
    fpir: float,
    job: Job,
) -> SelfTestReport:
    started = time.perf_counter()
    job.progress(0.0)
    people = _read(gallery, embedder.id)
    tested = some_people(people.labels.numpy(), MAX_PROBES)
    degraded = _degraded(gallery, people, tested, embedder, job)
    report = self_test(
        learners,
        ProbedPeople(people, degraded, torch.from_numpy(tested)),
        cohort,
        fpir=fpir,
        room_prior=room_prior,
        on_progress=lambda share: job.progress(_EMBEDDING_SHARE + (1 - _EMBEDDING_SHARE) * share),
    )
    return replace(report, seconds=time.perf_counter() - started)


def _read(gallery: Gallery, embedder_id: str) -> EnrolledPeople:
    people = enrolled_people(gallery, embedder_id)
    if not len(people) and any(person.shot_count for person in gallery.snapshot().recognised):
        raise NothingToTestError(
            QT_TRANSLATE_NOOP(
                "Errors", "The templates of this embedder are still being computed. Try again in a moment."
            )
        )
    if not len(people):
        raise nobody_enrolled()
    if not probe_mask(people.labels.numpy()).any():
        raise nobody_with_two_shots(people.names)
    return people


def some_people(labels: Int64s, max_probes: int) -> Int64s:
    """Choose whose shots are left out: everybody with two, or people with about `max_probes` shots together.

    They are spread evenly over the order of enrolment; the choice is deterministic.
    """
    shots_of, is_probe = np.bincount(labels), probe_mask(labels)
    people = np.unique(labels[is_probe])
    share = min(1.0, max_probes / int(shots_of[people].sum()))
    places = np.linspace(0, len(people) - 1, max(1, int(share * len(people))))
    chosen: Int64s = people[np.unique(places.round().astype(np.int64))]
    return chosen


def _degraded(gallery: Gallery, people: EnrolledPeople, tested: Int64s, embedder: FaceEmbedder, job: Job) -> Tensor:
    """Embed degraded copies of the tested people's shots: (n_copies, n, p) on the CPU; zero for other people."""
    probes = np.flatnonzero(np.isin(people.labels.numpy(), tested))
    n_copies = min(len(DEGRADATIONS), max(1, WANTED_COPIES // len(probes)))
    made = torch.zeros((n_copies, *people.shots.shape))
    rows: list[int] = []
    crops: list[Image] = []
    for done, (row, shot) in enumerate(_shots(gallery, people, probes)):
        crop = align(decode_picture(shot.chip), shot.landmarks[None], embedder.crop_size)[0]
        rows.append(row)
        crops += degraded_copies(crop, n_copies, first=row, seed=shot.id)
        if len(crops) >= _BATCH or done == len(probes) - 1:
            job.progress(_EMBEDDING_SHARE * done / len(probes))
            features = torch.from_numpy(features_of_both(embedder, np.stack(crops)))
            made[:, rows] = features.reshape(len(rows), n_copies, -1).transpose(0, 1)
            rows, crops = [], []
    return made


def _shots(gallery: Gallery, people: EnrolledPeople, probes: Int64s) -> Iterator[tuple[int, Shot]]:
    """Yield these template rows with their shots, reading one person at a time to save memory."""
    labels = people.labels.numpy()[probes]
    for label in np.unique(labels):
        try:
            shots = {shot.id: shot for shot in gallery.shots(people.person_ids[label])}
        except GalleryError as error:
            if gallery.revision == people.revision:
                raise
            raise _changed_meanwhile() from error
        for row in probes[labels == label].tolist():
            if people.shot_ids[row] not in shots:
                raise _changed_meanwhile()
            yield row, shots[people.shot_ids[row]]


def degraded_copies(crop: Image, n_copies: int, *, first: int, seed: int) -> list[Image]:
    """Degrade an aligned RGB crop (s, s, 3) in n of the four ways from number `first` on, determined by `seed`."""
    kinds = [DEGRADATIONS[(first + copy) % len(DEGRADATIONS)] for copy in range(n_copies)]
    return [
        corrupt(crop, CONDITIONS[kind], np.random.default_rng([_SEED, seed, DEGRADATIONS.index(kind)]), len(crop))
        for kind in kinds
    ]


def _changed_meanwhile() -> GalleryError:
    return GalleryError(QT_TRANSLATE_NOOP("Errors", "The gallery changed while it was being tested. Test it again."))
