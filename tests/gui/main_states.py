"""The states in which a user meets the main window, each brought about by what the engine would say."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from metaface_gui.engine.events import (
    Adapted,
    ComparisonChanged,
    EngineEvent,
    EngineStats,
    Explained,
    JobChanged,
    LikelyPairsFound,
    MapChanged,
    ModelsChanged,
    ModelState,
    RoomChanged,
    RoomEvaluated,
    SelfTested,
    SourceChanged,
    SourceState,
    StrangersHere,
    Trouble,
    UnknownsChanged,
)
from metaface_gui.engine.people.findings import LikelyPair, Taken
from metaface_gui.engine.studio.comparison import LearnerTally
from metaface_gui.errors import DeviceError, SourceError
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.main_window import MainWindow
from metaface_gui.pipeline.recognition.room_share import LetThrough
from metaface_gui.types import QualityIssue
from tests.gui.fakes import FakeEngine, make_frame, make_result
from tests.gui.panels.samples import enrollment, gallery, person, unknown
from tests.gui.studio.explanations import embedding_map, explained
from tests.gui.studio.test_report_page import report
from tests.gui.verdict_fakes import KEYS, compared_face

LONG_NAME = "Wolfeschlegelsteinhausenbergerdorff-Ó Raghallaigh, Maximiliane Henriette"
MEASURED = RoomEvaluated(
    KEYS[0],
    3,
    40,
    now=StrangersHere(0.52, LetThrough(0.004, 0.012, 0.03)),
    before=StrangersHere(0.41, LetThrough(0.12, 0.31, 0.62)),
)
SOURCE = "Integrated Webcam HD: a very long name of a device (0)"


class Scene:
    """A window over a fake engine, and ways to bring it somewhere."""

    def __init__(self, window: MainWindow, engine: FakeEngine, bridge: EngineBridge) -> None:
        self.window, self.engine, self.bridge = window, engine, bridge

    def say(self, *events: EngineEvent) -> None:
        """Send events as the engine does, and have the window hear them."""
        for event in events:
            self.bridge(event)
        QApplication.sendPostedEvents(self.bridge)
        QApplication.processEvents()

    def go(self, state: str) -> None:
        """Bring the window into one of `STATES`."""
        STATES[state](self)
        for _layouts_within_layouts in range(4):
            QApplication.processEvents()

    def home(self) -> None:
        """Close what a state opened."""
        window = self.window
        window.help.tour.end()
        while window.toasts.toast is not None:
            window.toasts.dismiss()
        window.stage.set_presenting(False)
        window.stage.set_split(False)
        window.stage.method.set_settings_open(False)
        window.commands.studio.setChecked(False)
        window.side.open_key("people")
        self.say(enrollment(), *(JobChanged(number, "", None, is_finished=True) for number in (1, 2)))

    def live(self, n_methods: int = 1) -> None:
        """A source that runs, two faces in the picture, three people enrolled."""
        compared = KEYS[1:n_methods]
        people = (person(1, "alex"), person(2, LONG_NAME, shots=12), person(3, "rose", shots=1))
        self.say(
            ModelsChanged(ModelState.READY, "yunet", "sface-2021dec", "cuda:0", KEYS[0], 0.01, compared=compared),
            gallery(*people),
            *(Adapted(key, 3, 18, 12.5, is_primary=key == KEYS[0]) for key in (KEYS[0], *compared)),
            SourceChanged(SourceState.RUNNING, SOURCE, is_mirrored=True),
        )
        frame = make_frame()
        self.engine.show_frame(frame, self.window)
        faces = (
            compared_face(4, (200.0, 160.0, 400.0, 420.0), "alex", n_methods, {KEYS[-1]: None}),
            compared_face(9, (800.0, 120.0, 1000.0, 380.0), LONG_NAME, n_methods),
        )
        self.say(make_result(*faces, frame=frame), EngineStats(29.9, 24.8, 41.0, 3, 0, "cuda:0"))


def _empty(scene: Scene) -> None:
    scene.say(ModelsChanged(ModelState.READY, "yunet", "sface-2021dec", "cpu", KEYS[0], 0.01))


def _failed(scene: Scene) -> None:
    text = "The camera {camera} is in use by another program. Close that program, then try again; or choose another."
    scene.say(SourceChanged(SourceState.FAILED, SOURCE, error=SourceError(text, camera=0)))


def _lost(scene: Scene) -> None:
    scene.live()
    error = SourceError("{title} gives no pictures any more. Plug it in again.", title=SOURCE)
    scene.say(SourceChanged(SourceState.RECONNECTING, SOURCE, error=error))


def _live(scene: Scene) -> None:
    scene.live()
    scene.window.side.open_key("people")


def _enrolling(scene: Scene) -> None:
    scene.live()
    scene.window.commands.enroll.trigger()
    scene.say(enrollment(1, 2, 3, is_recording=True, guidance=QualityIssue.SEVERAL_FACES))


def _enrolled_files(scene: Scene) -> None:
    scene.live()
    scene.window.commands.enroll.trigger()
    refused = (("a picture with a long name.jpg", QualityIssue.BLURRED), ("b.jpg", QualityIssue.NO_FACE))
    scene.say(enrollment(*range(1, 8), refused=refused, can_undo=True))


def _unknown(scene: Scene) -> None:
    scene.live()
    scene.window.side.open_key("unknown")
    scene.say(UnknownsChanged(tuple(unknown(number, count=120 * number) for number in range(1, 6))))


def _controls(scene: Scene) -> None:
    scene.live()
    scene.window.side.open_key("controls")


def _busy(scene: Scene) -> None:
    scene.live()
    scene.say(JobChanged(1, "Downloading weights", 0.42), JobChanged(2, "Testing all methods", None))
    scene.window.jobs_bar._refresh()
    text = "The graphics card's memory is full. MetaFace continues on the processor."
    scene.say(Trouble(DeviceError(text)))


def _page(key: str, *events: EngineEvent) -> Callable[[Scene], None]:
    def go(scene: Scene) -> None:
        scene.live()
        if key:
            scene.window.stage.open_page(key)
        scene.say(*events)

    return go


def _comparing(scene: Scene) -> None:
    scene.live(len(KEYS))
    scene.window.stage.open_page("compare")
    tallies = tuple(LearnerTally(key, 80, 20, 3, 12.5, 90, 100, 70, 80) for key in KEYS)
    scene.say(ComparisonChanged(tallies, 1400, 83.0))


def _why(scene: Scene) -> None:
    scene.live()
    scene.window.stage.explain(4)
    explanation = explained(scores=(("alex", 0.71), (LONG_NAME, 0.31), ("rose", 0.02)))
    scene.say(Explained(scene.engine.request_of("studio.explain_track"), 4, explanation))


def _pair(scene: Scene) -> None:
    scene.live()
    scene.window.side.open_key("people")
    scene.say(Adapted(KEYS[0], 3, 18, 12.5, is_primary=True))
    QApplication.sendEvent(scene.window.side.people, QEvent(QEvent.Type.Leave))  # the pointer of the state before
    pair = LikelyPair(1, 2, Taken(5, 5), Taken(11, 12), 0.2)
    scene.say(LikelyPairsFound(scene.engine.request_of("people.find_likely_pairs"), (pair,)))


def _split(scene: Scene) -> None:
    scene.live(3)
    scene.window.commands.split.trigger()


def _presenting(scene: Scene) -> None:
    scene.live(3)
    scene.window.stage.set_presenting(True)


def _tour(scene: Scene) -> None:
    scene.live()
    scene.window.help.tour.start()


def _settings(scene: Scene) -> None:
    scene.live()
    scene.window.stage.open_page("method")
    scene.window.stage.method.set_settings_open(True)


STATES: Mapping[str, Callable[[Scene], None]] = MappingProxyType(
    {
        "empty": _empty,
        "failed": _failed,
        "lost": _lost,
        "live": _live,
        "enrolling": _enrolling,
        "enrolled from files": _enrolled_files,
        "unknown": _unknown,
        "controls": _controls,
        "busy": _busy,
        "method": _page("method"),
        "settings": _settings,
        "comparing": _comparing,
        "map": _page("map", MapChanged(embedding_map("alex", LONG_NAME, "rose"))),
        "why": _why,
        "report, empty": _page("report"),
        "report": _page("report", SelfTested(report(people=("alex", "rose")))),
        "room": _page("room", RoomChanged(120, 40, can_undo=True), MEASURED),
        "pair": _pair,
        "split": _split,
        "tour": _tour,
    }
)
"""By name; the sequence is that in which a user meets them."""


def state_names() -> Sequence[str]:
    """All states, for `pytest.mark.parametrize`."""
    return tuple(STATES)
