"""Meta networks: one network reads the support set and writes the weights of another, which then knows the people.

Munkhdalai and Yu, "Meta Networks", ICML 2017: slow weights that meta-training learns, fast weights written for each
task, shots that are looked at again through the fast weights. Ha, Dai and Le, "HyperNetworks", ICLR 2017: what is
written is an ordinary output of the writing network, so meta-training needs nothing but its gradient. Munkhdalai and
Yu write from the gradients of a support loss; here, as in HyperNetworks, from the support set itself.
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
"""Width of the description of a person."""
_RANK = 8
"""How many rank-one moves of the tail there are to combine."""


class Reading(NamedTuple):
    """What the meta-network makes of each person: `others` (n_way, d) beside them and a `person` (n_way, 32) vector."""

    others: Tensor
    person: Tensor


def embed(features: Tensor, tail: Tensor, gains: Tensor) -> Tensor:
    """z′ = normalise(g ⊙ normalise(s + A v)): features (…, p) → (…, d), unit vectors. (1)"""
    return normalize(gains * adapted_embedding(features, tail), dim=-1)


@dataclass(frozen=True, slots=True, eq=False)
class BaseNetwork(CosineClassifier):
    """An embedding layer, `tail` and `gains` (d,), and a cosine head with `biases` (n_way,): the fast weights, as they
    were written for one gallery."""

    gains: Tensor
    biases: Tensor

    def place(self, features: Tensor) -> Tensor:
        """z′, through the written tail and gains."""
        return embed(features, self.tail, self.gains)

    def compare(self, points: Tensor) -> Tensor:
        """w_k·z′ + b_k. (2)"""
        return points @ self.head.T + self.biases


@dataclass(frozen=True, slots=True)
class MetaNetworkSettings:
    """`strength` multiplies h_k, all that is written from: at 0 nothing but the prototypes in the slow tail."""

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
    """Reads people as a set, so neither their number nor any order matters, and writes a `BaseNetwork`.

    Slow weights are named as in `write`. Those that write start at 0, so an untrained meta-network writes A, g = 1,
    w_k = normalise(c_k) and b_k = 0: prototypes by cosine.
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
        """Slow weights; attention starts as a softmax over cosines at temperature 1/10."""
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
        """Set the background to training people's cluster directions, and how shot quality is centred and scaled."""
        fitted = params | {BACKGROUND: fitted_background(faces, params[TAIL], len(params[BACKGROUND]))}
        if self.space.projection_dim > 0:
            quality = faces.features[..., -1]
            fitted |= {"quality.centre": quality.mean(), "quality.spread": quality.std().clamp_min(1e-6)}
        return fitted

    def read(self, params: Params, support: Tensor, labels: Tensor, n_way: int) -> Reading:
        """Describe each person among the others, from (n, p) shots with (n,) labels.

        With z the shots in the slow tail, c_k person k's mean and ĉ_k its direction, the others that k may be mistaken
        for are o_k = Σ_j softmax_j(Q ĉ_k · K ĉ_j) ĉ_j over all j ≠ k, people and background directions, (3)
        and h_k = tanh(W x_k + bias) of x_k = [1 − ‖c_k‖; log n_k; mean quality; ĉ_k·o_k; ‖o_k‖]. (4)
        1 − ‖c_k‖ is how far the shots scatter; quality is 1/‖e₀‖, the last column of the features, which is large for a
        face that the embedder is unsure about. No direction is among x: what is written depends on how people lie to
        each other, not on who they are, which meta-training would learn by heart.
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
        """Write the base network's weights for a support set, (n, p) with (n,) labels.

        From the h_k, times the user's `strength`, and their mean t: A′ = A + L diag(C t) R, g = 2 σ(G t), (5)
        then the shots are looked at again through A′ and g, which gives means c′_k, and
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
        """Open-set loss of the queries' scores by the base network with the written weights."""
        written = self.write(params, episode.support, episode.support_labels, n_way)
        return learned_open_set_loss(params, written.compare(written.place(episode.query)), episode.query_labels)

    def fit(self, support: SupportSet) -> BaseNetwork:
        """Write the weights: one pass through the meta-network, no gradient steps."""
        return self.write(self.params, support.features, support.labels, support.n_way)
