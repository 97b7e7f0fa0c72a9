from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Metaface


def test_list_says_what_ships_and_what_does_not(metaface: Metaface) -> None:
    result = metaface("weights", "list")
    assert result.code == 0
    rows = {line.split()[0]: line.split()[-1] for line in result.out.splitlines()[1:]}
    assert rows["sface-2021dec"] == rows["yunet-2023mar"] == "yes"
    assert rows["facenet-vggface2"] == "no"


def test_verify_finds_the_shipped_weights_whole(metaface: Metaface) -> None:
    result = metaface("weights", "verify")
    assert result.code == 0
    assert "sface-2021dec: ok" in result.out


def test_fetching_what_there_is_not_names_what_there_is(metaface: Metaface) -> None:
    result = metaface("weights", "fetch", "arcface-xxl")
    assert result.code == 1
    assert "sface-2021dec" in result.err


def test_taking_weights_from_a_wrong_file_is_refused(metaface: Metaface, tmp_path: Path) -> None:
    path = tmp_path / "letter.safetensors"
    path.write_text("Dear reader")
    result = metaface("weights", "fetch", "facenet-casia-webface", "--from", path)
    assert result.code == 1
    assert "Traceback" not in result.err
