"""Warping a picture by what its landmarks do, without learning anything.

Dimension letters: B pictures, N sources of each, P points, H and W the picture's size.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

GRID = 64
"""Side of the grid on which flow is computed before it is enlarged, unless told."""


def shepard_flow(
    source: Tensor,
    target: Tensor,
    size: int,
    *,
    softness: float = 2.0,
    power: float = 1.5,
    corrections: int = 4,
    grid: int = GRID,
    top: int = 0,
) -> Tensor:
    """Where each pixel of the warped picture comes from: `(B, 2, H, W)`, x and y in pixels, to be added to its place.

    `source` and `target`, `(B, P, 2)` in pixels of a picture of side `size`, are where the points are and where they
    shall be; points that must not move are given with equal places. Each pixel's flow is the mean of the points' moves,
    weighted by (distance^2 + softness^2) ** -power. The picture's border stays where it is. With several sources of one
    target, `(B, N, P, 2)`, weights are computed once for all; the flow is then `(B, N, 2, H, W)`. Only its rows
    from `top` on are computed.

    A mean falls short where neighbours move apart, as lips do: of each correction, the points' moves take what their
    own places still lack, so that lips that shall touch do.

    Source: inverse-distance weighting, Shepard, A two-dimensional interpolation function for irregularly-spaced data,
    1968.
    """
    B, N = len(source), source.shape[1] if source.ndim == 4 else 1
    frame = _border(size, target)
    moves = source.reshape(B, N, -1, 2) - target[:, None]
    moves = moves.permute(0, 2, 1, 3).flatten(2).float()
    moves = torch.cat([moves, moves.new_zeros(B, frame.shape[1], 2 * N)], dim=1)
    places = torch.cat([target, frame.expand(B, -1, -1)], dim=1).float()
    between = _nearness(places, places, softness, power)
    asked = moves
    for _ in range(corrections):
        moves = moves + asked - between @ moves
    axis = torch.linspace(0, size - 1, grid, device=source.device, dtype=torch.float32)
    first = top * (grid - 1) // (size - 1)
    knots = torch.stack(torch.meshgrid(axis, axis[first:], indexing="xy"), dim=-1).reshape(1, -1, 2)
    flow = _nearness(knots.expand(B, -1, -1), places, softness, power) @ moves
    coarse = flow.transpose(1, 2).reshape(B, 2 * N, grid - first, grid)
    between = _linear(grid, size, source.device)
    fine = between[top:, first:] @ coarse @ between.T
    return fine.reshape(B, N, 2, size - top, size) if source.ndim == 4 else fine


def warp(pictures: Tensor, flow: Tensor) -> Tensor:
    """`pictures` `(B, C, H, W)` sampled at each place plus `flow` `(B, 2, H, W)` in pixels; the edge is repeated."""
    H, W = pictures.shape[-2:]
    y, x = torch.meshgrid(
        torch.arange(H, device=flow.device, dtype=flow.dtype),
        torch.arange(W, device=flow.device, dtype=flow.dtype),
        indexing="ij",
    )
    grid = torch.stack([(x + flow[:, 0]) * 2 / (W - 1) - 1, (y + flow[:, 1]) * 2 / (H - 1) - 1], dim=-1)
    return F.grid_sample(pictures, grid, mode="bilinear", padding_mode="border", align_corners=True)


def _nearness(at: Tensor, places: Tensor, softness: float, power: float) -> Tensor:
    """Weights `(B, N, P)` of the points at `places` `(B, P, 2)` for `at` `(B, N, 2)`; each row sums to 1."""
    # In place, because what is large is slow to be given memory for.
    inverse = torch.cdist(at, places).square().add_(softness**2).rsqrt_()
    # A power of any number is many times as slow as a product.
    weights = (inverse * inverse).mul_(inverse) if power == 1.5 else inverse ** (2 * power)
    return weights / weights.sum(dim=2, keepdim=True)


def _linear(knots: int, size: int, device: torch.device) -> Tensor:
    """Weights `(size, knots)` of the knots for each place, where the first and the last fall onto the edges.

    A product with it is several times as fast as interpolating maps of few channels.
    """
    places = torch.linspace(0, knots - 1, size, device=device)
    return (1 - (places[:, None] - torch.arange(knots, device=device)).abs()).clamp_min(0)


def _border(size: int, like: Tensor) -> Tensor:
    """Points along the edge of the picture, `(1, 16, 2)`."""
    steps = torch.linspace(0, size - 1, 5, device=like.device, dtype=like.dtype)[:-1]
    low, high = torch.zeros_like(steps), torch.full_like(steps, size - 1)
    sides = [(steps, low), (high, steps), (size - 1 - steps, high), (low, size - 1 - steps)]
    return torch.cat([torch.stack(side, dim=1) for side in sides])[None]
