"""The identities that a model knows, and which of them a voice is given (not in the paper, which hands over nu itself).

What a student says lies somewhere between the identities that the decoder has learnt, and a decoder makes a blur of it.
Dimension letters: B voices that are heard, V voices that are known, I size of nu, D numbers of a voice print.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from talkface_studio.nn.voice_print import KnownVoices

LARGER_SHARE = 0.65
"""Of the nearer one in a mixture of two: its hair and background stay those of one person."""


class Gallery(nn.Module):
    """A clean code of every training speaker.

    A voice that sounds like some of them gets the code of the one among these that is nearest to nu; any other gets a
    mixture of the two nearest of those whose face is lent to strangers.
    """

    centres: Tensor
    codes: Tensor
    lent: Tensor

    def __init__(self, size: int, voices: int) -> None:
        super().__init__()
        self.voices = KnownVoices(voices)
        self.register_buffer("centres", torch.zeros(voices, size))
        self.register_buffer("codes", torch.zeros(voices, size))
        self.register_buffer("lent", torch.ones(voices))

    def forward(self, nu: Tensor, prints: Tensor) -> Tensor:
        """The codes `(B, I)` that stand for nu `(B, I)` of voices with these prints `(B, D)`."""
        apart = torch.cdist(nu, self.centres)
        unlike = self.voices.distances(prints) > 1
        own = apart.masked_fill(unlike, torch.inf).argmin(dim=1)
        strangers = apart.masked_fill(self.lent < 0.5, torch.inf)
        pair = strangers.topk(min(2, len(self.codes)), dim=1, largest=False).indices
        mixed = LARGER_SHARE * self.codes[pair[:, 0]] + (1 - LARGER_SHARE) * self.codes[pair[:, -1]]
        nobody = unlike.all(dim=1, keepdim=True) & (self.lent.sum() >= 2)
        return torch.where(nobody, mixed, self.codes[own])
