"""Exports the self-test's report as text for a spreadsheet, as a CSV file and as a picture to share."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QBuffer, QIODevice, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QImage, QPainter, QPen

from metaface_gui.gui.learner_words import learner_title
from metaface_gui.gui.studio.confusion import ConfusionPicture, confusion_picture, paint_cell
from metaface_gui.gui.studio.report_words import (
    SHARE_COLUMNS,
    ReportColumn,
    cell_text,
    column_title,
    made_at_text,
    probes_of,
    recommendation_text,
    scope_text,
    settings_text,
    value_of,
)
from metaface_gui.gui.theme import FontSize, Space, Theme, font
from metaface_gui.i18n import translate
from metaface_gui.metalearning.self_test import LearnerScore, SelfTestReport

_SCALE = 2
"""Picture pixels per window pixel, so that the picture can be enlarged."""
_MARGIN = Space.XL
_ROW, _LINE = 26, 20
_CELL = (30.0, 24.0)
_MAX_NAME = 120
_QUICK = 80
"""For PNG, Qt's "quality" means less compression: the file is an eighth larger in less than half the time."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def report_tsv(report: SelfTestReport, rows: Sequence[LearnerScore]) -> str:
    """Return the table in its sort order, tab-separated, for pasting into a spreadsheet or a message."""
    lines = [[column_title(column).replace("\n", " ") for column in ReportColumn]]
    lines += [[cell_text(report, row, column) for column in ReportColumn] for row in rows]
    return "\n".join("\t".join(line) for line in lines) + "\n"


def report_csv(report: SelfTestReport, rows: Sequence[LearnerScore]) -> bytes:
    """Return a machine-readable file: # lines with the test's scope, one row per method, then every confusion found.

    Shares are fractions with their counts; names and numbers are not translated. UTF-8 with a byte order mark, without
    which spreadsheets assume another encoding.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    out.write(f"# MetaFace self-test {made_at_text(report)}\r\n")
    out.write(f"# embedder {report.embedder_id}; wanted FPIR {report.wanted_fpir}; cohort {report.n_strangers}\r\n")
    out.write(f"# people {len(report.people)}; tested {report.n_tested}; seconds {report.seconds:.2f}\r\n")
    names = [column.name.lower() for column in ReportColumn if column is not ReportColumn.METHOD]
    counts = [f"{column.name.lower()}_{which}" for column in SHARE_COLUMNS for which in ("count", "of")]
    writer.writerow(["learner", *names, *counts, "recommended", "changed_settings"])
    for row in rows:
        values = [value_of(row, column) for column in ReportColumn if column is not ReportColumn.METHOD]
        cells = ["" if math.isnan(value) else f"{value:.6g}" for value in values]
        for column in SHARE_COLUMNS:
            share, n = value_of(row, column), probes_of(report, column)
            cells += ["" if math.isnan(share) else str(round(share * n)), str(n)]
        writer.writerow([row.learner, *cells, int(row.learner == report.recommended), _inert(row.changed_settings)])
    out.write("\r\n# clean and degraded pictures: who was taken for whom; decided is empty for Unknown\r\n")
    writer.writerow(["learner", "person", "decided", "count"])
    for row in rows:
        for true, decided in zip(*np.nonzero(row.confusion), strict=True):
            name = report.people[decided] if decided < len(report.people) else ""
            count = int(row.confusion[true, decided])
            writer.writerow([row.learner, _inert(report.people[true]), _inert(name), count])
    return out.getvalue().encode("utf-8-sig")


def _inert(text: str) -> str:
    """Return the text such that a spreadsheet doesn't evaluate a person's name as a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def report_png(report: SelfTestReport, rows: Sequence[LearnerScore], learner: str) -> bytes:
    """Return a PNG of the table and the method's confusion matrix, with date and settings, in the present theme."""
    image = report_image(report, rows, learner)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG", _QUICK)  # type: ignore[call-overload]  # the stubs have the format as bytes
    return bytes(buffer.data().data())


