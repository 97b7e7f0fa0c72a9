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


PAGES = [
    "README.md",
    "CONTRIBUTING.md",
    *sorted(str(page.relative_to(ROOT)) for page in (ROOT / "metaface_gui").glob("**/README.md")),
]


def anchors(page: Path) -> set[str]:
    """What a link may name after a #: the headings as GitHub writes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", PAGES)
def test_what_a_document_points_to_is_there(document: str) -> None:
    page = ROOT / document
    text = page.read_text(encoding="utf-8")
    links = [link.partition("#") for link in re.findall(r"\]\(([^)]+)\)", text) if "://" not in link]
    paths = [(page.parent / path if path else page, anchor) for path, _, anchor in links]
    assert [path for path, _ in paths if not path.exists()] == []
    assert [(path, anchor) for path, anchor in paths if anchor and anchor not in anchors(path)] == []
    modules = re.findall(r"`((?:metaface_gui|tests)/[\w/]+\.\w+)`", text)
    assert [name for name in modules if "NAME" not in name and not (ROOT / name).exists()] == []


def test_modules_that_pages_name_are_there() -> None:
    """Pages name a module from any of its folders on: `embedding/views.py`."""
    modules = [path.relative_to(ROOT).as_posix() for path in (ROOT / "metaface_gui").glob("**/*.py")]
    text = "".join((ROOT / page).read_text(encoding="utf-8") for page in PAGES if page != "CONTRIBUTING.md")
    named = {name for name in re.findall(r"`([\w/]+\.py)`", text) if not name.startswith("tests/")}
    named.remove("ridge.py")  # the learner that the learners' page adds
    assert {name for name in named if not any(module.endswith(f"/{name}") for module in modules)} == set()


def test_every_command_is_in_the_table() -> None:
    commands = set(re.findall(r"^\| `metaface (\w+)", README, re.MULTILINE))
    assert commands == set(VERBS) - {"gui"}
