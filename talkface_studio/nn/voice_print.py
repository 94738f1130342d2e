"""How a voice sounds, as a few numbers, and how far it is from the voices that a model was trained on.

Dimension letters: n samples at 16 kHz, T frames of 10 ms, P prints, V known voices, D numbers of a print.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

WINDOW, HOP, POINTS = 400, 160, 512
FILTERS, COEFFICIENTS = 32, 19
LOWEST, HIGHEST = 80.0, 7600.0
QUIET = 5.0
"""Frames whose log energy is further than this below the loud ones are no voice."""
PRINT_SIZE = 2 * COEFFICIENTS
SHRINKAGE = 0.2
"""Of the scatter within voices toward a round one: few voices tell of it."""
USUAL = 0.98
"""Share of what is known of a voice that is nearer to its mean than the reach."""


def voice_print(samples: Tensor) -> Tensor:
    """Means and deviations of the cepstrum of samples `(n,)` where they are loud, `(D,)`.

    Mel cepstrum without its first coefficient, as Davis and Mermelstein (1980) have it: the shape of a vocal tract (and
    of a microphone), whatever is said and however loud.
    """
    frames = nn.functional.pad(samples.float(), (0, max(2 * WINDOW - len(samples), 0))).unfold(0, WINDOW, HOP)
    power = torch.fft.rfft(frames * torch.hann_window(WINDOW, device=samples.device), n=POINTS).abs().square()
    filters, cosines = (table.to(samples.device) for table in (_mel_filters(), _cosines()))
    cepstrum = (power @ filters).clamp_min(1e-8).log() @ cosines
    energy = power.sum(dim=1).clamp_min(1e-8).log()
    loud = energy > energy.quantile(0.95) - QUIET
    chosen = cepstrum[loud] if int(loud.sum()) > 1 else cepstrum
    return torch.cat([chosen.mean(dim=0), chosen.std(dim=0)])


class KnownVoices(nn.Module):
    """Prints of the voices of a training, and what of them differs from sentence to sentence."""

    means: Tensor
    whitening: Tensor
    reach: Tensor

    def __init__(self, voices: int) -> None:
        super().__init__()
        self.register_buffer("means", torch.zeros(voices, PRINT_SIZE))
        self.register_buffer("whitening", torch.eye(PRINT_SIZE))
        self.register_buffer("reach", torch.ones(()))

    def fit(self, prints: Tensor, voices: Tensor) -> None:
        """Learn from prints `(P, D)` of some speech of every voice, whose numbers are `(P,)`.

        Each voice counts the same in the scatter, however much of it there is (linear discriminant analysis with a
        shrunk covariance: Friedman 1989).
        """
        own = [prints[voices == number] for number in range(len(self.means))]
        self.means.copy_(torch.stack([each.mean(dim=0) for each in own]))
        scale = prints.var(dim=0).clamp_min(1e-6)
        within = torch.stack([((each - each.mean(dim=0)) / scale.sqrt()).T.cov(correction=0) for each in own]).mean(
            dim=0
        )
        round_one = torch.eye(PRINT_SIZE) * within.diagonal().mean()
        values, axes = torch.linalg.eigh((1 - SHRINKAGE) * within + SHRINKAGE * round_one)
        self.whitening.copy_((axes / values.clamp_min(1e-6).sqrt()) / scale.sqrt()[:, None])
        self.reach.fill_(1.0)
        usual = self.distances(prints)[torch.arange(len(prints)), voices].quantile(USUAL)
        self.reach.copy_(usual.clamp_min(1e-6))

    def distances(self, prints: Tensor) -> Tensor:
        """From prints `(P, D)` to each voice, `(P, V)`: 1 is as far as speech of its own hardly ever is."""
        return torch.cdist(prints @ self.whitening, self.means @ self.whitening) / self.reach


def _mel_filters() -> Tensor:
    """Triangles evenly spaced in mel, `(257, FILTERS)`."""

    def mel(hertz: Tensor) -> Tensor:
        return 2595 * (1 + hertz / 700).log10()

    lowest, highest = mel(torch.tensor([LOWEST, HIGHEST])).tolist()
    edges = torch.linspace(lowest, highest, FILTERS + 2)
    places = mel(torch.linspace(0, 8000, POINTS // 2 + 1))
    heights: Tensor = 1 - (places[:, None] - edges[1:-1]).abs() / (edges[1] - edges[0])
    return heights.clamp_min(0)


def _cosines() -> Tensor:
    """The discrete cosine transform without its constant, `(FILTERS, COEFFICIENTS)`."""
    places = (torch.arange(FILTERS) + 0.5) / FILTERS
    table: Tensor = (2 / FILTERS) ** 0.5 * torch.cos(torch.pi * places[:, None] * torch.arange(1, COEFFICIENTS + 1))
    return table
