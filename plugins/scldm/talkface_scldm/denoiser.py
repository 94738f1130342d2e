"""The U-Net that says the noise in a latent, told what is heard.

Dimension letters: B latents, C channels, H and W their sides, K tokens, E size of a token.
"""

from __future__ import annotations

import importlib
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from talkface_scldm.config import DenoiserConfig, ScldmConfig
from talkface_scldm.speech_encoder import Heard
from talkface_studio.api.errors import WeightsError
from talkface_studio.nn.blocks import norm_layer
from talkface_studio.nn.diffusion import step_sinusoids


class ResBlock(nn.Module):
    """Two normalised convolutions around the step's embedding, added to the input."""

    def __init__(self, inputs: int, outputs: int, step: int) -> None:
        super().__init__()
        self.enter = nn.Sequential(norm_layer("group", inputs), nn.SiLU(), nn.Conv2d(inputs, outputs, 3, padding=1))
        self.step = nn.Linear(step, outputs)
        self.leave = nn.Sequential(norm_layer("group", outputs), nn.SiLU(), nn.Conv2d(outputs, outputs, 3, padding=1))
        self.skip = nn.Conv2d(inputs, outputs, 1) if inputs != outputs else nn.Identity()

    def forward(self, x: Tensor, step: Tensor) -> Tensor:
        """`(B, C, H, W)` and `(B, ...)`."""
        out: Tensor = self.skip(x) + self.leave(self.enter(x) + self.step(step)[:, :, None, None])
        return out


class Attention(nn.Module):
    """Queries from one sequence, keys and values from another (Vaswani et al. 2017)."""

    def __init__(self, channels: int, context: int, head: int) -> None:
        super().__init__()
        if channels % head:
            raise ValueError(f"{channels} channels are no multiple of a head's {head}")
        self.heads = channels // head
        self.query = nn.Linear(channels, channels, bias=False)
        self.key = nn.Linear(context, channels, bias=False)
        self.value = nn.Linear(context, channels, bias=False)
        self.leave = nn.Linear(channels, channels)

    def forward(self, x: Tensor, context: Tensor) -> Tensor:
        """`(B, N, C)` and `(B, K, E)` to `(B, N, C)`."""
        query, key, value = (
            given.unflatten(2, (self.heads, -1)).transpose(1, 2)
            for given in (self.query(x), self.key(context), self.value(context))
        )
        mixed = F.scaled_dot_product_attention(query, key, value).transpose(1, 2).flatten(2)
        out: Tensor = self.leave(mixed)
        return out


class TransformerBlock(nn.Module):
    """Attention to itself, attention to the tokens, and a gated feed-forward network, each added to its input."""

    def __init__(self, channels: int, config: DenoiserConfig) -> None:
        super().__init__()
        hidden = config.expansion * channels
        self.norm = norm_layer("group", channels)
        self.enter = nn.Conv2d(channels, channels, 1)
        self.norms = nn.ModuleList(nn.LayerNorm(channels) for _ in range(3))
        self.own = Attention(channels, channels, config.head)
        self.cross = Attention(channels, config.context, config.head)
        self.gate = nn.Linear(channels, 2 * hidden)
        self.mix = nn.Linear(hidden, channels)
        self.leave = nn.Conv2d(channels, channels, 1)
        nn.init.zeros_(self.leave.weight)
        nn.init.zeros_(self.leave.bias)  # type: ignore[arg-type]

    def forward(self, x: Tensor, tokens: Tensor) -> Tensor:
        """`(B, C, H, W)` and `(B, K, E)`."""
        sequence = self.enter(self.norm(x)).flatten(2).transpose(1, 2)
        own = self.norms[0](sequence)
        sequence = sequence + self.own(own, own)
        sequence = sequence + self.cross(self.norms[1](sequence), tokens)
        value, gate = self.gate(self.norms[2](sequence)).chunk(2, dim=2)
        sequence = sequence + self.mix(value * F.gelu(gate))
        out: Tensor = x + self.leave(sequence.transpose(1, 2).unflatten(2, x.shape[2:]))
        return out


class Level(nn.Module):
    """Residual blocks of one resolution, each followed by attention where the level has it."""

    def __init__(self, inputs: list[int], outputs: int, config: DenoiserConfig, *, attention: bool) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(ResBlock(channels, outputs, config.width * 4) for channels in inputs)
        self.attention = nn.ModuleList(
            TransformerBlock(outputs, config) if attention else nn.Identity() for _ in inputs
        )

    def one(self, place: int, x: Tensor, step: Tensor, tokens: Tensor) -> Tensor:
        """A residual block and its attention."""
        x = self.blocks[place](x, step)
        attention = self.attention[place]
        out: Tensor = attention(x, tokens) if isinstance(attention, TransformerBlock) else x
        return out


