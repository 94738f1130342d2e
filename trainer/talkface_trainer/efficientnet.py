"""EfficientNet-lite0 (Tan and Le, 2019; the lite variant has ReLU6 and no squeeze-and-excitation).

The tensor names are those of the published weights (`_conv_stem`, `_blocks.N._depthwise_conv`, ...), which were
converted from TensorFlow: strided convolutions pad more on the right and bottom, and batch norm's epsilon is 1e-3.

B batch, C channels, H and W pixels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

EPSILON = 1e-3


@dataclass(frozen=True, slots=True)
class BlockGroup:
    """Blocks in a row with the same width; the first one has the stride."""

    count: int
    kernel: int
    stride: int
    expansion: int
    width: int


GROUPS = (
    BlockGroup(1, 3, 1, 1, 16),
    BlockGroup(2, 3, 2, 6, 24),
    BlockGroup(2, 5, 2, 6, 40),
    BlockGroup(3, 3, 2, 6, 80),
    BlockGroup(3, 5, 1, 6, 112),
    BlockGroup(4, 5, 2, 6, 192),
    BlockGroup(1, 3, 1, 6, 320),
)


class SameConv2d(nn.Conv2d):
    """A convolution padded as TensorFlow's "SAME" does."""

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002 - the name of the base class
        """`(B, C, H, W)` to `(B, C', ceil(H / stride), ceil(W / stride))`."""
        kernel, stride = self.kernel_size[0], self.stride[0]
        high, wide = (max((-(-size // stride) - 1) * stride + kernel - size, 0) for size in input.shape[-2:])
        if high % 2 == wide % 2 == 0:
            return F.conv2d(input, self.weight, self.bias, self.stride, (high // 2, wide // 2), 1, self.groups)
        input = F.pad(input, (wide // 2, wide - wide // 2, high // 2, high - high // 2))  # noqa: A001
        return F.conv2d(input, self.weight, self.bias, self.stride, 0, 1, self.groups)


class InvertedResidual(nn.Module):
    """Widen, filter each channel, narrow; added to the input where the shape stays."""

    def __init__(self, before: int, group: BlockGroup, stride: int) -> None:
        super().__init__()
        wide = before * group.expansion
        self.expands = group.expansion > 1
        if self.expands:
            self._expand_conv = nn.Conv2d(before, wide, 1, bias=False)
            self._bn0 = nn.BatchNorm2d(wide, eps=EPSILON)
        self._depthwise_conv = SameConv2d(wide, wide, group.kernel, stride, groups=wide, bias=False)
        self._bn1 = nn.BatchNorm2d(wide, eps=EPSILON)
        self._project_conv = nn.Conv2d(wide, group.width, 1, bias=False)
        self._bn2 = nn.BatchNorm2d(group.width, eps=EPSILON)
        self.residual = stride == 1 and before == group.width

    def forward(self, x: Tensor) -> Tensor:
        """`(B, C, H, W)` to `(B, C', H / stride, W / stride)`."""
        y = F.relu6(self._bn0(self._expand_conv(x))) if self.expands else x
        y = F.relu6(self._bn1(self._depthwise_conv(y)))
        narrow: Tensor = self._bn2(self._project_conv(y))
        return x + narrow if self.residual else narrow


def fuse_norms(trunk: EfficientNetLite0) -> None:
    """Fold the batch norms of a trained trunk into its convolutions: the same numbers, a quarter faster."""
    pairs = (("_conv_stem", "_bn0"), ("_expand_conv", "_bn0"), ("_depthwise_conv", "_bn1"), ("_project_conv", "_bn2"))
    for part in (trunk, *trunk._blocks):
        for convolution, norm in pairs:
            if hasattr(part, convolution):
                fused = fuse_conv_bn_eval(getattr(part, convolution), getattr(part, norm))
                setattr(part, convolution, fused)
                setattr(part, norm, nn.Identity())


class EfficientNetLite0(nn.Module):
    """The trunk: the stem and the first `blocks` of its 16 blocks."""

    def __init__(self, blocks: int = 16) -> None:
        super().__init__()
        self._conv_stem = SameConv2d(3, 32, 3, 2, bias=False)
        self._bn0 = nn.BatchNorm2d(32, eps=EPSILON)
        made: list[nn.Module] = []
        width = 32
        for group in GROUPS:
            for i in range(group.count):
                made.append(InvertedResidual(width, group, group.stride if i == 0 else 1))
                width = group.width
        self._blocks = nn.ModuleList(made[:blocks])

    def forward(self, pictures: Tensor, keep: Sequence[int]) -> list[Tensor]:
        """Pictures `(B, 3, H, W)`, RGB, (value in 0..255 - 127) / 128, to the outputs of the blocks in `keep`."""
        x = F.relu6(self._bn0(self._conv_stem(pictures)))
        kept = []
        for i, block in enumerate(self._blocks):
            x = block(x)
            if i in keep:
                kept.append(x)
        return kept
