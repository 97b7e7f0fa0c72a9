"""The position in the file being played: a slider to seek, and whether to loop."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QLabel, QSlider, QStyle, QStyleOptionSlider, QToolButton, QWidget

from metaface_gui.engine.events import SourceChanged, SourceState
from metaface_gui.gui.icons import set_icon
from metaface_gui.gui.live.recording_controls import elapsed_text
from metaface_gui.gui.theme import FontSize, Space, font
from metaface_gui.gui.widgets.layouts import row
from metaface_gui.types import Frame

_JUMP_S = 5.0
"""How far a key jumps back and forward, as in video players."""
_SLOW_FPS = 1.0
"""At this rate or slower, pictures are counted, not timed."""
_SHOWN_IN = frozenset({SourceState.RUNNING, SourceState.PAUSED, SourceState.ENDED})


class SeekSlider(QSlider):
    """Jumps to where it is clicked instead of a page towards it, and can be dragged from there."""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Put the handle under the pointer before handling the press."""
        if event.button() is Qt.MouseButton.LeftButton:
            option = QStyleOptionSlider()
            self.initStyleOption(option)
            handle = self.style().pixelMetric(QStyle.PixelMetric.PM_SliderLength, option, self)
            room = max(1, self.width() - handle)
            at = round(event.position().x()) - handle // 2
            self.setValue(QStyle.sliderValueFromPosition(self.minimum(), self.maximum(), at, room, option.upsideDown))
        super().mousePressEvent(event)


class SeekBar(QWidget):
    """Visible while the source supports seeking. `actions_for_menus` also serve as the window's shortcuts."""

    seek_wanted = Signal(int)
    """Carries the index of the frame to seek to."""
    loop_toggled = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._source = SourceChanged(SourceState.CLOSED)
        self._is_hidden = False
        self._segment = 0
        self._left_segment: int | None = None
        self.setAccessibleName(self.tr("Position in the file"))
        self.slider = SeekSlider(Qt.Orientation.Horizontal, self)
        self.slider.setMinimumHeight(24)  # room for the handle, which is higher than the groove
        self.slider.setAccessibleName(self.tr("Position in the file"))
        self.slider.setToolTip(self.tr("Drag or click to seek; arrow keys move by a second, Page keys by ten"))
        self.time = QLabel(self)
        self.time.setFont(font(FontSize.SMALL, tabular=True))
        self.time.setTextFormat(Qt.TextFormat.PlainText)
        self.time.setProperty("role", "muted")
        self.loop_action = self._action(self.tr("&Loop files"), "loop", "L")
        self.loop_action.setCheckable(True)
        self.loop_action.setToolTip(self.tr("Play a video or a folder again from its beginning when it ends (L)"))
        self.back_action = self._action(self.tr("&Back five seconds"), "back", "Shift+Left")
        self.forward_action = self._action(self.tr("&Forward five seconds"), "forward", "Shift+Right")
        self.loop_button = QToolButton(self)
        self.loop_button.setDefaultAction(self.loop_action)
        self.loop_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        self.loop_button.setProperty("kind", "quiet")
        self.loop_button.setAccessibleName(self.tr("Loop files"))
        self.loop_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        margins = (Space.M, Space.XS, Space.S, Space.XS)
        self.setLayout(row((self.slider, 1), self.time, self.loop_button, margins=margins, spacing=Space.M))
        self.slider.valueChanged.connect(self._on_moved)
        self.slider.sliderReleased.connect(self._show_time)
        self.loop_action.toggled.connect(self.loop_toggled)
        self.back_action.triggered.connect(lambda: self._jump(-_JUMP_S))
        self.forward_action.triggered.connect(lambda: self._jump(_JUMP_S))
        self.show_source(self._source)

    @property
    def actions_for_menus(self) -> tuple[QAction, ...]:
        """The actions for looping, back and forward."""
        return self.loop_action, self.back_action, self.forward_action

    def set_looping(self, loops: bool) -> None:
        """Show whether files loop, without emitting `loop_toggled`."""
        with QSignalBlocker(self):
            self.loop_action.setChecked(loops)

    def set_hidden(self, hidden: bool) -> None:
        """Hide the bar, as in a presentation; its shortcuts still work."""
        self._is_hidden = hidden
        self._show()

    def show_source(self, changed: SourceChanged) -> None:
        """Show a change of the source: its length, or nothing to seek."""
        if changed.state is SourceState.OPENING:
            self._segment, self._left_segment = 0, None
        self._source = changed
        with QSignalBlocker(self.slider):
            self.slider.setRange(0, max(1, changed.n_frames - 1))
            if changed.state is SourceState.OPENING:
                self.slider.setValue(0)
        self.slider.setSingleStep(self._step(1.0))
        self.slider.setPageStep(self._step(10.0))
        if changed.state is SourceState.ENDED:
            self._put(changed.n_frames - 1)
        self._show()

    def show_frame(self, frame: Frame) -> None:
        """Follow the frame on screen, unless the user is dragging or the frame is from before their seek."""
        self._segment = frame.segment
        if frame.segment != self._left_segment and not self.slider.isSliderDown() and self._source.n_frames:
            self._left_segment = None
            self._put(frame.index)

    def _action(self, text: str, icon: str, key: str) -> QAction:
        action = QAction(text, self)
        action.setShortcut(QKeySequence(key))
        set_icon(action, icon)
        return action

    def _step(self, seconds: float) -> int:
        return max(1, round(seconds * self._source.fps))

    def _jump(self, seconds: float) -> None:
        frames = self._step(abs(seconds)) if self._source.fps > _SLOW_FPS else 1
        self.slider.setValue(self.slider.value() + (frames if seconds > 0.0 else -frames))

    def _on_moved(self, index: int) -> None:
        self._left_segment = self._segment
        self._show_time()
        self.seek_wanted.emit(index)

    def _put(self, index: int) -> None:
        with QSignalBlocker(self.slider):
            self.slider.setValue(index)
        self._show_time()

    def _show(self) -> None:
        can_seek = self._source.n_frames > 0 and self._source.state in _SHOWN_IN
        self.back_action.setEnabled(can_seek)
        self.forward_action.setEnabled(can_seek)
        self.setVisible(can_seek and not self._is_hidden)
        self._show_time()

    def _show_time(self) -> None:
        at, count, fps = self.slider.value(), self._source.n_frames, self._source.fps
        if fps > _SLOW_FPS:
            text = f"{elapsed_text(int(at / fps))} / {elapsed_text(round(count / fps))}"
        else:
            text = f"{at + 1} / {count}"
        if text != self.time.text():
            self.time.setText(text)
