"""What `metaface bench` found, as one record and as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from metaface_gui.engine.gallery_benchmarks import GalleryCost
from metaface_gui.engine.live_benchmarks import LiveFigures
from metaface_gui.engine.peers import PeersFigures
from metaface_gui.engine.race import RaceFigures
from metaface_gui.engine.stage_benchmarks import StageCost
from metaface_gui.engine.startup_benchmark import MemoryFigures, StartUpFigures
from metaface_gui.metalearning.benchmarks import AdaptationCost, Machine, MetaStepCost, ScoringCost

MACHINE = "machine"


@dataclass(frozen=True, slots=True)
class BenchRecord:
    """The machine, and a field for each thing that was measured; None: it was not asked for, or cannot be here."""

    machine: Machine
    stages: tuple[StageCost, ...] | None = None
    pipeline: RaceFigures | None = None
    live: LiveFigures | None = None
    adaptation: tuple[AdaptationCost, ...] | None = None
    scoring: tuple[ScoringCost, ...] | None = None
    maml_meta_steps: MetaStepCost | None = None
    gallery: tuple[GalleryCost, ...] | None = None
    startup: StartUpFigures | None = None
    memory: MemoryFigures | None = None
    peers: PeersFigures | None = None


def to_json(record: BenchRecord) -> str:
    """Return an object with a key for each field that is not None, under the names of the records' own fields."""
    told = {key: value for key, value in asdict(record).items() if value is not None}
    return json.dumps(told, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def is_bench_record(path: Path) -> bool:
    """Whether a file is what `to_json` gave."""
    try:
        machine = json.loads(path.read_bytes())[MACHINE]
    except (OSError, ValueError, TypeError, KeyError):
        return False
    return isinstance(machine, dict) and {"torch", "device"} <= machine.keys()
