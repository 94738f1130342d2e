"""The renderer: completes a warped photo where warping cannot show what is right.

Dimension letters: B frames, S the side of the region, C channels.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from talkface_sdm.config import RendererConfig
from talkface_studio.api.values import FloatArray, Matrix
from talkface_studio.nn.blocks import ConvBlock
from talkface_studio.nn.flow import warp

GROUPS = ((0, 17), (17, 22), (22, 27), (27, 36), (36, 42), (42, 48), (48, 60), (60, 68))
"""Jaw, brows, nose, eyes, outer lips, inner lips: the landmarks of each of the eight heat maps."""
SIDES = {"face": 2.6, "mouth": 1.2}
"""Side of each region in distances of the outer eye corners."""
LARGEST_FLOW = 0.1
"""Of the side of the region."""


class Renderer(nn.Module):
    """A U-Net; its output is mask * warp(picture, flow) + (1 - mask) * colour."""

    def __init__(self, config: RendererConfig) -> None:
        super().__init__()
        self.config = config
        a, b, c, d = (config.width * factor for factor in (1, 2, 4, 4))
        self.down = nn.ModuleList(
            [
                ConvBlock(3 + 2 * len(GROUPS), a, norm="group"),
                nn.Sequential(ConvBlock(a, b, stride=2, norm="group"), ConvBlock(b, b, norm="group")),
                nn.Sequential(ConvBlock(b, c, stride=2, norm="group"), ConvBlock(c, c, norm="group")),
                nn.Sequential(ConvBlock(c, d, stride=2, norm="group"), ConvBlock(d, d, norm="group")),
            ]
        )
        self.up = nn.ModuleList(
            [
                ConvBlock(d + c, c, norm="group"),
                ConvBlock(c + b, b, norm="group"),
                ConvBlock(b + a, a, norm="group"),
            ]
        )
        self.leave = nn.Conv2d(a, 6, 3, padding=1)
        with torch.no_grad():
            # It starts as the picture that it is given.
            self.leave.weight.mul_(0.1)
            self.leave.bias.copy_(torch.tensor([0.0, 0.0, 3.0, 0.0, 0.0, 0.0]))  # type: ignore[union-attr]

    def forward(self, picture: Tensor, source: Tensor, target: Tensor) -> Tensor:
        """RGB in 0..1, `(B, 3, S, S)`, of the same shape.

        `picture` is the photo, already warped; `source` and `target` `(B, 8, S, S)` are heat maps of the photo's
        landmarks and of those wanted.
        """
        x = torch.cat([picture, source, target], dim=1)
        levels = []
        for block in self.down:
            x = block(x)
            levels.append(x)
        x = levels.pop()
        for block in self.up:
            x = F.interpolate(x, scale_factor=2.0, mode="bilinear")
            x = block(torch.cat([x, levels.pop()], dim=1))
        flow, mask, colour = self.leave(x).float().split([2, 1, 3], dim=1)
        moved = warp(picture, LARGEST_FLOW * picture.shape[-1] * torch.tanh(flow))
        kept = torch.sigmoid(mask)
        return kept * moved + (1 - kept) * (picture + torch.tanh(colour)).clamp(0, 1)


def region_matrix(points: FloatArray, unit: float, config: RendererConfig) -> Matrix:
    """The affine `(2, 3)` from a picture to the region around its 68 landmarks; `unit` is the eyes' distance in px."""
    shown = points[48:] if config.region == "mouth" else points
    low, high = shown.min(axis=0).astype(np.float64), shown.max(axis=0).astype(np.float64)
    scale = config.size / (SIDES[config.region] * unit)
    shift = (config.size - 1) / 2 - scale * (low + high) / 2
    return np.array([[scale, 0, shift[0]], [0, scale, shift[1]]])


def in_region(points: FloatArray, matrix: Matrix, size: int) -> FloatArray:
    """Landmarks of a picture in 0..1 of the region."""
    places: FloatArray = ((points @ matrix[:, :2].T + matrix[:, 2] + 0.5) / size).astype(np.float32)
    return places


def heat_maps(points: Tensor, size: int, *, spread: float = 0.02) -> Tensor:
    """Landmarks `(B, 68, 2)` in 0..1 of the region as eight maps `(B, 8, size, size)`: Gaussians, the highest counts.

    `spread` is the standard deviation, as a part of the side.
    """
    axis = (torch.arange(size, device=points.device, dtype=points.dtype) + 0.5) / size
    across = torch.exp(-(((points[..., 0, None] - axis) / spread) ** 2) / 2)
    along = torch.exp(-(((points[..., 1, None] - axis) / spread) ** 2) / 2)
    maps = [torch.einsum("bpy,bpx->bpyx", along[:, a:b], across[:, a:b]).amax(dim=1) for a, b in GROUPS]
    return torch.stack(maps, dim=1)
