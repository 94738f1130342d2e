"""Crops as the tensors that networks read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from talkface_studio.api.values import CropLayout, FaceCrop


def stacked(crops: Sequence[FaceCrop], layout: CropLayout) -> Tensor:
    """Crops as float32 RGB `(n, 3, S, S)` in 0..255.

    Raises:
        ValueError: one is not of this size.
    """
    for crop in crops:
        if crop.pixels.shape != (layout.size, layout.size, 3):
            raise ValueError(f"a crop of {crop.pixels.shape} is not one of {layout.size} pixels")
    pixels = np.stack([crop.pixels for crop in crops])
    return torch.from_numpy(pixels).movedim(3, 1).float()
