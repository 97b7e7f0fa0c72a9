from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from metaface_gui.errors import SourceError
from metaface_gui.pipeline.capture.demo.people import demo_people, load_scene_people


@pytest.fixture
def portraits(assets: Path, tmp_path: Path) -> Path:
    """A copy of the shipped portraits, to damage."""
    return Path(shutil.copytree(assets / "portraits", tmp_path / "portraits"))


def test_three_people_to_enrol_and_no_stranger_among_them() -> None:
    people = demo_people()
    strangers = {person.name for person in load_scene_people() if person.is_stranger}
    names = [person.name for person in people]
    assert len(names) == len(set(names)) == 3
    assert strangers
    assert strangers.isdisjoint(names)
    for person in people:
        assert len(person.stills) >= 3
        for still in person.stills:
            assert still.dtype == np.uint8
            assert still.ndim == 3
            assert still.shape[2] == 3
            assert min(still.shape[:2]) >= 300


def test_stills_differ_from_one_another_and_are_the_same_every_time() -> None:
    for first, again in zip(demo_people(), demo_people(), strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(first.stills, again.stills, strict=True))
        means = [float(still.mean()) for still in first.stills]
        assert len({round(mean, 1) for mean in means}) == len(means)


def test_faces_lie_inside_their_portraits() -> None:
    for person in load_scene_people():
        assert person.cutout.image.shape[2] == 4
        assert all(photo.image.shape[2] == 3 for photo in person.photos)
        for portrait in (person.cutout, *person.photos):
            height, width = portrait.image.shape[:2]
            x1, y1, x2, y2 = portrait.box_xyxy
            assert 0 <= x1 < x2 <= width
            assert 0 <= y1 < y2 <= height
            assert portrait.landmarks.shape == (5, 2)
            assert ((portrait.landmarks > [x1, y1]) & (portrait.landmarks < [x2, y2])).all()


def test_every_portrait_has_a_source_and_a_licence(assets: Path) -> None:
    folder = assets / "portraits"
    listed = json.loads((folder / "portraits.json").read_text(encoding="utf-8"))["people"]
    entries = [portrait for person in listed for portrait in person["portraits"]]
    assert {entry["file"] for entry in entries} == {file.name for file in folder.glob("*.webp")}
    told = (folder / "SOURCES.md").read_text(encoding="utf-8")
    for entry in entries:
        assert "public domain" in entry["licence"]
        assert all(entry[key] for key in ("title", "author", "package", "path"))
        assert entry["file"] in told
    assert sum(file.stat().st_size for file in folder.iterdir()) < 2_500_000


@pytest.mark.parametrize("damage", ["no list", "no JSON", "wrong JSON", "no picture", "empty picture", "no cut-out"])
def test_missing_or_damaged_portraits_are_one_clear_error(portraits: Path, damage: str) -> None:
    index, picture = portraits / "portraits.json", portraits / "grace-hopper.webp"
    match damage:
        case "no list":
            index.unlink()
        case "no JSON":
            index.write_text("{", encoding="utf-8")
        case "wrong JSON":
            index.write_text('{"people": [{"name": "x"}]}', encoding="utf-8")
        case "no picture":
            picture.unlink()
        case "empty picture":
            picture.write_bytes(b"")
        case "no cut-out":
            index.write_text(
                '{"people": [{"name": "x", "is_stranger": false, "portraits": []}]}',
                encoding="utf-8",
            )
    with pytest.raises(SourceError, match=r"missing or damaged\. Install MetaFace again"):
        demo_people(portraits)
