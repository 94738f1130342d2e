"""Warping a picture by what its landmarks do, without learning anything.

Dimension letters: B pictures, P points, H and W the picture's size, h the side of the coarse grid.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

GRID = 64
"""Side of the grid on which flow is computed before it is enlarged."""


def shepard_flow(
    source: Tensor, target: Tensor, size: int, *, softness: float = 2.0, power: float = 1.5, corrections: int = 4
) -> Tensor:
    """Where each pixel of the warped picture comes from: `(B, 2, H, W)`, x and y in pixels, to be added to its place.

    `source` and `target`, `(B, P, 2)` in pixels of a picture of side `size`, are where the points are and where they
    shall be; points that must not move are given with equal places. Each pixel's flow is the mean of the points' moves,
    weighted by (distance^2 + softness^2) ** -power. The picture's border stays where it is.

    A mean falls short where neighbours move apart, as lips do: of each correction, the points' moves take what their
    own places still lack, so that lips that shall touch do.

    Source: inverse-distance weighting, Shepard, A two-dimensional interpolation function for irregularly-spaced data,
    1968.
    """
    frame = _border(size, source)
    moves = torch.cat([source - target, torch.zeros_like(frame).expand(len(source), -1, -1)], dim=1).float()
    places = torch.cat([target, frame.expand(len(source), -1, -1)], dim=1).float()
    between = _nearness(places, places, softness, power)
    asked = moves
    for _ in range(corrections):
        moves = moves + asked - between @ moves
    axis = torch.linspace(0, size - 1, GRID, device=source.device, dtype=torch.float32)
    grid = torch.stack(torch.meshgrid(axis, axis, indexing="xy"), dim=-1).reshape(1, -1, 2)
    flow = _nearness(grid.expand(len(source), -1, -1), places, softness, power) @ moves
    coarse = flow.transpose(1, 2).reshape(len(source), 2, GRID, GRID)
    return F.interpolate(coarse, size=(size, size), mode="bilinear", align_corners=True)


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
    weights = (torch.cdist(at, places).square() + softness**2) ** -power
    return weights / weights.sum(dim=2, keepdim=True)


def _border(size: int, like: Tensor) -> Tensor:
    """Points along the edge of the picture, `(1, 16, 2)`."""
    steps = torch.linspace(0, size - 1, 5, device=like.device, dtype=like.dtype)[:-1]
    low, high = torch.zeros_like(steps), torch.full_like(steps, size - 1)
    sides = [(steps, low), (high, steps), (size - 1 - steps, high), (low, size - 1 - steps)]
    return torch.cat([torch.stack(side, dim=1) for side in sides])[None]
