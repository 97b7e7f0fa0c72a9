"""An engine that only writes down what it was asked, and frames and results to show: for tests of the window."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from metaface_gui.engine.events import (
    ConsentsRead,
    EngineEvent,
    EngineListener,
    FrameReady,
    ImportLookedAt,
    ResultReady,
    ShotsRead,
    StorageRead,
)
from metaface_gui.engine.live.latest_slot import LatestSlot
from metaface_gui.engine.people.gallery_editor import Terms
from metaface_gui.engine.people.privacy_api import Storage
from metaface_gui.engine.studio.side import Side
from metaface_gui.gallery import Consent, Shot
from metaface_gui.metalearning.frame_environments import EnvironmentSetting
from metaface_gui.pipeline.capture.specification import SourceSpec
from metaface_gui.types import (
    FaceQuality,
    Frame,
    FrameResult,
    Identification,
    PersonId,
    QualityIssue,
    RequestId,
    StageTimes,
    TrackedFace,
)


class Call(NamedTuple):
    """One request: the method's name and its arguments, keywords after positional ones in the method's order."""

    name: str
    args: tuple[object, ...] = ()


class Recorder:
    """Writes requests down, gives each its id, and sends the answers to `listener`."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.newest: dict[str, RequestId] = {}
        self.listener: EngineListener = lambda _event: None
        self._ids = itertools.count(1)

    def note(self, name: str, *args: object) -> RequestId:
        self.calls.append(Call(name, args))
        return self.give_id(name)

    def give_id(self, name: str) -> RequestId:
        self.newest[name] = next(self._ids)
        return self.newest[name]

    def answer(self, event: EngineEvent) -> None:
        """Answer as the real engine does; joined, so that a test need not wait for the thread."""
        thread = threading.Thread(target=self.listener, args=(event,))
        thread.start()
        thread.join()


