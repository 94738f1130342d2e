"""What a voice says of its speaker: identity nu and emotion mu from omega.

Dimension letters: B batch, T steps, C size of c, Z of z, O of omega.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from talkface_speech2video.config import Speech2VideoConfig, Summary


def summarise(context: Tensor, encoded: Tensor, voiced: Tensor, summary: Summary) -> Tensor:
    """The omega `(O,)` of c `(T, C)` and z `(T, Z)`; `voiced` `(T,)` in 0..1 says where somebody speaks.

    Silence at the end would otherwise be what omega tells of: the last state is that of the last voiced step.
    """
    steps = (voiced > 0.5).nonzero()[:, 0]
    if len(steps) < 2:
        steps = torch.arange(len(context), device=context.device)
    if summary == "last":
        return context[steps[-1]]
    own = context[steps]
    if summary == "mean":
        return own.mean(dim=0)
    both = torch.cat([own, encoded[steps]], dim=1)
    return torch.cat([both.mean(dim=0), both.std(dim=0)])


class Students(nn.Module):
    """S_id and S_emo. omega is standardised with its mean and deviation over the training voices."""

    mean: Tensor
    deviation: Tensor

    def __init__(self, config: Speech2VideoConfig) -> None:
        super().__init__()
        own = config.students
        self.identity = _student(config.omega, own.identity_hidden, own.identity)
        self.emotion = _student(config.omega, own.emotion_hidden, own.emotion)
        self.register_buffer("mean", torch.zeros(config.omega))
        self.register_buffer("deviation", torch.ones(config.omega))

    def forward(self, omega: Tensor) -> tuple[Tensor, Tensor]:
        """From omega `(B, O)` to nu `(B, identity)` and mu, logits `(B, emotion)`."""
        given = (omega - self.mean) / self.deviation
        return self.identity(given), self.emotion(given)


def _student(inputs: int, hidden: int, outputs: int) -> nn.Module:
    if not hidden:
        return nn.Linear(inputs, outputs)
    return nn.Sequential(nn.Linear(inputs, hidden), nn.ReLU(), nn.Linear(hidden, outputs))
