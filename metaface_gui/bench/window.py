"""What a frame costs in the window with one method and with all of them: looked at, converted and painted.

Both see the same frames in turns, frame by frame, and processor time counts, not the clock's: what other programs do
slows both alike, or neither.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import fmean

from metaface_gui.bench.clips import Clip
from metaface_gui.bench.figures import Timing, timing_of
from metaface_gui.bench.live import BenchModels
from metaface_gui.bench.race import OnStep
from metaface_gui.engine.events import SourceChanged, SourceState
from metaface_gui.gui.learner_words import learner_short_title
from metaface_gui.gui.live.frame_picture import PictureBuffers
from metaface_gui.gui.live.live_view import LiveView
from metaface_gui.pipeline.face_pipeline import FacePipeline
from metaface_gui.pipeline.recognition.attention import LIVE
from metaface_gui.types import Frame

_WARM_UP_FRAMES = 3


@dataclass(frozen=True, slots=True)
class FrameCost:
    """Milliseconds of processor time that a frame takes with so many methods: of all threads (`frame`, and their mean),
    and of that which paints (`painting`). `strips` are the strips of verdicts that a frame showed in the mean."""

    methods: int
    frame: Timing
    mean_ms: float
    painting: Timing
    painting_mean_ms: float
    strips: float


@dataclass(frozen=True, slots=True)
class WindowFigures:
    """What was looked at, in a view of the same size, and what it cost with one method and with all.

    `times` is how many times as much a frame costs with all as with one, `painting_times` the same of painting it.
    """

    width: int
    height: int
    frames: int
    repeats: int
    one: FrameCost
    all: FrameCost
    times: float
    painting_times: float


def measure_window(
    models: BenchModels, clips: Iterable[Clip], *, repeats: int, on_step: OnStep = lambda _: None
) -> WindowFigures:
    """Show clips in two views, one method in one, all in the other. A `QApplication` must be there.

    Raises:
        ValueError: if there is no clip.
    """
    alone = (models.settings.learner,)
    everyone = (*alone, *(key for key in models.classifiers if key not in alone))
    titles = {key: learner_short_title(key) for key in models.classifiers}
    one, other = (_Contender(models.pipeline(LIVE, learners), titles) for learners in (alone, everyone))
    size, n_frames, turn = (0, 0), 0, 0
    for clip in clips:
        if not n_frames:
            size = clip.frames[0].width, clip.frames[0].height
            for contender in (one, other):
                contender.begin(*size)
                for frame in clip.frames[:_WARM_UP_FRAMES]:
                    contender.show(frame)
                contender.forget()
        n_frames += len(clip.frames)
        for _ in range(repeats):
            for contender in (one, other):
                contender.begin(*size)
            for frame in clip.frames:
                turn += 1
                for contender in (one, other) if turn % 2 else (other, one):
                    contender.show(frame)
        on_step(clip.title)
    if not n_frames:
        raise ValueError("there is no clip to show")
    least, most = one.cost(len(alone)), other.cost(len(everyone))
    return WindowFigures(
        *size,
        frames=n_frames,
        repeats=repeats,
        one=least,
        all=most,
        times=most.mean_ms / least.mean_ms,
        painting_times=most.painting_mean_ms / least.painting_mean_ms,
    )


class _Contender:
    """A pipeline, and a view of its own that shows what it found."""

    def __init__(self, pipeline: FacePipeline, titles: Mapping[str, str]) -> None:
        self._pipeline = pipeline
        self._buffers = PictureBuffers()
        self._view = LiveView()
        self._view.set_titles(titles)
        self._canvas = self._view.grab()
        self._frames_ms, self._paintings_ms, self._strips = list[float](), list[float](), 0

    def begin(self, width: int, height: int) -> None:
        """Forget what was seen: another clip follows, shown in so many pixels."""
        self._pipeline.reset()
        self._view.resize(width, height)
        self._view.show_source(SourceChanged(SourceState.OPENING))
        self._view.show_source(SourceChanged(SourceState.RUNNING))
        self._canvas = self._view.grab()

    def show(self, frame: Frame) -> None:
        """Do with a frame what the program does with it."""
        began = time.process_time()
        result = self._pipeline.process(frame)
        prepared = self._buffers.prepare(frame, self._view.wanted_scales)
        began_painting = time.thread_time()
        self._view.show_frame(prepared)
        self._view.show_result(result)
        self._view.render(self._canvas)
        self._paintings_ms.append(1e3 * (time.thread_time() - began_painting))
        self._frames_ms.append(1e3 * (time.process_time() - began))
        self._strips += sum(face.strip is not None for face in self._view.faces)

    def forget(self) -> None:
        """What was measured so far does not count."""
        self._frames_ms, self._paintings_ms, self._strips = [], [], 0

    def cost(self, methods: int) -> FrameCost:
        """Sum up."""
        return FrameCost(
            methods,
            timing_of(self._frames_ms),
            fmean(self._frames_ms),
            timing_of(self._paintings_ms),
            fmean(self._paintings_ms),
            self._strips / len(self._frames_ms),
        )
