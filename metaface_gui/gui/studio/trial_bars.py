"""The strategies that Auto tried, each with a bar for its reward; the chosen one is marked."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from metaface_gui.gui.icons import icon_pixmap
from metaface_gui.gui.learner_words import AUTO
from metaface_gui.gui.studio.plot_style import learner_colour
from metaface_gui.gui.theme import FontSize, Space, Theme, font
from metaface_gui.gui.widgets.bar import paint_bar
from metaface_gui.gui.widgets.elided_label import ElidedLabel
from metaface_gui.gui.widgets.layouts import column
from metaface_gui.gui.widgets.scrolling import scrolling
from metaface_gui.i18n import translate
from metaface_gui.pipeline.learners.rl2 import Trial

_ROW = 24
_BAR = 10
_MARK = 16
_MOST_NAME = 0.45


class TrialBars(QWidget):
    """A list in the order of the trials; it scrolls if they don't fit."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Strategies that Auto tried"))
        self.setMinimumWidth(230)
        self.heading = ElidedLabel(self.tr("Tried on degraded shots; expected % right"), self, role="muted")
        self._list = _List(self)
        scroll = scrolling(self._list, self, takes_focus=True)
        self.setLayout(column(self.heading, (scroll, 1)))

    def show_trials(self, trials: tuple[Trial, ...], chosen: Trial | None) -> None:
        """Show these trials."""
        self._list.show_trials(trials, chosen)
        self.setAccessibleDescription("; ".join(self._list.lines()))


class _List(QWidget):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._trials: tuple[Trial, ...] = ()
        self._chosen: Trial | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        Theme.current().changed.connect(self.update)

    def show_trials(self, trials: tuple[Trial, ...], chosen: Trial | None) -> None:
        self._trials, self._chosen = trials, chosen
        self.setToolTip("\n".join(self.lines()))
        self.updateGeometry()
        self.update()

    def lines(self) -> list[str]:
        """Return the list in words."""
        words = []
        for trial in self._trials:
            line = f"{translate('Learners', trial.strategy)} {_percent(trial)}"
            words.append(self.tr("{trial} (chosen)").format(trial=line) if trial is self._chosen_one() else line)
        return words

    def sizeHint(self) -> QSize:
        return QSize(240, _ROW * len(self._trials))

    def minimumSizeHint(self) -> QSize:
        return QSize(160, _ROW * len(self._trials))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bold = QFontMetrics(font(FontSize.BODY, bold=True))
        names = [translate("Strategies", trial.strategy) for trial in self._trials]
        room = round(self.width() * _MOST_NAME) - _MARK
        name_width = min(room, max((bold.horizontalAdvance(name) for name in names), default=0))
        number_width = bold.horizontalAdvance("100.0\u00a0%") + Space.S
        bar_left = _MARK + Space.XS + name_width + Space.S
        bar_width = max(self.width() - bar_left - number_width - Space.S, 20)
        for row, (trial, name) in enumerate(zip(self._trials, names, strict=True)):
            is_chosen = trial is self._chosen_one()
            self._draw_row(
                painter,
                trial,
                bold.elidedText(name, Qt.TextElideMode.ElideRight, name_width),
                is_chosen=is_chosen,
                line=QRect(0, row * _ROW, self.width(), _ROW),
                bar=QRectF(bar_left, row * _ROW + (_ROW - _BAR) / 2, bar_width, _BAR),
            )

    def _draw_row(
        self, painter: QPainter, trial: Trial, name: str, *, is_chosen: bool, line: QRect, bar: QRectF
    ) -> None:
        theme = Theme.current()
        if is_chosen:
            mark = icon_pixmap("check", _MARK, theme.color("text"), self.devicePixelRatioF())
            painter.drawPixmap(line.left(), line.top() + (_ROW - _MARK) // 2, mark)
        painter.setPen(theme.color("text" if is_chosen else "muted"))
        painter.setFont(font(FontSize.BODY, bold=is_chosen, tabular=True))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(line.adjusted(_MARK + Space.XS, 0, 0, 0), middle | Qt.AlignmentFlag.AlignLeft, name)
        painter.drawText(line.adjusted(0, 0, -Space.S, 0), middle | Qt.AlignmentFlag.AlignRight, _percent(trial))
        paint_bar(painter, bar, trial.reward, learner_colour(AUTO) if is_chosen else theme.color("border_strong"))

    def _chosen_one(self) -> Trial | None:
        """Return the winning trial; the first if there are equal ones."""
        return next((trial for trial in self._trials if trial == self._chosen), None)


def _percent(trial: Trial) -> str:
    return f"{trial.reward * 100:.1f}\u00a0%"
