"""An engine that only writes down what it was asked, and frames and results to show: for tests of the window."""

from __future__ import annotations

import inspect
import itertools
import threading
import time
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple, TypeVar, cast

import numpy as np
from PySide6.QtCore import QEventLoop, QMimeData, QObject, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from metaface_gui.engine.api import (
    EnrollmentApi,
    FacesApi,
    JobsApi,
    ModelsApi,
    PeopleApi,
    RecordingApi,
    RoomApi,
    SidesApi,
    SourceApi,
    StudioApi,
)
from metaface_gui.engine.events import (
    ConsentsRead,
    EngineEvent,
    EngineListener,
    FrameReady,
    ImportLookedAt,
    ModelsChanged,
    ModelState,
    ResultReady,
    ShotsRead,
    StorageRead,
)
from metaface_gui.engine.live.latest_slot import LatestSlot
from metaface_gui.engine.people.gallery_editor import Enrollee, Terms
from metaface_gui.engine.people.privacy_api import PrivacyApi, Storage
from metaface_gui.gallery import Consent, Shot
from metaface_gui.gui.live.frame_picture import PictureBuffers, PreparedFrame
from metaface_gui.gui.main_window import MainWindow
from metaface_gui.types import (
    FaceQuality,
    Frame,
    FrameResult,
    Identification,
    PersonId,
    QualityIssue,
    RequestId,
    TrackedFace,
)

_Service = TypeVar("_Service")
_Object = TypeVar("_Object", bound=QObject)
_Widget = TypeVar("_Widget", bound=QWidget)
_NOTHING = object()


class _Named(NamedTuple):
    name: str
    args: tuple[object, ...] = ()


class Call(_Named):
    """One request: "sub-service.method" and its arguments in the method's order, without those left at their defaults.

    Of an `Enrollee` the arguments hold whom and whether they agreed, which is what most tests compare; `enrollee` is
    all of it."""

    enrollee: Enrollee | None = None


class Recorder:
    """Writes requests down, gives each its id, and sends the answers to `listener`.

    `answers` holds, by a request's name, what is said to it: made of its id and its arguments.
    """

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.newest: dict[str, RequestId] = {}
        self.answers: dict[str, Callable[..., Iterable[EngineEvent]]] = {}
        self.listener: EngineListener = lambda _event: None
        self._ids = itertools.count(1)

    def service(self, protocol: Callable[..., _Service], name: str) -> _Service:
        """Something with this protocol's methods, that notes its calls as the protocol's signatures read them."""
        made = SimpleNamespace()
        for key, method in vars(protocol).items():
            if inspect.isfunction(method) and not key.startswith("_"):
                setattr(made, key, self._method(f"{name}.{key}", inspect.signature(partial(method, None))))
        return cast(_Service, made)

    def answer(self, event: EngineEvent) -> None:
        """Answer as the real engine does; joined, so that a test need not wait for the thread."""
        thread = threading.Thread(target=self.listener, args=(event,))
        thread.start()
        thread.join()

    def _method(self, name: str, signature: inspect.Signature) -> Callable[..., RequestId]:
        n_positional = sum(one.kind is one.POSITIONAL_OR_KEYWORD for one in signature.parameters.values())

        def call(first: object = _NOTHING, second: object = _NOTHING, **options: object) -> RequestId:
            # As Qt does with a slot: what a signal carries beyond the slot's arguments is dropped.
            args = [value for value in (first, second)[:n_positional] if value is not _NOTHING]
            bound = signature.bind(*args, **options).arguments
            defaults = {key: one.default for key, one in signature.parameters.items()}
            given = {key: _frozen(value) for key, value in bound.items() if value is not defaults[key]}
            made = Call(name, tuple(_compared(value) for value in given.values()))
            made.enrollee = next((value for value in given.values() if isinstance(value, Enrollee)), None)
            self.calls.append(made)
            request = self.newest[name] = next(self._ids)
            if name in self.answers:
                for event in self.answers[name](request, **given):
                    self.answer(event)
            return request

        return call


def _compared(value: object) -> object:
    return replace(value, terms=None, is_sure=False) if isinstance(value, Enrollee) else value


def agreed(name: str, person_id: PersonId | None = None) -> Enrollee:
    """Whom a test enrols, with their consent, when it is no matter on which terms."""
    return Enrollee(name, person_id, consent_given=True)


