"""The user's settings for recognition; the window keeps its own state elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, replace

DEFAULT_SHOTS = 5
"""Shots per person, unless another number is requested."""
DEMO = "demo"
"""The source that stands for the demo scene."""


@dataclass(frozen=True, slots=True)
class RecognitionSettings:
    """Keys of the chosen parts, and the share of strangers that may be taken for somebody (FPIR, 0..1).

    `learner` decides the names; `compared` are those that run in parallel on the same frames, without `learner` and
    without duplicates. `use_room`: also adapt to what a camera or video showed earlier, unlabelled and in memory only.

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
        """All running learners, the deciding one first."""
        return (self.learner, *self.compared)

    def decided_by(self, learner: str) -> RecognitionSettings:
        """Return the same settings with another deciding learner.

        If it ran in parallel, it swaps places with the former deciding one, so that the compared learners stay
        compared.
        """
        compared = tuple(self.learner if key == learner else key for key in self.compared)
        return replace(self, learner=learner, compared=compared)
