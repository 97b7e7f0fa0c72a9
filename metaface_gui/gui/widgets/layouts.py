"""Columns and rows of widgets, written down in the shape that they have on the screen.

They are put together before they belong to a widget: PySide keeps wrappers of the items of a layout that is added to a
widget's, and when a widget then moves to another layout its wrapper is one of memory that Qt has freed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLayout, QVBoxLayout, QWidget

from metaface_gui.gui.theme import Space
from metaface_gui.gui.widgets.flow_layout import FlowLayout


@dataclass(frozen=True, slots=True)
class Stretch:
    """Empty room that takes what is left over; of a `factor` of 0 only where nothing else takes it."""

    factor: int = 1


@dataclass(frozen=True, slots=True)
class Gap:
    """Empty room of so many pixels, beside the usual spacing."""

    pixels: int


Placed = QWidget | QLayout
Item = Placed | tuple[Placed, int] | tuple[Placed, int, Qt.AlignmentFlag] | Stretch | Gap
"""A widget or layout, alone or with its stretch factor and alignment, or empty room."""
Margins = int | tuple[int, int, int, int]
"""The same on all sides, or left, top, right, bottom."""


def column(*items: Item, margins: Margins = 0, spacing: int = Space.S) -> QVBoxLayout:
    """Put items below each other; the layout is for `QWidget.setLayout`, or an item of another one."""
    layout = QVBoxLayout()
    _fill(layout, items, margins, spacing)
    return layout


def row(*items: Item, margins: Margins = 0, spacing: int = Space.S) -> QHBoxLayout:
    """Put items beside each other; see `column`."""
    layout = QHBoxLayout()
    _fill(layout, items, margins, spacing)
    return layout


def flow(*widgets: QWidget, spacing: int = Space.S) -> FlowLayout:
    """Put widgets beside each other, and into further lines where a line is too narrow."""
    layout = FlowLayout(spacing=spacing)
    for widget in widgets:
        layout.addWidget(widget)
    return layout


def _fill(layout: QBoxLayout, items: Iterable[Item], margins: Margins, spacing: int) -> None:
    left, top, right, bottom = (margins,) * 4 if isinstance(margins, int) else margins
    layout.setContentsMargins(left, top, right, bottom)
    layout.setSpacing(spacing)
    for item in items:
        if isinstance(item, Stretch):
            layout.addStretch(item.factor)
        elif isinstance(item, Gap):
            layout.addSpacing(item.pixels)
        elif isinstance(item, tuple):
            _add(layout, *item)
        else:
            _add(layout, item)


def _add(layout: QBoxLayout, placed: Placed, stretch: int = 0, alignment: Qt.AlignmentFlag | None = None) -> None:
    if isinstance(placed, QLayout):
        layout.addLayout(placed, stretch)
    else:
        layout.addWidget(placed, stretch)
    if alignment is not None:
        layout.setAlignment(placed, alignment)
