from __future__ import annotations

import sys
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from metaface_gui.errors import GalleryError
from metaface_gui.gallery import Gallery, NewConsent, NewShot, Shot
from metaface_gui.resources import user_data_dir
from metaface_gui.types import Floats
from tests.gallery.conftest import EMBEDDER, MakeShot


def assert_same(saved: Shot, given: NewShot) -> None:
    for field in ("chip", "quality", "taken_at", "source", "kept"):
        assert getattr(saved, field) == getattr(given, field)
    np.testing.assert_array_equal(saved.landmarks, given.landmarks)
    np.testing.assert_array_equal(saved.box_xyxy, given.box_xyxy)


def test_default_path_is_the_users_own() -> None:
    assert Gallery.default_path() == user_data_dir() / "gallery.metaface"


def test_what_was_enrolled_is_there_after_reopening(path: Path, make_shot: MakeShot, consent: NewConsent) -> None:
    given = [make_shot(1), make_shot(2)]
    with Gallery.open(path) as gallery:
        ann = gallery.enroll("  Ann  Lee ", given, consent)
    with Gallery.open(path) as gallery:
        assert gallery.snapshot().people == (ann,)
        assert (ann.name, ann.shot_count, ann.last_seen_at) == ("Ann Lee", 2, None)
        for saved, shot in zip(gallery.shots(ann.id), given, strict=True):
            assert saved.person_id == ann.id
            assert_same(saved, shot)
        (record,) = gallery.consents(ann.id)
        assert (record.given_at, record.purpose, record.given_by, record.text_version, record.person_id) == (
            consent.given_at,
            consent.purpose,
            consent.given_by,
            consent.text_version,
            ann.id,
        )


@pytest.mark.parametrize(
    "name", ["Robert'); DROP TABLE person;--", '"', "%", "_", "' OR 1=1 --", "😀", "../../x", "שלום", "x" * 200]
)
def test_any_name_is_just_a_name(gallery: Gallery, make_shot: MakeShot, consent: NewConsent, name: str) -> None:
    gallery.enroll("Ann", [make_shot(1)], consent)
    gallery.enroll(name, [make_shot(2)], consent)
    found = gallery.find(name)
    assert found is not None
    assert found.name == name
    assert len(gallery.snapshot().people) == 2


@pytest.mark.parametrize("name", ["", "x" * 10_000, "a\0b"])
def test_impossible_name_changes_nothing(gallery: Gallery, make_shot: MakeShot, consent: NewConsent, name: str) -> None:
    with pytest.raises(GalleryError, match="name"):
        gallery.enroll(name, [make_shot()], consent)
    assert gallery.revision == 0


def test_name_that_is_taken_is_refused(gallery: Gallery, make_shot: MakeShot, consent: NewConsent) -> None:
    gallery.enroll("Ann", [make_shot(1)], consent)
    with pytest.raises(GalleryError, match=r"Ann is in the gallery already\. Add the shots to that person"):
        gallery.enroll("ＡＮＮ", [make_shot(2)], consent)
    assert [person.shot_count for person in gallery.snapshot().people] == [1]


def test_nobody_without_shots(gallery: Gallery, make_shot: MakeShot, consent: NewConsent) -> None:
    with pytest.raises(GalleryError, match="no shot"):
        gallery.enroll("Ann", [], consent)
    ann = gallery.enroll("Ann", [make_shot()], consent)
    with pytest.raises(GalleryError, match="no shot"):
        gallery.add_shots(ann.id, [])


def test_shots_and_consent_are_added(gallery: Gallery, make_shot: MakeShot, consent: NewConsent) -> None:
    ann = gallery.enroll("Ann", [make_shot(1)], consent)
    gallery.add_shots(ann.id, [make_shot(2)])
    more = gallery.add_shots(ann.id, [make_shot(3)], replace(consent, text_version="2"))
    assert more.shot_count == 3
    assert [record.text_version for record in gallery.consents(ann.id)] == ["2024-01", "2"]
    assert len(gallery.templates(EMBEDDER)) == 3


