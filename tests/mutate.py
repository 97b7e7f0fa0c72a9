"""Breaks one place at a time in a copy of the program and sees whether a test fails: `python -m tests.mutate`.

A test that cannot fail proves nothing. Out of all the places where Cosmic Ray can turn an operator, a condition or a
loop into another one, a random sample is tried. First the module's own tests run, then those of its whole folder; a
mutant that survives both is printed with its line. Numbers are left alone unless asked for: most are a drawing's
coordinates or a chosen amount, and one more or less of it is right as well. Wants `uv sync --group mutation`, and the
tests green beforehand.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import ndiff
from enum import Enum
from itertools import islice
from pathlib import Path

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator
from rich.console import Console

ROOT = Path(__file__).parents[1]
PACKAGES = ("engine", "gallery", "pipeline")

# One way to break each kind of place. Types are written as operators, too (`int | None`): nothing is made of those.
OPERATORS = (
    "core/AddNot",
    "core/ReplaceAndWithOr",
    "core/ReplaceBinaryOperator_Add_Sub",
    "core/ReplaceBinaryOperator_Div_Mul",
    "core/ReplaceBinaryOperator_FloorDiv_Mul",
    "core/ReplaceBinaryOperator_Mod_Add",
    "core/ReplaceBinaryOperator_Mul_Div",
    "core/ReplaceBinaryOperator_Pow_Mul",
    "core/ReplaceBinaryOperator_Sub_Add",
    "core/ReplaceBreakWithContinue",
    "core/ReplaceComparisonOperator_Eq_NotEq",
    "core/ReplaceComparisonOperator_Gt_LtE",
    "core/ReplaceComparisonOperator_GtE_Gt",
    "core/ReplaceComparisonOperator_IsNot_Is",
    "core/ReplaceComparisonOperator_Is_IsNot",
    "core/ReplaceComparisonOperator_LtE_Lt",
    "core/ReplaceComparisonOperator_Lt_GtE",
    "core/ReplaceComparisonOperator_NotEq_Eq",
    "core/ReplaceContinueWithBreak",
    "core/ReplaceFalseWithTrue",
    "core/ReplaceOrWithAnd",
    "core/ReplaceTrueWithFalse",
    "core/ReplaceUnaryOperator_Delete_Not",
    "core/ReplaceUnaryOperator_USub_UAdd",
    "core/ZeroIterationForLoop",
)
NUMBERS = ("core/NumberReplacer",)
_TOO_LONG_S = 300.0
_NOTHING_COLLECTED = 5


class Outcome(Enum):
    """What became of a mutant."""

    KILLED = "a test failed"
    HUNG = "the tests did not come to an end"
    SURVIVED = "no test noticed"


@dataclass(frozen=True)
class Mutant:
    """One place of one module and the way to break it; `occurrence` counts the operator's places from 0."""

    module: Path
    operator: str
    occurrence: int

    def code(self, root: Path) -> str:
        """Return the module's text with this place broken."""
        source = (root / self.module).read_text(encoding="utf-8")
        mutated = mutate_code(source, get_operator(self.operator)(), self.occurrence)
        assert isinstance(mutated, str), "counted as a place, but nothing to change there"
        return mutated

    def change(self, root: Path) -> str:
        """Return the lines that are taken out and put in."""
        source = (root / self.module).read_text(encoding="utf-8").splitlines()
        changed = ndiff(source, self.code(root).splitlines())
        return "\n".join(line for line in changed if line.startswith(("- ", "+ ")))


def is_worth_trying(change: str) -> bool:
    """Whether changed lines do something: not a dataclass's options, and not the mark of keyword-only parameters."""
    removed = [line[2:].strip() for line in change.splitlines() if line.startswith("- ")]
    added = [line[2:].strip() for line in change.splitlines() if line.startswith("+ ")]
    is_mark = [line.replace("*,", "/,") for line in removed] == added
    return not is_mark and not any(line.startswith("@dataclass") for line in removed)


