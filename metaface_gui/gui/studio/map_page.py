"""The embedding map: enrolled shots, class vectors, and the faces on screen, in a method's embedding space."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QPushButton, QStackedLayout, QWidget

from metaface_gui.engine.api import PeopleApi, StudioApi
from metaface_gui.engine.events import GalleryChanged, MapChanged, ModelsChanged, ResultReady, ShotsRead
from metaface_gui.gallery import Person
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.learner_words import learner_explanation, learner_short_title, learner_title
from metaface_gui.gui.panels.wording import shots_text
from metaface_gui.gui.studio.map_key import MapKey
from metaface_gui.gui.studio.map_motion import Probe
from metaface_gui.gui.studio.shot_card import ShotCard
from metaface_gui.gui.theme import FontSize, Space
from metaface_gui.gui.widgets.elided_label import ElidedLabel
from metaface_gui.gui.widgets.eliding_combo import ElidingComboBox
from metaface_gui.gui.widgets.empty_note import EmptyNote
from metaface_gui.gui.widgets.layouts import Gap, Stretch, column, row
from metaface_gui.i18n import listed, translate
from metaface_gui.pipeline.learners import LEARNERS
from metaface_gui.pipeline.recognition.embedding_map import EmbeddingMap
from metaface_gui.types import PersonId, RequestId

if TYPE_CHECKING:
    from metaface_gui.gui.studio.map_plot import MapPlot

_FOLLOW = ""
"""The selector's entry that follows the deciding method."""
_REST_MS = 60
"""The pointer must rest this long on a dot before its picture is read, so that sweeping over dots reads none."""
_MOST_PEOPLE_KEPT = 24
"""The encoded pictures of at most this many people are kept for the next time one is pointed at."""


class MapWishes:
    """Selects whose map the engine draws when several pages want one: the newest wish wins."""

    def __init__(self, studio: StudioApi) -> None:
        self._studio = studio
        self._wishes: dict[QWidget, str] = {}
        self._asked: str | None = None

    def wish(self, page: QWidget, learner: str | None) -> None:
        """Set the method whose map this page wants; None: it doesn't want one any more."""
        self._wishes.pop(page, None)
        if learner is not None:
            self._wishes[page] = learner
        wanted = next(reversed(self._wishes.values()), None)
        if wanted != self._asked:
            self._asked = wanted
            self._studio.set_map_learner(wanted)


