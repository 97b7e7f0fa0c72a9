"""The one running enrolment, fed by inference and jobs, read and changed by the window; thread-safe."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

from metaface_gui.engine.events import EnrollmentChanged, ShotCandidate
from metaface_gui.engine.people.shots import encode_picture
from metaface_gui.pipeline.enrollment import EnrollmentBurst, FaceSample, KeptShot
from metaface_gui.pipeline.recognition.quality import head_turn
from metaface_gui.types import QualityIssue

LEAST_S = 2.0
"""The minimum length of a recording: the first shots are nearly alike; later, more different ones replace them."""


class EnrollmentSession:
    """Holds the shots kept so far; every change is sent to `on_changed`, on whichever thread caused it.

    `clock` returns seconds from any origin.
    """

    def __init__(
        self, on_changed: Callable[[EnrollmentChanged], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._on_changed = on_changed
        self._clock = clock
        self._started_s = 0.0
        self._lock = threading.Lock()
        self._burst = EnrollmentBurst()
        self._is_recording = False
        self._guidance: QualityIssue | None = None
        self._refused: tuple[tuple[str, QualityIssue], ...] = ()
        self._removed: tuple[KeptShot, ...] = ()
        self._of_files = frozenset[int]()
        self._reading = 0
        self._pictures: dict[int, bytes] = {}

    @property
    def is_recording(self) -> bool:
        """Whether faces of the live view should be offered."""
        return self._is_recording

    @property
    def samples(self) -> tuple[FaceSample, ...]:
        """The shots kept so far."""
        with self._lock:
            return tuple(shot.sample for shot in self._burst.kept)

    @property
    def is_from_files(self) -> bool:
        """Whether any of the shots came from a file."""
        with self._lock:
            return any(shot.id in self._of_files for shot in self._burst.kept)

    @property
    def reading(self) -> int:
        """Which readings of files are wanted: those that were begun at another number are over."""
        return self._reading

    def end_reading(self) -> None:
        """Take nothing more of the files that are being read."""
        with self._lock:
            self._reading += 1

    def start(self) -> None:
        """Start recording; a full set of earlier shots is kept and can still become more diverse."""
        self._started_s = self._clock()
        self._change(is_recording=True, guidance=None)

    def stop(self) -> None:
        """Stop recording; the shots stay."""
        self._change(is_recording=False, guidance=None)

    def offer(self, samples: Sequence[FaceSample]) -> None:
        """Take one live frame's faces while recording; stop once there are enough shots and `LEAST_S` has passed."""
        with self._lock:
            if not self._is_recording:
                return
            burst, issue = self._burst.offer(samples)
            is_over = burst.is_full and self._clock() - self._started_s >= LEAST_S
            changed = burst is not self._burst or issue is not self._guidance or is_over
            self._burst, self._guidance = burst, issue
            self._is_recording = not is_over
        if changed:
            self._publish()

    def offer_file(self, title: str, samples: Sequence[FaceSample], reading: int | None = None) -> None:
        """Take the faces of a picture or video frame; refusals are kept with the file's `title`.

        Faces of a `reading` that has ended are ignored.
        """
        with self._lock:
            if reading not in (None, self._reading):
                return
            first_id = self._burst.next_id
            self._burst, issue = self._burst.offer(samples)
            self._of_files |= {shot.id for shot in self._burst.kept if shot.id >= first_id}
            if issue is not None:
                self._refused = (*self._refused, (title, issue))
        self._publish()

    def remove(self, shot_id: int) -> None:
        """Remove one shot; unknown ids are already gone."""
        with self._lock:
            gone = tuple(shot for shot in self._burst.kept if shot.id == shot_id)
            self._burst = self._burst.without(shot_id)
            self._removed = (*self._removed, *gone)
        self._publish()

    def undo(self) -> None:
        """Restore the shots removed last: one, or all that `discard` removed."""
        with self._lock:
            if self._removed:
                batch = self._removed[-1:] if self._burst.kept else self._removed
                for shot in batch:
                    self._burst = self._burst.with_shot(shot)
                self._removed = self._removed[: len(self._removed) - len(batch)]
        self._publish()

    def discard(self) -> None:
        """Remove all shots; `undo` restores them until the next enrolment."""
        with self._lock:
            self._removed = self._burst.kept or self._removed
            self._burst = EnrollmentBurst(next_id=self._burst.next_id)
            self._is_recording, self._guidance, self._refused = False, None, ()
            self._reading += 1
        self._publish()

    def clear(self) -> None:
        """Start over after the shots were saved, with nothing to undo."""
        with self._lock:
            self._burst = EnrollmentBurst(next_id=self._burst.next_id)
            self._removed, self._refused, self._of_files = (), (), frozenset()
            self._is_recording, self._guidance = False, None
            self._pictures.clear()
        self._publish()

    def _change(self, *, is_recording: bool, guidance: QualityIssue | None) -> None:
        with self._lock:
            self._is_recording, self._guidance = is_recording, guidance
            if is_recording:
                self._refused = ()
        self._publish()

    def _publish(self) -> None:
        with self._lock:
            shots = tuple(self._candidate(shot) for shot in self._burst.kept)
            event = EnrollmentChanged(
                is_recording=self._is_recording,
                guidance=self._guidance,
                shots=shots,
                wanted=self._burst.wanted,
                refused=self._refused,
                can_undo=bool(self._removed),
                turns=frozenset(
                    turn
                    for shot in self._burst.kept
                    if (turn := head_turn(shot.sample.detection.landmarks)) is not None
                ),
            )
            # Within the lock, so that the last event sent is the current state.
            self._on_changed(event)

    def _candidate(self, shot: KeptShot) -> ShotCandidate:
        if shot.id not in self._pictures:
            self._pictures[shot.id] = encode_picture(shot.sample.chip_bgr)
        return ShotCandidate(shot.id, self._pictures[shot.id], shot.sample.quality.score)
