"""What `metaface bench` found, as one record and as JSON."""

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
    from metaface_gui.bench.window import WindowFigures  # which needs Qt

MACHINE = "machine"


@dataclass(frozen=True, slots=True)
class BenchRecord:
    """The machine, and a field for each thing that was measured; None: it was not asked for, or cannot be here."""

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
    """Return an object with a key for each field that is not None, under the names of the records' own fields."""
    figures = {key: value for key, value in asdict(record).items() if value is not None}
    return json.dumps(figures, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def is_bench_record(path: Path) -> bool:
    """Whether a file is what `to_json` gave."""
    try:
        machine = json.loads(path.read_bytes())[MACHINE]
    except (OSError, ValueError, TypeError, KeyError):
        return False
    return isinstance(machine, dict) and {"torch", "device"} <= machine.keys()
