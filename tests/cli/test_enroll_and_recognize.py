from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from metaface_gui.app import write_stills
from metaface_gui.cli.gallery_adaptation import named_at_once
from metaface_gui.gallery import Gallery
from metaface_gui.pipeline.capture.demo.people import demo_people
from metaface_gui.pipeline.capture.video_file import VideoFileSource
from tests.cli.conftest import Metaface
from tests.cli.scene_clips import write_scene_clips


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of stills per person."""
    root = tmp_path_factory.mktemp("pictures")
    for person in demo_people():
        folder = root / person.name
        folder.mkdir()
        write_stills(person, folder)
    return root


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Half a second of the demo scene: one person, alone."""
    folder = tmp_path_factory.mktemp("clips")
    write_scene_clips(folder, {"clip.avi": 15})
    return folder / "clip.avi"


def test_enrolled_people_are_recognised_and_others_are_not(
    metaface: Metaface, pictures: Path, clip: Path, tmp_path: Path
) -> None:
    gallery, lines, video = tmp_path / "g.metaface", tmp_path / "out.jsonl", tmp_path / "out.mp4"
    for name in ("Eileen Collins", "Barack Obama"):
        result = metaface("enroll", name, pictures / name, "--gallery", gallery)
        assert result.code == 0, result.err
        assert "shots saved" in result.out
    result = metaface("recognize", clip, "--gallery", gallery, "--jsonl", lines, "--video", video)
    assert result.code == 0, result.err
    assert "15 frames" in result.out
    records = [json.loads(line) for line in lines.read_text().splitlines()]
    assert [record["frame"] for record in records] == list(range(15))
    faces = [face for record in records for face in record["faces"]]
    assert {face["person"] for face in faces} == {"Eileen Collins"}
    assert {face["track"] for face in faces} == {1}
    assert all(face["score"] > face["threshold"] for face in faces)
    assert all(len(face["box"]) == 4 for face in faces)
    annotated = VideoFileSource(video)
    annotated.open()
    assert (annotated.nominal_fps, annotated.frame_count) == (30.0, 15), "every frame of the clip, at its own rate"
    assert annotated.read() is not None
    annotated.close()
    assert not list(tmp_path.glob("*.part.*"))

    still = next((pictures / "Eileen Collins").iterdir())
    metaface("gallery", "hide", "Eileen Collins", "--gallery", gallery)
    hidden = metaface("recognize", still, "--gallery", gallery)
    assert [json.loads(line)["faces"][0]["person"] for line in hidden.out.splitlines()] == [None]
    assert "hidden, so not recognised: Eileen Collins" in hidden.err

    metaface("gallery", "delete", "Eileen Collins", "--gallery", gallery)
    metaface("recognize", clip, "--gallery", gallery, "--jsonl", lines)
    after = [face for line in lines.read_text().splitlines() for face in json.loads(line)["faces"]]
    assert {face["person"] for face in after} == {None}


def test_lines_go_to_the_terminal_without_jsonl(metaface: Metaface, pictures: Path, tmp_path: Path) -> None:
    gallery = tmp_path / "g.metaface"
    metaface("enroll", "Somebody", pictures / "Grace Hopper", "--gallery", gallery)
    still = next((pictures / "Grace Hopper").iterdir())
    result = metaface("recognize", still, "--gallery", gallery)
    assert [json.loads(line)["faces"][0]["person"] for line in result.out.splitlines()] == ["Somebody"]


_WITHOUT_PYTORCH = """
import sys
from metaface_gui.cli.main import run
code = run(sys.argv[1:])
sys.exit(code or "torch" in sys.modules)
"""


