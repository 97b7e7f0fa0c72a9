from __future__ import annotations

from metaface_gui.gui.live.recently_drawn import FRAMES, RecentlyDrawn


def show(drawn: RecentlyDrawn[str, int], frames: int, *asked: str) -> None:
    for _ in range(frames):
        drawn.next_frame()
        for key in asked:
            drawn.get(key)


def test_what_every_frame_shows_is_drawn_once() -> None:
    drawn = RecentlyDrawn[str, int](10)
    assert drawn.keep("Ann", 1) == 1
    show(drawn, 10 * FRAMES, "Ann")
    assert drawn.get("Ann") == 1
    assert len(drawn) == 1


def test_what_no_frame_shows_is_forgotten_though_others_are_shown() -> None:
    drawn = RecentlyDrawn[str, int](10)
    drawn.keep("Ann", 1)
    drawn.keep("Bob", 2)
    show(drawn, 2 * FRAMES, "Bob")
    assert drawn.get("Ann") is None
    assert drawn.get("Bob") == 2
    show(drawn, 2 * FRAMES)
    assert len(drawn) == 0, "frames without a face count too"


def test_there_are_never_more_than_allowed() -> None:
    drawn = RecentlyDrawn[str, int](10)
    for number in range(25):
        show(drawn, FRAMES // 2)
        drawn.keep(str(number), number)
        assert len(drawn) <= 10
    drawn.clear()
    assert len(drawn) == 0
