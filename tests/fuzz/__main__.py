"""`python -m tests.fuzz TARGET --seconds N`: fuzzes, says what was found, exits with 1 if anything was."""

from __future__ import annotations

import argparse
import importlib.util
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from tests.fuzz.registry import TARGETS, Target

_PROGRESS = re.compile(r"cov: (\d+) ft: (\d+) corp: (\d+)/(\d+\w*)")
_STATISTIC = re.compile(r"stat::(\w+):\s+(\d+)")


def main(arguments: Sequence[str]) -> int:
    """Run libFuzzer on one target; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("target", choices=list(TARGETS))
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--found", type=Path, default=Path("fuzz-found"), help="folder for what was found")
    parser.add_argument("--corpus", type=Path, help="folder of inputs to go on from, and to add to")
    parser.add_argument("--seed", type=int, default=0)
    wanted = parser.parse_args(arguments)
    if importlib.util.find_spec("atheris") is None:
        parser.error("atheris is missing; install it with: uv sync --group fuzz")
    target = TARGETS[wanted.target]
    with tempfile.TemporaryDirectory(prefix="metaface-corpus-") as folder:
        corpus = wanted.corpus or Path(folder)
        corpus.mkdir(parents=True, exist_ok=True)
        for number, seed in enumerate(target.seeds()):
            (corpus / f"seed-{number}").write_bytes(seed)
        before = set(wanted.found.glob("*.bin"))
        output = fuzz(target, corpus, wanted.found, wanted.seconds, wanted.seed)
        found = sorted(set(wanted.found.glob("*.bin")) - before)
        n_kept, kept_bytes = len(list(corpus.iterdir())), sum(file.stat().st_size for file in corpus.iterdir())
    console = Console(width=120, highlight=False)
    statistics = dict(_STATISTIC.findall(output))
    coverage = _PROGRESS.findall(output)
    console.print(
        f"{target.name}: {statistics.get('number_of_executed_units', '?')} executions, "
        f"{statistics.get('average_exec_per_sec', '?')} a second, {statistics.get('peak_rss_mb', '?')} MB; "
        f"coverage {coverage[0][0] if coverage else '?'} -> {coverage[-1][0] if coverage else '?'} edges; "
        f"corpus {n_kept} inputs, {kept_bytes // 1024} kB; {len(found)} found"
    )
    for file in found:
        console.print(f"  {file}")
    if "number_of_executed_units" not in statistics:  # killed, out of memory, a crash of a library
        console.print(output[-4000:], markup=False)
        return 1
    return 1 if found else 0


def fuzz(target: Target, corpus: Path, found: Path, seconds: int, seed: int) -> str:
    """Run the loop in a process of its own; returns what libFuzzer said."""
    found.mkdir(parents=True, exist_ok=True)
    dictionary = found / f"{target.name}.dict"
    lines = ["".join(f"\\x{byte:02x}" for byte in token) for token in target.tokens]
    dictionary.write_text("".join(f'"{line}"\n' for line in lines) or "# none\n")
    in_memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(prefix="metaface-fuzz-", dir=in_memory if in_memory.is_dir() else None) as folder:
        command = [
            *(sys.executable, "-m", "tests.fuzz.loop", target.name, folder, str(found), str(corpus)),
            f"-max_total_time={seconds}",
            f"-max_len={target.max_bytes}",
            f"-dict={dictionary}",
            f"-artifact_prefix={found}/{target.name}-",
            f"-seed={seed + 1}",
            *("-print_final_stats=1", "-timeout=20", "-rss_limit_mb=3000"),
        ]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    dictionary.unlink()
    return done.stdout + done.stderr


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