def test_thumbnail_is_the_best_kept_shot(gallery: Gallery, make_shot: MakeShot, consent: NewConsent) -> None:
    qualities = {b"poor": 0.2, b"good": 0.9, b"fair": 0.5}
    given = [replace(make_shot(), chip=chip, quality=quality) for chip, quality in qualities.items()]
    ann = gallery.enroll("Ann", [*given, replace(given[0], chip=b"left out", quality=1.0, kept=False)], consent)
    assert ann.thumbnail == b"good"
    gallery.delete_shot(next(shot.id for shot in gallery.shots(ann.id) if shot.chip == b"good"))
    assert gallery.person(ann.id).thumbnail == b"fair"


def test_people_who_are_not_there(gallery: Gallery, make_shot: MakeShot) -> None:
    for person_id in (0, -1, 7, 2**63, 2**70):
        for call in (gallery.person, gallery.shots, gallery.consents, gallery.delete_person):
            with pytest.raises(GalleryError, match="That person is not in the gallery"):
                call(person_id)
        with pytest.raises(GalleryError, match="That person is not in the gallery"):
            gallery.add_shots(person_id, [make_shot()])
        with pytest.raises(GalleryError, match="That shot is not in the gallery"):
            gallery.delete_shot(person_id)
    assert gallery.find("Nobody") is None
    assert gallery.revision == 0


def test_templates_never_mix_embedders(gallery: Gallery, make_shot: MakeShot, consent: NewConsent) -> None:
    ann = gallery.enroll("Ann", [make_shot(1), make_shot(2, dim=0), make_shot(3, kept=False)], consent)
    bob = gallery.enroll("Bob", [make_shot(4)], consent)
    templates = gallery.templates(EMBEDDER)
    assert templates.features.shape == (2, 4)
    assert templates.person_ids.tolist() == [ann.id, bob.id]
    assert not templates.features.flags.writeable
    assert gallery.templates("another").features.shape == (0, 0)


def test_embedding_anew_goes_page_by_page(gallery: Gallery, make_shot: MakeShot, consent: NewConsent) -> None:
    ann = gallery.enroll("Ann", [make_shot(seed, kept=seed != 3) for seed in range(7)], consent)
    assert gallery.count_shots_without("facenet") == 6
    seen: list[int] = []
    while page := gallery.shots_without("facenet", after_id=seen[-1] if seen else 0, limit=2):
        assert len(page) <= 2
        seen += [shot.id for shot in page]
        vectors: dict[int, Floats] = {shot.id: np.full(9, shot.id, np.float32) for shot in page}
        gallery.put_embeddings("facenet", vectors)
    assert seen == [shot.id for shot in gallery.shots(ann.id) if shot.kept]
    assert gallery.count_shots_without("facenet") == 0
    assert gallery.templates("facenet").features[:, 0].tolist() == seen
    assert gallery.templates(EMBEDDER).features.shape == (6, 4)


def test_embeddings_of_deleted_shots_are_left_out(gallery: Gallery, make_shot: MakeShot, consent: NewConsent) -> None:
    ann = gallery.enroll("Ann", [make_shot(1), make_shot(2)], consent)
    first, second = (shot.id for shot in gallery.shots(ann.id))
    gallery.delete_shot(first)
    vector = np.ones(9, np.float32)
    gallery.put_embeddings("facenet", {first: vector, second: vector, 99: vector})
    assert gallery.templates("facenet").shot_ids.tolist() == [second]
    gallery.purge_deleted()
    gallery.put_embeddings("facenet", {first: vector})
    assert gallery.templates("facenet").shot_ids.tolist() == [second]


def test_embedder_has_one_length(gallery: Gallery, make_shot: MakeShot, consent: NewConsent) -> None:
    gallery.enroll("Ann", [make_shot(1, dim=4)], consent)
    before = gallery.revision
    with pytest.raises(ValueError, match="length 4, not 5"):
        gallery.put_embeddings(EMBEDDER, {1: np.ones(5, np.float32)})
    with pytest.raises(ValueError, match="length 4, not 6"):
        gallery.enroll("Bob", [make_shot(2, dim=6)], consent)
    assert gallery.revision == before
    gallery.put_embeddings(EMBEDDER, {})
    assert gallery.revision == before


