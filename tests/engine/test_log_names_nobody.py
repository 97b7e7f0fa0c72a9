"""What a person's data goes through, with the log on: whoever is enrolled, renamed or in an error is not in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from metaface_gui.engine.engine import Engine
from metaface_gui.engine.events import GalleryChanged, JobChanged, ResultReady, Trouble
from metaface_gui.engine.people.gallery_editor import Enrollee
from metaface_gui.errors import InternalError
from metaface_gui.pipeline.face_pipeline import FacePipeline
from metaface_gui.program_log import log_dir, start_log, stop_log
from metaface_gui.types import Frame, FrameResult
from tests.engine.listening import Listener, Someone, names, show, take_shots

NAME, SECOND_NAME = "Xanthippe of Athens", "Zebulon Pike"


@pytest.fixture
def log() -> Iterator[Path]:
    start_log()
    yield log_dir()
    stop_log()


def everything(log: Path) -> str:
    return "".join(path.read_text("utf-8") for path in sorted(log.iterdir()))


def test_enrolling_renaming_and_failing_name_nobody(
    log: Path,
    engine: Engine,
    listener: Listener,
    person: Someone,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = person.stills[0].parent
    named = Someone(NAME, person.stills)
    take_shots(engine, listener, named)
    engine.enrollment.save(Enrollee(NAME, consent_given=True))
    (saved,) = listener.wait(GalleryChanged, lambda event: len(event.snapshot.people) == 1).snapshot.people
    assert saved.name == NAME
    engine.people.rename(saved.id, SECOND_NAME)
    listener.wait(GalleryChanged, lambda event: event.snapshot.people[0].name == SECOND_NAME)
    show(engine, person.stills[0])
    listener.wait(ResultReady, lambda event: names(event) == [SECOND_NAME])

    # Errors with a name in them: one that is known, one in a job, one in a frame.
    engine.enrollment.save(Enrollee("", consent_given=True))
    listener.wait(Trouble)
    engine.people.import_from(folder / f"{NAME}.metaface")
    listener.wait(JobChanged, lambda event: event.error is not None)

    def fail(_pipeline: FacePipeline, _frame: Frame) -> FrameResult:
        raise ValueError(f"{SECOND_NAME} in {folder / NAME}")

    monkeypatch.setattr(FacePipeline, "process", fail)
    show(engine, person.stills[1])
    listener.wait(Trouble, lambda event: isinstance(event.error, InternalError))

    text = everything(log)
    assert "a frame was lost" in text
    assert "ValueError" in text
    assert "in fail" in text
    for word in (*NAME.split(), *SECOND_NAME.split()):
        if len(word) > 3:
            assert word not in text
    for path in (*person.stills, folder):
        assert str(path) not in text
        assert path.name not in text
