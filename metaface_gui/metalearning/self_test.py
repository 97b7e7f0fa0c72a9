"""The leave-one-out report: how well every method names the enrolled shots themselves, each left out in turn.

A fold leaves one shot of everybody who has two or more out, adapts to the rest, and asks for the names of the left-out
ones, clean and degraded (`degradations.py`); so each shot is a probe exactly once and never in the support set of its
own fold. Strangers are the cohort: the threshold is set on one half of it and FPIR measured on the other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class LearnerScore:
    """One method's row. Shares are 0..1; `clean` and `degraded` are over left-out shots as they are and degraded.

    `accuracy`: nearest person right, whatever the threshold. `tpir`: right and above the threshold. `fpir`: strangers
    above it. `adapt_ms`: median over the folds. `confusion`: (n_people, n_people + 1) counts over clean and degraded
    probes, row = true person, column = decided person, last column = Unknown.
    """

    learner: str
    accuracy_clean: float
    accuracy_degraded: float
    tpir_clean: float
    tpir_degraded: float
    fpir: float
    adapt_ms: float
    confusion: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class SelfTestReport:
    """All methods on one gallery: `people` are the names, in the confusion matrices' order.

    `recommended` is the key of the best row; `n_probes` clean probes, as many degraded ones. `seconds`: what it took.
    """

    people: tuple[str, ...]
    rows: tuple[LearnerScore, ...]
    recommended: str
    n_probes: int
    n_strangers: int
    wanted_fpir: float
    seconds: float
