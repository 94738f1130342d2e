"""The generator of Wav2Lip as its authors publish it, with their names of tensors, so that their checkpoints fit.

Dimension letters: B faces, C channels, H and W pixels, M mel bins, F mel vectors.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

SIZE = 96
"""Side of the face in pixels."""
MEL_BINS, MEL_VECTORS = 80, 16
"""A window of speech: 16 vectors of which 80 are made a second, 0.2 s."""

CHANNELS = 16
"""Of the first layer; those of all others follow from it."""

Stride = int | tuple[int, int]


class Convolution(nn.Module):
    """Convolution, batch norm and ReLU; a residual one adds its input before the ReLU."""

    def __init__(
        self, into: int, out: int, kernel: int = 3, stride: Stride = 1, padding: int = 1, *, residual: bool = False
    ) -> None:
        super().__init__()
        self.conv_block = nn.Sequential(nn.Conv2d(into, out, kernel, stride, padding), nn.BatchNorm2d(out))
        self.residual = residual

    def forward(self, x: Tensor) -> Tensor:
        """`(B, into, H, W)` to `(B, out, H / stride, W / stride)`."""
        y = self.conv_block(x)
        return torch.relu(y + x if self.residual else y)


class Enlargement(nn.Module):
    """Transposed convolution, batch norm and ReLU: twice the height and width, or from one pixel to three."""

    def __init__(self, into: int, out: int, *, doubles: bool = True) -> None:
        super().__init__()
        transposed = (
            nn.ConvTranspose2d(into, out, 3, stride=2, padding=1, output_padding=1)
            if doubles
            else nn.ConvTranspose2d(into, out, 3)
        )
        self.conv_block = nn.Sequential(transposed, nn.BatchNorm2d(out))

    def forward(self, x: Tensor) -> Tensor:
        """`(B, into, H, W)` to `(B, out, 2 H, 2 W)`."""
        return torch.relu(self.conv_block(x))


def _residuals(channels: int, count: int) -> list[nn.Module]:
    return [Convolution(channels, channels, residual=True) for _ in range(count)]


def _smaller(channels: Sequence[int], residuals: Sequence[int]) -> list[nn.Module]:
    pairs = zip(channels, channels[1:], residuals, strict=False)
    return [nn.Sequential(Convolution(a, b, stride=2), *_residuals(b, n)) for a, b, n in pairs]


class Wav2Lip(nn.Module):
    """Speech and a face, one beside the other with half of it masked, to the whole face.

    `channels` of the first layer are 16 in what the authors publish; with fewer, all layers are narrower.
    """

    def __init__(self, channels: int = CHANNELS) -> None:
        super().__init__()
        c = channels
        self.face_encoder_blocks = nn.ModuleList(
            [
                nn.Sequential(Convolution(6, c, 7, padding=3)),
                *_smaller((c, 2 * c, 4 * c, 8 * c, 16 * c, 32 * c), (2, 3, 2, 2, 1)),
                nn.Sequential(Convolution(32 * c, 32 * c, padding=0), Convolution(32 * c, 32 * c, 1, padding=0)),
            ]
        )
        self.audio_encoder = nn.Sequential(
            Convolution(1, 2 * c),
            *_residuals(2 * c, 2),
            Convolution(2 * c, 4 * c, stride=(3, 1)),
            *_residuals(4 * c, 2),
            Convolution(4 * c, 8 * c, stride=3),
            *_residuals(8 * c, 2),
            Convolution(8 * c, 16 * c, stride=(3, 2)),
            *_residuals(16 * c, 1),
            Convolution(16 * c, 32 * c, padding=0),
            Convolution(32 * c, 32 * c, 1, padding=0),
        )
        self.face_decoder_blocks = nn.ModuleList(
            [
                nn.Sequential(Convolution(32 * c, 32 * c, 1, padding=0)),
                nn.Sequential(Enlargement(64 * c, 32 * c, doubles=False), *_residuals(32 * c, 1)),
                *(
                    nn.Sequential(Enlargement(into, out), *_residuals(out, 2))
                    for into, out in (
                        (64 * c, 32 * c),
                        (48 * c, 24 * c),
                        (32 * c, 16 * c),
                        (20 * c, 8 * c),
                        (10 * c, 4 * c),
                    )
                ),
            ]
        )
        self.output_block = nn.Sequential(Convolution(5 * c, 2 * c), nn.Conv2d(2 * c, 3, 1), nn.Sigmoid())

    def forward(self, mel: Tensor, faces: Tensor) -> Tensor:
        """Windows `(B, 1, M, F)` and faces `(B, 6, H, W)` in 0..1 to faces `(B, 3, H, W)` in 0..1; colours are BGR."""
        skips = []
        for block in self.face_encoder_blocks:
            faces = block(faces)
            skips.append(faces)
        x = self.audio_encoder(mel)
        for block in self.face_decoder_blocks:
            x = torch.cat([block(x), skips.pop()], dim=1)
        return self.output_block(x)
