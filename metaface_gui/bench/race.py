"""Several ways to recognise faces on the very same frames, in turns, so that what slows one moment slows all alike."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from metaface_gui.bench.clips import Clip
from metaface_gui.bench.figures import NamedBox, Timing, TruthTally, tally_of, timing_of
from metaface_gui.pipeline.face_pipeline import FacePipeline
from metaface_gui.types import Frame

_WARM_UP_FRAMES = 3

OnStep = Callable[[str], None]
"""Called with what was just measured."""


class Contender(Protocol):
    """One way to find and name the faces of frames that follow each other."""

    @property
    def key(self) -> str:
        """Its name in tables and JSON."""

    def begin(self) -> None:
        """Forget what was seen: another clip follows."""

    def look(self, frame: Frame) -> Sequence[NamedBox]:
        """Find and name the faces of the next frame."""


class PipelineContender:
    """MetaFace's own pipeline."""

    def __init__(self, key: str, pipeline: FacePipeline) -> None:
        self._key, self._pipeline = key, pipeline

    @property
    def key(self) -> str:
        """Its name in tables and JSON."""
        return self._key

    def begin(self) -> None:
        """Forget tracks and their looks."""
        self._pipeline.reset()

    def look(self, frame: Frame) -> Sequence[NamedBox]:
        """Run the whole path."""
        faces = self._pipeline.process(frame).faces
        return [NamedBox(face.box_xyxy, face.identification.name) for face in faces]


@dataclass(frozen=True, slots=True)
class FacesTiming:
    """Milliseconds of the frames that show so many faces."""

    n_faces: int
    frame: Timing


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one contender did. `fps` is frames over time, flat out; `faces_found` are those of one round over all frames.

    `by_faces` groups frames by the faces that the scene shows, or where nobody knows, by those that the first contender
    found. `truth`, `right_share` and `found_share` are None where nobody knows who is in the picture.
    """

    key: str
    fps: float
    frame: Timing
    by_faces: tuple[FacesTiming, ...]
    faces_found: int
    right_share: float | None
    found_share: float | None
    truth: TruthTally | None


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many times as many frames a second `key` looks at as `than`: the median over neighbouring laps."""

    key: str
    than: str
    times_as_fast: float


@dataclass(frozen=True, slots=True)
class RaceFigures:
    """What was raced over, who took part, and the ratios that were asked for."""

    width: int
    height: int
    frames: int
    repeats: int
    clips: tuple[str, ...]
    contenders: tuple[Outcome, ...]
    ratios: tuple[Ratio, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Lap:
    """One contender over one clip once: milliseconds and faces of each frame."""

    clip: Clip
    is_first: bool
    frames_ms: tuple[float, ...]
    seen: tuple[Sequence[NamedBox], ...]

    @property
    def total_ms(self) -> float:
        return sum(self.frames_ms)


@dataclass(frozen=True, slots=True)
class _Sums:
    """What is kept of a lap when its frames are gone."""

    total_ms: float
    frames: tuple[tuple[int, float], ...]
    """Faces shown and milliseconds of each frame."""
    found: int
    tally: TruthTally


def race(
    contenders: Sequence[Contender],
    clips: Iterable[Clip],
    *,
    repeats: int,
    ratios: Sequence[tuple[str, str]],
    on_step: OnStep = lambda _: None,
) -> RaceFigures:
    """Send all contenders over each clip `repeats` times; who goes first changes from lap to lap.

    Before, each looks at a few frames that do not count. `ratios` are pairs of keys.

    Raises:
        ValueError: if there is no contender or no clip.
    """
    kept: dict[str, list[_Sums]] = {contender.key: [] for contender in contenders}
    titles, size, n_frames, turn, knows = list[str](), (0, 0), 0, 0, False
    for clip in clips:
        if not titles:
            for contender in contenders:
                _run(contender, Clip(clip.title, clip.frames[:_WARM_UP_FRAMES]), is_first=False)
        titles.append(clip.title)
        size = clip.frames[0].width, clip.frames[0].height
        n_frames += len(clip.frames)
        knows = knows or any(frame.truth for frame in clip.frames)
        for repeat in range(repeats):
            order = [*contenders[turn % len(contenders) :], *contenders[: turn % len(contenders)]]
            turn += 1
            laps = {one.key: _run(one, clip, is_first=repeat == 0) for one in order}
            shown = _faces_shown(clip, laps[contenders[0].key])
            for key, lap in laps.items():
                kept[key].append(_sums(lap, shown))
        on_step(clip.title)
    if not titles or not contenders:
        raise ValueError("a race needs a contender and a clip")
    return RaceFigures(
        width=size[0],
        height=size[1],
        frames=n_frames,
        repeats=repeats,
        clips=tuple(titles),
        contenders=tuple(_outcome(key, sums, knows=knows) for key, sums in kept.items()),
        ratios=tuple(Ratio(key, than, _times_as_fast(kept[key], kept[than])) for key, than in ratios),
    )


def _run(contender: Contender, clip: Clip, *, is_first: bool) -> _Lap:
    contender.begin()
    frames_ms, seen = [], []
    for frame in clip.frames:
        started = time.perf_counter()
        faces = contender.look(frame)
        frames_ms.append((time.perf_counter() - started) * 1e3)
        seen.append(faces)
    return _Lap(clip, is_first, tuple(frames_ms), tuple(seen))


def _faces_shown(clip: Clip, reference: _Lap) -> tuple[int, ...]:
    if any(frame.truth for frame in clip.frames):
        return tuple(len(frame.truth) for frame in clip.frames)
    return tuple(len(faces) for faces in reference.seen)


def _sums(lap: _Lap, shown: tuple[int, ...]) -> _Sums:
    """Later laps over a clip see the same faces: they count as timings only."""
    found, tally = 0, TruthTally()
    if lap.is_first:
        for frame, faces in zip(lap.clip.frames, lap.seen, strict=True):
            found += len(faces)
            tally += tally_of(frame.truth, faces)
    return _Sums(lap.total_ms, tuple(zip(shown, lap.frames_ms, strict=True)), found, tally)


def _outcome(key: str, laps: Sequence[_Sums], *, knows: bool) -> Outcome:
    frames = [frame for lap in laps for frame in lap.frames]
    tally = sum((lap.tally for lap in laps), TruthTally())
    by_faces = tuple(
        FacesTiming(n, timing_of([ms for faces, ms in frames if faces == n])) for n in sorted({n for n, _ in frames})
    )
    return Outcome(
        key=key,
        fps=1e3 * len(frames) / sum(ms for _, ms in frames),
        frame=timing_of([ms for _, ms in frames]),
        by_faces=by_faces,
        faces_found=sum(lap.found for lap in laps),
        right_share=tally.right_share if knows else None,
        found_share=tally.found_share if knows else None,
        truth=tally if knows else None,
    )


def _times_as_fast(laps: Sequence[_Sums], than: Sequence[_Sums]) -> float:
    return statistics.median(other.total_ms / one.total_ms for one, other in zip(laps, than, strict=True))