def test_last_seen_only_moves_forward(gallery: Gallery, make_shot: MakeShot, consent: NewConsent) -> None:
    ann = gallery.enroll("Ann", [make_shot()], consent)
    before = gallery.revision
    noon = datetime(2024, 5, 5, 12, 0, 0, 7, tzinfo=UTC)
    gallery.touch_last_seen({ann.id: noon, 99: noon})
    gallery.touch_last_seen({ann.id: noon - timedelta(hours=1)})
    assert gallery.person(ann.id).last_seen_at == noon
    assert gallery.revision == before


def test_each_change_raises_the_revision(gallery: Gallery, make_shot: MakeShot, consent: NewConsent) -> None:
    ann = gallery.enroll("Ann", [make_shot(1)], consent)
    bob = gallery.enroll("Bob", [make_shot(2), make_shot(3)], consent)
    revisions = [gallery.revision]
    renamed = gallery.rename(ann.id, "Eve")
    revisions.append(gallery.revision)
    for change in (
        lambda: gallery.undo(renamed),
        lambda: gallery.add_shots(ann.id, [make_shot(4)]),
        lambda: gallery.set_kept(1, is_kept=False),
        lambda: gallery.put_embeddings("facenet", {1: np.ones(3, np.float32)}),
        lambda: gallery.delete_shot(2),
        lambda: gallery.merge(bob.id, ann.id),
        lambda: gallery.delete_person(bob.id),
    ):
        change()
        revisions.append(gallery.revision)
    assert (np.diff(revisions) >= 1).all()
    assert gallery.snapshot().revision == gallery.revision


def test_closed_gallery_says_so(path: Path) -> None:
    gallery = Gallery.open(path)
    gallery.close()
    gallery.close()
    with pytest.raises(ValueError, match="closed"):
        gallery.snapshot()


def test_a_gallery_is_discarded_only_if_it_is_new_and_nothing_was_stored(
    path: Path, make_shot: MakeShot, consent: NewConsent
) -> None:
    Gallery.open(path).discard_if_unused()
    assert not path.exists()
    Gallery.open(path).close()
    Gallery.open(path).discard_if_unused()
    assert path.exists(), "it was there before"
    used = Gallery.open(path.with_name("used"))
    used.enroll("Ann", [make_shot(1)], consent)
    used.discard_if_unused()
    assert used.path is not None
    with Gallery.open(used.path) as reopened:
        assert [person.name for person in reopened.snapshot().people] == ["Ann"]


@pytest.mark.skipif(sys.platform == "win32", reason="an open file cannot be moved there")
def test_a_file_that_took_the_place_of_a_new_gallery_is_not_discarded(path: Path) -> None:
    gallery = Gallery.open(path)
    moved = path.rename(path.with_name("moved"))
    path.write_text("somebody else's")
    gallery.discard_if_unused()
    assert path.read_text() == "somebody else's"
    Gallery.open(moved).close()  # it still has its key


def test_threads_may_share_a_gallery(gallery: Gallery, make_shot: MakeShot, consent: NewConsent) -> None:
    problems: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for turn in range(5):
                person = gallery.enroll(f"{number} {turn}", [make_shot(turn), make_shot(turn + 1)], consent)
                assert len(gallery.shots(person.id)) == 2
                snapshot = gallery.snapshot()
                assert all(someone.shot_count == 2 for someone in snapshot.people)
                gallery.templates(EMBEDDER)
        except BaseException as problem:  # noqa: BLE001 - shown by the assertion below
            problems.append(problem)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert len(gallery.snapshot().people) == 20
    assert len(gallery.templates(EMBEDDER)) == 40


def test_a_name_that_was_stored_with_invisible_letters_is_found_and_can_be_mended(
    path: Path, make_shot: MakeShot, consent: NewConsent, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As galleries hold them that were made before such letters were left out."""
    former = "A\u200bnn\u202e"
    with Gallery.open(path) as gallery, monkeypatch.context() as then:
        then.setattr("metaface_gui.gallery.gallery.clean_name", str)
        then.setattr("metaface_gui.gallery.gallery.name_key", str.casefold)
        ann = gallery.enroll(former, [make_shot(1)], consent)
    with Gallery.open(path) as gallery:
        found = gallery.find("ann")
        assert found is not None
        assert (found.id, found.name) == (ann.id, former)
        assert gallery.find("Anne") is None
        gallery.rename(ann.id, "Ann")
        assert [person.name for person in gallery.snapshot().people] == ["Ann"]
