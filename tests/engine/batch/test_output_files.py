"""What `refuse_destruction` and `refuse_foreign` let pass, and what not."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest

from metaface_gui.engine.batch.output_files import (
    gallery_files,
    has_json_keys,
    is_annotated_video,
    is_lines,
    is_never_ours,
    is_picture,
    is_weights,
    refuse_destruction,
    refuse_foreign,
)
from metaface_gui.errors import KnownError
from metaface_gui.pipeline.embedding.tuned_trunk import save_tuned_trunk
from metaface_gui.pipeline.rendering.video_file_writer import VideoFileWriter
from metaface_gui.resources import weights_dir
from tests.pipeline.capture.videos import moving, write_video


def test_an_input_by_any_of_its_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "clip.mp4"
    source.write_text("video")
    (tmp_path / "link").symlink_to(source)
    os.link(source, tmp_path / "hard link")
    monkeypatch.chdir(tmp_path)
    names = ("clip.mp4", "CLIP.mp4", "link", "hard link", "../" + tmp_path.name + "/clip.mp4")
    for output in (source, *map(Path, names)):
        with pytest.raises(KnownError, match="is an input file and would be overwritten"):
            refuse_destruction([output], [source])
    refuse_destruction([tmp_path / "clip.jsonl", Path("/dev/null"), Path("/dev/null")], [source])


def test_two_results_in_one_file(tmp_path: Path) -> None:
    with pytest.raises(KnownError, match="Two results would be written to"):
        refuse_destruction([tmp_path / "a.mp4", tmp_path / "below" / ".." / "a.mp4"], [])


def test_what_lies_beside_a_gallery_belongs_to_it(tmp_path: Path) -> None:
    gallery = tmp_path / "g.metaface"
    with pytest.raises(KnownError):
        refuse_destruction([tmp_path / "g.metaface-wal"], gallery_files(gallery))


def test_only_a_file_of_our_own_is_replaced(tmp_path: Path) -> None:
    foreign, lines, video = tmp_path / "letter", tmp_path / "lines", tmp_path / "out.mkv"
    foreign.write_text('{"dear": "reader"}\n')
    lines.write_text('{"frame": 0, "time_s": 0.0, "faces": []}\n')
    with VideoFileWriter(video) as writer:
        writer.show(0.0, lambda: np.zeros((48, 64, 3), np.uint8))
    other = write_video(tmp_path / "other.mkv", moving(2))
    refuse_foreign(lines, is_lines)
    refuse_foreign(video, is_annotated_video)
    refuse_foreign(foreign, has_json_keys("dear"))
    refuse_foreign(tmp_path / "new", is_never_ours)
    (tmp_path / "empty").touch()
    refuse_foreign(tmp_path / "empty", is_never_ours)
    for path, is_ours in (
        (foreign, is_lines),
        (foreign, is_annotated_video),
        (other, is_annotated_video),
        (lines, has_json_keys("dear")),
        (lines, is_never_ours),
    ):
        with pytest.raises(KnownError, match="add --force"):
            refuse_foreign(path, is_ours)


def test_pictures_and_weights_of_our_own_are_known(tmp_path: Path) -> None:
    save_tuned_trunk(tmp_path / "trunk", {"1.bias": np.zeros(2, np.float32)}, embedder_id="net-1", card={})
    assert is_weights(tmp_path / "trunk")
    shipped = json.loads((weights_dir() / "manifest.json").read_bytes())["weights"]
    roles = {"learner", "projection", "trunk", "cohort"}
    made = [entry["file"] for entry in shipped if entry["role"] in roles and "facenet" not in entry["file"]]
    assert made
    assert all(is_weights(weights_dir() / name) for name in made)
    for path in (tmp_path / "none", tmp_path, tmp_path / "letter", tmp_path / "empty"):
        assert not is_weights(path)
        assert not is_picture(path)
