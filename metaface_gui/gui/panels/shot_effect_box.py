"""A shot's effect in numbers: the same person with and without it, before and after its removal."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QWidget

from metaface_gui.engine.people.findings import HowRecognised, ShotEffect
from metaface_gui.gui.icons import set_icon
from metaface_gui.gui.theme import Space
from metaface_gui.gui.widgets.elided_label import ElidedLabel, set_role
from metaface_gui.gui.widgets.layouts import column, row

_HARDLY = 0.01
"""A smaller change of the margin, in cosines, counts as no visible change."""


class ShotEffectBox(QWidget):
    """Shows what removing one shot would change, or has changed; its rows stay in place whatever they show."""

    cover_requested = Signal()
    undo_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.verdict = ElidedLabel("", self)
        self.cover_button = QPushButton(self)
        self.cover_button.setAccessibleName(self.tr("Use as picture"))
        self.cover_button.setToolTip(
            self.tr("Use as picture: this shot stands for the person, here and in lists; can be undone")
        )
        self.undo_button = QPushButton(self.tr("Undo"), self)
        set_icon(self.cover_button, "image")
        set_icon(self.undo_button, "undo")
        self.header = QLabel(self)
        self.header.setProperty("role", "muted")
        self.cover_button.clicked.connect(self.cover_requested)
        self.undo_button.clicked.connect(self.undo_requested)
        titles = (
            (self.tr("Other shots recognised"), self.tr("Each is left out in turn and recognised by the rest")),
            (
                self.tr("Margin to the threshold"),
                self.tr("Mean of score minus threshold of the other shots; below 0 they are Unknown"),
            ),
            (
                self.tr("Strangers taken for them"),
                self.tr("Share of the sampled strangers behind the threshold who would get this name"),
            ),
        )
        self.values = tuple(QLabel(self) for _ in titles)
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(Space.M)
        grid.setVerticalSpacing(1)
        grid.setColumnStretch(0, 1)
        grid.addWidget(self.header, 0, 1, Qt.AlignmentFlag.AlignRight)
        for line, ((words, tip), value) in enumerate(zip(titles, self.values, strict=True), start=1):
            label = QLabel(words, self)
            label.setProperty("role", "muted")
            label.setToolTip(tip)
            value.setToolTip(tip)
            grid.addWidget(label, line, 0)
            grid.addWidget(value, line, 1, Qt.AlignmentFlag.AlignRight)
        self.setLayout(column(row((self.verdict, 1), self.cover_button, self.undo_button), grid, spacing=0))

    def show_shot(self, *, is_cover: bool) -> None:
        """Show a shot that is being measured."""
        self.header.setText(self.tr("with → without this shot"))
        self.cover_button.setVisible(True)
        self.set_cover(is_cover)
        self.undo_button.hide()
        self._show_values(None, self.tr("Measuring…"))

    def set_cover(self, is_cover: bool) -> None:
        """Set whether the shot is already the person's cover picture."""
        self.cover_button.setEnabled(not is_cover)

    def show_removed(self, *, can_undo: bool) -> None:
        """Show that the shot was removed; its measurements stay."""
        self.header.setText(self.tr("removed: before → after"))
        self.cover_button.hide()
        self.undo_button.setVisible(True)
        self.undo_button.setEnabled(can_undo)

    def show_effect(self, effect: ShotEffect | None) -> None:
        """Show the shot's effect; None: it can't be measured."""
        nothing = self.tr("Hidden, or not embedded yet.")
        self._show_values(effect, nothing if effect is None else self._verdict(effect))
        role = "error" if effect is not None and effect.own_margin is not None and effect.own_margin < 0 else ""
        set_role(self.verdict, role)

    def _show_values(self, effect: ShotEffect | None, verdict: str) -> None:
        set_role(self.verdict, "")
        self.verdict.setText(verdict)
        if effect is None:
            for value in self.values:
                value.setText("–")
            return
        before, after = effect.with_it, effect.without
        texts = (
            (_counts(before), "–" if after is None else _counts(after)),
            (_margin(before), "–" if after is None else _margin(after)),
            (_share(before), "–" if after is None else _share(after)),
        )
        for value, pair in zip(self.values, texts, strict=True):
            value.setText(" → ".join(pair))

    def _verdict(self, effect: ShotEffect) -> str:
        before, after = effect.with_it, effect.without
        if after is None:
            return self.tr("Their only shot.")
        if effect.own_margin is not None and effect.own_margin < 0:
            return self.tr("The others do not recognise this face.")
        if after.margin is None or before.margin is None:
            return self.tr("Only one other shot: nothing to compare.")
        gained, change = after.n_right - before.n_right, after.margin - before.margin
        if gained > 0 or (gained == 0 and change >= _HARDLY):
            return self.tr("Recognised better without it.")
        if gained < 0 or change <= -_HARDLY:
            return self.tr("Recognised better with it.")
        return self.tr("It hardly makes a difference.")


def _counts(how: HowRecognised) -> str:
    return f"{how.n_right}/{how.n_probes}"


def _margin(how: HowRecognised) -> str:
    return "–" if how.margin is None else f"{how.margin:+.2f}".replace("-", "\u2212")


def _share(how: HowRecognised) -> str:
    return "–" if how.strangers is None else f"{100 * how.strangers:.2f} %"
