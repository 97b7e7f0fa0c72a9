"""The adaptations behind the curves: each method's newest one and the one before."""

from __future__ import annotations

from dataclasses import dataclass

from metaface_gui.pipeline.learners import ALL_LEARNERS
from metaface_gui.pipeline.learners.base import AdaptStep
from metaface_gui.pipeline.learners.gradient_learner import GradientLearner

Steps = tuple[AdaptStep, ...]


@dataclass(frozen=True, slots=True)
class LearnerRuns:
    """A method's steps: of the newest adaptation, which may still be under way, and of the one before."""

    newest: Steps
    older: Steps = ()
    is_under_way: bool = False


class AdaptationRuns:
    """Sorts steps into runs as they come in; only of gradient-based methods."""

    def __init__(self) -> None:
        self._runs: dict[str, LearnerRuns] = {}

    @property
    def learners(self) -> tuple[str, ...]:
        """Who has a curve, in the order of the methods."""
        return tuple(key for key in ALL_LEARNERS if key in self._runs)

    def of(self, learner: str) -> LearnerRuns:
        """One method's runs."""
        return self._runs[learner]

    def add_step(self, learner: str, step: AdaptStep) -> bool:
        """Add a step of an adaptation that is under way; whether its method has curves.

        A step whose number is not above that of the one before begins a new run; the first is 0, before any step.
        """
        if not walks(learner):
            return False
        known = self._runs.get(learner, LearnerRuns(()))
        if known.is_under_way and step.step > known.newest[-1].step:
            self._runs[learner] = LearnerRuns((*known.newest, step), known.older, is_under_way=True)
        else:
            # A run that broke off is no run to compare with.
            older = known.older if known.is_under_way else known.newest
            self._runs[learner] = LearnerRuns((step,), older, is_under_way=True)
        return True

    def finish(self, learner: str, steps: Steps) -> bool:
        """Take over all steps of an adaptation that is done; whether that made a run that was not under way yet."""
        if not walks(learner) or not steps:
            return False
        known = self._runs.get(learner, LearnerRuns(()))
        older = known.older if known.is_under_way else known.newest
        self._runs[learner] = LearnerRuns(steps, older)
        return not known.is_under_way

    def clear(self) -> None:
        """Forget everything."""
        self._runs.clear()


def walks(learner: str) -> bool:
    """Whether this method is gradient-based."""
    return issubclass(ALL_LEARNERS.get(learner, object), GradientLearner)
