from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from metaface_gui.errors import SourceError
from metaface_gui.pipeline.capture.specification import SourceKind, make_source, parse_source


@pytest.fixture
def files(tmp_path: Path) -> Path:
    cv2.imwrite(str(tmp_path / "face.png"), np.full((20, 20, 3), 50, np.uint8))
    (tmp_path / "clip.mp4").write_bytes(b"some bytes")
    (tmp_path / "picture without ending").write_bytes((tmp_path / "face.png").read_bytes())
    return tmp_path


TEXTS = {
    "0": SourceKind.WEBCAM,
    "12": SourceKind.WEBCAM,
    "demo": SourceKind.DEMO,
    "demo@26.5": SourceKind.DEMO,
    "rtsp://user:pw@127.0.0.1/stream": SourceKind.URL,
    "{}": SourceKind.FOLDER,
    "{}/face.png": SourceKind.IMAGE,
    "{}/clip.mp4": SourceKind.VIDEO,
    "{}/picture without ending": SourceKind.IMAGE,
}


def test_every_kind_has_a_text() -> None:
    assert set(TEXTS.values()) == set(SourceKind)


@pytest.mark.parametrize(("text", "kind"), TEXTS.items())
def test_kinds_and_round_trip(files: Path, text: str, kind: SourceKind) -> None:
    spec = parse_source(text.format(files))
    assert spec.kind is kind
    assert parse_source(spec.text) == spec


@pytest.mark.parametrize("text", ["nothing-here.mp4", "-1", "٣", "a\0b", "x" * 10_000])
def test_nothing_there_is_one_clear_sentence(text: str) -> None:
    with pytest.raises(SourceError, match="There is nothing at") as caught:
        parse_source(text)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("live", [True, False])
@pytest.mark.parametrize("text", TEXTS)
def test_every_kind_can_be_made_closed(files: Path, text: str, live: bool) -> None:
    source = make_source(parse_source(text.format(files)), live=live)
    assert source.title
    source.close()
