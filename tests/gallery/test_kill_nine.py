"""A gallery whose process is killed at any moment holds every acknowledged change whole, and no half of another."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from metaface_gui.gallery import Gallery

WORKER = Path(__file__).with_name("enroll_until_killed.py")
KILLS = int(os.environ.get("METAFACE_KILLS", "20"))
"""Few, so that the suite stays quick; set the variable to 200 or more to try harder."""


def acknowledged_until_killed(path: Path, first_number: int, moment: np.random.Generator) -> list[list[str]]:
    """Run the worker, kill it some time after its first acknowledgement; return the lines that it had printed."""
    command = [sys.executable, str(WORKER), str(path), str(first_number)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline()]
        try:
            process.wait(timeout=float(moment.uniform(0, 0.012)))
        except subprocess.TimeoutExpired:
            process.kill()
        lines += process.stdout.readlines()
    assert process.returncode == -9
    # The last line may be cut off; then nobody was told.
    return [line.decode().split() for line in lines if line.endswith(b"\n")]


@pytest.mark.timeout(600 + 5 * KILLS)
def test_killed_in_the_middle(path: Path) -> None:
    moment = np.random.default_rng(5)
    enrolled: dict[int, str] = {}
    deleted: set[int] = set()
    negatives: dict[int, int] = {}
    number = 1
    for _ in range(KILLS):
        for kind, person_id, name in acknowledged_until_killed(path, number, moment):
            if kind == "enrolled":
                enrolled[int(person_id)] = name
            elif kind == "deleted":
                deleted.add(int(person_id))
            elif kind != "purged":
                negatives[int(person_id)] = 2 if kind == "denied" else 0
        with Gallery.open(path) as gallery:
            people = {person.id: person for person in gallery.snapshot().people}
            # The change that was under way may have been finished, but not told: at most one more or one less.
            assert len(set(people) - set(enrolled)) <= 1
            assert deleted.isdisjoint(people)
            missing = set(enrolled) - deleted - set(people)
            assert all(int(enrolled[person_id]) % 3 == 0 for person_id in missing)
            assert len(missing) <= 1
            templates = gallery.templates("e")
            denied = gallery.negatives("e")
            # Two are added, or taken back, in one change; only that of the last person may be done and not told.
            counts = {person_id: int((denied.person_ids == person_id).sum()) for person_id in people}
            assert set(counts.values()) <= {0, 2}
            untold = [person_id for person_id, n in counts.items() if n != negatives.get(person_id, 0)]
            assert untold in ([], [max(people)])
            negatives = counts
            for person in people.values():
                chips = [shot.chip for shot in gallery.shots(person.id)]
                expected = _chips(np.random.default_rng(int(person.name)))
                assert chips == expected + expected[: counts[person.id]]
                assert (templates.person_ids == person.id).sum() == 5
                assert len(gallery.consents(person.id)) == 1
            enrolled |= {person.id: person.name for person in people.values()}
            deleted |= missing
            number = max(int(name) for name in enrolled.values()) + 1
    assert len(enrolled) >= KILLS


def _chips(random: np.random.Generator) -> list[bytes]:
    """The chips that the worker makes, in its order of random numbers."""
    chips = []
    for _ in range(5):
        chips.append(random.bytes(30_000))
        random.random((5, 2), np.float32)
        random.random(4, np.float32)
        random.random(128, np.float32)
    return chips
