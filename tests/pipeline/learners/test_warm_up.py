from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest
import torch
from torch import Tensor
from torch.func import grad

from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.pipeline.learners import ALL_LEARNERS, inner_loop, learner_class, make_learner
from metaface_gui.pipeline.learners.base import SupportSet

IN_A_NEW_PROCESS = """
import sys, torch
from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.pipeline.learners import make_learner
from metaface_gui.pipeline.learners.base import SupportSet

learner, support = make_learner("maml", FeatureSpace(8)), SupportSet(torch.eye(8), torch.arange(8), 8)
cold = set(sys.modules)
learner.warm_up()
warm = set(sys.modules)
learner.adapt(support)
print(len(warm - cold), len(set(sys.modules) - warm))
"""


@pytest.mark.parametrize("key", sorted(ALL_LEARNERS))
def test_who_differentiates_while_adapting_does_so_in_the_warm_up_too(
    key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    differentiated: list[str] = []

    def noted(function: Callable[..., Tensor]) -> Callable[..., object]:
        differentiated.append(key)
        return grad(function)

    monkeypatch.setattr(inner_loop, "grad", noted)
    make_learner(key, FeatureSpace(8)).adapt(SupportSet(torch.eye(8), torch.arange(8), 8))
    adapting = bool(differentiated)
    differentiated.clear()
    learner_class(key).warm_up()
    assert bool(differentiated) is adapting


def test_after_the_warm_up_adapting_imports_nothing_more() -> None:
    done = subprocess.run([sys.executable, "-c", IN_A_NEW_PROCESS], capture_output=True, text=True, check=True)
    warming_up, adapting = map(int, done.stdout.split())
    assert warming_up > 100, "if torch no longer imports a compiler, no learner needs a warm-up"
    assert adapting < 5
