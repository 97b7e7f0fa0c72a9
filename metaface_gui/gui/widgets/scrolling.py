"""Scrolls what is too high for its place: one look for all panels and dialogs."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget


def scrolling(contents: QWidget, parent: QWidget, *, takes_focus: bool = False) -> QScrollArea:
    """Put `contents` into a frameless scroll area that is as wide as its place.

    It `takes_focus` where nothing within can, so that keys scroll it.
    """
    area = QScrollArea(parent)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    if not takes_focus:
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(contents)
    return area
