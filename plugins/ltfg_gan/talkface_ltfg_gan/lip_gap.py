"""How far the lips are apart, in the 57 points of jaw and lips."""

from __future__ import annotations

from torch import Tensor

UPPER_LIP, LOWER_LIP = 17 + 25, 17 + 35
"""Middles of the inner lips."""


def lip_gap(content: Tensor) -> Tensor:
    """Gap between the inner lips of jaw and lips `(..., 57, 2)`, in the points' unit."""
    gap: Tensor = content[..., LOWER_LIP, 1] - content[..., UPPER_LIP, 1]
    return gap
