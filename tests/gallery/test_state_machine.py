"""Any sequence of changes, undos, purges and reopenings leaves what a gallery of dictionaries says.

Undoing the last change restores exactly what was before it. Undoing an older one may be refused; then nothing changed.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, precondition, rule

from metaface_gui.errors import GalleryError
from metaface_gui.gallery import (
    ChosenCover,
    ClashPolicy,
    Gallery,
    GalleryChange,
    HiddenPerson,
    NewConsent,
    NewShot,
    RenamedPerson,
    ToldApart,
    clean_name,
)
from metaface_gui.gallery.choices import chosen_cover
from metaface_gui.gallery.keys import MemoryKeys
from tests.faults.galleries import plain_shot
from tests.gallery.conftest import png
from tests.gallery.gallery_model import ModelGallery, ModelPerson, ModelShot

STEPS = int(os.environ.get("METAFACE_STEPS", "25"))
RUNS = int(os.environ.get("METAFACE_RUNS", "12"))
"""Few, so that the suite stays quick."""

EMBEDDER = "e"
GOLDEN = 2.399963
"""The golden angle: no two multiples of it are alike, so that no two embeddings are."""
NAMES = ["Ann", "ann", "ANN ", "Bö", "Bo\u0308", "李", "x" * 200, "Robert'); DROP TABLE person;--", "a/b\\c", "😀"]

CONSENT = NewConsent(given_at=datetime(2026, 1, 2, tzinfo=UTC), purpose="p", given_by="g", text_version="1")

Contents = dict[int, tuple[str, list[tuple[int, bytes, bool, bool]], int, bool, int | None]]


def read(gallery: Gallery) -> Contents:
    """What it holds, as `expected` puts it."""
    return {
        person.id: (
            person.name,
            [(shot.id, shot.chip, shot.is_negative, shot.kept) for shot in gallery.shots(person.id)],
            len(gallery.consents(person.id)),
            person.is_hidden,
            person.cover_id,
        )
        for person in gallery.snapshot().people
    }


def expected(model: ModelGallery) -> Contents:
    """What it should hold; own shots before negatives, each in the order of their ids."""
    return {
        key: (
            person.name,
            [
                (shot.id, shot.chip, shot.is_negative, shot.kept)
                for shot in sorted(person.shots, key=lambda shot: (shot.is_negative, shot.id))
            ],
            person.n_consents,
            person.is_hidden,
            person.cover,
        )
        for key, person in sorted(model.people.items())
    }


def changed_nothing(change: GalleryChange) -> bool:
    """Whether everything was so before: then it can be taken back as often as one likes."""
    match change:
        case RenamedPerson():
            return change.old_name == change.new_name
        case HiddenPerson():
            return change.is_hidden == change.was_hidden
        case ChosenCover():
            return change.shot_id == change.before
        case ToldApart():
            return not change.is_news
        case _:
            return False


class GalleryMachine(RuleBasedStateMachine):
    """The gallery on the disk and the one of dictionaries, side by side."""

    names = Bundle("names")

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="metaface-machine-"))
        self.path = self.folder / "people.metaface"
        self.keys = MemoryKeys()
        self.gallery = Gallery.open(self.path, keys=self.keys)
        self.model = ModelGallery()
        self.undoable: list[tuple[GalleryChange, ModelGallery]] = []
        """What can be undone, the last one last, each with the state before it."""
        self.older: list[GalleryChange] = []
        """Changes that something was done after which nobody can take back: their undo is anybody's guess."""
        self.n_shots = 0
        self.revision = 0
        self.chips: list[bytes] = []

    def teardown(self) -> None:
        self.gallery.close()
        shutil.rmtree(self.folder)

    # Helpers

    def new_shots(self, count: int, *, negative: bool, again: int) -> list[NewShot]:
        """Shots nobody has seen; with `again` the first is of a picture that there was before."""
        shots = []
        for number in range(count):
            self.n_shots += 1
            chip = png(20, 20, self.n_shots)
            if number == 0 and again and self.chips:
                chip = self.chips[again % len(self.chips)]
            self.chips.append(chip)
            angle = GOLDEN * self.n_shots
            shots.append(plain_shot(chip, (np.cos(angle), np.sin(angle)), is_negative=negative))
        return shots

    def model_shots(self, ids: tuple[int, ...], shots: list[NewShot]) -> list[ModelShot]:
        first = self.n_shots - len(shots) + 1
        return [
            ModelShot(shot_id, shot.chip, GOLDEN * (first + number), shot.is_negative)
            for number, (shot_id, shot) in enumerate(zip(ids, shots, strict=True))
        ]

    def person(self, number: int) -> int:
        return sorted(self.model.people)[number % len(self.model.people)]

    def changed(self, change: GalleryChange, after: ModelGallery) -> None:
        self.undoable.append((change, self.model))
        self.model = after

    def cannot_go_back(self) -> None:
        self.older += [change for change, _ in self.undoable]
        self.undoable.clear()

    has_people = precondition(lambda self: bool(self.model.people))
    some = st.integers(0, 99)

    # What is done -----------------------------------------------------------------------------------------------------

    @initialize(target=names)
    def usual_name(self) -> str:
        return "Ann"

    @rule(target=names, name=st.sampled_from(NAMES) | st.text(min_size=1, max_size=8))
    def another_name(self, name: str) -> str:
        return name

    @rule(name=names, count=st.integers(1, 3), again=some)
    def enroll(self, name: str, count: int, again: int) -> None:
        shots = self.new_shots(count, negative=False, again=again if again > 80 else 0)
        try:
            cleaned = clean_name(name)
        except GalleryError:
            with pytest.raises(GalleryError):
                self.gallery.enroll_undoably(name, shots, CONSENT)
            return
        if self.model.bearer(cleaned) is not None:
            with pytest.raises(GalleryError, match="in the gallery already"):
                self.gallery.enroll_undoably(name, shots, CONSENT)
            return
        change = self.gallery.enroll_undoably(name, shots, CONSENT)
        person = ModelPerson(cleaned, tuple(self.model_shots(change.shot_ids, shots)))
        self.changed(change, self.model.with_person(change.person_id, person))

    @has_people
    @rule(number=some, count=st.integers(1, 2), negative=st.booleans(), again=some)
    def add(self, number: int, count: int, negative: bool, again: int) -> None:
        person_id = self.person(number)
        shots = self.new_shots(count, negative=negative, again=again if again > 50 else 0)
        change = self.gallery.add_shots_undoably(person_id, shots)
        self.changed(change, self.model.adding(person_id, self.model_shots(change.shot_ids, shots)))

    @has_people
    @rule(number=some, name=names)
    def rename(self, number: int, name: str) -> None:
        person_id = self.person(number)
        try:
            cleaned = clean_name(name)
            change = self.gallery.rename(person_id, name)
        except GalleryError:
            return  # which names are refused is in test_names; that nothing changed is seen below
        assert self.model.bearer(cleaned) in (None, person_id)
        self.changed(change, self.model.renaming(person_id, cleaned))

    @precondition(lambda self: len(self.model.people) > 1)
    @rule(number=some, other=some)
    def merge(self, number: int, other: int) -> None:
        into_id = self.person(number)
        from_id = self.person(number + 1 + other % (len(self.model.people) - 1))
        self.changed(self.gallery.merge(into_id, from_id), self.model.merging(into_id, from_id))

    @has_people
    @rule(number=some)
    def delete(self, number: int) -> None:
        person_id = self.person(number)
        self.changed(self.gallery.delete_person(person_id), self.model.deleting(person_id))

    @has_people
    @rule(number=some, shot=some)
    def delete_shot(self, number: int, shot: int) -> None:
        person_id = self.person(number)
        shots = self.model.people[person_id].shots
        if shots:
            shot_id = shots[shot % len(shots)].id
            self.changed(self.gallery.delete_shot(shot_id), self.model.deleting_shot(person_id, shot_id))

    @has_people
    @rule(number=some, shot=some, kept=st.booleans())
    def keep(self, number: int, shot: int, kept: bool) -> None:
        person_id = self.person(number)
        own = self.model.people[person_id].own
        if own:
            shot_id = own[shot % len(own)].id
            self.gallery.set_kept(shot_id, is_kept=kept)
            self.model = self.model.keeping(person_id, shot_id, kept=kept)
            self.cannot_go_back()  # it is no change that can be undone, so the states before are no longer true

    @has_people
    @rule(number=some, hidden=st.booleans())
    def hide(self, number: int, hidden: bool) -> None:
        person_id = self.person(number)
        change = self.gallery.set_hidden(person_id, is_hidden=hidden)
        self.changed(change, self.model.hiding(person_id, is_hidden=hidden))

    @has_people
    @rule(number=some, shot=some)
    def choose_cover(self, number: int, shot: int) -> None:
        person_id = self.person(number)
        own = self.model.people[person_id].own
        if own:
            shot_id = own[shot % len(own)].id
            self.changed(self.gallery.set_cover(shot_id), self.model.covering(person_id, shot_id))

    @precondition(lambda self: len(self.model.people) > 1)
    @rule(number=some, other=some)
    def tell_apart(self, number: int, other: int) -> None:
        one_id = self.person(number)
        other_id = self.person(number + 1 + other % (len(self.model.people) - 1))
        self.changed(self.gallery.tell_apart(one_id, other_id), self.model.telling_apart(one_id, other_id))

    # What is taken back ----------------------------------------------------------------------------------------------

    @precondition(lambda self: bool(self.undoable))
    @rule()
    def undo(self) -> None:
        change, before = self.undoable.pop()
        self.gallery.undo(change)
        self.model = before
        if not changed_nothing(change):
            with pytest.raises(GalleryError):
                self.gallery.undo(change)

    @precondition(lambda self: len(self.older) + len(self.undoable) > 1)
    @rule(number=some)
    def undo_out_of_turn(self, number: int) -> None:
        self.cannot_go_back()
        before = read(self.gallery)
        try:
            self.gallery.undo(self.older.pop(number % len(self.older)))
        except GalleryError:
            assert read(self.gallery) == before
        self.gallery.purge_deleted()  # what may still be brought back is nothing that can be read
        self.model = self.as_it_is()

    def as_it_is(self) -> ModelGallery:
        """The model of what the gallery holds, ghosts left out."""
        angles = {}
        for templates in (self.gallery.templates(EMBEDDER, with_hidden=True), self.gallery.negatives(EMBEDDER)):
            for shot_id, vector in zip(templates.shot_ids.tolist(), templates.features, strict=True):
                angles[shot_id] = float(np.arctan2(vector[1], vector[0]))
        # A shot that is not kept gives no template: kept for a moment it does.
        people = {}
        for key, (name, shots, n_consents, is_hidden, _cover) in read(self.gallery).items():
            model_shots = []
            for shot_id, chip, is_negative, kept in shots:
                if shot_id not in angles:
                    self.gallery.set_kept(shot_id, is_kept=True)
                    templates = self.gallery.templates(EMBEDDER, with_hidden=True)
                    vector = templates.features[templates.shot_ids.tolist().index(shot_id)]
                    angles[shot_id] = float(np.arctan2(vector[1], vector[0]))
                    self.gallery.set_kept(shot_id, is_kept=False)
                model_shots.append(ModelShot(shot_id, chip, angles[shot_id], is_negative, kept))
            with self.gallery._database.reading() as connection:
                chosen = chosen_cover(connection, key)
            people[key] = ModelPerson(name, tuple(model_shots), (), n_consents, is_hidden, chosen)
        return ModelGallery(people, self.gallery.told_apart())

    @precondition(lambda self: bool(self.undoable))
    @rule()
    def forget_the_last(self) -> None:
        change, _ = self.undoable.pop()
        self.gallery.forget(change)
        self.cannot_go_back()
        self.gallery.purge_deleted()
        self.model = self.model.purged()

    @rule()
    def purge(self) -> None:
        self.gallery.purge_deleted()
        self.model = self.model.purged()
        self.cannot_go_back()
        # Nothing of what was deleted comes back.
        for change in self.older:
            if type(change).__name__ in ("DeletedPerson", "DeletedShot"):
                with pytest.raises(GalleryError):
                    self.gallery.undo(change)

    # The file ---------------------------------------------------------------------------------------------------------

    @rule()
    def reopen(self) -> None:
        self.gallery.close()
        self.gallery = Gallery.open(self.path, keys=self.keys)
        self.model = self.model.purged()
        self.cannot_go_back()

    @rule()
    def lose_power(self) -> None:
        """What is on the disk now opens elsewhere, and holds every change so far."""
        copy = self.folder / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        copy.mkdir()
        for file in self.folder.glob("people.metaface*"):
            shutil.copy(file, copy / file.name)
        with Gallery.open(copy / self.path.name, keys=self.keys) as other:
            assert read(other) == expected(self.model)
            assert other.told_apart() == self.model.apart

    @rule(policy=st.sampled_from(ClashPolicy))
    def export(self, policy: ClashPolicy) -> None:
        """Whoever imports the export has the same people; whoever does so twice, too, unless they want them twice."""
        target = self.folder / "export.metaface"
        assert self.gallery.export_to(target) == len(self.model.people)
        with Gallery.in_memory() as other:
            for _ in range(2):
                other.import_from(target, on_clash=policy)
            people = other.snapshot().people
            wanted = sorted(
                # The same picture twice, as a shot or as a negative, is imported once.
                (one.name, len({shot.chip for shot in one.own}), len({shot.chip for shot in one.negatives}))
                for one in self.model.people.values()
            )
            found = sorted((one.name, one.shot_count, one.negative_count) for one in people)
            if policy is ClashPolicy.RENAME:
                assert len(found) == 2 * len(wanted)
            elif policy is ClashPolicy.SKIP:
                assert [name for name, _, _ in found] == [name for name, _, _ in wanted]
            else:
                assert [name for name, _, _ in found] == [name for name, _, _ in wanted]
                assert all(shots[1] >= least[1] for shots, least in zip(found, wanted, strict=True))

    # What always holds ------------------------------------------------------------------------------------------------

    @invariant()
    def holds_what_it_should(self) -> None:
        assert read(self.gallery) == expected(self.model)
        assert self.gallery.told_apart() == self.model.apart

    @invariant()
    def counts_names_and_templates_agree(self) -> None:
        snapshot = self.gallery.snapshot()
        assert snapshot.revision >= self.revision
        self.revision = snapshot.revision
        assert [person.id for person in snapshot.people] == sorted(self.model.people)
        for person in snapshot.people:
            model = self.model.people[person.id]
            assert (person.shot_count, person.negative_count) == (len(model.own), len(model.negatives))
            found = self.gallery.find(person.name)
            assert found is not None
            assert found.id == person.id
            assert (person.thumbnail is None) == (not model.own)
        for is_negative, templates in ((False, self.gallery.templates), (True, self.gallery.negatives)):
            held = templates(EMBEDDER)
            wanted = sorted(
                (shot.id, key)
                for key, person in self.model.people.items()
                for shot in person.shots
                if shot.kept and shot.is_negative == is_negative and (is_negative or not person.is_hidden)
            )
            assert list(zip(held.shot_ids.tolist(), held.person_ids.tolist(), strict=True)) == wanted
        assert self.gallery.count_shots_without(EMBEDDER) == 0


TestGallery = GalleryMachine.TestCase
TestGallery.settings = settings(max_examples=RUNS, stateful_step_count=STEPS, deadline=None)
TestGallery = pytest.mark.timeout(600 + RUNS * STEPS)(TestGallery)
