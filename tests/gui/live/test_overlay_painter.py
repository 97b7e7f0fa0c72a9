"""Drawing faces: what is told apart, and how."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from metaface_gui.gui.live.overlay_painter import FaceStyle, OverlayPainter, PlacedFace, style_of
from metaface_gui.gui.live.view_geometry import VideoGeometry
from metaface_gui.gui.theme import DARK
from metaface_gui.pipeline.rendering.overlay import overlay_items
from metaface_gui.types import TrackedFace
from tests.gui.fakes import make_face, make_result
from tests.gui.verdict_fakes import KEYS, compared_face

GEOMETRY = VideoGeometry(1280, 720, QRectF(0, 0, 1280, 720), is_mirrored=False)
INFINITY = float("inf")


@pytest.fixture
def overlay(qapp: object) -> OverlayPainter:
    return OverlayPainter()


def place(overlay: OverlayPainter, *faces: TrackedFace, geometry: VideoGeometry = GEOMETRY) -> tuple[PlacedFace, ...]:
    return overlay.place(overlay_items(make_result(*faces).result), geometry)


def painted(overlay: OverlayPainter, faces: tuple[PlacedFace, ...], **lit: int | None) -> QImage:
    image = QImage(1280, 720, QImage.Format.Format_RGB32)
    image.fill(QColor("#404040"))
    painter = QPainter(image)
    overlay.paint(painter, faces, **lit)
    painter.end()
    return image


def colors(image: QImage, rect: QRectF) -> set[str]:
    area = rect.toRect()
    return {
        image.pixelColor(x, y).name()
        for x in range(area.left(), area.right(), 1)
        for y in range(area.top(), area.bottom(), 1)
    }


def test_the_three_styles() -> None:
    known, unknown, pending = (
        overlay_items(make_result(face).result)[0]
        for face in (make_face(1, name="lin"), make_face(2), make_face(3, score=-INFINITY, threshold=INFINITY))
    )
    assert (style_of(known), style_of(unknown), style_of(pending)) == (
        FaceStyle.KNOWN,
        FaceStyle.UNKNOWN,
        FaceStyle.PENDING,
    )


def test_known_and_unknown_have_their_colours(overlay: OverlayPainter) -> None:
    known = place(overlay, make_face(1, name="lin"))
    unknown = place(overlay, make_face(1))
    assert DARK.known in colors(painted(overlay, known), known[0].label)
    assert DARK.unknown in colors(painted(overlay, unknown), unknown[0].label)
    assert known[0].name == "lin"
    assert unknown[0].name == "Unknown"


def test_the_tick_stands_at_the_threshold_and_the_bar_ends_at_the_score(overlay: OverlayPainter) -> None:
    weak, strong = (place(overlay, make_face(1, name="lin", score=score, threshold=0.5))[0] for score in (0.5, 0.9))
    line = [painted(overlay, (face,)) for face in (weak, strong)]
    lengths = []
    for face, image in zip((weak, strong), line, strict=True):
        y = int(face.label.y()) + 31
        row = [image.pixelColor(x, y).name() for x in range(int(face.label.left()) + 5, int(face.label.right()))]
        lengths.append(row.count(DARK.known))
        assert "#ffffff" in row
    assert lengths[1] > lengths[0] + 10


def test_a_long_name_is_elided(overlay: OverlayPainter) -> None:
    (face,) = place(overlay, make_face(1, name="Alexandra Konstantinopoulou-Featherstonehaugh the Third"))
    assert face.label.width() < 330


def test_small_and_many_faces_get_labels_of_one_line(overlay: OverlayPainter) -> None:
    (small,) = place(overlay, make_face(1, (100, 100, 140, 150), "lin"))
    (large,) = place(overlay, make_face(1, (100, 100, 300, 350), "lin"))
    assert small.is_compact
    assert not large.is_compact
    assert small.label.height() < large.label.height()
    many = place(overlay, *(make_face(i + 1, (100 * i, 300, 100 * i + 90, 400)) for i in range(12)))
    assert all(face.is_compact for face in many)


def test_a_face_without_a_score_shows_none(overlay: OverlayPainter) -> None:
    (face,) = place(overlay, make_face(1, score=-INFINITY, threshold=INFINITY))
    assert face.is_compact
    assert not painted(overlay, (face,)).isNull()


def test_hovered_and_focused_faces_are_lit(overlay: OverlayPainter) -> None:
    faces = place(overlay, make_face(1, (400, 200, 600, 450), "lin"))
    middle = QPointF(500, 320).toPoint()
    plain = painted(overlay, faces).pixelColor(middle)
    assert painted(overlay, faces, hovered=1).pixelColor(middle) != plain
    assert painted(overlay, faces, hovered=2).pixelColor(middle) == plain
    assert "#ffffff" in colors(painted(overlay, faces, focused=1), QRectF(392, 250, 6, 40))


def test_text_is_not_mirrored(overlay: OverlayPainter) -> None:
    """A mirrored view moves boxes to the other side, and nothing else: labels of both look the same."""
    face = make_face(1, (540, 300, 740, 500), "lin")  # in the middle, where mirroring moves nothing
    mirrored = VideoGeometry(1280, 720, GEOMETRY.target, is_mirrored=True)
    here, there = place(overlay, face), place(overlay, face, geometry=mirrored)
    assert here[0].label == there[0].label
    assert painted(overlay, here) == painted(overlay, there)


def test_a_box_of_no_size_or_outside_the_view_is_harmless(overlay: OverlayPainter) -> None:
    faces = place(overlay, make_face(1, (5, 5, 5, 5)), make_face(2, (-500, -500, -400, -400)))
    assert not painted(overlay, faces).isNull()


def test_names_in_any_script_and_with_markup_are_plain_text(overlay: OverlayPainter) -> None:
    for name in ("林", "Ζωή", "محمد", "<b>lin</b>", "a&b", "👩‍🚀", " "):
        faces = place(overlay, make_face(1, name=name))
        assert faces[0].name == name
        assert not painted(overlay, faces).isNull()


def test_caches_do_not_grow_without_bound(overlay: OverlayPainter) -> None:
    rng = np.random.default_rng(0)
    image = QImage(64, 64, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    for number in range(1200):
        side = float(rng.uniform(20, 500))
        faces = place(overlay, make_face(1, (10, 10, 10 + side, 10 + side), f"person {number}"))
        overlay._paint_corners(painter, faces[0], is_lit=False)
    painter.end()
    assert len(overlay._elided) <= 501
    assert len(overlay._corners) <= 201


@pytest.mark.parametrize("corner", [(150, 150), (1150, 150), (150, 620), (1150, 620)])
def test_at_an_edge_neither_label_nor_strip_leaves_its_side(overlay: OverlayPainter, corner: tuple[int, int]) -> None:
    """A head that sways by a few pixels: its label and its strip go with it, as they stood."""
    overlay.set_titles({key: key[:8] for key in KEYS})
    offsets = []
    for step in range(80):
        x = corner[0] + 12 * math.sin(step / 5) + (step % 3)
        y = corner[1] + 12 * math.sin(step / 7) - (step % 2)
        face = compared_face(7, (x - 75, y - 95, x + 75, y + 95), "lin")
        (placed,) = place(overlay, face)
        assert placed.strip is not None
        offsets.append([rect.topLeft() - placed.box.topLeft() for rect in (placed.label, placed.strip.rect)])
    for before, after in pairwise(offsets):
        assert all((b - a).manhattanLength() < 20 for a, b in zip(before, after, strict=True))