def _frozen(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


class FakeEngine:
    """Implements `EngineApi`; `calls` holds the requests in their order.

    `shots`, `storage`, `consents` are what it gives to those who ask; `under_passphrase` are the files that need one.
    """

    def __init__(self) -> None:
        self.recorder = Recorder()
        self.preview: LatestSlot[Frame] = LatestSlot()
        self.source = self.recorder.service(SourceApi, "source")
        self.models = self.recorder.service(ModelsApi, "models")
        self.room = self.recorder.service(RoomApi, "room")
        self.enrollment = self.recorder.service(EnrollmentApi, "enrollment")
        self.faces = self.recorder.service(FacesApi, "faces")
        self.people = self.recorder.service(PeopleApi, "people")
        self.privacy = self.recorder.service(PrivacyApi, "privacy")
        self.studio = self.recorder.service(StudioApi, "studio")
        self.sides = self.recorder.service(SidesApi, "sides")
        self.recording = self.recorder.service(RecordingApi, "recording")
        self.jobs = self.recorder.service(JobsApi, "jobs")
        self.shots: dict[PersonId, tuple[Shot, ...]] = {}
        self.under_passphrase: set[Path] = set()
        self.storage = Storage(Path("people.metaface"), 20_480, 0, 0, 0, is_encrypted=True)
        self.consents: dict[PersonId, tuple[Consent, ...]] = {}
        self.recorder.answers |= {
            "people.load_shots": lambda request, person_id: [
                ShotsRead(request, person_id, self.shots.get(person_id, ()))
            ],
            "people.load_needs_passphrase": lambda request, path: [
                ImportLookedAt(request, path in self.under_passphrase)
            ],
            "privacy.load_storage": lambda request: [StorageRead(request, self.storage)],
            "privacy.load_consents": lambda request, person_id: [
                ConsentsRead(request, person_id, self.consents.get(person_id, ()))
            ],
        }

    @property
    def calls(self) -> list[Call]:
        return self.recorder.calls

    @property
    def terms(self) -> list[Terms | None]:
        """What people were enrolled on, in the order of those requests."""
        return [call.enrollee.terms for call in self.calls if call.enrollee is not None]

    def enrolled(self) -> list[str]:
        """The names that were saved for sure, in the order of those requests."""
        return [call.enrollee.name for call in self.calls if call.enrollee is not None and call.enrollee.is_sure]

    def request_of(self, name: str) -> RequestId:
        """The id of the newest request by that name."""
        return self.recorder.newest[name]

    def calls_of(self, name: str, *, is_sure: bool | None = False) -> list[tuple[object, ...]]:
        """The arguments of every call of that method so far; of those that can be sure, of the sure or unsure ones,
        None: of all."""
        return [
            call.args
            for call in self.calls
            if call.name == name and (call.enrollee is None or is_sure in (None, call.enrollee.is_sure))
        ]

    def show_frame(self, frame: Frame, window: MainWindow) -> None:
        """Do what the capture thread does with a frame, and wait until the window shows it."""
        loop = QEventLoop()  # QSignalSpy.wait would keep Python, and with it the feeder's thread, from running
        window.feeder.ready.connect(loop.quit)
        QTimer.singleShot(30_000, loop, loop.quit)
        if self.preview.put(frame):
            self.recorder.listener(FrameReady())
        loop.exec()
        assert window.live_view.frame is frame, "the frame never came"


def models(
    learner: str = "prototypical", *compared: str, state: ModelState = ModelState.READY, **changes: object
) -> ModelsChanged:
    """What the engine says of its models: who decides, and who runs beside."""
    said = ModelsChanged(state, "yunet", "sface", "cpu", learner, 0.01, compared=compared)
    return replace(said, **changes)  # type: ignore[arg-type]


def on_screen(qtbot: QtBot, widget: _Widget, width: int | None = None, height: int | None = None) -> _Widget:
    """Show a widget, which the test's end closes, and give it the keyboard."""
    qtbot.addWidget(widget)
    widget.resize(width or widget.width(), height or widget.height())
    widget.show()
    widget.activateWindow()
    qtbot.waitUntil(widget.isActiveWindow)
    return widget


def child_of(parent: QObject, kind: type[_Object]) -> _Object:
    """The first of what a widget holds of that kind."""
    found = parent.findChild(kind)
    assert isinstance(found, kind)
    return found


def drop(onto: QWidget, *urls: QUrl) -> None:
    """Let files or addresses go over a widget, which takes them."""
    data = QMimeData()
    data.setUrls(list(urls))
    left, no_key, copy = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.DropAction.CopyAction
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # PySide6 6.12 wants a QPointF, 6.11 has no such overload
        enter = QDragEnterEvent(QPoint(50, 50), copy, data, left, no_key)
    QApplication.sendEvent(onto, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(onto, QDropEvent(QPointF(50, 50), copy, data, left, no_key))


def make_frame(width: int = 1280, height: int = 720, index: int = 0, captured_ns: int | None = None) -> Frame:
    """A frame of smooth colours, taken now unless told otherwise."""
    image = np.empty((height, width, 3), np.uint8)
    image[..., 0] = np.linspace(60, 110, width, dtype=np.uint8)
    image[..., 1] = np.linspace(50, 90, height, dtype=np.uint8)[:, None]
    image[..., 2] = 60
    return Frame(image, index, index / 30.0, time.monotonic_ns() if captured_ns is None else captured_ns)


def prepared(frame: Frame) -> PreparedFrame:
    """A frame as views want it."""
    return PictureBuffers().prepare(frame, frozenset())


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
    return ResultReady(FrameResult(frame, faces, frame.captured_ns + 15_000_000))
