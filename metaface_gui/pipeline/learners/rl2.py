"""RL² (Auto): a recurrent policy tries learning strategies on the user's own shots and returns the best one's result.

Duan et al., "RL²: Fast Reinforcement Learning via Slow Reinforcement Learning", 2016; Wang et al., "Learning to
reinforcement learn", 2016. The policy is in `rl2_policy.py`, the strategies it chooses from are in `strategies.py`,
and a trial is defined in `rl2_trials.py`.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from metaface_gui.deferred import Tensor, grad_and_value, torch, without_gradients
from metaface_gui.errors import QT_TRANSLATE_NOOP
from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.pipeline.learners.base import (
    STRANGER,
    AdaptedClassifier,
    AdaptStep,
    Episode,
    MetaLearner,
    OnStep,
    Params,
    SupportSet,
    TrainableLearner,
    TrainingFeatures,
    setting,
)
from metaface_gui.pipeline.learners.hallucination import HALLUCINATION, fit_hallucination, initial_hallucination
from metaface_gui.pipeline.learners.rl2_policy import (
    Tables,
    decide,
    fresh_memory,
    gumbel,
    initial_policy,
    policy_loss,
    remember,
    trust,
)
from metaface_gui.pipeline.learners.rl2_trials import (
    CONTEXT_DIM,
    Exam,
    augmented,
    canonical,
    exam_reward,
    exam_strangers,
    make_exam,
)
from metaface_gui.pipeline.learners.strategies import STRATEGIES

_ROLLOUTS = 32
_FEW_STRANGERS = 20


@dataclass(frozen=True, slots=True)
class Trial:
    """A strategy that was tried: its `label` from `STRATEGIES` and its reward, 0..1, the expected share of hard probes
    that it names correctly while it accepts 5 % of the strangers."""

    strategy: str
    reward: float


@dataclass(frozen=True, slots=True, eq=False)
class Rl2Classifier:
    """The winner's classifier. `numbers` (n_way,) maps each of the caller's people to the winner's column; `trials` are
    in the order in which they ran, and `chosen` is the one that won."""

    winner: AdaptedClassifier
    numbers: Tensor
    trials: tuple[Trial, ...]
    chosen: Trial

    @property
    def n_way(self) -> int:
        """Number of people that the classifier distinguishes."""
        return self.winner.n_way

    @without_gradients
    def scores(self, features: Tensor) -> Tensor:
        """Score faces with the winner: (n_query, p) → (n_query, n_way) float32, larger = more alike."""
        return self.winner.scores(features).index_select(1, self.numbers)

    def embed(self, features: Tensor) -> Tensor:
        """Embed faces in the winner's adapted space: (n, p) → (n, d), each of length 1."""
        return self.winner.embed(features)

    @without_gradients
    def class_vectors(self) -> Tensor:
        """Return the winner's class vectors in the caller's order of people: (n_way, d), each of length 1."""
        return self.winner.class_vectors().index_select(0, self.numbers)


@dataclass(frozen=True, slots=True)
class Rl2Settings:
    """`trials`: how many strategies are tried; each takes about as long as its adaptation."""

    trials: int = setting(
        4,
        low=1,
        high=len(STRATEGIES),
        title=QT_TRANSLATE_NOOP("Settings", "Trials"),
        explanation=QT_TRANSLATE_NOOP(
            "Settings", "How many methods and settings are tried on the shots; each trial takes one adaptation."
        ),
    )


