"""Made-up faces: bad pictures of a face, other pictures of a person, and strangers, from what meta-training saw.

Method: Hariharan and Girshick, "Low-shot Visual Recognition by Shrinking and Hallucinating Features", ICCV 2017, with
Gaussians in place of their network. A face x becomes

    x' = κ x + μ + L g + ρ ∘ n,   with standard normal g and n,

a regression of x' on x whose remainder is a factor analyser (Bishop, "Pattern Recognition and Machine Learning",
section 12.2.4): a worse picture keeps a smaller part κ of what is special about a face. Each Gaussian is an average
over all meta-training people, a few thousand numbers; nobody's template can be read from it.
"""

from __future__ import annotations

from metaface_gui.deferred import Tensor, cosine_similarity, torch
from metaface_gui.pipeline.feature_space import FeatureSpace
from metaface_gui.pipeline.learners.base import Params, TrainingFeatures

CORRUPTION, VARIATION, STRANGERS = "corruption", "variation", "strangers"
_COMPONENTS = {CORRUPTION: 4, VARIATION: 1, STRANGERS: 1}
"""How many Gaussians: corruption has one for each quarter of the pictures, from slightly to hardly recognisable."""
_RANK = {CORRUPTION: 16, VARIATION: 16, STRANGERS: 32}
_PARTS = ("kept", "mean", "factors", "residual")

HALLUCINATION = tuple(f"{what}.{part}" for what in _RANK for part in _PARTS)
"""Names of the meta-parameters here: κ (m,), μ (m, p), L (m, p, rank) and ρ (m, p), with m Gaussians."""

_UNTRAINED_NOISE = {CORRUPTION: 0.8, VARIATION: 0.6, STRANGERS: 1.0}
"""Length of the untrained ρ: a face then has a cosine of about 1/√(1 + 0.8²) = 0.78 to a bad picture of it."""


def initial_hallucination(space: FeatureSpace) -> Params:
    """Isotropic noise on s, the embedding under the stock tail; strangers in any direction, each as likely."""
    d, p = space.embedding_dim, space.feature_dim
    per_axis = torch.cat([torch.full((d,), d**-0.5), torch.zeros(p - d)])
    params = Params()
    for what, m in _COMPONENTS.items():
        params[f"{what}.kept"] = torch.full((m,), float(what != STRANGERS))
        params[f"{what}.mean"] = torch.zeros(m, p)
        params[f"{what}.factors"] = torch.zeros(m, p, _RANK[what])
        params[f"{what}.residual"] = (_UNTRAINED_NOISE[what] * per_axis).repeat(m, 1)
    return params


def fit_hallucination(params: Params, faces: TrainingFeatures, space: FeatureSpace) -> Params:
    """Return `params` with everything fitted to the meta-training people.

    Corruption: from a clean picture to its degraded copies. Variation: from a clean picture of a person to another.
    Strangers: the people's mean clean faces. What the data cannot tell (no degraded copies, nobody with two pictures,
    a single person) stays as it was.
    """
    d = space.embedding_dim
    clean, degraded = faces.features[:, 0], faces.features[:, 1:]
    fitted = dict(params)
    if degraded.shape[1] > 0:
        fitted |= _regression(CORRUPTION, clean.repeat_interleave(degraded.shape[1], 0), degraded.flatten(0, 1), d)
    by_person = faces.person.argsort(stable=True)
    ordered, person = clean[by_person], faces.person[by_person]
    pairs = person[1:] == person[:-1]
    if pairs.any():
        one, other = ordered[:-1][pairs], ordered[1:][pairs]
        fitted |= _regression(VARIATION, torch.cat([one, other]), torch.cat([other, one]), d)
    counts = torch.bincount(faces.person)
    if len(counts) > 1:
        means = clean.new_zeros(len(counts), clean.shape[1]).index_add_(0, faces.person, clean) / counts[:, None]
        means = renormalised(means, d)
        fitted |= _regression(STRANGERS, torch.zeros_like(means), means, d)
    return fitted


def renormalised(features: Tensor, embedding_dim: int) -> Tensor:
    """Divide features (n, p) by the length of their s: what `FeatureSpace` asks of a face's features."""
    length: Tensor = features[:, :embedding_dim].norm(dim=1, keepdim=True)
    return features / length.clamp_min(1e-12)


def hallucinated(params: Params, what: str, faces: Tensor, embedding_dim: int, random: torch.Generator) -> Tensor:
    """Draw x' of kind `what` for each face x: (n, p) → (n, p).

    The m Gaussians take turns, so that each m faces in a row get one of each. The generator is on the CPU whatever the
    device, so that a GPU sees the same faces.
    """
    kept, mean, factors, residual = (params[f"{what}.{part}"] for part in _PARTS)
    common = torch.randn(len(faces), factors.shape[2], generator=random).to(faces.device)
    own = torch.randn(len(faces), faces.shape[1], generator=random).to(faces.device)
    drawn = torch.empty_like(faces)
    m = len(kept)
    for i in range(m):
        noise = mean[i] + common[i::m] @ factors[i].T + own[i::m] * residual[i]
        drawn[i::m] = kept[i] * faces[i::m] + noise
    return renormalised(drawn, embedding_dim)


def imagined_strangers(params: Params, n: int, embedding_dim: int, random: torch.Generator) -> Tensor:
    """Draw n faces of people who do not exist: (n, p), every other one a bad picture."""
    nobody = params[f"{STRANGERS}.mean"].new_zeros(n, params[f"{STRANGERS}.mean"].shape[1])
    faces = hallucinated(params, STRANGERS, nobody, embedding_dim, random)
    faces[1::2] = hallucinated(params, CORRUPTION, faces[1::2], embedding_dim, random)
    return faces


def _regression(what: str, x: Tensor, y: Tensor, embedding_dim: int) -> Params:
    """Fit y ≈ κ x + μ + L g + ρ ∘ n to faces x and y (n, p), once for each group of pairs about as alike.

    κ is the least-squares one on s; L are the remainder's first principal axes, ρ what they leave of
    each variance.
    """
    likeness = cosine_similarity(x[:, :embedding_dim], y[:, :embedding_dim])
    fits = []
    for group in likeness.argsort(descending=True, stable=True).tensor_split(_COMPONENTS[what]):
        source, target = x[group].double(), y[group].double()
        x_about, y_about = (part[:, :embedding_dim] - part[:, :embedding_dim].mean(0) for part in (source, target))
        kept = (x_about * y_about).sum() / x_about.square().sum().clamp_min(1e-12)
        rest = target - kept * source
        mean = rest.mean(0)
        covariance = (rest - mean).T @ (rest - mean) / max(len(rest), 1)
        variances, axes = torch.linalg.eigh(covariance)
        axes = (axes * variances.clamp_min(0.0).sqrt()).flip(1)[:, : _RANK[what]]
        factors = torch.nn.functional.pad(axes, (0, _RANK[what] - axes.shape[1]))
        residual = (covariance.diagonal() - factors.square().sum(1)).clamp_min(0.0).sqrt()
        fits.append((kept, mean, factors, residual))
    stacked = (torch.stack(column).float() for column in zip(*fits, strict=True))
    return {f"{what}.{part}": tensor for part, tensor in zip(_PARTS, stacked, strict=True)}
