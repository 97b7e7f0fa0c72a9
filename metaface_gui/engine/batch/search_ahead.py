"""Reads a file and searches its frames on a thread of its own, ahead of who looks at them.

Reading and searching a frame is one stage, embedding its faces another; neither fills two cores by itself.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from metaface_gui.pipeline.detection.way_up import Upright
from metaface_gui.types import Frame

_AHEAD = 4
"""Frames in work or waiting beside the one that is looked at: a slow one of either stage is made up for, as where
several faces are looked at in the same one of five frames."""


def searched(
    read: Callable[[], Frame | None], find: Callable[[Frame], Upright]
) -> Generator[tuple[Frame, Upright], None, None]:
    """Give every frame with what was found in it, in order; both functions are called by one thread.

    What they raise is raised here, after the frames before it. Whoever stops in between waits for the frame in work.
    """

    def steps() -> Iterator[tuple[Frame, Upright]]:
        while (frame := read()) is not None:
            yield frame, find(frame)

    step = partial(next, steps(), None)
    with ThreadPoolExecutor(1, thread_name_prefix="search-ahead") as stage:
        ahead = deque(stage.submit(step) for _ in range(_AHEAD))
        try:
            while (found := ahead.popleft().result()) is not None:
                ahead.append(stage.submit(step))
                yield found
        finally:
            stage.shutdown(cancel_futures=True)
