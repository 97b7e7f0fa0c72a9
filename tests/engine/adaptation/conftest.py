from __future__ import annotations

from collections.abc import Iterator

import pytest

from metaface_gui.engine.jobs.job_runner import JobRunner
from tests.patience import PATIENCE_S


@pytest.fixture
def jobs() -> Iterator[JobRunner]:
    jobs = JobRunner("studies", lambda _change: None)
    jobs.start()
    yield jobs
    assert jobs.stop(timeout_s=PATIENCE_S)
