from __future__ import annotations

import re
from pathlib import Path

import pytest

from metaface_gui.cli import VERBS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def tree() -> set[Path]:
    """The files and folders of the tree in "How it works", relative to the repository."""
    start = README.index("```\nmetaface_gui/\n") + len("```\n")
    found: set[Path] = set()
    folders: list[str] = []
    for line in README[start : README.index("```", start)].splitlines():
        indent, names = re.findall(r"^( *)((?:\S+, )*\S+)", line)[0]
        folders = folders[: len(indent) // 2]
        found |= {Path(*folders, name) for name in names.split(", ")}
        folders.append(names)
    return found


def test_the_tree_in_the_readme_is_the_tree() -> None:
    shown = tree()
    assert {path for path in shown if not (ROOT / path).exists()} == set()
    folders = {path.parent.relative_to(ROOT) for path in (ROOT / "metaface_gui").glob("**/__init__.py")}
    wanted = {path for path in folders if len(path.parts) == 2 or path.parent.name == "pipeline"}
    assert wanted - shown == set()
    assert {path for path in shown if path.suffix == ".py"} >= {Path("metaface_gui/app.py")}


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md"])
def test_what_a_document_points_to_is_there(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    assert [link for link in links if not (ROOT / link).exists()] == []
    modules = re.findall(r"`((?:metaface_gui|tests)/[\w/]+\.\w+)`", text)
    assert [name for name in modules if "NAME" not in name and not (ROOT / name).exists()] == []


def test_every_command_is_in_the_table() -> None:
    commands = set(re.findall(r"^\| `metaface (\w+)", README, re.MULTILINE))
    assert commands == set(VERBS) - {"gui"}
