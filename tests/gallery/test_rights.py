"""What is stored about somebody, for longer, and not any more."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from metaface_gui.errors import GalleryError
from metaface_gui.gallery import Gallery, MemoryKeys, NewConsent, Retention
from tests.gallery.conftest import EMBEDDER, AllBytes, MakeShot

NOW = datetime(2024, 5, 1, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def kept_for(consent: NewConsent, days: int) -> NewConsent:
    period = timedelta(days=days)
    return replace(consent, retention=Retention(consent.given_at + period, period))


def test_an_account_holds_everything_and_only_theirs(
    gallery: Gallery, make_shot: MakeShot, consent: NewConsent
) -> None:
    own = make_shot(1)
    ann = gallery.enroll("Ann", [own, make_shot(2)], consent)
    bob = gallery.enroll("Bob", [make_shot(3)], consent)
    gallery.add_negatives(ann.id, [make_shot(4)])
    gallery.add_negatives(bob.id, [own])  # "this is not Bob", said of a picture that is Ann's
    account = gallery.account_of(ann.id)
    assert account.person.name == "Ann"
    assert account.consents == gallery.consents(ann.id)
    assert [one.shot.chip for one in account.shots] == [own.chip, make_shot(2).chip]
    np.testing.assert_array_equal(account.shots[0].embeddings[EMBEDDER], own.embeddings[EMBEDDER])
    assert [one.shot.chip for one in account.negatives] == [make_shot(4).chip]
    (denial,) = account.denials
    assert denial == gallery.account_of(bob.id).negatives[0].shot.id


def test_there_is_no_account_of_nobody(gallery: Gallery) -> None:
    with pytest.raises(GalleryError, match="not in the gallery"):
        gallery.account_of(7)


def test_a_period_that_is_over_begins_again_now(gallery: Gallery, make_shot: MakeShot, consent: NewConsent) -> None:
    ann = gallery.enroll("Ann", [make_shot()], kept_for(consent, 1))
    assert gallery.extend(ann.id, "on screen", NOW).keep_until == NOW + DAY
    first, second = gallery.consents(ann.id)
    assert (first.retention and first.retention.until) == consent.given_at + DAY  # what they agreed to stays on record
    assert (second.given_at, second.given_by, second.purpose) == (NOW, "on screen", consent.purpose)


def test_a_period_that_is_not_over_goes_on_from_its_end_again_and_again(
    gallery: Gallery, make_shot: MakeShot, consent: NewConsent
) -> None:
    ann = gallery.enroll("Ann", [make_shot()], kept_for(consent, 30))
    before = gallery.revision
    soon = consent.given_at + 29 * DAY
    assert gallery.extend(ann.id, "on screen", soon).keep_until == consent.given_at + 60 * DAY
    assert gallery.extend(ann.id, "on screen", soon).keep_until == consent.given_at + 90 * DAY
    assert gallery.revision == before + 2


def test_no_limit_stays_no_limit(gallery: Gallery, make_shot: MakeShot, consent: NewConsent) -> None:
    ann = gallery.enroll("Ann", [make_shot()], consent)
    before = gallery.revision
    assert gallery.extend(ann.id, "on screen", NOW).keep_until is None
    assert (len(gallery.consents(ann.id)), gallery.revision) == (1, before)


def test_a_period_of_thousands_of_years_has_an_end(gallery: Gallery, make_shot: MakeShot, consent: NewConsent) -> None:
    ann = gallery.enroll("Ann", [make_shot()], kept_for(consent, 365 * 5000))
    for _ in range(3):
        until = gallery.extend(ann.id, "on screen", NOW).keep_until
    assert until == datetime(9999, 1, 1, tzinfo=UTC)


def test_deleting_for_good_leaves_no_byte_and_others_their_undo(
    path: Path, make_shot: MakeShot, consent: NewConsent, all_bytes: AllBytes
) -> None:
    with Gallery.open(path) as gallery:
        ann = gallery.enroll("Annabella Quixote", [make_shot(1)], consent)
        bob = gallery.enroll("Bob", [make_shot(2)], consent)
        gone = gallery.delete_person(bob.id)
        assert gallery.delete_for_good([ann.id, ann.id, 99]) == ("Annabella Quixote",)
        assert gallery.delete_for_good([ann.id]) == ()
        for trace in (b"Quixote", b"quixote", make_shot(1).chip[40:80], make_shot(1).embeddings[EMBEDDER].tobytes()):
            assert trace not in all_bytes(path.parent)
        gallery.undo(gone)
        assert [person.name for person in gallery.snapshot().people] == ["Bob"]


def test_forgetting_everything_leaves_an_empty_gallery_that_works(
    path: Path, make_shot: MakeShot, consent: NewConsent, all_bytes: AllBytes
) -> None:
    def traces() -> list[bytes]:
        texts = ("Quixote", "quixote", "Panza", consent.purpose, consent.given_by, EMBEDDER)
        shots = [make_shot(seed) for seed in (1, 2, 3)]
        return [*map(str.encode, texts), *(s.chip[40:80] for s in shots), *(s.landmarks.tobytes() for s in shots)]

    with Gallery.open(path) as gallery:
        ann = gallery.enroll("Annabella Quixote", [make_shot(1)], consent)
        gallery.add_negatives(ann.id, [make_shot(2)])
        deleted = gallery.delete_person(gallery.enroll("Sancho Panza", [make_shot(3)], consent).id)
        path.with_name(f"{path.name}.backup-v1").write_bytes(b"Quixote")
        path.with_name(f".{path.name}.part").write_bytes(b"Quixote")
        bystander = path.with_name("export of hers.metaface")
        bystander.write_bytes(b"another file")
        revision = gallery.revision
        assert gallery.forget_everything() == 1
        left = all_bytes(path.parent)
        assert [trace for trace in traces() if trace in left] == []
        assert bystander.exists()
        assert (gallery.snapshot().people, gallery.revision > revision) == ((), True)
        with pytest.raises(GalleryError, match="no longer be undone"):
            gallery.undo(deleted)
        again = gallery.enroll("Annabella Quixote", [make_shot(1)], consent)
        assert again.id > ann.id  # a late answer about the one who was forgotten does not hit her
    with Gallery.open(path, read_only=True) as gallery:
        assert len(gallery.templates(EMBEDDER)) == 1


def test_forgetting_everything_destroys_the_key(path: Path, make_shot: MakeShot, consent: NewConsent) -> None:
    keys = MemoryKeys()
    with Gallery.open(path, keys=keys) as gallery:
        gallery.enroll("Ann", [make_shot(1)], consent)
        copy = path.with_name("a copy elsewhere")
        gallery.close()
    copy.write_bytes(path.read_bytes())
    with Gallery.open(path, keys=keys) as gallery:
        gallery.forget_everything()
        assert gallery.is_encrypted
        bob = gallery.enroll("Bob", [make_shot(2)], consent)
        assert gallery.shots(bob.id)[0].chip == make_shot(2).chip
    with Gallery.open(path, keys=keys, read_only=True) as gallery:  # what was enrolled since is under the new key
        assert gallery.shots(bob.id)[0].chip == make_shot(2).chip
    with pytest.raises(GalleryError, match="key"):
        Gallery.open(copy, keys=keys)


def test_a_key_that_cannot_be_kept_leaves_everything_as_it_was(
    path: Path, make_shot: MakeShot, consent: NewConsent, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = MemoryKeys()
    with Gallery.open(path, keys=keys) as gallery:
        ann = gallery.enroll("Ann", [make_shot(1)], consent)

        def full(key_id: str, key: bytes) -> None:
            raise GalleryError("There is no place for a key. Make one.")

        monkeypatch.setattr(keys, "keep", full)
        with pytest.raises(GalleryError, match="no place"):
            gallery.forget_everything()
        assert gallery.shots(ann.id)[0].chip == make_shot(1).chip
        gallery.add_shots(ann.id, [make_shot(2)])
    with Gallery.open(path, keys=keys, read_only=True) as gallery:
        assert len(gallery.shots(ann.id)) == 2


def test_it_says_how_much_room_it_takes(path: Path, make_shot: MakeShot, consent: NewConsent) -> None:
    with Gallery.open(path) as gallery:
        empty = gallery.size_bytes()
        gallery.enroll("Ann", [make_shot(1)], consent)
        assert gallery.size_bytes() > empty > 0
    with Gallery.in_memory() as gallery:
        assert gallery.size_bytes() == 0
