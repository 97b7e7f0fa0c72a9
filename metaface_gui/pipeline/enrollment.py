"""Choose a person's shots: the good faces of a burst, folder or video, and of these the few that differ most.

Snell et al. 2017 and the literature on template selection agree that a few shots are worth more if they show the person
differently. So a full burst gives up one of its two most similar shots for a new one that is farther from all of them:
greedy k-centre (Gonzalez 1985) on embeddings, fed one face at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from metaface_gui.settings import DEFAULT_SHOTS
from metaface_gui.types import FaceDetection, FaceQuality, Floats, Image, QualityIssue


@dataclass(frozen=True, slots=True, eq=False)
class FaceSample:
    """One face that may be enrolled.

    `chip_bgr` is the picture around the face, `detection` is in the chip's pixels, `embedding` is (d,) float32,
    L2-normalised. `environment` is as in `Frame`: it marks pictures altered by the environment dial.
    """

    chip_bgr: Image
    detection: FaceDetection
    quality: FaceQuality
    embedding: Floats
    environment: str = ""


@dataclass(frozen=True, slots=True)
class KeptShot:
    """A sample kept by the burst, with its id in the burst."""

    id: int
    sample: FaceSample


@dataclass(frozen=True, slots=True)
class EnrollmentBurst:
    """The shots kept so far; `offer` returns the next state and leaves this one unchanged.

    `wanted`: the most shots that are kept. `too_similar`: cosine from which two shots count as the same picture.
    """

    kept: tuple[KeptShot, ...] = ()
    wanted: int = DEFAULT_SHOTS
    too_similar: float = 0.985
    next_id: int = 1

    @property
    def is_full(self) -> bool:
        """Whether there are as many shots as wanted."""
        return len(self.kept) >= self.wanted

    def offer(self, samples: Sequence[FaceSample]) -> tuple[EnrollmentBurst, QualityIssue | None]:
        """Offer the faces of one picture; returns the next state and what was wrong with them (None: a good shot).

        A good shot that is no more different than those already kept is not an error, but leaves the state as it is.
        """
        issue = _issue_of(samples)
        if issue is not None:
            return self, issue
        sample = samples[0]
        likeness = [float(shot.sample.embedding @ sample.embedding) for shot in self.kept]
        if likeness and max(likeness) >= self.too_similar:
            return self._better_twin(sample, int(np.argmax(likeness))), QualityIssue.TOO_SIMILAR
        if not self.is_full:
            return self._with(self.kept, sample), None
        return self._more_diverse(sample, max(likeness)), None

    def without(self, shot_id: int) -> EnrollmentBurst:
        """Leave one shot out; an unknown id changes nothing."""
        return replace(self, kept=tuple(shot for shot in self.kept if shot.id != shot_id))

    def with_shot(self, shot: KeptShot) -> EnrollmentBurst:
        """Bring back a shot that `without` left out, in its old place."""
        return replace(self, kept=tuple(sorted((*self.without(shot.id).kept, shot), key=lambda kept: kept.id)))

    def _with(self, kept: tuple[KeptShot, ...], sample: FaceSample) -> EnrollmentBurst:
        return replace(self, kept=(*kept, KeptShot(self.next_id, sample)), next_id=self.next_id + 1)

    def _better_twin(self, sample: FaceSample, index: int) -> EnrollmentBurst:
        """Of two nearly equal pictures keep the better one; only if clearly better, or they would alternate."""
        if sample.quality.score <= self.kept[index].sample.quality.score + 0.1:
            return self
        return self._with(self.kept[:index] + self.kept[index + 1 :], sample)

    def _more_diverse(self, sample: FaceSample, likeness: float) -> EnrollmentBurst:
        """Replace one of the two most similar shots by the new one if that is farther from all others than they are."""
        points = np.stack([shot.sample.embedding for shot in self.kept])
        cosines = points @ points.T - 2.0 * np.eye(len(points), dtype=np.float32)
        first, second = np.unravel_index(int(cosines.argmax()), cosines.shape)
        if likeness >= cosines[first, second]:
            return self
        pair = (int(first), int(second))
        poorer = min(pair, key=lambda index: self.kept[index].sample.quality.score)
        return self._with(self.kept[:poorer] + self.kept[poorer + 1 :], sample)


def _issue_of(samples: Sequence[FaceSample]) -> QualityIssue | None:
    if not samples:
        return QualityIssue.NO_FACE
    if len(samples) > 1:
        return QualityIssue.SEVERAL_FACES
    issues = samples[0].quality.issues
    return issues[0] if issues else None
