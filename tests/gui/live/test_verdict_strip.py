"""Strips of verdicts over the video: readable, apart from each other, within the view."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from metaface_gui.gui.learner_words import learner_short_title
from metaface_gui.gui.live.overlay_painter import OverlayPainter, PlacedFace
from metaface_gui.gui.live.verdict_strip import _count_text, _draw_mark
from metaface_gui.gui.live.view_geometry import VideoGeometry
from metaface_gui.gui.theme import DARK
from metaface_gui.pipeline.rendering.overlay import overlay_items
from metaface_gui.types import TrackedFace, Truth
from tests.gui.fakes import make_result
from tests.gui.verdict_fakes import KEYS, compared_face

VIEW = QRectF(0, 0, 920, 660)
GEOMETRY = VideoGeometry.fit(1280, 720, VIEW, is_mirrored=False)
TITLES = {key: learner_short_title(key) for key in KEYS}
THREE = ((150.0, 170.0, 330.0, 400.0), (540.0, 140.0, 730.0, 380.0), (930.0, 200.0, 1110.0, 430.0))


@pytest.fixture
def overlay(qapp: QApplication) -> OverlayPainter:
    made = OverlayPainter()
    made.set_titles(TITLES)
    return made


def place(overlay: OverlayPainter, *faces: TrackedFace, obstacles: Sequence[QRectF] = ()) -> tuple[PlacedFace, ...]:
    items = sorted(overlay_items(make_result(*faces).result), key=lambda item: item.track_id)
    return overlay.place(items, GEOMETRY, VIEW, obstacles)


def painted(overlay: OverlayPainter, faces: tuple[PlacedFace, ...]) -> QImage:
    image = QImage(920, 660, QImage.Format.Format_RGB32)
    image.fill(QColor("#404040"))
    painter = QPainter(image)
    overlay.paint(painter, faces)
    painter.end()
    return image


def count(image: QImage, rect: QRectF, color: str) -> int:
    wanted, area = QColor(color).rgb(), rect.toAlignedRect()
    rows, columns = range(area.top(), area.bottom()), range(area.left(), area.right())
    return sum(image.pixel(x, y) == wanted for y in rows for x in columns)


def strip_rect(face: PlacedFace) -> QRectF:
    assert face.strip is not None
    return face.strip.rect


def test_one_method_alone_has_no_strip(overlay: OverlayPainter) -> None:
    (face,) = place(overlay, compared_face(1, THREE[0], n=1))
    assert face.strip is None


@pytest.mark.parametrize("n", [2, 9])
def test_three_faces_each_have_all_verdicts(overlay: OverlayPainter, n: int) -> None:
    faces = place(overlay, *(compared_face(i, box, n=n) for i, box in enumerate(THREE)))
    assert all(face.strip is not None and face.strip.columns >= 1 for face in faces)
    assert all(len(face.strip.verdicts) == n for face in faces if face.strip is not None)


def test_in_a_low_view_three_faces_still_have_all_verdicts_in_smaller_letters(overlay: OverlayPainter) -> None:
    """The video of a window of 1280 × 800 with the studio open."""
    low = QRectF(0, 0, 920, 368)
    items = overlay_items(make_result(*(compared_face(i, box) for i, box in enumerate(THREE))).result)
    faces = overlay.place(items, VideoGeometry.fit(1280, 720, low, is_mirrored=False), low)
    assert all(face.strip is not None and face.strip.columns == 1 for face in faces)
    assert all(low.contains(strip_rect(face)) for face in faces)


def test_cells_stand_in_the_methods_order_whoever_decides(overlay: OverlayPainter) -> None:
    items = overlay_items(make_result(compared_face(1, THREE[0], n=len(KEYS))).result, "reptile")
    (face,) = overlay.place(items, GEOMETRY, VIEW)
    assert face.strip is not None
    assert tuple(verdict.learner for verdict in face.strip.verdicts) == KEYS
    assert [verdict.learner for verdict in face.strip.verdicts if verdict.is_deciding] == ["reptile"]


def test_every_method_says_its_name_and_nobody_is_right_or_wrong_where_nobody_knows(overlay: OverlayPainter) -> None:
    """One method alone may be right, and most of them wrong."""
    same = place(overlay, compared_face(1, THREE[0]))
    differs = place(overlay, compared_face(1, THREE[0], others={"maml": None}))
    assert count(painted(overlay, same), strip_rect(same[0]), DARK.unknown) == 0
    assert count(painted(overlay, differs), strip_rect(differs[0]), DARK.unknown) > 5
    image = painted(overlay, differs)
    assert count(image, strip_rect(differs[0]), DARK.success) == count(image, strip_rect(differs[0]), DARK.danger) == 0
    lines = overlay.verdict_lines(differs[0])
    assert "MAML: Unknown  −0.75 (0.10 / 0.40)" in lines
    assert any(line.startswith("Reptile: lin") for line in lines)


def test_where_it_is_known_who_it_is_each_method_is_right_or_wrong(overlay: OverlayPainter) -> None:
    face = compared_face(1, THREE[0], name=None, others={"maml": "lin"})
    (placed,) = place(overlay, replace(face, truth=Truth(name="lin")))
    image = painted(overlay, (placed,))
    assert count(image, strip_rect(placed), DARK.success) > 3
    assert count(image, strip_rect(placed), DARK.danger) > 20
    lines = overlay.verdict_lines(placed)
    assert sum(line.startswith("✗ ") for line in lines) == 8
    assert [line.split("  ")[0] for line in lines if line.startswith("✓ ")] == ["✓ MAML: lin"]
    small = replace(compared_face(2, (300, 300, 360, 370), others={"maml": None}), truth=Truth(name="lin"))
    (counted,) = place(overlay, small)
    assert counted.strip is not None
    assert _count_text(counted.strip.verdicts) == "8 of 9 right"


def test_bars_follow_the_scores_though_the_rest_is_kept(overlay: OverlayPainter) -> None:
    face = compared_face(1, THREE[0], n=2)
    before = painted(overlay, place(overlay, face))
    assert painted(overlay, place(overlay, face)) == before
    stronger = {key: replace(one, score=0.79) for key, one in face.per_learner.items()}
    (placed,) = place(overlay, replace(face, per_learner=stronger))
    after = painted(overlay, (placed,))
    assert count(after, strip_rect(placed), DARK.known) > count(before, strip_rect(placed), DARK.known) + 20


def test_more_than_four_faces_have_only_counts(overlay: OverlayPainter) -> None:
    boxes = [(40.0 + 240 * i, 200.0, 190.0 + 240 * i, 390.0) for i in range(5)]
    faces = place(overlay, *(compared_face(i, box, others={"maml": None}) for i, box in enumerate(boxes)))
    assert [face.strip.columns for face in faces if face.strip is not None] == [0] * 5


def test_a_small_face_has_only_a_count(overlay: OverlayPainter) -> None:
    (face,) = place(overlay, compared_face(1, (300, 300, 360, 370)))
    assert face.strip is not None
    assert face.strip.columns == 0


def test_what_lies_over_the_video_is_not_covered(overlay: OverlayPainter) -> None:
    (free,) = place(overlay, compared_face(1, THREE[0]))
    (moved,) = place(overlay, compared_face(1, THREE[0]), obstacles=[strip_rect(free)])
    assert not strip_rect(moved).intersects(strip_rect(free))


def test_a_click_on_the_strip_means_the_face(overlay: OverlayPainter) -> None:
    (face,) = place(overlay, compared_face(1, THREE[0]))
    assert face.contains(strip_rect(face).center())


def test_a_presentation_has_no_strips_and_large_names(overlay: OverlayPainter) -> None:
    (usual,) = place(overlay, compared_face(1, THREE[0]))
    overlay.set_presenting(60)
    (shown,) = place(overlay, compared_face(1, THREE[0]))
    assert shown.strip is None
    assert shown.is_compact
    assert shown.label.height() > 2 * usual.label.height()
    assert not painted(overlay, (shown,)).isNull()
    overlay.set_presenting(None)
    (again,) = place(overlay, compared_face(1, THREE[0]))
    assert again.label == usual.label
    assert again.strip == usual.strip


def test_any_number_of_names_keeps_the_pictures_few(overlay: OverlayPainter) -> None:
    for i in range(200):
        faces = place(overlay, compared_face(1, THREE[0], others={"maml": f"person {i}"}))
        if i % 10 == 0:
            painted(overlay, faces)
    assert len(overlay._strips._pictures) <= 64


boxes = st.tuples(st.floats(-60, 1200), st.floats(-60, 700), st.floats(8, 700), st.floats(8, 600))


@settings(max_examples=60, deadline=None)
@given(st.lists(boxes, min_size=1, max_size=7), st.integers(2, 9))
def test_strips_are_apart_and_within_the_view(raw: list[tuple[float, float, float, float]], n: int) -> None:
    overlay = OverlayPainter()
    overlay.set_titles(TITLES)
    faces = place(overlay, *(compared_face(i, (x, y, x + w, y + h), n=n) for i, (x, y, w, h) in enumerate(raw)))
    strips = [(face.track_id, face.strip.rect) for face in faces if face.strip is not None]
    assert all(VIEW.contains(rect) for _, rect in strips)
    assert not any(a.intersects(b) for (_, a), (_, b) in combinations(strips, 2))
    for track, rect in strips:
        assert not any(rect.intersects(face.label) for face in faces)
        assert not any(rect.intersects(face.box) for face in faces if face.track_id != track)


def test_right_and_wrong_are_told_by_the_shape_of_a_mark_too() -> None:
    """Drawn in one colour, no two marks look alike."""
    pictures = []
    for is_right in (True, False, None):
        picture = QImage(16, 16, QImage.Format.Format_Grayscale8)
        picture.fill(0)
        painter = QPainter(picture)
        _draw_mark(painter, is_right, 2.0, 8.0)
        painter.end()
        pixels = np.frombuffer(picture.constBits(), np.uint8).reshape(16, picture.bytesPerLine())[:, :16]
        pictures.append(pixels > 60)
    for number, one in enumerate(pictures):
        for other in pictures[number + 1 :]:
            assert np.count_nonzero(one != other) >= 12
