"""Meta-testing: learners × conditions × (n_way, k_shot) → figures, over the same open-set episodes for all learners.

Each learner adapts to a gallery once and is tested under every condition, as with a camera: shots stay clean, probes
and strangers are degraded. In an environment, everything including the shots is photographed in one place, and the
condition is applied on top to probes and strangers. If a learner is given unlabelled faces of the same room and
condition, it adapts separately for each condition. The tested threshold is the shipped one: set from the background
cohort at every adaptation, never from the strangers that it is then tested on.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from metaface_gui.metalearning.metrics import (
    PROMISES,
    DetPoint,
    EpisodeScores,
    Interval,
    calibration_error,
    det_curve,
    interval_over_episodes,
    tpir_at_fpir,
)
from metaface_gui.metalearning.protocol import Indices, OpenSetEpisode, OpenSetProtocol
from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.pipeline.learners import make_learner
from metaface_gui.pipeline.learners.base import MetaLearner, Params, SupportSet
from metaface_gui.pipeline.recognition.calibration import StrangerScores
from metaface_gui.pipeline.recognition.open_set import OpenSetClassifier
from metaface_gui.pipeline.recognition.room_threshold import RoomPrior
from metaface_gui.pipeline.room import adapt_in_room

STOCK = "stock"
_TIMED_EPISODES, _TIMED_FACES = 5, 20

Progress = Callable[[int, int], None]
"""Called with the number of adaptations done and their total."""


@dataclass(frozen=True, slots=True, eq=False)
class EvaluationData:
    """The test people's faces: `person` (n,) int64, `clean` (n, p) float32, and each condition's (n_draws, n, p).

    A condition has either one draw, like `clean`, or the same number of draws as all others with several.

    Raises:
        ValueError: if shapes do not fit.
    """

    person: Indices
    clean: Tensor
    conditions: Mapping[str, Tensor]

    def __post_init__(self) -> None:
        if self.clean.ndim != 2 or len(self.clean) != len(self.person):
            raise ValueError(f"want (n, p) clean features of {len(self.person)} faces, got {tuple(self.clean.shape)}")
        if any(features.ndim != 3 or features.shape[1:] != self.clean.shape for features in self.conditions.values()):
            raise ValueError("want (n_draws, n, p) features for each condition")
        if len({len(features) for features in self.conditions.values()} - {1}) > 1:
            raise ValueError("conditions must have one draw, or all the same number")

    @property
    def n_draws(self) -> int:
        """Number of draws of the conditions with several; 1 if there are none."""
        return max((len(features) for features in self.conditions.values()), default=1)

    def seen(self, condition: str, faces: Indices, draws: Indices) -> Tensor:
        """Return the features (m, p) of `faces` (m,), each under its own draw of the condition."""
        features = self.conditions[condition]
        return features[torch.from_numpy(draws) % len(features), torch.from_numpy(faces)]

    def to(self, device: torch.device) -> EvaluationData:
        """Return the same data with its features on `device`."""
        conditions = {name: features.to(device) for name, features in self.conditions.items()}
        return EvaluationData(self.person, self.clean.to(device), conditions)


@dataclass(frozen=True, slots=True, eq=False)
class Contender:
    """A learner to be tested.

    `is_twin` marks the untrained counterpart of a meta-trained learner; `on_stock` marks a learner that gets the stock
    embedder's features instead of the meta-trained embedder's.
    """

    learner: MetaLearner
    is_twin: bool = False
    on_stock: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """One embedder's features of the test people, and of the `cohort` of strangers that sets the shipped threshold: (m,
    p), or None without a cohort, which leaves the cautious default threshold. `room_prior` adapts the threshold to each
    gallery's room; None keeps the cohort's.

    `data_set` names the source of the faces; `environment` is the family of the place they were photographed in, if
    any. Episodes alternate between `data` and `other_places`, which show the same faces in other places of that family.
    """

    data: EvaluationData
    cohort: Tensor | None
    room_prior: RoomPrior | None = None
    data_set: str = ""
    environment: str | None = None
    other_places: tuple[EvaluationData, ...] = ()

    def place(self, number: int) -> EvaluationData:
        """Return the place in which episode `number` happens."""
        return (self.data, *self.other_places)[number % (1 + len(self.other_places))]

    def to(self, device: torch.device) -> Ground:
        """Return the same with its tensors on `device`."""
        return replace(
            self,
            data=self.data.to(device),
            cohort=None if self.cohort is None else self.cohort.to(device),
            other_places=tuple(place.to(device) for place in self.other_places),
        )


@dataclass(frozen=True, slots=True)
class EvaluationSettings:
    """Number of episodes, seed, and the FPIR promised by the shipped threshold.

    `unlabelled` is how many earlier faces of the room each learner gets with the shots; the share `known` of them shows
    enrolled people.
    """

    episodes: int = 200
    seed: int = 0
    fpir: float = 0.01
    unlabelled: int = 0
    known: float = 0.5


@dataclass(frozen=True, slots=True)
class EvaluationRow:
    """Results of one learner under one condition with one (n_way, k_shot), on one data set. Shares are fractions.

    `environment` is the family of the room, None for original pictures. `top1` has its t interval over episodes;
    `fpir_interval` is that of `fpir_achieved`. `tpir_at_fpir_1pct` and `_01pct` use thresholds from the condition's own
    strangers, shared by all episodes if `pooled_…`. `fpir_achieved` and `tpir_shipped` are measured with the shipped
    threshold; `calibration_error` is the mean |achieved − promised| over `metrics.PROMISES`, None without a cohort.
    `adapt_ms` is the median adaptation time, `calibrate_ms` the median time of scoring the cohort after it, `score_us`
    the median time of scoring one face alone. `stranger_people` is the number of different people among the strangers.
    """

    data: str
    environment: str | None
    learner: str
    trained: bool
    is_twin: bool
    condition: str
    n_way: int
    n_way_used: int
    k_shot: int
    episodes: int
    probes: int
    strangers: int
    stranger_people: int
    top1: Interval
    tpir_at_fpir_1pct: float
    tpir_at_fpir_01pct: float
    pooled_1pct: bool
    pooled_01pct: bool
    fpir_promised: float
    fpir_achieved: float
    fpir_interval: Interval
    tpir_shipped: float
    calibration_error: float | None
    adapt_ms: float
    calibrate_ms: float
    score_us: float
    det: tuple[DetPoint, ...]


def contenders(
    keys: Sequence[str],
    space: FeatureSpace,
    trained: Mapping[str, Params],
    *,
    untrained: bool,
    stock_space: FeatureSpace | None = None,
) -> tuple[Contender, ...]:
    """Create the stock row, each shipped learner and, if `untrained`, its twin without any meta-training.

    `stock_space` is the space of the stock embedder's features, for the stock row and the twins; None means `space`.
    The twin of a learner that builds on others keeps theirs trained: the difference is then its own training's.

    Raises:
        ValueError: if there is no such learner, or meta-parameters have another shape.
    """
    before = stock_space or space
    made = [Contender(make_learner(STOCK, before), on_stock=True)]
    for key in keys:
        if key == STOCK:
            continue
        learner = make_learner(key, space, trained)
        made.append(Contender(learner))
        if not (untrained and learner.is_trained):
            continue
        if learner.builds_on_others:
            others = {name: params for name, params in trained.items() if name != key}
            made.append(Contender(make_learner(key, space, others), is_twin=True))
        else:
            made.append(Contender(make_learner(key, before), is_twin=True, on_stock=True))
    return tuple(made)


def evaluate(
    ground: Ground,
    against: Sequence[Contender],
    pairs: Sequence[tuple[int, int]],
    settings: EvaluationSettings,
    *,
    stock: Ground | None = None,
    progress: Progress | None = None,
) -> tuple[EvaluationRow, ...]:
    """Test every contender under every condition for each (n_way, k_shot) of `pairs`, on the features' own device.

    `stock` holds the stock embedder's features of the same faces under the same conditions, for contenders on stock;
    None means `ground`. All contenders get the same episodes. Rows are ordered by pair, condition, contender.

    Raises:
        TooFewPeopleError: if there are too few people for an episode.
    """
    device = ground.data.clean.device
    ground, stock = ground.to(device), (stock or ground).to(device)
    moved = [replace(contender, learner=contender.learner.to(device)) for contender in against]
    protocols = [
        OpenSetProtocol(
            ground.data.person,
            n_way=n_way,
            k_shot=k_shot,
            seed=settings.seed,
            n_draws=ground.data.n_draws,
            unlabelled=settings.unlabelled,
            known=settings.known,
        )
        for n_way, k_shot in pairs
    ]
    total = len(pairs) * len(moved) * settings.episodes
    done = 0
    rows: list[EvaluationRow] = []
    for protocol in protocols:
        of_pair: list[tuple[EvaluationRow, ...]] = []
        for contender in moved:
            trial = _Trial(stock if contender.on_stock else ground, contender, protocol, settings)
            for _ in trial.run():
                done += 1
                if progress is not None:
                    progress(done, total)
            of_pair.append(trial.rows())
        rows += [row for of_condition in zip(*of_pair, strict=True) for row in of_condition]
    return tuple(rows)


@dataclass(frozen=True, slots=True, eq=False)
class _Shipped:
    """What is kept of an episode's calibrated classifier: its threshold, and the cohort's scores if there is one."""

    threshold: float
    cohort: StrangerScores | None


class _Trial:
    """One contender in the episodes of one protocol, under all conditions."""

    def __init__(
        self,
        ground: Ground,
        contender: Contender,
        protocol: OpenSetProtocol,
        settings: EvaluationSettings,
    ) -> None:
        self._ground, self._data, self._cohort = ground, ground.data, ground.cohort
        # The baseline is the published network as it is: no room centring, the cohort's own threshold.
        self._in_rooms = not contender.on_stock and ground.cohort is not None
        self._room_prior = ground.room_prior
        self._contender, self._protocol, self._settings = contender, protocol, settings
        self._scores: dict[str, list[EpisodeScores]] = {name: [] for name in ground.data.conditions}
        self._shipped: list[_Shipped] = []
        self._shipped_under: dict[str, list[_Shipped]] = {name: [] for name in ground.data.conditions}
        self._adapt_s: list[float] = []
        self._calibrate_s: list[float] = []
        self._score_s: list[float] = []

    def run(self) -> Iterator[None]:
        """Run the episodes; yields after each."""
        for number in range(self._settings.episodes):
            episode, self._data = self._protocol.episode(number), self._ground.place(number)
            classifier: OpenSetClassifier | None = None
            for condition in self._data.conditions:
                # One adaptation serves all conditions, unless it used unlabelled faces of one of them.
                if classifier is None or len(episode.unlabelled):
                    classifier = self._adapt(episode, condition)
                self._look(classifier, episode, condition)
                self._shipped_under[condition].append(self._shipped[-1])
            if number < _TIMED_EPISODES and classifier is not None:
                self._time_single_faces(classifier, episode)
            yield

    def rows(self) -> tuple[EvaluationRow, ...]:
        """Return one row per condition, in the data's order."""
        return tuple(self._row(condition) for condition in self._data.conditions)

    def _support(self, episode: OpenSetEpisode, condition: str) -> SupportSet:
        """Return the shots and, if there are any, the unlabelled faces as seen under that condition."""
        device = self._data.clean.device
        shots = self._data.clean[torch.from_numpy(episode.support).to(device)]
        labels = torch.from_numpy(episode.support_labels).to(device)
        unlabelled: Tensor | None = None
        if len(episode.unlabelled):
            unlabelled = self._data.seen(condition, episode.unlabelled, episode.unlabelled_draws)
        return SupportSet(shots, labels, episode.n_way, unlabelled)

    def _adapt(self, episode: OpenSetEpisode, condition: str) -> OpenSetClassifier:
        device = self._data.clean.device
        support = self._support(episode, condition)
        started = _now(device)
        adapted = adapt_in_room(self._contender.learner, support, n_people=episode.n_way, is_centred=self._in_rooms)
        between = _now(device)
        prior = self._room_prior if self._in_rooms else None
        room = adapted.room(self._cohort, prior)
        open_set = adapted.calibrated(self._cohort, fpir=self._settings.fpir, room=room)
        self._adapt_s.append(between - started)
        self._calibrate_s.append(_now(device) - between)
        self._shipped.append(_Shipped(open_set.threshold, open_set.strangers))
        return open_set

    @torch.inference_mode()
    def _look(self, classifier: OpenSetClassifier, episode: OpenSetEpisode, condition: str) -> None:
        probes = self._data.seen(condition, episode.probes, episode.probe_draws)
        others = self._data.seen(condition, episode.strangers, episode.stranger_draws)
        best, nearest = classifier.best(probes)
        strangers = classifier.best(others)[0][:, None]
        right = nearest.cpu().numpy() == episode.probe_labels
        self._scores[condition].append(
            EpisodeScores(right, best.cpu().numpy(), StrangerScores.of(strangers.cpu().numpy()))
        )

    @torch.inference_mode()
    def _time_single_faces(self, classifier: OpenSetClassifier, episode: OpenSetEpisode) -> None:
        faces = self._data.clean[torch.from_numpy(episode.probes[:_TIMED_FACES]).to(self._data.clean.device)]
        for index in range(len(faces)):
            started = _now(faces.device)
            classifier.best(faces[index : index + 1])
            self._score_s.append(_now(faces.device) - started)

    def _row(self, condition: str) -> EvaluationRow:
        scores, protocol, learner = self._scores[condition], self._protocol, self._contender.learner
        pairs = list(zip(scores, self._shipped_under[condition], strict=True))
        achieved = interval_over_episodes([episode.strangers.fpir(shipped.threshold) for episode, shipped in pairs])
        at_1pct, at_01pct = tpir_at_fpir(scores, 0.01), tpir_at_fpir(scores, 0.001)
        return EvaluationRow(
            data=self._ground.data_set,
            environment=self._ground.environment,
            learner=learner.key,
            trained=learner.is_trained,
            is_twin=self._contender.is_twin,
            condition=condition,
            n_way=protocol.n_way,
            n_way_used=protocol.n_way_used,
            k_shot=protocol.k_shot,
            episodes=len(scores),
            probes=sum(len(episode.best) for episode in scores),
            strangers=sum(len(episode.strangers.best) for episode in scores),
            stranger_people=protocol.stranger_people,
            top1=interval_over_episodes([episode.top1 for episode in scores]),
            tpir_at_fpir_1pct=at_1pct.tpir,
            tpir_at_fpir_01pct=at_01pct.tpir,
            pooled_1pct=at_1pct.pooled,
            pooled_01pct=at_01pct.pooled,
            fpir_promised=self._settings.fpir,
            fpir_achieved=achieved.mean,
            fpir_interval=achieved,
            tpir_shipped=float(np.mean([episode.tpir(shipped.threshold) for episode, shipped in pairs])),
            calibration_error=_calibration_error(pairs),
            adapt_ms=float(np.median(self._adapt_s) * 1e3),
            calibrate_ms=float(np.median(self._calibrate_s) * 1e3),
            score_us=float(np.median(self._score_s) * 1e6),
            det=det_curve(scores),
        )


def _calibration_error(pairs: Sequence[tuple[EpisodeScores, _Shipped]]) -> float | None:
    achieved = []
    for promise in PROMISES:
        shares = [
            episode.strangers.fpir(shipped.cohort.threshold(promise))
            for episode, shipped in pairs
            if shipped.cohort is not None
        ]
        if not shares:
            return None
        achieved.append(float(np.mean(shares)))
    return calibration_error(achieved)


def _now(device: torch.device) -> float:
    """Return the time in seconds after all queued work of the device has finished."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter()
