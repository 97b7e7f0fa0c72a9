from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Self

import cv2
import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn.functional import adaptive_avg_pool2d, normalize

from metaface_gui.engine.events import JobChanged
from metaface_gui.engine.jobs.job_runner import Job, JobCancelledError
from metaface_gui.engine.people.gallery_editor import CONSENT_ON_SCREEN, consent
from metaface_gui.engine.people.shots import decode_picture
from metaface_gui.engine.studio.self_test_job import DEGRADATIONS, degraded_copies, run_self_test, some_people
from metaface_gui.errors import GalleryError
from metaface_gui.gallery import Gallery, NewShot, Person, ShotSource
from metaface_gui.metalearning.conditions import CONDITIONS
from metaface_gui.metalearning.self_test import NothingToTestError, SelfTestReport
from metaface_gui.pipeline.detection.align import align, template_of
from metaface_gui.pipeline.embedding.projection import Projection
from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.pipeline.learners.prototypical import PrototypicalLearner, StockLearner
from metaface_gui.types import Image

SPACE = FeatureSpace(48)


class ColourEmbedder:
    """Knows faces by their mean colours in a 4 × 4 grid; `seen` holds every crop it was given."""

    id, key, crop_size, embedding_dim = "colours", "colours", 112, 48
    space, projection, device = SPACE, None, torch.device("cpu")

    def __init__(self) -> None:
        self.seen: list[Image] = []
        self.on_batch: Callable[[], object] = lambda: None

    def features(self, crops_rgb: Tensor) -> Tensor:
        self.seen += list(crops_rgb.permute(0, 2, 3, 1).numpy().copy())
        self.on_batch()
        return self.embed(crops_rgb)

    def embed(self, crops_rgb: Tensor) -> Tensor:
        return normalize(adaptive_avg_pool2d(crops_rgb.float() - 128, 4).flatten(1))

    def trunk(self, crops_rgb: Tensor) -> Tensor:
        return crops_rgb.float().flatten(1)

    def tail(self, features: Tensor) -> Tensor:
        return features

    def project(self, trunk_features: Tensor) -> Tensor:
        return trunk_features

    def with_projection(self, projection: Projection | None) -> Self:
        return self


def picture(who: int, number: int) -> Image:
    """Somebody's coloured tiles with some noise of the shot, BGR."""
    tiles = np.random.default_rng(who).integers(0, 256, (4, 4, 3)).astype(np.uint8)
    image = cv2.resize(tiles, (112, 112), interpolation=cv2.INTER_NEAREST).astype(np.float64)
    noise = np.random.default_rng([who, number]).normal(0, 10, image.shape)
    return np.clip(image + noise, 0, 255).astype(np.uint8)


def shot(who: int, number: int, embedder: ColourEmbedder, *, is_negative: bool = False, kept: bool = True) -> NewShot:
    chip = cv2.imencode(".png", picture(who, number))[1].tobytes()
    landmarks = template_of(112).points.astype(np.float32)
    crop = align(decode_picture(chip), landmarks[None], 112)
    return NewShot(
        chip=chip,
        landmarks=landmarks,
        box_xyxy=np.array([10, 10, 100, 100], np.float32),
        quality=0.9,
        taken_at=datetime.now(UTC),
        source=ShotSource.CAMERA,
        kept=kept,
        is_negative=is_negative,
        embeddings={embedder.id: embedder.embed(torch.from_numpy(crop).permute(0, 3, 1, 2))[0].numpy()},
    )


def enroll(gallery: Gallery, embedder: ColourEmbedder, who: int, count: int) -> Person:
    shots = [shot(who, number, embedder) for number in range(count)]
    return gallery.enroll(f"P{who}", shots, consent(CONSENT_ON_SCREEN))


@pytest.fixture
def embedder() -> ColourEmbedder:
    return ColourEmbedder()


@pytest.fixture
def gallery() -> Iterator[Gallery]:
    with Gallery.in_memory() as gallery:
        yield gallery