def test_pictures_are_named_without_pytorch_and_as_with_it(
    metaface: Metaface, pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gallery, folder = tmp_path / "g.metaface", tmp_path / "one of each"
    folder.mkdir()
    for name in ("Grace Hopper", "Barack Obama"):
        metaface("enroll", name, *sorted((pictures / name).iterdir())[:2], "--gallery", gallery)
    for person in pictures.iterdir():
        shutil.copy(sorted(person.iterdir())[-1], folder / f"{person.name}.jpg")
    command = ("recognize", folder, "--gallery", gallery)
    alone = subprocess.run(
        [sys.executable, "-c", _WITHOUT_PYTORCH, *map(str, command)], capture_output=True, text=True, check=True
    )
    monkeypatch.setattr("metaface_gui.cli.recognize.named_at_once", lambda *_: None)
    with_pytorch = metaface(*command)
    faces, others = _faces(alone.stdout), _faces(with_pytorch.out)
    assert [face[0] for face in faces] == ["Barack Obama", None, "Grace Hopper"]
    assert [face[0] for face in others] == [face[0] for face in faces]
    np.testing.assert_allclose([face[1:] for face in faces], [face[1:] for face in others], atol=2e-4)


def _faces(lines: str) -> list[tuple[str | None, float, float]]:
    """Name, score and threshold of every face in the lines of a command."""
    found = [face for line in lines.splitlines() for face in json.loads(line)["faces"]]
    return [(face["person"], face["score"], face["threshold"]) for face in found]


@pytest.mark.parametrize("learner", ["siamese", "prototypical"])
def test_where_pytorch_is_needed_it_is_taken(
    metaface: Metaface, pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, learner: str
) -> None:
    gallery = tmp_path / "g.metaface"
    metaface("enroll", "Somebody", pictures / "Grace Hopper", "--gallery", gallery)
    still = next((pictures / "Grace Hopper").iterdir())
    asked = list[bool]()

    def noted(*args: object) -> object:
        names = named_at_once(*args)  # type: ignore[arg-type]
        asked.append(names is None)
        return names

    monkeypatch.setattr("metaface_gui.cli.recognize.named_at_once", noted)
    assert "Somebody" in metaface("recognize", still, "--gallery", gallery, "--learner", learner).out
    assert asked == [learner != "prototypical"]


def test_a_gallery_that_a_window_has_open_can_be_recognised_from_but_not_changed(
    metaface: Metaface, pictures: Path, tmp_path: Path
) -> None:
    gallery = tmp_path / "g.metaface"
    metaface("enroll", "Somebody", pictures / "Grace Hopper", "--gallery", gallery)
    still = next((pictures / "Grace Hopper").iterdir())
    with Gallery.open(gallery):
        assert "Somebody" in metaface("recognize", still, "--gallery", gallery).out
        refused = metaface("gallery", "delete", "Somebody", "--gallery", gallery)
        assert refused.code == 1
        assert refused.err.count("\n") == 1
    assert "Somebody" in metaface("gallery", "list", "--gallery", gallery).out


def test_an_empty_gallery_gives_null_and_valid_json(metaface: Metaface, pictures: Path, nobody: Path) -> None:
    still = next((pictures / "Grace Hopper").iterdir())
    (face,) = json.loads(metaface("recognize", still, "--gallery", nobody).out)["faces"]
    assert (face["person"], face["score"], face["threshold"]) == (None, None, None)


def test_a_second_enrolment_adds_shots(metaface: Metaface, pictures: Path, tmp_path: Path) -> None:
    gallery = tmp_path / "g.metaface"
    first, second, *_ = sorted((pictures / "Barack Obama").iterdir())
    metaface("enroll", "Obama", first, "--gallery", gallery)
    metaface("enroll", "OBAMA ", second, "--gallery", gallery)
    with Gallery.open(gallery) as opened:
        (person,) = opened.snapshot().people
        assert (person.name, person.shot_count) == ("Obama", 2)
        assert len(opened.consents(person.id)) >= 1


def picture(path: Path, image: np.ndarray) -> Path:
    cv2.imwrite(str(path), image)
    return path


def test_every_refused_shot_is_named_with_its_reason(metaface: Metaface, pictures: Path, tmp_path: Path) -> None:
    good = cv2.imread(str(next((pictures / "Eileen Collins").iterdir())))
    assert good is not None
    shots = tmp_path / "shots"
    shots.mkdir()
    picture(shots / "wall.png", np.full((300, 300, 3), 128, np.uint8))
    picture(shots / "two.png", np.hstack([good, good]))
    picture(shots / "dark.png", (good * 0.08).astype(np.uint8))
    picture(shots / "blurred.png", cv2.GaussianBlur(good, (0, 0), 9))
    picture(shots / "small.png", cv2.resize(good, None, fx=0.15, fy=0.15, interpolation=cv2.INTER_AREA))
    (shots / "letter.jpg").write_text("Dear reader")
    (shots / "empty.jpg").touch()
    result = metaface("enroll", "Anna", shots, tmp_path / "gone.jpg", "--gallery", tmp_path / "g.metaface")
    assert result.code == 1
    said = {line.split(": ", 1)[0]: line.split(": ", 1)[1] for line in result.out.splitlines()}
    assert "no face" in said["wall.png"]
    assert "several" in said["two.png"]
    assert "refused" in said["dark.png"]
    assert "blurred" in said["blurred.png"]
    assert "small" in said["small.png"]
    assert "not a picture" in said["letter.jpg"]
    assert "0 bytes" in said["empty.jpg"]
    assert "gone.jpg" in said
    assert result.err.startswith("metaface: No usable shot of “Anna”")
    with Gallery.open(tmp_path / "g.metaface") as gallery:
        assert gallery.snapshot().people == ()


@pytest.mark.parametrize("name", ["", "  ", "x" * 10_000, "nul\0byte"])
def test_a_bad_name_is_refused_before_anything_is_read(
    metaface: Metaface, pictures: Path, tmp_path: Path, name: str
) -> None:
    result = metaface("enroll", name, pictures, "--gallery", tmp_path / "g.metaface")
    assert result.code == 1
    assert result.err.count("\n") == 1
    assert not (tmp_path / "g.metaface").exists()


@pytest.mark.parametrize("name", ["😀", "a/b\\c", "Robert'); DROP TABLE people;--", "田中 太郎", "..", "[bold]x"])
def test_an_odd_name_is_a_name(metaface: Metaface, pictures: Path, tmp_path: Path, name: str) -> None:
    gallery = tmp_path / "g.metaface"
    assert metaface("enroll", name, pictures / "Grace Hopper", "--gallery", gallery).code == 0
    assert name in metaface("gallery", "list", "--gallery", gallery).out


def test_mistakes_in_recognize_are_one_line(metaface: Metaface, tmp_path: Path, clip: Path, nobody: Path) -> None:
    text = tmp_path / "letter.mp4"
    text.write_text("Dear reader")
    for arguments in (
        ("nothing-here.mp4", "--gallery", nobody),
        (text, "--gallery", nobody),
        (clip, "--gallery", tmp_path / "no gallery"),
        (clip, "--gallery", text),
        (clip, "--gallery", nobody, "--jsonl", tmp_path / "no folder" / "out.jsonl"),
        (clip, "--gallery", nobody, "--video", tmp_path / "no folder" / "out.mp4"),
        (clip, "--gallery", nobody, "--embedder", "facenet-vggface2"),
    ):
        result = metaface("recognize", *arguments)
        assert result.code == 1, arguments
        assert result.err.startswith("metaface: ")
        assert result.err.count("\n") == 1, result.err
    assert metaface("recognize", clip, "--gallery", nobody, "--learner", "nonsense").code == 2


def test_the_same_picture_twice_and_a_face_under_a_second_name_are_said(
    metaface: Metaface, pictures: Path, tmp_path: Path
) -> None:
    gallery, still = tmp_path / "g.metaface", next((pictures / "Grace Hopper").iterdir())
    assert metaface("enroll", "Grace", still, "--gallery", gallery).code == 0
    again = metaface("enroll", "Grace", still, "--gallery", gallery)
    assert again.code == 0
    assert "Grace: shots not added, as they are too similar to stored ones: 1" in again.out
    assert "Grace: shots saved: 0" in again.out
    renewed = metaface("enroll", "Grace", still, "--gallery", gallery, "--keep-days", 9)
    assert "Grace: shots saved: 1" in renewed.out
    assert "not added" not in renewed.out, "it was, to come with the new period"
    second = metaface("enroll", "Hopper", still, "--gallery", gallery)
    assert second.code == 0
    assert "Hopper looks like Grace, who is already enrolled" in second.out
    with Gallery.open(gallery) as opened:
        assert {person.name: person.shot_count for person in opened.snapshot().people} == {"Grace": 2, "Hopper": 1}


def test_no_picture_of_a_folder_is_saved_twice(metaface: Metaface, pictures: Path, tmp_path: Path) -> None:
    gallery, people = tmp_path / "g.metaface", sorted(folder.name for folder in pictures.iterdir())
    for _ in range(2):
        for name in people:
            again = metaface("enroll", name, pictures / name, "--gallery", gallery)
    assert "too similar to stored ones" in again.out
    with Gallery.open(gallery) as opened:
        counts = {person.name: person.shot_count for person in opened.snapshot().people}
    once = {name: metaface("enroll", name, pictures / name, "--gallery", tmp_path / name).out for name in people}
    assert all(f"{name}: shots saved: {counts[name]}\n" in out for name, out in once.items()), counts


def test_shots_of_somebody_hidden_are_saved_and_it_is_said_that_they_stay_so(
    metaface: Metaface, pictures: Path, tmp_path: Path
) -> None:
    gallery, stills = tmp_path / "g.metaface", sorted((pictures / "Grace Hopper").iterdir())
    first = metaface("enroll", "Grace", stills[0], "--gallery", gallery)
    assert "hidden" not in first.out
    metaface("gallery", "hide", "Grace", "--gallery", gallery)
    more = metaface("enroll", "Grace", stills[0], "--keep-days", 9, "--gallery", gallery)
    assert more.code == 0
    assert "Grace: shots saved: 1" in more.out
    assert "Grace is hidden and so still not recognised. To change that: “metaface gallery unhide NAME”." in more.out
    with Gallery.open(gallery) as opened:
        assert [person.is_hidden for person in opened.snapshot().people] == [True]
