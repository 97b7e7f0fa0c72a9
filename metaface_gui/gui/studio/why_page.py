"""Why this name: explains one face's decision, with the regions of the picture that it rests on."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QKeySequence, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import QCheckBox, QLabel, QProgressBar, QPushButton, QStackedLayout, QWidget

from metaface_gui.engine.api import StudioApi
from metaface_gui.engine.events import Explained, GalleryChanged, RequestEnded, ResultReady, SourceChanged, SourceState
from metaface_gui.gallery import GallerySnapshot
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.icons import set_icon
from metaface_gui.gui.learner_words import learner_title
from metaface_gui.gui.panels.wording import shortened
from metaface_gui.gui.studio.heat_picture import HeatLegend, HeatPicture
from metaface_gui.gui.studio.looks_row import LooksRow
from metaface_gui.gui.studio.near_shot_row import NearShotRow
from metaface_gui.gui.studio.probe_quality import ProbeQuality
from metaface_gui.gui.studio.score_bars import ScoreBars
from metaface_gui.gui.theme import Space
from metaface_gui.gui.who_left import names_only_present
from metaface_gui.gui.widgets.elided_label import ElidedLabel
from metaface_gui.gui.widgets.empty_note import EmptyNote
from metaface_gui.gui.widgets.layouts import Stretch, column, row
from metaface_gui.i18n import translate
from metaface_gui.pipeline.explanation import Explanation
from metaface_gui.pipeline.rendering.verdicts import margin_text, raw_text
from metaface_gui.types import UNKNOWN, PersonId, RequestId


def decision_text(explanation: Explanation) -> str:
    """Return the decision in one line: the nearest person, the margin, the threshold, and the outcome."""
    decision, denied = explanation.decision, shortened(explanation.denied)
    if not explanation.scores:
        return translate("Why", "Nobody is enrolled → Unknown")
    margin = margin_text(decision.margin)
    if decision.name is not None:
        name = shortened(decision.name)
        if denied:
            return translate(
                "Why",
                "You said this is not {denied}; {name}: margin {margin} → named",
                denied=denied,
                name=name,
                margin=margin,
            )
        return translate("Why", "{name}: margin {margin} → named", name=name, margin=margin)
    if denied:
        return translate("Why", "You said this is not {denied} → Unknown", denied=denied)
    nearest = shortened(decision.nearest_name or explanation.scores[0][0])
    return translate("Why", "Nearest is {name}: margin {margin} → Unknown", name=nearest, margin=margin)


def _names_in(explanation: Explanation) -> set[str]:
    """Return everybody whom an explanation names."""
    decision = explanation.decision
    names = {decision.name or "", decision.nearest_name or "", explanation.heat_of, explanation.denied}
    return (names | {name for name, _ in explanation.scores}) - {""}


class WhyPage(QWidget):
    """Asks the engine about one track at a time, and only while visible; shows the answer until the next one."""

    def __init__(self, studio: StudioApi, bridge: EngineBridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._track_id: int | None = None
        self._is_asked = False
        self._request: RequestId | None = None
        self._decided: tuple[PersonId | None, bool] | None = None
        self._on_screen: tuple[int, ...] = ()
        self._shown: Explanation | None = None
        self._people: GallerySnapshot | None = None
        self._make_widgets()
        self._lay_out()
        for keys, step in (("Right", 1), ("Down", 1), ("Left", -1), ("Up", -1)):
            shortcut = QShortcut(QKeySequence(keys), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(self.select_next if step > 0 else self.select_previous)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Why this name?"))
        bridge.result_ready.connect(self._on_result)
        bridge.explained.connect(self._on_explained)
        bridge.request_ended.connect(self._on_request_ended)
        bridge.gallery_changed.connect(self._on_gallery)
        bridge.source_changed.connect(self._on_source)
        self._say_pick()

    @property
    def track_id(self) -> int | None:
        """Return the explained face's track id, None before one is picked."""
        return self._track_id

    @property
    def is_busy(self) -> bool:
        """Return whether a request is pending."""
        return self._request is not None

    def select_track(self, track_id: int) -> None:
        """Explain the face with this track id, now or as soon as the page is visible."""
        self._track_id = track_id
        self._is_asked, self._decided = False, None
        self._ask_if_visible()

    def select_next(self) -> None:
        """Explain the next face on screen, from left to right; after the last one comes the first."""
        self._step(1)

    def select_previous(self) -> None:
        """Explain the previous face."""
        self._step(-1)

    def explain_again(self) -> None:
        """Explain the same face again, as it looks now."""
        if self._track_id is not None:
            self.select_track(self._track_id)

    def showEvent(self, event: QShowEvent) -> None:
        """Send a deferred request."""
        super().showEvent(event)
        self._ask_if_visible()

    def hideEvent(self, event: QHideEvent) -> None:
        """Drop a pending request while hidden; it is sent again when the page becomes visible."""
        super().hideEvent(event)
        self._is_asked = self._is_asked and not self.is_busy
        self._set_request(None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the picture square."""
        super().resizeEvent(event)
        margins = self.contentsMargins()
        room = self.height() - margins.top() - margins.bottom() - self._head_height() - 3 * Space.S
        self.picture.fit_height(room)
        self._fit_what_has_room()

    # Making ---------------------------------------------------------------------------------------------------------

    def _make_widgets(self) -> None:
        self.decision = ElidedLabel("", self, role="heading")
        self.details = ElidedLabel("", self, role="muted")
        self.heat_box = QCheckBox(self.tr("&Heat map"), self)
        self.heat_box.setChecked(True)
        self.heat_box.setToolTip(self.tr("Colour the places that lower the score most when covered"))
        self.next_button = QPushButton(self.tr("&Next face"), self)
        self.next_button.setToolTip(self.tr("Explain the next face on screen (→); ← goes back"))
        self.again_button = QPushButton(self.tr("&Explain again"), self)
        self.again_button.setToolTip(self.tr("Explain the same face again, as it is now"))
        set_icon(self.again_button, "refresh")
        self.busy = QProgressBar(self)
        self.busy.setRange(0, 0)
        self.busy.setTextVisible(False)
        self.busy.setFixedHeight(3)
        self.busy.setAccessibleName(self.tr("Looking at the face"))
        policy = self.busy.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.busy.setSizePolicy(policy)
        self.busy.hide()
        self.note = EmptyNote("search", "", "", self)
        self._content = QWidget(self)
        self.picture = HeatPicture(self._content)
        self.legend = HeatLegend(self._content)
        self.bars = ScoreBars(self)
        self.near = NearShotRow(self)
        self.looks = LooksRow(self)
        self.quality = ProbeQuality(self)
        self.heat_box.toggled.connect(self._show_heat)
        self.next_button.clicked.connect(self.select_next)
        self.again_button.clicked.connect(self.explain_again)

    def _lay_out(self) -> None:
        self._scores_section = self._section(self.tr("Scores"), self.bars)
        self._near_section = self._section(self.tr("Nearest shots"), self.near)
        self._looks_section = self._section(self.tr("Looks"), self.looks)
        self._quality_section = self._section(self.tr("This picture"), self.quality)
        self._content.setLayout(
            row(
                self.picture,
                self.legend,
                (self._scores_section, 4),
                (self._near_section, 6),
                (self._looks_section, 3),
                self._quality_section,
                Stretch(0),
                spacing=Space.L,
            )
        )
        self._stack = QStackedLayout()
        self._stack.addWidget(self.note)
        self._stack.addWidget(self._content)
        words = column(self.decision, self.details, spacing=0)
        self.setLayout(
            column(
                row((words, 1), self.heat_box, self.next_button, self.again_button),
                self.busy,
                (self._stack, 1),
                margins=(Space.M, Space.S, Space.M, Space.S),
                spacing=Space.XS,
            )
        )

    def _section(self, title: str, widget: QWidget) -> QWidget:
        section = QWidget(self._content)
        heading = QLabel(title, section)
        heading.setProperty("role", "muted")
        section.setLayout(column(heading, (widget, 1), spacing=Space.XS))
        return section

    def _has_room_for(self, *more: QWidget) -> bool:
        """Return whether these fit uncut beside what is always shown. In a narrow window only the number of looks is
        shown, and the heat's colours are explained in the picture's tooltip."""
        parts = (self._scores_section, self._near_section, self._quality_section, *more)
        widths = sum(part.minimumSizeHint().width() + Space.L for part in parts)
        return self.picture.width() + widths + 2 * Space.M <= self.width()

    def _head_height(self) -> int:
        words = self.decision.sizeHint().height() + self.details.sizeHint().height()
        return max(words, self.next_button.sizeHint().height()) + self.busy.height() + 2 * Space.XS

    # Asking ---------------------------------------------------------------------------------------------------------

    def _ask_if_visible(self) -> None:
        if self._track_id is None or self._is_asked or not self.isVisible():
            self._update_buttons()
            return
        self._is_asked = True
        self._set_request(self._studio.explain_track(self._track_id))

    def _step(self, by: int) -> None:
        if not self._on_screen:
            return
        if self._track_id in self._on_screen:
            index = (self._on_screen.index(self._track_id) + by) % len(self._on_screen)
        else:
            index = 0 if by > 0 else -1
        self.select_track(self._on_screen[index])

    def _set_request(self, request_id: RequestId | None) -> None:
        self._request = request_id
        self.busy.setVisible(self.is_busy)
        if self.is_busy and self._shown is None:
            self.note.say(self.tr("Looking at the face…"), self.tr("It takes about a second."))
        self._update_buttons()

    def _update_buttons(self) -> None:
        self.next_button.setEnabled(bool(self._on_screen))
        self.again_button.setEnabled(self._track_id is not None and not self.is_busy)
        self.heat_box.setEnabled(self._shown is not None and self.picture.has_heat)

    # What the engine says -------------------------------------------------------------------------------------------

    def _on_result(self, ready: ResultReady) -> None:
        faces = sorted(ready.result.faces, key=lambda face: float(face.box_xyxy[0]))
        on_screen = tuple(face.track_id for face in faces)
        if on_screen != self._on_screen:
            self._on_screen = on_screen
            self._update_buttons()
        decisions = [face.identification for face in faces if face.track_id == self._track_id]
        if decisions:
            self._follow((decisions[0].person_id, decisions[0].is_denied))

    def _follow(self, decided: tuple[PersonId | None, bool]) -> None:
        """Ask again once the decision about the face differs from the one that was explained."""
        before, self._decided = self._decided, decided
        if before not in (None, decided):
            self._is_asked = False
            self._ask_if_visible()

    def _on_source(self, changed: SourceChanged) -> None:
        if changed.state in (SourceState.CLOSED, SourceState.OPENING, SourceState.FAILED):
            self._on_screen = ()
            self._update_buttons()

    def _on_explained(self, answer: Explained) -> None:
        if answer.request_id != self._request:
            return  # another face was picked meanwhile, or the same one was asked about again
        if answer.explanation is not None and not names_only_present(_names_in(answer.explanation), self._people):
            self.explain_again()  # the request predates the deletion or renaming of a person
            return
        if answer.explanation is None:
            self._say(
                self.tr("This face has left"),
                self.tr("Pick another one: click it in the picture, or press “Next face”."),
            )
        else:
            self._show(answer.explanation)
        self._set_request(None)

    def _on_gallery(self, changed: GalleryChanged) -> None:
        self._people = changed.snapshot
        if self._shown is not None and not names_only_present(_names_in(self._shown), self._people):
            # A deleted person must not be named or shown any longer.
            self._say(self.tr("The people have changed"), self.tr("Press “Explain again”."))

    def _on_request_ended(self, ended: RequestEnded) -> None:
        if ended.request_id != self._request:
            return  # the answer has already arrived
        self._set_request(None)
        if self._shown is None:
            self._say(self.tr("No answer"), self.tr("The engine is busy. Press “Explain again” in a moment."))
        else:
            self.details.setText(self.tr("The last request was not answered. Press “Explain again” in a moment."))

    # Showing --------------------------------------------------------------------------------------------------------

    def _say_pick(self) -> None:
        self._say(
            self.tr("Why does a face have its name?"),
            self.tr("Pick a face: click it in the picture, or press “Next face”."),
        )

    def _say(self, title: str, next_step: str) -> None:
        """Show a hint in place of an explanation, which is dropped, as its people may be deleted unnoticed."""
        self._shown = None
        self._let_go()
        self.decision.setText("")
        self.decision.setToolTip("")
        self.details.setText("")
        self.note.say(title, next_step)
        self._stack.setCurrentWidget(self.note)
        self._update_buttons()

    def _show(self, explanation: Explanation) -> None:
        self._shown = explanation
        self.decision.setText(decision_text(explanation))
        self.decision.setToolTip(raw_text(explanation.decision))
        self.details.setText(self._details_of(explanation))
        self.picture.show_face(explanation.crop_rgb, explanation.heat)
        self.bars.show_scores(explanation.scores, explanation.decision, explanation.denied)
        self.near.show_shots(explanation.shots)
        self.looks.show_looks(explanation.looks)
        self.quality.show_quality(explanation.quality)
        for section in (self._scores_section, self._near_section):
            section.setVisible(bool(explanation.scores))
        self._show_legend(explanation)
        self._stack.setCurrentWidget(self._content)

    def _let_go(self) -> None:
        """Drop the last explanation."""
        self.picture.show_face(np.zeros((1, 1, 3), np.uint8), np.zeros((1, 1), np.float32))
        self.legend.setToolTip("")
        self.bars.show_scores((), UNKNOWN)
        self.near.show_shots(())
        self.looks.show_looks(())

    def _details_of(self, explanation: Explanation) -> str:
        if not explanation.scores:
            return self.tr("Enrol somebody, then press “Explain again”.")
        words = self.tr("Face #{id} · {method} · looks that count: {looks} · {seconds} s")
        method, seconds = learner_title(explanation.learner), f"{explanation.seconds:.2f}"
        looks = max(1, sum(look.share > 0.0 for look in explanation.looks))
        return words.format(id=self._track_id, method=method, looks=looks, seconds=seconds)

    def _show_legend(self, explanation: Explanation) -> None:
        fall = float(explanation.heat.max())
        self.legend.show_fall(self.tr("up to −{fall}").format(fall=f"{fall:.2f}") if fall > 0 else "")
        words = self.tr("How much {name}’s score falls when that part is covered")
        self.legend.setToolTip(words.format(name=shortened(explanation.heat_of)))
        self._show_heat()

    def _show_heat(self) -> None:
        is_shown = self.heat_box.isChecked()
        self.picture.show_heat(is_shown)
        self._fit_what_has_room()

    def _fit_what_has_room(self) -> None:
        has_looks = len(self.looks.looks) > 1 and self._has_room_for(self._looks_section)
        self._looks_section.setVisible(has_looks)
        is_wanted = self.heat_box.isChecked() and self.picture.has_heat
        beside = (self.legend, self._looks_section) if has_looks else (self.legend,)
        self.legend.setVisible(is_wanted and self._has_room_for(*beside))
