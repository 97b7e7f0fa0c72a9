"""Progress of a training on stderr: bars on a terminal, otherwise a line from time to time."""

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
    """Shows one stage after another, each as a count towards a total; silent in all processes but the first.

    A context manager. Stages may be updated from any thread.
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
        """Return a callback for a stage that takes (done, total)."""
        tell = self.noted_stage(title)
        return lambda done, total: tell(done, total, "")

    def meta_training(self, title: str) -> Callable[[TrainingProgress], None]:
        """Return a callback for a meta-training's progress."""
        tell = self.noted_stage(title)
        return lambda progress: tell(progress.step, progress.steps, describe(progress))

    def noted_stage(self, title: str) -> Callable[[int, int, str], None]:
        """Return a callback for a stage that takes (done, total, a note on how it is going)."""
        task: TaskID = self._bars.add_task(title, total=None, note="", visible=False)
        begun = last = self._clock()
        first: tuple[float, int] | None = None

        def tell(done: int, total: int, note: str) -> None:
            nonlocal last, first
            self._bars.update(task, completed=done, total=total, note=note, visible=True)
            now = self._clock()
            # Work already done, from a cache or a checkpoint, took no time and says nothing about the time left.
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
    """Return the current loss, and accuracy and TPIR of the latest meta-validation, as text."""
    metrics = progress.trial.metrics
    text = translate(
        "Commands",
        "loss {loss:.3f}, validation: accuracy {top1:.1%}, TPIR {tpir:.1%}",
        loss=progress.loss,
        top1=metrics.top1,
        tpir=metrics.tpir,
    )
    if not progress.skipped:
        return text
    return f"{text}, " + translate("Commands", "{count} steps skipped", count=progress.skipped)


def remaining(seconds: float) -> str:
    """Return the time left as text; "" while it is unknown."""
    if seconds != seconds:  # NaN  # noqa: PLR0124
        return ""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return translate("Commands", "{time} left", time=f"{hours}:{minutes:02}:{rest:02}")


@contextmanager
def interruptible() -> Iterator[Callable[[], bool]]:
    """Turn the first Ctrl-C or SIGTERM (from `torchrun`) into a flag; a second one ends the process as usual."""
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
