"""What CI makes of the audit's answer: a flaw with a remedy fails, none, or no answer, does not."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).resolve().parent.parent / ".ci" / "audit_report.py"
FLAW = {"id": "CVE-2000-0001", "fix_versions": ["2.1"], "aliases": [], "description": "…"}


@pytest.fixture(scope="module")
def report() -> ModuleType:
    if not SCRIPT.exists():
        pytest.skip("an sdist has no .ci")
    spec = importlib.util.spec_from_file_location("audit_report", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def answer(*packages: dict[str, object]) -> str:
    return json.dumps({"dependencies": packages, "fixes": []})


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        (answer({"name": "a", "version": "1", "vulns": []}), 0, "1 of 1 packages looked up, 0 findings"),
        (answer({"name": "a", "version": "1", "vulns": [FLAW]}), 1, "a 1: CVE-2000-0001, better in: 2.1"),
        (answer({"name": "a", "version": "1", "vulns": [FLAW | {"fix_versions": []}]}), 0, "none yet"),
        (answer({"name": "a", "version": "1", "vulns": [FLAW]}, {"name": "b", "skip_reason": "?"}), 1, "1 of 2"),
        (answer({"name": "a", "skip_reason": "not found"}), 2, "knows none of the 1"),
        (answer(), 2, "knows none of the 0"),
        ("", 2, "no answer"),
        ("Traceback (most recent call last):", 2, "no answer"),
        ("[]", 2, "no answer"),
        ("{}", 2, "no answer"),
    ],
)
def test_what_fails_the_build(report: ModuleType, text: str, code: int, said: str) -> None:
    found, lines = report.judge(text, "pypi")
    assert found == code
    assert said in "\n".join(lines)