class Rl2Learner(TrainableLearner):
    """Trial t pulls a new arm a_t = argmax π(· | h_t), h_t = GRU(h_{t−1}; gallery, a_{t−1}, r_{t−1}, done_{t−1}).

    The policy is meta-trained by policy gradient on tables of every strategy's true worth on each episode. In a trial
    the policy sees a reward on synthetic probes, corrected for how much such exams flatter the strategy; it is trained
    for the reward on the episode's real queries. `arms` are the strategies' learners in the order of `STRATEGIES`; None
    means untrained ones.

    Raises:
        ValueError: if there is not one learner for each strategy, or as for `MetaLearner`.
    """

    key = "rl2"
    builds_on_others = True
    title = QT_TRANSLATE_NOOP("Learners", "Auto (RL²)")
    short_title = QT_TRANSLATE_NOOP("ShortTitles", "Auto RL²")
    explanation = QT_TRANSLATE_NOOP(
        "Learners",
        "Tries several methods on the enrolled shots, picks each by how the last ones did, and keeps the best.",
    )
    citation = "Duan 2016, Wang 2016"
    settings_type = Rl2Settings
    frozen = HALLUCINATION

    settings: Rl2Settings

    def __init__(
        self,
        space: FeatureSpace,
        params: Params | None = None,
        settings: object | None = None,
        arms: Sequence[MetaLearner] | None = None,
    ) -> None:
        super().__init__(space, params, settings)
        self._arms = _make_arms(space, {}) if arms is None else tuple(arms)
        if len(self._arms) != len(STRATEGIES):
            raise ValueError(f"want one learner for each of {len(STRATEGIES)} strategies, got {len(self._arms)}")

    @classmethod
    def build(cls, space: FeatureSpace, trained: Mapping[str, Params], settings: object | None = None) -> Self:
        """Create it with its own entry of `trained`, and strategies that use the other methods' entries."""
        return cls(space, trained.get(cls.key), settings, _make_arms(space, trained))

    @classmethod
    def initial_params(cls, space: FeatureSpace) -> Params:
        """Return a policy that tries the strategies in their order, with isotropic corruption and strangers."""
        return initial_policy(len(STRATEGIES), CONTEXT_DIM) | initial_hallucination(space)

    def with_params(self, params: Params | None) -> Self:
        """Return the same method and strategies with another policy."""
        return type(self)(self.space, params, self.settings, self._arms)

    def to(self, device: torch.device) -> Self:
        """Return the same learner with its own and its strategies' meta-parameters on `device`."""
        learner = super().to(device)
        learner._arms = tuple(arm.to(device) for arm in self._arms)
        return learner

    def prepare(self, params: Params, faces: TrainingFeatures) -> Params:
        """Fit what corruption does to a face, and how people differ."""
        return fit_hallucination(params, faces, self.space)

    def adapt(self, support: SupportSet, *, on_step: OnStep | None = None) -> Rl2Classifier:
        """Try strategies greedily, then adapt the one with the best reward to all shots. Each trial is reported as a
        step with loss 1 − reward and accuracy = reward."""
        gallery = canonical(support)
        exam = make_exam(self.params, gallery.support, self.space.embedding_dim)
        with torch.no_grad():
            memory, corrections = fresh_memory(self.params, 1), trust(self.params, exam.context[None])
        trials, arms = list[Trial](), list[int]()
        steps = min(self.settings.trials, len(STRATEGIES))
        for step in range(1, steps + 1):
            with torch.no_grad():
                logits, hidden = decide(self.params, memory, exam.context[None])
            arm = logits.argmax(1)
            reward = (self._reward(self.params, int(arm), exam) + corrections[0, arm]).clamp(0.0, 1.0)
            memory = remember(memory, hidden, arm, reward)
            trials.append(Trial(STRATEGIES[int(arm)].label, float(reward)))
            arms.append(int(arm))
            if on_step is not None:
                on_step(AdaptStep(step, steps, 1.0 - float(reward), float(reward)))
        best = max(range(steps), key=lambda trial: trials[trial].reward)
        winner = self._adapted(self.params, arms[best], gallery.support)
        return Rl2Classifier(winner, gallery.numbers, tuple(trials), trials[best])

    def episode_loss(self, params: Params, episode: Episode, n_way: int) -> Tensor:
        """Return 1 − the chosen strategy's reward on the queries: ().

        It runs complete strategies, so it is neither differentiable nor vmap-able, and `meta_gradient` does not use it.
        """
        classifier = self.with_params(params).adapt(SupportSet(episode.support, episode.support_labels, n_way))
        known, others = self._queries(params, episode)
        labels = episode.query_labels[known]
        return 1.0 - exam_reward(classifier.scores(episode.query[known]), labels, classifier.scores(others))

    def meta_gradient(self, params: Params, episodes: Episode, n_way: int) -> tuple[Params, Tensor]:
        """Return the policy gradient over many rollouts of each episode on its reward table; losses are 1 − worth."""
        each = [Episode(*parts) for parts in zip(*episodes, strict=True)]
        rows = [self._tables(params, episode, n_way) for episode in each]
        tables = Tables(*map(torch.stack, zip(*rows, strict=True)))
        trials = min(self.settings.trials, len(STRATEGIES))
        noise = torch.stack([gumbel(_ROLLOUTS, trials, len(STRATEGIES), _generator(episode)) for episode in each])

        def loss_of(at: Params) -> tuple[Tensor, Tensor]:
            return policy_loss(at, tables, noise.to(tables.seen.device))

        gradient, (_, worth) = grad_and_value(loss_of, has_aux=True)(params)
        return gradient, 1.0 - worth

    def _tables(self, params: Params, episode: Episode, n_way: int) -> Tables:
        """Run every strategy on one episode: seen (n_arms,), worth (n_arms,), context (4,)."""
        gallery = canonical(SupportSet(episode.support, episode.support_labels, n_way))
        exam = make_exam(params, gallery.support, self.space.embedding_dim)
        known, others = self._queries(params, episode)
        labels = gallery.numbers[episode.query_labels[known]]
        queries = Exam(gallery.support, episode.query[known], labels, others, exam.context)
        seen = torch.stack([self._reward(params, arm, exam) for arm in range(len(STRATEGIES))])
        worth = torch.stack([self._reward(params, arm, queries) for arm in range(len(STRATEGIES))])
        return Tables(seen, worth, exam.context)

    def _queries(self, params: Params, episode: Episode) -> tuple[Tensor, Tensor]:
        """Return which queries are enrolled people (q,) bool, and strangers' faces (m, p), some synthetic if few."""
        known = episode.query_labels != STRANGER
        others = episode.query[~known]
        if len(others) < _FEW_STRANGERS:
            others = torch.cat([others, exam_strangers(params, self.space.embedding_dim)])
        return known, others

    def _adapted(self, params: Params, arm: int, support: SupportSet) -> AdaptedClassifier:
        if STRATEGIES[arm].augment:
            support = augmented(params, support, self.space.embedding_dim)
        return self._arms[arm].adapt(support)

    def _reward(self, params: Params, arm: int, exam: Exam) -> Tensor:
        classifier = self._adapted(params, arm, exam.support)
        return exam_reward(classifier.scores(exam.probes), exam.labels, classifier.scores(exam.strangers))


def _make_arms(space: FeatureSpace, trained: Mapping[str, Params]) -> tuple[MetaLearner, ...]:
    return tuple(strategy.method.build(space, trained, strategy.settings) for strategy in STRATEGIES)


def _generator(episode: Episode) -> torch.Generator:
    """Return a generator seeded by an episode's faces, so that noise depends on neither process nor batch."""
    return torch.Generator().manual_seed(zlib.crc32(episode.support.detach().cpu().numpy().tobytes()))
