"""The process that atheris runs in: `python -m tests.fuzz.loop TARGET FOLDER FOUND [libFuzzer's own arguments]`."""

from __future__ import annotations

import shutil
import sys
import time
import traceback
from pathlib import Path

import atheris

_TRACED = "metaface_gui"

with atheris.instrument_imports(include=[_TRACED]):
    from tests.fuzz.registry import TARGETS, Target


class Trial:
    """Tries inputs on a target, and keeps the first one for each line that raised what it should not."""

    def __init__(self, target: Target, folder: Path, found: Path) -> None:
        self._target, self._folder, self._found = target, folder, found
        self._seen: set[str] = set()
        self._slowest_s = 0.5

    def __call__(self, data: bytes) -> None:
        """Try one."""
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir()
        began = time.process_time()
        try:
            self._target.run(data, self._folder)
        except self._target.allowed:
            pass
        except Exception as error:  # noqa: BLE001 - all that is not allowed is what is looked for
            self._note(data, error)
        seconds = time.process_time() - began
        if seconds > 2 * self._slowest_s:
            self._slowest_s = seconds
            self._keep(f"slow-{seconds:.1f}s", data, f"{seconds:.1f} s")

    def _note(self, data: bytes, error: Exception) -> None:
        frames = traceback.extract_tb(error.__traceback__)
        own = [frame for frame in frames if _TRACED in frame.filename] or frames
        place = f"{type(error).__name__}-{Path(own[-1].filename).stem}-{own[-1].lineno}"
        if place not in self._seen:
            self._seen.add(place)
            self._keep(place, data, "".join(traceback.format_exception(error)))

    def _keep(self, name: str, data: bytes, text: str) -> None:
        self._found.mkdir(parents=True, exist_ok=True)
        (self._found / f"{self._target.name}-{name}.bin").write_bytes(data)
        (self._found / f"{self._target.name}-{name}.txt").write_text(text)


def main() -> None:
    """Fuzz until libFuzzer's time is over; it ends the process itself."""
    name, folder, found, *arguments = sys.argv[1:]
    atheris.Setup([sys.argv[0], *arguments], Trial(TARGETS[name], Path(folder) / "one", Path(found)))
    atheris.Fuzz()


main()