class StudioUnet(nn.Module):
    """Noised latents `(B, C, L, L)`, steps `(B,)` and tokens `(B, K, E)` to the noise, `(B, C, L, L)`."""

    def __init__(self, config: DenoiserConfig, channels: int) -> None:
        super().__init__()
        self.config = config
        if len(config.attention) != len(config.multipliers):
            raise ValueError(f"{len(config.multipliers)} levels cannot have {len(config.attention)} kinds of attention")
        widths = [config.width * factor for factor in config.multipliers]
        self.time = nn.Sequential(
            nn.Linear(config.width, config.width * 4), nn.SiLU(), nn.Linear(config.width * 4, config.width * 4)
        )
        self.enter = nn.Conv2d(channels, widths[0], 3, padding=1)
        self.down, self.shrink = nn.ModuleList(), nn.ModuleList()
        kept, current = [widths[0]], widths[0]
        for place, width in enumerate(widths):
            inputs = [current] + [width] * (config.blocks - 1)
            self.down.append(Level(inputs, width, config, attention=config.attention[place]))
            kept += [width] * config.blocks
            current = width
            if place < len(widths) - 1:
                self.shrink.append(nn.Conv2d(width, width, 3, stride=2, padding=1))
                kept.append(width)
        self.middle = Level([current, current], current, config, attention=True)
        self.up, self.enlarge = nn.ModuleList(), nn.ModuleList()
        for place in reversed(range(len(widths))):
            inputs = []
            for _ in range(config.blocks + 1):
                inputs.append(current + kept.pop())
                current = widths[place]
            self.up.append(Level(inputs, current, config, attention=config.attention[place]))
            if place:
                self.enlarge.append(nn.Conv2d(current, current, 3, padding=1))
        self.leave = nn.Sequential(norm_layer("group", current), nn.SiLU(), nn.Conv2d(current, channels, 3, padding=1))
        nn.init.zeros_(self.leave[2].weight)  # type: ignore[arg-type]
        nn.init.zeros_(self.leave[2].bias)  # type: ignore[arg-type]

    def forward(self, noised: Tensor, step: Tensor, tokens: Tensor) -> Tensor:
        """See the class."""
        time = F.silu(self.time(step_sinusoids(step, self.config.width)))
        x = self.enter(noised)
        kept = [x]
        for place, level in enumerate(self.down):
            for number in range(self.config.blocks):
                x = level.one(number, x, time, tokens)  # type: ignore[operator]
                kept.append(x)
            if place < len(self.shrink):
                x = self.shrink[place](x)
                kept.append(x)
        for number in range(2):
            x = self.middle.one(number, x, time, tokens)
        for place, level in enumerate(self.up):
            for number in range(self.config.blocks + 1):
                x = level.one(number, torch.cat([x, kept.pop()], dim=1), time, tokens)  # type: ignore[operator]
            if place < len(self.enlarge):
                x = self.enlarge[place](F.interpolate(x, size=kept[-1].shape[2:], mode="nearest"))
        out: Tensor = self.leave(x)
        return out


class DiffusersUnet(nn.Module):
    """UNet2DConditionModel with the same interface as `StudioUnet`.

    Raises:
        WeightsError: diffusers is not installed.
    """

    def __init__(self, config: DenoiserConfig, channels: int, side: int) -> None:
        super().__init__()
        try:
            model: Any = importlib.import_module("diffusers").UNet2DConditionModel
        except ImportError:
            raise WeightsError(
                "this configuration of scldm uses the U-Net of diffusers, which is not installed: "
                "pip install 'talkface-scldm[paper]'"
            ) from None
        kinds = [("CrossAttn" if has else "") for has in config.attention]
        self.net = model(
            sample_size=side,
            in_channels=channels,
            out_channels=channels,
            block_out_channels=tuple(config.width * factor for factor in config.multipliers),
            layers_per_block=config.blocks,
            down_block_types=tuple(f"{kind}DownBlock2D" for kind in kinds),
            up_block_types=tuple(f"{kind}UpBlock2D" for kind in reversed(kinds)),
            cross_attention_dim=config.context,
            # Named so by diffusers for its oldest models: it is the number of heads.
            attention_head_dim=tuple(config.width * factor // config.head for factor in config.multipliers),
        )

    def forward(self, noised: Tensor, step: Tensor, tokens: Tensor) -> Tensor:
        """See the class."""
        out: Tensor = self.net(noised, step, encoder_hidden_states=tokens).sample
        return out


class Denoiser(nn.Module):
    """Noised latents `(B, C, L, L)` at steps `(B,)` and what is heard to the noise, `(B, C, L, L)`."""

    def __init__(self, config: ScldmConfig, channels: int) -> None:
        super().__init__()
        part, heard = config.denoiser, config.speech
        places = heard.tokens[0] * heard.tokens[1]
        self.token = nn.Linear(channels, part.context)
        self.vector = nn.Linear(heard.width, part.context)
        self.place = nn.Parameter(torch.zeros(places + 1, part.context))
        latent = config.face.latent_channels
        self.unet: nn.Module = (
            StudioUnet(part, latent)
            if part.backend == "studio"
            else DiffusersUnet(part, latent, config.face.latent_side)
        )

    def condition(self, heard: Heard) -> Tensor:
        """The speech tokens, and the speech vector as the last one: `(B, K, E)`."""
        tokens = torch.cat([self.token(heard.tokens), self.vector(heard.vector)[:, None]], dim=1)
        return tokens + self.place

    def forward(self, noised: Tensor, step: Tensor, tokens: Tensor) -> Tensor:
        """With the tokens of `condition`."""
        out: Tensor = self.unet(noised, step, tokens)
        return out
