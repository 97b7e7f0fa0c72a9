"""The window's small dialogs: keyboard shortcuts, and about MetaFace."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version

import PySide6
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from metaface_gui.gui.icons import app_icon
from metaface_gui.gui.main_actions import ActionGroup
from metaface_gui.gui.theme import Space
from metaface_gui.gui.translation import translate


def _heading(text: str, role: str = "heading") -> QLabel:
    label = QLabel(text)
    label.setProperty("role", role)
    return label


def _key(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", "key")
    return label


def program_version() -> str:
    """The installed version; a checkout that is not installed has none."""
    try:
        return version("metaface")
    except PackageNotFoundError:
        return translate("About", "not installed")


class ShortcutsDialog(QDialog):
    """Lists what the keyboard can do. Made from the actions themselves, so it cannot be out of date."""

    def __init__(self, groups: Sequence[ActionGroup], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        contents = QWidget()
        columns = QHBoxLayout(contents)
        columns.setSpacing(Space.XXL)
        halves = [QVBoxLayout(), QVBoxLayout()]
        blocks = [self._on_video(), *(self._block(group) for group in groups)]
        half_height = sum(block.sizeHint().height() for block in blocks) / 2
        used = 0
        for block in blocks:
            halves[0 if used < half_height else 1].addWidget(block)
            used += block.sizeHint().height()
        for half in halves:
            half.setSpacing(Space.L)
            half.addStretch()
            columns.addLayout(half)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(contents)
        scroll.setMinimumWidth(contents.sizeHint().width() + Space.L)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.XL, Space.XL, Space.L)
        column.addWidget(scroll)
        column.addWidget(buttons)
        self.resize(self.sizeHint().width(), min(560, contents.sizeHint().height() + 110))

    def _block(self, group: ActionGroup) -> QWidget:
        rows = [
            (action.text().replace("&", "").rstrip("…"), [keys.toString(_NATIVE) for keys in action.shortcuts()])
            for action in group.actions
            if action.shortcuts()
        ]
        return self._rows(group.title, rows)

    def _on_video(self) -> QWidget:
        rows = [
            (self.tr("Next face, face before"), ["Tab", "Shift+Tab"]),
            (self.tr("Say who the face is"), ["Enter"]),
            (self.tr("Pause or go on"), ["Space"]),
            (self.tr("Close a message, leave full screen"), ["Esc"]),
        ]
        return self._rows(self.tr("On the video"), rows)

    def _rows(self, title: str, rows: Sequence[tuple[str, Sequence[str]]]) -> QWidget:
        block = QWidget()
        grid = QGridLayout(block)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(Space.XL)
        grid.addWidget(_heading(title), 0, 0, 1, 2)
        grid.setColumnStretch(0, 1)
        for number, (text, keys) in enumerate(rows, start=1):
            grid.addWidget(QLabel(text), number, 0)
            line = QHBoxLayout()
            line.setSpacing(Space.XS)
            line.addStretch()
            for key in keys:
                line.addWidget(_key(key))
            grid.addLayout(line, number, 1)
        return block


_NATIVE = QKeySequence.SequenceFormat.NativeText


class AboutDialog(QDialog):
    """What this is, which version, and what is done with faces."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("About MetaFace"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        picture = QLabel()
        picture.setPixmap(app_icon().pixmap(96, 96))
        words = QVBoxLayout()
        words.setSpacing(Space.S)
        words.addWidget(_heading("MetaFace", "title"))
        numbers = self.tr("Version {version}, Qt {qt}").format(version=program_version(), qt=PySide6.__version__)
        words.addWidget(_heading(numbers, "muted"))
        for text in (
            self.tr("Live face recognition that learns a new person from a few shots, by meta-learning."),
            self.tr("Pictures, names and templates stay on this computer. Nothing is sent anywhere."),
            self.tr("MIT licence. What others made, and under which licence, is in THIRD_PARTY_NOTICES.md."),
        ):
            label = QLabel(text)
            label.setWordWrap(True)
            label.setMinimumWidth(360)
            words.addWidget(label)
        row = QHBoxLayout()
        row.setSpacing(Space.XL)
        row.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.XL, Space.XL, Space.L)
        column.addLayout(row)
        column.addSpacing(Space.M)
        column.addWidget(buttons)
