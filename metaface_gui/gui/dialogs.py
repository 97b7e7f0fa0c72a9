"""The window's small dialogs: the methods explained, and about MetaFace."""

from __future__ import annotations

from html import escape

import PySide6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QTextBrowser, QWidget

from metaface_gui.gui.icons import app_icon
from metaface_gui.gui.learner_words import learner_citation, learner_explanation, learner_title
from metaface_gui.gui.theme import Space, Theme
from metaface_gui.gui.widgets.layouts import Gap, column, row
from metaface_gui.pipeline.learners import LEARNERS
from metaface_gui.program_log import program_version

_METHODS_SIZE = (620, 560)


def _heading(text: str, role: str = "heading") -> QLabel:
    label = QLabel(text)
    label.setProperty("role", role)
    return label


class MethodsDialog(QDialog):
    """What each method does and which paper it comes from, taken from the methods' own descriptions."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Methods explained"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.text = QTextBrowser(self)
        self.text.setAccessibleName(self.windowTitle())
        self.text.setTabChangesFocus(True)
        self._say()
        Theme.current().changed.connect(self._say)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        self.setLayout(column(self.text, buttons, margins=(Space.XL, Space.L, Space.XL, Space.L), spacing=Space.M))
        self.resize(*_METHODS_SIZE)

    def _say(self) -> None:
        muted = Theme.current().tokens.muted
        first = self.tr(
            "All methods look at the same faces through the same network. They differ in how they learn a person "
            "from a few shots. Their settings are on the page “Method” of the studio."
        )
        parts = [f"<p>{escape(first)}</p>"]
        parts += [
            f"<h3>{escape(learner_title(key))}</h3><p>{escape(learner_explanation(key))}<br>"
            f"<span style='color:{muted}'>{escape(learner_citation(key))}</span></p>"
            for key in LEARNERS
        ]
        self.text.setHtml("".join(parts))


class AboutDialog(QDialog):
    """What the program is, its version, and what it does with faces."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("About MetaFace"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        picture = QLabel()
        picture.setPixmap(app_icon().pixmap(96, 96))
        words = column(_heading("MetaFace", "title"))
        installed = program_version() or self.tr("not installed")
        numbers = self.tr("Version {version}, Qt {qt}").format(version=installed, qt=PySide6.__version__)
        words.addWidget(_heading(numbers, "muted"))
        for text in (
            self.tr("Live face recognition that learns a new person from a few shots, by meta-learning."),
            self.tr("Pictures, names and templates stay on this computer. Nothing is sent anywhere."),
            self.tr("MIT licence. Third-party work and its licences are listed in THIRD_PARTY_NOTICES.md."),
        ):
            label = QLabel(text)
            label.setWordWrap(True)
            label.setMinimumWidth(360)
            words.addWidget(label)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        self.setLayout(
            column(
                row((picture, 0, Qt.AlignmentFlag.AlignTop), (words, 1), spacing=Space.XL),
                Gap(Space.M),
                buttons,
                margins=(Space.XL, Space.XL, Space.XL, Space.L),
            )
        )
