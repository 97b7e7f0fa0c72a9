"""How a training shows itself: bars on a terminal, a line every so often anywhere else, on stderr."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from rich.console import Console
from rich.progress import Progress, TaskID, TextColumn

from metaface_gui.cli.progress import counted_columns
from metaface_gui.i18n import translate
from metaface_gui.metalearning.train import TrainingProgress

_LINE_EVERY_S = 10.0


class TrainingDisplay:
    """Shows one stage after another, each as a count towards a total; quiet in all processes but the first.

    A context manager. Stages may be told of from any thread.
    """

    def __init__(
        self, console: Console, *, is_quiet: bool = False, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._console, self._is_quiet, self._clock = console, is_quiet, clock
        self._bars = Progress(
            *counted_columns(),
            TextColumn("{task.fields[note]}"),
            console=console,
            disable=is_quiet or not console.is_terminal,
        )

    def __enter__(self) -> TrainingDisplay:
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def stage(self, title: str) -> Callable[[int, int], None]:
        """Return what to tell (done, total) of a stage."""
        tell = self.noted_stage(title)
        return lambda done, total: tell(done, total, "")

    def meta_training(self, title: str) -> Callable[[TrainingProgress], None]:
        """Return what to tell a meta-training's progress."""
        tell = self.noted_stage(title)
        return lambda progress: tell(progress.step, progress.steps, describe(progress))

    def noted_stage(self, title: str) -> Callable[[int, int, str], None]:
        """Return what to tell (done, total, a note on how it goes) of a stage."""
        task: TaskID = self._bars.add_task(title, total=None, note="", visible=False)
        begun = last = self._clock()
        first: tuple[float, int] | None = None

        def tell(done: int, total: int, note: str) -> None:
            nonlocal last, first
            self._bars.update(task, completed=done, total=total, note=note, visible=True)
            now = self._clock()
            # What was there before, from a cache or a checkpoint, took no time and says nothing of what is left.
            first = (now, done) if first is None else first
            is_due = now - last >= _LINE_EVERY_S or (done >= total and last > begun)
            if self._is_quiet or self._console.is_terminal or not is_due:
                return
            last = now
            left = (now - first[0]) * (total - done) / (done - first[1]) if done > first[1] else float("nan")
            parts = [f"{title} {done}/{total}", note, remaining(left) if done < total else ""]
            self._console.print(", ".join(part for part in parts if part), markup=False, soft_wrap=True)

        return tell


def describe(progress: TrainingProgress) -> str:
    """Loss now, and accuracy and TPIR of the latest meta-validation."""
    metrics = progress.trial.metrics
    text = translate(
        "Commands",
        "loss {loss:.3f}, validation: accuracy {top1:.1%}, TPIR {tpir:.1%}",
        None,
        loss=progress.loss,
        top1=metrics.top1,
        tpir=metrics.tpir,
    )
    if not progress.skipped:
        return text
    return f"{text}, " + translate("Commands", "{count} steps skipped", None, count=progress.skipped)


def remaining(seconds: float) -> str:
    """Say how much time is left; nothing if it cannot be known yet."""
    if seconds != seconds:  # NaN  # noqa: PLR0124
        return ""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return translate("Commands", "{time} left", None, time=f"{hours}:{minutes:02}:{rest:02}")


@contextmanager
def interruptible() -> Iterator[Callable[[], bool]]:
    """Turn the first Ctrl-C, or the first wish of `torchrun` to end, into a flag; a second one ends at once as ever."""
    wished = threading.Event()
    signals = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.getsignal(number) for number in signals}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def wish(_number: int, _frame: FrameType | None) -> None:
        wished.set()
        restore()

    for number in signals:
        signal.signal(number, wish)
    try:
        yield wished.is_set
    finally:
        restore()
