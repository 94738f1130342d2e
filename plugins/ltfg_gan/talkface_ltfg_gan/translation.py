"""The translation module: the upper face, the target's sketches and the aligned references to a frame.

Dimension letters: B frames, K channels of all target sketches, F fine and C coarse channels, D size of the speech
vector, L the crop's side in positions of `FaceConfig.patch` pixels, H and W its rows and columns that are made, h and w
the same in positions.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from talkface_ltfg_gan.alignment import Aligned
from talkface_ltfg_gan.attention import CrossAttention, Memory
from talkface_ltfg_gan.config import FaceConfig
from talkface_ltfg_gan.modulation import adain_block, spade_block
from talkface_studio.nn.blocks import ConvBlock

CORRECTION = 0.05
"""Unit of a correction. Adam moves each of the last convolution's hundreds of weights by the learning rate in every
step; in a unit of 1 frames would tremble by more than there is to learn."""


class ConditionalConvolution(nn.Module):
    """A depthwise convolution whose weights at each place come from the aligned references (Liu et al. 2019, CC-FPSE).

    Features `(B, C, H, W)` and a condition `(B, M, H, W)` to what is to be added, `(B, C, H, W)`.
    """

    def __init__(self, channels: int, condition: int, hidden: int, kernel: int) -> None:
        super().__init__()
        self.shared = nn.Sequential(nn.Conv2d(condition, hidden, 3, padding=1), nn.ReLU())
        self.weights = nn.Conv2d(hidden, 9 * channels, kernel, padding=kernel // 2)
        self.gate = nn.Sequential(nn.Conv2d(hidden, channels, kernel, padding=kernel // 2), nn.Sigmoid())
        self.mix = nn.Conv2d(channels, channels, 1)

    def forward(self, x: Tensor, condition: Tensor) -> Tensor:
        """See the class."""
        B, C, H, W = x.shape
        seen = self.shared(condition)
        # With channels last, the weights of three neighbours of a row lie in one piece, and so do the neighbours.
        weights = self.weights(seen).permute(0, 2, 3, 1).split(3 * C, dim=3)
        padded = F.pad(x.permute(0, 2, 3, 1), (0, 0, 1, 1, 1, 1)).contiguous()
        rows = padded.as_strided((B, H + 2, W, 3 * C), padded.stride())
        total = weights[0] * rows[:, :H]
        for top in (1, 2):
            total = torch.addcmul(total, weights[top], rows[:, top : top + H])
        left, middle, right = total.split(C, dim=3)
        summed = (left + middle + right).permute(0, 3, 1, 2)
        out: Tensor = self.mix(summed) * self.gate(seen)
        return out


class Translation(nn.Module):
    """Upper face, sketches, aligned references and the speech vector to a frame."""

    def __init__(self, config: FaceConfig) -> None:
        super().__init__()
        if config.coarse % 4:
            raise ValueError("the translation's channels must be a multiple of 4")
        self.config = config
        coarse, shallow, hidden, leave = config.coarse, config.coarse // 4, config.hidden, config.leave_kernel
        entering = config.picture * (2 if config.guided else 1) + config.sketches
        self.enter_fine = ConvBlock(entering, config.fine, config.enter_kernel, norm=config.norm)
        self.enter_coarse = ConvBlock(config.fine, coarse, stride=2, norm=config.norm)
        if config.guided:
            self.around = nn.Conv2d(config.fine, shallow, 3, padding=1)
        self.by_coarse = spade_block(coarse, coarse, hidden, residual=config.residual)
        self.by_speech_coarse = adain_block(coarse, config.speech.width, config.audio_hidden, residual=config.residual)
        self.by_fine = spade_block(shallow, config.fine, hidden, residual=config.residual)
        self.by_speech_fine = adain_block(shallow, config.speech.width, config.audio_hidden, residual=config.residual)
        self.by_picture = spade_block(shallow, config.picture, hidden, residual=config.residual)
        self.leave = nn.Conv2d(shallow, config.picture, leave, padding=leave // 2, bias=False)
        if config.cross_attention:
            self.attention = CrossAttention(config)
        if config.conditional_convolution:
            conditioned = (config.condition_hidden, config.condition_kernel)
            self.condition_coarse = ConditionalConvolution(coarse, coarse, *conditioned)
            self.condition_fine = ConditionalConvolution(shallow, config.fine, *conditioned)
        if config.head == "correct":
            with torch.no_grad():
                # A frame starts as the warped references, with little added.
                self.leave.weight.mul_(0.1)

    def remember(self, coarse: Tensor) -> Memory | None:
        """What attention needs of the references' un-warped coarse features `(B, N, C, L/2, L/2)`."""
        return self.attention.remember(coarse.mean(dim=1)) if self.config.cross_attention else None

    def forward(
        self, face: Tensor, sketches: Tensor, aligned: Aligned, speech: Tensor, memory: Memory | None
    ) -> Tensor:
        """The frames, RGB in 0..1, `(B, 3, H, W)`.

        `face` `(B, 3, H, W)` has its lower half hidden, `sketches` is `(B, K, h, w)`, `speech` `(B, D)`.
        """
        patch = self.config.patch
        warped = F.pixel_unshuffle(aligned.picture, patch)
        shown = [F.pixel_unshuffle(face, patch), sketches]
        entered = self.enter_fine(torch.cat([*shown, warped] if self.config.guided else shown, dim=1))
        x = self.enter_coarse(entered)
        if memory is not None:
            x = self.attention(x, memory)
        y = self.by_coarse(x, aligned.coarse)
        if self.config.conditional_convolution:
            y = y + self.condition_coarse(x, aligned.coarse)
        x = F.pixel_shuffle(self.by_speech_coarse(y, speech), 2)
        if self.config.guided:
            x = x + self.around(entered)
        x = self.by_speech_fine(self.by_fine(x, aligned.fine), speech)
        if self.config.conditional_convolution:
            x = x + self.condition_fine(x, aligned.fine)
        x = self.by_picture(x, warped)
        x = F.pixel_shuffle(self.leave(F.leaky_relu(x, 0.01)).float(), patch)
        if self.config.head == "paint":
            return torch.sigmoid(x)
        share = 1.0 if self.training else self.config.trust
        return aligned.picture + CORRECTION * share * x
