"""The face under a heat map of the regions that the decision rests on, and the legend of its colours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QLinearGradient, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from metaface_gui.gui.theme import FontSize, Radius, Space, Theme, font
from metaface_gui.types import Floats, Image

# Viridis (van der Walt and Smith 2015), whose lightness increases evenly: readable with any colour vision and in
# grey. It contains no skin colour.
_STOPS = ((68, 1, 84), (59, 82, 139), (33, 145, 140), (94, 201, 98), (253, 231, 37))
_LEAST, _MOST = 0.30, 0.72
"""Opacity of the colour over the grey picture at no and at full importance."""
_SOFTNESS = 0.55
"""Standard deviation of the Gaussian interpolation, in cells of the heat map."""
_BAR_WIDTH = 10


def smooth_heat(heat: Floats, side: int) -> Floats:
    """Interpolate heat (g, g) to a picture's pixels (side, side): a Gaussian-weighted mean of the cells around.

    Unlike bilinear interpolation it shows no grid; unlike cubic interpolation it doesn't overshoot the measured values.
    """
    cells = len(heat)
    places = (np.arange(side) + 0.5) * cells / side - 0.5
    weights = np.exp(-0.5 * ((places[:, None] - np.arange(cells)) / _SOFTNESS) ** 2)
    weights /= weights.sum(axis=1, keepdims=True)
    smoothed: Floats = (weights @ heat @ weights.T).astype(np.float32)
    return smoothed


def heat_picture(crop_rgb: Image, heat: Floats) -> Image:
    """Overlay a heat map (g, g) on a face (s, s, 3): grey, coloured by heat as a share of the maximum.

    Regions that raise the score when they are covered count as unimportant.
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
    """Stretch the contrast of a dark or pale face to the full range, so that it stays visible under the colours."""
    low, high = np.percentile(luma, (1, 99))
    stretched: NDArray[np.float64] = np.clip((luma - low) * 255.0 / max(float(high - low), 40.0), 0.0, 255.0)
    return stretched


class HeatPicture(QWidget):
    """A square that fills the available height: the face alone, or under its heat map."""

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
        """Return the displayed picture, in the crop's own resolution."""
        return self._heated if self._is_heat_shown and not self._heated.isNull() else self._plain

    @property
    def has_heat(self) -> bool:
        """Return whether there is a heat map to overlay."""
        return not self._heated.isNull()

    def show_face(self, crop_rgb: Image, heat: Floats) -> None:
        """Show another face (s, s, 3) with its heat (g, g); all zeros: no heat map."""
        self._plain = _image_of(crop_rgb)
        self._heated = _image_of(heat_picture(crop_rgb, heat)) if heat.any() else QImage()
        self.update()

    def show_heat(self, is_shown: bool) -> None:
        """Show or hide the heat map over the face."""
        self._is_heat_shown = is_shown
        self.update()

    def fit_height(self, height: int) -> None:
        """Set the width to this height, within limits."""
        self.setFixedWidth(max(self.minimumHeight(), min(height, 280)))

    def sizeHint(self) -> QSize:
        """Return a square."""
        return QSize(160, 160)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the picture in the centre, with rounded corners."""
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
    """The legend of the heat map's colours, beside it: a bar with text at its ends."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fall = ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        Theme.current().changed.connect(self.update)

    @property
    def words(self) -> tuple[str, ...]:
        """Return the lines at the upper end, then the one at the lower end."""
        upper = (self.tr("matters more"), *((self._fall,) if self._fall else ()))
        return (*upper, self.tr("matters less"))

    def show_fall(self, text: str) -> None:
        """Show how much covering the hottest region lowers the score."""
        self._fall = text
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the width of the longest text."""
        metrics = QFontMetricsF(font(FontSize.SMALL, tabular=True))
        widest = max(metrics.horizontalAdvance(words) for words in self.words)
        return QSize(_BAR_WIDTH + Space.S + round(widest) + 2, 96)

    def minimumSizeHint(self) -> QSize:
        """Return the size hint, as the text must not be cut."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the bar and the text."""
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
    # Copied, as Qt would keep reading the array after it is freed.
    return QImage(packed.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
