"""A running engine with the models that ship, an empty gallery, and the demo's first person."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from metaface_gui.engine.assembly import AdaptedGallery, adapt
from metaface_gui.engine.engine import Engine
from metaface_gui.engine.events import ResultReady
from metaface_gui.engine.jobs.job_runner import JobRunner
from metaface_gui.gallery import Gallery
from metaface_gui.resources import weights_dir
from metaface_gui.settings import RecognitionSettings
from metaface_gui.weights.store import WeightsStore
from tests.engine.listening import Listener, Someone, enroll, names, running, show, someone
from tests.patience import PATIENCE_S


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
def jobs() -> Iterator[JobRunner]:
    jobs = JobRunner("test jobs", lambda _change: None)
    jobs.start()
    yield jobs
    assert jobs.stop(timeout_s=PATIENCE_S)


@pytest.fixture
def gallery(tmp_path: Path) -> Iterator[Gallery]:
    with Gallery.open(tmp_path / "people.metaface") as gallery:
        yield gallery


@pytest.fixture
def engine(gallery: Gallery, listener: Listener, tmp_path: Path) -> Iterator[Engine]:
    engine = Engine(gallery, WeightsStore(weights_dir(), tmp_path / "weights"), listener, RecognitionSettings())
    with running(engine, listener):
        yield engine


@pytest.fixture
def person(tmp_path: Path) -> Someone:
    return someone(0, tmp_path)


@pytest.fixture
def people(engine: Engine, listener: Listener, person: Someone, tmp_path: Path) -> tuple[Someone, Someone]:
    """Two people enrolled, the first one before the camera."""
    second = someone(1, tmp_path)
    enroll(engine, listener, person)
    enroll(engine, listener, second, n_people=2)
    show(engine, person.stills[0])
    listener.wait(ResultReady, lambda event: names(event) == [person.name])
    return person, second


@pytest.fixture
def adaptations(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The learners that are adapted from now on, in their order; judging is not among it."""
    made = list[str]()

    def noted(learner: str, *args: object, **kwargs: object) -> AdaptedGallery:
        made.append(learner)
        return adapt(learner, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr("metaface_gui.engine.adaptation.scheduler.adapt", noted)
    return made
