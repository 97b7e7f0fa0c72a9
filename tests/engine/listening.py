"""A listener to wait with, and the demo's people as files: what tests of the whole engine share."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

from metaface_gui.app import write_stills
from metaface_gui.engine.engine import Engine
from metaface_gui.engine.events import Adapted, EngineEvent, JobChanged, ModelsChanged, ModelState, ResultReady
from metaface_gui.engine.people.gallery_editor import Enrollee
from metaface_gui.pipeline.capture.demo.people import demo_people
from metaface_gui.pipeline.capture.specification import parse_source
from metaface_gui.types import RequestId, TrackedFace
from tests.patience import PATIENCE_S

T = TypeVar("T", bound=EngineEvent)


class Listener:
    """Keeps what the engine says until a test asks for it."""

    def __init__(self) -> None:
        self.events: queue.Queue[EngineEvent] = queue.Queue()

    def __call__(self, event: EngineEvent) -> None:
        self.events.put(event)

    def wait(self, kind: type[T], accept: Callable[[T], bool] = lambda _event: True) -> T:
        """Take events in their order until one is of this kind and acceptable."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            event = self.events.get(timeout=max(0.01, deadline - time.monotonic()))
            if isinstance(event, kind) and accept(event):
                return event

    def finished(self, request: RequestId) -> JobChanged:
        """The end of the job that answers a request; another of the same title may end after it was asked for."""
        return self.wait(JobChanged, lambda event: event.is_finished and event.job_id == request)

    def heard(self) -> list[EngineEvent]:
        """Take all that is there."""
        return [self.events.get_nowait() for _ in range(self.events.qsize())]


@contextmanager
def running(engine: Engine, listener: Listener) -> Iterator[ModelsChanged]:
    """An engine whose models are loaded, until it is to end; what it said of them."""
    engine.start()
    try:
        yield listener.wait(ModelsChanged, lambda event: event.state is ModelState.READY)
    finally:
        assert engine.stop(timeout_s=20.0), "a thread did not end"


@dataclass(frozen=True)
class Someone:
    """A person of the demo and files of their pictures."""

    name: str
    stills: tuple[Path, ...]


_people = cache(demo_people)  # a quarter of a second, in each of a hundred tests


def someone(number: int, folder: Path) -> Someone:
    """The demo's person of that number, their pictures written to the folder."""
    person = _people()[number]
    return Someone(person.name, write_stills(person, folder))


def names(event: ResultReady) -> list[str | None]:
    return [face.identification.name for face in event.result.faces]


def show(engine: Engine, picture: Path) -> None:
    engine.source.open(parse_source(str(picture)))


def take_shots(engine: Engine, listener: Listener, person: Someone) -> None:
    engine.enrollment.add_files(person.stills)
    listener.wait(JobChanged, lambda event: event.is_finished and event.title == "Reading pictures")


def enroll(engine: Engine, listener: Listener, person: Someone, n_people: int = 1) -> None:
    take_shots(engine, listener, person)
    engine.enrollment.save(Enrollee(person.name, consent_given=True))
    listener.wait(Adapted, lambda event: event.n_people == n_people)


def only_face(event: ResultReady) -> TrackedFace:
    (face,) = event.result.faces
    return face