def mutants(root: Path, modules: Sequence[Path], operators: Sequence[str]) -> Iterator[Mutant]:
    """Every way in which the operators break these modules of the tree at `root`; paths are relative to it."""
    for module in modules:
        nodes = list(ast_nodes(get_ast((root / module).read_text(encoding="utf-8"))))
        for name in operators:
            operator = get_operator(name)()
            places = sum(len(list(operator.mutation_positions(node))) for node in nodes)
            for occurrence in range(places):
                yield Mutant(module, name, occurrence)


def tests_of(root: Path, module: Path) -> tuple[Path, ...]:
    """Where the tests of a module are, the nearest first; relative to `root`."""
    folder = Path("tests", *module.parent.parts[1:])
    own = folder / f"test_{module.stem}.py"
    wider = [own] * (root / own).exists() + [folder]
    while not (root / wider[-1]).is_dir():
        wider[-1] = wider[-1].parent
    return tuple(wider)


def try_out(root: Path, mutant: Mutant) -> Outcome:
    """Break the module in the tree at `root`, run its tests, and mend it again."""
    file = root / mutant.module
    whole = file.read_text(encoding="utf-8")
    file.write_text(mutant.code(root), encoding="utf-8")
    # The tree's own modules, not those that are installed; hypothesis tries the same examples each time.
    environment = os.environ | {"PYTHONPATH": str(root), "CI": "true", "OMP_WAIT_POLICY": "PASSIVE"}
    try:
        for tests in tests_of(root, mutant.module):
            command = [sys.executable, "-m", "pytest", "-x", "-q", "-n", "0", "-p", "no:cacheprovider", str(tests)]
            done = subprocess.run(
                command, cwd=root, env=environment, capture_output=True, timeout=_TOO_LONG_S, check=False
            )
            if done.returncode not in (0, _NOTHING_COLLECTED):
                return Outcome.KILLED
    except subprocess.TimeoutExpired:
        return Outcome.HUNG
    finally:
        file.write_text(whole, encoding="utf-8")
    return Outcome.SURVIVED


def wilson_interval(hits: int, trials: int, z: float = 1.96) -> tuple[float, float]:
    """The 95 % interval of a share by Wilson's score (Wilson 1927), 0 ≤ hits ≤ trials, trials ≥ 1."""
    share = hits / trials
    middle = share + z**2 / (2 * trials)
    half = z * (share * (1 - share) / trials + z**2 / (4 * trials**2)) ** 0.5
    scale = 1 + z**2 / trials
    return (middle - half) / scale, (middle + half) / scale


def main() -> None:
    """Draw, try and report."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutate", description=__doc__)
    parser.add_argument("--sample", type=int, default=100, metavar="N", help="mutants to try (default: 100)")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="which ones (default: 0)")
    parser.add_argument("--numbers", action="store_true", help="change numbers, and nothing else")
    parser.add_argument("packages", nargs="*", default=PACKAGES, help=f"of metaface_gui (default: {PACKAGES})")
    args = parser.parse_args()
    console = Console()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "tree")
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(root)], check=True)
        modules = [
            path.relative_to(root)
            for package in args.packages
            for path in sorted((root / "metaface_gui" / package).rglob("*.py"))
        ]
        every = list(mutants(root, modules, NUMBERS if args.numbers else OPERATORS))
        shuffled = random.Random(args.seed).sample(every, len(every))
        chosen = list(islice((one for one in shuffled if is_worth_trying(one.change(root))), args.sample))
        console.print(f"{len(chosen)} of {len(every)} places in {len(modules)} modules")
        survivors = 0
        for number, mutant in enumerate(chosen, start=1):
            outcome = try_out(root, mutant)
            console.print(f"{number:4} {outcome.name.lower():9} {mutant.module}", highlight=False)
            if outcome is Outcome.SURVIVED:
                survivors += 1
                console.print(mutant.change(root), highlight=False, markup=False)
        low, high = wilson_interval(len(chosen) - survivors, len(chosen))
        console.print(f"noticed: {len(chosen) - survivors} of {len(chosen)} (95 % interval {low:.0%} to {high:.0%})")


if __name__ == "__main__":
    main()
