from __future__ import annotations

import configparser
import json
import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PySide6.QtWidgets import QApplication

from metaface_gui.resources import assets_dir
from tests import draw_icons

ROOT = Path(__file__).resolve().parent.parent
BUNDLED = "metaface_gui/_bundled/"


@pytest.fixture(scope="module")
def build() -> dict[str, Any]:
    """What pyproject.toml tells Hatch about the targets."""
    targets = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]
    assert isinstance(targets, dict)
    return targets


@pytest.fixture(scope="module")
def bundled(build: dict[str, Any]) -> set[Path]:
    """Every file of the tree that the wheel has in `_bundled`, where the installed program looks."""
    files: set[Path] = set()
    for source, place in build["wheel"]["force-include"].items():
        assert place == BUNDLED + source, "resources.py looks for the tree's own layout"
        path = ROOT / source
        assert path.exists(), f"{source} is gone: hatch would fail"
        files |= {file for file in path.rglob("*") if file.is_file()} if path.is_dir() else {path}
    return files


def test_the_wheel_holds_every_weight_that_ships(bundled: set[Path]) -> None:
    manifest = ROOT / "weights" / "manifest.json"
    entries = json.loads(manifest.read_text("utf-8"))["weights"]
    shipped = {entry["file"] for entry in entries if (ROOT / "weights" / entry["file"]).is_file()}
    assert len(shipped) > 10
    assert {ROOT / "weights" / name for name in shipped} | {manifest} <= bundled
    assert set((ROOT / "weights" / "LICENSES").iterdir()) <= bundled


def in_code(pattern: str) -> set[str]:
    """What a pattern's group matches anywhere in the program's text."""
    return {
        match[1]
        for path in (ROOT / "metaface_gui").rglob("*.py")
        for match in re.finditer(pattern, path.read_text("utf-8"))
    }


def test_the_wheel_holds_every_folder_of_assets_that_the_program_names(bundled: set[Path]) -> None:
    named = in_code(r'assets_dir\(\) / "([^"]+)"')
    assert named >= {"fonts", "icons", "portraits", "style", "translations"}
    missing = {file for name in named for file in (ROOT / "assets" / name).rglob("*") if file.is_file()} - bundled
    assert not missing


def test_the_wheel_holds_every_translation_that_there_is_a_source_of(bundled: set[Path]) -> None:
    sources = sorted((ROOT / "assets" / "translations").glob("*.ts"))
    assert sources
    assert {source.with_suffix(".qm") for source in sources} <= bundled


def test_the_readmes_pictures_stay_out_of_the_wheel(bundled: set[Path]) -> None:
    folders = {file.relative_to(ROOT).parts[1] for file in bundled}
    assert not folders & {"screenshots", "plots"}


def test_the_sdist_holds_all_that_the_wheel_is_built_from(build: dict[str, Any]) -> None:
    included = [pattern.strip("/") for pattern in build["sdist"]["include"]]
    sources = [*build["wheel"]["packages"], *build["wheel"]["force-include"], *build["wheel"]["shared-data"]]
    for source in (*sources, "README.md", "LICENSE", "THIRD_PARTY_NOTICES.md", "tests"):
        assert any(source == pattern or source.startswith(f"{pattern}/") for pattern in included), source
    ignored = {line for line in (ROOT / ".gitignore").read_text("utf-8").splitlines() if line.startswith("*.")}
    kept = {Path(pattern).name for pattern in build["sdist"].get("artifacts", [])}
    endings = {
        f"*{file.suffix}"
        for source in sources
        for file in (ROOT / source).rglob("*")
        if "__pycache__" not in file.parts
    }
    assert endings & ignored <= kept, "git ignores them, so the sdist would too"


def test_the_desktop_entry_starts_what_is_installed_and_is_found_by_its_window(build: dict[str, Any]) -> None:
    parser = configparser.RawConfigParser(strict=True, delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment,method-assign] # keys of desktop entries have capitals
    parser.read(ROOT / "assets" / "metaface.desktop", encoding="utf-8")
    assert parser.sections() == ["Desktop Entry"]
    entry = parser["Desktop Entry"]
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]
    assert shlex.split(entry["Exec"])[0] in scripts
    assert entry["Type"] == "Application"
    assert all(entry[key].endswith(";") for key in ("Categories", "Keywords"))

    places = build["wheel"]["shared-data"].values()
    (desktop_file_name,) = in_code(r'setDesktopFileName\("([^"]+)"\)')
    assert f"share/applications/{desktop_file_name}.desktop" in places
    assert f"share/icons/hicolor/scalable/apps/{entry['Icon']}.svg" in places
    # Wayland knows a window by the desktop file's name, X11 by the application's.
    assert {entry["StartupWMClass"]} == in_code(r'setApplicationName\("([^"]+)"\)')


@pytest.mark.parametrize("size", draw_icons.PNG_SIZES)
def test_every_size_of_the_icon_is_the_svgs_picture(size: int, qapp: QApplication) -> None:
    with Image.open(draw_icons.png_path(size)) as picture:
        assert (picture.mode, picture.size) == ("RGBA", (size, size))
        difference = np.asarray(picture, np.int16) - np.asarray(draw_icons.draw(size), np.int16)
    assert np.abs(difference).mean() < 1.0, "run python -m tests.draw_icons"


def test_windows_icon_has_every_size() -> None:
    with Image.open(draw_icons.ico_path()) as icon:
        assert icon.info["sizes"] == {(size, size) for size in draw_icons.ICO_SIZES}
    assert draw_icons.ico_path().parent == assets_dir() / "icons"


def test_files_that_the_contributors_page_names_exist() -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    named = {name for name in re.findall(r"`([\w./-]+\.(?:py|md|toml|json|svg|ico))`", page) if "r2d2" not in name}
    named -= {name for name in named if "NAME" in name}
    assert len(named) > 20
    places = [ROOT, ROOT / "metaface_gui", *(ROOT / "metaface_gui" / "pipeline").iterdir()]
    places += [
        ROOT / "metaface_gui" / "gui" / "studio",
        ROOT / "tests" / "gui" / "studio",
        ROOT / "tests/pipeline/learners",
    ]
    places += [ROOT / "tests" / "pipeline" / "detection"]
    assert not [name for name in named if not any((place / name).is_file() for place in places)]