def cohort() -> Tensor:
    return normalize(torch.randn(400, 48, generator=torch.Generator().manual_seed(1)))


def run(gallery: Gallery, embedder: ColourEmbedder, job: Job | None = None) -> SelfTestReport:
    return run_self_test(
        gallery,
        embedder,
        [StockLearner(SPACE), PrototypicalLearner(SPACE)],
        cohort=cohort(),
        fpir=0.01,
        job=job or Job(1, "test", lambda _change: None),
    )


def test_a_gallery_is_tested_clean_and_in_four_degraded_copies(gallery: Gallery, embedder: ColourEmbedder) -> None:
    for who, count in enumerate((3, 2, 1)):
        enroll(gallery, embedder, who, count)
    report = run(gallery, embedder)
    assert report.people == ("P0", "P1", "P2")
    assert (report.n_tested, report.n_probes, report.n_degraded) == (2, 5, 20)
    assert [row.learner for row in report.rows] == ["stock", "prototypical"]
    assert report.row("stock").tpir_clean == 1.0
    assert report.row("stock").confusion.sum(1).tolist() == [15, 10, 0]
    assert (report.embedder_id, report.revision) == ("colours", gallery.revision)
    assert (report.wanted_fpir, report.n_strangers) == (0.01, 400)
    assert report.seconds > 0
    assert report.made_at.tzinfo is UTC


def test_the_embedder_is_given_the_aligned_crops_degraded_in_the_four_ways(
    gallery: Gallery, embedder: ColourEmbedder
) -> None:
    person = enroll(gallery, embedder, 0, 2)
    run(gallery, embedder)
    assert len(embedder.seen) == 8
    first = gallery.shots(person.id)[0]
    crop = align(decode_picture(first.chip), first.landmarks[None], 112)[0]
    for kind, seen in zip(DEGRADATIONS, embedder.seen, strict=False):
        number = np.random.default_rng([20_240_603, first.id, DEGRADATIONS.index(kind)])
        np.testing.assert_array_equal(seen, CONDITIONS[kind](crop, number))
    assert len({seen.tobytes() for seen in embedder.seen}) == 8


def test_copies_follow_from_the_shot_alone_whoever_else_is_enrolled(gallery: Gallery, embedder: ColourEmbedder) -> None:
    enroll(gallery, embedder, 0, 2)
    run(gallery, embedder)
    before = {seen.tobytes() for seen in embedder.seen}
    embedder.seen.clear()
    run(gallery, embedder)
    assert {seen.tobytes() for seen in embedder.seen} == before
    enroll(gallery, embedder, 1, 3)
    embedder.seen.clear()
    run(gallery, embedder)
    assert {seen.tobytes() for seen in embedder.seen[:8]} == before


def test_more_shots_have_fewer_copies_and_every_kind_of_degradation_is_still_there(
    gallery: Gallery, embedder: ColourEmbedder
) -> None:
    for who in range(8):
        enroll(gallery, embedder, who, 9)
    report = run(gallery, embedder)
    assert (report.n_probes, report.n_degraded) == (72, 144)
    crop = picture(0, 0)
    degraded = [degraded_copies(crop, 2, first=first, seed=5) for first in range(4)]
    assert len({copy.tobytes() for copies in degraded for copy in copies}) == 4
    np.testing.assert_array_equal(degraded[0][1], degraded[1][0])


def test_only_some_people_of_a_large_gallery_are_tested_always_the_same_ones() -> None:
    labels = np.repeat(np.arange(100), [5] * 90 + [1] * 10)
    chosen = some_people(labels, 100)
    np.testing.assert_array_equal(chosen, some_people(labels, 100))
    assert len(chosen) == 20
    assert chosen[0] == 0
    assert chosen[-1] == 89, "people with one shot cannot be tested"
    assert np.diff(chosen).max() <= 6, "spread over everybody"
    assert len(some_people(labels, 450)) == 90
    assert some_people(np.zeros(50, np.int64), 10).tolist() == [0]


