"""Who is deleted and purged is in no file of the folder any more: not by name, nor by anything that was theirs."""

from __future__ import annotations

from pathlib import Path

import pytest

from metaface_gui.gallery import Gallery, NewConsent
from metaface_gui.gallery.database import Database
from metaface_gui.gallery.schema import MIGRATIONS
from tests.gallery.conftest import MakeShot
from tests.gallery.traces import are_in, traces_of

NAME = "Vanishing Zoë Persönlich"


def note(database_connection: object) -> None:
    """A migration of the future, so that there is a backup."""
    database_connection.execute("CREATE TABLE note (text TEXT) STRICT")  # type: ignore[attr-defined]


@pytest.mark.parametrize("way", ["delete", "merge", "shots", "at once", "everything"])
def test_nothing_of_a_person_stays_in_any_file(path: Path, make_shot: MakeShot, consent: NewConsent, way: str) -> None:
    shots = [
        make_shot(seed, chip=make_shot(seed).chip + bytes(size)) for seed, size in ((1, 0), (2, 9000), (3, 60_000))
    ]
    with Gallery.open(path) as gallery:
        gallery.enroll("Ann", [make_shot(9)], consent)
        person = gallery.enroll(NAME, shots, consent)
        gallery.add_negatives(1, shots[:1])  # the same face, said not to be Ann
        gallery.add_negatives(person.id, [make_shot(4)])
    # A copy that a migration made, and one that a crash left half-made.
    backup = path.with_name(f"{path.name}.backup-v{len(MIGRATIONS)}")
    Database.open(path, migrations=(*MIGRATIONS, note)).close()
    path.write_bytes(backup.read_bytes())

    names = (NAME.encode(), NAME.encode("utf-16-le"), NAME.encode("utf-16-be"), NAME.casefold().encode())
    with Gallery.open(path) as gallery:
        gallery.rename(person.id, NAME + "!")  # now it is in the log as well
        ids = [shot.id for one in gallery.snapshot().people for shot in gallery.shots(one.id)]
        traces = traces_of(gallery, ids[1:])  # the first is Ann's
        before = {file.name.removeprefix(path.name): file.read_bytes() for file in path.parent.iterdir()}
        assert {"", "-wal", "-shm", f".backup-v{len(MIGRATIONS)}"} <= set(before)
        assert NAME.encode() in before[""]
        assert NAME.encode() in before["-wal"]
        for name in ("", f".backup-v{len(MIGRATIONS)}"):
            assert are_in(traces, before[name])
        match way:
            case "delete":
                gallery.delete_person(person.id)
                gallery.purge_deleted()
            case "merge":
                gallery.merge(1, person.id)
                gallery.delete_person(1)
                gallery.purge_deleted()
            case "shots":
                for shot_id in ids[1:]:  # also what is kept of them with Ann
                    gallery.forget(gallery.delete_shot(shot_id))
                gallery.rename(person.id, "Nobody")
                gallery.delete_person(person.id)
                gallery.purge_deleted()
            case "at once":
                gallery.delete_for_good([person.id])
            case _:
                gallery.forget_everything()
        after = {file.name: file.read_bytes() for file in path.parent.iterdir()}
    after |= {f"{file.name}, closed": file.read_bytes() for file in path.parent.iterdir()}
    in_the_clear = [piece for shot in shots for piece in (shot.chip[100:130], shot.landmarks.tobytes())]
    in_the_clear += [vector.tobytes() for shot in shots for vector in shot.embeddings.values()]
    for name, content in after.items():
        assert not any(text in content for text in names), name
        assert not are_in(traces, content), name
        assert not any(piece in content for piece in in_the_clear), name
