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
    left: int = 0,
) -> Tensor:
    """Where each pixel of the warped picture comes from: `(B, 2, H, W)`, x and y in pixels, to be added to its place.

    `source` and `target`, `(B, P, 2)` in pixels of a picture of side `size`, are where the points are and where they
    shall be; points that must not move are given with equal places. Each pixel's flow is the mean of the points' moves,
    weighted by (distance^2 + softness^2) ** -power. The picture's border stays where it is. With several sources of one
    target, `(B, N, P, 2)`, weights are computed once for all; the flow is then `(B, N, 2, H, W)`. Only its rows
    from `top` on are computed, and of its columns neither the first nor the last `left`.

    A mean falls short where neighbours move apart, as lips do: of each correction, the points' moves take what their
    own places still lack, so that lips that shall touch do.

    Source: inverse-distance weighting, Shepard, A two-dimensional interpolation function for irregularly-spaced data,
    1968.
    """
    B, N = len(source), source.shape[1] if source.ndim == 4 else 1
    frame = _border(size, target)
    moves = source.reshape(B, N, -1, 2) - target[:, None]
    moves = moves.permute(0, 1, 3, 2).flatten(1, 2)
    moves = torch.cat([moves, moves.new_zeros(B, 2 * N, frame.shape[1])], dim=2).float()
    places = torch.cat([target, frame.expand(B, -1, -1)], dim=1).float()
    axis = torch.linspace(0, size - 1, grid, device=source.device, dtype=torch.float32)
    first, near = (edge * (grid - 1) // (size - 1) for edge in (top, left))
    across = slice(near, grid - near)
    knots = torch.stack(torch.meshgrid(axis[across], axis[first:], indexing="xy"), dim=-1).reshape(1, -1, 2)
    enlarged = _linear(grid, size, source.device)
    rows, columns = enlarged[top:, first:], enlarged[left : size - left, across]
    # Squared distances are small differences of large numbers, and flow in bf16 has steps that can be seen.
    with torch.autocast(source.device.type, enabled=False):
        between = _nearness(places, places, softness, power)
        asked = moves
        for _ in range(corrections):
            moves = moves + asked - _means(moves, between)
        flow = _means(moves, _nearness(places, knots.expand(B, -1, -1), softness, power))
        fine = rows @ flow.reshape(B, 2 * N, grid - first, grid - 2 * near) @ columns.T
    return fine.reshape(B, N, 2, *fine.shape[2:]) if source.ndim == 4 else fine


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


def _nearness(places: Tensor, at: Tensor, softness: float, power: float) -> Tensor:
    """(distance^2 + softness^2) ** -power of the points at `places` `(B, P, 2)` from `at` `(B, K, 2)`: `(B, P, K)`."""
    middle = places.mean(dim=1, keepdim=True)
    places, at = places - middle, at - middle
    # |a - b|^2 = |a|^2 - 2 a b + |b|^2 as one product, because each pass over so many numbers takes long.
    ones = at.new_ones(1, 1, 1)
    beyond = places.square().sum(dim=2, keepdim=True) + softness**2
    left = torch.cat([-2 * places, beyond, ones.expand_as(beyond)], dim=2)
    right = torch.cat([at, ones.expand(*at.shape[:2], 1), at.square().sum(dim=2, keepdim=True)], dim=2)
    # In place, because large memory is slow to come by. Whole powers are products, others many times as slow.
    inverse = (left @ right.transpose(1, 2)).clamp_min_(softness**2).rsqrt_()
    return inverse.pow_(2 * power)


def _means(values: Tensor, weights: Tensor) -> Tensor:
    """Means of `(B, C, P)` for each column of weights `(B, P, K)`, whatever they sum to: `(B, C, K)`."""
    # Points last: few rows times many columns take a fifth of the time of many rows times few columns.
    sums = torch.cat([values, torch.ones_like(values[:, :1])], dim=1) @ weights
    return sums[:, :-1] / sums[:, -1:]


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
