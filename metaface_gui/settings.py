"""What the user may set for the recognition itself; the window's own state is the window's affair."""

from __future__ import annotations

from dataclasses import dataclass, replace

DEFAULT_SHOTS = 5
"""Of a person, unless another number is asked for."""
DEMO = "demo"
"""The source that is the demo scene."""


@dataclass(frozen=True, slots=True)
class RecognitionSettings:
    """Keys of the chosen parts, and the share of strangers that may be taken for somebody (FPIR, 0..1).

    `learner` decides the names; `compared` are those that run beside it on the same frames: without it, each once.
    `use_room`: what a camera or a video showed earlier, unlabelled and in memory only, is adapted to as well.

    Raises:
        ValueError: if `fpir` is not between 0 and 1, both excluded.
    """

    detector: str = "yunet"
    embedder: str = "sface"
    device: str = "auto"
    learner: str = "prototypical"
    fpir: float = 0.01
    compared: tuple[str, ...] = ()
    use_room: bool = True

    def __post_init__(self) -> None:
        if not 0.0 < self.fpir < 1.0:
            raise ValueError(f"fpir must lie between 0 and 1, got {self.fpir}")
        beside = tuple(key for key in dict.fromkeys(self.compared) if key != self.learner)
        object.__setattr__(self, "compared", beside)

    @property
    def learners(self) -> tuple[str, ...]:
        """All that run, the deciding one first."""
        return (self.learner, *self.compared)

    def decided_by(self, learner: str) -> RecognitionSettings:
        """Return the same with another learner that decides.

        One that ran beside changes places with the one that decided, so that whom the user compares stays compared.
        """
        compared = tuple(self.learner if key == learner else key for key in self.compared)
        return replace(self, learner=learner, compared=compared)