def report_image(report: SelfTestReport, rows: Sequence[LearnerScore], learner: str) -> QImage:
    """Return the image that `report_png` encodes, at two pixels per window pixel."""
    page = _Page(report, rows, learner)
    image = QImage(page.width * _SCALE, page.height * _SCALE, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(_SCALE)
    image.fill(Theme.current().color("surface"))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    page.paint(painter)
    painter.end()
    return image


class _Page:
    """The heading, the table and the matrix, one below the other."""

    def __init__(self, report: SelfTestReport, rows: Sequence[LearnerScore], learner: str) -> None:
        self._report, self._rows = report, rows
        self._shown = report.row(learner)
        self._picture: ConfusionPicture = confusion_picture(report, self._shown)
        self._body, self._bold = font(FontSize.BODY, tabular=True), font(FontSize.BODY, bold=True, tabular=True)
        self._small, self._title = font(FontSize.SMALL), font(FontSize.HEADING, bold=True)
        self._cells = [[cell_text(report, row, column) for column in ReportColumn] for row in rows]
        marked = translate("Report", "Recommended")
        for cells, row in zip(self._cells, rows, strict=True):
            if row.learner == report.recommended:
                cells[0] = f"✓ {cells[0]} ({marked})"
        self._lines = [
            made_at_text(report) + "  ·  " + scope_text(report),
            settings_text(report),
            *self._settings_lines(),
            recommendation_text(report),
        ]
        self._widths = [self._column_width(column) for column in ReportColumn]
        names = [*self._picture.names, translate("Report", "Unknown")]
        self._name_room = min(_MAX_NAME, max(QFontMetrics(self._small).horizontalAdvance(name) for name in names) + 8)
        n = len(self._picture.names)
        heads = [QFontMetrics(self._small).horizontalAdvance(line) for line in self._lines]
        matrix_width = self._name_room + _CELL[0] * (n + 1)
        self.width = int(2 * _MARGIN + max(sum(self._widths), matrix_width, *heads))
        table_height = _ROW * (len(rows) + 1) + _ROW // 2
        matrix_height = _ROW + self._name_room + _CELL[1] * n
        self.height = int(2 * _MARGIN + _ROW + _LINE * len(self._lines) + table_height + 2 * _ROW + matrix_height)

    def paint(self, painter: QPainter) -> None:
        y = self._paint_heading(painter, float(_MARGIN))
        y = self._paint_table(painter, y + _ROW / 2)
        self._paint_matrix(painter, y + _ROW)

    def _settings_lines(self) -> list[str]:
        return [f"{learner_title(row.learner)}: {row.changed_settings}" for row in self._rows if row.changed_settings]

    def _column_width(self, column: ReportColumn) -> float:
        metrics = QFontMetrics(self._bold)
        titles = column_title(column).split("\n")
        texts = [*titles, *(cells[column] for cells in self._cells)]
        return max(metrics.horizontalAdvance(text) for text in texts) + 2.0 * Space.M

    def _paint_heading(self, painter: QPainter, y: float) -> float:
        theme = Theme.current()
        painter.setFont(self._title)
        painter.setPen(theme.color("text"))
        painter.drawText(self._line(y, _ROW), translate("Report", "MetaFace: all methods on the enrolled shots"))
        painter.setFont(self._small)
        painter.setPen(theme.color("muted"))
        for number, line in enumerate(self._lines):
            painter.drawText(self._line(y + _ROW + number * _LINE, _LINE), line)
        return y + _ROW + _LINE * len(self._lines)

    def _line(self, y: float, height: float) -> QRectF:
        return QRectF(_MARGIN, y, self.width - 2 * _MARGIN, height)

    def _paint_table(self, painter: QPainter, y: float) -> float:
        theme = Theme.current()
        head_height = _ROW * 1.5
        painter.setFont(self._small)
        painter.setPen(theme.color("muted"))
        self._paint_row(painter, y, head_height, [column_title(column) for column in ReportColumn])
        y += head_height
        for cells, row in zip(self._cells, self._rows, strict=True):
            painter.setPen(QPen(theme.color("border"), 1))
            painter.drawLine(_MARGIN, int(y), int(_MARGIN + sum(self._widths)), int(y))
            painter.setPen(theme.color("text"))
            painter.setFont(self._bold if row.learner == self._report.recommended else self._body)
            self._paint_row(painter, y, _ROW, cells)
            y += _ROW
        return y

    def _paint_row(self, painter: QPainter, y: float, height: float, texts: Sequence[str]) -> None:
        x = float(_MARGIN)
        for column, (text, width) in enumerate(zip(texts, self._widths, strict=True)):
            side = Qt.AlignmentFlag.AlignLeft if column == 0 else Qt.AlignmentFlag.AlignRight
            rect = QRectF(x, y, width - Space.M, height)
            painter.drawText(rect, int(side | Qt.AlignmentFlag.AlignVCenter), text)
            x += width

    def _paint_matrix(self, painter: QPainter, y: float) -> None:
        theme, picture = Theme.current(), self._picture
        painter.setFont(self._title)
        painter.setPen(theme.color("text"))
        painter.drawText(self._line(y, _ROW), matrix_title(self._shown.learner))
        left, top = _MARGIN + self._name_room, y + _ROW + self._name_room
        for column in range(len(picture.names) + 1):
            self._paint_name(painter, left + (column + 0.5) * _CELL[0], top, picture.column_name(column))
        right_side = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for row, name in enumerate(picture.names):
            line = QRectF(_MARGIN, top + row * _CELL[1], self._name_room - Space.S, _CELL[1])
            painter.setFont(self._small)
            painter.setPen(theme.color("muted"))
            painter.drawText(line, right_side, self._elided(name))
            for column in range(len(picture.names) + 1):
                cell = QRectF(left + column * _CELL[0], top + row * _CELL[1], _CELL[0] - 1, _CELL[1] - 1)
                paint_cell(painter, cell, picture, row, column)

    def _paint_name(self, painter: QPainter, x: float, bottom: float, name: str) -> None:
        """Write a name upwards from (x, bottom)."""
        painter.save()
        painter.setFont(self._small)
        painter.setPen(Theme.current().color("muted"))
        painter.translate(x, bottom - 4)
        painter.rotate(-90)
        left = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(QRectF(0, -10, self._name_room, 20), left, self._elided(name))
        painter.restore()

    def _elided(self, name: str) -> str:
        room = self._name_room - Space.S
        return QFontMetrics(self._small).elidedText(name, Qt.TextElideMode.ElideRight, room)


def matrix_title(learner: str) -> str:
    """Return the title of a confusion matrix."""
    return translate("Report", "{title}: who was taken for whom", title=learner_title(learner))
