"""Compare the wheel that the sdist builds with the one that the tree builds, and with the tree; `package` calls it."""

from __future__ import annotations

import re
import sys
import zipfile
from pathlib import Path

LARGEST_BYTES = 32_000_000
ROOTS = re.compile(r"metaface_gui/|metaface-[^/]+\.(dist-info/|data/data/share/(applications|icons)/)")
FORBIDDEN = re.compile(
    r"(^|/)(tests|shared|peers|screenshots|plots|__pycache__|\.(?!keep$)[^/]*)(/|$)|\.(checkpoint|sqlite|pt|pth|pkl)$"
)
SHIPPED = ("fonts", "icons", "portraits", "style")


def checksums(wheel: Path) -> dict[str, int]:
    """Names of the files in a wheel, with the checksum of each."""
    with zipfile.ZipFile(wheel) as archive:
        return {entry.filename: entry.CRC for entry in archive.infolist()}


def needed(tree: Path) -> set[str]:
    """What must be in the wheel: the package, the weights, and of the assets what the program reads."""
    package = {path.relative_to(tree).as_posix() for path in (tree / "metaface_gui").rglob("*.py")}
    folders = (tree / "weights", *(tree / "assets" / name for name in SHIPPED))
    files = (path for folder in folders for path in folder.rglob("*") if path.is_file())
    return package | {f"metaface_gui/_bundled/{path.relative_to(tree).as_posix()}" for path in files}


def complaints(from_sdist: Path, from_tree: Path, tree: Path) -> list[str]:
    """Say all that is wrong."""
    of_sdist, of_tree = checksums(from_sdist), checksums(from_tree)
    wanted = needed(tree)
    found = [f"not in the wheel: {name}" for name in sorted(wanted - of_tree.keys())]
    found += [f"does not belong there: {name}" for name in of_tree if not ROOTS.match(name) or FORBIDDEN.search(name)]
    found += [f"differs when built from the sdist: {name}" for name, _ in sorted(of_sdist.items() ^ of_tree.items())]
    if from_tree.stat().st_size > LARGEST_BYTES:
        found.append(f"{from_tree.stat().st_size} bytes: more than {LARGEST_BYTES}")
    return found


if __name__ == "__main__":
    sys.exit("\n".join(complaints(Path(sys.argv[1]), Path(sys.argv[2]), Path.cwd())) or 0)
