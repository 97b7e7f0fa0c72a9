"""Meta networks: one network reads the support set and writes the weights of another, which recognises the people.

Munkhdalai and Yu, "Meta Networks", ICML 2017: slow weights that meta-training learns, fast weights written for each
task, and a second reading of the shots through the fast weights. Ha, Dai and Le, "HyperNetworks", ICLR 2017: the
written weights are an ordinary output of the writing network, so meta-training only needs its gradient. Munkhdalai
and Yu write from the gradients of a support loss; here, as in HyperNetworks, the input is the support set itself.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

from metaface_gui.deferred import Tensor, normalize, torch
from metaface_gui.errors import QT_TRANSLATE_NOOP
from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.pipeline.learners.background import BACKGROUND, fitted_background, initial_background
from metaface_gui.pipeline.learners.base import Episode, Params, SupportSet, TrainingFeatures, setting
from metaface_gui.pipeline.learners.distances import prototypes
from metaface_gui.pipeline.learners.losses import initial_loss, learned_open_set_loss, membership
from metaface_gui.pipeline.learners.one_step import OneStepLearner
from metaface_gui.pipeline.learners.tail import TAIL, CosineClassifier, adapted_embedding, initial_tail

_HIDDEN = 32
"""Dimension of the description of a person."""
_RANK = 8
"""Number of rank-one changes of the tail that can be combined."""


class Reading(NamedTuple):
    """What the meta-network reads from each person: similar `others` (n_way, d) and a `person` vector (n_way, 32)."""

    others: Tensor
    person: Tensor


def embed(features: Tensor, tail: Tensor, gains: Tensor) -> Tensor:
    """Return z′ = normalise(g ⊙ normalise(s + A v)): features (…, p) → (…, d), unit vectors. (1)"""
    return normalize(gains * adapted_embedding(features, tail), dim=-1)


@dataclass(frozen=True, slots=True, eq=False)
class BaseNetwork(CosineClassifier):
    """An embedding layer with `tail` and `gains` (d,), and a cosine head with `biases` (n_way,): the fast weights that
    were written for one gallery."""

    gains: Tensor
    biases: Tensor

    def place(self, features: Tensor) -> Tensor:
        """Return z′, computed with the written tail and gains."""
        return embed(features, self.tail, self.gains)

    def compare(self, points: Tensor) -> Tensor:
        """Return w_k·z′ + b_k. (2)"""
        return points @ self.head.T + self.biases


@dataclass(frozen=True, slots=True)
class MetaNetworkSettings:
    """`strength` multiplies h_k, from which all fast weights are written: 0 leaves the prototypes in the slow tail."""

    strength: float = setting(
        1.0,
        low=0.0,
        high=3.0,
        title=QT_TRANSLATE_NOOP("Settings", "Strength"),
        explanation=QT_TRANSLATE_NOOP(
            "Settings", "Weight of the meta-network: 0 leaves plain prototypes, 1 is as it was trained."
        ),
    )


class MetaNetworkLearner(OneStepLearner[BaseNetwork]):
    """Reads people as a set, so neither their number nor their order matters, and writes a `BaseNetwork`.

    The slow weights are named as in `write`. The writing layers start at 0, so an untrained meta-network writes A, g =
    1, w_k = normalise(c_k) and b_k = 0: prototypes by cosine.
    """

    key = "meta_network"
    title = QT_TRANSLATE_NOOP("Learners", "Meta network")
    short_title = QT_TRANSLATE_NOOP("ShortTitles", "Meta-net")
    explanation = QT_TRANSLATE_NOOP(
        "Learners", "One network looks at all shots and generates the weights of a second one, which names the faces."
    )
    citation = "Munkhdalai 2017, Ha 2017"
    settings_type = MetaNetworkSettings
    frozen = ("quality.centre", "quality.spread")

    settings: MetaNetworkSettings

    @classmethod
    def initial_params(cls, space: FeatureSpace) -> Params:
        """Return the slow weights; attention starts as a softmax over cosines at temperature 1/10."""
        d, r = space.embedding_dim, space.projection_dim
        random = torch.Generator().manual_seed(0)
        looks = torch.eye(d) * math.sqrt(10.0)
        return {
            TAIL: initial_tail(space),
            BACKGROUND: initial_background(space),
            "quality.centre": torch.tensor(0.0),
            "quality.spread": torch.tensor(1.0),
            "read.weight": torch.randn(_HIDDEN, 5, generator=random) / math.sqrt(5),
            "read.bias": torch.randn(_HIDDEN, generator=random),
            "attention.query": looks,
            "attention.key": looks.clone(),
            "write.gains": torch.zeros(d, _HIDDEN),
            "write.code": torch.zeros(_RANK, _HIDDEN),
            "write.code_left": torch.randn(d, _RANK, generator=random) / math.sqrt(d),
            "write.code_right": torch.randn(_RANK, r, generator=random) / math.sqrt(max(r, 1)),
            "write.others": torch.zeros(_HIDDEN),
            "write.bias": torch.zeros(_HIDDEN),
            **initial_loss(),
        }

    def prepare(self, params: Params, faces: TrainingFeatures) -> Params:
        """Fit the background to clusters of training people, and the mean and spread that standardise quality."""
        fitted = params | {BACKGROUND: fitted_background(faces, params[TAIL], len(params[BACKGROUND]))}
        if self.space.projection_dim > 0:
            quality = faces.features[..., -1]
            fitted |= {"quality.centre": quality.mean(), "quality.spread": quality.std().clamp_min(1e-6)}
        return fitted

    def read(self, params: Params, support: Tensor, labels: Tensor, n_way: int) -> Reading:
        """Describe each person relative to the others, from shots (n, p) with labels (n,).

        With z the shots in the slow tail, c_k the mean of person k and ĉ_k its direction, the average look-alike of k
        is o_k = Σ_j softmax_j(Q ĉ_k · K ĉ_j) ĉ_j over all j ≠ k, people and background directions, (3) and h_k = tanh(W
        x_k + bias) of x_k = [1 − ‖c_k‖; log n_k; mean quality; ĉ_k·o_k; ‖o_k‖]. (4) 1 − ‖c_k‖ measures the scatter of
        the shots; quality is the standardised 1/‖e₀‖, the last column of the features, which is large for a face that
        the embedder is unsure about. x contains no direction, so what is written depends on how people relate to each
        other and not on who they are, which meta-training would memorise.
        """
        mine = membership(labels, n_way).to(support.dtype)
        counts = mine.sum(0)[:, None]
        means = mine.T @ adapted_embedding(support, params[TAIL]) / counts
        length = means.norm(dim=-1, keepdim=True)
        quality = torch.zeros_like(counts)
        if self.space.projection_dim > 0:
            quality = (mine.T @ support[:, -1:] / counts - params["quality.centre"]) / params["quality.spread"]
        directions = means / length.clamp_min(1e-6)
        everybody = torch.cat([directions, normalize(params[BACKGROUND], dim=-1)])
        alike = (directions @ params["attention.query"].T) @ (everybody @ params["attention.key"].T).T
        oneself = torch.eye(n_way, len(everybody), dtype=torch.bool, device=support.device)
        others = torch.softmax(alike.masked_fill(oneself, -1e4), 1) @ everybody
        crowd = torch.cat([(directions * others).sum(1, keepdim=True), others.norm(dim=-1, keepdim=True)], 1)
        known = torch.cat([1.0 - length, counts.log(), quality, crowd], 1)
        return Reading(others, torch.tanh(known @ params["read.weight"].T + params["read.bias"]))

    def write(self, params: Params, support: Tensor, labels: Tensor, n_way: int) -> BaseNetwork:
        """Write the base network's weights for shots (n, p) with labels (n,).

        From the h_k, times the user's `strength`, and their mean t: A′ = A + L diag(C t) R, g = 2 σ(G t). (5)
        The shots are then embedded again with A′ and g, which gives means c′_k, and
        w_k = normalise(ĉ′_k + (γ·h_k) o_k), b_k = β·h_k. (6)
        """
        others, people = self.read(params, support, labels, n_way)
        people = self.settings.strength * people
        task = people.mean(0)
        code = params["write.code"] @ task
        tail = params[TAIL] + (params["write.code_left"] * code) @ params["write.code_right"]
        gains = 2.0 * torch.sigmoid(params["write.gains"] @ task)
        means = prototypes(embed(support, tail, gains), labels, n_way)
        head = normalize(means + (people @ params["write.others"])[:, None] * others, dim=-1)
        return BaseNetwork(tail, head, gains, people @ params["write.bias"])

    def episode_loss(self, params: Params, episode: Episode, n_way: int) -> Tensor:
        """Return the open-set loss of the queries' scores by the base network with the written weights."""
        written = self.write(params, episode.support, episode.support_labels, n_way)
        return learned_open_set_loss(params, written.compare(written.place(episode.query)), episode.query_labels)

    def fit(self, support: SupportSet) -> BaseNetwork:
        """Write the weights: one pass through the meta-network, no gradient steps."""
        return self.write(self.params, support.features, support.labels, support.n_way)
