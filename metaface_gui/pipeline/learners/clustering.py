"""k-means, for methods that summarise many points by a few: clusters of tasks, background directions.

Lloyd, "Least squares quantization in PCM", IEEE Trans. Information Theory 1982; k-means++ seeding (Arthur and
Vassilvitskii, SODA 2007); spherical version: Dhillon and Modha, Machine Learning 2001.
"""

from __future__ import annotations

from metaface_gui.deferred import Tensor, normalize, torch


def k_means(points: Tensor, k: int, *, seed: int = 0, steps: int = 50, spherical: bool = False) -> Tensor:
    """Return k-means centres (k, d) float32 of points (n, d); with `spherical`, points and centres are unit vectors.

    The same points and seed give the same centres. A cluster that loses its last point keeps its centre. With fewer
    points than k, some centres coincide.

    Raises:
        ValueError: if there are no points or k < 1.
    """
    if len(points) == 0 or k < 1:
        raise ValueError(f"want points and k ≥ 1, got {len(points)} and {k}")
    points = normalize(points, dim=-1) if spherical else points
    centres = _plus_plus(points, k, seed)
    assigned = torch.full((len(points),), -1, device=points.device)
    for _ in range(steps):
        # For unit vectors the nearest centre also has the largest cosine, so one assignment serves both cases.
        nearest = torch.cdist(points, centres).argmin(1)
        if torch.equal(nearest, assigned):
            break
        assigned = nearest
        counts = torch.bincount(nearest, minlength=k).to(points.dtype)[:, None]
        sums = torch.zeros_like(centres).index_add_(0, nearest, points)
        means = normalize(sums, dim=-1) if spherical else sums / counts.clamp_min(1.0)
        centres = torch.where(counts > 0, means, centres)
    return centres


def _plus_plus(points: Tensor, k: int, seed: int) -> Tensor:
    """Draw k of the points (k, d), with probabilities proportional to the squared distance to those already drawn."""
    random = torch.Generator().manual_seed(seed)
    chosen = [int(torch.randint(len(points), (), generator=random))]
    nearest = torch.full((len(points),), torch.inf, device=points.device)
    for _ in range(k - 1):
        nearest = torch.minimum(nearest, (points - points[chosen[-1]]).square().sum(1))
        # If every point coincides with one already drawn, any point will do.
        chances = nearest if bool(nearest.sum() > 0) else torch.ones_like(nearest)
        chosen.append(int(torch.multinomial(chances.cpu().double(), 1, generator=random)))
    return points[chosen].clone()
