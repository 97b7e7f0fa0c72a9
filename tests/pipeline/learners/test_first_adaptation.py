"""What a process pays for its first adaptation: no method may import PyTorch's compiler, which takes seconds."""

from __future__ import annotations

import json
import subprocess
import sys

from metaface_gui.pipeline.learners import ALL_LEARNERS

IN_A_NEW_PROCESS = """
import json, sys, torch
from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.pipeline.learners import ALL_LEARNERS, make_learner
from metaface_gui.pipeline.learners.base import SupportSet

support, imported = SupportSet(torch.eye(8), torch.arange(8), 8), {}
for key in sorted(ALL_LEARNERS):
    learner = make_learner(key, FeatureSpace(8))
    before = set(sys.modules)
    learner.adapt(support).scores(torch.eye(8))
    imported[key] = sorted(set(sys.modules) - before)
print(json.dumps(imported))
"""


def test_the_first_adaptation_of_every_method_imports_next_to_nothing() -> None:
    done = subprocess.run([sys.executable, "-c", IN_A_NEW_PROCESS], capture_output=True, text=True, check=True)
    imported = json.loads(done.stdout)
    assert set(imported) == set(ALL_LEARNERS)
    assert {key: modules for key, modules in imported.items() if len(modules) > 5} == {}
