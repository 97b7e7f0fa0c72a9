"""What a shot is worth: how its person would be recognised without it, by prototypes, measured on their other shots."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from metaface_gui.deferred import in_inference_mode, torch
from metaface_gui.engine.assembly import LearningAssets
from metaface_gui.engine.people.findings import HowRecognised, ShotEffect
from metaface_gui.engine.people.likely_pairs import LEARNER
from metaface_gui.pipeline.enrolled_people import EnrolledPeople
from metaface_gui.pipeline.learners import make_learner
from metaface_gui.pipeline.learners.base import AdaptedClassifier, MetaLearner
from metaface_gui.pipeline.recognition.open_set import OpenSetClassifier
from metaface_gui.pipeline.room import AdaptedInRoom, adapt_in_room

MOST_PROBES = 40
"""So many of the newest other shots are left out in turn; each costs two adaptations of some milliseconds."""


@in_inference_mode
def effect_of_shot(
    shot_id: int,
    people: EnrolledPeople,
    assets: LearningAssets,
    *,
    fpir: float,
    settings: object | None = None,
    on_step: Callable[[], None] = lambda: None,
) -> ShotEffect | None:
    """Measure what one of these people's shots changes, at that FPIR (0..1); None if nobody has such a shot.

    The method is prototypes, with its `settings`, whichever decides: it adapts in no time. What is known of the room
    is left out. `on_step` is called now and then; what it raises gives up.

    Raises:
        ValueError: if the settings are not the method's.
    """
    if shot_id not in people.shot_ids:
        return None
    row = people.shot_ids.index(shot_id)
    label = int(people.labels[row])
    others = [other for other in (people.labels == label).nonzero().flatten().tolist() if other != row]
    method = make_learner(LEARNER, assets.space, assets.trained, settings)
    trial = _Trial(method, people, assets, fpir, label, others[-MOST_PROBES:], len(others) + 1, on_step)
    with_it = trial.measure()
    without = trial.measure(row) if others else None
    own_margin = trial.score(row, trial.without(row).classifier) - without.threshold if without else None
    return ShotEffect(shot_id, people.person_ids[label], with_it, without, own_margin)


@dataclass(frozen=True, slots=True, eq=False)
class _Trial:
    """Adapts to everybody without some shots, rows of `people`'s, of the person `label`, who has `n_shots`."""

    method: MetaLearner
    people: EnrolledPeople
    assets: LearningAssets
    fpir: float
    label: int
    probes: Sequence[int]
    n_shots: int
    on_step: Callable[[], None]

    def measure(self, *left_out: int) -> HowRecognised:
        """How the person is recognised without these rows: the cohort by all others, each probe by all but itself."""
        people = self.people
        classifier = self.without(*left_out).calibrated(
            self.assets.cohort,
            fpir=self.fpir,
            person_ids=people.person_ids,
            names=people.names,
            denied_people=people.denied_people,
        )
        n_right, margins = 0, list[float]()
        for probe in self.probes:
            self.on_step()
            if len(left_out) + 1 < self.n_shots:
                fold = self.without(*left_out, probe).classifier
                (decided,) = replace(classifier, scorer=fold).identify(people.shots[probe][None])
                n_right += decided.person_id == people.person_ids[self.label]
                margins.append(self.score(probe, fold) - classifier.threshold)
        margin = sum(margins) / len(margins) if margins else None
        return HowRecognised(n_right, len(self.probes), margin, self._strangers(classifier), classifier.threshold)

    def score(self, row: int, adapted: AdaptedClassifier) -> float:
        """What a shot scores against the person."""
        return float(adapted.scores(self.people.shots[row][None])[0, self.label])

    def without(self, *rows: int) -> AdaptedInRoom:
        """Adapt to everybody without these rows."""
        is_kept = torch.ones(len(self.people.labels), dtype=torch.bool)
        is_kept[list(rows)] = False
        rest = self.people.with_shots(is_kept)
        return adapt_in_room(self.method, rest.support, n_people=len(rest), is_centred=False)

    def _strangers(self, classifier: OpenSetClassifier) -> float | None:
        if self.assets.cohort is None:
            return None
        best, nearest = classifier.best(self.assets.cohort)
        return float(((best >= classifier.threshold) & (nearest == self.label)).float().mean())
