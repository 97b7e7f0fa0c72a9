"""The adaptation runs behind the curves: each method's newest run and the previous one."""

from __future__ import annotations

from dataclasses import dataclass

from metaface_gui.pipeline.learners import ALL_LEARNERS
from metaface_gui.pipeline.learners.base import AdaptStep
from metaface_gui.pipeline.learners.gradient_learner import GradientLearner

Steps = tuple[AdaptStep, ...]


@dataclass(frozen=True, slots=True)
class LearnerRuns:
    """A method's steps: those of the newest adaptation, which may still be running, and of the previous one."""

    newest: Steps
    older: Steps = ()
    is_under_way: bool = False


class AdaptationRuns:
    """Groups incoming steps into runs, for gradient-based methods only."""

    def __init__(self) -> None:
        self._runs: dict[str, LearnerRuns] = {}

    @property
    def learners(self) -> tuple[str, ...]:
        """Return the methods that have a curve, in the methods' order."""
        return tuple(key for key in ALL_LEARNERS if key in self._runs)

    def of(self, learner: str) -> LearnerRuns:
        """Return one method's runs."""
        return self._runs[learner]

    def add_step(self, learner: str, step: AdaptStep) -> bool:
        """Add a step of a running adaptation; return whether its method has curves.

        A step number that isn't above the previous one starts a new run; step 0 is the state before any step.
        """
        if not walks(learner):
            return False
        known = self._runs.get(learner, LearnerRuns(()))
        if known.is_under_way and step.step > known.newest[-1].step:
            self._runs[learner] = LearnerRuns((*known.newest, step), known.older, is_under_way=True)
        else:
            # An incomplete run is no basis for comparison.
            older = known.older if known.is_under_way else known.newest
            self._runs[learner] = LearnerRuns((step,), older, is_under_way=True)
        return True

    def finish(self, learner: str, steps: Steps) -> bool:
        """Store all steps of a finished adaptation; return whether that added a run that had not been streamed."""
        if not walks(learner) or not steps:
            return False
        known = self._runs.get(learner, LearnerRuns(()))
        older = known.older if known.is_under_way else known.newest
        self._runs[learner] = LearnerRuns(steps, older)
        return not known.is_under_way

    def clear(self) -> None:
        """Remove all runs."""
        self._runs.clear()


def walks(learner: str) -> bool:
    """Return whether this method is gradient-based."""
    return issubclass(ALL_LEARNERS.get(learner, object), GradientLearner)
