"""The results of `metaface bench`, as one record and as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from metaface_gui.bench.galleries import GalleryCost
from metaface_gui.bench.learners import AdaptationCost, Machine, MetaStepCost, ScoringCost
from metaface_gui.bench.live import LiveFigures
from metaface_gui.bench.peers import PeersFigures
from metaface_gui.bench.race import RaceFigures
from metaface_gui.bench.stages import StageCost
from metaface_gui.bench.startup import MemoryFigures, StartUpFigures

if TYPE_CHECKING:
    from metaface_gui.bench.window import WindowFigures  # imported for types only, because it needs Qt

MACHINE = "machine"


@dataclass(frozen=True, slots=True)
class BenchRecord:
    """The machine, and one field per measurement; None if it was not requested or is not possible here."""

    machine: Machine
    stages: tuple[StageCost, ...] | None = None
    pipeline: RaceFigures | None = None
    live: LiveFigures | None = None
    window: WindowFigures | None = None
    adaptation: tuple[AdaptationCost, ...] | None = None
    scoring: tuple[ScoringCost, ...] | None = None
    maml_meta_steps: MetaStepCost | None = None
    gallery: tuple[GalleryCost, ...] | None = None
    startup: StartUpFigures | None = None
    memory: MemoryFigures | None = None
    peers: PeersFigures | None = None


def to_json(record: BenchRecord) -> str:
    """Return a JSON object with the fields that are not None, by the records' own field names."""
    figures = {key: value for key, value in asdict(record).items() if value is not None}
    return json.dumps(figures, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def is_bench_record(path: Path) -> bool:
    """Return whether a file was written from `to_json`."""
    try:
        machine = json.loads(path.read_bytes())[MACHINE]
    except (OSError, ValueError, TypeError, KeyError):
        return False
    return isinstance(machine, dict) and {"torch", "device"} <= machine.keys()
