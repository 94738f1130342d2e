"""Conformer blocks (Gulati et al. 2020, Conformer: Convolution-augmented Transformer for Speech Recognition).

Dimension letters: B batch, L tokens, D width.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class FeedForward(nn.Module):
    """Norm, a hidden layer with SiLU, and back: `(B, L, D)` to the same shape."""

    def __init__(self, width: int, hidden: int, dropout: float) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.LayerNorm(width),
            nn.Linear(width, hidden),
            nn.SiLU(),
            nn.Dropout(dropout),
            nn.Linear(hidden, width),
            nn.Dropout(dropout),
        )

    def forward(self, x: Tensor) -> Tensor:
        """What is to be added to `x`."""
        y: Tensor = self.body(x)
        return y


class SelfAttention(nn.Module):
    """Norm and multi-head attention of all tokens to all: `(B, L, D)` to the same shape."""

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        if width % heads:
            raise ValueError(f"{heads} heads do not divide a width of {width}")
        self.heads = heads
        self.norm = nn.LayerNorm(width)
        self.project = nn.Linear(width, 3 * width)
        self.leave = nn.Linear(width, width)
        self.dropout = dropout

    def forward(self, x: Tensor) -> Tensor:
        """What is to be added to `x`."""
        B, L, D = x.shape
        q, k, v = self.project(self.norm(x)).reshape(B, L, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        y = F.scaled_dot_product_attention(q, k, v, dropout_p=self.dropout if self.training else 0.0)
        out: Tensor = self.leave(y.transpose(1, 2).reshape(B, L, D))
        return F.dropout(out, self.dropout, self.training)


class TimeConvolution(nn.Module):
    """Norm, gated linear unit, depthwise convolution along each run of tokens, SiLU, linear.

    A layer norm stands where the paper has a batch norm, so that a clip does not depend on the batch that it is in.
    """

    def __init__(self, width: int, kernel: int, dropout: float) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.enter = nn.Linear(width, 2 * width)
        self.spread = nn.Conv1d(width, width, kernel, padding=kernel // 2, groups=width)
        self.middle = nn.LayerNorm(width)
        self.leave = nn.Linear(width, width)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, runs: Sequence[int]) -> Tensor:
        """What is to be added to `x`; `runs` are the lengths of the parts that the convolution does not cross."""
        y: Tensor = F.glu(self.enter(self.norm(x)), dim=-1)
        parts = [self.spread(part.transpose(1, 2)).transpose(1, 2) for part in torch.split(y, list(runs), dim=1)]
        y = self.leave(F.silu(self.middle(torch.cat(parts, dim=1))))
        out: Tensor = self.dropout(y)
        return out


class ConformerBlock(nn.Module):
    """Half a feed-forward layer, attention, convolution, half a feed-forward layer, norm."""

    def __init__(self, width: int, heads: int, hidden: int, kernel: int, dropout: float) -> None:
        super().__init__()
        self.before = FeedForward(width, hidden, dropout)
        self.attention = SelfAttention(width, heads, dropout)
        self.convolution = TimeConvolution(width, kernel, dropout)
        self.after = FeedForward(width, hidden, dropout)
        self.norm = nn.LayerNorm(width)

    def forward(self, x: Tensor, runs: Sequence[int] | None = None) -> Tensor:
        """`(B, L, D)` to the same shape; see `TimeConvolution.forward` for `runs` (by default one run of all)."""
        x = x + 0.5 * self.before(x)
        x = x + self.attention(x)
        x = x + self.convolution(x, runs or [x.shape[1]])
        out: Tensor = self.norm(x + 0.5 * self.after(x))
        return out
