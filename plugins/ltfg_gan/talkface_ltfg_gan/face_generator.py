"""The face generator: references, target sketches, the upper face and speech to frames.

    references = network.encode_references(pictures, sketches, points)     once for a person
    output = network(references, face, sketches, speech, points)           for any number of frames

Dimension letters: B frames, N references, T frames of a window, K channels of a sketch, W speech vectors of a frame, E
their size, P points, S the crop's side, H and W its rows and columns that are made (`FaceConfig.made`).
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from talkface_ltfg_gan.alignment import Alignment, EncodedReferences
from talkface_ltfg_gan.attention import Memory
from talkface_ltfg_gan.config import FaceConfig
from talkface_ltfg_gan.speech_front import speech_front
from talkface_ltfg_gan.translation import Translation


class FaceReferences(NamedTuple):
    """All that is computed once for a set of references; B is 1 where all frames share it."""

    encoded: EncodedReferences
    memory: Memory | None

    def chosen(self, index: Tensor) -> FaceReferences:
        """Of references that all frames share, those of `index` `(B, n)` for each frame."""
        return FaceReferences(self.encoded.chosen(index), self.memory)


class FaceOutput(NamedTuple):
    """Frames and how they came about."""

    picture: Tensor
    """The frames, RGB, `(B, 3, S, S)`, in 0..1 (with the head "correct" they may leave it a little)."""
    warped: Tensor
    """The merged references before translation, RGB, `(B, 3, S, S)`; what is not made is the frames' own in both."""
    flow: Tensor
    """`(B, N, 2, H, W)`: for each place of a warped reference, where it comes from, x and y in pixels from it."""
    confidence: Tensor
    """`(B, N, 1, H, W)` in 0..1: how much each reference counts."""


class FaceGenerator(nn.Module):
    """Alignment, then translation."""

    def __init__(self, config: FaceConfig) -> None:
        super().__init__()
        self.config = config
        self.alignment = Alignment(config)
        self.speech = speech_front(config.speech, mel_activation=nn.ReLU())
        self.translation = Translation(config)
        if config.residual:
            self._initialise()

    def _initialise(self) -> None:
        for name, layer in self.named_modules():
            # What scales, shifts, warps or leaves starts near nothing as it is.
            if isinstance(layer, nn.Conv2d) and not name.endswith((".scale", ".shift", ".flow", ".leave")):
                nn.init.kaiming_normal_(layer.weight, a=0.2)
                if layer.bias is not None:
                    nn.init.zeros_(layer.bias)

    def encode_references(self, pictures: Tensor, sketches: Tensor, points: Tensor | None = None) -> FaceReferences:
        """What of the references does not depend on the frame.

        `pictures` is RGB `(B, N, 3, S, S)` in 0..1, `sketches` `(B, N, K, S, S)`; `points`, `(B, N, P, 2)` in 0..1 of
        the crop, are needed for the analytic flow only. B is the number of frames, or 1 for one person's many frames.

        Raises:
            ValueError: the analytic flow has no points.
        """
        encoded = self.alignment.encode(pictures, sketches, points)
        return FaceReferences(encoded, self.translation.remember(encoded.coarse))

    def forward(
        self,
        references: FaceReferences,
        face: Tensor,
        sketches: Tensor,
        speech: Tensor,
        points: Tensor | None = None,
        *,
        weights: Tensor | None = None,
    ) -> FaceOutput:
        """Make frames; none depends on the others of the batch.

        `face` is the frame as it is, RGB `(B, 3, S, S)` in 0..1, of which only the upper half is seen; `sketches`
        `(B, T, K, S, S)` are those of the window around it, `speech` is `(B, W, E)` (see `speech_input`), and `points`
        `(B, P, 2)` are the target's landmarks in 0..1 of the crop, needed for the analytic flow only. `weights`
        `(B, N)` in 0..1 say how much each reference counts besides what the network says.

        Raises:
            ValueError: the analytic flow has no points.
        """
        rows, columns = self.config.made
        window = F.pixel_unshuffle(sketches.flatten(1, 2)[:, :, rows, columns], self.config.patch)
        aligned = self.alignment(references.encoded, window, points, weights)
        hidden = hide_lower_half(face)[:, :, rows, columns]
        picture = self.translation(hidden, window, aligned, self.speech(speech), references.memory)
        warped = aligned.picture
        if picture.shape != face.shape:
            picture, warped = (placed(made, face, self.config) for made in (picture, warped))
        return FaceOutput(picture, warped, aligned.flow, aligned.confidence)


def placed(made: Tensor, face: Tensor, config: FaceConfig) -> Tensor:
    """A copy of `face` `(B, 3, S, S)` with what was made of it, `(B, 3, H, W)`, in its place."""
    whole = face.clone()
    whole[:, :, *config.made] = made.to(face)
    return whole


def hide_lower_half(face: Tensor) -> Tensor:
    """A copy of `(B, 3, S, S)` that is black from the middle row on."""
    top = face.shape[2] // 2
    return torch.cat([face[:, :, :top], torch.zeros_like(face[:, :, top:])], dim=2)
