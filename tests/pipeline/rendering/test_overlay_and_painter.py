from __future__ import annotations

import numpy as np
import pytest

from metaface_gui.pipeline.rendering.draw_cv import CvPainter
from metaface_gui.pipeline.rendering.overlay import OverlayKind, overlay_items
from metaface_gui.types import UNKNOWN, Frame, FrameResult, Identification, TrackedFace
from tests.pipeline.samples import decided


def result(*faces: TrackedFace) -> FrameResult:
    frame = Frame(np.full((240, 320, 3), 60, np.uint8), 0, 0.0, 0)
    return FrameResult(frame, faces, 0)


ANNA = Identification(1, "Anna", 0.8, 0.4, 1, "Anna")


def test_known_unknown_and_empty_gallery() -> None:
    stranger = Identification(None, None, 0.2, 0.4, 1, "Anna")
    items = overlay_items(
        result(
            decided(1, (0, 0, 90, 90), ANNA),
            decided(2, (100, 0, 150, 50), stranger),
            decided(3, (200, 0, 220, 20), UNKNOWN),
        )
    )
    by_track = {item.track_id: item for item in items}
    assert [item.track_id for item in items] == [3, 2, 1], "the largest face is painted last"
    assert (by_track[1].kind, by_track[1].name, by_track[1].score_text) == (OverlayKind.KNOWN, "Anna", "+1.00")
    assert (by_track[2].kind, by_track[2].name) == (OverlayKind.UNKNOWN, "")
    assert by_track[3].score_text == ""
    assert by_track[1].fill > by_track[1].mark > by_track[2].fill > 0.0


def test_a_score_at_the_threshold_fills_the_bar_to_its_mark() -> None:
    (item,) = overlay_items(result(decided(1, (0, 0, 9, 9), Identification(1, "A", 0.4, 0.4))))
    assert item.fill == pytest.approx(item.mark)


def test_painting_leaves_the_frame_alone_and_marks_the_face() -> None:
    shown = result(decided(1, (100, 80, 180, 170), ANNA))
    before = shown.frame.image_bgr.copy()
    painted = CvPainter("Unknown").paint(shown.frame.image_bgr, overlay_items(shown))
    assert np.array_equal(shown.frame.image_bgr, before)
    changed = (painted != before).any(axis=2)
    assert changed[80:85, 100:115].any(), "a corner of the box"
    assert changed[40:78, 100:180].any(), "the label above it"
    assert not changed[200:, :].any()


@pytest.mark.parametrize("name", ["x" * 500, "😀 Ænne/…", "\u202eabc", "田中"])
@pytest.mark.parametrize("box", [(-50, -50, 20, 20), (300, 220, 420, 330), (0, 0, 320, 240), (10, 10, 11, 11)])
def test_any_name_and_place_can_be_painted(name: str, box: tuple[float, float, float, float]) -> None:
    shown = result(decided(1, box, Identification(1, name, 0.8, 0.4)))
    painted = CvPainter("Unknown").paint(shown.frame.image_bgr, overlay_items(shown))
    assert painted.shape == (240, 320, 3)
    assert (painted != shown.frame.image_bgr).any()
