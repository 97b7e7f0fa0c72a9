"""What fuzzing begins with, what it found once, and a few inputs at random, without atheris."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.fuzz.draw import Draw
from tests.fuzz.registry import TARGETS, Target

FOUND = sorted((Path(__file__).with_name("found")).glob("*.bin"))
ALL = list(TARGETS.values())
names = [target.name for target in ALL]


def tried(target: Target, data: bytes, folder: Path) -> bool:
    """Whether it was read; False if it was refused as it should be."""
    folder.mkdir()
    try:
        target.run(data, folder)
    except target.allowed as error:
        refusal = str(error)
    else:
        return True
    assert "\n" not in refusal, "an error is one line"
    return False


@pytest.mark.parametrize("target", ALL, ids=names)
def test_what_fuzzing_begins_with_is_read_or_refused_and_some_of_it_is_read(target: Target, tmp_path: Path) -> None:
    seeds = target.seeds()
    n_read = sum(tried(target, seed, tmp_path / str(number)) for number, seed in enumerate(seeds))
    assert n_read > 0
    assert sum(map(len, seeds)) < 500_000


@pytest.mark.parametrize("file", FOUND, ids=[file.stem for file in FOUND])
def test_what_was_found_once_is_refused_or_read_now(file: Path, tmp_path: Path) -> None:
    """Named after the target, then what was raised and where."""
    target = next(target for target in ALL if file.stem.startswith(target.name + "-"))
    tried(target, file.read_bytes(), tmp_path / "one")


@pytest.mark.parametrize("target", ALL, ids=names)
def test_changed_at_random(target: Target, tmp_path: Path) -> None:
    random = np.random.default_rng(len(target.name))
    seeds = target.seeds()
    for number in range(25):
        data = bytearray(seeds[int(random.integers(len(seeds)))] or b"\0" * 40)
        for _ in range(int(random.integers(1, 6))):
            data[int(random.integers(len(data)))] = int(random.integers(256))
        tried(target, bytes(data), tmp_path / str(number))


def test_choices_come_of_any_bytes() -> None:
    draw = Draw(bytes(range(256)))
    kinds = [draw.byte(), draw.choice("abc"), draw.integer(), draw.real(), draw.text(), draw.blob(), draw.rest()]
    assert draw.is_empty
    assert [type(kind) for kind in kinds] == [int, str, int, float, str, bytes, bytes]
    assert (draw.byte(), draw.integer(), draw.text(), draw.blob(), draw.rest()) == (0, 0, "", b"", b"")
    assert Draw(b"\xff" + (5).to_bytes(8, "little")).integer() == 5