class FakePrivacy:
    """Implements `PrivacyApi`; `storage` and `consents` are what it gives to those who ask."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self.storage = Storage(Path("people.metaface"), 20_480, 0, 0, 0, is_encrypted=True)
        self.consents: dict[PersonId, tuple[Consent, ...]] = {}

    def extend(self, person_ids: Sequence[PersonId]) -> RequestId:
        return self._recorder.note("extend", tuple(person_ids))

    def delete_expired(self) -> RequestId:
        return self._recorder.note("delete_expired")

    def write_report(self, person_id: PersonId, path: Path, *, may_replace: bool = False) -> RequestId:
        return self._recorder.note("write_report", person_id, path, may_replace)

    def forget_everything(self) -> RequestId:
        return self._recorder.note("forget_everything")

    def load_storage(self) -> RequestId:
        request = self._recorder.give_id("load_storage")
        self._recorder.answer(StorageRead(request, self.storage))
        return request

    def load_consents(self, person_id: PersonId) -> RequestId:
        request = self._recorder.note("load_consents", person_id)
        self._recorder.answer(ConsentsRead(request, person_id, self.consents.get(person_id, ())))
        return request


class FakeEngine:
    """Implements `EngineApi`; `calls` holds the requests in their order, `shots` what `load_shots` gives.

    `terms` holds what people were enrolled on, in the order of those requests; `under_passphrase` which files need one.
    """

    def __init__(self) -> None:
        self.recorder = Recorder()
        self.terms: list[Terms | None] = []
        self.privacy = FakePrivacy(self.recorder)
        self.shots: dict[PersonId, tuple[Shot, ...]] = {}
        self.under_passphrase: set[Path] = set()
        self._preview: LatestSlot[Frame] = LatestSlot()

    @property
    def preview(self) -> LatestSlot[Frame]:
        return self._preview

    @property
    def calls(self) -> list[Call]:
        return self.recorder.calls

    def request_of(self, name: str) -> RequestId:
        """The id of the newest request by that name."""
        return self.recorder.newest[name]

    def calls_of(self, name: str) -> list[tuple[object, ...]]:
        """The arguments of every call of that method so far."""
        return [call.args for call in self.calls if call.name == name]

    def send_frame(self, listener: EngineListener, frame: Frame) -> None:
        """Do what the capture thread does with a frame."""
        if self._preview.put(frame):
            listener(FrameReady())

    def _note(self, name: str, *args: object) -> RequestId:
        return self.recorder.note(name, *args)

    def open_source(self, spec: SourceSpec) -> None:
        self._note("open_source", spec)

    def close_source(self) -> None:
        self._note("close_source")

    def set_paused(self, paused: bool) -> None:
        self._note("set_paused", paused)

    def seek(self, index: int) -> None:
        self._note("seek", index)

    def set_looping(self, loops: bool) -> None:
        self._note("set_looping", loops)

    def set_environment(self, setting: EnvironmentSetting) -> None:
        self._note("set_environment", setting)

    def set_detector(self, key: str) -> None:
        self._note("set_detector", key)

    def set_embedder(self, key: str) -> None:
        self._note("set_embedder", key)

    def set_device(self, name: str) -> None:
        self._note("set_device", name)

    def set_learner(self, key: str) -> None:
        self._note("set_learner", key)

    def set_fpir(self, fpir: float) -> None:
        self._note("set_fpir", fpir)

    def set_compared(self, keys: Sequence[str]) -> None:
        self._note("set_compared", tuple(keys))

    def set_use_room(self, use: bool) -> None:
        self._note("set_use_room", use)

    def adapt_to_room(self) -> None:
        self._note("adapt_to_room")

    def undo_room(self) -> None:
        self._note("undo_room")

    def set_hyperparameters(self, learner: str, settings: object | None) -> None:
        self._note("set_hyperparameters", learner, settings)

    def reset_comparison(self) -> None:
        self._note("reset_comparison")

    def set_sides(self, sides: tuple[Side, ...]) -> None:
        self._note("set_sides", sides)

    def set_map_learner(self, key: str | None) -> None:
        self._note("set_map_learner", key)

    def self_test(self) -> RequestId:
        return self._note("self_test")

    def explain_track(self, track_id: int) -> RequestId:
        return self._note("explain_track", track_id)

    def confirm_track(self, track_id: int, person_id: PersonId) -> RequestId:
        return self._note("confirm_track", track_id, person_id)

    def reject_track(self, track_id: int, person_id: PersonId) -> RequestId:
        return self._note("reject_track", track_id, person_id)

    def start_session(self, folder: Path) -> None:
        self._note("start_session", folder)

    def stop_session(self) -> None:
        self._note("stop_session")

    def save_snapshot(self, path: Path) -> None:
        self._note("save_snapshot", path)

    def fetch_weights(self, name: str) -> RequestId:
        return self._note("fetch_weights", name)

    def start_recording(self) -> None:
        self._note("start_recording")

    def stop_recording(self) -> None:
        self._note("stop_recording")

    def add_enrollment_files(self, paths: Sequence[Path]) -> RequestId:
        return self._note("add_enrollment_files", tuple(paths))

    def remove_enrollment_shot(self, shot_id: int) -> None:
        self._note("remove_enrollment_shot", shot_id)

    def undo_enrollment(self) -> None:
        self._note("undo_enrollment")

    def discard_enrollment(self) -> None:
        self._note("discard_enrollment")

    def enroll(
        self,
        name: str,
        *,
        person_id: PersonId | None,
        consent_given: bool,
        terms: Terms | None = None,
        is_sure: bool = False,
    ) -> RequestId:
        self.terms.append(terms)
        return self._note("enroll_surely" if is_sure else "enroll", name, person_id, consent_given)

    def name_track(
        self,
        track_id: int,
        name: str,
        *,
        person_id: PersonId | None,
        consent_given: bool,
        terms: Terms | None = None,
        not_id: PersonId | None = None,
        is_sure: bool = False,
    ) -> RequestId:
        self.terms.append(terms)
        wrong = () if not_id is None else (not_id,)
        asked = "name_track_surely" if is_sure else "name_track"
        return self._note(asked, track_id, name, person_id, consent_given, *wrong)

    def name_unknown(
        self,
        group_id: int,
        name: str,
        *,
        person_id: PersonId | None,
        consent_given: bool,
        terms: Terms | None = None,
        is_sure: bool = False,
    ) -> RequestId:
        self.terms.append(terms)
        asked = "name_unknown_surely" if is_sure else "name_unknown"
        return self._note(asked, group_id, name, person_id, consent_given)

    def dismiss_unknown(self, group_id: int) -> None:
        self._note("dismiss_unknown", group_id)

    def rename_person(self, person_id: PersonId, name: str) -> RequestId:
        return self._note("rename_person", person_id, name)

    def merge_people(self, into_id: PersonId, from_id: PersonId) -> RequestId:
        return self._note("merge_people", into_id, from_id)

    def delete_person(self, person_id: PersonId) -> RequestId:
        return self._note("delete_person", person_id)

    def delete_shot(self, shot_id: int) -> RequestId:
        return self._note("delete_shot", shot_id)

    def undo(self, token: int) -> RequestId:
        return self._note("undo", token)

    def load_shots(self, person_id: PersonId) -> RequestId:
        request = self._note("load_shots", person_id)
        self.recorder.answer(ShotsRead(request, person_id, self.shots.get(person_id, ())))
        return request

    def export_gallery(self, path: Path, *, passphrase: str | None = None) -> RequestId:
        return self._note("export_gallery", path, passphrase)

    def load_needs_passphrase(self, path: Path) -> RequestId:
        request = self.recorder.give_id("load_needs_passphrase")
        self.recorder.answer(ImportLookedAt(request, path in self.under_passphrase))
        return request

    def import_gallery(self, path: Path, *, passphrase: str | None = None) -> RequestId:
        return self._note("import_gallery", path, passphrase)

    def cancel_job(self, job_id: int) -> None:
        self._note("cancel_job", job_id)


def make_frame(width: int = 1280, height: int = 720, index: int = 0, captured_ns: int | None = None) -> Frame:
    """A frame of smooth colours, taken now unless told otherwise."""
    image = np.empty((height, width, 3), np.uint8)
    image[..., 0] = np.linspace(60, 110, width, dtype=np.uint8)
    image[..., 1] = np.linspace(50, 90, height, dtype=np.uint8)[:, None]
    image[..., 2] = 60
    return Frame(image, index, index / 30.0, time.monotonic_ns() if captured_ns is None else captured_ns)


def make_face(
    track_id: int,
    box_xyxy: tuple[float, float, float, float] = (500.0, 200.0, 700.0, 440.0),
    name: str | None = None,
    *,
    person_id: PersonId | None = None,
    score: float = 0.62,
    threshold: float = 0.41,
    issues: tuple[QualityIssue, ...] = (),
    per_learner: Mapping[str, Identification] | None = None,
) -> TrackedFace:
    """A tracked face: of a person where `name` is given (its id is the track's unless told), else Unknown."""
    x1, y1, x2, y2 = box_xyxy
    if name is not None and person_id is None:
        person_id = track_id
    points = [(0.3, 0.4), (0.7, 0.4), (0.5, 0.6), (0.35, 0.8), (0.65, 0.8)]
    landmarks = np.array([(x1 + u * (x2 - x1), y1 + v * (y2 - y1)) for u, v in points], np.float32)
    return TrackedFace(
        track_id=track_id,
        box_xyxy=np.array(box_xyxy, np.float32),
        landmarks=landmarks,
        confidence=0.97,
        identification=Identification(person_id, name, score, threshold, person_id, name),
        quality=FaceQuality(float(np.sqrt((x2 - x1) * (y2 - y1))), 120.0, 80.0, 0.9, 0.8, issues),
        embedding=np.eye(1, 128, track_id % 128, dtype=np.float32)[0],
        per_learner=per_learner or {},
    )


def make_result(*faces: TrackedFace, frame: Frame | None = None) -> ResultReady:
    """The event that brings these faces, found in `frame`."""
    frame = frame or make_frame()
    return ResultReady(FrameResult(frame, faces, StageTimes(5.5, 7.0, 0.3), frame.captured_ns + 15_000_000))
