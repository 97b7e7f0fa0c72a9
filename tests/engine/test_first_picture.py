"""A process that starts: picture, boxes and first names are there before PyTorch; told where there is none at all."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import queue, sys
from pathlib import Path

sys.modules["torch"] = None  # whoever imports it fails

from metaface_gui.engine.assembly import build_pipeline
from metaface_gui.bench.clips import enroll_demo
from metaface_gui.engine.engine import Engine
from metaface_gui.engine.events import ResultReady
from metaface_gui.gallery import Gallery
from metaface_gui.gui.main_window import MainWindow
from metaface_gui.pipeline.capture.demo.people import demo_people
from metaface_gui.pipeline.capture.specification import SourceKind, SourceSpec
from metaface_gui.pipeline.embedding.device import tune_process
from metaface_gui.weights.store import WeightsStore
from metaface_gui.resources import weights_dir
from metaface_gui.settings import DEMO, RecognitionSettings

tune_process()
folder = Path(sys.argv[1])
settings, store = RecognitionSettings(device="cpu"), WeightsStore(weights_dir(), folder)
gallery = Gallery.in_memory()
enroll_demo(gallery, build_pipeline(settings, store), demo_people())
results = queue.SimpleQueue()
engine = Engine(gallery, store, lambda event: results.put(event) if isinstance(event, ResultReady) else None, settings)
engine.start()
engine.source.open(SourceSpec(SourceKind.DEMO, DEMO))
seen = set()
while "name" not in seen:
    result = results.get(timeout=500.0).result
    seen.add("picture")
    seen.update("box" for face in result.faces)
    seen.update("name" for face in result.faces if face.identification.name is not None)
assert result.learner == "prototypical"
person = next(face.identification for face in result.faces if face.identification.name is not None)
engine.people.delete(person.person_id)
while any(face.identification.person_id == person.person_id for face in results.get(timeout=500.0).result.faces):
    pass
assert engine.stop(timeout_s=60.0)
gallery.close()
print("named", sys.modules["torch"])
"""


@pytest.mark.skipif(importlib.util.find_spec("openvino") is None, reason="PyTorch embeds where there is no OpenVINO")
def test_picture_boxes_and_names_come_without_pytorch(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM, str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["named", "None"]


LOOKING = """
import sys, time
from pathlib import Path

from metaface_gui.engine.assembly import build_pipeline
from metaface_gui.pipeline.capture.demo.scene import DemoScene
from metaface_gui.resources import weights_dir
from metaface_gui.settings import RecognitionSettings
from metaface_gui.types import Frame
from metaface_gui.weights.store import WeightsStore

pipeline = build_pipeline(RecognitionSettings(device="cpu"), WeightsStore(weights_dir(), Path(sys.argv[1])))
scene = DemoScene()
before = set(sys.modules)
faces = [len(pipeline.process(Frame(scene.render(i)[0], i, i / 30.0, time.monotonic_ns())).faces) for i in range(3)]
print(faces, sorted(set(sys.modules) - before))
"""


@pytest.mark.skipif(importlib.util.find_spec("openvino") is None, reason="PyTorch embeds where there is no OpenVINO")
def test_looking_at_frames_imports_nothing(tmp_path: Path) -> None:
    """While PyTorch's libraries are loaded an import of another waits for them, and every thread of Python for it."""
    done = subprocess.run([sys.executable, "-c", LOOKING, str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "[1, 1, 1] []\n"