def test_negatives_and_shots_that_are_not_kept_are_no_probes_but_negatives_count(
    gallery: Gallery, embedder: ColourEmbedder
) -> None:
    person = enroll(gallery, embedder, 0, 2)
    enroll(gallery, embedder, 1, 2)
    assert run(gallery, embedder).rows[0].confusion[0, 0] > 0
    # Somebody who looks just like P0 and was said not to be them: P0's own shots are then no longer P0's for sure.
    twins = [shot(0, number, embedder, is_negative=True) for number in range(2)]
    gallery.add_shots(person.id, [*twins, shot(0, 7, embedder, kept=False)])
    report = run(gallery, embedder)
    assert report.n_probes == 4
    assert report.row("stock").confusion[0, 0] == 0
    assert report.row("stock").tpir_clean == 0.5


def test_nothing_to_test_says_what_to_do(gallery: Gallery, embedder: ColourEmbedder) -> None:
    with pytest.raises(NothingToTestError, match="Nobody is enrolled"):
        run(gallery, embedder)
    enroll(gallery, embedder, 0, 1)
    with pytest.raises(NothingToTestError, match="Record a second shot of P0"):
        run(gallery, embedder)
    other = ColourEmbedder()
    other.id = "others"
    with pytest.raises(NothingToTestError, match="still being computed"):
        run(gallery, other)


def test_progress_rises(gallery: Gallery, embedder: ColourEmbedder) -> None:
    for who in range(4):
        enroll(gallery, embedder, who, 2)
    changes: list[JobChanged] = []
    run(gallery, embedder, Job(1, "test", changes.append))
    shares = [change.fraction or 0.0 for change in changes]
    assert shares == sorted(shares)
    assert any(0 < share < 0.5 for share in shares)
    assert any(0.5 < share < 1 for share in shares)


@pytest.mark.parametrize("at_share", [0.0, 0.2, 0.8])
def test_cancelling_takes_effect_at_the_next_step(gallery: Gallery, embedder: ColourEmbedder, at_share: float) -> None:
    for who in range(4):
        enroll(gallery, embedder, who, 2)
    shares: list[float] = []

    def cancel(change: JobChanged) -> None:
        shares.append(change.fraction or 0.0)
        if shares[-1] >= at_share:
            job.cancel()

    job = Job(1, "test", cancel)
    with pytest.raises(JobCancelledError):
        run(gallery, embedder, job)
    assert [share >= at_share for share in shares].count(True) == 1, "nothing was done after it"


def test_one_core_is_left_to_the_live_view(gallery: Gallery, embedder: ColourEmbedder) -> None:
    former = torch.get_num_threads()
    torch.set_num_threads(2)
    seen: list[int] = []

    def look() -> None:
        seen.append(torch.get_num_threads())
        other = threading.Thread(target=lambda: seen.append(torch.get_num_threads()))
        other.start()
        other.join()

    embedder.on_batch = look
    enroll(gallery, embedder, 0, 2)
    try:
        run(gallery, embedder)
        assert seen == [1, 2], "this thread's alone, not that of threads which begin meanwhile"
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(former)


def test_a_gallery_that_changes_meanwhile_is_to_be_tested_again(gallery: Gallery, embedder: ColourEmbedder) -> None:
    enroll(gallery, embedder, 0, 4)
    last = enroll(gallery, embedder, 1, 4)
    embedder.on_batch = lambda: gallery.delete_shot(gallery.shots(last.id)[0].id)
    with pytest.raises(GalleryError, match="changed while"):
        run(gallery, embedder)
    embedder.on_batch = lambda: gallery.delete_person(last.id)
    with pytest.raises(GalleryError, match="changed while"):
        run(gallery, embedder)


def test_a_damaged_picture_is_named_as_such(gallery: Gallery, embedder: ColourEmbedder) -> None:
    good = shot(0, 0, embedder)
    bad = replace(good, chip=b"no picture")
    gallery.enroll("P0", [good, bad], consent(CONSENT_ON_SCREEN))
    with pytest.raises(GalleryError, match="damaged"):
        run(gallery, embedder)
