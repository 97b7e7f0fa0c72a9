"""A face embedder made of two PyTorch modules, trunk and tail; all embedders here share this form."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from metaface_gui.pipeline.embedding.projection import Projection
from metaface_gui.pipeline.embedding.tuned_trunk import TunedTrunk
from metaface_gui.pipeline.feature_space import FeatureSpace


class LinearTail(nn.Module):
    """(n, u) → (n, d), L2-normalised: linear layer, batch norm with its trained statistics, normalisation.

    Meta-learning gains most by moving `linear`: z = normalise(BN(W u)).
    """

    def __init__(self, feature_dim: int, embedding_dim: int, *, bias: bool, eps: float) -> None:
        super().__init__()
        self.linear = nn.Linear(feature_dim, embedding_dim, bias=bias)
        self.bn = nn.BatchNorm1d(embedding_dim, eps=eps)

    def forward(self, features: Tensor) -> Tensor:
        """Return unit vectors (n, d)."""
        return normalize(self.bn(self.linear(features)))


class ProjectedTail(nn.Module):
    """Trunk features (n, u) → learners' features (n, d + r): x = [s; v]. The only place that knows how v is computed.

    W₀ and B are stacked so that one matrix product serves both, because reading the weights takes most of the time.
    """

    def __init__(self, linear: nn.Linear, bn: nn.Module, weight: Tensor, dtype: torch.dtype = torch.float32) -> None:
        """`linear` is W₀ with its bias, if any; `bn` the batch norm after it; `weight` is B (m, u).

        `dtype` is the type in which weights are kept and multiplied; the output is float32.
        """
        super().__init__()
        self.embedding_dim = linear.out_features
        rows = torch.cat([linear.weight.detach(), weight.to(linear.weight)])
        self.weight = nn.Parameter(rows.to(dtype), requires_grad=False)
        bias = torch.zeros(len(rows), dtype=rows.dtype, device=rows.device)
        if linear.bias is not None:
            bias[: self.embedding_dim] = linear.bias.detach()
        self.bias = nn.Parameter(bias.to(dtype), requires_grad=False)
        self.bn = bn

    def forward(self, features: Tensor) -> Tensor:
        """Return x (n, d + r), whose first d values are a unit vector."""
        product = nn.functional.linear(features.to(self.weight.dtype), self.weight, self.bias).float()
        before = self.bn(product[:, : self.embedding_dim])
        length = before.norm(dim=1, keepdim=True).clamp_min(1e-12)
        one = torch.ones_like(length)
        x: Tensor = torch.cat([before, product[:, self.embedding_dim :], one], dim=1) / length
        return x


@runtime_checkable
class KeepsRanges(Protocol):
    """A trunk that can limit its pictures' brightness and its layers' channels to ranges."""

    def keep_within(self, ranges: Mapping[str, Tensor], *, least_brightness: float) -> None:
        """Limit these layers' outputs to bounds (4, channels) from now on, and brighten pictures to that grey level."""


def _in_bfloat16(trunk: nn.Module) -> nn.Module:
    """Return a copy of a trunk with all layers but the first in bfloat16; so pixels keep their precision.

    Each layer casts its own input, so a network that adds or scales in float32 between layers still does.
    """
    copied = copy.deepcopy(trunk)
    layers = [layer for layer in copied.modules() if isinstance(layer, nn.Conv2d | nn.Linear | nn.PReLU)]
    for layer in layers[1:]:
        layer.to(torch.bfloat16).register_forward_pre_hook(_to_bfloat16)
    return copied


def _to_bfloat16(_layer: nn.Module, inputs: tuple[Tensor]) -> tuple[Tensor]:
    return (inputs[0].to(torch.bfloat16),)


