"""Each method twice: untrained without a projection, and as if meta-trained with one."""

from __future__ import annotations

import pytest

from metaface_gui.pipeline.learners.base import MetaLearner
from tests.pipeline.learners.contract_family import METHODS, PROJECTED_SPACE, STOCK_SPACE, make


@pytest.fixture(
    params=[(key, space) for key in METHODS for space in (STOCK_SPACE, PROJECTED_SPACE)],
    ids=lambda param: f"{param[0]}-r{param[1].projection_dim}",
)
def learner(request: pytest.FixtureRequest) -> MetaLearner:
    return make(*request.param)
