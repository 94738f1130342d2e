"""Landmarks of one frame to one token.

Dimension letters: B frames, P points, C channels, D width.
"""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn

from talkface_ltfg_gan.config import LandmarkConfig


class PointConv(nn.Sequential):
    """Convolution over the points' order, batch norm, activation."""

    def __init__(
        self,
        inputs: int,
        outputs: int,
        kernel: int = 3,
        *,
        stride: int = 1,
        padding: int = 1,
        activation: nn.Module | None = None,
    ) -> None:
        super().__init__(
            nn.Conv1d(inputs, outputs, kernel, stride=stride, padding=padding, bias=False),
            nn.BatchNorm1d(outputs),
            activation or nn.ReLU(),
        )


class ResidualPointConv(nn.Module):
    """A convolution and norm, added to the input before the activation."""

    def __init__(self, channels: int, kernel: int = 3, *, activation: nn.Module | None = None) -> None:
        super().__init__()
        self.block = nn.Sequential(
            nn.Conv1d(channels, channels, kernel, padding=kernel // 2, bias=False), nn.BatchNorm1d(channels)
        )
        self.activation = activation or nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        """`(B, C, P)` to the same shape."""
        out: Tensor = self.activation(x + self.block(x))
        return out


class PointLadder(nn.Sequential):
    """Convolutions over the points' order that halve it stage by stage: `(B, 2, P)` to `(B, D, 1)`.

    As many stages halve as it takes to come to three positions or fewer, the last ones; those before keep the length.
    With `residual_end` the last stage has two residual convolutions like all others, instead of one, and the final
    convolution is residual too.
    """

    def __init__(self, points: int, channels: Sequence[int], width: int, *, residual_end: bool) -> None:
        stages = list(channels[1:])
        halvings, length = 0, points
        while length > 3 and halvings < len(stages):
            length, halvings = (length + 1) // 2, halvings + 1
        layers: list[nn.Module] = [PointConv(2, channels[0])]
        for i, (inputs, outputs) in enumerate(zip(channels, stages, strict=False)):
            layers.append(PointConv(inputs, outputs, stride=2 if i >= len(stages) - halvings else 1))
            layers += [ResidualPointConv(outputs) for _ in range(2 if i < len(stages) - 1 or residual_end else 1)]
        layers += [
            PointConv(channels[-1], width, length, padding=0),
            ResidualPointConv(width, 1, activation=nn.Tanh())
            if residual_end
            else PointConv(width, width, 1, padding=0, activation=nn.Tanh()),
        ]
        super().__init__(*layers)


class PointEncoder(nn.Module):
    """Landmarks `(B, P, 2)` in 0..1 of the crop to `(B, D)`; `residual_end` as in `PointLadder`."""

    def __init__(self, points: int, config: LandmarkConfig, *, residual_end: bool = True) -> None:
        super().__init__()
        width = config.speech.width
        self.ladder = config.point_encoder == "ladder"
        self.body: nn.Sequential
        if self.ladder:
            self.body = PointLadder(points, config.ladder_channels, width, residual_end=residual_end)
        else:
            self.body = nn.Sequential(
                nn.Linear(2 * points, config.point_hidden), nn.GELU(), nn.Linear(config.point_hidden, width)
            )

    def forward(self, points: Tensor) -> Tensor:
        """The token of each frame."""
        # Two layers learn faster from a square around zero than from the crop's unit square.
        inputs = points.transpose(1, 2) if self.ladder else 4 * (points - 0.5).flatten(1)
        out: Tensor = self.body(inputs).flatten(1)
        return out