class MapPage(QWidget):
    """Requests a map only while visible; while it is hidden, neither the engine nor the window does any work."""

    map_shown = Signal(str)
    """Key of the method whose map is shown from now on; "" if there is none."""

    def __init__(
        self,
        studio: StudioApi,
        people: PeopleApi,
        bridge: EngineBridge,
        parent: QWidget | None = None,
        *,
        wishes: MapWishes | None = None,
    ) -> None:
        super().__init__(parent)
        self._load_shots = people.load_shots
        self._wishes = wishes or MapWishes(studio)
        self._letters_px: int = FontSize.SMALL
        self._plot: MapPlot | None = None
        self._deciding = ""
        self._asked: str | None = None
        self._map: EmbeddingMap | None = None
        self._slots: dict[PersonId, int] = {}
        self._people: Mapping[PersonId, Person] = {}
        self._pointed: int | None = None
        self._reading: set[RequestId] = set()
        self._pictures: OrderedDict[PersonId, dict[int, bytes]] = OrderedDict()
        self._make_widgets()
        self._lay_out()
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._read_pictures)
        fit = QShortcut(QKeySequence("F"), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        fit.activated.connect(self._fit)
        bridge.models_changed.connect(self._on_models)
        bridge.map_changed.connect(self._on_map)
        bridge.gallery_changed.connect(self._on_gallery)
        bridge.result_ready.connect(self._on_result)
        bridge.shots_read.connect(self._on_shots)
        self._show_state()

    @property
    def plot(self) -> MapPlot:
        """Return the plot, created once there is something to draw, as importing pyqtgraph takes half a second."""
        if self._plot is None:
            from metaface_gui.gui.studio.map_plot import MapPlot  # noqa: PLC0415 - imported late: window opens sooner

            self._plot = MapPlot(self)
            self._plot.set_letters(self._letters_px)
            self._plot.shot_pointed.connect(self._on_pointed)
            self._stack.addWidget(self._plot)
            self.card.setParent(self._plot.viewport())
        return self._plot

    @property
    def asked(self) -> str | None:
        """Return the method whose map was requested last; None while the page is hidden."""
        return self._asked

    @property
    def chosen(self) -> str:
        """Return the method that the user chose; "" to follow the deciding one."""
        return str(self.method.currentData())

    def choose(self, learner: str) -> None:
        """Show this method's space; "" to follow the deciding method."""
        self.method.setCurrentIndex(max(0, self.method.findData(learner)))
        self._ask()

    def set_letters(self, letters_px: int) -> None:
        """Show only the plane, with this letter height: no method selector, no numbers."""
        self._letters_px = letters_px
        self._column.hide()
        if self._plot is not None:
            self._plot.set_letters(letters_px)

    def showEvent(self, event: QShowEvent) -> None:
        """Request a map."""
        super().showEvent(event)
        if self._plot is None and self._map is not None:
            self._draw()
        self._ask()

    def hideEvent(self, event: QHideEvent) -> None:
        """Withdraw the request."""
        super().hideEvent(event)
        self._rest.stop()
        self.card.hide()
        if self._asked is not None:
            self._asked = None
            self._wishes.wish(self, None)

    # Making ---------------------------------------------------------------------------------------------------------

    def _make_widgets(self) -> None:
        self.method = ElidingComboBox(self.tr("Space of"), self.tr("Method whose adapted space is drawn"), self)
        self.method.addItem(self.tr("Deciding method"), _FOLLOW)
        for key in LEARNERS:
            self.method.addItem(learner_title(key), key)
            self.method.setItemData(self.method.count() - 1, learner_explanation(key), Qt.ItemDataRole.ToolTipRole)
        self.method.activated.connect(self._ask)
        self.counts = ElidedLabel("", self, role="muted")
        self.explained = ElidedLabel("", self, role="muted")
        self.key = MapKey(self)
        self.fit_button = QPushButton(self.tr("&Fit to view"), self)
        self.fit_button.setToolTip(self.tr("Fit the whole map to the view (F, or double-click it)"))
        self.note = EmptyNote("users", "", "", self)
        self.card = ShotCard(self)
        self.fit_button.clicked.connect(self._fit)

    def _lay_out(self) -> None:
        self._stack = QStackedLayout()
        self._stack.addWidget(self.note)
        self._column = QWidget(self)
        self._column.setFixedWidth(210)
        self._column.setLayout(
            column(
                self.method,
                Gap(Space.XS),
                self.counts,
                self.explained,
                Gap(Space.XS),
                self.key,
                Stretch(),
                self.fit_button,
                spacing=Space.XS,
            )
        )
        margins = (Space.M, Space.S, Space.M, Space.S)
        self.setLayout(row(self._column, (self._stack, 1), margins=margins, spacing=Space.M))

    def _fit(self) -> None:
        self.plot.fit()

    # Asking ---------------------------------------------------------------------------------------------------------

    def _ask(self) -> None:
        wanted = self.method.currentData() or self._deciding
        if self.isVisible() and wanted and wanted != self._asked:
            self._asked = wanted
            self._wishes.wish(self, wanted)

    # What the engine says -------------------------------------------------------------------------------------------

    def _on_models(self, changed: ModelsChanged) -> None:
        if changed.learner == self._deciding:
            return
        self._deciding = changed.learner
        words = self.tr("Deciding: {method}").format(method=learner_short_title(changed.learner))
        self.method.setItemText(0, words)
        self._ask()

    def _on_map(self, changed: MapChanged) -> None:
        if changed.map is None and self._asked is None:
            return  # the answer to hiding this page; the map is kept, to be shown at once when the page returns
        self._map = changed.map
        self._pointed = None
        people = changed.map.person_ids if changed.map else ()
        self._slots = stable_slots(self._slots, people)
        self.map_shown.emit(changed.map.learner if changed.map else "")
        if self._plot is not None or (changed.map is not None and self.isVisible()):
            self._draw()
        else:
            self._show_state()

    def _draw(self) -> None:
        self.plot.show_map(self._map, self._slots)
        self._show_state()

    def _on_gallery(self, changed: GalleryChanged) -> None:
        before, self._people = self._people, {person.id: person for person in changed.snapshot.recognised}
        gone = [person_id for person_id in self._pictures if not has_same_shots(person_id, before, self._people)]
        for person_id in gone:
            del self._pictures[person_id]
        if gone:
            # A deleted picture must not be kept anywhere, not even as cached pixels.
            self.card.forget_pictures()
        if self._map is not None and not self.isVisible() and set(self._map.person_ids) - self._people.keys():
            # A hidden page gets no new map, and this one names a deleted person.
            self._map, self._pointed = None, None
            if self._plot is not None:
                self._plot.show_map(None, self._slots)
        if self._map is None:
            self._show_state()

    def _on_result(self, ready: ResultReady) -> None:
        if self._map is None or self._plot is None or not self._plot.isVisible():
            return
        unknown = translate("Overlay", "Unknown")
        self.plot.probes.show_probes(
            [
                Probe(face.track_id, face.map_xy, face.identification.name or unknown, face.identification.is_unknown)
                for face in ready.result.faces
                if face.map_xy.shape == (2,)
            ]
        )

    # Showing --------------------------------------------------------------------------------------------------------

    def _show_state(self) -> None:
        shown = self._map
        self.fit_button.setEnabled(shown is not None)
        for label in (self.counts, self.explained, self.key):
            label.setVisible(shown is not None)
        if shown is None or self._plot is None:
            if self._people:
                self.note.say(self.tr("Drawing the map…"), self.tr("It appears with the next adaptation."))
            else:
                self.note.say(
                    self.tr("Nobody is enrolled yet"),
                    self.tr("Enrol somebody: each of their shots becomes a dot here."),
                )
            self._stack.setCurrentWidget(self.note)
            return
        n_people = len(shown.person_ids)
        people = self.tr("1 person") if n_people == 1 else self.tr("{n} people").format(n=n_people)
        self.counts.setText(listed((people, shots_text(len(shown.shot_ids)))))
        self.explained.setText(self.tr("explained variance {percent} %").format(percent=round(100 * shown.explained)))
        self.explained.setToolTip(
            self.tr(
                "The share of the differences between shots that this plane shows; the rest lies in other directions."
            )
        )
        self._stack.setCurrentWidget(self.plot)

    # Pictures -------------------------------------------------------------------------------------------------------

    def _on_pointed(self, row: int | None) -> None:
        self._pointed = row
        self._rest.stop()
        if row is None or self._map is None:
            self.card.hide()
            return
        self._show_card()
        if not self.card.has_picture:
            self._rest.start()

    def _show_card(self) -> None:
        if self._map is None or self._pointed is None:
            return
        person = int(self._map.shot_people[self._pointed])
        pictures = self._pictures.get(self._map.person_ids[person], {})
        picture = pictures.get(self._map.shot_ids[self._pointed])
        self.card.show_shot(self._map.names[person], picture, self.plot.pixel_of(self._pointed))

    def _read_pictures(self) -> None:
        if self._map is None or self._pointed is None:
            return
        person_id = self._map.person_ids[int(self._map.shot_people[self._pointed])]
        if person_id not in self._pictures:
            self._reading.add(self._load_shots(person_id))

    def _on_shots(self, answer: ShotsRead) -> None:
        if answer.request_id not in self._reading:
            return  # the request was made elsewhere
        self._reading.remove(answer.request_id)
        self._pictures[answer.person_id] = {shot.id: shot.chip for shot in answer.shots}
        while len(self._pictures) > _MOST_PEOPLE_KEPT:
            self._pictures.popitem(last=False)
        if self._pointed is not None:
            self._show_card()


def stable_slots(before: dict[PersonId, int], people: tuple[PersonId, ...]) -> dict[PersonId, int]:
    """Assign everybody a number for colour and symbol: their previous one, or the lowest free one."""
    kept = {person_id: before[person_id] for person_id in people if person_id in before}
    taken = set(kept.values())
    free = (slot for slot in range(len(people) + len(taken)) if slot not in taken)
    return {person_id: kept[person_id] if person_id in kept else next(free) for person_id in people}


def has_same_shots(person_id: PersonId, before: Mapping[PersonId, Person], now: Mapping[PersonId, Person]) -> bool:
    """Return whether a person still exists with the same number of shots and the same cover picture."""
    if person_id not in before or person_id not in now:
        return False
    was, is_ = before[person_id], now[person_id]
    return was.shot_count == is_.shot_count and was.thumbnail == is_.thumbnail
