"""Normalisation of feature maps on the CPU, whose kernels for it are slow where channels lie last.

Dimension letters: B batch, C channels, H height, W width.
"""

from __future__ import annotations

import torch
from torch import Tensor

EPSILON = 1e-5
"""Added to variances, as torch's own layers do."""


def serving(x: Tensor) -> bool:
    """Whether what follows is quicker than torch's own layers: on the CPU and without gradients."""
    return x.device.type == "cpu" and not torch.is_grad_enabled()


def channel_moments(x: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and mean square of each map of `(B, C, H, W)`, in float32: `(B, C)` each."""
    B, C, H, W = x.shape
    # A sum over rows first: its inner loop is a whole row of all channels.
    rows = x.permute(0, 2, 3, 1).reshape(B, H, W * C)
    first, second = (
        part.sum(dim=1, dtype=torch.float32).reshape(B, W, C).sum(dim=1) / (H * W) for part in (rows, rows * rows)
    )
    return first, second


def single_map(layer: torch.nn.Conv2d, x: Tensor) -> Tensor:
    """What a convolution to one map, of stride 1 and with a padding of half its kernel, makes of x, in float32.

    The rows of its kernel are maps of their own, of what is as wide as the kernel and one row high, and are added up:
    for a kernel of seven rows that is more than twice as fast.
    """
    rows, half = layer.weight.shape[2], layer.weight.shape[2] // 2
    kernels = layer.weight[0].permute(1, 0, 2)[:, :, None]
    padded = torch.nn.functional.pad(x, (0, 0, half, half))
    parts = torch.nn.functional.conv2d(padded, kernels, padding=(0, layer.weight.shape[3] // 2)).float()
    total = sum(parts[:, row : row + 1, row : row + x.shape[2]] for row in range(rows))
    assert layer.bias is not None
    return torch.as_tensor(total + layer.bias.float())


def scaled_maps(x: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
    """Each map of `(B, C, H, W)` times its scale plus its shift, both `(B, C)`."""
    scale, shift = (_along_rows(each.to(x.dtype), x.shape[3]) for each in (scale, shift))
    return torch.addcmul(shift, x, scale)


def _along_rows(values: Tensor, W: int) -> Tensor:
    """`(B, C)` to `(B, C, 1, W)`, laid out as a row of a map is: broadcast over rows only, loops stay long."""
    B, C = values.shape
    return values[:, None].expand(B, W, C).contiguous().reshape(B, 1, W, C).permute(0, 3, 1, 2)


def instance_norm(x: Tensor) -> Tensor:
    """Each map of `(B, C, H, W)` to zero mean and unit variance."""
    if not serving(x):
        return torch.nn.functional.instance_norm(x)
    x = x.contiguous(memory_format=torch.channels_last)
    mean, square = channel_moments(x)
    scale = torch.rsqrt((square - mean * mean).clamp_min(0) + EPSILON)
    return scaled_maps(x, scale, -mean * scale)


class GroupNorm(torch.nn.GroupNorm):
    """torch's group normalisation of `(B, C, H, W)`."""

    def forward(self, x: Tensor) -> Tensor:
        """See the class."""
        if not serving(x):
            return super().forward(x)
        x = x.contiguous(memory_format=torch.channels_last)
        B, groups = len(x), self.num_groups
        mean, square = (
            each.reshape(B, groups, -1).mean(dim=2).repeat_interleave(self.num_channels // groups, dim=1)
            for each in channel_moments(x)
        )
        scale = torch.rsqrt((square - mean * mean).clamp_min(0) + self.eps) * self.weight.float()
        return scaled_maps(x, scale, self.bias.float() - mean * scale)
