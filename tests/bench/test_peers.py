"""Peers are used by their own functions, compared by the truth, and where they are missing that is said."""

from __future__ import annotations

import importlib
from pathlib import Path

import cv2
import numpy as np
import pytest

from metaface_gui.bench.clips import ClipSettings, clips_of
from metaface_gui.bench.peers import (
    AbsentPeer,
    FaceRecognitionPeer,
    OpenCvPeer,
    find_face_recognition,
    opencv_peer,
    write_plain_onnx,
)
from metaface_gui.pipeline.capture.demo.people import DemoPerson, demo_people
from metaface_gui.pipeline.capture.specification import parse_source
from metaface_gui.pipeline.embedding.onnx_weights import read_onnx_weights
from metaface_gui.types import Floats, Frame, Image
from metaface_gui.weights.store import WeightsStore

Box = tuple[int, int, int, int]


class FakeModule:
    """Encodes a face as the picture's mean colour in its place."""

    def face_locations(self, image: Image) -> list[Box]:
        return [(0, 4, 4, 0)]

    def face_encodings(self, image: Image, locations: list[Box]) -> list[Floats]:
        return [image[top:bottom, left:right].mean((0, 1)) / 255.0 for top, right, bottom, left in locations]

    def face_distance(self, known: list[Floats], face: Floats) -> Floats:
        distances: Floats = np.linalg.norm(np.stack(known) - face, axis=1)
        return distances


def plain(blue: int, green: int, red: int) -> Image:
    return np.full((8, 8, 3), (blue, green, red), np.uint8)


def test_face_recognition_gets_rgb_and_names_within_its_tolerance() -> None:
    people = [DemoPerson("Anna", (plain(0, 0, 255),)), DemoPerson("Bela", (plain(255, 0, 0),))]
    peer = FaceRecognitionPeer(FakeModule(), people)
    names = [peer.look(Frame(image, 0, 0.0, 0))[0].name for image in (plain(10, 0, 250), plain(250, 0, 0))]
    assert names == ["Anna", "Bela"]
    (stranger,) = peer.look(Frame(plain(0, 255, 0), 0, 0.0, 0))
    assert stranger.name is None
    assert stranger.box_xyxy.tolist() == [0.0, 0.0, 4.0, 4.0]


@pytest.mark.parametrize("failure", [ImportError("no such module"), SystemExit()])
def test_what_is_not_installed_is_absent(monkeypatch: pytest.MonkeyPatch, failure: BaseException) -> None:
    def refuse(_name: str) -> None:
        raise failure

    monkeypatch.setattr(importlib, "import_module", refuse)
    absent = find_face_recognition()
    assert isinstance(absent, AbsentPeer)
    assert absent.reason


def test_the_plain_file_holds_the_same_weights(store: WeightsStore, tmp_path: Path) -> None:
    shipped, copy = store.path("sface-2021dec"), tmp_path / "plain.onnx"
    write_plain_onnx(shipped, copy)
    before, after = read_onnx_weights(shipped), read_onnx_weights(copy)
    assert b"DequantizeLinear" not in copy.read_bytes()
    for name, weight in after.items():
        np.testing.assert_array_equal(weight, before[name])
    assert "pre_fc1_weight" in after


def test_opencvs_own_loop_names_the_scene_or_says_why_not(store: WeightsStore) -> None:
    settings = ClipSettings(frames_each=1, starts_s=(12.0,), crowd=0, width=640, height=360)
    (clip,) = clips_of(parse_source("demo"), settings)
    with opencv_peer(store, demo_people()) as (peer, note):
        if isinstance(peer, AbsentPeer):
            assert peer.stand_in == "thorough"
            assert peer.reason
            return
        assert isinstance(peer, OpenCvPeer)
        names = {face.name for face in peer.look(clip.frames[0])}
    assert names == {person.name for person in demo_people()}
    if note is not None:
        assert cv2.__version__ in note.note


def test_where_opencv_refuses_both_files_thorough_stands_in(
    store: WeightsStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("metaface_gui.bench.peers._refusal", lambda _path: "it will not")
    with opencv_peer(store, ()) as (peer, note):
        assert peer == AbsentPeer("opencv", "it will not", "thorough")
        assert note is None


def test_face_recognition_that_knows_nobody_names_nobody() -> None:
    (face,) = FaceRecognitionPeer(FakeModule(), []).look(Frame(plain(0, 0, 250), 0, 0.0, 0))
    assert face.name is None


def test_opencvs_loop_takes_no_face_for_none(store: WeightsStore) -> None:
    """A picture without a face can enrol nobody, and nobody is in it."""
    wall = np.full((120, 160, 3), 120, np.uint8)
    with opencv_peer(store, [DemoPerson("Wall", (wall,))]) as (peer, _note):
        if isinstance(peer, AbsentPeer):
            pytest.skip(f"OpenCV runs neither file: {peer}")
        assert list(peer.look(Frame(wall, 0, 0.0, 0))) == []
        assert peer._name_of(np.ones((1, 128), np.float32)) is None
