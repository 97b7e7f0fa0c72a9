"""The dialog that lists the keyboard shortcuts, made from the actions themselves so that it is never out of date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QLineEdit, QPushButton, QScrollArea, QScrollBar, QWidget

from metaface_gui.gui.icons import set_icon
from metaface_gui.gui.main_actions import ActionGroup
from metaface_gui.gui.theme import Space
from metaface_gui.gui.widgets.elided_label import set_role
from metaface_gui.gui.widgets.layouts import Gap, Stretch, column, row
from metaface_gui.i18n import plain

_HEIGHT = 600
_NATIVE = QKeySequence.SequenceFormat.NativeText


@dataclass(frozen=True, slots=True)
class Shortcut:
    """An action's text and its alternative keys."""

    text: str
    keys: tuple[str, ...]

    def has(self, words: Sequence[str]) -> bool:
        """Return whether each of these lower-case words occurs in the text or a key."""
        here = " ".join((self.text, *self.keys)).casefold()
        return all(word in here for word in words)


class ShortcutsDialog(QDialog):
    """Lists shortcuts in groups, in two columns; typing filters them."""

    methods_wanted = Signal()
    tour_wanted = Signal()

    def __init__(self, groups: Sequence[ActionGroup], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(self.tr("Type to search"))
        self.search.setAccessibleName(self.tr("Search shortcuts"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._narrow)
        self._blocks = [self._on_video(), *(_block_of(group, self) for group in groups)]
        self._blocks = [block for block in self._blocks if block.rows]
        self._nothing = QLabel(self.tr("No shortcut has that name."), self)
        set_role(self._nothing, "muted")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nothing.hide()
        self._scroll = self._lay_out_blocks()
        self.setLayout(
            column(
                self.search,
                (self._nothing, 1),
                (self._scroll, 10),
                self._make_buttons(),
                margins=(Space.XL, Space.L, Space.XL, Space.L),
                spacing=Space.M,
            )
        )
        self.resize(self.sizeHint().width(), min(_HEIGHT, self.sizeHint().height()))
        self.search.setFocus()

    def shown(self) -> list[Shortcut]:
        """Return the shortcuts that match what was typed, in their order."""
        return [row.shortcut for block in self._blocks for row in block.rows if not row.isHidden()]

    def _on_video(self) -> _Block:
        rows = [
            Shortcut(self.tr("Next face, previous face"), ("Tab", "Shift+Tab")),
            Shortcut(self.tr("Say who the face is"), ("Enter",)),
            Shortcut(self.tr("Pause or resume"), ("Space",)),
            Shortcut(self.tr("Close a message, leave full screen"), ("Esc",)),
        ]
        return _Block(self.tr("On the video"), rows, self)

    def _lay_out_blocks(self) -> QScrollArea:
        contents = QWidget()
        first = _columns_even(self._blocks)
        left = column(*self._blocks[:first], Stretch(0), spacing=Space.L)
        right = column(*self._blocks[first:], Stretch(0), spacing=Space.L)
        contents.setLayout(row((left, 1), (right, 1), margins=(0, 0, Space.M, 0), spacing=Space.XXL))
        scroll = QScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the search field's unused keys scroll it
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(contents)
        scroll.setMinimumWidth(contents.sizeHint().width() + Space.L)
        return scroll

    def _make_buttons(self) -> QHBoxLayout:
        methods = QPushButton(self.tr("Methods explained"), self)
        set_icon(methods, "learner")
        methods.clicked.connect(self.methods_wanted)
        tour = QPushButton(self.tr("Take the tour"), self)
        set_icon(tour, "help")
        tour.clicked.connect(self.accept)
        tour.clicked.connect(self.tour_wanted)
        close = QPushButton(self.tr("Close"), self)
        close.clicked.connect(self.accept)
        for button in (methods, tour, close):
            button.setAutoDefault(False)  # Enter in the search field must not press it
        return row(methods, tour, Stretch(0), close)

    def _narrow(self, text: str) -> None:
        words = text.casefold().split()
        for block in self._blocks:
            block.narrow(words)
        found = self.shown()
        self._nothing.setVisible(not found)
        self._scroll.setVisible(bool(found))
        self._scroll.verticalScrollBar().setValue(0)
        self.search.setAccessibleDescription(self.tr("{n} found").format(n=len(found)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Scroll on the keys that a single-line field does not use."""
        bar, steps = self._scroll.verticalScrollBar(), QScrollBar.SliderAction
        actions = {
            Qt.Key.Key_Up: steps.SliderSingleStepSub,
            Qt.Key.Key_Down: steps.SliderSingleStepAdd,
            Qt.Key.Key_PageUp: steps.SliderPageStepSub,
            Qt.Key.Key_PageDown: steps.SliderPageStepAdd,
        }
        action = actions.get(Qt.Key(event.key()))
        if action is None:
            super().keyPressEvent(event)
        else:
            bar.triggerAction(action)


class _Row(QWidget):
    """A text with its keys on the right."""

    def __init__(self, shortcut: Shortcut, parent: QWidget) -> None:
        super().__init__(parent)
        self.shortcut = shortcut
        text = QLabel(shortcut.text, self)
        keys = [QLabel(key, self) for key in shortcut.keys]
        for label in keys:
            set_role(label, "key")
        self.setLayout(row((text, 1), Gap(Space.XL), *keys, spacing=Space.XS))


class _Block(QWidget):
    """A heading and its rows; hidden when no row matches."""

    def __init__(self, title: str, shortcuts: Sequence[Shortcut], parent: QWidget) -> None:
        super().__init__(parent)
        heading = QLabel(title, self)
        set_role(heading, "heading")
        self.rows = [_Row(shortcut, self) for shortcut in shortcuts]
        self.setLayout(column(heading, *self.rows, spacing=Space.XS))

    def narrow(self, words: Sequence[str]) -> None:
        """Show only the rows that contain all these words."""
        for each in self.rows:
            each.setVisible(each.shortcut.has(words))
        self.setVisible(any(each.shortcut.has(words) for each in self.rows))


def _block_of(group: ActionGroup, parent: QWidget) -> _Block:
    rows = [
        Shortcut(plain(action.text()).rstrip("…"), tuple(keys.toString(_NATIVE) for keys in action.shortcuts()))
        for action in group.actions
        if action.shortcuts()
    ]
    return _Block(group.title, rows, parent)


def _columns_even(blocks: Sequence[_Block]) -> int:
    """Return how many blocks to put into the first of two columns to make the longer one as short as possible."""
    rows = [len(block.rows) + 2 for block in blocks]  # a heading, and the space below
    return min(range(len(rows) + 1), key=lambda first: max(sum(rows[:first]), sum(rows[first:])))
