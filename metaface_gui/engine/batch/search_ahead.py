"""Read a file and search its frames for faces on a separate thread, ahead of the code that processes them.

Reading and searching a frame is one stage, embedding its faces another; neither uses two cores by itself.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from metaface_gui.pipeline.detection.way_up import Upright
from metaface_gui.types import Frame

_AHEAD = 4
"""The number of frames in progress or waiting besides the one being processed.

The queue evens out slow frames of either stage, such as every fifth frame, in which several faces may be embedded.
"""


def searched(
    read: Callable[[], Frame | None], find: Callable[[Frame], Upright]
) -> Generator[tuple[Frame, Upright], None, None]:
    """Yield every frame with what was found in it, in order; one thread calls both functions.

    Their exceptions are raised here, after the frames before them. Stopping early waits for the frame in progress.
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
