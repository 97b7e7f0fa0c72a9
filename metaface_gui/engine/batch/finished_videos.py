"""Which videos an earlier run has finished, so that a run can be resumed, but never with other people's names."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from metaface_gui.engine.batch.output_files import has_json_keys
from metaface_gui.engine.batch.video_recognition import VideoTask
from metaface_gui.errors import QT_TRANSLATE_NOOP, KnownError, cannot_write
from metaface_gui.pipeline.enrolled_people import EnrolledPeople
from metaface_gui.settings import RecognitionSettings
from metaface_gui.weights.whole_file import write_whole

RECORD = "recognition.json"


def run_record(settings: RecognitionSettings, people: EnrolledPeople) -> str:
    """Return what a run's lines depend on besides its videos, as JSON: settings, models and a hash of the people.

    The device is left out, and so are names and templates themselves.
    """
    digest = hashlib.sha256(json.dumps([people.person_ids, people.names]).encode())
    for tensor in (people.shots, people.labels, people.negatives, people.denied_people):
        digest.update(tensor.numpy().tobytes())
    parts = {key: value for key, value in asdict(settings).items() if key != "device"}
    record = {**parts, "embedder_id": people.embedder_id, "people_sha256": digest.hexdigest()}
    return json.dumps(record, indent=2, sort_keys=True) + "\n"


def is_record(path: Path) -> bool:
    """Return whether a file is the record of a run."""
    return has_json_keys("embedder_id", "people_sha256")(path)


def unfinished(tasks: Sequence[VideoTask], folder: Path, record: str, *, again: bool) -> tuple[VideoTask, ...]:
    """Return the tasks still to be done, and write the run's record into the folder of their lines.

    A task is done if its outputs are newer than its video and the record. Doing everything `again` writes a new record,
    so that after an interruption the outputs not yet redone count as unfinished.

    Raises:
        KnownError: if the folder holds lines of other people or settings, or cannot be written to.
    """
    path = folder / RECORD
    try:
        is_same = path.is_file() and path.read_text(encoding="utf-8") == record
        if is_same and not again:
            since_ns = path.stat().st_mtime_ns
            return tuple(task for task in tasks if not _is_done(task, since_ns))
        if not again and any(task.lines.exists() for task in tasks):
            raise KnownError(
                QT_TRANSLATE_NOOP(
                    "Errors",
                    "{folder} contains results made with other people or other settings. Choose another folder, or "
                    "add --again to replace them.",
                ),
                folder=folder,
            )
        write_whole(path, record.encode())
    except (OSError, UnicodeDecodeError) as error:
        raise cannot_write(path, error if isinstance(error, OSError) else str(error)) from error
    return tuple(tasks)


def _is_done(task: VideoTask, since_ns: int) -> bool:
    if not task.video.is_file():  # a broken link, which opening it will report
        return False
    since_ns = max(since_ns, task.video.stat().st_mtime_ns)
    return all(output.is_file() and output.stat().st_mtime_ns >= since_ns for output in task.outputs)
