"""Verdicts in annotated video."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from metaface_gui.pipeline.rendering.draw_cv import CvPainter
from metaface_gui.pipeline.rendering.lettering import Lettering
from metaface_gui.pipeline.rendering.overlay import OverlayItem, OverlayKind
from metaface_gui.pipeline.rendering.verdict_panel import (
    _MAX_CACHED,
    KNOWN_BGR,
    RIGHT_BGR,
    UNKNOWN_BGR,
    WRONG_BGR,
    VerdictPanels,
    count_text,
)
from metaface_gui.pipeline.rendering.verdicts import Agreement, Verdict
from metaface_gui.resources import assets_dir
from metaface_gui.types import Image

INTER = assets_dir() / "fonts" / "Inter-Regular.ttf"
YES, NO, NONE = Agreement.AGREES, Agreement.DISAGREES, Agreement.NO_MAJORITY


def verdict(
    learner: str, agreement: Agreement = YES, name: str = "lin", fill: float = 0.7, is_right: bool | None = None
) -> Verdict:
    return Verdict(learner, name, fill, 0.5, agreement, is_deciding=learner == "m0", is_right=is_right)


def panels() -> VerdictPanels:
    return VerdictPanels({"m0": "MAML"}, "Unknown", Lettering(INTER))


def pixels_of(picture: Image, colour: tuple[int, int, int]) -> int:
    return int((picture == colour).all(axis=2).sum())


def item(verdicts: tuple[Verdict, ...], box: tuple[int, int, int, int] = (500, 150, 700, 400)) -> OverlayItem:
    return OverlayItem(1, np.array(box, np.float32), OverlayKind.KNOWN, "lin", "0.7 / 0.4", 0.7, 0.5, verdicts)


def test_a_bar_is_as_long_as_the_score() -> None:
    weak, strong = (panels().panel([verdict("m0", fill=fill)], 1, 15) for fill in (0.2, 0.9))
    assert pixels_of(strong, KNOWN_BGR) > pixels_of(weak, KNOWN_BGR) + 60


def test_names_are_written_and_right_or_wrong_only_where_it_is_known() -> None:
    named, unknown = (panels().panel([verdict("m0", NO, name, fill=0.0)], 1, 15) for name in ("lin", ""))
    assert pixels_of(named, KNOWN_BGR) > 0
    assert pixels_of(unknown, UNKNOWN_BGR) > 0
    for picture in (named, unknown):
        assert pixels_of(picture, RIGHT_BGR) == pixels_of(picture, WRONG_BGR) == 0
    right, wrong = (panels().panel([verdict("m0", NO, fill=0.0, is_right=known)], 1, 15) for known in (True, False))
    assert pixels_of(right, RIGHT_BGR) > 0
    assert pixels_of(wrong, WRONG_BGR) > pixels_of(right, RIGHT_BGR), "the name, too"


def test_a_drawn_panel_is_not_changed_by_what_a_caller_does_to_it() -> None:
    made = panels()
    first = made.panel([verdict("m0")], 1, 15)
    expected = first.copy()
    first[:] = 0
    assert np.array_equal(made.panel([verdict("m0")], 1, 15), expected)


@pytest.mark.parametrize("columns", [0, 1, 2])
def test_the_size_is_known_before(columns: int) -> None:
    made, verdicts = panels(), [verdict(f"m{i}", NO if i % 3 else YES, "Konstantin" * i) for i in range(9)]
    picture = made.panel(verdicts, columns, 12)
    assert made.size_of(verdicts, columns, 12) == (picture.shape[1], picture.shape[0])


def test_two_columns_are_wider_and_lower_than_one_and_a_count_is_small() -> None:
    made, verdicts = panels(), [verdict(f"m{i}") for i in range(9)]
    (wide, low), (narrow, high), count = (made.size_of(verdicts, columns, 15) for columns in (2, 1, 0))
    assert wide > narrow
    assert low < high
    assert count < (narrow, low)


def test_the_count() -> None:
    assert count_text([verdict("a"), verdict("b"), verdict("c", NO)]) == (None, "2/3")
    assert count_text([verdict("a", NONE), verdict("b", NONE)]) == (None, "–/2")
    assert count_text([verdict("a", is_right=True), verdict("b", NO, is_right=False)]) == (False, "1/2")
    assert count_text([verdict("a", is_right=True), verdict("b", is_right=True)]) == (True, "2/2")


def test_a_video_shows_the_verdicts_beside_the_face() -> None:
    frame = np.full((720, 1280, 3), 60, np.uint8)
    painter = CvPainter("Unknown", (INTER,), {"m0": "MAML"})
    alone = painter.paint(frame, (item(()),))
    together = painter.paint(frame, (item(tuple(verdict(f"m{i}", name="" if i == 3 else "lin") for i in range(9))),))
    assert pixels_of(together, KNOWN_BGR) > pixels_of(alone, KNOWN_BGR)
    assert pixels_of(together, UNKNOWN_BGR) > 0
    assert np.array_equal(alone[:400], together[:400]), "box and label are as they were"


def test_in_a_crowd_there_are_only_counts() -> None:
    frame = np.full((720, 1280, 3), 60, np.uint8)
    verdicts = tuple(verdict(f"m{i}") for i in range(9))
    crowd = tuple(replace(item(verdicts, (40 + 200 * i, 200, 160 + 200 * i, 340)), track_id=i) for i in range(6))
    painted = CvPainter("Unknown", (INTER,)).paint(frame, crowd)
    assert (painted[345:372] != 60).any()
    assert (painted[400:] == 60).all()


@pytest.mark.parametrize("name", ["x" * 300, "😀", "田中", "\u202eabc", ""])
def test_any_name_fits_its_place(name: str) -> None:
    made = panels()
    expected = made.size_of([verdict("m0", NO, "lin")], 1, 15)
    assert made.size_of([verdict("m0", NO, name)], 1, 15) == expected


def test_a_text_is_shortened_to_fit() -> None:
    lettering = Lettering(INTER)
    assert lettering.shortened("lin", 100, 15) == "lin"
    shortened = lettering.shortened("Konstantinopoulou", 60, 15)
    assert shortened.endswith("…")
    assert lettering.width(shortened, 15) <= 60
    assert lettering.shortened("abc", 0, 15) == "…"


def test_panels_that_are_drawn_anew_look_the_same() -> None:
    """Many names pass by in a long video; what was drawn for them is let go of, and drawn again when it is wanted."""
    made = panels()
    first = made.panel([verdict("m0", name="person 0")], 1, 15).copy()
    for i in range(1, 600):
        made.panel([verdict("m0", name=f"person {i}")], 1, 15)
    assert len(made._drawn) <= _MAX_CACHED
    assert np.array_equal(made.panel([verdict("m0", name="person 0")], 1, 15), first)
