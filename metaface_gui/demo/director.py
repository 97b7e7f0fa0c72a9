"""Plays the demo by itself: enrols, watches, compares the methods, corrects, changes the room, tests them, and says
what it measured.

It asks the engine for just what a user's clicks ask for, so what it shows and counts is the real path.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from enum import Enum
from functools import partial
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Qt, QTimer, Signal

from metaface_gui.demo.summary import DemoPersonFiles, DemoSummary
from metaface_gui.demo.tally import DemoTally, face_of, moments, tally_frame
from metaface_gui.demo.walk import ROOM_SCREENSHOTS, RoomFigures, RoomWalk
from metaface_gui.engine.adaptation.room_trial import OnRooms, RoomTable
from metaface_gui.engine.api import EngineApi
from metaface_gui.engine.events import (
    Adapted,
    ComparisonChanged,
    EngineStats,
    EnrollmentChanged,
    Explained,
    GalleryChanged,
    MapChanged,
    ModelsChanged,
    RequestEnded,
    ResultReady,
    SelfTested,
    Undoable,
)
from metaface_gui.engine.people.gallery_editor import Enrollee
from metaface_gui.engine.studio.comparison import LearnerTally
from metaface_gui.errors import QT_TRANSLATE_NOOP, KnownError
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.main_window import MainWindow
from metaface_gui.gui.window_picture import save_picture
from metaface_gui.i18n import translate
from metaface_gui.metalearning.self_test import SelfTestReport
from metaface_gui.pipeline.capture.demo.script import DEMO_SCRIPT
from metaface_gui.pipeline.capture.specification import SourceSpec
from metaface_gui.pipeline.learners import LEARNERS
from metaface_gui.types import FrameResult, RequestId, TrackedFace

_PATIENCE_MS = 60_000
_LOOKS_WORTH_WAITING = 400
"""So many frames must have been looked at in vain, too, before the demo gives up: a busy machine may need minutes."""
_LONGEST_MS = 1_800_000
_SHOTS_TO_RECORD = 3
_PAINT_MS = 150
_UNDO_BEFORE_NS = 5_000_000_000
"""So long before it expires something is undone, whether it was photographed or not: a busy machine takes its time."""
_SETTLE_MS = 500
"""Until a page has painted the answer that it waited for, with what glides on it at rest."""
_LIVE_S = 5.0
"""How long is watched before all methods are counted, of a long demo; of a short one a quarter."""
_GUEST = "Guest"
_STRANGER_S = next(phase.start_s for phase in DEMO_SCRIPT.phases if phase.name == "stranger")
_AT_THE_STRANGER = SourceSpec.demo(_STRANGER_S)
_WALK_S = _STRANGER_S - 6.0
_BEFORE_THE_WALK = SourceSpec.demo(_WALK_S - 1.3)
"""However long all before took: whoever waits for the next round's stranger waits up to forty seconds. The walk through
the rooms wants them seven seconds after it began, and people who have been recognised in the light."""
SCREENSHOTS = (
    "1-empty",
    "2-enrolling",
    "3-recognised",
    "4-together",
    "5-stranger",
    "6-map",
    "7-why",
    "8-compare",
    "9-corrected",
    "10-guest",
    "11-report",
    *ROOM_SCREENSHOTS,
)
"""Names of all that a demo takes."""
_MOMENTS = frozenset({"4-together", "5-stranger"})
"""Those of them that are taken when the scene brings them; it does so once a round."""


class _Step(Enum):
    EMPTY = QT_TRANSLATE_NOOP("Demo", "waiting for a face")
    RECORDING = QT_TRANSLATE_NOOP("Demo", "recording")
    SAVING = QT_TRANSLATE_NOOP("Demo", "saving")
    NAMING = QT_TRANSLATE_NOOP("Demo", "waiting for the name")
    STILLS = QT_TRANSLATE_NOOP("Demo", "reading pictures")
    WATCHING = QT_TRANSLATE_NOOP("Demo", "watching")
    ADAPTING = QT_TRANSLATE_NOOP("Demo", "adapting all methods")
    COMPARING = QT_TRANSLATE_NOOP("Demo", "comparing")
    REJECTING = QT_TRANSLATE_NOOP("Demo", "correcting")
    DENIED = QT_TRANSLATE_NOOP("Demo", "waiting for the correction")
    UNDOING = QT_TRANSLATE_NOOP("Demo", "undoing")
    WALKING = QT_TRANSLATE_NOOP("Demo", "walking through rooms")
    GREETING = QT_TRANSLATE_NOOP("Demo", "waiting for the stranger")
    GREETED = QT_TRANSLATE_NOOP("Demo", "naming the stranger")
    TESTING = QT_TRANSLATE_NOOP("Demo", "testing the methods")
    ROOMS = QT_TRANSLATE_NOOP("Demo", "trying the methods in other rooms")
    DONE = QT_TRANSLATE_NOOP("Demo", "done")


_JOBS = (_Step.TESTING, _Step.ROOMS)
"""Steps that wait for a job, however long it takes."""


class DemoDirector(QObject):
    """Steps through the demo on the GUI thread as the engine's events come in; `finished` carries the `DemoSummary`.

    `failed` carries a `KnownError` when nothing happens for a minute in which the machine had time for it. `window` is
    asked each time, as another language brings another one.
    """

    finished = Signal(object)
    failed = Signal(object)
    _rooms_tried = Signal(object)

    def __init__(
        self,
        engine: EngineApi,
        bridge: EngineBridge,
        window: Callable[[], MainWindow],
        people: Sequence[DemoPersonFiles],
        *,
        try_rooms: Callable[[OnRooms], RequestId],
        watch_s: float,
        out_dir: Path | None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._engine, self._window = engine, window
        self._people = {person.name: person for person in people}
        self._to_enroll = list(self._people)
        self._watch_s = watch_s
        self._out_dir = out_dir
        self._step = _Step.EMPTY
        self._tally = DemoTally()
        self._methods: tuple[LearnerTally, ...] = ()
        self._report: SelfTestReport | None = None
        self._try_rooms = try_rooms
        self._walked: RoomFigures | None = None
        self._rooms: RoomTable | None = None
        self._walk = RoomWalk(engine.source, engine.room, bridge, self._screenshot, self)
        self._walk.finished.connect(self._on_walk_over)
        # Emitted on a worker's thread, heard on this one.
        self._rooms_tried.connect(self._on_rooms_tried, Qt.ConnectionType.QueuedConnection)
        self._fps: list[EngineStats] = []
        self._screenshots: list[Path] = []
        self._seen_moments: set[str] = set()
        self._learner = ""
        self._request: RequestId | None = None
        self._n_shots = 0
        self._current = ""
        self._undoable: Undoable | None = None
        self._asked_at = 0.0
        self._named_after_ms = self._corrected_ms = self._guest_named_ms = 0.0
        self._began = self._until = 0.0
        self._adapted: set[str] = set()
        self._tour = [(0.35, self._show_map), (0.65, self._show_why)]
        self._awaits = ""
        self._patience = QTimer(self, interval=_PATIENCE_MS, singleShot=True)
        self._patience.timeout.connect(self._wait_or_give_up)
        self._looks = 0
        self._entered = time.monotonic()
        bridge.result_ready.connect(self._on_result)
        bridge.enrollment_changed.connect(self._on_enrollment)
        bridge.request_ended.connect(self._on_request_ended)
        bridge.gallery_changed.connect(self._on_gallery)
        bridge.models_changed.connect(self._on_models)
        bridge.adapted.connect(self._on_adapted)
        bridge.comparison_changed.connect(self._on_comparison)
        bridge.map_changed.connect(self._on_map)
        bridge.explained.connect(self._on_explained)
        bridge.undoable.connect(self._on_undoable)
        bridge.self_tested.connect(self._on_self_tested)
        bridge.stats.connect(self._on_stats)

    def start(self) -> None:
        """Begin; the demo scene must be the engine's source."""
        self._patience.start()

    def _on_result(self, event: ResultReady) -> None:
        acts: dict[_Step, Callable[[FrameResult], None]] = {
            _Step.EMPTY: self._begin_recording,
            _Step.RECORDING: self._watch_recording,
            _Step.NAMING: self._wait_for_name,
            _Step.WATCHING: self._watch,
            _Step.ADAPTING: self._wait_for_all,
            _Step.COMPARING: self._compare,
            _Step.REJECTING: self._reject,
            _Step.DENIED: self._wait_for_denial,
            _Step.UNDOING: self._wait_for_the_name_again,
            _Step.WALKING: self._walk_on,
            _Step.GREETING: self._greet,
            _Step.GREETED: self._wait_for_guest,
        }
        self._looks += 1
        act = acts.get(self._step)
        if act is not None:
            act(event.result)

    # Enrol ----------------------------------------------------------------------------------------------------------

    def _begin_recording(self, result: FrameResult) -> None:
        """Record the first person of the scene as soon as they are alone."""
        alone = [truth.person for truth in result.frame.truth]
        if len(alone) == len(result.faces) == 1 and alone[0] in self._people:
            self._current = alone[0]
            self._go(_Step.RECORDING)
            self._screenshot("1-empty", self._start_recording)

    def _start_recording(self) -> None:
        self._window().side.open_key("enroll")
        self._engine.enrollment.start()

    def _watch_recording(self, result: FrameResult) -> None:
        """End it once somebody else comes: on a busy machine it would go on until they are alone, and take them in."""
        if [truth.person for truth in result.frame.truth] == [self._current]:
            return
        if self._n_shots:
            self._end_recording()
        else:
            self._engine.enrollment.discard()
            self._go(_Step.EMPTY)

    def _on_enrollment(self, event: EnrollmentChanged) -> None:
        self._n_shots = len(event.shots)
        if self._step is _Step.RECORDING and self._n_shots >= _SHOTS_TO_RECORD:
            self._end_recording()

    def _end_recording(self) -> None:
        self._go(_Step.SAVING)
        self._engine.enrollment.stop()
        self._screenshot("2-enrolling", self._save)

    def _on_request_ended(self, event: RequestEnded) -> None:
        if event.request_id != self._request:
            return
        if self._step is _Step.STILLS:
            self._save()
        elif self._step in _JOBS and event.error is not None:
            self._patience.stop()
            self.failed.emit(event.error)

    def _save(self) -> None:
        self._window().side.open_key("people")
        self._go(_Step.NAMING)
        self._to_enroll.remove(self._current)
        self._asked_at = time.perf_counter()
        self._engine.enrollment.save(Enrollee(self._current, consent_given=True, is_sure=True))

    def _wait_for_name(self, result: FrameResult) -> None:
        if not self._named_after_ms and any(face.identification.name == self._current for face in result.faces):
            self._named_after_ms = self._since_asked_ms()
            self._screenshot("3-recognised")
            self._next_person()

    def _on_gallery(self, event: GalleryChanged) -> None:
        names = {person.name for person in event.snapshot.people}
        if self._step is _Step.NAMING and self._named_after_ms and self._current in names:
            self._next_person()

    def _next_person(self) -> None:
        if self._to_enroll:
            self._current = self._to_enroll[0]
            self._go(_Step.STILLS)
            # By now, so that what the methods load once is there when they are wanted.
            self._engine.models.set_compared([key for key in LEARNERS if key != self._learner])
            self._request = self._engine.enrollment.add_files(self._people[self._current].stills)
        else:
            self._watch_for(min(_LIVE_S, self._watch_s / 4.0))
            self._go(_Step.WATCHING)

    # Live, then all methods on the same frames ----------------------------------------------------------------------

    def _watch(self, result: FrameResult) -> None:
        if self._look_at(result):
            self._go(_Step.ADAPTING)
            self._window().stage.open_page("compare")

    def _wait_for_all(self, _result: FrameResult) -> None:
        """Begin the tallies once every method has adapted, so that all count the same frames."""
        if self._adapted >= set(LEARNERS):
            self._engine.studio.reset_comparison()
            self._watch_for(self._watch_s - min(_LIVE_S, self._watch_s / 4.0))
            self._go(_Step.COMPARING)

    def _compare(self, result: FrameResult) -> None:
        is_over = self._look_at(result)
        share = (time.monotonic() - self._began) / max(self._until - self._began, 1e-9)
        if self._awaits:
            return
        if self._tour:
            due, show = self._tour[0]
            if share >= due and show(result):
                self._tour.pop(0)
        elif is_over and len(self._methods) == len(LEARNERS):
            self._window().stage.open_page("compare")
            self._go(_Step.REJECTING)
            self._screenshot("8-compare")

    def _look_at(self, result: FrameResult) -> bool:
        """Count one frame, photograph what is worth it; whether this part of the demo is over."""
        self._patience.start()
        self._tally = tally_frame(self._tally, result)
        self._photograph_moments(result)
        return time.monotonic() >= self._until

    def _photograph_moments(self, result: FrameResult) -> bool:
        """Photograph what was not seen before; whether there was something."""
        new = moments(result) - self._seen_moments
        for kind in new:
            self._seen_moments.add(kind)
            self._screenshot(kind)
        return bool(new)

    def _show_map(self, result: FrameResult) -> bool:
        if result.faces:
            self._awaits = "6-map"
            self._window().stage.open_page("map")
        return bool(result.faces)

    def _show_why(self, result: FrameResult) -> bool:
        named = self._somebody(result)
        if named is not None:
            self._awaits = "7-why"
            self._window().stage.explain(named.track_id)
        return named is not None

    def _on_map(self, event: MapChanged) -> None:
        if event.map is not None and self._awaits == "6-map":
            self._photograph_answer()

    def _on_explained(self, _event: Explained) -> None:
        if self._awaits == "7-why":
            self._photograph_answer()

    def _photograph_answer(self) -> None:
        name = self._awaits

        def photograph() -> None:
            if self._awaits == name:  # an answer may come twice, and by now another one be awaited
                self._screenshot(name)
                self._awaits = ""

        QTimer.singleShot(_SETTLE_MS, self, photograph)

    # Correct --------------------------------------------------------------------------------------------------------

    def _reject(self, result: FrameResult) -> None:
        """Claim of somebody rightly named that it is not they: the name must go at once."""
        named = self._somebody(result)
        if named is not None and named.identification.person_id is not None and named.identification.name is not None:
            self._current = named.identification.name
            self._undoable = None
            self._asked_at = time.perf_counter()
            self._engine.faces.reject_track(named.track_id, named.identification.person_id)
            self._go(_Step.DENIED)

    def _wait_for_denial(self, result: FrameResult) -> None:
        """Photograph the face without its name, then undo; who has left by then may come back too late for that."""
        undoable = self._undoable
        if undoable is None:
            return
        face = face_of(result, self._current)
        undo = partial(self._engine.people.undo, undoable.token)
        if face is not None and face.identification.name != self._current:
            self._corrected_ms = self._since_asked_ms()
            self._go(_Step.UNDOING)
            self._screenshot("9-corrected", undo)
        elif time.monotonic_ns() > undoable.expires_ns - _UNDO_BEFORE_NS:
            undo()
            self._go(_Step.REJECTING)

    def _wait_for_the_name_again(self, result: FrameResult) -> None:
        face = face_of(result, self._current)
        if face is not None and face.identification.name == self._current:
            self._window().stage.open_page("room")
            self._go(_Step.WALKING)
            self._engine.source.open(_BEFORE_THE_WALK)

    def _walk_on(self, result: FrameResult) -> None:
        if self._walk.has_begun:
            self._walk.look(result)
        elif result.faces and result.frame.time_s % DEMO_SCRIPT.duration_s >= _WALK_S:
            self._walk.start()

    def _on_walk_over(self, figures: RoomFigures) -> None:
        self._walked = figures
        self._go(_Step.GREETING)
        self._engine.source.open(_AT_THE_STRANGER)

    def _greet(self, result: FrameResult) -> None:
        """Give the stranger a name as soon as they come by, once all else of the scene was photographed."""
        if self._photograph_moments(result):
            return  # on a busy machine it did not come by while it watched; as it is, not with a name
        stranger = face_of(result, None)
        if self._seen_moments >= _MOMENTS and stranger is not None and not stranger.quality.issues:
            self._asked_at = time.perf_counter()
            self._engine.faces.name_track(stranger.track_id, Enrollee(_GUEST, consent_given=True, is_sure=True))
            self._go(_Step.GREETED)

    def _wait_for_guest(self, result: FrameResult) -> None:
        stranger = face_of(result, None)
        if stranger is not None and stranger.identification.name == _GUEST:
            self._guest_named_ms = self._since_asked_ms()
            self._go(_Step.TESTING)
            self._screenshot("10-guest", self._test)

    # Report ---------------------------------------------------------------------------------------------------------

    def _test(self) -> None:
        report = self._window().stage.report
        self._window().stage.open_page("report")
        self._request = self._engine.studio.self_test()
        report.follow(self._request)

    def _on_self_tested(self, event: SelfTested) -> None:
        if self._step is _Step.TESTING:
            self._report = event.report
            self._go(_Step.ROOMS)
            self._screenshot("11-report", self._visit_rooms)

    def _visit_rooms(self) -> None:
        # Nothing happens on the stage any more, and drawing it takes half of the time.
        self._engine.source.set_paused(True)
        self._request = self._try_rooms(self._rooms_tried.emit)

    def _on_rooms_tried(self, table: RoomTable) -> None:
        if self._step is _Step.ROOMS:
            self._rooms = table
            self._go(_Step.DONE)
            self._patience.stop()
            self._engine.source.set_paused(False)
            self._finish()

    def _finish(self) -> None:
        if self._report is None:
            raise RuntimeError("the demo cannot end before its report")
        rates = np.array([(s.preview_fps, s.inference_fps, s.latency_ms) for s in self._fps] or [(0.0, 0.0, 0.0)])
        preview, inference, latency = np.median(rates, axis=0)
        summary = DemoSummary(
            tally=self._tally,
            methods=self._methods,
            report=self._report,
            enroll_to_named_ms=self._named_after_ms,
            corrected_ms=self._corrected_ms,
            guest_named_ms=self._guest_named_ms,
            preview_fps=float(preview),
            inference_fps=float(inference),
            latency_ms=float(latency),
            screenshots=tuple(self._screenshots),
            not_taken=self._not_taken(),
            walk=self._walked,
            rooms=self._rooms,
        )
        self.finished.emit(summary)

    def _not_taken(self) -> tuple[str, ...]:
        if self._out_dir is None:
            return ()
        taken = {path.stem for path in self._screenshots}
        return tuple(name for name in SCREENSHOTS if name not in taken)

    # What the engine tells besides ----------------------------------------------------------------------------------

    def _on_models(self, event: ModelsChanged) -> None:
        self._learner = event.learner

    def _on_adapted(self, event: Adapted) -> None:
        if event.n_people == len(self._people):
            self._adapted.add(event.learner)

    def _on_comparison(self, event: ComparisonChanged) -> None:
        if self._step is _Step.COMPARING:
            self._methods = event.tallies

    def _on_undoable(self, event: Undoable) -> None:
        if self._step is _Step.DENIED:
            self._undoable = event

    def _on_stats(self, event: EngineStats) -> None:
        if self._step in (_Step.WATCHING, _Step.ADAPTING, _Step.COMPARING):
            self._fps.append(event)

    def _somebody(self, result: FrameResult) -> TrackedFace | None:
        """A face of an enrolled person that is named rightly and is well to be seen."""
        found = ((person, face_of(result, person)) for person in self._people)
        right = (face for person, face in found if face is not None and face.identification.name == person)
        return max(
            (face for face in right if not face.quality.issues), key=lambda face: face.quality.size_px, default=None
        )

    def _watch_for(self, seconds: float) -> None:
        self._began = time.monotonic()
        self._until = self._began + seconds

    def _since_asked_ms(self) -> float:
        return (time.perf_counter() - self._asked_at) * 1e3

    def _go(self, step: _Step) -> None:
        self._step = step
        self._looks, self._entered = 0, time.monotonic()
        self._patience.start()

    def _wait_or_give_up(self) -> None:
        """Go on as long as the machine is slow, not stuck: the scene has not come round often enough yet."""
        waited_ms = (time.monotonic() - self._entered) * 1e3
        if waited_ms < _LONGEST_MS and (self._looks < _LOOKS_WORTH_WAITING or self._step in _JOBS):
            self._patience.start()
        else:
            self._give_up()

    def _give_up(self) -> None:
        text = QT_TRANSLATE_NOOP("Errors", "The demo got stuck while {step}. Close other programs and try again.")
        self.failed.emit(KnownError(text, step=translate("Demo", self._step.value)))

    def _screenshot(self, name: str, then: Callable[[], object] = lambda: None) -> None:
        """Take a picture once the window has painted what was just decided, then go on."""

        def grab() -> None:
            if self._out_dir is not None:
                path = self._out_dir / f"{name}.png"
                try:
                    save_picture(self._window(), path)
                except KnownError as error:
                    self._patience.stop()
                    self._step = _Step.DONE  # nothing that comes is looked at any more
                    self.failed.emit(error)
                    return
                self._screenshots.append(path)
            then()

        QTimer.singleShot(_PAINT_MS, self, grab)
