"""Wraps contents that are too high for their place in a scroll area that looks the same in all panels and dialogs."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget


def scrolling(contents: QWidget, parent: QWidget, *, takes_focus: bool = False) -> QScrollArea:
    """Put `contents` into a frameless scroll area that gives them its own width.

    Set `takes_focus` if nothing inside accepts focus, so that the keyboard can scroll it.
    """
    area = QScrollArea(parent)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    if not takes_focus:
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(contents)
    return area
