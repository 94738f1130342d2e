"""Six seconds of speech as the speech encoder sees them.

Dimension letters: B windows, P planes, T frames, F frequencies.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from talkface_scldm.config import SpeechConfig

RATE = 16_000
SECONDS = 6.0
WINDOW, HOP, POINTS = 400, 160, 512
"""25 ms Hann, 10 ms steps and a 512-point transform, as Speech2Face has them (Oh et al., 2019)."""
FRAMES = 598
"""T of six seconds."""
POWER = 0.3
LEVEL = 0.05
"""Root mean square that a window is brought to: how loud a recording is says nothing of a face."""


def tiled(samples: Tensor, length: int = round(SECONDS * RATE)) -> Tensor:
    """Samples `(n,)` repeated, or cut, to `length`."""
    return samples.repeat(-(-length // len(samples)))[:length]


def spectrogram(samples: Tensor, config: SpeechConfig) -> Tensor:
    """Samples `(B, 96000)` to `(B, P, 598, F)`.

    Windows that are wholly silent stay zero.
    """
    level = samples.square().mean(dim=1, keepdim=True).sqrt()
    frames = (samples * LEVEL / level.clamp_min(1e-6)).unfold(1, WINDOW, HOP)
    transformed = torch.fft.rfft(frames * torch.hann_window(WINDOW, device=samples.device), n=POINTS)
    if config.spectrum == "complex":
        planes = torch.view_as_real(transformed).movedim(3, 1)
        planes = planes.sign() * planes.abs() ** POWER
    else:
        planes = (transformed.abs() ** POWER)[:, None]
    if config.bins < planes.shape[3]:
        planes = F.adaptive_avg_pool2d(planes[..., 1:], (planes.shape[2], config.bins))
    return planes
