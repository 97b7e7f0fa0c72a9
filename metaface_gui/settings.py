"""What the user may set for the recognition itself; the window's own state is the window's affair."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RecognitionSettings:
    """Keys of the chosen parts, and the share of strangers that may be taken for somebody (FPIR, 0..1).

    Raises:
        ValueError: if `fpir` is not between 0 and 1, both excluded.
    """

    detector: str = "yunet"
    embedder: str = "sface"
    device: str = "auto"
    learner: str = "prototypical"
    fpir: float = 0.01

    def __post_init__(self) -> None:
        if not 0.0 < self.fpir < 1.0:
            raise ValueError(f"fpir must lie between 0 and 1, got {self.fpir}")
