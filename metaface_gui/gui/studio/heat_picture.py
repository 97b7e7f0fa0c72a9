"""The face with a heat map of what the decision rests on, and the legend of its colours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QLinearGradient, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from metaface_gui.gui.theme import FontSize, Radius, Space, Theme, font
from metaface_gui.types import Floats, Image

# Viridis (van der Walt and Smith 2015), whose lightness rises evenly: it reads the same in any colour vision, and in
# grey. It holds no colour of skin.
_STOPS = ((68, 1, 84), (59, 82, 139), (33, 145, 140), (94, 201, 98), (253, 231, 37))
_LEAST, _MOST = 0.30, 0.72
"""How much the colour covers the grey picture where nothing matters, and where all does."""
_SOFTNESS = 0.55
"""Standard deviation of the interpolation, in cells of the heat map."""
_BAR_WIDTH = 10


def smooth_heat(heat: Floats, side: int) -> Floats:
    """Heat (g, g) at the pixels (side, side) of a picture: a mean of the cells about, weighted by a Gaussian.

    Unlike bilinear interpolation it shows no grid, and unlike a cubic one nothing that was not measured.
    """
    cells = len(heat)
    places = (np.arange(side) + 0.5) * cells / side - 0.5
    weights = np.exp(-0.5 * ((places[:, None] - np.arange(cells)) / _SOFTNESS) ** 2)
    weights /= weights.sum(axis=1, keepdims=True)
    smoothed: Floats = (weights @ heat @ weights.T).astype(np.float32)
    return smoothed


def heat_picture(crop_rgb: Image, heat: Floats) -> Image:
    """Lay a heat map (g, g) over a face (s, s, 3): grey below, coloured by the share of the greatest heat.

    What makes the score rise when it is covered counts as what does not matter.
    """
    smoothed = smooth_heat(heat, crop_rgb.shape[0])
    share = np.clip(smoothed, 0.0, None) / max(float(smoothed.max()), 1e-9)
    colours = np.stack(
        [np.interp(share, np.linspace(0, 1, len(_STOPS)), [stop[channel] for stop in _STOPS]) for channel in range(3)],
        axis=2,
    )
    grey = _stretched(crop_rgb @ np.array([0.299, 0.587, 0.114]))[..., None]
    cover = (_LEAST + (_MOST - _LEAST) * share)[..., None]
    laid: NDArray[np.uint8] = (grey * (1 - cover) + colours * cover).round().astype(np.uint8)
    return laid


def _stretched(luma: NDArray[np.float64]) -> NDArray[np.float64]:
    """Spread the light of a dark or a pale face over the whole range, so that it is seen under the colours."""
    low, high = np.percentile(luma, (1, 99))
    stretched: NDArray[np.float64] = np.clip((luma - low) * 255.0 / max(float(high - low), 40.0), 0.0, 255.0)
    return stretched


class HeatPicture(QWidget):
    """A square as high as the room there is; the face alone, or under its heat map."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plain = self._heated = QImage()
        self._is_heat_shown = True
        policy = QSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setSizePolicy(policy)
        self.setMinimumHeight(96)
        self.setAccessibleName(self.tr("The analysed face"))

    @property
    def shown(self) -> QImage:
        """What is on screen, at the crop's own size."""
        return self._heated if self._is_heat_shown and not self._heated.isNull() else self._plain

    @property
    def has_heat(self) -> bool:
        """Whether there is anything to lay over the face."""
        return not self._heated.isNull()

    def show_face(self, crop_rgb: Image, heat: Floats) -> None:
        """Show another face (s, s, 3) with its heat (g, g); all zeros: it has none."""
        self._plain = _image_of(crop_rgb)
        self._heated = _image_of(heat_picture(crop_rgb, heat)) if heat.any() else QImage()
        self.update()

    def show_heat(self, is_shown: bool) -> None:
        """Lay the heat map over the face, or take it away."""
        self._is_heat_shown = is_shown
        self.update()

    def fit_height(self, height: int) -> None:
        """Be as wide as this height, within reason."""
        self.setFixedWidth(max(self.minimumHeight(), min(height, 280)))

    def sizeHint(self) -> QSize:
        """Square."""
        return QSize(160, 160)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the picture in the middle, with round corners."""
        image = self.shown
        if image.isNull():
            return
        side = min(self.width(), self.height())
        place = QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        path = QPainterPath()
        path.addRoundedRect(place, Radius.M, Radius.M)
        painter.setClipPath(path)
        painter.drawImage(place, image)


class HeatLegend(QWidget):
    """What the colours of the heat map mean, beside it: a bar with words at its ends."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fall = ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        Theme.current().changed.connect(self.update)

    @property
    def words(self) -> tuple[str, ...]:
        """The lines at the upper end, then that at the lower."""
        upper = (self.tr("matters more"), *((self._fall,) if self._fall else ()))
        return (*upper, self.tr("matters less"))

    def show_fall(self, text: str) -> None:
        """Say what the hottest place costs."""
        self._fall = text
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as its longest words."""
        metrics = QFontMetricsF(font(FontSize.SMALL, tabular=True))
        widest = max(metrics.horizontalAdvance(words) for words in self.words)
        return QSize(_BAR_WIDTH + Space.S + round(widest) + 2, 96)

    def minimumSizeHint(self) -> QSize:
        """The same: words are not cut."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the bar and the words."""
        theme = Theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left = self.width() - _BAR_WIDTH if self.isRightToLeft() else 0
        bar = QRectF(left, 0, _BAR_WIDTH, self.height())
        gradient = QLinearGradient(bar.bottomLeft(), bar.topLeft())
        for place, (red, green, blue) in zip(np.linspace(0, 1, len(_STOPS)).tolist(), _STOPS, strict=True):
            colour = theme.color("surface")
            colour.setRgb(red, green, blue)
            gradient.setColorAt(place, colour)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(gradient)
        painter.drawRoundedRect(bar, 3, 3)
        painter.setFont(font(FontSize.SMALL, tabular=True))
        painter.setPen(QPen(theme.color("muted")))
        *upper, lower = self.words
        ascent, line = painter.fontMetrics().ascent(), painter.fontMetrics().lineSpacing()
        for row, words in enumerate(upper):
            self._write(painter, words, ascent + row * line)
        self._write(painter, lower, self.height() - painter.fontMetrics().descent())

    def _write(self, painter: QPainter, words: str, baseline: float) -> None:
        room = _BAR_WIDTH + Space.S
        width = painter.fontMetrics().horizontalAdvance(words)
        painter.drawText(QPointF(self.width() - room - width if self.isRightToLeft() else room, baseline), words)


def _image_of(rgb: Image) -> QImage:
    height, width = rgb.shape[:2]
    packed = np.ascontiguousarray(rgb)
    # Copied: Qt would go on reading the array after it has gone.
    return QImage(packed.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
