"""Read what pip-audit wrote: 0 nothing to do, 1 a vulnerable version has a better one, 2 nothing was looked up."""

from __future__ import annotations

import json
import sys
from pathlib import Path


def judge(text: str, service: str) -> tuple[int, list[str]]:
    """Return the exit code and the lines to print."""
    try:
        packages = json.loads(text)["dependencies"]
    except (ValueError, KeyError, TypeError):  # it gave up half-way, or never began
        return 2, [f"{service}: no answer"]
    known = [package for package in packages if "vulns" in package]
    if not known:
        return 2, [f"{service}: knows none of the {len(packages)} packages"]
    lines, code = [], 0
    for package in known:
        for flaw in package["vulns"]:
            better = ", ".join(flaw.get("fix_versions", []))
            code |= bool(better)
            lines.append(f"{package['name']} {package['version']}: {flaw['id']}, better in: {better or 'none yet'}")
    return code, [*lines, f"{service}: {len(known)} of {len(packages)} packages looked up, {len(lines)} findings"]


if __name__ == "__main__":
    exit_code, said = judge(Path(sys.argv[1]).read_text("utf-8"), sys.argv[2])
    print("\n".join(said))  # noqa: T201 - it is a command
    sys.exit(exit_code)
