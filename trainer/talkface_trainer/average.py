"""Exponential moving averages of weights."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence

import torch
from torch import nn


class WeightAverage:
    """Averaged copies of modules: after each step, average = d * average + (1 - d) * weights.

    d rises as (1 + step) / (10 + step) up to `decay`, so that the first, random weights are soon forgotten. Buffers are
    copied. The copies stay in evaluation mode.
    """

    def __init__(self, modules: Mapping[str, nn.Module], decay: float, names: Sequence[str] | None = None) -> None:
        self._decay = decay
        self._live = {name: module for name, module in modules.items() if names is None or name in names}
        self.modules = {name: copy.deepcopy(module).eval().requires_grad_(False) for name, module in self._live.items()}
        """The averaged copies by name."""

    @torch.no_grad()
    def update(self, step: int) -> None:
        """Take in the weights after optimiser step number `step` (from 0)."""
        decay = min(self._decay, (1 + step) / (10 + step))
        for name, average in self.modules.items():
            live = self._live[name]
            weights = [weight.detach() for weight in live.parameters()]
            averages: list[torch.Tensor] = list(average.parameters())
            if weights:
                torch._foreach_lerp_(averages, weights, 1 - decay)
            for kept, buffer in zip(average.buffers(), live.buffers(), strict=True):
                kept.copy_(buffer)