class TorchEmbedder:
    """A `TrainableEmbedder` of a trunk and a tail module, both in evaluation mode with frozen parameters.

    `trunk_module` maps (n, 3, s, s) uint8 RGB to (n, u); `tail_module` maps (n, u) to L2-normalised (n, d) and is what
    meta-learning differentiates and replaces: with `torch.func.functional_call` or in a copy, never in place.
    `features` stores and multiplies weights in `dtype`, except for the first layer and `tail_module`; its output is
    always float32.

    Raises:
        ValueError: if `projection` does not fit this trunk or tail.
    """

    def __init__(
        self,
        *,
        key: str,
        id: str,  # noqa: A002 - the contract's name
        crop_size: int,
        trunk: nn.Module,
        tail: LinearTail,
        device: torch.device,
        projection: Projection | None = None,
        dtype: torch.dtype = torch.float32,
    ) -> None:
        self.key = key
        self.id = id
        self.crop_size = crop_size
        self.feature_dim = tail.linear.in_features
        """u, the length of a trunk feature."""
        self.embedding_dim = tail.linear.out_features
        self.device = device
        self.trunk_module = trunk.eval().requires_grad_(False).to(device)
        self.tail_module = tail.eval().requires_grad_(False).to(device)
        self.projection = projection
        self.dtype = dtype
        self.space = FeatureSpace(self.embedding_dim, 0 if projection is None else projection.projection_dim)
        self._features_module = self._make_features_module(projection)

    def with_trunk(self, tuned: TunedTrunk) -> TorchEmbedder:
        """Return an embedder whose trunk is moved, with the same tail and no projection.

        `~` and the tuned trunk's id are appended to the embedder's id, so that features of different trunks are never
        mixed.

        Raises:
            ValueError: if the movement is of another network, or the trunk was moved before.
        """
        if "~" in self.id:
            raise ValueError(f"{self.id}: the trunk was moved already")
        trunk = copy.deepcopy(self.trunk_module)
        parameters = dict(trunk.named_parameters())
        if any(name not in parameters or parameters[name].shape != m.shape for name, m in tuned.movement.items()):
            raise ValueError(f"{self.key}: the movement is of another trunk")
        with torch.no_grad():
            for name, movement in tuned.movement.items():
                parameters[name].add_(torch.from_numpy(movement).to(parameters[name]))
        if tuned.ranges or tuned.least_brightness:
            if not isinstance(trunk, KeepsRanges):
                raise ValueError(f"{self.key}: its channels cannot be kept within ranges")
            bounds_there = {name: torch.from_numpy(bounds).to(self.device) for name, bounds in tuned.ranges.items()}
            trunk.keep_within(bounds_there, least_brightness=tuned.least_brightness)
        return self._of_modules(f"{self.id.partition('@')[0]}~{tuned.id}", trunk, None, self.dtype)

    def with_projection(self, projection: Projection | None) -> TorchEmbedder:
        """Return an embedder with the same modules and that projection, or none.

        `@` and the projection's id are appended to the embedder's id, so that templates of different projections, or of
        none, are never mixed.

        Raises:
            ValueError: if the projection is of another trunk or tail.
        """
        without_projection = self.id.partition("@")[0]
        id_ = without_projection if projection is None else f"{without_projection}@{projection.id}"
        return self._of_modules(id_, self.trunk_module, projection, self.dtype)

    def in_bfloat16(self) -> TorchEmbedder:
        """Return an embedder that computes in bfloat16: half the time per face on processors with native support.

        It keeps the id, because its features may be mixed with this one's: each of 120 faces of Labeled Faces in the
        Wild has a cosine of at least 0.9999 to its float32 self, and the cosines of pairs of faces change by 0.001
        (mean) to 0.006 (largest). Move the trunk before this: movements are smaller than bfloat16 resolves.
        """
        return self._of_modules(self.id, _in_bfloat16(self.trunk_module), self.projection, torch.bfloat16)

    def _of_modules(
        self, id_: str, trunk: nn.Module, projection: Projection | None, dtype: torch.dtype
    ) -> TorchEmbedder:
        return TorchEmbedder(
            key=self.key,
            id=id_,
            crop_size=self.crop_size,
            trunk=trunk,
            tail=self.tail_module,
            device=self.device,
            projection=projection,
            dtype=dtype,
        )

    def trunk(self, crops_rgb: Tensor) -> Tensor:
        """Map crops (n, 3, s, s) uint8 on any device to features (n, u) float32 on `device`; n may be 0.

        Raises:
            ValueError: if the crops have another shape or dtype.
        """
        self._check(crops_rgb)
        if len(crops_rgb) == 0:
            return torch.zeros((0, self.feature_dim), device=self.device)
        with torch.inference_mode():
            features: Tensor = self.trunk_module(crops_rgb.to(self.device)).float()
        # A tensor made in inference mode may never enter autograd; a copy made outside may, and costs microseconds.
        return features.clone()

    def tail(self, features: Tensor) -> Tensor:
        """Map trunk features (n, u) to L2-normalised embeddings (n, d); differentiable with respect to `features`."""
        embeddings: Tensor = self.tail_module(features)
        return embeddings

    def embed(self, crops_rgb: Tensor) -> Tensor:
        """`tail(trunk(crops))`: (n, 3, s, s) uint8 → (n, d) float32, L2-normalised; n may be 0.

        Raises:
            ValueError: if the crops have another shape or dtype.
        """
        return self._run(crops_rgb, self.tail_module, self.embedding_dim)

    def features(self, crops_rgb: Tensor) -> Tensor:
        """Map crops (n, 3, s, s) uint8 to what learners see: x = [s; v], (n, p) float32; n may be 0.

        The first d values are `embed`'s, up to rounding; without a projection there are no others.

        Raises:
            ValueError: if the crops have another shape or dtype.
        """
        return self._run(crops_rgb, self._features_module, self.space.feature_dim)

    @torch.no_grad()
    def project(self, trunk_features: Tensor) -> Tensor:
        """Map trunk features (n, u), of any float dtype and on any device, to x = [s; v]: (n, p) float32 on `device`.

        The part of `features` after the trunk, for features that were cached, perhaps in half precision.
        """
        features: Tensor = self._features_module(trunk_features.to(self.device, torch.float32))
        return features

    def _make_features_module(self, projection: Projection | None) -> nn.Module:
        if projection is None:
            return self.tail_module
        want = (self.feature_dim, self.embedding_dim)
        got = (projection.weight.shape[1], projection.tail.shape[0])
        if want != got:
            raise ValueError(f"{self.key}: want a projection from {want[0]} to {want[1]} floats, got {got}")
        weight = torch.from_numpy(projection.weight)
        module = ProjectedTail(self.tail_module.linear, self.tail_module.bn, weight, self.dtype)
        return module.eval().to(self.device)

    def _run(self, crops_rgb: Tensor, head: nn.Module, dimension: int) -> Tensor:
        self._check(crops_rgb)
        if len(crops_rgb) == 0:
            return torch.zeros((0, dimension), device=self.device)
        with torch.inference_mode():
            points: Tensor = head(self.trunk_module(crops_rgb.to(self.device)).float())
        return points.clone()

    def _check(self, crops_rgb: Tensor) -> None:
        want = (3, self.crop_size, self.crop_size)
        if crops_rgb.ndim != 4 or tuple(crops_rgb.shape[1:]) != want or crops_rgb.dtype != torch.uint8:
            raise ValueError(f"crops_rgb: want uint8 (n, {want}), got {crops_rgb.dtype} {tuple(crops_rgb.shape)}")
