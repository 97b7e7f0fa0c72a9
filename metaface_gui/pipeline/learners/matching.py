"""Matching networks: a face attends to every shot, and a person's score is the attention on their shots.

Vinyals, Blundell, Lillicrap, Kavukcuoglu and Wierstra, "Matching Networks for One Shot Learning", NeurIPS 2016.
"""

from __future__ import annotations

from dataclasses import dataclass

from metaface_gui.deferred import Tensor, torch, without_gradients
from metaface_gui.errors import QT_TRANSLATE_NOOP
from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.pipeline.learners.base import Episode, Params, SupportSet, setting
from metaface_gui.pipeline.learners.full_context import initial_context, probes_in_context, shots_in_context
from metaface_gui.pipeline.learners.losses import initial_loss, learned_open_set_loss, membership
from metaface_gui.pipeline.learners.one_step import OneStepLearner
from metaface_gui.pipeline.learners.pooling import (
    ShotsClassifier,
    ShotsSettings,
    drawn_together,
    in_runs,
    log_mean_odds,
    log_mean_odds_in_runs,
)
from metaface_gui.pipeline.learners.tail import TAIL, adapted_embedding, initial_tail

LOG_TEMPERATURE = "attention.log_temperature"


@dataclass(frozen=True, slots=True, eq=False)
class MatchingClassifier(ShotsClassifier):
    """Scores a face by the attention on each person's shots g(x_i, S).

    `context` holds the weights of the full-context embeddings, or None without them.
    """

    temperature: Tensor
    context: Params | None

    def place(self, features: Tensor) -> Tensor:
        """Return f(x, S), the faces embedded in the context of the shots."""
        probes = adapted_embedding(features, self.tail)
        return probes if self.context is None else probes_in_context(self.context, probes, self.shots)

    def compare(self, points: Tensor) -> Tensor:
        """Return s_k, −1 … 1."""
        return self.temperature * log_mean_odds_in_runs(points @ self.shots.T / self.temperature, self.counts)

    @without_gradients
    def attention(self, features: Tensor) -> Tensor:
        """Return a(x, x_i) of the paper's equation 1: (n_query, p) → (n_query, n), where each row sums to 1."""
        return (self.place(features) @ self.shots.T / self.temperature).softmax(1)


@dataclass(frozen=True, slots=True)
class MatchingSettings(ShotsSettings):
    """`temperature` multiplies the meta-trained one: low favours a person's nearest shot, high weights all shots alike.

    `full_context` lets the whole gallery influence each embedding (`full_context.py`). It is off by default because it
    brings no lasting gain on SFace: trained on galleries of all sizes it measured a point worse.
    """

    temperature: float = setting(
        1.0,
        low=0.4,
        high=20.0,
        is_logarithmic=True,
        title=QT_TRANSLATE_NOOP("Settings", "Temperature"),
        explanation=QT_TRANSLATE_NOOP(
            "Settings",
            "Multiplies the meta-trained one. Low: a person's nearest shot counts. High: all shots count alike.",
        ),
    )
    full_context: bool = setting(
        default=False,
        title=QT_TRANSLATE_NOOP("Settings", "Full context"),
        explanation=QT_TRANSLATE_NOOP("Settings", "Encodes each shot and face in the context of the whole gallery."),
    )


class MatchingLearner(OneStepLearner[MatchingClassifier]):
    """a(x, x_i) = softmax_i(cos(f(x), g(x_i)) / τ) (section 2.1.1), and P(k | x) = Σ_{i∈S_k} a(x, x_i) (equation 1).

    With one person enrolled that softmax is always 1, whoever the probe is. The score is therefore its unnormalised
    form: s_k(x) = τ log 1/|S_k| Σ_{i∈S_k} exp(cos(f(x), g(x_i)) / τ), a kernel density of person k's shots at x. Other
    people's shots do not change it, and P(k | x) = |S_k| e^{s_k/τ} / Σ_j |S_j| e^{s_j/τ} follows from it. With one shot
    it is the cosine. The tail, τ, the full context and the loss's scale and threshold are meta-trained.
    """

    key = "matching"
    title = QT_TRANSLATE_NOOP("Learners", "Matching network")
    short_title = QT_TRANSLATE_NOOP("ShortTitles", "Matching")
    explanation = QT_TRANSLATE_NOOP(
        "Learners", "Compares a face with every single shot; the more similar a shot, the more attention it gets."
    )
    citation = "Vinyals 2016"
    settings_type = MatchingSettings

    settings: MatchingSettings

    @classmethod
    def initial_params(cls, space: FeatureSpace) -> Params:
        """Return a stock tail, τ = 0.05, a context without effect, and a scale and threshold that suit cosines."""
        return {
            TAIL: initial_tail(space),
            LOG_TEMPERATURE: torch.tensor(0.05).log(),
            **initial_context(space.embedding_dim),
            **initial_loss(),
        }

    def episode_loss(self, params: Params, episode: Episode, n_way: int) -> Tensor:
        """Return the mean open-set loss with and without the full context, so that a user can choose either."""
        shots, probes = adapted_embedding(episode.support, params[TAIL]), adapted_embedding(episode.query, params[TAIL])
        member = membership(episode.support_labels, n_way).to(shots.dtype)
        aware_shots = shots_in_context(params, shots)
        aware_probes = probes_in_context(params, probes, aware_shots)
        return 0.5 * (
            self._loss(params, probes @ shots.T, member, episode.query_labels)
            + self._loss(params, aware_probes @ aware_shots.T, member, episode.query_labels)
        )

    def _loss(self, params: Params, cosines: Tensor, member: Tensor, labels: Tensor) -> Tensor:
        temperature = self._temperature(params)
        scores = temperature * log_mean_odds(cosines / temperature, member)
        return learned_open_set_loss(params, scores, labels)

    def _temperature(self, params: Params) -> Tensor:
        # A lower temperature would take exponentials of cosines out of float32 range.
        return (params[LOG_TEMPERATURE].exp() * self.settings.temperature).clamp_min(0.02)

    def fit(self, support: SupportSet) -> MatchingClassifier:
        """Store the shots, shrunk towards their means; nothing is fitted."""
        tail, context = self.params[TAIL], self.params if self.settings.full_context else None
        ordered, counts = in_runs(drawn_together(support, self.settings.shrinkage, self.space.embedding_dim))
        shots = adapted_embedding(ordered.features, tail)
        if context is not None:
            shots = shots_in_context(context, shots)
        return MatchingClassifier(tail, shots, counts, self._temperature(self.params), context)
