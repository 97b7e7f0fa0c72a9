"""The quality of the explained probe picture: four measures, and a verdict on what is poor."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from metaface_gui.gui.icons import icon_pixmap
from metaface_gui.gui.theme import Space, Theme
from metaface_gui.gui.widgets.elided_label import set_role
from metaface_gui.i18n import translate
from metaface_gui.pipeline.recognition.quality import DEFAULT_LIMITS
from metaface_gui.types import FaceQuality, QualityIssue

_ICON = 14


@dataclass(frozen=True, slots=True)
class QualityLine:
    """One measure: its name, its value with a verdict, and whether it is poor."""

    name: str
    words: str
    is_poor: bool


def quality_lines(quality: FaceQuality) -> tuple[QualityLine, ...]:
    """Return size, brightness, sharpness and frontality, plus a line if the picture's edge cuts off the face."""
    limits, issues = DEFAULT_LIMITS, quality.issues
    good, fair = translate("Quality", "good"), translate("Quality", "fair")
    light = good
    if QualityIssue.TOO_DARK in issues:
        light = translate("Quality", "too dark")
    elif QualityIssue.TOO_BRIGHT in issues:
        light = translate("Quality", "too bright")
    size = good if quality.size_px >= limits.good_size_px else fair
    sharp = good if quality.sharpness >= limits.good_sharpness else fair
    facing = good if quality.frontality >= limits.good_frontality else fair
    if QualityIssue.TOO_SMALL in issues:
        size = translate("Quality", "too small")
    if QualityIssue.BLURRED in issues:
        sharp = translate("Quality", "blurred")
    if QualityIssue.TURNED_AWAY in issues:
        facing = translate("Quality", "turned away")
    if QualityIssue.UPSIDE_DOWN in issues:
        facing = translate("Quality", "upside down")
    lines = [
        (translate("Quality", "Size"), f"{quality.size_px:.0f} px", size),
        (translate("Quality", "Light"), f"{quality.brightness / 255:.0%}", light),
        (translate("Quality", "Sharpness"), f"{quality.sharpness:.2f}", sharp),
        (translate("Quality", "Frontality"), f"{quality.frontality:.0%}", facing),
    ]
    said = [QualityLine(name, f"{value} · {verdict}", verdict not in (good, fair)) for name, value, verdict in lines]
    if QualityIssue.CUT_OFF in issues:
        said.append(QualityLine(translate("Quality", "Edge"), translate("Quality", "cuts off the face"), True))
    return tuple(said)


class ProbeQuality(QWidget):
    """One line per measure; a poor one has a sign and a stronger text, not just another colour."""

    _ROWS = 5

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: tuple[QualityLine, ...] = ()
        self._rows = [(QLabel(self), QLabel(self), QLabel(self)) for _ in range(self._ROWS)]
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(Space.S)
        grid.setVerticalSpacing(Space.XS)
        for row, (sign, name, words) in enumerate(self._rows):
            sign.setFixedWidth(_ICON)
            name.setProperty("role", "muted")
            words.setProperty("role", "muted")
            for column, label in enumerate((sign, name, words)):
                grid.addWidget(label, row, column)
        grid.setColumnStretch(2, 1)
        grid.setRowStretch(self._ROWS, 1)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.setAccessibleName(self.tr("Quality of this picture"))
        Theme.current().changed.connect(self._show_signs)

    def show_quality(self, quality: FaceQuality) -> None:
        """Show the measures of another picture."""
        self._lines = quality_lines(quality)
        for index, (sign, name, words) in enumerate(self._rows):
            is_used = index < len(self._lines)
            for label in (sign, name, words):
                label.setVisible(is_used)
            if is_used:
                line = self._lines[index]
                name.setText(line.name)
                words.setText(line.words)
                set_role(words, "" if line.is_poor else "muted")
        self.setAccessibleDescription("\n".join(f"{line.name}: {line.words}" for line in self._lines))
        self._show_signs()

    def _show_signs(self) -> None:
        theme = Theme.current()
        for line, (sign, _name, _words) in zip(self._lines, self._rows, strict=False):
            icon, token = ("alert", "warning") if line.is_poor else ("check", "success")
            sign.setPixmap(icon_pixmap(icon, _ICON, theme.color(token), self.devicePixelRatioF()))
